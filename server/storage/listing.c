/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A folder's entries, read a few at a time from an open directory. */

#include "config.h"

#include "storage/listing.h"

#include "storage/disk.h"
#include "storage/entry.h"

#include <fcntl.h>
#include <string.h>
#include <sys/sysmacros.h>

struct _SampanListing
{
  SampanShareRoot *root;
  SampanDirStream *stream;
  bool is_root;
};

SampanListing *
sampan_listing_open (SampanShareRoot *root, const SampanPath *path, GError **error)
{
  SAMPAN_AUTO_FD int fd = sampan_share_root_open_path (root, path, O_RDONLY | O_DIRECTORY, error);
  SampanListing *self;
  DIR *stream;

  if (fd < 0)
    return NULL;
  stream = fdopendir (fd);
  if (stream == NULL)
    {
      sampan_disk_set_error (error, errno, "cannot list", sampan_path_get (path));
      return NULL;
    }
  fd = -1;
  self = g_new0 (SampanListing, 1);
  self->root = sampan_share_root_ref (root);
  self->stream = stream;
  self->is_root = sampan_path_is_root (path);
  return self;
}

void
sampan_listing_close (SampanListing *self)
{
  sampan_disk_close_stream (self->stream);
  sampan_share_root_unref (self->root);
  g_free (self);
}

static struct timespec
time_from_statx (const struct statx_timestamp *time)
{
  return (struct timespec){ .tv_sec = time->tv_sec, .tv_nsec = time->tv_nsec };
}

/* As fstatat(), but content with what a network mount has in its cache. */
static int
stat_cheaply (int folder_fd, const char *name, struct stat *status)
{
  struct statx extended;

  if (statx (folder_fd,
             name,
             AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC,
             STATX_TYPE | STATX_MODE | STATX_INO | STATX_SIZE | STATX_MTIME | STATX_CTIME,
             &extended) != 0)
    return errno == ENOENT ? -1 : sampan_disk_stat (folder_fd, name, status);
  memset (status, 0, sizeof *status);
  status->st_mode = extended.stx_mode;
  status->st_dev = makedev (extended.stx_dev_major, extended.stx_dev_minor);
  status->st_ino = extended.stx_ino;
  status->st_size = (off_t)extended.stx_size;
  status->st_mtim = time_from_statx (&extended.stx_mtime);
  status->st_ctim = time_from_statx (&extended.stx_ctime);
  return 0;
}

/* FALSE if it has vanished. What cannot be looked at, such as a mount whose server is gone, is
 * still there: all zero makes it an entry of no known kind. */
static bool
describe (int folder_fd, const char *name, struct stat *status)
{
  if (stat_cheaply (folder_fd, name, status) == 0)
    return true;
  memset (status, 0, sizeof *status);
  return errno != ENOENT;
}

bool
sampan_listing_next (SampanListing *self, SampanEntry *entry, GError **error)
{
  const char *name;

  while ((name = sampan_disk_next_name (self->stream)) != NULL)
    {
      size_t length = strlen (name);
      struct stat status;

      /* Some foreign disks have longer names than a path of ours can carry. */
      if (length > SAMPAN_NAME_MAX || !describe (dirfd (self->stream), name, &status))
        continue;
      if (self->is_root && sampan_share_root_is_reserved (self->root, name, &status))
        continue;
      sampan_entry_from_stat (&status, entry);
      entry->name = (SampanBytes){ .data = (const uint8_t *)name, .length = length };
      return true;
    }
  if (errno != 0)
    sampan_disk_set_error (error, errno, "cannot list", "a folder");
  return false;
}
