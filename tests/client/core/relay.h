/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A TCP relay in front of a server that cuts, holds back and swallows what passes. One thread for
 * all connections; the functions may be called from any other. */

#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

G_BEGIN_DECLS

typedef struct _Relay Relay;

/* From an ephemeral port of the loopback to PORT there. */
Relay *relay_new (uint16_t port);
void relay_free (Relay *self);
uint16_t relay_get_port (Relay *self);
void relay_set_target (Relay *self, uint16_t port);
/* All connections, at once. */
void relay_cut (Relay *self);
/* All connections each time after between MIN and MAX bytes in both directions, COUNT times. */
void relay_cut_often (Relay *self, uint64_t min_bytes, uint64_t max_bytes, unsigned int count);
unsigned int relay_get_cuts (Relay *self);
/* Nothing from the server comes through. */
void relay_hold_down (Relay *self, bool hold);
/* Nothing comes through, and nobody is told. Connections made meanwhile get no answer either. */
void relay_black_hole (Relay *self, bool is_hole);
/* The end of the black hole, but not for the connections that are in it: neither end of those ever
 * hears of the other again. */
void relay_leave_behind (Relay *self);
/* In place of the next planned cut. */
void relay_black_hole_for_cut (Relay *self);
bool relay_is_black_hole (Relay *self);
/* Who connects is hung up on. */
void relay_refuse (Relay *self, bool refuse);
/* From the next planned cut on. */
void relay_refuse_after_cut (Relay *self);
/* From the client, and from the server. */
uint64_t relay_get_up_bytes (Relay *self);
uint64_t relay_get_down_bytes (Relay *self);

G_END_DECLS
