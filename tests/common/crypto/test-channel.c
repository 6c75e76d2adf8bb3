/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Frames: what comes through, what does not, and how the keys move. */

#include "config.h"

#include "aes-gcm.h"
#include "channel-pair.h"
#include "channel.h"
#include "secret.h"
#include "suite-test.h"

#include <sodium.h>
#include <string.h>

static const char text[] = "a message of the length of some";

static void
test_lengths (SampanSuite suite)
{
  static const size_t lengths[] = {
    1, 2, 15, 16, 17, 63, 64, 65, SAMPAN_FRAME_PLAIN_MAX - 1, SAMPAN_FRAME_PLAIN_MAX
  };
  g_autofree uint8_t *plain = g_malloc (SAMPAN_FRAME_PLAIN_MAX);
  ChannelPair pair;

  randombytes_buf (plain, SAMPAN_FRAME_PLAIN_MAX);
  channel_pair_init (&pair, suite, true);
  for (size_t i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      size_t frame_length;
      g_autofree uint8_t *frame = seal_frame (pair.client, plain, lengths[i], &frame_length);

      assert_opens (pair.server, frame, frame_length, plain, lengths[i]);
    }
  channel_pair_clear (&pair);
}

/* A10: the length is judged before the rest is there. */
static void
test_length_field (SampanSuite suite)
{
  static const struct
  {
    uint16_t sealed_length;
    bool logged_in;
    bool refused;
  } cases[] = {
    { 0, false, true },
    { 1, false, true },
    { 15, false, true },
    { 16, false, true },
    { 17, false, false },
    { SAMPAN_PRE_LOGIN_FRAME_MAX + 16, false, false },
    { SAMPAN_PRE_LOGIN_FRAME_MAX + 17, false, true },
    { 65535, false, true },
    { 0, true, true },
    { 16, true, true },
    { 17, true, false },
    { 65535, true, false },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      ChannelPair pair;
      uint8_t header[] = { (uint8_t)(cases[i].sealed_length >> 8),
                           (uint8_t)cases[i].sealed_length };
      uint8_t *message;
      size_t consumed, length;

      channel_pair_init (&pair, suite, cases[i].logged_in);
      if (cases[i].refused)
        assert_refuses (pair.server, header, sizeof header);
      else
        {
          g_assert_cmpint (sampan_channel_open (pair.server,
                                                header,
                                                sizeof header,
                                                &consumed,
                                                &message,
                                                &length),
                           ==,
                           SAMPAN_CHANNEL_NEED_MORE);
          g_assert_cmpuint (length, ==, SAMPAN_FRAME_HEADER + cases[i].sealed_length);
          g_assert_cmpuint (consumed, ==, 0);
        }
      channel_pair_clear (&pair);
    }
}

/* The largest frame before login, and one byte more. */
static void
test_limit_before_login (SampanSuite suite)
{
  uint8_t plain[SAMPAN_PRE_LOGIN_FRAME_MAX + 1] = { 0 };
  ChannelPair pair;

  channel_pair_init (&pair, suite, false);
  for (size_t extra = 0; extra < 2; extra++)
    {
      size_t frame_length;
      g_autofree uint8_t *frame =
          seal_frame (pair.client, plain, SAMPAN_PRE_LOGIN_FRAME_MAX + extra, &frame_length);

      if (extra == 0)
        assert_opens (pair.server, frame, frame_length, plain, SAMPAN_PRE_LOGIN_FRAME_MAX);
      else
        assert_refuses (pair.server, frame, frame_length);
    }
  channel_pair_clear (&pair);
}

static void
test_cut_everywhere (SampanSuite suite)
{
  ChannelPair pair;
  size_t frame_length;
  g_autofree uint8_t *frame = NULL;

  channel_pair_init (&pair, suite, true);
  frame = seal_frame (pair.client, text, sizeof text, &frame_length);
  for (size_t length = 0; length < frame_length; length++)
    {
      uint8_t *message;
      size_t consumed, announced;

      g_assert_cmpint (
          sampan_channel_open (pair.server, frame, length, &consumed, &message, &announced),
          ==,
          SAMPAN_CHANNEL_NEED_MORE);
      g_assert_cmpuint (consumed, ==, 0);
      g_assert_cmpuint (announced, ==, length < SAMPAN_FRAME_HEADER ? 0 : frame_length);
    }
  assert_opens (pair.server, frame, frame_length, text, sizeof text);
  channel_pair_clear (&pair);
}

/* Each bit; in the length field a flip may ask for more bytes, and then these are refused. */
static void
test_every_bit (SampanSuite suite)
{
  for (size_t bit = 0; bit < (SAMPAN_FRAME_HEADER + sizeof text + SAMPAN_FRAME_TAG) * 8; bit++)
    {
      ChannelPair pair;
      size_t frame_length;
      g_autofree uint8_t *frame = NULL;
      g_autofree uint8_t *input = g_malloc0 (SAMPAN_FRAME_MAX);

      channel_pair_init (&pair, suite, true);
      frame = seal_frame (pair.client, text, sizeof text, &frame_length);
      memcpy (input, frame, frame_length);
      input[bit / 8] ^= (uint8_t)(1u << bit % 8);
      assert_refuses (pair.server, input, SAMPAN_FRAME_MAX);
      channel_pair_clear (&pair);
    }
}

/* A7 */
static void
test_order (SampanSuite suite)
{
  enum
  {
    REPLAYED,
    DROPPED,
    SWAPPED,
    REFLECTED,
    N_CASES
  };

  for (int which = 0; which < N_CASES; which++)
    {
      ChannelPair pair;
      size_t length;
      g_autofree uint8_t *first = NULL;
      g_autofree uint8_t *second = NULL;
      g_autofree uint8_t *copy = NULL;

      channel_pair_init (&pair, suite, true);
      first = seal_frame (pair.client, text, sizeof text, &length);
      second = seal_frame (pair.client, text, sizeof text, &length);
      copy = g_memdup2 (first, length);
      g_assert_cmpint (memcmp (first, second, length), !=, 0);
      if (which == REPLAYED)
        {
          assert_opens (pair.server, first, length, text, sizeof text);
          assert_refuses (pair.server, copy, length);
        }
      else if (which == REFLECTED)
        assert_refuses (pair.client, first, length);
      else /* DROPPED, and SWAPPED until the second comes first */
        assert_refuses (pair.server, second, length);
      if (which == SWAPPED)
        assert_refuses (pair.server, first, length);
      channel_pair_clear (&pair);
    }
}

/* Many in one buffer, as a socket delivers them. */
static void
test_stream (SampanSuite suite)
{
  enum
  {
    FRAMES = 50
  };
  g_autoptr (GByteArray) stream = g_byte_array_new ();
  ChannelPair pair;
  size_t offset = 0;

  channel_pair_init (&pair, suite, true);
  for (unsigned int i = 1; i <= FRAMES; i++)
    {
      g_autofree char *line = g_strnfill (i, 'x');
      size_t length;
      g_autofree uint8_t *frame = seal_frame (pair.server, line, i, &length);

      g_byte_array_append (stream, frame, (guint)length);
    }
  for (unsigned int i = 1; i <= FRAMES; i++)
    {
      uint8_t *message;
      size_t consumed, length;

      g_assert_cmpint (sampan_channel_open (pair.client,
                                            stream->data + offset,
                                            stream->len - offset,
                                            &consumed,
                                            &message,
                                            &length),
                       ==,
                       SAMPAN_CHANNEL_READY);
      g_assert_cmpuint (length, ==, i);
      offset += consumed;
    }
  g_assert_cmpuint (offset, ==, stream->len);
  channel_pair_clear (&pair);
}

/* Noise 4.2 by another way. With ChaChaPoly, 32 zero bytes encrypted are the key stream from its
 * second block on; with AESGCM, the AEAD's own call, of which another test has figures. */
static void
compute_rekey (SampanSuite suite, const uint8_t *key, uint8_t *out)
{
  static const uint8_t nonce[] = { 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255 };
  static const uint8_t zeros[SAMPAN_CIPHER_KEY_LENGTH];
  uint8_t sealed[SAMPAN_CIPHER_KEY_LENGTH + SAMPAN_CIPHER_TAG_LENGTH] = { 0 };

  if (suite == SAMPAN_SUITE_AESGCM)
    g_assert_true (
        sampan_aes_gcm_seal (key, nonce, NULL, 0, sealed, sizeof zeros, sealed + sizeof zeros));
  else
    g_assert_cmpint (
        crypto_stream_chacha20_ietf_xor_ic (sealed, zeros, sizeof zeros, nonce, 1, key),
        ==,
        0);
  memcpy (out, sealed, SAMPAN_CIPHER_KEY_LENGTH);
}

static void
test_rekey (SampanSuite suite)
{
  ChannelPair pair;
  uint8_t before[SAMPAN_CIPHER_KEY_LENGTH], expected[SAMPAN_CIPHER_KEY_LENGTH];

  channel_pair_init (&pair, suite, true);
  memcpy (before, pair.client->sending.key, sizeof before);
  compute_rekey (suite, before, expected);
  for (uint64_t i = 0; i < SAMPAN_REKEY_RECORDS - 1; i++)
    assert_passes (pair.client, pair.server, "x");
  g_assert_cmpmem (pair.client->sending.key, sizeof before, before, sizeof before);
  g_assert_cmpmem (pair.server->receiving.key, sizeof before, before, sizeof before);

  assert_passes (pair.client, pair.server, "the last of the old key");
  g_assert_cmpmem (pair.client->sending.key, sizeof expected, expected, sizeof expected);
  g_assert_cmpmem (pair.server->receiving.key, sizeof expected, expected, sizeof expected);
  g_assert_cmpuint (pair.client->sending.counter, ==, SAMPAN_REKEY_RECORDS);
  assert_passes (pair.client, pair.server, "the first of the new one");

  /* the other direction has not moved */
  g_assert_cmpuint (pair.server->sending.counter, ==, 0);
  assert_passes (pair.server, pair.client, "x");
  channel_pair_clear (&pair);
}

/* The second boundary, where an error that cancels out at the first would show. */
static void
test_rekey_again (SampanSuite suite)
{
  ChannelPair pair;
  uint8_t expected[SAMPAN_CIPHER_KEY_LENGTH];

  channel_pair_init (&pair, suite, true);
  pair.client->sending.counter = pair.server->receiving.counter = 2 * SAMPAN_REKEY_RECORDS - 2;
  assert_passes (pair.client, pair.server, "x");
  compute_rekey (suite, pair.client->sending.key, expected);
  assert_passes (pair.client, pair.server, "x");
  g_assert_cmpmem (pair.client->sending.key, sizeof expected, expected, sizeof expected);
  assert_passes (pair.client, pair.server, "x");

  /* an end that does not rekey is not understood */
  pair.client->sending.counter = pair.server->receiving.counter = 3 * SAMPAN_REKEY_RECORDS - 1;
  memcpy (expected, pair.client->sending.key, sizeof expected);
  assert_passes (pair.client, pair.server, "x");
  memcpy (pair.client->sending.key, expected, sizeof expected);
  {
    size_t length;
    g_autofree uint8_t *frame = seal_frame (pair.client, text, sizeof text, &length);

    assert_refuses (pair.server, frame, length);
  }
  channel_pair_clear (&pair);
}

/* A9 */
static void
test_counter_exhausted (SampanSuite suite)
{
  ChannelPair pair;
  uint8_t frame[SAMPAN_FRAME_HEADER + 1 + SAMPAN_FRAME_TAG] = { 0, 17 };

  channel_pair_init (&pair, suite, true);
  pair.client->sending.counter = pair.server->receiving.counter = UINT64_MAX - 1;
  assert_passes (pair.client, pair.server, "the last");
  g_assert_cmpuint (sampan_channel_seal (pair.client, frame, 1), ==, 0);
  g_assert_cmpuint (sampan_channel_seal (pair.client, frame, 1), ==, 0);
  assert_refuses (pair.server, frame, sizeof frame);
  channel_pair_clear (&pair);
}

/* The key of HKDF and HMAC as libsodium's own calls give it. */
static void
compute_switched_key (const SampanChannel *channel,
                      const char *secret,
                      uint8_t direction,
                      uint8_t out[static crypto_auth_hmacsha512_BYTES])
{
  crypto_auth_hmacsha512_state state;
  uint8_t prk[crypto_auth_hmacsha512_BYTES];
  const uint8_t tail[] = { direction, 1 };

  crypto_auth_hmacsha512_init (&state, channel->h, sizeof channel->h);
  crypto_auth_hmacsha512_update (&state, (const uint8_t *)secret, strlen (secret));
  crypto_auth_hmacsha512_final (&state, prk);
  crypto_auth_hmacsha512_init (&state, prk, sizeof prk);
  crypto_auth_hmacsha512_update (&state, (const uint8_t *)"Sampan-channel-key-v1", 21);
  crypto_auth_hmacsha512_update (&state, tail, sizeof tail);
  crypto_auth_hmacsha512_final (&state, out);
}

static void
test_switch_keys (SampanSuite suite)
{
  static const char secret[] = "secret";
  const uint8_t *bytes = (const uint8_t *)secret;
  uint8_t expected[crypto_auth_hmacsha512_BYTES];
  ChannelPair pair;

  channel_pair_init (&pair, suite, false);
  assert_passes (pair.client, pair.server, "before");
  sampan_channel_switch_sending_key (pair.client, bytes, strlen (secret));
  sampan_channel_switch_receiving_key (pair.server, bytes, strlen (secret));
  compute_switched_key (pair.client, secret, 1, expected);
  g_assert_cmpmem (pair.client->sending.key, 32, expected, 32);
  g_assert_cmpuint (pair.client->sending.counter, ==, 0);
  assert_passes (pair.client, pair.server, "one direction");
  assert_passes (pair.server, pair.client, "the other is still under the first key");

  sampan_channel_switch_sending_key (pair.server, bytes, strlen (secret));
  sampan_channel_switch_receiving_key (pair.client, bytes, strlen (secret));
  compute_switched_key (pair.client, secret, 2, expected);
  g_assert_cmpmem (pair.server->sending.key, 32, expected, 32);
  assert_passes (pair.server, pair.client, "both");
  assert_passes (pair.client, pair.server, "both");
  channel_pair_clear (&pair);
}

/* A switch by one end alone, or with another secret, is a dead channel. */
static void
test_switch_mismatch (SampanSuite suite)
{
  static const uint8_t one[] = "one", other[] = "two";

  for (int which = 0; which < 2; which++)
    {
      ChannelPair pair;
      size_t length;
      g_autofree uint8_t *frame = NULL;

      channel_pair_init (&pair, suite, false);
      sampan_channel_switch_sending_key (pair.client, one, sizeof one);
      if (which == 1)
        sampan_channel_switch_receiving_key (pair.server, other, sizeof other);
      frame = seal_frame (pair.client, text, sizeof text, &length);
      assert_refuses (pair.server, frame, length);
      channel_pair_clear (&pair);
    }
}

/* One direction's failure is not the other's. */
static void
test_directions_apart (SampanSuite suite)
{
  ChannelPair pair;
  size_t length;
  g_autofree uint8_t *frame = NULL;

  channel_pair_init (&pair, suite, true);
  frame = seal_frame (pair.client, text, sizeof text, &length);
  frame[5] ^= 1;
  assert_refuses (pair.server, frame, length);
  g_assert_false (sampan_cipher_has_key (&pair.server->receiving));
  g_assert_true (sodium_is_zero (pair.server->receiving.key, SAMPAN_CIPHER_KEY_LENGTH));
  assert_passes (pair.server, pair.client, "still there");
  channel_pair_clear (&pair);
}

static void
test_attach_proof (SampanSuite suite)
{
  ChannelPair pair, other;
  uint8_t ticket[SAMPAN_TICKET_LENGTH] = { 1 };
  uint8_t a[SAMPAN_ATTACH_PROOF_LENGTH], b[SAMPAN_ATTACH_PROOF_LENGTH];
  crypto_auth_hmacsha512_state state;

  channel_pair_init (&pair, suite, false);
  channel_pair_init (&other, suite, false);
  sampan_channel_attach_proof (pair.client, ticket, a);
  crypto_auth_hmacsha512_init (&state, ticket, sizeof ticket);
  crypto_auth_hmacsha512_update (&state, (const uint8_t *)"Sampan-attach-v1", 16);
  crypto_auth_hmacsha512_update (&state, pair.client->h, sizeof pair.client->h);
  crypto_auth_hmacsha512_final (&state, b);
  g_assert_cmpmem (a, sizeof a, b, sizeof b);

  sampan_channel_attach_proof (pair.server, ticket, b);
  g_assert_cmpmem (a, sizeof a, b, sizeof b);
  sampan_channel_attach_proof (other.server, ticket, b); /* another channel */
  g_assert_cmpint (memcmp (a, b, sizeof a), !=, 0);
  ticket[0]++;
  sampan_channel_attach_proof (pair.server, ticket, b);
  g_assert_cmpint (memcmp (a, b, sizeof a), !=, 0);
  channel_pair_clear (&pair);
  channel_pair_clear (&other);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (sampan_crypto_init ());
  add_suite_test ("/channel/lengths", test_lengths);
  add_suite_test ("/channel/length-field", test_length_field);
  add_suite_test ("/channel/limit-before-login", test_limit_before_login);
  add_suite_test ("/channel/cut-everywhere", test_cut_everywhere);
  add_suite_test ("/channel/fail/every-bit", test_every_bit);
  add_suite_test ("/channel/fail/order", test_order);
  add_suite_test ("/channel/stream", test_stream);
  add_suite_test ("/channel/rekey/first", test_rekey);
  add_suite_test ("/channel/rekey/again", test_rekey_again);
  add_suite_test ("/channel/fail/counter-exhausted", test_counter_exhausted);
  add_suite_test ("/channel/switch/keys", test_switch_keys);
  add_suite_test ("/channel/switch/mismatch", test_switch_mismatch);
  add_suite_test ("/channel/directions-apart", test_directions_apart);
  add_suite_test ("/channel/attach-proof", test_attach_proof);
  return g_test_run ();
}
