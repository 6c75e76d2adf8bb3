/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The state directory, held open. */

#include "config.h"

#include "accounts/state-folder.h"

#include "errors.h"
#include "escape.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER_MODE 0700
#define FILE_MODE 0600
#define WRITABLE_BY_OTHERS (S_IWGRP | S_IWOTH)
#define OPEN_TO_OTHERS (S_IRWXG | S_IRWXO)

static char *
escape_path (const char *path)
{
  return sampan_escape (path, -1, 0);
}

/* The nearest folder above PATH that exists, synced: PATH's own entry is durable. */
static void
sync_parent (const char *path)
{
  g_autofree char *parent = g_path_get_dirname (path);
  int fd = open (parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd < 0)
    return;
  if (fsync (fd) != 0)
    g_warning ("Cannot sync the folder above the state directory: %s", g_strerror (errno));
  g_close (fd, NULL);
}

static bool
check_folder (const SampanStateFolder *self, GError **error)
{
  g_autofree char *shown = escape_path (self->path);
  struct stat info;

  if (fstat (self->fd, &info) != 0)
    {
      sampan_error_set_from_errno (error, errno, "%s", shown);
      return false;
    }
  if (info.st_uid != geteuid () && geteuid () != 0)
    {
      g_set_error (error,
                   SAMPAN_ERROR,
                   SAMPAN_ERROR_NOT_ALLOWED,
                   "%s belongs to another user (uid %u): run this as that user or as root",
                   shown,
                   (unsigned int)info.st_uid);
      return false;
    }
  if ((info.st_mode & WRITABLE_BY_OTHERS) != 0)
    {
      g_set_error (error,
                   SAMPAN_ERROR,
                   SAMPAN_ERROR_NOT_ALLOWED,
                   "Others may write to %s: run 'chmod 700' on it",
                   shown);
      return false;
    }
  return true;
}

static bool
lock_folder (const SampanStateFolder *self, GError **error)
{
  int result;

  do
    result = flock (self->fd, LOCK_EX);
  while (result != 0 && errno == EINTR);
  if (result != 0)
    sampan_error_set_from_errno (error, errno, "Cannot lock the state directory");
  return result == 0;
}

static bool
make_folder (const char *state_dir, GError **error)
{
  if (g_file_test (state_dir, G_FILE_TEST_IS_DIR))
    return true;
  if (g_mkdir_with_parents (state_dir, FOLDER_MODE) == 0)
    {
      sync_parent (state_dir);
      return true;
    }
  else
    {
      int saved_errno = errno;
      g_autofree char *shown = escape_path (state_dir);

      sampan_error_set_from_errno (error, saved_errno, "Cannot make the state directory %s", shown);
      return false;
    }
}

SampanStateFolder *
sampan_state_folder_open (const char *state_dir, bool create, GError **error)
{
  g_autoptr (SampanStateFolder) self = g_new0 (SampanStateFolder, 1);

  self->fd = -1;
  if (create && !make_folder (state_dir, error))
    return NULL;
  /* Resolved: SQLite is told to follow no symlink, and /var/lib often holds one. */
  self->path = realpath (state_dir, NULL);
  if (self->path != NULL)
    self->fd = open (self->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (self->fd < 0)
    {
      int saved_errno = errno;
      g_autofree char *shown = escape_path (state_dir);

      sampan_error_set_from_errno (error, saved_errno, "State directory %s", shown);
      return NULL;
    }
  if (!check_folder (self, error) || !lock_folder (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
sampan_state_folder_unlock (SampanStateFolder *self)
{
  if (flock (self->fd, LOCK_UN) != 0)
    g_warning ("Cannot unlock the state directory: %s", g_strerror (errno));
}

void
sampan_state_folder_close (SampanStateFolder *self)
{
  if (self == NULL)
    return;
  if (self->fd >= 0)
    g_close (self->fd, NULL); /* drops the lock */
  free (self->path);
  g_free (self);
}

/* The owner of what is in the folder. */
static bool
get_owner (const SampanStateFolder *self, struct stat *folder, GError **error)
{
  if (fstat (self->fd, folder) == 0)
    return true;
  sampan_error_set_from_errno (error, errno, "State directory");
  return false;
}

static bool
check_private (const SampanStateFolder *self,
               const char *name,
               const struct stat *file,
               const struct stat *folder,
               GError **error)
{
  g_autofree char *shown = escape_path (self->path);

  if (!S_ISREG (file->st_mode))
    {
      g_set_error (error,
                   SAMPAN_ERROR,
                   SAMPAN_ERROR_WRONG_KIND,
                   "%s/%s is not a regular file: put a backup back",
                   shown,
                   name);
      return false;
    }
  if (file->st_uid != folder->st_uid)
    {
      g_set_error (error,
                   SAMPAN_ERROR,
                   SAMPAN_ERROR_NOT_ALLOWED,
                   "%s/%s does not belong to the owner of its folder: run 'chown %u' on it, if "
                   "nobody can have tampered with it",
                   shown,
                   name,
                   (unsigned int)folder->st_uid);
      return false;
    }
  if ((file->st_mode & OPEN_TO_OTHERS) != 0)
    {
      g_set_error (error,
                   SAMPAN_ERROR,
                   SAMPAN_ERROR_NOT_ALLOWED,
                   "Others may read %s/%s: run 'chmod 600' on it, and change the passwords if "
                   "somebody may have",
                   shown,
                   name);
      return false;
    }
  return true;
}

bool
sampan_state_folder_check_file (const SampanStateFolder *self,
                                const char *name,
                                bool *exists,
                                GError **error)
{
  struct stat file, folder;

  *exists = fstatat (self->fd, name, &file, AT_SYMLINK_NOFOLLOW) == 0;
  if (!*exists && errno == ENOENT)
    return true;
  if (!*exists)
    {
      sampan_error_set_from_errno (error, errno, "%s", name);
      return false;
    }
  return get_owner (self, &folder, error) && check_private (self, name, &file, &folder, error);
}

int
sampan_state_folder_make_file (const SampanStateFolder *self, const char *name, GError **error)
{
  struct stat folder;
  int fd;

  if (!get_owner (self, &folder, error))
    return -1;
  fd = openat (self->fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
  if (fd < 0 || (geteuid () == 0 && fchown (fd, folder.st_uid, folder.st_gid) != 0))
    {
      sampan_error_set_from_errno (error, errno, "Cannot make the file %s", name);
      if (fd >= 0)
        g_close (fd, NULL);
      return -1;
    }
  return fd;
}

bool
sampan_state_folder_sync (const SampanStateFolder *self, GError **error)
{
  if (fsync (self->fd) == 0)
    return true;
  sampan_error_set_from_errno (error, errno, "Cannot sync the state directory");
  return false;
}
