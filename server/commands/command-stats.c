/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* sampand stats: figures of the running server. */

#include "config.h"

#include "commands/commands.h"

#include "commands/command-utils.h"
#include "commands/json-text.h"
#include "escape.h"

#include <string.h>

typedef struct
{
  GString *name;
  GString *numbers;
} ShareText;

static void
append_number_cb (const char *key, const char *value, gpointer user_data)
{
  ShareText *text = user_data;
  g_autofree char *shown_key = sampan_escape (key, -1, 0);
  g_autofree char *shown_value = sampan_escape (value, -1, 0);

  if (strcmp (key, "name") == 0)
    {
      g_string_assign (text->name, shown_value);
      return;
    }
  g_string_append_printf (text->numbers,
                          "%s%s %s",
                          text->numbers->len > 0 ? ", " : "",
                          g_strdelimit (shown_key, "_", ' '),
                          shown_value);
}

/* "share files: partials 0, partials bytes 0, trash bytes 5000" */
static void
print_share_cb (const char *key, const char *value, gpointer user_data)
{
  g_autoptr (GString) name = g_string_new (NULL);
  g_autoptr (GString) numbers = g_string_new (NULL);
  ShareText text = { .name = name, .numbers = numbers };

  if (sampan_json_foreach (value, append_number_cb, &text))
    g_print ("share %s: %s\n", name->str, numbers->str);
}

static void
print_member_cb (const char *key, const char *value, gpointer user_data)
{
  g_autofree char *shown_key = sampan_escape (key, -1, 0);
  g_autofree char *shown_value = sampan_escape (value, -1, 0);

  if (!sampan_json_foreach_item (value, print_share_cb, NULL))
    g_print ("%s: %s\n", g_strdelimit (shown_key, "_", ' '), shown_value);
}

static void
ignore_cb (const char *key, const char *value, gpointer user_data)
{
}

int
sampan_command_stats (int argc, char **argv)
{
  g_auto (SampanArguments) arguments = { 0 };
  const GOptionEntry entries[] = { SAMPAN_JSON_ENTRY (arguments), G_OPTION_ENTRY_NULL };
  g_autofree char *stats = NULL;

  if (!sampan_arguments_parse (&arguments, "stats", "", entries, 0, argc, argv))
    return SAMPAN_EXIT_USAGE;
  stats = sampan_command_ask (&arguments, "stats", "Cannot see the figures");
  if (stats == NULL)
    return SAMPAN_EXIT_FAILED;
  if (!sampan_json_foreach (stats, arguments.as_json ? ignore_cb : print_member_cb, NULL))
    {
      g_printerr ("sampand: Cannot see the figures: the server's answer is not understood; update "
                  "it and this program to the same version\n");
      return SAMPAN_EXIT_FAILED;
    }
  if (arguments.as_json)
    g_print ("%s\n", stats);
  return SAMPAN_EXIT_DONE;
}
