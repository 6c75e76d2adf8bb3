/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Targets, rights and replies. */

#include "config.h"

#include "requests/exchange.h"

#include "requests/transfer-log.h"

#include <string.h>

#define PROGRESS_PAUSE_US (250 * 1000) /* four a second: enough for a bar, nothing on the wire */

void
sampan_target_clear (SampanTarget *target)
{
  g_clear_pointer (&target->path, sampan_path_unref);
  g_clear_pointer (&target->below, sampan_path_unref);
  g_clear_pointer (&target->root, sampan_share_root_unref);
  g_clear_pointer (&target->share, g_free);
}

bool
sampan_exchange_resolve (SampanExchange *self,
                         SampanBytes path,
                         SampanRight needed,
                         SampanTarget *target,
                         GError **error)
{
  target->path = sampan_path_new (path.data, path.length, error);
  if (target->path == NULL)
    return false;
  if (self->asked == NULL)
    self->asked = sampan_path_ref (target->path);
  target->share = sampan_path_split_share (target->path, &target->below);
  if (target->share == NULL)
    {
      g_set_error_literal (error,
                           SAMPAN_ERROR,
                           self->request->writes ? SAMPAN_ERROR_NOT_ALLOWED
                                                 : SAMPAN_ERROR_WRONG_KIND,
                           "the root holds nothing but shares");
      return false;
    }
  /* Before the table: should that be replaced in between, it is looked at once too often. */
  target->shares_number = g_atomic_int_get (&self->services->shares_number);
  g_autoptr (SampanShareTable) shares = sampan_services_ref_shares (self->services);
  target->root =
      sampan_share_table_lookup (shares, self->session->user, target->share, &target->right, error);
  if (target->root == NULL)
    return false;
  if (target->right >= needed)
    return true;
  g_set_error_literal (error,
                       SAMPAN_ERROR,
                       SAMPAN_ERROR_NOT_ALLOWED,
                       "the account lacks the right");
  return false;
}

static bool
is_limited (SampanRight right, uint8_t conflict)
{
  return right < SAMPAN_RIGHT_CHANGE &&
         (conflict == SAMPAN_CONFLICT_REPLACE || conflict == SAMPAN_CONFLICT_REPLACE_NEWER);
}

SampanConflict
sampan_exchange_limit_conflict (SampanRight right, uint8_t conflict)
{
  return is_limited (right, conflict) ? SAMPAN_CONFLICT_REFUSE : (SampanConflict)conflict;
}

void
sampan_exchange_explain_conflict (SampanRight right, uint8_t conflict, GError **error)
{
  if (is_limited (right, conflict) && g_error_matches (*error, SAMPAN_ERROR, SAMPAN_ERROR_EXISTS))
    (*error)->code = SAMPAN_ERROR_NOT_ALLOWED;
}

bool
sampan_exchange_begin (SampanExchange *self, SampanWriter *writer)
{
  sampan_held_puts_settle (self->puts);
  return sampan_connection_begin (self->connection, writer);
}

bool
sampan_exchange_end (SampanExchange *self, SampanWriter *writer)
{
  return sampan_connection_end (self->connection, writer);
}

bool
sampan_exchange_reply_empty (SampanExchange *self, SampanKind kind)
{
  SampanWriter writer;
  if (!sampan_exchange_begin (self, &writer))
    return false;
  sampan_write_empty (&writer, kind);
  return sampan_exchange_end (self, &writer);
}

/* What ordinary browsing comes across is not told. */
static bool
is_refusal (SampanErrorCode code)
{
  return code == SAMPAN_ERROR_FAILED || code == SAMPAN_ERROR_IO ||
         code == SAMPAN_ERROR_NOT_ALLOWED || code == SAMPAN_ERROR_BAD_NAME ||
         code == SAMPAN_ERROR_PASSWORD_NEEDED || code == SAMPAN_ERROR_TRY_LATER;
}

static bool
send_error (SampanExchange *self, SampanErrorCode code, uint64_t detail)
{
  SampanWriter writer;
  SampanErrorReply reply = { .code = code, .detail = detail };
  sampan_counters_add (&self->services->counters, SAMPAN_COUNT_ERRORS, 1);
  if (!sampan_exchange_begin (self, &writer))
    return false;
  sampan_write_error_reply (&writer, &reply);
  return sampan_exchange_end (self, &writer);
}

bool
sampan_exchange_reply_code (SampanExchange *self, SampanErrorCode code, uint64_t detail)
{
  if (!self->is_logged && is_refusal (code))
    {
      g_autoptr (GError) error = g_error_new_literal (SAMPAN_ERROR, code, "refused");
      sampan_exchange_log (self, self->asked, NULL, -1, 0, error);
    }
  return send_error (self, code, detail);
}

bool
sampan_exchange_reply_stored (SampanExchange *self, SampanStored *stored, const char *name)
{
  SampanWriter writer;
  stored->name = (SampanBytes){ .data = (const uint8_t *)name, .length = strlen (name) };
  if (!sampan_exchange_begin (self, &writer))
    return false;
  sampan_write_stored (&writer, stored);
  return sampan_exchange_end (self, &writer);
}

bool
sampan_exchange_reply_error (SampanExchange *self, const GError *error)
{
  SampanErrorCode code = sampan_error_to_code (error);
  if (!self->is_logged && is_refusal (code))
    sampan_exchange_log (self, self->asked, NULL, -1, 0, error);
  if (sampan_connection_get_end (self->connection) == SAMPAN_END_STOPPING)
    return send_error (self, SAMPAN_ERROR_SHUTTING_DOWN, 0);
  return send_error (self, code, sampan_error_get_detail (error));
}

bool
sampan_exchange_break (SampanExchange *self)
{
  sampan_connection_set_end (self->connection, SAMPAN_END_BROKEN);
  return false;
}

void
sampan_exchange_log (SampanExchange *self,
                     const SampanPath *path,
                     const SampanPath *to,
                     int64_t bytes,
                     int64_t started_us,
                     const GError *error)
{
  self->is_logged = true;
  sampan_log_transfer (self->connection,
                       self->request->name,
                       path,
                       to,
                       bytes,
                       started_us != 0 ? started_us : self->started_us,
                       error);
}

void
sampan_progress_report_init (SampanProgressReport *self, SampanExchange *exchange)
{
  self->exchange = exchange;
  self->cancellable = g_cancellable_new ();
  self->last_us = g_get_monotonic_time ();
}

void
sampan_progress_report_clear (SampanProgressReport *self)
{
  g_clear_object (&self->cancellable);
}

void
sampan_progress_report_cb (uint64_t done_bytes, uint64_t total_bytes, gpointer user_data)
{
  SampanProgressReport *self = user_data;
  SampanConnection *connection = self->exchange->connection;
  SampanProgress progress = { .done_bytes = done_bytes, .total_bytes = total_bytes };
  SampanWriter writer;
  int64_t now_us = g_get_monotonic_time ();
  if (now_us - self->last_us < PROGRESS_PAUSE_US)
    return;
  self->last_us = now_us;
  if (!sampan_connection_should_stop (connection) &&
      sampan_exchange_begin (self->exchange, &writer))
    {
      sampan_write_progress (&writer, &progress);
      if (sampan_exchange_end (self->exchange, &writer) && sampan_connection_flush (connection))
        return;
    }
  g_cancellable_cancel (self->cancellable);
}
