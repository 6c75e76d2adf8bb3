/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A session's change of password: three messages as one request, so that nothing gets between them.
 */

#include "config.h"

#include "session-private.h"

#include "call.h"
#include "engine-private.h"
#include "pending-task.h"

#include <sodium.h>
#include <string.h>

#define PASSWD_MESSAGE_MAX 512

typedef enum
{
  STEP_START,     /* PASSWD_START is to be sent */
  STEP_CHALLENGE, /* PASSWD_CHALLENGE is due, then the pool thread works */
  STEP_FINISH,    /* PASSWD_FINISH is to be sent */
  STEP_RESPONSE,  /* PASSWD_RESPONSE is due, then the pool thread works */
  STEP_RECORD,    /* PASSWD_RECORD is to be sent */
  STEP_DONE,      /* DONE is due */
  STEP_OVER,
} Step;

typedef struct
{
  SampanRequest request;
  SampanPendingTask pending;
  SampanLinkPool *pool;
  SampanSecret *current_password;
  SampanSecret *fresh_password;

  /* engine thread */
  SampanLink *link; /* referenced while a job runs */
  Step step;
  GError *error;

  /* the pool thread's while a job runs */
  SampanLoginClient *current;
  SampanLoginClient *fresh;
  SampanSuite suite;
  uint8_t h[SAMPAN_HANDSHAKE_HASH_LENGTH];
  uint8_t server_key[SAMPAN_PUBLIC_KEY_LENGTH];
  SampanLoginChallenge challenge;
  SampanPasswdStart start;
  SampanPasswdFinish finish;
  SampanPasswdResponse response;
  SampanPasswdRecord record;
  GError *job_error;
} Change;

static void
change_finalize (SampanRequest *request)
{
  Change *self = (Change *)request;

  sampan_pending_task_clear (&self->pending);
  sampan_link_pool_unref (self->pool);
  sampan_secret_free (self->current_password);
  sampan_secret_free (self->fresh_password);
  g_clear_error (&self->error);
  g_clear_error (&self->job_error);
  g_clear_pointer (&self->current, sampan_login_client_free);
  g_clear_pointer (&self->fresh, sampan_login_client_free);
  sodium_memzero (self, sizeof *self);
  g_free (self);
}

/* ---- The end, on the owner's thread ---- */

static gboolean
ended_cb (gpointer user_data)
{
  Change *self = user_data;
  g_autoptr (GTask) task = sampan_pending_task_steal (&self->pending, &self->error);

  if (task == NULL)
    return G_SOURCE_REMOVE;
  sampan_session_set_password_is_set (g_task_get_source_object (task), self->fresh_password);
  g_task_return_boolean (task, TRUE);
  return G_SOURCE_REMOVE;
}

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  Change *self = user_data;

  sampan_pending_task_return_cancelled (&self->pending);
  return G_SOURCE_REMOVE;
}

static void
change_end (SampanRequest *request, SampanLink *link, const GError *error)
{
  Change *self = (Change *)request;

  self->step = STEP_OVER;
  if (self->error == NULL && error != NULL)
    self->error = g_error_copy (error);
  sampan_post_to_owner (self->pending.owner,
                        ended_cb,
                        sampan_request_ref (self),
                        sampan_request_unref);
}

/* ---- Jobs ---- */

static void
run_job (Change *self, SampanLink *link, SampanJobFunc work, SampanJobFunc done)
{
  self->request.busy = true;
  self->link = sampan_link_ref (link);
  sampan_engine_run_job (work, done, sampan_request_ref (self));
}

/* TRUE if the change goes on with STEP. */
static bool
end_job (Change *self, Step step)
{
  g_autoptr (SampanLink) link = g_steal_pointer (&self->link);

  self->request.busy = false;
  if (self->step == STEP_OVER)
    return false;
  if (self->job_error != NULL)
    {
      sampan_link_retire (link, &self->request, self->job_error);
      return false;
    }
  self->step = step;
  sampan_link_wake (link);
  return true;
}

static void
set_other_key_error (Change *self)
{
  g_set_error_literal (&self->job_error,
                       SAMPAN_ERROR,
                       SAMPAN_ERROR_SERVER_CHANGED,
                       "The server's key is not that of the login");
}

static void
login_work (gpointer data)
{
  Change *self = data;
  SampanLoginResult result;

  if (sampan_login_client_finish (self->current,
                                  SAMPAN_LOGIN_FOR_PASSWORD_CHANGE,
                                  self->suite,
                                  self->h,
                                  self->challenge.ksf,
                                  self->challenge.ke2,
                                  &result,
                                  &self->job_error))
    {
      if (sodium_memcmp (result.server_public_key, self->server_key, sizeof self->server_key) != 0)
        set_other_key_error (self);
      else if (sampan_registration_client_start (self->fresh,
                                                 self->finish.request,
                                                 &self->job_error))
        memcpy (self->finish.ke3, result.ke3, sizeof self->finish.ke3);
    }
  sodium_memzero (&result, sizeof result);
}

static void
login_work_done (gpointer data)
{
  end_job (data, STEP_FINISH);
  sampan_request_unref (data);
}

static void
record_work (gpointer data)
{
  Change *self = data;
  const uint8_t *server_key =
      self->response.response + SAMPAN_REGISTRATION_RESPONSE_LENGTH - SAMPAN_PUBLIC_KEY_LENGTH;

  /* A record for another key would make the next login one at another server. */
  if (sodium_memcmp (server_key, self->server_key, sizeof self->server_key) != 0)
    {
      set_other_key_error (self);
      return;
    }
  /* A FALSE is told by job_error. */
  if (!sampan_registration_client_finish (self->fresh,
                                          self->challenge.ksf,
                                          self->response.response,
                                          self->record.record,
                                          &self->job_error))
    return;
}

static void
record_work_done (gpointer data)
{
  end_job (data, STEP_RECORD);
  sampan_request_unref (data);
}

/* ---- The request ---- */

static bool
begin (Change *self, SampanLink *link, GError **error)
{
  SampanChannel *channel = sampan_link_get_channel (link);
  const char *user = sampan_link_pool_get_user (self->pool);

  self->suite = sampan_channel_get_suite (channel);
  memcpy (self->h, sampan_channel_get_handshake_hash (channel), sizeof self->h);
  memcpy (self->server_key,
          sampan_link_pool_get_server_public_key (self->pool),
          sizeof self->server_key);
  self->current = sampan_login_client_new (user, self->current_password);
  self->fresh = sampan_login_client_new (user, self->fresh_password);
  if (self->current != NULL && self->fresh != NULL)
    return sampan_login_client_start (self->current, self->start.ke1, error);
  g_set_error_literal (error, SAMPAN_ERROR, SAMPAN_ERROR_FAILED, "No memory for the login");
  return false;
}

static void
write_step (Change *self, SampanLink *link)
{
  SampanWriter writer;

  sampan_writer_init (&writer, sampan_link_reserve (link), PASSWD_MESSAGE_MAX);
  if (self->step == STEP_START)
    sampan_write_passwd_start (&writer, &self->start);
  else if (self->step == STEP_FINISH)
    sampan_write_passwd_finish (&writer, &self->finish);
  else
    sampan_write_passwd_record (&writer, &self->record);
  g_assert (sampan_writer_ok (&writer));
  sampan_link_commit (link, writer.length);
}

static SampanProduced
change_produce (SampanRequest *request, SampanLink *link)
{
  Change *self = (Change *)request;
  g_autoptr (GError) error = NULL;

  switch (self->step)
    {
    case STEP_START:
      if (!begin (self, link, &error))
        {
          sampan_link_retire (link, request, error);
          return SAMPAN_PRODUCE_DONE;
        }
      write_step (self, link);
      self->step = STEP_CHALLENGE;
      return SAMPAN_PRODUCE_WAIT;
    case STEP_FINISH:
      write_step (self, link);
      self->step = STEP_RESPONSE;
      return SAMPAN_PRODUCE_WAIT;
    case STEP_RECORD:
      write_step (self, link);
      self->step = STEP_DONE;
      return SAMPAN_PRODUCE_DONE;
    case STEP_CHALLENGE:
    case STEP_RESPONSE:
      return SAMPAN_PRODUCE_WAIT;
    case STEP_DONE:
    case STEP_OVER:
      break;
    }
  return SAMPAN_PRODUCE_DONE;
}

static SampanReply
change_message (SampanRequest *request, SampanLink *link, uint8_t kind, SampanReader *fields)
{
  Change *self = (Change *)request;

  if (self->request.busy)
    return SAMPAN_REPLY_BAD;
  if (kind == SAMPAN_KIND_ERROR)
    {
      self->error = sampan_error_from_reply (fields);
      if (self->error == NULL)
        return SAMPAN_REPLY_BAD;
      self->step = STEP_OVER;
      sampan_link_wake (link);
      return SAMPAN_REPLY_FINAL;
    }
  if (kind == SAMPAN_KIND_PASSWD_CHALLENGE && self->step == STEP_CHALLENGE &&
      sampan_read_login_challenge (fields, &self->challenge))
    {
      run_job (self, link, login_work, login_work_done);
      return SAMPAN_REPLY_PART;
    }
  if (kind == SAMPAN_KIND_PASSWD_RESPONSE && self->step == STEP_RESPONSE &&
      sampan_read_passwd_response (fields, &self->response))
    {
      run_job (self, link, record_work, record_work_done);
      return SAMPAN_REPLY_PART;
    }
  if (kind == SAMPAN_KIND_DONE && self->step == STEP_DONE && sampan_read_empty (fields))
    return SAMPAN_REPLY_FINAL;
  return SAMPAN_REPLY_BAD;
}

static const SampanRequestClass change_class = { .produce = change_produce,
                                                 .message = change_message,
                                                 .end = change_end,
                                                 .finalize = change_finalize };

static gboolean
submit_cb (gpointer user_data)
{
  Change *self = user_data;
  SampanLink *link = sampan_link_pool_get_browsing_link (self->pool);
  g_autoptr (GError) error = NULL;

  if (link != NULL)
    {
      sampan_link_submit (link, &self->request);
      return G_SOURCE_REMOVE;
    }
  error = g_error_new_literal (SAMPAN_ERROR,
                               SAMPAN_ERROR_DISCONNECTED,
                               "There is no connection to the server");
  change_end (&self->request, NULL, error);
  return G_SOURCE_REMOVE;
}

void
sampan_session_passwd_async (SampanSession *self,
                             const SampanSecret *current,
                             const SampanSecret *fresh,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task =
      sampan_session_new_task (self, cancellable, callback, user_data, sampan_session_passwd_async);
  SampanLinkPool *pool = sampan_session_get_pool (self);
  Change *change;

  if (sampan_session_refuse (self, task))
    return;
  change = g_new0 (Change, 1);
  sampan_request_init (&change->request, &change_class);
  change->pool = sampan_link_pool_ref (pool);
  change->current_password = sampan_secret_copy (current);
  change->fresh_password = sampan_secret_copy (fresh);
  sampan_pending_task_init (&change->pending,
                            task,
                            cancelled_cb,
                            sampan_request_ref (change),
                            sampan_request_unref);
  sampan_post_to_engine (sampan_link_pool_get_engine_context (pool),
                         submit_cb,
                         change,
                         sampan_request_unref);
}

bool
sampan_session_passwd_finish (SampanSession *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), false);
  return g_task_propagate_boolean (G_TASK (result), error);
}
