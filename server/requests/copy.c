/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* copy: on the box, with progress. */

#include "config.h"

#include "requests/requests.h"

#include "storage/files.h"

static bool
copy (SampanExchange *self,
      const SampanMoveRequest *request,
      SampanTarget *from,
      SampanTarget *to,
      SampanStored *stored,
      char **stored_name,
      GError **error)
{
  g_auto (SampanProgressReport) report = { 0 };
  if (!sampan_exchange_resolve (self, request->from, SAMPAN_RIGHT_READ, from, error) ||
      !sampan_exchange_resolve (self, request->to, self->request->right, to, error))
    return false;
  sampan_progress_report_init (&report, self);
  bool ok = sampan_storage_copy (from->root,
                                 from->below,
                                 to->root,
                                 to->below,
                                 sampan_exchange_limit_conflict (to->right, request->conflict),
                                 self->session->account_id,
                                 sampan_progress_report_cb,
                                 &report,
                                 report.cancellable,
                                 stored,
                                 stored_name,
                                 error);
  if (!ok)
    sampan_exchange_explain_conflict (to->right, request->conflict, error);
  return ok;
}

bool
sampan_request_copy (SampanExchange *self, SampanReader *reader)
{
  SampanMoveRequest request;
  SampanStored stored = { 0 };
  g_auto (SampanTarget) from = { 0 };
  g_auto (SampanTarget) to = { 0 };
  g_autofree char *stored_name = NULL;
  g_autoptr (GError) error = NULL;
  int64_t started_us = g_get_monotonic_time ();
  if (!sampan_read_move_request (reader, &request) || request.flags != 0)
    return sampan_exchange_break (self);
  bool ok = copy (self, &request, &from, &to, &stored, &stored_name, &error);
  sampan_exchange_log (self, from.path, to.path, -1, started_us, error);
  return ok ? sampan_exchange_reply_stored (self, &stored, stored_name)
            : sampan_exchange_reply_error (self, error);
}
