/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The server frame. */

#include "config.h"

#include "server-bar.h"

#include "escape.h"
#include "protocol.h"

#include <glib/gi18n.h>
#include <string.h>

struct _SampanServerBar
{
  GtkFrame parent_instance;

  /* template widgets */
  GtkStack *stack;
  GtkWidget *form;
  GtkWidget *fields;
  GtkEntry *address_entry;
  GtkSpinButton *port_spin;
  GtkEntry *user_entry;
  GtkEntry *password_entry;
  GtkStack *login_stack;
  GtkWidget *login_button;
  GtkSpinner *spinner;
  GtkStack *second_stack;
  GtkWidget *idle_logout_button;
  GtkWidget *cancel_button;
  GtkWidget *connected;
  GtkLabel *who_label;
  GtkWidget *logout_button;

  /* owned */
  SampanSession *session;
};

G_DEFINE_TYPE (SampanServerBar, sampan_server_bar, GTK_TYPE_FRAME)

enum
{
  SIGNAL_LOG_IN,
  SIGNAL_LOG_OUT,
  SIGNAL_CANCEL,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

/* An address that was pasted as a whole goes to the fields that its parts belong to. */
static void
spread_uri (SampanServerBar *self)
{
  const char *text = gtk_entry_get_text (self->address_entry);
  g_autoptr (SampanRemote) remote = NULL;

  if (strstr (text, "://") == NULL)
    return;
  remote = sampan_remote_parse (text, NULL);
  if (remote != NULL)
    sampan_server_bar_fill (self,
                            sampan_remote_get_host (remote),
                            sampan_remote_get_port (remote),
                            sampan_remote_get_user (remote));
}

static GtkEntry *
get_first_empty (SampanServerBar *self)
{
  GtkEntry *entries[] = { self->address_entry, self->user_entry, self->password_entry };

  for (size_t i = 0; i < G_N_ELEMENTS (entries); i++)
    if (gtk_entry_get_text_length (entries[i]) == 0)
      return entries[i];
  return NULL;
}

static void
form_changed_cb (SampanServerBar *self)
{
  gtk_widget_set_sensitive (self->login_button, get_first_empty (self) == NULL);
}

static void
login_clicked_cb (SampanServerBar *self)
{
  /* What was typed counts, even while the cursor is still in it. */
  gtk_spin_button_update (self->port_spin);
  spread_uri (self);
  g_signal_emit (self, signals[SIGNAL_LOG_IN], 0);
}

static void
entry_activated_cb (SampanServerBar *self)
{
  spread_uri (self);
  if (get_first_empty (self) != NULL)
    sampan_server_bar_focus (self);
  else if (gtk_widget_get_sensitive (self->fields))
    login_clicked_cb (self);
}

static void
logout_clicked_cb (SampanServerBar *self)
{
  g_signal_emit (self, signals[SIGNAL_LOG_OUT], 0);
}

static void
cancel_clicked_cb (SampanServerBar *self)
{
  g_signal_emit (self, signals[SIGNAL_CANCEL], 0);
}

static void
update_who (SampanServerBar *self)
{
  g_autofree char *user = sampan_display_name (sampan_session_get_user (self->session), -1);
  g_autofree char *host = sampan_display_name (sampan_session_get_host (self->session), -1);
  /* Translators: the account, then the name of the server: "ann on lanbox". */
  g_autofree char *who = g_strdup_printf (_ ("%s on %s"), user, host);

  gtk_label_set_text (self->who_label, who);
}

static void
show_form (SampanServerBar *self, bool busy)
{
  gtk_widget_set_sensitive (self->fields, !busy);
  gtk_stack_set_visible_child (self->login_stack,
                               busy ? GTK_WIDGET (self->spinner) : self->login_button);
  gtk_stack_set_visible_child (self->second_stack,
                               busy ? self->cancel_button : self->idle_logout_button);
  g_object_set (self->spinner, "active", busy, NULL);
  gtk_stack_set_visible_child (self->stack, self->form);
}

static void
state_changed_cb (SampanServerBar *self)
{
  switch (sampan_session_get_state (self->session))
    {
    case SAMPAN_SESSION_DISCONNECTED:
    case SAMPAN_SESSION_BROKEN:
      show_form (self, false);
      break;
    case SAMPAN_SESSION_CONNECTING:
    case SAMPAN_SESSION_LOGGING_IN:
      show_form (self, true);
      break;
    case SAMPAN_SESSION_READY:
    case SAMPAN_SESSION_LOGGING_OUT:
      update_who (self);
      gtk_stack_set_visible_child (self->stack, self->connected);
      break;
    }
  gtk_widget_set_sensitive (self->logout_button,
                            sampan_session_get_state (self->session) == SAMPAN_SESSION_READY);
}

static void
sampan_server_bar_dispose (GObject *object)
{
  SampanServerBar *self = SAMPAN_SERVER_BAR (object);

  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (sampan_server_bar_parent_class)->dispose (object);
}

static void
sampan_server_bar_class_init (SampanServerBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const char *names[N_SIGNALS] = { "log-in", "log-out", "cancel" };

  G_OBJECT_CLASS (klass)->dispose = sampan_server_bar_dispose;
  for (int i = 0; i < N_SIGNALS; i++)
    signals[i] = g_signal_new (names[i],
                               SAMPAN_TYPE_SERVER_BAR,
                               G_SIGNAL_RUN_LAST,
                               0,
                               NULL,
                               NULL,
                               NULL,
                               G_TYPE_NONE,
                               0);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sampan/Sampan/ui/server-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, SampanServerBar, stack);
  gtk_widget_class_bind_template_child (widget_class, SampanServerBar, form);
  gtk_widget_class_bind_template_child (widget_class, SampanServerBar, fields);
  gtk_widget_class_bind_template_child (widget_class, SampanServerBar, address_entry);
  gtk_widget_class_bind_template_child (widget_class, SampanServerBar, port_spin);
  gtk_widget_class_bind_template_child (widget_class, SampanServerBar, user_entry);
  gtk_widget_class_bind_template_child (widget_class, SampanServerBar, password_entry);
  gtk_widget_class_bind_template_child (widget_class, SampanServerBar, login_stack);
  gtk_widget_class_bind_template_child (widget_class, SampanServerBar, login_button);
  gtk_widget_class_bind_template_child (widget_class, SampanServerBar, spinner);
  gtk_widget_class_bind_template_child (widget_class, SampanServerBar, second_stack);
  gtk_widget_class_bind_template_child (widget_class, SampanServerBar, idle_logout_button);
  gtk_widget_class_bind_template_child (widget_class, SampanServerBar, cancel_button);
  gtk_widget_class_bind_template_child (widget_class, SampanServerBar, connected);
  gtk_widget_class_bind_template_child (widget_class, SampanServerBar, who_label);
  gtk_widget_class_bind_template_child (widget_class, SampanServerBar, logout_button);
  gtk_widget_class_bind_template_callback (widget_class, form_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, entry_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, login_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, logout_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, cancel_clicked_cb);
}

static void
sampan_server_bar_init (SampanServerBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_spin_button_set_value (self->port_spin, SAMPAN_DEFAULT_PORT);
  form_changed_cb (self);
}

void
sampan_server_bar_set_session (SampanServerBar *self, SampanSession *session)
{
  g_assert (self->session == NULL);
  self->session = g_object_ref (session);
  g_signal_connect_object (session,
                           "notify::state",
                           G_CALLBACK (state_changed_cb),
                           self,
                           G_CONNECT_SWAPPED);
  state_changed_cb (self);
}

void
sampan_server_bar_fill (SampanServerBar *self, const char *host, uint16_t port, const char *user)
{
  gtk_entry_set_text (self->address_entry, host);
  gtk_spin_button_set_value (self->port_spin, port);
  if (user != NULL)
    gtk_entry_set_text (self->user_entry, user);
}

char *
sampan_server_bar_dup_host (SampanServerBar *self)
{
  g_autofree char *host = g_strstrip (g_strdup (gtk_entry_get_text (self->address_entry)));
  size_t length = strlen (host);

  if (length > 2 && host[0] == '[' && host[length - 1] == ']')
    return g_strndup (host + 1, length - 2);
  return g_steal_pointer (&host);
}

uint16_t
sampan_server_bar_get_port (SampanServerBar *self)
{
  return (uint16_t)gtk_spin_button_get_value_as_int (self->port_spin);
}

char *
sampan_server_bar_dup_user (SampanServerBar *self)
{
  return g_strstrip (g_strdup (gtk_entry_get_text (self->user_entry)));
}

SampanSecret *
sampan_server_bar_dup_password (SampanServerBar *self)
{
  const char *text = gtk_entry_get_text (self->password_entry);

  return sampan_secret_new (text, strlen (text));
}

void
sampan_server_bar_clear_password (SampanServerBar *self)
{
  gtk_entry_set_text (self->password_entry, "");
}

void
sampan_server_bar_focus (SampanServerBar *self)
{
  GtkEntry *entry = get_first_empty (self);

  gtk_widget_grab_focus (GTK_WIDGET (entry != NULL ? entry : self->password_entry));
}
