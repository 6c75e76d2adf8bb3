/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* sampand who: the sessions of the running server. */

#include "config.h"

#include "commands/commands.h"

#include "commands/command-utils.h"
#include "commands/json-text.h"
#include "escape.h"

#include <stdlib.h>

static int
find_number (const char *object, const char *key)
{
  g_autofree char *text = sampan_json_find (object, key);

  return text != NULL ? atoi (text) : 0;
}

static char *
find_text (const char *object, const char *key)
{
  g_autofree char *text = sampan_json_find (object, key);

  return text != NULL ? sampan_escape (text, -1, 0) : g_strdup ("?");
}

static int64_t
find_since (const char *object)
{
  return g_get_real_time () / G_USEC_PER_SEC - find_number (object, "secs");
}

static void
print_json_cb (const char *key, const char *session, gpointer user_data)
{
  static const char *const texts[] = { "session", "user", "source" };
  static const char *const numbers[] = { "connections", "uploads", "downloads" };
  g_autofree char *since = sampan_command_format_time_for_scripts (find_since (session));
  g_autoptr (GString) json = g_string_new ("{");

  for (size_t i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *text = sampan_json_find (session, texts[i]);

      sampan_json_add_string (json, texts[i], text != NULL ? text : "");
    }
  sampan_json_add_string (json, "since", since);
  for (size_t i = 0; i < G_N_ELEMENTS (numbers); i++)
    sampan_json_add_int (json, numbers[i], find_number (session, numbers[i]));
  g_print ("%s}\n", json->str);
}

/* "ann  192.0.2.7  since 2026-11-21 14:03  2 connections, sends 1, receives 0  [0f3a...]" */
static void
print_line_cb (const char *key, const char *session, gpointer user_data)
{
  g_autofree char *user = find_text (session, "user");
  g_autofree char *source = find_text (session, "source");
  g_autofree char *name = find_text (session, "session");
  g_autofree char *since = sampan_command_format_time (find_since (session));
  int connections = find_number (session, "connections");

  g_print ("%s  %s  since %s  ", user, source, since);
  if (connections == 0)
    g_print ("away");
  else
    g_print (connections == 1 ? "%d connection, uploads %d, downloads %d"
                              : "%d connections, uploads %d, downloads %d",
             connections,
             find_number (session, "uploads"),
             find_number (session, "downloads"));
  g_print ("  [%s]\n", name);
}

static void
count_cb (const char *key, const char *session, gpointer user_data)
{
  (*(int *)user_data)++;
}

int
sampan_command_who (int argc, char **argv)
{
  g_auto (SampanArguments) arguments = { 0 };
  const GOptionEntry entries[] = { SAMPAN_JSON_ENTRY (arguments), G_OPTION_ENTRY_NULL };
  g_autofree char *status = NULL;
  g_autofree char *sessions = NULL;
  int shown = 0, all;

  if (!sampan_arguments_parse (&arguments, "who", "", entries, 0, argc, argv))
    return SAMPAN_EXIT_USAGE;
  status = sampan_command_ask (&arguments, "status", "Cannot see who is logged in");
  if (status == NULL)
    return SAMPAN_EXIT_FAILED;
  sessions = sampan_json_find (status, "sessions");
  all = find_number (status, "session_count");
  if (sessions == NULL || !sampan_json_foreach_item (sessions, count_cb, &shown) ||
      !sampan_json_foreach_item (sessions, arguments.as_json ? print_json_cb : print_line_cb, NULL))
    {
      g_printerr ("sampand: Cannot see who is logged in: the server's answer is not understood; "
                  "update it and this program to the same version\n");
      return SAMPAN_EXIT_FAILED;
    }
  if (all == 0 && !arguments.as_json)
    g_printerr ("Nobody is logged in.\n");
  else if (all > shown)
    g_printerr ("... and %d more.\n", all - shown);
  return SAMPAN_EXIT_DONE;
}
