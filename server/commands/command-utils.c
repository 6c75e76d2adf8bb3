/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What the admin commands have in common. */

#include "config.h"

#include "commands/command-utils.h"

#include "accounts/keys-file.h"
#include "commands/commands.h"
#include "commands/json-text.h"
#include "control.h"
#include "escape.h"
#include "log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PROGRAM "sampand"

/* ---- Options ---- */

static void
print_subcommands (FILE *stream,
                   const char *command,
                   const SampanSubcommand *table,
                   size_t n_subcommands)
{
  fprintf (stream, "Usage: sampand %s COMMAND [OPTION...]\n\nCommands:\n", command);
  for (size_t i = 0; i < n_subcommands; i++)
    fprintf (stream, "  %-8s %s\n", table[i].name, table[i].summary);
  fprintf (stream, "\n'sampand %s COMMAND --help' says more.\n", command);
}

int
sampan_subcommand_dispatch (const SampanSubcommand *table,
                            size_t n_subcommands,
                            int argc,
                            char **argv)
{
  g_autofree char *shown = NULL;

  if (argc < 2)
    {
      print_subcommands (stderr, argv[0], table, n_subcommands);
      return SAMPAN_EXIT_USAGE;
    }
  if (strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "-h") == 0)
    {
      print_subcommands (stdout, argv[0], table, n_subcommands);
      return SAMPAN_EXIT_DONE;
    }
  for (size_t i = 0; i < n_subcommands; i++)
    if (strcmp (argv[1], table[i].name) == 0)
      return table[i].run (argc - 1, argv + 1);
  shown = sampan_escape (argv[1], -1, 0);
  return sampan_command_usage (argv[0], "there is no command \"%s\"", shown);
}

void
sampan_arguments_clear (SampanArguments *self)
{
  g_clear_pointer (&self->more, g_free);
  g_clear_pointer (&self->state, g_free);
  g_clear_pointer (&self->values, g_strfreev);
}

static bool
has_values (const SampanArguments *self, guint wanted)
{
  guint n_values = self->values != NULL ? g_strv_length (self->values) : 0;

  return wanted == SAMPAN_VALUES_MAYBE ? n_values <= 1 : n_values == wanted;
}

bool
sampan_arguments_parse (SampanArguments *self,
                        const char *command,
                        const char *usage,
                        const GOptionEntry *entries,
                        guint n_values,
                        int argc,
                        char **argv)
{
  const GOptionEntry common[] = {
    { "state", 0, 0, G_OPTION_ARG_FILENAME, &self->state, "The server's state directory", "DIR" },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &self->values, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autofree char *program = g_strdup_printf (PROGRAM " %s", command);
  g_autoptr (GOptionContext) context = g_option_context_new (usage);
  g_autoptr (GError) error = NULL;
  char *option;
  bool ok;

  if (entries != NULL)
    g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_main_entries (context, common, NULL);
  /* The usage line starts with the name of the program. */
  g_set_prgname (program);
  ok = g_option_context_parse (context, &argc, &argv, &error);
  g_set_prgname (PROGRAM);
  if (!ok)
    {
      g_autofree char *shown = sampan_escape (error->message, -1, 0);

      sampan_command_usage (command, "%s", shown);
      return false;
    }
  if (!has_values (self, n_values))
    {
      sampan_command_usage (command, "give it %s", usage[0] != '\0' ? usage : "options only");
      return false;
    }
  self->command = command;
  option = g_steal_pointer (&self->state);
  self->state = sampan_state_dir_resolve (option);
  g_free (option);
  return true;
}

/* ---- Text ---- */

static char *
format_time (GDateTime *time, const char *format)
{
  char *text = time != NULL ? g_date_time_format (time, format) : g_strdup ("?");

  g_clear_pointer (&time, g_date_time_unref);
  return text;
}

char *
sampan_command_format_time (int64_t secs)
{
  return format_time (g_date_time_new_from_unix_local (secs), "%Y-%m-%d %H:%M");
}

char *
sampan_command_format_time_for_scripts (int64_t secs)
{
  return format_time (g_date_time_new_from_unix_utc (secs), "%Y-%m-%dT%H:%M:%SZ");
}

static void
print_change_json (const char *kind, const char *name, const char *word, int ended_sessions)
{
  g_autoptr (GString) json = g_string_new ("{");

  sampan_json_add_string (json, kind, name);
  sampan_json_add_string (json, "change", word);
  if (ended_sessions >= 0)
    sampan_json_add_int (json, "ended_sessions", ended_sessions);
  g_print ("%s}\n", json->str);
}

void
sampan_command_print_change (const SampanArguments *arguments,
                             const char *kind,
                             const char *word,
                             int ended_sessions,
                             const char *format,
                             ...)
{
  g_autofree char *text = NULL;
  va_list values;

  if (arguments->as_json)
    {
      print_change_json (kind, arguments->values[0], word, ended_sessions);
      return;
    }
  va_start (values, format);
  text = g_strdup_vprintf (format, values);
  va_end (values);
  g_print ("%s\n", text);
  if (ended_sessions > 0)
    g_print (ended_sessions == 1 ? "One session ended.\n" : "%d sessions ended.\n", ended_sessions);
}

/* ---- Errors ---- */

int
sampan_command_fail (const char *what, const GError *error)
{
  g_printerr ("sampand: %s: %s\n", what, error->message);
  return SAMPAN_EXIT_FAILED;
}

int
sampan_command_usage (const char *command, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_printerr ("sampand: %s: %s; see 'sampand %s --help'\n", command, text, command);
  return SAMPAN_EXIT_USAGE;
}

/* ---- The store and the server ---- */

SampanAccountStore *
sampan_command_open_store (const SampanArguments *arguments, bool create)
{
  g_autofree char *keys = g_build_filename (arguments->state, SAMPAN_KEYS_FILE, NULL);
  g_autofree char *shown = sampan_escape (arguments->state, -1, 0);
  bool was_there = g_file_test (keys, G_FILE_TEST_EXISTS);
  g_autoptr (GError) error = NULL;
  SampanAccountStore *store = sampan_account_store_open (arguments->state, create, &error);

  if (store == NULL)
    {
      sampan_command_fail ("Cannot open the accounts", error);
      if (g_error_matches (error, SAMPAN_ERROR, SAMPAN_ERROR_NOT_FOUND))
        g_printerr ("Name the server's state directory with --state, or start the server once "
                    "with 'sampand run'.\n");
    }
  else if (!was_there)
    g_printerr ("Set up a new server in %s. Back up its files sampan.db and keys together: "
                "without both no account can log in.\n",
                shown);
  return store;
}

char *
sampan_command_ask (const SampanArguments *arguments, const char *line, const char *what)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *reply = sampan_control_call (arguments->state, line, &error);
  g_autofree char *refusal = reply != NULL ? sampan_json_find (reply, "error") : NULL;
  g_autofree char *state = sampan_escape (arguments->state, -1, 0);

  if (error == NULL && reply != NULL && refusal == NULL)
    return g_steal_pointer (&reply);
  if (error == NULL && refusal != NULL)
    error = g_error_new_literal (SAMPAN_ERROR, SAMPAN_ERROR_UNSUPPORTED, refusal);
  else if (error == NULL)
    error = g_error_new (SAMPAN_ERROR, SAMPAN_ERROR_NOT_FOUND, "no server runs on %s", state);
  sampan_command_fail (what, error);
  return NULL;
}

/* What no server was told, and so none has logged. */
static void
log_change (const char *line)
{
  g_auto (GStrv) parts = sampan_control_parse_reload (line);

  sampan_log_init_for_command ();
  if (parts != NULL && parts[0] != NULL)
    sampan_log_change (geteuid (), parts[0], parts[1], parts[1] != NULL ? parts[2] : NULL);
}

int
sampan_command_reload (const SampanArguments *arguments)
{
  int ended_sessions;

  return sampan_command_reload_counting (arguments, &ended_sessions);
}

int
sampan_command_reload_counting (const SampanArguments *arguments, int *ended_sessions)
{
  g_autoptr (GError) error = NULL;
  const char *name = arguments->values != NULL ? arguments->values[0] : NULL;
  g_autofree char *line = sampan_control_make_reload (arguments->command, name, arguments->more);
  g_autofree char *reply = sampan_control_call (arguments->state, line, &error);
  g_autofree char *refusal = reply != NULL ? sampan_json_find (reply, "error") : NULL;
  g_autofree char *ended = reply != NULL ? sampan_json_find (reply, "ended_sessions") : NULL;
  g_autofree char *shown = NULL;

  if (reply == NULL)
    log_change (line);
  *ended_sessions = ended != NULL ? atoi (ended) : -1;
  if (error == NULL && refusal == NULL)
    return SAMPAN_EXIT_DONE; /* told, or nobody to tell */
  shown = sampan_escape (error != NULL ? error->message : refusal, -1, 0);
  g_printerr ("sampand: The change is saved, but the running server could not be told: %s. "
              "Restart it.\n",
              shown);
  return SAMPAN_EXIT_FAILED;
}
