/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The server's parts, for the files that make it up. */

#pragma once

#include "net/poller.h"
#include "net/prelogin-table.h"
#include "net/server.h"
#include "net/services.h"

G_BEGIN_DECLS

struct _SampanServer
{
  /* Owned */
  GMainContext *context;
  SampanPoller *poller;
  SampanServices *services;
  SampanWatches *watches;
  SampanPreloginTable *prelogins;
  GThreadPool *auth_pool;
  GThreadPool *worker_pool;
  GPtrArray *listeners; /* Listener */
  GSource *deadline;    /* of the oldest connection before login */
  GSource *housekeeping;
  GSource *stop_check;
  GCancellable *held_look; /* nullable: nobody looks what lies on the disks */
  GPtrArray *held;         /* as of the last look; nullable: there was none */

  /* State */
  int64_t started_us;
  int64_t stop_grace_us;
  int strangers;   /* atomic: objects before login, also evicted ones not yet freed */
  int connections; /* atomic: logged in */
  SampanServerFunc stopped;
  gpointer stopped_data;
};

/* accept.c: the way to a login. */
typedef struct
{
  SampanPollItem item; /* first */
  char *endpoint;
} SampanServerListener;
void sampan_server_accept_cb (SampanPollItem *item, gpointer user_data);
void sampan_server_authenticate (gpointer prelogin, gpointer user_data);
extern const SampanPreloginFuncs sampan_server_prelogin_funcs;
GSource *sampan_server_deadline_source_new (SampanServer *self);

/* In a thread, for the next stats; one at a time. */
void sampan_server_look_at_disks (SampanServer *self);

G_END_DECLS
