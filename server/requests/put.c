/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* put: what arrives is opened in the receive buffer and written from there. */

#include "config.h"

#include "requests/requests.h"

#include "storage/upload.h"

#include <string.h>

/* For what has arrived already when an upload is taken over; below the newcomer's patience. */
#define LET_GO_US (G_USEC_PER_SEC / 2)

typedef enum
{
  PUT_GOES_ON,
  PUT_FINISHED,   /* END came */
  PUT_ABORTED,    /* PUT_ABORT came */
  PUT_FAILED,     /* with error; END or PUT_ABORT is still to come */
  PUT_FAILED_END, /* with error; END came */
  PUT_LOST,       /* the connection ended */
  PUT_TAKEN_OVER, /* another connection goes on; END or PUT_ABORT is still to come */
} PutResult;

static PutResult
lose (SampanExchange *self)
{
  sampan_connection_set_end (self->connection, SAMPAN_END_BROKEN);
  return PUT_LOST;
}

/* The next message of this put; DRY if it was woken first, or after WAIT_US (-1: a dead peer's). */
static SampanInput
read_within (SampanExchange *self, int64_t wait_us, uint8_t *kind, SampanReader *reader)
{
  if (sampan_held_puts_are_due (self->puts))
    sampan_held_puts_settle (self->puts);
  return sampan_connection_read (self->connection, SAMPAN_FRAME_MAX, wait_us, kind, reader);
}

static bool
read_part (SampanExchange *self, uint8_t *kind, SampanReader *reader)
{
  return read_within (self, -1, kind, reader) == SAMPAN_INPUT_MESSAGE;
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
begin (SampanExchange *self,
       const SampanPutRequest *request,
       const SampanTarget *target,
       GError **error)
{
  SampanPutRequest limited = *request;
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
take_data (SampanExchange *self, SampanUpload *upload, SampanBytes data, GError **error)
{
  if (!sampan_upload_write (upload, data.data, data.length, error))
    return PUT_FAILED;
  sampan_connection_spend_turn (self->connection,
                                self->services->put_turns,
                                sampan_upload_get_device (upload),
                                data.length);
  return PUT_GOES_ON;
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
    return take_data (self, upload, sampan_reader_get_rest (reader), error);
  if (kind == SAMPAN_KIND_END && sampan_read_number (reader, &length))
    return sampan_upload_finish (upload, length, error) ? PUT_FINISHED : PUT_FAILED_END;
  if (kind == SAMPAN_KIND_PUT_ABORT && sampan_read_empty (reader))
    return PUT_ABORTED;
  return lose (self);
}

/* Who is idle is woken and lets go at once; who is still sending has a moment to become idle. */
static bool
must_let_go (SampanUploadClaim *claim, int64_t *since_us)
{
  if (!sampan_upload_claim_is_taken_over (claim))
    return false;
  if (*since_us == 0)
    *since_us = g_get_monotonic_time ();
  return g_get_monotonic_time () - *since_us > LET_GO_US;
}

/* From now on the worker that waits for this upload can be woken. */
static void
arm (SampanExchange *self, SampanUpload *upload, SampanUploadClaim *claim)
{
  sampan_upload_claims_arm (self->services->uploads, claim);
  sampan_connection_set_wake_fd (self->connection, claim->wake_fd);
  sampan_upload_set_wake_fd (upload, claim->wake_fd);
}

static PutResult
receive_next (SampanExchange *self, SampanUpload *upload, SampanUploadClaim *claim, GError **error)
{
  uint8_t kind = 0;
  SampanReader reader;
  int64_t wait_us = 0;
  if (!sampan_upload_make_safe (upload, &wait_us, error))
    return PUT_FAILED;
  SampanInput input = read_within (self, claim->is_armed ? wait_us : 0, &kind, &reader);
  if (input == SAMPAN_INPUT_MESSAGE)
    return take_part (self, upload, kind, &reader, error);
  if (input == SAMPAN_INPUT_DRY && !claim->is_armed)
    arm (self, upload, claim);
  else
    sampan_upload_claim_clear_wake (claim);
  return input == SAMPAN_INPUT_DRY && !sampan_upload_claim_is_taken_over (claim) ? PUT_GOES_ON
                                                                                 : PUT_LOST;
}

/* FALSE: nobody listens any more. */
static bool
tell_safe_bytes (SampanExchange *self,
                 const SampanPutRequest *request,
                 SampanUpload *upload,
                 uint64_t *told_bytes)
{
  SampanProgress progress = { .done_bytes = sampan_upload_get_safe_bytes (upload),
                              .total_bytes = request->size };
  SampanWriter writer;
  if (progress.done_bytes <= *told_bytes)
    return true;
  *told_bytes = progress.done_bytes;
  if (!sampan_exchange_begin (self, &writer))
    return false;
  sampan_write_progress (&writer, &progress);
  return sampan_exchange_end (self, &writer) && sampan_connection_flush (self->connection);
}

static PutResult
receive (SampanExchange *self,
         const SampanPutRequest *request,
         SampanUpload *upload,
         SampanUploadClaim *claim,
         GError **error)
{
  PutResult result = PUT_GOES_ON;
  int64_t taken_over_us = 0;
  uint64_t told_bytes = 0;
  if ((request->flags & SAMPAN_PUT_RESUME) != 0)
    {
      arm (self, upload, claim);
      result = offer (self, upload, error);
    }
  while (result == PUT_GOES_ON)
    {
      result = must_let_go (claim, &taken_over_us) ? PUT_LOST
                                                   : receive_next (self, upload, claim, error);
      if (result == PUT_GOES_ON && !tell_safe_bytes (self, request, upload, &told_bytes))
        result = PUT_LOST;
    }
  /* Nothing ended the connection: it was woken. */
  if (result != PUT_LOST || sampan_connection_get_end (self->connection) != SAMPAN_END_NONE)
    return result;
  g_set_error_literal (error, SAMPAN_ERROR, SAMPAN_ERROR_TAKEN_OVER, "goes on elsewhere");
  return PUT_TAKEN_OVER;
}

/* The claim comes before the partial is waited for: whoever has that lets go of it. */
static PutResult
run (SampanExchange *self,
     const SampanPutRequest *request,
     const SampanTarget *target,
     SampanUpload **upload,
     GError **error)
{
  SampanUploadClaim claim = { .account_id = self->session->account_id, .share = target->share };
  PutResult result = PUT_FAILED;
  memcpy (claim.id, request->upload_id, sizeof claim.id);
  sampan_upload_claims_add (self->services->uploads,
                            &claim,
                            (request->flags & SAMPAN_PUT_RESUME) != 0);
  *upload = begin (self, request, target, error);
  if (*upload != NULL)
    {
      g_atomic_int_inc (&self->services->transfers);
      g_atomic_int_inc (&self->session->uploads);
      result = receive (self, request, *upload, &claim, error);
      g_atomic_int_add (&self->session->uploads, -1);
      g_atomic_int_add (&self->services->transfers, -1);
      sampan_upload_set_wake_fd (*upload, -1);
      sampan_connection_set_wake_fd (self->connection, -1);
    }
  sampan_upload_claims_remove (self->services->uploads, &claim);
  return result;
}

/* An admin may have taken the right away while the data came. */
static bool
is_still_allowed (SampanExchange *self, const SampanTarget *target, GError **error)
{
  g_auto (SampanTarget) now = { 0 };
  if (g_atomic_int_get (&self->services->shares_number) == target->shares_number)
    return true;
  SampanBytes path = { .data = (const uint8_t *)sampan_path_get (target->path),
                       .length = sampan_path_get_length (target->path) };
  return sampan_exchange_resolve (self, path, target->right, &now, error);
}

static bool
conclude (SampanExchange *self,
          const SampanTarget *target,
          PutResult result,
          uint64_t received_bytes,
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
  sampan_exchange_log (self, target->path, NULL, (int64_t)received_bytes, started_us, error);
  if (result == PUT_ABORTED)
    return sampan_exchange_reply_empty (self, SAMPAN_KIND_DONE);
  bool is_sent = sampan_exchange_reply_error (self, error);
  if (result == PUT_FAILED || result == PUT_TAKEN_OVER)
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
  if (!sampan_exchange_resolve (self, request.path, self->request->right, &target, &error))
    return conclude (self, &target, PUT_FAILED, 0, started_us, error);
  SampanUpload *upload = NULL;
  PutResult result = run (self, &request, &target, &upload, &error);
  if (result == PUT_FINISHED && !is_still_allowed (self, &target, &error))
    result = PUT_FAILED_END;
  if (result != PUT_FINISHED)
    {
      uint64_t received_bytes = upload != NULL ? sampan_upload_get_received_bytes (upload) : 0;
      /* What was received stays for a resume when the link broke, not when somebody chose so. */
      sampan_upload_free (upload, result == PUT_LOST || result == PUT_TAKEN_OVER);
      return conclude (self, &target, result, received_bytes, started_us, error);
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
