/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What became of each file of a batch. */

#include "config.h"

#include "transfer-batch-private.h"

#include "escape.h"
#include "output.h"

#include <glib/gi18n.h>

static void
failed (TransferBatch *self, const char *name, const GError *error)
{
  output_failed (self->cli, name, error);
  if (self->cli->status >= CLI_STATUS_UNREACHABLE)
    transfer_batch_stop (self);
}

/* With both ends where the one that it comes from does not tell what is wrong. */
static void
file_failed (TransferBatch *self, const TransferFile *file, const GError *error)
{
  bool is_of_item = (error->domain == SAMPAN_ERROR || error->domain == CLI_ERROR) &&
                    output_status_of (error) == CLI_STATUS_ITEMS_FAILED;
  bool is_local = sampan_error_is_local (error);
  bool is_there = is_of_item && (file->is_upload ? !is_local : is_local);
  const char *target = file->is_upload ? sampan_path_get (file->remote) : file->local;

  output_failed_at (self->cli, transfer_file_get_name (file), is_there ? target : NULL, error);
  if (self->cli->status >= CLI_STATUS_UNREACHABLE)
    transfer_batch_stop (self);
}

void
transfer_batch_verified_cb (const char *local,
                            const SampanPath *remote,
                            const GError *error,
                            gpointer user_data)
{
  TransferBatch *self = user_data;
  TransferFile file = { .local = local,
                        .remote = remote,
                        .is_upload = sampan_batch_is_upload (self->batch) };

  if (error == NULL)
    self->report.n_verified++;
  else if (g_error_matches (error, SAMPAN_ERROR, SAMPAN_ERROR_CHANGED) &&
           !sampan_error_is_local (error))
    output_failed_because (self->cli,
                           transfer_file_get_name (&file),
                           CLI_STATUS_ITEMS_FAILED,
                           _ ("The two ends differ: the hash is not the same. Remove the one that "
                              "is wrong, then move the other again."));
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    failed (self, transfer_file_get_name (&file), error);
}

static void
verify_done (TransferBatch *self, const TransferFile *file)
{
  g_autofree char *folder = g_path_get_dirname (file->local);
  g_autofree char *local = NULL;
  g_autoptr (SampanPath) parent = sampan_path_get_parent (file->remote);
  g_autoptr (SampanPath) remote = NULL;

  if (self->verify == NULL)
    return;
  if (file->stored != NULL && file->is_upload)
    remote = sampan_path_get_child (parent, file->stored, NULL);
  else if (file->stored != NULL)
    local = g_build_filename (folder, file->stored, NULL);
  sampan_verify_add (self->verify,
                     local != NULL ? local : file->local,
                     remote != NULL ? remote : file->remote);
}

static void
report_done (TransferBatch *self, SampanTransfer *transfer)
{
  TransferFile file = transfer_file_of (transfer);
  ProgressView view = transfer_batch_view_of (self, transfer);

  self->report.n_done++;
  self->report.done_bytes += file.size;
  progress_bar_finish_item (self->cli->bar, &view);
  transfer_report_file (&self->report, self->server, &file, "done");
  if (file.stored != NULL && !self->cli->options.json && !self->cli->options.quiet)
    {
      g_autofree char *shown = sampan_escape (file.stored, -1, 0);
      /* Translators: %s is the name that was chosen because the other one was taken. */
      g_autofree char *text = g_strdup_printf (_ ("stored as %s"), shown);

      output_note (self->cli, transfer_file_get_name (&file), text);
    }
  verify_done (self, &file);
}

static void
report_cancelled (TransferBatch *self, SampanTransfer *transfer)
{
  TransferFile file = transfer_file_of (transfer);
  g_autoptr (GError) gone = NULL;

  if (!self->gave_up)
    return;
  gone = g_error_new_literal (SAMPAN_ERROR, SAMPAN_ERROR_DISCONNECTED, "No connection");
  failed (self, transfer_file_get_name (&file), gone);
}

/* The file was there when it was added: what is missing is the folder on the box. */
static bool
is_folder_missing (const TransferFile *file, const GError *error)
{
  return file->is_upload && g_error_matches (error, SAMPAN_ERROR, SAMPAN_ERROR_NOT_FOUND) &&
         g_file_test (file->local, G_FILE_TEST_EXISTS);
}

static void
report_failed (TransferBatch *self, SampanTransfer *transfer)
{
  const GError *error = sampan_transfer_get_error (transfer);
  TransferFile file = transfer_file_of (transfer);
  g_autoptr (GError) missing = NULL;

  if (is_folder_missing (&file, error))
    missing = g_error_new_literal (CLI_ERROR,
                                   CLI_STATUS_ITEMS_FAILED,
                                   _ ("The folder on the box where it should go is not there"));
  file_failed (self, &file, missing != NULL ? missing : error);
}

void
transfer_batch_tell_outcome (TransferBatch *self, SampanTransfer *transfer)
{
  if (sampan_transfer_get_state (transfer) == SAMPAN_TRANSFER_DONE)
    report_done (self, transfer);
  else if (g_error_matches (sampan_transfer_get_error (transfer), G_IO_ERROR, G_IO_ERROR_CANCELLED))
    report_cancelled (self, transfer);
  else
    report_failed (self, transfer);
}

static TransferFile
file_of_problem (TransferBatch *self, SampanBatchProblem *problem)
{
  return (TransferFile){
    .local = sampan_batch_problem_get_local (problem),
    .remote = sampan_batch_problem_get_remote (problem),
    .is_upload = sampan_batch_is_upload (self->batch),
  };
}

/* The path that a person knows, on the end where it was found. */
static const char *
get_problem_name (const TransferFile *file, SampanBatchProblem *problem)
{
  if (file->is_upload ? file->local != NULL : file->remote != NULL)
    return transfer_file_get_name (file);
  if (file->remote != NULL)
    return sampan_path_get (file->remote);
  return file->local != NULL ? file->local : sampan_batch_problem_get_bytes (problem);
}

/* With the path where it should go, too, if the trouble is there. */
static void
item_failed (TransferBatch *self, SampanBatchProblem *problem)
{
  TransferFile file = file_of_problem (self, problem);
  const GError *error = sampan_batch_problem_get_error (problem);
  g_autoptr (GError) verdict = NULL;

  if (error == NULL)
    error = verdict = g_error_new_literal (CLI_ERROR,
                                           CLI_STATUS_ITEMS_FAILED,
                                           sampan_batch_problem_get_reason (problem));
  if (file.local != NULL && file.remote != NULL)
    file_failed (self, &file, error);
  else
    failed (self, get_problem_name (&file, problem), error);
}

void
transfer_batch_problem_cb (SampanBatch *batch, SampanBatchProblem *problem, gpointer user_data)
{
  TransferBatch *self = user_data;
  TransferFile file = file_of_problem (self, problem);

  switch (sampan_batch_problem_get_origin (problem))
    {
    case SAMPAN_BATCH_PROBLEM_KIND:
      output_left_out (self->cli,
                       file.is_upload ? "put" : "get",
                       get_problem_name (&file, problem),
                       sampan_batch_problem_get_reason (problem));
      break;
    case SAMPAN_BATCH_PROBLEM_FOUND:
      item_failed (self, problem);
      break;
    case SAMPAN_BATCH_PROBLEM_TRANSFER: /* told when it ended */
    default:
      break;
    }
}

void
transfer_batch_left_cb (const SampanBatchLeft *left, gpointer user_data)
{
  TransferBatch *self = user_data;
  TransferFile file = { .local = left->local,
                        .remote = left->remote,
                        .size = left->size,
                        .is_upload = sampan_batch_is_upload (self->batch) };

  if (left->conflict == NULL)
    {
      self->report.n_same++;
      transfer_report_file (&self->report, self->server, &file, "same");
      verify_done (self, &file);
    }
  else if (self->options->policy != CONFLICT_POLICY_REFUSE)
    {
      self->report.n_skipped++;
      transfer_report_file (&self->report, self->server, &file, "skipped");
    }
  else
    {
      g_autoptr (GError) error =
          g_error_new_literal (SAMPAN_ERROR, SAMPAN_ERROR_EXISTS, "There already");

      file_failed (self, &file, error);
    }
}
