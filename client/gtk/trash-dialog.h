/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What lies in the trash of a share, to be put back or to be deleted for good. */

#pragma once

#include "session.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define SAMPAN_TYPE_TRASH_DIALOG (sampan_trash_dialog_get_type ())
G_DECLARE_FINAL_TYPE (SampanTrashDialog, sampan_trash_dialog, SAMPAN, TRASH_DIALOG, GtkDialog)

/* Signal "restored": something came back. */
SampanTrashDialog *
sampan_trash_dialog_new (GtkWindow *parent, SampanSession *session, const SampanPath *share);

G_END_DECLS
