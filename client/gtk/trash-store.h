/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What lies in a trash, as rows for a tree view: of all that is taken in, what was removed last. */

#pragma once

#include "session-trash.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

/* More is no list for people. */
#define SAMPAN_TRASH_STORE_MAX 2000u

/* trash-dialog.ui has these numbers too. */
typedef enum
{
  SAMPAN_TRASH_COLUMN_INDEX, /* in the order of taking in; the store's own */
  SAMPAN_TRASH_COLUMN_ICON,
  SAMPAN_TRASH_COLUMN_NAME,
  SAMPAN_TRASH_COLUMN_FOLDER,
  SAMPAN_TRASH_COLUMN_REMOVED, /* seconds, for sorting */
  SAMPAN_TRASH_COLUMN_REMOVED_TEXT,
  SAMPAN_TRASH_COLUMN_USER,
  SAMPAN_TRASH_COLUMN_SIZE, /* bytes, for sorting */
  SAMPAN_TRASH_COLUMN_SIZE_TEXT,
  SAMPAN_TRASH_COLUMN_TIP, /* markup */
  SAMPAN_TRASH_N_COLUMNS,
} SampanTrashColumn;

#define SAMPAN_TYPE_TRASH_STORE (sampan_trash_store_get_type ())
G_DECLARE_FINAL_TYPE (SampanTrashStore, sampan_trash_store, SAMPAN, TRASH_STORE, GtkListStore)

SampanTrashStore *sampan_trash_store_new (void);
/* Forgets all. */
void sampan_trash_store_clear (SampanTrashStore *self);
/* PAGE (of SampanTrashItem) is empty afterwards. There are no rows of it yet. */
void sampan_trash_store_take (SampanTrashStore *self, GPtrArray *page);
/* Makes the rows, the last removed first; without a view on it, which would lay out each. */
void sampan_trash_store_fill (SampanTrashStore *self);
guint sampan_trash_store_get_length (SampanTrashStore *self);
/* Borrowed, until it is cleared. */
const SampanTrashItem *sampan_trash_store_get (SampanTrashStore *self, GtkTreePath *path);
/* Borrowed; NULL: it is not listed. */
const SampanTrashItem *sampan_trash_store_lookup (SampanTrashStore *self, const SampanTrashId *id);

G_END_DECLS
