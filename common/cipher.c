/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The CipherState of Noise over the suites' AEADs, in place. */

#include "config.h"

#include "cipher.h"

#include "aes-gcm.h"
#include <sodium.h>
#include <string.h>

#define NONCE_LENGTH 12 /* of both suites: Noise 12.3 and 12.4 */

G_STATIC_ASSERT (SAMPAN_CIPHER_KEY_LENGTH == crypto_aead_chacha20poly1305_ietf_KEYBYTES);
G_STATIC_ASSERT (SAMPAN_CIPHER_TAG_LENGTH == crypto_aead_chacha20poly1305_ietf_ABYTES);
G_STATIC_ASSERT (NONCE_LENGTH == crypto_aead_chacha20poly1305_ietf_NPUBBYTES);
G_STATIC_ASSERT (SAMPAN_CIPHER_KEY_LENGTH == SAMPAN_AES_GCM_KEY_LENGTH);
G_STATIC_ASSERT (SAMPAN_CIPHER_TAG_LENGTH == SAMPAN_AES_GCM_TAG_LENGTH);
G_STATIC_ASSERT (NONCE_LENGTH == SAMPAN_AES_GCM_NONCE_LENGTH);
G_STATIC_ASSERT (SAMPAN_CIPHER_TAG_LENGTH == SAMPAN_FRAME_TAG);

typedef bool (*SealFunc) (const uint8_t *key,
                          const uint8_t *nonce,
                          const uint8_t *ad,
                          size_t ad_length,
                          uint8_t *text,
                          size_t length,
                          uint8_t *tag);
typedef bool (*OpenFunc) (const uint8_t *key,
                          const uint8_t *nonce,
                          const uint8_t *ad,
                          size_t ad_length,
                          uint8_t *text,
                          size_t length,
                          const uint8_t *tag);

typedef struct
{
  SealFunc seal;
  OpenFunc open;
  bool (*is_available) (void); /* NULL: always */
  bool big_endian_nonce;
} Aead;

static bool
seal_chachapoly (const uint8_t *key,
                 const uint8_t *nonce,
                 const uint8_t *ad,
                 size_t ad_length,
                 uint8_t *text,
                 size_t length,
                 uint8_t *tag)
{
  return crypto_aead_chacha20poly1305_ietf_encrypt_detached (text,
                                                             tag,
                                                             NULL,
                                                             text,
                                                             length,
                                                             ad,
                                                             ad_length,
                                                             NULL,
                                                             nonce,
                                                             key) == 0;
}

static bool
open_chachapoly (const uint8_t *key,
                 const uint8_t *nonce,
                 const uint8_t *ad,
                 size_t ad_length,
                 uint8_t *text,
                 size_t length,
                 const uint8_t *tag)
{
  return crypto_aead_chacha20poly1305_ietf_decrypt_detached (text,
                                                             NULL,
                                                             text,
                                                             length,
                                                             tag,
                                                             ad,
                                                             ad_length,
                                                             nonce,
                                                             key) == 0;
}

/* The byte order of the nonce: Noise 12.3 and 12.4. */
static const Aead aeads[] = {
  [SAMPAN_SUITE_CHACHAPOLY] = {
    .seal = seal_chachapoly,
    .open = open_chachapoly,
  },
  [SAMPAN_SUITE_AESGCM] = {
    .seal = sampan_aes_gcm_seal,
    .open = sampan_aes_gcm_open,
    .is_available = sampan_aes_gcm_is_available,
    .big_endian_nonce = true,
  },
};

/* NULL: no suite, or none that can run here. */
static const Aead *
find_aead (SampanSuite suite)
{
  const Aead *aead = (size_t)suite < G_N_ELEMENTS (aeads) ? &aeads[suite] : NULL;

  if (!aead || !aead->seal || (aead->is_available && !aead->is_available ()))
    return NULL;
  return aead;
}

/* 32 zero bits, then the counter. */
static void
make_nonce (const Aead *aead, uint8_t nonce[static NONCE_LENGTH], uint64_t counter)
{
  uint64_t bytes = aead->big_endian_nonce ? GUINT64_TO_BE (counter) : GUINT64_TO_LE (counter);

  memset (nonce, 0, NONCE_LENGTH);
  memcpy (nonce + NONCE_LENGTH - sizeof bytes, &bytes, sizeof bytes);
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
  const Aead *aead = find_aead (self->suite);
  uint8_t nonce[NONCE_LENGTH];

  if (!aead)
    return false;
  make_nonce (aead, nonce, counter);
  return aead->seal (self->key, nonce, ad, ad_length, text, length, tag);
}

bool
sampan_cipher_suite_is_supported (SampanSuite suite)
{
  return find_aead (suite) != NULL;
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
  const Aead *aead = find_aead (self->suite);
  uint8_t nonce[NONCE_LENGTH];

  if (!aead || self->counter == SAMPAN_CIPHER_COUNTER_END)
    return false;
  make_nonce (aead, nonce, self->counter);
  if (!aead->open (self->key, nonce, ad, ad_length, text, length, tag))
    return false;
  self->counter++;
  return true;
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
