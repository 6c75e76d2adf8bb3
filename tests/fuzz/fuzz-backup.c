/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Backup files. The first byte chooses: 0 for a file as it is, else one is made around the rest. */

#include "config.h"

#include "accounts/backup-file.h"
#include "fuzz.h"

#include <glib.h>
#include <sodium.h>

static void
assert_inside (SampanBytes part, const uint8_t *file, size_t length)
{
  g_assert_true (part.length == 0 || (part.data >= file && part.length <= length &&
                                      part.data - file <= (ptrdiff_t)(length - part.length)));
}

static void
read_file (const uint8_t *file, size_t length)
{
  SampanBackupContent content;
  g_autoptr (GError) error = NULL;

  if (!sampan_backup_file_decode (file, length, &content, &error))
    {
      g_assert_nonnull (error);
      return;
    }
  assert_inside (content.keys, file, length);
  assert_inside (content.database, file, length);
}

/* Comes back as it was put in, and with any one byte changed not at all. */
static void
make_file (const uint8_t *data, size_t size)
{
  size_t keys_length = size > 1 ? MIN (data[0], size - 1) : 0;
  SampanBackupContent content = { .made_secs = 1,
                                  .keys = { data, keys_length },
                                  .database = { data + keys_length, size - keys_length } };
  SampanBackupContent read;
  g_autoptr (GError) error = NULL;
  size_t length;
  uint8_t *file = sampan_backup_file_encode (&content, &length, &error);

  if (file == NULL)
    return;
  if (sampan_backup_file_decode (file, length, &read, NULL))
    {
      g_assert_cmpmem (read.keys.data, read.keys.length, data, keys_length);
      g_assert_cmpmem (read.database.data,
                       read.database.length,
                       data + keys_length,
                       size - keys_length);
    }
  if (size > 0)
    {
      file[data[size - 1] % length] ^= 1;
      g_assert_false (sampan_backup_file_decode (file, length, &read, NULL));
    }
  sampan_backup_file_free (file, length);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  if (size == 0 || sodium_init () < 0)
    return 0;
  if (data[0] == 0)
    read_file (data + 1, size - 1);
  else
    make_file (data + 1, size - 1);
  return 0;
}
