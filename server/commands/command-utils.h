/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What the admin commands have in common: options, errors, the store, and telling the server. */

#pragma once

#include "accounts/account-store.h"

G_BEGIN_DECLS

enum
{
  SAMPAN_EXIT_DONE = 0,
  SAMPAN_EXIT_FAILED = 1,
  SAMPAN_EXIT_USAGE = 2,
};

typedef struct
{
  const char *name;
  int (*run) (int argc, char **argv); /* argv[0] is the name */
  const char *summary;
} SampanSubcommand;

/* Runs what argv[1] names; prints the list of TABLE for --help. */
int sampan_subcommand_dispatch (const SampanSubcommand *table,
                                size_t n_subcommands,
                                int argc,
                                char **argv);

typedef struct
{
  const char *command; /* borrowed: "user add" */
  char *more;          /* nullable: what else the log tells of the change */
  char *state;         /* --state, resolved; never NULL after parsing */
  char **values;       /* what is no option, N_VALUES of them */
  gboolean as_json;    /* --json, of commands with SAMPAN_JSON_ENTRY */
} SampanArguments;
void sampan_arguments_clear (SampanArguments *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SampanArguments, sampan_arguments_clear)

#define SAMPAN_JSON_ENTRY(arguments)                                                               \
  {                                                                                                \
    "json", 0, 0, G_OPTION_ARG_NONE, &(arguments).as_json, "Print JSON, one object per line", NULL \
  }

/* Parses ENTRIES (nullable) and --state. COMMAND is "user add", USAGE is "NAME". FALSE: printed
 * what is wrong; return SAMPAN_EXIT_USAGE. N_VALUES may be SAMPAN_VALUES_MAYBE: none or one. */
#define SAMPAN_VALUES_MAYBE G_MAXUINT
bool sampan_arguments_parse (SampanArguments *self,
                             const char *command,
                             const char *usage,
                             const GOptionEntry *entries,
                             guint n_values,
                             int argc,
                             char **argv) G_GNUC_WARN_UNUSED_RESULT;

/* A moment of the wall clock in local time, or in UTC for scripts; g_free. */
char *sampan_command_format_time (int64_t secs);
char *sampan_command_format_time_for_scripts (int64_t secs);

/* Says that the KIND ("share") of the first value was changed: FORMAT, or with --json the WORD for
 * it, as in {"share":"files","change":"remove"}. ENDED_SESSIONS are told unless below 0. */
void sampan_command_print_change (const SampanArguments *arguments,
                                  const char *kind,
                                  const char *word,
                                  int ended_sessions,
                                  const char *format,
                                  ...) G_GNUC_PRINTF (5, 6);

/* Print on stderr and return the exit status. WHAT is "Cannot add the account"; ERROR is local
 * text, with names escaped. */
int sampan_command_fail (const char *what, const GError *error);
int sampan_command_usage (const char *command, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* NULL: printed why. CREATE: sets up a server that is not there yet, and says so. */
SampanAccountStore *sampan_command_open_store (const SampanArguments *arguments,
                                               bool create) G_GNUC_WARN_UNUSED_RESULT;

/* The answer of the running server to LINE, g_free; NULL: printed "WHAT: why". */
char *sampan_command_ask (const SampanArguments *arguments,
                          const char *line,
                          const char *what) G_GNUC_WARN_UNUSED_RESULT;

/* Tells a running server of a change that is saved, or the journal if none could be told. The exit
 * status of the command. */
int sampan_command_reload (const SampanArguments *arguments);
/* The same, and how many sessions that ended; -1: no server runs, or it was not told. */
int sampan_command_reload_counting (const SampanArguments *arguments, int *ended_sessions);

G_END_DECLS
