/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* B3, B9, C10, H8, H10: a change of password at a server that means no good. Neither the proof of
 * the old password nor the record of the new one leaves for whoever did not show the key that the
 * login showed. */

#include "config.h"

#include "core-test.h"
#include "evil-server-private.h"
#include "session-test.h"

#include <string.h>

/* For servers that fall silent; what they do before has to be done within. */
#define SHORT_MS 2000
#define FRESH_PASSWORD "a new horse"

/* What the server does in place of its part. */
typedef enum
{
  EVIL_FINE,
  EVIL_OTHER_CHALLENGE,    /* LOGIN_CHALLENGE in place of PASSWD_CHALLENGE */
  EVIL_TWO_CHALLENGES,     /* the second while the client computes */
  EVIL_ZERO_CHALLENGE,     /* points that are the identity */
  EVIL_BAD_MAC,            /* as somebody in between would send it */
  EVIL_LOGIN_PURPOSE,      /* a challenge for a session, not for a change */
  EVIL_KSF,                /* a key-stretching set that does not exist */
  EVIL_OTHER_KEYS,         /* knows the password, has another key */
  EVIL_REFUSES,            /* ERROR in place of the challenge */
  EVIL_SILENT,             /* nothing after PASSWD_START */
  EVIL_CUT,                /* the link breaks there */
  EVIL_ZERO_RESPONSE,      /* points that are the identity */
  EVIL_RESPONSE_OTHER_KEY, /* a record for another server */
  EVIL_DONE_EARLY,         /* DONE in place of the response */
  EVIL_REFUSES_FINISH,
  EVIL_SILENT_FINISH,
  EVIL_RESPONSE_TWICE,
  EVIL_REFUSES_RECORD,
  EVIL_WRONG_END, /* PONG in place of DONE */
  EVIL_SILENT_RECORD,
  N_EVILS,
} Evil;

typedef struct
{
  const char *name;
  int code;         /* 0: fine */
  unsigned int out; /* of the client's three messages */
  bool session_lives;
} PasswdCase;

static const PasswdCase cases[N_EVILS] = {
  [EVIL_FINE] = { "fine", 0, 3, true },
  [EVIL_OTHER_CHALLENGE] = { "other-challenge", SAMPAN_ERROR_PROTOCOL, 1, false },
  [EVIL_TWO_CHALLENGES] = { "two-challenges", SAMPAN_ERROR_PROTOCOL, 1, false },
  [EVIL_ZERO_CHALLENGE] = { "zero-challenge", SAMPAN_ERROR_PROTOCOL, 1, true },
  [EVIL_BAD_MAC] = { "bad-mac", SAMPAN_ERROR_INTERCEPTED, 1, true },
  [EVIL_LOGIN_PURPOSE] = { "login-purpose", SAMPAN_ERROR_INTERCEPTED, 1, true },
  [EVIL_KSF] = { "ksf", SAMPAN_ERROR_PROTOCOL, 1, true },
  [EVIL_OTHER_KEYS] = { "other-keys", SAMPAN_ERROR_SERVER_CHANGED, 1, true },
  [EVIL_REFUSES] = { "refuses", SAMPAN_ERROR_TRY_LATER, 1, true },
  [EVIL_SILENT] = { "silent", SAMPAN_ERROR_DISCONNECTED, 1, false },
  [EVIL_CUT] = { "cut", SAMPAN_ERROR_DISCONNECTED, 1, false },
  [EVIL_ZERO_RESPONSE] = { "zero-response", SAMPAN_ERROR_PROTOCOL, 2, true },
  [EVIL_RESPONSE_OTHER_KEY] = { "response-other-key", SAMPAN_ERROR_SERVER_CHANGED, 2, true },
  [EVIL_DONE_EARLY] = { "done-early", SAMPAN_ERROR_PROTOCOL, 2, false },
  [EVIL_REFUSES_FINISH] = { "refuses-finish", SAMPAN_ERROR_LOGIN_REFUSED, 2, true },
  [EVIL_SILENT_FINISH] = { "silent-finish", SAMPAN_ERROR_DISCONNECTED, 2, false },
  [EVIL_RESPONSE_TWICE] = { "response-twice", SAMPAN_ERROR_PROTOCOL, 2, false },
  [EVIL_REFUSES_RECORD] = { "refuses-record", SAMPAN_ERROR_IO, 3, true },
  [EVIL_WRONG_END] = { "wrong-end", SAMPAN_ERROR_PROTOCOL, 3, false },
  [EVIL_SILENT_RECORD] = { "silent-record", SAMPAN_ERROR_DISCONNECTED, 3, false },
};

static atomic_uint messages_seen;

/* ---- The server ---- */

/* Another server, which has learned the password. Made once, as it is slow. */
static SampanServerKeys other_keys;
static uint8_t other_record[SAMPAN_REGISTRATION_RECORD_LENGTH];

static void
make_other_server (void)
{
  g_autoptr (SampanSecret) password = core_test_secret (CORE_TEST_PASSWORD);
  g_autoptr (GError) error = NULL;

  g_assert_true (sampan_server_keys_generate (&other_keys));
  g_assert_true (sampan_registration_local (&other_keys,
                                            CORE_TEST_USER,
                                            password,
                                            SAMPAN_KSF_64M,
                                            other_record,
                                            &error));
}

static bool
read_next (EvilPeer *peer, SampanKind wanted, SampanReader *fields)
{
  uint8_t kind;

  if (!evil_read (peer, &kind, fields))
    return false;
  if (kind == SAMPAN_KIND_PING) /* the client has given up and goes on */
    session_test_answer_ping (peer, fields);
  if (kind != wanted)
    return false;
  atomic_fetch_add (&messages_seen, 1);
  return true;
}

static void
make_challenge (EvilPeer *peer,
                Evil evil,
                const SampanPasswdStart *start,
                SampanLoginServer *login,
                SampanLoginChallenge *challenge)
{
  bool is_other = evil == EVIL_OTHER_KEYS;

  challenge->ksf = SAMPAN_KSF_64M;
  g_assert_true (sampan_login_server_answer (login,
                                             is_other ? &other_keys : &peer->server->keys,
                                             is_other ? other_record : peer->server->record,
                                             CORE_TEST_USER,
                                             strlen (CORE_TEST_USER),
                                             evil == EVIL_LOGIN_PURPOSE
                                                 ? SAMPAN_LOGIN_FOR_SESSION
                                                 : SAMPAN_LOGIN_FOR_PASSWORD_CHANGE,
                                             sampan_channel_get_suite (peer->channel),
                                             sampan_channel_get_handshake_hash (peer->channel),
                                             challenge->ksf,
                                             start->ke1,
                                             challenge->ke2));
  if (evil == EVIL_BAD_MAC)
    challenge->ke2[SAMPAN_KE2_LENGTH - 1] ^= 1;
  if (evil == EVIL_ZERO_CHALLENGE)
    memset (challenge->ke2, 0, sizeof challenge->ke2);
  if (evil == EVIL_KSF)
    challenge->ksf = 200;
}

/* FALSE: the script is over. */
static bool
answer_start (EvilPeer *peer, Evil evil, SampanReader *fields, SampanLoginServer *login)
{
  SampanPasswdStart start;
  SampanLoginChallenge challenge;
  SampanKind kind = evil == EVIL_OTHER_CHALLENGE ? SAMPAN_KIND_LOGIN_CHALLENGE
                                                 : SAMPAN_KIND_PASSWD_CHALLENGE;

  if (!read_next (peer, SAMPAN_KIND_PASSWD_START, fields) || evil == EVIL_CUT)
    return false;
  g_assert_true (sampan_read_passwd_start (fields, &start));
  if (evil == EVIL_REFUSES)
    evil_send_error (peer, SAMPAN_ERROR_TRY_LATER, 17);
  if (evil == EVIL_SILENT || evil == EVIL_REFUSES)
    return false;
  make_challenge (peer, evil, &start, login, &challenge);
  for (int i = 0; i < (evil == EVIL_TWO_CHALLENGES ? 2 : 1); i++)
    {
      sampan_write_login_challenge (evil_begin (peer), kind, &challenge);
      evil_send (peer);
    }
  return true;
}

static bool
answer_finish (EvilPeer *peer, Evil evil, SampanReader *fields, const SampanLoginServer *login)
{
  SampanPasswdFinish finish;
  SampanPasswdResponse response;

  if (!read_next (peer, SAMPAN_KIND_PASSWD_FINISH, fields))
    return false;
  g_assert_true (sampan_read_passwd_finish (fields, &finish));
  g_assert_true (sampan_login_server_check (login, finish.ke3));
  if (evil == EVIL_REFUSES_FINISH)
    evil_send_error (peer, SAMPAN_ERROR_LOGIN_REFUSED, 0);
  if (evil == EVIL_DONE_EARLY)
    evil_send_empty (peer, SAMPAN_KIND_DONE);
  if (evil == EVIL_REFUSES_FINISH || evil == EVIL_DONE_EARLY || evil == EVIL_SILENT_FINISH)
    return false;
  g_assert_true (sampan_registration_server_answer (evil == EVIL_RESPONSE_OTHER_KEY
                                                        ? &other_keys
                                                        : &peer->server->keys,
                                                    CORE_TEST_USER,
                                                    strlen (CORE_TEST_USER),
                                                    finish.request,
                                                    response.response));
  if (evil == EVIL_ZERO_RESPONSE)
    memset (response.response, 0, sizeof response.response - SAMPAN_PUBLIC_KEY_LENGTH);
  for (int i = 0; i < (evil == EVIL_RESPONSE_TWICE ? 2 : 1); i++)
    {
      sampan_write_passwd_response (evil_begin (peer), &response);
      evil_send (peer);
    }
  return true;
}

static void
answer_record (EvilPeer *peer, Evil evil, SampanReader *fields)
{
  SampanPasswdRecord record;

  if (!read_next (peer, SAMPAN_KIND_PASSWD_RECORD, fields))
    return;
  g_assert_true (sampan_read_passwd_record (fields, &record));
  if (evil == EVIL_REFUSES_RECORD)
    evil_send_error (peer, SAMPAN_ERROR_IO, 0);
  else if (evil == EVIL_WRONG_END)
    evil_send_empty (peer, SAMPAN_KIND_PONG);
  else if (evil != EVIL_SILENT_RECORD)
    evil_send_empty (peer, SAMPAN_KIND_DONE);
}

static void
passwd_script (EvilPeer *peer, gpointer data)
{
  Evil evil = (Evil)GPOINTER_TO_INT (data);
  SampanLoginServer login;
  SampanReader fields;

  if (answer_start (peer, evil, &fields, &login) && answer_finish (peer, evil, &fields, &login))
    answer_record (peer, evil, &fields);
  if (evil == EVIL_CUT)
    return;
  if (cases[evil].session_lives)
    evil_serve (peer, NULL);
  else
    evil_stall (peer);
}

/* ---- The client ---- */

static GError *
change_password (SessionTest *self)
{
  g_autoptr (SampanSecret) current = core_test_secret (CORE_TEST_PASSWORD);
  g_autoptr (SampanSecret) fresh = core_test_secret (FRESH_PASSWORD);
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  sampan_session_passwd_async (self->session, current, fresh, NULL, core_test_result_cb, &result);
  sampan_session_passwd_finish (self->session, core_test_await (&result), &error);
  return error;
}

static void
test_passwd (gconstpointer data)
{
  const PasswdCase *expected = &cases[GPOINTER_TO_INT (data)];
  SampanLinkTimes times = sampan_link_default_times;
  SessionTest self;
  g_autoptr (GError) error = NULL;

  if (strstr (expected->name, "silent") != NULL)
    times.reply_ms = SHORT_MS;
  atomic_store (&messages_seen, 0);
  session_test_set_up (&self, passwd_script, (gpointer)data, &times);
  error = change_password (&self);
  if (expected->code == 0)
    g_assert_no_error (error);
  else
    g_assert_error (error, SAMPAN_ERROR, expected->code);
  if (expected->session_lives)
    {
      g_autoptr (GError) pinged = session_test_ping (&self, "x", NULL);

      g_assert_no_error (pinged);
    }
  else
    session_test_expect_broken (&self, (SampanErrorCode)expected->code);
  g_assert_cmpuint (atomic_load (&messages_seen), ==, expected->out);
  session_test_tear_down (&self);
}

int
main (int argc, char **argv)
{
  core_test_init (&argc, &argv);
  make_other_server ();
  for (int i = 0; i < N_EVILS; i++)
    {
      g_autofree char *name = g_strdup_printf ("/core/passwd-evil/%s", cases[i].name);

      g_test_add_data_func (name, GINT_TO_POINTER (i), test_passwd);
    }
  return core_test_run ();
}
