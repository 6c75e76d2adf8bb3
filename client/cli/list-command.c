/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* ls. */

#include "config.h"

#include "command.h"

#include "entry-text.h"
#include "output.h"
#include "remote-look.h"

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
list (Cli *cli, const Options *options, SampanRemote *remote, GError **error)
{
  g_autoptr (RemoteLook) look = remote_look_begin (cli, remote, true, false);
  g_autoptr (SampanFolderList) entries = NULL;
  SampanSession *session;
  g_autoptr (SampanFileInfo) info = remote_look_end (look, &session, &entries, error);

  if (entries != NULL)
    print_list (cli, options, entries);
  else if (info != NULL)
    print_entry (cli, options, info);
  return info != NULL;
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
