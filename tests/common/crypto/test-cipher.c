/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The cipher state of both suites. */

#include "config.h"

#include "aes-gcm.h"
#include "cipher.h"
#include "hex.h"
#include "secret.h"
#include "suite-test.h"

#include <sodium.h>
#include <string.h>

#define TEXT_LENGTH 100

static void
init_counting_key (SampanCipher *cipher, SampanSuite suite)
{
  uint8_t key[SAMPAN_CIPHER_KEY_LENGTH];

  for (size_t i = 0; i < sizeof key; i++)
    key[i] = (uint8_t)i;
  sampan_cipher_init (cipher, suite, key);
}

/* The AEADs' own calls; NONCE as it is. OUT: the text, then the tag. */
static void
seal_with_nonce (SampanSuite suite,
                 const uint8_t *key,
                 const uint8_t *nonce,
                 SampanBytes text,
                 SampanBytes ad,
                 uint8_t *out)
{
  uint8_t *tag = out + text.length;

  memcpy (out, text.data, text.length);
  if (suite == SAMPAN_SUITE_AESGCM)
    g_assert_true (sampan_aes_gcm_seal (key, nonce, ad.data, ad.length, out, text.length, tag));
  else
    g_assert_cmpint (crypto_aead_chacha20poly1305_ietf_encrypt (out,
                                                                NULL,
                                                                text.data,
                                                                text.length,
                                                                ad.data,
                                                                ad.length,
                                                                NULL,
                                                                nonce,
                                                                key),
                     ==,
                     0);
}

/* The figures: 32 zero bytes under key 00..1f and nonce 2^64-1, from OpenSSL's chacha20-poly1305,
 * and from its aes-256-ctr, whose key stream from counter block 2 on is that of GCM. */
static void
test_rekey (SampanSuite suite)
{
  SampanCipher cipher;

  init_counting_key (&cipher, suite);
  cipher.counter = 41;
  sampan_cipher_rekey (&cipher);
  assert_hex_array (cipher.key,
                    suite == SAMPAN_SUITE_AESGCM
                        ? "0201675c87335949b909793da5bb4d92fcf6d44b92a6e0792b6ae48b1881259d"
                        : "50835543a205b22c9323f2022bc4f67d838f90e61d5ccf33c4513e01f85b5042");
  g_assert_cmpuint (cipher.counter, ==, 41);
}

/* The counter's place and byte order in the nonce, and nothing that working in place changes. */
static void
test_in_place (SampanSuite suite)
{
  static const uint8_t little_endian[] = { 0, 0, 0, 0, 0x02, 0x01, 0, 0, 0, 0, 0, 0 };
  static const uint8_t big_endian[] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01, 0x02 };
  static const uint8_t ad[] = "ad";
  SampanCipher sealing, opening;
  uint8_t plain[TEXT_LENGTH], text[TEXT_LENGTH], tag[SAMPAN_CIPHER_TAG_LENGTH];
  uint8_t expected[TEXT_LENGTH + SAMPAN_CIPHER_TAG_LENGTH];

  init_counting_key (&sealing, suite);
  sealing.counter = 0x0102;
  opening = sealing;
  memset (plain, 'x', sizeof plain);
  memcpy (text, plain, sizeof text);
  seal_with_nonce (suite,
                   sealing.key,
                   suite == SAMPAN_SUITE_AESGCM ? big_endian : little_endian,
                   sampan_bytes (plain, sizeof plain),
                   sampan_bytes (ad, 2),
                   expected);
  g_assert_true (sampan_cipher_seal (&sealing, ad, 2, text, sizeof text, tag));
  g_assert_cmpmem (text, sizeof text, expected, sizeof text);
  g_assert_cmpmem (tag, sizeof tag, expected + sizeof text, sizeof tag);
  g_assert_cmpuint (sealing.counter, ==, 0x0103);

  g_assert_false (sampan_cipher_open (&opening, ad, 1, text, sizeof text, tag));
  g_assert_cmpuint (opening.counter, ==, 0x0102);
  g_assert_cmpint (memcmp (text, plain, sizeof text), !=, 0);
  memcpy (text, expected, sizeof text); /* a failure leaves nothing to be used */
  g_assert_true (sampan_cipher_open (&opening, ad, 2, text, sizeof text, tag));
  g_assert_cmpmem (text, sizeof text, plain, sizeof plain);
}

/* A9: the last counter is for the rekey alone, even for a record that is rightly sealed with it. */
static void
test_exhausted (SampanSuite suite)
{
  static const uint8_t last_nonce[] = { 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255 };
  SampanCipher sealing, opening;
  uint8_t text[1] = { 'x' }, tag[SAMPAN_CIPHER_TAG_LENGTH];

  init_counting_key (&sealing, suite);
  sealing.counter = UINT64_MAX - 1;
  opening = sealing;
  g_assert_true (sampan_cipher_seal (&sealing, NULL, 0, text, 1, tag));
  g_assert_true (sampan_cipher_open (&opening, NULL, 0, text, 1, tag));
  g_assert_cmpuint (text[0], ==, 'x');
  for (int again = 0; again < 2; again++)
    {
      uint8_t genuine[1 + SAMPAN_CIPHER_TAG_LENGTH];

      g_assert_false (sampan_cipher_seal (&sealing, NULL, 0, text, 1, tag));
      seal_with_nonce (suite,
                       opening.key,
                       last_nonce,
                       sampan_bytes (text, 1),
                       sampan_bytes (NULL, 0),
                       genuine);
      g_assert_false (sampan_cipher_open (&opening, NULL, 0, genuine, 1, genuine + 1));
      g_assert_cmpuint (sealing.counter, ==, UINT64_MAX);
      g_assert_cmpuint (opening.counter, ==, UINT64_MAX);
    }
}

/* One key under the two suites has nothing in common. */
static void
test_suites_differ (void)
{
  SampanCipher one, other;
  uint8_t text[1] = { 'x' }, tag[SAMPAN_CIPHER_TAG_LENGTH];

  if (!suite_or_skip (SAMPAN_SUITE_AESGCM))
    return;
  init_counting_key (&one, SAMPAN_SUITE_CHACHAPOLY);
  init_counting_key (&other, SAMPAN_SUITE_AESGCM);
  g_assert_true (sampan_cipher_seal (&one, NULL, 0, text, 1, tag));
  g_assert_false (sampan_cipher_open (&other, NULL, 0, text, 1, tag));
}

static void
test_support (void)
{
  g_assert_true (sampan_cipher_suite_is_supported (SAMPAN_SUITE_CHACHAPOLY));
  g_assert_true (sampan_cipher_suite_is_supported (SAMPAN_SUITE_AESGCM) ==
                 sampan_aes_gcm_is_available ());
  g_assert_false (sampan_cipher_suite_is_supported (SAMPAN_SUITE_NONE));
  for (int suite = SAMPAN_SUITE_AESGCM + 1; suite <= UINT8_MAX; suite++)
    g_assert_false (sampan_cipher_suite_is_supported ((SampanSuite)suite));
}

static void
test_no_key (void)
{
  static const int suites[] = { SAMPAN_SUITE_NONE, SAMPAN_SUITE_AESGCM + 1, UINT8_MAX };
  SampanCipher cipher;
  uint8_t text[1] = { 'x' }, tag[SAMPAN_CIPHER_TAG_LENGTH] = { 0 };

  for (size_t i = 0; i < G_N_ELEMENTS (suites); i++)
    {
      init_counting_key (&cipher, (SampanSuite)suites[i]);
      g_assert_false (sampan_cipher_seal (&cipher, NULL, 0, text, 1, tag));
      g_assert_false (sampan_cipher_open (&cipher, NULL, 0, text, 1, tag));
      g_assert_cmpuint (cipher.counter, ==, 0);
    }
  init_counting_key (&cipher, SAMPAN_SUITE_CHACHAPOLY);
  sampan_cipher_clear (&cipher);
  g_assert_false (sampan_cipher_has_key (&cipher));
  g_assert_true (sodium_is_zero (cipher.key, sizeof cipher.key));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (sampan_crypto_init ());
  add_suite_test ("/cipher/rekey", test_rekey);
  add_suite_test ("/cipher/in-place", test_in_place);
  add_suite_test ("/cipher/fail/exhausted", test_exhausted);
  g_test_add_func ("/cipher/fail/suites-differ", test_suites_differ);
  g_test_add_func ("/cipher/fail/no-key", test_no_key);
  g_test_add_func ("/cipher/support", test_support);
  return g_test_run ();
}
