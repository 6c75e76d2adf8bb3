/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* shell: the same commands one after the other, with a folder to be in. */

#include "config.h"

#include "command.h"

#include "escape.h"
#include "output.h"
#include "session-pool.h"
#include "shell-private.h"

#include <glib/gi18n.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static char *
make_prompt (const Cli *cli)
{
  const SampanRemote *base = cli->base;
  g_autofree char *raw = NULL;
  g_autofree char *shown = NULL;

  if (base == NULL)
    return g_strdup ("sampan> ");
  raw = g_strdup_printf ("%s@%s:/%s",
                         sampan_remote_get_user (base),
                         sampan_remote_get_host (base),
                         sampan_path_get (sampan_remote_get_path (base)));
  shown = sampan_escape (raw, -1, 0);
  if (session_pool_peek (cli->sessions, base) == NULL)
    return g_strconcat (shown, " ", _ ("(no connection)"), "> ", NULL);
  return g_strconcat (shown, "> ", NULL);
}

static void
run_words (Shell *shell, char **words)
{
  const Command *command = command_find (words[0]);
  const ShellCommand *own = shell_command_find (words[0]);

  if (command != NULL && command->shell_usage != NULL)
    command->run (shell->cli, command, words);
  else if (own == NULL)
    output_failed_because (shell->cli,
                           words[0],
                           CLI_STATUS_USAGE,
                           _ ("There is no such command; help lists them"));
  else if (g_strv_length (words + 1) > own->max_operands)
    shell_command_print_usage (shell, own);
  else
    own->run (shell, words + 1);
}

static void
run_line (Shell *shell, const char *line)
{
  g_auto (GStrv) words = NULL;
  g_autoptr (GError) error = NULL;

  if (g_shell_parse_argv (line, NULL, &words, &error))
    run_words (shell, words);
  else if (!g_error_matches (error, G_SHELL_ERROR, G_SHELL_ERROR_EMPTY_STRING))
    output_failed_because (shell->cli,
                           NULL,
                           CLI_STATUS_USAGE,
                           _ ("A quotation mark is not closed"));
  completion_forget (shell->completion);
  output_flush (shell->cli);
}

/* Ctrl-C takes back the line or stops the command, other signals end the shell; without a terminal
 * all of them do. */
static bool
is_ending_signal (const Shell *shell)
{
  int number = shell->cli->signal_number;

  return number != 0 && (number != SIGINT || !shell_input_is_terminal (shell->input));
}

static CliStatus
run_loop (Shell *shell)
{
  CliStatus worst = CLI_STATUS_OK;

  while (!shell->quit)
    {
      g_autofree char *prompt = make_prompt (shell->cli);
      g_autofree char *line = NULL;

      cli_begin_command (shell->cli);
      line = shell_input_read_line (shell->input, prompt);
      if (is_ending_signal (shell) || (line == NULL && shell->cli->signal_number == 0))
        break;
      if (line == NULL)
        continue;
      run_line (shell, line);
      worst = MAX (worst, shell->cli->status);
      if (is_ending_signal (shell))
        break;
    }
  return worst;
}

static const char **
list_names (void)
{
  GPtrArray *names = g_ptr_array_new ();

  for (const Command *command = command_get_all (); command->name != NULL; command++)
    if (command->shell_usage != NULL)
      g_ptr_array_add (names, (gpointer)command->name);
  for (const ShellCommand *own = shell_commands_get_all (); own->name != NULL; own++)
    g_ptr_array_add (names, (gpointer)own->name);
  g_ptr_array_add (names, NULL);
  return (const char **)g_ptr_array_free (names, FALSE);
}

void
command_shell (Cli *cli, const Command *command, char **argv)
{
  g_auto (GStrv) operands = command_parse (cli, command, NULL, argv, 0, 1);
  g_autofree const char **names = NULL;
  Shell shell = { cli };
  CliStatus worst;

  if (operands == NULL || (operands[0] != NULL && !shell_open (&shell, operands[0])))
    return;
  names = list_names ();
  cli->in_shell = true;
  shell.completion = completion_new (cli, names);
  shell.input = shell_input_new (cli, shell.completion);
  worst = run_loop (&shell);
  /* A person has seen what failed; a script has not. */
  cli->status = shell_input_is_terminal (shell.input) ? CLI_STATUS_OK : worst;
  if (!is_ending_signal (&shell))
    cli->signal_number = 0;
  shell_input_free (shell.input);
  completion_free (shell.completion);
}
