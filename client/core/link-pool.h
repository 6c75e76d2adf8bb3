/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The engine's half of a session: the browsing link, the ticket, and the links that transfers run
 * on, kept for the next one. One pool for each login; it outlives its links and heals when told to.
 * Reference-counted. */

#pragma once

#include "call.h"
#include "engine.h"
#include "link.h"
#include "saver.h"
#include "secret.h"

G_BEGIN_DECLS

typedef struct _SampanLinkPool SampanLinkPool;

typedef enum
{
  SAMPAN_POOL_CONNECTED,
  SAMPAN_POOL_READY,  /* logged in, or healed */
  SAMPAN_POOL_FAILED, /* the login, or one try to heal */
  SAMPAN_POOL_BROKEN, /* the browsing link, after READY */
} SampanPoolEvent;

/* On the owner's context. ERROR for FAILED and BROKEN. */
typedef void (*SampanPoolEventFunc) (SampanLinkPool *self,
                                     SampanPoolEvent event,
                                     const GError *error,
                                     gpointer user_data);

/* ---- Owner's thread ---- */
SampanLinkPool *sampan_link_pool_new (SampanEngine *engine,
                                      GMainContext *owner,
                                      const SampanLinkTimes *times,
                                      SampanPoolEventFunc func,
                                      gpointer user_data);
/* No events from now on. */
void sampan_link_pool_disconnect (SampanLinkPool *self);
void sampan_link_pool_login (SampanLinkPool *self,
                             const char *host,
                             uint16_t port,
                             const char *user,
                             const SampanSecret *password);
/* After BROKEN: a new browsing link, by ticket; by a login where the server does not know the
 * session any more. Ends with READY or FAILED. */
void sampan_link_pool_heal (SampanLinkPool *self, const SampanSecret *password);
/* After READY was seen. */
bool sampan_link_pool_must_set_password (const SampanLinkPool *self);

/* ---- Any thread ---- */
SampanLinkPool *sampan_link_pool_ref (SampanLinkPool *self);
void sampan_link_pool_unref (SampanLinkPool *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SampanLinkPool, sampan_link_pool_unref)
GMainContext *sampan_link_pool_get_engine_context (SampanLinkPool *self);
GMainContext *sampan_link_pool_get_owner_context (SampanLinkPool *self);
/* Closes all links; what is pending ends with DISCONNECTED. */
void sampan_link_pool_close (SampanLinkPool *self);
/* Over the browsing link; during the first login once the server has proved who it is. Takes a
 * reference; CALL->done comes in any case. */
void sampan_link_pool_submit (SampanLinkPool *self, SampanCall *call);
/* The same, once the uploads that were cancelled have told the server; waits for that not long. */
void sampan_link_pool_submit_last (SampanLinkPool *self, SampanCall *call);
/* Transfers are about to come: attaches a link for the first of them, while what precedes them is
 * asked over the browsing link. During the first login it is connected, and attached after that. */
void sampan_link_pool_warm_up (SampanLinkPool *self);
/* Ends CALL with G_IO_ERROR_CANCELLED if nothing of it was sent yet. */
void sampan_link_pool_withdraw (SampanLinkPool *self, SampanCall *call);

/* ---- Engine thread ---- */
/* Borrowed; NULL unless logged in. */
SampanLink *sampan_link_pool_get_browsing_link (SampanLinkPool *self);
const char *sampan_link_pool_get_user (SampanLinkPool *self);
const uint8_t *sampan_link_pool_get_server_public_key (SampanLinkPool *self);

const SampanLinkTimes *sampan_link_pool_get_times (SampanLinkPool *self);
bool sampan_link_pool_is_ready (SampanLinkPool *self);
/* Nothing heals it any more. */
bool sampan_link_pool_is_closed (SampanLinkPool *self);

typedef enum
{
  SAMPAN_LEASE_SHARED,  /* with others that share, one request after the other */
  SAMPAN_LEASE_SENDING, /* nobody else sends, replies may still be due */
  SAMPAN_LEASE_ALONE,   /* nothing else is pending */
} SampanLease;

/* A link for a transfer, kept before or attached now; while the pool is broken it comes when
 * that is healed. LINK is NULL with an error. May call back at
 * once. */
typedef void (*SampanLeaseFunc) (SampanLink *link, const GError *error, gpointer user_data);
void sampan_link_pool_lease (SampanLinkPool *self,
                             SampanLease lease,
                             SampanLeaseFunc func,
                             gpointer user_data);
/* Forgets a lease that waits; FUNC is not called. FALSE: none waits. */
bool sampan_link_pool_cancel_lease (SampanLinkPool *self, gpointer user_data);
/* Gives back one lease of LINK: others may send on it now. */
void sampan_link_pool_release (SampanLinkPool *self, SampanLink *link);
/* What fails for want of a link, with the reason if an admin has ended the session. */
GError *sampan_link_pool_new_no_connection (const SampanLinkPool *self);
/* Borrowed. */
SampanSaver *sampan_link_pool_get_saver (SampanLinkPool *self);

G_END_DECLS
