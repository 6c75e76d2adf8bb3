/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* BLAKE2b-256 of files and of their beginnings. */

#include "config.h"

#include "storage/hash-file.h"

#include "storage/disk.h"

#include <sodium.h>

#define READ_BYTES                                                                                 \
  (256 * 1024) /* large enough to hide the calls, small enough for the L2 cache                    \
                */

bool
sampan_hash_file (int fd,
                  uint64_t length,
                  SampanProgressMeter *meter,
                  GCancellable *cancellable,
                  uint64_t *hashed_bytes,
                  uint8_t hash[static SAMPAN_HASH_LENGTH],
                  GError **error)
{
  g_autofree uint8_t *buffer = g_try_malloc (READ_BYTES);
  crypto_generichash_state state;
  uint64_t done = 0;

  if (buffer == NULL)
    {
      sampan_disk_set_error (error, ENOMEM, "cannot read", "a file to hash");
      return false;
    }
  if (crypto_generichash_init (&state, NULL, 0, SAMPAN_HASH_LENGTH) != 0)
    g_assert_not_reached ();
  while (done < length)
    {
      size_t wanted = (size_t)MIN (length - done, READ_BYTES);
      ssize_t n;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return false;
      n = sampan_disk_read (fd, buffer, wanted, done);
      if (n < 0)
        {
          sampan_disk_set_error (error, errno, "cannot read", "a file to hash");
          return false;
        }
      if (n == 0)
        break;
      if (crypto_generichash_update (&state, buffer, (size_t)n) != 0)
        g_assert_not_reached ();
      done += (uint64_t)n;
      if (meter != NULL)
        sampan_progress_meter_add (meter, (uint64_t)n);
    }
  if (crypto_generichash_final (&state, hash, SAMPAN_HASH_LENGTH) != 0)
    g_assert_not_reached ();
  *hashed_bytes = done;
  return true;
}

bool
sampan_storage_hash (SampanShareRoot *root,
                     const SampanPath *path,
                     uint64_t length,
                     SampanProgressFunc progress,
                     gpointer user_data,
                     GCancellable *cancellable,
                     SampanHashIs *result,
                     GError **error)
{
  SampanProgressMeter meter = { .func = progress, .user_data = user_data };
  SampanGetInfo info;
  SAMPAN_AUTO_FD int fd = sampan_storage_open_file (root, path, NULL, &info, error);

  if (fd < 0)
    return false;
  meter.total_bytes = MIN (length, info.size);
  if (!sampan_hash_file (fd, length, &meter, cancellable, &result->length, result->hash, error))
    return false;
  if (length != UINT64_MAX && result->length < length)
    {
      g_set_error_literal (error,
                           SAMPAN_ERROR,
                           SAMPAN_ERROR_CHANGED,
                           "the file is shorter than that");
      return false;
    }
  return true;
}
