/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The keys file. The first byte chooses: 0 for a file as it is, else the rest is what keys are
 * made of, so that it comes past the checksum. */

#include "config.h"

#include "accounts/keys-file.h"
#include "fuzz.h"

#include <sodium.h>
#include <string.h>

/* What is taken is known, and is written as it was read. */
static void
assert_taken (const SampanKeys *keys, const uint8_t *file)
{
  uint8_t written[SAMPAN_KEYS_FILE_BYTES];

  g_assert_true (sampan_ksf_is_known (keys->ksf));
  g_assert_true (sampan_keys_encode (keys, written));
  g_assert_cmpmem (written, sizeof written, file, SAMPAN_KEYS_FILE_BYTES);
}

static void
read_file (SampanKeys *keys, const uint8_t *file, size_t length)
{
  g_autoptr (GError) error = NULL;

  if (sampan_keys_decode (keys, file, length, &error))
    assert_taken (keys, file);
  else
    g_assert_nonnull (error);
}

/* Any one byte changed: refused. */
static void
assert_damage_shows (SampanKeys *keys,
                     uint8_t file[static SAMPAN_KEYS_FILE_BYTES],
                     const uint8_t *data,
                     size_t size)
{
  size_t place = size >= 2 ? (size_t)(data[size - 1] << 8 | data[size - 2]) : 0;

  file[place % SAMPAN_KEYS_FILE_BYTES] ^= 1;
  g_assert_false (sampan_keys_decode (keys, file, SAMPAN_KEYS_FILE_BYTES, NULL));
}

static void
make_file (SampanKeys *keys, const uint8_t *data, size_t size)
{
  const size_t wanted = 1 + SAMPAN_OPRF_SEED_LENGTH + SAMPAN_PRIVATE_KEY_LENGTH;
  uint8_t file[SAMPAN_KEYS_FILE_BYTES];

  if (size < wanted)
    return;
  keys->ksf = data[0];
  memcpy (keys->server.oprf_seed, data + 1, SAMPAN_OPRF_SEED_LENGTH);
  memcpy (keys->server.private_key, data + 1 + SAMPAN_OPRF_SEED_LENGTH, SAMPAN_PRIVATE_KEY_LENGTH);
  memcpy (keys->fake_record,
          data + wanted,
          MIN (size - wanted, (size_t)SAMPAN_REGISTRATION_RECORD_LENGTH));
  g_assert_true (sampan_keys_encode (keys, file));
  read_file (keys, file, sizeof file);
  assert_damage_shows (keys, file, data, size);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static SampanKeys *keys;

  if (keys == NULL && sampan_crypto_init ())
    keys = sampan_keys_new (NULL);
  if (size == 0 || keys == NULL)
    return 0;
  sodium_memzero (keys, sizeof *keys);
  if (data[0] == 0)
    read_file (keys, data + 1, size - 1);
  else
    make_file (keys, data + 1, size - 1);
  return 0;
}
