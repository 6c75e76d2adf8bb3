/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Homes: a share for each account, called as the account, which nobody else may see. */

#include "config.h"

#include "accounts/account-homes.h"

#include "accounts/account-store-private.h"
#include "escape.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HOME_MODE 0700

enum
{
  COLUMN_HOMES_DIRECTORY,
  COLUMN_HOMES_QUOTA,
};

void
sampan_homes_clear (SampanHomes *self)
{
  g_clear_pointer (&self->directory, g_free);
}

bool
sampan_account_store_get_homes (SampanAccountStore *self, SampanHomes *homes, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autoptr (SampanStatement) statement =
      sampan_database_prepare (self->database,
                               "SELECT homes_directory, homes_quota_bytes FROM server",
                               error);
  bool has_row;

  *homes = (SampanHomes){ .quota_bytes = SAMPAN_QUOTA_NONE };
  if (statement == NULL || !sampan_statement_step (statement, &has_row, error))
    return false;
  if (!has_row || sampan_statement_is_null (statement, COLUMN_HOMES_DIRECTORY))
    return true;
  homes->quota_bytes = sampan_account_store_read_quota (statement, COLUMN_HOMES_QUOTA);
  homes->directory = sampan_statement_dup_bytes (statement, COLUMN_HOMES_DIRECTORY, error);
  return homes->directory != NULL;
}

bool
sampan_account_store_set_homes (SampanAccountStore *self,
                                const char *directory,
                                uint64_t quota_bytes,
                                GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autofree char *absolute = directory != NULL ? g_canonicalize_filename (directory, NULL) : NULL;
  g_autoptr (SampanStatement) statement = NULL;

  if (absolute != NULL && !sampan_account_store_check_directory (self, absolute, error))
    return false;
  statement =
      sampan_database_prepare (self->database,
                               "UPDATE server SET homes_directory = ?1, homes_quota_bytes = ?2",
                               error);
  if (statement == NULL)
    return false;
  if (absolute != NULL)
    sampan_statement_bind_blob (statement, 1, absolute, strlen (absolute));
  sampan_account_store_bind_quota (statement, 2, quota_bytes);
  return sampan_statement_run (statement, NULL, error);
}

/* ---- The folder ---- */

static bool
is_empty (int fd)
{
  int copy = openat (fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *stream = copy >= 0 ? fdopendir (copy) : NULL;
  bool empty = stream != NULL;

  if (stream == NULL && copy >= 0)
    g_close (copy, NULL);
  for (struct dirent *entry = NULL; empty && (entry = readdir (stream)) != NULL;)
    empty = strcmp (entry->d_name, ".") == 0 || strcmp (entry->d_name, "..") == 0;
  if (stream != NULL)
    closedir (stream);
  return empty;
}

/* Whose the files of the server are, also when root makes it. */
static bool
give_to_server (const SampanAccountStore *self, int fd)
{
  struct stat state;

  return fstat (self->folder->fd, &state) == 0 &&
         (geteuid () != 0 || fchown (fd, state.st_uid, state.st_gid) == 0);
}

static bool
prepare_folder (const SampanAccountStore *self,
                int parent_fd,
                const char *name,
                const char *shown,
                bool *is_new,
                GError **error)
{
  bool ok = false;
  int fd;

  *is_new = mkdirat (parent_fd, name, HOME_MODE) == 0;
  if (!*is_new && errno != EEXIST)
    {
      sampan_error_set_from_errno (error, errno, "Cannot make the folder %s", shown);
      return false;
    }
  fd = openat (parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0)
    sampan_error_set_from_errno (error, errno, "Cannot open the folder %s", shown);
  else if (!is_empty (fd))
    g_set_error (error,
                 SAMPAN_ERROR,
                 SAMPAN_ERROR_EXISTS,
                 "%s, which would be the home, holds files already: move them away, or add the "
                 "account with --no-home and then 'sampand share add %s %s --change %s'",
                 shown,
                 name,
                 shown,
                 name);
  else if (!give_to_server (self, fd) || fsync (fd) != 0 || fsync (parent_fd) != 0)
    sampan_error_set_from_errno (error, errno, "Cannot prepare the folder %s", shown);
  else
    ok = true;
  if (fd >= 0)
    g_close (fd, NULL);
  return ok;
}

/* ---- The share ---- */

static bool
insert_share (SampanAccountStore *self,
              const SampanHomes *homes,
              const char *name,
              const char *directory,
              GError **error)
{
  g_autoptr (SampanStatement) statement =
      sampan_database_prepare (self->database,
                               "INSERT INTO shares (name, directory, quota_bytes, owner)"
                               " SELECT name, ?2, ?3, id FROM accounts WHERE name = ?1"
                               " ON CONFLICT DO NOTHING",
                               error);
  uint64_t changes;

  if (statement == NULL)
    return false;
  sampan_statement_bind_text (statement, 1, name, strlen (name));
  sampan_statement_bind_blob (statement, 2, directory, strlen (directory));
  sampan_account_store_bind_quota (statement, 3, homes->quota_bytes);
  if (!sampan_statement_run (statement, &changes, error))
    return false;
  if (changes == 0)
    g_set_error (error,
                 SAMPAN_ERROR,
                 SAMPAN_ERROR_EXISTS,
                 "There is a share \"%s\" already, so that the home cannot be called so: add the "
                 "account with --no-home",
                 name);
  return changes == 1;
}

static bool
grant_to_owner (SampanAccountStore *self, const char *name, GError **error)
{
  g_autoptr (SampanStatement) statement =
      sampan_database_prepare (self->database,
                               "INSERT INTO grants (share, account, level)"
                               " SELECT id, owner, ?2 FROM shares WHERE name = ?1",
                               error);

  if (statement == NULL)
    return false;
  sampan_statement_bind_text (statement, 1, name, strlen (name));
  sampan_statement_bind_int (statement, 2, SAMPAN_RIGHT_CHANGE);
  return sampan_statement_run (statement, NULL, error);
}

static bool
add_share (SampanAccountStore *self,
           const SampanHomes *homes,
           const char *name,
           const char *directory,
           GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autoptr (SampanTransaction) transaction = sampan_transaction_begin (self->database, error);

  return transaction != NULL && insert_share (self, homes, name, directory, error) &&
         grant_to_owner (self, name, error) && sampan_transaction_commit (&transaction, error);
}

bool
sampan_account_store_add_home (SampanAccountStore *self,
                               const SampanHomes *homes,
                               const char *name,
                               GError **error)
{
  g_autofree char *directory = g_build_filename (homes->directory, name, NULL);
  g_autofree char *shown = sampan_escape (directory, -1, SAMPAN_PATH_MAX);
  int parent_fd;
  bool is_new = false, ok;

  if (!sampan_account_store_check_share (self, name, directory, error))
    return false;
  parent_fd = open (homes->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (parent_fd < 0)
    {
      sampan_error_set_from_errno (error, errno, "The folder of the homes, above %s", shown);
      return false;
    }
  ok = prepare_folder (self, parent_fd, name, shown, &is_new, error) &&
       add_share (self, homes, name, directory, error);
  if (!ok && is_new && unlinkat (parent_fd, name, AT_REMOVEDIR) != 0)
    g_debug ("a folder that was made in vain stays");
  g_close (parent_fd, NULL);
  return ok;
}
