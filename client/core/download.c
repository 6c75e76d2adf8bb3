/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A download on the engine thread: frames are opened in place and written to the target. */

#include "config.h"

#include "worker.h"

#include "engine-private.h"
#include "hash-prefix.h"
#include "local-target.h"
#include "saver.h"

#include <sodium.h>
#include <string.h>
#include <unistd.h>

/* Of a part that an earlier download left: its tag says of which version it is, not that it still
 * is what was written. */
typedef enum
{
  PROOF_NONE,      /* not needed, or done */
  PROOF_ASKED,     /* the box is to hash as much of the file */
  PROOF_COMPARING, /* a pool thread hashes what is here */
} Proof;

typedef struct
{
  SampanWorker worker;
  SampanLocalTarget *target; /* until it is being saved */
  bool has_info;
  bool expects;     /* OFFSET bytes of ORIGIN are here: nothing else will do */
  bool began_anew;  /* once, as ORIGIN was no more */
  bool is_dropping; /* what comes is read and forgotten */
  bool is_saving;
  Proof proof;
  SampanPartOrigin origin;
  uint64_t offset;
  uint8_t hash[SAMPAN_HASH_LENGTH]; /* of OFFSET bytes on the box */
  GError *refusal;                  /* of the server */
  SampanSave save;
} Download;

static void
download_finalize (SampanRequest *request)
{
  Download *self = (Download *)request;

  g_clear_pointer (&self->target, sampan_local_target_free);
  g_clear_error (&self->refusal);
  sampan_worker_clear (&self->worker);
  g_free (self);
}

/* The same for the same file of the same server under the same name here. */
static void
make_part_key (const Download *self, uint8_t key[static SAMPAN_PART_KEY_LENGTH])
{
  const SampanWorker *worker = &self->worker;
  g_autofree char *name = g_path_get_basename (worker->local);
  crypto_generichash_state state;

  if (crypto_generichash_init (&state, NULL, 0, SAMPAN_PART_KEY_LENGTH) != 0 ||
      crypto_generichash_update (&state,
                                 sampan_link_pool_get_server_public_key (worker->pool),
                                 SAMPAN_PUBLIC_KEY_LENGTH) != 0 ||
      crypto_generichash_update (&state,
                                 (const uint8_t *)sampan_path_get (worker->remote),
                                 sampan_path_get_length (worker->remote) + 1) != 0 ||
      crypto_generichash_update (&state, (const uint8_t *)name, strlen (name)) != 0 ||
      crypto_generichash_final (&state, key, SAMPAN_PART_KEY_LENGTH) != 0)
    g_assert_not_reached ();
}

/* What is here may be continued later. */
static void
put_away (Download *self, bool keep)
{
  if (keep && self->target != NULL)
    sampan_local_target_keep_part (self->target);
  g_clear_pointer (&self->target, sampan_local_target_free);
}

static void
download_start (SampanWorker *worker)
{
  Download *self = (Download *)worker;
  uint8_t key[SAMPAN_PART_KEY_LENGTH];
  GError *error = NULL;

  self->target =
      sampan_local_target_new (worker->local,
                               worker->discards ? SAMPAN_CONFLICT_KEEP_BOTH : worker->conflict,
                               &error);
  if (self->target == NULL)
    {
      sampan_worker_end (worker, error);
      return;
    }
  make_part_key (self, key);
  self->offset = sampan_local_target_find_part (self->target, key, &self->origin);
  if (worker->discards)
    {
      put_away (self, false);
      sampan_worker_end (worker, NULL);
      return;
    }
  self->expects = self->offset > 0;
  self->proof = self->expects ? PROOF_ASKED : PROOF_NONE;
  worker->request.slow = self->expects;
  sampan_worker_submit (worker, SAMPAN_LEASE_ALONE);
}

static void
download_restart (SampanWorker *worker)
{
  Download *self = (Download *)worker;

  self->has_info = false;
  self->expects = self->offset > 0;
  sampan_worker_submit (worker, SAMPAN_LEASE_ALONE);
}

static void
write_get (Download *self, SampanWriter *writer)
{
  const SampanPath *path = self->worker.remote;
  SampanGetRequest get = { .path = { (const uint8_t *)sampan_path_get (path),
                                     sampan_path_get_length (path) } };

  if (self->expects)
    {
      get.offset = self->offset;
      get.flags = SAMPAN_GET_EXPECT_VERSION;
      memcpy (get.version, self->origin.version, sizeof get.version);
    }
  sampan_write_get_request (writer, &get);
}

static void
write_hash (Download *self, SampanWriter *writer)
{
  const SampanPath *path = self->worker.remote;
  SampanHashRequest hash = { .path = { (const uint8_t *)sampan_path_get (path),
                                       sampan_path_get_length (path) },
                             .length = self->offset };

  sampan_write_hash_request (writer, &hash);
}

static SampanProduced
download_produce (SampanRequest *request, SampanLink *link)
{
  Download *self = (Download *)request;
  SampanWriter writer;

  sampan_writer_init (&writer, sampan_link_reserve (link), SAMPAN_FRAME_PLAIN_MAX);
  if (self->proof == PROOF_ASKED)
    write_hash (self, &writer);
  else
    write_get (self, &writer);
  g_assert (sampan_writer_ok (&writer));
  sampan_link_commit (link, writer.length);
  return SAMPAN_PRODUCE_DONE;
}

/* Ends the transfer and forgets what still comes: by reading on, or by closing the link where that
 * is cheaper and hurts nobody else. Takes ERROR. */
static void
drop_rest (Download *self, SampanLink *link, GError *error)
{
  bool is_long = self->proof == PROOF_ASKED ||
                 (self->has_info && self->origin.size - self->offset > SAMPAN_TRANSFER_SMALL_BYTES);

  self->is_dropping = true;
  put_away (self,
            (self->worker.is_cancelled && self->worker.keep_partial) ||
                g_error_matches (error, SAMPAN_ERROR, SAMPAN_ERROR_NO_SPACE));
  sampan_worker_end (&self->worker, error);
  if (is_long && sampan_link_has_only_one (link))
    sampan_link_close (link);
}

static bool
take_info (Download *self, SampanLink *link, SampanReader *fields)
{
  SampanGetInfo info;
  GError *error = NULL;

  if (self->has_info || !sampan_read_get_info (fields, &info) || info.size > INT64_MAX)
    return false;
  if (self->expects && (info.size != self->origin.size ||
                        memcmp (info.version, self->origin.version, sizeof info.version) != 0))
    return false;
  self->has_info = true;
  self->origin.size = info.size;
  self->origin.mtime = info.mtime;
  self->save.mode = self->worker.keep_permissions ? info.mode : SAMPAN_LOCAL_MODE_USUAL;
  memcpy (self->origin.version, info.version, sizeof info.version);
  if (self->is_dropping)
    {
      drop_rest (self, link, NULL);
      return true;
    }
  atomic_store (&self->worker.total_bytes, info.size);
  atomic_store (&self->worker.done_bytes, self->offset);
  sampan_worker_set_state (&self->worker, SAMPAN_TRANSFER_RECEIVING);
  if (!sampan_local_target_create (self->target, &self->origin, self->offset, &error))
    drop_rest (self, link, error);
  return true;
}

static bool
take_data (Download *self, SampanLink *link, SampanReader *fields)
{
  SampanBytes bytes = sampan_reader_get_rest (fields);
  GError *error = NULL;
  bool good;

  /* The announced size is the cap, whatever the server sends. */
  if (!self->has_info || bytes.length == 0 || bytes.length > self->origin.size - self->offset)
    return false;
  good = self->is_dropping ||
         sampan_local_target_write (self->target, bytes.data, bytes.length, self->offset, &error);
  /* What is forgotten counts, too: the end tells the whole length. */
  self->offset += bytes.length;
  if (!good)
    {
      drop_rest (self, link, error);
      return true;
    }
  self->worker.confirmed_bytes = MAX (self->worker.confirmed_bytes, self->offset);
  atomic_store_explicit (&self->worker.done_bytes, self->offset, memory_order_relaxed);
  return true;
}

static SampanReply
take_refusal (Download *self, SampanLink *link, SampanReader *fields)
{
  self->refusal = sampan_error_from_reply (fields);
  if (g_error_matches (self->refusal, SAMPAN_ERROR, SAMPAN_ERROR_SHUTTING_DOWN))
    {
      /* As good as a broken link. */
      g_clear_error (&self->refusal);
      sampan_link_break (link, SAMPAN_ERROR_SHUTTING_DOWN, "The server is stopping");
      return SAMPAN_REPLY_PART;
    }
  return self->refusal != NULL ? SAMPAN_REPLY_FINAL : SAMPAN_REPLY_BAD;
}

static SampanReply
take_hash (Download *self, uint8_t kind, SampanReader *fields)
{
  SampanProgress progress;
  SampanHashIs hash;

  if (kind == SAMPAN_KIND_PROGRESS)
    return sampan_read_progress (fields, &progress) ? SAMPAN_REPLY_PART : SAMPAN_REPLY_BAD;
  if (kind != SAMPAN_KIND_HASH_IS || !sampan_read_hash_is (fields, &hash) ||
      hash.length != self->offset)
    return SAMPAN_REPLY_BAD;
  memcpy (self->hash, hash.hash, sizeof self->hash);
  return SAMPAN_REPLY_FINAL;
}

static SampanReply
download_message (SampanRequest *request, SampanLink *link, uint8_t kind, SampanReader *fields)
{
  Download *self = (Download *)request;
  uint64_t length;

  if (kind == SAMPAN_KIND_ERROR)
    return take_refusal (self, link, fields);
  if (self->proof == PROOF_ASKED)
    return take_hash (self, kind, fields);
  if (kind == SAMPAN_KIND_DATA)
    return take_data (self, link, fields) ? SAMPAN_REPLY_PART : SAMPAN_REPLY_BAD;
  if (kind == SAMPAN_KIND_GET_INFO)
    return take_info (self, link, fields) ? SAMPAN_REPLY_PART : SAMPAN_REPLY_BAD;
  return kind == SAMPAN_KIND_END && self->has_info && sampan_read_number (fields, &length) &&
                 length == self->origin.size && self->offset == self->origin.size
             ? SAMPAN_REPLY_FINAL
             : SAMPAN_REPLY_BAD;
}

/* ---- Proving that what is here is what is there ---- */

typedef struct
{
  Download *download; /* referenced */
  int fd;             /* its own: a cancel closes the other */
  uint64_t length;
  uint8_t hash[SAMPAN_HASH_LENGTH];
  bool is_known;
} Comparison;

/* What is here, if anything, is written over. */
static void
forget_part (Download *self)
{
  self->has_info = self->expects = false;
  self->offset = 0;
  self->worker.confirmed_bytes = self->worker.retried_bytes = 0;
  atomic_store (&self->worker.done_bytes, 0);
}

static void
end_proof (Download *self, bool is_same)
{
  self->proof = PROOF_NONE;
  self->worker.request.slow = false;
  if (!is_same)
    forget_part (self);
  sampan_worker_submit (&self->worker, SAMPAN_LEASE_ALONE);
}

static void
compare_work (gpointer data)
{
  Comparison *self = data;

  self->is_known = self->fd >= 0 && sampan_hash_prefix (self->fd, self->length, self->hash);
}

static void
compare_done (gpointer data)
{
  Comparison *self = data;
  Download *download = self->download;

  if (!download->worker.has_ended)
    end_proof (download,
               self->is_known &&
                   sodium_memcmp (self->hash, download->hash, sizeof self->hash) == 0);
  if (self->fd >= 0)
    close (self->fd);
  sampan_request_unref (download);
  g_free (self);
}

static void
compare_part (Download *self)
{
  Comparison *comparison;

  if (self->refusal != NULL)
    {
      /* A GET without conditions tells whether the file can be had at all. */
      g_clear_error (&self->refusal);
      end_proof (self, false);
      return;
    }
  comparison = g_new0 (Comparison, 1);
  self->proof = PROOF_COMPARING;
  comparison->download = sampan_request_ref (self);
  comparison->fd = sampan_local_target_dup_fd (self->target);
  comparison->length = self->offset;
  sampan_engine_run_job (compare_work, compare_done, comparison);
}

/* ---- Saving ---- */

static void
save_done (SampanSave *save)
{
  Download *self = (Download *)((char *)save - G_STRUCT_OFFSET (Download, save));

  self->is_saving = false;
  self->worker.stored_name = g_steal_pointer (&save->stored_name);
  sampan_worker_end (&self->worker, g_steal_pointer (&save->error));
  sampan_request_unref (self);
}

static void
start_saving (Download *self)
{
  sampan_worker_set_state (&self->worker, SAMPAN_TRANSFER_SAVING);
  self->is_saving = true;
  self->save.target = g_steal_pointer (&self->target);
  self->save.mtime = self->origin.mtime;
  self->save.done = save_done;
  sampan_request_ref (self);
  if (self->origin.size <= SAMPAN_TRANSFER_SMALL_BYTES)
    sampan_saver_add (sampan_link_pool_get_saver (self->worker.pool), &self->save);
  else
    sampan_saver_run_alone (&self->save);
}

static void
download_lost (SampanWorker *worker, const GError *error)
{
  put_away ((Download *)worker,
            sampan_link_error_is_passing (error) ||
                g_error_matches (error, SAMPAN_ERROR, SAMPAN_ERROR_SESSION_ENDED));
  sampan_worker_end (worker, g_error_copy (error));
}

/* TRUE if it is the version that is gone, and that for the first time. */
static bool
begin_anew (Download *self)
{
  if (!self->expects || self->began_anew ||
      !g_error_matches (self->refusal, SAMPAN_ERROR, SAMPAN_ERROR_CHANGED))
    return false;
  g_clear_error (&self->refusal);
  self->began_anew = true;
  forget_part (self);
  sampan_worker_submit (&self->worker, SAMPAN_LEASE_ALONE);
  return true;
}

static void
download_end (SampanRequest *request, SampanLink *link, const GError *error)
{
  Download *self = (Download *)request;

  sampan_worker_release_link (&self->worker);
  if (self->worker.has_ended)
    return;
  if (error != NULL)
    {
      if (!sampan_worker_retry (&self->worker, error))
        download_lost (&self->worker, error);
      return;
    }
  if (self->proof == PROOF_ASKED)
    {
      compare_part (self);
      return;
    }
  if (self->refusal != NULL)
    {
      if (begin_anew (self))
        return;
      put_away (self, false);
      sampan_worker_end (&self->worker, g_steal_pointer (&self->refusal));
      return;
    }
  start_saving (self);
}

static void
download_cancel (SampanWorker *worker)
{
  Download *self = (Download *)worker;
  GError *error;

  if (self->is_saving)
    {
      /* To keep all of it is to let it be saved: the disk has to be waited for anyway. */
      if (!worker->keep_partial)
        atomic_store (&self->save.is_stopped, true);
      return;
    }
  error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled");
  if (worker->link == NULL || sampan_link_withdraw (worker->link, &worker->request))
    {
      put_away (self, worker->keep_partial);
      sampan_worker_release_link (worker);
      sampan_worker_end (worker, error);
      return;
    }
  drop_rest (self, worker->link, error);
}

static const SampanWorkerClass download_class = {
  {
      .produce = download_produce,
      .message = download_message,
      .end = download_end,
      .finalize = download_finalize,
  },
  download_start,
  download_restart,
  download_lost,
  download_cancel,
};

SampanWorker *
sampan_download_new (SampanLinkPool *pool,
                     const SampanPath *remote,
                     const char *local,
                     SampanConflict conflict)
{
  Download *self = g_new0 (Download, 1);

  sampan_worker_init (&self->worker, &download_class, pool, local, remote, conflict);
  atomic_init (&self->save.is_stopped, false);
  return &self->worker;
}
