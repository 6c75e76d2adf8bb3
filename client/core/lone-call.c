/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A call on a leased link of its own. */

#include "config.h"

#include "lone-call.h"

#include "engine-private.h"
#include "session-private.h"

static SampanLoneCall *
lone_call_ref (SampanLoneCall *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
sampan_lone_call_unref (gpointer data)
{
  SampanLoneCall *self = data;

  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  sampan_pending_task_clear (&self->pending);
  sampan_link_pool_unref (self->pool);
  sampan_request_unref (self->call);
  g_clear_error (&self->error);
  g_free (self);
}

/* ---- Owner's thread ---- */

static gboolean
over_cb (gpointer user_data)
{
  SampanLoneCall *self = user_data;
  g_autoptr (GTask) task = sampan_pending_task_steal (&self->pending, &self->error);

  if (task != NULL)
    g_task_return_pointer (task, lone_call_ref (self), sampan_lone_call_unref);
  return G_SOURCE_REMOVE;
}

typedef struct
{
  SampanLoneCall *call;
  SampanFolderList *page; /* or NULL */
  GPtrArray *trash;       /* or NULL */
  SampanProgress progress;
} Part;

static void
part_free (gpointer data)
{
  Part *part = data;

  sampan_lone_call_unref (part->call);
  g_clear_pointer (&part->page, sampan_folder_list_unref);
  g_clear_pointer (&part->trash, g_ptr_array_unref);
  g_free (part);
}

static gboolean
part_cb (gpointer user_data)
{
  Part *part = user_data;
  SampanLoneCall *self = part->call;

  if (self->pending.task == NULL)
    return G_SOURCE_REMOVE;
  if (part->page != NULL)
    self->found (part->page, self->func_data);
  else if (part->trash != NULL)
    self->trashed (part->trash, self->func_data);
  else
    self->progress (part->progress.done_bytes, part->progress.total_bytes, self->func_data);
  return G_SOURCE_REMOVE;
}

/* ---- Engine thread ---- */

/* Takes ERROR. */
static void
end (SampanLoneCall *self, GError *error)
{
  if (self->is_over)
    {
      g_clear_error (&error);
      return;
    }
  self->is_over = true;
  self->error = error;
  sampan_post_to_owner (self->pending.owner, over_cb, lone_call_ref (self), sampan_lone_call_unref);
}

static void
call_part (SampanCall *call, gpointer user_data)
{
  SampanLoneCall *self = user_data;
  bool is_progress = call->list == NULL && call->trash == NULL;
  int64_t now_us = g_get_monotonic_time ();
  Part *part;

  if ((call->list != NULL && sampan_folder_list_get_length (call->list) == 0) ||
      (call->trash != NULL && call->trash->len == 0) ||
      (is_progress &&
       (self->progress == NULL || now_us - self->last_progress_us < SAMPAN_PROGRESS_INTERVAL_US)))
    return;
  self->last_progress_us = now_us;
  part = g_new0 (Part, 1);
  part->call = lone_call_ref (self);
  if (call->list != NULL)
    part->page = sampan_folder_list_ref (call->list);
  else if (call->trash != NULL)
    part->trash = g_ptr_array_ref (call->trash);
  else
    part->progress = call->reply.progress;
  sampan_post_to_owner (self->pending.owner, part_cb, part, part_free);
}

static void
call_done (SampanCall *call, const GError *error, gpointer user_data)
{
  SampanLoneCall *self = user_data;
  g_autoptr (SampanLink) link = g_steal_pointer (&self->link);

  end (self, error != NULL ? g_error_copy (error) : NULL);
  sampan_link_pool_release (self->pool, link);
  sampan_lone_call_unref (self);
}

static void
leased (SampanLink *link, const GError *error, gpointer user_data)
{
  SampanLoneCall *self = user_data;

  if (error == NULL && !self->is_cancelled)
    {
      self->link = sampan_link_ref (link);
      sampan_link_submit (link, &self->call->request);
      return;
    }
  if (error == NULL)
    sampan_link_pool_release (self->pool, link);
  end (self, error != NULL ? g_error_copy (error) : NULL);
  sampan_lone_call_unref (self);
}

static gboolean
start_cb (gpointer user_data)
{
  SampanLoneCall *self = user_data;

  sampan_link_pool_lease (self->pool, SAMPAN_LEASE_ALONE, leased, lone_call_ref (self));
  return G_SOURCE_REMOVE;
}

/* A search that nobody wants any more is ended by closing what it runs on. */
static gboolean
stop_cb (gpointer user_data)
{
  SampanLoneCall *self = user_data;

  self->is_cancelled = true;
  if (self->link != NULL)
    sampan_link_close (self->link);
  else if (sampan_link_pool_cancel_lease (self->pool, self))
    sampan_lone_call_unref (self);
  return G_SOURCE_REMOVE;
}

/* ---- Calling ---- */

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  SampanLoneCall *self = user_data;

  sampan_post_to_engine (sampan_link_pool_get_engine_context (self->pool),
                         stop_cb,
                         lone_call_ref (self),
                         sampan_lone_call_unref);
  sampan_pending_task_return_cancelled (&self->pending);
  return G_SOURCE_REMOVE;
}

SampanLoneCall *
sampan_lone_call_new (SampanSession *session, GTask *task, SampanCall *call)
{
  SampanLoneCall *self = g_new0 (SampanLoneCall, 1);

  g_atomic_ref_count_init (&self->refs);
  self->pool = sampan_link_pool_ref (sampan_session_get_pool (session));
  self->call = call;
  call->request.slow = true;
  call->part = call_part;
  call->done = call_done;
  call->user_data = self;
  sampan_pending_task_init (&self->pending,
                            task,
                            cancelled_cb,
                            lone_call_ref (self),
                            sampan_lone_call_unref);
  return self;
}

void
sampan_lone_call_start (SampanLoneCall *self)
{
  sampan_post_to_engine (sampan_link_pool_get_engine_context (self->pool),
                         start_cb,
                         self,
                         sampan_lone_call_unref);
}

SampanLoneCall *
sampan_lone_call_finish (SampanSession *session, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, session), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
