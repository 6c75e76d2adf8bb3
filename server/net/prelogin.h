/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A connection before login: a small state machine of its own, in a budget of its own. Never
 * blocks, reads at most SAMPAN_PRELOGIN_BYTES in all, and accepts exactly one kind of message in
 * each state:
 *
 *   HELLO -> FIRST -(LOGIN_START)-> FINISH -(LOGIN_FINISH)-> logged in
 *                  -(ATTACH)-> logged in
 *
 * Anything else, at its first wrong byte, closes. Unknown, disabled and wrong look the same. */

#pragma once

#include "net/connection.h"
#include "net/prelogin-table.h"

G_BEGIN_DECLS

#define SAMPAN_PRELOGIN_BYTES 1024 /* hello, start and finish are below 520 */

typedef enum
{
  SAMPAN_PRELOGIN_WAIT,   /* for more input */
  SAMPAN_PRELOGIN_DONE,   /* logged in: *connection has taken the socket over */
  SAMPAN_PRELOGIN_CLOSED, /* free it */
} SampanPreloginResult;

typedef struct _SampanPrelogin SampanPrelogin;

/* Takes FD. TABLE is where its slot is entered; both are borrowed. */
SampanPrelogin *sampan_prelogin_new (SampanServices *services,
                                     SampanPreloginTable *table,
                                     int fd,
                                     const struct sockaddr *peer);
/* Leaves the table, closes (unless DONE), and counts an unfinished attempt. */
void sampan_prelogin_free (SampanPrelogin *self);

SampanPollItem *sampan_prelogin_get_poll_item (SampanPrelogin *self);
SampanPrelogin *sampan_prelogin_from_poll_item (SampanPollItem *item);
SampanPreloginSlot *sampan_prelogin_get_slot (SampanPrelogin *self);
SampanPrelogin *sampan_prelogin_from_slot (SampanPreloginSlot *slot);
/* For the table's evict function. */
void sampan_prelogin_shut_down_slot (SampanPreloginSlot *slot);

/* Takes what has arrived. Any thread, one at a time. */
SampanPreloginResult sampan_prelogin_step (SampanPrelogin *self, SampanConnection **connection);

G_END_DECLS
