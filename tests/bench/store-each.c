/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The yardstick for durable uploads: copies a folder of folders, and each file is safe before the
 * next one begins, as a careful program does it: write, fsync, rename, fsync of the folder.
 *
 *   store-each SOURCE TARGET */

#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK_BYTES 65536
#define TEMPORARY ".part"

static int
open_folder (int parent, const char *name)
{
  int fd = openat (parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    err (1, "%s", name);
  return fd;
}

static void
sync_or_die (int fd, const char *name)
{
  if (fsync (fd) != 0)
    err (1, "fsync %s", name);
}

static void
copy_bytes (int from, int to, const char *name)
{
  static char block[BLOCK_BYTES];
  ssize_t got;

  while ((got = read (from, block, sizeof block)) > 0)
    if (write (to, block, (size_t)got) != got)
      err (1, "write %s", name);
  if (got < 0)
    err (1, "read %s", name);
}

static void
store (int source, int target, const char *name)
{
  int from = openat (source, name, O_RDONLY | O_CLOEXEC);
  int to = openat (target, TEMPORARY, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

  if (from < 0 || to < 0)
    err (1, "%s", name);
  copy_bytes (from, to, name);
  sync_or_die (to, name);
  close (from);
  close (to);
  if (renameat (target, TEMPORARY, target, name) != 0)
    err (1, "rename %s", name);
  sync_or_die (target, name);
}

static void walk (int source, int target);

static void
enter (int source, int target, const char *name)
{
  int from = open_folder (source, name);
  int to;

  if (mkdirat (target, name, 0777) != 0)
    err (1, "%s", name);
  sync_or_die (target, name);
  to = open_folder (target, name);
  walk (from, to);
  close (to);
}

/* Takes SOURCE. */
static void
walk (int source, int target)
{
  DIR *stream = fdopendir (source);
  struct dirent *entry;

  if (stream == NULL)
    err (1, "fdopendir");
  while ((entry = readdir (stream)) != NULL)
    {
      struct stat status;

      if (strcmp (entry->d_name, ".") == 0 || strcmp (entry->d_name, "..") == 0)
        continue;
      if (fstatat (source, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        err (1, "%s", entry->d_name);
      if (S_ISDIR (status.st_mode))
        enter (source, target, entry->d_name);
      else
        store (source, target, entry->d_name);
    }
  closedir (stream);
}

int
main (int argc, char **argv)
{
  if (argc != 3)
    errx (2, "usage: store-each SOURCE TARGET");
  if (mkdir (argv[2], 0777) != 0)
    err (1, "%s", argv[2]);
  walk (open_folder (AT_FDCWD, argv[1]), open_folder (AT_FDCWD, argv[2]));
  return 0;
}
