/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The hellos: what is agreed, and what is refused. */

#include "config.h"

#include "channel-pair.h"
#include "channel.h"
#include "errors.h"
#include "secret.h"
#include "suite-test.h"

#include <sodium.h>
#include <string.h>

/* Magic, version, count and suites; then message 1. */
#define VERSION_OFFSET SAMPAN_MAGIC_LENGTH
#define COUNT_OFFSET (SAMPAN_MAGIC_LENGTH + 1)
#define SUITES_OFFSET (SAMPAN_MAGIC_LENGTH + 2)
#define SERVER_SUITE_OFFSET (SAMPAN_MAGIC_LENGTH + 1)

typedef struct
{
  SampanChannel *client;
  SampanChannel *server;
  uint8_t hello[SAMPAN_HELLO_CLIENT_MAX + 8];
  size_t hello_length;
  uint8_t answer[SAMPAN_HELLO_SERVER_LENGTH];
  size_t answer_length;
  size_t consumed;
} Fixture;

/* LACKS: a suite that this end cannot do, or NONE. */
static void
set_up_lacking (Fixture *self, SampanSuite client_lacks, SampanSuite server_lacks)
{
  memset (self, 0, sizeof *self);
  self->client = sampan_channel_new_client ();
  self->server = sampan_channel_new_server ();
  sampan_channel_set_lacks (self->client, client_lacks);
  sampan_channel_set_lacks (self->server, server_lacks);
  self->hello_length = sampan_channel_write_hello (self->client, self->hello);
}

/* Both ends can do whatever this machine can. */
static void
set_up (Fixture *self)
{
  set_up_lacking (self, SAMPAN_SUITE_NONE, SAMPAN_SUITE_NONE);
}

/* SUITE alone is offered. */
static void
set_up_suite (Fixture *self, SampanSuite suite)
{
  set_up_lacking (self, get_other_suite (suite), SAMPAN_SUITE_NONE);
}

static void
tear_down (Fixture *self)
{
  sampan_channel_free (self->client);
  sampan_channel_free (self->server);
}

static SampanChannelResult
run_server (Fixture *self)
{
  return sampan_channel_read_client_hello (self->server,
                                           self->hello,
                                           self->hello_length,
                                           &self->consumed,
                                           self->answer,
                                           &self->answer_length);
}

/* The code of the error, or 0 for READY. */
static int
run_client (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  SampanChannelResult result = sampan_channel_read_server_hello (self->client,
                                                                 self->answer,
                                                                 self->answer_length,
                                                                 &self->consumed,
                                                                 &error);

  if (result == SAMPAN_CHANNEL_READY)
    return 0;
  g_assert_cmpint (result, ==, SAMPAN_CHANNEL_FAILED);
  g_assert_true (error->domain == SAMPAN_ERROR);
  g_assert_cmpint (sampan_channel_get_suite (self->client), ==, SAMPAN_SUITE_NONE);
  return error->code;
}

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
  Fixture f;

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
  Fixture f;

  if (!suite_or_skip (SAMPAN_SUITE_AESGCM))
    return;
  set_up_lacking (&f, SAMPAN_SUITE_CHACHAPOLY, SAMPAN_SUITE_AESGCM);
  g_assert_cmpint (run_server (&f), ==, SAMPAN_CHANNEL_FAILED);
  g_assert_cmpmem (f.answer, f.answer_length, SAMPAN_MAGIC "\x01\x00", 10);
  g_assert_cmpint (run_client (&f), ==, SAMPAN_ERROR_UNSUPPORTED);
  tear_down (&f);
}

/* No two handshakes are alike: A6. */
static void
test_fresh (SampanSuite suite)
{
  Fixture a, b;

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
  Fixture f;
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

/* A1, A3, A4, J2: each bit of the client's hello. Whatever the server makes of it, the client does
 * not take the answer. */
static void
test_client_hello_altered (gconstpointer data)
{
  SampanSuite client_lacks = (SampanSuite)GPOINTER_TO_INT (data);
  size_t answered = 0, bits = SIZE_MAX;

  for (size_t bit = 0; bit < bits; bit++)
    {
      Fixture f;
      SampanChannelResult result;

      set_up_lacking (&f, client_lacks, SAMPAN_SUITE_NONE);
      bits = f.hello_length * 8;
      f.hello[bit / 8] ^= (uint8_t)(1u << bit % 8);
      result = run_server (&f);
      g_test_message ("bit %zu: %d", bit, (int)result);
      if (bit < VERSION_OFFSET * 8)
        g_assert_true (result == SAMPAN_CHANNEL_FAILED && f.answer_length == 0);
      if (result == SAMPAN_CHANNEL_READY)
        {
          answered++;
          g_assert_cmpint (run_client (&f), ==, SAMPAN_ERROR_PROTOCOL);
        }
      else if (f.answer_length > 0)
        g_assert_cmpint (run_client (&f), ==, SAMPAN_ERROR_UNSUPPORTED);
      tear_down (&f);
    }
  g_assert_cmpuint (answered, >=, 32 * 8); /* all of message 1: any point will do */
}

/* A1: each bit of the server's. */
static void
test_server_hello_altered (gconstpointer data)
{
  SampanSuite client_lacks = (SampanSuite)GPOINTER_TO_INT (data);

  for (size_t bit = 0; bit < (size_t)SAMPAN_HELLO_SERVER_LENGTH * 8; bit++)
    {
      Fixture f;
      size_t offset = bit / 8;
      bool says_unsupported;

      set_up_lacking (&f, client_lacks, SAMPAN_SUITE_NONE);
      g_assert_cmpint (run_server (&f), ==, SAMPAN_CHANNEL_READY);
      f.answer[offset] ^= (uint8_t)(1u << bit % 8);
      says_unsupported =
          offset == VERSION_OFFSET || (offset == SERVER_SUITE_OFFSET && f.answer[offset] == 0);
      g_assert_cmpint (run_client (&f),
                       ==,
                       says_unsupported ? SAMPAN_ERROR_UNSUPPORTED : SAMPAN_ERROR_PROTOCOL);
      tear_down (&f);
    }
}

/* Puts N suites in the place of those offered. */
static void
replace_offer (Fixture *self, const char *suites, uint8_t n)
{
  uint8_t message_1[32];

  memcpy (message_1, self->hello + self->hello_length - sizeof message_1, sizeof message_1);
  self->hello[COUNT_OFFSET] = n;
  memcpy (self->hello + SUITES_OFFSET, suites, n);
  memcpy (self->hello + SUITES_OFFSET + n, message_1, sizeof message_1);
  self->hello_length = SUITES_OFFSET + n + sizeof message_1;
}

typedef struct
{
  const char *suites;
  uint8_t n_suites;
  SampanSuite taken; /* NONE: the server refuses */
} Tampering;

static void
run_tampering (const Tampering *tampering, SampanSuite lacks)
{
  bool refused = tampering->taken == SAMPAN_SUITE_NONE;
  Fixture f;

  set_up_lacking (&f, lacks, lacks);
  replace_offer (&f, tampering->suites, tampering->n_suites);
  g_assert_cmpint (run_server (&f), ==, refused ? SAMPAN_CHANNEL_FAILED : SAMPAN_CHANNEL_READY);
  g_assert_cmpuint (f.answer[SERVER_SUITE_OFFSET], ==, tampering->taken);
  g_assert_cmpint (run_client (&f), ==, refused ? SAMPAN_ERROR_UNSUPPORTED : SAMPAN_ERROR_PROTOCOL);
  tear_down (&f);
}

/* A suite that was put into or taken out of the offer "1" on the way. */
static void
test_downgrade (void)
{
  static const Tampering cases[] = {
    { "\x01\x02", 2, SAMPAN_SUITE_CHACHAPOLY },
    { "\x02\x01", 2, SAMPAN_SUITE_CHACHAPOLY },
    { "\x01\x01", 2, SAMPAN_SUITE_CHACHAPOLY },
    { "\x09\x08\x07\x06\x05\x04\x03\x01", 8, SAMPAN_SUITE_CHACHAPOLY },
    { "\x02", 1, SAMPAN_SUITE_NONE },
    { "\x00", 1, SAMPAN_SUITE_NONE },
    { "\xff\xfe", 2, SAMPAN_SUITE_NONE },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    run_tampering (&cases[i], SAMPAN_SUITE_AESGCM);
}

/* The same with the offer "2 1"; the first case is the one that an attacker would want. */
static void
test_downgrade_aes (void)
{
  static const Tampering cases[] = {
    { "\x01", 1, SAMPAN_SUITE_CHACHAPOLY },     { "\x02", 1, SAMPAN_SUITE_AESGCM },
    { "\x01\x02", 2, SAMPAN_SUITE_AESGCM }, /* the order does not matter to the server */
    { "\x01\x01", 2, SAMPAN_SUITE_CHACHAPOLY }, { "\x03\x01", 2, SAMPAN_SUITE_CHACHAPOLY },
    { "\x02\x01\x03", 3, SAMPAN_SUITE_AESGCM }, { "\x03", 1, SAMPAN_SUITE_NONE },
  };

  if (!suite_or_skip (SAMPAN_SUITE_AESGCM))
    return;
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    run_tampering (&cases[i], SAMPAN_SUITE_NONE);
}

/* The server's choice swapped for the other suite that was offered, and a stripped offer with the
 * choice put back. */
static void
test_choice_swapped (void)
{
  static const struct
  {
    SampanSuite server_lacks;
    const char *offer; /* NULL: as it was sent */
    SampanSuite taken;
    SampanSuite shown;
  } cases[] = {
    { SAMPAN_SUITE_NONE, NULL, SAMPAN_SUITE_AESGCM, SAMPAN_SUITE_CHACHAPOLY },
    { SAMPAN_SUITE_AESGCM, NULL, SAMPAN_SUITE_CHACHAPOLY, SAMPAN_SUITE_AESGCM },
    { SAMPAN_SUITE_NONE, "\x01", SAMPAN_SUITE_CHACHAPOLY, SAMPAN_SUITE_AESGCM },
    { SAMPAN_SUITE_NONE, "\x02", SAMPAN_SUITE_AESGCM, SAMPAN_SUITE_CHACHAPOLY },
  };

  if (!suite_or_skip (SAMPAN_SUITE_AESGCM))
    return;
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Fixture f;

      set_up_lacking (&f, SAMPAN_SUITE_NONE, cases[i].server_lacks);
      if (cases[i].offer)
        replace_offer (&f, cases[i].offer, 1);
      g_assert_cmpint (run_server (&f), ==, SAMPAN_CHANNEL_READY);
      g_assert_cmpuint (f.answer[SERVER_SUITE_OFFSET], ==, cases[i].taken);
      f.answer[SERVER_SUITE_OFFSET] = (uint8_t)cases[i].shown;
      g_assert_cmpint (run_client (&f), ==, SAMPAN_ERROR_PROTOCOL);
      tear_down (&f);
    }
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
      Fixture f;

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
      Fixture f;
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

/* A2 */
static void
test_low_order (SampanSuite suite)
{
  Fixture f;

  set_up_suite (&f, suite);
  memset (f.hello + f.hello_length - 32, 0, 32);
  g_assert_cmpint (run_server (&f), ==, SAMPAN_CHANNEL_FAILED);
  g_assert_cmpuint (f.answer_length, ==, 0);
  tear_down (&f);

  set_up_suite (&f, suite);
  g_assert_cmpint (run_server (&f), ==, SAMPAN_CHANNEL_READY);
  memset (f.answer + 10, 0, 32);
  g_assert_cmpint (run_client (&f), ==, SAMPAN_ERROR_PROTOCOL);
  tear_down (&f);
}

/* A11: frames before the hellos are over. */
static void
test_too_early (SampanSuite suite)
{
  Fixture f;
  uint8_t frame[SAMPAN_FRAME_HEADER + 1 + SAMPAN_FRAME_TAG] = { 0, 17 };

  set_up_suite (&f, suite);
  assert_refuses (f.server, frame, sizeof frame);
  assert_refuses (f.client, frame, sizeof frame);
  g_assert_cmpuint (sampan_channel_seal (f.client, frame, 1), ==, 0);
  tear_down (&f);
}

/* Each bit of the hellos, for an offer of all that this machine can do, and of ChaChaPoly alone. */
static void
add_altering_tests (void)
{
  static const struct
  {
    const char *name;
    SampanSuite client_lacks;
  } offers[] = {
    { "all", SAMPAN_SUITE_NONE },
    { "chachapoly", SAMPAN_SUITE_AESGCM },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (offers); i++)
    {
      gconstpointer lacks = GINT_TO_POINTER (offers[i].client_lacks);
      g_autofree char *client =
          g_strdup_printf ("/channel/hello/fail/client-altered/%s", offers[i].name);
      g_autofree char *server =
          g_strdup_printf ("/channel/hello/fail/server-altered/%s", offers[i].name);

      g_test_add_data_func (client, lacks, test_client_hello_altered);
      g_test_add_data_func (server, lacks, test_server_hello_altered);
    }
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
  add_suite_test ("/channel/hello/fresh", test_fresh);
  add_suite_test ("/channel/hello/piecewise", test_piecewise);
  add_altering_tests ();
  g_test_add_func ("/channel/hello/fail/nothing-in-common", test_nothing_in_common);
  g_test_add_func ("/channel/hello/fail/downgrade", test_downgrade);
  g_test_add_func ("/channel/hello/fail/downgrade-aes", test_downgrade_aes);
  g_test_add_func ("/channel/hello/fail/choice-swapped", test_choice_swapped);
  g_test_add_func ("/channel/hello/fail/refusals", test_refusals);
  g_test_add_func ("/channel/hello/fail/other-servers", test_other_servers);
  add_suite_test ("/channel/hello/fail/low-order", test_low_order);
  add_suite_test ("/channel/hello/fail/too-early", test_too_early);
  return g_test_run ();
}
