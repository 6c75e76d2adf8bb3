/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Dragging out of the file list and dropping onto it. */

#include "config.h"

#include "file-view-private.h"

#include "entry-text.h"

#include <glib/gi18n.h>

/* ---- dropping ---- */

/* The folder in the list at that place of the stack; NULL: none is there. */
static GtkTreePath *
find_folder_row (SampanFileView *self, int x, int y, const SampanFileInfo **info)
{
  g_autoptr (GtkTreePath) row = NULL;
  int tree_x, tree_y;

  if (self->model == NULL || gtk_stack_get_visible_child (self->stack) != self->scroller ||
      !gtk_widget_translate_coordinates (GTK_WIDGET (self->stack),
                                         GTK_WIDGET (self->tree),
                                         x,
                                         y,
                                         &tree_x,
                                         &tree_y))
    return NULL;
  gtk_tree_view_convert_widget_to_bin_window_coords (self->tree, tree_x, tree_y, &tree_x, &tree_y);
  if (tree_y < 0 ||
      !gtk_tree_view_get_path_at_pos (self->tree, tree_x, tree_y, &row, NULL, NULL, NULL))
    return NULL;
  *info = sampan_file_model_get_row (self->model, (guint)gtk_tree_path_get_indices (row)[0]);
  return sampan_entry_text_is_folder (*info) ? g_steal_pointer (&row) : NULL;
}

static SampanPath *
find_cb (GtkWidget *widget, int x, int y, gpointer user_data)
{
  SampanFileView *self = user_data;
  const SampanFileInfo *info;
  g_autoptr (GtkTreePath) row = find_folder_row (self, x, y, &info);

  gtk_tree_view_set_drag_dest_row (self->tree, row, GTK_TREE_VIEW_DROP_INTO_OR_AFTER);
  if (self->path == NULL)
    return NULL;
  return row != NULL ? sampan_path_get_child (self->path, info->name, NULL)
                     : sampan_path_ref (self->path);
}

static void
leave_cb (GtkWidget *widget, gpointer user_data)
{
  SampanFileView *self = user_data;

  gtk_tree_view_set_drag_dest_row (self->tree, NULL, GTK_TREE_VIEW_DROP_BEFORE);
}

static void
dropped_cb (const SampanDrop *drop, gpointer user_data)
{
  _sampan_file_view_emit_dropped (user_data, drop);
}

/* ---- dragging ---- */

enum
{
  FOR_THIS_PROGRAM,
  FOR_OTHERS,
};

static GPtrArray *
dup_selected_paths (SampanFileView *self)
{
  g_autoptr (GPtrArray) selected = sampan_file_view_dup_selected (self);
  GPtrArray *paths = g_ptr_array_new_with_free_func ((GDestroyNotify)sampan_path_unref);

  for (guint i = 0; i < selected->len; i++)
    {
      const SampanFileInfo *info = g_ptr_array_index (selected, i);
      SampanPath *path = sampan_path_get_child (self->path, info->name, NULL);

      if (path != NULL)
        g_ptr_array_add (paths, path);
    }
  return paths;
}

/* NULL: no other program can have them. */
static GPtrArray *
dup_infos_for_others (SampanFileView *self, guint n_paths)
{
  g_autoptr (GPtrArray) selected = sampan_file_view_dup_selected (self);
  g_autoptr (GPtrArray) infos =
      g_ptr_array_new_with_free_func ((GDestroyNotify)sampan_file_info_free);
  uint64_t left = SAMPAN_FILE_VIEW_DRAG_OUT_MAX_BYTES;

  for (guint i = 0; i < selected->len; i++)
    {
      const SampanFileInfo *info = g_ptr_array_index (selected, i);

      if (info->kind != SAMPAN_ENTRY_FILE || info->size > left)
        return NULL;
      left -= info->size;
      g_ptr_array_add (infos, sampan_file_info_copy (info));
    }
  return infos->len == n_paths ? g_steal_pointer (&infos) : NULL;
}

static void
set_icon (SampanFileView *self, GdkDragContext *context, guint n_items)
{
  g_autofree char *text = g_strdup_printf (ngettext ("%'u item", "%'u items", n_items), n_items);
  GtkWidget *label = gtk_label_new (text);

  g_object_set (label, "margin", 6, NULL);
  gtk_widget_show (label);
  gtk_drag_set_icon_widget (context, label, 0, 0);
}

static void
begin_drag (SampanFileView *self, GdkEvent *event)
{
  const GtkTargetEntry items = { (char *)SAMPAN_ITEMS_TARGET,
                                 GTK_TARGET_SAME_APP,
                                 FOR_THIS_PROGRAM };
  g_autoptr (GtkTargetList) targets = gtk_target_list_new (&items, 1);
  g_autoptr (GPtrArray) paths = NULL;
  GdkDragContext *context;

  /* Shares stay where they are. */
  if (self->path == NULL || sampan_path_is_root (self->path))
    return;
  paths = dup_selected_paths (self);
  if (paths->len == 0)
    return;
  g_object_set_data_full (G_OBJECT (self->tree),
                          SAMPAN_DRAGGED_KEY,
                          g_ptr_array_ref (paths),
                          (GDestroyNotify)g_ptr_array_unref);
  g_clear_pointer (&self->copies, g_strfreev);
  g_clear_pointer (&self->dragged, g_ptr_array_unref);
  self->dragged = dup_infos_for_others (self, paths->len);
  if (self->dragged != NULL)
    gtk_target_list_add_uri_targets (targets, FOR_OTHERS);
  context = gtk_drag_begin_with_coordinates (GTK_WIDGET (self->tree),
                                             targets,
                                             GDK_ACTION_MOVE | GDK_ACTION_COPY,
                                             GDK_BUTTON_PRIMARY,
                                             event,
                                             self->press_x,
                                             self->press_y);
  if (context != NULL)
    set_icon (self, context, paths->len);
}

/* A file manager may ask while the pointer is over it, and once more at the end. */
static void
give_copies (SampanFileView *self, GtkSelectionData *data)
{
  GPtrArray *on_tree = g_object_get_data (G_OBJECT (self->tree), SAMPAN_DRAGGED_KEY);
  g_autoptr (GPtrArray) infos = self->dragged != NULL ? g_ptr_array_ref (self->dragged) : NULL;
  g_autoptr (GPtrArray) paths = on_tree != NULL ? g_ptr_array_ref (on_tree) : NULL;
  g_auto (GStrv) uris = g_strdupv (self->copies);

  if (infos == NULL || paths == NULL)
    return;
  if (uris == NULL)
    uris = _sampan_file_view_emit_drag_out (self, paths, infos);
  if (uris == NULL)
    return;
  gtk_selection_data_set_uris (data, uris);
  /* Another drag may have begun. */
  if (self->dragged == infos && self->copies == NULL)
    self->copies = g_steal_pointer (&uris);
}

static void
drag_data_get_cb (GtkWidget *tree,
                  GdkDragContext *context,
                  GtkSelectionData *data,
                  guint info,
                  guint time,
                  gpointer user_data)
{
  g_autoptr (SampanFileView) self = g_object_ref (user_data);

  if (info == FOR_OTHERS)
    give_copies (self, data);
  else
    /* What is dragged is on the widget. */
    gtk_selection_data_set (data, gtk_selection_data_get_target (data), 8, (const guchar *)"", 0);
}

static bool
is_pointer_outside (GtkWidget *widget, GdkDragContext *context)
{
  GdkWindow *window = gtk_widget_get_window (gtk_widget_get_toplevel (widget));
  int x, y;

  gdk_window_get_device_position (window, gdk_drag_context_get_device (context), &x, &y, NULL);
  return x < 0 || y < 0 || x >= gdk_window_get_width (window) ||
         y >= gdk_window_get_height (window);
}

static gboolean
drag_failed_cb (GtkWidget *tree, GdkDragContext *context, GtkDragResult result, gpointer user_data)
{
  SampanFileView *self = user_data;

  if (result == GTK_DRAG_RESULT_NO_TARGET && self->dragged == NULL &&
      is_pointer_outside (tree, context))
    _sampan_file_view_emit_drag_out_refused (self);
  return FALSE;
}

static void
drag_end_cb (GtkWidget *tree, GdkDragContext *context, gpointer user_data)
{
  g_object_set_data (G_OBJECT (tree), SAMPAN_DRAGGED_KEY, NULL);
}

/* A press on a name, or on anything selected, may begin a drag; elsewhere it draws a frame that
 * selects. What is selected stays so until the button is released without a drag. */
static gboolean
press_cb (GtkWidget *tree, GdkEventButton *event, gpointer user_data)
{
  SampanFileView *self = user_data;
  g_autoptr (GtkTreePath) row = NULL;
  GtkTreeViewColumn *column;
  bool is_selected;

  self->is_pressed = false;
  if (event->button != GDK_BUTTON_PRIMARY ||
      (event->state & gtk_accelerator_get_default_mod_mask ()) != 0 ||
      event->window != gtk_tree_view_get_bin_window (self->tree) ||
      !gtk_tree_view_get_path_at_pos (self->tree,
                                      (int)event->x,
                                      (int)event->y,
                                      &row,
                                      &column,
                                      NULL,
                                      NULL))
    return GDK_EVENT_PROPAGATE;
  is_selected = gtk_tree_selection_path_is_selected (self->selection, row);
  if (!is_selected && column != self->name_column)
    return GDK_EVENT_PROPAGATE;
  gtk_widget_grab_focus (tree);
  if (event->type == GDK_2BUTTON_PRESS)
    gtk_tree_view_row_activated (self->tree, row, column);
  if (event->type != GDK_BUTTON_PRESS)
    return GDK_EVENT_STOP;
  if (!is_selected)
    gtk_tree_view_set_cursor (self->tree, row, NULL, FALSE);
  self->is_pressed = true;
  gtk_tree_view_convert_bin_window_to_widget_coords (self->tree,
                                                     (int)event->x,
                                                     (int)event->y,
                                                     &self->press_x,
                                                     &self->press_y);
  return GDK_EVENT_STOP;
}

static gboolean
motion_cb (GtkWidget *tree, GdkEventMotion *event, gpointer user_data)
{
  SampanFileView *self = user_data;
  int x, y;

  if (!self->is_pressed)
    return GDK_EVENT_PROPAGATE;
  gtk_tree_view_convert_bin_window_to_widget_coords (self->tree,
                                                     (int)event->x,
                                                     (int)event->y,
                                                     &x,
                                                     &y);
  if (gtk_drag_check_threshold (tree, self->press_x, self->press_y, x, y))
    {
      self->is_pressed = false;
      begin_drag (self, (GdkEvent *)event);
    }
  return GDK_EVENT_STOP;
}

static gboolean
release_cb (GtkWidget *tree, GdkEventButton *event, gpointer user_data)
{
  SampanFileView *self = user_data;
  g_autoptr (GtkTreePath) row = NULL;

  if (!self->is_pressed || event->button != GDK_BUTTON_PRIMARY)
    return GDK_EVENT_PROPAGATE;
  self->is_pressed = false;
  if (gtk_tree_selection_count_selected_rows (self->selection) > 1 &&
      gtk_tree_view_get_path_at_pos (self->tree,
                                     (int)event->x,
                                     (int)event->y,
                                     &row,
                                     NULL,
                                     NULL,
                                     NULL))
    gtk_tree_view_set_cursor (self->tree, row, NULL, FALSE);
  return GDK_EVENT_STOP;
}

void
_sampan_file_view_init_drag (SampanFileView *self)
{
  GtkWidget *tree = GTK_WIDGET (self->tree);

  sampan_drop_target_add (GTK_WIDGET (self->stack), find_cb, leave_cb, dropped_cb, self);
  g_signal_connect (tree, "button-press-event", G_CALLBACK (press_cb), self);
  g_signal_connect (tree, "motion-notify-event", G_CALLBACK (motion_cb), self);
  g_signal_connect (tree, "button-release-event", G_CALLBACK (release_cb), self);
  g_signal_connect (tree, "drag-data-get", G_CALLBACK (drag_data_get_cb), self);
  g_signal_connect (tree, "drag-failed", G_CALLBACK (drag_failed_cb), self);
  g_signal_connect (tree, "drag-end", G_CALLBACK (drag_end_cb), self);
}
