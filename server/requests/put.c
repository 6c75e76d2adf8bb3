/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* put: what arrives is opened in the receive buffer and written from there. */

#include "config.h"

#include "requests/requests.h"

#include "storage/upload.h"

typedef enum
{
  PUT_GOES_ON,
  PUT_FINISHED,   /* END came */
  PUT_ABORTED,    /* PUT_ABORT came */
  PUT_FAILED,     /* with error; END or PUT_ABORT is still to come */
  PUT_FAILED_END, /* with error; END came */
  PUT_LOST,       /* the connection ended */
} PutResult;

static PutResult
lose (SampanExchange *self)
{
  sampan_connection_set_end (self->connection, SAMPAN_END_BROKEN);
  return PUT_LOST;
}

/* The next message of this put. */
static bool
read_part (SampanExchange *self, uint8_t *kind, SampanReader *reader)
{
  if (sampan_held_puts_are_due (self->puts))
    sampan_held_puts_settle (self->puts);
  return sampan_connection_read (self->connection, SAMPAN_FRAME_MAX, -1, kind, reader) ==
         SAMPAN_INPUT_MESSAGE;
}

bool
sampan_put_discard (SampanExchange *self)
{
  uint8_t kind = 0;
  SampanReader reader;
  /* At once: the client can stop sending when it hears of it. */
  if (!sampan_connection_flush (self->connection))
    return false;
  while (read_part (self, &kind, &reader))
    if (kind == SAMPAN_KIND_END || kind == SAMPAN_KIND_PUT_ABORT)
      return true;
    else if (kind != SAMPAN_KIND_DATA && kind != SAMPAN_KIND_PUT_FROM)
      return sampan_exchange_break (self);
  return false;
}

static SampanUpload *
begin (SampanExchange *self, const SampanPutRequest *request, SampanTarget *target, GError **error)
{
  SampanPutRequest limited = *request;
  if (!sampan_exchange_resolve (self, request->path, self->request->right, target, error))
    return NULL;
  limited.conflict = sampan_exchange_limit_conflict (target->right, request->conflict);
  if (limited.conflict != request->conflict)
    limited.flags &= ~SAMPAN_PUT_EXPECT_VERSION;
  SampanUpload *upload =
      sampan_upload_begin (target->root, target->below, &limited, self->session->account_id, error);
  if (upload == NULL)
    sampan_exchange_explain_conflict (target->right, request->conflict, error);
  return upload;
}

static PutResult
offer (SampanExchange *self, SampanUpload *upload, GError **error)
{
  SampanPutOffer held;
  SampanWriter writer;
  SampanReader reader;
  uint8_t kind = 0;
  uint64_t offset = 0;
  if (!sampan_upload_get_offer (upload, &held, error))
    return PUT_FAILED;
  if (!sampan_exchange_begin (self, &writer))
    return PUT_LOST;
  sampan_write_put_offer (&writer, &held);
  if (!sampan_exchange_end (self, &writer) || !read_part (self, &kind, &reader))
    return PUT_LOST;
  if (kind == SAMPAN_KIND_PUT_ABORT)
    return sampan_read_empty (&reader) ? PUT_ABORTED : lose (self);
  if (kind != SAMPAN_KIND_PUT_FROM || !sampan_read_number (&reader, &offset) ||
      (offset != 0 && offset != held.offset))
    return lose (self);
  return sampan_upload_start_at (upload, offset, error) ? PUT_GOES_ON : PUT_FAILED;
}

static PutResult
take_part (SampanExchange *self,
           SampanUpload *upload,
           uint8_t kind,
           SampanReader *reader,
           GError **error)
{
  uint64_t length = 0;
  if (kind == SAMPAN_KIND_DATA)
    {
      SampanBytes data = sampan_reader_get_rest (reader);
      return sampan_upload_write (upload, data.data, data.length, error) ? PUT_GOES_ON : PUT_FAILED;
    }
  if (kind == SAMPAN_KIND_END && sampan_read_number (reader, &length))
    return sampan_upload_finish (upload, length, error) ? PUT_FINISHED : PUT_FAILED_END;
  if (kind == SAMPAN_KIND_PUT_ABORT && sampan_read_empty (reader))
    return PUT_ABORTED;
  return lose (self);
}

static PutResult
receive (SampanExchange *self,
         const SampanPutRequest *request,
         SampanUpload *upload,
         GError **error)
{
  PutResult result = PUT_GOES_ON;
  if ((request->flags & SAMPAN_PUT_RESUME) != 0)
    result = offer (self, upload, error);
  while (result == PUT_GOES_ON)
    {
      uint8_t kind = 0;
      SampanReader reader;
      result = read_part (self, &kind, &reader) ? take_part (self, upload, kind, &reader, error)
                                                : PUT_LOST;
    }
  return result;
}

/* An admin may have taken the right away while the data came. */
static bool
is_still_allowed (SampanExchange *self, const SampanTarget *target, GError **error)
{
  g_auto (SampanTarget) now = { 0 };
  SampanBytes path = { .data = (const uint8_t *)sampan_path_get (target->path),
                       .length = sampan_path_get_length (target->path) };
  return sampan_exchange_resolve (self, path, target->right, &now, error);
}

static bool
conclude (SampanExchange *self,
          const SampanTarget *target,
          PutResult result,
          int64_t started_us,
          GError *error)
{
  g_autoptr (GError) lost = NULL;
  if (result == PUT_ABORTED || result == PUT_LOST)
    {
      bool is_stop = sampan_connection_get_end (self->connection) == SAMPAN_END_STOPPING;
      lost = g_error_new_literal (SAMPAN_ERROR,
                                  is_stop ? SAMPAN_ERROR_SHUTTING_DOWN : SAMPAN_ERROR_DISCONNECTED,
                                  "not completed");
      error = lost;
    }
  sampan_exchange_log (self, target->path, NULL, -1, started_us, error);
  if (result == PUT_ABORTED)
    return sampan_exchange_reply_empty (self, SAMPAN_KIND_DONE);
  bool is_sent = sampan_exchange_reply_error (self, error);
  if (result == PUT_FAILED)
    return is_sent && sampan_put_discard (self);
  return is_sent && result == PUT_FAILED_END;
}

bool
sampan_request_put (SampanExchange *self, SampanReader *reader)
{
  SampanPutRequest request;
  g_auto (SampanTarget) target = { 0 };
  g_autoptr (GError) error = NULL;
  int64_t started_us = g_get_monotonic_time ();
  if (!sampan_read_put_request (reader, &request))
    return sampan_exchange_break (self);
  SampanUpload *upload = begin (self, &request, &target, &error);
  if (upload == NULL)
    return conclude (self, &target, PUT_FAILED, started_us, error);
  g_atomic_int_inc (&self->services->transfers);
  PutResult result = receive (self, &request, upload, &error);
  g_atomic_int_add (&self->services->transfers, -1);
  if (result == PUT_FINISHED && !is_still_allowed (self, &target, &error))
    result = PUT_FAILED_END;
  if (result != PUT_FINISHED)
    {
      /* What was received stays for a resume when the link broke, not when somebody chose so. */
      sampan_upload_free (upload, result == PUT_LOST);
      return conclude (self, &target, result, started_us, error);
    }
  sampan_held_puts_add (self->puts,
                        upload,
                        target.path,
                        request.size,
                        started_us,
                        target.right,
                        request.conflict);
  return true;
}
