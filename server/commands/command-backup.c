/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* sampand backup, sampand restore. */

#include "config.h"

#include "commands/commands.h"

#include "accounts/backup.h"
#include "commands/command-utils.h"
#include "escape.h"

int
sampan_command_backup (int argc, char **argv)
{
  g_auto (SampanArguments) arguments = { 0 };
  g_autoptr (SampanAccountStore) store = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *shown = NULL;

  if (!sampan_arguments_parse (&arguments, "backup", "FILE", NULL, 1, argc, argv))
    return SAMPAN_EXIT_USAGE;
  store = sampan_command_open_store (&arguments, false);
  if (store == NULL)
    return SAMPAN_EXIT_FAILED;
  if (!sampan_backup_write (store, arguments.values[0], &error))
    return sampan_command_fail ("Cannot make the backup", error);
  shown = sampan_escape (arguments.values[0], -1, 0);
  g_print ("Accounts, shares, rights and keys are in %s; the files of the shares are not. Keep it "
           "where nobody\nelse can read it.\n",
           shown);
  return SAMPAN_EXIT_DONE;
}

int
sampan_command_restore (int argc, char **argv)
{
  gboolean replace = FALSE;
  const GOptionEntry entries[] = {
    { "replace", 0, 0, G_OPTION_ARG_NONE, &replace, "Put aside the accounts that are there", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (SampanArguments) arguments = { 0 };
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
  when = sampan_command_format_time (made_secs);
  g_print ("Accounts, shares, rights and keys are as they were on %s.\n", when);
  if (kept != NULL)
    g_print ("What was there is kept beside them, in files that end in %s.\n", kept);
  return SAMPAN_EXIT_DONE;
}
