/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Hellos that are altered on the way: nothing comes of them. */

#include "config.h"

#include "errors.h"
#include "hello-fixture.h"
#include "secret.h"
#include "suite-test.h"

#include <string.h>

/* A1, A3, A4, J2: each bit of the client's hello. Whatever the server makes of it, the client does
 * not take the answer. */
static void
test_client_hello_altered (gconstpointer data)
{
  SampanSuite client_lacks = (SampanSuite)GPOINTER_TO_INT (data);
  size_t answered = 0, bits = SIZE_MAX;

  for (size_t bit = 0; bit < bits; bit++)
    {
      HelloFixture f;
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
      HelloFixture f;
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
replace_offer (HelloFixture *self, const char *suites, uint8_t n)
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
  HelloFixture f;

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
      HelloFixture f;

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

/* A2 */
static void
test_low_order (SampanSuite suite)
{
  HelloFixture f;

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
          g_strdup_printf ("/channel/tampering/client-hello/%s", offers[i].name);
      g_autofree char *server =
          g_strdup_printf ("/channel/tampering/server-hello/%s", offers[i].name);

      g_test_add_data_func (client, lacks, test_client_hello_altered);
      g_test_add_data_func (server, lacks, test_server_hello_altered);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (sampan_crypto_init ());
  add_altering_tests ();
  g_test_add_func ("/channel/tampering/downgrade", test_downgrade);
  g_test_add_func ("/channel/tampering/downgrade-aes", test_downgrade_aes);
  g_test_add_func ("/channel/tampering/choice-swapped", test_choice_swapped);
  add_suite_test ("/channel/tampering/low-order", test_low_order);
  return g_test_run ();
}
