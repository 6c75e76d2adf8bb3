/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The commands that only the shell has. */

#include "config.h"

#include "shell-private.h"

#include "command.h"
#include "entry-text.h"
#include "escape.h"
#include "output.h"
#include "remote-target.h"
#include "session-pool.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define NAME_COLUMN 9

static void
print_bytes (const char *prefix, const char *bytes)
{
  g_autofree char *shown = sampan_escape (bytes, -1, 0);

  printf ("%s%s\n", prefix, shown);
}

/* Fails unless REMOTE is a folder. */
static bool
check_folder (Cli *cli, const SampanRemote *remote, GError **error)
{
  SampanSession *session = session_pool_get (cli->sessions, remote, error);
  g_autoptr (SampanFileInfo) info = NULL;

  if (session == NULL)
    return false;
  info = remote_stat (cli, session, sampan_remote_get_path (remote), error);
  if (info == NULL)
    return false;
  if (entry_is_folder (info) || sampan_path_is_root (sampan_remote_get_path (remote)))
    return true;
  g_set_error_literal (error,
                       CLI_ERROR,
                       CLI_STATUS_ITEMS_FAILED,
                       _ ("This is no folder on the box"));
  return false;
}

/* Takes REMOTE when it is a folder. */
static bool
go_to (Cli *cli, SampanRemote *remote, const char *typed)
{
  g_autoptr (GError) error = NULL;

  if (!check_folder (cli, remote, &error))
    {
      output_failed (cli, typed, error);
      sampan_remote_unref (remote);
      return false;
    }
  if (cli->base != NULL && !remote_is_same_server (cli->base, remote))
    session_pool_close (cli->sessions, cli->base);
  g_clear_pointer (&cli->base, sampan_remote_unref);
  cli->base = remote;
  return true;
}

bool
shell_open (Shell *shell, const char *typed)
{
  g_autoptr (GError) error = NULL;
  SampanRemote *remote = cli_resolve (shell->cli, typed, &error);

  if (remote == NULL)
    {
      output_failed (shell->cli, typed, error);
      return false;
    }
  return go_to (shell->cli, remote, typed);
}

static void
run_open (Shell *shell, char **operands)
{
  if (operands[0] == NULL)
    shell_command_print_usage (shell, shell_command_find ("open"));
  else
    shell_open (shell, operands[0]);
}

static void
run_close (Shell *shell, char **operands)
{
  if (shell->cli->base == NULL)
    return;
  session_pool_close (shell->cli->sessions, shell->cli->base);
  g_clear_pointer (&shell->cli->base, sampan_remote_unref);
}

static void
run_cd (Shell *shell, char **operands)
{
  shell_open (shell, operands[0] != NULL ? operands[0] : "/");
}

static void
run_lcd (Shell *shell, char **operands)
{
  const char *folder = operands[0] != NULL ? operands[0] : g_get_home_dir ();

  if (chdir (folder) != 0)
    output_failed_because (shell->cli, folder, CLI_STATUS_ITEMS_FAILED, g_strerror (errno));
}

static void
run_pwd (Shell *shell, char **operands)
{
  if (shell->cli->base == NULL)
    output_failed_because (shell->cli,
                           NULL,
                           CLI_STATUS_USAGE,
                           _ ("Not connected. Type: open sampan://USER@HOST/"));
  else
    print_bytes ("/", sampan_path_get (sampan_remote_get_path (shell->cli->base)));
}

static void
run_lpwd (Shell *shell, char **operands)
{
  g_autofree char *folder = g_get_current_dir ();

  print_bytes ("", folder);
}

static int
compare_strings (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

static void
run_lls (Shell *shell, char **operands)
{
  const char *folder = operands[0] != NULL ? operands[0] : ".";
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) directory = g_dir_open (folder, 0, &error);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  if (directory == NULL)
    {
      output_failed (shell->cli, folder, error);
      return;
    }
  while ((name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      bool is_folder = g_file_test (path, G_FILE_TEST_IS_DIR);

      if (name[0] != '.')
        g_ptr_array_add (names, g_strconcat (name, is_folder ? "/" : "", NULL));
    }
  g_ptr_array_sort (names, compare_strings);
  for (guint i = 0; i < names->len; i++)
    print_bytes ("", g_ptr_array_index (names, i));
}

static void
print_help_for (Shell *shell, const char *name)
{
  const Command *command = command_find (name);
  const ShellCommand *own = shell_command_find (name);

  if (command != NULL && command->shell_usage != NULL)
    {
      char *arguments[] = { (char *)name, (char *)"--help", NULL };

      command->run (shell->cli, command, arguments);
    }
  else if (own != NULL)
    {
      printf (_ ("Usage: %s"), own->name);
      printf (" %s\n%s.\n", own->usage, _ (own->summary));
    }
  else
    output_failed_because (shell->cli,
                           name,
                           CLI_STATUS_USAGE,
                           _ ("There is no such command; help lists them"));
}

static void
run_help (Shell *shell, char **operands)
{
  if (operands[0] != NULL)
    {
      print_help_for (shell, operands[0]);
      return;
    }
  for (const Command *command = command_get_all (); command->name != NULL; command++)
    if (command->shell_usage != NULL)
      printf ("  %-*s %s\n", NAME_COLUMN, command->name, _ (command->summary));
  for (const ShellCommand *own = shell_commands_get_all (); own->name != NULL; own++)
    printf ("  %-*s %s\n", NAME_COLUMN, own->name, _ (own->summary));
}

static void
run_exit (Shell *shell, char **operands)
{
  shell->quit = true;
}

static const ShellCommand own_commands[] = {
  { "open", "REMOTE", N_ ("Log in to a server"), 1, run_open },
  { "close", "", N_ ("Log out"), 0, run_close },
  { "cd", "[REMOTE]", N_ ("Go to a folder on the box"), 1, run_cd },
  { "pwd", "", N_ ("Tell the folder on the box"), 0, run_pwd },
  { "lcd", "[LOCAL]", N_ ("Go to a folder on this computer"), 1, run_lcd },
  { "lpwd", "", N_ ("Tell the folder on this computer"), 0, run_lpwd },
  { "lls", "[LOCAL]", N_ ("List a folder on this computer"), 1, run_lls },
  { "help", "[COMMAND]", N_ ("Explain the commands"), 1, run_help },
  { "exit", "", N_ ("Leave"), 0, run_exit },
  { "quit", "", N_ ("Leave"), 0, run_exit },
  { NULL },
};

const ShellCommand *
shell_commands_get_all (void)
{
  return own_commands;
}

const ShellCommand *
shell_command_find (const char *name)
{
  for (const ShellCommand *command = own_commands; command->name != NULL; command++)
    if (strcmp (command->name, name) == 0)
      return command;
  return NULL;
}

void
shell_command_print_usage (Shell *shell, const ShellCommand *command)
{
  g_autofree char *call = g_strdup_printf ("%s %s", command->name, command->usage);
  g_autofree char *text = g_strdup_printf (_ ("Usage: %s"), call);

  output_failed_because (shell->cli, NULL, CLI_STATUS_USAGE, text);
}
