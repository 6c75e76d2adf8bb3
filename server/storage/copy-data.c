/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The content of one file into another, by the cheapest way that the disk has. */

#include "config.h"

#include "storage/copy-data.h"

#include "storage/disk.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>

#define STEP_BYTES (8 * 1024 * 1024) /* between looks at the cancellable and the meter */
#define BUFFER_BYTES (256 * 1024)

static bool
copy_by_reflink (int from_fd, int to_fd, SampanProgressMeter *meter)
{
  struct stat status;

  if (ioctl (to_fd, FICLONE, from_fd) != 0)
    return false;
  if (fstat (to_fd, &status) == 0)
    sampan_progress_meter_add (meter, (uint64_t)status.st_size);
  return true;
}

/* Whatever stops it, the copy by hand goes on from there and meets the same error if it is one. */
static uint64_t
copy_in_kernel (int from_fd, int to_fd, SampanProgressMeter *meter, GCancellable *cancellable)
{
  uint64_t done = 0;

  while (!g_cancellable_is_cancelled (cancellable))
    {
      off_t from_offset = (off_t)done, to_offset = (off_t)done;
      ssize_t n = copy_file_range (from_fd, &from_offset, to_fd, &to_offset, STEP_BYTES, 0);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        break;
      done += (uint64_t)n;
      sampan_progress_meter_add (meter, (uint64_t)n);
    }
  return done;
}

static bool
copy_by_hand (int from_fd,
              int to_fd,
              uint64_t offset,
              SampanProgressMeter *meter,
              GCancellable *cancellable,
              GError **error)
{
  g_autofree uint8_t *buffer = g_try_malloc (BUFFER_BYTES);

  if (buffer == NULL)
    {
      sampan_disk_set_error (error, ENOMEM, "cannot copy", "a file");
      return false;
    }
  for (;;)
    {
      ssize_t n;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return false;
      n = sampan_disk_read (from_fd, buffer, BUFFER_BYTES, offset);
      if (n == 0)
        return true;
      if (n < 0 || !sampan_disk_write (to_fd, buffer, (size_t)n, offset))
        {
          sampan_disk_set_error (error, errno, "cannot copy", "a file");
          return false;
        }
      offset += (uint64_t)n;
      sampan_progress_meter_add (meter, (uint64_t)n);
    }
}

bool
sampan_copy_data (int from_fd,
                  int to_fd,
                  SampanProgressMeter *meter,
                  GCancellable *cancellable,
                  GError **error)
{
  uint64_t done;

  if (copy_by_reflink (from_fd, to_fd, meter))
    return true;
  done = copy_in_kernel (from_fd, to_fd, meter, cancellable);
  return copy_by_hand (from_fd, to_fd, done, meter, cancellable, error);
}
