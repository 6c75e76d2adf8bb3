/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* sampand backup, sampand restore. */

#include "config.h"

#include "commands/commands.h"

#include "accounts/backup.h"
#include "commands/command-utils.h"
#include "commands/json-text.h"
#include "escape.h"

int
sampan_command_backup (int argc, char **argv)
{
  g_auto (SampanArguments) arguments = { 0 };
  const GOptionEntry entries[] = { SAMPAN_JSON_ENTRY (arguments), G_OPTION_ENTRY_NULL };
  g_autoptr (SampanAccountStore) store = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *shown = NULL;

  if (!sampan_arguments_parse (&arguments, "backup", "FILE", entries, 1, argc, argv))
    return SAMPAN_EXIT_USAGE;
  store = sampan_command_open_store (&arguments, false);
  if (store == NULL)
    return SAMPAN_EXIT_FAILED;
  if (!sampan_backup_write (store, arguments.values[0], &error))
    return sampan_command_fail ("Cannot make the backup", error);
  shown = sampan_escape (arguments.values[0], -1, 0);
  sampan_command_print_change (&arguments,
                               "file",
                               "backup",
                               -1,
                               "Accounts, shares, rights and keys are in %s; the files of the "
                               "shares are not. Keep it where nobody\nelse can read it.",
                               shown);
  return SAMPAN_EXIT_DONE;
}

static void
print_restored_json (int64_t made_secs, const char *kept)
{
  g_autofree char *made = sampan_command_format_time_for_scripts (made_secs);
  g_autoptr (GString) json = g_string_new ("{");

  sampan_json_add_string (json, "made", made);
  if (kept != NULL)
    sampan_json_add_string (json, "kept_suffix", kept);
  else
    sampan_json_add_raw (json, "kept_suffix", "null");
  g_print ("%s}\n", json->str);
}

int
sampan_command_restore (int argc, char **argv)
{
  g_auto (SampanArguments) arguments = { 0 };
  gboolean replace = FALSE;
  const GOptionEntry entries[] = {
    { "replace", 0, 0, G_OPTION_ARG_NONE, &replace, "Put aside the accounts that are there", NULL },
    SAMPAN_JSON_ENTRY (arguments),
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GError) error = NULL;
  g_autofree char *kept = NULL;
  g_autofree char *when = NULL;
  int64_t made_secs = 0;

  if (!sampan_arguments_parse (&arguments, "restore", "FILE", entries, 1, argc, argv))
    return SAMPAN_EXIT_USAGE;
  if (!sampan_backup_restore (arguments.values[0],
                              arguments.state,
                              replace,
                              &made_secs,
                              &kept,
                              &error))
    return sampan_command_fail ("Cannot restore", error);
  if (arguments.as_json)
    {
      print_restored_json (made_secs, kept);
      return SAMPAN_EXIT_DONE;
    }
  when = sampan_command_format_time (made_secs);
  g_print ("Accounts, shares, rights and keys are as they were on %s.\n", when);
  if (kept != NULL)
    g_print ("What was there is kept beside them, in files that end in %s.\n", kept);
  return SAMPAN_EXIT_DONE;
}
