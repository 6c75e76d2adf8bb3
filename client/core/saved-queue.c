/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Turns what happens to batches into records, and records into batches. */

#include "config.h"

#include "saved-queue-private.h"

#include "batch-journal.h"
#include "batch-private.h"
#include "escape.h"
#include "session-private.h"

#include <sodium.h>
#include <string.h>

G_DEFINE_TYPE (SampanSavedQueue, sampan_saved_queue, G_TYPE_OBJECT)

static guint failed_signal;

/* ---- The journal ---- */

static bool
has_ended (const char *name, gpointer data)
{
  const SampanSavedEntry *entry = data;

  return entry->job != NULL && g_hash_table_contains (entry->job->ended, name);
}

static SampanBatchDecision
get_decision (const char *name, gpointer data)
{
  const SampanSavedEntry *entry = data;

  return entry->job == NULL ? SAMPAN_BATCH_ASK
                            : (SampanBatchDecision)GPOINTER_TO_UINT (
                                  g_hash_table_lookup (entry->job->decisions, name));
}

static bool
is_held (const char *name, gpointer data)
{
  const SampanSavedEntry *entry = data;

  return entry->job != NULL && g_hash_table_contains (entry->job->held, name);
}

static bool
has_seen (const char *name, const uint8_t version[static SAMPAN_VERSION_LENGTH], gpointer data)
{
  const SampanSavedEntry *entry = data;
  const uint8_t *seen = entry->job != NULL ? g_hash_table_lookup (entry->job->seen, name) : NULL;

  return seen != NULL && memcmp (seen, version, SAMPAN_VERSION_LENGTH) == 0;
}

static void
decided (const char *name,
         SampanBatchDecision decision,
         const uint8_t version[static SAMPAN_VERSION_LENGTH],
         gpointer data)
{
  const SampanSavedEntry *entry = data;

  if (entry->queue != NULL &&
      (get_decision (name, data) != decision || !has_seen (name, version, data)))
    sampan_saved_put_decision (sampan_saved_queue_get_out (entry->queue),
                               entry->number,
                               name,
                               decision,
                               version);
}

static void
started (gpointer data)
{
  const SampanSavedEntry *entry = data;

  if (entry->queue == NULL)
    return;
  sampan_saved_put_started (sampan_saved_queue_get_out (entry->queue), entry->number);
  sampan_saved_queue_flush_soon (entry->queue);
}

static void
ended (const char *name, gpointer data)
{
  const SampanSavedEntry *entry = data;

  if (entry->queue != NULL)
    sampan_saved_put_ended (sampan_saved_queue_get_out (entry->queue), entry->number, name);
}

static void
requeued (const char *name, gpointer data)
{
  const SampanSavedEntry *entry = data;

  if (entry->queue != NULL)
    sampan_saved_put_requeued (sampan_saved_queue_get_out (entry->queue), entry->number, name);
}

static void
held (const char *name, bool is, gpointer data)
{
  const SampanSavedEntry *entry = data;

  if (entry->queue != NULL)
    sampan_saved_put_held (sampan_saved_queue_get_out (entry->queue), entry->number, name, is);
}

static void
leave (SampanSavedEntry *entry)
{
  g_ptr_array_remove (entry->queue->entries, entry);
  entry->queue = NULL;
}

static void
end_job (SampanSavedEntry *entry)
{
  SampanSavedQueue *self = entry->queue;

  sampan_saved_put_over (sampan_saved_queue_get_out (self), entry->number);
  self->wants_sync = true;
  self->n_jobs--;
  leave (entry);
  sampan_saved_queue_compact_if_grown (self);
}

/* What was lost stays in the file for the next login. */
static void
finished (bool lost, gpointer data)
{
  SampanSavedEntry *entry = data;

  if (entry->queue != NULL && !lost)
    end_job (entry);
}

static void
entry_free (gpointer data)
{
  SampanSavedEntry *entry = data;

  /* Given up without an end: the file keeps it. */
  if (entry->queue != NULL)
    leave (entry);
  g_clear_pointer (&entry->job, sampan_saved_job_free);
  g_free (entry);
}

static const SampanBatchJournal journal = {
  has_ended, get_decision, has_seen, is_held, decided, started, ended, requeued, held, finished,
};

/* Takes JOB. */
static void
follow (SampanSavedQueue *self, SampanBatch *batch, uint32_t number, SampanSavedJob *job)
{
  SampanSavedEntry *entry = g_new0 (SampanSavedEntry, 1);

  entry->queue = self;
  entry->batch = batch;
  entry->number = number;
  entry->job = job;
  g_ptr_array_add (self->entries, entry);
  sampan_batch_set_journal (batch, &journal, job != NULL, entry, entry_free);
}

/* ---- Public API ---- */

const char *
sampan_saved_queue_get_damaged (SampanSavedQueue *self)
{
  return self->file != NULL ? sampan_saved_file_get_damaged (self->file) : NULL;
}

static SampanBatch *
new_batch (SampanSavedQueue *self, const SampanSavedJob *job)
{
  SampanBatch *batch = job->is_upload
                           ? sampan_batch_new_upload (self->session, job->remote_folder)
                           : sampan_batch_new_download (self->session, job->local_folder);

  sampan_batch_set_keep_permissions (batch, job->keeps_permissions);
  for (guint i = 0; i < job->locals->len; i++)
    sampan_batch_add_local (batch, g_ptr_array_index (job->locals, i));
  for (guint i = 0; i < job->remotes->len; i++)
    {
      const SampanBatchRemote *remote = g_ptr_array_index (job->remotes, i);

      sampan_batch_add_remote (batch, remote->path, remote->info);
    }
  return batch;
}

GPtrArray *
sampan_saved_queue_take_batches (SampanSavedQueue *self)
{
  GPtrArray *batches = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (SampanSavedState) state = NULL;

  g_return_val_if_fail (SAMPAN_IS_SAVED_QUEUE (self), batches);
  state = g_steal_pointer (&self->state);
  if (state != NULL)
    self->moves = g_steal_pointer (&state->moves);
  while (state != NULL && state->jobs->len > 0)
    {
      SampanSavedJob *job = g_ptr_array_steal_index (state->jobs, 0);
      SampanBatch *batch = new_batch (self, job);

      follow (self, batch, job->number, job);
      g_ptr_array_add (batches, batch);
    }
  return batches;
}

char *
sampan_saved_queue_dup_folder (SampanBatch *batch)
{
  return batch->is_upload ? sampan_display_name (sampan_path_get_name (batch->remote_folder), -1)
                          : g_filename_display_basename (batch->local_folder);
}

void
sampan_saved_queue_add (SampanSavedQueue *self, SampanBatch *batch)
{
  g_return_if_fail (SAMPAN_IS_SAVED_QUEUE (self) && SAMPAN_IS_BATCH (batch));
  if (self->file == NULL)
    return;
  self->n_jobs++;
  follow (self, batch, ++self->last_number, NULL);
  sampan_saved_put_job (sampan_saved_queue_get_out (self), self->last_number, batch);
  sampan_saved_queue_flush_soon (self);
}

SampanSavedEntry *
sampan_saved_queue_find_entry (SampanSavedQueue *self, SampanBatch *batch)
{
  for (guint i = 0; i < self->entries->len; i++)
    {
      SampanSavedEntry *entry = g_ptr_array_index (self->entries, i);

      if (entry->batch == batch)
        return entry;
    }
  return NULL;
}

void
sampan_saved_queue_tell_failed (SampanSavedQueue *self, const GError *error)
{
  g_signal_emit (self, failed_signal, 0, error);
}

void
sampan_saved_queue_forget (SampanSavedQueue *self, SampanBatch *batch)
{
  SampanSavedEntry *entry;

  g_return_if_fail (SAMPAN_IS_SAVED_QUEUE (self));
  entry = sampan_saved_queue_find_entry (self, batch);
  if (entry != NULL)
    end_job (entry);
}

void
sampan_saved_queue_forget_all (SampanSavedQueue *self)
{
  g_return_if_fail (SAMPAN_IS_SAVED_QUEUE (self));
  while (self->entries->len > 0)
    end_job (g_ptr_array_index (self->entries, self->entries->len - 1));
  sampan_saved_queue_forget_retried (self);
}

bool
sampan_saved_queue_is_of (SampanSavedQueue *self, SampanSession *session)
{
  SampanLinkPool *pool = sampan_session_get_transfer_pool (session);

  return pool != NULL && self->file != NULL &&
         strcmp (self->user, sampan_session_get_user (session)) == 0 &&
         sodium_memcmp (self->server_key,
                        sampan_link_pool_get_server_public_key (pool),
                        sizeof self->server_key) == 0;
}

bool
sampan_saved_queue_is_paused (SampanSavedQueue *self)
{
  return self->is_paused;
}

void
sampan_saved_queue_close (SampanSavedQueue *self)
{
  g_return_if_fail (SAMPAN_IS_SAVED_QUEUE (self));
  if (self->file == NULL)
    return;
  sampan_saved_queue_unfollow (self);
  sampan_saved_queue_write_last (self);
  while (self->entries->len > 0)
    leave (g_ptr_array_index (self->entries, self->entries->len - 1));
}

/* ---- The object ---- */

static void
sampan_saved_queue_dispose (GObject *object)
{
  sampan_saved_queue_close (SAMPAN_SAVED_QUEUE (object));
  G_OBJECT_CLASS (sampan_saved_queue_parent_class)->dispose (object);
}

static void
sampan_saved_queue_finalize (GObject *object)
{
  SampanSavedQueue *self = SAMPAN_SAVED_QUEUE (object);

  g_clear_object (&self->session);
  g_free (self->user);
  g_free (self->host);
  g_clear_pointer (&self->state, sampan_saved_state_free);
  g_clear_pointer (&self->moves, g_ptr_array_unref);
  g_ptr_array_unref (self->entries);
  g_hash_table_unref (self->retried);
  g_byte_array_unref (self->unsaved);
  g_mutex_clear (&self->mutex);
  G_OBJECT_CLASS (sampan_saved_queue_parent_class)->finalize (object);
}

static void
sampan_saved_queue_class_init (SampanSavedQueueClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = sampan_saved_queue_dispose;
  object_class->finalize = sampan_saved_queue_finalize;
  failed_signal = g_signal_new ("failed",
                                G_TYPE_FROM_CLASS (klass),
                                G_SIGNAL_RUN_LAST,
                                0,
                                NULL,
                                NULL,
                                NULL,
                                G_TYPE_NONE,
                                1,
                                G_TYPE_ERROR);
}

static void
sampan_saved_queue_init (SampanSavedQueue *self)
{
  g_mutex_init (&self->mutex);
  self->entries = g_ptr_array_new ();
  self->retried = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  self->unsaved = g_byte_array_new ();
}
