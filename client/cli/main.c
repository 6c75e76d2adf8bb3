/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* sampan-cli: the same core as the window, for scripts and terminals. */

#include "config.h"

#include "cli.h"
#include "command.h"
#include "escape.h"
#include "output.h"
#include "secret.h"

#include <glib/gi18n.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

#define COMMAND_COLUMN 9
#define STDOUT_BUFFER_BYTES (64 * 1024) /* listings of 100 000 names in a few hundred writes */

static void
print_help (void)
{
  printf ("%s\n%s\n\n%s\n",
          _ ("Usage: sampan-cli [OPTIONS] COMMAND ..."),
          _ ("Moves files to and from a Sampan server."),
          _ ("Commands (sampan-cli COMMAND --help tells more):"));
  for (const Command *command = command_get_all (); command->name != NULL; command++)
    printf ("  %-*s %s\n", COMMAND_COLUMN, command->name, _ (command->summary));
  printf ("\n%s\n", _ ("Options:"));
  command_print_global_options ();
  printf (
      "\n%s\n",
      _ ("REMOTE is sampan://USER@HOST[:PORT]/SHARE/PATH, percent-encoded; never with a password.\n"
         "Without --password-file the password is asked for on the terminal.\n"
         "Exit status: 0 all done; 1 some items failed (each named on stderr); 2 usage;\n"
         "3 cannot reach or talk to the server; 4 login refused; 5 the server is not the one\n"
         "remembered, or somebody sits in between; 130 cancelled by Ctrl-C."));
}

static void
set_up_locale (void)
{
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, SAMPAN_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}

/* The options before the command; the rest stays in *argv. FALSE: there is nothing more to do. */
static bool
parse_leading_options (Cli *cli, char ***argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  gboolean help = FALSE, version = FALSE;
  const GOptionEntry entries[] = {
    { "help", 'h', 0, G_OPTION_ARG_NONE, &help, NULL, NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &version, NULL, NULL },
    { NULL },
  };

  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_set_strict_posix (context, TRUE);
  g_option_context_add_main_entries (context, entries, NULL);
  command_add_global_options (cli, context);
  if (!g_option_context_parse_strv (context, argv, &error))
    {
      g_autofree char *text = sampan_escape (error->message, -1, 0);

      output_failed_because (cli, NULL, CLI_STATUS_USAGE, text);
      return false;
    }
  if (help)
    print_help ();
  else if (version)
    printf ("sampan-cli %s\n", SAMPAN_VERSION);
  return !help && !version;
}

static void
run_command (Cli *cli, char **argv)
{
  const Command *command = argv[1] != NULL ? command_find (argv[1]) : NULL;

  if (command != NULL)
    command->run (cli, command, argv + 1);
  else if (argv[1] == NULL)
    output_failed_because (cli,
                           NULL,
                           CLI_STATUS_USAGE,
                           _ ("A command is missing; sampan-cli --help lists them"));
  else
    output_failed_because (cli,
                           argv[1],
                           CLI_STATUS_USAGE,
                           _ ("There is no such command; sampan-cli --help lists them"));
}

int
main (int argc, char **argv)
{
  g_auto (GStrv) arguments = g_strdupv (argv);
  int status;
  Cli cli;

  set_up_locale ();
  setvbuf (stdout, NULL, _IOFBF, STDOUT_BUFFER_BYTES);
  if (!sampan_crypto_init ())
    {
      g_printerr ("sampan-cli: %s\n", _ ("The cryptography library cannot be initialised"));
      return CLI_STATUS_ITEMS_FAILED;
    }
  cli_init (&cli);
  if (parse_leading_options (&cli, &arguments))
    {
      cli_watch_signals (&cli);
      run_command (&cli, arguments);
    }
  output_flush (&cli);
  status = cli_get_exit_status (&cli);
  cli_clear (&cli);
  return status;
}
