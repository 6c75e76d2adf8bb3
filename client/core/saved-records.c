/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Frames records with their length and sum, and finds the good ones again. */

#include "config.h"

#include "saved-records.h"

#include <gio/gio.h>
#include <sodium.h>
#include <string.h>

static const char magic[] = "SampanQ\n";

#define MAGIC_BYTES (sizeof magic - 1)
#define PAIR_BYTES 8 /* a number and its complement */
#define SUM_BYTES crypto_generichash_BYTES_MIN
#define FILE_HEAD_BYTES (MAGIC_BYTES + PAIR_BYTES)
#define RECORD_HEAD_BYTES (PAIR_BYTES + SUM_BYTES)

static void
append_pair (GByteArray *out, uint32_t number)
{
  uint32_t pair[] = { GUINT32_TO_BE (number), GUINT32_TO_BE (~number) };

  g_byte_array_append (out, (const uint8_t *)pair, sizeof pair);
}

static bool
read_pair (const uint8_t *bytes, uint32_t *number)
{
  uint32_t pair[2];

  memcpy (pair, bytes, sizeof pair);
  *number = GUINT32_FROM_BE (pair[0]);
  return pair[0] == (uint32_t)~pair[1];
}

static void
sum_of (const uint8_t *bytes, size_t length, uint8_t sum[SUM_BYTES])
{
  int result = crypto_generichash (sum, SUM_BYTES, bytes, length, NULL, 0);

  g_assert (result == 0);
}

static bool
is_zero (const uint8_t *bytes, size_t length)
{
  return sodium_is_zero (bytes, length) == 1;
}

static bool
check_head (const uint8_t *bytes, size_t length, uint32_t *version, bool *torn, GError **error)
{
  *torn = length < FILE_HEAD_BYTES;
  if (memcmp (bytes, magic, MIN (length, MAGIC_BYTES)) != 0)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "Not a file of records");
      return false;
    }
  if (*torn)
    return true;
  if (!read_pair (bytes + MAGIC_BYTES, version) || *version == 0)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "Damaged version");
      return false;
    }
  if (*version > SAMPAN_SAVED_VERSION)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "Newer version %u", *version);
      return false;
    }
  return true;
}

void
sampan_saved_records_begin (GByteArray *out)
{
  g_assert (out->len == 0);
  g_byte_array_append (out, (const uint8_t *)magic, MAGIC_BYTES);
  append_pair (out, SAMPAN_SAVED_VERSION);
}

void
sampan_saved_records_append (GByteArray *out, const uint8_t *bytes, size_t length)
{
  uint8_t sum[SUM_BYTES];

  g_assert (length > 0 && length <= SAMPAN_SAVED_RECORD_MAX_BYTES);
  sum_of (bytes, length, sum);
  append_pair (out, (uint32_t)length);
  g_byte_array_append (out, sum, sizeof sum);
  g_byte_array_append (out, bytes, (guint)length);
}

bool
sampan_saved_records_read (const uint8_t *bytes,
                           size_t length,
                           SampanSavedRecordFunc func,
                           gpointer user_data,
                           SampanSavedSums *sums,
                           GError **error)
{
  size_t at = FILE_HEAD_BYTES;
  uint64_t n_unsure = 0; /* bad ones that nothing good has followed yet */
  bool torn;

  *sums = (SampanSavedSums){ 0 };
  if (length == 0)
    return true;
  if (!check_head (bytes, length, &sums->version, &torn, error))
    return false;
  if (torn)
    return true;

  sums->good_bytes = at;
  while (length - at >= RECORD_HEAD_BYTES)
    {
      const uint8_t *head = bytes + at;
      uint8_t sum[SUM_BYTES];
      uint32_t size;

      /* Some file systems leave zeros where a write was lost. */
      if (!read_pair (head, &size) || size == 0 || size > SAMPAN_SAVED_RECORD_MAX_BYTES)
        {
          if (is_zero (head, length - at))
            return true;
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "Damaged at %zu", at);
          return false;
        }
      if (size > length - at - RECORD_HEAD_BYTES)
        return true;

      at += RECORD_HEAD_BYTES + size;
      sum_of (head + RECORD_HEAD_BYTES, size, sum);
      if (memcmp (sum, head + PAIR_BYTES, SUM_BYTES) != 0)
        {
          n_unsure++;
          continue;
        }
      sums->n_damaged += n_unsure;
      n_unsure = 0;
      sums->n_records++;
      sums->good_bytes = at;
      func (head + RECORD_HEAD_BYTES, size, user_data);
    }
  return true;
}
