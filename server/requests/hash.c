/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* hash: BLAKE2b of a file or the first part of it, on the box. */

#include "config.h"

#include "requests/requests.h"

#include "storage/files.h"

static bool
hash (SampanExchange *self,
      const SampanHashRequest *request,
      SampanTarget *target,
      SampanHashIs *result,
      GError **error)
{
  g_auto (SampanProgressReport) report = { 0 };
  if (!sampan_exchange_resolve (self, request->path, self->request->right, target, error))
    return false;
  sampan_progress_report_init (&report, self);
  return sampan_storage_hash (target->root,
                              target->below,
                              request->length,
                              sampan_progress_report_cb,
                              &report,
                              report.cancellable,
                              result,
                              error);
}

bool
sampan_request_hash (SampanExchange *self, SampanReader *reader)
{
  SampanHashRequest request;
  SampanHashIs result;
  SampanWriter writer;
  g_auto (SampanTarget) target = { 0 };
  g_autoptr (GError) error = NULL;
  if (!sampan_read_hash_request (reader, &request))
    return sampan_exchange_break (self);
  if (!hash (self, &request, &target, &result, &error))
    return sampan_exchange_reply_error (self, error);
  if (!sampan_exchange_begin (self, &writer))
    return false;
  sampan_write_hash_is (&writer, &result);
  return sampan_exchange_end (self, &writer);
}
