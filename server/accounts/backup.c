/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Taking a state out of its folder, and putting one in. */

#include "config.h"

#include "accounts/backup.h"

#include "accounts/account-store-private.h"
#include "accounts/backup-file.h"
#include "control.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What is restored comes together here and is looked at before it takes its place. */
#define STAGING_NAME "restore.new"
/* SQLite's, which must stay with its database: another one would be played back into it. */
#define JOURNAL_NAME SAMPAN_DATABASE_FILE "-journal"
#define KEYS_MAX_BYTES 4096

static bool
fail_from_errno (GError **error, const char *what)
{
  sampan_error_set_from_errno (error, errno, "%s", what);
  return false;
}

/* ---- Out ---- */

static bool
read_keys (const SampanStateFolder *folder,
           uint8_t keys[static KEYS_MAX_BYTES],
           size_t *length,
           GError **error)
{
  int fd = openat (folder->fd, SAMPAN_KEYS_FILE, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  ssize_t n = fd >= 0 ? pread (fd, keys, KEYS_MAX_BYTES, 0) : -1;

  if (n < 0)
    fail_from_errno (error, "Cannot read the file " SAMPAN_KEYS_FILE);
  if (fd >= 0)
    g_close (fd, NULL);
  *length = n >= 0 ? (size_t)n : 0;
  return n >= 0;
}

static GBytes *
read_database (SampanAccountStore *store, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&store->lock);

  return sampan_database_dup_content (store->database, error);
}

bool
sampan_backup_write (SampanAccountStore *store, const char *filename, GError **error)
{
  uint8_t keys[KEYS_MAX_BYTES];
  SampanBackupContent content = { .made_secs = g_get_real_time () / G_USEC_PER_SEC };
  g_autoptr (GBytes) database = read_database (store, error);
  uint8_t *file = NULL;
  size_t length = 0;
  bool ok = false;

  if (database == NULL)
    return false;
  content.database.data = g_bytes_get_data (database, &content.database.length);
  content.keys.data = keys;
  if (read_keys (store->folder, keys, &content.keys.length, error))
    file = sampan_backup_file_encode (&content, &length, error);
  sodium_memzero (keys, sizeof keys);
  if (file != NULL)
    ok = sampan_backup_file_write (filename, file, length, error);
  sampan_backup_file_free (file, length);
  return ok;
}

/* ---- In ---- */

static bool
write_file (const SampanStateFolder *folder, const char *name, SampanBytes bytes, GError **error)
{
  int fd = sampan_state_folder_make_file (folder, name, error);
  size_t done = 0;
  bool ok;

  if (fd < 0)
    return false;
  while (done < bytes.length)
    {
      ssize_t n = write (fd, bytes.data + done, bytes.length - done);

      if (n < 0 && errno != EINTR)
        break;
      done += n > 0 ? (size_t)n : 0;
    }
  ok = done == bytes.length && fsync (fd) == 0;
  if (!ok)
    fail_from_errno (error, "Cannot write what is restored");
  return g_close (fd, ok ? error : NULL) && ok;
}

static void
remove_staging (const SampanStateFolder *folder)
{
  static const char *const names[] = { SAMPAN_DATABASE_FILE, JOURNAL_NAME, SAMPAN_KEYS_FILE };

  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (STAGING_NAME, names[i], NULL);

      (void)!unlinkat (folder->fd, path, 0);
    }
  (void)!unlinkat (folder->fd, STAGING_NAME, AT_REMOVEDIR);
}

/* The folder of what is restored, made as its parent is. NULL with error. */
static SampanStateFolder *
make_staging (const SampanStateFolder *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder->path, STAGING_NAME, NULL);
  struct stat info;

  remove_staging (folder);
  if (mkdirat (folder->fd, STAGING_NAME, S_IRWXU) != 0 || fstat (folder->fd, &info) != 0 ||
      (geteuid () == 0 &&
       fchownat (folder->fd, STAGING_NAME, info.st_uid, info.st_gid, AT_SYMLINK_NOFOLLOW) != 0))
    {
      fail_from_errno (error, "Cannot make a folder to restore into");
      return NULL;
    }
  return sampan_state_folder_open (path, false, error);
}

static bool
fill_staging (const SampanStateFolder *folder, const SampanBackupContent *content, GError **error)
{
  g_autoptr (SampanStateFolder) staging = make_staging (folder, error);

  return staging != NULL && write_file (staging, SAMPAN_DATABASE_FILE, content->database, error) &&
         write_file (staging, SAMPAN_KEYS_FILE, content->keys, error) &&
         sampan_state_folder_sync (staging, error);
}

/* As a server would at its start: damage, versions, and whether both halves belong together. */
static bool
check_staging (const SampanStateFolder *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder->path, STAGING_NAME, NULL);
  g_autoptr (SampanAccountStore) store = sampan_account_store_open (path, false, error);

  return store != NULL;
}

/* Under a name that says when; *kept gets the end that they have in common. */
static bool
put_aside (const SampanStateFolder *folder, char **kept, GError **error)
{
  static const char *const names[] = { JOURNAL_NAME, SAMPAN_DATABASE_FILE, SAMPAN_KEYS_FILE };
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *end = g_date_time_format (now, ".before-%Y%m%dT%H%M%S.%fZ");

  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *name = NULL;

      /* SQLite looks for a journal by the database's name. */
      if (g_str_equal (names[i], JOURNAL_NAME))
        name = g_strconcat (SAMPAN_DATABASE_FILE, end, "-journal", NULL);
      else
        name = g_strconcat (names[i], end, NULL);
      if (renameat2 (folder->fd, names[i], folder->fd, name, RENAME_NOREPLACE) != 0 &&
          errno != ENOENT)
        return fail_from_errno (error, "Cannot keep the state that is there");
    }
  *kept = g_steal_pointer (&end);
  return true;
}

/* The keys last: a database without its keys is refused at the start, with the advice to restore.
 */
static bool
put_in_place (const SampanStateFolder *folder, GError **error)
{
  if (renameat (folder->fd,
                STAGING_NAME "/" SAMPAN_DATABASE_FILE,
                folder->fd,
                SAMPAN_DATABASE_FILE) != 0 ||
      renameat (folder->fd, STAGING_NAME "/" SAMPAN_KEYS_FILE, folder->fd, SAMPAN_KEYS_FILE) != 0)
    return fail_from_errno (error, "Cannot put what is restored in its place");
  return sampan_state_folder_sync (folder, error);
}

static bool
has_state (const SampanStateFolder *folder)
{
  return faccessat (folder->fd, SAMPAN_DATABASE_FILE, F_OK, AT_SYMLINK_NOFOLLOW) == 0 ||
         faccessat (folder->fd, SAMPAN_KEYS_FILE, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static bool
restore (const SampanStateFolder *folder,
         const SampanBackupContent *content,
         bool replace,
         char **kept,
         GError **error)
{
  bool is_there = has_state (folder);
  bool ok;

  if (is_there && !replace)
    {
      g_set_error_literal (error,
                           SAMPAN_ERROR,
                           SAMPAN_ERROR_EXISTS,
                           "There are accounts here already: --replace puts them aside");
      return false;
    }
  ok = fill_staging (folder, content, error) && check_staging (folder, error) &&
       (!is_there || put_aside (folder, kept, error)) && put_in_place (folder, error);
  remove_staging (folder);
  return ok;
}

/* The folder's lock is held: no server can start, and no command looks. */
static bool
restore_locked (const char *state_dir,
                const SampanBackupContent *content,
                bool replace,
                char **kept,
                GError **error)
{
  g_autoptr (SampanStateFolder) folder = sampan_state_folder_open (state_dir, true, error);
  int lock_fd = -1;
  bool ok;

  if (folder == NULL || !sampan_control_keep_out (folder->fd, &lock_fd, error))
    return false;
  ok = restore (folder, content, replace, kept, error);
  if (lock_fd >= 0)
    g_close (lock_fd, NULL);
  return ok;
}

bool
sampan_backup_restore (const char *filename,
                       const char *state_dir,
                       bool replace,
                       int64_t *made_secs,
                       char **kept,
                       GError **error)
{
  SampanBackupContent content;
  size_t length = 0;
  uint8_t *file = sampan_backup_file_read (filename, &length, error);
  bool ok;

  *kept = NULL;
  if (file == NULL)
    return false;
  ok = sampan_backup_file_decode (file, length, &content, error) &&
       restore_locked (state_dir, &content, replace, kept, error);
  if (ok)
    *made_secs = content.made_secs;
  sampan_backup_file_free (file, length);
  return ok;
}
