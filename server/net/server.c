/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Start, reload, stop. */

#include "config.h"

#include "net/server.h"

#include "log.h"
#include "net/listener.h"
#include "net/server-private.h"
#include "net/workers.h"

#include <errno.h>
#include <unistd.h>

#define AUTH_THREADS 2       /* 0.3 ms an attempt: a flood of logins leaves the other cores alone */
#define HOUSEKEEPING_SECS 15 /* a vanished peer is found by that much later */
#define STOP_GRACE_SECS 3    /* for replies on their way */
#define STOP_LIMIT_SECS 9    /* then a connection is stuck in the disk: leave without it */
#define STOP_CHECK_MS 10

static void
listener_free (gpointer data)
{
  SampanServerListener *listener = data;
  close (listener->item.fd);
  g_free (listener->endpoint);
  g_free (listener);
}

static gboolean
housekeeping_cb (gpointer user_data)
{
  SampanServer *self = user_data;
  int64_t now_us = g_get_monotonic_time ();
  sampan_sessions_expire (self->services->sessions,
                          now_us - self->services->dead_peer_us,
                          now_us - (int64_t)SAMPAN_SESSION_GRACE_SECS * G_USEC_PER_SEC);
  sampan_services_look_for_shares (self->services);
  return G_SOURCE_CONTINUE;
}

static bool
make_pools (SampanServer *self, GError **error)
{
  self->auth_pool = g_thread_pool_new (sampan_server_authenticate, self, AUTH_THREADS, TRUE, error);
  if (self->auth_pool == NULL)
    return false;
  self->worker_pool =
      g_thread_pool_new (sampan_server_work, self, SAMPAN_WORKERS_MAX, FALSE, error);
  return self->worker_pool != NULL;
}

SampanServer *
sampan_server_new (SampanAccountStore *store, const SampanServerTimes *times, GError **error)
{
  const SampanServerTimes defaults = { 0 };
  const SampanServerTimes *given = times != NULL ? times : &defaults;
  int64_t login_us = given->login_deadline_us > 0 ? given->login_deadline_us
                                                  : SAMPAN_LOGIN_DEADLINE_SECS * G_USEC_PER_SEC;
  int64_t dead_us = given->dead_peer_us > 0 ? given->dead_peer_us
                                            : SAMPAN_DEAD_PEER_SECS * G_USEC_PER_SEC;
  g_autoptr (SampanServer) self = g_new0 (SampanServer, 1);
  self->stop_grace_us = given->stop_grace_us > 0 ? given->stop_grace_us
                                                 : STOP_GRACE_SECS * G_USEC_PER_SEC;
  self->started_us = g_get_monotonic_time ();
  self->context = g_main_context_ref_thread_default ();
  self->listeners = g_ptr_array_new_with_free_func (listener_free);
  self->prelogins = sampan_prelogin_table_new (SAMPAN_PRELOGIN_MAX,
                                               SAMPAN_PRELOGIN_PER_SOURCE,
                                               SAMPAN_PRELOGIN_WAITING_PER_SOURCE,
                                               login_us,
                                               &sampan_server_prelogin_funcs,
                                               self);
  self->services = sampan_services_new (store, dead_us, error);
  if (self->services == NULL)
    return NULL;
  self->poller = sampan_poller_new (self->context, self, error);
  if (self->poller == NULL || !make_pools (self, error))
    return NULL;
  self->watches = sampan_watches_new (self->context, sampan_server_watch_changed, self);
  self->services->watches = self->watches;
  self->deadline = sampan_server_deadline_source_new (self);
  self->housekeeping = g_timeout_source_new_seconds (HOUSEKEEPING_SECS);
  g_source_set_callback (self->housekeeping, housekeeping_cb, self, NULL);
  g_source_attach (self->housekeeping, self->context);
  sampan_server_look_at_disks (self);
  return g_steal_pointer (&self);
}

static void
clear_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

void
sampan_server_free (SampanServer *self)
{
  if (self == NULL)
    return;
  clear_source (&self->deadline);
  clear_source (&self->housekeeping);
  clear_source (&self->stop_check);
  g_cancellable_cancel (self->held_look);
  g_clear_object (&self->held_look);
  g_clear_pointer (&self->held, g_ptr_array_unref);
  if (self->auth_pool != NULL)
    g_thread_pool_free (self->auth_pool, FALSE, TRUE);
  if (self->worker_pool != NULL)
    g_thread_pool_free (self->worker_pool, FALSE, TRUE);
  g_clear_pointer (&self->watches, sampan_watches_free);
  g_clear_pointer (&self->listeners, g_ptr_array_unref);
  g_clear_pointer (&self->poller, sampan_poller_free);
  g_clear_pointer (&self->prelogins, sampan_prelogin_table_free);
  g_clear_pointer (&self->services, sampan_services_free);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_free (self);
}

/* Takes FD; ENDPOINT is where it listens. */
static bool
accept_on (SampanServer *self, int fd, const char *endpoint, GError **error)
{
  SampanServerListener *listener = g_new0 (SampanServerListener, 1);
  listener->item.fd = fd;
  listener->item.ready = sampan_server_accept_cb;
  listener->endpoint = g_strdup (endpoint);
  g_ptr_array_add (self->listeners, listener);
  if (sampan_poller_arm (self->poller, &listener->item))
    return true;
  sampan_error_set_from_errno (error, errno, "epoll");
  return false;
}

bool
sampan_server_listen (SampanServer *self,
                      const struct sockaddr *address,
                      char **endpoint,
                      GError **error)
{
  g_autofree char *where = NULL;
  int fd = address != NULL ? sampan_listener_open (address, &where, error)
                           : sampan_listener_open_default (&where, error);
  if (fd < 0 || !accept_on (self, fd, where, error))
    return false;
  *endpoint = g_steal_pointer (&where);
  return true;
}

bool
sampan_server_listen_fd (SampanServer *self, int fd, char **endpoint, GError **error)
{
  g_autofree char *where = NULL;
  if (!sampan_listener_adopt (fd, &where, error) || !accept_on (self, fd, where, error))
    return false;
  *endpoint = g_steal_pointer (&where);
  return true;
}

bool
sampan_server_reload (SampanServer *self, unsigned int *ended_sessions, GError **error)
{
  return sampan_services_reload (self->services, ended_sessions, error);
}

unsigned int
sampan_server_kick (SampanServer *self, const char *who)
{
  unsigned int ended = sampan_sessions_kick (self->services->sessions, who);
  g_autofree char *ended_text = g_strdup_printf ("%u", ended);
  sampan_log_event (SAMPAN_LOG_NOTICE, "kick", "who", who, "ended_sessions", ended_text, NULL);
  return ended;
}

static gboolean
stop_check_cb (gpointer user_data)
{
  SampanServer *self = user_data;
  int64_t late_us = g_get_monotonic_time () - self->services->stop_by_us;
  bool is_empty =
      g_atomic_int_get (&self->strangers) == 0 && g_atomic_int_get (&self->connections) == 0;
  if (late_us > 0)
    sampan_sessions_shut_down_all (self->services->sessions);
  if (!is_empty && late_us < STOP_LIMIT_SECS * G_USEC_PER_SEC - self->stop_grace_us)
    return G_SOURCE_CONTINUE;
  self->stopped (is_empty, self->stopped_data);
  return G_SOURCE_REMOVE;
}

void
sampan_server_stop (SampanServer *self, SampanServerFunc func, gpointer user_data)
{
  if (self->stop_check != NULL)
    return;
  self->stopped = func;
  self->stopped_data = user_data;
  for (guint i = 0; i < self->listeners->len; i++)
    {
      SampanServerListener *listener = g_ptr_array_index (self->listeners, i);
      sampan_poller_disarm (self->poller, &listener->item);
    }
  g_ptr_array_set_size (self->listeners, 0);
  sampan_services_stop (self->services, self->stop_grace_us);
  sampan_prelogin_table_evict_all (self->prelogins);
  sampan_server_wake_all (self);
  self->stop_check = g_timeout_source_new (STOP_CHECK_MS);
  g_source_set_callback (self->stop_check, stop_check_cb, self, NULL);
  g_source_attach (self->stop_check, self->context);
}

/* ---- Expiry ---- */

static void
expire_cb (SampanShareRoot *root, gpointer user_data)
{
  SampanServices *services = user_data;
  if (!sampan_services_is_stopping (services))
    sampan_share_root_expire (root);
}

void
sampan_server_expire_shares (SampanServer *self)
{
  g_autoptr (SampanShareTable) shares = sampan_services_ref_shares (self->services);
  sampan_share_table_foreach_root (shares, expire_cb, self->services);
  sampan_services_recount (self->services);
}
