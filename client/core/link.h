/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* One connection to a server, on the engine thread only: connect, hello, then frames both ways with
 * requests answered in order.
 *
 *   NEW -> CONNECTING -> HELLO -> OPEN -> CLOSED; from any: CLOSED */

#pragma once

#include "channel.h"
#include "errors.h"
#include "request.h"
#include <gio/gio.h>

G_BEGIN_DECLS

/* How long each state may last. */
typedef struct
{
  unsigned int connect_ms;
  unsigned int hello_ms;
  unsigned int reply_ms;      /* silence while a reply is due */
  unsigned int slow_reply_ms; /* the same where the server works on its disk */
  unsigned int keepalive_ms;  /* idle time before a ping */
  unsigned int idle_close_ms; /* idle time before a spare link is closed */
  unsigned int retry_ms;      /* unit of the back-off after a break; 0: a break is the end */
} SampanLinkTimes;
extern const SampanLinkTimes sampan_link_default_times;

/* Whether what broke a link, or kept it from coming about, may be gone at another try; all else
 * needs a person. */
bool sampan_link_error_is_passing (const GError *error);

typedef enum
{
  SAMPAN_LINK_IDLE_NOTHING, /* not logged in yet */
  SAMPAN_LINK_IDLE_PING,
  SAMPAN_LINK_IDLE_CLOSE,
} SampanLinkIdle;

typedef struct
{
  void (*connected) (SampanLink *self, gpointer user_data); /* nullable; before the hello */
  void (*opened) (SampanLink *self, gpointer user_data);
  /* Once. ERROR is NULL after sampan_link_close(). Comes before the pending requests end. */
  void (*closed) (SampanLink *self, const GError *error, gpointer user_data);
} SampanLinkFuncs;

SampanLink *sampan_link_new (const SampanLinkTimes *times);
SampanLink *sampan_link_ref (SampanLink *self);
void sampan_link_unref (SampanLink *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SampanLink, sampan_link_unref)

/* FUNCS is static; it can be changed while the link lives, NULL for none. */
void sampan_link_set_funcs (SampanLink *self, const SampanLinkFuncs *funcs, gpointer user_data);
void sampan_link_set_idle (SampanLink *self, SampanLinkIdle idle);
void sampan_link_connect (SampanLink *self, const char *host, uint16_t port);
bool sampan_link_is_open (const SampanLink *self);
/* Valid from opened on. */
SampanChannel *sampan_link_get_channel (SampanLink *self);

/* Takes a reference. On a closed link the request ends at once. */
void sampan_link_submit (SampanLink *self, SampanRequest *request);
/* TRUE if nothing of it was sent: it is forgotten and never ends. */
bool sampan_link_withdraw (SampanLink *self, SampanRequest *request);
/* For a request between two of its messages, when no reply is due: ends it with ERROR. */
void sampan_link_retire (SampanLink *self, SampanRequest *request, const GError *error);
/* After SAMPAN_PRODUCE_WAIT. */
void sampan_link_wake (SampanLink *self);
/* Whether a new request would be sent at once, and whether nothing at all is pending. */
bool sampan_link_can_send (const SampanLink *self);
bool sampan_link_is_idle (const SampanLink *self);
/* Whether no more than one request is pending. */
bool sampan_link_has_only_one (const SampanLink *self);
/* A request on it was given up, and the server does not know yet. */
bool sampan_link_is_winding_up (const SampanLink *self);

/* Inside produce: room for one message of up to SAMPAN_FRAME_PLAIN_MAX bytes, or NULL when the
 * buffer is full; then seals what was written there. */
uint8_t *sampan_link_reserve (SampanLink *self);
void sampan_link_commit (SampanLink *self, size_t plain_length);

/* Says CLOSE if it can without waiting. Pending requests end with DISCONNECTED. */
void sampan_link_close (SampanLink *self);
/* Ends it with an error. */
void sampan_link_break (SampanLink *self, SampanErrorCode code, const char *message);

G_END_DECLS
