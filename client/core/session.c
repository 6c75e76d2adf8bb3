/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A session's owner half: state, login, logout. */

#include "config.h"

#include "session-private.h"

#include "engine-private.h"
#include "reconnect.h"

#include <string.h>

struct _SampanSession
{
  GObject parent_instance;

  /* owned */
  SampanEngine *engine;
  GMainContext *context;
  SampanLinkPool *pool; /* of the current login; NULL when DISCONNECTED or BROKEN */
  char *host;
  char *user;
  SampanSecret *password; /* for healing; NULL when there is no session */
  SampanReconnect *reconnect;
  GError *error;
  GTask *login_task;
  GSource *login_cancel;

  /* state */
  SampanSessionState state;
  SampanLinkTimes times;
  uint16_t port;
  bool must_set_password;
};

G_DEFINE_TYPE (SampanSession, sampan_session, G_TYPE_OBJECT)
G_DEFINE_ENUM_TYPE (SampanSessionState,
                    sampan_session_state,
                    G_DEFINE_ENUM_VALUE (SAMPAN_SESSION_DISCONNECTED, "disconnected"),
                    G_DEFINE_ENUM_VALUE (SAMPAN_SESSION_CONNECTING, "connecting"),
                    G_DEFINE_ENUM_VALUE (SAMPAN_SESSION_LOGGING_IN, "logging-in"),
                    G_DEFINE_ENUM_VALUE (SAMPAN_SESSION_READY, "ready"),
                    G_DEFINE_ENUM_VALUE (SAMPAN_SESSION_RECONNECTING, "reconnecting"),
                    G_DEFINE_ENUM_VALUE (SAMPAN_SESSION_LOGGING_OUT, "logging-out"),
                    G_DEFINE_ENUM_VALUE (SAMPAN_SESSION_BROKEN, "broken"))

enum
{
  PROP_STATE = 1,
  PROP_MUST_SET_PASSWORD,
  PROP_SECONDS_TO_RETRY,
  N_PROPS,
};
static GParamSpec *properties[N_PROPS];

#define EDGE(from, to) [SAMPAN_SESSION_##from][SAMPAN_SESSION_##to] = true
static const bool legal_edges[SAMPAN_SESSION_BROKEN + 1][SAMPAN_SESSION_BROKEN + 1] = {
  EDGE (DISCONNECTED, CONNECTING),   EDGE (BROKEN, CONNECTING),        EDGE (BROKEN, DISCONNECTED),
  EDGE (CONNECTING, LOGGING_IN),     EDGE (CONNECTING, DISCONNECTED),  EDGE (LOGGING_IN, READY),
  EDGE (LOGGING_IN, DISCONNECTED),   EDGE (READY, LOGGING_OUT),        EDGE (READY, BROKEN),
  EDGE (READY, RECONNECTING),        EDGE (RECONNECTING, READY),       EDGE (RECONNECTING, BROKEN),
  EDGE (RECONNECTING, DISCONNECTED), EDGE (LOGGING_OUT, DISCONNECTED),
};
#undef EDGE

static void
set_state (SampanSession *self, SampanSessionState state)
{
  g_assert (legal_edges[self->state][state]);
  g_debug ("session %s: %d -> %d", self->host, self->state, state);
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

static void
set_must_set_password (SampanSession *self, bool must)
{
  if (self->must_set_password == must)
    return;
  self->must_set_password = must;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MUST_SET_PASSWORD]);
}

static void
drop_pool (SampanSession *self)
{
  if (self->pool == NULL)
    return;
  sampan_link_pool_disconnect (self->pool);
  sampan_link_pool_close (self->pool);
  g_clear_pointer (&self->pool, sampan_link_pool_unref);
}

/* The session is over: what could bring it back goes too. */
static void
forget_session (SampanSession *self)
{
  drop_pool (self);
  g_clear_pointer (&self->reconnect, sampan_reconnect_free);
  g_clear_pointer (&self->password, sampan_secret_free);
}

/* ---- Login ---- */

static GTask *
steal_login_task (SampanSession *self)
{
  if (self->login_cancel != NULL)
    g_source_destroy (self->login_cancel);
  g_clear_pointer (&self->login_cancel, g_source_unref);
  return g_steal_pointer (&self->login_task);
}

/* A code that was refused as it has a word that no code has gets that said. Only then: it may be
 * somebody's password after all. */
static GError *
explain_refusal (SampanSession *self, const GError *error)
{
  g_autofree char *word = NULL;

  if (self->password != NULL && g_error_matches (error, SAMPAN_ERROR, SAMPAN_ERROR_LOGIN_REFUSED))
    word = sampan_one_time_code_find_mistake (self->password);
  if (word == NULL)
    return g_error_copy (error);
  return sampan_error_mark_local (g_error_new_literal (error->domain, error->code, word));
}

static void
login_failed (SampanSession *self, const GError *error)
{
  g_autoptr (GTask) task = steal_login_task (self);
  g_autoptr (GError) explained = explain_refusal (self, error);

  forget_session (self);
  set_state (self, SAMPAN_SESSION_DISCONNECTED);
  if (task != NULL)
    g_task_return_error (task, g_steal_pointer (&explained));
}

/* ---- Healing ---- */

static void
attempt_cb (gpointer user_data)
{
  SampanSession *self = user_data;

  sampan_link_pool_heal (self->pool, self->password);
}

static void
seconds_changed_cb (gpointer user_data)
{
  g_object_notify_by_pspec (G_OBJECT (user_data), properties[PROP_SECONDS_TO_RETRY]);
}

static const SampanReconnectFuncs reconnect_funcs = { attempt_cb, seconds_changed_cb };

static void
set_error (SampanSession *self, const GError *error)
{
  g_clear_error (&self->error);
  self->error = error != NULL ? g_error_copy (error) : NULL;
}

static void
link_broke (SampanSession *self, const GError *error)
{
  bool heals =
      self->times.retry_ms > 0 && self->password != NULL && sampan_link_error_is_passing (error);

  if (self->state == SAMPAN_SESSION_LOGGING_OUT)
    {
      drop_pool (self); /* the server may be the faster one to hang up */
      return;
    }
  set_error (self, error);
  if (!heals)
    {
      forget_session (self);
      set_state (self, SAMPAN_SESSION_BROKEN);
      return;
    }
  if (self->reconnect == NULL)
    self->reconnect = sampan_reconnect_new (self->times.retry_ms, &reconnect_funcs, self);
  set_state (self, SAMPAN_SESSION_RECONNECTING);
  /* Whoever was told may have logged out. */
  if (self->state == SAMPAN_SESSION_RECONNECTING)
    sampan_reconnect_start (self->reconnect);
}

static void
try_failed (SampanSession *self, const GError *error)
{
  set_error (self, error);
  if (sampan_link_error_is_passing (error))
    {
      sampan_reconnect_failed (self->reconnect);
      return;
    }
  forget_session (self);
  set_state (self, SAMPAN_SESSION_BROKEN);
}

static void
became_ready (SampanSession *self, SampanLinkPool *pool)
{
  g_autoptr (GTask) task = steal_login_task (self);

  set_error (self, NULL);
  /* What healed is in the state that it was in. */
  if (self->state != SAMPAN_SESSION_RECONNECTING)
    set_must_set_password (self, sampan_link_pool_must_set_password (pool));
  if (self->reconnect != NULL)
    sampan_reconnect_stop (self->reconnect);
  set_state (self, SAMPAN_SESSION_READY);
  if (task != NULL)
    g_task_return_boolean (task, TRUE);
}

static void
pool_event (SampanLinkPool *pool, SampanPoolEvent event, const GError *error, gpointer user_data)
{
  g_autoptr (SampanSession) self = g_object_ref (user_data);

  switch (event)
    {
    case SAMPAN_POOL_CONNECTED:
      if (self->state == SAMPAN_SESSION_CONNECTING)
        set_state (self, SAMPAN_SESSION_LOGGING_IN);
      break;
    case SAMPAN_POOL_READY:
      became_ready (self, pool);
      break;
    case SAMPAN_POOL_FAILED:
      if (self->state == SAMPAN_SESSION_RECONNECTING)
        try_failed (self, error);
      else
        login_failed (self, error);
      break;
    case SAMPAN_POOL_BROKEN:
      link_broke (self, error);
      break;
    }
}

static gboolean
login_cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  g_autoptr (SampanSession) self = g_object_ref (user_data);
  g_autoptr (GError) error = NULL;

  if (g_cancellable_set_error_if_cancelled (cancellable, &error))
    login_failed (self, error);
  return G_SOURCE_REMOVE;
}

static void
watch_login_cancellable (SampanSession *self, GCancellable *cancellable)
{
  if (cancellable == NULL)
    return;
  self->login_cancel = g_cancellable_source_new (cancellable);
  g_source_set_callback (self->login_cancel, G_SOURCE_FUNC (login_cancelled_cb), self, NULL);
  g_source_attach (self->login_cancel, self->context);
}

static void
start_login (SampanSession *self,
             const char *host,
             uint16_t port,
             const char *user,
             const SampanSecret *password)
{
  g_free (self->host);
  g_free (self->user);
  self->host = g_strdup (host);
  self->user = g_strdup (user);
  self->port = port;
  g_clear_error (&self->error);
  set_must_set_password (self, false);
  forget_session (self);
  self->password = sampan_secret_copy (password);
  set_state (self, SAMPAN_SESSION_CONNECTING);
  self->pool = sampan_link_pool_new (self->engine, self->context, &self->times, pool_event, self);
  sampan_link_pool_login (self->pool, host, port, user, password);
}

void
sampan_session_login_async (SampanSession *self,
                            const char *host,
                            uint16_t port,
                            const char *user,
                            const SampanSecret *password,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (SAMPAN_IS_SESSION (self));
  g_return_if_fail (host != NULL && user != NULL && password != NULL);
  g_return_if_fail (self->state == SAMPAN_SESSION_DISCONNECTED ||
                    self->state == SAMPAN_SESSION_BROKEN);
  task =
      sampan_session_new_task (self, cancellable, callback, user_data, sampan_session_login_async);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (*user == '\0' || strlen (user) > SAMPAN_USER_WIRE_MAX || *host == '\0' || port == 0)
    {
      g_task_return_new_error (task,
                               SAMPAN_ERROR,
                               *host == '\0' || port == 0 ? SAMPAN_ERROR_UNREACHABLE
                                                          : SAMPAN_ERROR_LOGIN_REFUSED,
                               "Address, port or user name is missing or too long");
      return;
    }
  start_login (self, host, port, user, password);
  self->login_task = g_steal_pointer (&task);
  watch_login_cancellable (self, cancellable);
}

bool
sampan_session_login_finish (SampanSession *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), false);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- Logout ---- */

static void
logout_ended (SampanSession *self)
{
  forget_session (self);
  if (self->state != SAMPAN_SESSION_DISCONNECTED)
    set_state (self, SAMPAN_SESSION_DISCONNECTED);
}

static void
log_out (SampanSession *self, GTask *task, bool waits)
{
  if (self->state == SAMPAN_SESSION_READY &&
      !g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    {
      set_state (self, SAMPAN_SESSION_LOGGING_OUT);
      sampan_session_send_logout (self->pool, task, waits, logout_ended);
      return;
    }
  if (self->login_task != NULL)
    {
      g_autoptr (GError) error =
          g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Logged out meanwhile");

      login_failed (self, error);
    }
  if (self->state == SAMPAN_SESSION_READY)
    set_state (self, SAMPAN_SESSION_LOGGING_OUT);
  logout_ended (self);
  if (!g_task_return_error_if_cancelled (task))
    g_task_return_boolean (task, TRUE);
}

void
sampan_session_logout_async (SampanSession *self,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (SAMPAN_IS_SESSION (self));
  task =
      sampan_session_new_task (self, cancellable, callback, user_data, sampan_session_logout_async);
  log_out (self, task, true);
}

void
sampan_session_hang_up_async (SampanSession *self,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (SAMPAN_IS_SESSION (self));
  task = sampan_session_new_task (self,
                                  cancellable,
                                  callback,
                                  user_data,
                                  sampan_session_hang_up_async);
  log_out (self, task, false);
}

bool
sampan_session_logout_finish (SampanSession *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), false);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- The object ---- */

static void
sampan_session_finalize (GObject *object)
{
  SampanSession *self = SAMPAN_SESSION (object);

  forget_session (self);
  g_free (self->host);
  g_free (self->user);
  g_clear_error (&self->error);
  g_main_context_unref (self->context);
  /* Last: it waits for what was posted above. */
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (sampan_session_parent_class)->finalize (object);
}

static void
sampan_session_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  SampanSession *self = SAMPAN_SESSION (object);

  switch (id)
    {
    case PROP_STATE:
      g_value_set_enum (value, (int)self->state);
      break;
    case PROP_MUST_SET_PASSWORD:
      g_value_set_boolean (value, self->must_set_password);
      break;
    case PROP_SECONDS_TO_RETRY:
      g_value_set_int (value, sampan_session_get_seconds_to_retry (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
sampan_session_class_init (SampanSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->finalize = sampan_session_finalize;
  object_class->get_property = sampan_session_get_property;
  properties[PROP_STATE] = g_param_spec_enum ("state",
                                              NULL,
                                              NULL,
                                              SAMPAN_TYPE_SESSION_STATE,
                                              SAMPAN_SESSION_DISCONNECTED,
                                              flags);
  properties[PROP_MUST_SET_PASSWORD] =
      g_param_spec_boolean ("must-set-password", NULL, NULL, FALSE, flags);
  properties[PROP_SECONDS_TO_RETRY] =
      g_param_spec_int ("seconds-to-retry", NULL, NULL, -1, G_MAXINT, -1, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
sampan_session_init (SampanSession *self)
{
  self->context = g_main_context_ref_thread_default ();
  self->times = sampan_link_default_times;
}

SampanSession *
sampan_session_new (SampanEngine *engine)
{
  SampanSession *self = g_object_new (SAMPAN_TYPE_SESSION, NULL);

  self->engine = g_object_ref (engine);
  return self;
}

void
sampan_session_set_heals (SampanSession *self, bool heals)
{
  g_return_if_fail (SAMPAN_IS_SESSION (self));
  self->times.retry_ms = heals ? sampan_link_default_times.retry_ms : 0;
}

SampanSessionState
sampan_session_get_state (SampanSession *self)
{
  return self->state;
}

bool
sampan_session_get_must_set_password (SampanSession *self)
{
  return self->must_set_password;
}

const char *
sampan_session_get_host (SampanSession *self)
{
  return self->host;
}

const char *
sampan_session_get_user (SampanSession *self)
{
  return self->user;
}

uint16_t
sampan_session_get_port (SampanSession *self)
{
  return self->port;
}

const GError *
sampan_session_get_error (SampanSession *self)
{
  return self->error;
}

int
sampan_session_get_seconds_to_retry (SampanSession *self)
{
  return self->reconnect != NULL ? sampan_reconnect_get_seconds (self->reconnect) : -1;
}

void
sampan_session_retry_now (SampanSession *self)
{
  if (self->reconnect != NULL)
    sampan_reconnect_now (self->reconnect);
}

/* ---- For the core's own files ---- */

static bool
is_logging_in (SampanSession *self)
{
  return self->state == SAMPAN_SESSION_CONNECTING || self->state == SAMPAN_SESSION_LOGGING_IN;
}

SampanLinkPool *
sampan_session_get_pool (SampanSession *self)
{
  return self->state == SAMPAN_SESSION_READY ? self->pool : NULL;
}

SampanLinkPool *
sampan_session_get_request_pool (SampanSession *self)
{
  return is_logging_in (self) ? self->pool : sampan_session_get_pool (self);
}

SampanLinkPool *
sampan_session_get_transfer_pool (SampanSession *self)
{
  return self->state == SAMPAN_SESSION_RECONNECTING ? self->pool : sampan_session_get_pool (self);
}

GError *
sampan_session_new_no_connection (SampanSession *self)
{
  if (g_error_matches (self->error, SAMPAN_ERROR, SAMPAN_ERROR_SESSION_ENDED))
    return g_error_copy (self->error);
  return g_error_new_literal (SAMPAN_ERROR,
                              SAMPAN_ERROR_DISCONNECTED,
                              "There is no connection to the server");
}

void
sampan_session_expect_transfers (SampanSession *self)
{
  SampanLinkPool *pool = sampan_session_get_request_pool (self);

  if (pool != NULL)
    sampan_link_pool_warm_up (pool);
}

void
sampan_session_set_times (SampanSession *self, const SampanLinkTimes *times)
{
  self->times = *times;
}

void
sampan_session_set_password_is_set (SampanSession *self, const SampanSecret *fresh)
{
  sampan_secret_free (self->password);
  self->password = sampan_secret_copy (fresh);
  set_must_set_password (self, false);
}
