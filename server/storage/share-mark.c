/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The mark in a share's folder, by which the server knows it again. */

#include "config.h"

#include "storage/share-mark.h"

#include "storage/disk.h"

#include <fcntl.h>
#include <sodium.h>
#include <string.h>

#define MARK_NAME "mark"
#define TEXT_LENGTH (2 * SAMPAN_SHARE_MARK_BYTES) /* lower-case hexadecimal, then a line feed */

/* ERANGE: what is there is no mark, such as one that a crash cut short. */
static bool
read_mark (int reserved_fd, SampanShareMark *mark)
{
  SAMPAN_AUTO_FD int fd = sampan_disk_open (reserved_fd, MARK_NAME, O_RDONLY | O_NONBLOCK, 0);
  char text[TEXT_LENGTH];
  struct stat status;
  size_t length;
  ssize_t n;

  if (fd < 0 || fstat (fd, &status) != 0)
    return false;
  n = S_ISREG (status.st_mode) ? sampan_disk_read (fd, text, sizeof text, 0) : 0;
  if (n < 0)
    return false;
  if ((size_t)n == sizeof text &&
      sodium_hex2bin (mark->bytes, sizeof mark->bytes, text, sizeof text, NULL, &length, NULL) ==
          0 &&
      length == sizeof mark->bytes)
    return true;
  errno = ERANGE;
  return false;
}

static bool
write_mark (int reserved_fd, const SampanShareMark *mark)
{
  SAMPAN_AUTO_FD int fd =
      sampan_disk_open (reserved_fd, MARK_NAME, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  char text[TEXT_LENGTH + 1];

  sodium_bin2hex (text, sizeof text, mark->bytes, sizeof mark->bytes);
  text[TEXT_LENGTH] = '\n';
  return fd >= 0 && sampan_disk_write (fd, text, sizeof text, 0) && sampan_disk_sync (fd) &&
         sampan_disk_sync (reserved_fd);
}

bool
sampan_share_mark_check (const char *directory, const SampanShareMark *mark, GError **error)
{
  SAMPAN_AUTO_FD int fd = TEMP_FAILURE_RETRY (open (directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  SAMPAN_AUTO_FD int reserved_fd = -1;
  SampanShareMark there;

  if (fd >= 0)
    reserved_fd = sampan_disk_open (fd, SAMPAN_RESERVED_NAME, O_RDONLY | O_DIRECTORY, 0);
  if (fd >= 0 && reserved_fd >= 0 && read_mark (reserved_fd, &there))
    {
      if (sodium_memcmp (there.bytes, mark->bytes, sizeof there.bytes) == 0)
        return true;
      errno = ERANGE;
    }
  if (fd >= 0 && (errno == ENOENT || errno == ERANGE))
    g_set_error (error,
                 SAMPAN_ERROR,
                 errno == ENOENT ? SAMPAN_ERROR_NOT_FOUND : SAMPAN_ERROR_WRONG_KIND,
                 "it is not the folder that was shared: mount its disk, or take what is there "
                 "with 'sampand share accept'");
  else
    sampan_disk_set_error (error, errno, "cannot open the folder", directory);
  return false;
}

bool
sampan_share_mark_ensure (const SampanShareRoot *root, SampanShareMark *mark, GError **error)
{
  SAMPAN_AUTO_FD int reserved_fd = sampan_disk_open (sampan_share_root_get_fd (root),
                                                     SAMPAN_RESERVED_NAME,
                                                     O_RDONLY | O_DIRECTORY,
                                                     0);

  if (reserved_fd >= 0 && read_mark (reserved_fd, mark))
    return true;
  if (reserved_fd >= 0 && (errno == ENOENT || errno == ERANGE))
    {
      randombytes_buf (mark->bytes, sizeof mark->bytes);
      if (write_mark (reserved_fd, mark))
        return true;
    }
  sampan_disk_set_error (error, errno, "cannot mark the folder", SAMPAN_RESERVED_NAME);
  return false;
}
