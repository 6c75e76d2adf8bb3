/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* ls. */

#include "config.h"

#include "command.h"

#include "await.h"
#include "entry-text.h"
#include "output.h"
#include "session-pool.h"

#include <glib/gi18n.h>
#include <stdlib.h>
#include <string.h>

typedef struct
{
  gboolean details;
  gboolean exact;
  gboolean all;
} Options;

static void
print_entry (Cli *cli, const Options *options, const SampanFileInfo *info)
{
  if (cli->options.json)
    entry_text_print_json (info, NULL);
  else if (options->details || options->exact)
    entry_text_print_long (info, options->exact);
  else
    entry_text_print_name (info);
}

/* By bytes: collating 100 000 names by locale takes seconds. */
static int
compare_names (const void *a, const void *b)
{
  const SampanFileInfo *const *first = a;
  const SampanFileInfo *const *second = b;

  return strcmp ((*first)->name, (*second)->name);
}

static void
print_list (Cli *cli, const Options *options, const SampanFolderList *list)
{
  size_t length = sampan_folder_list_get_length (list);
  g_autofree const SampanFileInfo **sorted = g_new (const SampanFileInfo *, length);
  size_t kept = 0;

  for (size_t i = 0; i < length; i++)
    {
      const SampanFileInfo *info = sampan_folder_list_get (list, i);

      if (options->all || info->name[0] != '.')
        sorted[kept++] = info;
    }
  if (kept > 0)
    qsort (sorted, kept, sizeof *sorted, compare_names);
  for (size_t i = 0; i < kept; i++)
    print_entry (cli, options, sorted[i]);
}

static bool
list_file (Cli *cli,
           const Options *options,
           SampanSession *session,
           const SampanPath *path,
           GError **error)
{
  g_auto (Await) await = AWAIT_INIT;
  g_autoptr (SampanFileInfo) info = NULL;

  sampan_session_stat_async (session, path, cli->cancellable, await_done_cb, &await);
  info = sampan_session_stat_finish (session, await_result (&await), error);
  if (info == NULL)
    return false;
  print_entry (cli, options, info);
  return true;
}

static bool
list (Cli *cli, const Options *options, const SampanRemote *remote, GError **error)
{
  const SampanPath *path = sampan_remote_get_path (remote);
  g_auto (Await) await = AWAIT_INIT;
  g_autoptr (SampanFolderList) entries = NULL;
  g_autoptr (GError) local_error = NULL;
  SampanSession *session = session_pool_get (cli->sessions, remote, error);

  if (session == NULL)
    return false;
  sampan_session_list_async (session, path, cli->cancellable, await_done_cb, &await);
  entries = sampan_session_list_finish (session, await_result (&await), &local_error);
  if (entries != NULL)
    {
      print_list (cli, options, entries);
      return true;
    }
  if (g_error_matches (local_error, SAMPAN_ERROR, SAMPAN_ERROR_WRONG_KIND))
    return list_file (cli, options, session, path, error);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return false;
}

void
command_ls (Cli *cli, const Command *command, char **argv)
{
  Options options = { 0 };
  const GOptionEntry entries[] = {
    { "long", 'l', 0, G_OPTION_ARG_NONE, &options.details, N_ ("Kind, size, time and name"), NULL },
    { "bytes", 'b', 0, G_OPTION_ARG_NONE, &options.exact, N_ ("Like -l, sizes in bytes"), NULL },
    { "all",
      'a',
      0,
      G_OPTION_ARG_NONE,
      &options.all,
      N_ ("Names that start with a dot, too"),
      NULL },
    { NULL },
  };
  g_auto (GStrv) operands = command_parse (cli, command, entries, argv, cli->in_shell ? 0 : 1, 1);
  g_autoptr (SampanRemote) remote = NULL;
  g_autoptr (GError) error = NULL;
  const char *where = operands != NULL && operands[0] != NULL ? operands[0] : "";

  if (operands == NULL)
    return;
  remote = cli_resolve (cli, where, &error);
  if (remote == NULL || !list (cli, &options, remote, &error))
    output_failed (cli, where, error);
}
