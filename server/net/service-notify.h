/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Tells the service manager how far we are: systemd's notification protocol, one datagram. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* STATE such as "READY=1". Does nothing when nobody asked ($NOTIFY_SOCKET). */
void sampan_service_notify (const char *state);

G_END_DECLS
