/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What get and put say. */

#include "config.h"

#include "transfer-report.h"

#include "escape.h"
#include "output.h"
#include "remote-target.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <string.h>

TransferFile
transfer_file_of (SampanTransfer *transfer)
{
  return (TransferFile){
    .local = sampan_transfer_get_local (transfer),
    .remote = sampan_transfer_get_remote (transfer),
    .size = sampan_transfer_get_total_bytes (transfer),
    .is_upload = sampan_transfer_is_upload (transfer),
    .stored = sampan_transfer_get_stored_name (transfer),
    .trash_id = sampan_transfer_get_trash_id (transfer),
  };
}

const char *
transfer_file_get_name (const TransferFile *file)
{
  g_autofree char *here = NULL;
  size_t length;

  if (!file->is_upload)
    return sampan_path_get (file->remote);
  here = g_get_current_dir ();
  length = strlen (here);
  if (strncmp (file->local, here, length) == 0 && file->local[length] == '/')
    return file->local + length + 1;
  return file->local;
}

static bool
wants_objects (const TransferReport *self)
{
  return self->cli->options.progress == CLI_PROGRESS_JSON;
}

/* Takes TEXT. */
static void
append (GString *line, char *text)
{
  if (line->len > 0)
    g_string_append (line, ", ");
  g_string_append (line, text);
  g_free (text);
}

static void
say (TransferReport *self, const char *text)
{
  fflush (stdout);
  output_clear_progress (self->cli);
  fprintf (stderr, "%s\n", text);
}

void
transfer_report_file (TransferReport *self,
                      const SampanRemote *server,
                      const TransferFile *file,
                      const char *status)
{
  g_auto (JsonLine) line = JSON_LINE_INIT;
  g_autoptr (SampanRemote) remote = remote_with_path (server, file->remote);

  if (file->trash_id != NULL)
    undo_line_add_restore (&self->undo, remote, file->trash_id, true);
  if (!self->cli->options.json)
    return;
  output_begin_item (&line, file->is_upload ? "put" : "get", status);
  json_line_add_bytes (&line, "local", file->local);
  json_line_add_remote (&line, "uri", remote);
  json_line_add_uint (&line, "size", file->size);
  if (file->stored != NULL)
    json_line_add_bytes (&line, "stored_name", file->stored);
  if (file->trash_id != NULL)
    json_line_add_hex (&line, "trash_id", file->trash_id, SAMPAN_TRASH_ID_LENGTH);
  json_line_print (&line, stdout);
}

/* ---- What was found ---- */

static void
add_version (JsonLine *line, const char *size, const char *mtime, const SampanBatchVersion *version)
{
  json_line_add_uint (line, size, version->size);
  json_line_add_int (line, mtime, version->mtime.seconds);
}

static void
print_conflicts (GListModel *conflicts)
{
  for (guint i = 0; i < g_list_model_get_n_items (conflicts); i++)
    {
      g_autoptr (SampanBatchConflict) conflict = g_list_model_get_item (conflicts, i);
      g_auto (JsonLine) line = JSON_LINE_INIT;

      json_line_add_string (&line, "status", "conflict");
      json_line_add_bytes (&line, "item", sampan_batch_conflict_get_bytes (conflict));
      add_version (&line, "size", "mtime", sampan_batch_conflict_get_coming (conflict));
      add_version (&line, "there_size", "there_mtime", sampan_batch_conflict_get_there (conflict));
      json_line_print (&line, stderr);
    }
}

static char *
format_plan (const SampanBatchSums *sums)
{
  g_autofree char *size = g_format_size (sums->new_bytes);
  GString *line = g_string_new (NULL);

  append (line,
          /* Translators: how many, then a size. */
          g_strdup_printf (
              ngettext ("%" PRIu64 " new file (%s)", "%" PRIu64 " new files (%s)", sums->n_new),
              sums->n_new,
              size));
  if (sums->n_same > 0)
    append (line,
            /* Translators: how many files. */
            g_strdup_printf (ngettext ("%" PRIu64 " the same: not sent again",
                                       "%" PRIu64 " the same: not sent again",
                                       sums->n_same),
                             sums->n_same));
  if (sums->n_conflicts > 0)
    append (line,
            /* Translators: how many. */
            g_strdup_printf (
                ngettext ("%" PRIu64 " conflict", "%" PRIu64 " conflicts", sums->n_conflicts),
                sums->n_conflicts));
  return g_string_free (line, FALSE);
}

void
transfer_report_plan (TransferReport *self, SampanBatch *batch)
{
  SampanBatchSums sums = sampan_batch_get_sums (batch);
  g_autofree char *text = NULL;

  if (wants_objects (self))
    {
      g_auto (JsonLine) line = JSON_LINE_INIT;

      json_line_add_string (&line, "status", "plan");
      json_line_add_uint (&line, "new", sums.n_new);
      json_line_add_uint (&line, "new_bytes", sums.new_bytes);
      json_line_add_uint (&line, "same", sums.n_same);
      json_line_add_uint (&line, "conflicts", sums.n_conflicts);
      json_line_add_uint (&line, "problems", sums.n_problems);
      json_line_print (&line, stderr);
      print_conflicts (sampan_batch_get_conflicts (batch));
      return;
    }
  if (self->cli->options.quiet || sums.n_new + sums.n_same + sums.n_conflicts <= 1)
    return;
  text = format_plan (&sums);
  say (self, text);
}

char *
transfer_report_format_missing (SampanBatch *batch)
{
  g_autofree char *size = g_format_size (sampan_batch_get_missing_bytes (batch));

  if (sampan_batch_is_over_quota (batch))
    /* Translators: %s is a size. */
    return g_strdup_printf (_ ("This is %s more than you may store here. Nothing more was sent; "
                               "--resume begins anyhow."),
                            size);
  /* Translators: %s is a size. */
  return g_strdup_printf (sampan_batch_is_upload (batch)
                              ? _ ("Too little space on the box: %s more is needed. Nothing more "
                                   "was sent; --resume begins anyhow.")
                              : _ ("Too little space on this computer: %s more is needed. Nothing "
                                   "more was fetched; --resume begins anyhow."),
                          size);
}

/* ---- While it moves ---- */

void
transfer_report_progress (TransferReport *self, GObject *queue)
{
  g_auto (JsonLine) line = JSON_LINE_INIT;
  guint64 done, total, speed;
  int seconds_left;

  if (!wants_objects (self))
    return;
  g_object_get (queue,
                "done-bytes",
                &done,
                "total-bytes",
                &total,
                "speed",
                &speed,
                "seconds-left",
                &seconds_left,
                NULL);
  json_line_add_string (&line, "status", "total");
  json_line_add_uint (&line, "files_done", self->n_done);
  json_line_add_uint (&line, "done_bytes", done);
  json_line_add_uint (&line, "total_bytes", total);
  json_line_add_uint (&line, "safe_bytes", self->done_bytes);
  json_line_add_uint (&line, "speed", speed);
  json_line_add_int (&line, "seconds_left", seconds_left);
  json_line_print (&line, stderr);
}

/* ---- The end ---- */

static void
print_end (const TransferReport *self)
{
  g_auto (JsonLine) line = JSON_LINE_INIT;

  json_line_add_string (&line, "status", "end");
  json_line_add_uint (&line, "done", self->n_done);
  json_line_add_uint (&line, "done_bytes", self->done_bytes);
  json_line_add_uint (&line, "same", self->n_same);
  json_line_add_uint (&line, "skipped", self->n_skipped);
  json_line_add_uint (&line, "left_out", self->cli->n_left_out);
  json_line_add_uint (&line, "failed", self->cli->n_failed);
  if (self->verifies)
    json_line_add_uint (&line, "verified", self->n_verified);
  json_line_print (&line, stderr);
}

static char *
format_end (const TransferReport *self)
{
  g_autofree char *size = g_format_size (self->done_bytes);
  GString *line = g_string_new (NULL);

  append (line,
          /* Translators: how many files, then a size. */
          g_strdup_printf (
              ngettext ("%" PRIu64 " file done (%s)", "%" PRIu64 " files done (%s)", self->n_done),
              self->n_done,
              size));
  if (self->n_same > 0)
    append (line, g_strdup_printf (_ ("%" PRIu64 " the same"), self->n_same));
  if (self->n_skipped > 0)
    append (line, g_strdup_printf (_ ("%" PRIu64 " skipped"), self->n_skipped));
  if (self->cli->n_left_out > 0)
    append (line, g_strdup_printf (_ ("%" PRIu64 " left out"), self->cli->n_left_out));
  if (self->cli->n_failed > 0)
    append (line, g_strdup_printf (_ ("%" PRIu64 " failed"), self->cli->n_failed));
  if (self->verifies)
    append (line,
            /* Translators: how many. */
            g_strdup_printf (ngettext ("%" PRIu64 " file verified",
                                       "%" PRIu64 " files verified",
                                       self->n_verified),
                             self->n_verified));
  return g_string_free (line, FALSE);
}

void
transfer_report_end (TransferReport *self)
{
  uint64_t n_all =
      self->n_done + self->n_same + self->n_skipped + self->cli->n_left_out + self->cli->n_failed;
  g_autofree char *text = NULL;

  if (wants_objects (self))
    print_end (self);
  else if (!self->cli->options.quiet && (n_all > 1 || self->n_same > 0 || self->verifies))
    {
      text = format_end (self);
      say (self, text);
    }
  undo_line_print (&self->undo, self->cli);
}
