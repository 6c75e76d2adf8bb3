/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The sessions of one run. */

#include "config.h"

#include "session-pool.h"

#include "await.h"
#include "escape.h"
#include "prompt.h"

#include <glib/gi18n.h>
#include <string.h>

#define LOGIN_TRIES 3 /* for a person who mistypes; a password file gets one */
#define LOGOUT_WAIT_SECS                                                                           \
  2 /* for the sending; the box ends the session too when the link closes                          \
     */

/* At a prompt: the next command tries again. */
#define SHELL_PATIENCE_SECS 10

typedef struct
{
  SampanSession *session;
  SampanSecret *password; /* nullable: not logged in yet */
  Await login;
  bool is_logging_in;
  bool is_typed; /* the password, for this very login */
} Member;

struct _SessionPool
{
  Cli *cli;            /* borrowed */
  GHashTable *members; /* "user@host:port" to Member */
};

static gboolean
cancel_cb (gpointer user_data)
{
  g_cancellable_cancel (user_data);
  return G_SOURCE_REMOVE;
}

static void
logout (SampanSession *session)
{
  g_auto (Await) await = AWAIT_INIT;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GSource) timer = g_timeout_source_new_seconds (LOGOUT_WAIT_SECS);

  if (sampan_session_get_state (session) != SAMPAN_SESSION_READY)
    return;
  g_source_set_callback (timer, cancel_cb, cancellable, NULL);
  g_source_attach (timer, NULL);
  sampan_session_hang_up_async (session, cancellable, await_done_cb, &await);
  if (!sampan_session_logout_finish (session, await_result (&await), NULL))
    g_debug ("The log-out was not sent");
  g_source_destroy (timer);
}

static bool
end_login (Member *member, GError **error)
{
  bool is_in = sampan_session_login_finish (member->session, await_result (&member->login), error);

  await_clear (&member->login);
  member->is_logging_in = false;
  return is_in;
}

static void
member_free (Member *member)
{
  if (member->is_logging_in && !end_login (member, NULL))
    g_debug ("A login that nobody waited for failed");
  logout (member->session);
  g_object_unref (member->session);
  sampan_secret_free (member->password);
  g_free (member);
}

SessionPool *
session_pool_new (Cli *cli)
{
  SessionPool *self = g_new0 (SessionPool, 1);

  self->cli = cli;
  self->members =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)member_free);
  return self;
}

void
session_pool_free (SessionPool *self)
{
  g_hash_table_unref (self->members);
  g_free (self);
}

static char *
make_key (const SampanRemote *remote)
{
  return g_strdup_printf ("%s@%s:%u",
                          sampan_remote_get_user (remote),
                          sampan_remote_get_host (remote),
                          sampan_remote_get_port (remote));
}

static Member *
get_member (SessionPool *self, const SampanRemote *remote)
{
  g_autofree char *key = make_key (remote);
  Member *member = g_hash_table_lookup (self->members, key);

  if (member != NULL)
    return member;
  member = g_new0 (Member, 1);
  member->session = sampan_session_new (self->cli->engine);
  sampan_session_set_heals (member->session, self->cli->options.reconnect_secs > 0);
  g_hash_table_insert (self->members, g_steal_pointer (&key), member);
  return member;
}

static SampanSecret *
obtain_password (SessionPool *self, const SampanRemote *remote, GError **error)
{
  g_autofree char *key = make_key (remote);
  g_autofree char *shown = sampan_escape (key, -1, 0);
  g_autofree char *question = NULL;

  if (self->cli->options.password_file != NULL)
    {
      g_autoptr (GError) local_error = NULL;
      SampanSecret *password =
          sampan_secret_read_file (self->cli->options.password_file, &local_error);

      if (password == NULL)
        g_set_error (error,
                     CLI_ERROR,
                     CLI_STATUS_LOGIN_REFUSED,
                     /* Translators: %s is why. */
                     _ ("The password file cannot be used: %s"),
                     local_error->message);
      return password;
    }
  /* Translators: %s is user@host:port. */
  question = g_strdup_printf (_ ("Password for %s: "), shown);
  return prompt_password (question, self->cli->cancellable, error);
}

/* With the password held from before, else the file, else what the person types. */
static bool
begin_login (SessionPool *self, Member *member, const SampanRemote *remote, GError **error)
{
  if (member->is_logging_in)
    return true;
  member->is_typed = self->cli->options.password_file == NULL && member->password == NULL;
  if (member->password == NULL)
    member->password = obtain_password (self, remote, error);
  if (member->password == NULL)
    return false;
  member->is_logging_in = true;
  sampan_session_login_async (member->session,
                              sampan_remote_get_host (remote),
                              sampan_remote_get_port (remote),
                              sampan_remote_get_user (remote),
                              member->password,
                              self->cli->cancellable,
                              await_done_cb,
                              &member->login);
  return true;
}

static bool
login (SessionPool *self, Member *member, const SampanRemote *remote, GError **error)
{
  for (int i = 1; i <= LOGIN_TRIES; i++)
    {
      g_autoptr (GError) local_error = NULL;
      g_autofree char *text = NULL;

      if (!begin_login (self, member, remote, error))
        return false;
      if (end_login (member, &local_error))
        return true;
      if (!member->is_typed || i == LOGIN_TRIES ||
          !g_error_matches (local_error, SAMPAN_ERROR, SAMPAN_ERROR_LOGIN_REFUSED))
        {
          g_clear_pointer (&member->password, sampan_secret_free);
          g_propagate_error (error, g_steal_pointer (&local_error));
          return false;
        }
      text = sampan_error_dup_text (local_error);
      g_printerr ("%s\n", text);
      g_clear_pointer (&member->password, sampan_secret_free);
    }
  g_return_val_if_reached (false);
}

typedef struct
{
  SampanSession *session;
  bool is_over; /* time, or the person's patience */
} Wait;

static gboolean
wait_over_cb (gpointer user_data)
{
  Wait *wait = user_data;

  wait->is_over = true;
  return G_SOURCE_REMOVE;
}

static gboolean
wait_cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  return wait_over_cb (user_data);
}

/* While it reconnects. */
static bool
wait_until_healed (SessionPool *self, SampanSession *session)
{
  Wait wait = { session, false };
  int patience_secs = self->cli->in_shell
                          ? MIN (SHELL_PATIENCE_SECS, self->cli->options.reconnect_secs)
                          : self->cli->options.reconnect_secs;
  g_autoptr (GSource) timer = g_timeout_source_new_seconds ((guint)MAX (patience_secs, 0));
  g_autoptr (GSource) cancel = g_cancellable_source_new (self->cli->cancellable);

  if (sampan_session_get_state (session) != SAMPAN_SESSION_RECONNECTING)
    return sampan_session_get_state (session) == SAMPAN_SESSION_READY;
  if (!self->cli->options.quiet && self->cli->bar == NULL)
    g_printerr ("%s\n", _ ("The connection broke; reconnecting…"));
  sampan_session_retry_now (session);
  g_source_set_callback (timer, wait_over_cb, &wait, NULL);
  g_source_set_callback (cancel, G_SOURCE_FUNC (wait_cancelled_cb), &wait, NULL);
  g_source_attach (timer, NULL);
  g_source_attach (cancel, NULL);
  while (!wait.is_over && sampan_session_get_state (session) == SAMPAN_SESSION_RECONNECTING)
    g_main_context_iteration (NULL, TRUE);
  g_source_destroy (timer);
  g_source_destroy (cancel);
  return sampan_session_get_state (session) == SAMPAN_SESSION_READY;
}

/* NULL unless an admin has ended the session. */
static GError *
dup_end (SampanSession *session)
{
  const GError *error = sampan_session_get_error (session);

  return sampan_session_get_state (session) == SAMPAN_SESSION_BROKEN &&
                 g_error_matches (error, SAMPAN_ERROR, SAMPAN_ERROR_SESSION_ENDED)
             ? g_error_copy (error)
             : NULL;
}

bool
session_pool_rides_through (SessionPool *self, SampanSession *session, GError **error)
{
  g_autoptr (GError) end = NULL;

  if (!g_error_matches (*error, SAMPAN_ERROR, SAMPAN_ERROR_DISCONNECTED))
    return false;
  if (wait_until_healed (self, session))
    return true;
  end = dup_end (session);
  if (end != NULL)
    {
      g_clear_error (error);
      g_propagate_error (error, g_steal_pointer (&end));
    }
  return false;
}

/* Whoever types commands hears of the end once, and logs in with the next one. A script does not
 * come back. */
static bool
refuse_ended (SessionPool *self, Member *member, GError **error)
{
  GError *end = dup_end (member->session);

  if (end == NULL || (self->cli->in_shell && member->password == NULL))
    {
      g_clear_error (&end);
      return false;
    }
  g_clear_pointer (&member->password, sampan_secret_free);
  g_propagate_error (error, end);
  return true;
}

static bool
ensure_ready (SessionPool *self, Member *member, const SampanRemote *remote, GError **error)
{
  if (sampan_session_get_state (member->session) == SAMPAN_SESSION_READY)
    return true;
  if (wait_until_healed (self, member->session))
    return true;
  if (sampan_session_get_state (member->session) == SAMPAN_SESSION_RECONNECTING)
    {
      g_set_error_literal (error,
                           SAMPAN_ERROR,
                           SAMPAN_ERROR_DISCONNECTED,
                           "The server does not come back");
      return false;
    }
  if (refuse_ended (self, member, error))
    return false;
  return login (self, member, remote, error);
}

static bool
set_password (SessionPool *self, Member *member, const SampanSecret *fresh, GError **error)
{
  g_auto (Await) await = AWAIT_INIT;

  sampan_session_passwd_async (member->session,
                               member->password,
                               fresh,
                               self->cli->cancellable,
                               await_done_cb,
                               &await);
  if (!sampan_session_passwd_finish (member->session, await_result (&await), error))
    return false;
  sampan_secret_free (member->password);
  member->password = sampan_secret_copy (fresh);
  return true;
}

/* After a login by one-time code. */
static bool
choose_password (SessionPool *self, Member *member, GError **error)
{
  g_autoptr (SampanSecret) fresh = NULL;

  if (!cli_can_ask ())
    {
      g_set_error_literal (error,
                           SAMPAN_ERROR,
                           SAMPAN_ERROR_PASSWORD_NEEDED,
                           "Logged in by a one-time code");
      return false;
    }
  g_printerr ("%s\n", _ ("You logged in with a one-time code. Choose your password now."));
  fresh = prompt_new_password (self->cli->cancellable, error);
  if (fresh == NULL || !set_password (self, member, fresh, error))
    return false;
  g_printerr ("%s\n", _ ("The password is set."));
  return true;
}

SampanSession *
session_pool_begin (SessionPool *self, const SampanRemote *remote, GError **error)
{
  Member *member = get_member (self, remote);
  SampanSessionState state = sampan_session_get_state (member->session);

  if (refuse_ended (self, member, error))
    return NULL;
  if ((state == SAMPAN_SESSION_DISCONNECTED || state == SAMPAN_SESSION_BROKEN) &&
      !begin_login (self, member, remote, error))
    return NULL;
  return member->session;
}

SampanSession *
session_pool_get (SessionPool *self, const SampanRemote *remote, GError **error)
{
  Member *member = get_member (self, remote);

  if (!ensure_ready (self, member, remote, error))
    return NULL;
  if (sampan_session_get_must_set_password (member->session) &&
      !choose_password (self, member, error))
    return NULL;
  return member->session;
}

SampanSession *
session_pool_get_for_passwd (SessionPool *self, const SampanRemote *remote, GError **error)
{
  Member *member = get_member (self, remote);

  if (!ensure_ready (self, member, remote, error))
    return NULL;
  return member->session;
}

SampanSession *
session_pool_peek (SessionPool *self, const SampanRemote *remote)
{
  g_autofree char *key = make_key (remote);
  Member *member = g_hash_table_lookup (self->members, key);

  if (member == NULL || sampan_session_get_state (member->session) != SAMPAN_SESSION_READY)
    return NULL;
  return member->session;
}

bool
session_pool_set_password (SessionPool *self,
                           const SampanRemote *remote,
                           const SampanSecret *fresh,
                           GError **error)
{
  return set_password (self, get_member (self, remote), fresh, error);
}

void
session_pool_close (SessionPool *self, const SampanRemote *remote)
{
  g_autofree char *key = make_key (remote);

  g_hash_table_remove (self->members, key);
}
