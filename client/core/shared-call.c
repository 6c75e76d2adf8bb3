/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* One request between the two threads. */

#include "config.h"

#include "shared-call.h"

#include "engine-private.h"
#include "session-private.h"

void
sampan_shared_call_unref (gpointer data)
{
  SampanSharedCall *self = data;

  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  sampan_pending_task_clear (&self->pending);
  sampan_link_pool_unref (self->pool);
  sampan_request_unref (self->call);
  g_clear_error (&self->error);
  g_free (self);
}

static SampanSharedCall *
shared_call_ref (SampanSharedCall *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

static gboolean
answered_cb (gpointer user_data)
{
  SampanSharedCall *self = user_data;
  g_autoptr (GTask) task = sampan_pending_task_steal (&self->pending, &self->error);

  if (task != NULL)
    g_task_return_pointer (task, shared_call_ref (self), sampan_shared_call_unref);
  return G_SOURCE_REMOVE;
}

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  SampanSharedCall *self = user_data;

  sampan_link_pool_withdraw (self->pool, self->call);
  sampan_pending_task_return_cancelled (&self->pending);
  return G_SOURCE_REMOVE;
}

/* ---- Engine thread ---- */

static void
call_done (SampanCall *call, const GError *error, gpointer user_data)
{
  SampanSharedCall *self = user_data;

  self->error = error != NULL ? g_error_copy (error) : NULL;
  self->round_trip_us = g_get_monotonic_time () - self->sent_us;
  sampan_post_to_owner (self->pending.owner, answered_cb, self, sampan_shared_call_unref);
}

static void
call_sealed (SampanCall *call, SampanLink *link, gpointer user_data)
{
  SampanSharedCall *self = user_data;

  self->sent_us = g_get_monotonic_time ();
}

/* ---- Public API ---- */

SampanSharedCall *
sampan_shared_call_new (SampanSession *session, GTask *task, SampanCall *call)
{
  SampanSharedCall *self = g_new0 (SampanSharedCall, 1);

  g_atomic_ref_count_init (&self->refs);
  self->pool = sampan_link_pool_ref (sampan_session_get_request_pool (session));
  self->call = call;
  call->done = call_done;
  call->sealed = call_sealed;
  call->user_data = self;
  sampan_pending_task_init (&self->pending,
                            task,
                            cancelled_cb,
                            shared_call_ref (self),
                            sampan_shared_call_unref);
  return self;
}

void
sampan_shared_call_start (SampanSharedCall *self)
{
  sampan_link_pool_submit (self->pool, self->call);
}

SampanSharedCall *
sampan_shared_call_finish (SampanSession *session, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, session), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

bool
sampan_shared_call_finish_plain (SampanSession *session, GAsyncResult *result, GError **error)
{
  SampanSharedCall *self = sampan_shared_call_finish (session, result, error);

  if (self == NULL)
    return false;
  sampan_shared_call_unref (self);
  return true;
}
