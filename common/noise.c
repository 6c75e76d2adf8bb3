/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Noise_NN: the SymmetricState and HandshakeState of the specification, sections 5.2 and 5.3. */

#include "config.h"

#include "noise.h"

#include <sodium.h>
#include <string.h>

#define HANDSHAKE_MESSAGES 2

G_STATIC_ASSERT (SAMPAN_NOISE_KEY_LENGTH == crypto_scalarmult_curve25519_BYTES);
G_STATIC_ASSERT (SAMPAN_NOISE_KEY_LENGTH == crypto_scalarmult_curve25519_SCALARBYTES);

static const char *
get_protocol_name (SampanSuite suite)
{
  switch (suite)
    {
    case SAMPAN_SUITE_CHACHAPOLY:
      return "Noise_NN_25519_ChaChaPoly_SHA512";
    case SAMPAN_SUITE_AESGCM:
      return "Noise_NN_25519_AESGCM_SHA512";
    case SAMPAN_SUITE_NONE:
      break;
    }
  g_assert_not_reached ();
}

static void
mix_hash (SampanNoise *self, const uint8_t *data, size_t length)
{
  sampan_sha512 (self->h,
                 SAMPAN_PARTS (sampan_bytes (self->h, sizeof self->h),
                               sampan_bytes (data, length)));
}

/* Two keys of hash length out of the chaining key; a cipher key is the front half of one. */
static void
derive_two (const SampanNoise *self, SampanBytes ikm, uint8_t out[static 2 * SAMPAN_SHA512_LENGTH])
{
  uint8_t prk[SAMPAN_SHA512_LENGTH];

  sampan_hkdf_extract (prk, sampan_bytes (self->ck, sizeof self->ck), ikm);
  sampan_hkdf_expand (out, (size_t)2 * SAMPAN_SHA512_LENGTH, prk, NULL, 0);
  sodium_memzero (prk, sizeof prk);
}

static bool
mix_key_ee (SampanNoise *self)
{
  uint8_t keys[2 * SAMPAN_SHA512_LENGTH];
  uint8_t shared[SAMPAN_NOISE_KEY_LENGTH];
  bool agreed = crypto_scalarmult_curve25519 (shared, self->e_private, self->re) == 0;

  if (agreed)
    {
      derive_two (self, sampan_bytes (shared, sizeof shared), keys);
      memcpy (self->ck, keys, sizeof self->ck);
      sampan_cipher_init (&self->cipher, self->suite, keys + SAMPAN_SHA512_LENGTH);
      sodium_memzero (keys, sizeof keys);
    }
  sodium_memzero (shared, sizeof shared);
  return agreed;
}

/* TEXT has room for the tag; returns the length of what is sent, 0 for a failed cipher. */
static bool
encrypt_and_hash (SampanNoise *self, uint8_t *text, size_t length, size_t *sealed_length)
{
  *sealed_length = length;
  if (sampan_cipher_has_key (&self->cipher))
    {
      if (!sampan_cipher_seal (&self->cipher, self->h, sizeof self->h, text, length, text + length))
        return false;
      *sealed_length += SAMPAN_CIPHER_TAG_LENGTH;
    }
  mix_hash (self, text, *sealed_length);
  return true;
}

static bool
decrypt_and_hash (SampanNoise *self, uint8_t *text, size_t sealed_length, size_t *length)
{
  uint8_t h[SAMPAN_SHA512_LENGTH];

  *length = sealed_length;
  memcpy (h, self->h, sizeof h);
  mix_hash (self, text, sealed_length);
  if (!sampan_cipher_has_key (&self->cipher))
    return true;
  if (sealed_length < SAMPAN_CIPHER_TAG_LENGTH)
    return false;
  *length -= SAMPAN_CIPHER_TAG_LENGTH;
  return sampan_cipher_open (&self->cipher, h, sizeof h, text, *length, text + *length);
}

void
sampan_noise_init (SampanNoise *self, SampanNoiseRole role, const uint8_t *e_private)
{
  int failed;

  memset (self, 0, sizeof *self);
  self->role = role;
  if (e_private)
    memcpy (self->e_private, e_private, sizeof self->e_private);
  else
    randombytes_buf (self->e_private, sizeof self->e_private);
  failed = crypto_scalarmult_curve25519_base (self->e_public, self->e_private);
  g_assert (failed == 0);
}

void
sampan_noise_clear (SampanNoise *self)
{
  sodium_memzero (self, sizeof *self);
}

const uint8_t *
sampan_noise_get_ephemeral (const SampanNoise *self)
{
  return self->e_public;
}

void
sampan_noise_start (SampanNoise *self,
                    SampanSuite suite,
                    const SampanBytes *prologue,
                    size_t n_prologue)
{
  const char *name = get_protocol_name (suite);
  SampanBytes parts[8];

  /* Both names are shorter than the hash: padded with zeros, not hashed. */
  G_STATIC_ASSERT (sizeof "Noise_NN_25519_ChaChaPoly_SHA512" - 1 <= SAMPAN_SHA512_LENGTH);
  memset (self->h, 0, sizeof self->h);
  memcpy (self->h, name, strlen (name));
  memcpy (self->ck, self->h, sizeof self->ck);
  self->suite = suite;
  self->messages_done = 0;
  sampan_cipher_clear (&self->cipher);

  g_assert (n_prologue < G_N_ELEMENTS (parts));
  parts[0] = sampan_bytes (self->h, sizeof self->h);
  for (size_t i = 0; i < n_prologue; i++)
    parts[i + 1] = prologue[i];
  sampan_sha512 (self->h, parts, n_prologue + 1);
}

size_t
sampan_noise_write (SampanNoise *self, const uint8_t *payload, size_t payload_length, uint8_t *out)
{
  size_t sealed_length;

  g_assert (self->messages_done == (self->role == SAMPAN_NOISE_INITIATOR ? 0 : 1));
  memcpy (out, self->e_public, SAMPAN_NOISE_KEY_LENGTH);
  mix_hash (self, self->e_public, SAMPAN_NOISE_KEY_LENGTH);
  if (self->role == SAMPAN_NOISE_RESPONDER && !mix_key_ee (self))
    return 0;
  if (payload_length > 0)
    memcpy (out + SAMPAN_NOISE_KEY_LENGTH, payload, payload_length);
  if (!encrypt_and_hash (self, out + SAMPAN_NOISE_KEY_LENGTH, payload_length, &sealed_length))
    return 0;
  self->messages_done++;
  return SAMPAN_NOISE_KEY_LENGTH + sealed_length;
}

bool
sampan_noise_read (SampanNoise *self,
                   uint8_t *message,
                   size_t length,
                   uint8_t **payload,
                   size_t *payload_length)
{
  g_assert (self->messages_done == (self->role == SAMPAN_NOISE_INITIATOR ? 1 : 0));
  if (length < SAMPAN_NOISE_KEY_LENGTH)
    return false;
  memcpy (self->re, message, SAMPAN_NOISE_KEY_LENGTH);
  mix_hash (self, self->re, SAMPAN_NOISE_KEY_LENGTH);
  if (self->role == SAMPAN_NOISE_INITIATOR && !mix_key_ee (self))
    return false;
  *payload = message + SAMPAN_NOISE_KEY_LENGTH;
  if (!decrypt_and_hash (self, *payload, length - SAMPAN_NOISE_KEY_LENGTH, payload_length))
    return false;
  self->messages_done++;
  return true;
}

void
sampan_noise_split (SampanNoise *self, SampanCipher *sending, SampanCipher *receiving)
{
  uint8_t keys[2 * SAMPAN_SHA512_LENGTH];
  bool initiator = self->role == SAMPAN_NOISE_INITIATOR;

  g_assert (self->messages_done == HANDSHAKE_MESSAGES);
  derive_two (self, sampan_bytes (NULL, 0), keys);
  sampan_cipher_init (initiator ? sending : receiving, self->suite, keys);
  sampan_cipher_init (initiator ? receiving : sending, self->suite, keys + SAMPAN_SHA512_LENGTH);
  sodium_memzero (keys, sizeof keys);
}
