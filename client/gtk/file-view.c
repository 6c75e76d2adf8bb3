/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The files frame. */

#include "config.h"

#include "file-view-private.h"

#include "entry-text.h"
#include "escape.h"

#include <glib/gi18n.h>
#include <string.h>

/* More than any screen shows; the others follow in idle time. */
#define FIRST_ROWS 256
/* A larger selection is not carried over a refresh. */
#define KEEP_SELECTED_MAX 1000

G_DEFINE_TYPE (SampanFileView, sampan_file_view, GTK_TYPE_FRAME)

enum
{
  SIGNAL_OPEN_ENTRY,
  SIGNAL_OPEN_PATH,
  SIGNAL_TRY_AGAIN,
  SIGNAL_SELECTION_CHANGED,
  SIGNAL_FILES_DROPPED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

bool
_sampan_file_view_clear_filter (SampanFileView *self)
{
  if (gtk_entry_get_text_length (self->filter_entry) == 0)
    return false;
  gtk_entry_set_text (self->filter_entry, "");
  return true;
}

void
_sampan_file_view_emit_dropped (SampanFileView *self, GPtrArray *files)
{
  g_signal_emit (self, signals[SIGNAL_FILES_DROPPED], 0, files);
}

static bool
try_again (SampanFileView *self)
{
  g_signal_emit (self, signals[SIGNAL_TRY_AGAIN], 0);
  return true;
}

static void
placeholder_activated_cb (SampanFileView *self)
{
  if (self->placeholder_action != NULL)
    self->placeholder_action (self);
}

static void
show_placeholder (SampanFileView *self,
                  const char *icon_name,
                  const char *title,
                  const char *text,
                  const char *button,
                  bool (*action) (SampanFileView *self))
{
  sampan_placeholder_tell (self->placeholder, icon_name, title, text, button);
  self->placeholder_action = action;
  gtk_stack_set_visible_child (self->stack, GTK_WIDGET (self->placeholder));
}

static void
show_nothing_passes (SampanFileView *self)
{
  const char *filter = gtk_entry_get_text (self->filter_entry);
  /* Translators: what was typed into the filter. */
  g_autofree char *text = g_strdup_printf (_ ("No name here contains “%s”."), filter);

  show_placeholder (self,
                    "edit-find-symbolic",
                    _ ("Nothing Found"),
                    text,
                    _ ("_Clear Filter"),
                    _sampan_file_view_clear_filter);
}

static void
show_empty (SampanFileView *self)
{
  bool all_hidden = sampan_folder_list_get_length (self->list) > 0;

  if (sampan_path_is_root (self->path))
    show_placeholder (self,
                      "folder-remote-symbolic",
                      _ ("Nothing Is Shared with You"),
                      _ ("Ask who looks after the box to share a folder with you."),
                      NULL,
                      NULL);
  else
    show_placeholder (self,
                      "folder-open-symbolic",
                      _ ("This Folder Is Empty"),
                      all_hidden      ? _ ("It holds hidden files only. Press Ctrl+H to see them.")
                      : self->may_add ? _ ("Drop files here to upload")
                                      : NULL,
                      NULL,
                      NULL);
}

/* ---- from a list to rows ---- */

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

static void
update_sort_indicators (SampanFileView *self)
{
  GtkTreeViewColumn *columns[] = { self->name_column, self->size_column, self->modified_column };

  for (size_t i = 0; i < G_N_ELEMENTS (columns); i++)
    {
      gtk_tree_view_column_set_sort_indicator (columns[i], i == self->sort);
      gtk_tree_view_column_set_sort_order (columns[i],
                                           self->descending ? GTK_SORT_DESCENDING
                                                            : GTK_SORT_ASCENDING);
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
  gtk_tree_view_set_model (self->tree, GTK_TREE_MODEL (model));
  /* A change of the model takes the arrows off the headings. */
  update_sort_indicators (self);
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
      if (self->wants_focus)
        sampan_file_view_focus_list (self);
    }
  else if (gtk_entry_get_text_length (self->filter_entry) > 0)
    show_nothing_passes (self);
  else
    show_empty (self);
  g_signal_emit (self, signals[SIGNAL_SELECTION_CHANGED], 0);
}

static void
stop_arranging (SampanFileView *self)
{
  g_cancellable_cancel (self->arranging);
  g_clear_object (&self->arranging);
}

static void
arrange (SampanFileView *self)
{
  SampanArrangement arrangement = { self->sort,
                                    self->descending,
                                    self->show_hidden,
                                    gtk_entry_get_text (self->filter_entry) };

  stop_arranging (self);
  if (self->list == NULL)
    return;
  self->arranging = g_cancellable_new ();
  sampan_file_order_async (self->list,
                           &arrangement,
                           self->arranging,
                           arranged_cb,
                           g_object_ref (self));
}

/* ---- what the person does ---- */

static void
column_clicked_cb (GtkTreeViewColumn *column, gpointer user_data)
{
  SampanFileView *self = user_data;
  SampanSort sort = column == self->size_column       ? SAMPAN_SORT_SIZE
                    : column == self->modified_column ? SAMPAN_SORT_MODIFIED
                                                      : SAMPAN_SORT_NAME;

  /* Names are first wanted from A, sizes and dates from the largest and latest. */
  self->descending = sort == self->sort ? !self->descending : sort != SAMPAN_SORT_NAME;
  self->sort = sort;
  self->from_top = true;
  update_sort_indicators (self);
  arrange (self);
}

static void
filter_changed_cb (SampanFileView *self)
{
  self->from_top = true;
  arrange (self);
}

static void
filter_stopped_cb (SampanFileView *self)
{
  _sampan_file_view_clear_filter (self);
  sampan_file_view_focus_list (self);
}

static void
filter_activated_cb (SampanFileView *self)
{
  sampan_file_view_focus_list (self);
}

static void
selection_changed_cb (SampanFileView *self)
{
  g_signal_emit (self, signals[SIGNAL_SELECTION_CHANGED], 0);
}

static void
row_activated_cb (GtkTreeView *tree,
                  GtkTreePath *path,
                  GtkTreeViewColumn *column,
                  gpointer user_data)
{
  SampanFileView *self = user_data;
  guint row = (guint)gtk_tree_path_get_indices (path)[0];
  g_autoptr (SampanFolderList) held =
      sampan_folder_list_ref (sampan_file_model_get_list (self->model));

  g_signal_emit (self, signals[SIGNAL_OPEN_ENTRY], 0, sampan_file_model_get_row (self->model, row));
}

static void
path_bar_open_cb (SampanFileView *self, gpointer path)
{
  g_signal_emit (self, signals[SIGNAL_OPEN_PATH], 0, path);
}

/* ---- life ---- */

static void
forget_list (SampanFileView *self)
{
  stop_arranging (self);
  gtk_tree_view_set_model (self->tree, NULL);
  g_clear_object (&self->model);
  g_clear_pointer (&self->list, sampan_folder_list_unref);
  g_clear_pointer (&self->path, sampan_path_unref);
}

static void
sampan_file_view_dispose (GObject *object)
{
  SampanFileView *self = SAMPAN_FILE_VIEW (object);

  if (self->tree != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->selection, self);
      forget_list (self);
    }
  g_clear_pointer (&self->wanted_name, g_free);
  G_OBJECT_CLASS (sampan_file_view_parent_class)->dispose (object);
}

static void
install_signal (int id, const char *name, GType type)
{
  signals[id] = g_signal_new (name,
                              SAMPAN_TYPE_FILE_VIEW,
                              G_SIGNAL_RUN_LAST,
                              0,
                              NULL,
                              NULL,
                              NULL,
                              G_TYPE_NONE,
                              type != G_TYPE_NONE ? 1 : 0,
                              type);
}

static void
sampan_file_view_class_init (SampanFileViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sampan_file_view_dispose;
  install_signal (SIGNAL_OPEN_ENTRY, "open-entry", G_TYPE_POINTER);
  install_signal (SIGNAL_OPEN_PATH, "open-path", G_TYPE_POINTER);
  install_signal (SIGNAL_TRY_AGAIN, "try-again", G_TYPE_NONE);
  install_signal (SIGNAL_SELECTION_CHANGED, "selection-changed", G_TYPE_NONE);
  install_signal (SIGNAL_FILES_DROPPED, "files-dropped", G_TYPE_PTR_ARRAY);
  g_type_ensure (SAMPAN_TYPE_PATH_BAR);
  g_type_ensure (SAMPAN_TYPE_PLACEHOLDER);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sampan/Sampan/ui/file-view.ui");
  gtk_widget_class_bind_template_child (widget_class, SampanFileView, path_bar);
  gtk_widget_class_bind_template_child (widget_class, SampanFileView, filter_revealer);
  gtk_widget_class_bind_template_child (widget_class, SampanFileView, filter_entry);
  gtk_widget_class_bind_template_child (widget_class, SampanFileView, stack);
  gtk_widget_class_bind_template_child (widget_class, SampanFileView, placeholder);
  gtk_widget_class_bind_template_child (widget_class, SampanFileView, scroller);
  gtk_widget_class_bind_template_child (widget_class, SampanFileView, tree);
  gtk_widget_class_bind_template_child (widget_class, SampanFileView, selection);
  gtk_widget_class_bind_template_child (widget_class, SampanFileView, name_column);
  gtk_widget_class_bind_template_child (widget_class, SampanFileView, size_column);
  gtk_widget_class_bind_template_child (widget_class, SampanFileView, modified_column);
  gtk_widget_class_bind_template_child (widget_class, SampanFileView, size_cell);
  gtk_widget_class_bind_template_child (widget_class, SampanFileView, modified_cell);
  gtk_widget_class_bind_template_child (widget_class, SampanFileView, spinner);
  gtk_widget_class_bind_template_callback (widget_class, placeholder_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, column_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, filter_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, filter_stopped_cb);
  gtk_widget_class_bind_template_callback (widget_class, filter_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, selection_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, path_bar_open_cb);
  _sampan_file_view_bind_input (widget_class);
}

/* Figures of equal width, so that columns of them line up. */
static void
set_tabular (GtkCellRenderer *cell)
{
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
  g_object_set (cell, "attributes", attributes, NULL);
}

static void
sampan_file_view_init (SampanFileView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_tree_view_set_fixed_height_mode (self->tree, TRUE);
  set_tabular (self->size_cell);
  set_tabular (self->modified_cell);
  update_sort_indicators (self);
  _sampan_file_view_init_input (self);
  sampan_file_view_show_disconnected (self);
}

static void
set_spinning (SampanFileView *self, bool spinning)
{
  g_object_set (self->spinner, "active", spinning, NULL);
  if (spinning)
    gtk_stack_set_visible_child (self->stack, GTK_WIDGET (self->spinner));
}

void
sampan_file_view_show_disconnected (SampanFileView *self)
{
  forget_list (self);
  set_spinning (self, false);
  _sampan_file_view_clear_filter (self);
  sampan_path_bar_set_path (self->path_bar, NULL, NULL);
  show_placeholder (self,
                    "network-server-symbolic",
                    _ ("Not Connected"),
                    _ ("Log in to see the files on your box."),
                    NULL,
                    NULL);
}

void
sampan_file_view_show_loading (SampanFileView *self)
{
  set_spinning (self, true);
}

void
sampan_file_view_show_error (SampanFileView *self,
                             const char *host,
                             const SampanPath *path,
                             const char *text)
{
  forget_list (self);
  set_spinning (self, false);
  sampan_path_bar_set_path (self->path_bar, host, path);
  show_placeholder (self,
                    "dialog-warning-symbolic",
                    _ ("This Folder Cannot Be Shown"),
                    text,
                    _ ("_Try Again"),
                    try_again);
}

void
sampan_file_view_show_list (SampanFileView *self,
                            const char *host,
                            const SampanPath *path,
                            SampanFolderList *list,
                            bool may_add)
{
  bool same = self->path != NULL && sampan_path_equal (self->path, path);

  set_spinning (self, false);
  self->may_add = may_add;
  if (!same)
    {
      forget_list (self);
      _sampan_file_view_clear_filter (self);
      self->from_top = true;
      self->path = sampan_path_ref (path);
      sampan_path_bar_set_path (self->path_bar, host, path);
    }
  g_clear_pointer (&self->list, sampan_folder_list_unref);
  self->list = sampan_folder_list_ref (list);
  arrange (self);
}

SampanFolderList *
sampan_file_view_get_list (SampanFileView *self)
{
  return self->list;
}

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

guint
sampan_file_view_get_n_shown (SampanFileView *self)
{
  return self->model != NULL ? sampan_file_model_get_length (self->model) : 0;
}

void
sampan_file_view_select_all (SampanFileView *self)
{
  gtk_tree_selection_select_all (self->selection);
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

void
sampan_file_view_set_show_hidden (SampanFileView *self, bool show_hidden)
{
  self->show_hidden = show_hidden;
  arrange (self);
}

void
sampan_file_view_set_show_filter (SampanFileView *self, bool show_filter)
{
  gtk_revealer_set_reveal_child (self->filter_revealer, show_filter);
  if (!show_filter)
    filter_stopped_cb (self);
}

void
sampan_file_view_focus_filter (SampanFileView *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->filter_entry));
}

void
sampan_file_view_edit_path (SampanFileView *self)
{
  sampan_path_bar_edit (self->path_bar);
}

void
sampan_file_view_focus_list (SampanFileView *self)
{
  /* Keys must not go to what is not on screen. */
  self->wants_focus = !gtk_widget_get_mapped (GTK_WIDGET (self->tree));
  if (!self->wants_focus)
    gtk_widget_grab_focus (GTK_WIDGET (self->tree));
}
