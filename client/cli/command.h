/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The commands: one const table of name, usage, summary and function, and the parsing of what
 * follows a name. */

#pragma once

#include "cli.h"

G_BEGIN_DECLS

typedef struct _Command Command;
/* ARGV[0] is the name. Failures are reported and kept in CLI by the function itself. */
typedef void (*CommandFunc) (Cli *cli, const Command *command, char **argv);

struct _Command
{
  const char *name;
  const char *usage;       /* what follows the name */
  const char *shell_usage; /* in the shell, where it differs; NULL: not in the shell */
  const char *summary;     /* N_() */
  CommandFunc run;
};

/* The table, ended by an entry without a name. */
const Command *command_get_all (void);
const Command *command_find (const char *name);
/* "Usage: ..." on stderr; the status becomes USAGE. */
void command_print_usage (Cli *cli, const Command *command);

/* Parses ENTRIES (nullable) and the global options out of ARGV. Returns the operands (g_strfreev),
 * MINIMUM to MAXIMUM of them, or NULL when help or a usage message was printed instead. */
char **command_parse (Cli *cli,
                      const Command *command,
                      const GOptionEntry *entries,
                      char **argv,
                      unsigned int minimum,
                      unsigned int maximum) G_GNUC_WARN_UNUSED_RESULT;
#define COMMAND_ANY_NUMBER G_MAXUINT

/* The options that every command takes: --json, --quiet, --password-file, --progress; stored in
 * CLI. */
void command_add_global_options (Cli *cli, GOptionContext *context);
/* The same for a help text. */
void command_print_global_options (void);

/* Operands as addresses. NULL: one is no address; it was reported. */
GPtrArray *command_resolve_all (Cli *cli, char **operands, size_t count) G_GNUC_WARN_UNUSED_RESULT;

/* browse-commands.c */
void command_ping (Cli *cli, const Command *command, char **argv);
void command_ls (Cli *cli, const Command *command, char **argv);
void command_stat (Cli *cli, const Command *command, char **argv);
void command_df (Cli *cli, const Command *command, char **argv);
/* search-commands.c */
void command_search (Cli *cli, const Command *command, char **argv);
void command_du (Cli *cli, const Command *command, char **argv);
/* change-commands.c */
void command_mkdir (Cli *cli, const Command *command, char **argv);
void command_rm (Cli *cli, const Command *command, char **argv);
/* move-commands.c */
void command_mv (Cli *cli, const Command *command, char **argv);
void command_cp (Cli *cli, const Command *command, char **argv);
/* watch-command.c */
void command_watch (Cli *cli, const Command *command, char **argv);
/* discover-command.c */
void command_discover (Cli *cli, const Command *command, char **argv);
/* trash-commands.c */
void command_trash (Cli *cli, const Command *command, char **argv);
void command_restore (Cli *cli, const Command *command, char **argv);
/* get-command.c, put-command.c, passwd-command.c, shell.c */
void command_get (Cli *cli, const Command *command, char **argv);
void command_put (Cli *cli, const Command *command, char **argv);
void command_passwd (Cli *cli, const Command *command, char **argv);
void command_shell (Cli *cli, const Command *command, char **argv);

G_END_DECLS
