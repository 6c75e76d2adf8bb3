/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Listening sockets, and the options of the sockets they accept. */

#pragma once

#include "net/address.h"

G_BEGIN_DECLS

/* Binds and listens, nonblocking. "[::]" takes IPv4 too. Returns an fd or -1; *endpoint is where it
 * really listens (port 0 is replaced), free with g_free. */
int sampan_listener_open (const struct sockaddr *address,
                          char **endpoint,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Makes FD, which a service manager listens on for us, fit for accepting; takes it. FALSE if it is
 * no TCP socket that listens; *endpoint as above. */
bool sampan_listener_adopt (int fd, char **endpoint, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What to listen on without --listen: all addresses, IPv6 and IPv4; IPv4 alone where the kernel has
 * no IPv6. */
int sampan_listener_open_default (char **endpoint, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Accepts one connection: nonblocking, close-on-exec, keepalive and timeouts set. -1 with errno. */
int sampan_listener_accept (int fd, struct sockaddr_storage *peer) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
