/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Looking for what an upload left. */

#include "config.h"

#include "storage/stored-before.h"

#include "storage/disk.h"
#include "storage/free-name.h"

#include <fcntl.h>
#include <sys/stat.h>

/* Names beside that are looked at: whoever keeps more copies than this pays with one more. */
#define BESIDE_MAX 100

static int
open_if_same (const SampanPlacement *placement, const char *name, uint64_t size, bool *is_there)
{
  SAMPAN_AUTO_FD int fd = -1;
  struct stat status;

  *is_there = sampan_disk_stat (placement->folder_fd, name, &status) == 0;
  if (!*is_there || !S_ISREG (status.st_mode) || (uint64_t)status.st_size != size ||
      status.st_mtim.tv_sec != placement->mtime.tv_sec ||
      status.st_mtim.tv_nsec != placement->mtime.tv_nsec)
    return -1;
  fd = sampan_disk_open (placement->folder_fd, name, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);
  if (fd < 0 || !sampan_stored_before_is_there (placement->folder_fd, name, fd))
    return -1;
  return g_steal_fd (&fd);
}

int
sampan_stored_before_open (const SampanPlacement *placement, uint64_t size, char **name)
{
  const char *asked = sampan_path_get_name (placement->path);
  char candidate[SAMPAN_NAME_MAX + 1];
  SampanFreeName free_name;
  bool is_there = false;
  int fd;

  g_strlcpy (candidate, asked, sizeof candidate);
  sampan_free_name_init (&free_name, asked, false);
  for (int i = 0; i <= BESIDE_MAX; i++)
    {
      fd = open_if_same (placement, candidate, size, &is_there);
      if (fd >= 0)
        {
          *name = g_strdup (candidate);
          return fd;
        }
      if (!is_there || placement->conflict != SAMPAN_CONFLICT_KEEP_BOTH)
        break;
      sampan_free_name_next (&free_name, candidate);
    }
  return -1;
}

bool
sampan_stored_before_is_there (int folder_fd, const char *name, int fd)
{
  struct stat opened, named;

  return fstat (fd, &opened) == 0 && sampan_disk_stat (folder_fd, name, &named) == 0 &&
         opened.st_dev == named.st_dev && opened.st_ino == named.st_ino &&
         opened.st_size == named.st_size;
}
