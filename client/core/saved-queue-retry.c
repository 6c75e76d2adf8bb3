/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What is tried again after its batch has ended: a job of its own until it ends as well. */

#include "config.h"

#include "saved-queue-private.h"

#include "batch-journal.h"
#include "batch-private.h"
#include "transfer-private.h"

/* A batch that is only written down. */
static SampanBatch *
new_batch_of (SampanSavedQueue *self, SampanTransfer *transfer)
{
  const SampanPath *remote = sampan_transfer_get_remote (transfer);
  const char *local = sampan_transfer_get_local (transfer);
  SampanFileInfo info = { .name = sampan_path_get_name (remote),
                          .kind = SAMPAN_ENTRY_FILE,
                          .size = sampan_transfer_get_total_bytes (transfer) };
  SampanBatch *batch;

  if (sampan_transfer_is_upload (transfer))
    {
      g_autoptr (SampanPath) folder = sampan_path_get_parent (remote);

      batch = sampan_batch_new_upload (self->session, folder);
      sampan_batch_add_local (batch, local);
    }
  else
    {
      g_autofree char *folder = g_path_get_dirname (local);

      batch = sampan_batch_new_download (self->session, folder);
      sampan_batch_add_remote (batch, remote, &info);
    }
  sampan_batch_set_keep_permissions (batch, transfer->keep_permissions);
  return batch;
}

static void
save (SampanSavedQueue *self, SampanTransfer *transfer)
{
  g_autoptr (SampanBatch) batch = new_batch_of (self, transfer);
  uint32_t number = ++self->last_number;

  self->n_jobs++;
  g_hash_table_insert (self->retried, g_object_ref (transfer), GUINT_TO_POINTER (number));
  sampan_saved_put_job (sampan_saved_queue_get_out (self), number, batch);
  sampan_saved_put_started (sampan_saved_queue_get_out (self), number);
  sampan_saved_queue_flush_soon (self);
}

static void
state_changed_cb (SampanTransfer *transfer, GParamSpec *pspec, gpointer user_data)
{
  SampanSavedQueue *self = user_data;
  SampanBatch *batch;

  /* The queue may have started it already. */
  if (sampan_transfer_get_state (transfer) < SAMPAN_TRANSFER_DONE && self->queue != NULL &&
      !g_hash_table_contains (self->retried, transfer) &&
      sampan_batch_get_member_name (transfer, &batch) != NULL &&
      sampan_saved_queue_find_entry (self, batch) == NULL)
    save (self, transfer);
}

static void
forget (SampanSavedQueue *self, SampanTransfer *transfer)
{
  gpointer number;

  if (!g_hash_table_steal_extended (self->retried, transfer, NULL, &number))
    return;
  sampan_saved_put_over (sampan_saved_queue_get_out (self), GPOINTER_TO_UINT (number));
  self->wants_sync = true;
  self->n_jobs--;
  g_object_unref (transfer);
  sampan_saved_queue_compact_if_grown (self);
}

void
sampan_saved_queue_transfer_ended (SampanSavedQueue *self, SampanTransfer *transfer)
{
  bool has_failed = sampan_transfer_get_state (transfer) == SAMPAN_TRANSFER_FAILED;

  /* What was lost with the session stays in the file for the next login. */
  if (!has_failed || !sampan_batch_is_lost_by (self->session, sampan_transfer_get_error (transfer)))
    forget (self, transfer);
  if (!has_failed)
    return;
  g_signal_handlers_disconnect_by_func (transfer, state_changed_cb, self);
  g_signal_connect_object (transfer, "notify::state", G_CALLBACK (state_changed_cb), self, 0);
}

void
sampan_saved_queue_forget_retried (SampanSavedQueue *self)
{
  GHashTableIter iter;
  gpointer transfer;

  while (g_hash_table_iter_init (&iter, self->retried),
         g_hash_table_iter_next (&iter, &transfer, NULL))
    forget (self, transfer);
}
