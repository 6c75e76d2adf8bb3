/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The login of a link: KE1, KE2, key stretching, the check of the remembered key, KE3, new keys. */

#include "config.h"

#include "link-login.h"

#include "call.h"
#include "engine-private.h"
#include "known-servers.h"

#include <sodium.h>
#include <string.h>

/* The largest message before login is far below this. */
#define LOGIN_MESSAGE_MAX 512

typedef struct
{
  unsigned int refs; /* engine thread only */
  SampanLink *link;
  const SampanLoginFuncs *funcs;
  gpointer user_data;

  char *host;
  uint16_t port;
  char *user;
  SampanLoginClient *client;
  SampanSuite suite;
  uint8_t h[SAMPAN_HANDSHAKE_HASH_LENGTH];

  /* the pool thread's while a job runs */
  SampanLoginChallenge challenge;
  SampanLoginResult result;
  SampanServerKnowledge knowledge;
  GError *job_error;

  SampanLoginOutcome outcome;
} Login;

static Login *
login_ref (Login *self)
{
  self->refs++;
  return self;
}

static void
login_unref (Login *self)
{
  if (--self->refs > 0)
    return;
  sampan_link_unref (self->link);
  g_free (self->host);
  g_free (self->user);
  g_clear_pointer (&self->client, sampan_login_client_free);
  g_clear_error (&self->job_error);
  sodium_memzero (self, sizeof *self);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Login, login_unref)

/* The one way out. */
static void
login_end (Login *self, const GError *error)
{
  const SampanLoginFuncs *funcs = g_steal_pointer (&self->funcs);

  if (funcs == NULL)
    return;
  sampan_link_set_funcs (self->link, NULL, NULL);
  if (error != NULL)
    sampan_link_break (self->link, SAMPAN_ERROR_DISCONNECTED, "The login failed");
  funcs->done (self->link, error == NULL ? &self->outcome : NULL, error, self->user_data);
  login_unref (self);
}

static void
login_call (Login *self, SampanKind answer, const SampanWriter *writer, SampanCallDone done)
{
  SampanCall *call = sampan_call_new (answer, 0, writer);

  call->done = done;
  call->user_data = login_ref (self);
  sampan_link_submit (self->link, &call->request);
  sampan_request_unref (call);
}

/* ---- After LOGIN_OK ---- */

static void
remember_work (gpointer data)
{
  Login *self = data;
  g_autoptr (GError) error = NULL;

  if (!sampan_known_servers_remember (self->host,
                                      self->port,
                                      self->outcome.server_public_key,
                                      &error))
    g_warning ("The server's key could not be remembered: %s", error->message);
}

static void
remember_done (gpointer data)
{
  g_autoptr (Login) self = data;

  if (sampan_link_is_open (self->link))
    login_end (self, NULL);
}

static void
login_ok_done (SampanCall *call, const GError *error, gpointer user_data)
{
  g_autoptr (Login) self = user_data;

  if (error != NULL)
    {
      login_end (self, error);
      return;
    }
  self->outcome.ok = call->reply.login_ok;
  if (self->knowledge == SAMPAN_SERVER_NEW)
    sampan_engine_run_job (remember_work, remember_done, login_ref (self));
  else
    login_end (self, NULL);
}

/* ---- From KE2 to KE3 ---- */

/* KE3 is the last record under the handshake's keys, LOGIN_OK the first under the new ones. */
static void
finish_sealed (SampanCall *call, SampanLink *link, gpointer user_data)
{
  Login *self = user_data;
  SampanChannel *channel = sampan_link_get_channel (link);

  sampan_channel_switch_sending_key (channel,
                                     self->result.session_key,
                                     sizeof self->result.session_key);
  sampan_channel_switch_receiving_key (channel,
                                       self->result.session_key,
                                       sizeof self->result.session_key);
  sodium_memzero (self->result.session_key, sizeof self->result.session_key);
}

static void
send_finish (Login *self)
{
  uint8_t buffer[LOGIN_MESSAGE_MAX];
  SampanLoginFinish finish;
  SampanWriter writer;
  SampanCall *call;

  memcpy (finish.ke3, self->result.ke3, sizeof finish.ke3);
  sampan_writer_init (&writer, buffer, sizeof buffer);
  sampan_write_login_finish (&writer, &finish);
  call = sampan_call_new (SAMPAN_KIND_LOGIN_OK, 0, &writer);
  call->sealed = finish_sealed;
  call->done = login_ok_done;
  call->user_data = login_ref (self);
  sampan_link_submit (self->link, &call->request);
  sampan_request_unref (call);
  if (self->funcs != NULL)
    self->funcs->proved (self->link, self->user_data);
}

static void
stretch_work (gpointer data)
{
  Login *self = data;

  if (!sampan_login_client_finish (self->client,
                                   SAMPAN_LOGIN_FOR_SESSION,
                                   self->suite,
                                   self->h,
                                   self->challenge.ksf,
                                   self->challenge.ke2,
                                   &self->result,
                                   &self->job_error))
    return;
  memcpy (self->outcome.server_public_key,
          self->result.server_public_key,
          sizeof self->outcome.server_public_key);
  if (!sampan_known_servers_check (self->host,
                                   self->port,
                                   self->result.server_public_key,
                                   &self->knowledge,
                                   &self->job_error))
    return;
  if (self->knowledge == SAMPAN_SERVER_DIFFERENT)
    g_set_error_literal (&self->job_error,
                         SAMPAN_ERROR,
                         SAMPAN_ERROR_SERVER_CHANGED,
                         "The server's key is not the one remembered");
}

static void
stretch_done (gpointer data)
{
  g_autoptr (Login) self = data;

  g_clear_pointer (&self->client, sampan_login_client_free);
  if (self->job_error != NULL)
    login_end (self, self->job_error);
  else if (sampan_link_is_open (self->link))
    send_finish (self);
}

static void
challenge_done (SampanCall *call, const GError *error, gpointer user_data)
{
  g_autoptr (Login) self = user_data;

  if (error != NULL)
    {
      login_end (self, error);
      return;
    }
  self->challenge = call->reply.challenge;
  sampan_engine_run_job (stretch_work, stretch_done, login_ref (self));
}

/* ---- From the hello to KE1 ---- */

static void
link_connected (SampanLink *link, gpointer user_data)
{
  Login *self = user_data;

  self->funcs->connected (link, self->user_data);
}

static void
link_opened (SampanLink *link, gpointer user_data)
{
  Login *self = user_data;
  SampanChannel *channel = sampan_link_get_channel (link);
  g_autoptr (GError) error = NULL;
  SampanLoginStart start = { .user = { (const uint8_t *)self->user, strlen (self->user) } };
  uint8_t buffer[LOGIN_MESSAGE_MAX];
  SampanWriter writer;

  self->suite = sampan_channel_get_suite (channel);
  memcpy (self->h, sampan_channel_get_handshake_hash (channel), sizeof self->h);
  if (!sampan_login_client_start (self->client, start.ke1, &error))
    {
      login_end (self, error);
      return;
    }
  sampan_writer_init (&writer, buffer, sizeof buffer);
  sampan_write_login_start (&writer, &start);
  login_call (self, SAMPAN_KIND_LOGIN_CHALLENGE, &writer, challenge_done);
}

static void
link_closed (SampanLink *link, const GError *error, gpointer user_data)
{
  g_autoptr (GError) ended =
      g_error_new_literal (SAMPAN_ERROR, SAMPAN_ERROR_DISCONNECTED, "The connection was closed");

  login_end (user_data, error != NULL ? error : ended);
}

static const SampanLinkFuncs login_link_funcs = { link_connected, link_opened, link_closed };

void
sampan_link_login (SampanLink *link,
                   const char *host,
                   uint16_t port,
                   const char *user,
                   const SampanSecret *password,
                   const SampanLoginFuncs *funcs,
                   gpointer user_data)
{
  Login *self = g_new0 (Login, 1);

  self->refs = 1; /* dropped by login_end */
  self->link = sampan_link_ref (link);
  self->funcs = funcs;
  self->user_data = user_data;
  self->host = g_strdup (host);
  self->port = port;
  self->user = g_strdup (user);
  self->client = sampan_login_client_new (user, password);
  if (self->client == NULL)
    {
      g_autoptr (GError) error =
          g_error_new_literal (SAMPAN_ERROR, SAMPAN_ERROR_FAILED, "No memory for the login");

      login_end (self, error);
      return;
    }
  sampan_link_set_funcs (link, &login_link_funcs, self);
  sampan_link_connect (link, host, port);
}

/* ---- Attaching ---- */

struct _SampanAttaching
{
  SampanLink *link;
  SampanLoginOk session;
  bool has_session;
  bool is_open; /* the hello is over */
  const SampanAttachFuncs *funcs;
  gpointer user_data;
};

static void
attach_end (SampanAttaching *self, bool refused, const GError *error)
{
  sampan_link_set_funcs (self->link, NULL, NULL);
  if (error != NULL)
    sampan_link_break (self->link, SAMPAN_ERROR_DISCONNECTED, "Attaching failed");
  self->funcs->done (self->link, refused, error, self->user_data);
  sampan_link_unref (self->link);
  sodium_memzero (self, sizeof *self);
  g_free (self);
}

static void
attach_sealed (SampanCall *call, SampanLink *link, gpointer user_data)
{
  SampanAttaching *self = user_data;
  SampanChannel *channel = sampan_link_get_channel (link);

  sampan_channel_switch_sending_key (channel, self->session.ticket, SAMPAN_TICKET_LENGTH);
  sampan_channel_switch_receiving_key (channel, self->session.ticket, SAMPAN_TICKET_LENGTH);
}

static void
attach_done (SampanCall *call, const GError *error, gpointer user_data)
{
  attach_end (user_data, g_error_matches (error, SAMPAN_ERROR, SAMPAN_ERROR_DISCONNECTED), error);
}

static void
send_proof (SampanAttaching *self)
{
  SampanLink *link = self->link;
  uint8_t buffer[LOGIN_MESSAGE_MAX];
  SampanAttach attach;
  SampanWriter writer;
  SampanCall *call;

  memcpy (attach.session_id, self->session.session_id, sizeof attach.session_id);
  sampan_channel_attach_proof (sampan_link_get_channel (link), self->session.ticket, attach.proof);
  sampan_writer_init (&writer, buffer, sizeof buffer);
  sampan_write_attach (&writer, &attach);
  call = sampan_call_new (SAMPAN_KIND_ATTACH_OK, 0, &writer);
  call->sealed = attach_sealed;
  call->done = attach_done;
  call->user_data = self;
  /* From here on the call's end tells of a broken link. */
  sampan_link_set_funcs (link, NULL, NULL);
  sampan_link_submit (link, &call->request);
  sampan_request_unref (call);
  if (self->funcs->sent != NULL)
    self->funcs->sent (link, self->user_data);
}

static void
attach_opened (SampanLink *link, gpointer user_data)
{
  SampanAttaching *self = user_data;

  self->is_open = true;
  if (self->has_session)
    send_proof (self);
}

static void
attach_closed (SampanLink *link, const GError *error, gpointer user_data)
{
  g_autoptr (GError) ended =
      g_error_new_literal (SAMPAN_ERROR, SAMPAN_ERROR_DISCONNECTED, "The connection was closed");

  attach_end (user_data, false, error != NULL ? error : ended);
}

static const SampanLinkFuncs attach_link_funcs = { NULL, attach_opened, attach_closed };

SampanAttaching *
sampan_link_attach (SampanLink *link,
                    const char *host,
                    uint16_t port,
                    const SampanLoginOk *session,
                    const SampanAttachFuncs *funcs,
                    gpointer user_data)
{
  SampanAttaching *self = g_new0 (SampanAttaching, 1);

  self->link = sampan_link_ref (link);
  self->has_session = session != NULL;
  if (session != NULL)
    self->session = *session;
  self->funcs = funcs;
  self->user_data = user_data;
  sampan_link_set_funcs (link, &attach_link_funcs, self);
  sampan_link_connect (link, host, port);
  return self;
}

void
sampan_attaching_set_session (SampanAttaching *self, const SampanLoginOk *session)
{
  g_return_if_fail (!self->has_session);
  self->session = *session;
  self->has_session = true;
  if (self->is_open)
    send_proof (self);
}
