/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What is selected in the file list. */

#include "config.h"

#include "file-view-private.h"

#include "escape.h"

#include <string.h>

static void
collect_cb (GtkTreeModel *model, GtkTreePath *path, GtkTreeIter *iter, gpointer user_data)
{
  const SampanFileInfo *info = sampan_file_model_get_info (SAMPAN_FILE_MODEL (model), iter);

  g_ptr_array_add (user_data, (gpointer)info);
}

GPtrArray *
sampan_file_view_dup_selected (SampanFileView *self)
{
  GPtrArray *selected = g_ptr_array_new ();

  if (self->model != NULL)
    gtk_tree_selection_selected_foreach (self->selection, collect_cb, selected);
  return selected;
}

/* FROM to TO, which is not with them. */
static void
select_range (SampanFileView *self, guint from, guint to)
{
  g_autoptr (GtkTreePath) start = gtk_tree_path_new_from_indices ((int)from, -1);
  g_autoptr (GtkTreePath) end = gtk_tree_path_new_from_indices ((int)to - 1, -1);

  if (from < to)
    gtk_tree_selection_select_range (self->selection, start, end);
}

typedef bool (*RowFunc) (SampanFileView *self, guint row, gpointer data);

/* Selects the rows for which WANTED says so and no other: range by range, and told of once. */
static void
select_where (SampanFileView *self, RowFunc wanted, gpointer data)
{
  guint n_rows = (guint)gtk_tree_model_iter_n_children (GTK_TREE_MODEL (self->model), NULL);
  guint from = 0;

  self->is_selecting = true;
  gtk_tree_selection_unselect_all (self->selection);
  for (guint row = 0; row < n_rows; row++)
    if (!wanted (self, row, data))
      {
        select_range (self, from, row);
        from = row + 1;
      }
  select_range (self, from, n_rows);
  self->is_selecting = false;
  _sampan_file_view_emit_selection_changed (self);
}

void
sampan_file_view_select_all (SampanFileView *self)
{
  gtk_tree_selection_select_all (self->selection);
}

static bool
was_not_selected (SampanFileView *self, guint row, gpointer data)
{
  return !g_hash_table_contains (data, sampan_file_model_get_row (self->model, row));
}

void
sampan_file_view_invert_selection (SampanFileView *self)
{
  g_autoptr (GPtrArray) selected = sampan_file_view_dup_selected (self);
  g_autoptr (GHashTable) set = g_hash_table_new (NULL, NULL);

  if (self->model == NULL)
    return;
  for (guint i = 0; i < selected->len; i++)
    g_hash_table_add (set, g_ptr_array_index (selected, i));
  select_where (self, was_not_selected, set);
}

static bool
matches (SampanFileView *self, guint row, gpointer data)
{
  const SampanFileInfo *info = sampan_file_model_get_row (self->model, row);
  g_autofree char *display = sampan_display_name (info->name, -1);
  g_autofree char *folded = g_utf8_casefold (display, -1);

  return g_pattern_spec_match_string (data, folded);
}

void
sampan_file_view_select_matching (SampanFileView *self, const char *pattern)
{
  g_autofree char *folded = g_utf8_casefold (pattern, -1);
  bool is_whole = strpbrk (folded, "*?") != NULL;
  g_autofree char *anywhere = is_whole ? NULL : g_strconcat ("*", folded, "*", NULL);
  g_autoptr (GPatternSpec) spec = g_pattern_spec_new (is_whole ? folded : anywhere);

  if (self->model != NULL)
    select_where (self, matches, spec);
}

void
sampan_file_view_select_name (SampanFileView *self, const char *name)
{
  g_free (self->wanted_name);
  self->wanted_name = g_strdup (name);
}

GtkWidget *
sampan_file_view_get_selected_area (SampanFileView *self, GdkRectangle *area)
{
  GList *paths = gtk_tree_selection_get_selected_rows (self->selection, NULL);

  *area = (GdkRectangle){ 0, 0, 1, 1 };
  if (paths != NULL)
    {
      gtk_tree_view_get_cell_area (self->tree, paths->data, self->name_column, area);
      gtk_tree_view_convert_bin_window_to_widget_coords (self->tree,
                                                         area->x,
                                                         area->y,
                                                         &area->x,
                                                         &area->y);
    }
  g_list_free_full (paths, (GDestroyNotify)gtk_tree_path_free);
  return GTK_WIDGET (self->tree);
}
