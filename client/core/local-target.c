/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Temporary file, conflict rule, rename. */

#include "config.h"

#include "local-target.h"

#include "escape.h"
#include "paths.h"
#include "transfer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define TEMP_TRIES 16
#define OWNER_MODE (S_IRUSR | S_IWUSR) /* whoever asked for the file may go on with it */
#define KEEP_BOTH_TRIES 10000          /* "name (2)" to "name (10001)" */

struct _SampanLocalTarget
{
  char *shown; /* the file name, fit for a message */
  char *name;  /* without the folder */
  SampanConflict conflict;
  int folder_fd;
  int fd;
  char temp[SAMPAN_PART_NAME_BYTES]; /* "" when there is none */
  char part[SAMPAN_PART_NAME_BYTES]; /* what it is called to be found again; "" for no matter */
  bool is_unnamed;                   /* the temporary file, which then has no TEMP */
  bool is_tagged;
  bool keeps;
};

static bool
fail (const SampanLocalTarget *self, GError **error)
{
  g_propagate_error (error, sampan_error_new_local (errno, self->shown));
  return false;
}

static bool
fail_with (const SampanLocalTarget *self, GError **error, SampanErrorCode code, const char *text)
{
  GError *local_error = g_error_new (SAMPAN_ERROR, (int)code, "%s: %s", self->shown, text);

  g_propagate_error (error, sampan_error_mark_local (local_error));
  return false;
}

static bool
check_conflict (SampanLocalTarget *self, GError **error)
{
  struct stat info;

  if (self->conflict == SAMPAN_CONFLICT_KEEP_BOTH)
    return true;
  if (fstatat (self->folder_fd, self->name, &info, AT_SYMLINK_NOFOLLOW) != 0)
    return errno == ENOENT || fail (self, error);
  if (self->conflict == SAMPAN_CONFLICT_REFUSE)
    return fail_with (self, error, SAMPAN_ERROR_EXISTS, "the name is taken");
  if (S_ISDIR (info.st_mode))
    return fail_with (self, error, SAMPAN_ERROR_WRONG_KIND, "a folder has this name");
  return true;
}

SampanLocalTarget *
sampan_local_target_new (const char *filename, SampanConflict conflict, GError **error)
{
  g_autoptr (SampanLocalTarget) self = g_new0 (SampanLocalTarget, 1);
  g_autofree char *folder = g_path_get_dirname (filename);

  self->fd = -1;
  self->conflict = conflict;
  self->shown = sampan_escape (filename, -1, 0);
  self->name = g_path_get_basename (filename);
  self->folder_fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (self->folder_fd < 0)
    {
      fail (self, error);
      return NULL;
    }
  if (!sampan_name_is_valid ((const uint8_t *)self->name, strlen (self->name)))
    {
      fail_with (self, error, SAMPAN_ERROR_BAD_NAME, "this cannot be the name of a file");
      return NULL;
    }
  if (!check_conflict (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

uint64_t
sampan_local_target_find_part (SampanLocalTarget *self,
                               const uint8_t key[static SAMPAN_PART_KEY_LENGTH],
                               SampanPartOrigin *origin)
{
  uint64_t held_bytes = 0;

  sampan_local_part_make_name (self->part, key);
  self->fd = sampan_local_part_open (self->folder_fd, self->part, origin, &held_bytes);
  if (self->fd < 0)
    return 0;
  g_strlcpy (self->temp, self->part, sizeof self->temp);
  self->is_tagged = held_bytes > 0;
  return held_bytes;
}

int
sampan_local_target_dup_fd (const SampanLocalTarget *self)
{
  return self->fd >= 0 ? fcntl (self->fd, F_DUPFD_CLOEXEC, 0) : -1;
}

void
sampan_local_target_keep_part (SampanLocalTarget *self)
{
  struct stat info;

  self->keeps = self->is_tagged && strcmp (self->temp, self->part) == 0 &&
                fstat (self->fd, &info) == 0 && info.st_size >= SAMPAN_PART_MIN_BYTES;
}

void
sampan_local_target_free (SampanLocalTarget *self)
{
  if (self->temp[0] != '\0' && !self->keeps && unlinkat (self->folder_fd, self->temp, 0) != 0)
    g_warning ("A temporary file could not be removed: %s", g_strerror (errno));
  if (self->fd >= 0)
    close (self->fd);
  if (self->folder_fd >= 0)
    close (self->folder_fd);
  g_free (self->shown);
  g_free (self->name);
  g_free (self);
}

/* Under the name that can be found again if it is worth it and nobody else is at it; else without a
 * name where that can be. */
static bool
open_temp (SampanLocalTarget *self, uint64_t size, GError **error)
{
  if (size < SAMPAN_PART_MIN_BYTES || self->part[0] == '\0')
    {
      self->fd = sampan_local_part_create_unnamed (self->folder_fd);
      self->is_unnamed = self->fd >= 0;
      if (self->is_unnamed)
        return true;
    }
  for (int i = 0; i < TEMP_TRIES; i++)
    {
      char name[SAMPAN_PART_NAME_BYTES];

      if (i == 0 && size >= SAMPAN_PART_MIN_BYTES && self->part[0] != '\0')
        g_strlcpy (name, self->part, sizeof name);
      else
        sampan_local_part_make_random_name (name);
      self->fd = sampan_local_part_create (self->folder_fd, name);
      if (self->fd >= 0)
        {
          g_strlcpy (self->temp, name, sizeof self->temp);
          return true;
        }
      if (errno != EEXIST)
        break;
    }
  return fail (self, error);
}

static bool
has_room (SampanLocalTarget *self, uint64_t size)
{
  struct statvfs disk;

  /* Little, or unknown, is no reason to refuse: writing tells. */
  return size <= SAMPAN_TRANSFER_SMALL_BYTES || fstatvfs (self->folder_fd, &disk) != 0 ||
         disk.f_blocks == 0 || size / MAX (disk.f_frsize, 1) <= disk.f_bavail;
}

static bool
is_newer (SampanTime mtime, const struct timespec *than)
{
  return mtime.seconds > than->tv_sec ||
         (mtime.seconds == than->tv_sec && (long)mtime.nanoseconds > than->tv_nsec);
}

bool
sampan_local_target_create (SampanLocalTarget *self,
                            const SampanPartOrigin *origin,
                            uint64_t held_bytes,
                            GError **error)
{
  struct stat info;

  if (self->conflict == SAMPAN_CONFLICT_REPLACE_NEWER &&
      fstatat (self->folder_fd, self->name, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
      !is_newer (origin->mtime, &info.st_mtim))
    return fail_with (self, error, SAMPAN_ERROR_EXISTS, "the file here is not older");
  if (!has_room (self, origin->size - held_bytes))
    return fail_with (self, error, SAMPAN_ERROR_NO_SPACE, "there is not enough space");
  if (self->fd < 0 && !open_temp (self, origin->size, error))
    return false;
  if (held_bytes > 0)
    return true;
  if (ftruncate (self->fd, 0) != 0)
    return fail (self, error);
  self->is_tagged =
      strcmp (self->temp, self->part) == 0 && sampan_local_part_tag (self->fd, origin);
  return true;
}

bool
sampan_local_target_write (SampanLocalTarget *self,
                           const uint8_t *bytes,
                           size_t length,
                           uint64_t offset,
                           GError **error)
{
  while (length > 0)
    {
      ssize_t n = pwrite (self->fd, bytes, length, (off_t)offset);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return fail (self, error);
      bytes += n;
      length -= (size_t)n;
      offset += (uint64_t)n;
    }
  return true;
}

bool
sampan_local_target_prepare (SampanLocalTarget *self, SampanTime mtime, int mode, GError **error)
{
  struct timespec times[2] = {
    { .tv_nsec = UTIME_OMIT },
    { .tv_sec = mtime.seconds, .tv_nsec = (long)mtime.nanoseconds },
  };

  if (mode != SAMPAN_LOCAL_MODE_USUAL &&
      fchmod (self->fd, ((mode_t)mode & SAMPAN_MODE_MAX) | OWNER_MODE) != 0)
    g_debug ("no permissions were set: %s", g_strerror (errno));
  /* A time that this file system cannot hold is no reason to lose the file. */
  if (futimens (self->fd, times) != 0 && errno != EINVAL && errno != EOVERFLOW)
    return fail (self, error);
  /* A hint: errors are the fsync's to report. */
  (void)sync_file_range (self->fd, 0, 0, SYNC_FILE_RANGE_WRITE);
  return true;
}

bool
sampan_local_target_sync (SampanLocalTarget *self, GError **error)
{
  return fsync (self->fd) == 0 || fail (self, error);
}

/* 0 or an errno; EEXIST where the name is taken. */
static int
rename_to_free_name (SampanLocalTarget *self, const char *name)
{
  int placeholder;

  if (self->is_unnamed)
    return sampan_local_part_link (self->fd, self->folder_fd, name);
  if (renameat2 (self->folder_fd, self->temp, self->folder_fd, name, RENAME_NOREPLACE) == 0)
    return 0;
  if (errno != EINVAL && errno != ENOSYS)
    return errno;
  /* File systems without it: whoever makes the name first has it. */
  placeholder =
      openat (self->folder_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (placeholder < 0)
    return errno;
  close (placeholder);
  return renameat (self->folder_fd, self->temp, self->folder_fd, name) == 0 ? 0 : errno;
}

char *
sampan_local_target_numbered_name (const char *name, int number)
{
  const char *dot = strrchr (name, '.');
  const char *extension = dot != NULL && dot != name ? dot : name + strlen (name);
  g_autofree char *suffix = g_strdup_printf (" (%d)%s", number, extension);
  size_t stem = (size_t)(extension - name);
  size_t suffix_length = strlen (suffix);

  if (suffix_length >= SAMPAN_NAME_MAX)
    return NULL;
  if (stem + suffix_length > SAMPAN_NAME_MAX)
    {
      stem = SAMPAN_NAME_MAX - suffix_length;
      while (stem > 1 && ((uint8_t)name[stem] & 0xc0) == 0x80)
        stem--; /* not in the middle of a UTF-8 character */
    }
  return g_strdup_printf ("%.*s%s", (int)stem, name, suffix);
}

static int
rename_beside (SampanLocalTarget *self, char **stored_name)
{
  int result = rename_to_free_name (self, self->name);

  for (int i = 0; result == EEXIST && i < KEEP_BOTH_TRIES; i++)
    {
      g_autofree char *other = sampan_local_target_numbered_name (self->name, i + 2);

      if (other == NULL)
        return ENAMETOOLONG;
      result = rename_to_free_name (self, other);
      if (result == 0)
        *stored_name = g_steal_pointer (&other);
    }
  return result;
}

/* So that it can be moved over another one. 0 or an errno. */
static int
name_temp (SampanLocalTarget *self)
{
  int result = EEXIST;

  for (int i = 0; i < TEMP_TRIES && result == EEXIST; i++)
    {
      sampan_local_part_make_random_name (self->temp);
      result = sampan_local_part_link (self->fd, self->folder_fd, self->temp);
    }
  if (result == 0)
    self->is_unnamed = false;
  else
    self->temp[0] = '\0';
  return result;
}

/* 0 or an errno. */
static int
replace (SampanLocalTarget *self)
{
  if (self->is_unnamed)
    {
      int result = rename_to_free_name (self, self->name);

      if (result == EEXIST)
        result = name_temp (self);
      if (result != 0 || self->is_unnamed)
        return result;
    }
  return renameat (self->folder_fd, self->temp, self->folder_fd, self->name) == 0 ? 0 : errno;
}

bool
sampan_local_target_publish (SampanLocalTarget *self, char **stored_name, GError **error)
{
  int result = 0;

  /* Not before the sync: who is killed in that finds all of it again. A tag that a crash of the
   * machine brings back is of an earlier start, and nobody looks for one under this name. */
  if (self->is_tagged)
    sampan_local_part_untag (self->fd);
  self->is_tagged = false;
  switch (self->conflict)
    {
    case SAMPAN_CONFLICT_REFUSE:
      result = rename_to_free_name (self, self->name);
      break;
    case SAMPAN_CONFLICT_REPLACE:
    case SAMPAN_CONFLICT_REPLACE_NEWER:
      result = replace (self);
      break;
    case SAMPAN_CONFLICT_KEEP_BOTH:
      result = rename_beside (self, stored_name);
      break;
    }
  if (result != 0)
    {
      errno = result;
      return fail (self, error);
    }
  self->temp[0] = '\0';
  return true;
}

bool
sampan_local_target_sync_folder (SampanLocalTarget *self, GError **error)
{
  return fsync (self->folder_fd) == 0 || errno == EINVAL || fail (self, error);
}

bool
sampan_local_target_has_folder_of (const SampanLocalTarget *self, const SampanLocalTarget *other)
{
  struct stat own, others;

  return fstat (self->folder_fd, &own) == 0 && fstat (other->folder_fd, &others) == 0 &&
         own.st_dev == others.st_dev && own.st_ino == others.st_ino;
}
