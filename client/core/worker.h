/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The engine's half of a transfer: what uploads and downloads have in common. Reference-counted as
 * the request that it is. */

#pragma once

#include "link-pool.h"
#include "paths.h"
#include "transfer.h"

#include <stdatomic.h>

G_BEGIN_DECLS

typedef struct _SampanWorker SampanWorker;

typedef struct
{
  SampanRequestClass request;
  /* Engine thread. Opens what is local, then leases a link. */
  void (*start) (SampanWorker *self);
  /* Engine thread: a link broke; submits to go on over another. */
  void (*restart) (SampanWorker *self);
  /* Engine thread: no link could be had, and none will; ends with ERROR. */
  void (*lost) (SampanWorker *self, const GError *error);
  /* Engine thread; not after the end. Undoes what was begun and ends, now or soon. */
  void (*cancel) (SampanWorker *self);
} SampanWorkerClass;

struct _SampanWorker
{
  SampanRequest request;
  const SampanWorkerClass *klass;
  SampanLinkPool *pool;

  /* fixed before it starts */
  char *local;
  SampanPath *remote;
  SampanConflict conflict;
  bool resume;
  bool is_small; /* may share a link; then it opens nothing before its turn comes */
  bool keep_permissions;
  bool keep_partial; /* a cancel may still set it, on the engine thread */
  bool discards;     /* only drops what an earlier run left: see discards.h */
  bool has_expected; /* an upload that replaces only this version */
  uint8_t expected[SAMPAN_VERSION_LENGTH];

  /* owner's thread: called when the state changed; NULL for nobody */
  void (*changed) (SampanWorker *self, gpointer user_data);
  gpointer changed_data;

  /* written by the engine, read by the owner at any time */
  _Atomic uint64_t done_bytes;
  _Atomic uint64_t safe_bytes; /* of an upload under way: on the box's disk, as it says */
  _Atomic uint64_t total_bytes;
  _Atomic int state;     /* SampanTransferState */
  atomic_bool is_posted; /* the owner is about to look */

  /* written before the last state is posted */
  GError *error;
  char *stored_name;
  uint8_t version[SAMPAN_VERSION_LENGTH];   /* of what an upload stored */
  uint8_t trash_id[SAMPAN_TRASH_ID_LENGTH]; /* of what an upload replaced; zero: nothing */

  /* engine thread */
  SampanLink *link;         /* referenced while it is leased */
  GSource *retry;           /* until it goes on */
  uint64_t confirmed_bytes; /* that the other end has, or had: what progress is */
  uint64_t retried_bytes;   /* confirmed at the last break */
  unsigned int n_retries;   /* without progress */
  bool is_waiting;          /* for a lease */
  bool is_cancelled;
  bool has_ended;
};

/* Takes over nothing; POOL, LOCAL and REMOTE are copied or referenced. */
void sampan_worker_init (SampanWorker *self,
                         const SampanWorkerClass *klass,
                         SampanLinkPool *pool,
                         const char *local,
                         const SampanPath *remote,
                         SampanConflict conflict);
void sampan_worker_clear (SampanWorker *self);

/* Any thread. */
void sampan_worker_start (SampanWorker *self);
/* KEEP: what is there already stays, whatever keep_partial said. */
void sampan_worker_cancel (SampanWorker *self, bool keep);

/* Engine thread. */
void sampan_worker_set_state (SampanWorker *self, SampanTransferState state);
/* Takes ERROR. The first call counts: DONE, FAILED or CANCELLED goes to the owner. */
void sampan_worker_end (SampanWorker *self, GError *error);
/* After a link broke with ERROR (copied): whether the worker goes on. If not it is for the caller
 * to end it. Restarts soon, never from inside. */
bool sampan_worker_retry (SampanWorker *self, const GError *error);
/* Leases a link, a shared one if it is small, and submits the worker on it as a request. */
void sampan_worker_submit (SampanWorker *self, SampanLease lease);
/* Gives the link to the next one. */
void sampan_worker_release_link (SampanWorker *self);

/* Makers. */
SampanWorker *sampan_upload_new (SampanLinkPool *pool,
                                 const char *local,
                                 const SampanPath *remote,
                                 SampanConflict conflict);
SampanWorker *sampan_download_new (SampanLinkPool *pool,
                                   const SampanPath *remote,
                                   const char *local,
                                   SampanConflict conflict);

G_END_DECLS
