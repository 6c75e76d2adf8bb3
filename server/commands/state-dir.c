/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Where the server keeps its state. */

#include "config.h"

#include "commands/commands.h"

#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER_NAME "sampand"
#define SERVICE_FOLDER "/var/lib/sampand" /* what systemd makes of StateDirectory=sampand */

/* What its user and root ask for without saying of which server is meant for the service. */
static bool
is_service_ours (void)
{
  struct stat status;

  return lstat (SERVICE_FOLDER, &status) == 0 && S_ISDIR (status.st_mode) &&
         (geteuid () == 0 || geteuid () == status.st_uid);
}

char *
sampan_state_dir_resolve (const char *option)
{
  const char *from_systemd = g_getenv ("STATE_DIRECTORY");

  if (option != NULL)
    return g_canonicalize_filename (option, NULL);
  if (from_systemd != NULL && from_systemd[0] == '/')
    {
      /* systemd joins several with colons; the first is ours. */
      g_auto (GStrv) folders = g_strsplit (from_systemd, ":", 2);

      return g_strdup (folders[0]);
    }
  if (is_service_ours ())
    return g_strdup (SERVICE_FOLDER);
  return g_build_filename (g_get_user_state_dir (), FOLDER_NAME, NULL);
}
