/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* sampand kick: ends sessions at once. */

#include "config.h"

#include "commands/commands.h"

#include "commands/command-utils.h"
#include "commands/json-text.h"
#include "control.h"
#include "escape.h"

#include <stdlib.h>
#include <string.h>

/* What can name an account or a session, and fits a line of the control socket. */
static bool
is_sound (const char *who)
{
  return sampan_user_name_is_valid (who, strlen (who));
}

static int
print_kick (const char *who, int ended, bool as_json)
{
  g_autoptr (GString) json = g_string_new ("{");

  if (as_json)
    {
      sampan_json_add_string (json, "who", who);
      sampan_json_add_int (json, "ended_sessions", ended);
      g_print ("%s}\n", json->str);
    }
  else if (ended > 0)
    g_print (ended == 1 ? "One session ended.\n" : "%d sessions ended.\n", ended);
  if (ended == 0)
    g_printerr ("sampand: Nobody is logged in as %s, and no one session has that name; see "
                "'sampand who'\n",
                who);
  return ended > 0 ? SAMPAN_EXIT_DONE : SAMPAN_EXIT_FAILED;
}

int
sampan_command_kick (int argc, char **argv)
{
  g_auto (SampanArguments) arguments = { 0 };
  const GOptionEntry entries[] = { SAMPAN_JSON_ENTRY (arguments), G_OPTION_ENTRY_NULL };
  g_autofree char *line = NULL;
  g_autofree char *reply = NULL;
  g_autofree char *ended = NULL;
  const char *who;

  if (!sampan_arguments_parse (&arguments, "kick", "USER|SESSION", entries, 1, argc, argv))
    return SAMPAN_EXIT_USAGE;
  who = arguments.values[0];
  if (!is_sound (who))
    {
      g_autofree char *shown = sampan_escape (who, -1, SAMPAN_NAME_MAX);

      return sampan_command_usage ("kick", "\"%s\" names neither an account nor a session", shown);
    }
  line = g_strconcat (SAMPAN_CONTROL_KICK, who, NULL);
  reply = sampan_command_ask (&arguments, line, "Cannot end sessions");
  if (reply == NULL)
    return SAMPAN_EXIT_FAILED;
  ended = sampan_json_find (reply, "ended_sessions");
  return print_kick (who, ended != NULL ? atoi (ended) : 0, arguments.as_json);
}
