/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What every connection of one server shares. Lives from start to stop; any thread. */

#pragma once

#include "accounts/account-store.h"
#include "accounts/share-table.h"
#include "net/counters.h"
#include "net/penalties.h"
#include "net/sessions.h"
#include "net/turns.h"
#include "net/upload-claims.h"
#include "net/watches.h"
#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  SampanAccountStore *store; /* borrowed */
  SampanSessions *sessions;
  SampanPenalties *penalties;
  SampanUploadClaims *uploads;
  SampanWatches *watches;             /* the server's */
  SampanTurns *put_turns, *get_turns; /* apart: reading does not wait for writing */
  int64_t dead_peer_us;               /* how long a peer may keep a running request waiting */
  int stop_fd;                        /* becomes readable when the server stops, and stays so */
  int is_stopping;                    /* atomic */
  int64_t stop_by_us;                 /* set before is_stopping: replies are given up then */
  SampanCounters counters;
  int transfers; /* atomic; gets and puts running now */
  int searches;  /* atomic; finds and measures running now */
  GMutex shares_lock;
  SampanShareTable *shares;   /* guarded */
  int shares_number;          /* atomic: grows when that is replaced */
  GCancellable *share_search; /* nullable: none runs */
  GThreadPool *counter;       /* of what shares with a quota hold, one after the other */
  GHashTable *counting;       /* guarded; roots that the counter has, each held by it */
} SampanServices;

/* STORE is borrowed. */
SampanServices *sampan_services_new (SampanAccountStore *store,
                                     int64_t dead_peer_us,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sampan_services_free (SampanServices *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SampanServices, sampan_services_free)

/* New reference to the shares and rights as they are now. */
SampanShareTable *sampan_services_ref_shares (SampanServices *self);

/* Looks again at what the admin may have changed: shares, rights, accounts. What cannot be read
 * stays as it was. */
bool sampan_services_reload (SampanServices *self,
                             unsigned int *ended_sessions,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Looks, on a thread of its own, whether the folder of a share is back that was away, and serves it
 * again. Call from time to time, from the thread that calls the rest. */
void sampan_services_look_for_shares (SampanServices *self);
/* Counts anew, in the background, what each share with a quota holds: others may have changed it.
 * At the start and for a new quota that happens by itself. */
void sampan_services_recount (SampanServices *self);

/* Wakes every wait; running requests end with SHUTTING_DOWN, their replies may take GRACE_US. */
void sampan_services_stop (SampanServices *self, int64_t grace_us);
bool sampan_services_is_stopping (SampanServices *self);

G_END_DECLS
