/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A session's plan: cut into requests, some of them on their way at a time, and put together again.
 */

#include "config.h"

#include "session-private.h"

#include "call.h"
#include "engine-private.h"
#include "pending-task.h"
#include "plan-private.h"

/* Enough to hide a round trip; few, so that a listing asked for meanwhile waits for no more. */
#define PAGES_IN_FLIGHT 4

typedef struct
{
  gatomicrefcount refs;
  SampanPendingTask pending;
  SampanLinkPool *pool;
  SampanPath *folder;
  SampanPlan *plan;
  gint is_cancelled; /* atomic */

  /* the engine's until it is over, then the owner's */
  GArray *answers;   /* SampanPlanAnswer; the verdict is 0 until there is one */
  GHashTable *names; /* set of the items' own; what was sent */
  size_t next;       /* the item that the next page starts with */
  unsigned int n_sent;
  unsigned int n_in_flight;
  bool is_over;
  SampanPlanEnd end;
  GError *error; /* the first */
} Planning;

/* One request; what lies between was sent, but for the items that have a verdict already. */
typedef struct
{
  Planning *planning;
  size_t first;
  size_t end;
} Page;

static void send_pages (Planning *self);

static void
planning_unref (gpointer data)
{
  Planning *self = data;

  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  sampan_pending_task_clear (&self->pending);
  sampan_link_pool_unref (self->pool);
  sampan_path_unref (self->folder);
  sampan_plan_unref (self->plan);
  g_array_unref (self->answers);
  g_hash_table_unref (self->names);
  g_clear_error (&self->error);
  g_free (self);
}

static Planning *
planning_ref (Planning *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/* ---- The end, on the owner's thread ---- */

static void
plan_unref_cb (gpointer data)
{
  sampan_plan_unref (data);
}

static gboolean
over_cb (gpointer user_data)
{
  Planning *self = user_data;
  g_autoptr (GTask) task = sampan_pending_task_steal (&self->pending, &self->error);

  if (task == NULL)
    return G_SOURCE_REMOVE;
  sampan_plan_set_answers (self->plan, self->answers, &self->end);
  g_task_return_pointer (task, sampan_plan_ref (self->plan), plan_unref_cb);
  return G_SOURCE_REMOVE;
}

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  Planning *self = user_data;

  g_atomic_int_set (&self->is_cancelled, TRUE);
  sampan_pending_task_return_cancelled (&self->pending);
  return G_SOURCE_REMOVE;
}

/* ---- Answers, on the engine thread ---- */

static bool
makes_sense (const SampanPlanItem *item, const SampanPlanAnswer *answer)
{
  if (answer->verdict == SAMPAN_PLAN_SAME || answer->verdict == SAMPAN_PLAN_DIFFERS)
    return item->kind == SAMPAN_ENTRY_FILE;
  return answer->verdict != SAMPAN_PLAN_FOLDER_THERE || item->kind == SAMPAN_ENTRY_FOLDER;
}

static void
take_answers (Planning *self, const Page *page, const SampanCall *call)
{
  guint taken = 0;

  for (size_t i = page->first; i < page->end; i++)
    {
      SampanPlanAnswer *answer = &g_array_index (self->answers, SampanPlanAnswer, i);

      if (answer->verdict != 0)
        continue;
      *answer = g_array_index (call->answers, SampanPlanAnswer, taken++);
      if (self->error == NULL && !makes_sense (sampan_plan_get_item (self->plan, i), answer))
        self->error = g_error_new_literal (SAMPAN_ERROR,
                                           SAMPAN_ERROR_PROTOCOL,
                                           "The server's answer does not fit the item");
    }
  g_assert (taken == call->answers->len);
  self->end = call->reply.plan_end;
}

static void
page_done (SampanCall *call, const GError *error, gpointer user_data)
{
  Page *page = user_data;
  Planning *self = page->planning;

  self->n_in_flight--;
  if (error == NULL)
    take_answers (self, page, call);
  else if (self->error == NULL)
    self->error = g_error_copy (error);
  g_free (page);
  send_pages (self);
  planning_unref (self);
}

/* ---- Questions, on the engine thread ---- */

/* What is known without asking. A name twice is found here, as the server looks at one page only.
 */
static uint8_t
judge_here (Planning *self, const SampanPlanItem *item)
{
  g_autoptr (SampanPath) path = sampan_path_new (item->path.data, item->path.length, NULL);

  if (path == NULL || sampan_path_is_root (path))
    return SAMPAN_PLAN_BAD_NAME;
  return g_hash_table_contains (self->names, item->path.data) ? SAMPAN_PLAN_NAME_TWICE : 0;
}

/* Writes items up to the end of the page or the plan; returns how many. */
static size_t
write_items (Planning *self, SampanWriter *writer)
{
  size_t length = sampan_plan_get_length (self->plan);
  size_t n_written = 0;

  for (; self->next < length && n_written < SAMPAN_PLAN_ITEMS_MAX; self->next++)
    {
      const SampanPlanItem *item = sampan_plan_get_item (self->plan, self->next);
      uint8_t verdict = judge_here (self, item);

      g_array_index (self->answers, SampanPlanAnswer, self->next).verdict = verdict;
      if (verdict != 0)
        continue;
      if (!sampan_write_plan_item (writer, item))
        break;
      g_hash_table_add (self->names, (gpointer)item->path.data);
      n_written++;
    }
  return n_written;
}

/* NULL if nothing is left to ask. The end is asked for even if no item needs to be. */
static SampanCall *
make_page (Planning *self)
{
  g_autofree uint8_t *buffer = g_malloc (SAMPAN_FRAME_PLAIN_MAX);
  SampanBytes folder = sampan_path_bytes (self->folder);
  SampanWriter writer;
  SampanCall *call;
  Page *page;
  size_t first = self->next;
  size_t n_items;

  sampan_writer_init (&writer, buffer, SAMPAN_FRAME_PLAIN_MAX);
  sampan_write_plan (&writer, folder);
  n_items = write_items (self, &writer);
  if (n_items == 0 && self->n_sent > 0)
    return NULL;
  page = g_new0 (Page, 1);
  page->planning = planning_ref (self);
  page->first = first;
  page->end = self->next;
  call = sampan_call_new (SAMPAN_KIND_PLAN_END, SAMPAN_KIND_PLAN_PAGE, &writer);
  call->n_items = n_items;
  call->request.slow = true;
  call->done = page_done;
  call->user_data = page;
  return call;
}

static bool
has_more (Planning *self)
{
  return self->error == NULL && !g_atomic_int_get (&self->is_cancelled) &&
         (self->n_sent == 0 || self->next < sampan_plan_get_length (self->plan));
}

static void
send_page (Planning *self)
{
  SampanLink *link = sampan_link_pool_get_browsing_link (self->pool);
  SampanCall *call;

  if (link == NULL)
    {
      self->error = g_error_new_literal (SAMPAN_ERROR,
                                         SAMPAN_ERROR_DISCONNECTED,
                                         "There is no connection to the server");
      return;
    }
  call = make_page (self);
  if (call == NULL)
    return;
  self->n_sent++;
  self->n_in_flight++;
  sampan_link_submit (link, &call->request);
  sampan_request_unref (call);
}

static void
send_pages (Planning *self)
{
  while (self->n_in_flight < PAGES_IN_FLIGHT && has_more (self))
    send_page (self);
  if (self->n_in_flight > 0 || self->is_over)
    return;
  self->is_over = true;
  sampan_post_to_owner (self->pending.owner, over_cb, planning_ref (self), planning_unref);
}

static gboolean
start_cb (gpointer user_data)
{
  send_pages (user_data);
  return G_SOURCE_REMOVE;
}

/* ---- Public API ---- */

static Planning *
planning_new (SampanSession *session, GTask *task, const SampanPath *folder, SampanPlan *plan)
{
  Planning *self = g_new0 (Planning, 1);

  g_atomic_ref_count_init (&self->refs);
  self->pool = sampan_link_pool_ref (sampan_session_get_pool (session));
  self->folder = sampan_path_ref (folder);
  self->plan = sampan_plan_ref (plan);
  self->answers = g_array_new (FALSE, TRUE, sizeof (SampanPlanAnswer));
  g_array_set_size (self->answers, (guint)sampan_plan_get_length (plan));
  self->names = g_hash_table_new (g_str_hash, g_str_equal);
  sampan_pending_task_init (&self->pending,
                            task,
                            cancelled_cb,
                            planning_ref (self),
                            planning_unref);
  return self;
}

void
sampan_session_plan_async (SampanSession *self,
                           const SampanPath *folder,
                           SampanPlan *plan,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task =
      sampan_session_new_task (self, cancellable, callback, user_data, sampan_session_plan_async);
  Planning *planning;

  if (sampan_session_refuse (self, task))
    return;
  sampan_plan_seal (plan);
  planning = planning_new (self, task, folder, plan);
  sampan_post_to_engine (sampan_link_pool_get_engine_context (planning->pool),
                         start_cb,
                         planning,
                         planning_unref);
}

SampanPlan *
sampan_session_plan_finish (SampanSession *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
