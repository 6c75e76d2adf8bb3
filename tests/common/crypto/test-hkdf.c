/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* SHA-512, HMAC and HKDF. */

#include "config.h"

#include "hex.h"
#include "hkdf.h"
#include "secret.h"

#include <sodium.h>
#include <string.h>

/* The inputs of RFC 5869, A.1 to A.3, run with SHA-512 through OpenSSL and Python's hmac. */
typedef struct
{
  const char *ikm;
  const char *salt;
  const char *info;
  const char *prk;
  const char *okm;
} HkdfVector;

static const HkdfVector hkdf_vectors[] = {
  { "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
    "000102030405060708090a0b0c",
    "f0f1f2f3f4f5f6f7f8f9",
    "665799823737ded04a88e47e54a5890bb2c3d247c7a4254a8e61350723590a26"
    "c36238127d8661b88cf80ef802d57e2f7cebcf1e00e083848be19929c61b4237",
    "832390086cda71fb47625bb5ceb168e4c8e26a1a16ed34d9fc7fe92c14815793"
    "38da362cb8d9f925d7cb" },
  { "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
    "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"
    "404142434445464748494a4b4c4d4e4f",
    "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f"
    "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"
    "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf",
    "b0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecf"
    "d0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeef"
    "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
    "35672542907d4e142c00e84499e74e1de08be86535f924e022804ad775dde27e"
    "c86cd1e5b7d178c74489bdbeb30712beb82d4f97416c5a94ea81ebdf3e629e4a",
    "ce6c97192805b346e6161e821ed165673b84f400a2b514b2fe23d84cd189ddf1"
    "b695b48cbd1c8388441137b3ce28f16aa64ba33ba466b24df6cfcb021ecff235"
    "f6a2056ce3af1de44d572097a8505d9e7a93" },
  { "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
    "",
    "",
    "fd200c4987ac491313bd4a2a13287121247239e11c9ef82802044b66ef357e5b"
    "194498d0682611382348572a7b1611de54764094286320578a863f36562b0df6",
    "f5fa02b18298a72a8c23898a8703472c6eb179dc204c03425c970e3b164bf90f"
    "ff22d04836d0e2343bac" },
};

static void
test_hkdf_vectors (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (hkdf_vectors); i++)
    {
      const HkdfVector *vector = &hkdf_vectors[i];
      SampanBytes info = from_hex (vector->info);
      uint8_t prk[SAMPAN_SHA512_LENGTH];
      uint8_t okm[128];
      size_t okm_length = strlen (vector->okm) / 2;

      sampan_hkdf_extract (prk, from_hex (vector->salt), from_hex (vector->ikm));
      assert_hex_array (prk, vector->prk);
      sampan_hkdf_expand (okm, okm_length, prk, &info, 1);
      assert_hex (okm, okm_length, vector->okm);
    }
}

/* One run of bytes and the same in parts. */
static void
test_hkdf_parts (void)
{
  uint8_t whole[SAMPAN_SHA512_LENGTH], parts[SAMPAN_SHA512_LENGTH];
  SampanBytes key = sampan_bytes_text ("key");

  sampan_sha512 (whole, SAMPAN_PARTS (sampan_bytes_text ("one two")));
  sampan_sha512 (parts,
                 SAMPAN_PARTS (sampan_bytes_text ("one"),
                               sampan_bytes (NULL, 0),
                               sampan_bytes_text (" two")));
  g_assert_cmpmem (whole, sizeof whole, parts, sizeof parts);
  sampan_hmac_sha512 (whole, key, SAMPAN_PARTS (sampan_bytes_text ("one two")));
  sampan_hmac_sha512 (parts,
                      key,
                      SAMPAN_PARTS (sampan_bytes_text ("one"), sampan_bytes_text (" two")));
  g_assert_cmpmem (whole, sizeof whole, parts, sizeof parts);
}

/* A longer output starts with a shorter one, at and around the block bounds. */
static void
test_hkdf_lengths (void)
{
  static const size_t lengths[] = { 0, 1, 63, 64, 65, 127, 128, 129, SAMPAN_HKDF_MAX };
  g_autofree uint8_t *longest = g_malloc (SAMPAN_HKDF_MAX);
  uint8_t prk[SAMPAN_SHA512_LENGTH] = { 7 };

  sampan_hkdf_expand (longest, SAMPAN_HKDF_MAX, prk, NULL, 0);
  for (size_t i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autofree uint8_t *out = g_malloc (lengths[i] + 1);

      out[lengths[i]] = 0x5a;
      sampan_hkdf_expand (out, lengths[i], prk, NULL, 0);
      g_assert_cmpmem (out, lengths[i], longest, lengths[i]);
      g_assert_cmpuint (out[lengths[i]], ==, 0x5a);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (sampan_crypto_init ());
  g_test_add_func ("/hkdf/vectors", test_hkdf_vectors);
  g_test_add_func ("/hkdf/parts", test_hkdf_parts);
  g_test_add_func ("/hkdf/lengths", test_hkdf_lengths);
  return g_test_run ();
}
