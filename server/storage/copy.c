/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The copy request: staged in the share it goes to, then given its name. */

#include "config.h"

#include "storage/files.h"

#include "storage/copy-tree.h"
#include "storage/disk.h"
#include "storage/placement.h"
#include "storage/trash-limits.h"
#include "storage/tree-removal.h"

#include <fcntl.h>
#include <string.h>
#include <sys/statvfs.h>

#define STAT_BLOCK_BYTES 512 /* of st_blocks, on Linux */

/* A readable fd of a regular file or a folder. */
static int
open_source (SampanShareRoot *root, const SampanPath *path, struct stat *status, GError **error)
{
  SAMPAN_AUTO_FD int fd = -1;
  SampanEntry entry;
  SampanGetInfo info;

  if (!sampan_storage_stat (root, path, &entry, error))
    return -1;
  if (entry.kind == SAMPAN_ENTRY_FOLDER)
    fd = sampan_share_root_open_path (root, path, O_RDONLY | O_DIRECTORY, error);
  else
    fd = sampan_storage_open_file (root, path, NULL, &info, error);
  if (fd < 0)
    return -1;
  if (fstat (fd, status) == 0)
    return g_steal_fd (&fd);
  sampan_disk_set_error (error, errno, "cannot look at", sampan_path_get (path));
  return -1;
}

/* A reflink needs less, but its sharing may end at any write. */
static bool
check_space (SampanShareRoot *root, const struct stat *source, GError **error)
{
  struct statvfs space;

  uint64_t needed = (uint64_t)source->st_blocks * STAT_BLOCK_BYTES;
  uint64_t available;

  if (!S_ISREG (source->st_mode) ||
      fstatvfs (sampan_share_root_get_staging_fd (root), &space) != 0 || space.f_blocks == 0)
    return true;
  available = (uint64_t)space.f_bavail * space.f_frsize;
  if (needed <= available || sampan_trash_make_room_for (root, needed - available))
    return true;
  sampan_disk_set_no_space (error, needed - available, "cannot copy", "a file");
  return false;
}

static bool
check_not_into_itself (SampanShareRoot *from_root,
                       const SampanPath *from,
                       SampanShareRoot *to_root,
                       const SampanPath *to,
                       GError **error)
{
  if (from_root != to_root || sampan_path_equal (from, to) || !sampan_path_is_below (to, from))
    return true;
  g_set_error_literal (error,
                       SAMPAN_ERROR,
                       SAMPAN_ERROR_WRONG_KIND,
                       "a folder cannot be copied into itself");
  return false;
}

static bool
sync_all (const SampanPlacement *placement, SampanTrashSlot *slot, GError **error)
{
  SampanShareRoot *root = placement->root;

  if (!sampan_disk_sync (placement->folder_fd) ||
      !sampan_disk_sync (sampan_share_root_get_staging_fd (root)) ||
      (slot != NULL && slot->is_used && !sampan_disk_sync (sampan_share_root_get_trash_fd (root))))
    {
      sampan_disk_set_error (error, errno, "cannot sync", sampan_path_get (placement->path));
      return false;
    }
  return slot == NULL || !slot->is_used || sampan_trash_slot_sync (slot, error);
}

static bool
place_staged (const SampanPlacement *placement,
              const char *staged_name,
              int staged_fd,
              SampanReservation *reservation,
              SampanStored *stored,
              char **stored_name,
              GError **error)
{
  g_autoptr (SampanTrashSlot) slot = NULL;
  g_autofree char *name = NULL;
  int staging_fd = sampan_share_root_get_staging_fd (placement->root);
  struct stat status;

  if (!sampan_placement_run (placement, staging_fd, staged_name, &slot, &name, error))
    {
      (void)!sampan_tree_removal_run (staging_fd, staged_name);
      return false;
    }
  sampan_reservation_end (reservation, reservation->bytes);
  if (!sync_all (placement, slot, error))
    return false;
  if (fstat (staged_fd, &status) != 0)
    {
      sampan_disk_set_error (error, errno, "cannot look at", name);
      return false;
    }
  memset (stored, 0, sizeof *stored);
  sampan_version_from_stat (&status, stored->version);
  if (slot != NULL && slot->is_used)
    memcpy (stored->trash_id, slot->id, sizeof stored->trash_id);
  *stored_name = g_steal_pointer (&name);
  return true;
}

/* The copy has its place or is gone when this returns. */
static bool
make_copy (SampanTreeCopy *copy,
           const SampanPlacement *placement,
           int from_fd,
           bool is_share_itself,
           SampanStored *stored,
           char **stored_name,
           GError **error)
{
  SampanUsage *usage = sampan_share_root_get_usage (placement->root);
  SampanReservation reservation = { 0 };
  SAMPAN_AUTO_FD int staged_fd = -1;
  char staged_name[SAMPAN_STAGED_NAME_BYTES];
  bool is_durable = false;

  sampan_reservation_begin (&reservation, usage, 0);
  copy->reservation = &reservation;
  sampan_staging_make_name (staged_name);
  staged_fd = sampan_tree_copy_run (copy, from_fd, is_share_itself, staged_name, error);
  if (staged_fd >= 0)
    {
      g_autoptr (SampanUsageBusy) busy = sampan_usage_enter (usage);

      is_durable = place_staged (placement,
                                 staged_name,
                                 staged_fd,
                                 &reservation,
                                 stored,
                                 stored_name,
                                 error);
    }
  sampan_reservation_end (&reservation, 0);
  return is_durable;
}

bool
sampan_storage_copy (SampanShareRoot *from_root,
                     const SampanPath *from,
                     SampanShareRoot *to_root,
                     const SampanPath *to,
                     SampanConflict conflict,
                     uint64_t account_id,
                     SampanProgressFunc progress,
                     gpointer user_data,
                     GCancellable *cancellable,
                     SampanStored *stored,
                     char **stored_name,
                     GError **error)
{
  SampanPlacement placement = { .root = to_root,
                                .path = to,
                                .conflict = conflict,
                                .account_id = account_id };
  SampanTreeCopy copy = { .from_root = from_root,
                          .to_root = to_root,
                          .meter = { .func = progress, .user_data = user_data },
                          .cancellable = cancellable,
                          .depth_max = SAMPAN_DEPTH_MAX - sampan_path_get_depth (to) };
  struct stat source, old;
  SAMPAN_AUTO_FD int from_fd = open_source (from_root, from, &source, error);
  SAMPAN_AUTO_FD int folder_fd = -1;
  SampanTarget target;

  if (from_fd < 0 || !sampan_usage_wait (sampan_share_root_get_usage (to_root), error) ||
      !check_not_into_itself (from_root, from, to_root, to, error) ||
      (folder_fd = sampan_share_root_open_folder_of (to_root, to, error)) < 0)
    return false;
  placement.folder_fd = folder_fd;
  placement.mtime = source.st_mtim;
  placement.kind = source.st_mode & S_IFMT;
  if (!sampan_placement_check (&placement, &target, &old, error) ||
      !check_space (to_root, &source, error))
    return false;
  if (!make_copy (&copy,
                  &placement,
                  from_fd,
                  sampan_path_is_root (from),
                  stored,
                  stored_name,
                  error))
    return false;
  stored->skipped = copy.skipped;
  return true;
}
