/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Encoding, checking, reading and writing a backup. */

#include "config.h"

#include "accounts/backup-file.h"

#include "errors.h"
#include "escape.h"
#include "storage/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC "\x89SMPBAK\n" /* high bit and newline: shows a transfer in text mode */
#define MAGIC_LENGTH 8
#define FILE_VERSION 1
#define HEADER_BYTES (MAGIC_LENGTH + 1 + 8 + 4 + 8)
#define CHECKSUM_BYTES 32
/* A million accounts; a file that claims to be larger is none of ours. */
#define FILE_MAX_BYTES ((size_t)1024 * 1024 * 1024)

static bool
fail_from_errno (GError **error, const char *what, const char *filename)
{
  int saved_errno = errno;
  g_autofree char *shown = sampan_escape (filename, -1, 0);

  sampan_error_set_from_errno (error, saved_errno, "%s %s", what, shown);
  return false;
}

static uint8_t *
allocate (size_t length, GError **error)
{
  uint8_t *file = g_try_malloc (length);

  if (file == NULL)
    g_set_error_literal (error, SAMPAN_ERROR, SAMPAN_ERROR_TRY_LATER, "No memory for the backup");
  return file;
}

void
sampan_backup_file_free (uint8_t *file, size_t length)
{
  if (file != NULL)
    sodium_memzero (file, length);
  g_free (file);
}

static bool
checksum (const uint8_t *file, size_t length, uint8_t sum[static CHECKSUM_BYTES])
{
  return crypto_generichash (sum, CHECKSUM_BYTES, file, length, NULL, 0) == 0;
}

/* ---- Form ---- */

uint8_t *
sampan_backup_file_encode (const SampanBackupContent *content, size_t *length, GError **error)
{
  size_t summed = HEADER_BYTES + content->keys.length + content->database.length;
  SampanWriter writer;
  uint8_t *file = allocate (summed + CHECKSUM_BYTES, error);

  if (file == NULL)
    return NULL;
  sampan_writer_init (&writer, file, summed);
  sampan_writer_put_fixed (&writer, (const uint8_t *)MAGIC, MAGIC_LENGTH);
  sampan_writer_put_u8 (&writer, FILE_VERSION);
  sampan_writer_put_i64 (&writer, content->made_secs);
  sampan_writer_put_u32 (&writer, (uint32_t)content->keys.length);
  sampan_writer_put_u64 (&writer, content->database.length);
  sampan_writer_put_fixed (&writer, content->keys.data, content->keys.length);
  sampan_writer_put_fixed (&writer, content->database.data, content->database.length);
  *length = summed + CHECKSUM_BYTES;
  if (sampan_writer_ok (&writer) && writer.length == summed &&
      checksum (file, summed, file + summed))
    return file;
  sampan_backup_file_free (file, *length);
  g_set_error_literal (error, SAMPAN_ERROR, SAMPAN_ERROR_FAILED, "Cannot make the backup");
  return NULL;
}

static bool
refuse (GError **error, SampanErrorCode code, const char *text)
{
  g_set_error_literal (error, SAMPAN_ERROR, (int)code, text);
  return false;
}

/* All lengths are checked against what is there. */
static bool
decode_header (SampanReader *reader, size_t length, SampanBackupContent *content)
{
  uint32_t keys_length;
  uint64_t database_length;
  size_t rest = length - HEADER_BYTES - CHECKSUM_BYTES;

  if (!sampan_reader_get_i64 (reader, &content->made_secs) ||
      !sampan_reader_get_u32 (reader, &keys_length) ||
      !sampan_reader_get_u64 (reader, &database_length) || keys_length > rest ||
      database_length != rest - keys_length)
    return false;
  content->keys = (SampanBytes){ reader->data + HEADER_BYTES, keys_length };
  content->database =
      (SampanBytes){ reader->data + HEADER_BYTES + keys_length, (size_t)database_length };
  return true;
}

bool
sampan_backup_file_decode (const uint8_t *file,
                           size_t length,
                           SampanBackupContent *content,
                           GError **error)
{
  uint8_t sum[CHECKSUM_BYTES];
  SampanReader reader;

  if (length < MAGIC_LENGTH || memcmp (file, MAGIC, MAGIC_LENGTH) != 0)
    return refuse (error, SAMPAN_ERROR_UNSUPPORTED, "This is no backup of sampand");
  if (length > MAGIC_LENGTH && file[MAGIC_LENGTH] > FILE_VERSION)
    return refuse (error,
                   SAMPAN_ERROR_UNSUPPORTED,
                   "The backup was made by a newer version: update the server");
  if (length < HEADER_BYTES + CHECKSUM_BYTES || !checksum (file, length - CHECKSUM_BYTES, sum) ||
      memcmp (sum, file + length - CHECKSUM_BYTES, sizeof sum) != 0)
    return refuse (error, SAMPAN_ERROR_IO, "The backup is damaged or cut short");
  sampan_reader_init (&reader, file, length);
  reader.offset = MAGIC_LENGTH + 1;
  if (file[MAGIC_LENGTH] == FILE_VERSION && decode_header (&reader, length, content))
    return true;
  return refuse (error, SAMPAN_ERROR_IO, "The backup is damaged");
}

/* ---- Disk ---- */

static uint8_t *
read_fd (int fd, const char *filename, size_t *length, GError **error)
{
  struct stat info;
  uint8_t *file;
  ssize_t n;

  if (fstat (fd, &info) != 0)
    {
      fail_from_errno (error, "Cannot read", filename);
      return NULL;
    }
  if (!S_ISREG (info.st_mode) || (uint64_t)info.st_size > FILE_MAX_BYTES)
    {
      refuse (error, SAMPAN_ERROR_UNSUPPORTED, "This is no backup of sampand");
      return NULL;
    }
  *length = (size_t)info.st_size;
  file = allocate (MAX (*length, 1), error);
  if (file == NULL)
    return NULL;
  n = sampan_disk_read (fd, file, *length, 0);
  if (n >= 0 && (size_t)n == *length)
    return file;
  if (n >= 0)
    errno = EIO; /* it became shorter meanwhile */
  fail_from_errno (error, "Cannot read", filename);
  sampan_backup_file_free (file, *length);
  return NULL;
}

uint8_t *
sampan_backup_file_read (const char *filename, size_t *length, GError **error)
{
  int fd = open (filename, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  uint8_t *file;

  if (fd < 0)
    {
      fail_from_errno (error, "Cannot open", filename);
      return NULL;
    }
  file = read_fd (fd, filename, length, error);
  g_close (fd, NULL);
  return file;
}

static bool
sync_folder_of (const char *filename)
{
  g_autofree char *folder = g_path_get_dirname (filename);
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  bool is_synced = fd >= 0 && fsync (fd) == 0;
  int saved_errno = errno;

  if (fd >= 0)
    g_close (fd, NULL);
  errno = saved_errno;
  return is_synced;
}

bool
sampan_backup_file_write (const char *filename, const uint8_t *file, size_t length, GError **error)
{
  int fd = open (filename, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  bool is_written;

  if (fd < 0)
    return fail_from_errno (error, "Cannot make", filename);
  is_written = sampan_disk_write (fd, file, length, 0) && fsync (fd) == 0;
  if (!is_written)
    fail_from_errno (error, "Cannot write", filename);
  is_written = g_close (fd, is_written ? error : NULL) && is_written;
  if (is_written && !sync_folder_of (filename))
    is_written = fail_from_errno (error, "Cannot sync the folder of", filename);
  if (!is_written)
    g_unlink (filename);
  return is_written;
}
