/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* AES-256-GCM against the vectors of its specification and against libsodium's. */

#include "config.h"

#include "aes-gcm.h"
#include "hex.h"
#include "secret.h"
#include "suite-test.h"

#include <sodium.h>
#include <string.h>

#define KEY_LENGTH SAMPAN_AES_GCM_KEY_LENGTH
#define NONCE_LENGTH SAMPAN_AES_GCM_NONCE_LENGTH
#define TAG_LENGTH SAMPAN_AES_GCM_TAG_LENGTH
/* Past the 512 bytes that wide instructions take at once, with each rest. */
#define EACH_LENGTH_MAX 1100

typedef struct
{
  const char *name;
  const char *key;
  const char *nonce;
  const char *ad;
  const char *plain;
  const char *sealed;
  const char *tag;
} Vector;

/* McGrew and Viega, The Galois/Counter Mode of Operation, appendix B, test cases 13 to 16. */
static const Vector vectors[] = {
  {
      .name = "case 13",
      .key = "0000000000000000000000000000000000000000000000000000000000000000",
      .nonce = "000000000000000000000000",
      .ad = "",
      .plain = "",
      .sealed = "",
      .tag = "530f8afbc74536b9a963b4f1c4cb738b",
  },
  {
      .name = "case 14",
      .key = "0000000000000000000000000000000000000000000000000000000000000000",
      .nonce = "000000000000000000000000",
      .ad = "",
      .plain = "00000000000000000000000000000000",
      .sealed = "cea7403d4d606b6e074ec5d3baf39d18",
      .tag = "d0d1c8a799996bf0265b98b5d48ab919",
  },
  {
      .name = "case 15",
      .key = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
      .nonce = "cafebabefacedbaddecaf888",
      .ad = "",
      .plain = "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
               "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255",
      .sealed = "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad",
      .tag = "b094dac5d93471bdec1a502270e3cc6c",
  },
  {
      .name = "case 16",
      .key = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
      .nonce = "cafebabefacedbaddecaf888",
      .ad = "feedfacedeadbeeffeedfacedeadbeefabaddad2",
      .plain = "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
               "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
      .sealed = "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662",
      .tag = "76fc6ece0f4e1768cddf8853bb2d551b",
  },
};

static bool
seal (const Vector *vector, uint8_t *text, uint8_t tag[static TAG_LENGTH])
{
  SampanBytes ad = from_hex (vector->ad);
  SampanBytes plain = from_hex (vector->plain);

  if (plain.length > 0)
    memcpy (text, plain.data, plain.length);
  return sampan_aes_gcm_seal (from_hex_fixed (vector->key, KEY_LENGTH),
                              from_hex_fixed (vector->nonce, NONCE_LENGTH),
                              ad.data,
                              ad.length,
                              text,
                              plain.length,
                              tag);
}

static bool
open_altered (const Vector *vector, const uint8_t *ad, uint8_t *text, const uint8_t *tag)
{
  return sampan_aes_gcm_open (from_hex_fixed (vector->key, KEY_LENGTH),
                              from_hex_fixed (vector->nonce, NONCE_LENGTH),
                              ad,
                              strlen (vector->ad) / 2,
                              text,
                              strlen (vector->sealed) / 2,
                              tag);
}

static void
test_vector (gconstpointer data)
{
  const Vector *vector = data;
  SampanBytes plain = from_hex (vector->plain);
  uint8_t text[64], tag[TAG_LENGTH];

  if (!suite_or_skip (SAMPAN_SUITE_AESGCM))
    return;
  g_assert_cmpuint (plain.length, <=, sizeof text);
  g_assert_true (seal (vector, text, tag));
  assert_hex (text, plain.length, vector->sealed);
  assert_hex_array (tag, vector->tag);
  g_assert_true (open_altered (vector, from_hex (vector->ad).data, text, tag));
  assert_hex (text, plain.length, vector->plain);
}

/* Every bit of what is sealed, of its tag and of what is only proven; nothing deciphered stays. */
static void
test_flipped_bits (void)
{
  const Vector *vector = &vectors[G_N_ELEMENTS (vectors) - 1];
  SampanBytes sealed = from_hex (vector->sealed), ad = from_hex (vector->ad);
  size_t total = sealed.length + ad.length + TAG_LENGTH;

  if (!suite_or_skip (SAMPAN_SUITE_AESGCM))
    return;
  for (size_t bit = 0; bit < 8 * total; bit++)
    {
      uint8_t all[64 + 20 + TAG_LENGTH];
      uint8_t *text = all, *altered_ad = text + sealed.length, *tag = altered_ad + ad.length;

      g_assert_cmpuint (total, <=, sizeof all);
      memcpy (text, sealed.data, sealed.length);
      memcpy (altered_ad, ad.data, ad.length);
      memcpy (tag, from_hex_fixed (vector->tag, TAG_LENGTH), TAG_LENGTH);
      all[bit / 8] ^= (uint8_t)(1u << bit % 8);
      g_assert_false (open_altered (vector, altered_ad, text, tag));
      g_assert_true (sodium_is_zero (text, sealed.length));
    }
}

/* A text that is cut, or whose tag is taken from elsewhere, at every offset. */
static void
test_cut (void)
{
  const Vector *vector = &vectors[2];
  SampanBytes sealed = from_hex (vector->sealed);

  if (!suite_or_skip (SAMPAN_SUITE_AESGCM))
    return;
  for (size_t length = 0; length < sealed.length; length++)
    {
      uint8_t text[64];

      memcpy (text, sealed.data, length);
      g_assert_false (sampan_aes_gcm_open (from_hex_fixed (vector->key, KEY_LENGTH),
                                           from_hex_fixed (vector->nonce, NONCE_LENGTH),
                                           NULL,
                                           0,
                                           text,
                                           length,
                                           from_hex_fixed (vector->tag, TAG_LENGTH)));
    }
}

/* Another implementation of the same cipher, for each length that a step of this one may treat
 * apart, and for a whole frame. */
static void
check_against_libsodium (size_t length)
{
  uint8_t key[KEY_LENGTH], nonce[NONCE_LENGTH], ad[3], tag[TAG_LENGTH], expected_tag[TAG_LENGTH];
  g_autofree uint8_t *plain = g_malloc (length);
  g_autofree uint8_t *expected = g_malloc (length);
  g_autofree uint8_t *text = g_malloc (length);

  randombytes_buf (key, sizeof key);
  randombytes_buf (nonce, sizeof nonce);
  randombytes_buf (ad, sizeof ad);
  randombytes_buf (plain, length);
  memcpy (text, plain, length);
  g_assert_cmpint (crypto_aead_aes256gcm_encrypt_detached (expected,
                                                           expected_tag,
                                                           NULL,
                                                           plain,
                                                           length,
                                                           ad,
                                                           sizeof ad,
                                                           NULL,
                                                           nonce,
                                                           key),
                   ==,
                   0);
  g_assert_true (sampan_aes_gcm_seal (key, nonce, ad, sizeof ad, text, length, tag));
  g_assert_cmpmem (text, length, expected, length);
  g_assert_cmpmem (tag, sizeof tag, expected_tag, sizeof expected_tag);
  g_assert_true (sampan_aes_gcm_open (key, nonce, ad, sizeof ad, text, length, tag));
  g_assert_cmpmem (text, length, plain, length);
}

static void
test_against_libsodium (void)
{
  if (crypto_aead_aes256gcm_is_available () != 1)
    {
      g_test_skip ("libsodium has no AES on this processor");
      return;
    }
  g_assert_true (sampan_aes_gcm_is_available ());
  for (size_t length = 1; length <= EACH_LENGTH_MAX; length++)
    check_against_libsodium (length);
  check_against_libsodium (SAMPAN_FRAME_PLAIN_MAX);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (sampan_crypto_init ());
  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *path = g_strdup_printf ("/aes-gcm/vector/%s", vectors[i].name);

      g_test_add_data_func (path, &vectors[i], test_vector);
    }
  g_test_add_func ("/aes-gcm/against-libsodium", test_against_libsodium);
  g_test_add_func ("/aes-gcm/fail/flipped-bits", test_flipped_bits);
  g_test_add_func ("/aes-gcm/fail/cut", test_cut);
  return g_test_run ();
}
