/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* One logged-in connection: frames in, frames out. Between requests it is parked and holds neither
 * thread nor buffers; a worker enters it, reads and writes with blocking calls, and leaves. One
 * worker at a time. */

#pragma once

#include "channel.h"
#include "net/poller.h"
#include "net/services.h"
#include "wire.h"

#include <sys/uio.h>

G_BEGIN_DECLS

#define SAMPAN_CONNECTION_FRAMES                                                                   \
  4 /* in each buffer: 256 KiB a system call, and fits the L2 cache */

typedef enum
{
  SAMPAN_INPUT_MESSAGE,
  SAMPAN_INPUT_DRY,   /* nothing came within the time given */
  SAMPAN_INPUT_ENDED, /* see sampan_connection_get_end() */
} SampanInput;

typedef enum
{
  SAMPAN_END_NONE,
  SAMPAN_END_CLOSED,   /* the peer has nothing more to say: replies still go out */
  SAMPAN_END_LOST,     /* the link broke, or the peer stopped taking part */
  SAMPAN_END_BROKEN,   /* the peer broke the protocol */
  SAMPAN_END_REVOKED,  /* the session ended: nothing may be sent any more */
  SAMPAN_END_STOPPING, /* the server stops: replies still go out */
} SampanEnd;

typedef struct _SampanConnection SampanConnection;

/* Takes FD, CHANNEL and a reference of SESSION, also when it fails: NULL when the session has
 * ended. REST: bytes that came behind the login. */
SampanConnection *sampan_connection_new (SampanServices *services,
                                         int fd,
                                         SampanChannel *channel,
                                         SampanServerSession *session,
                                         const struct sockaddr *peer,
                                         const uint8_t *rest,
                                         size_t rest_length);
/* Closes. Not while entered. */
void sampan_connection_free (SampanConnection *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SampanConnection, sampan_connection_free)

SampanServices *sampan_connection_get_services (SampanConnection *self);
SampanServerSession *sampan_connection_get_session (SampanConnection *self);
SampanSessionMember *sampan_connection_get_member (SampanConnection *self);
SampanPollItem *sampan_connection_get_poll_item (SampanConnection *self);
SampanConnection *sampan_connection_from_poll_item (SampanPollItem *item);
SampanConnection *sampan_connection_from_member (SampanSessionMember *member);
SampanChannel *sampan_connection_get_channel (SampanConnection *self);
const char *sampan_connection_get_source (const SampanConnection *self);
const SampanSourceKey *sampan_connection_get_source_key (const SampanConnection *self);

/* State of a conversation that spans requests (a password change), freed with the connection. */
gpointer sampan_connection_get_data (SampanConnection *self);
void sampan_connection_set_data (SampanConnection *self, gpointer data, GDestroyNotify destroy);

/* The folder that it watches; owned, nullable. */
SampanWatch *sampan_connection_get_watch (SampanConnection *self);
void sampan_connection_set_watch (SampanConnection *self, SampanWatch *watch);

/* ---- While a worker serves it ---- */

/* BEFORE_WAIT runs before the thread blocks for input, with what is to be answered until then. */
typedef void (*SampanBeforeWaitFunc) (gpointer user_data);
/* Lends the thread's buffers to the connection. FALSE: no memory for them. */
bool sampan_connection_enter (SampanConnection *self,
                              SampanBeforeWaitFunc before_wait,
                              gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;
/* Takes them back; a frame that is not complete is kept. */
void sampan_connection_leave (SampanConnection *self);

/* The next message: its kind, and a reader behind it, valid until the next read. A frame larger
 * than MAX_FRAME ends the connection before it is read. WAIT_US: 0 takes only what is there; -1
 * waits for a peer that is due to send something, up to the dead peer time, and is DRY only when
 * it was woken. */
SampanInput sampan_connection_read (SampanConnection *self,
                                    size_t max_frame,
                                    int64_t wait_us,
                                    uint8_t *kind,
                                    SampanReader *reader);

/* What wakes a read that waits by becoming readable, or -1. Borrowed. */
void sampan_connection_set_wake_fd (SampanConnection *self, int fd);

/* BYTES more went to or came from DEVICE: after a turn's bytes others come first (turns.h). A wait
 * for the peer ends the turn; so does leaving. */
void sampan_connection_spend_turn (SampanConnection *self,
                                   SampanTurns *turns,
                                   dev_t device,
                                   size_t bytes);
/* Before other waits, such as for a sync. */
void sampan_connection_end_turn (SampanConnection *self);

/* Begins a message in the send buffer; FALSE: nothing can be sent any more. Then end it; it goes
 * out when the buffer is full or flushed. */
bool sampan_connection_begin (SampanConnection *self,
                              SampanWriter *writer) G_GNUC_WARN_UNUSED_RESULT;
bool sampan_connection_end (SampanConnection *self, SampanWriter *writer) G_GNUC_WARN_UNUSED_RESULT;

/* Room for DATA messages of SAMPAN_DATA_MAX bytes each, to be filled in order, all but the last
 * wholly. Returns how many; 0: nothing can be sent any more. */
size_t sampan_connection_begin_data (SampanConnection *self,
                                     struct iovec slots[static SAMPAN_CONNECTION_FRAMES])
    G_GNUC_WARN_UNUSED_RESULT;
/* Seals the LENGTH bytes that were filled; they go out when the buffer is full or flushed. */
bool sampan_connection_end_data (SampanConnection *self, size_t length) G_GNUC_WARN_UNUSED_RESULT;

bool sampan_connection_flush (SampanConnection *self) G_GNUC_WARN_UNUSED_RESULT;

/* Whether the peer has gone or the work for it should end; for long work on the disk. */
bool sampan_connection_should_stop (SampanConnection *self);

SampanEnd sampan_connection_get_end (const SampanConnection *self);
void sampan_connection_set_end (SampanConnection *self, SampanEnd end);

/* The end of the session does not silence this connection: for the reply to LOGOUT. */
void sampan_connection_outlive_session (SampanConnection *self);

/* The authenticated end of stream, and a short wait for the peer to read it. */
void sampan_connection_say_goodbye (SampanConnection *self);

G_END_DECLS
