/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A session's requests: each encodes one call, sends it to the engine and returns what came back.
 */

#include "config.h"

#include "session-private.h"

#include "engine-private.h"

#include <sodium.h>
#include <string.h>

/* One request between the two threads. */
typedef struct
{
  gatomicrefcount refs;
  GMainContext *owner;
  SampanLinkPool *pool;
  SampanCall *call; /* its reply is the engine's until the ask is posted back */
  GError *error;    /* the same */

  /* owner's thread */
  GTask *task; /* NULL once returned */
  GSource *cancel;
  SampanSessionProgressFunc progress;
  gpointer progress_data;

  /* engine thread */
  int64_t sent_us;
  int64_t round_trip_us;
  int64_t last_progress_us;
} Ask;

static void
ask_unref (gpointer data)
{
  Ask *self = data;

  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_main_context_unref (self->owner);
  sampan_link_pool_unref (self->pool);
  sampan_request_unref (self->call);
  g_clear_error (&self->error);
  g_clear_object (&self->task);
  g_clear_pointer (&self->cancel, g_source_unref);
  g_free (self);
}

static Ask *
ask_ref (Ask *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

static GTask *
ask_steal_task (Ask *self)
{
  if (self->cancel != NULL)
    g_source_destroy (self->cancel);
  return g_steal_pointer (&self->task);
}

static gboolean
ask_answered_cb (gpointer user_data)
{
  Ask *self = user_data;
  g_autoptr (GTask) task = ask_steal_task (self);

  if (task == NULL)
    return G_SOURCE_REMOVE;
  if (self->error != NULL)
    g_task_return_error (task, g_steal_pointer (&self->error));
  else
    g_task_return_pointer (task, ask_ref (self), ask_unref);
  return G_SOURCE_REMOVE;
}

static gboolean
ask_cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  Ask *self = user_data;
  g_autoptr (GTask) task = ask_steal_task (self);
  GError *error = NULL;

  if (task == NULL)
    return G_SOURCE_REMOVE;
  sampan_link_pool_withdraw (self->pool, self->call);
  g_cancellable_set_error_if_cancelled (cancellable, &error);
  g_task_return_error (task, error);
  return G_SOURCE_REMOVE;
}

/* ---- Engine thread ---- */

static void
call_done (SampanCall *call, const GError *error, gpointer user_data)
{
  Ask *self = user_data;

  self->error = error != NULL ? g_error_copy (error) : NULL;
  self->round_trip_us = g_get_monotonic_time () - self->sent_us;
  sampan_post_to_owner (self->owner, ask_answered_cb, self, ask_unref);
}

static void
call_sealed (SampanCall *call, SampanLink *link, gpointer user_data)
{
  Ask *self = user_data;

  self->sent_us = g_get_monotonic_time ();
}

typedef struct
{
  Ask *ask;
  SampanProgress progress;
} ProgressPost;

static void
progress_post_free (gpointer data)
{
  ProgressPost *post = data;

  ask_unref (post->ask);
  g_free (post);
}

static gboolean
progress_cb (gpointer user_data)
{
  ProgressPost *post = user_data;
  Ask *ask = post->ask;

  if (ask->task != NULL)
    ask->progress (post->progress.done_bytes, post->progress.total_bytes, ask->progress_data);
  return G_SOURCE_REMOVE;
}

static void
call_progress (SampanCall *call, gpointer user_data)
{
  Ask *self = user_data;
  int64_t now = g_get_monotonic_time ();
  ProgressPost *post;

  if (now - self->last_progress_us < SAMPAN_PROGRESS_INTERVAL_US)
    return;
  self->last_progress_us = now;
  post = g_new0 (ProgressPost, 1);
  post->ask = ask_ref (self);
  post->progress = call->reply.progress;
  sampan_post_to_owner (self->owner, progress_cb, post, progress_post_free);
}

/* ---- Asking ---- */

/* Takes CALL. The reference that the caller of ask_new() gets goes to the engine and comes back. */
static Ask *
ask_new (SampanSession *self, GTask *task, SampanCall *call)
{
  GCancellable *cancellable = g_task_get_cancellable (task);
  Ask *ask = g_new0 (Ask, 1);

  g_atomic_ref_count_init (&ask->refs);
  ask->owner = g_main_context_ref (g_task_get_context (task));
  ask->pool = sampan_link_pool_ref (sampan_session_get_request_pool (self));
  ask->call = call;
  ask->task = g_object_ref (task);
  call->done = call_done;
  call->sealed = call_sealed;
  call->user_data = ask;
  if (cancellable != NULL)
    {
      ask->cancel = g_cancellable_source_new (cancellable);
      g_source_set_callback (ask->cancel,
                             G_SOURCE_FUNC (ask_cancelled_cb),
                             ask_ref (ask),
                             ask_unref);
      g_source_attach (ask->cancel, ask->owner);
    }
  return ask;
}

static void
ask (SampanSession *self, GTask *task, SampanCall *call)
{
  Ask *ask = ask_new (self, task, call);

  sampan_link_pool_submit (ask->pool, call);
}

static GTask *
new_task (SampanSession *self,
          GCancellable *cancellable,
          GAsyncReadyCallback callback,
          gpointer user_data,
          gpointer tag)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, tag);
  /* The cancellable has a source of its own: what was answered before stays answered. */
  g_task_set_check_cancellable (task, FALSE);
  return task;
}

/* The ask that a task returned; NULL with an error. */
static Ask *
ask_finish (SampanSession *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

static bool
ask_finish_plain (SampanSession *self, GAsyncResult *result, GError **error)
{
  Ask *ask = ask_finish (self, result, error);

  if (ask == NULL)
    return false;
  ask_unref (ask);
  return true;
}

static SampanBytes
path_bytes (const SampanPath *path)
{
  return (SampanBytes){ (const uint8_t *)sampan_path_get (path), sampan_path_get_length (path) };
}

static SampanCall *
path_call (SampanKind kind, SampanKind final_kind, SampanKind part_kind, const SampanPath *path)
{
  uint8_t buffer[SAMPAN_CALL_MESSAGE_MAX];
  SampanPathRequest request = { path_bytes (path) };
  SampanWriter writer;

  sampan_writer_init (&writer, buffer, sizeof buffer);
  sampan_write_path_request (&writer, kind, &request);
  return sampan_call_new (final_kind, part_kind, &writer);
}

static SampanCall *
path_flags_call (SampanKind kind, SampanKind final_kind, const SampanPath *path, uint8_t flags)
{
  uint8_t buffer[SAMPAN_CALL_MESSAGE_MAX];
  SampanPathFlagsRequest request = { path_bytes (path), flags };
  SampanWriter writer;

  sampan_writer_init (&writer, buffer, sizeof buffer);
  sampan_write_path_flags_request (&writer, kind, &request);
  return sampan_call_new (final_kind, 0, &writer);
}

static SampanCall *
move_call (SampanKind kind,
           SampanKind part_kind,
           const SampanPath *from,
           const SampanPath *to,
           SampanConflict conflict,
           const uint8_t *version)
{
  uint8_t buffer[SAMPAN_CALL_MESSAGE_MAX];
  SampanMoveRequest request = { .from = path_bytes (from),
                                .to = path_bytes (to),
                                .conflict = (uint8_t)conflict };
  SampanWriter writer;

  if (version != NULL)
    {
      request.flags = SAMPAN_MOVE_EXPECT_VERSION;
      memcpy (request.version, version, sizeof request.version);
    }
  sampan_writer_init (&writer, buffer, sizeof buffer);
  sampan_write_move_request (&writer, kind, &request);
  return sampan_call_new (SAMPAN_KIND_STORED, part_kind, &writer);
}

/* ---- Public API ---- */

void
sampan_session_ping_async (SampanSession *self,
                           const char *text,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task =
      new_task (self, cancellable, callback, user_data, sampan_session_ping_async);
  uint8_t buffer[SAMPAN_PING_TEXT_MAX + 16];
  SampanBytes bytes = { (const uint8_t *)text, strlen (text) };
  SampanWriter writer;

  if (sampan_session_refuse_request (self, task))
    return;
  sampan_writer_init (&writer, buffer, sizeof buffer);
  sampan_write_text (&writer, SAMPAN_KIND_PING, bytes);
  if (!sampan_writer_ok (&writer))
    {
      g_task_return_new_error (task,
                               SAMPAN_ERROR,
                               SAMPAN_ERROR_BAD_NAME,
                               "The text for a ping is too long");
      return;
    }
  ask (self, task, sampan_call_new (SAMPAN_KIND_PONG, 0, &writer));
}

char *
sampan_session_ping_finish (SampanSession *self,
                            GAsyncResult *result,
                            int64_t *round_trip_us,
                            GError **error)
{
  Ask *ask = ask_finish (self, result, error);
  char *text;

  if (ask == NULL)
    return NULL;
  text = g_strdup (ask->call->text);
  if (round_trip_us != NULL)
    *round_trip_us = ask->round_trip_us;
  ask_unref (ask);
  return text;
}

void
sampan_session_list_async (SampanSession *self,
                           const SampanPath *path,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task =
      new_task (self, cancellable, callback, user_data, sampan_session_list_async);

  if (!sampan_session_refuse_request (self, task))
    ask (self,
         task,
         path_call (SAMPAN_KIND_LIST, SAMPAN_KIND_LIST_END, SAMPAN_KIND_LIST_PAGE, path));
}

SampanFolderList *
sampan_session_list_finish (SampanSession *self, GAsyncResult *result, GError **error)
{
  Ask *ask = ask_finish (self, result, error);
  SampanFolderList *list;

  if (ask == NULL)
    return NULL;
  list = sampan_folder_list_ref (ask->call->list);
  ask_unref (ask);
  return list;
}

void
sampan_session_stat_async (SampanSession *self,
                           const SampanPath *path,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task =
      new_task (self, cancellable, callback, user_data, sampan_session_stat_async);

  if (!sampan_session_refuse_request (self, task))
    ask (self, task, path_call (SAMPAN_KIND_STAT, SAMPAN_KIND_ENTRY, 0, path));
}

SampanFileInfo *
sampan_session_stat_finish (SampanSession *self, GAsyncResult *result, GError **error)
{
  Ask *ask = ask_finish (self, result, error);
  SampanFileInfo *info;

  if (ask == NULL)
    return NULL;
  info = sampan_file_info_copy (ask->call->info);
  ask_unref (ask);
  return info;
}

void
sampan_session_space_async (SampanSession *self,
                            const SampanPath *path,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task =
      new_task (self, cancellable, callback, user_data, sampan_session_space_async);

  if (!sampan_session_refuse_request (self, task))
    ask (self, task, path_call (SAMPAN_KIND_SPACE, SAMPAN_KIND_SPACE_IS, 0, path));
}

bool
sampan_session_space_finish (SampanSession *self,
                             GAsyncResult *result,
                             SampanSpace *space,
                             GError **error)
{
  Ask *ask = ask_finish (self, result, error);

  if (ask == NULL)
    return false;
  *space = ask->call->reply.space;
  ask_unref (ask);
  return true;
}

void
sampan_session_mkdir_async (SampanSession *self,
                            const SampanPath *path,
                            bool parents,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task =
      new_task (self, cancellable, callback, user_data, sampan_session_mkdir_async);
  uint8_t flags = parents ? SAMPAN_MKDIR_PARENTS : 0;

  if (!sampan_session_refuse_request (self, task))
    ask (self, task, path_flags_call (SAMPAN_KIND_MKDIR, SAMPAN_KIND_DONE, path, flags));
}

bool
sampan_session_mkdir_finish (SampanSession *self, GAsyncResult *result, GError **error)
{
  return ask_finish_plain (self, result, error);
}

void
sampan_session_rename_async (SampanSession *self,
                             const SampanPath *from,
                             const SampanPath *to,
                             SampanConflict conflict,
                             const uint8_t *version,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task =
      new_task (self, cancellable, callback, user_data, sampan_session_rename_async);

  if (!sampan_session_refuse_request (self, task))
    ask (self, task, move_call (SAMPAN_KIND_RENAME, 0, from, to, conflict, version));
}

void
sampan_placed_clear (SampanPlaced *self)
{
  g_clear_pointer (&self->name, g_free);
}

static bool
finish_placed (SampanSession *self, GAsyncResult *result, SampanPlaced *placed, GError **error)
{
  Ask *ask = ask_finish (self, result, error);

  if (ask == NULL)
    return false;
  if (placed != NULL)
    {
      const SampanStored *stored = &ask->call->reply.stored;

      placed->name = g_strdup (ask->call->text);
      memcpy (placed->version, stored->version, sizeof placed->version);
      memcpy (placed->trash_id, stored->trash_id, sizeof placed->trash_id);
      placed->has_replaced = !sodium_is_zero (stored->trash_id, sizeof stored->trash_id);
      placed->skipped = stored->skipped;
    }
  ask_unref (ask);
  return true;
}

bool
sampan_session_rename_finish (SampanSession *self,
                              GAsyncResult *result,
                              SampanPlaced *placed,
                              GError **error)
{
  return finish_placed (self, result, placed, error);
}

void
sampan_session_copy_async (SampanSession *self,
                           const SampanPath *from,
                           const SampanPath *to,
                           SampanConflict conflict,
                           SampanSessionProgressFunc progress,
                           gpointer progress_data,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task =
      new_task (self, cancellable, callback, user_data, sampan_session_copy_async);
  SampanCall *call;
  Ask *ask;

  if (sampan_session_refuse_request (self, task))
    return;
  call = move_call (SAMPAN_KIND_COPY, SAMPAN_KIND_PROGRESS, from, to, conflict, NULL);
  call->request.slow = true;
  ask = ask_new (self, task, call);
  ask->progress = progress;
  ask->progress_data = progress_data;
  if (progress != NULL)
    call->part = call_progress;
  sampan_link_pool_submit (ask->pool, call);
}

bool
sampan_session_copy_finish (SampanSession *self,
                            GAsyncResult *result,
                            SampanPlaced *placed,
                            GError **error)
{
  return finish_placed (self, result, placed, error);
}

void
sampan_session_remove_async (SampanSession *self,
                             const SampanPath *path,
                             bool recursive,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task =
      new_task (self, cancellable, callback, user_data, sampan_session_remove_async);
  uint8_t flags = recursive ? SAMPAN_REMOVE_RECURSIVE : 0;
  SampanCall *call;

  if (sampan_session_refuse_request (self, task))
    return;
  call = path_flags_call (SAMPAN_KIND_REMOVE, SAMPAN_KIND_REMOVED, path, flags);
  call->request.slow = true;
  ask (self, task, call);
}

bool
sampan_session_remove_finish (SampanSession *self,
                              GAsyncResult *result,
                              uint8_t trash_id[static SAMPAN_TRASH_ID_LENGTH],
                              GError **error)
{
  Ask *ask = ask_finish (self, result, error);

  if (ask == NULL)
    return false;
  memcpy (trash_id, ask->call->reply.trash_id, SAMPAN_TRASH_ID_LENGTH);
  ask_unref (ask);
  return true;
}

void
sampan_session_hash_async (SampanSession *self,
                           const SampanPath *path,
                           uint64_t length,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task =
      new_task (self, cancellable, callback, user_data, sampan_session_hash_async);
  uint8_t buffer[SAMPAN_CALL_MESSAGE_MAX];
  SampanHashRequest request = { path_bytes (path), length };
  SampanWriter writer;
  SampanCall *call;

  if (sampan_session_refuse_request (self, task))
    return;
  sampan_writer_init (&writer, buffer, sizeof buffer);
  sampan_write_hash_request (&writer, &request);
  call = sampan_call_new (SAMPAN_KIND_HASH_IS, SAMPAN_KIND_PROGRESS, &writer);
  call->request.slow = true;
  ask (self, task, call);
}

bool
sampan_session_hash_finish (SampanSession *self,
                            GAsyncResult *result,
                            SampanHashIs *hash,
                            GError **error)
{
  Ask *ask = ask_finish (self, result, error);

  if (ask == NULL)
    return false;
  *hash = ask->call->reply.hash;
  ask_unref (ask);
  return true;
}
