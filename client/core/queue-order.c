/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The order of the queue, and what is done to all in it. */

#include "config.h"

#include "queue-private.h"

static void
begin_reordering (SampanQueue *self)
{
  for (GList *link = self->waiting.head; link != NULL; link = link->next)
    ((SampanQueueItem *)link->data)->link = NULL;
  g_queue_clear (&self->waiting);
  self->is_reordering = true;
}

static void
end_reordering (SampanQueue *self)
{
  self->is_reordering = false;
  for (guint i = 0; i < self->items->len; i++)
    {
      SampanQueueItem *item = g_ptr_array_index (self->items, i);

      if (item->phase != SAMPAN_QUEUE_WAITING)
        continue;
      g_queue_push_tail (&self->waiting, item);
      item->link = self->waiting.tail;
    }
  sampan_queue_update_active (self);
  sampan_queue_start_some (self);
}

/* All that are in STATE now; what FUNC does to one may end others. */
static void
for_each_in_state (SampanQueue *self,
                   SampanTransferState state,
                   void (*func) (SampanTransfer *transfer))
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = self->items->len; i > 0; i--)
    {
      SampanTransfer *transfer =
          ((SampanQueueItem *)g_ptr_array_index (self->items, i - 1))->transfer;

      if (sampan_transfer_get_state (transfer) == state)
        g_ptr_array_add (found, g_object_ref (transfer));
    }
  for (guint i = 0; i < found->len; i++)
    func (g_ptr_array_index (found, i));
}

/* ---- Public API ---- */

void
sampan_queue_cancel_all (SampanQueue *self)
{
  g_return_if_fail (SAMPAN_IS_QUEUE (self));
  sampan_queue_emit_cancelled (self);
  /* From the end, and those that wait first: none of them starts for one that was cancelled. */
  for (int state = SAMPAN_TRANSFER_WAITING; state <= SAMPAN_TRANSFER_SAVING; state++)
    for_each_in_state (self, (SampanTransferState)state, sampan_transfer_cancel);
}

void
sampan_queue_pause_all (SampanQueue *self)
{
  g_return_if_fail (SAMPAN_IS_QUEUE (self));
  self->is_paused = true;
  for (int state = SAMPAN_TRANSFER_WAITING; state < SAMPAN_TRANSFER_SAVING; state++)
    for_each_in_state (self, (SampanTransferState)state, sampan_transfer_pause);
  sampan_queue_notify_all (self);
}

static void
requeue_all (SampanQueue *self, SampanTransferState state)
{
  begin_reordering (self);
  for_each_in_state (self, state, sampan_transfer_requeue);
  end_reordering (self);
  sampan_queue_notify_all (self);
}

void
sampan_queue_resume_all (SampanQueue *self)
{
  g_return_if_fail (SAMPAN_IS_QUEUE (self));
  self->is_paused = false;
  requeue_all (self, SAMPAN_TRANSFER_PAUSED);
}

void
sampan_queue_retry_failed (SampanQueue *self)
{
  g_return_if_fail (SAMPAN_IS_QUEUE (self));
  requeue_all (self, SAMPAN_TRANSFER_FAILED);
}

void
sampan_queue_move (SampanQueue *self, SampanTransfer *transfer, guint position)
{
  SampanQueueItem *item;
  guint from;

  g_return_if_fail (SAMPAN_IS_QUEUE (self) && position < self->items->len);
  item = g_hash_table_lookup (self->by_transfer, transfer);
  g_return_if_fail (item != NULL);
  if (!g_ptr_array_find (self->items, item, &from) || from == position)
    return;
  begin_reordering (self);
  g_ptr_array_steal_index (self->items, from);
  g_ptr_array_insert (self->items, (int)position, item);
  g_list_model_items_changed (G_LIST_MODEL (self),
                              MIN (from, position),
                              MAX (from, position) - MIN (from, position) + 1,
                              MAX (from, position) - MIN (from, position) + 1);
  end_reordering (self);
  sampan_queue_emit_moved (self, transfer);
}
