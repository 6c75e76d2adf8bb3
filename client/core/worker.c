/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* State, link and end of a transfer on the engine thread. */

#include "config.h"

#include "worker.h"

#include "discards.h"
#include "engine-private.h"
#include "mailbox.h"

/* Breaks in a row without a byte more on the other end. Each waits for the session to heal, so this
 * ends only what the network lets begin but never get anywhere. */
#define RETRIES_MAX 10
/* Where only the transfer's link broke there is no back-off of the session: one of its units over
 * this, and longer with each break. */
#define RETRY_PARTS 10

void
sampan_worker_init (SampanWorker *self,
                    const SampanWorkerClass *klass,
                    SampanLinkPool *pool,
                    const char *local,
                    const SampanPath *remote,
                    SampanConflict conflict)
{
  sampan_request_init (&self->request, &klass->request);
  self->klass = klass;
  self->pool = sampan_link_pool_ref (pool);
  self->local = g_strdup (local);
  self->remote = sampan_path_ref (remote);
  self->conflict = conflict;
  atomic_init (&self->done_bytes, 0);
  atomic_init (&self->total_bytes, 0);
  atomic_init (&self->state, SAMPAN_TRANSFER_CONNECTING);
  atomic_init (&self->is_posted, false);
}

void
sampan_worker_clear (SampanWorker *self)
{
  g_assert (self->link == NULL && self->retry == NULL);
  sampan_link_pool_unref (self->pool);
  g_free (self->local);
  sampan_path_unref (self->remote);
  g_clear_error (&self->error);
  g_free (self->stored_name);
}

/* ---- To the owner ---- */

static gboolean
changed_cb (gpointer user_data)
{
  SampanWorker *self = user_data;

  atomic_store (&self->is_posted, false); /* before the state is looked at */
  if (self->changed != NULL)
    self->changed (self, self->changed_data);
  return G_SOURCE_REMOVE;
}

static void
post_changed (SampanWorker *self)
{
  if (atomic_exchange (&self->is_posted, true))
    return;
  sampan_mailbox_post (sampan_link_pool_get_owner_context (self->pool),
                       SAMPAN_MAILBOX_OF_OWNER,
                       self->is_small ? SAMPAN_MAIL_SOON : SAMPAN_MAIL_AT_ONCE,
                       changed_cb,
                       sampan_request_ref (self),
                       sampan_request_unref);
}

void
sampan_worker_set_state (SampanWorker *self, SampanTransferState state)
{
  if (self->has_ended || atomic_load (&self->state) == (int)state)
    return;
  atomic_store (&self->state, (int)state);
  post_changed (self);
}

/* A link that broke as the session ended tells less than the session. Takes ERROR. */
static GError *
explain (SampanWorker *self, GError *error)
{
  if (!g_error_matches (error, SAMPAN_ERROR, SAMPAN_ERROR_DISCONNECTED) ||
      sampan_error_is_local (error) || !sampan_link_pool_is_closed (self->pool))
    return error;
  g_error_free (error);
  return sampan_link_pool_new_no_connection (self->pool);
}

void
sampan_worker_end (SampanWorker *self, GError *error)
{
  SampanTransferState state = SAMPAN_TRANSFER_DONE;

  if (self->has_ended)
    {
      g_clear_error (&error);
      return;
    }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    state = SAMPAN_TRANSFER_CANCELLED;
  else if (error != NULL)
    state = SAMPAN_TRANSFER_FAILED;
  if (self->retry != NULL)
    g_source_destroy (self->retry);
  g_clear_pointer (&self->retry, g_source_unref);
  if (self->is_waiting && sampan_link_pool_cancel_lease (self->pool, self))
    {
      self->is_waiting = false;
      sampan_request_unref (self); /* the caller has one */
    }
  if (self->discards)
    sampan_discards_remove (self);
  self->error = explain (self, error);
  sampan_worker_set_state (self, state);
  self->has_ended = true;
}

/* ---- From the owner ---- */

static gboolean
start_cb (gpointer user_data)
{
  SampanWorker *self = user_data;

  if (!self->has_ended)
    self->klass->start (self);
  return G_SOURCE_REMOVE;
}

void
sampan_worker_start (SampanWorker *self)
{
  sampan_post_to_engine (sampan_link_pool_get_engine_context (self->pool),
                         start_cb,
                         sampan_request_ref (self),
                         sampan_request_unref);
}

static gboolean
cancel_cb (gpointer user_data)
{
  SampanWorker *self = user_data;

  if (self->has_ended || self->is_cancelled)
    return G_SOURCE_REMOVE;
  self->is_cancelled = true;
  self->klass->cancel (self);
  return G_SOURCE_REMOVE;
}

static gboolean
cancel_and_keep_cb (gpointer user_data)
{
  SampanWorker *self = user_data;

  if (!self->has_ended && !self->is_cancelled)
    self->keep_partial = true;
  return cancel_cb (user_data);
}

void
sampan_worker_cancel (SampanWorker *self, bool keep)
{
  sampan_post_to_engine (sampan_link_pool_get_engine_context (self->pool),
                         keep ? cancel_and_keep_cb : cancel_cb,
                         sampan_request_ref (self),
                         sampan_request_unref);
}

/* ---- The link ---- */

static void
leased_cb (SampanLink *link, const GError *error, gpointer user_data)
{
  SampanWorker *self = user_data;

  self->is_waiting = false;
  if (link == NULL)
    {
      if (!self->has_ended && !sampan_worker_retry (self, error))
        self->klass->lost (self, error);
    }
  else if (self->has_ended)
    sampan_link_pool_release (self->pool, link);
  else
    {
      self->link = sampan_link_ref (link);
      sampan_link_submit (link, &self->request);
    }
  sampan_request_unref (self);
}

void
sampan_worker_submit (SampanWorker *self, SampanLease lease)
{
  self->is_waiting = true;
  if (!sampan_link_pool_is_ready (self->pool) && !sampan_link_pool_is_closed (self->pool))
    sampan_worker_set_state (self, SAMPAN_TRANSFER_RECONNECTING);
  sampan_link_pool_lease (self->pool,
                          self->is_small ? SAMPAN_LEASE_SHARED : lease,
                          leased_cb,
                          sampan_request_ref (self));
}

void
sampan_worker_release_link (SampanWorker *self)
{
  g_autoptr (SampanLink) link = g_steal_pointer (&self->link);

  if (link != NULL)
    sampan_link_pool_release (self->pool, link);
}

/* ---- Again ---- */

static gboolean
retry_cb (gpointer user_data)
{
  SampanWorker *self = user_data;

  g_clear_pointer (&self->retry, g_source_unref);
  if (!self->has_ended)
    self->klass->restart (self);
  return G_SOURCE_REMOVE;
}

bool
sampan_worker_retry (SampanWorker *self, const GError *error)
{
  unsigned int unit_ms = sampan_link_pool_get_times (self->pool)->retry_ms;

  if (self->has_ended || self->is_cancelled || unit_ms == 0 ||
      sampan_link_pool_is_closed (self->pool) || !sampan_link_error_is_passing (error))
    return false;
  if (self->confirmed_bytes > self->retried_bytes)
    self->n_retries = 0;
  self->retried_bytes = self->confirmed_bytes;
  if (self->n_retries >= RETRIES_MAX)
    return false;
  self->n_retries++;
  sampan_worker_release_link (self);
  sampan_worker_set_state (self, SAMPAN_TRANSFER_RECONNECTING);
  self->retry = g_timeout_source_new (unit_ms / RETRY_PARTS * self->n_retries);
  g_source_set_callback (self->retry, retry_cb, sampan_request_ref (self), sampan_request_unref);
  g_source_attach (self->retry, sampan_link_pool_get_engine_context (self->pool));
  return true;
}
