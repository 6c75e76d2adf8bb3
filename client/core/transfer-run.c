/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A transfer on its way: its worker on the engine thread, and what stops, holds and repeats it. */

#include "config.h"

#include "transfer-private.h"

#include "session-private.h"

#include <string.h>

#define TICK_MS 100

static SampanWorker *
new_worker (SampanTransfer *self, SampanLinkPool *pool)
{
  return self->is_upload ? sampan_upload_new (pool, self->local, self->remote, self->conflict)
                         : sampan_download_new (pool, self->remote, self->local, self->conflict);
}

static void
look_at_bytes (SampanTransfer *self)
{
  uint64_t done = atomic_load_explicit (&self->worker->done_bytes, memory_order_relaxed);
  uint64_t total = atomic_load_explicit (&self->worker->total_bytes, memory_order_relaxed);

  sampan_transfer_set_progress (self, done, total);
}

static gboolean
tick_cb (gpointer user_data)
{
  look_at_bytes (user_data);
  return G_SOURCE_CONTINUE;
}

void
sampan_transfer_stop_sources (SampanTransfer *self)
{
  if (self->tick != NULL)
    g_source_destroy (self->tick);
  g_clear_pointer (&self->tick, g_source_unref);
  if (self->cancel != NULL)
    g_source_destroy (self->cancel);
  g_clear_pointer (&self->cancel, g_source_unref);
}

/* Takes ERROR, which a pause only returns. */
static void
end (SampanTransfer *self, SampanTransferState state, GError *error)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->task);

  sampan_transfer_stop_sources (self);
  self->is_pausing = false;
  if (error != NULL && state != SAMPAN_TRANSFER_PAUSED)
    sampan_transfer_take_error (self, g_error_copy (error));
  sampan_transfer_set_still (self, state == SAMPAN_TRANSFER_DONE ? 0 : -1);
  sampan_transfer_set_state (self, state);
  if (task == NULL)
    g_clear_error (&error);
  else if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

/* What a pause left on either end goes; nobody waits for it. */
static void
discard_partial (SampanTransfer *self)
{
  SampanLinkPool *pool = sampan_session_get_transfer_pool (self->session);
  SampanWorker *worker;

  self->discards = false;
  if (pool == NULL)
    return;
  worker = new_worker (self, pool);
  worker->discards = true;
  worker->resume = true; /* or the server would keep what a link that broke just now has left */
  sampan_worker_start (worker);
  sampan_request_unref (worker);
}

static void
start_ticking (SampanTransfer *self)
{
  self->tick = g_timeout_source_new (TICK_MS);
  g_source_set_callback (self->tick, tick_cb, self, NULL);
  g_source_attach (self->tick, g_task_get_context (self->task));
}

static void
worker_changed (SampanWorker *worker, gpointer user_data)
{
  g_autoptr (SampanTransfer) self = g_object_ref (user_data);
  SampanTransferState state = (SampanTransferState)atomic_load (&worker->state);

  if (state < SAMPAN_TRANSFER_SAVING)
    {
      /* It grew since it was expected to be small. */
      if (self->tick == NULL && atomic_load (&worker->total_bytes) > SAMPAN_TRANSFER_SMALL_BYTES)
        start_ticking (self);
      sampan_transfer_set_state (self, state);
      return;
    }
  look_at_bytes (self);
  if (state == SAMPAN_TRANSFER_SAVING)
    {
      sampan_transfer_set_state (self, state);
      return;
    }
  worker->changed = NULL;
  if (state == SAMPAN_TRANSFER_DONE)
    {
      self->stored_name = g_strdup (worker->stored_name);
      memcpy (self->version, worker->version, sizeof self->version);
      memcpy (self->trash_id, worker->trash_id, sizeof self->trash_id);
      sampan_transfer_set_safe_bytes (self, self->total_bytes);
    }
  else if (state == SAMPAN_TRANSFER_CANCELLED && self->is_pausing)
    state = SAMPAN_TRANSFER_PAUSED;
  else if (state == SAMPAN_TRANSFER_CANCELLED && self->discards)
    discard_partial (self);
  end (self, state, worker->error != NULL ? g_error_copy (worker->error) : NULL);
}

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  sampan_transfer_cancel (user_data);
  return G_SOURCE_REMOVE;
}

static void
watch (SampanTransfer *self)
{
  GCancellable *cancellable = g_task_get_cancellable (self->task);

  /* A small one has no progress to follow, and there may be many. */
  if (!self->is_small)
    start_ticking (self);
  if (cancellable == NULL)
    return;
  self->cancel = g_cancellable_source_new (cancellable);
  g_source_set_callback (self->cancel, G_SOURCE_FUNC (cancelled_cb), self, NULL);
  g_source_attach (self->cancel, g_task_get_context (self->task));
}

static void
start_worker (SampanTransfer *self, SampanLinkPool *pool)
{
  self->worker = new_worker (self, pool);
  /* To ask for a part of a small file takes longer than to send all of it; but what was run before
   * may be there as a whole. */
  self->worker->resume = self->resume && (!self->is_small || self->was_run);
  self->was_run = true;
  self->worker->is_small = self->is_small;
  self->worker->keep_partial = self->keep_partial;
  self->worker->has_expected = self->has_expected;
  memcpy (self->worker->expected, self->expected, sizeof self->expected);
  self->worker->keep_permissions = self->keep_permissions;
  atomic_store (&self->worker->total_bytes, self->total_bytes);
  self->worker->changed = worker_changed;
  self->worker->changed_data = self;
  sampan_transfer_set_state (self, SAMPAN_TRANSFER_CONNECTING);
  watch (self);
  sampan_worker_start (self->worker);
}

void
sampan_transfer_drop_worker (SampanTransfer *self)
{
  if (self->worker != NULL)
    self->worker->changed = NULL;
  g_clear_pointer (&self->worker, sampan_request_unref);
}

void
sampan_transfer_run_async (SampanTransfer *self,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  SampanLinkPool *pool;
  GError *error = NULL;

  g_return_if_fail (SAMPAN_IS_TRANSFER (self));
  g_return_if_fail (self->task == NULL && self->worker == NULL);
  g_return_if_fail (self->state == SAMPAN_TRANSFER_WAITING ||
                    self->state == SAMPAN_TRANSFER_CANCELLED);
  pool = sampan_session_get_transfer_pool (self->session);
  self->task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (self->task, sampan_transfer_run_async);
  /* A transfer that is done stays done: cancelling is the worker's to decide. */
  g_task_set_check_cancellable (self->task, FALSE);
  if (self->state == SAMPAN_TRANSFER_CANCELLED)
    {
      g_autoptr (GTask) task = g_steal_pointer (&self->task);

      g_task_return_error (task, g_error_copy (self->error));
    }
  else if (g_cancellable_set_error_if_cancelled (cancellable, &error))
    end (self, SAMPAN_TRANSFER_CANCELLED, error);
  else if (pool == NULL)
    end (self, SAMPAN_TRANSFER_FAILED, sampan_session_new_no_connection (self->session));
  else
    start_worker (self, pool);
}

bool
sampan_transfer_run_finish (SampanTransfer *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), false);
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
sampan_transfer_cancel (SampanTransfer *self)
{
  g_return_if_fail (SAMPAN_IS_TRANSFER (self));
  if (self->state == SAMPAN_TRANSFER_WAITING)
    end (self,
         SAMPAN_TRANSFER_CANCELLED,
         g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled"));
  else if (self->state == SAMPAN_TRANSFER_PAUSED)
    {
      if (self->was_run && !self->keep_partial)
        discard_partial (self);
      end (self,
           SAMPAN_TRANSFER_CANCELLED,
           g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled"));
    }
  else if (self->state < SAMPAN_TRANSFER_DONE)
    {
      self->discards = self->is_pausing && !self->keep_partial;
      self->is_pausing = false;
      sampan_worker_cancel (self->worker, self->keep_partial);
    }
}

void
sampan_transfer_pause (SampanTransfer *self)
{
  g_return_if_fail (SAMPAN_IS_TRANSFER (self));
  if (self->state == SAMPAN_TRANSFER_WAITING)
    sampan_transfer_set_state (self, SAMPAN_TRANSFER_PAUSED);
  else if (self->state > SAMPAN_TRANSFER_PAUSED && self->state < SAMPAN_TRANSFER_SAVING)
    {
      self->is_pausing = true;
      sampan_worker_cancel (self->worker, true);
    }
}

void
sampan_transfer_requeue (SampanTransfer *self)
{
  g_return_if_fail (SAMPAN_IS_TRANSFER (self));
  g_return_if_fail (sampan_transfer_may_become (self, SAMPAN_TRANSFER_WAITING));
  g_return_if_fail (self->task == NULL);
  sampan_transfer_drop_worker (self);
  self->resume = self->resume || self->was_run;
  sampan_transfer_take_error (self, NULL);
  sampan_transfer_reset_progress (self,
                                  self->state == SAMPAN_TRANSFER_PAUSED ? self->done_bytes : 0);
  sampan_transfer_set_state (self, SAMPAN_TRANSFER_WAITING);
}
