/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The server frame. */

#include "config.h"

#include "server-bar.h"

#include "sentence-name.h"

struct _SampanServerBar
{
  GtkFrame parent_instance;

  /* template widgets */
  GtkStack *stack;
  SampanLoginForm *form;
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

static void
form_login_cb (SampanServerBar *self)
{
  g_signal_emit (self, signals[SIGNAL_LOG_IN], 0);
}

static void
form_cancel_cb (SampanServerBar *self)
{
  g_signal_emit (self, signals[SIGNAL_CANCEL], 0);
}

static void
logout_clicked_cb (SampanServerBar *self)
{
  g_signal_emit (self, signals[SIGNAL_LOG_OUT], 0);
}

static void
update_who (SampanServerBar *self)
{
  g_autofree char *who = sampan_sentence_account (sampan_session_get_user (self->session),
                                                  sampan_session_get_host (self->session));

  gtk_label_set_text (self->who_label, who);
}

static void
show_form (SampanServerBar *self, bool busy)
{
  sampan_login_form_set_busy (self->form, busy);
  gtk_stack_set_visible_child (self->stack, GTK_WIDGET (self->form));
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
    case SAMPAN_SESSION_RECONNECTING:
    case SAMPAN_SESSION_LOGGING_OUT:
      update_who (self);
      gtk_stack_set_visible_child (self->stack, self->connected);
      break;
    }
  gtk_widget_set_sensitive (self->logout_button,
                            sampan_session_get_state (self->session) == SAMPAN_SESSION_READY ||
                                sampan_session_get_state (self->session) ==
                                    SAMPAN_SESSION_RECONNECTING);
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
  g_type_ensure (SAMPAN_TYPE_LOGIN_FORM);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sampan/Sampan/ui/server-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, SampanServerBar, stack);
  gtk_widget_class_bind_template_child (widget_class, SampanServerBar, form);
  gtk_widget_class_bind_template_child (widget_class, SampanServerBar, connected);
  gtk_widget_class_bind_template_child (widget_class, SampanServerBar, who_label);
  gtk_widget_class_bind_template_child (widget_class, SampanServerBar, logout_button);
  gtk_widget_class_bind_template_callback (widget_class, form_login_cb);
  gtk_widget_class_bind_template_callback (widget_class, form_cancel_cb);
  gtk_widget_class_bind_template_callback (widget_class, logout_clicked_cb);
}

static void
sampan_server_bar_init (SampanServerBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
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

SampanLoginForm *
sampan_server_bar_get_form (SampanServerBar *self)
{
  return self->form;
}
