/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* sampand: finds the sub-command and runs it. */

#include "config.h"

#include "commands/commands.h"

#include "escape.h"
#include "secret.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define EXIT_USAGE 2
#define UMASK_OWNER_ONLY 077 /* whatever is made without an explicit mode stays private */

typedef struct
{
  const char *name;
  int (*run) (int argc, char **argv);
  const char *summary;
  bool is_for_output; /* fails when nobody gets what it prints */
} Command;

static const Command commands[] = {
  { "run", sampan_command_run, "serve the shares", false },
  { "user", sampan_command_user, "add, list, change and remove accounts", true },
  { "invite", sampan_command_invite, "let somebody in who chooses a password of their own", true },
  { "share", sampan_command_share, "add, list and remove shares, and say who may use them", true },
  { "who", sampan_command_who, "show who is logged in", true },
  { "kick", sampan_command_kick, "end somebody's sessions", true },
  { "status", sampan_command_status, "show what the server does", true },
  { "stats", sampan_command_stats, "show figures for monitoring", true },
  { "backup", sampan_command_backup, "put accounts, shares and keys into a file", true },
  { "restore", sampan_command_restore, "make the state that is in such a file", true },
  { "doctor", sampan_command_doctor, "find what keeps people from using it, and the cure", true },
};

static void
print_help (FILE *stream)
{
  fprintf (stream, "Usage: sampand COMMAND [OPTION...]\n\nCommands:\n");
  for (size_t i = 0; i < G_N_ELEMENTS (commands); i++)
    fprintf (stream, "  %-8s %s\n", commands[i].name, commands[i].summary);
  fprintf (stream, "\n'sampand COMMAND --help' says more; so does sampand(1).\n");
}

/* A file that took the place of a closed stderr would get the messages for it. */
static bool
fill_standard_fds (void)
{
  int fd;

  do
    fd = open ("/dev/null", O_RDWR);
  while (fd >= 0 && fd <= STDERR_FILENO);
  if (fd < 0)
    return false;
  close (fd);
  return true;
}

static bool
prepare (void)
{
  umask (UMASK_OWNER_ONLY);
  setlocale (LC_ALL, "");
  g_set_prgname ("sampand");
  if (!fill_standard_fds () || !sampan_crypto_init ())
    {
      fprintf (stderr, "sampand: cannot start: no /dev/null or no random numbers\n");
      return false;
    }
  /* Neither a core dump nor another process of the same user shows the keys. */
  if (prctl (PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
    {
      fprintf (stderr, "sampand: cannot forbid core dumps: %s\n", g_strerror (errno));
      return false;
    }
  return true;
}

static int
check_output (int status)
{
  bool is_cut = fflush (stdout) != 0;

  is_cut = ferror (stdout) != 0 || is_cut;
  if (!is_cut || status != EXIT_SUCCESS)
    return status;
  fprintf (stderr, "sampand: cannot write all of the output\n");
  return EXIT_FAILURE;
}

static int
run_command (const Command *command, int argc, char **argv)
{
  int status = command->run (argc, argv);

  return command->is_for_output ? check_output (status) : status;
}

static int
dispatch (int argc, char **argv)
{
  g_autofree char *shown = NULL;

  if (argc < 2)
    {
      print_help (stderr);
      return EXIT_USAGE;
    }
  if (strcmp (argv[1], "--version") == 0)
    {
      printf ("sampand %s\n", SAMPAN_VERSION);
      return check_output (EXIT_SUCCESS);
    }
  if (strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "-h") == 0)
    {
      print_help (stdout);
      return check_output (EXIT_SUCCESS);
    }
  for (size_t i = 0; i < G_N_ELEMENTS (commands); i++)
    if (strcmp (argv[1], commands[i].name) == 0)
      return run_command (&commands[i], argc - 1, argv + 1);
  shown = sampan_escape (argv[1], -1, 0);
  fprintf (stderr, "sampand: there is no command \"%s\"; see 'sampand --help'\n", shown);
  return EXIT_USAGE;
}

int
main (int argc, char **argv)
{
  return prepare () ? dispatch (argc, argv) : EXIT_FAILURE;
}
