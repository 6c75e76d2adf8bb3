/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Preparing: pages come from the walk or the survey, are judged by the server or the local disk,
 * and every item gets its fate, in order. */

#include "config.h"

#include "batch-private.h"

#include "batch-heal.h"
#include "plan-private.h"
#include "session-private.h"

/* Judged by the server at a time: more would make a listing asked for meanwhile wait. The local
 * disk is asked for one at a time. */
#define PLANS_AT_ONCE 4

static void ask_more (SampanBatch *self);

/* ---- The end ---- */

/* ERROR is copied; NULL: ready. */
static void
finish (SampanBatch *self, const GError *error)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->task);

  if (task == NULL)
    return;
  if (self->cancel != NULL)
    g_source_destroy (self->cancel);
  if (error != NULL)
    {
      g_cancellable_cancel (self->stop);
      self->is_lost = sampan_batch_is_lost_by (self->session, error);
      sampan_batch_set_state (self, SAMPAN_BATCH_FINISHED);
      sampan_batch_stop_moving (self);
      g_task_return_error (task, g_error_copy (error));
      return;
    }
  sampan_batch_set_state (self, SAMPAN_BATCH_READY);
  g_task_return_boolean (task, TRUE);
}

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  SampanBatch *self = user_data;
  g_autoptr (GError) error = NULL;

  if (g_cancellable_set_error_if_cancelled (cancellable, &error))
    finish (self, error);
  return G_SOURCE_REMOVE;
}

/* ---- Fates ---- */

static bool
has_ended (SampanBatch *self, const char *name)
{
  return self->journal != NULL && self->journal->has_ended (name, self->journal_data);
}

/* Who decided to replace something has seen what was there then, and nothing else. */
static SampanBatchDecision
get_decision (SampanBatch *self, const char *name, const uint8_t version[SAMPAN_VERSION_LENGTH])
{
  SampanBatchDecision decision = self->journal->get_decision (name, self->journal_data);

  return decision == SAMPAN_BATCH_REPLACE &&
                 !self->journal->has_seen (name, version, self->journal_data)
             ? SAMPAN_BATCH_ASK
             : decision;
}

static void
add_conflict (SampanBatch *self, const SampanBatchPage *page, size_t index, GPtrArray *conflicts)
{
  const SampanPlanItem *item = sampan_plan_get_item (page->plan, index);
  const SampanPlanAnswer *answer = sampan_plan_get_answer (page->plan, index);
  SampanBatchVersion coming = { item->size, item->mtime };
  SampanBatchVersion there = { answer->size, answer->mtime };
  const char *name = sampan_batch_page_get_name (page, index);
  SampanBatchConflict *conflict = sampan_batch_conflict_new (name, &coming, &there);

  sampan_batch_conflict_set_decision (conflict,
                                      self->journal != NULL
                                          ? get_decision (self, name, answer->version)
                                          : self->decision);
  if (sampan_batch_conflict_get_decision (conflict) > SAMPAN_BATCH_SKIP)
    self->decided_bytes += coming.size;
  g_ptr_array_add (conflicts, conflict);
}

static SampanBatchFate
decide_new (SampanBatch *self, const SampanPlanItem *item)
{
  self->has_work = true;
  if (item->kind == SAMPAN_ENTRY_FOLDER)
    return SAMPAN_BATCH_FATE_MAKE;
  self->sums.n_new++;
  self->sums.new_bytes += item->size;
  return SAMPAN_BATCH_FATE_SEND;
}

/* Only what this batch made gets a time, be it in an earlier process. */
static SampanBatchFate
decide_there (SampanBatch *self, const char *name)
{
  if (!has_ended (self, name))
    return SAMPAN_BATCH_FATE_LEAVE;
  self->has_made = true;
  return SAMPAN_BATCH_FATE_MADE;
}

static SampanBatchFate
decide (SampanBatch *self, const SampanBatchPage *page, size_t index, GPtrArray *conflicts)
{
  const SampanPlanItem *item = sampan_plan_get_item (page->plan, index);
  const char *name = sampan_batch_page_get_name (page, index);
  SampanPlanVerdict verdict = sampan_plan_get_answer (page->plan, index)->verdict;
  bool is_blocked = sampan_batch_is_blocked (self, name);

  if (item->kind == SAMPAN_ENTRY_FILE && has_ended (self, name))
    return SAMPAN_BATCH_FATE_LEAVE;
  if (!is_blocked && verdict == SAMPAN_PLAN_NEW)
    return decide_new (self, item);
  if (!is_blocked && verdict == SAMPAN_PLAN_DIFFERS)
    {
      self->has_work = true;
      self->sums.n_conflicts++;
      add_conflict (self, page, index, conflicts);
      return SAMPAN_BATCH_FATE_CONFLICT;
    }
  if (!is_blocked && verdict == SAMPAN_PLAN_FOLDER_THERE)
    return decide_there (self, name);
  if (!is_blocked && verdict == SAMPAN_PLAN_SAME)
    {
      self->sums.n_same++;
      return SAMPAN_BATCH_FATE_LEAVE;
    }
  if (!is_blocked)
    {
      SampanBatchProblem *problem = sampan_batch_problem_new_from_verdict (name, verdict);

      sampan_batch_page_place (page, problem);
      sampan_batch_add_problem (self, problem);
    }
  if (item->kind == SAMPAN_ENTRY_FOLDER)
    sampan_batch_block (self, name);
  return SAMPAN_BATCH_FATE_LEAVE;
}

static void
settle (SampanBatch *self, SampanBatchPage *page)
{
  size_t length = sampan_plan_get_length (page->plan);
  g_autoptr (GPtrArray) conflicts = g_ptr_array_new_with_free_func (g_object_unref);

  page->fates = g_malloc0 (length);
  for (size_t i = 0; i < length; i++)
    page->fates[i] = (uint8_t)decide (self, page, i, conflicts);
  g_list_store_splice (self->conflicts,
                       g_list_model_get_n_items (G_LIST_MODEL (self->conflicts)),
                       0,
                       conflicts->pdata,
                       conflicts->len);
}

/* Only while eager: else there is still to be decided. */
static bool
is_too_much (SampanBatch *self)
{
  return self->is_eager && !self->may_overfill && self->decision != SAMPAN_BATCH_ASK &&
         self->sums.new_bytes + self->decided_bytes > self->free_bytes;
}

/* Nothing moves before a batch is known whole, if it is small, or is known to be large. */
static void
go_on (SampanBatch *self)
{
  g_autoptr (GError) error = NULL;

  if (self->is_complete && self->n_settled == self->pages->len)
    finish (self, NULL);
  else if (self->n_settled > 0 && is_too_much (self))
    {
      error = g_error_new_literal (SAMPAN_ERROR, SAMPAN_ERROR_NO_SPACE, "Too little space");
      finish (self, error);
    }
  else
    {
      ask_more (self);
      /* The only page may be all there is: that it was the last comes behind it. */
      if (self->is_eager && self->n_settled > 0 && self->pages->len > 1)
        sampan_batch_move_some (self);
    }
}

static void
take_end (SampanBatch *self, const SampanPlan *plan)
{
  self->right = sampan_plan_get_right (plan);
  /* The first page's: later ones count what has moved meanwhile. */
  if (self->n_settled == 0)
    {
      self->free_bytes = sampan_plan_get_free_bytes (plan);
      self->is_quota = sampan_plan_is_quota (plan);
    }
}

/* Pages are judged in any order and settled in theirs, perhaps before whoever asked is called. */
static void
settle_more (SampanBatch *self)
{
  while (self->n_settled < self->n_asked)
    {
      SampanBatchPage *page = g_ptr_array_index (self->pages, self->n_settled);

      if (!sampan_plan_is_judged (page->plan))
        break;
      take_end (self, page->plan);
      settle (self, page);
      self->n_settled++;
    }
  go_on (self);
}

/* ---- Judgement ---- */

typedef struct
{
  SampanBatch *batch;
  SampanBatchPage *page;
  guint n_heals;
} Asking;

static void planned_cb (GObject *source, GAsyncResult *result, gpointer user_data);

static void
ask (gpointer user_data)
{
  Asking *asking = user_data;
  SampanBatch *self = asking->batch;

  sampan_session_plan_async (self->session,
                             self->remote_folder,
                             asking->page->plan,
                             self->stop,
                             planned_cb,
                             asking);
}

static void
planned_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Asking *asking = user_data;
  g_autoptr (SampanBatch) self = g_object_ref (asking->batch);
  g_autoptr (GError) error = NULL;
  g_autoptr (SampanPlan) plan =
      sampan_session_plan_finish (SAMPAN_SESSION (source), result, &error);

  if (plan == NULL && self->task != NULL &&
      sampan_batch_heal (self->session, error, &asking->n_heals, self->stop, ask, asking))
    return;
  g_object_unref (asking->batch);
  g_free (asking);
  if (self->task == NULL)
    return;
  if (plan == NULL)
    {
      finish (self, error);
      return;
    }
  settle_more (self);
}

typedef struct
{
  SampanBatchDisk *disk;
  SampanBatchPage *page;
  SampanBatch *batch;
  bool wants_free;
  uint64_t free_bytes;
} Judgement;

/* A second version whose arrival an earlier process did not live to write down. */
static void
find_beside (const Judgement *judgement, GArray *answers)
{
  SampanBatch *self = judgement->batch;

  for (guint i = 0; i < answers->len; i++)
    {
      SampanPlanAnswer *answer = &g_array_index (answers, SampanPlanAnswer, i);
      const SampanPlanItem *item = sampan_plan_get_item (judgement->page->plan, i);
      const char *name = sampan_batch_page_get_name (judgement->page, i);

      if (answer->verdict == SAMPAN_PLAN_DIFFERS &&
          self->journal->get_decision (name, self->journal_data) == SAMPAN_BATCH_KEEP_BOTH &&
          sampan_batch_disk_has_beside (judgement->disk, item))
        answer->verdict = SAMPAN_PLAN_SAME;
    }
}

static void
judge_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Judgement *judgement = task_data;
  GArray *answers = sampan_batch_disk_judge (judgement->disk, judgement->page);

  if (judgement->batch->was_run)
    find_beside (judgement, answers);
  if (judgement->wants_free)
    judgement->free_bytes = sampan_batch_disk_get_free_bytes (judgement->disk);
  g_task_return_pointer (task, answers, (GDestroyNotify)g_array_unref);
}

static void
judged_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SampanBatch *self = SAMPAN_BATCH (source);
  Judgement *judgement = g_task_get_task_data (G_TASK (result));
  g_autoptr (GArray) answers = g_task_propagate_pointer (G_TASK (result), NULL);
  SampanPlanEnd end = { .right = SAMPAN_RIGHT_CHANGE }; /* the disk is the person's own */

  if (self->task == NULL)
    return;
  end.free_bytes = judgement->free_bytes;
  sampan_plan_set_answers (judgement->page->plan, answers, &end);
  settle_more (self);
}

static void
judge_on_disk (SampanBatch *self, SampanBatchPage *page)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, judged_cb, NULL);
  Judgement *judgement = g_new0 (Judgement, 1);

  judgement->disk = self->disk;
  judgement->page = page;
  judgement->batch = self; /* the task's source */
  judgement->wants_free = self->n_settled == 0;
  g_task_set_source_tag (task, judge_on_disk);
  g_task_set_task_data (task, judgement, g_free);
  sampan_plan_seal (page->plan);
  g_task_run_in_thread (task, judge_thread);
}

static void
ask_more (SampanBatch *self)
{
  guint at_once = self->is_upload ? PLANS_AT_ONCE : 1;

  while (self->n_asked < self->pages->len && self->n_asked - self->n_settled < at_once)
    {
      SampanBatchPage *page = g_ptr_array_index (self->pages, self->n_asked++);

      if (self->is_upload)
        {
          Asking *asking = g_new0 (Asking, 1);

          asking->batch = g_object_ref (self);
          asking->page = page;
          ask (asking);
        }
      else
        judge_on_disk (self, page);
    }
}

/* ---- Pages ---- */

static void
page_cb (SampanBatchPage *page, const GError *error, gpointer user_data)
{
  SampanBatch *self = user_data;

  if (self->task == NULL)
    g_clear_pointer (&page, sampan_batch_page_free);
  else if (page != NULL)
    {
      self->n_items += (guint)sampan_plan_get_length (page->plan) + page->problems->len;
      sampan_batch_add_problems (self, page->problems);
      g_ptr_array_set_size (page->problems, 0);
      g_ptr_array_add (self->pages, page);
      g_object_notify (G_OBJECT (self), "n-items");
      ask_more (self);
    }
  else if (error != NULL)
    finish (self, error);
  else
    {
      self->is_complete = true;
      settle_more (self);
    }
}

/* ---- Public API ---- */

static void
watch_cancellable (SampanBatch *self, GCancellable *cancellable)
{
  if (cancellable == NULL)
    return;
  self->cancel = g_cancellable_source_new (cancellable);
  g_source_set_callback (self->cancel,
                         G_SOURCE_FUNC (cancelled_cb),
                         g_object_ref (self),
                         g_object_unref);
  g_source_attach (self->cancel, g_main_context_get_thread_default ());
}

void
sampan_batch_prepare_async (SampanBatch *self,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  SampanLinkPool *pool;

  g_return_if_fail (SAMPAN_IS_BATCH (self) && self->state == SAMPAN_BATCH_NEW);
  self->task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (self->task, sampan_batch_prepare_async);
  /* The cancellable has a source of its own. */
  g_task_set_check_cancellable (self->task, FALSE);
  watch_cancellable (self, cancellable);
  sampan_batch_set_state (self, SAMPAN_BATCH_PREPARING);
  pool = sampan_session_get_transfer_pool (self->session);
  if (pool != NULL)
    sampan_link_pool_warm_up (pool);
  if (self->is_upload)
    sampan_batch_walk (self->locals,
                       self->remote_folder,
                       self->new_name,
                       self->items_max,
                       self->stop,
                       page_cb,
                       G_OBJECT (self));
  else
    sampan_batch_survey (self->session,
                         self->remotes,
                         self->local_folder,
                         self->new_name,
                         self->items_max,
                         self->stop,
                         page_cb,
                         G_OBJECT (self));
}

bool
sampan_batch_prepare_finish (SampanBatch *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), false);
  return g_task_propagate_boolean (G_TASK (result), error);
}
