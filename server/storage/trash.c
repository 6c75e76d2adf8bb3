/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The folder .sampan/trash of a share: slots with an item and a record of where it was. */

#include "config.h"

#include "storage/trash.h"

#include "storage/disk.h"
#include "storage/staging.h"
#include "storage/trash-limits.h"
#include "wire.h"

#include <fcntl.h>
#include <sodium.h>
#include <string.h>

#define INFO_NAME "info"
#define SLOT_ATTEMPTS 16 /* what makes room may free next to nothing */

static bool
fill_slot (SampanTrashSlot *self, const SampanPath *path, uint64_t account_id)
{
  SampanTrashRecord record = { .path = (SampanPath *)path,
                               .size = SAMPAN_TRASH_SIZE_UNKNOWN,
                               .account_id = account_id };
  uint8_t buffer[SAMPAN_TRASH_RECORD_MAX_BYTES];
  size_t length;

  clock_gettime (CLOCK_REALTIME, &record.removed);
  length = sampan_trash_record_encode (&record, buffer);
  self->fd = sampan_disk_open (sampan_share_root_get_trash_fd (self->root),
                               self->name,
                               O_RDONLY | O_DIRECTORY,
                               0);
  if (self->fd < 0)
    return false;
  /* Who makes room leaves it alone while things are moved through it; where locks are not known,
   * only while it is empty. */
  (void)sampan_staging_lock (self->fd);
  self->info_fd = sampan_disk_open (self->fd, INFO_NAME, O_WRONLY | O_CREAT | O_EXCL, 0600);
  return self->info_fd >= 0 && sampan_disk_write (self->info_fd, buffer, length, 0);
}

static SampanTrashSlot *
make_slot (const SampanShareRoot *root, const SampanPath *path, uint64_t account_id, GError **error)
{
  g_autoptr (SampanTrashSlot) self = g_new0 (SampanTrashSlot, 1);

  self->root = root;
  self->fd = self->info_fd = -1;
  randombytes_buf (self->id, sizeof self->id);
  sodium_bin2hex (self->name, sizeof self->name, self->id, sizeof self->id);
  if (mkdirat (sampan_share_root_get_trash_fd (root), self->name, 0700) != 0 ||
      !fill_slot (self, path, account_id))
    {
      sampan_disk_set_error (error, errno, "cannot keep in trash", sampan_path_get (path));
      return NULL;
    }
  return g_steal_pointer (&self);
}

SampanTrashSlot *
sampan_trash_slot_new (const SampanShareRoot *root,
                       const SampanPath *path,
                       uint64_t account_id,
                       GError **error)
{
  SampanTrashSlot *self = NULL;

  for (int i = 0; i < SLOT_ATTEMPTS; i++)
    {
      g_autoptr (GError) local_error = NULL;

      self = make_slot (root, path, account_id, &local_error);
      if (self != NULL)
        break;
      if (i + 1 < SLOT_ATTEMPTS && sampan_error_to_code (local_error) == SAMPAN_ERROR_NO_SPACE &&
          sampan_trash_make_room (root))
        continue;
      g_propagate_error (error, g_steal_pointer (&local_error));
      break;
    }
  return self;
}

void
sampan_trash_slot_free (SampanTrashSlot *self)
{
  if (self == NULL)
    return;
  if (!self->is_used)
    {
      if (self->fd >= 0)
        unlinkat (self->fd, INFO_NAME, 0);
      /* Fails, as it should, if something is in it after all. */
      unlinkat (sampan_share_root_get_trash_fd (self->root), self->name, AT_REMOVEDIR);
    }
  sampan_disk_clear_fd (&self->info_fd);
  sampan_disk_clear_fd (&self->fd);
  g_free (self);
}

bool
sampan_trash_slot_sync_info (SampanTrashSlot *self, GError **error)
{
  bool is_synced = sampan_disk_sync (self->info_fd);

  if (!is_synced)
    sampan_disk_set_error (error, errno, "cannot sync", self->name);
  sampan_disk_clear_fd (&self->info_fd);
  return is_synced;
}

bool
sampan_trash_slot_sync (SampanTrashSlot *self, GError **error)
{
  if (!sampan_disk_sync (self->fd))
    {
      sampan_disk_set_error (error, errno, "cannot sync", self->name);
      return false;
    }
  sampan_disk_clear_fd (&self->fd);
  return true;
}

static bool
read_record (int slot_fd, const char *name, SampanTrashRecord *record, GError **error)
{
  SAMPAN_AUTO_FD int fd =
      sampan_disk_open (slot_fd, INFO_NAME, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);
  uint8_t buffer[SAMPAN_TRASH_RECORD_MAX_BYTES + 1];
  ssize_t length = fd >= 0 ? sampan_disk_read (fd, buffer, sizeof buffer, 0) : -1;

  if (length < 0)
    {
      sampan_disk_set_error (error, errno, "cannot read the trash record", name);
      return false;
    }
  if (sampan_trash_record_decode (record, buffer, (size_t)length))
    return true;
  sampan_disk_set_error (error, EIO, "damaged trash record", name);
  return false;
}

bool
sampan_trash_read_record (const SampanShareRoot *root,
                          const uint8_t id[static SAMPAN_TRASH_ID_LENGTH],
                          SampanTrashRecord *record,
                          GError **error)
{
  SAMPAN_AUTO_FD int slot_fd = -1;
  char name[SAMPAN_TRASH_NAME_BYTES];

  sodium_bin2hex (name, sizeof name, id, SAMPAN_TRASH_ID_LENGTH);
  slot_fd = sampan_disk_open (sampan_share_root_get_trash_fd (root), name, O_PATH | O_DIRECTORY, 0);
  if (slot_fd >= 0)
    return read_record (slot_fd, name, record, error);
  sampan_disk_set_error (error, errno, "cannot read the trash record", name);
  return false;
}

/* A hint for the next who asks: it may be lost. */
void
sampan_trash_write_size (int slot_fd, uint64_t size)
{
  SAMPAN_AUTO_FD int fd = sampan_disk_open (slot_fd, INFO_NAME, O_WRONLY | O_NOCTTY, 0);
  uint8_t buffer[8];
  SampanWriter writer;

  sampan_writer_init (&writer, buffer, sizeof buffer);
  sampan_writer_put_u64 (&writer, size);
  if (fd < 0 || !sampan_disk_write (fd, buffer, sizeof buffer, SAMPAN_TRASH_RECORD_SIZE_OFFSET))
    g_debug ("the size of a trash slot is counted again next time");
}

bool
sampan_trash_hold (const SampanShareRoot *root,
                   const uint8_t id[static SAMPAN_TRASH_ID_LENGTH],
                   SampanTrashHold *hold,
                   GError **error)
{
  hold->record.path = NULL;
  sodium_bin2hex (hold->name, sizeof hold->name, id, SAMPAN_TRASH_ID_LENGTH);
  hold->fd = sampan_disk_open (sampan_share_root_get_trash_fd (root),
                               hold->name,
                               O_RDONLY | O_DIRECTORY,
                               0);
  if (hold->fd >= 0 && !sampan_staging_lock (hold->fd) && errno == EWOULDBLOCK)
    {
      g_set_error_literal (error, SAMPAN_ERROR, SAMPAN_ERROR_TRY_LATER, "the slot is in use");
      sampan_trash_hold_clear (hold);
      return false;
    }
  if (hold->fd < 0 || sampan_disk_stat (hold->fd, SAMPAN_TRASH_ITEM, &hold->status) != 0)
    {
      sampan_disk_set_error (error, errno, "cannot look into the trash", hold->name);
      sampan_trash_hold_clear (hold);
      return false;
    }
  if (read_record (hold->fd, hold->name, &hold->record, error))
    return true;
  sampan_trash_hold_clear (hold);
  return false;
}

void
sampan_trash_hold_clear (SampanTrashHold *self)
{
  sampan_trash_record_clear (&self->record);
  sampan_disk_clear_fd (&self->fd);
}

void
sampan_trash_hold_remove_empty (const SampanShareRoot *root, SampanTrashHold *self)
{
  unlinkat (self->fd, INFO_NAME, 0);
  unlinkat (sampan_share_root_get_trash_fd (root), self->name, AT_REMOVEDIR);
}

static bool
is_in_slot (int slot_fd, const struct stat *status)
{
  struct stat item;

  return sampan_disk_stat (slot_fd, SAMPAN_TRASH_ITEM, &item) == 0 &&
         item.st_dev == status->st_dev && item.st_ino == status->st_ino;
}

void
sampan_trash_drop_link (const SampanShareRoot *root, const struct stat *status)
{
  int trash_fd = sampan_share_root_get_trash_fd (root);
  g_autoptr (SampanDirStream) stream = trash_fd >= 0 ? sampan_disk_open_stream (trash_fd) : NULL;
  const char *name;

  while (stream != NULL && (name = sampan_disk_next_name (stream)) != NULL)
    {
      SAMPAN_AUTO_FD int slot_fd = sampan_disk_open (trash_fd, name, O_PATH | O_DIRECTORY, 0);

      if (slot_fd < 0 || !is_in_slot (slot_fd, status))
        continue;
      unlinkat (slot_fd, SAMPAN_TRASH_ITEM, 0);
      unlinkat (slot_fd, INFO_NAME, 0);
      unlinkat (trash_fd, name, AT_REMOVEDIR);
      return;
    }
}
