/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Parking and serving. */

#include "config.h"

#include "net/workers.h"

#include "log.h"
#include "requests/requests.h"

static void
give_to_worker (SampanServer *self, SampanConnection *connection)
{
  /* Without a new thread it waits for one of those there are. */
  g_autoptr (GError) error = NULL;
  if (!g_thread_pool_push (self->worker_pool, connection, &error))
    sampan_log_event (SAMPAN_LOG_ERROR, "threads", "error", error->message, NULL);
}

static void
ready_cb (SampanPollItem *item, gpointer user_data)
{
  SampanServer *self = user_data;
  SampanConnection *connection = sampan_connection_from_poll_item (item);
  if (sampan_sessions_unpark (self->services->sessions, sampan_connection_get_member (connection)))
    give_to_worker (self, connection);
}

/* With the registry locked: whoever parks later than the stop, or than a change in the folder that
 * it waits for, sees it here. */
static bool
arm_cb (SampanSessionMember *member, gpointer user_data)
{
  SampanServer *self = user_data;
  SampanConnection *connection = sampan_connection_from_member (member);
  SampanWatch *watch = sampan_connection_get_watch (connection);
  return !sampan_services_is_stopping (self->services) &&
         (watch == NULL || !sampan_watch_is_due (watch)) &&
         sampan_poller_arm (self->poller, sampan_connection_get_poll_item (connection));
}

static bool
park (SampanServer *self, SampanConnection *connection)
{
  return sampan_sessions_park (self->services->sessions,
                               sampan_connection_get_member (connection),
                               arm_cb,
                               self);
}

void
sampan_server_work (gpointer data, gpointer user_data)
{
  SampanServer *self = user_data;
  SampanConnection *connection = data;
  while (sampan_requests_serve (connection))
    if (park (self, connection))
      return;
  sampan_connection_free (connection);
  g_atomic_int_add (&self->connections, -1);
}

typedef struct
{
  SampanServer *server;
  SampanConnection *connection;
} Adoption;

static gboolean
adopt_cb (gpointer user_data)
{
  const Adoption *self = user_data;
  give_to_worker (self->server, self->connection);
  return G_SOURCE_REMOVE;
}

void
sampan_server_adopt (SampanServer *self, SampanConnection *connection)
{
  Adoption adoption = { self, connection };
  sampan_connection_get_poll_item (connection)->ready = ready_cb;
  /* Left to the main thread: a worker that a niced one begins would be niced as well. */
  g_main_context_invoke_full (self->context,
                              G_PRIORITY_DEFAULT,
                              adopt_cb,
                              g_memdup2 (&adoption, sizeof adoption),
                              g_free);
}

static bool
wake_cb (SampanSessionMember *member, gpointer user_data)
{
  SampanServer *self = user_data;
  SampanConnection *connection = sampan_connection_from_member (member);
  sampan_poller_disarm (self->poller, sampan_connection_get_poll_item (connection));
  give_to_worker (self, connection);
  return true;
}

void
sampan_server_wake_all (SampanServer *self)
{
  sampan_sessions_unpark_all (self->services->sessions, wake_cb, self);
}

void
sampan_server_watch_changed (gpointer owner, gpointer user_data)
{
  SampanServer *self = user_data;
  SampanSessionMember *member = sampan_connection_get_member (owner);
  if (sampan_sessions_unpark (self->services->sessions, member))
    wake_cb (member, self);
}
