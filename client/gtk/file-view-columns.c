/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The columns of the file list: how they look, and what they sort by. */

#include "config.h"

#include "file-view-private.h"

#include "settings.h"

#include <string.h>

/* Beyond this the name has no room left in most windows. */
#define WIDTH_MAX_PX 600
#define COLUMN_KEY "sampan-column"

/* In the order of SampanSort, and as the settings call them. */
static const char *const names[SAMPAN_N_SORTS] = { "name", "size", "modified", "type", "folder" };

static GtkTreeViewColumn *
get_column (SampanFileView *self, SampanSort sort)
{
  GtkTreeViewColumn *columns[SAMPAN_N_SORTS] = { self->name_column,
                                                 self->size_column,
                                                 self->modified_column,
                                                 self->type_column,
                                                 self->folder_column };

  return columns[sort];
}

/* The name is always there, and the folder with what was found. */
static bool
is_chosen_by_hand (SampanSort sort)
{
  return sort != SAMPAN_SORT_NAME && sort != SAMPAN_SORT_FOLDER;
}

void
_sampan_file_view_update_sort_indicators (SampanFileView *self)
{
  for (SampanSort sort = 0; sort < SAMPAN_N_SORTS; sort++)
    {
      GtkTreeViewColumn *column = get_column (self, sort);

      gtk_tree_view_column_set_sort_indicator (column, sort == self->sort);
      gtk_tree_view_column_set_sort_order (column,
                                           self->descending ? GTK_SORT_DESCENDING
                                                            : GTK_SORT_ASCENDING);
    }
}

static void
column_clicked_cb (GtkTreeViewColumn *column, gpointer user_data)
{
  SampanFileView *self = user_data;
  GSettings *settings = sampan_settings_get ();
  SampanSort sort = SAMPAN_SORT_NAME;

  while (get_column (self, sort) != column)
    sort++;
  /* Names are first wanted from A, sizes and dates from the largest and latest. */
  self->descending = sort == self->sort ? !self->descending
                                        : sort == SAMPAN_SORT_SIZE || sort == SAMPAN_SORT_MODIFIED;
  self->sort = sort;
  self->from_top = true;
  if (sort != SAMPAN_SORT_FOLDER)
    {
      g_settings_set_string (settings, SAMPAN_SETTING_SORT_COLUMN, names[sort]);
      g_settings_set_boolean (settings, SAMPAN_SETTING_SORT_DESCENDING, self->descending);
    }
  _sampan_file_view_update_sort_indicators (self);
  _sampan_file_view_arrange (self);
}

/* ---- which columns there are ---- */

static void
remember_shown (SampanFileView *self)
{
  const char *shown[SAMPAN_N_SORTS + 1] = { NULL };
  size_t n_shown = 0;

  for (SampanSort sort = 0; sort < SAMPAN_N_SORTS; sort++)
    if (is_chosen_by_hand (sort) && gtk_tree_view_column_get_visible (get_column (self, sort)))
      shown[n_shown++] = names[sort];
  g_settings_set_strv (sampan_settings_get (), SAMPAN_SETTING_SHOWN_COLUMNS, shown);
}

static void
column_toggled_cb (GtkCheckMenuItem *item, gpointer user_data)
{
  SampanFileView *self = user_data;
  GtkTreeViewColumn *column = g_object_get_data (G_OBJECT (item), COLUMN_KEY);

  gtk_tree_view_column_set_visible (column, gtk_check_menu_item_get_active (item));
  remember_shown (self);
}

static void
add_item (SampanFileView *self, GtkTreeViewColumn *column)
{
  GtkWidget *item = gtk_check_menu_item_new_with_label (gtk_tree_view_column_get_title (column));

  gtk_check_menu_item_set_active (GTK_CHECK_MENU_ITEM (item),
                                  gtk_tree_view_column_get_visible (column));
  g_object_set_data (G_OBJECT (item), COLUMN_KEY, column);
  g_signal_connect_object (item, "toggled", G_CALLBACK (column_toggled_cb), self, 0);
  gtk_widget_show (item);
  gtk_menu_shell_append (GTK_MENU_SHELL (self->columns_menu), item);
}

/* In the order on screen. */
static void
make_columns_menu (SampanFileView *self)
{
  g_autoptr (GList) columns = gtk_tree_view_get_columns (self->tree);

  self->columns_menu = gtk_menu_new ();
  gtk_menu_attach_to_widget (GTK_MENU (self->columns_menu), GTK_WIDGET (self), NULL);
  for (GList *l = columns; l != NULL; l = l->next)
    if (l->data != self->name_column && l->data != self->folder_column)
      add_item (self, l->data);
}

static void
popup_columns_menu (SampanFileView *self, GtkWidget *header, const GdkEvent *event)
{
  if (self->columns_menu == NULL)
    make_columns_menu (self);
  if (event != NULL)
    gtk_menu_popup_at_pointer (GTK_MENU (self->columns_menu), event);
  else
    gtk_menu_popup_at_widget (GTK_MENU (self->columns_menu),
                              header,
                              GDK_GRAVITY_SOUTH_WEST,
                              GDK_GRAVITY_NORTH_WEST,
                              NULL);
}

static gboolean
header_pressed_cb (GtkWidget *header, GdkEventButton *event, gpointer user_data)
{
  if (!gdk_event_triggers_context_menu ((GdkEvent *)event))
    return GDK_EVENT_PROPAGATE;
  popup_columns_menu (user_data, header, (GdkEvent *)event);
  return GDK_EVENT_STOP;
}

static gboolean
header_popup_menu_cb (GtkWidget *header, gpointer user_data)
{
  popup_columns_menu (user_data, header, NULL);
  return TRUE;
}

/* ---- from one run to the next ---- */

static void
restore_column (SampanFileView *self, SampanSort sort, GVariant *widths)
{
  g_auto (GStrv) shown = g_settings_get_strv (sampan_settings_get (), SAMPAN_SETTING_SHOWN_COLUMNS);
  GtkTreeViewColumn *column = get_column (self, sort);
  GtkWidget *header = gtk_tree_view_column_get_button (column);
  int width = 0;

  g_signal_connect_object (header, "button-press-event", G_CALLBACK (header_pressed_cb), self, 0);
  g_signal_connect_object (header, "popup-menu", G_CALLBACK (header_popup_menu_cb), self, 0);
  if (!is_chosen_by_hand (sort))
    return;
  gtk_tree_view_column_set_visible (column,
                                    g_strv_contains ((const char *const *)shown, names[sort]));
  if (g_variant_lookup (widths, names[sort], "i", &width) && width > 0 && width <= WIDTH_MAX_PX)
    gtk_tree_view_column_set_fixed_width (column, width);
}

static void
restore (SampanFileView *self)
{
  GSettings *settings = sampan_settings_get ();
  g_autoptr (GVariant) widths = g_settings_get_value (settings, SAMPAN_SETTING_COLUMN_WIDTHS);
  g_autofree char *name = g_settings_get_string (settings, SAMPAN_SETTING_SORT_COLUMN);

  for (SampanSort sort = 0; sort < SAMPAN_N_SORTS; sort++)
    {
      restore_column (self, sort, widths);
      if (strcmp (name, names[sort]) == 0)
        self->sort = sort;
    }
  self->descending = g_settings_get_boolean (settings, SAMPAN_SETTING_SORT_DESCENDING);
}

void
sampan_file_view_remember_widths (SampanFileView *self)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{si}"));
  for (SampanSort sort = 0; sort < SAMPAN_N_SORTS; sort++)
    {
      GtkTreeViewColumn *column = get_column (self, sort);
      int width = gtk_tree_view_column_get_visible (column)
                      ? gtk_tree_view_column_get_width (column)
                      : gtk_tree_view_column_get_fixed_width (column);

      if (is_chosen_by_hand (sort) && width > 0)
        g_variant_builder_add (&builder, "{si}", names[sort], width);
    }
  g_settings_set_value (sampan_settings_get (),
                        SAMPAN_SETTING_COLUMN_WIDTHS,
                        g_variant_builder_end (&builder));
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
  gtk_widget_class_bind_template_child (widget_class, SampanFileView, type_column);
  gtk_widget_class_bind_template_callback (widget_class, column_clicked_cb);
}

void
_sampan_file_view_init_columns (SampanFileView *self)
{
  set_tabular (self->size_cell);
  set_tabular (self->modified_cell);
  restore (self);
  _sampan_file_view_update_sort_indicators (self);
}
