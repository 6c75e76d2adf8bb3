/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The hellos: what is agreed, and what is refused. */

#include "config.h"

#include "errors.h"
#include "hello-fixture.h"
#include "secret.h"
#include "suite-test.h"

#include <sodium.h>
#include <string.h>

/* What is offered and taken for what each end can do. */
typedef struct
{
  const char *name;
  SampanSuite client_lacks;
  SampanSuite server_lacks;
  const char *offer; /* count and suites */
  SampanSuite taken;
  bool needs_aes;
} Agreement;

static const Agreement agreements[] = {
  { "both", SAMPAN_SUITE_NONE, SAMPAN_SUITE_NONE, "\x02\x02\x01", SAMPAN_SUITE_AESGCM, true },
  { "server-without-aes",
    SAMPAN_SUITE_NONE,
    SAMPAN_SUITE_AESGCM,
    "\x02\x02\x01",
    SAMPAN_SUITE_CHACHAPOLY,
    true },
  { "client-without-aes",
    SAMPAN_SUITE_AESGCM,
    SAMPAN_SUITE_NONE,
    "\x01\x01",
    SAMPAN_SUITE_CHACHAPOLY,
    false },
  { "neither-with-aes",
    SAMPAN_SUITE_AESGCM,
    SAMPAN_SUITE_AESGCM,
    "\x01\x01",
    SAMPAN_SUITE_CHACHAPOLY,
    false },
  { "aes-alone",
    SAMPAN_SUITE_CHACHAPOLY,
    SAMPAN_SUITE_NONE,
    "\x01\x02",
    SAMPAN_SUITE_AESGCM,
    true },
};

static void
test_agree (gconstpointer data)
{
  const Agreement *agreement = data;
  size_t offer_length = strlen (agreement->offer);
  HelloFixture f;

  if (agreement->needs_aes && !suite_or_skip (SAMPAN_SUITE_AESGCM))
    return;
  set_up_lacking (&f, agreement->client_lacks, agreement->server_lacks);
  g_assert_cmpmem (f.hello, COUNT_OFFSET, SAMPAN_MAGIC "\x01", COUNT_OFFSET);
  g_assert_cmpmem (f.hello + COUNT_OFFSET, offer_length, agreement->offer, offer_length);
  g_assert_cmpuint (f.hello_length, ==, COUNT_OFFSET + offer_length + 32);
  g_assert_cmpint (run_server (&f), ==, SAMPAN_CHANNEL_READY);
  g_assert_cmpuint (f.consumed, ==, f.hello_length);
  g_assert_cmpmem (f.answer, SERVER_SUITE_OFFSET, SAMPAN_MAGIC "\x01", SERVER_SUITE_OFFSET);
  g_assert_cmpuint (f.answer[SERVER_SUITE_OFFSET], ==, agreement->taken);
  g_assert_cmpuint (f.answer_length, ==, SAMPAN_HELLO_SERVER_LENGTH);
  g_assert_cmpint (run_client (&f), ==, 0);
  g_assert_cmpuint (f.consumed, ==, SAMPAN_HELLO_SERVER_LENGTH);

  g_assert_cmpint (sampan_channel_get_suite (f.client), ==, agreement->taken);
  g_assert_cmpint (sampan_channel_get_suite (f.server), ==, agreement->taken);
  g_assert_cmpmem (sampan_channel_get_handshake_hash (f.client),
                   SAMPAN_HANDSHAKE_HASH_LENGTH,
                   sampan_channel_get_handshake_hash (f.server),
                   SAMPAN_HANDSHAKE_HASH_LENGTH);
  g_assert_false (sodium_is_zero (f.client->h, sizeof f.client->h));
  g_assert_null (f.client->hello);
  assert_passes (f.client, f.server, "ping");
  assert_passes (f.server, f.client, "pong");
  tear_down (&f);
}

/* A client that has AESGCM alone, and a server without the instructions. */
static void
test_nothing_in_common (void)
{
  HelloFixture f;

  if (!suite_or_skip (SAMPAN_SUITE_AESGCM))
    return;
  set_up_lacking (&f, SAMPAN_SUITE_CHACHAPOLY, SAMPAN_SUITE_AESGCM);
  g_assert_cmpint (run_server (&f), ==, SAMPAN_CHANNEL_FAILED);
  g_assert_cmpmem (f.answer, f.answer_length, SAMPAN_MAGIC "\x01\x00", 10);
  g_assert_cmpint (run_client (&f), ==, SAMPAN_ERROR_UNSUPPORTED);
  tear_down (&f);
}

/* The prologue byte for byte, with a Noise initiator that is no channel. */
static void
test_prologue (SampanSuite suite)
{
  uint8_t prologue[] = SAMPAN_MAGIC "\x01\x01?" SAMPAN_MAGIC "\x01?";
  const size_t client_length = SUITES_OFFSET + 1;
  SampanNoise initiator;
  uint8_t message[SAMPAN_NOISE_MESSAGE_2_LENGTH], *payload;
  size_t payload_length;
  HelloFixture f;

  prologue[SUITES_OFFSET] = prologue[client_length + SERVER_SUITE_OFFSET] = (uint8_t)suite;
  set_up_suite (&f, suite);
  sampan_noise_init (&initiator, SAMPAN_NOISE_INITIATOR, NULL);
  memcpy (f.hello, prologue, client_length);
  memcpy (f.hello + client_length, sampan_noise_get_ephemeral (&initiator), 32);
  g_assert_cmpint (run_server (&f), ==, SAMPAN_CHANNEL_READY);
  g_assert_cmpmem (f.answer, 10, prologue + client_length, 10);

  sampan_noise_start (&initiator,
                      suite,
                      SAMPAN_PARTS (sampan_bytes (prologue, sizeof prologue - 1)));
  g_assert_cmpuint (sampan_noise_write (&initiator, NULL, 0, message), >, 0);
  memcpy (message, f.answer + 10, sizeof message);
  g_assert_true (
      sampan_noise_read (&initiator, message, sizeof message, &payload, &payload_length));
  g_assert_cmpuint (payload_length, ==, 0);
  g_assert_cmpmem (initiator.h, sizeof initiator.h, f.server->h, sizeof f.server->h);
  tear_down (&f);
}

/* No two handshakes are alike: A6. */
static void
test_fresh (SampanSuite suite)
{
  HelloFixture a, b;

  set_up_suite (&a, suite);
  set_up_suite (&b, suite);
  g_assert_cmpint (run_server (&a), ==, SAMPAN_CHANNEL_READY);
  memcpy (b.hello, a.hello, sizeof b.hello); /* a replay */
  g_assert_cmpint (run_server (&b), ==, SAMPAN_CHANNEL_READY);
  g_assert_cmpint (memcmp (a.server->h, b.server->h, sizeof a.server->h), !=, 0);
  g_assert_cmpint (memcmp (a.answer, b.answer, sizeof a.answer), !=, 0);
  tear_down (&a);
  tear_down (&b);
}

/* Nothing is consumed before all is there; what follows is left alone. */
static void
test_piecewise (SampanSuite suite)
{
  HelloFixture f;
  uint8_t answer[SAMPAN_HELLO_SERVER_LENGTH + 3] = { 0 };
  size_t whole;
  g_autoptr (GError) error = NULL;

  set_up_suite (&f, suite);
  whole = f.hello_length;
  for (f.hello_length = 0; f.hello_length < whole; f.hello_length++)
    {
      g_assert_cmpint (run_server (&f), ==, SAMPAN_CHANNEL_NEED_MORE);
      g_assert_cmpuint (f.consumed + f.answer_length, ==, 0);
    }
  f.hello_length = whole + 5;
  g_assert_cmpint (run_server (&f), ==, SAMPAN_CHANNEL_READY);
  g_assert_cmpuint (f.consumed, ==, whole);

  memcpy (answer, f.answer, f.answer_length);
  for (size_t length = 0; length < f.answer_length; length++)
    {
      g_assert_cmpint (
          sampan_channel_read_server_hello (f.client, answer, length, &f.consumed, &error),
          ==,
          SAMPAN_CHANNEL_NEED_MORE);
      g_assert_no_error (error);
      g_assert_cmpuint (f.consumed, ==, 0);
    }
  g_assert_cmpint (
      sampan_channel_read_server_hello (f.client, answer, sizeof answer, &f.consumed, &error),
      ==,
      SAMPAN_CHANNEL_READY);
  g_assert_cmpuint (f.consumed, ==, f.answer_length);
  tear_down (&f);
}

/* The refusal is short, and known for what it is before a whole hello is there. */
static void
test_refusals (void)
{
  static const struct
  {
    const char *bytes;
    size_t length;
    bool answered;
  } cases[] = {
    { SAMPAN_MAGIC "\x02", 9, true },
    { SAMPAN_MAGIC "\x00", 9, true },
    { SAMPAN_MAGIC "\xff", 9, true },
    { SAMPAN_MAGIC "\x01\x00", 10, false },
    { SAMPAN_MAGIC "\x01\x09", 10, false },
    { SAMPAN_MAGIC "\x01\xff", 10, false },
    { "G", 1, false },
    { "\x89T", 2, false },
    { "\x89SAMPAN\r", 8, false },
    { "\x16\x03\x01", 3, false },
    { "SSH-2.0-", 8, false },
    { "\0\0\0\0\0\0\0\0", 8, false },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      HelloFixture f;

      set_up (&f);
      memcpy (f.hello, cases[i].bytes, cases[i].length);
      f.hello_length = cases[i].length;
      g_assert_cmpint (run_server (&f), ==, SAMPAN_CHANNEL_FAILED);
      g_assert_cmpuint (f.consumed, ==, 0);
      if (cases[i].answered)
        {
          g_assert_cmpmem (f.answer, f.answer_length, SAMPAN_MAGIC "\x01\x00", 10);
          g_assert_cmpint (run_client (&f), ==, SAMPAN_ERROR_UNSUPPORTED);
        }
      else
        g_assert_cmpuint (f.answer_length, ==, 0);
      tear_down (&f);
    }
}

/* What a client says to other servers' first bytes. */
static void
test_other_servers (void)
{
  static const struct
  {
    const char *bytes;
    size_t length;
    int code;
  } cases[] = {
    { "S", 1, SAMPAN_ERROR_PROTOCOL },
    { "HTTP/1.1 400", 12, SAMPAN_ERROR_PROTOCOL },
    { "\x89SAMPAN", 7, 0 },
    { SAMPAN_MAGIC "\x02", 9, SAMPAN_ERROR_UNSUPPORTED },
    { SAMPAN_MAGIC "\x01\x00", 10, SAMPAN_ERROR_UNSUPPORTED },
    { SAMPAN_MAGIC "\x01\x02", 10, SAMPAN_ERROR_PROTOCOL }, /* not offered */
    { SAMPAN_MAGIC "\x01\x03", 10, SAMPAN_ERROR_PROTOCOL },
    { SAMPAN_MAGIC "\x01\x01", 10, 0 },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      HelloFixture f;
      g_autoptr (GError) error = NULL;
      SampanChannelResult result;

      set_up_suite (&f, SAMPAN_SUITE_CHACHAPOLY);
      result = sampan_channel_read_server_hello (f.client,
                                                 (const uint8_t *)cases[i].bytes,
                                                 cases[i].length,
                                                 &f.consumed,
                                                 &error);
      if (cases[i].code == 0)
        g_assert_cmpint (result, ==, SAMPAN_CHANNEL_NEED_MORE);
      else
        {
          g_assert_cmpint (result, ==, SAMPAN_CHANNEL_FAILED);
          g_assert_error (error, SAMPAN_ERROR, cases[i].code);
        }
      tear_down (&f);
    }
}

/* A11: frames before the hellos are over. */
static void
test_too_early (SampanSuite suite)
{
  HelloFixture f;
  uint8_t frame[SAMPAN_FRAME_HEADER + 1 + SAMPAN_FRAME_TAG] = { 0, 17 };

  set_up_suite (&f, suite);
  assert_refuses (f.server, frame, sizeof frame);
  assert_refuses (f.client, frame, sizeof frame);
  g_assert_cmpuint (sampan_channel_seal (f.client, frame, 1), ==, 0);
  tear_down (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (sampan_crypto_init ());
  for (size_t i = 0; i < G_N_ELEMENTS (agreements); i++)
    {
      g_autofree char *path = g_strdup_printf ("/channel/hello/agree/%s", agreements[i].name);

      g_test_add_data_func (path, &agreements[i], test_agree);
    }
  add_suite_test ("/channel/hello/prologue", test_prologue);
  add_suite_test ("/channel/hello/fresh", test_fresh);
  add_suite_test ("/channel/hello/piecewise", test_piecewise);
  g_test_add_func ("/channel/hello/fail/nothing-in-common", test_nothing_in_common);
  g_test_add_func ("/channel/hello/fail/refusals", test_refusals);
  g_test_add_func ("/channel/hello/fail/other-servers", test_other_servers);
  add_suite_test ("/channel/hello/fail/too-early", test_too_early);
  return g_test_run ();
}
