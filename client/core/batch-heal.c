/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Waiting for a session to heal. */

#include "config.h"

#include "batch-heal.h"

/* A request that breaks every link it is made on is not made for ever. */
#define HEALS_MAX 100

typedef struct
{
  SampanSession *session;
  SampanBatchHealFunc func;
  gpointer user_data;
  gulong state_handler;
  GSource *cancel; /* nullable */
} Heal;

static void
end (Heal *self)
{
  SampanBatchHealFunc func = self->func;
  gpointer user_data = self->user_data;

  g_clear_signal_handler (&self->state_handler, self->session);
  if (self->cancel != NULL)
    {
      g_source_destroy (self->cancel);
      g_source_unref (self->cancel);
    }
  g_object_unref (self->session);
  g_free (self);
  func (user_data);
}

static void
state_cb (GObject *session, GParamSpec *pspec, gpointer user_data)
{
  if (sampan_session_get_state (SAMPAN_SESSION (session)) != SAMPAN_SESSION_RECONNECTING)
    end (user_data);
}

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  end (user_data);
  return G_SOURCE_REMOVE;
}

static gboolean
ready_cb (gpointer user_data)
{
  end (user_data);
  return G_SOURCE_REMOVE;
}

static GSource *
attach (GSource *source, GSourceFunc func, Heal *self)
{
  g_source_set_callback (source, func, self, NULL);
  g_source_attach (source, g_main_context_get_thread_default ());
  return source;
}

bool
sampan_batch_heal (SampanSession *session,
                   const GError *error,
                   unsigned int *n_heals,
                   GCancellable *cancellable,
                   SampanBatchHealFunc func,
                   gpointer user_data)
{
  SampanSessionState state = sampan_session_get_state (session);
  Heal *self;

  if (!g_error_matches (error, SAMPAN_ERROR, SAMPAN_ERROR_DISCONNECTED) ||
      (state != SAMPAN_SESSION_RECONNECTING && state != SAMPAN_SESSION_READY) ||
      g_cancellable_is_cancelled (cancellable) || (*n_heals)++ >= HEALS_MAX)
    return false;
  self = g_new0 (Heal, 1);
  self->session = g_object_ref (session);
  self->func = func;
  self->user_data = user_data;
  if (state == SAMPAN_SESSION_READY)
    {
      self->cancel = attach (g_idle_source_new (), ready_cb, self);
      return true;
    }
  self->state_handler = g_signal_connect (session, "notify::state", G_CALLBACK (state_cb), self);
  if (cancellable != NULL)
    self->cancel =
        attach (g_cancellable_source_new (cancellable), G_SOURCE_FUNC (cancelled_cb), self);
  return true;
}
