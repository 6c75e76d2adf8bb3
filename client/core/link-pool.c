/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The links of one login: the browsing link, how it is made and how it heals. */

#include "config.h"

#include "link-pool-private.h"

#include "engine-private.h"

#include <sodium.h>
#include <string.h>

/* How long a log-out lets cancelled uploads say so; a server that reads at all needs less. */
#define ABORT_PATIENCE_US (2 * G_USEC_PER_SEC)
#define ABORT_LOOK_MS 5

SampanLinkPool *
sampan_link_pool_ref (SampanLinkPool *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
sampan_link_pool_unref (SampanLinkPool *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_assert (self->browsing == NULL);
  g_assert (g_queue_is_empty (&self->pending));
  g_assert (g_queue_is_empty (&self->early));
  g_ptr_array_unref (self->spares);
  g_ptr_array_unref (self->discards);
  sampan_saver_free (self->saver);
  g_free (self->host);
  g_free (self->user);
  g_clear_pointer (&self->password, sampan_secret_free);
  g_main_context_unref (self->engine);
  g_main_context_unref (self->owner);
  sodium_memzero (&self->outcome, sizeof self->outcome);
  g_free (self);
}

static void
pool_unref_cb (gpointer data)
{
  sampan_link_pool_unref (data);
}

/* ---- Events to the owner ---- */

typedef struct
{
  SampanLinkPool *pool;
  SampanPoolEvent event;
  GError *error;
} EventPost;

static void
event_post_free (gpointer data)
{
  EventPost *post = data;

  sampan_link_pool_unref (post->pool);
  g_clear_error (&post->error);
  g_free (post);
}

static gboolean
event_cb (gpointer user_data)
{
  EventPost *post = user_data;

  if (post->pool->func != NULL)
    post->pool->func (post->pool, post->event, post->error, post->pool->func_data);
  return G_SOURCE_REMOVE;
}

static void
post_event (SampanLinkPool *self, SampanPoolEvent event, const GError *error)
{
  EventPost *post = g_new0 (EventPost, 1);

  post->pool = sampan_link_pool_ref (self);
  post->event = event;
  post->error = error != NULL ? g_error_copy (error) : NULL;
  sampan_post_to_owner (self->owner, event_cb, post, event_post_free);
}

/* ---- Calls before the login is over ---- */

GError *
sampan_link_pool_new_no_connection (const SampanLinkPool *self)
{
  return g_error_new_literal (SAMPAN_ERROR,
                              self->was_ended ? SAMPAN_ERROR_SESSION_ENDED
                                              : SAMPAN_ERROR_DISCONNECTED,
                              "There is no connection to the server");
}

static void
end_unsent (SampanLinkPool *self, SampanCall *call)
{
  g_autoptr (GError) error = sampan_link_pool_new_no_connection (self);

  call->done (call, error, call->user_data);
}

static void
end_early (SampanLinkPool *self)
{
  SampanCall *call;

  self->is_logging_in = self->has_proved = false;
  while ((call = g_queue_pop_head (&self->early)) != NULL)
    {
      end_unsent (self, call);
      sampan_request_unref (call);
    }
}

static void
login_proved (SampanLink *link, gpointer user_data)
{
  SampanLinkPool *self = user_data;
  SampanCall *call;

  self->has_proved = self->is_logging_in;
  while ((call = g_queue_pop_head (&self->early)) != NULL)
    {
      sampan_link_submit (link, &call->request);
      sampan_request_unref (call);
    }
}

/* ---- Login ---- */

/* What waits for a link waits on: the owner heals the pool or closes it. */
static void
browsing_closed (SampanLink *link, const GError *error, gpointer user_data)
{
  g_autoptr (SampanLinkPool) self = user_data;

  self->is_ready = false;
  g_clear_pointer (&self->browsing, sampan_link_unref);
  if (error != NULL)
    post_event (self, SAMPAN_POOL_BROKEN, error);
}

static const SampanLinkFuncs browsing_funcs = { NULL, NULL, browsing_closed };

static void
become_ready (SampanLinkPool *self, SampanLink *link)
{
  self->is_ready = true;
  self->is_logging_in = self->has_proved = false;
  sampan_link_set_funcs (link, &browsing_funcs, sampan_link_pool_ref (self));
  sampan_link_set_idle (link, SAMPAN_LINK_IDLE_PING);
  post_event (self, SAMPAN_POOL_READY, NULL);
  sampan_link_pool_attach_early (self);
  sampan_link_pool_serve (self);
}

static void
login_connected (SampanLink *link, gpointer user_data)
{
  post_event (user_data, SAMPAN_POOL_CONNECTED, NULL);
}

static void
login_done (SampanLink *link,
            const SampanLoginOutcome *outcome,
            const GError *error,
            gpointer user_data)
{
  g_autoptr (SampanLinkPool) self = user_data;

  if (error != NULL)
    {
      g_clear_pointer (&self->browsing, sampan_link_unref);
      end_early (self);
      sampan_link_pool_close_spares (self);
      post_event (self, SAMPAN_POOL_FAILED, error);
      return;
    }
  self->outcome = *outcome;
  become_ready (self, link);
}

static const SampanLoginFuncs login_funcs = { login_connected, login_proved, login_done };

static void
start_login (SampanLinkPool *self)
{
  g_autoptr (SampanSecret) password = g_steal_pointer (&self->password);

  self->browsing = sampan_link_new (&self->times);
  sampan_link_login (self->browsing,
                     self->host,
                     self->port,
                     self->user,
                     password,
                     &login_funcs,
                     sampan_link_pool_ref (self));
}

static gboolean
login_cb (gpointer user_data)
{
  SampanLinkPool *self = user_data;

  self->is_logging_in = !self->is_closed;
  if (!self->is_closed)
    start_login (self);
  return G_SOURCE_REMOVE;
}

void
sampan_link_pool_login (SampanLinkPool *self,
                        const char *host,
                        uint16_t port,
                        const char *user,
                        const SampanSecret *password)
{
  self->host = g_strdup (host);
  self->port = port;
  self->user = g_strdup (user);
  self->password = sampan_secret_copy (password);
  sampan_post_to_engine (self->engine, login_cb, sampan_link_pool_ref (self), pool_unref_cb);
}

/* ---- Healing ---- */

static void
heal_attached (SampanLink *link, bool refused, const GError *error, gpointer user_data)
{
  g_autoptr (SampanLinkPool) self = user_data;

  if (error == NULL && !self->is_closed)
    {
      g_clear_pointer (&self->password, sampan_secret_free);
      become_ready (self, link);
      return;
    }
  g_clear_pointer (&self->browsing, sampan_link_unref);
  if (error == NULL)
    sampan_link_close (link);
  else if (refused && !self->is_closed)
    start_login (self);
  else
    {
      self->was_ended = g_error_matches (error, SAMPAN_ERROR, SAMPAN_ERROR_SESSION_ENDED);
      g_clear_pointer (&self->password, sampan_secret_free);
      post_event (self, SAMPAN_POOL_FAILED, error);
    }
}

static const SampanAttachFuncs heal_funcs = { NULL, heal_attached };

typedef struct
{
  SampanLinkPool *pool;
  SampanSecret *password;
} HealPost;

static void
heal_post_free (gpointer data)
{
  HealPost *post = data;

  sampan_secret_free (post->password);
  sampan_link_pool_unref (post->pool);
  g_free (post);
}

static gboolean
heal_cb (gpointer user_data)
{
  HealPost *post = user_data;
  SampanLinkPool *self = post->pool;

  if (self->is_closed || self->browsing != NULL)
    return G_SOURCE_REMOVE;
  g_clear_pointer (&self->password, sampan_secret_free);
  self->password = g_steal_pointer (&post->password);
  self->browsing = sampan_link_new (&self->times);
  sampan_link_attach (self->browsing,
                      self->host,
                      self->port,
                      &self->outcome.ok,
                      &heal_funcs,
                      sampan_link_pool_ref (self));
  return G_SOURCE_REMOVE;
}

void
sampan_link_pool_heal (SampanLinkPool *self, const SampanSecret *password)
{
  HealPost *post = g_new0 (HealPost, 1);

  post->pool = sampan_link_pool_ref (self);
  post->password = sampan_secret_copy (password);
  sampan_post_to_engine (self->engine, heal_cb, post, heal_post_free);
}

SampanLinkPool *
sampan_link_pool_new (SampanEngine *engine,
                      GMainContext *owner,
                      const SampanLinkTimes *times,
                      SampanPoolEventFunc func,
                      gpointer user_data)
{
  SampanLinkPool *self = g_new0 (SampanLinkPool, 1);

  g_atomic_ref_count_init (&self->refs);
  self->engine = g_main_context_ref (sampan_engine_get_context (engine));
  self->owner = g_main_context_ref (owner);
  self->times = *times;
  self->func = func;
  self->func_data = user_data;
  self->spares = g_ptr_array_new ();
  self->discards = g_ptr_array_new ();
  self->saver = sampan_saver_new ();
  g_queue_init (&self->pending);
  g_queue_init (&self->early);
  return self;
}

void
sampan_link_pool_disconnect (SampanLinkPool *self)
{
  self->func = NULL;
}

bool
sampan_link_pool_must_set_password (const SampanLinkPool *self)
{
  return (self->outcome.ok.flags & SAMPAN_LOGIN_MUST_SET_PASSWORD) != 0;
}

GMainContext *
sampan_link_pool_get_engine_context (SampanLinkPool *self)
{
  return self->engine;
}

GMainContext *
sampan_link_pool_get_owner_context (SampanLinkPool *self)
{
  return self->owner;
}

/* ---- Closing and calls ---- */

static gboolean
close_cb (gpointer user_data)
{
  SampanLinkPool *self = user_data;

  self->is_closed = true;
  g_clear_pointer (&self->password, sampan_secret_free);
  end_early (self);
  sampan_link_pool_close_spares (self);
  sampan_link_pool_serve (self);
  if (self->browsing != NULL)
    sampan_link_close (self->browsing);
  return G_SOURCE_REMOVE;
}

void
sampan_link_pool_close (SampanLinkPool *self)
{
  sampan_post_to_engine (self->engine, close_cb, sampan_link_pool_ref (self), pool_unref_cb);
}

typedef struct
{
  SampanLinkPool *pool;
  SampanCall *call;
} CallPost;

static void
call_post_free (gpointer data)
{
  CallPost *post = data;

  sampan_link_pool_unref (post->pool);
  sampan_request_unref (post->call);
  g_free (post);
}

static void
post_call (SampanLinkPool *self, SampanCall *call, GSourceFunc func)
{
  CallPost *post = g_new0 (CallPost, 1);

  post->pool = sampan_link_pool_ref (self);
  post->call = sampan_request_ref (call);
  sampan_post_to_engine (self->engine, func, post, call_post_free);
}

static gboolean
submit_cb (gpointer user_data)
{
  CallPost *post = user_data;
  SampanLinkPool *self = post->pool;

  if (self->is_ready || self->has_proved)
    sampan_link_submit (self->browsing, &post->call->request);
  else if (self->is_logging_in)
    g_queue_push_tail (&self->early, sampan_request_ref (post->call));
  else
    end_unsent (self, post->call);
  return G_SOURCE_REMOVE;
}

void
sampan_link_pool_submit (SampanLinkPool *self, SampanCall *call)
{
  post_call (self, call, submit_cb);
}

/* ---- The last call ---- */

typedef struct
{
  CallPost *post;
  int64_t deadline_us;
} LastPost;

static void
last_post_free (gpointer data)
{
  LastPost *last = data;

  call_post_free (last->post);
  g_free (last);
}

static gboolean
last_look_cb (gpointer user_data)
{
  LastPost *last = user_data;

  if (sampan_link_pool_owes_aborts (last->post->pool) &&
      g_get_monotonic_time () < last->deadline_us)
    return G_SOURCE_CONTINUE;
  submit_cb (last->post);
  sampan_engine_release ();
  return G_SOURCE_REMOVE;
}

static gboolean
submit_last_cb (gpointer user_data)
{
  CallPost *post = user_data;
  g_autoptr (GSource) timer = NULL;
  LastPost *last;

  if (!sampan_link_pool_owes_aborts (post->pool))
    return submit_cb (post);
  last = g_new0 (LastPost, 1);
  last->post = g_new0 (CallPost, 1);
  last->post->pool = sampan_link_pool_ref (post->pool);
  last->post->call = sampan_request_ref (post->call);
  last->deadline_us = g_get_monotonic_time () + ABORT_PATIENCE_US;
  timer = g_timeout_source_new (ABORT_LOOK_MS);
  g_source_set_callback (timer, last_look_cb, last, last_post_free);
  sampan_engine_hold ();
  g_source_attach (timer, post->pool->engine);
  return G_SOURCE_REMOVE;
}

void
sampan_link_pool_submit_last (SampanLinkPool *self, SampanCall *call)
{
  post_call (self, call, submit_last_cb);
}

static gboolean
withdraw_cb (gpointer user_data)
{
  CallPost *post = user_data;
  SampanLinkPool *self = post->pool;
  SampanCall *call = post->call;
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled");
  bool is_early = g_queue_remove (&self->early, call);

  if (is_early)
    sampan_request_unref (call);
  if (is_early || (self->browsing != NULL && sampan_link_withdraw (self->browsing, &call->request)))
    call->done (call, error, call->user_data);
  return G_SOURCE_REMOVE;
}

void
sampan_link_pool_withdraw (SampanLinkPool *self, SampanCall *call)
{
  post_call (self, call, withdraw_cb);
}

SampanLink *
sampan_link_pool_get_browsing_link (SampanLinkPool *self)
{
  return self->is_ready ? self->browsing : NULL;
}

const char *
sampan_link_pool_get_user (SampanLinkPool *self)
{
  return self->user;
}

const uint8_t *
sampan_link_pool_get_server_public_key (SampanLinkPool *self)
{
  return self->outcome.server_public_key;
}
