/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Moving: a transfer for each file, once the folders of its page are there or known not to be. */

#include "config.h"

#include "batch-private.h"

#include "queue-private.h"

/* In the queue at a time: its sums cover most batches, and what it takes to go through it, as for a
 * cancel, is bounded. */
#define UNDER_WAY_MAX 2000
#define TRANSFERS_PER_TURN 200 /* so that the main loop stays free */

#define MEMBER_KEY "sampan-batch-member" /* a Member hangs on each transfer */

typedef struct
{
  SampanBatch *batch; /* for comparing only */
  char *name;
  SampanBatchProblem *problem; /* nullable; how it ended, unless it was tried again */
  bool is_over;
  bool is_held;
} Member;

static void
member_free (gpointer data)
{
  Member *member = data;

  g_free (member->name);
  g_clear_object (&member->problem);
  g_free (member);
}

/* NULL if TRANSFER is none of SELF's. */
static Member *
get_member (SampanBatch *self, SampanTransfer *transfer)
{
  Member *member = g_object_get_data (G_OBJECT (transfer), MEMBER_KEY);

  return member != NULL && member->batch == self ? member : NULL;
}

/* ---- Items ---- */

bool
sampan_batch_next_item (SampanBatch *self,
                        SampanBatchCursor *cursor,
                        guint end,
                        SampanBatchPage **page,
                        size_t *index)
{
  while (cursor->page < end)
    {
      *page = g_ptr_array_index (self->pages, cursor->page);
      if (cursor->index < sampan_plan_get_length ((*page)->plan))
        {
          *index = cursor->index++;
          return true;
        }
      cursor->page++;
      cursor->index = 0;
    }
  return false;
}

/* Conflicts that were passed over have been decided now. */
static void
begin_second_pass (SampanBatch *self)
{
  self->is_second_pass = true;
  self->has_passed = false;
  self->next_conflict = 0;
  self->sender = (SampanBatchCursor){ 0 };
}

static bool
has_more (SampanBatch *self)
{
  if (self->sender.page >= self->pages->len && self->has_passed)
    begin_second_pass (self);
  return self->sender.page < self->pages->len;
}

/* ---- Transfers ---- */

/* Negative: they came, or will not. Conflicts are few, and only their decisions tell. */
static void
expect (SampanBatch *self, int n_transfers, int64_t bytes)
{
  self->n_expected += (guint)n_transfers;
  self->expected_bytes += (uint64_t)bytes;
  sampan_queue_expect (self->queue, n_transfers, bytes);
}

static void
end_if_done (SampanBatch *self)
{
  if (!self->is_moving || self->state < SAMPAN_BATCH_MOVING || self->n_under_way > 0 ||
      self->n_making > 0 || (!self->is_stopped && has_more (self)))
    return;
  if (!self->is_stopped && sampan_batch_set_times (self))
    return;
  self->is_moving = false;
  g_signal_handlers_disconnect_by_data (self->queue, self);
  expect (self, -(int)self->n_expected, -(int64_t)self->expected_bytes);
  if (self->state != SAMPAN_BATCH_FINISHED)
    sampan_batch_set_state (self, SAMPAN_BATCH_FINISHED);
  g_object_unref (self); /* of begin() */
}

/* What was new may be there meanwhile: only a decision made for all holds for it too. */
static SampanConflict
get_conflict_of_new (SampanBatch *self)
{
  if (self->is_eager && self->decision == SAMPAN_BATCH_REPLACE && sampan_batch_may_replace (self))
    return SAMPAN_CONFLICT_REPLACE;
  if (self->is_eager && self->decision == SAMPAN_BATCH_KEEP_BOTH)
    return SAMPAN_CONFLICT_KEEP_BOTH;
  return SAMPAN_CONFLICT_REFUSE;
}

/* FALSE to leave it. FATE changes when it is passed over. */
static bool
choose_conflict (SampanBatch *self, uint8_t *fate, SampanConflict *conflict)
{
  g_autoptr (SampanBatchConflict) decided = NULL;
  bool is_due = self->is_second_pass ? *fate == SAMPAN_BATCH_FATE_LATER
                                     : *fate == SAMPAN_BATCH_FATE_CONFLICT;

  *conflict = get_conflict_of_new (self);
  if (*fate < SAMPAN_BATCH_FATE_CONFLICT)
    return *fate == SAMPAN_BATCH_FATE_SEND && !self->is_second_pass;
  decided = g_list_model_get_item (G_LIST_MODEL (self->conflicts), self->next_conflict++);
  if (!is_due)
    return false;
  switch (sampan_batch_conflict_get_decision (decided))
    {
    case SAMPAN_BATCH_REPLACE:
      *conflict = SAMPAN_CONFLICT_REPLACE;
      return true;
    case SAMPAN_BATCH_KEEP_BOTH:
      *conflict = SAMPAN_CONFLICT_KEEP_BOTH;
      return true;
    case SAMPAN_BATCH_ASK:
      if (self->state == SAMPAN_BATCH_PREPARING || self->state == SAMPAN_BATCH_READY)
        {
          *fate = SAMPAN_BATCH_FATE_LATER;
          self->has_passed = true;
        }
      return false;
    case SAMPAN_BATCH_SKIP:
    case SAMPAN_BATCH_REPLACE_IF_NEWER:
    default:
      return false;
    }
}

static void
set_held (SampanBatch *self, Member *member, bool is_held)
{
  if (member->is_held == is_held)
    return;
  member->is_held = is_held;
  if (self->journal != NULL)
    self->journal->held (member->name, is_held, self->journal_data);
}

static void
state_changed_cb (SampanTransfer *transfer, GParamSpec *pspec, gpointer user_data)
{
  SampanBatch *self = SAMPAN_BATCH (user_data);
  Member *member = get_member (self, transfer);
  SampanTransferState state = sampan_transfer_get_state (transfer);

  if (state == SAMPAN_TRANSFER_PAUSED && !self->queue->is_paused)
    set_held (self, member, true);
  if (state != SAMPAN_TRANSFER_WAITING)
    return;
  set_held (self, member, false);
  if (!member->is_over)
    return;
  /* It is tried again: what was said of it is not true any more. */
  member->is_over = false;
  if (self->journal != NULL)
    self->journal->requeued (member->name, self->journal_data);
  if (member->problem != NULL)
    sampan_batch_remove_problem (self, member->problem);
  g_clear_object (&member->problem);
  if (self->state == SAMPAN_BATCH_MOVING)
    self->n_under_way++;
}

static void
add_transfer (SampanBatch *self, SampanBatchPage *page, size_t index, SampanConflict conflict)
{
  const char *name = sampan_batch_page_get_name (page, index);
  g_autofree char *local = sampan_batch_page_dup_local (page, index);
  g_autoptr (GError) error = NULL;
  g_autoptr (SampanPath) remote = sampan_batch_page_dup_remote (page, index, &error);
  g_autoptr (SampanTransfer) transfer = NULL;
  Member *member;

  if (remote == NULL)
    {
      SampanBatchProblem *problem = sampan_batch_problem_new_from_error (name, error);

      sampan_batch_page_place (page, problem);
      sampan_batch_add_problem (self, problem);
      return;
    }
  transfer = self->is_upload
                 ? sampan_transfer_new_upload (self->session, local, remote, conflict)
                 : sampan_transfer_new_download (self->session, remote, local, conflict);
  /* A part that an earlier try left on the box is used. */
  if (self->is_upload)
    sampan_transfer_set_resume (transfer, true);
  /* Who decided of this one has seen what was there then, and nothing else. */
  if (self->is_upload && conflict == SAMPAN_CONFLICT_REPLACE &&
      get_conflict_of_new (self) != SAMPAN_CONFLICT_REPLACE)
    sampan_transfer_set_expected_version (transfer,
                                          sampan_plan_get_answer (page->plan, index)->version);
  if (self->was_run)
    sampan_transfer_set_was_run (transfer);
  sampan_transfer_set_keep_partial (transfer, self->keeps_partial);
  sampan_transfer_set_keep_permissions (transfer, self->keeps_permissions);
  sampan_transfer_set_expected_bytes (transfer, sampan_plan_get_item (page->plan, index)->size);
  member = g_new0 (Member, 1);
  member->batch = self;
  member->name = g_strdup (name);
  g_object_set_data_full (G_OBJECT (transfer), MEMBER_KEY, member, member_free);
  if (self->journal != NULL && self->journal->is_held (name, self->journal_data))
    {
      member->is_held = true;
      sampan_transfer_pause (transfer);
    }
  g_signal_connect_object (transfer, "notify::state", G_CALLBACK (state_changed_cb), self, 0);
  self->n_under_way++;
  sampan_queue_add (self->queue, transfer);
}

static void
add_some (SampanBatch *self)
{
  SampanBatchPage *page;
  size_t index;

  for (guint added = 0; added < TRANSFERS_PER_TURN && self->n_under_way < UNDER_WAY_MAX &&
                        sampan_batch_next_item (self, &self->sender, self->n_made, &page, &index);)
    {
      SampanConflict conflict;

      if (page->fates[index] == SAMPAN_BATCH_FATE_SEND && !self->is_second_pass)
        expect (self, -1, -(int64_t)sampan_plan_get_item (page->plan, index)->size);
      if (choose_conflict (self, &page->fates[index], &conflict) &&
          !sampan_batch_is_blocked (self, sampan_batch_page_get_name (page, index)))
        {
          add_transfer (self, page, index, conflict);
          added++;
        }
    }
}

static gboolean
turn_cb (gpointer user_data)
{
  g_autoptr (SampanBatch) self = g_object_ref (SAMPAN_BATCH (user_data));

  g_clear_pointer (&self->turn, g_source_unref);
  if (!self->is_stopped)
    {
      sampan_queue_begin_adding (self->queue);
      add_some (self);
      sampan_queue_end_adding (self->queue);
    }
  else
    expect (self, -(int)self->n_expected, -(int64_t)self->expected_bytes);
  if (!self->is_stopped && has_more (self) && self->sender.page < self->n_made &&
      self->n_under_way < UNDER_WAY_MAX)
    sampan_batch_plan_turn (self);
  end_if_done (self);
  return G_SOURCE_REMOVE;
}

void
sampan_batch_plan_turn (SampanBatch *self)
{
  if (self->turn != NULL)
    return;
  self->turn = g_idle_source_new ();
  g_source_set_priority (self->turn, SAMPAN_BATCH_TURN_PRIORITY);
  g_source_set_callback (self->turn, turn_cb, g_object_ref (self), g_object_unref);
  g_source_attach (self->turn, g_main_context_get_thread_default ());
}

static void
finished_cb (SampanQueue *queue, SampanTransfer *transfer, gpointer user_data)
{
  SampanBatch *self = user_data;
  Member *member = get_member (self, transfer);
  SampanTransferState state = sampan_transfer_get_state (transfer);

  if (member == NULL || member->is_over)
    return;
  member->is_over = true;
  if (state == SAMPAN_TRANSFER_FAILED)
    {
      member->problem =
          sampan_batch_problem_new_from_error (member->name, sampan_transfer_get_error (transfer));
      sampan_batch_problem_set_origin (member->problem, SAMPAN_BATCH_PROBLEM_TRANSFER);
      sampan_batch_add_problem (self, g_object_ref (member->problem));
      self->is_lost |=
          sampan_batch_is_lost_by (self->session, sampan_transfer_get_error (transfer));
    }
  self->sums.n_done += state == SAMPAN_TRANSFER_DONE;
  if (state != SAMPAN_TRANSFER_FAILED && self->journal != NULL)
    self->journal->ended (member->name, self->journal_data);
  self->n_under_way--;
  sampan_batch_plan_turn (self);
}

/* ---- The journal ---- */

static void
tell_decisions (SampanBatch *self)
{
  SampanBatchCursor cursor = { 0 };
  SampanBatchPage *page;
  size_t index;
  guint next_conflict = 0;

  while (sampan_batch_next_item (self, &cursor, self->pages->len, &page, &index))
    if (page->fates[index] >= SAMPAN_BATCH_FATE_CONFLICT)
      {
        g_autoptr (SampanBatchConflict) conflict =
            g_list_model_get_item (G_LIST_MODEL (self->conflicts), next_conflict++);
        SampanBatchDecision decision = sampan_batch_conflict_get_decision (conflict);

        self->journal->decided (sampan_batch_page_get_name (page, index),
                                decision == SAMPAN_BATCH_ASK ? SAMPAN_BATCH_SKIP : decision,
                                sampan_plan_get_answer (page->plan, index)->version,
                                self->journal_data);
      }
  self->journal->started (self->journal_data);
}

/* ---- Public API ---- */

static void
add_no_more (SampanBatch *self)
{
  self->is_stopped = true;
  g_cancellable_cancel (self->halt);
  if (self->is_moving)
    sampan_batch_plan_turn (self);
}

static void
begin (SampanBatch *self)
{
  if (self->is_moving)
    return;
  self->is_moving = true;
  g_object_ref (self);
  g_signal_connect (self->queue, "finished", G_CALLBACK (finished_cb), self);
  g_signal_connect_swapped (self->queue, "cancelled", G_CALLBACK (add_no_more), self);
}

/* What was found since the last time. */
static void
announce (SampanBatch *self)
{
  expect (self,
          (int)(self->sums.n_new - self->announced.n_new),
          (int64_t)(self->sums.new_bytes - self->announced.new_bytes));
  self->announced = self->sums;
}

void
sampan_batch_move_some (SampanBatch *self)
{
  if (self->is_stopped)
    return;
  begin (self);
  announce (self);
  sampan_batch_make_more (self);
}

void
sampan_batch_start (SampanBatch *self, SampanQueue *queue)
{
  g_return_if_fail (SAMPAN_IS_BATCH (self) && SAMPAN_IS_QUEUE (queue));
  g_return_if_fail (self->state == SAMPAN_BATCH_READY);
  g_return_if_fail (!self->is_moving || self->queue == queue);
  g_set_object (&self->queue, queue);
  begin (self);
  announce (self);
  if (self->journal != NULL)
    tell_decisions (self);
  sampan_batch_set_state (self, SAMPAN_BATCH_MOVING);
  sampan_batch_make_more (self);
}

void
sampan_batch_stop_moving (SampanBatch *self)
{
  guint length;

  add_no_more (self);
  if (!self->is_moving)
    return;
  length = g_list_model_get_n_items (G_LIST_MODEL (self->queue));
  for (guint i = length; i-- > 0;)
    {
      g_autoptr (SampanTransfer) transfer = g_list_model_get_item (G_LIST_MODEL (self->queue), i);

      if (get_member (self, transfer) != NULL &&
          sampan_transfer_get_state (transfer) < SAMPAN_TRANSFER_DONE)
        sampan_transfer_cancel (transfer);
    }
}

void
sampan_batch_cancel (SampanBatch *self)
{
  g_return_if_fail (SAMPAN_IS_BATCH (self));
  if (self->state == SAMPAN_BATCH_READY || self->state == SAMPAN_BATCH_MOVING || self->is_moving)
    sampan_batch_stop_moving (self);
}

bool
sampan_batch_is_member (SampanTransfer *transfer)
{
  return g_object_get_data (G_OBJECT (transfer), MEMBER_KEY) != NULL;
}

const char *
sampan_batch_get_member_name (SampanTransfer *transfer, SampanBatch **batch)
{
  const Member *member = g_object_get_data (G_OBJECT (transfer), MEMBER_KEY);

  *batch = member != NULL ? member->batch : NULL;
  return member != NULL ? member->name : NULL;
}
