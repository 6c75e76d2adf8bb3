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
G_STATIC_ASSERT (SAMPAN_CIPHER_KEY_LENGTH == crypto_aead_aes256gcm_KEYBYTES);
G_STATIC_ASSERT (SAMPAN_CIPHER_TAG_LENGTH == crypto_aead_aes256gcm_ABYTES);
G_STATIC_ASSERT (NONCE_LENGTH == crypto_aead_aes256gcm_NPUBBYTES);
G_STATIC_ASSERT (SAMPAN_CIPHER_TAG_LENGTH == SAMPAN_FRAME_TAG);

/* libsodium's own signatures of encrypt_detached and decrypt_detached. */
typedef int (*SealFunc) (unsigned char *c,
                         unsigned char *mac,
                         unsigned long long *maclen_p,
                         const unsigned char *m,
                         unsigned long long mlen,
                         const unsigned char *ad,
                         unsigned long long adlen,
                         const unsigned char *nsec,
                         const unsigned char *npub,
                         const unsigned char *k);
typedef int (*OpenFunc) (unsigned char *m,
                         unsigned char *nsec,
                         const unsigned char *c,
                         unsigned long long clen,
                         const unsigned char *mac,
                         const unsigned char *ad,
                         unsigned long long adlen,
                         const unsigned char *npub,
                         const unsigned char *k);

typedef struct
{
  SealFunc seal;
  OpenFunc open;
  int (*is_available) (void); /* NULL: always */
  bool big_endian_nonce;
} Aead;

/* As libsodium's encrypt_detached, of which 1.0.18 leaves the round keys on the stack: they would
 * outlive a rekey. */
static int
seal_aesgcm (unsigned char *c,
             unsigned char *mac,
             unsigned long long *maclen_p,
             const unsigned char *m,
             unsigned long long mlen,
             const unsigned char *ad,
             unsigned long long adlen,
             const unsigned char *nsec,
             const unsigned char *npub,
             const unsigned char *k)
{
  crypto_aead_aes256gcm_state state;
  int result = crypto_aead_aes256gcm_beforenm (&state, k);

  if (result == 0)
    result = crypto_aead_aes256gcm_encrypt_detached_afternm (c,
                                                             mac,
                                                             maclen_p,
                                                             m,
                                                             mlen,
                                                             ad,
                                                             adlen,
                                                             nsec,
                                                             npub,
                                                             &state);
  sodium_memzero (&state, sizeof state);
  return result;
}

static int
open_aesgcm (unsigned char *m,
             unsigned char *nsec,
             const unsigned char *c,
             unsigned long long clen,
             const unsigned char *mac,
             const unsigned char *ad,
             unsigned long long adlen,
             const unsigned char *npub,
             const unsigned char *k)
{
  crypto_aead_aes256gcm_state state;
  int result = crypto_aead_aes256gcm_beforenm (&state, k);

  if (result == 0)
    result = crypto_aead_aes256gcm_decrypt_detached_afternm (m,
                                                             nsec,
                                                             c,
                                                             clen,
                                                             mac,
                                                             ad,
                                                             adlen,
                                                             npub,
                                                             &state);
  sodium_memzero (&state, sizeof state);
  return result;
}

/* The byte order of the nonce: Noise 12.3 and 12.4. */
static const Aead aeads[] = {
  [SAMPAN_SUITE_CHACHAPOLY] = {
    .seal = crypto_aead_chacha20poly1305_ietf_encrypt_detached,
    .open = crypto_aead_chacha20poly1305_ietf_decrypt_detached,
  },
  [SAMPAN_SUITE_AESGCM] = {
    .seal = seal_aesgcm,
    .open = open_aesgcm,
    .is_available = crypto_aead_aes256gcm_is_available,
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
  return aead->seal (text, tag, NULL, text, length, ad, ad_length, NULL, nonce, self->key) == 0;
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
  if (aead->open (text, NULL, text, length, tag, ad, ad_length, nonce, self->key) != 0)
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
