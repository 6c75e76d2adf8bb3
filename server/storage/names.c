/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Changing names: making folders, renaming, removing to trash. Each returns when it is durable. */

#include "config.h"

#include "storage/files.h"

#include "storage/disk.h"
#include "storage/placement.h"
#include "storage/staging.h"
#include "storage/swap.h"
#include "storage/tree-removal.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

static bool
sync_folder (int fd, const SampanPath *path, GError **error)
{
  if (sampan_disk_sync (fd))
    return true;
  sampan_disk_set_error (error, errno, "cannot sync the folder of", sampan_path_get (path));
  return false;
}

static bool
fail (GError **error, SampanErrorCode code, const char *reason)
{
  g_set_error_literal (error, SAMPAN_ERROR, (int)code, reason);
  return false;
}

static bool
make_one (SampanShareRoot *root, const SampanPath *path, GError **error)
{
  SAMPAN_AUTO_FD int folder_fd = sampan_share_root_open_folder_of (root, path, error);

  if (folder_fd < 0)
    return false;
  if (mkdirat (folder_fd, sampan_path_get_name (path), 0777) != 0)
    {
      sampan_disk_set_error (error, errno, "cannot make", sampan_path_get (path));
      return false;
    }
  return sync_folder (folder_fd, path, error);
}

/* Opens the folder COMPONENT, after making it if it is missing. -1 with errno. */
static int
open_or_make (int folder_fd, const char *component)
{
  int fd = sampan_disk_open (folder_fd, component, O_PATH | O_DIRECTORY, 0);
  SAMPAN_AUTO_FD int sync_fd = -1;

  if (fd >= 0 || errno != ENOENT)
    return fd;
  if (mkdirat (folder_fd, component, 0777) != 0 && errno != EEXIST)
    return -1;
  sync_fd = sampan_disk_open (folder_fd, ".", O_RDONLY | O_DIRECTORY, 0);
  if (sync_fd < 0 || !sampan_disk_sync (sync_fd))
    return -1;
  return sampan_disk_open (folder_fd, component, O_PATH | O_DIRECTORY, 0);
}

static bool
make_with_parents (SampanShareRoot *root, const SampanPath *path, GError **error)
{
  g_auto (GStrv) components = g_strsplit (sampan_path_get (path), "/", -1);
  SAMPAN_AUTO_FD int held_fd = -1;
  int folder_fd = sampan_share_root_get_fd (root);

  for (char **component = components; *component != NULL; component++)
    {
      int next_fd = open_or_make (folder_fd, *component);

      if (next_fd < 0)
        {
          sampan_disk_set_error (error, errno, "cannot make", sampan_path_get (path));
          return false;
        }
      sampan_disk_clear_fd (&held_fd);
      held_fd = folder_fd = next_fd;
    }
  return true;
}

bool
sampan_storage_mkdir (SampanShareRoot *root, const SampanPath *path, bool parents, GError **error)
{
  if (sampan_path_is_root (path))
    return parents || fail (error, SAMPAN_ERROR_EXISTS, "the share is there");
  if (!parents)
    return make_one (root, path, error);
  if (!sampan_share_root_check_change (root, path, error))
    return false;
  return make_with_parents (root, path, error);
}

/* ---- Rename ---- */

static bool
check_move (const SampanPath *from,
            const SampanPath *to,
            SampanConflict conflict,
            const struct stat *status,
            GError **error)
{
  if (sampan_path_equal (from, to))
    return fail (error, SAMPAN_ERROR_EXISTS, "it has that name");
  if (S_ISDIR (status->st_mode) && sampan_path_is_below (to, from))
    return fail (error, SAMPAN_ERROR_WRONG_KIND, "a folder cannot go into itself");
  if (sampan_path_is_below (from, to) &&
      (conflict == SAMPAN_CONFLICT_REPLACE || conflict == SAMPAN_CONFLICT_REPLACE_NEWER))
    return fail (error, SAMPAN_ERROR_WRONG_KIND, "nothing can replace the folder it is in");
  return true;
}

static bool
sync_rename (SampanShareRoot *root,
             int from_fd,
             int to_fd,
             const SampanPath *to,
             SampanTrashSlot *slot,
             GError **error)
{
  struct stat from, target;

  if (!sync_folder (to_fd, to, error))
    return false;
  if (fstat (from_fd, &from) != 0 || fstat (to_fd, &target) != 0 || from.st_ino != target.st_ino ||
      from.st_dev != target.st_dev)
    if (!sync_folder (from_fd, to, error))
      return false;
  if (slot == NULL || !slot->is_used)
    return true;
  return sampan_trash_slot_sync (slot, error) &&
         sync_folder (sampan_share_root_get_trash_fd (root), to, error);
}

/* Somebody who changes it between here and the rename changes what is renamed, as if just after. */
static bool
check_version (const struct stat *status, const uint8_t *expected, GError **error)
{
  uint8_t version[SAMPAN_VERSION_LENGTH];

  sampan_version_from_stat (status, version);
  return expected == NULL || memcmp (version, expected, sizeof version) == 0 ||
         fail (error, SAMPAN_ERROR_CHANGED, "it is not what was seen");
}

/* The version is taken last: the rename changed the ctime. */
static bool
describe_renamed (int folder_fd,
                  const char *name,
                  const SampanTrashSlot *slot,
                  SampanStored *stored,
                  GError **error)
{
  struct stat status;

  if (sampan_disk_stat (folder_fd, name, &status) != 0)
    {
      sampan_disk_set_error (error, errno, "cannot look at", name);
      return false;
    }
  memset (stored, 0, sizeof *stored);
  sampan_version_from_stat (&status, stored->version);
  if (slot != NULL && slot->is_used)
    memcpy (stored->trash_id, slot->id, sizeof stored->trash_id);
  return true;
}

bool
sampan_storage_rename (SampanShareRoot *root,
                       const SampanPath *from,
                       const SampanPath *to,
                       SampanConflict conflict,
                       const uint8_t *expected,
                       uint64_t account_id,
                       SampanStored *stored,
                       char **stored_name,
                       GError **error)
{
  g_autoptr (SampanUsageBusy) busy = sampan_usage_enter (sampan_share_root_get_usage (root));
  g_autoptr (SampanTrashSlot) slot = NULL;
  SAMPAN_AUTO_FD int from_fd = sampan_share_root_open_folder_of (root, from, error);
  SAMPAN_AUTO_FD int to_fd = -1;
  SampanPlacement placement = { .root = root,
                                .path = to,
                                .conflict = conflict,
                                .account_id = account_id };
  g_autofree char *name = NULL;
  struct stat status;

  if (from_fd < 0 || (to_fd = sampan_share_root_open_folder_of (root, to, error)) < 0)
    return false;
  if (sampan_disk_stat (from_fd, sampan_path_get_name (from), &status) != 0)
    {
      sampan_disk_set_error (error, errno, "cannot rename", sampan_path_get (from));
      return false;
    }
  if (!check_move (from, to, conflict, &status, error) || !check_version (&status, expected, error))
    return false;
  placement.folder_fd = to_fd;
  placement.mtime = status.st_mtim;
  placement.kind = status.st_mode & S_IFMT;
  if (!sampan_placement_run (&placement,
                             from_fd,
                             sampan_path_get_name (from),
                             &slot,
                             &name,
                             error) ||
      !sync_rename (root, from_fd, to_fd, to, slot, error) ||
      !describe_renamed (to_fd, name, slot, stored, error))
    return false;
  *stored_name = g_steal_pointer (&name);
  return true;
}

/* ---- Remove ---- */

static bool
is_empty_folder (int folder_fd, const char *name)
{
  SAMPAN_AUTO_FD int fd = sampan_disk_open (folder_fd, name, O_RDONLY | O_DIRECTORY, 0);
  g_autoptr (SampanDirStream) stream = fd >= 0 ? sampan_disk_open_stream (fd) : NULL;

  return stream != NULL && sampan_disk_next_name (stream) == NULL && errno == 0;
}

static bool
check_removal (int folder_fd, const SampanPath *path, bool recursive, GError **error)
{
  const char *name = sampan_path_get_name (path);
  struct stat status;

  if (sampan_disk_stat (folder_fd, name, &status) != 0)
    {
      sampan_disk_set_error (error, errno, "cannot remove", sampan_path_get (path));
      return false;
    }
  if (S_ISDIR (status.st_mode) && !recursive && !is_empty_folder (folder_fd, name))
    return fail (error, SAMPAN_ERROR_NOT_EMPTY, "the folder is not empty");
  return true;
}

/* There is no room for a record, and nothing in the trash that could make some: else nobody could
 * ever free any. It leaves its place in one step all the same. */
static bool
remove_for_good (SampanShareRoot *root,
                 int folder_fd,
                 const SampanPath *path,
                 uint8_t trash_id[static SAMPAN_TRASH_ID_LENGTH],
                 GError **error)
{
  int staging_fd = sampan_share_root_get_staging_fd (root);
  char staged_name[SAMPAN_STAGED_NAME_BYTES];
  uint64_t freed_bytes = 0;

  sampan_staging_make_name (staged_name);
  if (renameat (folder_fd, sampan_path_get_name (path), staging_fd, staged_name) != 0)
    {
      sampan_disk_set_error (error, errno, "cannot remove", sampan_path_get (path));
      return false;
    }
  if (!sampan_tree_removal_count (staging_fd, staged_name, &freed_bytes))
    g_warning ("what was removed is not all deleted: %s", g_strerror (errno));
  sampan_usage_release (sampan_share_root_get_usage (root), freed_bytes);
  memset (trash_id, 0, SAMPAN_TRASH_ID_LENGTH);
  return sync_folder (folder_fd, path, error);
}

bool
sampan_storage_remove (SampanShareRoot *root,
                       const SampanPath *path,
                       bool recursive,
                       uint64_t account_id,
                       uint8_t trash_id[static SAMPAN_TRASH_ID_LENGTH],
                       GError **error)
{
  g_autoptr (SampanUsageBusy) busy = sampan_usage_enter (sampan_share_root_get_usage (root));
  g_autoptr (SampanTrashSlot) slot = NULL;
  g_autoptr (GError) local_error = NULL;
  SAMPAN_AUTO_FD int folder_fd = sampan_share_root_open_folder_of (root, path, error);

  if (folder_fd < 0 || !check_removal (folder_fd, path, recursive, error))
    return false;
  slot = sampan_trash_slot_new (root, path, account_id, &local_error);
  if (slot == NULL || !sampan_trash_slot_sync_info (slot, &local_error))
    {
      if (sampan_error_to_code (local_error) == SAMPAN_ERROR_NO_SPACE)
        return remove_for_good (root, folder_fd, path, trash_id, error);
      g_propagate_error (error, g_steal_pointer (&local_error));
      return false;
    }
  if (renameat (folder_fd, sampan_path_get_name (path), slot->fd, SAMPAN_TRASH_ITEM) != 0)
    {
      sampan_disk_set_error (error, errno, "cannot remove", sampan_path_get (path));
      return false;
    }
  slot->is_used = true;
  memcpy (trash_id, slot->id, SAMPAN_TRASH_ID_LENGTH);
  return sampan_trash_slot_sync (slot, error) &&
         sync_folder (sampan_share_root_get_trash_fd (root), path, error) &&
         sync_folder (folder_fd, path, error);
}
