/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What strangers get: login, attach, and everything that is neither. Each test uses a source
 * address of its own, as failures are counted by address. */

#include "config.h"

#include "net/penalties.h"
#include "test-client.h"
#include "test-fixture.h"

#include <arpa/inet.h>
#include <sodium.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static TestFixture *fixture;

static void
test_ok (void)
{
  g_autoptr (TestClient) client = test_client_new_logged_in (fixture->port, "ann", TEST_PASSWORD);
  g_assert_cmpuint (client->flags, ==, 0);
  test_client_ping (client);
}

static void
test_one_time (void)
{
  g_autoptr (TestClient) client = test_client_new_logged_in (fixture->port, "new", TEST_PASSWORD);
  g_assert_cmpuint (client->flags, ==, SAMPAN_LOGIN_MUST_SET_PASSWORD);
  test_client_ping (client);
  test_client_queue_path (client, SAMPAN_KIND_LIST, "");
  test_client_queue_put (client, "files/x", "data", 4, SAMPAN_CONFLICT_REFUSE);
  test_client_queue_path (client, SAMPAN_KIND_STAT, "files");
  g_assert_true (test_client_flush (client));
  for (int i = 0; i < 3; i++)
    g_assert_cmpuint (test_client_expect_error (client, SAMPAN_ERROR_PASSWORD_NEEDED), ==, 0);
  test_client_ping (client);
  g_assert_null (test_fixture_read (fixture, "x"));
}

/* B4: all that must not be told apart: same messages, same sizes. */
static void
test_alike (void)
{
  static const struct
  {
    const char *user;
    const char *password;
    const char *source;
  } cases[] = {
    { "ann", "wrong", "127.0.1.1" },
    { "unknown", TEST_PASSWORD, "127.0.1.2" },
    { "off", TEST_PASSWORD, "127.0.1.3" },
    { "late", TEST_PASSWORD, "127.0.1.4" },
    { "Ann", TEST_PASSWORD, "127.0.1.5" },
    { "../ann\x1b[31m\n\xff", TEST_PASSWORD, "127.0.1.6" },
    { "a-name-that-is-far-longer-than-any-account-may-be-and-still-gets-the-same-answer-as-others",
      TEST_PASSWORD,
      "127.0.1.7" },
    { "new",
      "about-canoe-lilac-ruby-sushi-topaz-verse-zoom",
      "127.0.1.8" }, /* a guess at a one-time code */
  };
  g_autoptr (TestClient) first = NULL;

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TestClient) client = test_client_connect (fixture->port, cases[i].source);
      g_test_message ("case %zu", i);
      g_assert_cmpint (test_client_login (client, cases[i].user, cases[i].password),
                       ==,
                       SAMPAN_ERROR_LOGIN_REFUSED);
      g_assert_cmpuint (client->received_bytes->len, ==, 2);
      if (first == NULL)
        first = g_steal_pointer (&client);
      else
        g_assert_cmpmem (client->received_bytes->data,
                         2 * sizeof (size_t),
                         first->received_bytes->data,
                         2 * sizeof (size_t));
    }
}

/* A KE3 that is wrong: closed without a word, also where the account could never log in, and what
 * was asked for behind it is not looked at. */
static void
test_wrong_ke3 (void)
{
  static const char *const users[] = { "ann", "off", "unknown" };

  for (size_t i = 0; i < G_N_ELEMENTS (users); i++)
    {
      g_autoptr (TestClient) client = test_client_connect (fixture->port, "127.0.1.10");
      g_autoptr (SampanSecret) password = sampan_secret_new ("x", 1);
      g_autoptr (SampanLoginClient) login = sampan_login_client_new (users[i], password);
      SampanLoginFinish finish = { .ke3 = { 1 } };
      SampanLoginChallenge challenge;
      SampanErrorCode code;
      SampanWriter writer;
      g_assert_true (test_client_hello (client));
      g_assert_true (test_client_start_login (client, login, users[i], &challenge, &code));
      test_client_begin (&writer);
      sampan_write_login_finish (&writer, &finish);
      test_client_queue (client, &writer);
      test_client_begin (&writer);
      sampan_write_text (&writer, SAMPAN_KIND_PING, test_bytes ("early"));
      g_assert_true (test_client_send (client, &writer));
      g_assert_true (test_client_is_closed (client));
    }
}

/* B6: gets a challenge and breaks off: every client learns from the challenge whether it guessed
 * right. Waits for the server to have noticed. */
static SampanErrorCode
start_and_leave_as (const char *user, const char *source)
{
  g_autoptr (TestClient) client = test_client_connect (fixture->port, source);
  g_autoptr (SampanSecret) password = sampan_secret_new ("x", 1);
  g_autoptr (SampanLoginClient) login = sampan_login_client_new (user, password);
  SampanLoginChallenge challenge;
  SampanErrorCode code;
  SampanWriter writer;
  g_assert_true (test_client_hello (client));
  if (!test_client_start_login (client, login, user, &challenge, &code))
    return code;
  /* A message out of place has the server close, and says when it did. */
  test_client_begin (&writer);
  sampan_write_empty (&writer, SAMPAN_KIND_LOGOUT);
  g_assert_true (test_client_send (client, &writer));
  g_assert_true (test_client_is_closed (client));
  return 0;
}

static SampanErrorCode
start_and_leave (const char *source)
{
  return start_and_leave_as ("ann", source);
}

static void
test_penalty (void)
{
  const char *source = "127.0.1.20";
  int attempts = 0;

  while (start_and_leave (source) == 0)
    g_assert_cmpint (++attempts, <, 10);
  g_assert_cmpint (attempts, >=, 3);
  g_assert_cmpint (start_and_leave (source), ==, SAMPAN_ERROR_TRY_LATER);
  /* Even with the right password; but from elsewhere it works. */
  g_autoptr (TestClient) refused = test_client_connect (fixture->port, source);
  g_assert_cmpint (test_client_login (refused, "ann", TEST_PASSWORD), ==, SAMPAN_ERROR_TRY_LATER);
  g_autoptr (TestClient) welcome = test_client_connect (fixture->port, "127.0.1.21");
  g_assert_cmpint (test_client_login (welcome, "ann", TEST_PASSWORD), ==, 0);
}

/* One-time codes are guessed at no faster than passwords are. */
static void
test_code_penalty (void)
{
  int attempts = 0;

  while (start_and_leave_as ("new", "127.0.1.24") == 0)
    g_assert_cmpint (++attempts, <, 10);
  g_assert_cmpint (attempts, >=, 3);
}

/* B7: guesses from very many addresses: the account is shut for strangers, but not for where its
 * owner logged in before. A name that nobody has is shut alike. */
static void
test_guessed_from_everywhere (void)
{
  static const char *const users[] = { "off", "nobody-at-all", "reader" };

  g_autoptr (TestClient) before = test_client_connect (fixture->port, "127.0.1.22");
  g_assert_cmpint (test_client_login (before, "reader", TEST_PASSWORD), ==, 0);
  for (size_t i = 0; i < G_N_ELEMENTS (users); i++)
    {
      int attempts = 0;
      bool is_refused = false;
      while (!is_refused)
        {
          g_autofree char *source = g_strdup_printf ("127.0.%zu.%d", 10 + i, ++attempts);
          is_refused = start_and_leave_as (users[i], source) == SAMPAN_ERROR_TRY_LATER;
        }
      /* Other tests guessed at some too, and a slow machine gives some time to run off. */
      g_assert_cmpint (attempts, >, SAMPAN_PENALTY_ACCOUNT_FAILURES / 2);
      g_assert_cmpint (attempts, <, 2 * SAMPAN_PENALTY_ACCOUNT_FAILURES);
    }
  g_autoptr (TestClient) elsewhere = test_client_connect (fixture->port, "127.0.1.23");
  g_assert_cmpint (test_client_login (elsewhere, "reader", TEST_PASSWORD),
                   ==,
                   SAMPAN_ERROR_TRY_LATER);
  g_autoptr (TestClient) home = test_client_connect (fixture->port, "127.0.1.22");
  g_assert_cmpint (test_client_login (home, "reader", TEST_PASSWORD), ==, 0);
}

static void
test_attach (void)
{
  g_autoptr (TestClient) client = test_client_new_logged_in (fixture->port, "ann", TEST_PASSWORD);
  g_autoptr (TestClient) second = test_client_new_attached (fixture->port, client);
  g_autoptr (TestClient) third = test_client_new_attached (fixture->port, client);
  test_client_ping (second);
  test_client_ping (third);
  test_client_ping (client);
}

static void
test_attach_refused (void)
{
  g_autoptr (TestClient) client = test_client_new_logged_in (fixture->port, "ann", TEST_PASSWORD);

  client->ticket[0] ^= 1;
  g_autoptr (TestClient) wrong_ticket = test_client_connect (fixture->port, "127.0.1.30");
  g_assert_false (test_client_attach (wrong_ticket, client));
  client->ticket[0] ^= 1;
  client->session_id[15] ^= 1;
  g_autoptr (TestClient) wrong_session = test_client_connect (fixture->port, "127.0.1.30");
  g_assert_false (test_client_attach (wrong_session, client));
  client->session_id[15] ^= 1;
  g_autoptr (TestClient) right = test_client_connect (fixture->port, "127.0.1.30");
  g_assert_true (test_client_attach (right, client));
}

static void
test_logout (void)
{
  g_autoptr (TestClient) client = test_client_new_logged_in (fixture->port, "ann", TEST_PASSWORD);
  g_autoptr (TestClient) attached = test_client_new_attached (fixture->port, client);
  SampanWriter writer;
  SampanReader reader;

  test_client_ping (attached);
  test_client_begin (&writer);
  sampan_write_empty (&writer, SAMPAN_KIND_LOGOUT);
  g_assert_true (test_client_send (client, &writer));
  test_client_expect (client, SAMPAN_KIND_DONE, &reader);
  test_client_expect_goodbye (client);
  g_assert_true (test_client_is_closed (attached));
  g_autoptr (TestClient) late = test_client_connect (fixture->port, "127.0.1.40");
  g_assert_false (test_client_attach (late, client));
}

/* A healed link: the session outlives its only connection. */
static void
test_attach_after_loss (void)
{
  TestClient *client = test_client_new_logged_in (fixture->port, "ann", TEST_PASSWORD);
  TestClient session = *client;
  test_client_free (client);
  for (int i = 0; i < 3; i++)
    {
      g_autoptr (TestClient) again = test_client_new_attached (fixture->port, &session);
      test_client_ping (again);
    }
}

/* ---- Not a client of ours ---- */

static void
assert_honest_login_works (void)
{
  g_autoptr (TestClient) client = test_client_connect (fixture->port, "127.0.1.99");
  g_assert_cmpint (test_client_login (client, "ann", TEST_PASSWORD), ==, 0);
  test_client_ping (client);
}

#define TEXT(literal) literal, sizeof literal - 1

static void
test_garbage (void)
{
  static const uint8_t zeros[64];
  static const struct
  {
    const char *name;
    const void *bytes;
    size_t length;
  } cases[] = {
    { "http", TEXT ("GET / HTTP/1.1\r\nHost: example.org\r\nAccept: */*\r\n\r\n") },
    { "tls", TEXT ("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 and so on, for long") },
    { "ssh", TEXT ("SSH-2.0-OpenSSH_9.2p1\r\n") },
    { "zeros", zeros, sizeof zeros },
    { "one byte", TEXT ("G") },
    { "almost", TEXT ("\x89SAMPAM\n") },
    { "no suites", TEXT ("\x89SAMPAN\n\x01\x00") },
    { "too many suites", TEXT ("\x89SAMPAN\n\x01\xff") },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TestClient) client = test_client_connect (fixture->port, "127.0.1.50");
      g_test_message ("%s", cases[i].name);
      if (test_client_send_raw (client, cases[i].bytes, cases[i].length))
        g_assert_true (test_client_is_closed (client));
    }
  assert_honest_login_works ();
}

static void
test_garbage_by_bytes (void)
{
  static const char text[] = "SSH-2.0-OpenSSH_9.2p1";
  g_autoptr (TestClient) client = test_client_connect (fixture->port, "127.0.1.51");
  g_assert_true (test_client_send_raw (client, text, 1));
  g_assert_true (test_client_is_closed (client));
  assert_honest_login_works ();
}

/* Honest, but a byte at a time. */
static void
test_slow_hello (void)
{
  g_autoptr (TestClient) client = test_client_connect (fixture->port, "127.0.1.52");
  uint8_t hello[SAMPAN_HELLO_CLIENT_MAX];
  uint8_t answer[SAMPAN_HELLO_SERVER_LENGTH];
  size_t length = sampan_channel_write_hello (client->channel, hello);
  for (size_t i = 0; i < length; i++)
    g_assert_true (test_client_send_raw (client, hello + i, 1));
  g_assert_cmpint (recv (client->fd, answer, sizeof answer, MSG_WAITALL), ==, sizeof answer);
}

static void
send_and_expect_close (const char *source, const uint8_t *bytes, size_t length)
{
  g_autoptr (TestClient) client = test_client_connect (fixture->port, source);
  g_assert_true (test_client_hello (client));
  if (test_client_send_raw (client, bytes, length))
    g_assert_true (test_client_is_closed (client));
}

static void
test_bad_frames (void)
{
  /* Only the length is there: it must be enough to be refused by. */
  static const uint8_t too_long[] = { 0x04, 0x11 }; /* 1025 + 16 */
  static const uint8_t huge[] = { 0xff, 0xff };
  static const uint8_t empty[] = { 0, 0 };
  static const uint8_t no_message[] = { 0, 16 };
  static const uint8_t forged[] = {
    0, 17, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17
  };
  send_and_expect_close ("127.0.1.60", too_long, sizeof too_long);
  send_and_expect_close ("127.0.1.60", huge, sizeof huge);
  send_and_expect_close ("127.0.1.60", empty, sizeof empty);
  send_and_expect_close ("127.0.1.60", no_message, sizeof no_message);
  send_and_expect_close ("127.0.1.60", forged, sizeof forged);
}

static void
test_wrong_messages (void)
{
  static const SampanKind kinds[] = {
    SAMPAN_KIND_CLOSE,       SAMPAN_KIND_DATA,         SAMPAN_KIND_PING,         SAMPAN_KIND_LIST,
    SAMPAN_KIND_LOGOUT,      SAMPAN_KIND_LOGIN_OK,     SAMPAN_KIND_PUT,          SAMPAN_KIND_ATTACH,
    SAMPAN_KIND_LOGIN_START, SAMPAN_KIND_LOGIN_FINISH, SAMPAN_KIND_PASSWD_RECORD
  };

  for (size_t i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (TestClient) client = test_client_connect (fixture->port, "127.0.1.61");
      SampanWriter writer;
      g_test_message ("0x%02x", kinds[i]);
      g_assert_true (test_client_hello (client));
      test_client_begin (&writer);
      sampan_write_empty (&writer, kinds[i]);
      g_assert_true (test_client_send (client, &writer));
      g_assert_true (test_client_is_closed (client));
    }
}

/* The identity and what is no point at all. */
static void
test_bad_ke1 (void)
{
  for (int fill = 0; fill <= 0xff; fill += 0xff)
    {
      g_autoptr (TestClient) client = test_client_connect (fixture->port, "127.0.1.62");
      SampanLoginStart start = { .user = test_bytes ("ann") };
      SampanWriter writer;
      memset (start.ke1, fill, sizeof start.ke1);
      g_assert_true (test_client_hello (client));
      test_client_begin (&writer);
      sampan_write_login_start (&writer, &start);
      g_assert_true (test_client_send (client, &writer));
      g_assert_true (test_client_is_closed (client));
    }
}

/* Bytes without end before login. */
static void
test_budget (void)
{
  g_autoptr (TestClient) client = test_client_connect (fixture->port, "127.0.1.63");
  uint8_t frame[SAMPAN_FRAME_HEADER + SAMPAN_PRE_LOGIN_FRAME_MAX] = { 0x04, 0x00 };
  g_assert_true (test_client_hello (client));
  if (test_client_send_raw (client, frame, sizeof frame))
    g_assert_true (test_client_is_closed (client));
  assert_honest_login_works ();
}

static void
test_per_source (void)
{
  g_autoptr (GPtrArray) silent = g_ptr_array_new_with_free_func ((GDestroyNotify)test_client_free);
  for (int i = 0; i < 64; i++)
    g_ptr_array_add (silent, test_client_connect (fixture->port, "127.0.1.70"));
  g_assert_true (test_client_is_closed (g_ptr_array_index (silent, 0)));
  /* The same source still gets in: a silent one makes room. */
  g_autoptr (TestClient) client = test_client_connect (fixture->port, "127.0.1.70");
  g_assert_cmpint (test_client_login (client, "ann", TEST_PASSWORD), ==, 0);
  assert_honest_login_works ();
}

static gpointer
attach_thread (gpointer data)
{
  g_autoptr (TestClient) client = test_client_connect (fixture->port, "127.0.1.71");
  bool is_attached = test_client_attach (client, data);
  if (is_attached)
    test_client_ping (client);
  return GINT_TO_POINTER (is_attached);
}

/* All at once from one address, as when a link breaks under many transfers: none is turned away. */
static void
test_attach_burst (void)
{
  g_autoptr (TestClient) session = test_client_new_logged_in (fixture->port, "ann", TEST_PASSWORD);
  GThread *burst[40];
  for (size_t i = 0; i < G_N_ELEMENTS (burst); i++)
    burst[i] = g_thread_new ("attach", attach_thread, session);
  for (size_t i = 0; i < G_N_ELEMENTS (burst); i++)
    g_assert_true (GPOINTER_TO_INT (g_thread_join (burst[i])));
}

/* E2. What never becomes a connection (E3) is for the kernel's SYN cookies: it is no matter of
 * ours.
 */
static void
test_flood (void)
{
  g_autoptr (GPtrArray) silent = g_ptr_array_new_with_free_func ((GDestroyNotify)test_client_free);
  for (int i = 0; i < 700; i++)
    {
      g_autofree char *source = g_strdup_printf ("127.0.2.%d", 1 + i / 10);
      g_ptr_array_add (silent, test_client_connect (fixture->port, source));
    }
  assert_honest_login_works ();
  g_assert_true (test_client_is_closed (g_ptr_array_index (silent, 0)));
}

/* ---- Deadlines, on a server with short ones ---- */

static void
test_deadline (void)
{
  const SampanServerTimes times = { .login_deadline_us = G_USEC_PER_SEC / 2 };
  g_autoptr (TestFixture) hasty = test_fixture_new (&times);
  g_autoptr (TestClient) silent = test_client_connect (hasty->port, NULL);
  g_autoptr (TestClient) greeted = test_client_connect (hasty->port, NULL);
  g_autoptr (TestClient) started = test_client_connect (hasty->port, NULL);
  g_autoptr (SampanSecret) password = sampan_secret_new ("x", 1);
  g_autoptr (SampanLoginClient) login = sampan_login_client_new ("ann", password);
  SampanLoginChallenge challenge;
  SampanErrorCode code = 0;
  bool is_greeted, is_started;

  /* On a busy machine the deadline may come before they are so far. */
  is_greeted = test_client_hello (greeted);
  is_started = test_client_hello (started) &&
               test_client_start_login (started, login, "ann", &challenge, &code);
  g_assert_cmpint (code, ==, 0);
  g_assert_true (test_client_is_closed (silent));
  g_assert_true (!is_greeted || test_client_is_closed (greeted));
  g_assert_true (!is_started || test_client_is_closed (started));
}

/* Whoever came before the descriptors ran out is not kept for it. */
static void
test_deadline_without_descriptors (void)
{
  const SampanServerTimes times = { .login_deadline_us = G_USEC_PER_SEC / 2 };
  g_autoptr (TestFixture) hasty = test_fixture_new (&times);
  struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons (hasty->port) };
  int fds[] = { socket (AF_INET, SOCK_STREAM, 0), socket (AF_INET, SOCK_STREAM, 0) };
  int next = dup (fds[0]);
  struct rlimit before, limit;
  char byte;

  g_assert_cmpint (next, >=, 0);
  close (next);
  g_assert_cmpint (inet_pton (AF_INET, "127.0.0.1", &to.sin_addr), ==, 1);
  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &before), ==, 0);
  limit = (struct rlimit){ .rlim_cur = (rlim_t)next, .rlim_max = before.rlim_max };
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  for (size_t i = 0; i < G_N_ELEMENTS (fds); i++)
    g_assert_cmpint (connect (fds[i], (struct sockaddr *)&to, sizeof to), ==, 0);
  /* Both wait; now there is a descriptor for the first. */
  limit.rlim_cur = (rlim_t)next + 1;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  g_assert_cmpint (recv (fds[0], &byte, 1, 0), ==, 0);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &before), ==, 0);
  for (size_t i = 0; i < G_N_ELEMENTS (fds); i++)
    close (fds[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (sampan_crypto_init ());
  fixture = test_fixture_new (NULL);
  g_test_add_func ("/server/login/ok", test_ok);
  g_test_add_func ("/server/login/one-time", test_one_time);
  g_test_add_func ("/server/login/alike", test_alike);
  g_test_add_func ("/server/login/wrong-ke3", test_wrong_ke3);
  g_test_add_func ("/server/login/penalty", test_penalty);
  g_test_add_func ("/server/login/code-penalty", test_code_penalty);
  g_test_add_func ("/server/login/guessed-from-everywhere", test_guessed_from_everywhere);
  g_test_add_func ("/server/login/bad-ke1", test_bad_ke1);
  g_test_add_func ("/server/attach/ok", test_attach);
  g_test_add_func ("/server/attach/refused", test_attach_refused);
  g_test_add_func ("/server/attach/after-loss", test_attach_after_loss);
  g_test_add_func ("/server/logout", test_logout);
  g_test_add_func ("/server/strangers/garbage", test_garbage);
  g_test_add_func ("/server/strangers/garbage-by-bytes", test_garbage_by_bytes);
  g_test_add_func ("/server/strangers/E1/slow-hello", test_slow_hello);
  g_test_add_func ("/server/strangers/bad-frames", test_bad_frames);
  g_test_add_func ("/server/strangers/wrong-messages", test_wrong_messages);
  g_test_add_func ("/server/strangers/budget", test_budget);
  g_test_add_func ("/server/strangers/E2/per-source", test_per_source);
  g_test_add_func ("/server/attach/burst", test_attach_burst);
  g_test_add_func ("/server/strangers/E2/flood", test_flood);
  g_test_add_func ("/server/strangers/E1/deadline", test_deadline);
  g_test_add_func ("/server/strangers/E1/deadline-without-descriptors",
                   test_deadline_without_descriptors);
  int result = g_test_run ();
  test_fixture_free (fixture);
  return result;
}
