/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Where the server keeps its state. */

#include "config.h"

#include "commands/commands.h"

#define FOLDER_NAME "sampand"

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
  return g_build_filename (g_get_user_state_dir (), FOLDER_NAME, NULL);
}
