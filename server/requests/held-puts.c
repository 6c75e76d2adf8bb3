/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Group commit and the replies that wait for it. */

#include "config.h"

#include "requests/held-puts.h"

#include "requests/exchange.h"
#include "requests/transfer-log.h"

/* On a slow disk a round takes longer than SAMPAN_BATCH_MS: collecting for as long as the last one
 * took makes fewer rounds, and at most doubles the wait. */
#define COLLECT_MAX_US (100 * 1000)

typedef struct
{
  SampanPath *path;
  uint64_t size;
  int64_t started_us;
  SampanRight right;
  uint8_t conflict;
} HeldPut;

struct _SampanHeldPuts
{
  SampanConnection *connection; /* borrowed */
  SampanCommitBatch *batch;     /* NULL while nothing is held */
  GQueue puts;                  /* HeldPut, as in the batch */
  uint64_t bytes;               /* of all that is held */
  int64_t first_us;             /* since when something is held */
  int64_t last_round_us;        /* how long the last commit took */
};

static void
held_put_free (HeldPut *put)
{
  sampan_path_unref (put->path);
  g_free (put);
}

SampanHeldPuts *
sampan_held_puts_new (SampanConnection *connection)
{
  SampanHeldPuts *self = g_new0 (SampanHeldPuts, 1);
  self->connection = connection;
  g_queue_init (&self->puts);
  return self;
}

void
sampan_held_puts_free (SampanHeldPuts *self)
{
  if (self == NULL)
    return;
  g_queue_clear_full (&self->puts, (GDestroyNotify)held_put_free);
  g_clear_pointer (&self->batch, sampan_commit_batch_free);
  g_free (self);
}

void
sampan_held_puts_add (SampanHeldPuts *self,
                      SampanUpload *upload,
                      const SampanPath *path,
                      uint64_t size,
                      int64_t started_us,
                      SampanRight right,
                      uint8_t conflict)
{
  HeldPut *put = g_new0 (HeldPut, 1);
  put->path = sampan_path_ref (path);
  put->size = size;
  put->started_us = started_us;
  put->right = right;
  put->conflict = conflict;
  if (self->puts.length == 0)
    {
      self->first_us = g_get_monotonic_time ();
      self->bytes = 0;
    }
  self->bytes += size;
  g_queue_push_tail (&self->puts, put);
  if (self->batch == NULL)
    self->batch = sampan_commit_batch_new ();
  sampan_commit_batch_add (self->batch, upload);
}

bool
sampan_held_puts_are_due (const SampanHeldPuts *self)
{
  if (self->puts.length == 0 || !sampan_commit_batch_is_due (self->batch))
    return false;
  return self->puts.length >= SAMPAN_BATCH_UPLOADS || self->bytes >= SAMPAN_BATCH_BYTES ||
         g_get_monotonic_time () - self->first_us >= MIN (self->last_round_us, COLLECT_MAX_US);
}

static void
log_put (SampanHeldPuts *self, const HeldPut *put, const GError *error)
{
  sampan_log_transfer (self->connection,
                       "put",
                       put->path,
                       NULL,
                       (int64_t)put->size,
                       put->started_us,
                       error);
}

/* Whose session was ended stores nothing more. */
static void
give_up (SampanHeldPuts *self)
{
  g_autoptr (GError) error =
      g_error_new_literal (SAMPAN_ERROR, SAMPAN_ERROR_NOT_ALLOWED, "the session has ended");
  g_clear_pointer (&self->batch, sampan_commit_batch_free);
  for (GList *i = self->puts.head; i != NULL; i = i->next)
    log_put (self, i->data, error);
  g_queue_clear_full (&self->puts, (GDestroyNotify)held_put_free);
}

static void
answer (const SampanStored *stored, const GError *commit_error, gpointer user_data)
{
  SampanHeldPuts *self = user_data;
  HeldPut *put = g_queue_pop_head (&self->puts);
  g_autoptr (GError) error = commit_error != NULL ? g_error_copy (commit_error) : NULL;
  SampanCounters *counters = &sampan_connection_get_services (self->connection)->counters;
  SampanWriter writer;

  if (error == NULL)
    sampan_counters_add (counters, SAMPAN_COUNT_FILES_STORED, 1);
  sampan_exchange_explain_conflict (put->right, put->conflict, &error);
  log_put (self, put, error);
  held_put_free (put);
  if (!sampan_connection_begin (self->connection, &writer))
    return;
  if (error == NULL)
    sampan_write_stored (&writer, stored);
  else
    {
      sampan_counters_add (counters, SAMPAN_COUNT_ERRORS, 1);
      SampanErrorReply reply = { .code = sampan_error_to_code (error),
                                 .detail = sampan_error_get_detail (error) };
      sampan_write_error_reply (&writer, &reply);
    }
  if (!sampan_connection_end (self->connection, &writer))
    g_debug ("a put was stored but its reply cannot be sent");
}

void
sampan_held_puts_settle (SampanHeldPuts *self)
{
  /* Whatever comes next is no upload, or takes its time on the disk. */
  sampan_connection_end_turn (self->connection);
  if (self->puts.length == 0)
    return;
  if (sampan_connection_get_end (self->connection) != SAMPAN_END_REVOKED &&
      !sampan_server_session_has_ended (sampan_connection_get_session (self->connection)))
    {
      int64_t start_us = g_get_monotonic_time ();
      sampan_commit_batch_run (self->batch, answer, self);
      self->last_round_us = g_get_monotonic_time () - start_us;
      /* Now, not when the buffer is full: more input may keep coming for long. */
      if (!sampan_connection_flush (self->connection))
        g_debug ("puts were stored but their replies cannot be sent");
    }
  else
    give_up (self);
  g_assert (g_queue_is_empty (&self->puts));
}
