/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The Noise handshake against published vectors. */

#include "config.h"

#include "hex.h"
#include "noise-vectors.h"
#include "noise.h"
#include "secret.h"
#include "suite-test.h"

#include <sodium.h>
#include <string.h>

#define MESSAGE_MAX 256

/* X25519 public keys of small order, as published by several projects: the product is zero. */
static const char *const low_order_points[] = {
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
  "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
};

static const NoiseVector *
find_vector (SampanSuite suite)
{
  for (size_t i = 0; i < G_N_ELEMENTS (noise_vectors); i++)
    if (noise_vectors[i].suite == suite)
      return &noise_vectors[i];
  g_assert_not_reached ();
}

static void
start (SampanNoise *noise, SampanNoiseRole role, const NoiseVector *vector)
{
  const char *ephemeral = role == SAMPAN_NOISE_INITIATOR ? vector->initiator_ephemeral
                                                         : vector->responder_ephemeral;
  SampanBytes prologue = from_hex (vector->prologue);

  sampan_noise_init (noise, role, from_hex_fixed (ephemeral, SAMPAN_NOISE_KEY_LENGTH));
  sampan_noise_start (noise, vector->suite, &prologue, 1);
}

static void
run_handshake_message (SampanNoise *from, SampanNoise *to, const NoiseVector *vector, size_t i)
{
  SampanBytes payload = from_hex (vector->messages[i].payload);
  uint8_t message[MESSAGE_MAX];
  uint8_t *got;
  size_t got_length;
  size_t length = sampan_noise_write (from, payload.data, payload.length, message);

  assert_hex (message, length, vector->messages[i].ciphertext);
  g_assert_true (sampan_noise_read (to, message, length, &got, &got_length));
  g_assert_cmpmem (got, got_length, payload.data, payload.length);
}

static void
run_transport_message (SampanCipher *from, SampanCipher *to, const NoiseVector *vector, size_t i)
{
  SampanBytes payload = from_hex (vector->messages[i].payload);
  uint8_t message[MESSAGE_MAX];

  memcpy (message, payload.data, payload.length);
  g_assert_true (
      sampan_cipher_seal (from, NULL, 0, message, payload.length, message + payload.length));
  assert_hex (message, payload.length + SAMPAN_CIPHER_TAG_LENGTH, vector->messages[i].ciphertext);
  g_assert_true (
      sampan_cipher_open (to, NULL, 0, message, payload.length, message + payload.length));
  g_assert_cmpmem (message, payload.length, payload.data, payload.length);
}

static void
run_vector (const NoiseVector *vector)
{
  SampanNoise initiator, responder;
  SampanCipher initiator_sending, initiator_receiving;
  SampanCipher responder_sending, responder_receiving;

  start (&initiator, SAMPAN_NOISE_INITIATOR, vector);
  start (&responder, SAMPAN_NOISE_RESPONDER, vector);
  run_handshake_message (&initiator, &responder, vector, 0);
  run_handshake_message (&responder, &initiator, vector, 1);
  g_assert_cmpmem (initiator.h, sizeof initiator.h, responder.h, sizeof responder.h);
  if (vector->handshake_hash)
    assert_hex_array (initiator.h, vector->handshake_hash);

  sampan_noise_split (&initiator, &initiator_sending, &initiator_receiving);
  sampan_noise_split (&responder, &responder_sending, &responder_receiving);
  for (size_t i = 2; i < NOISE_MESSAGES_MAX && vector->messages[i].payload; i++)
    if (i % 2 == 0)
      run_transport_message (&initiator_sending, &responder_receiving, vector, i);
    else
      run_transport_message (&responder_sending, &initiator_receiving, vector, i);
}

/* B1 */
static void
test_vectors (SampanSuite suite)
{
  for (size_t i = 0; i < G_N_ELEMENTS (noise_vectors); i++)
    if (noise_vectors[i].suite == suite)
      {
        g_test_message ("%s", noise_vectors[i].name);
        run_vector (&noise_vectors[i]);
      }
}

/* Message 1 taken first and mixed in once the prologue is known, as the channel does. */
static void
test_late_start (SampanSuite suite)
{
  const NoiseVector *vector = find_vector (suite);
  SampanBytes prologue = from_hex (vector->prologue);
  SampanNoise initiator;
  uint8_t message[SAMPAN_NOISE_MESSAGE_1_LENGTH];
  uint8_t early[SAMPAN_NOISE_KEY_LENGTH];

  sampan_noise_init (&initiator,
                     SAMPAN_NOISE_INITIATOR,
                     from_hex_fixed (vector->initiator_ephemeral, SAMPAN_NOISE_KEY_LENGTH));
  memcpy (early, sampan_noise_get_ephemeral (&initiator), sizeof early);
  sampan_noise_start (&initiator,
                      suite,
                      SAMPAN_PARTS (sampan_bytes (prologue.data, 3),
                                    sampan_bytes (prologue.data + 3, prologue.length - 3)));
  g_assert_cmpuint (sampan_noise_write (&initiator, NULL, 0, message), ==, sizeof message);
  g_assert_cmpmem (message, sizeof message, early, sizeof early);
}

/* Each bit of message 2, cut everywhere, and another prologue. */
static void
test_message_2_altered (SampanSuite suite)
{
  const NoiseVector *vector = find_vector (suite);
  SampanBytes sent = from_hex (vector->messages[1].ciphertext);
  uint8_t message[MESSAGE_MAX], message_1[MESSAGE_MAX];
  SampanBytes payload_1 = from_hex (vector->messages[0].payload);
  uint8_t *payload;
  size_t payload_length;

  for (size_t bit = 0; bit <= sent.length * 8; bit++)
    {
      SampanNoise initiator;

      start (&initiator, SAMPAN_NOISE_INITIATOR, vector);
      g_assert_cmpuint (
          sampan_noise_write (&initiator, payload_1.data, payload_1.length, message_1),
          >,
          0);
      memcpy (message, sent.data, sent.length);
      if (bit < sent.length * 8)
        message[bit / 8] ^= (uint8_t)(1u << bit % 8);
      g_assert_cmpint (
          sampan_noise_read (&initiator, message, sent.length, &payload, &payload_length),
          ==,
          bit == sent.length * 8);
    }
  for (size_t length = 0; length < sent.length; length++)
    {
      SampanNoise initiator;

      start (&initiator, SAMPAN_NOISE_INITIATOR, vector);
      g_assert_cmpuint (
          sampan_noise_write (&initiator, payload_1.data, payload_1.length, message_1),
          >,
          0);
      memcpy (message, sent.data, sent.length);
      g_assert_false (sampan_noise_read (&initiator, message, length, &payload, &payload_length));
    }
}

/* A2: both sides refuse the points that give a shared secret of zero. */
static void
test_low_order (SampanSuite suite)
{
  const NoiseVector *vector = find_vector (suite);
  uint8_t *payload;
  size_t payload_length;

  for (size_t i = 0; i < 2 * G_N_ELEMENTS (low_order_points); i++)
    {
      SampanNoise initiator, responder;
      uint8_t message[SAMPAN_NOISE_MESSAGE_2_LENGTH] = { 0 }, out[MESSAGE_MAX];

      memcpy (message,
              from_hex_fixed (low_order_points[i / 2], SAMPAN_NOISE_KEY_LENGTH),
              SAMPAN_NOISE_KEY_LENGTH);
      if (i % 2 == 1)
        message[SAMPAN_NOISE_KEY_LENGTH - 1] ^= 0x80; /* the bit that X25519 ignores */

      start (&responder, SAMPAN_NOISE_RESPONDER, vector);
      g_assert_true (sampan_noise_read (&responder,
                                        message,
                                        SAMPAN_NOISE_MESSAGE_1_LENGTH,
                                        &payload,
                                        &payload_length));
      g_assert_cmpuint (sampan_noise_write (&responder, NULL, 0, out), ==, 0);

      start (&initiator, SAMPAN_NOISE_INITIATOR, vector);
      g_assert_cmpuint (sampan_noise_write (&initiator, NULL, 0, out), >, 0);
      g_assert_false (
          sampan_noise_read (&initiator, message, sizeof message, &payload, &payload_length));
    }
}

/* The two suites differ from the first hash on. */
static void
test_suites_differ (void)
{
  SampanNoise one, other;

  sampan_noise_init (&one, SAMPAN_NOISE_INITIATOR, NULL);
  other = one;
  sampan_noise_start (&one, SAMPAN_SUITE_CHACHAPOLY, NULL, 0);
  sampan_noise_start (&other, SAMPAN_SUITE_AESGCM, NULL, 0);
  g_assert_cmpint (memcmp (one.h, other.h, sizeof one.h), !=, 0);
}

static void
test_clear (void)
{
  SampanNoise noise;

  sampan_noise_init (&noise, SAMPAN_NOISE_RESPONDER, NULL);
  sampan_noise_clear (&noise);
  g_assert_true (sodium_is_zero ((const uint8_t *)&noise, sizeof noise));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (sampan_crypto_init ());
  add_suite_test ("/noise/vectors", test_vectors);
  add_suite_test ("/noise/late-start", test_late_start);
  add_suite_test ("/noise/fail/message-2-altered", test_message_2_altered);
  add_suite_test ("/noise/fail/low-order", test_low_order);
  g_test_add_func ("/noise/suites-differ", test_suites_differ);
  g_test_add_func ("/noise/clear", test_clear);
  return g_test_run ();
}
