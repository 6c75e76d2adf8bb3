/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The columns of the file list: how they look, and what they sort by. */

#include "config.h"

#include "file-view-private.h"

void
_sampan_file_view_update_sort_indicators (SampanFileView *self)
{
  GtkTreeViewColumn *columns[] = { self->name_column,
                                   self->size_column,
                                   self->modified_column,
                                   self->folder_column };

  for (size_t i = 0; i < G_N_ELEMENTS (columns); i++)
    {
      gtk_tree_view_column_set_sort_indicator (columns[i], i == self->sort);
      gtk_tree_view_column_set_sort_order (columns[i],
                                           self->descending ? GTK_SORT_DESCENDING
                                                            : GTK_SORT_ASCENDING);
    }
}

static void
column_clicked_cb (GtkTreeViewColumn *column, gpointer user_data)
{
  SampanFileView *self = user_data;
  SampanSort sort = column == self->size_column       ? SAMPAN_SORT_SIZE
                    : column == self->modified_column ? SAMPAN_SORT_MODIFIED
                    : column == self->folder_column   ? SAMPAN_SORT_FOLDER
                                                      : SAMPAN_SORT_NAME;

  /* Names are first wanted from A, sizes and dates from the largest and latest. */
  self->descending = sort == self->sort ? !self->descending
                                        : sort == SAMPAN_SORT_SIZE || sort == SAMPAN_SORT_MODIFIED;
  self->sort = sort;
  self->from_top = true;
  _sampan_file_view_update_sort_indicators (self);
  _sampan_file_view_arrange (self);
}

/* Figures of equal width, so that columns of them line up. */
static void
set_tabular (GtkCellRenderer *cell)
{
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
  g_object_set (cell, "attributes", attributes, NULL);
}

void
_sampan_file_view_bind_columns (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_callback (widget_class, column_clicked_cb);
}

void
_sampan_file_view_init_columns (SampanFileView *self)
{
  set_tabular (self->size_cell);
  set_tabular (self->modified_cell);
  _sampan_file_view_update_sort_indicators (self);
}
