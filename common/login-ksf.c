/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Argon2id by number: parameters never travel, so a server can ask for nothing weaker or larger. */

#include "config.h"

#include "login-private.h"

#include <sodium.h>

typedef struct
{
  unsigned long long passes;
  size_t memory_bytes;
} StretchSet;

/* RFC 9106 asks for four lanes at 64 MiB; libsodium has one. RFC 9807, 7: the
 * salt is zeros, as the OPRF output is already unique to the account. */
static const StretchSet sets[] = {
  [SAMPAN_KSF_64M] = { .passes = 3, .memory_bytes = (size_t)64 * 1024 * 1024 },
  [SAMPAN_KSF_256M] = { .passes = 3, .memory_bytes = (size_t)256 * 1024 * 1024 },
};

static bool
stretch (const uint8_t in[static SAMPAN_OPRF_OUTPUT_LENGTH],
         uint8_t out[static SAMPAN_OPRF_OUTPUT_LENGTH],
         const void *data)
{
  static const uint8_t salt[crypto_pwhash_argon2id_SALTBYTES];
  const StretchSet *set = data;

  return crypto_pwhash_argon2id (out,
                                 SAMPAN_OPRF_OUTPUT_LENGTH,
                                 (const char *)in,
                                 SAMPAN_OPRF_OUTPUT_LENGTH,
                                 salt,
                                 set->passes,
                                 set->memory_bytes,
                                 crypto_pwhash_argon2id_ALG_ARGON2ID13) == 0;
}

bool
sampan_ksf_is_known (uint8_t id)
{
  return id < G_N_ELEMENTS (sets);
}

bool
sampan_ksf_lookup (uint8_t id, SampanOpaqueKsf *ksf)
{
  if (!sampan_ksf_is_known (id))
    return false;
  *ksf = (SampanOpaqueKsf){ stretch, &sets[id] };
  return true;
}
