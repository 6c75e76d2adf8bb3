/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* STATE_DIR/keys: what a stolen database alone lacks for guessing passwords. */

#include "config.h"

#include "accounts/keys-file.h"

#include "errors.h"
#include "storage/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC "\x89SMPKEY\n" /* high bit and newline: shows a transfer in text mode */
#define MAGIC_LENGTH 8
#define FILE_VERSION 1
#define CHECKSUM_LENGTH 32
#define TEMPORARY_NAME "keys.new"

enum
{
  OFFSET_VERSION = MAGIC_LENGTH,
  OFFSET_KSF = OFFSET_VERSION + 1,
  OFFSET_SEED = OFFSET_KSF + 1,
  OFFSET_PRIVATE_KEY = OFFSET_SEED + SAMPAN_OPRF_SEED_LENGTH,
  OFFSET_FAKE_RECORD = OFFSET_PRIVATE_KEY + SAMPAN_PRIVATE_KEY_LENGTH,
  OFFSET_CHECKSUM = OFFSET_FAKE_RECORD + SAMPAN_REGISTRATION_RECORD_LENGTH,
};
G_STATIC_ASSERT (OFFSET_CHECKSUM + CHECKSUM_LENGTH == SAMPAN_KEYS_FILE_BYTES);

SampanKeys *
sampan_keys_new (GError **error)
{
  SampanKeys *self = sodium_malloc (sizeof *self);

  if (self == NULL)
    g_set_error_literal (error,
                         SAMPAN_ERROR,
                         SAMPAN_ERROR_TRY_LATER,
                         "No memory for the server's keys");
  else
    memset (self, 0, sizeof *self);
  return self;
}

void
sampan_keys_free (SampanKeys *self)
{
  sodium_free (self); /* wipes */
}

bool
sampan_keys_generate (SampanKeys *self, GError **error)
{
  self->ksf = SAMPAN_KSF_64M;
  if (sampan_server_keys_generate (&self->server) &&
      sampan_fake_record_generate (self->fake_record))
    return true;
  g_set_error_literal (error, SAMPAN_ERROR, SAMPAN_ERROR_FAILED, "Cannot make the server's keys");
  return false;
}

static bool
set_damaged (GError **error)
{
  g_set_error_literal (error,
                       SAMPAN_ERROR,
                       SAMPAN_ERROR_IO,
                       "keys: the file is damaged: put a backup back");
  return false;
}

static bool
checksum (const uint8_t *file, uint8_t sum[static CHECKSUM_LENGTH])
{
  return crypto_generichash (sum, CHECKSUM_LENGTH, file, OFFSET_CHECKSUM, NULL, 0) == 0;
}

bool
sampan_keys_encode (const SampanKeys *self, uint8_t file[static SAMPAN_KEYS_FILE_BYTES])
{
  memcpy (file, MAGIC, MAGIC_LENGTH);
  file[OFFSET_VERSION] = FILE_VERSION;
  file[OFFSET_KSF] = self->ksf;
  memcpy (file + OFFSET_SEED, self->server.oprf_seed, SAMPAN_OPRF_SEED_LENGTH);
  memcpy (file + OFFSET_PRIVATE_KEY, self->server.private_key, SAMPAN_PRIVATE_KEY_LENGTH);
  memcpy (file + OFFSET_FAKE_RECORD, self->fake_record, sizeof self->fake_record);
  return checksum (file, file + OFFSET_CHECKSUM);
}

bool
sampan_keys_decode (SampanKeys *self, const uint8_t *file, size_t length, GError **error)
{
  uint8_t sum[CHECKSUM_LENGTH];

  if (length != SAMPAN_KEYS_FILE_BYTES || memcmp (file, MAGIC, MAGIC_LENGTH) != 0)
    return set_damaged (error);
  if (file[OFFSET_VERSION] > FILE_VERSION)
    {
      g_set_error (error,
                   SAMPAN_ERROR,
                   SAMPAN_ERROR_UNSUPPORTED,
                   "keys: the file is of a newer version (%d, this server knows %d): "
                   "update the server",
                   file[OFFSET_VERSION],
                   FILE_VERSION);
      return false;
    }
  if (file[OFFSET_VERSION] != FILE_VERSION || !checksum (file, sum) ||
      memcmp (sum, file + OFFSET_CHECKSUM, sizeof sum) != 0)
    return set_damaged (error);
  self->ksf = file[OFFSET_KSF];
  memcpy (self->server.oprf_seed, file + OFFSET_SEED, SAMPAN_OPRF_SEED_LENGTH);
  memcpy (self->server.private_key, file + OFFSET_PRIVATE_KEY, SAMPAN_PRIVATE_KEY_LENGTH);
  memcpy (self->fake_record, file + OFFSET_FAKE_RECORD, sizeof self->fake_record);
  if (!sampan_ksf_is_known (self->ksf) || !sampan_server_keys_complete (&self->server))
    return set_damaged (error);
  return true;
}

bool
sampan_keys_read (SampanKeys *self, const SampanStateFolder *folder, GError **error)
{
  uint8_t file[SAMPAN_KEYS_FILE_BYTES + 1]; /* one more shows that the file is longer */
  ssize_t length;
  int saved_errno;
  int fd = openat (folder->fd, SAMPAN_KEYS_FILE, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
  bool ok;

  if (fd < 0)
    {
      sampan_error_set_from_errno (error, errno, "keys");
      return false;
    }
  length = sampan_disk_read (fd, file, sizeof file, 0);
  saved_errno = errno;
  g_close (fd, NULL);
  if (length < 0)
    {
      sampan_error_set_from_errno (error, saved_errno, "keys");
      ok = false;
    }
  else
    ok = sampan_keys_decode (self, file, (size_t)length, error);
  sodium_memzero (file, sizeof file);
  return ok;
}

/* Writes and syncs TEMPORARY_NAME. */
static bool
write_temporary (const uint8_t *file, const SampanStateFolder *folder, GError **error)
{
  int fd;
  bool ok;

  /* One of a crash before the rename: nobody has used it. */
  if (unlinkat (folder->fd, TEMPORARY_NAME, 0) != 0 && errno != ENOENT)
    {
      sampan_error_set_from_errno (error, errno, "Cannot remove %s", TEMPORARY_NAME);
      return false;
    }
  fd = sampan_state_folder_make_file (folder, TEMPORARY_NAME, error);
  if (fd < 0)
    return false;
  ok = sampan_disk_write (fd, file, SAMPAN_KEYS_FILE_BYTES, 0) && fsync (fd) == 0;
  if (!ok)
    sampan_error_set_from_errno (error, errno, "Cannot write the keys file");
  return g_close (fd, ok ? error : NULL) && ok;
}

static bool
put_in_place (const SampanStateFolder *folder, GError **error)
{
  struct stat old;

  /* The folder's lock is held: nothing can come between the look and the rename. */
  if (fstatat (folder->fd, SAMPAN_KEYS_FILE, &old, AT_SYMLINK_NOFOLLOW) == 0)
    {
      sampan_error_set_from_errno (error, EEXIST, "keys");
      return false;
    }
  if (renameat (folder->fd, TEMPORARY_NAME, folder->fd, SAMPAN_KEYS_FILE) != 0)
    {
      sampan_error_set_from_errno (error, errno, "Cannot write the keys file");
      return false;
    }
  return sampan_state_folder_sync (folder, error);
}

bool
sampan_keys_write (const SampanKeys *self, const SampanStateFolder *folder, GError **error)
{
  uint8_t file[SAMPAN_KEYS_FILE_BYTES];
  bool ok = sampan_keys_encode (self, file);

  if (!ok)
    set_damaged (error);
  else
    ok = write_temporary (file, folder, error) && put_in_place (folder, error);
  sodium_memzero (file, sizeof file);
  if (!ok)
    unlinkat (folder->fd, TEMPORARY_NAME, 0);
  return ok;
}
