/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The inside of a pool, shared by link-pool.c (login, healing, calls) and link-leases.c (links for
 * transfers). */

#pragma once

#include "link-login.h"
#include "link-pool.h"

G_BEGIN_DECLS

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
  SampanSecret *password; /* while it logs in */

  /* engine thread; outcome is read by the owner after READY */
  SampanLoginOutcome outcome;
  SampanLink *browsing;
  GQueue early;        /* of SampanCall: asked for while it logs in */
  GPtrArray *spares;   /* of Spare */
  GQueue pending;      /* of Pending: leases that wait */
  GPtrArray *discards; /* of SampanWorker, borrowed: see discards.h */
  SampanSaver *saver;
  bool is_logging_in; /* for the first time */
  bool has_proved;    /* the server has; only its answer to the login is missing */
  bool is_ready;
  bool is_closed;
  bool was_ended; /* by an admin */
  bool will_serve;
};

/* link-leases.c */
void sampan_link_pool_close_spares (SampanLinkPool *self);
/* The login is over: attaches what was connected meanwhile. */
void sampan_link_pool_attach_early (SampanLinkPool *self);
/* Soon: gives links to those who wait for one, or an error once the pool is closed. */
void sampan_link_pool_serve (SampanLinkPool *self);
bool sampan_link_pool_owes_aborts (SampanLinkPool *self);

G_END_DECLS
