/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Tells the network that a server is here: DNS-SD service _sampan._tcp, through the Avahi daemon on
 * the system bus. Where either is missing nothing is said and nothing is complained about; when
 * they come, or come back, it is announced. Never blocks: all of it happens on the thread-default
 * main context it was made in. */

#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

typedef struct _SampanAnnouncer SampanAnnouncer;

/* NAME is what people read; NULL: the name of this machine. Should it be taken on the network, it
 * gets a number behind it. */
SampanAnnouncer *sampan_announcer_new (const char *name, uint16_t port);
/* The announcement is withdrawn. */
void sampan_announcer_free (SampanAnnouncer *self);

/* The first port of ENDPOINTS (char *, "ADDRESS:PORT") that other machines can reach; 0: none. */
uint16_t sampan_announcer_choose_port (GPtrArray *endpoints);

G_END_DECLS
