/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A walk through a share that adds up the sizes of files. */

#include "config.h"

#include "storage/usage-count.h"

#include "storage/disk.h"
#include "storage/staging.h"
#include "storage/trash.h"

#include <fcntl.h>
#include <string.h>

/* Twice what a request can name: room for the trash and for what others put there. Each level holds
 * a descriptor; what lies deeper is not counted. */
#define LEVELS_MAX (2 * SAMPAN_DEPTH_MAX)
#define ATTEMPTS 5
#define ENTRIES_BETWEEN_LOOKS 1024

typedef enum
{
  PLACE_FILES,
  PLACE_RESERVED,   /* staging, trash and files of our own */
  PLACE_STAGING,    /* what is in use here is reserved */
  PLACE_TRASH,      /* slots */
  PLACE_TRASH_SLOT, /* an item and a record */
} Place;

typedef struct
{
  SampanDirStream *stream;
  Place place;
} Level;

typedef struct
{
  const SampanShareRoot *root;
  GArray *levels;
  dev_t device;
  uint64_t used_bytes;
  unsigned int n_entries;
  SampanStopFunc stop;
  gpointer user_data;
} Count;

static void
level_clear (gpointer data)
{
  sampan_disk_close_stream (((Level *)data)->stream);
}

static bool
is_same_folder (int fd, int other_fd)
{
  struct stat status, other;

  return other_fd >= 0 && fstat (fd, &status) == 0 && fstat (other_fd, &other) == 0 &&
         status.st_dev == other.st_dev && status.st_ino == other.st_ino;
}

static Place
get_place (const Count *self, int fd, const char *name, Place parent)
{
  if (parent == PLACE_TRASH)
    return PLACE_TRASH_SLOT;
  if (parent == PLACE_RESERVED &&
      is_same_folder (fd, sampan_share_root_get_staging_fd (self->root)))
    return PLACE_STAGING;
  if (parent == PLACE_RESERVED && is_same_folder (fd, sampan_share_root_get_trash_fd (self->root)))
    return PLACE_TRASH;
  if (self->levels->len == 1 && strcmp (name, SAMPAN_RESERVED_NAME) == 0)
    return PLACE_RESERVED;
  return PLACE_FILES;
}

static bool
is_counted (Place place, const char *name)
{
  return place != PLACE_RESERVED &&
         (place != PLACE_TRASH_SLOT || strcmp (name, SAMPAN_TRASH_ITEM) == 0);
}

static bool
is_in_use (int folder_fd, const char *name)
{
  SAMPAN_AUTO_FD int fd = sampan_disk_open (folder_fd, name, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);

  return fd >= 0 && !sampan_staging_lock (fd) && errno == EWOULDBLOCK;
}

static void
enter_folder (Count *self, int folder_fd, const char *name, Place parent)
{
  SAMPAN_AUTO_FD int fd = sampan_disk_open (folder_fd, name, O_RDONLY | O_DIRECTORY, 0);
  Level level = { 0 };

  if (fd < 0 || self->levels->len >= LEVELS_MAX)
    return;
  level.place = get_place (self, fd, name, parent);
  level.stream = sampan_disk_open_stream (fd);
  if (level.stream != NULL)
    g_array_append_val (self->levels, level);
}

static void
count_entry (Count *self, const char *name)
{
  Level *level = &g_array_index (self->levels, Level, self->levels->len - 1);
  Place place = level->place;
  int folder_fd = dirfd (level->stream);
  struct stat status;

  if (sampan_disk_stat (folder_fd, name, &status) != 0 || status.st_dev != self->device)
    return;
  if (!S_ISREG (status.st_mode) && !S_ISDIR (status.st_mode))
    return;
  if (place == PLACE_STAGING && is_in_use (folder_fd, name))
    return;
  if (S_ISDIR (status.st_mode))
    enter_folder (self, folder_fd, name, place);
  else if (is_counted (place, name))
    self->used_bytes += (uint64_t)status.st_size;
}

static bool
must_stop (Count *self)
{
  return self->stop != NULL && ++self->n_entries % ENTRIES_BETWEEN_LOOKS == 0 &&
         self->stop (self->user_data);
}

static bool
walk (Count *self)
{
  g_autoptr (GArray) levels = g_array_new (FALSE, FALSE, sizeof (Level));
  struct stat status;

  g_array_set_clear_func (levels, level_clear);
  self->levels = levels;
  self->used_bytes = 0;
  if (fstat (sampan_share_root_get_fd (self->root), &status) != 0)
    return false;
  self->device = status.st_dev;
  enter_folder (self, sampan_share_root_get_fd (self->root), ".", PLACE_FILES);
  while (levels->len > 0)
    {
      Level *level = &g_array_index (levels, Level, levels->len - 1);
      const char *name = sampan_disk_next_name (level->stream);

      if (must_stop (self))
        return false;
      if (name != NULL)
        count_entry (self, name);
      else
        g_array_set_size (levels, levels->len - 1);
    }
  return true;
}

bool
sampan_usage_count (SampanShareRoot *root, SampanStopFunc stop, gpointer user_data)
{
  SampanUsage *usage = sampan_share_root_get_usage (root);
  Count count = { .root = root, .stop = stop, .user_data = user_data };

  for (int i = 0; i < ATTEMPTS; i++)
    {
      bool is_last = i == ATTEMPTS - 1;
      uint64_t moment = 0;

      if (!sampan_usage_begin_count (usage, &moment) && !is_last)
        continue;
      if (!walk (&count))
        return false;
      if (sampan_usage_end_count (usage, moment, count.used_bytes, is_last))
        return true;
    }
  return false;
}
