/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Making and removing: mkdir, rm. */

#include "config.h"

#include "command.h"

#include "await.h"
#include "escape.h"
#include "output.h"
#include "remote-target.h"
#include "session-pool.h"
#include "undo-line.h"

#include <glib/gi18n.h>
#include <stdio.h>

static bool
make_folder (Cli *cli, const SampanRemote *remote, bool parents, GError **error)
{
  g_auto (Await) await = AWAIT_INIT;
  SampanSession *session = session_pool_get (cli->sessions, remote, error);

  if (session == NULL)
    return false;
  sampan_session_mkdir_async (session,
                              sampan_remote_get_path (remote),
                              parents,
                              cli->cancellable,
                              await_done_cb,
                              &await);
  return sampan_session_mkdir_finish (session, await_result (&await), error);
}

void
command_mkdir (Cli *cli, const Command *command, char **argv)
{
  gboolean parents = FALSE;
  const GOptionEntry entries[] = {
    { "parents",
      'p',
      0,
      G_OPTION_ARG_NONE,
      &parents,
      N_ ("Make missing parents; an existing folder is no error"),
      NULL },
    { NULL },
  };
  g_auto (GStrv) operands = command_parse (cli, command, entries, argv, 1, COMMAND_ANY_NUMBER);
  g_autoptr (GPtrArray) remotes = NULL;

  if (operands == NULL)
    return;
  remotes = command_resolve_all (cli, operands, g_strv_length (operands));
  for (guint i = 0; remotes != NULL && i < remotes->len; i++)
    {
      g_autoptr (GError) error = NULL;

      if (cli_should_stop (cli))
        return;
      if (make_folder (cli, g_ptr_array_index (remotes, i), parents, &error))
        output_remote_done (cli, "mkdir", g_ptr_array_index (remotes, i));
      else if (g_error_matches (error, SAMPAN_ERROR, SAMPAN_ERROR_NOT_FOUND))
        output_failed_because (cli,
                               operands[i],
                               CLI_STATUS_ITEMS_FAILED,
                               parents || remote_is_share (sampan_remote_get_path (
                                              g_ptr_array_index (remotes, i)))
                                   ? _ ("There is no such share; shares are made on the box")
                                   : _ ("The folder above is not there; -p makes it as well"));
      else
        output_failed (cli, operands[i], error);
    }
}

static void
removed (Cli *cli,
         const char *typed,
         const SampanRemote *remote,
         bool verbose,
         const uint8_t trash_id[static SAMPAN_TRASH_ID_LENGTH])
{
  g_auto (JsonLine) line = JSON_LINE_INIT;
  g_autofree char *shown = sampan_escape (typed, -1, 0);

  if (cli->options.json)
    {
      output_begin_item (&line, "rm", "done");
      json_line_add_remote (&line, "uri", remote);
      json_line_add_hex (&line, "trash_id", trash_id, SAMPAN_TRASH_ID_LENGTH);
      json_line_print (&line, stdout);
    }
  else if (verbose)
    {
      /* Translators: %s is a name. */
      printf (_ ("Moved to the trash of the box: %s"), shown);
      putchar ('\n');
    }
}

static bool
remove_one (Cli *cli,
            const SampanRemote *remote,
            bool recursive,
            uint8_t trash_id[static SAMPAN_TRASH_ID_LENGTH],
            GError **error)
{
  g_auto (Await) await = AWAIT_INIT;
  SampanSession *session = session_pool_get (cli->sessions, remote, error);

  if (session == NULL)
    return false;
  sampan_session_remove_async (session,
                               sampan_remote_get_path (remote),
                               recursive,
                               cli->cancellable,
                               await_done_cb,
                               &await);
  return sampan_session_remove_finish (session, await_result (&await), trash_id, error);
}

void
command_rm (Cli *cli, const Command *command, char **argv)
{
  gboolean recursive = FALSE, verbose = FALSE;
  const GOptionEntry entries[] = {
    { "recursive",
      'r',
      0,
      G_OPTION_ARG_NONE,
      &recursive,
      N_ ("Folders with all that they hold"),
      NULL },
    { "verbose", 'v', 0, G_OPTION_ARG_NONE, &verbose, N_ ("Say what was removed"), NULL },
    { NULL },
  };
  g_auto (GStrv) operands = command_parse (cli, command, entries, argv, 1, COMMAND_ANY_NUMBER);
  g_autoptr (GPtrArray) remotes = NULL;
  g_auto (UndoLine) undo = UNDO_LINE_INIT;

  if (operands == NULL)
    return;
  remotes = command_resolve_all (cli, operands, g_strv_length (operands));
  for (guint i = 0; remotes != NULL && i < remotes->len; i++)
    {
      const SampanRemote *remote = g_ptr_array_index (remotes, i);
      uint8_t trash_id[SAMPAN_TRASH_ID_LENGTH];
      g_autoptr (GError) error = NULL;

      if (cli_should_stop (cli))
        break;
      if (remove_one (cli, remote, recursive, trash_id, &error))
        {
          removed (cli, operands[i], remote, verbose, trash_id);
          undo_line_add_restore (&undo, remote, trash_id, false);
        }
      else
        output_failed (cli, operands[i], error);
    }
  undo_line_print (&undo, cli);
}
