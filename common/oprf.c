/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* RFC 9497 over libsodium's ristretto255. */

#include "config.h"

#include "oprf.h"

#include <sodium.h>
#include <string.h>

/* The context string holds a NUL (mode 0), so these are arrays and not C strings. */
#define OPRF_CONTEXT "OPRFV1-\x00-ristretto255-SHA512"
static const char hash_to_group_tag[] = "HashToGroup-" OPRF_CONTEXT;
static const char derive_key_pair_tag[] = "DeriveKeyPair" OPRF_CONTEXT;

#define SHA512_BLOCK_BYTES 128
#define DERIVE_ATTEMPTS 256 /* RFC 9497, 3.2.1: the counter is one byte */

G_STATIC_ASSERT (SAMPAN_GROUP_ELEMENT_LENGTH == crypto_core_ristretto255_BYTES);
G_STATIC_ASSERT (SAMPAN_GROUP_SCALAR_LENGTH == crypto_core_ristretto255_SCALARBYTES);
/* One block of expand_message_xmd is all that both uses need. */
G_STATIC_ASSERT (SAMPAN_SHA512_LENGTH == crypto_core_ristretto255_HASHBYTES);
G_STATIC_ASSERT (SAMPAN_SHA512_LENGTH == crypto_core_ristretto255_NONREDUCEDSCALARBYTES);

/* expand_message_xmd of RFC 9380, 5.3.1, for SHA-512 and 64 bytes of output. */
static void
expand_message (uint8_t out[static SAMPAN_SHA512_LENGTH],
                SampanBytes first,
                SampanBytes second,
                const char *tag,
                size_t tag_length)
{
  static const uint8_t zero_block[SHA512_BLOCK_BYTES];
  static const uint8_t out_length_and_zero[] = { 0, SAMPAN_SHA512_LENGTH, 0 };
  static const uint8_t one = 1;
  uint8_t b0[SAMPAN_SHA512_LENGTH];
  uint8_t tag_suffix = (uint8_t)tag_length;

  sampan_sha512 (b0,
                 SAMPAN_PARTS (sampan_bytes (zero_block, sizeof zero_block),
                               first,
                               second,
                               sampan_bytes (out_length_and_zero, sizeof out_length_and_zero),
                               sampan_bytes (tag, tag_length),
                               sampan_bytes (&tag_suffix, 1)));
  sampan_sha512 (out,
                 SAMPAN_PARTS (sampan_bytes (b0, sizeof b0),
                               sampan_bytes (&one, 1),
                               sampan_bytes (tag, tag_length),
                               sampan_bytes (&tag_suffix, 1)));
  sodium_memzero (b0, sizeof b0);
}

static bool
hash_to_group (SampanBytes input, uint8_t element[static SAMPAN_GROUP_ELEMENT_LENGTH])
{
  uint8_t hash[SAMPAN_SHA512_LENGTH];
  bool mapped;

  expand_message (hash,
                  input,
                  sampan_bytes (NULL, 0),
                  hash_to_group_tag,
                  sizeof hash_to_group_tag - 1);
  mapped = crypto_core_ristretto255_from_hash (element, hash) == 0;
  sodium_memzero (hash, sizeof hash);
  return mapped;
}

bool
sampan_group_element_is_valid (const uint8_t element[static SAMPAN_GROUP_ELEMENT_LENGTH])
{
  /* libsodium 1.0.18 takes the identity (all zeros) for a valid point and ignores the top bit,
   * which no canonical encoding has (RFC 9496, 4.3.1). */
  return (element[SAMPAN_GROUP_ELEMENT_LENGTH - 1] & 0x80) == 0 &&
         crypto_core_ristretto255_is_valid_point (element) == 1 &&
         !sodium_is_zero (element, SAMPAN_GROUP_ELEMENT_LENGTH);
}

bool
sampan_group_scalar_is_valid (const uint8_t scalar[static SAMPAN_GROUP_SCALAR_LENGTH])
{
  uint8_t wide[crypto_core_ristretto255_NONREDUCEDSCALARBYTES] = { 0 };
  uint8_t reduced[SAMPAN_GROUP_SCALAR_LENGTH];
  bool valid;

  memcpy (wide, scalar, SAMPAN_GROUP_SCALAR_LENGTH);
  crypto_core_ristretto255_scalar_reduce (reduced, wide);
  valid = sodium_memcmp (reduced, scalar, sizeof reduced) == 0 &&
          !sodium_is_zero (scalar, SAMPAN_GROUP_SCALAR_LENGTH);
  sodium_memzero (wide, sizeof wide);
  sodium_memzero (reduced, sizeof reduced);
  return valid;
}

void
sampan_group_scalar_random (uint8_t scalar[static SAMPAN_GROUP_SCALAR_LENGTH])
{
  crypto_core_ristretto255_scalar_random (scalar);
}

bool
sampan_group_multiply (uint8_t out[static SAMPAN_GROUP_ELEMENT_LENGTH],
                       const uint8_t scalar[static SAMPAN_GROUP_SCALAR_LENGTH],
                       const uint8_t element[static SAMPAN_GROUP_ELEMENT_LENGTH])
{
  return sampan_group_element_is_valid (element) &&
         crypto_scalarmult_ristretto255 (out, scalar, element) == 0;
}

bool
sampan_group_multiply_base (uint8_t out[static SAMPAN_GROUP_ELEMENT_LENGTH],
                            const uint8_t scalar[static SAMPAN_GROUP_SCALAR_LENGTH])
{
  return crypto_scalarmult_ristretto255_base (out, scalar) == 0;
}

bool
sampan_oprf_derive_key_pair (const uint8_t seed[static SAMPAN_OPRF_SEED_BYTES],
                             SampanBytes info,
                             uint8_t private_key[static SAMPAN_GROUP_SCALAR_LENGTH],
                             uint8_t *public_key)
{
  uint8_t message[SAMPAN_OPRF_SEED_BYTES + 2];
  uint8_t suffix[64]; /* info and counter; the infos of RFC 9807 are below 40 bytes */
  uint8_t wide[SAMPAN_SHA512_LENGTH];
  bool derived = false;

  g_assert (info.length < sizeof suffix);
  memcpy (message, seed, SAMPAN_OPRF_SEED_BYTES);
  message[SAMPAN_OPRF_SEED_BYTES] = 0;
  message[SAMPAN_OPRF_SEED_BYTES + 1] = (uint8_t)info.length;
  memcpy (suffix, info.data, info.length);
  for (unsigned int counter = 0; counter < DERIVE_ATTEMPTS && !derived; counter++)
    {
      suffix[info.length] = (uint8_t)counter;
      expand_message (wide,
                      sampan_bytes (message, sizeof message),
                      sampan_bytes (suffix, info.length + 1),
                      derive_key_pair_tag,
                      sizeof derive_key_pair_tag - 1);
      crypto_core_ristretto255_scalar_reduce (private_key, wide);
      derived = !sodium_is_zero (private_key, SAMPAN_GROUP_SCALAR_LENGTH);
    }
  sodium_memzero (message, sizeof message);
  sodium_memzero (wide, sizeof wide);
  return derived && (!public_key || sampan_group_multiply_base (public_key, private_key));
}

bool
sampan_oprf_blind (SampanBytes input,
                   const uint8_t blind[static SAMPAN_GROUP_SCALAR_LENGTH],
                   uint8_t blinded[static SAMPAN_GROUP_ELEMENT_LENGTH])
{
  uint8_t element[SAMPAN_GROUP_ELEMENT_LENGTH];
  bool done = input.length <= SAMPAN_OPRF_INPUT_MAX && hash_to_group (input, element) &&
              sampan_group_multiply (blinded, blind, element);

  sodium_memzero (element, sizeof element);
  return done;
}

bool
sampan_oprf_finalize (SampanBytes input,
                      const uint8_t blind[static SAMPAN_GROUP_SCALAR_LENGTH],
                      const uint8_t evaluated[static SAMPAN_GROUP_ELEMENT_LENGTH],
                      uint8_t output[static SAMPAN_OPRF_OUTPUT_LENGTH])
{
  static const uint8_t element_length[] = { 0, SAMPAN_GROUP_ELEMENT_LENGTH };
  uint8_t input_length[] = { (uint8_t)(input.length >> 8), (uint8_t)input.length };
  uint8_t inverse[SAMPAN_GROUP_SCALAR_LENGTH];
  uint8_t element[SAMPAN_GROUP_ELEMENT_LENGTH];
  bool done = input.length <= SAMPAN_OPRF_INPUT_MAX &&
              crypto_core_ristretto255_scalar_invert (inverse, blind) == 0 &&
              sampan_group_multiply (element, inverse, evaluated);

  if (done)
    sampan_sha512 (output,
                   SAMPAN_PARTS (sampan_bytes (input_length, sizeof input_length),
                                 input,
                                 sampan_bytes (element_length, sizeof element_length),
                                 sampan_bytes (element, sizeof element),
                                 sampan_bytes_text ("Finalize")));
  sodium_memzero (inverse, sizeof inverse);
  sodium_memzero (element, sizeof element);
  return done;
}
