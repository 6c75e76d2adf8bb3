/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Looking: ping, stat, df. */

#include "config.h"

#include "command.h"

#include "await.h"
#include "entry-text.h"
#include "escape.h"
#include "json-line.h"
#include "output.h"
#include "remote-target.h"
#include "session-pool.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define DEFAULT_PING_TEXT "hello"
#define PERCENT 100.0

static void
ping (Cli *cli, const SampanRemote *remote, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_auto (Await) await = AWAIT_INIT;
  g_auto (JsonLine) line = JSON_LINE_INIT;
  g_autofree char *answer = NULL;
  g_autofree char *shown = NULL;
  int64_t round_trip_us = 0;
  SampanSession *session = session_pool_get (cli->sessions, remote, &error);

  if (session == NULL)
    {
      output_failed (cli, NULL, error);
      return;
    }
  sampan_session_ping_async (session, text, cli->cancellable, await_done_cb, &await);
  answer = sampan_session_ping_finish (session, await_result (&await), &round_trip_us, &error);
  if (answer == NULL)
    {
      output_failed (cli, NULL, error);
      return;
    }
  if (cli->options.json)
    {
      json_line_add_bytes (&line, "text", answer);
      json_line_add_int (&line, "round_trip_us", round_trip_us);
      json_line_print (&line, stdout);
      return;
    }
  shown = sampan_escape (answer, -1, 0);
  printf ("%s\n", shown);
  if (!cli->options.quiet)
    {
      /* Translators: a time in milliseconds. */
      printf (_ ("%.3f ms"), (double)round_trip_us / G_TIME_SPAN_MILLISECOND);
      putchar ('\n');
    }
}

void
command_ping (Cli *cli, const Command *command, char **argv)
{
  g_auto (GStrv) operands = command_parse (cli, command, NULL, argv, cli->in_shell ? 0 : 1, 2);
  g_autoptr (SampanRemote) remote = NULL;
  g_autoptr (GError) error = NULL;
  const char *where = "", *text = NULL;

  if (operands == NULL)
    return;
  if (!cli->in_shell || (operands[0] != NULL && g_str_has_prefix (operands[0], "sampan://")))
    {
      where = operands[0];
      text = operands[1];
    }
  else
    text = operands[0];
  remote = cli_resolve (cli, where, &error);
  if (remote == NULL)
    output_failed (cli, where, error);
  else
    ping (cli, remote, text != NULL ? text : DEFAULT_PING_TEXT);
}

static void
stat_one (Cli *cli, const char *typed, const SampanRemote *remote)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SampanFileInfo) info = NULL;
  g_auto (Await) await = AWAIT_INIT;
  SampanSession *session = session_pool_get (cli->sessions, remote, &error);

  if (session != NULL)
    {
      sampan_session_stat_async (session,
                                 sampan_remote_get_path (remote),
                                 cli->cancellable,
                                 await_done_cb,
                                 &await);
      info = sampan_session_stat_finish (session, await_result (&await), &error);
    }
  if (info == NULL)
    output_failed (cli, typed, error);
  else if (cli->options.json)
    entry_text_print_json (info, remote);
  else
    entry_text_print_all (info, remote);
}

void
command_stat (Cli *cli, const Command *command, char **argv)
{
  g_auto (GStrv) operands = command_parse (cli, command, NULL, argv, 1, COMMAND_ANY_NUMBER);
  g_autoptr (GPtrArray) remotes = NULL;

  if (operands == NULL)
    return;
  remotes = command_resolve_all (cli, operands, g_strv_length (operands));
  for (guint i = 0; remotes != NULL && i < remotes->len; i++)
    if (!cli_should_stop (cli))
      stat_one (cli, operands[i], g_ptr_array_index (remotes, i));
}

static void
print_space (Cli *cli, const SampanRemote *remote, const char *label, const SampanSpace *space)
{
  g_autofree char *total = g_format_size (space->total_bytes);
  g_autofree char *free_text = g_format_size (space->free_bytes);

  if (cli->options.json)
    {
      g_auto (JsonLine) line = JSON_LINE_INIT;

      json_line_add_remote (&line, "uri", remote);
      json_line_add_uint (&line, "total_bytes", space->total_bytes);
      json_line_add_uint (&line, "free_bytes", space->free_bytes);
      json_line_print (&line, stdout);
      return;
    }
  if (label != NULL)
    {
      g_autofree char *shown = sampan_escape (label, -1, 0);

      printf ("%s: ", shown);
    }
  /* Translators: %1$s and %2$s are sizes such as 1.2 GB. */
  printf (_ ("%1$s free of %2$s"), free_text, total);
  if (space->total_bytes > 0)
    printf (" (%.0f %%)", PERCENT * (double)space->free_bytes / (double)space->total_bytes);
  putchar ('\n');
}

static bool
space_of (Cli *cli,
          SampanSession *session,
          const SampanRemote *remote,
          const char *label,
          GError **error)
{
  g_auto (Await) await = AWAIT_INIT;
  SampanSpace space;

  sampan_session_space_async (session,
                              sampan_remote_get_path (remote),
                              cli->cancellable,
                              await_done_cb,
                              &await);
  if (!sampan_session_space_finish (session, await_result (&await), &space, error))
    return false;
  print_space (cli, remote, label, &space);
  return true;
}

/* The root is no disk: every share in it is asked. */
static bool
space_of_shares (Cli *cli, SampanSession *session, const SampanRemote *root, GError **error)
{
  g_auto (Await) await = AWAIT_INIT;
  g_autoptr (SampanFolderList) shares = NULL;

  sampan_session_list_async (session,
                             sampan_remote_get_path (root),
                             cli->cancellable,
                             await_done_cb,
                             &await);
  shares = sampan_session_list_finish (session, await_result (&await), error);
  for (size_t i = 0; shares != NULL && i < sampan_folder_list_get_length (shares); i++)
    {
      const char *name = sampan_folder_list_get (shares, i)->name;
      g_autoptr (SampanPath) path =
          sampan_path_get_child (sampan_remote_get_path (root), name, error);
      g_autoptr (SampanRemote) share = path != NULL ? remote_with_path (root, path) : NULL;

      if (share == NULL || !space_of (cli, session, share, name, error))
        return false;
    }
  return shares != NULL;
}

void
command_df (Cli *cli, const Command *command, char **argv)
{
  g_auto (GStrv) operands = command_parse (cli, command, NULL, argv, cli->in_shell ? 0 : 1, 1);
  g_autoptr (SampanRemote) remote = NULL;
  g_autoptr (GError) error = NULL;
  const char *where = operands != NULL && operands[0] != NULL ? operands[0] : "";
  SampanSession *session = NULL;
  bool done = false;

  if (operands == NULL)
    return;
  remote = cli_resolve (cli, where, &error);
  if (remote != NULL)
    session = session_pool_get (cli->sessions, remote, &error);
  if (session != NULL && sampan_path_is_root (sampan_remote_get_path (remote)))
    done = space_of_shares (cli, session, remote, &error);
  else if (session != NULL)
    done = space_of (cli, session, remote, NULL, &error);
  if (!done)
    output_failed (cli, where, error);
}
