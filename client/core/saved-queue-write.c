/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The list of saved transfers on its way to the disk: a few times a second, on another thread. */

#include "config.h"

#include "saved-queue-private.h"

#define FLUSH_MS 250
#define RETRY_MS 5000 /* after the disk refused */
/* A file that grew by so much since it was written anew, while jobs that are over are in it. */
#define COMPACT_BYTES (4 * 1024 * 1024)
/* While the disk refuses; then what is unsaved is given up. */
#define UNSAVED_MAX_BYTES (64 * 1024 * 1024)

static void plan_flush (SampanSavedQueue *self, guint after_ms);

/* What one turn of the writing thread does. */
struct _SampanSavedWrite
{
  GByteArray *bytes;
  bool sync;
  bool compact;
  bool clear; /* first */
};

static void
write_free (SampanSavedWrite *write)
{
  g_byte_array_unref (write->bytes);
  g_free (write);
}

static SampanSavedWrite *
begin_write (SampanSavedQueue *self)
{
  SampanSavedWrite *write = g_new0 (SampanSavedWrite, 1);

  if (self->n_jobs == 0)
    {
      g_byte_array_set_size (self->unsaved, 0);
      self->wants_clear = true;
      self->has_account = false;
    }
  write->bytes = g_steal_pointer (&self->unsaved);
  self->unsaved = g_byte_array_new ();
  write->sync = self->wants_sync;
  write->clear = self->wants_clear;
  write->compact = self->wants_compact && !write->clear;
  self->wants_sync = self->wants_compact = self->wants_clear = false;
  return write;
}

static bool
do_write (SampanSavedQueue *self, const SampanSavedWrite *write, GError **error)
{
  if (write->clear && !sampan_saved_file_clear (self->file, error))
    return false;
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
  /* Else sampan_saved_queue_write_last() did it. */
  ok = self->writing == NULL || do_write (self, self->writing, &error);
  if (ok)
    g_clear_pointer (&self->writing, write_free);
  g_mutex_unlock (&self->mutex);
  if (ok)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* It comes before what came meanwhile. */
static void
put_back (SampanSavedQueue *self)
{
  SampanSavedWrite *write = g_steal_pointer (&self->writing);

  g_byte_array_append (write->bytes, self->unsaved->data, self->unsaved->len);
  g_byte_array_unref (self->unsaved);
  self->unsaved = g_byte_array_ref (write->bytes);
  self->wants_sync |= write->sync;
  self->wants_clear |= write->clear;
  write_free (write);
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
  if (self->writing->bytes->len + self->unsaved->len > UNSAVED_MAX_BYTES)
    g_clear_pointer (&self->writing, write_free);
  else
    put_back (self);
  plan_flush (self, RETRY_MS);
  if (!self->told_failure)
    {
      self->told_failure = true;
      sampan_saved_queue_tell_failed (self, error);
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
  self->writing = begin_write (self);
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

GByteArray *
sampan_saved_queue_get_out (SampanSavedQueue *self)
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

void
sampan_saved_queue_flush_soon (SampanSavedQueue *self)
{
  self->wants_sync = true;
  if (self->is_writing)
    return; /* written_cb() sees to it */
  if (self->flush != NULL)
    g_source_destroy (self->flush);
  g_clear_pointer (&self->flush, g_source_unref);
  plan_flush (self, 0);
}

void
sampan_saved_queue_compact_if_grown (SampanSavedQueue *self)
{
  if (self->file_bytes <= self->compacted_bytes + COMPACT_BYTES)
    return;
  self->compacted_bytes = self->file_bytes;
  self->wants_compact = true;
}

void
sampan_saved_queue_write_last (SampanSavedQueue *self)
{
  g_autoptr (GError) error = NULL;
  SampanSavedWrite *write;

  if (self->flush != NULL)
    g_source_destroy (self->flush);
  g_clear_pointer (&self->flush, g_source_unref);
  g_mutex_lock (&self->mutex);
  /* The thread did not come to it, or the disk refused just now. */
  if (self->writing != NULL)
    put_back (self);
  self->wants_sync = true;
  write = begin_write (self);
  if ((write->clear || write->bytes->len > 0) && !do_write (self, write, &error))
    g_warning ("The transfers were not saved: %s", error->message);
  g_clear_pointer (&self->file, sampan_saved_file_free);
  g_mutex_unlock (&self->mutex);
  write_free (write);
}
