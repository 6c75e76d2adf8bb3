/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* From accept to login: who gets in, for how long, and who is handed to the workers. */

#include "config.h"

#include "log.h"
#include "net/connection.h"
#include "net/listener.h"
#include "net/prelogin.h"
#include "net/server-private.h"
#include "net/workers.h"

#include <errno.h>
#include <sys/resource.h>
#include <unistd.h>

#define ACCEPTS_A_ROUND 64  /* then others get their turn */
#define ACCEPT_PAUSE_MS 200 /* without descriptors or memory: some are given back meanwhile */
#define LOG_PAUSE_US (10 * G_USEC_PER_SEC)
/* What logins may take of a core that transfers want too: a tenth. */
#define AUTH_NICENESS 10

/* ---- Deadlines ---- */

static gboolean
dispatch_deadline (GSource *source, GSourceFunc callback, gpointer user_data)
{
  return callback (user_data);
}

static GSourceFuncs deadline_funcs = { .dispatch = dispatch_deadline };

static gboolean
deadline_cb (gpointer user_data)
{
  SampanServer *self = user_data;
  int64_t now_us = g_get_monotonic_time ();
  sampan_prelogin_table_expire (self->prelogins, now_us);
  g_source_set_ready_time (self->deadline,
                           sampan_prelogin_table_get_next_deadline (self->prelogins, now_us));
  return G_SOURCE_CONTINUE;
}

static void
bring_deadline_forward (SampanServer *self)
{
  int64_t set_us = g_source_get_ready_time (self->deadline);
  int64_t next_us =
      sampan_prelogin_table_get_next_deadline (self->prelogins, g_get_monotonic_time ());
  if (set_us < 0 || (next_us >= 0 && next_us < set_us))
    g_source_set_ready_time (self->deadline, next_us);
}

GSource *
sampan_server_deadline_source_new (SampanServer *self)
{
  GSource *source = g_source_new (&deadline_funcs, sizeof (GSource));
  g_source_set_callback (source, deadline_cb, self, NULL);
  g_source_set_static_name (source, "sampan-login-deadline");
  g_source_attach (source, self->context);
  return source;
}

/* ---- Before login ---- */

static void
drop (SampanServer *self, SampanPrelogin *prelogin)
{
  sampan_prelogin_free (prelogin);
  g_atomic_int_add (&self->strangers, -1);
}

static void
give_to_auth_pool (SampanServer *self, SampanPrelogin *prelogin)
{
  g_autoptr (GError) error = NULL;
  if (!g_thread_pool_push (self->auth_pool, prelogin, &error))
    sampan_log_event (SAMPAN_LOG_ERROR, "threads", "error", error->message, NULL);
}

static void
stranger_ready_cb (SampanPollItem *item, gpointer user_data)
{
  give_to_auth_pool (user_data, sampan_prelogin_from_poll_item (item));
}

static void
serve_slot (SampanPreloginSlot *slot, gpointer user_data)
{
  give_to_auth_pool (user_data, sampan_prelogin_from_slot (slot));
}

static void
evict_slot (SampanPreloginSlot *slot, gpointer user_data)
{
  SampanServer *self = user_data;
  sampan_counters_add (&self->services->counters, SAMPAN_COUNT_EVICTED, 1);
  sampan_prelogin_shut_down_slot (slot);
  /* The poller would not tell of one that waits. */
  if (slot->is_waiting)
    serve_slot (slot, user_data);
}

const SampanPreloginFuncs sampan_server_prelogin_funcs = { serve_slot, evict_slot };

/* Of the calling thread alone. */
static void
give_way_to_transfers (void)
{
  static GPrivate is_done;
  if (g_private_get (&is_done) != NULL)
    return;
  g_private_set (&is_done, GINT_TO_POINTER (1));
  if (setpriority (PRIO_PROCESS, 0, AUTH_NICENESS) != 0)
    g_debug ("logins run at the priority of transfers: %s", g_strerror (errno));
}

/* On the auth pool. */
void
sampan_server_authenticate (gpointer data, gpointer user_data)
{
  SampanServer *self = user_data;
  SampanPrelogin *prelogin = data;
  SampanConnection *connection = NULL;
  give_way_to_transfers ();
  switch (sampan_prelogin_step (prelogin, &connection))
    {
    case SAMPAN_PRELOGIN_WAIT:
      if (!sampan_poller_arm (self->poller, sampan_prelogin_get_poll_item (prelogin)))
        drop (self, prelogin);
      break;
    case SAMPAN_PRELOGIN_DONE:
      g_atomic_int_inc (&self->connections);
      drop (self, prelogin);
      sampan_server_adopt (self, connection);
      break;
    case SAMPAN_PRELOGIN_CLOSED:
      drop (self, prelogin);
      break;
    }
}

static void
welcome (SampanServer *self, int fd, const struct sockaddr *peer)
{
  SampanSourceKey source;
  SampanPrelogin *prelogin = sampan_prelogin_new (self->services, self->prelogins, fd, peer);
  SampanPollItem *item = sampan_prelogin_get_poll_item (prelogin);
  g_atomic_int_inc (&self->strangers);
  sampan_counters_add (&self->services->counters, SAMPAN_COUNT_CONNECTIONS, 1);
  sampan_source_key_from_address (&source, peer);
  item->ready = stranger_ready_cb;
  if (sampan_prelogin_table_admit (self->prelogins,
                                   sampan_prelogin_get_slot (prelogin),
                                   &source,
                                   g_get_monotonic_time ()) &&
      !sampan_poller_arm (self->poller, item))
    drop (self, prelogin);
}

/* ---- Accepting ---- */

static gboolean
resume_cb (gpointer user_data)
{
  SampanServer *self = user_data;
  for (guint i = 0; i < self->listeners->len; i++)
    {
      SampanServerListener *listener = g_ptr_array_index (self->listeners, i);
      if (!sampan_poller_arm (self->poller, &listener->item))
        sampan_log_event (SAMPAN_LOG_ERROR, "accept", "error", g_strerror (errno), NULL);
    }
  return G_SOURCE_REMOVE;
}

/* Without a pause the listening socket would stay readable and keep the loop spinning. */
static void
pause_accepting (SampanServer *self, int saved_errno)
{
  static int64_t last_us;
  int64_t now_us = g_get_monotonic_time ();
  g_autoptr (GSource) source = g_timeout_source_new (ACCEPT_PAUSE_MS);
  g_source_set_callback (source, resume_cb, self, NULL);
  g_source_attach (source, self->context);
  if (last_us == 0 || now_us - last_us > LOG_PAUSE_US)
    {
      sampan_log_event (SAMPAN_LOG_ERROR, "accept", "error", g_strerror (saved_errno), NULL);
      last_us = now_us;
    }
}

static bool
is_shortage (int saved_errno)
{
  return saved_errno == EMFILE || saved_errno == ENFILE || saved_errno == ENOBUFS ||
         saved_errno == ENOMEM;
}

void
sampan_server_accept_cb (SampanPollItem *item, gpointer user_data)
{
  SampanServer *self = user_data;
  struct sockaddr_storage peer;
  for (int i = 0; i < ACCEPTS_A_ROUND; i++)
    {
      int fd = sampan_listener_accept (item->fd, &peer);
      if (fd >= 0)
        welcome (self, fd, (struct sockaddr *)&peer);
      else if (is_shortage (errno))
        {
          pause_accepting (self, errno);
          bring_deadline_forward (self);
          return;
        }
      else if (errno == EAGAIN || errno == EWOULDBLOCK)
        break;
    }
  bring_deadline_forward (self);
  if (!sampan_poller_arm (self->poller, item))
    sampan_log_event (SAMPAN_LOG_ERROR, "accept", "error", g_strerror (errno), NULL);
}
