/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Deleting for good: what the trash or the staging no longer needs.
 *
 * A folder inside the tree is emptied by moving its own folders up beside it, so the tree gets
 * flatter until only the top is left: depth costs neither fds nor stack. */

#include "config.h"

#include "storage/tree-removal.h"

#include "storage/disk.h"

#include <fcntl.h>
#include <stdio.h>

typedef struct
{
  int top_fd;
  uint64_t *freed_bytes; /* borrowed */
  uint64_t next_number;  /* of the names given to folders that were moved up */
  bool is_changed;       /* by this pass */
  int saved_errno;
} Removal;

static bool
is_mount_point (int fd)
{
  struct statx status;

  return statx (fd, "", AT_EMPTY_PATH, 0, &status) == 0 &&
         (status.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

static bool
is_folder_errno (int saved_errno)
{
  return saved_errno == EISDIR || saved_errno == EPERM; /* Linux, POSIX */
}

/* Opens a folder so that its entries can be removed. */
static int
open_to_empty (int folder_fd, const char *name)
{
  SAMPAN_AUTO_FD int fd = sampan_disk_open (folder_fd, name, O_RDONLY | O_DIRECTORY, 0);

  if (fd < 0)
    return -1;
  if (is_mount_point (fd))
    {
      errno = EBUSY;
      return -1;
    }
  /* A folder may have come without write permission; only its owner can and must change that. */
  (void)!fchmod (fd, 0700);
  return g_steal_fd (&fd);
}

/* As unlinkat() does. Of several that delete the same file, one counts it. */
static bool
unlink_file (int folder_fd, const char *name, uint64_t *freed_bytes)
{
  struct stat status;
  bool is_file = sampan_disk_stat (folder_fd, name, &status) == 0 && S_ISREG (status.st_mode);

  if (unlinkat (folder_fd, name, 0) != 0)
    return false;
  if (is_file)
    *freed_bytes += (uint64_t)status.st_size;
  return true;
}

static bool
move_up (Removal *self, int folder_fd, const char *name)
{
  char new_name[32];

  do
    {
      g_snprintf (new_name, sizeof new_name, "%" G_GUINT64_FORMAT, self->next_number++);
      if (renameat2 (folder_fd, name, self->top_fd, new_name, RENAME_NOREPLACE) == 0)
        return true;
      /* Names given here are the only ones that must not be overwritten, and a folder that is in
       * the way and full cannot be. */
      if ((errno == EINVAL || errno == ENOSYS) &&
          renameat (folder_fd, name, self->top_fd, new_name) == 0)
        return true;
    }
  while (errno == EEXIST || errno == ENOTEMPTY || errno == ENOTDIR);
  return false;
}

static void
remove_entry (Removal *self, int folder_fd, const char *name)
{
  if (unlink_file (folder_fd, name, self->freed_bytes) ||
      (is_folder_errno (errno) && unlinkat (folder_fd, name, AT_REMOVEDIR) == 0) ||
      (errno == ENOTEMPTY && move_up (self, folder_fd, name)))
    self->is_changed = true;
  else
    self->saved_errno = errno;
}

static void
empty_folder (Removal *self, int folder_fd)
{
  g_autoptr (SampanDirStream) stream = sampan_disk_open_stream (folder_fd);
  const char *name;

  if (stream == NULL)
    {
      self->saved_errno = errno;
      return;
    }
  while ((name = sampan_disk_next_name (stream)) != NULL)
    remove_entry (self, folder_fd, name);
}

static void
remove_below_top (Removal *self, const char *name)
{
  SAMPAN_AUTO_FD int fd = -1;

  if (unlink_file (self->top_fd, name, self->freed_bytes))
    {
      self->is_changed = true;
      return;
    }
  fd = open_to_empty (self->top_fd, name);
  if (fd >= 0)
    empty_folder (self, fd);
  if (fd >= 0 && unlinkat (self->top_fd, name, AT_REMOVEDIR) == 0)
    self->is_changed = true;
  else
    self->saved_errno = errno;
}

static void
run_pass (Removal *self)
{
  g_autoptr (SampanDirStream) stream = sampan_disk_open_stream (self->top_fd);
  const char *name;

  self->is_changed = false;
  self->saved_errno = stream != NULL ? 0 : errno;
  while (stream != NULL && (name = sampan_disk_next_name (stream)) != NULL)
    remove_below_top (self, name);
}

bool
sampan_tree_removal_run (int folder_fd, const char *name)
{
  uint64_t freed_bytes = 0;

  return sampan_tree_removal_count (folder_fd, name, &freed_bytes);
}

bool
sampan_tree_removal_count (int folder_fd, const char *name, uint64_t *freed_bytes)
{
  SAMPAN_AUTO_FD int top_fd = -1;
  Removal removal = { .freed_bytes = freed_bytes };

  if (unlink_file (folder_fd, name, freed_bytes) || errno == ENOENT)
    return true;
  if (!is_folder_errno (errno))
    return false;
  if (unlinkat (folder_fd, name, AT_REMOVEDIR) == 0)
    return true;
  top_fd = open_to_empty (folder_fd, name);
  if (top_fd < 0)
    return false;
  removal.top_fd = top_fd;
  do
    {
      run_pass (&removal);
      if (unlinkat (folder_fd, name, AT_REMOVEDIR) == 0)
        return true;
    }
  while (removal.is_changed);
  if (removal.saved_errno != 0)
    errno = removal.saved_errno;
  return false;
}
