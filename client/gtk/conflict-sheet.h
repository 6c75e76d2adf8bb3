/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Asks once what to do with all things whose names are taken. Responses:
 * GTK_RESPONSE_ACCEPT when each is decided; anything else gives the batch up. */

#pragma once

#include "batch.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define SAMPAN_TYPE_CONFLICT_SHEET (sampan_conflict_sheet_get_type ())
G_DECLARE_FINAL_TYPE (SampanConflictSheet, sampan_conflict_sheet, SAMPAN, CONFLICT_SHEET, GtkDialog)

/* FOLDER: the target, for display. BATCH is READY. */
SampanConflictSheet *
sampan_conflict_sheet_new (GtkWindow *parent, SampanBatch *batch, const char *folder);
/* The same for things that are moved or copied on the box. CONFLICTS: of SampanBatchConflict. */
SampanConflictSheet *sampan_conflict_sheet_new_on_box (GtkWindow *parent,
                                                       GListModel *conflicts,
                                                       bool may_replace,
                                                       const char *folder);
/* "12 identical files are not sent again", or NULL if there are none (g_free). */
char *sampan_conflict_sheet_dup_same_text (SampanBatch *batch);

G_END_DECLS
