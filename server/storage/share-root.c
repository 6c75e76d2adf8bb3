/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The directory of a share, held open, and the confinement of everything below it. */

#include "config.h"

#include "storage/share-root.h"

#include "storage/confine.h"
#include "storage/disk.h"
#include "storage/staging.h"
#include "storage/trash-limits.h"

#include <fcntl.h>
#include <string.h>
#include <time.h>

#define STAGING_NAME "staging"
#define TRASH_NAME "trash"
#define RESERVED_NAME_IN_CAPITALS ".SAMPAN"

struct _SampanShareRoot
{
  /* owned */
  int fd;
  int staging_fd;
  dev_t staging_device;
  int trash_fd;
  SampanUsage *usage;
  _Atomic uint32_t trash_days;
  _Atomic uint64_t trash_bytes;

  SampanConfine confine;
  struct stat reserved; /* of .sampan; zero where there is none */
  bool folds_names;     /* the disk takes ".SAMPAN" for ".sampan" */
};

static void
clear (gpointer data)
{
  SampanShareRoot *self = data;

  sampan_disk_clear_fd (&self->fd);
  sampan_disk_clear_fd (&self->staging_fd);
  sampan_disk_clear_fd (&self->trash_fd);
  g_clear_pointer (&self->usage, sampan_usage_free);
}

static bool
choose_confine (SampanShareRoot *self, SampanConfine confine, GError **error)
{
  self->confine = confine;
  if (confine == SAMPAN_CONFINE_WALK)
    return true;
  if (sampan_confine_probe (self->fd))
    {
      self->confine = SAMPAN_CONFINE_OPENAT2;
      return true;
    }
  if (confine == SAMPAN_CONFINE_OPENAT2)
    {
      g_set_error_literal (error,
                           SAMPAN_ERROR,
                           SAMPAN_ERROR_UNSUPPORTED,
                           "the kernel does not confine by openat2");
      return false;
    }
  self->confine = SAMPAN_CONFINE_WALK;
  return true;
}

/* A folder of ours may belong to the server or to whom the share belongs: anybody else could have
 * put it there to read what is staged. */
static bool
is_trusted (const struct stat *status, uid_t share_owner)
{
  return status->st_uid == geteuid () || status->st_uid == share_owner;
}

/* Returns an fd, or -1 with errno. */
static int
open_private_folder (int parent_fd, const char *name, uid_t share_owner)
{
  SAMPAN_AUTO_FD int fd = -1;
  struct stat status;
  bool made = mkdirat (parent_fd, name, 0700) == 0;

  if (!made && errno != EEXIST)
    return -1;
  if (made && !sampan_disk_sync (parent_fd))
    return -1;
  fd = sampan_disk_open (parent_fd, name, O_RDONLY | O_DIRECTORY, 0);
  if (fd < 0 || fstat (fd, &status) != 0)
    return -1;
  if (!is_trusted (&status, share_owner))
    {
      errno = EPERM;
      return -1;
    }
  /* Disks without modes of their own refuse this; they show everything to everybody anyway. */
  if ((status.st_mode & 077) != 0 && fchmod (fd, 0700) != 0)
    g_debug ("cannot make %s private: %s", name, g_strerror (errno));
  return g_steal_fd (&fd);
}

static bool
is_read_only_errno (int saved_errno)
{
  return saved_errno == EROFS || saved_errno == EACCES;
}

static bool
open_private_folders (SampanShareRoot *self, GError **error)
{
  SAMPAN_AUTO_FD int reserved_fd = -1;
  struct stat status, staging;

  if (fstat (self->fd, &status) != 0)
    goto failed;
  reserved_fd = open_private_folder (self->fd, SAMPAN_RESERVED_NAME, status.st_uid);
  if (reserved_fd < 0 && is_read_only_errno (errno))
    return true;
  if (reserved_fd < 0 || fstat (reserved_fd, &self->reserved) != 0)
    goto failed;
  self->staging_fd = open_private_folder (reserved_fd, STAGING_NAME, status.st_uid);
  if (self->staging_fd < 0 && is_read_only_errno (errno))
    return true;
  if (self->staging_fd < 0 || fstat (self->staging_fd, &staging) != 0)
    goto failed;
  self->staging_device = staging.st_dev;
  self->trash_fd = open_private_folder (reserved_fd, TRASH_NAME, status.st_uid);
  if (self->trash_fd >= 0)
    return true;

failed:
  sampan_disk_set_error (error, errno, "cannot use the folder", SAMPAN_RESERVED_NAME);
  return false;
}

static bool
is_same_file (const struct stat *a, const struct stat *b)
{
  return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static void
look_for_folding (SampanShareRoot *self)
{
  struct stat status;

  self->folds_names = sampan_disk_stat (self->fd, RESERVED_NAME_IN_CAPITALS, &status) == 0 &&
                      is_same_file (&status, &self->reserved);
}

SampanShareRoot *
sampan_share_root_open (const char *directory, SampanConfine confine, GError **error)
{
  g_autoptr (SampanShareRoot) self = g_atomic_rc_box_new0 (SampanShareRoot);

  self->fd = self->staging_fd = self->trash_fd = -1;
  self->usage = sampan_usage_new ();
  self->trash_days = SAMPAN_TRASH_DAYS;
  self->trash_bytes = SAMPAN_TRASH_BYTES_PART;
  do
    self->fd = open (directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  while (self->fd < 0 && errno == EINTR);
  if (self->fd < 0)
    {
      sampan_disk_set_error (error, errno, "cannot open the folder", directory);
      return NULL;
    }
  if (!choose_confine (self, confine, error) || !open_private_folders (self, error))
    {
      g_prefix_error (error, "%s: ", directory);
      return NULL;
    }
  look_for_folding (self);
  return g_steal_pointer (&self);
}

SampanShareRoot *
sampan_share_root_ref (SampanShareRoot *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
sampan_share_root_unref (SampanShareRoot *self)
{
  g_atomic_rc_box_release_full (self, clear);
}

int
sampan_share_root_get_fd (const SampanShareRoot *self)
{
  return self->fd;
}

int
sampan_share_root_get_staging_fd (const SampanShareRoot *self)
{
  return self->staging_fd;
}

int
sampan_share_root_get_trash_fd (const SampanShareRoot *self)
{
  return self->trash_fd;
}

dev_t
sampan_share_root_get_staging_device (const SampanShareRoot *self)
{
  return self->staging_device;
}

SampanUsage *
sampan_share_root_get_usage (const SampanShareRoot *self)
{
  return self->usage;
}

SampanConfine
sampan_share_root_get_confine (const SampanShareRoot *self)
{
  return self->confine;
}

bool
sampan_share_root_is_removed (const SampanShareRoot *self)
{
  struct stat status;

  return fstat (self->fd, &status) == 0 && status.st_nlink == 0;
}

void
sampan_share_root_set_trash_limits (SampanShareRoot *self, const SampanTrashLimits *limits)
{
  self->trash_days = limits->days;
  self->trash_bytes = limits->bytes;
}

SampanTrashLimits
sampan_share_root_get_trash_limits (const SampanShareRoot *self)
{
  return (SampanTrashLimits){ .days = self->trash_days, .bytes = self->trash_bytes };
}

bool
sampan_share_root_is_reserved (const SampanShareRoot *self,
                               const char *name,
                               const struct stat *status)
{
  if (g_ascii_strcasecmp (name, SAMPAN_RESERVED_NAME) == 0)
    return true;
  return status != NULL && self->reserved.st_ino != 0 && is_same_file (status, &self->reserved);
}

bool
sampan_share_root_folds_names (const SampanShareRoot *self)
{
  return self->folds_names;
}

bool
sampan_share_root_is_writable (const SampanShareRoot *self)
{
  return self->staging_fd >= 0 && self->trash_fd >= 0;
}

/* One form is refused by name on every disk; a disk that folds names has more ways to write it, so
 * there the inode decides. */
static bool
check_first_component (const SampanShareRoot *self, const char *path, GError **error)
{
  char first[SAMPAN_NAME_MAX + 1];
  size_t length = strcspn (path, "/");
  struct stat status;
  bool is_known = false;

  if (length < sizeof first)
    {
      memcpy (first, path, length);
      first[length] = '\0';
      if (self->folds_names && length > 0)
        is_known = sampan_disk_stat (self->fd, first, &status) == 0;
      if (!sampan_share_root_is_reserved (self, first, is_known ? &status : NULL))
        return true;
    }
  g_set_error_literal (error, SAMPAN_ERROR, SAMPAN_ERROR_BAD_NAME, "the name is reserved");
  return false;
}

static int
open_checked (const SampanShareRoot *self, const char *path, int flags, GError **error)
{
  SAMPAN_AUTO_FD int fd = -1;
  struct stat status;

  fd = sampan_confine_open (self->confine, self->fd, *path != '\0' ? path : ".", flags);
  if (fd < 0)
    {
      sampan_disk_set_error (error, errno, "cannot open", path);
      return -1;
    }
  /* O_PATH with O_NOFOLLOW opens a symlink itself, unless it has to be a folder. */
  if ((flags & (O_PATH | O_DIRECTORY)) == O_PATH && fstat (fd, &status) == 0 &&
      S_ISLNK (status.st_mode))
    {
      sampan_disk_set_error (error, ELOOP, "cannot open", path);
      return -1;
    }
  return g_steal_fd (&fd);
}

int
sampan_share_root_open_path (const SampanShareRoot *self,
                             const SampanPath *path,
                             int flags,
                             GError **error)
{
  if (!check_first_component (self, sampan_path_get (path), error))
    return -1;
  return open_checked (self, sampan_path_get (path), flags, error);
}

static int
open_parent (const SampanShareRoot *self, const SampanPath *path, int flags, GError **error)
{
  g_autoptr (SampanPath) parent = sampan_path_get_parent (path);

  if (parent == NULL)
    {
      g_set_error_literal (error,
                           SAMPAN_ERROR,
                           SAMPAN_ERROR_NOT_ALLOWED,
                           "not possible with the share itself");
      return -1;
    }
  if (!check_first_component (self, sampan_path_get (path), error))
    return -1;
  return open_checked (self, sampan_path_get (parent), flags | O_DIRECTORY, error);
}

int
sampan_share_root_open_parent (const SampanShareRoot *self, const SampanPath *path, GError **error)
{
  return open_parent (self, path, O_PATH, error);
}

int
sampan_share_root_open_folder_of (const SampanShareRoot *self,
                                  const SampanPath *path,
                                  GError **error)
{
  if (!sampan_share_root_check_change (self, path, error))
    return -1;
  return open_parent (self, path, O_RDONLY, error);
}

bool
sampan_share_root_check_change (const SampanShareRoot *self, const SampanPath *path, GError **error)
{
  const char *reason = NULL;

  if (sampan_path_is_root (path))
    reason = "not possible with the share itself";
  else if (!sampan_share_root_is_writable (self))
    reason = "the share cannot be written to";
  if (reason == NULL)
    return check_first_component (self, sampan_path_get (path), error);
  g_set_error_literal (error, SAMPAN_ERROR, SAMPAN_ERROR_NOT_ALLOWED, reason);
  return false;
}

void
sampan_share_root_expire (SampanShareRoot *self)
{
  int64_t now = (int64_t)time (NULL);

  if (self->staging_fd < 0 || self->trash_fd < 0)
    return;
  sampan_staging_expire (self, now);
  sampan_trash_expire (self, now);
}
