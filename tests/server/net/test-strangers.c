/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Strangers who know the protocol: what was said in another connection, and each message there is,
 * out of its place. None gets a byte of an answer. */

#include "config.h"

#include "samples.h"
#include "test-client.h"
#include "test-fixture.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

static TestFixture *fixture;

/* Bytes until the server closes. */
static size_t
count_answer (TestClient *client)
{
  uint8_t bytes[256];
  size_t count = 0;
  ssize_t got;

  while ((got = recv (client->fd, bytes, sizeof bytes, 0)) > 0)
    count += (size_t)got;
  g_assert_true (got == 0 || errno == ECONNRESET);
  return count;
}

/* ---- Replay ---- */

/* The hello is as good as any other; nothing behind it can be opened by the server's new key. */
static void
assert_replay_fails (const GByteArray *sent)
{
  g_autoptr (TestClient) replay = test_client_connect (fixture->port, "127.0.4.1");

  if (test_client_send_raw (replay, sent->data, sent->len))
    g_assert_cmpuint (count_answer (replay), <=, SAMPAN_HELLO_SERVER_LENGTH);
}

/* A6: all that a client ever sent. */
static void
test_connection (void)
{
  g_autoptr (TestClient) client = test_client_connect (fixture->port, NULL);
  g_autoptr (TestClient) attached = test_client_connect (fixture->port, NULL);

  client->sent = g_byte_array_new ();
  attached->sent = g_byte_array_new ();
  g_assert_cmpint (test_client_login (client, "ann", TEST_PASSWORD), ==, 0);
  test_client_queue_put (client, "files/once", "once", 4, SAMPAN_CONFLICT_KEEP_BOTH);
  g_assert_true (test_client_flush (client));
  g_assert_true (test_client_attach (attached, client));
  test_client_queue_path (attached, SAMPAN_KIND_REMOVE, "files");
  g_assert_true (test_client_flush (attached));
  assert_replay_fails (client->sent);
  assert_replay_fails (attached->sent);
  g_assert_null (test_fixture_read (fixture, "once (2)"));
}

/* Hellos, KE1 and a challenge, which says whether the password was right. */
static void
start (TestClient *client, SampanLoginClient *login, SampanLoginStart *sent, uint8_t *ke3)
{
  SampanLoginChallenge challenge;
  SampanLoginResult result;
  SampanWriter writer;
  SampanReader reader;
  g_autoptr (GError) error = NULL;

  g_assert_true (test_client_hello (client));
  if (login != NULL)
    g_assert_true (sampan_login_client_start (login, sent->ke1, &error));
  test_client_begin (&writer);
  sampan_write_login_start (&writer, sent);
  g_assert_true (test_client_send (client, &writer));
  test_client_expect (client, SAMPAN_KIND_LOGIN_CHALLENGE, &reader);
  g_assert_true (sampan_read_login_challenge (&reader, &challenge));
  if (login == NULL)
    return;
  g_assert_true (sampan_login_client_finish (login,
                                             SAMPAN_LOGIN_FOR_SESSION,
                                             sampan_channel_get_suite (client->channel),
                                             sampan_channel_get_handshake_hash (client->channel),
                                             challenge.ksf,
                                             challenge.ke2,
                                             &result,
                                             &error));
  memcpy (ke3, result.ke3, SAMPAN_KE3_LENGTH);
}

/* A6: KE1 and KE3 of a good login, each sealed anew for another channel. */
static void
test_login_messages (void)
{
  g_autoptr (TestClient) honest = test_client_connect (fixture->port, "127.0.4.2");
  g_autoptr (TestClient) replay = test_client_connect (fixture->port, "127.0.4.2");
  g_autoptr (SampanSecret) password = sampan_secret_new (TEST_PASSWORD, strlen (TEST_PASSWORD));
  g_autoptr (SampanLoginClient) login = sampan_login_client_new ("ann", password);
  SampanLoginStart sent = { .user = test_bytes ("ann") };
  SampanLoginFinish finish;
  SampanWriter writer;

  start (honest, login, &sent, finish.ke3);
  start (replay, NULL, &sent, NULL);
  test_client_begin (&writer);
  sampan_write_login_finish (&writer, &finish);
  g_assert_true (test_client_send (replay, &writer));
  g_assert_true (test_client_is_closed (replay));
}

/* A6: the proof of one channel in another. */
static void
test_attach_proof (void)
{
  g_autoptr (TestClient) client = test_client_new_logged_in (fixture->port, "ann", TEST_PASSWORD);
  g_autoptr (TestClient) attached = test_client_new_attached (fixture->port, client);
  g_autoptr (TestClient) replay = test_client_connect (fixture->port, "127.0.4.3");
  SampanAttach attach;
  SampanWriter writer;

  memcpy (attach.session_id, client->session_id, sizeof attach.session_id);
  sampan_channel_attach_proof (attached->channel, client->ticket, attach.proof);
  g_assert_true (test_client_hello (replay));
  test_client_begin (&writer);
  sampan_write_attach (&writer, &attach);
  g_assert_true (test_client_send (replay, &writer));
  g_assert_true (test_client_is_closed (replay));
}

/* ---- Out of place ---- */

typedef enum
{
  AFTER_HELLO,
  AFTER_CHALLENGE,
  N_STATES,
} State;

/* Each from an address and with a name of its own, as failures are counted by both. */
static TestClient *
connect_as (State state, size_t number)
{
  g_autofree char *source =
      g_strdup_printf ("127.1.%u.%zu", (unsigned int)state + 1, number % 250 + 1);
  TestClient *client = test_client_connect (fixture->port, source);
  g_autoptr (SampanSecret) password = sampan_secret_new ("x", 1);
  g_autofree char *user = g_strdup_printf ("stranger-%zu", number);
  g_autoptr (SampanLoginClient) login = sampan_login_client_new (user, password);
  SampanLoginChallenge challenge;
  SampanErrorCode code;

  g_assert_true (test_client_hello (client));
  if (state == AFTER_CHALLENGE)
    g_assert_true (test_client_start_login (client, login, user, &challenge, &code));
  return client;
}

/* A11, B14: every message, whole and well-formed, in each state before login. Those that have their
 * place there come with points, proofs and sessions that do not exist. */
static void
test_each_message (void)
{
  for (State state = AFTER_HELLO; state < N_STATES; state++)
    for (size_t i = 0; i < n_message_samples; i++)
      {
        g_autoptr (TestClient) client = connect_as (state, i);
        g_autoptr (GByteArray) message = sample_to_bytes (message_samples[i].hex);
        SampanWriter writer;

        g_test_message ("%s in state %d", message_samples[i].name, state);
        test_client_begin (&writer);
        sampan_writer_put_fixed (&writer, message->data, message->len);
        if (test_client_send (client, &writer))
          g_assert_cmpuint (count_answer (client), ==, 0);
      }
}

/* A11: a whole session's worth right behind the hello, before there is a key to seal it with. */
static void
test_before_keys (void)
{
  g_autoptr (TestClient) client = test_client_connect (fixture->port, "127.0.4.4");
  uint8_t bytes[SAMPAN_HELLO_CLIENT_MAX + 200] = { 0 };
  size_t length = sampan_channel_write_hello (client->channel, bytes);

  bytes[length + 1] = 100; /* a frame of 100 bytes */
  if (test_client_send_raw (client, bytes, length + 200))
    g_assert_cmpuint (count_answer (client), ==, SAMPAN_HELLO_SERVER_LENGTH);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (sampan_crypto_init ());
  fixture = test_fixture_new (NULL);
  g_test_add_func ("/server/strangers/replay/connection", test_connection);
  g_test_add_func ("/server/strangers/replay/login-messages", test_login_messages);
  g_test_add_func ("/server/strangers/replay/attach-proof", test_attach_proof);
  g_test_add_func ("/server/strangers/each-message", test_each_message);
  g_test_add_func ("/server/strangers/before-keys", test_before_keys);
  int result = g_test_run ();
  test_fixture_free (fixture);
  return result;
}
