/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A session's requests: each encodes one call, sends it to the engine and returns what came back.
 */

#include "config.h"

#include "lone-call.h"
#include "session-private.h"

#include "shared-call.h"

#include <sodium.h>
#include <string.h>

static bool
refuse (SampanSession *self, GTask *task, const SampanLinkPool *pool)
{
  if (g_task_return_error_if_cancelled (task))
    return true;
  if (pool != NULL)
    return false;
  g_task_return_error (task, sampan_session_new_no_connection (self));
  return true;
}

bool
sampan_session_refuse (SampanSession *self, GTask *task)
{
  return refuse (self, task, sampan_session_get_pool (self));
}

bool
sampan_session_refuse_request (SampanSession *self, GTask *task)
{
  return refuse (self, task, sampan_session_get_request_pool (self));
}

GTask *
sampan_session_new_task (SampanSession *self,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data,
                         gpointer tag)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, tag);
  g_task_set_check_cancellable (task, FALSE);
  return task;
}

static void
ask (SampanSession *self, GTask *task, SampanCall *call)
{
  sampan_shared_call_start (sampan_shared_call_new (self, task, call));
}

static SampanCall *
path_flags_call (SampanKind kind, SampanKind final_kind, const SampanPath *path, uint8_t flags)
{
  uint8_t buffer[SAMPAN_CALL_MESSAGE_MAX];
  SampanPathFlagsRequest request = { sampan_path_bytes (path), flags };
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
  SampanMoveRequest request = { .from = sampan_path_bytes (from),
                                .to = sampan_path_bytes (to),
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
      sampan_session_new_task (self, cancellable, callback, user_data, sampan_session_ping_async);
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
  SampanSharedCall *shared = sampan_shared_call_finish (self, result, error);
  char *text;

  if (shared == NULL)
    return NULL;
  text = g_strdup (shared->call->text);
  if (round_trip_us != NULL)
    *round_trip_us = shared->round_trip_us;
  sampan_shared_call_unref (shared);
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
      sampan_session_new_task (self, cancellable, callback, user_data, sampan_session_list_async);

  if (!sampan_session_refuse_request (self, task))
    ask (self,
         task,
         sampan_call_new_for_path (SAMPAN_KIND_LIST,
                                   SAMPAN_KIND_LIST_END,
                                   SAMPAN_KIND_LIST_PAGE,
                                   path));
}

SampanFolderList *
sampan_session_list_finish (SampanSession *self, GAsyncResult *result, GError **error)
{
  SampanSharedCall *shared = sampan_shared_call_finish (self, result, error);
  SampanFolderList *list;

  if (shared == NULL)
    return NULL;
  list = sampan_folder_list_ref (shared->call->list);
  sampan_shared_call_unref (shared);
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
      sampan_session_new_task (self, cancellable, callback, user_data, sampan_session_stat_async);

  if (!sampan_session_refuse_request (self, task))
    ask (self, task, sampan_call_new_for_path (SAMPAN_KIND_STAT, SAMPAN_KIND_ENTRY, 0, path));
}

SampanFileInfo *
sampan_session_stat_finish (SampanSession *self, GAsyncResult *result, GError **error)
{
  SampanSharedCall *shared = sampan_shared_call_finish (self, result, error);
  SampanFileInfo *info;

  if (shared == NULL)
    return NULL;
  info = sampan_file_info_copy (shared->call->info);
  sampan_shared_call_unref (shared);
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
      sampan_session_new_task (self, cancellable, callback, user_data, sampan_session_space_async);

  if (!sampan_session_refuse_request (self, task))
    ask (self, task, sampan_call_new_for_path (SAMPAN_KIND_SPACE, SAMPAN_KIND_SPACE_IS, 0, path));
}

bool
sampan_session_space_finish (SampanSession *self,
                             GAsyncResult *result,
                             SampanSpace *space,
                             GError **error)
{
  SampanSharedCall *shared = sampan_shared_call_finish (self, result, error);

  if (shared == NULL)
    return false;
  *space = shared->call->reply.space;
  sampan_shared_call_unref (shared);
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
      sampan_session_new_task (self, cancellable, callback, user_data, sampan_session_mkdir_async);
  uint8_t flags = parents ? SAMPAN_MKDIR_PARENTS : 0;

  if (!sampan_session_refuse_request (self, task))
    ask (self, task, path_flags_call (SAMPAN_KIND_MKDIR, SAMPAN_KIND_DONE, path, flags));
}

bool
sampan_session_mkdir_finish (SampanSession *self, GAsyncResult *result, GError **error)
{
  return sampan_shared_call_finish_plain (self, result, error);
}

void
sampan_session_set_time_async (SampanSession *self,
                               const SampanPath *path,
                               SampanTime mtime,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autoptr (GTask) task = sampan_session_new_task (self,
                                                    cancellable,
                                                    callback,
                                                    user_data,
                                                    sampan_session_set_time_async);
  uint8_t buffer[SAMPAN_CALL_MESSAGE_MAX];
  SampanSetTimeRequest request = { sampan_path_bytes (path), mtime };
  SampanWriter writer;

  if (sampan_session_refuse_request (self, task))
    return;
  sampan_writer_init (&writer, buffer, sizeof buffer);
  sampan_write_set_time_request (&writer, &request);
  ask (self, task, sampan_call_new (SAMPAN_KIND_DONE, 0, &writer));
}

bool
sampan_session_set_time_finish (SampanSession *self, GAsyncResult *result, GError **error)
{
  return sampan_shared_call_finish_plain (self, result, error);
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
      sampan_session_new_task (self, cancellable, callback, user_data, sampan_session_rename_async);

  if (!sampan_session_refuse_request (self, task))
    ask (self, task, move_call (SAMPAN_KIND_RENAME, 0, from, to, conflict, version));
}

void
sampan_placed_clear (SampanPlaced *self)
{
  g_clear_pointer (&self->name, g_free);
}

static void
take_placed (const SampanCall *call, SampanPlaced *placed)
{
  const SampanStored *stored = &call->reply.stored;

  if (placed == NULL)
    return;
  placed->name = g_strdup (call->text);
  memcpy (placed->version, stored->version, sizeof placed->version);
  memcpy (placed->trash_id, stored->trash_id, sizeof placed->trash_id);
  placed->has_replaced = !sodium_is_zero (stored->trash_id, sizeof stored->trash_id);
  placed->skipped = stored->skipped;
}

bool
sampan_session_rename_finish (SampanSession *self,
                              GAsyncResult *result,
                              SampanPlaced *placed,
                              GError **error)
{
  SampanSharedCall *shared = sampan_shared_call_finish (self, result, error);

  if (shared == NULL)
    return false;
  take_placed (shared->call, placed);
  sampan_shared_call_unref (shared);
  return true;
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
      sampan_session_new_task (self, cancellable, callback, user_data, sampan_session_copy_async);
  SampanLoneCall *lone;

  if (sampan_session_refuse (self, task))
    return;
  lone = sampan_lone_call_new (
      self,
      task,
      move_call (SAMPAN_KIND_COPY, SAMPAN_KIND_PROGRESS, from, to, conflict, NULL));
  lone->progress = progress;
  lone->func_data = progress_data;
  sampan_lone_call_start (lone);
}

bool
sampan_session_copy_finish (SampanSession *self,
                            GAsyncResult *result,
                            SampanPlaced *placed,
                            GError **error)
{
  SampanLoneCall *lone = sampan_lone_call_finish (self, result, error);

  if (lone == NULL)
    return false;
  take_placed (lone->call, placed);
  sampan_lone_call_unref (lone);
  return true;
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
      sampan_session_new_task (self, cancellable, callback, user_data, sampan_session_remove_async);
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
  SampanSharedCall *shared = sampan_shared_call_finish (self, result, error);

  if (shared == NULL)
    return false;
  memcpy (trash_id, shared->call->reply.trash_id, SAMPAN_TRASH_ID_LENGTH);
  sampan_shared_call_unref (shared);
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
      sampan_session_new_task (self, cancellable, callback, user_data, sampan_session_hash_async);
  uint8_t buffer[SAMPAN_CALL_MESSAGE_MAX];
  SampanHashRequest request = { sampan_path_bytes (path), length };
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
  SampanSharedCall *shared = sampan_shared_call_finish (self, result, error);

  if (shared == NULL)
    return false;
  *hash = shared->call->reply.hash;
  sampan_shared_call_unref (shared);
  return true;
}
