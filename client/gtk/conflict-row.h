/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* One file whose name is taken: both sides of it, and what to do. */

#pragma once

#include "batch-conflict.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define SAMPAN_TYPE_CONFLICT_ROW (sampan_conflict_row_get_type ())
G_DECLARE_FINAL_TYPE (SampanConflictRow, sampan_conflict_row, SAMPAN, CONFLICT_ROW, GtkListBoxRow)

GtkWidget *sampan_conflict_row_new (SampanBatchConflict *conflict, bool may_replace);

G_END_DECLS
