/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A flat GtkTreeModel over a folder list. */

#include "config.h"

#include "file-model.h"

#include "entry-text.h"
#include "escape.h"

/* Time for one helping of rows: a fraction of a 16 ms frame, as the rows are then also laid out. */
#define GROW_BUDGET_US 3000
/* Rows between two looks at the clock. */
#define GROW_STEP_ROWS 64

struct _SampanFileModel
{
  GObject parent_instance;

  /* owned */
  SampanFolderList *list;
  GArray *order;
  unsigned int grow_id;
  char *top; /* nullable */

  /* state */
  guint n_rows;
  int stamp;
};

static const GType column_types[SAMPAN_FILE_N_COLUMNS] = {
  [SAMPAN_FILE_COLUMN_NAME] = G_TYPE_STRING,     [SAMPAN_FILE_COLUMN_SIZE] = G_TYPE_STRING,
  [SAMPAN_FILE_COLUMN_MODIFIED] = G_TYPE_STRING, [SAMPAN_FILE_COLUMN_FOLDER] = G_TYPE_STRING,
  [SAMPAN_FILE_COLUMN_TYPE] = G_TYPE_STRING,
};

static gboolean
set_iter (SampanFileModel *self, GtkTreeIter *iter, guint row)
{
  iter->stamp = row < self->n_rows ? self->stamp : 0;
  iter->user_data = GUINT_TO_POINTER (row);
  return row < self->n_rows;
}

static GtkTreeModelFlags
get_flags (GtkTreeModel *model)
{
  return GTK_TREE_MODEL_LIST_ONLY | GTK_TREE_MODEL_ITERS_PERSIST;
}

static int
get_n_columns (GtkTreeModel *model)
{
  return SAMPAN_FILE_N_COLUMNS;
}

static GType
get_column_type (GtkTreeModel *model, int column)
{
  return column == SAMPAN_FILE_COLUMN_ICON ? G_TYPE_ICON : column_types[column];
}

static gboolean
get_iter (GtkTreeModel *model, GtkTreeIter *iter, GtkTreePath *path)
{
  int row = gtk_tree_path_get_indices (path)[0];

  if (row < 0 || gtk_tree_path_get_depth (path) != 1)
    return FALSE;
  return set_iter (SAMPAN_FILE_MODEL (model), iter, (guint)row);
}

static GtkTreePath *
get_path (GtkTreeModel *model, GtkTreeIter *iter)
{
  return gtk_tree_path_new_from_indices ((int)GPOINTER_TO_UINT (iter->user_data), -1);
}

static void
get_value (GtkTreeModel *model, GtkTreeIter *iter, int column, GValue *value)
{
  const SampanFileInfo *info = sampan_file_model_get_info (SAMPAN_FILE_MODEL (model), iter);

  g_value_init (value, get_column_type (model, column));
  switch ((SampanFileColumn)column)
    {
    case SAMPAN_FILE_COLUMN_ICON:
      g_value_set_object (value, sampan_entry_text_get_icon (info));
      break;
    case SAMPAN_FILE_COLUMN_NAME:
      g_value_take_string (value, sampan_display_name (sampan_entry_text_get_name (info), -1));
      break;
    case SAMPAN_FILE_COLUMN_SIZE:
      g_value_take_string (value, sampan_entry_text_dup_size (info));
      break;
    case SAMPAN_FILE_COLUMN_MODIFIED:
      g_value_take_string (value, sampan_entry_text_dup_modified (info, false));
      break;
    case SAMPAN_FILE_COLUMN_FOLDER:
      g_value_take_string (value,
                           sampan_entry_text_dup_folder (info, SAMPAN_FILE_MODEL (model)->top));
      break;
    case SAMPAN_FILE_COLUMN_TYPE:
      g_value_take_string (value, sampan_entry_text_dup_type (info));
      break;
    case SAMPAN_FILE_N_COLUMNS:
      g_assert_not_reached ();
    }
}

static gboolean
iter_next (GtkTreeModel *model, GtkTreeIter *iter)
{
  return set_iter (SAMPAN_FILE_MODEL (model), iter, GPOINTER_TO_UINT (iter->user_data) + 1);
}

static gboolean
iter_nth_child (GtkTreeModel *model, GtkTreeIter *iter, GtkTreeIter *parent, int n)
{
  if (parent != NULL || n < 0)
    return FALSE;
  return set_iter (SAMPAN_FILE_MODEL (model), iter, (guint)n);
}

static gboolean
iter_children (GtkTreeModel *model, GtkTreeIter *iter, GtkTreeIter *parent)
{
  return iter_nth_child (model, iter, parent, 0);
}

static gboolean
iter_has_child (GtkTreeModel *model, GtkTreeIter *iter)
{
  return FALSE;
}

static int
iter_n_children (GtkTreeModel *model, GtkTreeIter *iter)
{
  return iter == NULL ? (int)SAMPAN_FILE_MODEL (model)->n_rows : 0;
}

static gboolean
iter_parent (GtkTreeModel *model, GtkTreeIter *iter, GtkTreeIter *child)
{
  return FALSE;
}

static void
sampan_file_model_tree_model_init (GtkTreeModelIface *iface)
{
  iface->get_flags = get_flags;
  iface->get_n_columns = get_n_columns;
  iface->get_column_type = get_column_type;
  iface->get_iter = get_iter;
  iface->get_path = get_path;
  iface->get_value = get_value;
  iface->iter_next = iter_next;
  iface->iter_children = iter_children;
  iface->iter_has_child = iter_has_child;
  iface->iter_n_children = iter_n_children;
  iface->iter_nth_child = iter_nth_child;
  iface->iter_parent = iter_parent;
}

G_DEFINE_TYPE_WITH_CODE (SampanFileModel,
                         sampan_file_model,
                         G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (GTK_TYPE_TREE_MODEL,
                                                sampan_file_model_tree_model_init))

static void
add_row (SampanFileModel *self)
{
  g_autoptr (GtkTreePath) path = gtk_tree_path_new_from_indices ((int)self->n_rows, -1);
  GtkTreeIter iter;

  self->n_rows++;
  set_iter (self, &iter, self->n_rows - 1);
  gtk_tree_model_row_inserted (GTK_TREE_MODEL (self), path, &iter);
}

static gboolean
grow_cb (gpointer user_data)
{
  SampanFileModel *self = user_data;
  int64_t end_us = g_get_monotonic_time () + GROW_BUDGET_US;

  do
    for (int i = 0; i < GROW_STEP_ROWS && self->n_rows < self->order->len; i++)
      add_row (self);
  while (self->n_rows < self->order->len && g_get_monotonic_time () < end_us);
  if (self->n_rows < self->order->len)
    return G_SOURCE_CONTINUE;
  self->grow_id = 0;
  return G_SOURCE_REMOVE;
}

static void
sampan_file_model_finalize (GObject *object)
{
  SampanFileModel *self = SAMPAN_FILE_MODEL (object);

  g_clear_handle_id (&self->grow_id, g_source_remove);
  sampan_folder_list_unref (self->list);
  g_array_unref (self->order);
  g_free (self->top);
  G_OBJECT_CLASS (sampan_file_model_parent_class)->finalize (object);
}

static void
sampan_file_model_class_init (SampanFileModelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sampan_file_model_finalize;
}

static void
sampan_file_model_init (SampanFileModel *self)
{
  do
    self->stamp = (int)g_random_int ();
  while (self->stamp == 0);
}

SampanFileModel *
sampan_file_model_new (SampanFolderList *list, GArray *order, guint first_rows)
{
  SampanFileModel *self = g_object_new (SAMPAN_TYPE_FILE_MODEL, NULL);

  self->list = sampan_folder_list_ref (list);
  self->order = g_array_ref (order);
  self->n_rows = MIN (first_rows, order->len);
  return self;
}

void
sampan_file_model_set_top (SampanFileModel *self, const char *top)
{
  self->top = g_strdup (top);
}

void
sampan_file_model_grow (SampanFileModel *self)
{
  if (self->grow_id == 0 && self->n_rows < self->order->len)
    self->grow_id = g_idle_add (grow_cb, self);
}

guint
sampan_file_model_get_length (SampanFileModel *self)
{
  return self->order->len;
}

const SampanFileInfo *
sampan_file_model_get_row (SampanFileModel *self, guint row)
{
  return sampan_folder_list_get (self->list, g_array_index (self->order, uint32_t, row));
}

const SampanFileInfo *
sampan_file_model_get_info (SampanFileModel *self, GtkTreeIter *iter)
{
  return sampan_file_model_get_row (self, GPOINTER_TO_UINT (iter->user_data));
}

SampanFolderList *
sampan_file_model_get_list (SampanFileModel *self)
{
  return self->list;
}
