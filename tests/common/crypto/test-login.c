/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Login from end to end: over two channel ends, with the real key-stretching function. Each
 * "finish" takes 0.1 s, so that each is made to count. */

#include "config.h"

#include "channel-pair.h"
#include "errors.h"
#include "login-private.h"
#include "login.h"
#include "secret.h"
#include "suite-test.h"

#include <sodium.h>
#include <string.h>

/* "Zürich 20 Å" composed, and decomposed with the ANGSTROM SIGN, which both come to the same NFC.
 */
#define PASSWORD_NFC "Z\xc3\xbcrich 20 \xc3\x85"
#define PASSWORD_NFD "Zu\xcc\x88rich 20 \xe2\x84\xab"

/* The server and its one account, made once: registration is slow. */
static SampanServerKeys keys;
static uint8_t alice_record[SAMPAN_REGISTRATION_RECORD_LENGTH];
static uint8_t fake_record[SAMPAN_REGISTRATION_RECORD_LENGTH];

typedef struct
{
  SampanLoginClient *client;
  SampanLoginServer server;
  uint8_t ke2[SAMPAN_KE2_LENGTH];
  SampanLoginResult result;
} Login;

/* What each side believes that the login is about. */
typedef struct
{
  const char *user;
  const uint8_t *record;
  SampanLoginPurpose purpose;
  SampanSuite suite;
  uint8_t ksf;
  const uint8_t *h;
} Belief;

static SampanSecret *
make_secret (const char *text)
{
  SampanSecret *secret = sampan_secret_new (text, strlen (text));

  g_assert_nonnull (secret);
  return secret;
}

static void
start (Login *self, const char *user, const char *password, const Belief *server)
{
  g_autoptr (SampanSecret) secret = make_secret (password);
  g_autoptr (GError) error = NULL;
  uint8_t ke1[SAMPAN_KE1_LENGTH];

  memset (self, 0, sizeof *self);
  self->client = sampan_login_client_new (user, secret);
  g_assert_nonnull (self->client);
  g_assert_true (sampan_login_client_start (self->client, ke1, &error));
  g_assert_no_error (error);
  g_assert_true (sampan_login_server_answer (&self->server,
                                             &keys,
                                             server->record,
                                             server->user,
                                             strlen (server->user),
                                             server->purpose,
                                             server->suite,
                                             server->h,
                                             server->ksf,
                                             ke1,
                                             self->ke2));
}

/* The error code, or 0. */
static int
finish (Login *self, const Belief *client)
{
  g_autoptr (GError) error = NULL;
  bool finished = sampan_login_client_finish (self->client,
                                              client->purpose,
                                              client->suite,
                                              client->h,
                                              client->ksf,
                                              self->ke2,
                                              &self->result,
                                              &error);

  g_clear_pointer (&self->client, sampan_login_client_free);
  if (finished)
    {
      g_assert_no_error (error);
      return 0;
    }
  g_assert_nonnull (error);
  g_assert_true (error->domain == SAMPAN_ERROR);
  /* Nothing to send, and nothing that the server would take. */
  g_assert_true (sodium_is_zero ((const uint8_t *)&self->result, sizeof self->result));
  g_assert_false (sampan_login_server_check (&self->server, self->result.ke3));
  return error->code;
}

static Belief
believe (const ChannelPair *pair, const char *user, const uint8_t *record)
{
  return (Belief){
    .user = user,
    .record = record,
    .purpose = SAMPAN_LOGIN_FOR_SESSION,
    .suite = sampan_channel_get_suite (pair->server),
    .ksf = SAMPAN_KSF_64M,
    .h = sampan_channel_get_handshake_hash (pair->server),
  };
}

static int
attempt (const char *user, const char *password, const Belief *server, const Belief *client)
{
  Login login;

  start (&login, user, password, server);
  return finish (&login, client);
}

/* Registered by one spelling, logged in by the other; then the channel moves to the new keys. */
static void
test_session (SampanSuite suite)
{
  ChannelPair pair;
  Login login;
  Belief belief;

  channel_pair_init (&pair, suite, false);
  belief = believe (&pair, "alice", alice_record);
  start (&login, "alice", PASSWORD_NFD, &belief);
  g_assert_cmpint (finish (&login, &belief), ==, 0);
  g_assert_true (sampan_login_server_check (&login.server, login.result.ke3));
  g_assert_cmpmem (login.result.session_key,
                   sizeof login.result.session_key,
                   login.server.session_key,
                   sizeof login.server.session_key);
  g_assert_cmpmem (login.result.server_public_key,
                   sizeof login.result.server_public_key,
                   keys.public_key,
                   sizeof keys.public_key);
  for (size_t bit = 0; bit < sizeof login.result.ke3 * 8; bit++)
    {
      login.result.ke3[bit / 8] ^= (uint8_t)(1u << bit % 8);
      g_assert_false (sampan_login_server_check (&login.server, login.result.ke3));
      login.result.ke3[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }

  sampan_channel_switch_sending_key (pair.client,
                                     login.result.session_key,
                                     sizeof login.result.session_key);
  sampan_channel_switch_receiving_key (pair.server,
                                       login.server.session_key,
                                       sizeof login.server.session_key);
  assert_passes (pair.client, pair.server, "under the session key");
  channel_pair_clear (&pair);
}

/* B4: no account and a wrong password are one and the same. */
static void
test_refused (void)
{
  ChannelPair pair;
  Belief alice, nobody;

  channel_pair_init (&pair, SAMPAN_SUITE_CHACHAPOLY, false);
  alice = believe (&pair, "alice", alice_record);
  nobody = believe (&pair, "nobody", fake_record);
  g_assert_cmpint (attempt ("alice", PASSWORD_NFC " ", &alice, &alice),
                   ==,
                   SAMPAN_ERROR_LOGIN_REFUSED);
  g_assert_cmpint (attempt ("nobody", PASSWORD_NFC, &nobody, &nobody),
                   ==,
                   SAMPAN_ERROR_LOGIN_REFUSED);
  channel_pair_clear (&pair);
}

/* A5: two channels with a relay in between, which passes the login on unchanged. */
static void
test_intercepted (void)
{
  ChannelPair to_relay, to_server;
  Belief server, client;

  channel_pair_init (&to_relay, SAMPAN_SUITE_CHACHAPOLY, false);
  channel_pair_init (&to_server, SAMPAN_SUITE_CHACHAPOLY, false);
  server = believe (&to_server, "alice", alice_record);
  client = believe (&to_relay, "alice", alice_record);
  g_assert_cmpint (attempt ("alice", PASSWORD_NFC, &server, &client), ==, SAMPAN_ERROR_INTERCEPTED);
  channel_pair_clear (&to_relay);
  channel_pair_clear (&to_server);
}

/* What else the context binds. */
static void
test_context (void)
{
  ChannelPair pair;
  Belief server, client;

  channel_pair_init (&pair, SAMPAN_SUITE_CHACHAPOLY, false);
  server = client = believe (&pair, "alice", alice_record);
  client.purpose = server.purpose = SAMPAN_LOGIN_FOR_PASSWORD_CHANGE;
  g_assert_cmpint (attempt ("alice", PASSWORD_NFC, &server, &client), ==, 0);
  client.purpose = SAMPAN_LOGIN_FOR_SESSION;
  g_assert_cmpint (attempt ("alice", PASSWORD_NFC, &server, &client), ==, SAMPAN_ERROR_INTERCEPTED);
  client = server;
  client.suite = SAMPAN_SUITE_AESGCM;
  g_assert_cmpint (attempt ("alice", PASSWORD_NFC, &server, &client), ==, SAMPAN_ERROR_INTERCEPTED);
  channel_pair_clear (&pair);
}

/* B9: a set that is not compiled in, and points that are none; all before the slow part. */
static void
test_malformed (void)
{
  ChannelPair pair;
  Belief belief, unknown;
  Login login;
  uint8_t ke1[SAMPAN_KE1_LENGTH] = { 0 };

  channel_pair_init (&pair, SAMPAN_SUITE_CHACHAPOLY, false);
  belief = unknown = believe (&pair, "alice", alice_record);
  unknown.ksf = SAMPAN_KSF_256M + 1;
  g_assert_true (sampan_ksf_is_known (SAMPAN_KSF_64M));
  g_assert_true (sampan_ksf_is_known (SAMPAN_KSF_256M));
  g_assert_false (sampan_ksf_is_known (unknown.ksf));
  g_assert_false (sampan_ksf_is_known (UINT8_MAX));
  g_assert_cmpint (attempt ("alice", PASSWORD_NFC, &belief, &unknown), ==, SAMPAN_ERROR_PROTOCOL);

  start (&login, "alice", PASSWORD_NFC, &belief);
  memset (login.ke2, 0, SAMPAN_PUBLIC_KEY_LENGTH);
  g_assert_cmpint (finish (&login, &belief), ==, SAMPAN_ERROR_PROTOCOL);

  g_assert_false (sampan_login_server_answer (&login.server,
                                              &keys,
                                              alice_record,
                                              "alice",
                                              5,
                                              belief.purpose,
                                              belief.suite,
                                              belief.h,
                                              belief.ksf,
                                              ke1,
                                              login.ke2));
  channel_pair_clear (&pair);
}

/* B5: the answer to one blind does not tell when the account came to be. */
static void
test_same_evaluation (void)
{
  ChannelPair pair;
  g_autoptr (SampanSecret) secret = make_secret ("guess");
  g_autoptr (SampanLoginClient) client = sampan_login_client_new ("alice", secret);
  uint8_t ke1[SAMPAN_KE1_LENGTH], ke2[2][SAMPAN_KE2_LENGTH];
  const uint8_t *records[] = { fake_record, alice_record };
  SampanLoginServer server;

  channel_pair_init (&pair, SAMPAN_SUITE_CHACHAPOLY, false);
  g_assert_true (sampan_login_client_start (client, ke1, NULL));
  for (int i = 0; i < 2; i++)
    g_assert_true (sampan_login_server_answer (&server,
                                               &keys,
                                               records[i],
                                               "alice",
                                               5,
                                               SAMPAN_LOGIN_FOR_SESSION,
                                               SAMPAN_SUITE_CHACHAPOLY,
                                               pair.server->h,
                                               SAMPAN_KSF_64M,
                                               ke1,
                                               ke2[i]));
  g_assert_cmpmem (ke2[0], 32, ke2[1], 32);
  g_assert_cmpint (memcmp (ke2[0] + 32, ke2[1] + 32, SAMPAN_KE2_LENGTH - 32), !=, 0);
  channel_pair_clear (&pair);
}

/* In two halves over a wire, then a login by the new password; the client object serves again. */
static void
test_registration (void)
{
  g_autoptr (SampanSecret) password = make_secret ("the second one");
  g_autoptr (SampanLoginClient) client = sampan_login_client_new ("bob", password);
  g_autoptr (GError) error = NULL;
  uint8_t request[SAMPAN_REGISTRATION_REQUEST_LENGTH];
  uint8_t response[SAMPAN_REGISTRATION_RESPONSE_LENGTH];
  uint8_t record[SAMPAN_REGISTRATION_RECORD_LENGTH];
  Belief belief;
  ChannelPair pair;

  g_assert_true (sampan_registration_client_start (client, request, &error));
  g_assert_true (sampan_registration_server_answer (&keys, "bob", 3, request, response));
  g_assert_false (sampan_registration_client_finish (client, 200, response, record, &error));
  g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_PROTOCOL);
  g_clear_error (&error);
  g_assert_true (sampan_registration_client_start (client, request, &error));
  g_assert_true (sampan_registration_server_answer (&keys, "bob", 3, request, response));
  g_assert_true (
      sampan_registration_client_finish (client, SAMPAN_KSF_64M, response, record, &error));
  g_assert_no_error (error);
  g_assert_true (sampan_registration_record_is_valid (record));

  channel_pair_init (&pair, SAMPAN_SUITE_CHACHAPOLY, false);
  belief = believe (&pair, "bob", record);
  g_assert_cmpint (attempt ("bob", "the second one", &belief, &belief), ==, 0);
  channel_pair_clear (&pair);

  memset (request, 0, sizeof request);
  g_assert_false (sampan_registration_server_answer (&keys, "bob", 3, request, response));
  memset (record, 0, SAMPAN_PUBLIC_KEY_LENGTH);
  g_assert_false (sampan_registration_record_is_valid (record));
  memset (record, 0xff, SAMPAN_PUBLIC_KEY_LENGTH);
  g_assert_false (sampan_registration_record_is_valid (record));
}

static void
test_fake_record (void)
{
  static const uint8_t zeros[96];
  uint8_t other[SAMPAN_REGISTRATION_RECORD_LENGTH];

  g_assert_true (sampan_fake_record_generate (other));
  g_assert_true (sampan_registration_record_is_valid (other));
  g_assert_cmpint (memcmp (other, fake_record, 96), !=, 0);
  g_assert_cmpmem (other + 96, 96, zeros, 96);
}

static void
test_server_keys (void)
{
  SampanServerKeys copy = keys;

  memset (copy.public_key, 0, sizeof copy.public_key);
  g_assert_true (sampan_server_keys_complete (&copy));
  g_assert_cmpmem (copy.public_key,
                   sizeof copy.public_key,
                   keys.public_key,
                   sizeof keys.public_key);
  memset (copy.private_key, 0, sizeof copy.private_key);
  g_assert_false (sampan_server_keys_complete (&copy));
  memset (copy.private_key, 0xff, sizeof copy.private_key);
  g_assert_false (sampan_server_keys_complete (&copy));
}

#define CODE "about-canoe-lilac-ruby-sushi-topaz-verse-zoom"

/* B12, one-time codes, and where one field ends and the next begins. */
static void
test_oprf_input (void)
{
  static const struct
  {
    const char *user;
    const char *password;
    size_t length;
    const char *hashed; /* the password's part; NULL: as it is */
  } cases[] = {
    { "alice", "plain", 5, NULL },
    { "alice", "", 0, NULL },
    { "a", PASSWORD_NFC, sizeof PASSWORD_NFC - 1, NULL },
    { "a", PASSWORD_NFD, sizeof PASSWORD_NFD - 1, PASSWORD_NFC },
    { "a", "\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab", 9, "\xed\x95\x9c" }, /* jamo to a syllable */
    { "a", "\xef\xac\x81", 3, NULL },  /* a ligature is no composition */
    { "a", "e\xcc\x81\xff", 4, NULL }, /* not UTF-8 */
    { "a", "e\xcc\x81\0x", 5, NULL },  /* NUL inside */
    { "", "p", 1, NULL },
    { "a", CODE, sizeof CODE - 1, NULL },
    { "a", " ABOUT canoe--lilac Ruby\tsushi topaz verse-zoom\n", 48, CODE },
    { "a", "about canoe lilac ruby sushi topaz verse", 40, NULL },        /* seven */
    { "a", "about canoe lilac ruby sushi topaz verse boat x", 47, NULL }, /* nine */
    { "a", "about canoe lilac ruby sushi topaz verse zooms", 46, NULL },  /* not the list's */
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SampanSecret) password = sampan_secret_new (cases[i].password, cases[i].length);
      g_autoptr (SampanSecret) input = sampan_login_make_oprf_input (cases[i].user, password);
      g_autoptr (GByteArray) expected = g_byte_array_new ();
      size_t user_length = strlen (cases[i].user);
      size_t hashed_length = cases[i].hashed ? strlen (cases[i].hashed) : cases[i].length;
      uint8_t prefix[2] = { 0, (uint8_t)user_length };

      g_byte_array_append (expected, prefix, 2);
      g_byte_array_append (expected, (const uint8_t *)cases[i].user, (guint)user_length);
      g_byte_array_append (expected, (const uint8_t *)"\0\x10Sampan-OPAQUE-v1", 18);
      prefix[1] = (uint8_t)hashed_length;
      g_byte_array_append (expected, prefix, 2);
      g_byte_array_append (expected,
                           (const uint8_t *)(cases[i].hashed ? cases[i].hashed : cases[i].password),
                           (guint)hashed_length);
      g_assert_cmpmem (sampan_secret_get (input),
                       sampan_secret_get_length (input),
                       expected->data,
                       expected->len);
    }
}

static void
test_context_layout (void)
{
  uint8_t h[SAMPAN_HANDSHAKE_HASH_LENGTH], context[SAMPAN_LOGIN_CONTEXT_LENGTH];

  memset (h, 0xab, sizeof h);
  sampan_login_make_context (context,
                             SAMPAN_LOGIN_FOR_PASSWORD_CHANGE,
                             SAMPAN_SUITE_CHACHAPOLY,
                             SAMPAN_KSF_256M,
                             h);
  g_assert_cmpuint (sizeof context, ==, 2 + 16 + 3 + 64);
  g_assert_cmpmem (context, 21, "\0\x10Sampan-OPAQUE-v1\x02\x01\x01", 21);
  g_assert_cmpmem (context + 21, sizeof h, h, sizeof h);
}

static void
test_too_long (void)
{
  g_autofree char *user = g_strnfill (SAMPAN_USER_WIRE_MAX + 1, 'u');
  g_autofree char *filling = g_strnfill (65535, 'p');
  g_autoptr (SampanSecret) short_password = make_secret ("p");
  g_autoptr (SampanSecret) long_password = make_secret (filling);
  g_autoptr (GError) error = NULL;
  uint8_t record[SAMPAN_REGISTRATION_RECORD_LENGTH];

  g_assert_null (sampan_login_client_new (user, short_password));
  g_assert_null (sampan_login_client_new ("alice", long_password));
  g_assert_false (
      sampan_registration_local (&keys, user, short_password, SAMPAN_KSF_64M, record, &error));
  g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_FAILED);
  user[SAMPAN_USER_WIRE_MAX] = '\0';
  {
    g_autoptr (SampanLoginClient) client = sampan_login_client_new (user, short_password);

    g_assert_nonnull (client);
  }
}

static void
make_server (void)
{
  g_autoptr (SampanSecret) password = make_secret (PASSWORD_NFC);
  g_autoptr (GError) error = NULL;

  g_assert_true (sampan_server_keys_generate (&keys));
  g_assert_true (sampan_fake_record_generate (fake_record));
  g_assert_true (
      sampan_registration_local (&keys, "alice", password, SAMPAN_KSF_64M, alice_record, &error));
  g_assert_no_error (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (sampan_crypto_init ());
  make_server ();
  add_suite_test ("/login/session", test_session);
  g_test_add_func ("/login/fail/refused", test_refused);
  g_test_add_func ("/login/fail/intercepted", test_intercepted);
  g_test_add_func ("/login/fail/malformed", test_malformed);
  g_test_add_func ("/login/fail/too-long", test_too_long);
  g_test_add_func ("/login/context", test_context);
  g_test_add_func ("/login/context-layout", test_context_layout);
  g_test_add_func ("/login/same-evaluation", test_same_evaluation);
  g_test_add_func ("/login/registration", test_registration);
  g_test_add_func ("/login/fake-record", test_fake_record);
  g_test_add_func ("/login/server-keys", test_server_keys);
  g_test_add_func ("/login/oprf-input", test_oprf_input);
  return g_test_run ();
}
