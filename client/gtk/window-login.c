/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Logging in and out. */

#include "config.h"

#include "window-private.h"

#include "keyring.h"
#include "known-servers.h"
#include "login.h"
#include "password-dialog.h"
#include "sentence-name.h"
#include "trouble-dialog.h"

#include <glib/gi18n.h>
#include <string.h>

/* A one-time code is not kept: it is spent. */
static void
remember_server (SampanWindow *self)
{
  const char *host = sampan_session_get_host (self->session);
  const char *user = sampan_session_get_user (self->session);
  uint16_t port = sampan_session_get_port (self->session);
  bool keeps = sampan_login_form_get_keeps_password (self->form) &&
               !sampan_session_get_must_set_password (self->session);
  SampanSavedServer *saved = sampan_server_store_find (self->store, host, port, user);

  if (sampan_login_form_get_remembers (self->form))
    sampan_server_store_remember (self->store, host, port, user, keeps ? self->password : NULL);
  else if (saved != NULL)
    sampan_server_store_forget (self->store, saved);
}

/* ---- the first password ---- */

static void
password_set_cb (SampanPasswordDialog *dialog, const SampanSecret *password, gpointer user_data)
{
  SampanWindow *self = user_data;

  sampan_secret_free (self->password);
  self->password = sampan_secret_copy (password);
  remember_server (self);
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
  g_autofree char *host = sampan_sentence_name (sampan_session_get_host (self->session), -1);
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

/* What the server refuses is known; why it does is not told to anybody who asks. */
static void
tell_refused (SampanWindow *self, const GError *error)
{
  g_autoptr (SampanSecret) code = sampan_one_time_code_fold (self->password);

  if (self->has_kept_password)
    sampan_window_tell (self,
                        _ ("The password that was kept is not right any more, and was forgotten. "
                           "Type the new one."));
  else if (code != NULL)
    sampan_window_tell (self,
                        _ ("The name or the one-time code is wrong, or the code was used or is too "
                           "old. Ask who looks after the server for a new one."));
  else
    sampan_window_tell_error (self, error);
}

static void
forget_kept_password (SampanWindow *self)
{
  SampanSavedServer *saved = sampan_server_store_find (self->store,
                                                       sampan_session_get_host (self->session),
                                                       sampan_session_get_port (self->session),
                                                       sampan_session_get_user (self->session));

  if (saved != NULL)
    sampan_server_store_forget_password (self->store, saved);
}

static void
login_refused (SampanWindow *self, const GError *error)
{
  if (self->has_kept_password)
    forget_kept_password (self);
  tell_refused (self, error);
}

static void
login_failed (SampanWindow *self, const GError *error)
{
  if (g_error_matches (error, SAMPAN_ERROR, SAMPAN_ERROR_LOGIN_REFUSED) && self->path == NULL)
    login_refused (self, error);
  else if (g_error_matches (error, SAMPAN_ERROR, SAMPAN_ERROR_SERVER_CHANGED) ||
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
  if (self->closing)
    return;
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

bool
sampan_window_can_log_in (SampanWindow *self)
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

/* ---- the password that is kept ---- */

static void
looked_up_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SampanWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SampanSecret) password = sampan_keyring_look_up_finish (result, &error);
  g_autofree char *text = NULL;

  g_clear_object (&self->login_cancellable);
  if (self->closing)
    return;
  sampan_login_form_set_busy (self->form, false);
  if (password != NULL)
    {
      self->has_kept_password = true;
      log_in_with (self, g_steal_pointer (&password));
      return;
    }
  /* Translators: %s is a sentence that says why the password that is kept cannot be had. */
  text = g_strdup_printf (_ ("%s Type the password."), sampan_keyring_get_text (error));
  sampan_window_tell (self, text);
  sampan_login_form_focus_password (self->form);
}

static void
look_up_password (SampanWindow *self, SampanSavedServer *server)
{
  sampan_error_bar_clear (self->error_bar);
  sampan_login_form_set_busy (self->form, true);
  self->login_cancellable = g_cancellable_new ();
  sampan_keyring_look_up_async (server, self->login_cancellable, looked_up_cb, g_object_ref (self));
}

/* ---- beginning ---- */

/* What looks like a link and was not taken apart is none. */
static bool
has_bad_link (SampanWindow *self)
{
  g_autofree char *host = sampan_login_form_dup_host (self->form);
  g_autoptr (SampanRemote) remote = NULL;
  g_autoptr (GError) error = NULL;

  if (strstr (host, "://") == NULL)
    return false;
  remote = sampan_remote_parse (host, &error);
  if (remote == NULL)
    sampan_window_tell_bad_link (self, error);
  return remote == NULL;
}

void
sampan_window_log_in (SampanWindow *self)
{
  SampanSavedServer *kept = sampan_login_form_get_kept (self->form);

  if (!sampan_window_can_log_in (self) || has_bad_link (self))
    return;
  if (kept != NULL)
    look_up_password (self, kept);
  else
    sampan_window_log_in_with (self, NULL);
}

void
sampan_window_log_in_with (SampanWindow *self, const SampanSecret *password)
{
  if (!sampan_window_can_log_in (self))
    return;
  self->has_kept_password = false;
  log_in_with (self,
               password != NULL ? sampan_secret_copy (password)
                                : sampan_login_form_dup_password (self->form));
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
  if (!sampan_window_can_log_in (self) || self->password == NULL || host == NULL || user == NULL)
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
  g_autofree char *host = sampan_sentence_name (sampan_session_get_host (self->session), -1);
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
