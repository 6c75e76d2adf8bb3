/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* System calls on files as the storage needs them. */

#include "config.h"

#include "storage/disk.h"

#include "errors.h"
#include "escape.h"

#include <fcntl.h>

#define ERROR_NAME_MAX_BYTES 256 /* of a path in a log line */

int
sampan_disk_open (int folder_fd, const char *name, int flags, mode_t mode)
{
  int fd;

  do
    fd = openat (folder_fd, name, flags | O_CLOEXEC | O_NOFOLLOW, mode);
  while (fd < 0 && errno == EINTR);
  return fd;
}

int
sampan_disk_stat (int folder_fd, const char *name, struct stat *status)
{
  int result;

  do
    result = fstatat (folder_fd, name, status, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT);
  while (result != 0 && errno == EINTR);
  return result;
}

bool
sampan_disk_write (int fd, const void *data, size_t length, uint64_t offset)
{
  const uint8_t *bytes = data;

  while (length > 0)
    {
      ssize_t n = pwrite (fd, bytes, length, (off_t)offset);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return false;
      if (n == 0) /* not for regular files; must not loop for ever */
        {
          errno = EIO;
          return false;
        }
      bytes += n;
      length -= (size_t)n;
      offset += (uint64_t)n;
    }
  return true;
}

ssize_t
sampan_disk_read (int fd, void *buffer, size_t length, uint64_t offset)
{
  size_t done = 0;

  while (done < length)
    {
      ssize_t n = pread (fd, (uint8_t *)buffer + done, length - done, (off_t)(offset + done));

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return -1;
      if (n == 0)
        break;
      done += (size_t)n;
    }
  return (ssize_t)done;
}

bool
sampan_disk_sync (int fd)
{
  return fsync (fd) == 0;
}

bool
sampan_disk_sync_data (int fd)
{
  return fdatasync (fd) == 0;
}

SampanDirStream *
sampan_disk_open_stream (int folder_fd)
{
  SAMPAN_AUTO_FD int fd = sampan_disk_open (folder_fd, ".", O_RDONLY | O_DIRECTORY, 0);
  DIR *stream;

  if (fd < 0)
    return NULL;
  stream = fdopendir (fd);
  if (stream != NULL)
    fd = -1;
  return stream;
}

const char *
sampan_disk_next_entry (SampanDirStream *stream, unsigned char *type)
{
  struct dirent *entry;

  do
    {
      errno = 0;
      entry = readdir (stream);
    }
  while (entry != NULL && (g_str_equal (entry->d_name, ".") || g_str_equal (entry->d_name, "..")));
  *type = entry != NULL ? entry->d_type : DT_UNKNOWN;
  return entry != NULL ? entry->d_name : NULL;
}

const char *
sampan_disk_next_name (SampanDirStream *stream)
{
  unsigned char type;

  return sampan_disk_next_entry (stream, &type);
}

void
sampan_disk_close_stream (SampanDirStream *stream)
{
  int saved_errno = errno;

  closedir (stream);
  errno = saved_errno;
}

void
sampan_disk_set_error (GError **error, int saved_errno, const char *what, const char *name)
{
  g_autofree char *escaped = sampan_escape (name, -1, ERROR_NAME_MAX_BYTES);

  sampan_error_set_from_errno (error, saved_errno, "%s \"%s\"", what, escaped);
  if (error != NULL && (saved_errno == EACCES || saved_errno == EPERM || saved_errno == EROFS))
    sampan_error_set_detail (*error, SAMPAN_REFUSER_DISK);
}

void
sampan_disk_set_no_space (GError **error,
                          uint64_t missing_bytes,
                          const char *what,
                          const char *name)
{
  GError *local_error = NULL;

  sampan_disk_set_error (&local_error, ENOSPC, what, name);
  sampan_error_set_detail (local_error, missing_bytes);
  g_propagate_error (error, local_error);
}
