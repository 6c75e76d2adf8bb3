/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* An upload from its first byte to the moment when it is ready to be committed. */

#include "config.h"

#include "storage/upload.h"

#include "storage/disk.h"
#include "storage/hash-file.h"
#include "storage/stored-before.h"
#include "storage/trash-limits.h"
#include "storage/upload-private.h"

#include <fcntl.h>
#include <string.h>
#include <sys/statvfs.h>

/* How much may be dirty before the disk is told to begin: keeps the sync at the end short. */
#define FLUSH_STEP_BYTES (8 * 1024 * 1024)

static SampanUpload *
make_upload (SampanShareRoot *root,
             const SampanPath *path,
             const SampanPutRequest *request,
             uint64_t account_id)
{
  SampanUpload *self = g_new0 (SampanUpload, 1);

  self->root = sampan_share_root_ref (root);
  self->path = sampan_path_ref (path);
  self->folder_path = sampan_path_get_parent (path);
  self->file.fd = self->wake_fd = -1;
  self->account_id = account_id;
  self->size = request->size;
  self->mtime.tv_sec = request->mtime.seconds;
  self->mtime.tv_nsec = request->mtime.nanoseconds;
  self->has_mode = (request->flags & SAMPAN_PUT_MODE) != 0;
  self->mode = request->mode;
  self->conflict = request->conflict;
  /* Where nothing is replaced there is no version to compare. */
  self->has_expected = (request->flags & SAMPAN_PUT_EXPECT_VERSION) != 0 &&
                       (request->conflict == SAMPAN_CONFLICT_REPLACE ||
                        request->conflict == SAMPAN_CONFLICT_REPLACE_NEWER);
  memcpy (self->expected, request->version, sizeof self->expected);
  return self;
}

SampanPlacement
sampan_upload_get_placement (const SampanUpload *self, int folder_fd)
{
  return (SampanPlacement){
    .root = self->root,
    .path = self->path,
    .folder_fd = folder_fd,
    .conflict = self->conflict,
    .expected = self->has_expected ? self->expected : NULL,
    .mtime = self->mtime,
    .kind = S_IFREG,
    .account_id = self->account_id,
  };
}

/* Said before the first byte, not after the last one. */
static bool
check_same_disk (const SampanUpload *self, int folder_fd, GError **error)
{
  struct stat folder;

  if (fstat (folder_fd, &folder) == 0 &&
      folder.st_dev == sampan_share_root_get_staging_device (self->root))
    return true;
  sampan_disk_set_error (error, EXDEV, "cannot store", sampan_path_get (self->path));
  return false;
}

static bool
check_target (SampanUpload *self, GError **error)
{
  SAMPAN_AUTO_FD int folder_fd = sampan_share_root_open_folder_of (self->root, self->path, error);
  SampanPlacement placement;
  SampanTarget target;
  struct stat old;

  if (folder_fd < 0 || !check_same_disk (self, folder_fd, error))
    return false;
  placement = sampan_upload_get_placement (self, folder_fd);
  if (!sampan_placement_check (&placement, &target, &old, error))
    return false;
  self->target_was_free = target == SAMPAN_TARGET_FREE;
  return true;
}

/* Nothing is reserved on the disk itself: an announcement costs nothing there, and many of them
 * must not fill it. */
static bool
has_space (SampanUpload *self, uint64_t held_bytes, GError **error)
{
  struct statvfs space;
  uint64_t missing_bytes = self->size > held_bytes ? self->size - held_bytes : 0;
  uint64_t available_bytes;

  if (missing_bytes > INT64_MAX)
    {
      sampan_disk_set_error (error, EFBIG, "cannot store", sampan_path_get (self->path));
      return false;
    }
  /* A disk that does not tell its size says 0 blocks; the writes will find out. */
  if (fstatvfs (self->file.fd, &space) != 0 || space.f_blocks == 0)
    return true;
  available_bytes = (uint64_t)space.f_bavail * MAX (space.f_frsize, 1);
  if (missing_bytes < available_bytes || missing_bytes == 0)
    return true;
  sampan_disk_set_no_space (error,
                            MAX (missing_bytes - available_bytes, 1),
                            "cannot store",
                            sampan_path_get (self->path));
  return false;
}

static bool
check_space (SampanUpload *self, uint64_t held_bytes, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  if (has_space (self, held_bytes, &local_error))
    return true;
  if (g_error_matches (local_error, SAMPAN_ERROR, SAMPAN_ERROR_NO_SPACE) &&
      sampan_trash_make_room_for (self->root, sampan_error_get_detail (local_error)))
    return has_space (self, held_bytes, error);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return false;
}

/* What is there of a partial; one that cannot be a part of what is announced is dropped. */
static bool
take_partial (SampanUpload *self, bool is_resume, GError **error)
{
  self->offset = self->file.held_bytes;
  if (self->offset == 0 || (is_resume && self->offset <= self->size))
    return true;
  if (ftruncate (self->file.fd, 0) != 0)
    {
      sampan_disk_set_error (error, errno, "cannot stage", self->file.name);
      return false;
    }
  self->offset = 0;
  return true;
}

static bool
open_staged (SampanUpload *self,
             const uint8_t id[static SAMPAN_UPLOAD_ID_LENGTH],
             bool waits,
             GError **error)
{
  if (!sampan_staging_open (self->root, self->account_id, id, waits, &self->file, error))
    return false;
  sampan_reservation_begin (&self->reservation,
                            sampan_share_root_get_usage (self->root),
                            self->file.held_bytes);
  return true;
}

static void
drop_file (SampanUpload *self)
{
  unlinkat (sampan_share_root_get_staging_fd (self->root), self->file.name, 0);
  sampan_disk_clear_fd (&self->file.fd);
  sampan_reservation_end (&self->reservation, 0);
}

/* Takes what was stored before in place of the staged file. With the partial's lock held: nobody
 * else is about to store it. */
static bool
take_stored (SampanUpload *self)
{
  SAMPAN_AUTO_FD int folder_fd = sampan_share_root_open_folder_of (self->root, self->path, NULL);
  SampanPlacement placement;
  int fd;

  if (folder_fd < 0)
    return false;
  placement = sampan_upload_get_placement (self, folder_fd);
  fd = sampan_stored_before_open (&placement, self->size, &self->stored_name);
  if (fd < 0)
    return false;
  drop_file (self);
  self->file.fd = fd;
  self->offset = self->size;
  return true;
}

static bool
begin_resume (SampanUpload *self, const uint8_t id[static SAMPAN_UPLOAD_ID_LENGTH], GError **error)
{
  if (!open_staged (self, id, true, error))
    return false;
  return take_stored (self) ||
         (check_target (self, error) &&
          sampan_trash_reserve (self->root, &self->reservation, self->size, error) &&
          take_partial (self, true, error) && check_space (self, self->offset, error));
}

static bool
begin_new (SampanUpload *self, const uint8_t id[static SAMPAN_UPLOAD_ID_LENGTH], GError **error)
{
  return check_target (self, error) && open_staged (self, id, false, error) &&
         sampan_trash_reserve (self->root, &self->reservation, self->size, error) &&
         take_partial (self, false, error) && check_space (self, self->offset, error);
}

/* A short file is not resumed, so nothing of it is safe before all is. */
static void
begin_writing (SampanUpload *self)
{
  self->state = SAMPAN_UPLOAD_WRITING;
  if (self->stored_name != NULL || !self->file.is_resumable ||
      self->size < SAMPAN_PARTIAL_MIN_BYTES)
    return;
  self->ahead = sampan_sync_ahead_new (self->root, self->file.name, self->file.fd);
  sampan_sync_ahead_set_wake_fd (self->ahead, self->wake_fd);
  /* What was received before may never have been synced. */
  sampan_sync_ahead_advance (self->ahead, self->offset, true);
}

SampanUpload *
sampan_upload_begin (SampanShareRoot *root,
                     const SampanPath *path,
                     const SampanPutRequest *request,
                     uint64_t account_id,
                     GError **error)
{
  SampanUsage *usage = sampan_share_root_get_usage (root);
  g_autoptr (SampanUsageBusy) busy = NULL;
  SampanUpload *self;
  bool is_resume = (request->flags & SAMPAN_PUT_RESUME) != 0;
  GError *local_error = NULL;

  if (!sampan_usage_wait (usage, error))
    return NULL;
  busy = sampan_usage_enter (usage);
  self = make_upload (root, path, request, account_id);
  memcpy (self->id, request->upload_id, sizeof self->id);
  if (is_resume ? begin_resume (self, self->id, &local_error)
                : begin_new (self, self->id, &local_error))
    {
      if (is_resume)
        self->state = SAMPAN_UPLOAD_OFFERED;
      else
        begin_writing (self);
      return self;
    }
  /* A partial may wait for a better time: more space, another name. */
  sampan_upload_free (self, true);
  g_propagate_error (error, local_error);
  return NULL;
}

static bool
check_state (SampanUpload *self, SampanUploadState state, GError **error)
{
  if (self->state == state)
    return true;
  g_set_error_literal (error, SAMPAN_ERROR, SAMPAN_ERROR_PROTOCOL, "not now in an upload");
  return false;
}

bool
sampan_upload_get_offer (SampanUpload *self, SampanPutOffer *offer, GError **error)
{
  uint64_t length = 0;

  if (!check_state (self, SAMPAN_UPLOAD_OFFERED, error))
    return false;
  if (!sampan_hash_file (self->file.fd, self->offset, NULL, NULL, &length, offer->hash, error))
    return false;
  if (self->stored_name != NULL && length != self->size)
    {
      /* Somebody is changing it. */
      length = 0;
      memset (offer->hash, 0, sizeof offer->hash);
    }
  offer->offset = length;
  self->offset = length;
  return true;
}

/* What stands there only looks the same. */
static bool
begin_after_all (SampanUpload *self, GError **error)
{
  g_autoptr (SampanUsageBusy) busy = sampan_usage_enter (sampan_share_root_get_usage (self->root));

  g_clear_pointer (&self->stored_name, g_free);
  sampan_disk_clear_fd (&self->file.fd);
  if (begin_new (self, self->id, error))
    {
      begin_writing (self);
      return true;
    }
  self->state = SAMPAN_UPLOAD_FAILED;
  return false;
}

bool
sampan_upload_start_at (SampanUpload *self, uint64_t offset, GError **error)
{
  if (!check_state (self, SAMPAN_UPLOAD_OFFERED, error))
    return false;
  if (offset != 0 && offset != self->offset)
    {
      g_set_error_literal (error, SAMPAN_ERROR, SAMPAN_ERROR_PROTOCOL, "not the offered offset");
      return false;
    }
  if (self->stored_name != NULL && offset != self->size)
    return begin_after_all (self, error);
  if (self->stored_name == NULL && ftruncate (self->file.fd, (off_t)offset) != 0)
    {
      sampan_disk_set_error (error, errno, "cannot resume", self->file.name);
      self->state = SAMPAN_UPLOAD_FAILED;
      return false;
    }
  self->offset = self->flushed_bytes = offset;
  begin_writing (self);
  return true;
}

/* A hint: what fails here is reported by the fsync, which must be the first to see it. */
static void
flush_early (SampanUpload *self)
{
  if (self->offset - self->flushed_bytes < FLUSH_STEP_BYTES)
    return;
  (void)sync_file_range (self->file.fd,
                         (off_t)self->flushed_bytes,
                         (off_t)(self->offset - self->flushed_bytes),
                         SYNC_FILE_RANGE_WRITE);
  self->flushed_bytes = self->offset;
}

bool
sampan_upload_write (SampanUpload *self, const uint8_t *data, size_t length, GError **error)
{
  if (!check_state (self, SAMPAN_UPLOAD_WRITING, error))
    return false;
  if (length > self->size - self->offset)
    {
      g_set_error_literal (error, SAMPAN_ERROR, SAMPAN_ERROR_PROTOCOL, "more than was announced");
      return false;
    }
  if (!sampan_disk_write (self->file.fd, data, length, self->offset))
    {
      sampan_disk_set_error (error, errno, "cannot write", sampan_path_get (self->path));
      self->state = SAMPAN_UPLOAD_FAILED;
      return false;
    }
  self->offset += length;
  self->received_bytes += length;
  flush_early (self);
  return true;
}

bool
sampan_upload_make_safe (SampanUpload *self, int64_t *wait_us, GError **error)
{
  int saved_errno;

  *wait_us = -1;
  if (self->ahead == NULL)
    return true;
  saved_errno = sampan_sync_ahead_get_errno (self->ahead);
  if (saved_errno == 0)
    {
      sampan_sync_ahead_advance (self->ahead, self->offset, false);
      *wait_us = sampan_sync_ahead_get_wait_us (self->ahead, self->offset);
      return true;
    }
  sampan_disk_set_error (error, saved_errno, "cannot sync", sampan_path_get (self->path));
  self->state = SAMPAN_UPLOAD_FAILED;
  return false;
}

dev_t
sampan_upload_get_device (const SampanUpload *self)
{
  return sampan_share_root_get_staging_device (self->root);
}

uint64_t
sampan_upload_get_received_bytes (const SampanUpload *self)
{
  return self->received_bytes;
}

/* A partial that is too short is not kept. */
uint64_t
sampan_upload_get_safe_bytes (SampanUpload *self)
{
  uint64_t bytes = self->ahead != NULL ? sampan_sync_ahead_get_safe_bytes (self->ahead) : 0;

  return bytes >= SAMPAN_PARTIAL_MIN_BYTES ? bytes : 0;
}

void
sampan_upload_set_wake_fd (SampanUpload *self, int fd)
{
  self->wake_fd = fd;
  if (self->ahead != NULL)
    sampan_sync_ahead_set_wake_fd (self->ahead, fd);
}

bool
sampan_upload_finish (SampanUpload *self, uint64_t length, GError **error)
{
  if (!check_state (self, SAMPAN_UPLOAD_WRITING, error))
    return false;
  if (length != self->size || self->offset != self->size)
    {
      g_set_error_literal (error,
                           SAMPAN_ERROR,
                           SAMPAN_ERROR_PROTOCOL,
                           "not the length that was announced");
      return false;
    }
  self->state = SAMPAN_UPLOAD_FINISHED;
  return true;
}

static bool
is_worth_keeping (const SampanUpload *self, struct stat *status)
{
  return self->state != SAMPAN_UPLOAD_FAILED && self->state != SAMPAN_UPLOAD_COMMITTED &&
         self->file.is_resumable && fstat (self->file.fd, status) == 0 &&
         status->st_size >= SAMPAN_PARTIAL_MIN_BYTES;
}

static void
put_file_away (SampanUpload *self, bool keep)
{
  g_autoptr (SampanUsageBusy) busy = sampan_usage_enter (sampan_share_root_get_usage (self->root));
  int staging_fd = sampan_share_root_get_staging_fd (self->root);
  struct stat status = { 0 };
  bool is_kept;

  if (self->stored_name != NULL)
    {
      sampan_disk_clear_fd (&self->file.fd);
      return;
    }
  is_kept = keep && is_worth_keeping (self, &status);
  if (!is_kept && self->state != SAMPAN_UPLOAD_COMMITTED)
    unlinkat (staging_fd, self->file.name, 0);
  sampan_disk_clear_fd (&self->file.fd); /* and its lock */
  if (is_kept)
    {
      sampan_reservation_end (&self->reservation, (uint64_t)status.st_size);
      sampan_staging_limit (self->root, self->account_id);
    }
  else
    sampan_reservation_end (&self->reservation,
                            self->state == SAMPAN_UPLOAD_COMMITTED ? self->size : 0);
}

void
sampan_upload_free (SampanUpload *self, bool keep)
{
  if (self == NULL)
    return;
  if (!sampan_sync_ahead_free (self->ahead) && self->state != SAMPAN_UPLOAD_COMMITTED)
    self->state = SAMPAN_UPLOAD_FAILED;
  if (self->file.fd >= 0)
    put_file_away (self, keep);
  g_free (self->stored_name);
  sampan_path_unref (self->path);
  g_clear_pointer (&self->folder_path, sampan_path_unref);
  sampan_share_root_unref (self->root);
  g_free (self);
}
