/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Moving batches. */

#include "config.h"

#include "transfer-batch-private.h"

#include "await.h"
#include "conflict-list.h"
#include "output.h"
#include "progress-bar.h"
#include "transfer-report.h"
#include "verify.h"

#include <glib/gi18n.h>
#include <string.h>

#define CLEAR_EVERY 64 /* transfers that are over and still held */
#define REDRAW_INTERVAL_MS 100
#define TOTAL_EVERY 5 /* redraws for each object with the sums */

/* ---- Stopping ---- */

void
transfer_batch_stop (TransferBatch *self)
{
  if (self->is_stopped)
    return;
  self->is_stopped = true;
  sampan_batch_cancel (self->batch);
}

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  transfer_batch_stop (user_data);
  return G_SOURCE_REMOVE;
}

/* Whether what is under way does nothing but wait for the server. */
static bool
only_reconnects (TransferBatch *self)
{
  guint length = g_list_model_get_n_items (G_LIST_MODEL (self->queue));
  bool reconnects = false;

  for (guint i = 0; i < length; i++)
    {
      g_autoptr (SampanTransfer) transfer = g_list_model_get_item (G_LIST_MODEL (self->queue), i);
      SampanTransferState state = sampan_transfer_get_state (transfer);

      if (state != SAMPAN_TRANSFER_RECONNECTING && state >= SAMPAN_TRANSFER_CONNECTING &&
          state < SAMPAN_TRANSFER_DONE)
        return false;
      reconnects |= state == SAMPAN_TRANSFER_RECONNECTING;
    }
  return reconnects;
}

static void
watch_patience (TransferBatch *self, SampanSession *session)
{
  int64_t now_us = g_get_monotonic_time ();

  if (!only_reconnects (self) && sampan_session_get_state (session) != SAMPAN_SESSION_RECONNECTING)
    self->waiting_since_us = 0;
  else if (self->waiting_since_us == 0)
    self->waiting_since_us = now_us;
  else if (now_us - self->waiting_since_us >
           (int64_t)self->cli->options.reconnect_secs * G_USEC_PER_SEC)
    {
      self->gave_up = true;
      transfer_batch_stop (self);
      g_cancellable_cancel (self->cli->cancellable);
    }
}

/* ---- Showing ---- */

ProgressView
transfer_batch_view_of (TransferBatch *self, SampanTransfer *transfer)
{
  TransferFile file = transfer_file_of (transfer);
  const char *name = file.is_upload ? file.local : sampan_path_get (file.remote);
  const char *slash = strrchr (name, '/');
  SampanBatchSums sums = sampan_batch_get_sums (self->batch);

  return (ProgressView){
    .name = slash != NULL && slash[1] != '\0' ? slash + 1 : name,
    .state = sampan_transfer_get_state (transfer),
    .is_upload = file.is_upload,
    .done_bytes = sampan_transfer_get_done_bytes (transfer),
    .total_bytes = file.size,
    .safe_bytes = sampan_transfer_get_safe_bytes (transfer),
    .speed = sampan_transfer_get_speed (transfer),
    .seconds_left = sampan_transfer_get_seconds_left (transfer),
    .number = self->n_ended + 1,
    .count = (unsigned int)MAX (sums.n_new + sums.n_conflicts, self->n_ended + 1),
  };
}

/* Worth showing: its size is known. */
static bool
is_moving (SampanTransfer *transfer)
{
  SampanTransferState state = sampan_transfer_get_state (transfer);

  return sampan_transfer_get_total_bytes (transfer) > 0 && state >= SAMPAN_TRANSFER_RECONNECTING &&
         state < SAMPAN_TRANSFER_DONE;
}

static gboolean
redraw_cb (gpointer user_data)
{
  TransferBatch *self = user_data;
  guint length = g_list_model_get_n_items (G_LIST_MODEL (self->queue));

  if (self->n_redraws++ % TOTAL_EVERY == TOTAL_EVERY - 1)
    transfer_report_progress (&self->report, G_OBJECT (self->queue));
  /* Whoever reads the objects hears of each file while the others move. */
  fflush (stdout);
  for (guint i = 0; i < length && !self->is_asking; i++)
    {
      g_autoptr (SampanTransfer) transfer = g_list_model_get_item (G_LIST_MODEL (self->queue), i);

      if (is_moving (transfer))
        {
          ProgressView view = transfer_batch_view_of (self, transfer);

          progress_bar_show (self->cli->bar, &view);
          break;
        }
    }
  return G_SOURCE_CONTINUE;
}

static gboolean
clear_cb (gpointer user_data)
{
  TransferBatch *self = user_data;

  self->clear_source = 0;
  sampan_queue_clear_finished (self->queue);
  return G_SOURCE_REMOVE;
}

static void
finished_cb (SampanQueue *queue, SampanTransfer *transfer, gpointer user_data)
{
  TransferBatch *self = user_data;

  transfer_batch_tell_outcome (self, transfer);
  if (++self->n_ended % CLEAR_EVERY == 0 && self->clear_source == 0)
    self->clear_source = g_idle_add (clear_cb, self);
}

/* ---- One batch ---- */

TransferBatch *
transfer_batch_new (Cli *cli, const TransferOptions *options)
{
  TransferBatch *self = g_new0 (TransferBatch, 1);

  self->cli = cli;
  self->options = options;
  self->report.cli = cli;
  self->report.verifies = options->verify;
  cli->bar = progress_bar_new (cli);
  return self;
}

void
transfer_batch_free (TransferBatch *self)
{
  g_clear_pointer (&self->cli->bar, progress_bar_free);
  undo_line_clear (&self->report.undo);
  g_free (self);
}

static bool
has_space (TransferBatch *self)
{
  g_autofree char *text = NULL;

  if (sampan_batch_get_missing_bytes (self->batch) == 0 || self->options->resume)
    return true;
  text = transfer_report_format_missing (self->batch);
  output_failed_because (self->cli, NULL, CLI_STATUS_ITEMS_FAILED, text);
  return false;
}

static bool
decide (TransferBatch *self)
{
  GListModel *conflicts = sampan_batch_get_conflicts (self->batch);
  bool goes_on;

  if (self->options->policy != CONFLICT_POLICY_ASK || g_list_model_get_n_items (conflicts) == 0)
    return true;
  self->is_asking = true;
  goes_on = conflict_list_ask (self->cli,
                               conflicts,
                               sampan_batch_is_upload (self->batch) ? CONFLICT_LIST_UPLOAD
                                                                    : CONFLICT_LIST_DOWNLOAD,
                               sampan_batch_may_replace (self->batch));
  self->is_asking = false;
  if (!goes_on && !g_cancellable_is_cancelled (self->cli->cancellable))
    output_failed_because (self->cli, NULL, CLI_STATUS_ITEMS_FAILED, _ ("Cancelled."));
  return goes_on;
}

static bool
prepare (TransferBatch *self)
{
  g_auto (Await) await = AWAIT_INIT;
  g_autoptr (GError) error = NULL;

  sampan_batch_prepare_async (self->batch, self->cli->cancellable, await_done_cb, &await);
  if (sampan_batch_prepare_finish (self->batch, await_result (&await), &error))
    return true;
  if (self->gave_up)
    {
      g_clear_error (&error);
      error = g_error_new_literal (SAMPAN_ERROR, SAMPAN_ERROR_DISCONNECTED, "No connection");
    }
  if (!g_error_matches (error, SAMPAN_ERROR, SAMPAN_ERROR_NO_SPACE) || has_space (self))
    output_failed (self->cli, NULL, error);
  return false;
}

static bool
is_busy (TransferBatch *self)
{
  guint n_waiting, n_running;

  if (sampan_batch_get_state (self->batch) == SAMPAN_BATCH_MOVING)
    return true;
  g_object_get (self->queue, "n-waiting", &n_waiting, "n-running", &n_running, NULL);
  return n_waiting + n_running > 0 ||
         (self->verify != NULL && !sampan_verify_is_idle (self->verify));
}

static void
move (TransferBatch *self)
{
  bool goes_on = prepare (self);

  if (goes_on)
    {
      transfer_report_plan (&self->report, self->batch);
      goes_on = decide (self) && has_space (self);
      if (goes_on)
        sampan_batch_foreach_left (self->batch, transfer_batch_left_cb, self);
      if (!goes_on || self->is_stopped)
        sampan_batch_cancel (self->batch);
      sampan_batch_start (self->batch, self->queue);
    }
  while (is_busy (self))
    g_main_context_iteration (NULL, TRUE);
}

static void
tell_stopped (TransferBatch *self)
{
  if (self->gave_up || !g_cancellable_is_cancelled (self->cli->cancellable))
    return;
  output_failed_because (self->cli,
                         NULL,
                         CLI_STATUS_ITEMS_FAILED,
                         _ ("Cancelled; the same command goes on from here."));
}

typedef struct
{
  TransferBatch *batch;
  SampanSession *session;
} Patience;

static gboolean
patience_cb (gpointer user_data)
{
  Patience *patience = user_data;

  watch_patience (patience->batch, patience->session);
  return G_SOURCE_CONTINUE;
}

static void
set_up (TransferBatch *self, SampanSession *session)
{
  SampanBatchDecision decision = conflict_decision (self->options->policy);

  self->queue = sampan_queue_new ();
  self->n_ended = 0;
  self->is_stopped = false;
  g_signal_connect (self->queue, "finished", G_CALLBACK (finished_cb), self);
  g_signal_connect (self->batch, "problem", G_CALLBACK (transfer_batch_problem_cb), self);
  sampan_batch_set_keep_partial (self->batch, true);
  sampan_batch_set_keep_permissions (self->batch, self->options->permissions);
  sampan_batch_set_eager (self->batch, self->queue, decision);
  sampan_batch_set_may_overfill (self->batch, self->options->resume);
  if (self->options->verify)
    self->verify =
        sampan_verify_new (session, self->cli->cancellable, transfer_batch_verified_cb, self);
  self->redraw_source = g_timeout_add (REDRAW_INTERVAL_MS, redraw_cb, self);
  self->cancel = g_cancellable_source_new (self->cli->cancellable);
  g_source_set_callback (self->cancel, G_SOURCE_FUNC (cancelled_cb), self, NULL);
  g_source_attach (self->cancel, NULL);
}

static void
tear_down (TransferBatch *self)
{
  g_source_destroy (self->cancel);
  g_clear_pointer (&self->cancel, g_source_unref);
  g_clear_handle_id (&self->redraw_source, g_source_remove);
  g_clear_handle_id (&self->clear_source, g_source_remove);
  g_clear_pointer (&self->verify, sampan_verify_free);
  g_signal_handlers_disconnect_by_data (self->batch, self);
  g_signal_handlers_disconnect_by_data (self->queue, self);
  g_clear_object (&self->queue);
}

void
transfer_batch_run (TransferBatch *self,
                    SampanSession *session,
                    const SampanRemote *server,
                    SampanBatch *batch)
{
  Patience patience = { self, session };
  guint patience_source;

  self->batch = batch;
  self->server = server;
  set_up (self, session);
  patience_source = g_timeout_add (REDRAW_INTERVAL_MS, patience_cb, &patience);
  move (self);
  g_source_remove (patience_source);
  tell_stopped (self);
  tear_down (self);
}

void
transfer_batch_tell_end (TransferBatch *self)
{
  transfer_report_end (&self->report);
}
