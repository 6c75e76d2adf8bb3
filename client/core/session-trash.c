/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The trash of a share: looking into it, putting things back, deleting for good. */

#include "config.h"

#include "session-trash.h"

#include "lone-call.h"
#include "session-private.h"

#include <string.h>

void
sampan_trash_item_free (SampanTrashItem *self)
{
  g_clear_pointer (&self->path, sampan_path_unref);
  g_free (self->user);
  g_free (self);
}

void
sampan_restore_result_free (SampanRestoreResult *self)
{
  g_clear_error (&self->error);
  g_clear_pointer (&self->path, sampan_path_unref);
  g_free (self);
}

/* ---- List ---- */

void
sampan_session_trash_list_async (SampanSession *self,
                                 const SampanPath *path,
                                 SampanTrashFunc func,
                                 gpointer func_data,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_autoptr (GTask) task = sampan_session_new_task (self,
                                                    cancellable,
                                                    callback,
                                                    user_data,
                                                    sampan_session_trash_list_async);
  SampanLoneCall *lone;

  if (sampan_session_refuse (self, task))
    return;
  lone = sampan_lone_call_new (self,
                               task,
                               sampan_call_new_for_path (SAMPAN_KIND_TRASH_LIST,
                                                         SAMPAN_KIND_TRASH_END,
                                                         SAMPAN_KIND_TRASH_PAGE,
                                                         path));
  lone->trashed = func;
  lone->func_data = func_data;
  sampan_lone_call_start (lone);
}

bool
sampan_session_trash_list_finish (SampanSession *self,
                                  GAsyncResult *result,
                                  SampanTrashEnd *end,
                                  GError **error)
{
  SampanLoneCall *lone = sampan_lone_call_finish (self, result, error);

  if (lone == NULL)
    return false;
  *end = lone->call->reply.trash_end;
  sampan_lone_call_unref (lone);
  return true;
}

/* ---- Restore and purge ---- */

/* Any number of ids, in requests of as many as one may have. */
typedef struct
{
  bool is_purge;
  SampanConflict conflict;
  char *share;
  GArray *ids; /* SampanTrashId */
  guint n_done;
  guint n_asked;      /* in the request under way */
  GPtrArray *results; /* SampanRestoreResult */
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_free (job->share);
  g_array_unref (job->ids);
  g_ptr_array_unref (job->results);
  g_free (job);
}

static void ask_next (GTask *task);

static void
take_results (Job *job, GPtrArray *restored)
{
  for (guint i = 0; i < restored->len; i++)
    {
      SampanRestoreResult *result = g_ptr_array_index (restored, i);

      result->id = g_array_index (job->ids, SampanTrashId, job->n_done + i);
    }
  job->n_done += restored->len;
  g_ptr_array_extend_and_steal (job->results, g_ptr_array_ref (restored));
}

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Job *job = g_task_get_task_data (task);
  GError *error = NULL;
  SampanLoneCall *lone = sampan_lone_call_finish (SAMPAN_SESSION (source), result, &error);

  if (lone == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  if (job->is_purge)
    job->n_done += job->n_asked;
  else
    take_results (job, lone->call->restored);
  sampan_lone_call_unref (lone);
  if (job->n_done < job->ids->len)
    ask_next (task);
  else if (job->is_purge)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_pointer (task, g_ptr_array_ref (job->results), (GDestroyNotify)g_ptr_array_unref);
}

static SampanCall *
job_call (const Job *job)
{
  uint8_t buffer[SAMPAN_CALL_MESSAGE_MAX + SAMPAN_TRASH_IDS_MAX * SAMPAN_TRASH_ID_LENGTH];
  SampanRestoreRequest request = { .share = { (const uint8_t *)job->share, strlen (job->share) },
                                   .conflict = (uint8_t)job->conflict };
  SampanWriter writer;
  SampanCall *call;

  sampan_writer_init (&writer, buffer, sizeof buffer);
  if (job->is_purge)
    sampan_write_purge (&writer, request.share);
  else
    sampan_write_restore (&writer, &request);
  for (guint i = 0; i < job->n_asked; i++)
    sampan_write_trash_id (&writer, g_array_index (job->ids, SampanTrashId, job->n_done + i).bytes);
  if (job->is_purge)
    return sampan_call_new (SAMPAN_KIND_DONE, SAMPAN_KIND_PROGRESS, &writer);
  call = sampan_call_new (SAMPAN_KIND_RESTORED, 0, &writer);
  call->n_items = job->n_asked;
  return call;
}

static void
ask_next (GTask *task)
{
  SampanSession *session = g_task_get_source_object (task);
  Job *job = g_task_get_task_data (task);
  g_autoptr (GTask) inner = NULL;

  if (sampan_session_refuse (session, task))
    return;
  job->n_asked = MIN (job->ids->len - job->n_done, SAMPAN_TRASH_IDS_MAX);
  inner = sampan_session_new_task (session,
                                   g_task_get_cancellable (task),
                                   answered_cb,
                                   g_object_ref (task),
                                   ask_next);
  sampan_lone_call_start (sampan_lone_call_new (session, inner, job_call (job)));
}

static void
start (GTask *task,
       const SampanPath *path,
       const SampanTrashId *ids,
       size_t n_ids,
       bool is_purge,
       SampanConflict conflict)
{
  Job *job = g_new0 (Job, 1);
  g_autoptr (SampanPath) below = NULL;

  job->is_purge = is_purge;
  job->conflict = conflict;
  job->ids = g_array_new (FALSE, FALSE, sizeof (SampanTrashId));
  if (n_ids > 0)
    g_array_append_vals (job->ids, ids, (guint)n_ids);
  job->results = g_ptr_array_new_with_free_func ((GDestroyNotify)sampan_restore_result_free);
  job->share = sampan_path_split_share (path, &below);
  g_task_set_task_data (task, job, job_free);
  if (job->share == NULL)
    g_task_return_new_error (task,
                             SAMPAN_ERROR,
                             SAMPAN_ERROR_WRONG_KIND,
                             "Each share has a trash of its own");
  else if (n_ids == 0 && !is_purge)
    g_task_return_pointer (task, g_ptr_array_ref (job->results), (GDestroyNotify)g_ptr_array_unref);
  else
    ask_next (task);
}

void
sampan_session_restore_async (SampanSession *self,
                              const SampanPath *path,
                              const SampanTrashId *ids,
                              size_t n_ids,
                              SampanConflict conflict,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = sampan_session_new_task (self,
                                                    cancellable,
                                                    callback,
                                                    user_data,
                                                    sampan_session_restore_async);

  start (task, path, ids, n_ids, false, conflict);
}

GPtrArray *
sampan_session_restore_finish (SampanSession *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
sampan_session_purge_async (SampanSession *self,
                            const SampanPath *path,
                            const SampanTrashId *ids,
                            size_t n_ids,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task =
      sampan_session_new_task (self, cancellable, callback, user_data, sampan_session_purge_async);

  start (task, path, ids, n_ids, true, SAMPAN_CONFLICT_REFUSE);
}

bool
sampan_session_purge_finish (SampanSession *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), false);
  return g_task_propagate_boolean (G_TASK (result), error);
}
