/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Logging in and out. */

#include "config.h"

#include "window-private.h"

#include "escape.h"
#include "known-servers.h"
#include "password-dialog.h"
#include "trouble-dialog.h"

#include <glib/gi18n.h>

static void
remember_server (SampanWindow *self)
{
  sampan_settings_set_text (SAMPAN_SETTING_LAST_HOST, sampan_session_get_host (self->session));
  sampan_settings_set_text (SAMPAN_SETTING_LAST_USER, sampan_session_get_user (self->session));
  g_settings_set (sampan_settings_get (),
                  SAMPAN_SETTING_LAST_PORT,
                  "q",
                  sampan_session_get_port (self->session));
}

/* ---- the first password ---- */

static void
password_set_cb (SampanPasswordDialog *dialog, const SampanSecret *password, gpointer user_data)
{
  SampanWindow *self = user_data;

  sampan_secret_free (self->password);
  self->password = sampan_secret_copy (password);
  sampan_window_enter (self);
  sampan_window_restore_transfers (self);
}

static void end_session (SampanWindow *self);

static void
password_response_cb (GtkDialog *dialog, int response, gpointer user_data)
{
  if (response != GTK_RESPONSE_ACCEPT)
    end_session (user_data);
}

static void
ask_password (SampanWindow *self)
{
  SampanPasswordDialog *dialog =
      sampan_password_dialog_new (GTK_WINDOW (self), self->session, self->password);

  g_signal_connect_object (dialog, "set", G_CALLBACK (password_set_cb), self, 0);
  g_signal_connect_object (dialog, "response", G_CALLBACK (password_response_cb), self, 0);
  gtk_widget_show (GTK_WIDGET (dialog));
}

/* ---- a full stop ---- */

static void
forget_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  SampanSession *session = task_data;
  GError *error = NULL;

  if (sampan_known_servers_forget (sampan_session_get_host (session),
                                   sampan_session_get_port (session),
                                   &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
forgotten_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SampanWindow *self = SAMPAN_WINDOW (source);
  g_autoptr (GError) error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    sampan_window_reconnect (self);
  else
    sampan_window_tell_error (self, error);
}

static void
trouble_response_cb (GtkDialog *dialog, int response, gpointer user_data)
{
  SampanWindow *self = user_data;
  g_autoptr (GTask) task = NULL;

  gtk_widget_destroy (GTK_WIDGET (dialog));
  if (response != GTK_RESPONSE_ACCEPT)
    return;
  task = g_task_new (self, NULL, forgotten_cb, NULL);
  g_task_set_source_tag (task, trouble_response_cb);
  g_task_set_task_data (task, g_object_ref (self->session), g_object_unref);
  g_task_run_in_thread (task, forget_thread);
}

static void
show_trouble (SampanWindow *self, const GError *error)
{
  g_autofree char *host = sampan_display_name (sampan_session_get_host (self->session), -1);
  SampanTroubleDialog *dialog = sampan_trouble_dialog_new (GTK_WINDOW (self), error, host);

  g_signal_connect_object (dialog, "response", G_CALLBACK (trouble_response_cb), self, 0);
  gtk_widget_show (GTK_WIDGET (dialog));
}

/* ---- login ---- */

/* The old list is still on screen: another try is one press away. */
static void
tell_still_broken (SampanWindow *self, const GError *error)
{
  sampan_error_bar_tell (self->error_bar,
                         GTK_MESSAGE_WARNING,
                         sampan_error_get_text (error),
                         _ ("_Reconnect"),
                         "win.reconnect");
}

static void
login_failed (SampanWindow *self, const GError *error)
{
  if (g_error_matches (error, SAMPAN_ERROR, SAMPAN_ERROR_SERVER_CHANGED) ||
      g_error_matches (error, SAMPAN_ERROR, SAMPAN_ERROR_INTERCEPTED))
    show_trouble (self, error);
  else if (self->path != NULL)
    tell_still_broken (self, error);
  else
    sampan_window_tell_error (self, error);
  sampan_login_form_focus (self->form);
}

static void
login_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SampanWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  g_clear_object (&self->login_cancellable);
  if (!sampan_session_login_finish (SAMPAN_SESSION (source), result, &error))
    {
      if (!self->closing)
        login_failed (self, error);
      return;
    }
  remember_server (self);
  sampan_login_form_clear_password (self->form);
  if (sampan_session_get_must_set_password (self->session))
    ask_password (self);
  else
    {
      sampan_window_enter (self);
      sampan_window_restore_transfers (self);
    }
}

static bool
can_start (SampanWindow *self)
{
  SampanSessionState state = sampan_session_get_state (self->session);

  return self->login_cancellable == NULL &&
         (state == SAMPAN_SESSION_DISCONNECTED || state == SAMPAN_SESSION_BROKEN);
}

static void
start_login (SampanWindow *self, const char *host, uint16_t port, const char *user)
{
  sampan_error_bar_clear (self->error_bar);
  self->login_cancellable = g_cancellable_new ();
  sampan_session_login_async (self->session,
                              host,
                              port,
                              user,
                              self->password,
                              self->login_cancellable,
                              login_cb,
                              g_object_ref (self));
}

/* Takes PASSWORD. */
static void
log_in_with (SampanWindow *self, SampanSecret *password)
{
  g_autofree char *host = sampan_login_form_dup_host (self->form);
  g_autofree char *user = sampan_login_form_dup_user (self->form);

  sampan_secret_free (self->password);
  self->password = password;
  if (self->password == NULL)
    {
      sampan_error_bar_tell (self->error_bar,
                             GTK_MESSAGE_ERROR,
                             _ ("There is not enough locked memory to hold the password."),
                             NULL,
                             NULL);
      return;
    }
  /* Another server or account: nothing of the old one stays on screen, or on its way. */
  sampan_window_put_off_transfers (self);
  sampan_window_leave (self);
  start_login (self, host, sampan_login_form_get_port (self->form), user);
}

void
sampan_window_log_in (SampanWindow *self)
{
  if (can_start (self))
    log_in_with (self, sampan_login_form_dup_password (self->form));
}

void
sampan_window_log_in_with (SampanWindow *self, const SampanSecret *password)
{
  if (can_start (self))
    log_in_with (self, sampan_secret_copy (password));
}

void
sampan_window_reconnect (SampanWindow *self)
{
  g_autofree char *host = g_strdup (sampan_session_get_host (self->session));
  g_autofree char *user = g_strdup (sampan_session_get_user (self->session));

  if (sampan_session_get_state (self->session) == SAMPAN_SESSION_RECONNECTING)
    {
      sampan_session_retry_now (self->session);
      return;
    }
  if (!can_start (self) || self->password == NULL || host == NULL || user == NULL)
    {
      sampan_login_form_focus (self->form);
      return;
    }
  if (self->path != NULL)
    {
      g_clear_pointer (&self->wanted, sampan_path_unref);
      self->wanted = sampan_path_ref (self->path);
    }
  start_login (self, host, sampan_session_get_port (self->session), user);
}

void
sampan_window_cancel_login (SampanWindow *self)
{
  g_cancellable_cancel (self->login_cancellable);
}

/* ---- logout ---- */

static void
logout_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SampanWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!sampan_session_logout_finish (SAMPAN_SESSION (source), result, &error))
    g_debug ("logout: %s", error->message);
  if (!self->closing)
    sampan_login_form_focus (self->form);
}

static void
end_session (SampanWindow *self)
{
  sampan_window_put_off_transfers (self);
  sampan_error_bar_clear (self->error_bar);
  g_clear_pointer (&self->password, sampan_secret_free);
  sampan_window_leave (self);
  if (sampan_session_get_state (self->session) == SAMPAN_SESSION_READY ||
      sampan_session_get_state (self->session) == SAMPAN_SESSION_RECONNECTING)
    sampan_session_logout_async (self->session, NULL, logout_cb, g_object_ref (self));
}

void
sampan_window_log_out (SampanWindow *self)
{
  if (!sampan_window_has_transfers (self))
    {
      end_session (self);
      return;
    }
  sampan_window_ask_to_end (self,
                            _ ("Log out while files are on their way?"),
                            _ ("_Stop and Log Out"),
                            _ ("Log Out and _Go On Later"),
                            end_session);
}

/* ---- the session's own changes ---- */

/* ---- healing ---- */

static void
tell_reconnecting (SampanWindow *self)
{
  g_autofree char *host = sampan_display_name (sampan_session_get_host (self->session), -1);
  int seconds = sampan_session_get_seconds_to_retry (self->session);
  g_autofree char *text = NULL;

  if (seconds > 0)
    /* Translators: the name of the server, then a number of seconds. */
    text = g_strdup_printf (ngettext ("Reconnecting to %s – next try in %d second",
                                      "Reconnecting to %s – next try in %d seconds",
                                      (gulong)seconds),
                            host,
                            seconds);
  else
    /* Translators: %s is the name of the server. */
    text = g_strdup_printf (_ ("Reconnecting to %s…"), host);
  sampan_error_bar_tell (self->error_bar,
                         GTK_MESSAGE_WARNING,
                         text,
                         _ ("_Try Now"),
                         "win.reconnect");
}

/* What was closed stays closed. */
void
sampan_window_seconds_changed (SampanWindow *self)
{
  if (self->tells_reconnecting && gtk_widget_get_visible (GTK_WIDGET (self->error_bar)) &&
      sampan_session_get_state (self->session) == SAMPAN_SESSION_RECONNECTING)
    tell_reconnecting (self);
}

/* Whether what is shown may be out of date. */
static bool
follow_healing (SampanWindow *self)
{
  bool reconnects = sampan_session_get_state (self->session) == SAMPAN_SESSION_RECONNECTING;
  bool healed = self->tells_reconnecting && !reconnects &&
                sampan_session_get_state (self->session) == SAMPAN_SESSION_READY;

  if (self->tells_reconnecting && !reconnects)
    sampan_error_bar_clear (self->error_bar);
  self->tells_reconnecting = reconnects && !self->closing;
  if (self->tells_reconnecting)
    tell_reconnecting (self);
  return healed && self->path != NULL && !self->closing;
}

void
sampan_window_session_changed (SampanWindow *self)
{
  const GError *error = sampan_session_get_error (self->session);
  bool healed = follow_healing (self);

  sampan_window_update_inhibit (self);
  if (sampan_session_get_state (self->session) == SAMPAN_SESSION_BROKEN && !self->closing)
    {
      self->entered = false;
      g_cancellable_cancel (self->list_cancellable);
      if (error != NULL)
        tell_still_broken (self, error);
    }
  sampan_window_update_actions (self);
  if (healed)
    g_action_group_activate_action (G_ACTION_GROUP (self), "refresh", NULL);
}
