/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* passwd: a fresh login with the current password, then a registration of the new one. Three
 * requests; what has to be kept between them is the connection's data, dropped by any other one. */

#include "config.h"

#include "requests/requests.h"

#include <sodium.h>
#include <string.h>

typedef enum
{
  STEP_NONE,
  STEP_FINISH, /* comes next */
  STEP_RECORD,
} Step;

typedef struct
{
  SampanPenalties *penalties; /* borrowed */
  SampanSourceKey source;
  Step step;
  uint8_t ksf;
  uint32_t generation;
  SampanLoginServer login;
} Passwd;

/* A challenge without a right answer is a wrong guess, whoever broke it off: the client knows from
 * the challenge alone. */
static void
passwd_free (gpointer data)
{
  Passwd *passwd = data;
  if (passwd->step == STEP_FINISH)
    sampan_penalties_add_failure (passwd->penalties, &passwd->source, g_get_monotonic_time ());
  sodium_memzero (passwd, sizeof *passwd);
  g_free (passwd);
}

static bool
forget (SampanExchange *self)
{
  sampan_connection_set_data (self->connection, NULL, NULL);
  return true;
}

/* Wrong passwords count here as they do at login: whoever found an open session may not guess. */
static bool
is_throttled (SampanExchange *self, uint32_t *wait_secs)
{
  *wait_secs = sampan_penalties_check (self->services->penalties,
                                       sampan_connection_get_source_key (self->connection),
                                       g_get_monotonic_time ());
  return *wait_secs > 0;
}

static bool
find_account (SampanExchange *self, SampanAccount *account, GError **error)
{
  const char *user = self->session->user;
  g_autoptr (GError) local_error = NULL;
  if (sampan_account_store_find (self->services->store,
                                 user,
                                 strlen (user),
                                 account,
                                 &local_error) &&
      account->id == self->session->account_id && account->enabled)
    return true;
  if (local_error != NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));
  else
    g_set_error_literal (error, SAMPAN_ERROR, SAMPAN_ERROR_LOGIN_REFUSED, "no such account");
  return false;
}

static bool
answer (SampanExchange *self,
        const SampanPasswdStart *start,
        Passwd *passwd,
        SampanLoginChallenge *challenge,
        GError **error)
{
  SampanAccount account = { 0 };
  SampanChannel *channel = sampan_connection_get_channel (self->connection);
  bool ok = find_account (self, &account, error);
  passwd->penalties = self->services->penalties;
  passwd->source = *sampan_connection_get_source_key (self->connection);
  if (ok && !sampan_login_server_answer (&passwd->login,
                                         sampan_account_store_get_keys (self->services->store),
                                         account.record,
                                         account.name,
                                         strlen (account.name),
                                         SAMPAN_LOGIN_FOR_PASSWORD_CHANGE,
                                         sampan_channel_get_suite (channel),
                                         sampan_channel_get_handshake_hash (channel),
                                         account.ksf,
                                         start->ke1,
                                         challenge->ke2))
    {
      g_set_error_literal (error, SAMPAN_ERROR, SAMPAN_ERROR_PROTOCOL, "malformed KE1");
      ok = false;
    }
  passwd->step = ok ? STEP_FINISH : STEP_NONE;
  passwd->ksf = challenge->ksf = account.ksf;
  passwd->generation = account.generation;
  sodium_memzero (&account, sizeof account);
  return ok;
}

bool
sampan_request_passwd_start (SampanExchange *self, SampanReader *reader)
{
  SampanPasswdStart start;
  SampanLoginChallenge challenge;
  SampanWriter writer;
  g_autoptr (GError) error = NULL;
  uint32_t wait_secs = 0;
  forget (self);
  if (!sampan_read_passwd_start (reader, &start))
    return sampan_exchange_break (self);
  if (is_throttled (self, &wait_secs))
    return sampan_exchange_reply_code (self, SAMPAN_ERROR_TRY_LATER, wait_secs);
  Passwd *passwd = g_new0 (Passwd, 1);
  sampan_connection_set_data (self->connection, passwd, passwd_free);
  if (!answer (self, &start, passwd, &challenge, &error))
    return forget (self) && sampan_exchange_reply_error (self, error);
  if (!sampan_exchange_begin (self, &writer))
    return false;
  sampan_write_login_challenge (&writer, SAMPAN_KIND_PASSWD_CHALLENGE, &challenge);
  return sampan_exchange_end (self, &writer);
}

bool
sampan_request_passwd_finish (SampanExchange *self, SampanReader *reader)
{
  SampanPasswdFinish finish;
  SampanPasswdResponse response;
  SampanWriter writer;
  Passwd *passwd = sampan_connection_get_data (self->connection);
  const char *user = self->session->user;
  if (!sampan_read_passwd_finish (reader, &finish))
    return sampan_exchange_break (self);
  if (passwd == NULL || passwd->step != STEP_FINISH)
    return forget (self) && sampan_exchange_reply_code (self, SAMPAN_ERROR_PROTOCOL, 0);
  if (!sampan_login_server_check (&passwd->login, finish.ke3))
    {
      g_autoptr (GError) error =
          g_error_new_literal (SAMPAN_ERROR, SAMPAN_ERROR_LOGIN_REFUSED, "wrong password");
      sampan_exchange_log (self, NULL, NULL, -1, 0, error);
      return forget (self) && sampan_exchange_reply_error (self, error);
    }
  passwd->step = STEP_RECORD;
  if (!sampan_registration_server_answer (sampan_account_store_get_keys (self->services->store),
                                          user,
                                          strlen (user),
                                          finish.request,
                                          response.response))
    return forget (self) && sampan_exchange_reply_code (self, SAMPAN_ERROR_PROTOCOL, 0);
  if (!sampan_exchange_begin (self, &writer))
    return false;
  sampan_write_passwd_response (&writer, &response);
  return sampan_exchange_end (self, &writer);
}

static bool
store_record (SampanExchange *self, const Passwd *passwd, const uint8_t *record, GError **error)
{
  SampanAccount account = { 0 };
  SampanAccountStore *store = self->services->store;
  if (!sampan_registration_record_is_valid (record))
    {
      g_set_error_literal (error, SAMPAN_ERROR, SAMPAN_ERROR_PROTOCOL, "malformed record");
      return false;
    }
  if (!sampan_account_store_set_record (store,
                                        self->session->user,
                                        passwd->generation,
                                        record,
                                        passwd->ksf,
                                        false,
                                        0,
                                        error) ||
      !find_account (self, &account, error))
    return false;
  sampan_sessions_password_changed (self->services->sessions, self->session, account.generation);
  sodium_memzero (&account, sizeof account);
  return true;
}

bool
sampan_request_passwd_record (SampanExchange *self, SampanReader *reader)
{
  SampanPasswdRecord record;
  g_autoptr (GError) error = NULL;
  Passwd *passwd = sampan_connection_get_data (self->connection);
  if (!sampan_read_passwd_record (reader, &record))
    return sampan_exchange_break (self);
  if (passwd == NULL || passwd->step != STEP_RECORD)
    return forget (self) && sampan_exchange_reply_code (self, SAMPAN_ERROR_PROTOCOL, 0);
  bool ok = store_record (self, passwd, record.record, &error);
  sodium_memzero (&record, sizeof record);
  forget (self);
  sampan_exchange_log (self, NULL, NULL, -1, 0, error);
  return ok ? sampan_exchange_reply_empty (self, SAMPAN_KIND_DONE)
            : sampan_exchange_reply_error (self, error);
}
