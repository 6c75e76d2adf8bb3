/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The login form. */

#include "config.h"

#include "login-form.h"

#include "found-list.h"
#include "protocol.h"
#include "remote.h"

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
  GtkStack *login_stack;
  GtkWidget *login_button;
  GtkSpinner *spinner;
  GtkStack *second_stack;
  GtkWidget *idle_logout_button;
  GtkWidget *cancel_button;
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

static GtkEntry *
get_first_empty (SampanLoginForm *self)
{
  GtkEntry *entries[] = { self->address_entry, self->user_entry, self->password_entry };

  for (size_t i = 0; i < G_N_ELEMENTS (entries); i++)
    if (gtk_entry_get_text_length (entries[i]) == 0)
      return entries[i];
  return NULL;
}

static void
form_changed_cb (SampanLoginForm *self)
{
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

/* The user stays as typed; what is missing comes next. */
static void
box_chosen_cb (SampanLoginForm *self, SampanFoundBox *box)
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
sampan_login_form_class_init (SampanLoginFormClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const char *names[N_SIGNALS] = { "log-in", "cancel" };

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
  g_type_ensure (SAMPAN_TYPE_FOUND_LIST);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sampan/Sampan/ui/login-form.ui");
  gtk_widget_class_bind_template_child (widget_class, SampanLoginForm, fields);
  gtk_widget_class_bind_template_child (widget_class, SampanLoginForm, address_entry);
  gtk_widget_class_bind_template_child (widget_class, SampanLoginForm, port_spin);
  gtk_widget_class_bind_template_child (widget_class, SampanLoginForm, user_entry);
  gtk_widget_class_bind_template_child (widget_class, SampanLoginForm, password_entry);
  gtk_widget_class_bind_template_child (widget_class, SampanLoginForm, login_stack);
  gtk_widget_class_bind_template_child (widget_class, SampanLoginForm, login_button);
  gtk_widget_class_bind_template_child (widget_class, SampanLoginForm, spinner);
  gtk_widget_class_bind_template_child (widget_class, SampanLoginForm, second_stack);
  gtk_widget_class_bind_template_child (widget_class, SampanLoginForm, idle_logout_button);
  gtk_widget_class_bind_template_child (widget_class, SampanLoginForm, cancel_button);
  gtk_widget_class_bind_template_callback (widget_class, form_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, entry_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, login_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, cancel_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, box_chosen_cb);
}

static void
sampan_login_form_init (SampanLoginForm *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_spin_button_set_value (self->port_spin, SAMPAN_DEFAULT_PORT);
  form_changed_cb (self);
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

void
sampan_login_form_clear_password (SampanLoginForm *self)
{
  gtk_entry_set_text (self->password_entry, "");
}

void
sampan_login_form_focus (SampanLoginForm *self)
{
  GtkEntry *entry = get_first_empty (self);

  gtk_widget_grab_focus (GTK_WIDGET (entry != NULL ? entry : self->password_entry));
}
