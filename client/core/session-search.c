/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Requests that walk a tree on the box: one call on a leased link, which is closed to stop it. */

#include "config.h"

#include "session-search.h"

#include "engine-private.h"
#include "session-private.h"

#include <string.h>

typedef struct
{
  gatomicrefcount refs;
  GMainContext *owner;
  SampanLinkPool *pool;
  SampanCall *call; /* its reply is the engine's until it is posted back */

  /* owner's thread */
  GTask *task; /* NULL once returned */
  GSource *cancel;
  SampanFoundFunc found;
  SampanSessionProgressFunc progress;
  gpointer func_data;

  /* engine thread */
  SampanLink *link; /* while the call runs */
  bool is_cancelled;
  bool is_over;
  GError *error; /* the owner's from then on */
} Search;

static Search *
search_ref (Search *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

static void
search_unref (gpointer data)
{
  Search *self = data;

  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_main_context_unref (self->owner);
  sampan_link_pool_unref (self->pool);
  sampan_request_unref (self->call);
  g_clear_object (&self->task);
  g_clear_pointer (&self->cancel, g_source_unref);
  g_clear_error (&self->error);
  g_free (self);
}

/* ---- Owner's thread ---- */

static GTask *
steal_task (Search *self)
{
  if (self->cancel != NULL)
    g_source_destroy (self->cancel);
  return g_steal_pointer (&self->task);
}

static gboolean
over_cb (gpointer user_data)
{
  Search *self = user_data;
  g_autoptr (GTask) task = steal_task (self);

  if (task == NULL)
    return G_SOURCE_REMOVE;
  if (self->error != NULL)
    g_task_return_error (task, g_steal_pointer (&self->error));
  else
    g_task_return_pointer (task, search_ref (self), search_unref);
  return G_SOURCE_REMOVE;
}

typedef struct
{
  Search *search;
  SampanFolderList *page; /* or NULL */
  SampanProgress progress;
} Part;

static void
part_free (gpointer data)
{
  Part *part = data;

  search_unref (part->search);
  g_clear_pointer (&part->page, sampan_folder_list_unref);
  g_free (part);
}

static gboolean
part_cb (gpointer user_data)
{
  Part *part = user_data;
  Search *self = part->search;

  if (self->task == NULL)
    return G_SOURCE_REMOVE;
  if (part->page != NULL)
    self->found (part->page, self->func_data);
  else
    self->progress (part->progress.done_bytes, part->progress.total_bytes, self->func_data);
  return G_SOURCE_REMOVE;
}

/* ---- Engine thread ---- */

/* Takes ERROR. */
static void
end (Search *self, GError *error)
{
  if (self->is_over)
    {
      g_clear_error (&error);
      return;
    }
  self->is_over = true;
  self->error = error;
  sampan_post_to_owner (self->owner, over_cb, search_ref (self), search_unref);
}

static void
call_part (SampanCall *call, gpointer user_data)
{
  Search *self = user_data;
  Part *part;

  if (call->list != NULL && sampan_folder_list_get_length (call->list) == 0)
    return;
  part = g_new0 (Part, 1);
  part->search = search_ref (self);
  if (call->list != NULL)
    part->page = sampan_folder_list_ref (call->list);
  else
    part->progress = call->reply.progress;
  sampan_post_to_owner (self->owner, part_cb, part, part_free);
}

static void
call_done (SampanCall *call, const GError *error, gpointer user_data)
{
  Search *self = user_data;
  g_autoptr (SampanLink) link = g_steal_pointer (&self->link);

  end (self, error != NULL ? g_error_copy (error) : NULL);
  sampan_link_pool_release (self->pool, link);
  search_unref (self);
}

static void
leased (SampanLink *link, const GError *error, gpointer user_data)
{
  Search *self = user_data;

  if (error == NULL && !self->is_cancelled)
    {
      self->link = sampan_link_ref (link);
      sampan_link_submit (link, &self->call->request);
      return;
    }
  if (error == NULL)
    sampan_link_pool_release (self->pool, link);
  end (self, error != NULL ? g_error_copy (error) : NULL);
  search_unref (self);
}

static gboolean
start_cb (gpointer user_data)
{
  Search *self = user_data;

  sampan_link_pool_lease (self->pool, SAMPAN_LEASE_ALONE, leased, search_ref (self));
  return G_SOURCE_REMOVE;
}

/* A search that nobody wants any more is ended by closing what it runs on. */
static gboolean
stop_cb (gpointer user_data)
{
  Search *self = user_data;

  self->is_cancelled = true;
  if (self->link != NULL)
    sampan_link_close (self->link);
  else if (sampan_link_pool_cancel_lease (self->pool, self))
    search_unref (self);
  return G_SOURCE_REMOVE;
}

/* ---- Asking ---- */

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  Search *self = user_data;
  g_autoptr (GTask) task = steal_task (self);
  GError *error = NULL;

  sampan_post_to_engine (sampan_link_pool_get_engine_context (self->pool),
                         stop_cb,
                         search_ref (self),
                         search_unref);
  if (task != NULL && g_cancellable_set_error_if_cancelled (cancellable, &error))
    g_task_return_error (task, error);
  return G_SOURCE_REMOVE;
}

/* Takes CALL. */
static Search *
search_new (SampanSession *session, GTask *task, SampanCall *call)
{
  GCancellable *cancellable = g_task_get_cancellable (task);
  Search *self = g_new0 (Search, 1);

  g_atomic_ref_count_init (&self->refs);
  self->owner = g_main_context_ref (g_task_get_context (task));
  self->pool = sampan_link_pool_ref (sampan_session_get_pool (session));
  self->call = call;
  self->task = g_object_ref (task);
  call->request.slow = true;
  call->done = call_done;
  call->user_data = self;
  if (cancellable != NULL)
    {
      self->cancel = g_cancellable_source_new (cancellable);
      g_source_set_callback (self->cancel,
                             G_SOURCE_FUNC (cancelled_cb),
                             search_ref (self),
                             search_unref);
      g_source_attach (self->cancel, self->owner);
    }
  return self;
}

/* Takes SELF. */
static void
start (Search *self)
{
  sampan_post_to_engine (sampan_link_pool_get_engine_context (self->pool),
                         start_cb,
                         self,
                         search_unref);
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

static SampanBytes
path_bytes (const SampanPath *path)
{
  return (SampanBytes){ (const uint8_t *)sampan_path_get (path), sampan_path_get_length (path) };
}

/* NULL: it cannot be asked. */
static SampanCall *
find_call (const SampanPath *folder, const SampanFindQuery *query)
{
  uint8_t buffer[SAMPAN_CALL_MESSAGE_MAX];
  const char *pattern = query->pattern != NULL ? query->pattern : "";
  SampanFindRequest request = { .path = path_bytes (folder),
                                .pattern = { (const uint8_t *)pattern, strlen (pattern) },
                                .kind = query->kind,
                                .size_min = query->size_min,
                                .size_max = query->size_max,
                                .limit = query->limit };
  SampanWriter writer;
  SampanCall *call;

  if (request.pattern.length > SAMPAN_FIND_PATTERN_MAX)
    return NULL;
  if (query->since != NULL)
    {
      request.flags |= SAMPAN_FIND_SINCE;
      request.since = *query->since;
    }
  if (query->before != NULL)
    {
      request.flags |= SAMPAN_FIND_BEFORE;
      request.before = *query->before;
    }
  sampan_writer_init (&writer, buffer, sizeof buffer);
  sampan_write_find_request (&writer, &request);
  call = sampan_call_new (SAMPAN_KIND_FOUND_END, SAMPAN_KIND_FOUND_PAGE, &writer);
  call->n_items = query->limit;
  return call;
}

void
sampan_session_find_async (SampanSession *self,
                           const SampanPath *folder,
                           const SampanFindQuery *query,
                           SampanFoundFunc found,
                           gpointer found_data,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task =
      new_task (self, cancellable, callback, user_data, sampan_session_find_async);
  SampanCall *call;
  Search *search;

  if (sampan_session_refuse (self, task))
    return;
  call = find_call (folder, query);
  if (call == NULL)
    {
      g_task_return_new_error (task,
                               SAMPAN_ERROR,
                               SAMPAN_ERROR_BAD_NAME,
                               "The pattern is too long");
      return;
    }
  call->part = call_part;
  search = search_new (self, task, call);
  search->found = found;
  search->func_data = found_data;
  start (search);
}

bool
sampan_session_find_finish (SampanSession *self,
                            GAsyncResult *result,
                            SampanFoundEnd *end_of_search,
                            GError **error)
{
  Search *search;

  g_return_val_if_fail (g_task_is_valid (result, self), false);
  search = g_task_propagate_pointer (G_TASK (result), error);
  if (search == NULL)
    return false;
  *end_of_search = search->call->reply.found_end;
  search_unref (search);
  return true;
}

void
sampan_session_measure_async (SampanSession *self,
                              const SampanPath *path,
                              SampanSessionProgressFunc progress,
                              gpointer progress_data,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task =
      new_task (self, cancellable, callback, user_data, sampan_session_measure_async);
  uint8_t buffer[SAMPAN_CALL_MESSAGE_MAX];
  SampanPathRequest request = { path_bytes (path) };
  SampanWriter writer;
  SampanCall *call;
  Search *search;

  if (sampan_session_refuse (self, task))
    return;
  sampan_writer_init (&writer, buffer, sizeof buffer);
  sampan_write_path_request (&writer, SAMPAN_KIND_MEASURE, &request);
  call = sampan_call_new (SAMPAN_KIND_MEASURED, SAMPAN_KIND_PROGRESS, &writer);
  if (progress != NULL)
    call->part = call_part;
  search = search_new (self, task, call);
  search->progress = progress;
  search->func_data = progress_data;
  start (search);
}

bool
sampan_session_measure_finish (SampanSession *self,
                               GAsyncResult *result,
                               SampanMeasured *measured,
                               GError **error)
{
  Search *search;

  g_return_val_if_fail (g_task_is_valid (result, self), false);
  search = g_task_propagate_pointer (G_TASK (result), error);
  if (search == NULL)
    return false;
  *measured = search->call->reply.measured;
  search_unref (search);
  return true;
}
