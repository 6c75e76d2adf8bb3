/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The local folder that a batch is downloaded into. Names are those of listings, so valid
 * components joined by '/': they cannot lead out of it. */

#include "config.h"

#include "batch-disk.h"

#include "local-target.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* Names beside that are looked at: whoever keeps more copies than this pays with one more. */
#define BESIDE_MAX 100
#define PROBE_RANDOM_BYTES 6
#define FOLDER_MODE 0777 /* minus the umask */

typedef enum
{
  FOLDS_UNKNOWN,
  FOLDS_NOT,
  FOLDS,
} Folds;

struct _SampanBatchDisk
{
  char *folder;
  GMutex lock; /* of the descriptor */
  int fd;      /* -1: it is missing, or was not looked at yet */
  Folds folds;
  GHashTable *seen; /* the names so far, folded if the disk does */
};

SampanBatchDisk *
sampan_batch_disk_new (const char *folder)
{
  SampanBatchDisk *self = g_new0 (SampanBatchDisk, 1);

  self->folder = g_strdup (folder);
  g_mutex_init (&self->lock);
  self->fd = -1;
  self->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

void
sampan_batch_disk_free (SampanBatchDisk *self)
{
  if (self->fd >= 0)
    close (self->fd);
  g_mutex_clear (&self->lock);
  g_hash_table_unref (self->seen);
  g_free (self->folder);
  g_free (self);
}

void
sampan_batch_disk_set_folds (SampanBatchDisk *self, bool folds)
{
  self->folds = folds ? FOLDS : FOLDS_NOT;
}

static bool
open_folder (SampanBatchDisk *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (self->fd < 0)
    self->fd = open (self->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  return self->fd >= 0;
}

/* ---- Folding ---- */

/* Puts a file there and looks for it in capitals: there is no other way to know. */
static Folds
probe (int fd)
{
  uint8_t random[PROBE_RANDOM_BYTES];
  char hex[2 * PROBE_RANDOM_BYTES + 1];
  g_autofree char *name = NULL;
  g_autofree char *upper = NULL;
  struct stat info;
  bool found;
  int probe_fd;

  randombytes_buf (random, sizeof random);
  sodium_bin2hex (hex, sizeof hex, random, sizeof random);
  name = g_strdup_printf (".sampan-%s.probe", hex);
  upper = g_ascii_strup (name, -1);
  probe_fd = openat (fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (probe_fd < 0)
    return FOLDS_NOT;
  close (probe_fd);
  found = fstatat (fd, upper, &info, AT_SYMLINK_NOFOLLOW) == 0;
  if (unlinkat (fd, name, 0) != 0)
    g_warning ("A file could not be removed: %s", g_strerror (errno));
  return found ? FOLDS : FOLDS_NOT;
}

static char *
dup_key (SampanBatchDisk *self, const char *name)
{
  g_autofree char *composed = NULL;

  if (self->folds != FOLDS)
    return g_strdup (name);
  composed = g_utf8_normalize (name, -1, G_NORMALIZE_ALL_COMPOSE);
  return composed != NULL ? g_utf8_casefold (composed, -1) : g_ascii_strdown (name, -1);
}

/* ---- Verdicts ---- */

/* Some disks keep whole seconds only. */
static bool
is_same_time (SampanTime mtime, const struct timespec *there)
{
  return mtime.seconds == there->tv_sec &&
         ((long)mtime.nanoseconds == there->tv_nsec || there->tv_nsec == 0);
}

static SampanPlanVerdict
compare (const SampanPlanItem *item, const struct stat *info)
{
  if (item->kind == SAMPAN_ENTRY_FOLDER)
    return S_ISDIR (info->st_mode) ? SAMPAN_PLAN_FOLDER_THERE : SAMPAN_PLAN_WRONG_KIND;
  if (!S_ISREG (info->st_mode))
    return SAMPAN_PLAN_WRONG_KIND;
  return (uint64_t)info->st_size == item->size && is_same_time (item->mtime, &info->st_mtim)
             ? SAMPAN_PLAN_SAME
             : SAMPAN_PLAN_DIFFERS;
}

static SampanPlanVerdict
judge_errno (int saved_errno)
{
  switch (saved_errno)
    {
    case ENOENT:
      return SAMPAN_PLAN_NEW;
    case ENOTDIR:
    case ELOOP:
      return SAMPAN_PLAN_WRONG_KIND;
    case ENAMETOOLONG:
    case EINVAL:
    case EILSEQ:
      return SAMPAN_PLAN_BAD_NAME;
    default:
      return SAMPAN_PLAN_NOT_ALLOWED;
    }
}

static void
judge (SampanBatchDisk *self, bool is_open, const SampanPlanItem *item, SampanPlanAnswer *answer)
{
  const char *name = (const char *)item->path.data;
  struct stat info;

  if (!g_hash_table_add (self->seen, dup_key (self, name)))
    answer->verdict = SAMPAN_PLAN_NAME_TWICE;
  else if (!is_open)
    answer->verdict = SAMPAN_PLAN_NEW;
  else if (fstatat (self->fd, name, &info, AT_SYMLINK_NOFOLLOW) != 0)
    answer->verdict = (uint8_t)judge_errno (errno);
  else
    {
      answer->verdict = (uint8_t)compare (item, &info);
      answer->size = (uint64_t)info.st_size;
      answer->mtime.seconds = info.st_mtim.tv_sec;
      answer->mtime.nanoseconds = (uint32_t)info.st_mtim.tv_nsec;
    }
}

GArray *
sampan_batch_disk_judge (SampanBatchDisk *self, const SampanBatchPage *page)
{
  size_t length = sampan_plan_get_length (page->plan);
  GArray *answers = g_array_sized_new (FALSE, TRUE, sizeof (SampanPlanAnswer), (guint)length);
  bool is_open;

  g_array_set_size (answers, (guint)length);
  is_open = open_folder (self);
  if (is_open && self->folds == FOLDS_UNKNOWN)
    self->folds = probe (self->fd);
  for (guint i = 0; i < length; i++)
    judge (self,
           is_open,
           sampan_plan_get_item (page->plan, i),
           &g_array_index (answers, SampanPlanAnswer, i));
  return answers;
}

bool
sampan_batch_disk_has_beside (SampanBatchDisk *self, const SampanPlanItem *item)
{
  const char *path = (const char *)item->path.data;
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *name = g_path_get_basename (path);

  for (int i = 0; i < BESIDE_MAX && self->fd >= 0; i++)
    {
      g_autofree char *other = sampan_local_target_numbered_name (name, i + 2);
      g_autofree char *beside = other != NULL ? g_build_filename (folder, other, NULL) : NULL;
      struct stat info;

      if (beside == NULL || fstatat (self->fd, beside, &info, AT_SYMLINK_NOFOLLOW) != 0)
        return false;
      if (compare (item, &info) == SAMPAN_PLAN_SAME)
        return true;
    }
  return false;
}

uint64_t
sampan_batch_disk_get_free_bytes (SampanBatchDisk *self)
{
  g_autofree char *folder = g_strdup (self->folder);
  struct statvfs info;

  while (statvfs (folder, &info) != 0)
    {
      char *parent = errno == ENOENT && strcmp (folder, "/") != 0 ? g_path_get_dirname (folder)
                                                                  : NULL;

      if (parent == NULL)
        return G_MAXUINT64;
      g_free (folder);
      folder = parent;
    }
  /* Some network disks have no number for it. */
  return info.f_blocks == 0 ? G_MAXUINT64 : (uint64_t)info.f_bavail * info.f_frsize;
}

/* ---- Folders ---- */

bool
sampan_batch_disk_make_target (SampanBatchDisk *self)
{
  return g_mkdir_with_parents (self->folder, FOLDER_MODE) == 0 && open_folder (self);
}

bool
sampan_batch_disk_make_folder (SampanBatchDisk *self, const char *name)
{
  struct stat info;

  if (mkdirat (self->fd, name, FOLDER_MODE) == 0)
    return true;
  if (errno != EEXIST || fstatat (self->fd, name, &info, AT_SYMLINK_NOFOLLOW) != 0)
    return false;
  errno = ENOTDIR;
  return S_ISDIR (info.st_mode);
}

/* -1 with errno. */
static int
open_below (SampanBatchDisk *self, const char *name)
{
  g_auto (GStrv) components = g_strsplit (name, "/", -1);
  int fd = self->fd;

  for (char **component = components; *component != NULL; component++)
    {
      int access = component[1] != NULL ? O_PATH : O_RDONLY;
      int next_fd = openat (fd, *component, access | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
      int saved_errno = errno;

      if (fd != self->fd)
        close (fd);
      errno = saved_errno;
      if (next_fd < 0)
        return -1;
      fd = next_fd;
    }
  return fd;
}

bool
sampan_batch_disk_set_time (SampanBatchDisk *self, const char *name, SampanTime mtime)
{
  struct timespec times[2] = { { .tv_nsec = UTIME_OMIT },
                               { .tv_sec = mtime.seconds, .tv_nsec = (long)mtime.nanoseconds } };
  int fd = open_below (self, name);
  bool is_set = fd >= 0 && futimens (fd, times) == 0;

  if (fd >= 0)
    close (fd);
  return is_set;
}
