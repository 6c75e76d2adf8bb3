/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* B9, H8: logging in at servers that break off, lie or say nothing, and cancelling it at five
 * moments. */

#include "config.h"

#include "core-test.h"
#include "evil-server.h"
#include "known-servers.h"
#include "session-private.h"

#include <string.h>

/* For servers that stall; what they do before has to be done within. */
#define SHORT_MS 2000

typedef struct
{
  const char *name;
  EvilLogin login;
  const char *password;
  int code;             /* 0: success */
  unsigned int records; /* after KE1: 1 is KE3 */
} LoginCase;

static const LoginCase cases[] = {
  { "fine", EVIL_LOGIN_FINE, CORE_TEST_PASSWORD, 0, 1 },
  { "must-set", EVIL_LOGIN_MUST_SET, CORE_TEST_PASSWORD, 0, 1 },
  { "wrong-password", EVIL_LOGIN_FINE, "wrong horse", SAMPAN_ERROR_LOGIN_REFUSED, 0 },
  { "silent", EVIL_LOGIN_SILENT, CORE_TEST_PASSWORD, SAMPAN_ERROR_DISCONNECTED, 0 },
  { "hangs-up", EVIL_LOGIN_HANGS_UP, CORE_TEST_PASSWORD, SAMPAN_ERROR_DISCONNECTED, 0 },
  { "noise", EVIL_LOGIN_NOISE, CORE_TEST_PASSWORD, SAMPAN_ERROR_PROTOCOL, 0 },
  { "http", EVIL_LOGIN_HTTP, CORE_TEST_PASSWORD, SAMPAN_ERROR_PROTOCOL, 0 },
  { "other-version", EVIL_LOGIN_OTHER_VERSION, CORE_TEST_PASSWORD, SAMPAN_ERROR_UNSUPPORTED, 0 },
  { "no-suite", EVIL_LOGIN_NO_SUITE, CORE_TEST_PASSWORD, SAMPAN_ERROR_UNSUPPORTED, 0 },
  { "stall-hello", EVIL_LOGIN_STALL_HELLO, CORE_TEST_PASSWORD, SAMPAN_ERROR_DISCONNECTED, 0 },
  { "stall-challenge",
    EVIL_LOGIN_STALL_CHALLENGE,
    CORE_TEST_PASSWORD,
    SAMPAN_ERROR_DISCONNECTED,
    0 },
  { "try-later", EVIL_LOGIN_TRY_LATER, CORE_TEST_PASSWORD, SAMPAN_ERROR_TRY_LATER, 0 },
  { "shutting-down", EVIL_LOGIN_SHUTTING_DOWN, CORE_TEST_PASSWORD, SAMPAN_ERROR_SHUTTING_DOWN, 0 },
  { "bad-mac", EVIL_LOGIN_BAD_MAC, CORE_TEST_PASSWORD, SAMPAN_ERROR_INTERCEPTED, 0 },
  { "bad-points", EVIL_LOGIN_BAD_POINTS, CORE_TEST_PASSWORD, SAMPAN_ERROR_PROTOCOL, 0 },
  { "unknown-ksf", EVIL_LOGIN_UNKNOWN_KSF, CORE_TEST_PASSWORD, SAMPAN_ERROR_PROTOCOL, 0 },
  { "wrong-kind", EVIL_LOGIN_WRONG_KIND, CORE_TEST_PASSWORD, SAMPAN_ERROR_PROTOCOL, 0 },
  { "short", EVIL_LOGIN_SHORT, CORE_TEST_PASSWORD, SAMPAN_ERROR_PROTOCOL, 0 },
  { "huge", EVIL_LOGIN_HUGE, CORE_TEST_PASSWORD, SAMPAN_ERROR_PROTOCOL, 0 },
  { "hangs-up-ke3", EVIL_LOGIN_HANGS_UP_KE3, CORE_TEST_PASSWORD, SAMPAN_ERROR_DISCONNECTED, 1 },
  { "stall-ke3", EVIL_LOGIN_STALL_KE3, CORE_TEST_PASSWORD, SAMPAN_ERROR_DISCONNECTED, 1 },
  { "old-key", EVIL_LOGIN_OLD_KEY, CORE_TEST_PASSWORD, SAMPAN_ERROR_PROTOCOL, 1 },
  { "refuses", EVIL_LOGIN_REFUSES, CORE_TEST_PASSWORD, SAMPAN_ERROR_LOGIN_REFUSED, 1 },
};

static SampanServerKnowledge
ask_knowledge (EvilServer *server)
{
  g_autoptr (GError) error = NULL;
  SampanServerKnowledge knowledge;
  bool ok = sampan_known_servers_check ("127.0.0.1",
                                        evil_server_get_port (server),
                                        evil_server_get_public_key (server),
                                        &knowledge,
                                        &error);

  g_assert_no_error (error);
  g_assert_true (ok);
  return knowledge;
}

static void
forget (EvilServer *server)
{
  g_assert_true (sampan_known_servers_forget ("127.0.0.1", evil_server_get_port (server), NULL));
}

static SampanSession *
new_session (void)
{
  g_autoptr (SampanEngine) engine = sampan_engine_new ();

  return sampan_session_new (engine);
}

static void
set_impatient (SampanSession *session)
{
  SampanLinkTimes times = sampan_link_default_times;

  times.hello_ms = SHORT_MS;
  sampan_session_set_times (session, &times);
}

static bool
all_ended (gpointer server)
{
  /* Nothing wakes the main context for this one. */
  g_usleep (1000);
  g_main_context_wakeup (NULL);
  return evil_server_count_ended (server) == evil_server_count_accepted (server);
}

static void
await_all_ended (EvilServer *server)
{
  core_test_await_condition (all_ended, server);
}

static void
test_case (gconstpointer data)
{
  const LoginCase *login = data;
  EvilPlan plan = { .login = login->login };
  g_autoptr (EvilServer) server = evil_server_new (&plan);
  g_autoptr (SampanSession) session = new_session ();
  g_autoptr (GError) error = NULL;

  if (login->code == SAMPAN_ERROR_DISCONNECTED)
    set_impatient (session);
  forget (server);
  error = core_test_login (session, evil_server_get_port (server), login->password);
  if (login->code == 0)
    {
      g_assert_no_error (error);
      g_assert_cmpint (sampan_session_get_state (session), ==, SAMPAN_SESSION_READY);
      g_assert_cmpint (sampan_session_get_must_set_password (session),
                       ==,
                       login->login == EVIL_LOGIN_MUST_SET);
      g_assert_cmpint (ask_knowledge (server), ==, SAMPAN_SERVER_KNOWN);
    }
  else
    {
      g_assert_error (error, SAMPAN_ERROR, login->code);
      g_assert_cmpint (sampan_session_get_state (session), ==, SAMPAN_SESSION_DISCONNECTED);
      g_assert_cmpint (ask_knowledge (server), ==, SAMPAN_SERVER_NEW);
      await_all_ended (server);
    }
  g_assert_cmpuint (evil_server_count_after_ke1 (server), ==, login->records);
}

/* What is asked for while the login goes on is answered after it, or ends with it; nothing of it
 * leaves before the server has proved who it is. */
static void
test_early (gconstpointer data)
{
  const LoginCase *login = data;
  EvilPlan plan = { .login = login->login };
  g_autoptr (EvilServer) server = evil_server_new (&plan);
  g_autoptr (SampanSession) session = new_session ();
  g_autoptr (SampanSecret) password = core_test_secret (login->password);
  g_autoptr (GAsyncResult) logged_in = NULL;
  g_autoptr (GAsyncResult) pinged = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  int64_t round_trip_us;

  forget (server);
  sampan_session_login_async (session,
                              "127.0.0.1",
                              evil_server_get_port (server),
                              CORE_TEST_USER,
                              password,
                              NULL,
                              core_test_result_cb,
                              &logged_in);
  sampan_session_ping_async (session, "early", NULL, core_test_result_cb, &pinged);
  g_assert_true (sampan_session_login_finish (session, core_test_await (&logged_in), NULL) ==
                 (login->code == 0));
  text = sampan_session_ping_finish (session, core_test_await (&pinged), &round_trip_us, &error);
  if (login->code == 0)
    g_assert_cmpstr (text, ==, "early"); /* this server leaves it as it is */
  else
    {
      /* Once it is out, it ends with what ended the link. */
      bool is_alike = login->records > 0 && login->code != SAMPAN_ERROR_LOGIN_REFUSED;
      int code = is_alike ? login->code : (int)SAMPAN_ERROR_DISCONNECTED;

      g_assert_error (error, SAMPAN_ERROR, code);
      await_all_ended (server);
    }
  if (login->records == 0)
    g_assert_cmpuint (evil_server_count_after_ke1 (server), ==, 0);
}

static void
test_early_cancelled (void)
{
  EvilPlan plan = { .login = EVIL_LOGIN_FINE };
  g_autoptr (EvilServer) server = evil_server_new (&plan);
  g_autoptr (SampanSession) session = new_session ();
  g_autoptr (SampanSecret) password = core_test_secret (CORE_TEST_PASSWORD);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) logged_in = NULL;
  g_autoptr (GAsyncResult) pinged = NULL;
  g_autoptr (GError) error = NULL;

  sampan_session_login_async (session,
                              "127.0.0.1",
                              evil_server_get_port (server),
                              CORE_TEST_USER,
                              password,
                              NULL,
                              core_test_result_cb,
                              &logged_in);
  sampan_session_ping_async (session, "x", cancellable, core_test_result_cb, &pinged);
  g_cancellable_cancel (cancellable);
  g_assert_null (
      sampan_session_ping_finish (session, core_test_await (&pinged), &(int64_t){ 0 }, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_true (sampan_session_login_finish (session, core_test_await (&logged_in), NULL));
  g_assert_cmpuint (evil_server_count_after_ke1 (server), ==, 1);
}

static void
test_try_later_tells_seconds (void)
{
  EvilPlan plan = { .login = EVIL_LOGIN_TRY_LATER };
  g_autoptr (EvilServer) server = evil_server_new (&plan);
  g_autoptr (SampanSession) session = new_session ();
  g_autoptr (GError) error =
      core_test_login (session, evil_server_get_port (server), CORE_TEST_PASSWORD);

  g_assert_nonnull (strstr (error->message, "17"));
}

/* H10 */
static void
test_server_changed (void)
{
  EvilPlan plan = { .login = EVIL_LOGIN_FINE };
  g_autoptr (EvilServer) server = evil_server_new (&plan);
  g_autoptr (SampanSession) session = new_session ();
  uint8_t other[SAMPAN_PUBLIC_KEY_LENGTH] = { 1 };
  g_autoptr (GError) error = NULL;

  g_assert_true (
      sampan_known_servers_remember ("127.0.0.1", evil_server_get_port (server), other, NULL));
  error = core_test_login (session, evil_server_get_port (server), CORE_TEST_PASSWORD);
  g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_SERVER_CHANGED);
  await_all_ended (server);
  g_assert_cmpuint (evil_server_count_after_ke1 (server), ==, 0);
  g_assert_cmpint (ask_knowledge (server), ==, SAMPAN_SERVER_DIFFERENT);
  forget (server);
}

static void
test_damaged_store (void)
{
  g_autofree char *filename = core_test_path ("sampan/known-servers");
  EvilPlan plan = { .login = EVIL_LOGIN_FINE };
  g_autoptr (EvilServer) server = evil_server_new (&plan);
  g_autoptr (SampanSession) session = new_session ();
  g_autoptr (GError) error = NULL;
  g_autofree char *before = NULL;

  forget (server);
  g_assert_true (g_file_get_contents (filename, &before, NULL, NULL));
  g_assert_true (g_file_set_contents (filename, "damaged", -1, NULL));
  error = core_test_login (session, evil_server_get_port (server), CORE_TEST_PASSWORD);
  g_assert_nonnull (error);
  await_all_ended (server);
  g_assert_cmpuint (evil_server_count_after_ke1 (server), ==, 0);
  g_assert_true (g_file_set_contents (filename, before, -1, NULL));
}

static void
test_unreachable (void)
{
  EvilPlan plan = { .login = EVIL_LOGIN_FINE };
  g_autoptr (EvilServer) server = evil_server_new (&plan);
  g_autoptr (SampanSession) session = new_session ();
  g_autoptr (GError) error = NULL;
  uint16_t port = evil_server_get_port (server);

  g_clear_pointer (&server, evil_server_free);
  error = core_test_login (session, port, CORE_TEST_PASSWORD);
  g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_UNREACHABLE);
  g_assert_cmpint (sampan_session_get_state (session), ==, SAMPAN_SESSION_DISCONNECTED);
}

/* A failed login leaves a session that can try again; a second success too. */
static void
test_again (void)
{
  EvilPlan plan = { .login = EVIL_LOGIN_FINE };
  g_autoptr (EvilServer) server = evil_server_new (&plan);
  g_autoptr (SampanSession) session = new_session ();
  uint16_t port = evil_server_get_port (server);

  for (int i = 0; i < 2; i++)
    {
      g_autoptr (GError) refused = core_test_login (session, port, "wrong");
      g_autoptr (GError) error = core_test_login (session, port, CORE_TEST_PASSWORD);
      g_autoptr (GAsyncResult) result = NULL;

      g_assert_error (refused, SAMPAN_ERROR, SAMPAN_ERROR_LOGIN_REFUSED);
      g_assert_no_error (error);
      sampan_session_logout_async (session, NULL, core_test_result_cb, &result);
      g_assert_true (sampan_session_logout_finish (session, core_test_await (&result), &error));
      g_assert_no_error (error);
      g_assert_cmpint (sampan_session_get_state (session), ==, SAMPAN_SESSION_DISCONNECTED);
    }
}

/* What has the form of a one-time code is tried once, however it was typed: one wrong code counts
 * as one failure. */
static void
test_folded_code (void)
{
  EvilPlan plan = { .login = EVIL_LOGIN_FINE };
  g_autoptr (EvilServer) server = evil_server_new (&plan);
  g_autoptr (SampanSession) session = new_session ();
  uint16_t port = evil_server_get_port (server);
  g_autoptr (GError) plain =
      core_test_login (session, port, "about-canoe-lilac-ruby-sushi-topaz-verse-zoom");
  g_autoptr (GError) typed = NULL;

  g_assert_error (plain, SAMPAN_ERROR, SAMPAN_ERROR_LOGIN_REFUSED);
  g_assert_cmpuint (evil_server_count_accepted (server), ==, 1);
  typed = core_test_login (session, port, "ABOUT CANOE LILAC RUBY SUSHI TOPAZ VERSE ZOOM");
  g_assert_error (typed, SAMPAN_ERROR, SAMPAN_ERROR_LOGIN_REFUSED);
  g_assert_cmpuint (evil_server_count_accepted (server), ==, 2);
}

/* Only once it was refused: it may be a password. */
static void
test_mistyped_code (void)
{
  EvilPlan plan = { .login = EVIL_LOGIN_FINE };
  g_autoptr (EvilServer) server = evil_server_new (&plan);
  g_autoptr (SampanSession) session = new_session ();
  g_autoptr (GError) error = core_test_login (session,
                                              evil_server_get_port (server),
                                              "about canoe hosre ruby sushi topaz verse zoom");
  g_autofree char *text = NULL;

  g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_LOGIN_REFUSED);
  text = sampan_error_dup_text (error);
  g_assert_nonnull (strstr (text, "“hosre” is not one of the words"));
  g_assert_cmpuint (evil_server_count_accepted (server), ==, 1);
  g_assert_cmpint (sampan_session_get_state (session), ==, SAMPAN_SESSION_DISCONNECTED);
}

/* ---- Cancelling ---- */

typedef enum
{
  BEFORE,
  AT_ONCE,
  MID,
  LATE,
  AFTER,
} Moment;

typedef struct
{
  SampanSession *session;
  EvilServer *server;
  SampanSessionState state;
} Waiting;

static bool
has_state (gpointer data)
{
  Waiting *waiting = data;

  return sampan_session_get_state (waiting->session) == waiting->state;
}

static bool
has_sent_after_ke1 (gpointer server)
{
  g_usleep (1000);
  g_main_context_wakeup (NULL);
  return evil_server_count_after_ke1 (server) > 0;
}

static void
wait_for_moment (Moment moment, SampanSession *session, EvilServer *server, GAsyncResult **result)
{
  Waiting waiting = { session, server, SAMPAN_SESSION_LOGGING_IN };

  switch (moment)
    {
    case BEFORE:
    case AT_ONCE:
      return;
    case MID:
      core_test_await_condition (has_state, &waiting);
      return;
    case LATE:
      core_test_await_condition (has_sent_after_ke1, server);
      return;
    case AFTER:
      core_test_await (result);
      return;
    }
}

static void
test_cancel (gconstpointer data)
{
  Moment moment = (Moment)GPOINTER_TO_INT (data);
  EvilPlan plan = { .login = moment == LATE ? EVIL_LOGIN_STALL_KE3 : EVIL_LOGIN_FINE };
  g_autoptr (EvilServer) server = evil_server_new (&plan);
  g_autoptr (SampanEngine) engine = sampan_engine_new ();
  g_autoptr (SampanSession) session = sampan_session_new (engine);
  g_autoptr (SampanSecret) password = core_test_secret (CORE_TEST_PASSWORD);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  if (moment == BEFORE)
    g_cancellable_cancel (cancellable);
  sampan_session_login_async (session,
                              "127.0.0.1",
                              evil_server_get_port (server),
                              CORE_TEST_USER,
                              password,
                              cancellable,
                              core_test_result_cb,
                              &result);
  wait_for_moment (moment, session, server, &result);
  g_cancellable_cancel (cancellable);
  sampan_session_login_finish (session, core_test_await (&result), &error);
  if (moment == AFTER)
    {
      g_assert_no_error (error);
      g_assert_cmpint (sampan_session_get_state (session), ==, SAMPAN_SESSION_READY);
      return;
    }
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (sampan_session_get_state (session), ==, SAMPAN_SESSION_DISCONNECTED);
  await_all_ended (server);
  if (moment == BEFORE)
    g_assert_cmpuint (evil_server_count_accepted (server), ==, 0);
}

/* The last reference goes while the key is being stretched. */
static void
test_dropped_while_stretching (void)
{
  EvilPlan plan = { .login = EVIL_LOGIN_FINE };
  g_autoptr (EvilServer) server = evil_server_new (&plan);
  g_autoptr (SampanSession) session = new_session ();
  g_autoptr (SampanSecret) password = core_test_secret (CORE_TEST_PASSWORD);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  Waiting waiting = { session, server, SAMPAN_SESSION_LOGGING_IN };

  sampan_session_login_async (session,
                              "127.0.0.1",
                              evil_server_get_port (server),
                              CORE_TEST_USER,
                              password,
                              cancellable,
                              core_test_result_cb,
                              &result);
  core_test_await_condition (has_state, &waiting);
  g_cancellable_cancel (cancellable);
  core_test_await (&result);
  g_clear_object (&result);
  g_clear_object (&session);
  await_all_ended (server);
}

int
main (int argc, char **argv)
{
  static const char *const moments[] = { "before", "at-once", "mid", "late", "after" };

  core_test_init (&argc, &argv);
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *name = g_strdup_printf ("/core/login/%s", cases[i].name);
      g_autofree char *early = g_strdup_printf ("/core/login/early/%s", cases[i].name);

      g_test_add_data_func (name, &cases[i], test_case);
      g_test_add_data_func (early, &cases[i], test_early);
    }
  g_test_add_func ("/core/login/early/cancelled", test_early_cancelled);
  g_test_add_func ("/core/login/try-later-tells-seconds", test_try_later_tells_seconds);
  g_test_add_func ("/core/login/server-changed", test_server_changed);
  g_test_add_func ("/core/login/damaged-store", test_damaged_store);
  g_test_add_func ("/core/login/unreachable", test_unreachable);
  g_test_add_func ("/core/login/again", test_again);
  g_test_add_func ("/core/login/folded-code", test_folded_code);
  g_test_add_func ("/core/login/mistyped-code", test_mistyped_code);
  for (int i = BEFORE; i <= AFTER; i++)
    {
      g_autofree char *name = g_strdup_printf ("/core/login/cancel/%s", moments[i]);

      g_test_add_data_func (name, GINT_TO_POINTER (i), test_cancel);
    }
  g_test_add_func ("/core/login/dropped-while-stretching", test_dropped_while_stretching);
  return core_test_run ();
}
