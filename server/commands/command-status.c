/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* sampand status: what the running server says of itself, else what its state holds. */

#include "config.h"

#include "commands/commands.h"

#include "commands/command-utils.h"
#include "commands/json-text.h"
#include "control.h"
#include "escape.h"

#include <string.h>

static void
ignore_member (const char *key, const char *value, gpointer user_data)
{
}

/* "user ann, source 192.0.2.7" */
static void
append_field (const char *key, const char *value, gpointer user_data)
{
  GString *text = user_data;
  g_autofree char *shown_key = sampan_escape (key, -1, 0);
  g_autofree char *shown_value = sampan_escape (value, -1, 0);

  if (text->len > 0)
    g_string_append (text, ", ");
  g_string_append_printf (text, "%s %s", shown_key, shown_value);
}

/* One item of a list per line. */
static void
append_item (const char *key, const char *value, gpointer user_data)
{
  GString *text = user_data;
  g_autoptr (GString) fields = g_string_new (NULL);

  if (!sampan_json_foreach (value, append_field, fields))
    {
      g_autofree char *shown = sampan_escape (value, -1, 0);

      g_string_assign (fields, shown);
    }
  g_string_append_printf (text, "\n    %s", fields->str);
}

static void
print_member (const char *key, const char *value, gpointer user_data)
{
  g_autofree char *shown_key = sampan_escape (key, -1, 0);
  g_autofree char *shown_value = sampan_escape (value, -1, 0);
  g_autoptr (GString) items = g_string_new (NULL);

  if (strcmp (key, "running") == 0 || strcmp (key, "state") == 0)
    return;
  g_strdelimit (shown_key, "_", ' ');
  if (sampan_json_foreach_item (value, append_item, items))
    g_print ("  %s:%s\n", shown_key, items->len > 0 ? items->str : " none");
  else
    g_print ("  %s: %s\n", shown_key, shown_value);
}

/* OBJECT with "running" and "state" in front, unless the server says so itself. */
static char *
add_origin (const char *object, const char *state, bool running)
{
  g_autofree char *known = sampan_json_find (object, "running");
  GString *json;
  const char *members = strchr (object, '{') + 1;

  if (known != NULL)
    return g_strdup (object);
  json = g_string_new ("{");
  sampan_json_add_bool (json, "running", running);
  sampan_json_add_string (json, "state", state);
  if (strcmp (members, "}") != 0)
    g_string_append_c (json, ',');
  g_string_append (json, members);
  return g_string_free (json, FALSE);
}

static void
print_status (const char *object, const char *state, bool running, bool as_json)
{
  g_autofree char *shown = sampan_escape (state, -1, 0);

  if (as_json)
    {
      g_autofree char *whole = add_origin (object, state, running);

      g_print ("%s\n", whole);
      return;
    }
  g_print (running ? "A server runs on %s.\n" : "No server runs on %s.\n", shown);
  (void)!sampan_json_foreach (object, print_member, NULL);
}

/* What the state holds while no server runs; NULL: printed why not. */
static char *
read_state (const SampanArguments *arguments)
{
  g_autoptr (SampanAccountStore) store = sampan_command_open_store (arguments, false);
  g_autoptr (GArray) accounts = NULL;
  g_autoptr (GPtrArray) shares = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) json = g_string_new ("{");

  if (store == NULL)
    return NULL;
  accounts = sampan_account_store_list (store, &error);
  if (accounts != NULL)
    shares = sampan_account_store_list_shares (store, &error);
  if (shares == NULL)
    {
      sampan_command_fail ("Cannot read the accounts", error);
      return NULL;
    }
  sampan_json_add_int (json, "accounts", accounts->len);
  sampan_json_add_int (json, "shares", shares->len);
  g_string_append_c (json, '}');
  return g_string_free (g_steal_pointer (&json), FALSE);
}

int
sampan_command_status (int argc, char **argv)
{
  g_auto (SampanArguments) arguments = { 0 };
  const GOptionEntry entries[] = { SAMPAN_JSON_ENTRY (arguments), G_OPTION_ENTRY_NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *status = NULL;
  bool running;

  if (!sampan_arguments_parse (&arguments, "status", "", entries, 0, argc, argv))
    return SAMPAN_EXIT_USAGE;
  status = sampan_control_call (arguments.state, "status", &error);
  if (error == NULL && status != NULL && !sampan_json_foreach (status, ignore_member, NULL))
    g_set_error_literal (&error,
                         SAMPAN_ERROR,
                         SAMPAN_ERROR_PROTOCOL,
                         "its answer is not understood");
  if (error != NULL)
    return sampan_command_fail ("Cannot ask the server for its status", error);
  running = status != NULL;
  if (!running)
    status = read_state (&arguments);
  if (status == NULL)
    return SAMPAN_EXIT_FAILED;
  print_status (status, arguments.state, running, arguments.as_json);
  return SAMPAN_EXIT_DONE;
}
