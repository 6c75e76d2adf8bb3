/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* sd_notify, where libsystemd is there. */

#include "config.h"

#include "net/service-notify.h"

#include "log.h"

#ifdef HAVE_SYSTEMD
#include <systemd/sd-daemon.h>
#endif

void
sampan_service_notify (const char *state)
{
#ifdef HAVE_SYSTEMD
  int result = sd_notify (0, state);
  if (result < 0)
    sampan_log_event (SAMPAN_LOG_WARNING, "notify", "error", g_strerror (-result), NULL);
#endif
}
