/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The group and the OPRF against RFC 9497. */

#include "config.h"

#include "hex.h"
#include "oprf-vectors.h"
#include "oprf.h"
#include "secret.h"

#include <sodium.h>
#include <string.h>

/* RFC 9496, A.3 and A.2, one of each kind, and the identity. */
static const char *const bad_elements[] = {
  "0000000000000000000000000000000000000000000000000000000000000000", /* identity */
  "00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", /* not canonical */
  "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "609a0ae68c15a3cf6903766461307e5c8bb2f95e7e6550e1ffa2dc99e41280bc", /* a valid one, top bit set */
  "0100000000000000000000000000000000000000000000000000000000000000", /* negative */
  "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "ed57ffd8c914fb201471d1c3d245ce3c746fcbe63a3679d51b6a516ebebe0e20",
  "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371", /* not square */
  "4eac077a713c57b4f4397629a4145982c661f48044dd3f96427d40b147d9742f",
};

#define GROUP_ORDER "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010"

static void
test_derive_key_pair (void)
{
  uint8_t private_key[SAMPAN_GROUP_SCALAR_LENGTH], public_key[SAMPAN_GROUP_ELEMENT_LENGTH];
  uint8_t expected[SAMPAN_GROUP_ELEMENT_LENGTH];

  g_assert_true (sampan_oprf_derive_key_pair (from_hex_fixed (OPRF_SEED, SAMPAN_OPRF_SEED_BYTES),
                                              from_hex (OPRF_KEY_INFO),
                                              private_key,
                                              public_key));
  assert_hex_array (private_key, OPRF_PRIVATE_KEY);
  g_assert_true (sampan_group_multiply_base (expected, private_key));
  g_assert_cmpmem (public_key, sizeof public_key, expected, sizeof expected);
}

/* B1 */
static void
test_vectors (void)
{
  const uint8_t *key = from_hex_fixed (OPRF_PRIVATE_KEY, SAMPAN_GROUP_SCALAR_LENGTH);

  for (size_t i = 0; i < G_N_ELEMENTS (oprf_vectors); i++)
    {
      const OprfVector *vector = &oprf_vectors[i];
      SampanBytes input = from_hex (vector->input);
      const uint8_t *blind = from_hex_fixed (vector->blind, SAMPAN_GROUP_SCALAR_LENGTH);
      uint8_t blinded[SAMPAN_GROUP_ELEMENT_LENGTH], evaluated[SAMPAN_GROUP_ELEMENT_LENGTH];
      uint8_t output[SAMPAN_OPRF_OUTPUT_LENGTH];

      g_assert_true (sampan_oprf_blind (input, blind, blinded));
      assert_hex_array (blinded, vector->blinded);
      g_assert_true (sampan_group_multiply (evaluated, key, blinded));
      assert_hex_array (evaluated, vector->evaluated);
      g_assert_true (sampan_oprf_finalize (input, blind, evaluated, output));
      assert_hex_array (output, vector->output);
    }
}

/* The blind does not show in the output. */
static void
test_any_blind (void)
{
  const OprfVector *vector = &oprf_vectors[1];
  SampanBytes input = from_hex (vector->input);
  uint8_t blind[SAMPAN_GROUP_SCALAR_LENGTH], element[SAMPAN_GROUP_ELEMENT_LENGTH];
  uint8_t output[SAMPAN_OPRF_OUTPUT_LENGTH];

  sampan_group_scalar_random (blind);
  g_assert_true (sampan_oprf_blind (input, blind, element));
  g_assert_true (
      sampan_group_multiply (element,
                             from_hex_fixed (OPRF_PRIVATE_KEY, SAMPAN_GROUP_SCALAR_LENGTH),
                             element));
  g_assert_true (sampan_oprf_finalize (input, blind, element, output));
  assert_hex_array (output, vector->output);
}

/* B2 */
static void
test_bad_elements (void)
{
  const OprfVector *vector = &oprf_vectors[0];
  SampanBytes input = from_hex (vector->input);
  const uint8_t *blind = from_hex_fixed (vector->blind, SAMPAN_GROUP_SCALAR_LENGTH);
  uint8_t out[SAMPAN_OPRF_OUTPUT_LENGTH];

  for (size_t i = 0; i < G_N_ELEMENTS (bad_elements); i++)
    {
      const uint8_t *element = from_hex_fixed (bad_elements[i], SAMPAN_GROUP_ELEMENT_LENGTH);

      g_test_message ("%s", bad_elements[i]);
      g_assert_false (sampan_group_element_is_valid (element));
      g_assert_false (sampan_group_multiply (out, blind, element));
      g_assert_false (sampan_oprf_finalize (input, blind, element, out));
    }
  g_assert_true (sampan_group_element_is_valid (
      from_hex_fixed (vector->blinded, SAMPAN_GROUP_ELEMENT_LENGTH)));
}

static void
test_scalars (void)
{
  static const struct
  {
    const char *scalar;
    bool valid;
  } cases[] = {
    { "0000000000000000000000000000000000000000000000000000000000000000", false },
    { "0100000000000000000000000000000000000000000000000000000000000000", true },
    { "ecd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010", true },
    { GROUP_ORDER, false },
    { "eed3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010", false },
    { "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", false },
  };
  uint8_t scalar[SAMPAN_GROUP_SCALAR_LENGTH], out[SAMPAN_GROUP_ELEMENT_LENGTH];
  const uint8_t *element = from_hex_fixed (oprf_vectors[0].blinded, SAMPAN_GROUP_ELEMENT_LENGTH);

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (sampan_group_scalar_is_valid (
                         from_hex_fixed (cases[i].scalar, SAMPAN_GROUP_SCALAR_LENGTH)),
                     ==,
                     cases[i].valid);
  sampan_group_scalar_random (scalar);
  g_assert_true (sampan_group_scalar_is_valid (scalar));

  /* products that are the identity */
  memset (scalar, 0, sizeof scalar);
  g_assert_false (sampan_group_multiply_base (out, scalar));
  g_assert_false (sampan_group_multiply (out, scalar, element));
  memcpy (scalar, from_hex_fixed (GROUP_ORDER, sizeof scalar), sizeof scalar);
  g_assert_false (sampan_group_multiply (out, scalar, element));
}

static void
test_input_lengths (void)
{
  g_autofree uint8_t *input = g_malloc0 (SAMPAN_OPRF_INPUT_MAX + 1);
  const uint8_t *blind = from_hex_fixed (oprf_vectors[0].blind, SAMPAN_GROUP_SCALAR_LENGTH);
  uint8_t blinded[SAMPAN_GROUP_ELEMENT_LENGTH], output[SAMPAN_OPRF_OUTPUT_LENGTH];
  static const size_t lengths[] = { 0, 1, SAMPAN_OPRF_INPUT_MAX, SAMPAN_OPRF_INPUT_MAX + 1 };

  for (size_t i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      SampanBytes bytes = sampan_bytes (input, lengths[i]);
      bool fits = lengths[i] <= SAMPAN_OPRF_INPUT_MAX;
      const uint8_t *element =
          from_hex_fixed (oprf_vectors[0].evaluated, SAMPAN_GROUP_ELEMENT_LENGTH);

      g_assert_cmpint (sampan_oprf_blind (bytes, blind, blinded), ==, fits);
      g_assert_cmpint (sampan_oprf_finalize (bytes, blind, element, output), ==, fits);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (sampan_crypto_init ());
  g_test_add_func ("/oprf/derive-key-pair", test_derive_key_pair);
  g_test_add_func ("/oprf/vectors", test_vectors);
  g_test_add_func ("/oprf/any-blind", test_any_blind);
  g_test_add_func ("/oprf/fail/bad-elements", test_bad_elements);
  g_test_add_func ("/oprf/scalars", test_scalars);
  g_test_add_func ("/oprf/input-lengths", test_input_lengths);
  return g_test_run ();
}
