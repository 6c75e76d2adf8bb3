/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* measure: how much lies below a folder. */

#include "config.h"

#include "requests/requests.h"
#include "requests/search.h"

#include "storage/files.h"

typedef struct
{
  SampanMeasured sum;
  SampanProgressReport report;
} Measure;

static void
count (SampanMeasured *sum, SampanEntryKind kind, uint64_t size)
{
  if (kind == SAMPAN_ENTRY_FOLDER)
    sum->n_folders++;
  else if (kind == SAMPAN_ENTRY_FILE)
    sum->n_files++;
  else
    sum->n_others++;
  if (kind == SAMPAN_ENTRY_FILE)
    sum->bytes += size;
}

/* A SampanSearchFunc. */
static bool
add_cb (const SampanSearchItem *item, gpointer user_data)
{
  Measure *self = user_data;
  SampanEntryKind kind = item->entry->kind;
  struct stat status = { 0 };
  if (kind == SAMPAN_ENTRY_FILE && !sampan_tree_walk_stat (item->walk, &status))
    return true;
  count (&self->sum, kind, (uint64_t)status.st_size);
  sampan_progress_report_cb (self->sum.bytes, 0, &self->report);
  return !g_cancellable_is_cancelled (self->report.cancellable);
}

/* TRUE for what is no folder; then it is counted. */
static bool
measure_one (SampanExchange *exchange, SampanBytes path, SampanMeasured *sum)
{
  g_auto (SampanTarget) target = { 0 };
  SampanEntry entry;
  if (!sampan_exchange_resolve (exchange, path, exchange->request->right, &target, NULL) ||
      !sampan_storage_stat (target.root, target.below, &entry, NULL) ||
      entry.kind == SAMPAN_ENTRY_FOLDER)
    return false;
  count (sum, entry.kind, entry.size);
  return true;
}

bool
sampan_request_measure (SampanExchange *self, SampanReader *reader)
{
  SampanPathRequest request;
  SampanWriter writer;
  Measure measure = { 0 };
  g_auto (SampanSearch) search = { 0 };
  g_autoptr (GError) error = NULL;
  if (!sampan_read_path_request (reader, &request))
    return sampan_exchange_break (self);
  if (!sampan_search_begin (&search, self))
    return sampan_search_refuse (self);
  if (!measure_one (self, request.path, &measure.sum))
    {
      sampan_progress_report_init (&measure.report, self);
      bool ok = sampan_search_run (&search, request.path, add_cb, &measure, &error);
      bool is_unwanted = g_cancellable_is_cancelled (measure.report.cancellable);
      sampan_progress_report_clear (&measure.report);
      if (!ok)
        return sampan_exchange_reply_error (self, error);
      if (is_unwanted)
        return false;
    }
  measure.sum.n_left_out = search.n_left_out;
  if (!sampan_exchange_begin (self, &writer))
    return false;
  sampan_write_measured (&writer, &measure.sum);
  return sampan_exchange_end (self, &writer);
}
