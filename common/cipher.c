/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The CipherState of Noise over libsodium's AEADs, in place. */

#include "config.h"

#include "cipher.h"

#include <sodium.h>
#include <string.h>

#define NONCE_LENGTH crypto_aead_chacha20poly1305_ietf_NPUBBYTES

G_STATIC_ASSERT (SAMPAN_CIPHER_KEY_LENGTH == crypto_aead_chacha20poly1305_ietf_KEYBYTES);
G_STATIC_ASSERT (SAMPAN_CIPHER_TAG_LENGTH == crypto_aead_chacha20poly1305_ietf_ABYTES);
G_STATIC_ASSERT (SAMPAN_CIPHER_TAG_LENGTH == SAMPAN_FRAME_TAG);

/* ChaChaPoly, Noise 12.3: 32 zero bits, then the counter in little-endian. */
static void
make_nonce (uint8_t nonce[static NONCE_LENGTH], uint64_t counter)
{
  uint64_t little_endian = GUINT64_TO_LE (counter);

  memset (nonce, 0, NONCE_LENGTH);
  memcpy (nonce + NONCE_LENGTH - sizeof little_endian, &little_endian, sizeof little_endian);
}

static bool
seal_with_counter (const SampanCipher *self,
                   uint64_t counter,
                   const uint8_t *ad,
                   size_t ad_length,
                   uint8_t *text,
                   size_t length,
                   uint8_t tag[static SAMPAN_CIPHER_TAG_LENGTH])
{
  uint8_t nonce[NONCE_LENGTH];

  switch (self->suite)
    {
    case SAMPAN_SUITE_CHACHAPOLY:
      make_nonce (nonce, counter);
      return crypto_aead_chacha20poly1305_ietf_encrypt_detached (text,
                                                                 tag,
                                                                 NULL,
                                                                 text,
                                                                 length,
                                                                 ad,
                                                                 ad_length,
                                                                 NULL,
                                                                 nonce,
                                                                 self->key) == 0;
    case SAMPAN_SUITE_NONE:
    case SAMPAN_SUITE_AESGCM:
      break;
    }
  return false;
}

bool
sampan_cipher_suite_is_supported (SampanSuite suite)
{
  return suite == SAMPAN_SUITE_CHACHAPOLY;
}

void
sampan_cipher_init (SampanCipher *self,
                    SampanSuite suite,
                    const uint8_t key[static SAMPAN_CIPHER_KEY_LENGTH])
{
  memcpy (self->key, key, sizeof self->key);
  self->counter = 0;
  self->suite = suite;
}

void
sampan_cipher_clear (SampanCipher *self)
{
  sodium_memzero (self, sizeof *self);
}

bool
sampan_cipher_has_key (const SampanCipher *self)
{
  return self->suite != SAMPAN_SUITE_NONE;
}

bool
sampan_cipher_seal (SampanCipher *self,
                    const uint8_t *ad,
                    size_t ad_length,
                    uint8_t *text,
                    size_t length,
                    uint8_t tag[static SAMPAN_CIPHER_TAG_LENGTH])
{
  if (self->counter == SAMPAN_CIPHER_COUNTER_END ||
      !seal_with_counter (self, self->counter, ad, ad_length, text, length, tag))
    return false;
  self->counter++;
  return true;
}

bool
sampan_cipher_open (SampanCipher *self,
                    const uint8_t *ad,
                    size_t ad_length,
                    uint8_t *text,
                    size_t length,
                    const uint8_t tag[static SAMPAN_CIPHER_TAG_LENGTH])
{
  uint8_t nonce[NONCE_LENGTH];

  if (self->counter == SAMPAN_CIPHER_COUNTER_END)
    return false;
  switch (self->suite)
    {
    case SAMPAN_SUITE_CHACHAPOLY:
      make_nonce (nonce, self->counter);
      if (crypto_aead_chacha20poly1305_ietf_decrypt_detached (text,
                                                              NULL,
                                                              text,
                                                              length,
                                                              tag,
                                                              ad,
                                                              ad_length,
                                                              nonce,
                                                              self->key) != 0)
        return false;
      self->counter++;
      return true;
    case SAMPAN_SUITE_NONE:
    case SAMPAN_SUITE_AESGCM:
      break;
    }
  return false;
}

void
sampan_cipher_rekey (SampanCipher *self)
{
  uint8_t key[SAMPAN_CIPHER_KEY_LENGTH] = { 0 };
  uint8_t tag[SAMPAN_CIPHER_TAG_LENGTH];
  bool sealed = seal_with_counter (self, SAMPAN_CIPHER_COUNTER_END, NULL, 0, key, sizeof key, tag);

  g_assert (sealed);
  memcpy (self->key, key, sizeof self->key);
  sodium_memzero (key, sizeof key);
}
