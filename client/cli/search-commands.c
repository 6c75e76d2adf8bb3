/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* find and du: the box looks through its own folders. */

#include "config.h"

#include "command.h"

#include "await.h"
#include "entry-text.h"
#include "find-terms.h"
#include "json-line.h"
#include "output.h"
#include "remote-target.h"
#include "session-pool.h"
#include "session-search.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

typedef struct
{
  Cli *cli;
  const SampanRemote *remote;
  bool details;
} Finding;

static void
print_found_json (const SampanFileInfo *info, const SampanRemote *folder)
{
  g_autofree char *below = NULL;
  g_autoptr (SampanPath) path = NULL;
  g_autoptr (SampanRemote) remote = NULL;
  const SampanPath *top = sampan_remote_get_path (folder);

  below = sampan_path_is_root (top) ? g_strdup (info->name)
                                    : g_strconcat (sampan_path_get (top), "/", info->name, NULL);
  path = sampan_path_new ((const uint8_t *)below, strlen (below), NULL);
  remote = path != NULL ? remote_with_path (folder, path) : NULL;
  entry_text_print_json (info, remote);
}

static void
found_cb (SampanFolderList *page, gpointer user_data)
{
  Finding *self = user_data;

  for (size_t i = 0; i < sampan_folder_list_get_length (page); i++)
    {
      const SampanFileInfo *info = sampan_folder_list_get (page, i);

      if (self->cli->options.json)
        print_found_json (info, self->remote);
      else if (self->details)
        entry_text_print_long (info, false);
      else
        entry_text_print_name (info);
    }
  output_flush (self->cli);
}

/* What was left out is no failure, but a person who found nothing has to know. */
static void
tell_end (Cli *cli, const char *where, const SampanFoundEnd *end)
{
  if ((end->flags & SAMPAN_FOUND_MORE) != 0)
    output_note (cli, where, _ ("There is more; see --limit"));
  if (end->n_left_out > 0)
    output_note (cli, where, _ ("Some folders could not be looked into"));
}

static bool
find (Cli *cli,
      const char *where,
      const SampanRemote *remote,
      const SampanFindQuery *query,
      bool details,
      GError **error)
{
  Finding finding = { cli, remote, details };
  g_auto (Await) await = AWAIT_INIT;
  SampanFoundEnd end;
  SampanSession *session = session_pool_get (cli->sessions, remote, error);

  if (session == NULL)
    return false;
  sampan_session_find_async (session,
                             sampan_remote_get_path (remote),
                             query,
                             found_cb,
                             &finding,
                             cli->cancellable,
                             await_done_cb,
                             &await);
  if (!sampan_session_find_finish (session, await_result (&await), &end, error))
    return false;
  tell_end (cli, where, &end);
  return true;
}

void
command_search (Cli *cli, const Command *command, char **argv)
{
  FindTerms terms = { 0 };
  gboolean details = FALSE;
  const GOptionEntry entries[] = {
    { "name",
      0,
      0,
      G_OPTION_ARG_FILENAME,
      &terms.name,
      N_ ("Names that hold PATTERN, or fit it if it has * or ?"),
      N_ ("PATTERN") },
    { "kind", 0, 0, G_OPTION_ARG_STRING, &terms.kind, N_ ("file, folder, link or other"), "KIND" },
    { "size",
      0,
      0,
      G_OPTION_ARG_STRING,
      &terms.size,
      N_ ("Files of that size, such as 10M.. or ..4k or 1G..2G"),
      N_ ("RANGE") },
    { "newer",
      0,
      0,
      G_OPTION_ARG_STRING,
      &terms.newer,
      N_ ("Changed since a day (2026-11-20) or an age (30m, 12h, 7d)"),
      N_ ("WHEN") },
    { "older", 0, 0, G_OPTION_ARG_STRING, &terms.older, N_ ("Not changed since"), N_ ("WHEN") },
    { "limit", 0, 0, G_OPTION_ARG_INT, &terms.limit, N_ ("Stop after so many"), N_ ("NUMBER") },
    { "long", 'l', 0, G_OPTION_ARG_NONE, &details, N_ ("Kind, size, time and name"), NULL },
    { NULL },
  };
  g_auto (GStrv) operands = command_parse (cli, command, entries, argv, cli->in_shell ? 0 : 1, 1);
  g_autoptr (SampanRemote) remote = NULL;
  g_autoptr (GError) error = NULL;
  SampanFindQuery query;
  const char *where = operands != NULL && operands[0] != NULL ? operands[0] : "";

  if (operands != NULL && !find_terms_read (&terms, &query, &error))
    output_failed (cli, NULL, error);
  else if (operands != NULL)
    {
      remote = cli_resolve (cli, where, &error);
      if (remote == NULL || !find (cli, where, remote, &query, details, &error))
        output_failed (cli, where, error);
    }
  find_terms_clear (&terms);
}

/* ---- du ---- */

static void
print_measured (Cli *cli,
                const char *where,
                const SampanRemote *remote,
                const SampanMeasured *measured)
{
  g_autofree char *size = g_format_size (measured->bytes);

  if (cli->options.json)
    {
      g_auto (JsonLine) line = JSON_LINE_INIT;

      json_line_add_remote (&line, "uri", remote);
      json_line_add_uint (&line, "bytes", measured->bytes);
      json_line_add_uint (&line, "files", measured->n_files);
      json_line_add_uint (&line, "folders", measured->n_folders);
      json_line_add_uint (&line, "others", measured->n_others);
      json_line_add_uint (&line, "left_out", measured->n_left_out);
      json_line_print (&line, stdout);
      return;
    }
  printf ("%s (%" PRIu64 "), ", size, measured->bytes);
  printf (ngettext ("%lu file", "%lu files", (gulong)measured->n_files), (gulong)measured->n_files);
  printf (", ");
  printf (ngettext ("%lu folder", "%lu folders", (gulong)measured->n_folders),
          (gulong)measured->n_folders);
  putchar ('\n');
  if (measured->n_left_out > 0)
    output_note (cli, where, _ ("Some folders could not be looked into"));
}

static bool
measure (Cli *cli, const char *where, const SampanRemote *remote, GError **error)
{
  g_auto (Await) await = AWAIT_INIT;
  SampanMeasured measured;
  SampanSession *session = session_pool_get (cli->sessions, remote, error);

  if (session == NULL)
    return false;
  sampan_session_measure_async (session,
                                sampan_remote_get_path (remote),
                                NULL,
                                NULL,
                                cli->cancellable,
                                await_done_cb,
                                &await);
  if (!sampan_session_measure_finish (session, await_result (&await), &measured, error))
    return false;
  print_measured (cli, where, remote, &measured);
  return true;
}

void
command_du (Cli *cli, const Command *command, char **argv)
{
  g_auto (GStrv) operands = command_parse (cli, command, NULL, argv, cli->in_shell ? 0 : 1, 1);
  g_autoptr (SampanRemote) remote = NULL;
  g_autoptr (GError) error = NULL;
  const char *where = operands != NULL && operands[0] != NULL ? operands[0] : "";

  if (operands == NULL)
    return;
  remote = cli_resolve (cli, where, &error);
  if (remote == NULL || !measure (cli, where, remote, &error))
    output_failed (cli, where, error);
}
