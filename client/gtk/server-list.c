/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The lists of saved servers and of boxes that were found. */

#include "config.h"

#include "server-list.h"

#include "discovery.h"
#include "forget-dialog.h"
#include "found-row.h"
#include "saved-row.h"
#include "server-dialog.h"

#include <glib/gi18n.h>
#include <stdbool.h>

/* Room for three servers with their heading, even in a low window, in pixels. */
#define MIN_HEIGHT 128
/* And for what is said instead of servers, in two lines. */
#define MIN_TEXT_HEIGHT 60
/* So many that were found need less than the first. */
#define FEW_FOUND 2

struct _SampanServerList
{
  GtkBox parent_instance;

  /* template widgets */
  GtkScrolledWindow *scroller;
  GtkWidget *saved_box;
  GtkListBox *saved_list;
  GtkWidget *found_frame;
  GtkListBox *found_list;
  GtkSpinner *spinner;
  GtkLabel *state_label;

  /* owned */
  GtkWidget *menu;                /* of the rows that are saved; NULL until one asks for it */
  SampanSavedServer *menu_server; /* what it is about; nullable */
  SampanServerStore *store;
  SampanDiscovery *discovery;
};

G_DEFINE_TYPE (SampanServerList, sampan_server_list, GTK_TYPE_BOX)

enum
{
  SIGNAL_SAVED_CHOSEN,
  SIGNAL_FOUND_CHOSEN,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static GtkWindow *
get_window (SampanServerList *self)
{
  return GTK_WINDOW (gtk_widget_get_toplevel (GTK_WIDGET (self)));
}

static void
update_height (SampanServerList *self)
{
  bool fills = gtk_widget_get_visible (self->saved_box) ||
               g_list_model_get_n_items (sampan_discovery_get_boxes (self->discovery)) > FEW_FOUND;

  gtk_scrolled_window_set_min_content_height (self->scroller, fills ? MIN_HEIGHT : MIN_TEXT_HEIGHT);
}

/* ---- saved ones ---- */

static void
saved_activated_cb (SampanServerList *self, GtkListBoxRow *row)
{
  g_autoptr (SampanSavedServer) server =
      g_object_ref (sampan_saved_row_get_server (SAMPAN_SAVED_ROW (row)));

  g_signal_emit (self, signals[SIGNAL_SAVED_CHOSEN], 0, server);
}

static void
edit (SampanServerList *self, SampanSavedServer *server)
{
  SampanServerDialog *dialog = sampan_server_dialog_new (get_window (self), self->store, server);

  gtk_widget_show (GTK_WIDGET (dialog));
}

static void
forget (SampanServerList *self, SampanSavedServer *server)
{
  SampanForgetDialog *dialog = sampan_forget_dialog_new (get_window (self), self->store, server);

  gtk_widget_show (GTK_WIDGET (dialog));
}

static void
edit_cb (SampanServerList *self, SampanSavedRow *row)
{
  edit (self, sampan_saved_row_get_server (row));
}

static void
forget_cb (SampanServerList *self, SampanSavedRow *row)
{
  forget (self, sampan_saved_row_get_server (row));
}

/* ---- the menu of a saved one ---- */

static void
connect_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SampanServerList *self = user_data;
  g_autoptr (SampanSavedServer) server = g_object_ref (self->menu_server);

  g_signal_emit (self, signals[SIGNAL_SAVED_CHOSEN], 0, server);
}

static void
edit_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  edit (user_data, SAMPAN_SERVER_LIST (user_data)->menu_server);
}

static void
copy_address_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SampanServerList *self = user_data;
  g_autofree char *address = sampan_saved_server_dup_address (self->menu_server);
  GtkClipboard *clipboard = gtk_widget_get_clipboard (GTK_WIDGET (self), GDK_SELECTION_CLIPBOARD);

  gtk_clipboard_set_text (clipboard, address, -1);
}

static void
forget_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  forget (user_data, SAMPAN_SERVER_LIST (user_data)->menu_server);
}

static const GActionEntry menu_actions[] = {
  { "connect", connect_action },
  { "edit", edit_action },
  { "copy-address", copy_address_action },
  { "forget", forget_action },
};

static void
init_menu (SampanServerList *self)
{
  GMenu *model =
      gtk_application_get_menu_by_id (GTK_APPLICATION (g_application_get_default ()), "saved-menu");
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();

  g_action_map_add_action_entries (G_ACTION_MAP (group),
                                   menu_actions,
                                   G_N_ELEMENTS (menu_actions),
                                   self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "saved", G_ACTION_GROUP (group));
  self->menu = gtk_popover_new_from_model (GTK_WIDGET (self->saved_list), G_MENU_MODEL (model));
}

/* It belongs to the list, which outlives its rows, and points to WHERE, which is in the row. */
static void
open_menu_cb (SampanServerList *self, GtkWidget *where, SampanSavedRow *row)
{
  GdkRectangle area = {
    .width = gtk_widget_get_allocated_width (where),
    .height = gtk_widget_get_allocated_height (where),
  };

  if (self->menu == NULL)
    init_menu (self);
  g_set_object (&self->menu_server, sampan_saved_row_get_server (row));
  gtk_widget_translate_coordinates (where, GTK_WIDGET (self->saved_list), 0, 0, &area.x, &area.y);
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu), &area);
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

static GtkWidget *
create_saved_row (gpointer item, gpointer user_data)
{
  SampanSavedRow *row = sampan_saved_row_new (item);

  g_signal_connect_object (row, "edit", G_CALLBACK (edit_cb), user_data, G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "forget", G_CALLBACK (forget_cb), user_data, G_CONNECT_SWAPPED);
  g_signal_connect_object (row,
                           "open-menu",
                           G_CALLBACK (open_menu_cb),
                           user_data,
                           G_CONNECT_SWAPPED);
  return GTK_WIDGET (row);
}

static void
saved_changed_cb (SampanServerList *self)
{
  gtk_widget_set_visible (self->saved_box,
                          g_list_model_get_n_items (sampan_server_store_get_servers (self->store)) >
                              0);
  update_height (self);
}

/* ---- found ones ---- */

static void
found_activated_cb (SampanServerList *self, GtkListBoxRow *row)
{
  g_signal_emit (self,
                 signals[SIGNAL_FOUND_CHOSEN],
                 0,
                 sampan_found_row_get_box (SAMPAN_FOUND_ROW (row)));
}

static GtkWidget *
create_found_row (gpointer item, gpointer user_data)
{
  return GTK_WIDGET (sampan_found_row_new (item));
}

/* NULL: the list speaks for itself. */
static const char *
get_state_text (SampanDiscoveryState state, bool is_empty)
{
  if (!is_empty)
    return NULL;
  switch (state)
    {
    case SAMPAN_DISCOVERY_STOPPED:
    case SAMPAN_DISCOVERY_LOOKING:
      return _ ("Looking for servers…");
    case SAMPAN_DISCOVERY_ALL_FOUND:
      return _ ("No server tells that it is here. Type the address of yours above.");
    case SAMPAN_DISCOVERY_UNAVAILABLE:
      return _ ("This computer cannot look for servers by itself: Avahi does not run. Type the "
                "address of yours above.");
    }
  g_assert_not_reached ();
}

static void
found_changed_cb (SampanServerList *self)
{
  bool is_empty = g_list_model_get_n_items (sampan_discovery_get_boxes (self->discovery)) == 0;
  SampanDiscoveryState state = sampan_discovery_get_state (self->discovery);
  const char *text = get_state_text (state, is_empty);

  gtk_widget_set_visible (self->found_frame, !is_empty);
  gtk_widget_set_visible (GTK_WIDGET (self->state_label), text != NULL);
  if (text != NULL)
    gtk_label_set_text (self->state_label, text);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), state == SAMPAN_DISCOVERY_LOOKING);
  g_object_set (self->spinner, "active", state == SAMPAN_DISCOVERY_LOOKING, NULL);
  update_height (self);
}

/* ---- the widget ---- */

/* From the end of one list the arrow keys lead into the other. */
static gboolean
keynav_failed_cb (SampanServerList *self, GtkDirectionType direction, GtkWidget *list)
{
  GtkWidget *other = NULL;

  if (direction == GTK_DIR_DOWN && list == GTK_WIDGET (self->saved_list))
    other = GTK_WIDGET (self->found_list);
  else if (direction == GTK_DIR_UP && list == GTK_WIDGET (self->found_list))
    other = GTK_WIDGET (self->saved_list);
  return other != NULL && gtk_widget_get_mapped (other) &&
         gtk_widget_child_focus (other, direction);
}

static void
sampan_server_list_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (sampan_server_list_parent_class)->map (widget);
  sampan_discovery_start (SAMPAN_SERVER_LIST (widget)->discovery);
}

static void
sampan_server_list_unmap (GtkWidget *widget)
{
  sampan_discovery_stop (SAMPAN_SERVER_LIST (widget)->discovery);
  GTK_WIDGET_CLASS (sampan_server_list_parent_class)->unmap (widget);
}

static void
sampan_server_list_dispose (GObject *object)
{
  SampanServerList *self = SAMPAN_SERVER_LIST (object);

  if (self->discovery != NULL)
    {
      g_signal_handlers_disconnect_by_data (sampan_discovery_get_boxes (self->discovery), self);
      g_signal_handlers_disconnect_by_data (self->discovery, self);
      sampan_discovery_stop (self->discovery);
    }
  if (self->store != NULL)
    g_signal_handlers_disconnect_by_data (sampan_server_store_get_servers (self->store), self);
  g_clear_pointer (&self->menu, gtk_widget_destroy);
  g_clear_object (&self->menu_server);
  g_clear_object (&self->discovery);
  g_clear_object (&self->store);
  G_OBJECT_CLASS (sampan_server_list_parent_class)->dispose (object);
}

static void
sampan_server_list_class_init (SampanServerListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const char *names[N_SIGNALS] = { "saved-chosen", "found-chosen" };
  GType types[N_SIGNALS] = { SAMPAN_TYPE_SAVED_SERVER, SAMPAN_TYPE_FOUND_BOX };

  G_OBJECT_CLASS (klass)->dispose = sampan_server_list_dispose;
  widget_class->map = sampan_server_list_map;
  widget_class->unmap = sampan_server_list_unmap;
  for (int i = 0; i < N_SIGNALS; i++)
    signals[i] = g_signal_new (names[i],
                               SAMPAN_TYPE_SERVER_LIST,
                               G_SIGNAL_RUN_LAST,
                               0,
                               NULL,
                               NULL,
                               NULL,
                               G_TYPE_NONE,
                               1,
                               types[i]);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sampan/Sampan/ui/server-list.ui");
  gtk_widget_class_bind_template_child (widget_class, SampanServerList, scroller);
  gtk_widget_class_bind_template_child (widget_class, SampanServerList, saved_box);
  gtk_widget_class_bind_template_child (widget_class, SampanServerList, saved_list);
  gtk_widget_class_bind_template_child (widget_class, SampanServerList, found_frame);
  gtk_widget_class_bind_template_child (widget_class, SampanServerList, found_list);
  gtk_widget_class_bind_template_child (widget_class, SampanServerList, spinner);
  gtk_widget_class_bind_template_child (widget_class, SampanServerList, state_label);
  gtk_widget_class_bind_template_callback (widget_class, saved_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, found_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, keynav_failed_cb);
}

static void
sampan_server_list_init (SampanServerList *self)
{
  GListModel *boxes;

  gtk_widget_init_template (GTK_WIDGET (self));
  self->discovery = sampan_discovery_new ();
  boxes = sampan_discovery_get_boxes (self->discovery);
  g_signal_connect_object (boxes,
                           "items-changed",
                           G_CALLBACK (found_changed_cb),
                           self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (self->discovery,
                           "notify::state",
                           G_CALLBACK (found_changed_cb),
                           self,
                           G_CONNECT_SWAPPED);
  gtk_list_box_bind_model (self->found_list, boxes, create_found_row, NULL, NULL);
  found_changed_cb (self);
}

void
sampan_server_list_set_store (SampanServerList *self, SampanServerStore *store)
{
  GListModel *servers = sampan_server_store_get_servers (store);

  g_assert (self->store == NULL);
  self->store = g_object_ref (store);
  gtk_list_box_bind_model (self->saved_list, servers, create_saved_row, self, NULL);
  g_signal_connect_object (servers,
                           "items-changed",
                           G_CALLBACK (saved_changed_cb),
                           self,
                           G_CONNECT_SWAPPED);
  saved_changed_cb (self);
}
