/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Copying a file or a folder with all in it into the staging of a share. */

#include "config.h"

#include "storage/copy-tree.h"

#include "storage/copy-data.h"
#include "storage/disk.h"
#include "storage/trash-limits.h"
#include "storage/tree-removal.h"

#include <fcntl.h>
#include <string.h>

#define UNSYNCED_MAX 64 /* files whose writing overlaps; each holds an fd */

/* A folder that is being read and the one that is being filled. */
typedef struct
{
  SampanDirStream *from;
  int to_fd;
  struct stat status; /* of the source */
} Level;

static void
level_clear (gpointer data)
{
  Level *level = data;

  sampan_disk_close_stream (level->from);
  sampan_disk_clear_fd (&level->to_fd);
}

static void
fd_clear (gpointer data)
{
  sampan_disk_clear_fd (data);
}

static bool
fail_from_errno (GError **error, const char *name)
{
  sampan_disk_set_error (error, errno, "cannot copy", name);
  return false;
}

/* Permissions are not worth a failure: some disks have none. */
static bool
set_attributes (int fd, const struct stat *status, mode_t at_least)
{
  struct timespec times[2] = { { .tv_nsec = UTIME_OMIT }, status->st_mtim };

  (void)!fchmod (fd, (status->st_mode & 0777) | at_least);
  return futimens (fd, times) == 0;
}

static bool
sync_files (SampanTreeCopy *self, GError **error)
{
  bool is_ok = true;

  for (unsigned int i = 0; i < self->unsynced->len && is_ok; i++)
    if (!sampan_disk_sync (g_array_index (self->unsynced, int, i)))
      is_ok = fail_from_errno (error, "a file");
  g_array_set_size (self->unsynced, 0);
  return is_ok;
}

/* Takes TO_FD. */
static bool
finish_file (SampanTreeCopy *self, int to_fd, const struct stat *status, GError **error)
{
  g_array_append_val (self->unsynced, to_fd);
  if (!set_attributes (to_fd, status, S_IRUSR | S_IWUSR))
    return fail_from_errno (error, "a file");
  (void)sync_file_range (to_fd, 0, 0, SYNC_FILE_RANGE_WRITE); /* a hint */
  return self->unsynced->len < UNSYNCED_MAX || sync_files (self, error);
}

/* Reserves before the first byte; a source that changes meanwhile is counted as it came. */
static bool
copy_data (SampanTreeCopy *self, int from_fd, const struct stat *status, int to_fd, GError **error)
{
  uint64_t before_bytes = self->reservation->bytes;
  struct stat copied;

  if (!sampan_trash_reserve (self->to_root,
                             self->reservation,
                             before_bytes + (uint64_t)status->st_size,
                             error) ||
      !sampan_copy_data (from_fd, to_fd, &self->meter, self->cancellable, error))
    return false;
  if (fstat (to_fd, &copied) != 0)
    return fail_from_errno (error, "a file");
  return sampan_trash_reserve (self->to_root,
                               self->reservation,
                               before_bytes + (uint64_t)copied.st_size,
                               error);
}

static bool
copy_file (SampanTreeCopy *self,
           int from_fd,
           const struct stat *status,
           int folder_fd,
           const char *name,
           GError **error)
{
  SAMPAN_AUTO_FD int to_fd = sampan_disk_open (folder_fd, name, O_RDWR | O_CREAT | O_EXCL, 0666);

  if (to_fd < 0)
    return fail_from_errno (error, name);
  if (!copy_data (self, from_fd, status, to_fd, error))
    return false;
  return finish_file (self, g_steal_fd (&to_fd), status, error);
}

/* ---- Folders ---- */

/* Takes TO_FD. */
static bool
enter_folder (SampanTreeCopy *self, GArray *levels, int from_fd, int to_fd, GError **error)
{
  Level level = { .to_fd = to_fd };

  if (levels->len > self->depth_max)
    {
      sampan_disk_clear_fd (&level.to_fd);
      g_set_error_literal (error,
                           SAMPAN_ERROR,
                           SAMPAN_ERROR_BAD_NAME,
                           "the folders are nested too deeply");
      return false;
    }
  if (fstat (from_fd, &level.status) != 0 ||
      (level.from = sampan_disk_open_stream (from_fd)) == NULL)
    {
      sampan_disk_clear_fd (&level.to_fd);
      return fail_from_errno (error, "a folder");
    }
  g_array_append_val (levels, level);
  return true;
}

static int
make_folder (int folder_fd, const char *name)
{
  if (mkdirat (folder_fd, name, 0777) != 0)
    return -1;
  return sampan_disk_open (folder_fd, name, O_RDONLY | O_DIRECTORY, 0);
}

static bool
copy_subfolder (SampanTreeCopy *self, GArray *levels, int from_fd, const char *name, GError **error)
{
  int to_fd = make_folder (g_array_index (levels, Level, levels->len - 1).to_fd, name);

  if (to_fd < 0)
    return fail_from_errno (error, name);
  return enter_folder (self, levels, from_fd, to_fd, error);
}

/* The storage's own is not part of the share, so nobody misses it. */
static bool
is_own (SampanTreeCopy *self, bool is_share_top, const char *name, const struct stat *status)
{
  if (status->st_dev == self->staged.st_dev && status->st_ino == self->staged.st_ino)
    return true;
  return is_share_top && sampan_share_root_is_reserved (self->from_root, name, status);
}

static bool
copy_entry (SampanTreeCopy *self,
            GArray *levels,
            bool is_share_top,
            const char *name,
            GError **error)
{
  Level *level = &g_array_index (levels, Level, levels->len - 1);
  SAMPAN_AUTO_FD int from_fd = -1;
  struct stat status;

  if (sampan_disk_stat (dirfd (level->from), name, &status) != 0)
    return errno == ENOENT || fail_from_errno (error, name);
  if (is_own (self, is_share_top, name, &status))
    return true;
  if (!S_ISREG (status.st_mode) && !S_ISDIR (status.st_mode))
    {
      self->skipped++;
      return true;
    }
  from_fd = sampan_disk_open (dirfd (level->from), name, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);
  if (from_fd < 0)
    return errno == ENOENT || fail_from_errno (error, name);
  if (fstat (from_fd, &status) != 0)
    return fail_from_errno (error, name);
  if (S_ISDIR (status.st_mode))
    return copy_subfolder (self, levels, from_fd, name, error);
  if (S_ISREG (status.st_mode))
    return copy_file (self, from_fd, &status, level->to_fd, name, error);
  self->skipped++;
  return true;
}

/* After its entries, whose making changed its time. */
static bool
leave_folder (GArray *levels, GError **error)
{
  const Level *level = &g_array_index (levels, Level, levels->len - 1);

  if (!set_attributes (level->to_fd, &level->status, S_IRWXU) || !sampan_disk_sync (level->to_fd))
    return fail_from_errno (error, "a folder");
  g_array_set_size (levels, levels->len - 1);
  return true;
}

static bool
copy_folder (SampanTreeCopy *self, int from_fd, bool is_share_itself, int to_fd, GError **error)
{
  g_autoptr (GArray) levels = g_array_new (FALSE, FALSE, sizeof (Level));

  g_array_set_clear_func (levels, level_clear);
  if (!enter_folder (self, levels, from_fd, to_fd, error))
    return false;
  while (levels->len > 0)
    {
      Level *level = &g_array_index (levels, Level, levels->len - 1);
      const char *name = sampan_disk_next_name (level->from);
      bool is_ok;

      if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
        return false;
      if (name != NULL)
        is_ok = copy_entry (self, levels, is_share_itself && levels->len == 1, name, error);
      else if (errno != 0)
        is_ok = fail_from_errno (error, "a folder");
      else
        is_ok = leave_folder (levels, error);
      if (!is_ok)
        return false;
    }
  return true;
}

/* ---- The whole ---- */

static int
make_staged (int staging_fd, const char *name, bool is_folder)
{
  if (is_folder)
    return make_folder (staging_fd, name);
  return sampan_disk_open (staging_fd, name, O_RDWR | O_CREAT | O_EXCL, 0666);
}

static bool
fill_staged (SampanTreeCopy *self,
             int from_fd,
             bool is_share_itself,
             const struct stat *status,
             int staged_fd,
             GError **error)
{
  int to_fd = fcntl (staged_fd, F_DUPFD_CLOEXEC, 0);

  if (to_fd < 0)
    return fail_from_errno (error, "a file");
  if (S_ISDIR (status->st_mode))
    return copy_folder (self, from_fd, is_share_itself, to_fd, error);
  self->meter.total_bytes = (uint64_t)status->st_size;
  if (copy_data (self, from_fd, status, to_fd, error))
    return finish_file (self, to_fd, status, error);
  sampan_disk_clear_fd (&to_fd);
  return false;
}

int
sampan_tree_copy_run (SampanTreeCopy *self,
                      int from_fd,
                      bool is_share_itself,
                      const char *name,
                      GError **error)
{
  int staging_fd = sampan_share_root_get_staging_fd (self->to_root);
  g_autoptr (GArray) unsynced = g_array_new (FALSE, FALSE, sizeof (int));
  SAMPAN_AUTO_FD int staged_fd = -1;
  struct stat status;

  g_array_set_clear_func (unsynced, fd_clear);
  self->unsynced = unsynced;
  if (fstat (from_fd, &status) == 0)
    staged_fd = make_staged (staging_fd, name, S_ISDIR (status.st_mode));
  if (staged_fd < 0 || fstat (staged_fd, &self->staged) != 0)
    {
      fail_from_errno (error, name);
      return -1;
    }
  (void)sampan_staging_lock (staged_fd); /* so that it does not expire; age alone does nearly too */
  if (fill_staged (self, from_fd, is_share_itself, &status, staged_fd, error) &&
      sync_files (self, error))
    return g_steal_fd (&staged_fd);
  if (!sampan_tree_removal_run (staging_fd, name))
    g_warning ("cannot remove a broken copy: %s", g_strerror (errno));
  return -1;
}
