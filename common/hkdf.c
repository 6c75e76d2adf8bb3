/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* SHA-512, HMAC and HKDF: libsodium 1.0.18 has the first two, the third is built on them. */

#include "config.h"

#include "hkdf.h"

#include <sodium.h>

G_STATIC_ASSERT (SAMPAN_SHA512_LENGTH == crypto_hash_sha512_BYTES);
G_STATIC_ASSERT (SAMPAN_SHA512_LENGTH == crypto_auth_hmacsha512_BYTES);

static int
hmac_update_parts (crypto_auth_hmacsha512_state *state, const SampanBytes *parts, size_t n_parts)
{
  int failed = 0;

  for (size_t i = 0; i < n_parts; i++)
    failed |= crypto_auth_hmacsha512_update (state, parts[i].data, parts[i].length);
  return failed;
}

void
sampan_sha512 (uint8_t out[static SAMPAN_SHA512_LENGTH], const SampanBytes *parts, size_t n_parts)
{
  crypto_hash_sha512_state state;
  int failed = crypto_hash_sha512_init (&state);

  for (size_t i = 0; i < n_parts; i++)
    failed |= crypto_hash_sha512_update (&state, parts[i].data, parts[i].length);
  failed |= crypto_hash_sha512_final (&state, out);
  sodium_memzero (&state, sizeof state);
  g_assert (failed == 0);
}

void
sampan_hmac_sha512 (uint8_t out[static SAMPAN_SHA512_LENGTH],
                    SampanBytes key,
                    const SampanBytes *parts,
                    size_t n_parts)
{
  crypto_auth_hmacsha512_state state;
  int failed = crypto_auth_hmacsha512_init (&state, key.data, key.length);

  failed |= hmac_update_parts (&state, parts, n_parts);
  failed |= crypto_auth_hmacsha512_final (&state, out);
  sodium_memzero (&state, sizeof state);
  g_assert (failed == 0);
}

void
sampan_hkdf_extract (uint8_t prk[static SAMPAN_SHA512_LENGTH], SampanBytes salt, SampanBytes ikm)
{
  /* RFC 5869: no salt means a block of zeros, which HMAC pads an empty key to by itself. */
  static const uint8_t no_salt[1] = { 0 };

  if (salt.length == 0)
    salt = sampan_bytes (no_salt, sizeof no_salt);
  sampan_hmac_sha512 (prk, salt, &ikm, 1);
}

void
sampan_hkdf_expand (uint8_t *out,
                    size_t out_length,
                    const uint8_t prk[static SAMPAN_SHA512_LENGTH],
                    const SampanBytes *info,
                    size_t n_info)
{
  uint8_t block[SAMPAN_SHA512_LENGTH];
  uint8_t number = 0;

  g_assert (out_length <= SAMPAN_HKDF_MAX);
  for (size_t done = 0; done < out_length; done += MIN (sizeof block, out_length - done))
    {
      crypto_auth_hmacsha512_state state;
      int failed = crypto_auth_hmacsha512_init (&state, prk, SAMPAN_SHA512_LENGTH);

      if (number > 0)
        failed |= crypto_auth_hmacsha512_update (&state, block, sizeof block);
      failed |= hmac_update_parts (&state, info, n_info);
      number++;
      failed |= crypto_auth_hmacsha512_update (&state, &number, 1);
      failed |= crypto_auth_hmacsha512_final (&state, block);
      sodium_memzero (&state, sizeof state);
      g_assert (failed == 0);
      memcpy (out + done, block, MIN (sizeof block, out_length - done));
    }
  sodium_memzero (block, sizeof block);
}
