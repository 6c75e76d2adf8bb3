/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Changes of passwords inside sessions, and one-time codes that become passwords. */

#include "config.h"

#include "test-client.h"
#include "test-fixture.h"

#include <string.h>

#define ROUNDS 2 /* each takes some twelve rounds of Argon2id */

static SampanErrorCode
receive_or_error (TestClient *client, SampanKind wanted, SampanReader *reader)
{
  SampanErrorReply error;
  uint8_t kind = 0;
  g_assert_true (test_client_receive (client, &kind, reader));
  if (kind == SAMPAN_KIND_ERROR)
    {
      g_assert_true (sampan_read_error_reply (reader, &error));
      return error.code;
    }
  g_assert_cmphex (kind, ==, wanted);
  return 0;
}

static SampanErrorCode
ask (TestClient *client, SampanLoginClient *login, SampanLoginChallenge *challenge)
{
  SampanPasswdStart start;
  SampanWriter writer;
  SampanReader reader;
  SampanErrorCode code;
  g_autoptr (GError) error = NULL;

  g_assert_true (sampan_login_client_start (login, start.ke1, &error));
  test_client_begin (&writer);
  sampan_write_passwd_start (&writer, &start);
  g_assert_true (test_client_send (client, &writer));
  code = receive_or_error (client, SAMPAN_KIND_PASSWD_CHALLENGE, &reader);
  if (code == 0)
    g_assert_true (sampan_read_login_challenge (&reader, challenge));
  return code;
}

static SampanErrorCode
prove (TestClient *client,
       const char *user,
       const char *current,
       SampanPasswdFinish *finish,
       uint8_t *ksf)
{
  g_autoptr (SampanSecret) password = sampan_secret_new (current, strlen (current));
  g_autoptr (SampanLoginClient) login = sampan_login_client_new (user, password);
  SampanLoginChallenge challenge;
  SampanLoginResult result;
  SampanErrorCode code = ask (client, login, &challenge);
  g_autoptr (GError) error = NULL;

  if (code != 0)
    return code;
  *ksf = challenge.ksf;
  if (!sampan_login_client_finish (login,
                                   SAMPAN_LOGIN_FOR_PASSWORD_CHANGE,
                                   sampan_channel_get_suite (client->channel),
                                   sampan_channel_get_handshake_hash (client->channel),
                                   challenge.ksf,
                                   challenge.ke2,
                                   &result,
                                   &error))
    return error->code;
  memcpy (finish->ke3, result.ke3, sizeof finish->ke3);
  return 0;
}

/* All but the last message, which is RECORD. */
static SampanErrorCode
prepare_change (TestClient *client,
                const char *user,
                const char *current,
                const char *new,
                SampanPasswdRecord *record)
{
  g_autoptr (SampanSecret) password = sampan_secret_new (new, strlen (new));
  g_autoptr (SampanLoginClient) registration = sampan_login_client_new (user, password);
  SampanPasswdFinish finish;
  SampanPasswdResponse response;
  SampanWriter writer;
  SampanReader reader;
  uint8_t ksf = 0;
  g_autoptr (GError) error = NULL;

  SampanErrorCode code = prove (client, user, current, &finish, &ksf);
  if (code != 0)
    return code;
  g_assert_true (sampan_registration_client_start (registration, finish.request, &error));
  test_client_begin (&writer);
  sampan_write_passwd_finish (&writer, &finish);
  g_assert_true (test_client_send (client, &writer));
  code = receive_or_error (client, SAMPAN_KIND_PASSWD_RESPONSE, &reader);
  if (code != 0)
    return code;
  g_assert_true (sampan_read_passwd_response (&reader, &response));
  g_assert_true (sampan_registration_client_finish (registration,
                                                    ksf,
                                                    response.response,
                                                    record->record,
                                                    &error));
  return 0;
}

static void
send_record (TestClient *client, const SampanPasswdRecord *record)
{
  SampanWriter writer;

  test_client_begin (&writer);
  sampan_write_passwd_record (&writer, record);
  g_assert_true (test_client_send (client, &writer));
}

static SampanErrorCode
change_password (TestClient *client, const char *user, const char *current, const char *new)
{
  SampanPasswdRecord record;
  SampanReader reader;
  SampanErrorCode code = prepare_change (client, user, current, new, &record);

  if (code != 0)
    return code;
  send_record (client, &record);
  return receive_or_error (client, SAMPAN_KIND_DONE, &reader);
}

static void
test_passwd (void)
{
  g_autoptr (TestFixture) fixture = test_fixture_new (NULL);
  g_autoptr (TestClient) client = test_client_new_logged_in (fixture->port, "ann", TEST_PASSWORD);
  g_autoptr (TestClient) attached = test_client_new_attached (fixture->port, client);
  g_autoptr (TestClient) other = test_client_new_logged_in (fixture->port, "ann", TEST_PASSWORD);

  g_assert_cmpint (change_password (client, "ann", "wrong", "new"), ==, SAMPAN_ERROR_LOGIN_REFUSED);
  test_client_ping (other);
  g_assert_cmpint (change_password (client, "ann", TEST_PASSWORD, "new"), ==, 0);
  /* This session goes on, with all its connections; the account's others do not. */
  test_client_ping (client);
  test_client_ping (attached);
  g_assert_true (test_client_is_closed (other));
  test_fixture_reload (fixture);
  test_client_ping (client);
  g_autoptr (TestClient) old = test_client_connect (fixture->port, "127.0.3.2");
  g_assert_cmpint (test_client_login (old, "ann", TEST_PASSWORD), ==, SAMPAN_ERROR_LOGIN_REFUSED);
  g_autoptr (TestClient) new = test_client_connect (fixture->port, "127.0.3.2");
  g_assert_cmpint (test_client_login (new, "ann", "new"), ==, 0);
}

static void
test_passwd_one_time (void)
{
  g_autoptr (TestFixture) fixture = test_fixture_new (NULL);
  g_autoptr (TestClient) client = test_client_new_logged_in (fixture->port, "new", TEST_PASSWORD);
  SampanReader reader;

  test_client_queue_path (client, SAMPAN_KIND_STAT, "files");
  g_assert_true (test_client_flush (client));
  test_client_expect_error (client, SAMPAN_ERROR_PASSWORD_NEEDED);
  g_assert_cmpint (change_password (client, "new", TEST_PASSWORD, "my own"), ==, 0);
  test_client_queue_path (client, SAMPAN_KIND_STAT, "files");
  g_assert_true (test_client_flush (client));
  test_client_expect (client, SAMPAN_KIND_ENTRY, &reader);
  g_autoptr (TestClient) again = test_client_new_logged_in (fixture->port, "new", "my own");
  g_assert_cmpuint (again->flags, ==, 0);
  /* B4: the code that was used is a wrong password now. */
  g_autoptr (TestClient) used = test_client_connect (fixture->port, "127.0.3.3");
  g_assert_cmpint (test_client_login (used, "new", TEST_PASSWORD), ==, SAMPAN_ERROR_LOGIN_REFUSED);
  g_autoptr (TestClient) wrong = test_client_connect (fixture->port, "127.0.3.3");
  g_assert_cmpint (test_client_login (wrong, "ann", "wrong"), ==, SAMPAN_ERROR_LOGIN_REFUSED);
  g_assert_cmpmem (used->received_bytes->data,
                   used->received_bytes->len * sizeof (size_t),
                   wrong->received_bytes->data,
                   wrong->received_bytes->len * sizeof (size_t));
}

/* B15: two sessions change the password at once, or two people have the same code: the first record
 * holds, and the other session is over. */
static void
test_passwd_raced (gconstpointer data)
{
  const char *user = data;
  g_autoptr (TestFixture) fixture = test_fixture_new (NULL);
  g_autoptr (TestClient) first = test_client_new_logged_in (fixture->port, user, TEST_PASSWORD);
  g_autoptr (TestClient) second = test_client_new_logged_in (fixture->port, user, TEST_PASSWORD);
  SampanPasswdRecord records[2];
  SampanReader reader;

  g_assert_cmpint (prepare_change (first, user, TEST_PASSWORD, "of one", &records[0]), ==, 0);
  g_assert_cmpint (prepare_change (second, user, TEST_PASSWORD, "of two", &records[1]), ==, 0);
  send_record (first, &records[0]);
  test_client_expect (first, SAMPAN_KIND_DONE, &reader);
  g_assert_true (test_client_is_closed (second));
  test_client_ping (first);
  g_autoptr (TestClient) winner = test_client_connect (fixture->port, "127.0.3.4");
  g_assert_cmpint (test_client_login (winner, user, "of one"), ==, 0);
  g_autoptr (TestClient) loser = test_client_connect (fixture->port, "127.0.3.4");
  g_assert_cmpint (test_client_login (loser, user, "of two"), ==, SAMPAN_ERROR_LOGIN_REFUSED);
}

/* B15: both records are on their way at the same moment, many times: one password holds, the one
 * that was acknowledged. */
static void
test_passwd_raced_by_a_hair (void)
{
  g_autoptr (TestFixture) fixture = test_fixture_new (NULL);
  g_autofree char *current = g_strdup (TEST_PASSWORD);

  for (int round = 0; round < ROUNDS; round++)
    {
      TestClient *clients[2];
      SampanPasswdRecord records[2];
      char *passwords[2];
      int winner = -1;

      for (int i = 0; i < 2; i++)
        {
          passwords[i] = g_strdup_printf ("round %d, of %d", round, i);
          clients[i] = test_client_new_logged_in (fixture->port, "ann", current);
        }
      for (int i = 0; i < 2; i++)
        g_assert_cmpint (prepare_change (clients[i], "ann", current, passwords[i], &records[i]),
                         ==,
                         0);
      for (int i = 0; i < 2; i++)
        send_record (clients[(round + i) % 2], &records[(round + i) % 2]);
      for (int i = 0; i < 2; i++)
        {
          SampanReader reader;
          uint8_t kind;
          bool is_done =
              test_client_receive (clients[i], &kind, &reader) && kind == SAMPAN_KIND_DONE;
          g_assert_false (is_done && winner >= 0);
          winner = is_done ? i : winner;
          test_client_free (clients[i]);
        }
      g_assert_cmpint (winner, >=, 0);
      g_free (current);
      current = g_strdup (passwords[winner]);
      g_autoptr (TestClient) loser = test_client_connect (fixture->port, "127.0.3.5");
      g_assert_cmpint (test_client_login (loser, "ann", passwords[!winner]), !=, 0);
      g_free (passwords[0]);
      g_free (passwords[1]);
    }
}

static void
test_passwd_order (void)
{
  g_autoptr (TestFixture) fixture = test_fixture_new (NULL);
  g_autoptr (TestClient) client = test_client_new_logged_in (fixture->port, "ann", TEST_PASSWORD);
  SampanPasswdFinish finish = { 0 };
  SampanPasswdRecord record = { 0 };
  SampanWriter writer;
  uint8_t ksf;

  test_client_begin (&writer);
  sampan_write_passwd_record (&writer, &record);
  g_assert_true (test_client_send (client, &writer));
  test_client_expect_error (client, SAMPAN_ERROR_PROTOCOL);
  /* Any request in between starts it over. */
  g_assert_cmpint (prove (client, "ann", TEST_PASSWORD, &finish, &ksf), ==, 0);
  test_client_ping (client);
  test_client_begin (&writer);
  sampan_write_passwd_finish (&writer, &finish);
  g_assert_true (test_client_send (client, &writer));
  test_client_expect_error (client, SAMPAN_ERROR_PROTOCOL);
  g_assert_cmpint (change_password (client, "ann", TEST_PASSWORD, "new"), ==, 0);
}

/* Whoever found an open session may not try passwords in it. To have asked counts, so nothing is
 * stretched: that takes a busy machine as long as a guess weighs. */
static void
test_passwd_guessing (void)
{
  g_autoptr (TestFixture) fixture = test_fixture_new (NULL);
  g_autoptr (TestClient) client = test_client_new_logged_in (fixture->port, "ann", TEST_PASSWORD);
  SampanErrorCode code;
  int guesses = 0;

  do
    {
      g_autoptr (SampanSecret) password = sampan_secret_new ("guess", 5);
      g_autoptr (SampanLoginClient) login = sampan_login_client_new ("ann", password);
      SampanLoginChallenge challenge;

      g_assert_cmpint (guesses++, <, 10);
      code = ask (client, login, &challenge);
    }
  while (code == 0);
  g_assert_cmpint (code, ==, SAMPAN_ERROR_TRY_LATER);
  test_client_ping (client);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (sampan_crypto_init ());
  g_test_add_func ("/server/passwd/ok", test_passwd);
  g_test_add_func ("/server/passwd/one-time", test_passwd_one_time);
  g_test_add_data_func ("/server/passwd/raced", "ann", test_passwd_raced);
  g_test_add_data_func ("/server/passwd/one-time-raced", "new", test_passwd_raced);
  g_test_add_func ("/server/passwd/raced-by-a-hair", test_passwd_raced_by_a_hair);
  g_test_add_func ("/server/passwd/order", test_passwd_order);
  g_test_add_func ("/server/passwd/guessing", test_passwd_guessing);
  return g_test_run ();
}
