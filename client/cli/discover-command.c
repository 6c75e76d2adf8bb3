/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Looking for boxes on the network: discover. */

#include "config.h"

#include "command.h"

#include "discovery.h"
#include "escape.h"
#include "json-line.h"
#include "output.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#define DEFAULT_SECS 3 /* who does not answer by then is asleep */
#define SECS_MAX 3600

static gboolean
over_cb (gpointer user_data)
{
  bool *is_over = user_data;

  *is_over = true;
  return G_SOURCE_REMOVE;
}

/* TRUE unless it was cancelled. */
static bool
wait_secs (Cli *cli, int seconds)
{
  bool is_over = false;
  guint source = g_timeout_add_seconds ((guint)seconds, over_cb, &is_over);

  while (!is_over && !cli_should_stop (cli))
    g_main_context_iteration (NULL, TRUE);
  if (!is_over)
    g_source_remove (source);
  return is_over;
}

static void
print_json (SampanFoundBox *box)
{
  const char *host = sampan_found_box_get_host (box);
  g_auto (JsonLine) line = JSON_LINE_INIT;

  json_line_add_string (&line, "name", sampan_found_box_get_name (box));
  if (host != NULL)
    json_line_add_string (&line, "host", host);
  json_line_add_string (&line, "address", sampan_found_box_get_address (box));
  json_line_add_uint (&line, "port", sampan_found_box_get_port (box));
  json_line_print (&line, stdout);
}

/* What can be typed behind sampan://USER@, then the name. */
static void
print_text (SampanFoundBox *box)
{
  const char *target = sampan_found_box_get_target (box);
  bool is_ipv6 = strchr (target, ':') != NULL;
  g_autofree char *name = sampan_escape (sampan_found_box_get_name (box), -1, 0);
  g_autofree char *where =
      g_strdup_printf (is_ipv6 ? "[%s]:%u" : "%s:%u", target, sampan_found_box_get_port (box));

  printf ("%-32s %s\n", where, name);
}

static void
print_all (Cli *cli, GListModel *boxes)
{
  guint length = g_list_model_get_n_items (boxes);

  for (guint i = 0; i < length; i++)
    {
      g_autoptr (SampanFoundBox) box = g_list_model_get_item (boxes, i);

      if (cli->options.json)
        print_json (box);
      else
        print_text (box);
    }
  if (length == 0 && !cli->options.json && !cli->options.quiet)
    g_printerr ("%s\n", _ ("No server announces itself on this network"));
}

void
command_discover (Cli *cli, const Command *command, char **argv)
{
  int seconds = DEFAULT_SECS;
  const GOptionEntry entries[] = {
    { "seconds", 0, 0, G_OPTION_ARG_INT, &seconds, N_ ("How long to listen"), "NUMBER" },
    { NULL },
  };
  g_auto (GStrv) operands = command_parse (cli, command, entries, argv, 0, 0);
  g_autoptr (SampanDiscovery) discovery = NULL;

  if (operands == NULL)
    return;
  if (seconds < 1 || seconds > SECS_MAX)
    {
      command_print_usage (cli, command);
      return;
    }
  discovery = sampan_discovery_new ();
  sampan_discovery_start (discovery);
  if (!wait_secs (cli, seconds))
    return;
  if (sampan_discovery_get_state (discovery) != SAMPAN_DISCOVERY_UNAVAILABLE)
    print_all (cli, sampan_discovery_get_boxes (discovery));
  else
    output_failed_because (cli,
                           NULL,
                           CLI_STATUS_UNREACHABLE,
                           _ ("Avahi, which looks for servers on the network, does not run here"));
}
