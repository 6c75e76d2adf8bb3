/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* An upload on the engine thread: the file is read straight into frames. */

#include "config.h"

#include "worker.h"

#include "discards.h"
#include "engine-private.h"
#include "upload-source.h"

#include <string.h>

typedef enum
{
  STEP_HEADER,  /* PUT is to be sent */
  STEP_OFFER,   /* PUT_OFFER is due */
  STEP_HASHING, /* the pool thread compares the prefix */
  STEP_FROM,    /* PUT_FROM is to be sent */
  STEP_DATA,
  STEP_ABORT, /* PUT_ABORT is to be sent */
  STEP_SENT,  /* END is out, the box is saving */
  STEP_ABORTED,
} Step;

typedef struct
{
  SampanWorker worker;
  SampanUploadSource source;
  bool has_id;
  uint8_t id[SAMPAN_UPLOAD_ID_LENGTH]; /* of the first try: what changes stays the same upload */
  Step step;
  uint64_t offset; /* of the next byte to read */
  GError *refusal; /* of the server */
  bool restarts;   /* when the comparison is done */
  bool has_left;   /* a part on the box, perhaps */
  SampanPutOffer offer;

  /* the pool thread's while it compares */
  bool prefix_is_same;
} Upload;

static void
upload_finalize (SampanRequest *request)
{
  Upload *self = (Upload *)request;

  sampan_upload_source_close (&self->source);
  g_clear_error (&self->refusal);
  sampan_worker_clear (&self->worker);
  g_free (self);
}

static bool
open_source (Upload *self, GError **error)
{
  if (!sampan_upload_source_open (&self->source, error))
    return false;
  atomic_store (&self->worker.total_bytes, (uint64_t)self->source.before.st_size);
  return true;
}

/* Unless a running comparison reads it. */
static void
close_source (Upload *self)
{
  if (!self->worker.request.busy)
    sampan_upload_source_close (&self->source);
}

/* ---- Start ---- */

static void
upload_start (SampanWorker *worker)
{
  Upload *self = (Upload *)worker;
  GError *error = NULL;

  if (worker->discards)
    sampan_discards_add (worker);
  else
    self->has_left = sampan_discards_give_way (worker);
  /* Many small ones wait for their turn: they must not hold a file each meanwhile. */
  if (worker->is_small || (worker->discards && self->has_id) || open_source (self, &error))
    sampan_worker_submit (worker, SAMPAN_LEASE_SENDING);
  else
    sampan_worker_end (worker, error);
}

/* The file is opened anew when there is a link, as another may have its name by then; whatever it
 * is, only what the server proves to hold of it is not sent again. */
static void
upload_restart (SampanWorker *worker)
{
  Upload *self = (Upload *)worker;

  self->restarts = worker->request.busy;
  if (self->restarts)
    return; /* when the comparison is done */
  close_source (self);
  if (self->step != STEP_HEADER)
    worker->resume = true;
  self->step = STEP_HEADER;
  self->offset = 0;
  sampan_worker_submit (worker, SAMPAN_LEASE_SENDING);
}

/* ---- Sending ---- */

static void
write_header (Upload *self, SampanLink *link)
{
  const SampanPath *path = self->worker.remote;
  const struct stat *file = &self->source.before;
  SampanPutRequest put = {
    .path = { (const uint8_t *)sampan_path_get (path), sampan_path_get_length (path) },
    .size = (uint64_t)file->st_size,
    .mtime = { file->st_mtim.tv_sec, (uint32_t)file->st_mtim.tv_nsec },
    /* What is only dropped must not be refused for what stands there. */
    .conflict = self->worker.discards ? SAMPAN_CONFLICT_KEEP_BOTH : (uint8_t)self->worker.conflict,
    .flags = self->worker.resume ? SAMPAN_PUT_RESUME : 0,
    .mode = (uint16_t)(file->st_mode & SAMPAN_MODE_MAX),
  };
  SampanWriter writer;

  if (self->worker.has_expected && !self->worker.discards)
    {
      put.flags |= SAMPAN_PUT_EXPECT_VERSION;
      memcpy (put.version, self->worker.expected, sizeof put.version);
    }
  if (self->worker.keep_permissions)
    put.flags |= SAMPAN_PUT_MODE;
  if (!self->has_id)
    sampan_upload_source_make_id (&self->source, path, self->id);
  self->has_id = true;
  memcpy (put.upload_id, self->id, sizeof put.upload_id);
  sampan_writer_init (&writer, sampan_link_reserve (link), SAMPAN_FRAME_PLAIN_MAX);
  sampan_write_put_request (&writer, &put);
  g_assert (sampan_writer_ok (&writer));
  sampan_link_commit (link, writer.length);
  self->has_left = true;
}

static void
write_number (SampanLink *link, SampanKind kind, uint64_t number)
{
  SampanWriter writer;

  sampan_writer_init (&writer, sampan_link_reserve (link), SAMPAN_FRAME_PLAIN_MAX);
  sampan_write_number (&writer, kind, number);
  sampan_link_commit (link, writer.length);
}

/* Gives up from this end; takes ERROR. */
static void
give_up (Upload *self, GError *error)
{
  self->step = STEP_ABORT;
  self->worker.request.given_up = true;
  sampan_worker_end (&self->worker, error);
}

static SampanProduced
write_abort (Upload *self, SampanLink *link)
{
  SampanWriter writer;

  sampan_writer_init (&writer, sampan_link_reserve (link), SAMPAN_FRAME_PLAIN_MAX);
  sampan_write_empty (&writer, SAMPAN_KIND_PUT_ABORT);
  sampan_link_commit (link, writer.length);
  self->step = STEP_ABORTED;
  close_source (self);
  sampan_worker_release_link (&self->worker);
  return SAMPAN_PRODUCE_DONE;
}

static SampanProduced
write_end (Upload *self, SampanLink *link)
{
  write_number (link, SAMPAN_KIND_END, self->offset);
  self->step = STEP_SENT;
  close_source (self);
  sampan_worker_set_state (&self->worker, SAMPAN_TRANSFER_SAVING);
  sampan_worker_release_link (&self->worker);
  return SAMPAN_PRODUCE_DONE;
}

static SampanProduced
write_data (Upload *self, SampanLink *link)
{
  uint64_t size = (uint64_t)self->source.before.st_size;
  GError *error = NULL;
  uint8_t *frame;

  while ((frame = sampan_link_reserve (link)) != NULL)
    {
      size_t want = (size_t)MIN (size - self->offset, SAMPAN_DATA_MAX);
      size_t n = 0;

      if (want > 0)
        n = sampan_upload_source_read (&self->source, frame + 1, want, self->offset, &error);
      else if (sampan_upload_source_check_unchanged (&self->source, &error))
        return write_end (self, link);
      if (n == 0)
        {
          give_up (self, error);
          return SAMPAN_PRODUCE_MORE;
        }
      frame[0] = SAMPAN_KIND_DATA;
      sampan_link_commit (link, n + 1);
      self->offset += n;
      atomic_store_explicit (&self->worker.done_bytes, self->offset, memory_order_relaxed);
    }
  return SAMPAN_PRODUCE_MORE;
}

/* Nothing was sent yet, so the server need not hear of it. */
static SampanProduced
skip (Upload *self, SampanLink *link, GError *error)
{
  g_autoptr (GError) reason = error;

  sampan_link_retire (link, &self->worker.request, reason);
  return SAMPAN_PRODUCE_DONE;
}

static SampanProduced
upload_produce (SampanRequest *request, SampanLink *link)
{
  Upload *self = (Upload *)request;
  GError *error = NULL;

  switch (self->step)
    {
    case STEP_HEADER:
      if (!sampan_upload_source_is_open (&self->source) &&
          !(self->worker.discards && self->has_id) && !open_source (self, &error))
        return skip (self, link, error);
      write_header (self, link);
      if (self->worker.discards)
        {
          /* What is offered is given up, which drops it. */
          self->step = STEP_ABORT;
          self->worker.request.given_up = true;
          return SAMPAN_PRODUCE_MORE;
        }
      sampan_worker_set_state (&self->worker, SAMPAN_TRANSFER_SENDING);
      self->step = self->worker.resume ? STEP_OFFER : STEP_DATA;
      return SAMPAN_PRODUCE_MORE;
    case STEP_OFFER:
    case STEP_HASHING:
      return SAMPAN_PRODUCE_WAIT;
    case STEP_FROM:
      write_number (link, SAMPAN_KIND_PUT_FROM, self->offset);
      self->step = STEP_DATA;
      return SAMPAN_PRODUCE_MORE;
    case STEP_DATA:
      return write_data (self, link);
    case STEP_ABORT:
      return write_abort (self, link);
    case STEP_SENT:
    case STEP_ABORTED:
      break;
    }
  return SAMPAN_PRODUCE_DONE;
}

/* ---- Resuming ---- */

static void
compare_work (gpointer data)
{
  Upload *self = data;

  self->prefix_is_same =
      sampan_upload_source_has_prefix (&self->source, self->offer.offset, self->offer.hash);
}

/* What the box had said to be safe is not, if the upload goes on from before it. */
static void
limit_safe_bytes (Upload *self)
{
  uint64_t safe = atomic_load (&self->worker.safe_bytes);

  atomic_store (&self->worker.safe_bytes, MIN (safe, self->offset));
}

static void
compare_done (gpointer data)
{
  Upload *self = data;

  self->worker.request.busy = false;
  if (self->restarts)
    {
      if (!self->worker.has_ended)
        upload_restart (&self->worker);
    }
  else if (self->step == STEP_HASHING && self->worker.link != NULL)
    {
      self->step = STEP_FROM;
      self->offset = self->prefix_is_same ? self->offer.offset : 0;
      self->worker.confirmed_bytes = MAX (self->worker.confirmed_bytes, self->offset);
      atomic_store (&self->worker.done_bytes, self->offset);
      limit_safe_bytes (self);
      sampan_link_wake (self->worker.link);
    }
  sampan_request_unref (self);
}

static void
take_offer (Upload *self, SampanLink *link)
{
  if (self->offer.offset == 0 || self->offer.offset > (uint64_t)self->source.before.st_size)
    {
      self->step = STEP_FROM;
      limit_safe_bytes (self);
      sampan_link_wake (link);
      return;
    }
  self->step = STEP_HASHING;
  self->worker.request.busy = true;
  sampan_engine_run_job (compare_work, compare_done, sampan_request_ref (self));
}

/* ---- Replies and the end ---- */

static bool
take_stored (Upload *self, SampanReader *fields)
{
  SampanStored stored;
  const char *asked = sampan_path_get_name (self->worker.remote);

  if (!sampan_read_stored (fields, &stored))
    return false;
  if (stored.name.length != strlen (asked) ||
      memcmp (stored.name.data, asked, stored.name.length) != 0)
    self->worker.stored_name = g_strndup ((const char *)stored.name.data, stored.name.length);
  memcpy (self->worker.version, stored.version, sizeof stored.version);
  memcpy (self->worker.trash_id, stored.trash_id, sizeof stored.trash_id);
  return true;
}

static bool
take_progress (Upload *self, SampanReader *fields)
{
  SampanProgress progress;

  /* Nothing is safe that was not sent. */
  if (!sampan_read_progress (fields, &progress) || progress.done_bytes > self->offset)
    return false;
  atomic_store_explicit (&self->worker.safe_bytes, progress.done_bytes, memory_order_relaxed);
  self->worker.confirmed_bytes = MAX (self->worker.confirmed_bytes, progress.done_bytes);
  return true;
}

static SampanReply
upload_message (SampanRequest *request, SampanLink *link, uint8_t kind, SampanReader *fields)
{
  Upload *self = (Upload *)request;

  if (kind == SAMPAN_KIND_ERROR)
    {
      self->refusal = sampan_error_from_reply (fields);
      if (self->refusal == NULL)
        return SAMPAN_REPLY_BAD;
      if (g_error_matches (self->refusal, SAMPAN_ERROR, SAMPAN_ERROR_SHUTTING_DOWN))
        {
          /* As good as a broken link, and the server keeps what it has. */
          g_clear_error (&self->refusal);
          sampan_link_break (link, SAMPAN_ERROR_SHUTTING_DOWN, "The server is stopping");
          return SAMPAN_REPLY_PART;
        }
      if (self->step < STEP_ABORT)
        self->step = STEP_ABORT;
      if (self->step == STEP_ABORT)
        sampan_link_wake (link);
      return SAMPAN_REPLY_FINAL;
    }
  if (kind == SAMPAN_KIND_PUT_OFFER && self->worker.resume &&
      (self->step == STEP_OFFER || self->step == STEP_ABORT || self->step == STEP_ABORTED) &&
      sampan_read_put_offer (fields, &self->offer))
    {
      if (self->step == STEP_OFFER)
        take_offer (self, link);
      return SAMPAN_REPLY_PART;
    }
  if (kind == SAMPAN_KIND_PROGRESS && self->step >= STEP_DATA)
    return take_progress (self, fields) ? SAMPAN_REPLY_PART : SAMPAN_REPLY_BAD;
  if (kind == SAMPAN_KIND_STORED && self->step == STEP_SENT)
    return take_stored (self, fields) ? SAMPAN_REPLY_FINAL : SAMPAN_REPLY_BAD;
  if (kind == SAMPAN_KIND_DONE && self->step == STEP_ABORTED && sampan_read_empty (fields))
    return SAMPAN_REPLY_FINAL;
  return SAMPAN_REPLY_BAD;
}

static void
upload_lost (SampanWorker *worker, const GError *error)
{
  sampan_worker_end (worker, g_error_copy (error));
  sampan_worker_release_link (worker);
  close_source ((Upload *)worker);
}

/* Of what was cancelled the box may have a part, and it was not told: it is, once it is in reach.
 * The short are not kept there. */
static void
discard_later (Upload *self)
{
  const SampanWorker *worker = &self->worker;
  Upload *discard;

  if (!self->has_left || worker->keep_partial || worker->is_small || worker->discards ||
      sampan_link_pool_is_closed (worker->pool))
    return;
  self->has_left = false;
  discard =
      (Upload *)sampan_upload_new (worker->pool, worker->local, worker->remote, worker->conflict);
  discard->worker.discards = true;
  discard->worker.resume = true; /* or the box would keep what a connection that died still holds */
  discard->source.before = self->source.before;
  discard->has_id = self->has_id;
  memcpy (discard->id, self->id, sizeof self->id);
  /* Now: the file may be on its way again before it starts. */
  sampan_discards_add (&discard->worker);
  sampan_worker_start (&discard->worker);
  sampan_request_unref (discard);
}

static void
upload_end (SampanRequest *request, SampanLink *link, const GError *error)
{
  Upload *self = (Upload *)request;

  if (error != NULL)
    {
      if (self->worker.is_cancelled)
        discard_later (self);
      if (!sampan_worker_retry (&self->worker, error))
        upload_lost (&self->worker, error);
      return;
    }
  sampan_worker_end (&self->worker, g_steal_pointer (&self->refusal));
}

/* The link broke when PUT_ABORT was still to be sent. */
static void
upload_abandoned (SampanRequest *request, SampanLink *link)
{
  Upload *self = (Upload *)request;

  if (!self->worker.has_ended)
    return; /* it goes on over another link */
  sampan_worker_release_link (&self->worker);
  close_source (self);
}

static void
upload_cancel (SampanWorker *worker)
{
  Upload *self = (Upload *)worker;
  GError *error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled");

  if (worker->link == NULL || sampan_link_withdraw (worker->link, &worker->request))
    {
      /* What is being saved cannot be taken back, and its answer may be long in coming. */
      bool is_answer_due = self->step == STEP_SENT && worker->retry == NULL;

      sampan_worker_release_link (worker);
      sampan_worker_end (worker, error);
      if (!is_answer_due)
        discard_later (self);
      return;
    }
  if (worker->keep_partial && !worker->is_small)
    {
      /* For the server this is a broken link: it keeps what it has. */
      sampan_worker_end (worker, error);
      sampan_link_break (worker->link, SAMPAN_ERROR_DISCONNECTED, "Cancelled");
      return;
    }
  /* The source stays open for a running comparison; it is closed with the object. */
  give_up (self, error);
  sampan_link_wake (worker->link);
}

static const SampanWorkerClass upload_class = {
  {
      .produce = upload_produce,
      .message = upload_message,
      .end = upload_end,
      .abandoned = upload_abandoned,
      .finalize = upload_finalize,
  },
  upload_start,
  upload_restart,
  upload_lost,
  upload_cancel,
};

SampanWorker *
sampan_upload_new (SampanLinkPool *pool,
                   const char *local,
                   const SampanPath *remote,
                   SampanConflict conflict)
{
  Upload *self = g_new0 (Upload, 1);

  sampan_worker_init (&self->worker, &upload_class, pool, local, remote, conflict);
  self->worker.request.slow = true;
  sampan_upload_source_init (&self->source, self->worker.local);
  return &self->worker;
}
