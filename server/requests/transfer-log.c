/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Formats the log line of a request. */

#include "config.h"

#include "requests/transfer-log.h"

#include "errors.h"
#include "log.h"

void
sampan_log_transfer (SampanConnection *connection,
                     const char *event,
                     const SampanPath *path,
                     const SampanPath *to,
                     int64_t bytes,
                     int64_t started_us,
                     const GError *error)
{
  char bytes_text[sizeof "-9223372036854775808"];
  char ms_text[sizeof "-9223372036854775808"];
  int64_t ms = (g_get_monotonic_time () - started_us) / 1000;
  bool is_fault = error != NULL && (sampan_error_to_code (error) == SAMPAN_ERROR_IO ||
                                    sampan_error_to_code (error) == SAMPAN_ERROR_FAILED);
  if (is_fault)
    sampan_counters_add (&sampan_connection_get_services (connection)->counters,
                         SAMPAN_COUNT_FAULTS,
                         1);
  g_snprintf (bytes_text, sizeof bytes_text, "%" G_GINT64_FORMAT, bytes);
  g_snprintf (ms_text, sizeof ms_text, "%" G_GINT64_FORMAT, ms);
  sampan_log_event (is_fault ? SAMPAN_LOG_ERROR : SAMPAN_LOG_INFO,
                    event,
                    "user",
                    sampan_connection_get_session (connection)->user,
                    "source",
                    sampan_connection_get_source (connection),
                    "path",
                    path != NULL ? sampan_path_get (path) : NULL,
                    "to",
                    to != NULL ? sampan_path_get (to) : NULL,
                    "bytes",
                    bytes >= 0 ? bytes_text : NULL,
                    "ms",
                    started_us != 0 ? ms_text : NULL,
                    "outcome",
                    error != NULL ? sampan_error_code_get_word (sampan_error_to_code (error))
                                  : "ok",
                    "error",
                    is_fault ? error->message : NULL,
                    NULL);
}
