/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The login form. */

#include "config.h"

#include "login-form.h"

#include "protocol.h"
#include "remote.h"
#include "server-list.h"

#include <glib/gi18n.h>
#include <string.h>

struct _SampanLoginForm
{
  GtkBox parent_instance;

  /* template widgets */
  GtkWidget *fields;
  GtkEntry *address_entry;
  GtkSpinButton *port_spin;
  GtkEntry *user_entry;
  GtkEntry *password_entry;
  GtkToggleButton *remember_check;
  GtkToggleButton *keep_check;
  GtkStack *login_stack;
  GtkWidget *login_button;
  GtkSpinner *spinner;
  GtkStack *second_stack;
  GtkWidget *idle_logout_button;
  GtkWidget *cancel_button;
  SampanServerList *server_list;

  /* owned */
  SampanServerStore *store;
  SampanSavedServer *saved; /* that the fields name; nullable */
};

G_DEFINE_TYPE (SampanLoginForm, sampan_login_form, GTK_TYPE_BOX)

enum
{
  SIGNAL_LOG_IN,
  SIGNAL_CANCEL,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

/* An address that was pasted as a whole goes to the fields that its parts belong to. */
static void
spread_uri (SampanLoginForm *self)
{
  const char *text = gtk_entry_get_text (self->address_entry);
  g_autoptr (SampanRemote) remote = NULL;

  if (strstr (text, "://") == NULL)
    return;
  remote = sampan_remote_parse (text, NULL);
  if (remote != NULL)
    sampan_login_form_fill (self,
                            sampan_remote_get_host (remote),
                            sampan_remote_get_port (remote),
                            sampan_remote_get_user (remote));
}

static bool
has_kept_password (SampanLoginForm *self)
{
  return self->saved != NULL && sampan_saved_server_get_keeps_password (self->saved);
}

/* A password that is kept need not be typed. */
static GtkEntry *
get_first_empty (SampanLoginForm *self)
{
  GtkEntry *entries[] = { self->address_entry, self->user_entry, self->password_entry };

  for (size_t i = 0; i < G_N_ELEMENTS (entries); i++)
    if (gtk_entry_get_text_length (entries[i]) == 0 &&
        (entries[i] != self->password_entry || !has_kept_password (self)))
      return entries[i];
  return NULL;
}

/* What was ticked stays ticked, unless it is about another account. */
static void
update_saved (SampanLoginForm *self)
{
  g_autofree char *host = sampan_login_form_dup_host (self);
  g_autofree char *user = sampan_login_form_dup_user (self);
  bool kept_before = has_kept_password (self);

  g_set_object (
      &self->saved,
      sampan_server_store_find (self->store, host, sampan_login_form_get_port (self), user));
  if (has_kept_password (self))
    gtk_toggle_button_set_active (self->remember_check, TRUE);
  if (has_kept_password (self) != kept_before)
    gtk_toggle_button_set_active (self->keep_check, has_kept_password (self));
  gtk_entry_set_placeholder_text (self->password_entry,
                                  has_kept_password (self) ? _ ("Kept in the keyring")
                                                           : _ ("Or a one-time code"));
}

/* Only the password of a server that is in the list can be forgotten again. */
static void
remember_toggled_cb (SampanLoginForm *self)
{
  bool remembers = gtk_toggle_button_get_active (self->remember_check);

  gtk_widget_set_sensitive (GTK_WIDGET (self->keep_check), remembers);
  if (!remembers)
    gtk_toggle_button_set_active (self->keep_check, FALSE);
}

static void
form_changed_cb (SampanLoginForm *self)
{
  if (self->store != NULL)
    update_saved (self);
  gtk_widget_set_sensitive (self->login_button, get_first_empty (self) == NULL);
}

static void
login_clicked_cb (SampanLoginForm *self)
{
  /* What was typed counts, even while the cursor is still in it. */
  gtk_spin_button_update (self->port_spin);
  spread_uri (self);
  g_signal_emit (self, signals[SIGNAL_LOG_IN], 0);
}

static void
entry_activated_cb (SampanLoginForm *self)
{
  spread_uri (self);
  if (get_first_empty (self) != NULL)
    sampan_login_form_focus (self);
  else if (gtk_widget_get_sensitive (self->fields))
    login_clicked_cb (self);
}

static void
saved_chosen_cb (SampanLoginForm *self, SampanSavedServer *server)
{
  if (!gtk_widget_get_sensitive (self->fields))
    return;
  sampan_login_form_fill (self,
                          sampan_saved_server_get_host (server),
                          sampan_saved_server_get_port (server),
                          sampan_saved_server_get_user (server));
  gtk_entry_set_text (self->password_entry, "");
  entry_activated_cb (self);
}

/* The user stays as typed; what is missing comes next. */
static void
found_chosen_cb (SampanLoginForm *self, SampanFoundBox *box)
{
  if (!gtk_widget_get_sensitive (self->fields))
    return;
  sampan_login_form_fill (self,
                          sampan_found_box_get_target (box),
                          sampan_found_box_get_port (box),
                          NULL);
  sampan_login_form_focus (self);
}

static void
cancel_clicked_cb (SampanLoginForm *self)
{
  g_signal_emit (self, signals[SIGNAL_CANCEL], 0);
}

static void
sampan_login_form_dispose (GObject *object)
{
  SampanLoginForm *self = SAMPAN_LOGIN_FORM (object);

  if (self->store != NULL)
    g_signal_handlers_disconnect_by_data (sampan_server_store_get_servers (self->store), self);
  g_clear_object (&self->store);
  g_clear_object (&self->saved);
  G_OBJECT_CLASS (sampan_login_form_parent_class)->dispose (object);
}

static void
sampan_login_form_class_init (SampanLoginFormClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const char *names[N_SIGNALS] = { "log-in", "cancel" };

  G_OBJECT_CLASS (klass)->dispose = sampan_login_form_dispose;
  for (int i = 0; i < N_SIGNALS; i++)
    signals[i] = g_signal_new (names[i],
                               SAMPAN_TYPE_LOGIN_FORM,
                               G_SIGNAL_RUN_LAST,
                               0,
                               NULL,
                               NULL,
                               NULL,
                               G_TYPE_NONE,
                               0);
  g_type_ensure (SAMPAN_TYPE_SERVER_LIST);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sampan/Sampan/ui/login-form.ui");
  gtk_widget_class_bind_template_child (widget_class, SampanLoginForm, fields);
  gtk_widget_class_bind_template_child (widget_class, SampanLoginForm, address_entry);
  gtk_widget_class_bind_template_child (widget_class, SampanLoginForm, port_spin);
  gtk_widget_class_bind_template_child (widget_class, SampanLoginForm, user_entry);
  gtk_widget_class_bind_template_child (widget_class, SampanLoginForm, password_entry);
  gtk_widget_class_bind_template_child (widget_class, SampanLoginForm, remember_check);
  gtk_widget_class_bind_template_child (widget_class, SampanLoginForm, keep_check);
  gtk_widget_class_bind_template_child (widget_class, SampanLoginForm, login_stack);
  gtk_widget_class_bind_template_child (widget_class, SampanLoginForm, login_button);
  gtk_widget_class_bind_template_child (widget_class, SampanLoginForm, spinner);
  gtk_widget_class_bind_template_child (widget_class, SampanLoginForm, second_stack);
  gtk_widget_class_bind_template_child (widget_class, SampanLoginForm, idle_logout_button);
  gtk_widget_class_bind_template_child (widget_class, SampanLoginForm, cancel_button);
  gtk_widget_class_bind_template_child (widget_class, SampanLoginForm, server_list);
  gtk_widget_class_bind_template_callback (widget_class, form_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, entry_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, login_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, cancel_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, remember_toggled_cb);
  gtk_widget_class_bind_template_callback (widget_class, saved_chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, found_chosen_cb);
}

static void
sampan_login_form_init (SampanLoginForm *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_spin_button_set_value (self->port_spin, SAMPAN_DEFAULT_PORT);
  form_changed_cb (self);
}

void
sampan_login_form_set_store (SampanLoginForm *self, SampanServerStore *store)
{
  SampanSavedServer *last = sampan_server_store_get_last (store);

  g_assert (self->store == NULL);
  self->store = g_object_ref (store);
  sampan_server_list_set_store (self->server_list, store);
  g_signal_connect_object (sampan_server_store_get_servers (store),
                           "items-changed",
                           G_CALLBACK (form_changed_cb),
                           self,
                           G_CONNECT_SWAPPED);
  if (last != NULL)
    sampan_login_form_fill (self,
                            sampan_saved_server_get_host (last),
                            sampan_saved_server_get_port (last),
                            sampan_saved_server_get_user (last));
}

void
sampan_login_form_set_busy (SampanLoginForm *self, bool busy)
{
  gtk_widget_set_sensitive (self->fields, !busy);
  gtk_stack_set_visible_child (self->login_stack,
                               busy ? GTK_WIDGET (self->spinner) : self->login_button);
  gtk_stack_set_visible_child (self->second_stack,
                               busy ? self->cancel_button : self->idle_logout_button);
  g_object_set (self->spinner, "active", busy, NULL);
}

void
sampan_login_form_fill (SampanLoginForm *self, const char *host, uint16_t port, const char *user)
{
  gtk_entry_set_text (self->address_entry, host);
  gtk_spin_button_set_value (self->port_spin, port);
  if (user != NULL)
    gtk_entry_set_text (self->user_entry, user);
}

char *
sampan_login_form_dup_host (SampanLoginForm *self)
{
  g_autofree char *host = g_strstrip (g_strdup (gtk_entry_get_text (self->address_entry)));
  size_t length = strlen (host);

  if (length > 2 && host[0] == '[' && host[length - 1] == ']')
    return g_strndup (host + 1, length - 2);
  return g_steal_pointer (&host);
}

uint16_t
sampan_login_form_get_port (SampanLoginForm *self)
{
  return (uint16_t)gtk_spin_button_get_value_as_int (self->port_spin);
}

char *
sampan_login_form_dup_user (SampanLoginForm *self)
{
  return g_strstrip (g_strdup (gtk_entry_get_text (self->user_entry)));
}

SampanSecret *
sampan_login_form_dup_password (SampanLoginForm *self)
{
  const char *text = gtk_entry_get_text (self->password_entry);

  return sampan_secret_new (text, strlen (text));
}

SampanSavedServer *
sampan_login_form_get_kept (SampanLoginForm *self)
{
  return gtk_entry_get_text_length (self->password_entry) == 0 && has_kept_password (self)
             ? self->saved
             : NULL;
}

bool
sampan_login_form_get_remembers (SampanLoginForm *self)
{
  return gtk_toggle_button_get_active (self->remember_check);
}

bool
sampan_login_form_get_keeps_password (SampanLoginForm *self)
{
  return gtk_toggle_button_get_active (self->keep_check);
}

void
sampan_login_form_clear_password (SampanLoginForm *self)
{
  gtk_entry_set_text (self->password_entry, "");
}

void
sampan_login_form_focus (SampanLoginForm *self)
{
  GtkEntry *entry = get_first_empty (self);

  if (entry == NULL && sampan_login_form_get_kept (self) != NULL)
    gtk_widget_grab_focus (self->login_button);
  else
    gtk_widget_grab_focus (GTK_WIDGET (entry != NULL ? entry : self->password_entry));
}

void
sampan_login_form_focus_address (SampanLoginForm *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->address_entry));
}

void
sampan_login_form_focus_password (SampanLoginForm *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->password_entry));
}
