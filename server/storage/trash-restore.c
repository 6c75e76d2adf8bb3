/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Looking into the trash of a share, and putting things back. */

#include "config.h"

#include "storage/trash-restore.h"

#include "storage/disk.h"
#include "storage/files.h"
#include "storage/placement.h"
#include "storage/trash-limits.h"

#include <string.h>

static bool
may_see (const SampanTrashReader *reader, const SampanTrashRecord *record)
{
  return reader->is_for_all ||
         (record->account_id != 0 && record->account_id == reader->account_id);
}

static bool
lay_below (const SampanPath *path, const SampanPath *below)
{
  return sampan_path_is_root (below) || sampan_path_equal (path, below) ||
         sampan_path_is_below (path, below);
}

bool
sampan_trash_foreach (const SampanShareRoot *root,
                      const SampanTrashReader *reader,
                      const SampanPath *below,
                      SampanTrashFunc func,
                      gpointer user_data,
                      GError **error)
{
  int trash_fd = sampan_share_root_get_trash_fd (root);
  g_autoptr (SampanDirStream) stream = trash_fd >= 0 ? sampan_disk_open_stream (trash_fd) : NULL;
  const char *name;

  if (trash_fd < 0)
    return true; /* a share that cannot be written to */
  if (!sampan_path_is_root (below) && !sampan_share_root_check_change (root, below, error))
    return false;
  if (stream == NULL)
    {
      sampan_disk_set_error (error, errno, "cannot look into", "the trash");
      return false;
    }
  while ((name = sampan_disk_next_name (stream)) != NULL)
    {
      g_auto (SampanTrashHold) hold = { .fd = -1 };
      uint8_t id[SAMPAN_TRASH_ID_LENGTH];

      if (sampan_trash_parse_name (name, id) && sampan_trash_hold (root, id, &hold, NULL) &&
          may_see (reader, &hold.record) && lay_below (hold.record.path, below) &&
          !func (id, &hold, user_data))
        break;
    }
  return true;
}

/* ---- Putting back ---- */

/* The folder that it was in, made anew if it is gone. */
static int
open_folder (SampanShareRoot *root, const SampanPath *path, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (SampanPath) parent = sampan_path_get_parent (path);
  int fd = sampan_share_root_open_folder_of (root, path, &local_error);

  if (fd < 0 && g_error_matches (local_error, SAMPAN_ERROR, SAMPAN_ERROR_NOT_FOUND) &&
      !sampan_path_is_root (parent))
    {
      if (!sampan_storage_mkdir (root, parent, true, error))
        return -1;
      return sampan_share_root_open_folder_of (root, path, error);
    }
  if (fd < 0)
    g_propagate_error (error, g_steal_pointer (&local_error));
  return fd;
}

static bool
sync_all (const SampanPlacement *placement,
          const SampanTrashHold *hold,
          SampanTrashSlot *replaced,
          GError **error)
{
  bool has_replaced = replaced != NULL && replaced->is_used;

  if (!sampan_disk_sync (placement->folder_fd) || !sampan_disk_sync (hold->fd) ||
      (has_replaced && !sampan_disk_sync (sampan_share_root_get_trash_fd (placement->root))))
    {
      sampan_disk_set_error (error, errno, "cannot sync", sampan_path_get (placement->path));
      return false;
    }
  return !has_replaced || sampan_trash_slot_sync (replaced, error);
}

SampanPath *
sampan_trash_restore (SampanShareRoot *root,
                      const uint8_t id[static SAMPAN_TRASH_ID_LENGTH],
                      const SampanTrashReader *reader,
                      SampanConflict conflict,
                      uint8_t replaced[static SAMPAN_TRASH_ID_LENGTH],
                      GError **error)
{
  g_auto (SampanTrashHold) hold = { .fd = -1 };
  SAMPAN_AUTO_FD int folder_fd = -1;
  SampanPlacement placement = { .root = root, .conflict = conflict };
  g_autoptr (SampanUsageBusy) busy = NULL;
  g_autoptr (SampanTrashSlot) slot = NULL;
  g_autoptr (SampanPath) parent = NULL;
  g_autofree char *name = NULL;

  if (!sampan_trash_hold (root, id, &hold, error))
    return NULL;
  if (!may_see (reader, &hold.record))
    {
      g_set_error_literal (error, SAMPAN_ERROR, SAMPAN_ERROR_NOT_ALLOWED, "somebody else's");
      return NULL;
    }
  busy = sampan_usage_enter (sampan_share_root_get_usage (root));
  placement.path = hold.record.path;
  placement.mtime = hold.status.st_mtim;
  placement.kind = hold.status.st_mode & S_IFMT;
  placement.account_id = reader->account_id;
  placement.folder_fd = folder_fd = open_folder (root, placement.path, error);
  if (folder_fd < 0 ||
      !sampan_placement_run (&placement, hold.fd, SAMPAN_TRASH_ITEM, &slot, &name, error) ||
      !sync_all (&placement, &hold, slot, error))
    return NULL;
  sampan_trash_hold_remove_empty (root, &hold);
  memset (replaced, 0, SAMPAN_TRASH_ID_LENGTH);
  if (slot != NULL && slot->is_used)
    memcpy (replaced, slot->id, SAMPAN_TRASH_ID_LENGTH);
  parent = sampan_path_get_parent (placement.path);
  return sampan_path_get_child (parent, name, error);
}
