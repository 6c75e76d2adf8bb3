/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The transfers of one get or put. */

#include "config.h"

#include "transfer-batch.h"

#include "escape.h"
#include "output.h"
#include "progress-bar.h"
#include "queue.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <string.h>

/* Enough to keep the connections busy while the next folder is read; bounds memory for trees of
 * any size. */
#define UNDER_WAY_MAX 1024
#define CLEAR_EVERY 64 /* transfers that are over and still held */
#define REDRAW_INTERVAL_MS 100

#define ITEM_KEY "sampan-cli-item"

/* What was asked for; hangs on its transfer. */
typedef struct
{
  SampanSession *session;
  SampanRemote *remote;
  char *local;
  uint64_t size; /* as a listing has it */
  bool is_upload;
  SampanConflict tried;
} Item;

struct _TransferBatch
{
  Cli *cli; /* borrowed */

  /* owned */
  SampanQueue *queue;
  GQueue ended; /* SampanTransfer, not yet reported */

  /* state */
  ConflictPolicy policy;
  bool resume;
  bool stopping;
  bool asking; /* the question stands where the bar would be */
  unsigned int under_way;
  unsigned int n_added;
  unsigned int n_reported;
  unsigned int n_done;
  bool gave_up;             /* on a server that does not come back */
  int64_t waiting_since_us; /* nothing moves and something reconnects; 0: no */
  uint64_t done_bytes;
  guint redraw_source;
};

static void
item_free (Item *item)
{
  g_object_unref (item->session);
  sampan_remote_unref (item->remote);
  g_free (item->local);
  g_free (item);
}

static Item *
item_of (SampanTransfer *transfer)
{
  return g_object_get_data (G_OBJECT (transfer), ITEM_KEY);
}

/* What the person knows it by: the local name of an upload, the remote one of a download. */
static const char *
item_name (const Item *item)
{
  return item->is_upload ? item->local : sampan_path_get (sampan_remote_get_path (item->remote));
}

static ProgressView
view_of (TransferBatch *self, SampanTransfer *transfer)
{
  const char *name = item_name (item_of (transfer));
  const char *slash = strrchr (name, '/');

  return (ProgressView){
    .name = slash != NULL && slash[1] != '\0' ? slash + 1 : name,
    .state = sampan_transfer_get_state (transfer),
    .is_upload = sampan_transfer_is_upload (transfer),
    .done_bytes = sampan_transfer_get_done_bytes (transfer),
    .total_bytes = sampan_transfer_get_total_bytes (transfer),
    .safe_bytes = sampan_transfer_get_safe_bytes (transfer),
    .speed = sampan_transfer_get_speed (transfer),
    .seconds_left = sampan_transfer_get_seconds_left (transfer),
    .number = self->n_reported + 1,
    .count = self->n_added,
  };
}

/* Worth showing: its size is known. */
static bool
is_moving (SampanTransfer *transfer)
{
  SampanTransferState state = sampan_transfer_get_state (transfer);

  if (sampan_transfer_get_total_bytes (transfer) == 0)
    return false;
  return state == SAMPAN_TRANSFER_RECONNECTING || state == SAMPAN_TRANSFER_SENDING ||
         state == SAMPAN_TRANSFER_RECEIVING || state == SAMPAN_TRANSFER_SAVING;
}

static void
stop (TransferBatch *self)
{
  if (self->stopping)
    return;
  self->stopping = true;
  sampan_queue_cancel_all (self->queue);
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

      if (state > SAMPAN_TRANSFER_RECONNECTING && state < SAMPAN_TRANSFER_DONE)
        return false;
      reconnects |= state == SAMPAN_TRANSFER_RECONNECTING;
    }
  return reconnects;
}

static void
watch_patience (TransferBatch *self)
{
  int64_t now_us = g_get_monotonic_time ();

  if (!only_reconnects (self))
    self->waiting_since_us = 0;
  else if (self->waiting_since_us == 0)
    self->waiting_since_us = now_us;
  else if (now_us - self->waiting_since_us >
           (int64_t)self->cli->options.reconnect_secs * G_USEC_PER_SEC)
    {
      self->gave_up = true;
      stop (self);
    }
}

static gboolean
redraw_cb (gpointer user_data)
{
  TransferBatch *self = user_data;
  guint length = g_list_model_get_n_items (G_LIST_MODEL (self->queue));

  watch_patience (self);

  for (guint i = 0; i < length && !self->asking; i++)
    {
      g_autoptr (SampanTransfer) transfer = g_list_model_get_item (G_LIST_MODEL (self->queue), i);

      if (is_moving (transfer))
        {
          ProgressView view = view_of (self, transfer);

          progress_bar_show (self->cli->bar, &view);
          return G_SOURCE_CONTINUE;
        }
    }
  return G_SOURCE_CONTINUE;
}

static void
finished_cb (SampanQueue *queue, SampanTransfer *transfer, gpointer user_data)
{
  TransferBatch *self = user_data;

  g_queue_push_tail (&self->ended, g_object_ref (transfer));
}

TransferBatch *
transfer_batch_new (Cli *cli, ConflictPolicy policy, bool resume)
{
  TransferBatch *self = g_new0 (TransferBatch, 1);

  self->cli = cli;
  self->policy = policy;
  self->resume = resume;
  self->queue = sampan_queue_new ();
  g_queue_init (&self->ended);
  g_signal_connect (self->queue, "finished", G_CALLBACK (finished_cb), self);
  cli->bar = progress_bar_new (cli);
  self->redraw_source = g_timeout_add (REDRAW_INTERVAL_MS, redraw_cb, self);
  return self;
}

void
transfer_batch_free (TransferBatch *self)
{
  g_clear_handle_id (&self->redraw_source, g_source_remove);
  g_signal_handlers_disconnect_by_data (self->queue, self);
  g_object_unref (self->queue);
  g_queue_clear_full (&self->ended, g_object_unref);
  g_clear_pointer (&self->cli->bar, progress_bar_free);
  g_free (self);
}

/* Takes ITEM. */
static void
start (TransferBatch *self, Item *item)
{
  const SampanPath *path = sampan_remote_get_path (item->remote);
  g_autoptr (SampanTransfer) transfer =
      item->is_upload
          ? sampan_transfer_new_upload (item->session, item->local, path, item->tried)
          : sampan_transfer_new_download (item->session, path, item->local, item->tried);

  sampan_transfer_set_expected_bytes (transfer, item->size);
  if (self->resume && item->is_upload)
    sampan_transfer_set_resume (transfer, true);
  /* At a prompt a person who stops a transfer has thought better of it. */
  sampan_transfer_set_keep_partial (transfer, !self->cli->in_shell);
  g_object_set_data_full (G_OBJECT (transfer), ITEM_KEY, item, (GDestroyNotify)item_free);
  self->under_way++;
  sampan_queue_add (self->queue, transfer);
}

static void
report_json (Cli *cli, SampanTransfer *transfer, const char *status)
{
  const Item *item = item_of (transfer);
  const char *stored = sampan_transfer_get_stored_name (transfer);
  g_auto (JsonLine) line = JSON_LINE_INIT;

  output_begin_item (&line, item->is_upload ? "put" : "get", status);
  json_line_add_bytes (&line, "local", item->local);
  json_line_add_remote (&line, "uri", item->remote);
  json_line_add_uint (&line, "size", sampan_transfer_get_total_bytes (transfer));
  if (stored != NULL)
    json_line_add_bytes (&line, "stored_name", stored);
  json_line_print (&line, stdout);
}

static void
report_done (TransferBatch *self, SampanTransfer *transfer)
{
  const char *stored = sampan_transfer_get_stored_name (transfer);
  ProgressView view = view_of (self, transfer);

  self->n_done++;
  self->done_bytes += sampan_transfer_get_total_bytes (transfer);
  progress_bar_finish_item (self->cli->bar, &view);
  if (self->cli->options.json)
    report_json (self->cli, transfer, "done");
  else if (stored != NULL && !self->cli->options.quiet)
    {
      g_autofree char *text = NULL;
      g_autofree char *shown = sampan_escape (stored, -1, 0);

      /* Translators: %s is the name that was chosen because the other one was taken. */
      text = g_strdup_printf (_ ("stored as %s"), shown);
      output_note (self->cli, item_name (item_of (transfer)), text);
    }
}

static void
report_skipped (TransferBatch *self, SampanTransfer *transfer)
{
  if (self->cli->options.json)
    report_json (self->cli, transfer, "skipped");
}

static void
resolve_conflict (TransferBatch *self, SampanTransfer *transfer, const GError *error)
{
  Item *item = item_of (transfer);
  SampanConflict next = item->tried;
  ConflictOutcome outcome;

  self->asking = true;
  outcome = conflict_resolve (self->cli, &self->policy, item_name (item), item->tried, &next);
  self->asking = false;
  switch (outcome)
    {
    case CONFLICT_RETRY:
      item = g_object_steal_data (G_OBJECT (transfer), ITEM_KEY);
      item->tried = next;
      self->n_reported--; /* still to come */
      start (self, item);
      break;
    case CONFLICT_SKIP:
      report_skipped (self, transfer);
      break;
    case CONFLICT_CANCEL:
      output_failed (self->cli, item_name (item), error);
      stop (self);
      break;
    case CONFLICT_FAIL:
    default:
      output_failed (self->cli, item_name (item), error);
      break;
    }
}

/* The file was there when it was added: what is missing is the folder on the box. */
static bool
is_folder_missing (const Item *item, const GError *error)
{
  return item->is_upload && g_error_matches (error, SAMPAN_ERROR, SAMPAN_ERROR_NOT_FOUND) &&
         g_file_test (item->local, G_FILE_TEST_EXISTS);
}

/* A part was left that is worth to be continued. */
static bool
has_part (TransferBatch *self, SampanTransfer *transfer)
{
  return !self->cli->in_shell && !sampan_transfer_is_small (transfer) &&
         sampan_transfer_get_done_bytes (transfer) > 0;
}

static void
report_cancelled (TransferBatch *self, SampanTransfer *transfer)
{
  const Item *item = item_of (transfer);
  g_autoptr (GError) gone = NULL;
  const char *text = _ ("Cancelled.");

  if (self->gave_up)
    {
      gone = g_error_new_literal (SAMPAN_ERROR, SAMPAN_ERROR_DISCONNECTED, "No connection");
      output_failed (self->cli, item_name (item), gone);
      return;
    }
  if (has_part (self, transfer))
    text = item->is_upload ? _ ("Cancelled; the same command with --resume goes on from here.")
                           : _ ("Cancelled; the same command goes on from here.");
  output_failed_because (self->cli, item_name (item), CLI_STATUS_ITEMS_FAILED, text);
}

static void
report_failed (TransferBatch *self, SampanTransfer *transfer)
{
  const GError *error = sampan_transfer_get_error (transfer);
  const Item *item = item_of (transfer);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    report_cancelled (self, transfer);
  else if (sampan_error_to_code (error) == SAMPAN_ERROR_EXISTS && !self->stopping)
    resolve_conflict (self, transfer, error);
  else if (is_folder_missing (item, error))
    output_failed_because (self->cli,
                           item_name (item),
                           CLI_STATUS_ITEMS_FAILED,
                           _ ("The folder on the box where it should go is not there"));
  else
    output_failed (self->cli, item_name (item), error);
  if (self->cli->status >= CLI_STATUS_UNREACHABLE)
    stop (self);
}

static void
report (TransferBatch *self, SampanTransfer *transfer)
{
  self->under_way--;
  if (sampan_transfer_get_state (transfer) == SAMPAN_TRANSFER_DONE)
    report_done (self, transfer);
  else
    report_failed (self, transfer);
  self->n_reported++;
  if (self->n_reported % CLEAR_EVERY == 0)
    sampan_queue_clear_finished (self->queue);
}

/* Lets something happen. */
static void
pump (TransferBatch *self)
{
  if (g_cancellable_is_cancelled (self->cli->cancellable))
    stop (self);
  if (g_queue_is_empty (&self->ended))
    g_main_context_iteration (NULL, TRUE);
  else
    {
      g_autoptr (SampanTransfer) transfer = g_queue_pop_head (&self->ended);

      report (self, transfer);
    }
}

static bool
add (TransferBatch *self,
     SampanSession *session,
     const char *local,
     const SampanRemote *remote,
     uint64_t size,
     bool is_upload)
{
  Item *item;

  while (self->under_way >= UNDER_WAY_MAX || !g_queue_is_empty (&self->ended))
    pump (self);
  if (self->stopping || g_cancellable_is_cancelled (self->cli->cancellable))
    return false;
  item = g_new0 (Item, 1);
  item->session = g_object_ref (session);
  item->remote = sampan_remote_ref ((SampanRemote *)remote);
  item->local = g_strdup (local);
  item->size = size;
  item->is_upload = is_upload;
  item->tried = conflict_first_try (self->policy);
  self->n_added++;
  start (self, item);
  return true;
}

bool
transfer_batch_upload (TransferBatch *self,
                       SampanSession *session,
                       const char *local,
                       const SampanRemote *remote,
                       uint64_t size)
{
  return add (self, session, local, remote, size, true);
}

bool
transfer_batch_download (TransferBatch *self,
                         SampanSession *session,
                         const SampanRemote *remote,
                         const char *local,
                         uint64_t size)
{
  return add (self, session, local, remote, size, false);
}

void
transfer_batch_wait (TransferBatch *self)
{
  while (self->under_way > 0)
    pump (self);
}
