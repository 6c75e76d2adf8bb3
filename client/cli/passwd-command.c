/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* passwd: the current password (or the one-time code) comes from --password-file or the terminal,
 * the new one from --new-password-file or, twice, from the terminal. */

#include "config.h"

#include "command.h"

#include "output.h"
#include "prompt.h"
#include "session-pool.h"

#include <glib/gi18n.h>

static SampanSecret *
obtain_fresh (Cli *cli, const char *filename, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  SampanSecret *fresh;

  if (filename == NULL)
    return prompt_new_password (cli->cancellable, error);
  fresh = sampan_secret_read_file (filename, &local_error);
  if (fresh == NULL)
    g_set_error (error,
                 CLI_ERROR,
                 CLI_STATUS_ITEMS_FAILED,
                 /* Translators: %s is why. */
                 _ ("The file with the new password cannot be used: %s"),
                 local_error->message);
  if (fresh != NULL && !prompt_check_new_password (fresh, error))
    g_clear_pointer (&fresh, sampan_secret_free);
  return fresh;
}

static bool
change_password (Cli *cli, const SampanRemote *remote, const char *filename, GError **error)
{
  g_autoptr (SampanSecret) fresh = NULL;

  if (session_pool_get_for_passwd (cli->sessions, remote, error) == NULL)
    return false;
  fresh = obtain_fresh (cli, filename, error);
  return fresh != NULL && session_pool_set_password (cli->sessions, remote, fresh, error);
}

void
command_passwd (Cli *cli, const Command *command, char **argv)
{
  g_autofree char *filename = NULL;
  const GOptionEntry entries[] = {
    { "new-password-file",
      0,
      0,
      G_OPTION_ARG_FILENAME,
      &filename,
      N_ ("Read the new password from the first line of FILE"),
      "FILE" },
    { NULL },
  };
  g_auto (GStrv) operands = command_parse (cli, command, entries, argv, cli->in_shell ? 0 : 1, 1);
  g_autoptr (SampanRemote) remote = NULL;
  g_autoptr (GError) error = NULL;
  const char *where = operands != NULL && operands[0] != NULL ? operands[0] : "";

  if (operands == NULL)
    return;
  remote = cli_resolve (cli, where, &error);
  if (remote == NULL)
    {
      output_failed (cli, where, error);
      return;
    }
  if (!change_password (cli, remote, filename, &error))
    {
      output_failed (cli, NULL, error);
      return;
    }
  output_remote_done (cli, "passwd", remote);
  if (!cli->options.quiet && !cli->options.json)
    g_printerr ("%s\n", _ ("The password is changed. Other sessions of yours were ended."));
}
