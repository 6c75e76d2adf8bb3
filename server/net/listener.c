/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* socket, bind, listen, accept and their options. */

#include "config.h"

#include "net/listener.h"

#include "errors.h"
#include "protocol.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <string.h>
#include <unistd.h>

#define KEEPALIVE_INTERVAL_SECS                                                                    \
  30 /* after a minute of silence; four probes fit the dead peer time */
#define KEEPALIVE_PROBES 4

static bool
set_int (int fd, int level, int option, int value)
{
  return setsockopt (fd, level, option, &value, sizeof value) == 0;
}

static int
fail (int fd, const char *what, const char *endpoint, GError **error)
{
  sampan_error_set_from_errno (error, errno, "%s %s", what, endpoint);
  if (fd >= 0)
    close (fd);
  return -1;
}

/* Of an IP socket; NULL with errno for others. */
static char *
dup_own_endpoint (int fd)
{
  struct sockaddr_storage bound = { 0 };
  socklen_t length = sizeof bound;
  if (getsockname (fd, (struct sockaddr *)&bound, &length) != 0)
    return NULL;
  if (bound.ss_family == AF_INET || bound.ss_family == AF_INET6)
    return sampan_address_get_endpoint ((struct sockaddr *)&bound);
  errno = EAFNOSUPPORT;
  return NULL;
}

int
sampan_listener_open (const struct sockaddr *address, char **endpoint, GError **error)
{
  g_autofree char *wanted = sampan_address_get_endpoint (address);
  int fd = socket (address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0 || !set_int (fd, SOL_SOCKET, SO_REUSEADDR, 1))
    return fail (fd, "socket", wanted, error);
  if (address->sa_family == AF_INET6)
    {
      const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)address;
      bool is_any = IN6_IS_ADDR_UNSPECIFIED (&in6->sin6_addr);
      if (!set_int (fd, IPPROTO_IPV6, IPV6_V6ONLY, !is_any))
        return fail (fd, "socket", wanted, error);
    }
  if (bind (fd, address, sampan_address_get_length (address)) != 0)
    return fail (fd, "bind", wanted, error);
  if (listen (fd, SOMAXCONN) != 0)
    return fail (fd, "listen", wanted, error);
  *endpoint = dup_own_endpoint (fd);
  if (*endpoint == NULL)
    return fail (fd, "getsockname", wanted, error);
  return fd;
}

static bool
is_listening (int fd)
{
  int type = 0, listens = 0;
  socklen_t length = sizeof type;
  return getsockopt (fd, SOL_SOCKET, SO_TYPE, &type, &length) == 0 && type == SOCK_STREAM &&
         getsockopt (fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &length) == 0 && listens != 0;
}

bool
sampan_listener_adopt (int fd, char **endpoint, GError **error)
{
  int flags = fcntl (fd, F_GETFL);
  *endpoint = is_listening (fd) ? dup_own_endpoint (fd) : NULL;
  if (*endpoint != NULL && fcntl (fd, F_SETFL, flags | O_NONBLOCK) == 0)
    return true;
  g_set_error (error,
               SAMPAN_ERROR,
               SAMPAN_ERROR_WRONG_KIND,
               "descriptor %d is no TCP socket that listens",
               fd);
  g_clear_pointer (endpoint, g_free);
  close (fd);
  return false;
}

int
sampan_listener_open_default (char **endpoint, GError **error)
{
  struct sockaddr_in6 any6 = { .sin6_family = AF_INET6,
                               .sin6_port = htons (SAMPAN_DEFAULT_PORT),
                               .sin6_addr = IN6ADDR_ANY_INIT };
  struct sockaddr_in any4 = { .sin_family = AF_INET,
                              .sin_port = htons (SAMPAN_DEFAULT_PORT),
                              .sin_addr.s_addr = htonl (INADDR_ANY) };
  int probe = socket (AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  bool has_ipv6 = probe >= 0;
  if (has_ipv6)
    {
      struct sockaddr_in6 free_port = any6;
      free_port.sin6_port = 0;
      has_ipv6 = bind (probe, (struct sockaddr *)&free_port, sizeof free_port) == 0;
      close (probe);
    }
  return sampan_listener_open (has_ipv6 ? (struct sockaddr *)&any6 : (struct sockaddr *)&any4,
                               endpoint,
                               error);
}

int
sampan_listener_accept (int fd, struct sockaddr_storage *peer)
{
  socklen_t length = sizeof *peer;
  memset (peer, 0, sizeof *peer);
  int peer_fd = accept4 (fd, (struct sockaddr *)peer, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (peer_fd < 0)
    return -1;
  /* A socket without them still works: these only find a vanished peer sooner. */
  bool ok = set_int (peer_fd, IPPROTO_TCP, TCP_NODELAY, 1);
  ok = set_int (peer_fd, SOL_SOCKET, SO_KEEPALIVE, 1) && ok;
  ok = set_int (peer_fd, IPPROTO_TCP, TCP_KEEPIDLE, SAMPAN_KEEPALIVE_SECS) && ok;
  ok = set_int (peer_fd, IPPROTO_TCP, TCP_KEEPINTVL, KEEPALIVE_INTERVAL_SECS) && ok;
  ok = set_int (peer_fd, IPPROTO_TCP, TCP_KEEPCNT, KEEPALIVE_PROBES) && ok;
  ok = set_int (peer_fd, IPPROTO_TCP, TCP_USER_TIMEOUT, SAMPAN_DEAD_PEER_SECS * 1000) && ok;
  if (!ok)
    g_debug ("socket options: %s", g_strerror (errno));
  return peer_fd;
}
