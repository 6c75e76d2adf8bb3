/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Two ends of a channel in one process, with the wire between them in the test's hands. */

#pragma once

#include "channel-private.h"
#include <glib.h>

/* The one of the two suites that is not SUITE. */
SampanSuite get_other_suite (SampanSuite suite);

typedef struct
{
  SampanChannel *client; /* owned */
  SampanChannel *server; /* owned */
} ChannelPair;

/* After the hellos, which offer SUITE alone; with LOGGED_IN also after both key switches. */
void channel_pair_init (ChannelPair *self, SampanSuite suite, bool logged_in);
void channel_pair_clear (ChannelPair *self);

/* One frame from FROM that holds LENGTH bytes of TEXT; free with g_free. */
uint8_t *seal_frame (SampanChannel *from, const void *text, size_t length, size_t *frame_length);
/* Opens FRAME and demands that it holds LENGTH bytes of TEXT. */
void assert_opens (SampanChannel *to,
                   uint8_t *frame,
                   size_t frame_length,
                   const void *text,
                   size_t length);
/* Demands that nothing is delivered and that the direction stays dead. */
void assert_refuses (SampanChannel *to, uint8_t *frame, size_t frame_length);
/* One message all the way. */
void assert_passes (SampanChannel *from, SampanChannel *to, const char *text);
