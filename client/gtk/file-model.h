/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A flat GtkTreeModel over a folder list and an order of its entries. Immutable but for its length:
 * it starts with the rows that fill the screen, and the rest follow in idle time, so that a folder
 * of 100 000 entries never holds up the main loop. Texts are made when a row is drawn. */

#pragma once

#include "folder-list.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef enum
{
  SAMPAN_FILE_COLUMN_ICON,
  SAMPAN_FILE_COLUMN_NAME,
  SAMPAN_FILE_COLUMN_SIZE,
  SAMPAN_FILE_COLUMN_MODIFIED,
  SAMPAN_FILE_COLUMN_FOLDER, /* where it was found */
  SAMPAN_FILE_COLUMN_TYPE,
  SAMPAN_FILE_N_COLUMNS
} SampanFileColumn;

#define SAMPAN_TYPE_FILE_MODEL (sampan_file_model_get_type ())
G_DECLARE_FINAL_TYPE (SampanFileModel, sampan_file_model, SAMPAN, FILE_MODEL, GObject)

/* ORDER: indexes (guint32) into LIST. At least FIRST_ROWS are there at once. */
SampanFileModel *sampan_file_model_new (SampanFolderList *list, GArray *order, guint first_rows);
/* The name of the folder that was searched, for display; nullable. Before the model is in its view.
 */
void sampan_file_model_set_top (SampanFileModel *self, const char *top);
/* Starts adding the other rows; once the model is in its view. */
void sampan_file_model_grow (SampanFileModel *self);
/* What will be there in the end. */
guint sampan_file_model_get_length (SampanFileModel *self);
/* Borrowed from the list. */
const SampanFileInfo *sampan_file_model_get_row (SampanFileModel *self, guint row);
const SampanFileInfo *sampan_file_model_get_info (SampanFileModel *self, GtkTreeIter *iter);
SampanFolderList *sampan_file_model_get_list (SampanFileModel *self);

G_END_DECLS
