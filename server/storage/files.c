/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Looking at files: what they are, how much space there is, opening them; the times of folders. */

#include "config.h"

#include "storage/files.h"

#include "storage/disk.h"
#include "storage/entry.h"
#include "wire.h"

#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/statvfs.h>

#define READ_AHEAD_MIN_BYTES (128 * 1024)         /* what the kernel reads ahead unasked */
#define VERSION_INPUT_BYTES (3 * 8 + 2 * (8 + 4)) /* device, inode, size, two times */

static void
put_time (SampanWriter *writer, const struct timespec *time)
{
  sampan_writer_put_i64 (writer, time->tv_sec);
  sampan_writer_put_u32 (writer, (uint32_t)time->tv_nsec);
}

void
sampan_version_from_stat (const struct stat *status, uint8_t version[static SAMPAN_VERSION_LENGTH])
{
  uint8_t input[VERSION_INPUT_BYTES];
  SampanWriter writer;

  sampan_writer_init (&writer, input, sizeof input);
  sampan_writer_put_u64 (&writer, status->st_dev);
  sampan_writer_put_u64 (&writer, status->st_ino);
  sampan_writer_put_u64 (&writer, (uint64_t)status->st_size);
  put_time (&writer, &status->st_mtim);
  put_time (&writer, &status->st_ctim);
  g_assert (sampan_writer_ok (&writer) && writer.length == sizeof input);
  if (crypto_generichash (version, SAMPAN_VERSION_LENGTH, input, sizeof input, NULL, 0) != 0)
    g_assert_not_reached ();
}

SampanEntryKind
sampan_entry_kind_from_mode (mode_t mode)
{
  if (S_ISREG (mode))
    return SAMPAN_ENTRY_FILE;
  if (S_ISDIR (mode))
    return SAMPAN_ENTRY_FOLDER;
  return S_ISLNK (mode) ? SAMPAN_ENTRY_SYMLINK : SAMPAN_ENTRY_OTHER;
}

void
sampan_entry_from_stat (const struct stat *status, SampanEntry *entry)
{
  entry->kind = (uint8_t)sampan_entry_kind_from_mode (status->st_mode);
  entry->size = S_ISREG (status->st_mode) ? (uint64_t)status->st_size : 0;
  entry->mtime.seconds = status->st_mtim.tv_sec;
  entry->mtime.nanoseconds = (uint32_t)status->st_mtim.tv_nsec;
  sampan_version_from_stat (status, entry->version);
}

static bool
stat_path (SampanShareRoot *root, const SampanPath *path, struct stat *status, GError **error)
{
  SAMPAN_AUTO_FD int parent_fd = -1;
  bool is_found;

  if (sampan_path_is_root (path))
    is_found = fstat (sampan_share_root_get_fd (root), status) == 0;
  else
    {
      parent_fd = sampan_share_root_open_parent (root, path, error);
      if (parent_fd < 0)
        return false;
      is_found = sampan_disk_stat (parent_fd, sampan_path_get_name (path), status) == 0;
    }
  if (!is_found)
    sampan_disk_set_error (error, errno, "cannot look at", sampan_path_get (path));
  return is_found;
}

bool
sampan_storage_stat (SampanShareRoot *root,
                     const SampanPath *path,
                     SampanEntry *entry,
                     GError **error)
{
  const char *name = sampan_path_get_name (path);
  struct stat status;

  if (!stat_path (root, path, &status, error))
    return false;
  sampan_entry_from_stat (&status, entry);
  entry->name = (SampanBytes){ .data = (const uint8_t *)name, .length = strlen (name) };
  return true;
}

bool
sampan_storage_space (SampanShareRoot *root,
                      const SampanPath *path,
                      SampanSpace *space,
                      GError **error)
{
  SAMPAN_AUTO_FD int fd = sampan_share_root_open_path (root, path, O_PATH, error);
  SampanUsageFigures figures = sampan_usage_get_figures (sampan_share_root_get_usage (root));
  uint64_t quota_free_bytes = sampan_usage_get_free_bytes (sampan_share_root_get_usage (root));
  struct statvfs status;

  if (fd < 0)
    return false;
  if (fstatvfs (fd, &status) != 0)
    {
      sampan_disk_set_error (error, errno, "cannot measure", sampan_path_get (path));
      return false;
    }
  space->total_bytes = (uint64_t)status.f_blocks * status.f_frsize;
  space->free_bytes = (uint64_t)status.f_bavail * status.f_frsize;
  space->flags = quota_free_bytes < space->free_bytes ? SAMPAN_SPACE_OF_QUOTA : 0;
  space->free_bytes = MIN (space->free_bytes, quota_free_bytes);
  space->total_bytes = MIN (space->total_bytes, figures.quota_bytes);
  return true;
}

/* Looked at before it is opened: opening some devices does something to them. */
static int
open_regular (int parent_fd, const char *name, struct stat *status)
{
  SAMPAN_AUTO_FD int fd = -1;

  if (sampan_disk_stat (parent_fd, name, status) != 0)
    return -1;
  if (S_ISREG (status->st_mode))
    fd = sampan_disk_open (parent_fd, name, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);
  else
    errno = S_ISDIR (status->st_mode) ? EISDIR : ENODEV;
  if (fd < 0 || fstat (fd, status) != 0)
    return -1;
  if (!S_ISREG (status->st_mode))
    {
      errno = ENODEV;
      return -1;
    }
  return g_steal_fd (&fd);
}

int
sampan_storage_open_file (SampanShareRoot *root,
                          const SampanPath *path,
                          const uint8_t *expected,
                          SampanGetInfo *info,
                          GError **error)
{
  SAMPAN_AUTO_FD int parent_fd = -1;
  SAMPAN_AUTO_FD int fd = -1;
  struct stat status;

  if (sampan_path_is_root (path))
    {
      sampan_disk_set_error (error, EISDIR, "cannot open", "");
      return -1;
    }
  parent_fd = sampan_share_root_open_parent (root, path, error);
  if (parent_fd < 0)
    return -1;
  fd = open_regular (parent_fd, sampan_path_get_name (path), &status);
  if (fd < 0)
    {
      sampan_disk_set_error (error, errno, "cannot open", sampan_path_get (path));
      return -1;
    }
  info->size = (uint64_t)status.st_size;
  info->mtime.seconds = status.st_mtim.tv_sec;
  info->mtime.nanoseconds = (uint32_t)status.st_mtim.tv_nsec;
  info->mode = (uint16_t)(status.st_mode & SAMPAN_MODE_MAX);
  sampan_version_from_stat (&status, info->version);
  if (expected != NULL && memcmp (info->version, expected, SAMPAN_VERSION_LENGTH) != 0)
    {
      g_set_error_literal (error,
                           SAMPAN_ERROR,
                           SAMPAN_ERROR_CHANGED,
                           "the file is not the one that was seen");
      return -1;
    }
  if (info->size > READ_AHEAD_MIN_BYTES)
    (void)posix_fadvise (fd, 0, 0, POSIX_FADV_SEQUENTIAL);
  return g_steal_fd (&fd);
}

bool
sampan_storage_set_time (SampanShareRoot *root,
                         const SampanPath *path,
                         SampanTime mtime,
                         GError **error)
{
  struct timespec times[2] = { { .tv_nsec = UTIME_OMIT },
                               { .tv_sec = mtime.seconds, .tv_nsec = (long)mtime.nanoseconds } };
  SAMPAN_AUTO_FD int fd = -1;

  if (!sampan_share_root_check_change (root, path, error))
    return false;
  fd = sampan_share_root_open_path (root, path, O_RDONLY | O_DIRECTORY, error);
  if (fd < 0)
    return false;
  if (futimens (fd, times) == 0)
    return true;
  sampan_disk_set_error (error, errno, "cannot set the time of", sampan_path_get (path));
  return false;
}
