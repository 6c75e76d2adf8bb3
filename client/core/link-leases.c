/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The links that transfers run on: kept, attached, lent, and waited for. */

#include "config.h"

#include "link-pool-private.h"

#include "engine-private.h"

/* Links that small transfers share: the box works on two at a time. More would take the wire from
 * large ones. */
#define SHARED_LINKS_MAX 2
/* Uploads that were being saved when a link broke all come back at once: no more links than this
 * for them, far below the server's limit for connections that are not logged in. */
#define SENDING_LINKS_MAX 8

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
  SampanAttaching *attaching; /* NULL unless it waits for the login */
  bool is_usable;             /* attached, or as good as that */
  bool is_leased;             /* to one that does not share */
  unsigned int n_shared;      /* leases */
  GArray *waiters;            /* of Waiter; until it is usable */
} Spare;

/* Who waits until there may be one. */
typedef struct
{
  SampanLease lease;
  Waiter waiter;
} Pending;

static void
spare_free (Spare *spare)
{
  sampan_link_pool_serve (spare->pool);
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
answer_waiters (GArray *waiters, SampanLink *link, const GError *error)
{
  for (guint i = 0; i < waiters->len; i++)
    {
      const Waiter *waiter = &g_array_index (waiters, Waiter, i);

      waiter->func (link, error, waiter->user_data);
    }
}

static void
spare_sent (SampanLink *link, gpointer user_data)
{
  Spare *spare = user_data;
  g_autoptr (GArray) waiters = g_steal_pointer (&spare->waiters);

  spare->waiters = g_array_new (FALSE, FALSE, sizeof (Waiter));
  spare->is_usable = true;
  answer_waiters (waiters, link, NULL);
}

static void
spare_attached (SampanLink *link, bool refused, const GError *error, gpointer user_data)
{
  Spare *spare = user_data;
  g_autoptr (GArray) waiters = NULL;

  spare->attaching = NULL;
  if (error == NULL)
    {
      sampan_link_set_funcs (link, &spare_funcs, spare);
      sampan_link_set_idle (link, SAMPAN_LINK_IDLE_CLOSE);
      return;
    }
  waiters = g_array_ref (spare->waiters);
  spare_free (spare);
  answer_waiters (waiters, NULL, error);
}

static const SampanAttachFuncs attach_funcs = { spare_sent, spare_attached };

static Spare *
attach_spare (SampanLinkPool *self)
{
  Spare *spare = g_new0 (Spare, 1);
  SampanAttaching *attaching;

  spare->pool = sampan_link_pool_ref (self);
  spare->link = sampan_link_new (&self->times);
  spare->waiters = g_array_new (FALSE, FALSE, sizeof (Waiter));
  g_ptr_array_add (self->spares, spare);
  attaching = sampan_link_attach (spare->link,
                                  self->host,
                                  self->port,
                                  self->is_ready ? &self->outcome.ok : NULL,
                                  &attach_funcs,
                                  spare);
  spare->attaching = self->is_ready ? NULL : attaching;
  return spare;
}

void
sampan_link_pool_attach_early (SampanLinkPool *self)
{
  for (guint i = 0; i < self->spares->len; i++)
    {
      Spare *spare = g_ptr_array_index (self->spares, i);
      SampanAttaching *attaching = g_steal_pointer (&spare->attaching);

      if (attaching != NULL)
        sampan_attaching_set_session (attaching, &self->outcome.ok);
    }
}

void
sampan_link_pool_close_spares (SampanLinkPool *self)
{
  /* Closing takes a spare out of the array. */
  while (self->spares->len > 0)
    {
      Spare *spare = g_ptr_array_index (self->spares, self->spares->len - 1);

      sampan_link_close (spare->link);
    }
}

bool
sampan_link_pool_owes_aborts (SampanLinkPool *self)
{
  for (guint i = 0; i < self->spares->len; i++)
    {
      Spare *spare = g_ptr_array_index (self->spares, i);

      if (sampan_link_is_winding_up (spare->link))
        return true;
    }
  return false;
}

/* ---- Leases ---- */

/* Whether A is the better one to share. */
static bool
is_freer (const Spare *a, const Spare *b)
{
  return b == NULL || (a->is_usable && !b->is_usable) ||
         (a->is_usable == b->is_usable && a->n_shared < b->n_shared);
}

/* The one with the least to do, not one that is still being attached if another is there: that
 * would make its transfers the last. NULL for a new one. */
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
      if (is_freer (spare, best))
        best = spare;
    }
  if (best != NULL && best->n_shared > 0 && n_found < SHARED_LINKS_MAX)
    attach_spare (self);
  return best;
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

/* FALSE: it has to wait. */
static bool
try_lease (SampanLinkPool *self, SampanLease lease, const Waiter *waiter)
{
  Spare *spare;

  if (self->is_closed)
    {
      g_autoptr (GError) error = sampan_link_pool_new_no_connection (self);

      waiter->func (NULL, error, waiter->user_data);
      return true;
    }
  if (!self->is_ready)
    return false;
  spare = lease == SAMPAN_LEASE_SHARED ? find_to_share (self)
                                       : find_for_one (self, lease == SAMPAN_LEASE_ALONE);
  if (spare == NULL && lease == SAMPAN_LEASE_SENDING && self->spares->len >= SENDING_LINKS_MAX)
    return false;
  if (spare == NULL)
    spare = attach_spare (self);
  if (lease == SAMPAN_LEASE_SHARED)
    spare->n_shared++;
  else
    spare->is_leased = true;
  if (spare->is_usable)
    waiter->func (spare->link, NULL, waiter->user_data);
  else
    g_array_append_val (spare->waiters, *waiter);
  return true;
}

static gboolean
serve_cb (gpointer user_data)
{
  SampanLinkPool *self = user_data;

  self->will_serve = false;
  for (guint i = self->pending.length; i > 0; i--)
    {
      g_autofree Pending *pending = g_queue_pop_head (&self->pending);

      if (!try_lease (self, pending->lease, &pending->waiter))
        g_queue_push_tail (&self->pending, g_steal_pointer (&pending));
    }
  return G_SOURCE_REMOVE;
}

static void
pool_unref_cb (gpointer data)
{
  sampan_link_pool_unref (data);
}

void
sampan_link_pool_serve (SampanLinkPool *self)
{
  /* Not from here: a link that is being released is in the middle of a call. */
  if (self->will_serve || g_queue_is_empty (&self->pending))
    return;
  self->will_serve = true;
  sampan_post_to_engine (self->engine, serve_cb, sampan_link_pool_ref (self), pool_unref_cb);
}

void
sampan_link_pool_lease (SampanLinkPool *self,
                        SampanLease lease,
                        SampanLeaseFunc func,
                        gpointer user_data)
{
  Waiter waiter = { func, user_data };
  Pending *pending;

  if (try_lease (self, lease, &waiter))
    return;
  pending = g_new0 (Pending, 1);
  pending->lease = lease;
  pending->waiter = waiter;
  g_queue_push_tail (&self->pending, pending);
}

static gboolean
warm_up_cb (gpointer user_data)
{
  SampanLinkPool *self = user_data;

  if ((self->is_ready || self->is_logging_in) && !self->is_closed && self->spares->len == 0)
    attach_spare (self);
  return G_SOURCE_REMOVE;
}

void
sampan_link_pool_warm_up (SampanLinkPool *self)
{
  sampan_post_to_engine (self->engine, warm_up_cb, sampan_link_pool_ref (self), pool_unref_cb);
}

bool
sampan_link_pool_cancel_lease (SampanLinkPool *self, gpointer user_data)
{
  for (GList *item = self->pending.head; item != NULL; item = item->next)
    {
      Pending *pending = item->data;

      if (pending->waiter.user_data != user_data)
        continue;
      g_queue_delete_link (&self->pending, item);
      g_free (pending);
      return true;
    }
  return false;
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
  sampan_link_pool_serve (self);
}

SampanSaver *
sampan_link_pool_get_saver (SampanLinkPool *self)
{
  return self->saver;
}

const SampanLinkTimes *
sampan_link_pool_get_times (SampanLinkPool *self)
{
  return &self->times;
}

bool
sampan_link_pool_is_ready (SampanLinkPool *self)
{
  return self->is_ready;
}

bool
sampan_link_pool_is_closed (SampanLinkPool *self)
{
  return self->is_closed;
}
