/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Where a transfer is on its way through the queue, and what is counted of it there. */

#include "config.h"

#include "queue-private.h"

SampanQueuePhase
sampan_queue_phase_of (SampanTransfer *transfer)
{
  switch (sampan_transfer_get_state (transfer))
    {
    case SAMPAN_TRANSFER_WAITING:
      return SAMPAN_QUEUE_WAITING;
    case SAMPAN_TRANSFER_PAUSED:
      return SAMPAN_QUEUE_PAUSED;
    case SAMPAN_TRANSFER_CONNECTING:
    case SAMPAN_TRANSFER_RECONNECTING:
    case SAMPAN_TRANSFER_SENDING:
    case SAMPAN_TRANSFER_RECEIVING:
      return SAMPAN_QUEUE_MOVING;
    case SAMPAN_TRANSFER_SAVING:
      return SAMPAN_QUEUE_SAVING;
    case SAMPAN_TRANSFER_DONE:
    case SAMPAN_TRANSFER_FAILED:
    case SAMPAN_TRANSFER_CANCELLED:
      break;
    }
  return SAMPAN_QUEUE_OVER;
}

static void
wait_in_order (SampanQueue *self, SampanQueueItem *item)
{
  GList *next = NULL;
  guint index;

  if (self->is_reordering)
    return;
  if (g_ptr_array_index (self->items, self->items->len - 1) != item &&
      g_ptr_array_find (self->items, item, &index))
    while (next == NULL && ++index < self->items->len)
      next = ((SampanQueueItem *)g_ptr_array_index (self->items, index))->link;
  if (next != NULL)
    g_queue_insert_before (&self->waiting, next, item);
  else
    g_queue_push_tail (&self->waiting, item);
  item->link = next != NULL ? next->prev : self->waiting.tail;
}

void
sampan_queue_enter_phase (SampanQueue *self, SampanQueueItem *item)
{
  SampanTransferState state = sampan_transfer_get_state (item->transfer);

  switch (item->phase)
    {
    case SAMPAN_QUEUE_WAITING:
      item->counted_bytes = sampan_transfer_get_total_bytes (item->transfer);
      self->waiting_bytes += item->counted_bytes;
      wait_in_order (self, item);
      break;
    case SAMPAN_QUEUE_PAUSED:
      self->n_paused++;
      break;
    case SAMPAN_QUEUE_MOVING:
      g_hash_table_add (self->running, item);
      self->n_moving++;
      if (sampan_transfer_is_small (item->transfer))
        self->n_small++;
      break;
    case SAMPAN_QUEUE_SAVING:
      g_hash_table_add (self->running, item);
      break;
    case SAMPAN_QUEUE_OVER:
      item->run = self->run;
      item->counted_bytes = sampan_transfer_get_done_bytes (item->transfer);
      item->counted_safe_bytes = sampan_transfer_get_safe_bytes (item->transfer);
      self->ended_bytes += item->counted_bytes;
      self->ended_safe_bytes += item->counted_safe_bytes;
      item->has_failed = state == SAMPAN_TRANSFER_FAILED;
      self->n_failed += item->has_failed ? 1 : 0;
      self->n_done += state == SAMPAN_TRANSFER_DONE ? 1 : 0;
      break;
    }
}

/* Its state may be another one already. */
static void
leave_phase (SampanQueue *self, SampanQueueItem *item)
{
  switch (item->phase)
    {
    case SAMPAN_QUEUE_WAITING:
      self->waiting_bytes -= item->counted_bytes;
      if (item->link != NULL)
        g_queue_delete_link (&self->waiting, item->link);
      item->link = NULL;
      break;
    case SAMPAN_QUEUE_PAUSED:
      self->n_paused--;
      break;
    case SAMPAN_QUEUE_MOVING:
      self->n_moving--;
      if (sampan_transfer_is_small (item->transfer))
        self->n_small--;
      g_hash_table_remove (self->running, item);
      break;
    case SAMPAN_QUEUE_SAVING:
      g_hash_table_remove (self->running, item);
      break;
    case SAMPAN_QUEUE_OVER:
      if (item->run == self->run)
        {
          self->ended_bytes -= item->counted_bytes;
          self->ended_safe_bytes -= item->counted_safe_bytes;
          self->n_failed -= item->has_failed ? 1 : 0;
        }
      break;
    }
}

void
sampan_queue_set_phase (SampanQueue *self, SampanQueueItem *item, SampanQueuePhase phase)
{
  leave_phase (self, item);
  item->phase = phase;
  sampan_queue_enter_phase (self, item);
}
