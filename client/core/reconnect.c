/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Back-off between tries. */

#include "config.h"

#include "reconnect.h"

#include <sodium.h>

/* In units. A cable that slipped is back at once, a box that restarts within seconds; half a minute
 * is what a person waits before pressing the button, and costs a server nothing. */
static const unsigned int pauses[] = { 0, 1, 2, 4, 8, 15, 30 };
/* Up to a quarter more: clients that lost the same server do not come back together. */
#define JITTER_PART 4
/* In units. What breaks sooner than this is not tried again at once, so that a server which takes
 * every link and cuts it is not hammered. */
#define STABLE_UNITS 2
#define MS_PER_SEC 1000

struct _SampanReconnect
{
  const SampanReconnectFuncs *funcs;
  gpointer user_data;
  unsigned int unit_ms;

  GNetworkMonitor *monitor; /* while started */
  GSource *timer;           /* while it pauses */
  GSource *second;          /* while it pauses: tells of each second */
  int64_t due_us;
  int64_t stopped_us; /* when it was healed; 0: never */
  guint n_tries;
  bool is_started;
};

static void
clear_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
clear_sources (SampanReconnect *self)
{
  clear_source (&self->timer);
  clear_source (&self->second);
}

SampanReconnect *
sampan_reconnect_new (unsigned int unit_ms, const SampanReconnectFuncs *funcs, gpointer user_data)
{
  SampanReconnect *self = g_new0 (SampanReconnect, 1);

  self->unit_ms = unit_ms;
  self->funcs = funcs;
  self->user_data = user_data;
  return self;
}

static void
leave_monitor (SampanReconnect *self)
{
  if (self->monitor != NULL)
    g_signal_handlers_disconnect_by_data (self->monitor, self);
  g_clear_object (&self->monitor);
}

void
sampan_reconnect_free (SampanReconnect *self)
{
  clear_sources (self);
  leave_monitor (self);
  g_free (self);
}

static void
attempt (SampanReconnect *self)
{
  clear_sources (self);
  self->n_tries++;
  self->funcs->changed (self->user_data);
  self->funcs->attempt (self->user_data);
}

static gboolean
timer_cb (gpointer user_data)
{
  attempt (user_data);
  return G_SOURCE_REMOVE;
}

static gboolean
second_cb (gpointer user_data)
{
  SampanReconnect *self = user_data;

  self->funcs->changed (self->user_data);
  return G_SOURCE_CONTINUE;
}

static GSource *
add_timer (guint ms, GSourceFunc func, gpointer user_data)
{
  GSource *source = g_timeout_source_new (ms);

  g_source_set_callback (source, func, user_data, NULL);
  g_source_attach (source, g_main_context_get_thread_default ());
  return source;
}

static void
pause_then_try (SampanReconnect *self)
{
  guint step = MIN (self->n_tries, G_N_ELEMENTS (pauses) - 1);
  guint ms = pauses[step] * self->unit_ms;

  ms += randombytes_uniform (ms / JITTER_PART + 1);
  clear_sources (self);
  self->due_us = g_get_monotonic_time () + ms * G_TIME_SPAN_MILLISECOND;
  self->timer = add_timer (ms, timer_cb, self);
  if (ms > 0)
    self->second = add_timer (MS_PER_SEC, second_cb, self);
  self->funcs->changed (self->user_data);
}

static void
network_changed_cb (GNetworkMonitor *monitor, gboolean available, gpointer user_data)
{
  if (available)
    sampan_reconnect_now (user_data);
}

void
sampan_reconnect_start (SampanReconnect *self)
{
  int64_t stable_us = (int64_t)STABLE_UNITS * self->unit_ms * G_TIME_SPAN_MILLISECOND;

  g_return_if_fail (!self->is_started);
  self->is_started = true;
  self->n_tries =
      self->stopped_us == 0 || g_get_monotonic_time () - self->stopped_us >= stable_us ? 0 : 1;
  self->monitor = g_object_ref (g_network_monitor_get_default ());
  g_signal_connect (self->monitor, "network-changed", G_CALLBACK (network_changed_cb), self);
  pause_then_try (self);
}

void
sampan_reconnect_failed (SampanReconnect *self)
{
  if (self->is_started)
    pause_then_try (self);
}

void
sampan_reconnect_stop (SampanReconnect *self)
{
  if (!self->is_started)
    return;
  self->is_started = false;
  self->stopped_us = g_get_monotonic_time ();
  clear_sources (self);
  leave_monitor (self);
  self->funcs->changed (self->user_data);
}

void
sampan_reconnect_now (SampanReconnect *self)
{
  if (self->timer != NULL)
    attempt (self);
}

int
sampan_reconnect_get_seconds (const SampanReconnect *self)
{
  int64_t left_us;

  if (!self->is_started)
    return -1;
  if (self->timer == NULL)
    return 0;
  left_us = MAX (self->due_us - g_get_monotonic_time (), 0);
  return (int)((left_us + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC);
}
