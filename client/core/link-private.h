/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The inside of a link, shared by link.c (life, requests, time), link-connect.c (until it is open)
 * and link-io.c (socket, frames). */

#pragma once

#include "link.h"

G_BEGIN_DECLS

/* A few frames per system call; small enough to stay in the second-level cache while it is sealed
 * or opened in place. */
#define LINK_BUFFER_FRAMES 4
#define LINK_BUFFER_BYTES (LINK_BUFFER_FRAMES * SAMPAN_FRAME_MAX)

typedef enum
{
  LINK_NEW,
  LINK_CONNECTING,
  LINK_HELLO,
  LINK_OPEN,
  LINK_CLOSED,
} LinkState;

struct _SampanLink
{
  unsigned int refs; /* engine thread only */
  SampanLinkTimes times;
  const SampanLinkFuncs *funcs;
  gpointer funcs_data;
  SampanLinkIdle idle;
  LinkState state;

  /* connecting */
  GCancellable *cancellable;
  GSource *connect_timer;

  /* the socket */
  GSocketConnection *connection;
  int fd; /* borrowed from the connection */
  GSource *io;
  gpointer fd_tag;
  GIOCondition events;
  int64_t armed_us; /* ready time that the source has */
  int64_t last_activity_us;
  int64_t hello_deadline_us;

  /* frames */
  SampanChannel *channel;
  uint8_t *in;
  size_t in_start, in_end;
  uint8_t *out;
  size_t out_start, out_end;

  /* requests */
  GQueue to_send;  /* the head is being written */
  GQueue awaiting; /* sent at least in part; the head's reply is next */
  bool head_waits; /* the head of to_send returned WAIT */
};

/* link-connect.c */
void link_stop_connecting (SampanLink *self);
void link_take_hello (SampanLink *self);

/* link-io.c */
void link_io_start (SampanLink *self);
void link_io_stop (SampanLink *self);
/* Writes what it can without waiting. */
void link_io_flush (SampanLink *self);
/* Brings poll events and timer in line with what is pending. */
void link_io_update (SampanLink *self);

/* link.c */
/* The end, of ERROR; NULL: as somebody here wanted it. */
void link_shut (SampanLink *self, const GError *error);
void link_produce (SampanLink *self);
bool link_has_something_to_produce (const SampanLink *self);
void link_take_message (SampanLink *self, uint8_t *message, size_t length);
/* When something must happen, or -1. */
int64_t link_get_due_us (const SampanLink *self);
void link_on_due (SampanLink *self);

G_END_DECLS
