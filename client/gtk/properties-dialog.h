/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* All about one item on the box, or the sums of several. What folders hold is counted on the box
 * while the dialog is there. */

#pragma once

#include "session.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define SAMPAN_TYPE_PROPERTIES_DIALOG (sampan_properties_dialog_get_type ())
G_DECLARE_FINAL_TYPE (SampanPropertiesDialog,
                      sampan_properties_dialog,
                      SAMPAN,
                      PROPERTIES_DIALOG,
                      GtkDialog)

/* PATHS (SampanPath) and INFOS (SampanFileInfo): one of each for each item, kept; at least one. */
SampanPropertiesDialog *sampan_properties_dialog_new (GtkWindow *parent,
                                                      SampanSession *session,
                                                      GPtrArray *paths,
                                                      GPtrArray *infos);

G_END_DECLS
