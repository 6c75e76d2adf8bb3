/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* AES-256-GCM by OpenSSL's libcrypto, one context for each text. */

#include "config.h"

#include "aes-gcm.h"

#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <sodium.h>
#include <string.h>

#ifdef __aarch64__
#include <sys/auxv.h>
#endif

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_CIPHER_CTX, EVP_CIPHER_CTX_free) /* wipes the round keys */

static bool
processor_has_instructions (void)
{
#ifdef __aarch64__
  unsigned long needed = HWCAP_AES | HWCAP_PMULL;

  return (getauxval (AT_HWCAP) & needed) == needed;
#else
  return crypto_aead_aes256gcm_is_available () == 1;
#endif
}

/* NULL: not available. Never freed: it is for as long as the process. */
static const EVP_CIPHER *
get_cipher (void)
{
  static gsize once = 0;
  static EVP_CIPHER *cipher = NULL;

  if (g_once_init_enter (&once))
    {
      /* Settings of the system are for its TLS; a broken file of them must not end this program. */
      if (processor_has_instructions () &&
          OPENSSL_init_crypto (OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT, NULL) == 1)
        cipher = EVP_CIPHER_fetch (NULL, "AES-256-GCM", NULL);
      g_once_init_leave (&once, 1);
    }
  return cipher;
}

bool
sampan_aes_gcm_is_available (void)
{
  return get_cipher () != NULL;
}

bool
sampan_aes_gcm_seal (const uint8_t key[static SAMPAN_AES_GCM_KEY_LENGTH],
                     const uint8_t nonce[static SAMPAN_AES_GCM_NONCE_LENGTH],
                     const uint8_t *ad,
                     size_t ad_length,
                     uint8_t *text,
                     size_t length,
                     uint8_t tag[static SAMPAN_AES_GCM_TAG_LENGTH])
{
  const EVP_CIPHER *cipher = get_cipher ();
  g_autoptr (EVP_CIPHER_CTX) context = NULL;
  int done = 0;

  if (!cipher || ad_length > INT_MAX || length > INT_MAX)
    return false;
  context = EVP_CIPHER_CTX_new ();
  return context && EVP_EncryptInit_ex2 (context, cipher, key, nonce, NULL) == 1 &&
         (ad_length == 0 || EVP_EncryptUpdate (context, NULL, &done, ad, (int)ad_length) == 1) &&
         (length == 0 || EVP_EncryptUpdate (context, text, &done, text, (int)length) == 1) &&
         EVP_EncryptFinal_ex (context, text + length, &done) == 1 &&
         EVP_CIPHER_CTX_ctrl (context, EVP_CTRL_AEAD_GET_TAG, SAMPAN_AES_GCM_TAG_LENGTH, tag) == 1;
}

bool
sampan_aes_gcm_open (const uint8_t key[static SAMPAN_AES_GCM_KEY_LENGTH],
                     const uint8_t nonce[static SAMPAN_AES_GCM_NONCE_LENGTH],
                     const uint8_t *ad,
                     size_t ad_length,
                     uint8_t *text,
                     size_t length,
                     const uint8_t tag[static SAMPAN_AES_GCM_TAG_LENGTH])
{
  const EVP_CIPHER *cipher = get_cipher ();
  g_autoptr (EVP_CIPHER_CTX) context = NULL;
  uint8_t expected[SAMPAN_AES_GCM_TAG_LENGTH];
  int done = 0;
  bool opened;

  if (!cipher || ad_length > INT_MAX || length > INT_MAX)
    return false;
  memcpy (expected, tag, sizeof expected); /* the call below takes no constant */
  context = EVP_CIPHER_CTX_new ();
  opened = context && EVP_DecryptInit_ex2 (context, cipher, key, nonce, NULL) == 1 &&
           (ad_length == 0 || EVP_DecryptUpdate (context, NULL, &done, ad, (int)ad_length) == 1) &&
           (length == 0 || EVP_DecryptUpdate (context, text, &done, text, (int)length) == 1) &&
           EVP_CIPHER_CTX_ctrl (context, EVP_CTRL_AEAD_SET_TAG, sizeof expected, expected) == 1 &&
           EVP_DecryptFinal_ex (context, text + length, &done) == 1;
  if (!opened)
    sodium_memzero (text, length); /* what is not proven is deciphered already */
  return opened;
}
