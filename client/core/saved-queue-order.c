/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What a person did to the queue: its order and its pause, saved and done again. */

#include "config.h"

#include "saved-queue-private.h"

#include "batch-journal.h"

#include <string.h>

/* The item of a saved job that TRANSFER is; NULL if it is none. NAME is borrowed. */
static const SampanSavedEntry *
get_item (SampanSavedQueue *self, SampanTransfer *transfer, const char **name)
{
  SampanBatch *batch;

  *name = sampan_batch_get_member_name (transfer, &batch);
  return *name != NULL ? sampan_saved_queue_find_entry (self, batch) : NULL;
}

static bool
is_waiting (SampanTransfer *transfer)
{
  SampanTransferState state = sampan_transfer_get_state (transfer);

  return state == SAMPAN_TRANSFER_WAITING || state == SAMPAN_TRANSFER_PAUSED;
}

/* ---- Done again ---- */

/* What a move is about, or NULL. */
static SampanTransfer *
look_up (GHashTable *here, uint32_t number, const char *name)
{
  g_autofree char *key = g_strdup_printf ("%u/%s", number, name);

  return g_hash_table_lookup (here, key);
}

/* Borrowed transfers that wait, by number and name. */
static GHashTable *
collect (SampanSavedQueue *self)
{
  GHashTable *here = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GListModel *model = G_LIST_MODEL (self->queue);
  guint length = g_list_model_get_n_items (model);

  for (guint i = 0; i < length; i++)
    {
      g_autoptr (SampanTransfer) transfer = g_list_model_get_item (model, i);
      const char *name;
      const SampanSavedEntry *entry = is_waiting (transfer) ? get_item (self, transfer, &name)
                                                            : NULL;

      if (entry != NULL)
        g_hash_table_insert (here, g_strdup_printf ("%u/%s", entry->number, name), transfer);
    }
  return here;
}

static guint
find_position (SampanSavedQueue *self, SampanTransfer *wanted)
{
  GListModel *model = G_LIST_MODEL (self->queue);
  guint length = g_list_model_get_n_items (model);

  for (guint i = 0; i < length; i++)
    {
      g_autoptr (SampanTransfer) transfer = g_list_model_get_item (model, i);

      if (transfer == wanted)
        return i;
    }
  g_assert_not_reached ();
}

static void
place (SampanSavedQueue *self, SampanTransfer *transfer, SampanTransfer *anchor, bool is_behind)
{
  guint from = find_position (self, transfer);
  guint to = find_position (self, anchor);

  if (is_behind && from > to)
    to++;
  else if (!is_behind && from < to)
    to--;
  self->is_placing = true;
  sampan_queue_move (self->queue, transfer, to);
  self->is_placing = false;
}

/* In their order, each once both that it is about are there. */
static void
added_cb (SampanQueue *queue, gpointer user_data)
{
  SampanSavedQueue *self = user_data;
  g_autoptr (GHashTable) here = NULL;

  if (self->moves == NULL || self->moves->len == 0)
    return;
  here = collect (self);
  for (guint i = 0; i < self->moves->len;)
    {
      const SampanSavedMove *move = g_ptr_array_index (self->moves, i);
      SampanTransfer *transfer = look_up (here, move->number, move->name);
      SampanTransfer *anchor = look_up (here, move->anchor_number, move->anchor_name);

      if (transfer == NULL || anchor == NULL || transfer == anchor)
        {
          i++;
          continue;
        }
      place (self, transfer, anchor, move->is_behind);
      g_ptr_array_remove_index (self->moves, i);
    }
}

/* ---- Saved ---- */

/* An earlier wish for the same item is void. */
static void
forget_moves (SampanSavedQueue *self, uint32_t number, const char *name)
{
  for (guint i = self->moves != NULL ? self->moves->len : 0; i-- > 0;)
    {
      const SampanSavedMove *move = g_ptr_array_index (self->moves, i);

      if (move->number == number && strcmp (move->name, name) == 0)
        g_ptr_array_remove_index (self->moves, i);
    }
}

/* The nearest one from POSITION on, in steps of STEP, that waits and is saved; FALSE if none does.
 */
static bool
find_anchor (SampanSavedQueue *self, guint position, int step, SampanSavedMove *move)
{
  GListModel *model = G_LIST_MODEL (self->queue);
  guint length = g_list_model_get_n_items (model);

  for (guint i = position + (guint)step; i < length; i += (guint)step)
    {
      g_autoptr (SampanTransfer) transfer = g_list_model_get_item (model, i);
      const char *name;
      const SampanSavedEntry *entry = is_waiting (transfer) ? get_item (self, transfer, &name)
                                                            : NULL;

      if (entry == NULL)
        continue;
      move->anchor_number = entry->number;
      move->anchor_name = g_strdup (name);
      return true;
    }
  return false;
}

static void
moved_cb (SampanQueue *queue, SampanTransfer *transfer, gpointer user_data)
{
  SampanSavedQueue *self = user_data;
  const char *name;
  const SampanSavedEntry *entry = get_item (self, transfer, &name);
  SampanSavedMove move = { 0 };
  guint position;

  if (self->is_placing || entry == NULL)
    return;
  position = find_position (self, transfer);
  move.number = entry->number;
  move.name = (char *)name;
  forget_moves (self, entry->number, name);
  move.is_behind = !find_anchor (self, position, 1, &move);
  if (!move.is_behind || find_anchor (self, position, -1, &move))
    sampan_saved_put_moved (sampan_saved_queue_get_out (self), &move);
  g_free (move.anchor_name);
}

static void
paused_cb (SampanSavedQueue *self)
{
  gboolean paused;

  g_object_get (self->queue, "paused", &paused, NULL);
  if (self->is_paused == paused)
    return;
  self->is_paused = paused;
  if (self->n_jobs > 0)
    sampan_saved_put_paused (sampan_saved_queue_get_out (self), paused);
}

static void
finished_cb (SampanQueue *queue, SampanTransfer *transfer, gpointer user_data)
{
  sampan_saved_queue_transfer_ended (user_data, transfer);
}

/* ---- Public API ---- */

void
sampan_saved_queue_follow (SampanSavedQueue *self, SampanQueue *queue)
{
  g_return_if_fail (SAMPAN_IS_SAVED_QUEUE (self) && self->queue == NULL && self->file != NULL);
  self->queue = g_object_ref (queue);
  g_signal_connect (queue, "added", G_CALLBACK (added_cb), self);
  g_signal_connect (queue, "moved", G_CALLBACK (moved_cb), self);
  g_signal_connect (queue, "finished", G_CALLBACK (finished_cb), self);
  g_signal_connect_swapped (queue, "notify::paused", G_CALLBACK (paused_cb), self);
  paused_cb (self);
}

void
sampan_saved_queue_unfollow (SampanSavedQueue *self)
{
  if (self->queue != NULL)
    g_signal_handlers_disconnect_by_data (self->queue, self);
  g_clear_object (&self->queue);
}
