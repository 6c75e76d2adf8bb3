/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What of a batch was left out or did not arrive, with the reasons. */

#pragma once

#include "batch.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define SAMPAN_TYPE_PROBLEMS_DIALOG (sampan_problems_dialog_get_type ())
G_DECLARE_FINAL_TYPE (SampanProblemsDialog,
                      sampan_problems_dialog,
                      SAMPAN,
                      PROBLEMS_DIALOG,
                      GtkDialog)

/* Destroys itself when it is closed. */
SampanProblemsDialog *sampan_problems_dialog_new (GtkWindow *parent, SampanBatch *batch);

/* "3 finished, 1 failed, 2 skipped" (g_free). */
char *sampan_problems_dialog_dup_outcome (SampanBatch *batch);

G_END_DECLS
