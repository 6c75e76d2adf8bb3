/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Turns what happens to batches into records, and records into batches. */

#include "config.h"

#include "saved-queue.h"

#include "batch-journal.h"
#include "batch-private.h"
#include "escape.h"
#include "saved-file.h"
#include "session-private.h"

#include <sodium.h>
#include <string.h>

#define FLUSH_MS 250
#define RETRY_MS 5000 /* after the disk refused */
/* A file that grew by so much since it was written anew, while jobs that are over are in it. */
#define COMPACT_BYTES (4 * 1024 * 1024)
/* While the disk refuses; then what is unsaved is given up. */
#define UNSAVED_MAX_BYTES (64 * 1024 * 1024)
#define NAME_BYTES 16 /* of the hash that a file is named by */

struct _SampanSavedQueue
{
  GObject parent_instance;

  /* of the account */
  SampanSession *session;
  uint8_t server_key[SAMPAN_PUBLIC_KEY_LENGTH];
  char *user;
  char *host; /* where it was reached */
  uint16_t port;

  GMutex mutex;            /* of the file, while a thread writes it */
  SampanSavedFile *file;   /* NULL once closed */
  SampanSavedState *state; /* what was read; NULL once taken */
  GPtrArray *entries;      /* of Entry, borrowed: the jobs that go on */
  GByteArray *unsaved;
  GSource *flush;
  uint32_t last_number;
  guint n_jobs;             /* in the file, and not over */
  uint64_t file_bytes;      /* after the last write */
  uint64_t compacted_bytes; /* when it was written anew */
  bool is_writing;
  bool wants_sync;
  bool wants_compact;
  bool is_paused;
  bool has_account; /* its record was written */
  bool told_failure;
};

/* A job that goes on: hangs on its batch. */
typedef struct
{
  SampanSavedQueue *queue; /* NULL once it is over or closed */
  SampanBatch *batch;      /* for comparing only */
  uint32_t number;
  SampanSavedJob *job; /* what was read of it; nullable */
} Entry;

G_DEFINE_TYPE (SampanSavedQueue, sampan_saved_queue, G_TYPE_OBJECT)

static guint failed_signal;

static void plan_flush (SampanSavedQueue *self, guint after_ms);

/* ---- Writing ---- */

/* What one turn of the writing thread does. */
typedef struct
{
  GByteArray *bytes;
  bool sync;
  bool compact;
  bool clear;
} Write;

static void
write_free (gpointer data)
{
  Write *write = data;

  g_byte_array_unref (write->bytes);
  g_free (write);
}

static Write *
begin_write (SampanSavedQueue *self)
{
  Write *write = g_new0 (Write, 1);

  write->bytes = g_steal_pointer (&self->unsaved);
  self->unsaved = g_byte_array_new ();
  write->sync = self->wants_sync;
  write->compact = self->wants_compact;
  write->clear = self->n_jobs == 0;
  if (write->clear)
    self->has_account = false;
  self->wants_sync = self->wants_compact = false;
  return write;
}

static bool
do_write (SampanSavedQueue *self, const Write *write, GError **error)
{
  if (write->clear)
    return sampan_saved_file_clear (self->file, error);
  if (write->bytes->len > 0 && !sampan_saved_file_append (self->file,
                                                          write->bytes->data,
                                                          write->bytes->len,
                                                          write->sync,
                                                          error))
    return false;
  return !write->compact || sampan_saved_file_compact (self->file, error);
}

static void
write_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  SampanSavedQueue *self = source;
  GError *error = NULL;
  bool ok;

  g_mutex_lock (&self->mutex);
  ok = self->file == NULL || do_write (self, task_data, &error);
  g_mutex_unlock (&self->mutex);
  if (ok)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* It comes before what came meanwhile. */
static void
put_back (SampanSavedQueue *self, Write *write)
{
  if (write->bytes->len + self->unsaved->len > UNSAVED_MAX_BYTES)
    return;
  g_byte_array_append (write->bytes, self->unsaved->data, self->unsaved->len);
  g_byte_array_unref (self->unsaved);
  self->unsaved = g_byte_array_ref (write->bytes);
  self->wants_sync |= write->sync;
  self->has_account |= write->clear;
}

static void
written_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SampanSavedQueue *self = SAMPAN_SAVED_QUEUE (source);
  g_autoptr (GError) error = NULL;

  self->is_writing = false;
  if (self->file == NULL)
    return;
  self->file_bytes = sampan_saved_file_get_size (self->file);
  if (g_task_propagate_boolean (G_TASK (result), &error))
    {
      self->told_failure = false;
      if (self->unsaved->len > 0)
        plan_flush (self, self->wants_sync ? 0 : FLUSH_MS);
      return;
    }
  put_back (self, g_task_get_task_data (G_TASK (result)));
  plan_flush (self, RETRY_MS);
  if (!self->told_failure)
    {
      self->told_failure = true;
      g_signal_emit (self, failed_signal, 0, error);
    }
}

static gboolean
flush_cb (gpointer user_data)
{
  SampanSavedQueue *self = user_data;
  g_autoptr (GTask) task = NULL;

  g_clear_pointer (&self->flush, g_source_unref);
  if (self->is_writing || self->file == NULL)
    return G_SOURCE_REMOVE;
  self->is_writing = true;
  task = g_task_new (self, NULL, written_cb, NULL);
  g_task_set_source_tag (task, flush_cb);
  g_task_set_task_data (task, begin_write (self), write_free);
  g_task_run_in_thread (task, write_thread);
  return G_SOURCE_REMOVE;
}

static void
plan_flush (SampanSavedQueue *self, guint after_ms)
{
  if (self->flush != NULL || self->file == NULL)
    return;
  self->flush = g_timeout_source_new (after_ms);
  g_source_set_callback (self->flush, flush_cb, self, NULL);
  g_source_attach (self->flush, g_main_context_get_thread_default ());
}

/* What is to outlive a crash does not wait for what may come with it. */
static void
flush_soon (SampanSavedQueue *self)
{
  self->wants_sync = true;
  if (self->is_writing)
    return; /* written_cb() sees to it */
  if (self->flush != NULL)
    g_source_destroy (self->flush);
  g_clear_pointer (&self->flush, g_source_unref);
  plan_flush (self, 0);
}

/* Where the next record goes. */
static GByteArray *
get_out (SampanSavedQueue *self)
{
  if (!self->has_account)
    {
      sampan_saved_put_account (self->unsaved,
                                self->server_key,
                                self->user,
                                self->host,
                                self->port);
      sampan_saved_put_paused (self->unsaved, self->is_paused);
    }
  self->has_account = true;
  if (!self->is_writing)
    plan_flush (self, FLUSH_MS);
  return self->unsaved;
}

/* ---- The journal ---- */

static bool
has_ended (const char *name, gpointer data)
{
  const Entry *entry = data;

  return entry->job != NULL && g_hash_table_contains (entry->job->ended, name);
}

static SampanBatchDecision
get_decision (const char *name, gpointer data)
{
  const Entry *entry = data;

  return entry->job == NULL ? SAMPAN_BATCH_ASK
                            : (SampanBatchDecision)GPOINTER_TO_UINT (
                                  g_hash_table_lookup (entry->job->decisions, name));
}

static void
decided (const char *name, SampanBatchDecision decision, gpointer data)
{
  const Entry *entry = data;

  if (entry->queue != NULL && get_decision (name, data) != decision)
    sampan_saved_put_decision (get_out (entry->queue), entry->number, name, decision);
}

static void
started (gpointer data)
{
  const Entry *entry = data;

  if (entry->queue == NULL)
    return;
  sampan_saved_put_started (get_out (entry->queue), entry->number);
  flush_soon (entry->queue);
}

static void
ended (const char *name, gpointer data)
{
  const Entry *entry = data;

  if (entry->queue != NULL)
    sampan_saved_put_ended (get_out (entry->queue), entry->number, name);
}

static void
requeued (const char *name, gpointer data)
{
  const Entry *entry = data;

  if (entry->queue != NULL)
    sampan_saved_put_requeued (get_out (entry->queue), entry->number, name);
}

static void
leave (Entry *entry)
{
  g_ptr_array_remove (entry->queue->entries, entry);
  entry->queue = NULL;
}

static void
end_job (Entry *entry)
{
  SampanSavedQueue *self = entry->queue;

  sampan_saved_put_over (get_out (self), entry->number);
  self->wants_sync = true;
  self->n_jobs--;
  leave (entry);
  if (self->file_bytes > self->compacted_bytes + COMPACT_BYTES)
    {
      self->compacted_bytes = self->file_bytes;
      self->wants_compact = true;
    }
}

/* What was lost stays in the file for the next login. */
static void
finished (bool lost, gpointer data)
{
  Entry *entry = data;

  if (entry->queue != NULL && !lost)
    end_job (entry);
}

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  /* Given up without an end: the file keeps it. */
  if (entry->queue != NULL)
    leave (entry);
  g_clear_pointer (&entry->job, sampan_saved_job_free);
  g_free (entry);
}

static const SampanBatchJournal journal = {
  has_ended, get_decision, decided, started, ended, requeued, finished,
};

/* Takes JOB. */
static void
follow (SampanSavedQueue *self, SampanBatch *batch, uint32_t number, SampanSavedJob *job)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->queue = self;
  entry->batch = batch;
  entry->number = number;
  entry->job = job;
  g_ptr_array_add (self->entries, entry);
  sampan_batch_set_journal (batch, &journal, job != NULL, entry, entry_free);
}

/* ---- Opening ---- */

typedef struct
{
  char *name;
  SampanSavedFile *file;
  SampanSavedState *state;
  uint8_t server_key[SAMPAN_PUBLIC_KEY_LENGTH];
  char *user;
} Opening;

static void
opening_free (gpointer data)
{
  Opening *opening = data;

  g_clear_pointer (&opening->file, sampan_saved_file_free);
  g_clear_pointer (&opening->state, sampan_saved_state_free);
  g_free (opening->name);
  g_free (opening->user);
  g_free (opening);
}

/* By hash: a key and a name of any bytes make a file name of a known length. */
static Opening *
opening_new (const uint8_t *server_key, const char *user)
{
  Opening *self = g_new0 (Opening, 1);
  uint8_t hash[NAME_BYTES];
  int result;

  self->name = g_malloc ((gsize)2 * NAME_BYTES + 1);
  self->user = g_strdup (user);
  memcpy (self->server_key, server_key, sizeof self->server_key);
  result = crypto_generichash (hash,
                               sizeof hash,
                               (const uint8_t *)user,
                               strlen (user),
                               server_key,
                               SAMPAN_PUBLIC_KEY_LENGTH);
  g_assert (result == 0);
  sodium_bin2hex (self->name, (gsize)2 * NAME_BYTES + 1, hash, sizeof hash);
  return self;
}

static void
open_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Opening *opening = task_data;
  GError *error = NULL;

  opening->file = sampan_saved_file_open (opening->name, &opening->state, &error);
  if (opening->file == NULL)
    g_task_return_error (task, error);
  else if (opening->state->user != NULL && (strcmp (opening->state->user, opening->user) != 0 ||
                                            sodium_memcmp (opening->state->server_key,
                                                           opening->server_key,
                                                           sizeof opening->server_key) != 0))
    g_task_return_new_error (task,
                             G_IO_ERROR,
                             G_IO_ERROR_INVALID_DATA,
                             "The saved transfers belong to another account");
  else
    g_task_return_boolean (task, TRUE);
}

void
sampan_saved_queue_open_async (SampanSession *session,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (session, cancellable, callback, user_data);
  SampanLinkPool *pool = sampan_session_get_transfer_pool (session);

  g_task_set_source_tag (task, sampan_saved_queue_open_async);
  if (pool == NULL)
    {
      g_task_return_new_error (task,
                               SAMPAN_ERROR,
                               SAMPAN_ERROR_DISCONNECTED,
                               "There is no connection to the server");
      return;
    }
  g_task_set_task_data (task,
                        opening_new (sampan_link_pool_get_server_public_key (pool),
                                     sampan_session_get_user (session)),
                        opening_free);
  g_task_run_in_thread (task, open_thread);
}

SampanSavedQueue *
sampan_saved_queue_open_finish (SampanSession *session, GAsyncResult *result, GError **error)
{
  SampanSavedQueue *self;
  Opening *opening;

  g_return_val_if_fail (g_task_is_valid (result, session), NULL);
  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;
  opening = g_task_get_task_data (G_TASK (result));
  self = g_object_new (SAMPAN_TYPE_SAVED_QUEUE, NULL);
  self->session = g_object_ref (session);
  memcpy (self->server_key, opening->server_key, sizeof self->server_key);
  self->user = g_steal_pointer (&opening->user);
  self->host = g_strdup (sampan_session_get_host (session));
  self->port = sampan_session_get_port (session);
  self->file = g_steal_pointer (&opening->file);
  self->state = g_steal_pointer (&opening->state);
  self->last_number = self->state->last_number;
  self->is_paused = self->state->is_paused;
  self->has_account = self->state->user != NULL;
  self->n_jobs = self->state->jobs->len;
  self->file_bytes = self->compacted_bytes = sampan_saved_file_get_size (self->file);
  return self;
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
  sampan_saved_put_job (get_out (self), self->last_number, batch);
  flush_soon (self);
}

void
sampan_saved_queue_forget (SampanSavedQueue *self, SampanBatch *batch)
{
  g_return_if_fail (SAMPAN_IS_SAVED_QUEUE (self));
  for (guint i = 0; i < self->entries->len; i++)
    {
      Entry *entry = g_ptr_array_index (self->entries, i);

      if (entry->batch != batch)
        continue;
      end_job (entry);
      return;
    }
}

void
sampan_saved_queue_forget_all (SampanSavedQueue *self)
{
  g_return_if_fail (SAMPAN_IS_SAVED_QUEUE (self));
  while (self->entries->len > 0)
    end_job (g_ptr_array_index (self->entries, self->entries->len - 1));
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
sampan_saved_queue_set_paused (SampanSavedQueue *self, bool paused)
{
  g_return_if_fail (SAMPAN_IS_SAVED_QUEUE (self));
  if (self->file == NULL || self->is_paused == paused)
    return;
  self->is_paused = paused;
  if (self->n_jobs > 0)
    sampan_saved_put_paused (get_out (self), paused);
}

void
sampan_saved_queue_close (SampanSavedQueue *self)
{
  g_autoptr (GError) error = NULL;
  Write *write;

  g_return_if_fail (SAMPAN_IS_SAVED_QUEUE (self));
  if (self->file == NULL)
    return;
  if (self->flush != NULL)
    g_source_destroy (self->flush);
  g_clear_pointer (&self->flush, g_source_unref);
  self->wants_sync = true;
  write = begin_write (self);
  g_mutex_lock (&self->mutex);
  if ((write->clear || write->bytes->len > 0) && !do_write (self, write, &error))
    g_warning ("The transfers were not saved: %s", error->message);
  g_clear_pointer (&self->file, sampan_saved_file_free);
  g_mutex_unlock (&self->mutex);
  write_free (write);
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
  g_ptr_array_unref (self->entries);
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
  self->unsaved = g_byte_array_new ();
}
