/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The service manager that started us, if one did: how far we are, that we are alive, and sockets
 * that it listened on for us. systemd's protocols: one datagram for each message, the rest in the
 * environment. */

#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

G_BEGIN_DECLS

/* STATE such as "READY=1". Does nothing when nobody asked ($NOTIFY_SOCKET). */
void sampan_service_notify (const char *state);

/* How often at least "WATCHDOG=1" is expected, in microseconds ($WATCHDOG_USEC); 0: nobody waits
 * for it. */
uint64_t sampan_service_get_watchdog_us (void);

/* How many descriptors were handed over ($LISTEN_FDS), from SAMPAN_SERVICE_FIRST_FD on. From now on
 * they are closed on exec. 0 if they are for another process. */
#define SAMPAN_SERVICE_FIRST_FD 3
unsigned int sampan_service_take_sockets (void);

G_END_DECLS
