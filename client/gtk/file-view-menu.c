/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The context menus of the file list. */

#include "config.h"

#include "file-view-private.h"

/* Kept once it is made: assistive tools still look at an item after its menu has closed. */
static GtkMenu *
get_menu (SampanFileView *self, GtkWidget **menu, const char *id)
{
  GtkWidget *window = gtk_widget_get_toplevel (GTK_WIDGET (self));
  GMenu *model;

  if (*menu == NULL)
    {
      model = gtk_application_get_menu_by_id (gtk_window_get_application (GTK_WINDOW (window)), id);
      *menu = gtk_menu_new_from_model (G_MENU_MODEL (model));
      gtk_menu_attach_to_widget (GTK_MENU (*menu), GTK_WIDGET (self), NULL);
    }
  return GTK_MENU (*menu);
}

static void
popup_menu (SampanFileView *self, const GdkEvent *event)
{
  bool any = gtk_tree_selection_count_selected_rows (self->selection) > 0;
  GtkMenu *menu = any ? get_menu (self, &self->entry_menu, "entry-menu")
                      : get_menu (self, &self->folder_menu, "folder-menu");
  GdkRectangle area;
  GtkWidget *widget;

  if (event != NULL)
    {
      gtk_menu_popup_at_pointer (menu, event);
      return;
    }
  widget = sampan_file_view_get_selected_area (self, &area);
  gtk_menu_popup_at_rect (menu,
                          gtk_widget_get_window (widget),
                          &area,
                          GDK_GRAVITY_SOUTH_WEST,
                          GDK_GRAVITY_NORTH_WEST,
                          NULL);
}

/* A right click on a row outside of the selection selects that row alone, on empty space nothing.
 */
static gboolean
button_press_cb (GtkWidget *widget, GdkEventButton *event, gpointer user_data)
{
  SampanFileView *self = user_data;
  g_autoptr (GtkTreePath) path = NULL;

  if (!gdk_event_triggers_context_menu ((GdkEvent *)event) ||
      event->window != gtk_tree_view_get_bin_window (self->tree))
    return GDK_EVENT_PROPAGATE;
  gtk_widget_grab_focus (widget);
  if (!gtk_tree_view_get_path_at_pos (self->tree,
                                      (int)event->x,
                                      (int)event->y,
                                      &path,
                                      NULL,
                                      NULL,
                                      NULL))
    gtk_tree_selection_unselect_all (self->selection);
  else if (!gtk_tree_selection_path_is_selected (self->selection, path))
    gtk_tree_view_set_cursor (self->tree, path, NULL, FALSE);
  popup_menu (self, (GdkEvent *)event);
  return GDK_EVENT_STOP;
}

static gboolean
popup_menu_cb (GtkWidget *widget, gpointer user_data)
{
  popup_menu (user_data, NULL);
  return TRUE;
}

void
_sampan_file_view_bind_menu (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_callback (widget_class, button_press_cb);
  gtk_widget_class_bind_template_callback (widget_class, popup_menu_cb);
}
