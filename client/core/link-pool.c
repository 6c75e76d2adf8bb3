/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The links of one login: browsing, transfers, and what both need to attach. */

#include "config.h"

#include "link-pool.h"

#include "engine-private.h"
#include "link-login.h"

#include <sodium.h>
#include <string.h>

struct _SampanLinkPool
{
  gatomicrefcount refs;
  GMainContext *engine;
  GMainContext *owner;
  SampanLinkTimes times;

  /* owner's thread */
  SampanPoolEventFunc func;
  gpointer func_data;

  /* set before the login is posted */
  char *host;
  uint16_t port;
  char *user;
  SampanSecret *password;

  /* engine thread; outcome is read by the owner after READY */
  SampanLoginOutcome outcome;
  SampanLink *browsing;
  GPtrArray *spares; /* of Spare */
  SampanSaver *saver;
  bool is_ready;
  bool is_closed;
};

/* Who waits for a link that attaches. */
typedef struct
{
  SampanLeaseFunc func;
  gpointer user_data;
} Waiter;

/* A link for transfers. */
typedef struct
{
  SampanLinkPool *pool; /* referenced */
  SampanLink *link;
  bool is_attached;
  bool is_leased;        /* to one that does not share */
  unsigned int n_shared; /* leases */
  GArray *waiters;       /* of Waiter; while it attaches */
} Spare;

/* Links that small transfers share: the box works on two at a time. More would take the wire from
 * large ones. */
#define SHARED_LINKS_MAX 2

static void start_login (SampanLinkPool *self, const SampanSecret *password);

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
  g_ptr_array_unref (self->spares);
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

/* ---- Login ---- */

static void
close_spares (SampanLinkPool *self)
{
  /* Closing takes a spare out of the array. */
  while (self->spares->len > 0)
    {
      Spare *spare = g_ptr_array_index (self->spares, self->spares->len - 1);

      sampan_link_close (spare->link);
    }
}

static void
browsing_closed (SampanLink *link, const GError *error, gpointer user_data)
{
  g_autoptr (SampanLinkPool) self = user_data;

  self->is_ready = false;
  self->is_closed = true;
  g_clear_pointer (&self->browsing, sampan_link_unref);
  if (error != NULL)
    post_event (self, SAMPAN_POOL_BROKEN, error);
}

static const SampanLinkFuncs browsing_funcs = { NULL, NULL, browsing_closed };

static void
login_connected (SampanLink *link, gpointer user_data)
{
  post_event (user_data, SAMPAN_POOL_CONNECTED, NULL);
}

/* A code that was typed in capitals or without its dashes. */
static bool
retry_folded (SampanLinkPool *self)
{
  g_autoptr (SampanSecret) typed = g_steal_pointer (&self->password);
  g_autoptr (SampanSecret) folded = typed != NULL ? sampan_one_time_code_fold (typed) : NULL;
  size_t length = folded != NULL ? sampan_secret_get_length (folded) : 0;

  if (folded == NULL ||
      (length == sampan_secret_get_length (typed) &&
       sodium_memcmp (sampan_secret_get (typed), sampan_secret_get (folded), length) == 0))
    return false;
  start_login (self, folded);
  return true;
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
      if (!self->is_closed && g_error_matches (error, SAMPAN_ERROR, SAMPAN_ERROR_LOGIN_REFUSED) &&
          retry_folded (self))
        return;
      self->is_closed = true;
      post_event (self, SAMPAN_POOL_FAILED, error);
      return;
    }
  g_clear_pointer (&self->password, sampan_secret_free);
  self->outcome = *outcome;
  self->is_ready = true;
  sampan_link_set_funcs (link, &browsing_funcs, sampan_link_pool_ref (self));
  sampan_link_set_idle (link, SAMPAN_LINK_IDLE_PING);
  post_event (self, SAMPAN_POOL_READY, NULL);
}

static const SampanLoginFuncs login_funcs = { login_connected, login_done };

static void
start_login (SampanLinkPool *self, const SampanSecret *password)
{
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

  if (!self->is_closed)
    start_login (self, self->password);
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
  self->saver = sampan_saver_new ();
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
  close_spares (self);
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
  g_autoptr (GError) error = NULL;

  if (post->pool->is_ready)
    {
      sampan_link_submit (post->pool->browsing, &post->call->request);
      return G_SOURCE_REMOVE;
    }
  error = g_error_new_literal (SAMPAN_ERROR,
                               SAMPAN_ERROR_DISCONNECTED,
                               "There is no connection to the server");
  post->call->done (post->call, error, post->call->user_data);
  return G_SOURCE_REMOVE;
}

void
sampan_link_pool_submit (SampanLinkPool *self, SampanCall *call)
{
  post_call (self, call, submit_cb);
}

static gboolean
withdraw_cb (gpointer user_data)
{
  CallPost *post = user_data;
  SampanCall *call = post->call;
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled");

  if (post->pool->browsing != NULL && sampan_link_withdraw (post->pool->browsing, &call->request))
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

/* ---- Links for transfers ---- */

static void
spare_free (Spare *spare)
{
  g_ptr_array_remove_fast (spare->pool->spares, spare);
  g_array_unref (spare->waiters);
  sampan_link_unref (spare->link);
  sampan_link_pool_unref (spare->pool);
  g_free (spare);
}

static void
spare_closed (SampanLink *link, const GError *error, gpointer user_data)
{
  spare_free (user_data);
}

static const SampanLinkFuncs spare_funcs = { NULL, NULL, spare_closed };

static void
spare_attached (SampanLink *link, const GError *error, gpointer user_data)
{
  g_autoptr (SampanLink) guard = sampan_link_ref (link);
  Spare *spare = user_data;
  g_autoptr (GArray) waiters = g_array_ref (spare->waiters);

  if (error != NULL)
    spare_free (spare);
  else
    {
      spare->is_attached = true;
      sampan_link_set_funcs (link, &spare_funcs, spare);
      sampan_link_set_idle (link, SAMPAN_LINK_IDLE_CLOSE);
    }
  for (guint i = 0; i < waiters->len; i++)
    {
      const Waiter *waiter = &g_array_index (waiters, Waiter, i);

      waiter->func (error == NULL ? link : NULL, error, waiter->user_data);
    }
}

static Spare *
attach_spare (SampanLinkPool *self)
{
  Spare *spare = g_new0 (Spare, 1);

  spare->pool = sampan_link_pool_ref (self);
  spare->link = sampan_link_new (&self->times);
  spare->waiters = g_array_new (FALSE, FALSE, sizeof (Waiter));
  g_ptr_array_add (self->spares, spare);
  sampan_link_attach (spare->link,
                      self->host,
                      self->port,
                      &self->outcome.ok,
                      spare_attached,
                      spare);
  return spare;
}

/* The one with the least to do; NULL for a new one. */
static Spare *
find_to_share (SampanLinkPool *self)
{
  Spare *best = NULL;
  unsigned int n_found = 0;

  for (guint i = 0; i < self->spares->len; i++)
    {
      Spare *spare = g_ptr_array_index (self->spares, i);

      if (spare->is_leased)
        continue;
      n_found++;
      if (best == NULL || spare->n_shared < best->n_shared)
        best = spare;
    }
  return best != NULL && (best->n_shared == 0 || n_found >= SHARED_LINKS_MAX) ? best : NULL;
}

static Spare *
find_for_one (SampanLinkPool *self, bool alone)
{
  for (guint i = 0; i < self->spares->len; i++)
    {
      Spare *spare = g_ptr_array_index (self->spares, i);

      if (!spare->is_leased && spare->n_shared == 0 && sampan_link_can_send (spare->link) &&
          (!alone || sampan_link_is_idle (spare->link)))
        return spare;
    }
  return NULL;
}

void
sampan_link_pool_lease (SampanLinkPool *self,
                        SampanLease lease,
                        SampanLeaseFunc func,
                        gpointer user_data)
{
  Waiter waiter = { func, user_data };
  Spare *spare;

  if (!self->is_ready)
    {
      g_autoptr (GError) error = g_error_new_literal (SAMPAN_ERROR,
                                                      SAMPAN_ERROR_DISCONNECTED,
                                                      "There is no connection to the server");

      func (NULL, error, user_data);
      return;
    }
  spare = lease == SAMPAN_LEASE_SHARED ? find_to_share (self)
                                       : find_for_one (self, lease == SAMPAN_LEASE_ALONE);
  if (spare == NULL)
    spare = attach_spare (self);
  if (lease == SAMPAN_LEASE_SHARED)
    spare->n_shared++;
  else
    spare->is_leased = true;
  if (spare->is_attached)
    func (spare->link, NULL, user_data);
  else
    g_array_append_val (spare->waiters, waiter);
}

void
sampan_link_pool_release (SampanLinkPool *self, SampanLink *link)
{
  for (guint i = 0; i < self->spares->len; i++)
    {
      Spare *spare = g_ptr_array_index (self->spares, i);

      if (spare->link != link)
        continue;
      if (spare->is_leased)
        spare->is_leased = false;
      else if (spare->n_shared > 0)
        spare->n_shared--;
    }
}

SampanSaver *
sampan_link_pool_get_saver (SampanLinkPool *self)
{
  return self->saver;
}
