/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The commands. */

#include "config.h"

#include "command.h"

#include "escape.h"
#include "output.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#define HELP_COLUMN 26 /* wide enough for "--on-conflict=WHAT" */

static const Command commands[] = {
  { "ping",
    "REMOTE [TEXT]",
    "[TEXT]",
    N_ ("Say hello to the server and measure the round trip"),
    command_ping },
  { "ls", "[-l] [-b] [-a] REMOTE", "[-l] [-b] [-a] [REMOTE]", N_ ("List a folder"), command_ls },
  { "stat",
    "REMOTE...",
    "REMOTE...",
    N_ ("Tell all that is known of files and folders"),
    command_stat },
  { "df", "REMOTE", "[REMOTE]", N_ ("Tell how much space is left"), command_df },
  { "find",
    "[--name PATTERN] [--kind KIND] [--size RANGE] [--newer WHEN] REMOTE",
    "[--name PATTERN] [--kind KIND] [--size RANGE] [--newer WHEN] [REMOTE]",
    N_ ("Search below a folder, on the box"),
    command_search },
  { "du", "REMOTE", "[REMOTE]", N_ ("Add up what a folder holds, on the box"), command_du },
  { "watch", "REMOTE", "[REMOTE]", N_ ("Print what changes in a folder"), command_watch },
  { "mkdir", "[-p] REMOTE...", "[-p] REMOTE...", N_ ("Make folders"), command_mkdir },
  { "mv",
    "[--on-conflict=WHAT] REMOTE... REMOTE",
    "[--on-conflict=WHAT] REMOTE... REMOTE",
    N_ ("Rename or move on the box"),
    command_mv },
  { "cp",
    "[--on-conflict=WHAT] REMOTE... REMOTE",
    "[--on-conflict=WHAT] REMOTE... REMOTE",
    N_ ("Copy on the box, without a way through here"),
    command_cp },
  { "rm",
    "[-r] [-v] REMOTE...",
    "[-r] [-v] REMOTE...",
    N_ ("Move to the trash of the share, on the box"),
    command_rm },
  { "trash",
    "[ls] REMOTE | trash purge REMOTE ID... | trash purge --all REMOTE",
    "[ls] [REMOTE] | trash purge REMOTE ID... | trash purge --all [REMOTE]",
    N_ ("List what was removed or replaced, or delete it for good"),
    command_trash },
  { "restore",
    "[--on-conflict=WHAT] REMOTE [ID...]",
    "[--on-conflict=WHAT] REMOTE [ID...]",
    N_ ("Bring back from the trash what was removed or replaced last, or what IDs name"),
    command_restore },
  { "get",
    "[-r] [-p] [--on-conflict=WHAT] [--verify] REMOTE... LOCAL",
    "[-r] [-p] [--on-conflict=WHAT] [--verify] REMOTE... [LOCAL]",
    N_ ("Download"),
    command_get },
  { "put",
    "[-r] [-p] [--on-conflict=WHAT] [--verify] [--resume] LOCAL... REMOTE",
    "[-r] [-p] [--on-conflict=WHAT] [--verify] [--resume] LOCAL... [REMOTE]",
    N_ ("Upload; done means on the disk of the box"),
    command_put },
  { "passwd",
    "[--new-password-file FILE] REMOTE",
    "[--new-password-file FILE]",
    N_ ("Change your password, or choose one after a one-time code"),
    command_passwd },
  { "discover",
    "[--seconds=NUMBER]",
    "[--seconds=NUMBER]",
    N_ ("List the servers that announce themselves on this network"),
    command_discover },
  { "shell", "[REMOTE]", NULL, N_ ("Type commands one after the other"), command_shell },
  { NULL },
};

const Command *
command_get_all (void)
{
  return commands;
}

const Command *
command_find (const char *name)
{
  for (const Command *command = commands; command->name != NULL; command++)
    if (strcmp (command->name, name) == 0)
      return command;
  return NULL;
}

static void
print_option (const GOptionEntry *entry)
{
  g_autofree char *value =
      entry->arg_description != NULL ? g_strconcat ("=", entry->arg_description, NULL) : NULL;
  g_autofree char *option = NULL;

  if (entry->short_name != 0)
    option = g_strdup_printf ("-%c, --%s%s",
                              entry->short_name,
                              entry->long_name,
                              value != NULL ? value : "");
  else
    option = g_strdup_printf ("--%s%s", entry->long_name, value != NULL ? value : "");
  printf ("  %-*s %s\n", HELP_COLUMN, option, _ (entry->description));
}

static char *
usage_line (const Cli *cli, const Command *command)
{
  return g_strdup_printf ("%s%s %s",
                          cli->in_shell ? "" : "sampan-cli ",
                          command->name,
                          cli->in_shell ? command->shell_usage : command->usage);
}

static void
print_help (const Cli *cli, const Command *command, const GOptionEntry *entries)
{
  g_autofree char *usage = usage_line (cli, command);

  /* Translators: %s is how to call a command. */
  printf (_ ("Usage: %s"), usage);
  printf ("\n%s.\n", _ (command->summary));
  if (entries != NULL && entries->long_name != NULL)
    {
      printf ("\n%s\n", _ ("Options:"));
      for (; entries->long_name != NULL; entries++)
        print_option (entries);
    }
}

void
command_print_usage (Cli *cli, const Command *command)
{
  g_autofree char *usage = usage_line (cli, command);
  g_autofree char *text = g_strdup_printf (_ ("Usage: %s"), usage);

  output_failed_because (cli, NULL, CLI_STATUS_USAGE, text);
}

static gboolean
parse_progress_cb (const char *name, const char *value, gpointer data, GError **error)
{
  static const char *const words[] = { "auto", "bar", "json", "none", NULL };
  Cli *cli = data;

  for (int i = 0; words[i] != NULL; i++)
    if (strcmp (words[i], value) == 0)
      {
        cli->options.progress = (CliProgress)i;
        return TRUE;
      }
  g_set_error_literal (error,
                       G_OPTION_ERROR,
                       G_OPTION_ERROR_BAD_VALUE,
                       _ ("--progress takes auto, bar, json or none"));
  return FALSE;
}

/* Without targets: for the help text and as the pattern of those with them. */
static const GOptionEntry global_entries[] = {
  { "password-file",
    0,
    0,
    G_OPTION_ARG_FILENAME,
    NULL,
    N_ ("Read the password from the first line of FILE"),
    "FILE" },
  { "json", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("One JSON object per line and item"), NULL },
  { "quiet", 'q', 0, G_OPTION_ARG_NONE, NULL, N_ ("Say nothing but errors"), NULL },
  { "reconnect",
    0,
    0,
    G_OPTION_ARG_INT,
    NULL,
    N_ ("Give up on a server that is gone after SECONDS (300; 0: at once)"),
    N_ ("SECONDS") },
  { "progress",
    0,
    0,
    G_OPTION_ARG_CALLBACK,
    parse_progress_cb,
    N_ ("auto, bar, json or none; on stderr"),
    "HOW" },
  { NULL },
};

void
command_add_global_options (Cli *cli, GOptionContext *context)
{
  GOptionEntry entries[G_N_ELEMENTS (global_entries)];
  GOptionGroup *group = g_option_group_new ("global", "", "", cli, NULL);

  memcpy (entries, global_entries, sizeof entries);
  entries[0].arg_data = &cli->options.password_file;
  entries[1].arg_data = &cli->options.json;
  entries[2].arg_data = &cli->options.quiet;
  entries[3].arg_data = &cli->options.reconnect_secs;
  g_option_group_add_entries (group, entries);
  g_option_context_add_group (context, group);
}

void
command_print_global_options (void)
{
  for (const GOptionEntry *entry = global_entries; entry->long_name != NULL; entry++)
    print_option (entry);
}

static bool
parse_all (Cli *cli,
           const GOptionEntry *entries,
           char **argv,
           char ***operands,
           gboolean *help,
           GError **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  const GOptionEntry own[] = {
    { "help", 0, 0, G_OPTION_ARG_NONE, help, NULL, NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, operands, NULL, NULL },
    { NULL },
  };
  g_auto (GStrv) copy = g_strdupv (argv);

  g_option_context_set_help_enabled (context, FALSE);
  if (entries != NULL)
    g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_main_entries (context, own, NULL);
  if (!cli->in_shell)
    command_add_global_options (cli, context);
  return g_option_context_parse_strv (context, &copy, error);
}

char **
command_parse (Cli *cli,
               const Command *command,
               const GOptionEntry *entries,
               char **argv,
               unsigned int minimum,
               unsigned int maximum)
{
  g_auto (GStrv) operands = NULL;
  g_autoptr (GError) error = NULL;
  gboolean help = FALSE;
  unsigned int count;

  if (!parse_all (cli, entries, argv, &operands, &help, &error))
    {
      g_autofree char *text = sampan_escape (error->message, -1, 0);

      output_failed_because (cli, NULL, CLI_STATUS_USAGE, text);
      command_print_usage (cli, command);
      return NULL;
    }
  if (help)
    {
      print_help (cli, command, entries);
      return NULL;
    }
  count = operands != NULL ? g_strv_length (operands) : 0;
  if (count < minimum || count > maximum)
    {
      command_print_usage (cli, command);
      return NULL;
    }
  if (operands == NULL)
    operands = g_new0 (char *, 1);
  return g_steal_pointer (&operands);
}

GPtrArray *
command_resolve_all (Cli *cli, char **operands, size_t count)
{
  g_autoptr (GPtrArray) remotes =
      g_ptr_array_new_with_free_func ((GDestroyNotify)sampan_remote_unref);

  for (size_t i = 0; i < count; i++)
    {
      g_autoptr (GError) error = NULL;
      SampanRemote *remote = cli_resolve (cli, operands[i], &error);

      if (remote == NULL)
        {
          output_failed (cli, operands[i], error);
          return NULL;
        }
      g_ptr_array_add (remotes, remote);
    }
  return g_steal_pointer (&remotes);
}
