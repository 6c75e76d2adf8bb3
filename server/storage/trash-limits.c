/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* How long things stay in the trash of a share, and how much of it there may be. */

#include "config.h"

#include "storage/trash-limits.h"

#include "storage/disk.h"
#include "storage/staging.h"
#include "storage/tree-removal.h"

#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/statvfs.h>

#define SECS_PER_DAY ((int64_t)24 * 60 * 60)
#define EMPTY_KEPT_SECS (60 * 60) /* a slot that is still being filled is far younger */
#define PERCENT 100
#define ROOM_ATTEMPTS 3

typedef struct
{
  uint8_t id[SAMPAN_TRASH_ID_LENGTH];
  char name[SAMPAN_TRASH_NAME_BYTES];
  struct timespec came; /* the slot's mtime: the disk's clock, not the record's */
} Slot;

static int
compare_oldest_first (gconstpointer a, gconstpointer b)
{
  const Slot *left = a, *right = b;

  if (left->came.tv_sec != right->came.tv_sec)
    return left->came.tv_sec > right->came.tv_sec ? 1 : -1;
  return (left->came.tv_nsec > right->came.tv_nsec) - (left->came.tv_nsec < right->came.tv_nsec);
}

bool
sampan_trash_parse_name (const char *name, uint8_t id[static SAMPAN_TRASH_ID_LENGTH])
{
  size_t length = 0;

  return strlen (name) == SAMPAN_TRASH_NAME_BYTES - 1 &&
         sodium_hex2bin (id,
                         SAMPAN_TRASH_ID_LENGTH,
                         name,
                         SAMPAN_TRASH_NAME_BYTES - 1,
                         NULL,
                         &length,
                         NULL) == 0 &&
         length == SAMPAN_TRASH_ID_LENGTH;
}

static GArray *
list_slots (const SampanShareRoot *root)
{
  int trash_fd = sampan_share_root_get_trash_fd (root);
  g_autoptr (GArray) slots = g_array_new (FALSE, TRUE, sizeof (Slot));
  g_autoptr (SampanDirStream) stream = trash_fd >= 0 ? sampan_disk_open_stream (trash_fd) : NULL;
  const char *name;

  while (stream != NULL && (name = sampan_disk_next_name (stream)) != NULL)
    {
      Slot slot = { 0 };
      struct stat status;

      if (!sampan_trash_parse_name (name, slot.id) ||
          sampan_disk_stat (trash_fd, name, &status) != 0)
        continue;
      g_strlcpy (slot.name, name, sizeof slot.name);
      slot.came = status.st_mtim;
      g_array_append_val (slots, slot);
    }
  g_array_sort (slots, compare_oldest_first);
  return g_steal_pointer (&slots);
}

/* ---- Counting ---- */

/* Folders that are open at a time; the bytes of what lies deeper are not counted. */
#define COUNT_DEPTH_MAX SAMPAN_DEPTH_MAX

static void
close_stream (gpointer stream)
{
  sampan_disk_close_stream (stream);
}

static bool
push_folder (GPtrArray *streams, int parent_fd, const char *name)
{
  SAMPAN_AUTO_FD int fd = -1;
  SampanDirStream *stream;

  if (streams->len == COUNT_DEPTH_MAX)
    return false;
  fd = sampan_disk_open (parent_fd, name, O_RDONLY | O_DIRECTORY, 0);
  stream = fd >= 0 ? sampan_disk_open_stream (fd) : NULL;
  if (stream != NULL)
    g_ptr_array_add (streams, stream);
  return stream != NULL;
}

static uint64_t
count_folder (int slot_fd)
{
  g_autoptr (GPtrArray) streams = g_ptr_array_new_with_free_func (close_stream);
  uint64_t bytes = 0;

  push_folder (streams, slot_fd, SAMPAN_TRASH_ITEM);
  while (streams->len > 0)
    {
      SampanDirStream *stream = g_ptr_array_index (streams, streams->len - 1);
      const char *name = sampan_disk_next_name (stream);
      struct stat status;

      if (name == NULL)
        g_ptr_array_set_size (streams, (int)streams->len - 1);
      else if (sampan_disk_stat (dirfd (stream), name, &status) != 0)
        continue;
      else if (S_ISDIR (status.st_mode))
        push_folder (streams, dirfd (stream), name);
      else if (S_ISREG (status.st_mode))
        bytes += (uint64_t)status.st_size;
    }
  return bytes;
}

uint64_t
sampan_trash_get_size (const SampanTrashHold *hold)
{
  uint64_t size = hold->record.size;

  if (S_ISREG (hold->status.st_mode))
    return (uint64_t)hold->status.st_size;
  if (!S_ISDIR (hold->status.st_mode))
    return 0;
  if (size != SAMPAN_TRASH_SIZE_UNKNOWN)
    return size;
  size = count_folder (hold->fd);
  sampan_trash_write_size (hold->fd, size);
  return size;
}

/* ---- Deleting ---- */

/* What is locked. The item first: what a crash leaves of it is listed still, and can be purged
 * again. */
static bool
delete_locked (const SampanShareRoot *root, int slot_fd, const char *name)
{
  int trash_fd = sampan_share_root_get_trash_fd (root);
  SampanUsage *usage = sampan_share_root_get_usage (root);
  g_autoptr (SampanUsageBusy) busy = sampan_usage_enter (usage);
  uint64_t freed_bytes = 0;
  struct stat status;
  bool is_gone = sampan_disk_stat (slot_fd, SAMPAN_TRASH_ITEM, &status) != 0 ||
                 sampan_tree_removal_count (slot_fd, SAMPAN_TRASH_ITEM, &freed_bytes);

  sampan_usage_release (usage, freed_bytes);
  return is_gone && sampan_tree_removal_run (trash_fd, name);
}

bool
sampan_trash_purge (const SampanShareRoot *root,
                    const uint8_t id[static SAMPAN_TRASH_ID_LENGTH],
                    GError **error)
{
  g_auto (SampanTrashHold) hold = { .fd = -1 };

  if (!sampan_trash_hold (root, id, &hold, error))
    return false;
  if (delete_locked (root, hold.fd, hold.name))
    return true;
  sampan_disk_set_error (error, errno, "cannot delete", hold.name);
  return false;
}

/* Unless in use. */
static bool
delete_slot (const SampanShareRoot *root, const Slot *slot)
{
  SAMPAN_AUTO_FD int fd = sampan_disk_open (sampan_share_root_get_trash_fd (root),
                                            slot->name,
                                            O_RDONLY | O_DIRECTORY,
                                            0);

  if (fd < 0 || (!sampan_staging_lock (fd) && errno == EWOULDBLOCK))
    return false;
  if (delete_locked (root, fd, slot->name))
    return true;
  g_warning ("cannot empty a trash slot: %s", g_strerror (errno));
  return false;
}

bool
sampan_trash_make_room (const SampanShareRoot *root)
{
  g_autoptr (GArray) slots = list_slots (root);

  for (unsigned int i = 0; i < slots->len; i++)
    {
      const Slot *slot = &g_array_index (slots, Slot, i);
      g_auto (SampanTrashHold) hold = { .fd = -1 };
      bool is_full = sampan_trash_hold (root, slot->id, &hold, NULL);

      /* What is empty may be somebody's who is about to fill it. */
      sampan_trash_hold_clear (&hold);
      if (is_full && delete_slot (root, slot))
        return true;
    }
  return false;
}

static bool
is_empty (const SampanShareRoot *root, const Slot *slot)
{
  SAMPAN_AUTO_FD int fd =
      sampan_disk_open (sampan_share_root_get_trash_fd (root), slot->name, O_PATH | O_DIRECTORY, 0);
  struct stat status;

  return fd >= 0 && sampan_disk_stat (fd, SAMPAN_TRASH_ITEM, &status) != 0 && errno == ENOENT;
}

static uint64_t
get_slot_size (const SampanShareRoot *root, const Slot *slot)
{
  g_auto (SampanTrashHold) hold = { .fd = -1 };

  return sampan_trash_hold (root, slot->id, &hold, NULL) ? sampan_trash_get_size (&hold) : 0;
}

static uint64_t
sum_sizes (const SampanShareRoot *root, GArray *slots)
{
  uint64_t bytes = 0;

  for (unsigned int i = 0; i < slots->len; i++)
    bytes += MIN (get_slot_size (root, &g_array_index (slots, Slot, i)), UINT64_MAX - bytes);
  return bytes;
}

uint64_t
sampan_trash_count_bytes (const SampanShareRoot *root)
{
  g_autoptr (GArray) slots = list_slots (root);

  return sum_sizes (root, slots);
}

/* FALSE: a folder that was not counted yet. */
static bool
find_known_size (const SampanShareRoot *root, const Slot *slot, uint64_t *size)
{
  SAMPAN_AUTO_FD int fd =
      sampan_disk_open (sampan_share_root_get_trash_fd (root), slot->name, O_PATH | O_DIRECTORY, 0);
  g_auto (SampanTrashRecord) record = { 0 };
  struct stat status;

  *size = 0;
  if (fd < 0 || sampan_disk_stat (fd, SAMPAN_TRASH_ITEM, &status) != 0)
    return true;
  if (S_ISREG (status.st_mode))
    *size = (uint64_t)status.st_size;
  if (!S_ISDIR (status.st_mode) || !sampan_trash_read_record (root, slot->id, &record, NULL))
    return true;
  *size = record.size;
  return record.size != SAMPAN_TRASH_SIZE_UNKNOWN;
}

uint64_t
sampan_trash_get_held_bytes (const SampanShareRoot *root)
{
  g_autoptr (GArray) slots = list_slots (root);
  uint64_t bytes = 0;

  for (unsigned int i = 0; i < slots->len; i++)
    {
      const Slot *slot = &g_array_index (slots, Slot, i);
      uint64_t size = 0;

      if (!find_known_size (root, slot, &size))
        size = get_slot_size (root, slot);
      bytes += MIN (size, UINT64_MAX - bytes);
    }
  return bytes;
}

bool
sampan_trash_make_room_for (const SampanShareRoot *root, uint64_t bytes)
{
  g_autoptr (GArray) slots = list_slots (root);
  uint64_t freed_bytes = 0;

  if (sum_sizes (root, slots) < bytes)
    return false;
  for (unsigned int i = 0; i < slots->len && freed_bytes < bytes; i++)
    {
      const Slot *slot = &g_array_index (slots, Slot, i);
      uint64_t slot_bytes = get_slot_size (root, slot);

      if (slot_bytes > 0 && delete_slot (root, slot))
        freed_bytes += slot_bytes;
    }
  return freed_bytes >= bytes;
}

bool
sampan_trash_reserve (const SampanShareRoot *root,
                      SampanReservation *reservation,
                      uint64_t bytes,
                      GError **error)
{
  /* Others may take the room that was made. */
  for (int i = 0; i < ROOM_ATTEMPTS; i++)
    {
      g_autoptr (GError) local_error = NULL;

      if (sampan_reservation_resize (reservation, bytes, &local_error))
        return true;
      if (!sampan_trash_make_room_for (root, sampan_error_get_detail (local_error)))
        break;
    }
  return sampan_reservation_resize (reservation, bytes, error);
}

/* From the newest to the oldest; what is behind the limit goes. */
static void
delete_too_much (const SampanShareRoot *root,
                 GArray *slots,
                 int64_t now,
                 int64_t kept_secs,
                 uint64_t bytes_max)
{
  uint64_t bytes = 0;

  for (unsigned int i = slots->len; i-- > 0;)
    {
      const Slot *slot = &g_array_index (slots, Slot, i);

      bytes += MIN (get_slot_size (root, slot), UINT64_MAX - bytes);
      if (bytes > bytes_max && now - slot->came.tv_sec > kept_secs)
        (void)!delete_slot (root, slot);
    }
}

void
sampan_trash_shrink (const SampanShareRoot *root,
                     int64_t now,
                     int64_t age_max_secs,
                     int64_t kept_secs,
                     uint64_t bytes_max)
{
  g_autoptr (GArray) slots = list_slots (root);

  for (unsigned int i = 0; i < slots->len;)
    {
      const Slot *slot = &g_array_index (slots, Slot, i);
      int64_t age_secs = now - slot->came.tv_sec;

      if ((age_secs > age_max_secs || (age_secs > EMPTY_KEPT_SECS && is_empty (root, slot))) &&
          delete_slot (root, slot))
        g_array_remove_index (slots, i);
      else
        i++;
    }
  delete_too_much (root, slots, now, kept_secs, bytes_max);
}

/* UINT64_MAX: any. A disk that does not tell its size says 0 blocks. */
static uint64_t
get_bytes_max (const SampanShareRoot *root, uint64_t limit_bytes)
{
  struct statvfs space;

  if (limit_bytes != SAMPAN_TRASH_BYTES_PART)
    return limit_bytes;
  if (fstatvfs (sampan_share_root_get_trash_fd (root), &space) != 0 || space.f_blocks == 0)
    return UINT64_MAX;
  return (uint64_t)space.f_blocks / PERCENT * SAMPAN_TRASH_DISK_PERCENT * space.f_frsize;
}

void
sampan_trash_expire (const SampanShareRoot *root, int64_t now)
{
  SampanTrashLimits limits = sampan_share_root_get_trash_limits (root);

  sampan_trash_shrink (root,
                       now,
                       limits.days != SAMPAN_TRASH_DAYS_ANY ? limits.days * SECS_PER_DAY
                                                            : INT64_MAX,
                       SAMPAN_TRASH_KEPT_SECS,
                       get_bytes_max (root, limits.bytes));
}
