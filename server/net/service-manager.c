/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Small enough to be spoken without a library, so that a unit which expects it works with every
 * build. */

#include "config.h"

#include "net/service-manager.h"

#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define SOCKETS_MAX 64 /* more than anybody listens on */

/* "@NAME" is in the abstract name space. FALSE with errno. */
static bool
set_address (struct sockaddr_un *address, socklen_t *length, const char *name)
{
  size_t name_length = strlen (name);

  errno = EINVAL;
  if ((name[0] != '/' && name[0] != '@') || name_length >= sizeof address->sun_path)
    return false;
  address->sun_family = AF_UNIX;
  memcpy (address->sun_path, name, name_length);
  if (name[0] == '@')
    address->sun_path[0] = '\0';
  *length = (socklen_t)(G_STRUCT_OFFSET (struct sockaddr_un, sun_path) + name_length);
  return true;
}

static bool
send_to (const char *name, const char *state)
{
  struct sockaddr_un address = { 0 };
  socklen_t length = 0;
  int fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  bool ok =
      fd >= 0 && set_address (&address, &length, name) &&
      sendto (fd, state, strlen (state), MSG_NOSIGNAL, (struct sockaddr *)&address, length) >= 0;
  int saved_errno = errno;

  if (fd >= 0)
    close (fd);
  errno = saved_errno;
  return ok;
}

void
sampan_service_notify (const char *state)
{
  const char *name = g_getenv ("NOTIFY_SOCKET");

  if (name != NULL && !send_to (name, state))
    sampan_log_event (SAMPAN_LOG_WARNING, "notify", "error", g_strerror (errno), NULL);
}

/* What $NAME says, if $PID_NAME is not there or names this process; 0 if not. */
static uint64_t
get_own_number (const char *name, const char *pid_name, uint64_t max)
{
  const char *text = g_getenv (name);
  const char *pid_text = g_getenv (pid_name);
  guint64 number = 0, pid = 0;

  if (text == NULL || !g_ascii_string_to_unsigned (text, 10, 0, max, &number, NULL))
    return 0;
  if (pid_text != NULL && (!g_ascii_string_to_unsigned (pid_text, 10, 1, G_MAXINT32, &pid, NULL) ||
                           pid != (guint64)getpid ()))
    return 0;
  return number;
}

uint64_t
sampan_service_get_watchdog_us (void)
{
  return get_own_number ("WATCHDOG_USEC", "WATCHDOG_PID", G_MAXINT64);
}

unsigned int
sampan_service_take_sockets (void)
{
  uint64_t count = g_getenv ("LISTEN_PID") != NULL
                       ? get_own_number ("LISTEN_FDS", "LISTEN_PID", SOCKETS_MAX)
                       : 0;

  for (uint64_t i = 0; i < count; i++)
    if (fcntl (SAMPAN_SERVICE_FIRST_FD + (int)i, F_SETFD, FD_CLOEXEC) != 0)
      return 0;
  return (unsigned int)count;
}
