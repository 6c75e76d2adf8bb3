/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A row of the saved servers. */

#include "config.h"

#include "saved-row.h"

#include "accessible.h"
#include "escape.h"
#include "sentence-name.h"

#include <stdbool.h>

struct _SampanSavedRow
{
  GtkListBoxRow parent_instance;

  /* template widgets */
  GtkLabel *title_label;
  GtkLabel *account_label;
  GtkWidget *kept_image;
  GtkWidget *menu_button;

  /* owned */
  SampanSavedServer *server;
};

G_DEFINE_TYPE (SampanSavedRow, sampan_saved_row, GTK_TYPE_LIST_BOX_ROW)

enum
{
  SIGNAL_EDIT,
  SIGNAL_FORGET,
  SIGNAL_OPEN_MENU,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void
open_menu (SampanSavedRow *self)
{
  g_signal_emit (self, signals[SIGNAL_OPEN_MENU], 0, self->menu_button);
}

static gboolean
button_press_cb (GtkWidget *widget, GdkEventButton *event, gpointer user_data)
{
  if (!gdk_event_triggers_context_menu ((GdkEvent *)event))
    return GDK_EVENT_PROPAGATE;
  open_menu (SAMPAN_SAVED_ROW (widget));
  return GDK_EVENT_STOP;
}

static gboolean
popup_menu_cb (GtkWidget *widget, gpointer user_data)
{
  open_menu (SAMPAN_SAVED_ROW (widget));
  return TRUE;
}

static gboolean
key_press_cb (GtkWidget *widget, GdkEventKey *event, gpointer user_data)
{
  if ((event->state & gtk_accelerator_get_default_mod_mask ()) != 0)
    return GDK_EVENT_PROPAGATE;
  if (event->keyval == GDK_KEY_F2)
    g_signal_emit (widget, signals[SIGNAL_EDIT], 0);
  else if (event->keyval == GDK_KEY_Delete)
    g_signal_emit (widget, signals[SIGNAL_FORGET], 0);
  else
    return GDK_EVENT_PROPAGATE;
  return GDK_EVENT_STOP;
}

/* ---- the object ---- */

static void
sampan_saved_row_finalize (GObject *object)
{
  g_clear_object (&SAMPAN_SAVED_ROW (object)->server);
  G_OBJECT_CLASS (sampan_saved_row_parent_class)->finalize (object);
}

static void
sampan_saved_row_class_init (SampanSavedRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const char *names[] = { "edit", "forget" };

  G_OBJECT_CLASS (klass)->finalize = sampan_saved_row_finalize;
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    signals[i] = g_signal_new (names[i],
                               SAMPAN_TYPE_SAVED_ROW,
                               G_SIGNAL_RUN_LAST,
                               0,
                               NULL,
                               NULL,
                               NULL,
                               G_TYPE_NONE,
                               0);
  signals[SIGNAL_OPEN_MENU] = g_signal_new ("open-menu",
                                            SAMPAN_TYPE_SAVED_ROW,
                                            G_SIGNAL_RUN_LAST,
                                            0,
                                            NULL,
                                            NULL,
                                            NULL,
                                            G_TYPE_NONE,
                                            1,
                                            GTK_TYPE_WIDGET);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sampan/Sampan/ui/saved-row.ui");
  gtk_widget_class_bind_template_child (widget_class, SampanSavedRow, title_label);
  gtk_widget_class_bind_template_child (widget_class, SampanSavedRow, account_label);
  gtk_widget_class_bind_template_child (widget_class, SampanSavedRow, kept_image);
  gtk_widget_class_bind_template_child (widget_class, SampanSavedRow, menu_button);
  gtk_widget_class_bind_template_callback (widget_class, open_menu);
  gtk_widget_class_bind_template_callback (widget_class, button_press_cb);
  gtk_widget_class_bind_template_callback (widget_class, popup_menu_cb);
  gtk_widget_class_bind_template_callback (widget_class, key_press_cb);
}

static void
sampan_saved_row_init (SampanSavedRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

SampanSavedRow *
sampan_saved_row_new (SampanSavedServer *server)
{
  SampanSavedRow *self = g_object_new (SAMPAN_TYPE_SAVED_ROW, NULL);
  g_autofree char *title = sampan_display_name (sampan_saved_server_get_title (server), -1);
  g_autofree char *account = sampan_sentence_account (sampan_saved_server_get_user (server),
                                                      sampan_saved_server_get_host (server));
  g_autofree char *address = sampan_saved_server_dup_address (server);

  self->server = g_object_ref (server);
  gtk_label_set_text (self->title_label, title);
  gtk_label_set_text (self->account_label, account);
  gtk_widget_set_visible (self->kept_image, sampan_saved_server_get_keeps_password (server));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), address);
  sampan_accessible_set_name (GTK_WIDGET (self), title);
  return self;
}

SampanSavedServer *
sampan_saved_row_get_server (SampanSavedRow *self)
{
  return self->server;
}
