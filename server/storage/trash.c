/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The folder .sampan/trash of a share: slots with an item and a record of where it was. */

#include "config.h"

#include "storage/trash.h"

#include "storage/disk.h"
#include "storage/tree-removal.h"
#include "wire.h"

#include <fcntl.h>
#include <sodium.h>
#include <string.h>

#define INFO_NAME "info"
#define INFO_MAGIC "SAMPANT\x01"
#define INFO_MAGIC_LENGTH 8
/* magic, seconds, nanoseconds, account, length, path */
#define INFO_MAX_BYTES (INFO_MAGIC_LENGTH + 8 + 4 + 8 + 2 + SAMPAN_PATH_MAX)
#define SECS_PER_DAY (24 * 60 * 60)

static size_t
write_record (uint8_t buffer[static INFO_MAX_BYTES], const SampanPath *path, uint64_t account_id)
{
  SampanWriter writer;
  struct timespec now;

  clock_gettime (CLOCK_REALTIME, &now);
  sampan_writer_init (&writer, buffer, INFO_MAX_BYTES);
  sampan_writer_put_fixed (&writer, (const uint8_t *)INFO_MAGIC, INFO_MAGIC_LENGTH);
  sampan_writer_put_i64 (&writer, now.tv_sec);
  sampan_writer_put_u32 (&writer, (uint32_t)now.tv_nsec);
  sampan_writer_put_u64 (&writer, account_id);
  sampan_writer_put_bytes16 (&writer,
                             (const uint8_t *)sampan_path_get (path),
                             sampan_path_get_length (path));
  g_assert (sampan_writer_ok (&writer));
  return writer.length;
}

static bool
fill_slot (SampanTrashSlot *self, const SampanPath *path, uint64_t account_id)
{
  uint8_t buffer[INFO_MAX_BYTES];
  size_t length = write_record (buffer, path, account_id);

  self->fd = sampan_disk_open (sampan_share_root_get_trash_fd (self->root),
                               self->name,
                               O_RDONLY | O_DIRECTORY,
                               0);
  if (self->fd < 0)
    return false;
  self->info_fd = sampan_disk_open (self->fd, INFO_NAME, O_WRONLY | O_CREAT | O_EXCL, 0600);
  return self->info_fd >= 0 && sampan_disk_write (self->info_fd, buffer, length, 0);
}

SampanTrashSlot *
sampan_trash_slot_new (const SampanShareRoot *root,
                       const SampanPath *path,
                       uint64_t account_id,
                       GError **error)
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
  if (sampan_disk_sync (self->fd))
    return true;
  sampan_disk_set_error (error, errno, "cannot sync", self->name);
  return false;
}

static bool
parse_record (const uint8_t *data, size_t length, SampanTrashRecord *record)
{
  SampanReader reader;
  SampanBytes path;
  uint8_t magic[INFO_MAGIC_LENGTH];
  int64_t seconds;
  uint32_t nanoseconds;

  sampan_reader_init (&reader, data, length);
  if (!sampan_reader_get_fixed (&reader, magic, sizeof magic) ||
      memcmp (magic, INFO_MAGIC, INFO_MAGIC_LENGTH) != 0 ||
      !sampan_reader_get_i64 (&reader, &seconds) ||
      !sampan_reader_get_u32 (&reader, &nanoseconds) || nanoseconds > SAMPAN_MTIME_NSEC_MAX ||
      !sampan_reader_get_u64 (&reader, &record->account_id) ||
      !sampan_reader_get_bytes16 (&reader, &path, SAMPAN_PATH_MAX) ||
      !sampan_reader_at_end (&reader))
    return false;
  record->removed = (struct timespec){ .tv_sec = seconds, .tv_nsec = nanoseconds };
  record->path = sampan_path_new (path.data, path.length, NULL);
  return record->path != NULL;
}

bool
sampan_trash_read_record (const SampanShareRoot *root,
                          const uint8_t id[static SAMPAN_TRASH_ID_LENGTH],
                          SampanTrashRecord *record,
                          GError **error)
{
  SAMPAN_AUTO_FD int slot_fd = -1;
  SAMPAN_AUTO_FD int fd = -1;
  char name[SAMPAN_TRASH_NAME_BYTES];
  uint8_t buffer[INFO_MAX_BYTES + 1];
  ssize_t length;

  sodium_bin2hex (name, sizeof name, id, SAMPAN_TRASH_ID_LENGTH);
  slot_fd = sampan_disk_open (sampan_share_root_get_trash_fd (root), name, O_PATH | O_DIRECTORY, 0);
  if (slot_fd >= 0)
    fd = sampan_disk_open (slot_fd, INFO_NAME, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);
  length = fd >= 0 ? sampan_disk_read (fd, buffer, sizeof buffer, 0) : -1;
  if (length < 0)
    {
      sampan_disk_set_error (error, errno, "cannot read the trash record", name);
      return false;
    }
  if (parse_record (buffer, (size_t)length, record))
    return true;
  sampan_disk_set_error (error, EIO, "damaged trash record", name);
  return false;
}

void
sampan_trash_record_clear (SampanTrashRecord *record)
{
  g_clear_pointer (&record->path, sampan_path_unref);
}

bool
sampan_trash_purge (const SampanShareRoot *root, const char *name)
{
  int trash_fd = sampan_share_root_get_trash_fd (root);
  SampanUsage *usage = sampan_share_root_get_usage (root);
  g_autoptr (SampanUsageBusy) busy = sampan_usage_enter (usage);
  SAMPAN_AUTO_FD int slot_fd = sampan_disk_open (trash_fd, name, O_PATH | O_DIRECTORY, 0);
  uint64_t freed_bytes = 0;
  bool is_gone;

  /* The record is not part of what the share holds. */
  if (slot_fd >= 0)
    unlinkat (slot_fd, INFO_NAME, 0);
  is_gone = sampan_tree_removal_count (trash_fd, name, &freed_bytes);
  sampan_usage_release (usage, freed_bytes);
  return is_gone;
}

void
sampan_trash_expire (const SampanShareRoot *root, int64_t now)
{
  int trash_fd = sampan_share_root_get_trash_fd (root);
  g_autoptr (SampanDirStream) stream = sampan_disk_open_stream (trash_fd);
  const char *name;

  while (stream != NULL && (name = sampan_disk_next_name (stream)) != NULL)
    {
      struct stat status;

      /* A slot's ctime is when its item came: the disk's clock, not the record's. */
      if (sampan_disk_stat (trash_fd, name, &status) == 0 &&
          now - status.st_ctim.tv_sec > (int64_t)SAMPAN_TRASH_DAYS * SECS_PER_DAY &&
          !sampan_trash_purge (root, name))
        g_warning ("cannot empty a trash slot: %s", g_strerror (errno));
    }
}
