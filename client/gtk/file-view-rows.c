/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* From a folder list to the rows on screen. */

#include "config.h"

#include "file-view-private.h"

#include <glib/gi18n.h>

/* More than any screen shows; the others follow in idle time. */
#define FIRST_ROWS 256
/* A larger selection is not carried over a refresh. */
#define KEEP_SELECTED_MAX 1000

static void
show_empty (SampanFileView *self)
{
  bool all_hidden = sampan_folder_list_get_length (self->list) > 0;

  if (sampan_path_is_root (self->path))
    _sampan_file_view_show_placeholder (
        self,
        "folder-remote-symbolic",
        _ ("Nothing Is Shared with You"),
        _ ("Ask who looks after the box to share a folder with you."),
        NULL,
        NULL);
  else
    _sampan_file_view_show_placeholder (
        self,
        "folder-open-symbolic",
        _ ("This Folder Is Empty"),
        all_hidden      ? _ ("It holds hidden files only. Press Ctrl+H to see them.")
        : self->may_add ? _ ("Drop files here to upload")
                        : NULL,
        NULL,
        NULL);
}

static GHashTable *
dup_selected_names (SampanFileView *self)
{
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) selected = NULL;

  if (self->wanted_name != NULL)
    {
      g_hash_table_add (names, g_strdup (self->wanted_name));
      return g_steal_pointer (&names);
    }
  if (gtk_tree_selection_count_selected_rows (self->selection) > KEEP_SELECTED_MAX)
    return g_steal_pointer (&names);
  selected = sampan_file_view_dup_selected (self);
  for (guint i = 0; i < selected->len; i++)
    {
      const SampanFileInfo *info = g_ptr_array_index (selected, i);

      g_hash_table_add (names, g_strdup (info->name));
    }
  return g_steal_pointer (&names);
}

/* The rows of NAMES in the new order. */
static GArray *
find_rows (SampanFolderList *list, GArray *order, GHashTable *names)
{
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; g_hash_table_size (names) > 0 && i < order->len; i++)
    {
      const SampanFileInfo *info =
          sampan_folder_list_get (list, g_array_index (order, uint32_t, i));

      if (g_hash_table_contains (names, info->name))
        g_array_append_val (rows, i);
    }
  return g_steal_pointer (&rows);
}

static void
select_rows (SampanFileView *self, GArray *rows)
{
  for (guint i = 0; i < rows->len; i++)
    {
      int row = (int)g_array_index (rows, guint, i);
      g_autoptr (GtkTreePath) path = gtk_tree_path_new_from_indices (row, -1);

      if (i == 0)
        gtk_tree_view_set_cursor (self->tree, path, NULL, FALSE);
      else
        gtk_tree_selection_select_path (self->selection, path);
    }
}

/* Puts ORDER on screen, with selection and place kept where the same entries are still there. */
static void
show_order (SampanFileView *self, GArray *order)
{
  g_autoptr (GHashTable) names = dup_selected_names (self);
  g_autoptr (GArray) rows = find_rows (self->list, order, names);
  g_autoptr (GtkTreePath) top = NULL;
  guint first_rows = FIRST_ROWS;
  SampanFileModel *model;

  if (!self->from_top && gtk_tree_view_get_visible_range (self->tree, &top, NULL))
    first_rows += (guint)gtk_tree_path_get_indices (top)[0];
  if (rows->len > 0)
    first_rows = MAX (first_rows, g_array_index (rows, guint, rows->len - 1) + 1);
  model = sampan_file_model_new (self->list, order, first_rows);
  sampan_file_model_set_top (model, self->top);
  gtk_tree_view_set_model (self->tree, GTK_TREE_MODEL (model));
  /* A change of the model takes the arrows off the headings. */
  _sampan_file_view_update_sort_indicators (self);
  g_set_object (&self->model, model);
  g_object_unref (model);
  if (top != NULL && (guint)gtk_tree_path_get_indices (top)[0] < order->len)
    gtk_tree_view_scroll_to_cell (self->tree, top, NULL, TRUE, 0, 0);
  select_rows (self, rows);
  if (rows->len > 0)
    g_clear_pointer (&self->wanted_name, g_free);
  self->from_top = false;
  sampan_file_model_grow (model);
}

static void
arranged_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SampanFileView) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) order = sampan_file_order_finish (result, &error);

  if (order == NULL || self->list == NULL)
    return;
  show_order (self, order);
  if (order->len > 0)
    {
      gtk_stack_set_visible_child (self->stack, self->scroller);
      _sampan_file_view_take_wanted_focus (self);
    }
  else if (self->is_found)
    _sampan_file_view_show_nothing_found (self);
  else if (!self->is_searching && gtk_entry_get_text_length (self->filter_entry) > 0)
    _sampan_file_view_show_nothing_passes (self);
  else
    show_empty (self);
  _sampan_file_view_emit_selection_changed (self);
}

void
_sampan_file_view_stop_arranging (SampanFileView *self)
{
  g_cancellable_cancel (self->arranging);
  g_clear_object (&self->arranging);
}

void
_sampan_file_view_arrange (SampanFileView *self)
{
  bool sorts_by_place = self->sort == SAMPAN_SORT_FOLDER && !self->is_found;
  SampanArrangement arrangement = {
    sorts_by_place ? SAMPAN_SORT_NAME : self->sort,
    self->descending,
    self->show_hidden,
    self->is_searching ? NULL : gtk_entry_get_text (self->filter_entry),
  };

  _sampan_file_view_stop_arranging (self);
  if (self->list == NULL)
    return;
  self->arranging = g_cancellable_new ();
  sampan_file_order_async (self->list,
                           &arrangement,
                           self->arranging,
                           arranged_cb,
                           g_object_ref (self));
}
