/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What commands say. */

#include "config.h"

#include "output.h"

#include "escape.h"
#include "progress-bar.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define PROGRAM_NAME "sampan-cli"

/* Sentences that name what to type here, where the common ones speak of a window. */
static const char *
text_for_terminal (SampanErrorCode code)
{
  switch ((int)code)
    {
    case SAMPAN_ERROR_DISCONNECTED:
      return _ (
          "The connection to the server broke. Try again: the same command goes on from there");
    case SAMPAN_ERROR_NOT_FOUND:
      return _ ("No such file");
    case SAMPAN_ERROR_EXISTS:
      return _ ("There is something of this name already; --on-conflict says what to do then");
    case SAMPAN_ERROR_NOT_EMPTY:
      return _ ("The folder is not empty; rm -r removes it with all that it holds");
    case SAMPAN_ERROR_CHANGED:
      return _ ("Somebody changed this file in the meantime; look again");
    case SAMPAN_ERROR_SERVER_CHANGED:
      return _ ("This is not the server that was here before. Ask who looks after it. If it was "
                "set up anew, remove its line from ~/.config/sampan/known-servers.");
    case SAMPAN_ERROR_PASSWORD_NEEDED:
      return _ ("You logged in with a one-time code. Choose a password first: "
                "sampan-cli passwd REMOTE");
    default:
      return NULL;
    }
}

char *
output_error_text (const GError *error)
{
  const char *text = NULL;

  if (error->domain == CLI_ERROR || error->domain == G_OPTION_ERROR ||
      (error->domain == G_FILE_ERROR && error->code != G_FILE_ERROR_NOMEM))
    return g_strdup (error->message);
  if (error->domain == SAMPAN_ERROR &&
      (!sampan_error_is_local (error) || error->code == SAMPAN_ERROR_EXISTS))
    text = text_for_terminal (error->code);
  if (text == NULL &&
      (sampan_error_get_detail (error) > 0 ||
       (sampan_error_is_local (error) && error->code == SAMPAN_ERROR_LOGIN_REFUSED)))
    return sampan_error_dup_text (error);
  if (text == NULL)
    text = sampan_error_get_text (error);
  if (g_error_matches (error, SAMPAN_ERROR, SAMPAN_ERROR_UNREACHABLE))
    {
      g_autofree char *reason = sampan_escape (error->message, -1, 0);

      return g_strdup_printf ("%s (%s)", text, reason);
    }
  return g_strdup (text);
}

CliStatus
output_status_of (const GError *error)
{
  if (error->domain == CLI_ERROR)
    return error->code;
  if (error->domain != SAMPAN_ERROR)
    return CLI_STATUS_ITEMS_FAILED;
  switch (error->code)
    {
    case SAMPAN_ERROR_LOGIN_REFUSED:
    case SAMPAN_ERROR_PASSWORD_NEEDED:
    case SAMPAN_ERROR_SESSION_ENDED:
      return CLI_STATUS_LOGIN_REFUSED;
    case SAMPAN_ERROR_INTERCEPTED:
    case SAMPAN_ERROR_SERVER_CHANGED:
      return CLI_STATUS_OTHER_SERVER;
    case SAMPAN_ERROR_UNREACHABLE:
    case SAMPAN_ERROR_DISCONNECTED:
    case SAMPAN_ERROR_PROTOCOL:
    case SAMPAN_ERROR_TRY_LATER:
    case SAMPAN_ERROR_SHUTTING_DOWN:
      return CLI_STATUS_UNREACHABLE;
    default:
      return CLI_STATUS_ITEMS_FAILED;
    }
}

static const char *
error_word (const GError *error)
{
  if (error->domain == CLI_ERROR)
    return error->code == CLI_STATUS_USAGE ? "usage" : "failed";
  return sampan_error_code_get_word (sampan_error_to_code (error));
}

/* What it is about, as it was typed, and where that was to go; both are nullable. */
typedef struct
{
  const char *name;
  const char *target;
} Item;

static char *
show_item (const Item *item)
{
  g_autofree char *name = item->name != NULL ? sampan_escape (item->name, -1, 0) : NULL;
  g_autofree char *target = item->target != NULL ? sampan_escape (item->target, -1, 0) : NULL;

  return name == NULL || target == NULL ? g_steal_pointer (&name)
                                        : g_strdup_printf ("%s -> %s", name, target);
}

static void
print_failure (Cli *cli, const Item *item, const char *text, const char *word, bool not_found)
{
  const char *program = cli->in_shell ? "" : PROGRAM_NAME ": ";
  g_autofree char *shown = show_item (item);

  if (item->name != NULL)
    cli->n_failed++;
  if (cli->options.json || cli->options.progress == CLI_PROGRESS_JSON)
    {
      g_auto (JsonLine) line = JSON_LINE_INIT;

      json_line_add_string (&line, "status", "failed");
      if (item->name != NULL)
        json_line_add_bytes (&line, "item", item->name);
      if (item->target != NULL)
        json_line_add_bytes (&line, "target", item->target);
      json_line_add_string (&line, "error", word);
      json_line_add_string (&line, "message", text);
      json_line_end (&line);
      if (cli->options.json)
        printf ("%s\n", line.text->str);
      if (cli->options.progress == CLI_PROGRESS_JSON)
        {
          fprintf (stderr, "%s\n", line.text->str);
          return;
        }
    }
  fflush (stdout);
  output_clear_progress (cli);
  if (shown == NULL)
    fprintf (stderr, "%s%s\n", program, text);
  else if (not_found)
    fprintf (stderr, "%s%s: %s\n", program, text, shown);
  else
    fprintf (stderr, "%s%s: %s\n", program, shown, text);
}

static void
keep_status (Cli *cli, CliStatus status)
{
  if (status > cli->status)
    cli->status = status;
}

void
output_failed (Cli *cli, const char *name, const GError *error)
{
  output_failed_at (cli, name, NULL, error);
}

void
output_failed_at (Cli *cli, const char *name, const char *target, const GError *error)
{
  const Item item = { name, target };
  g_autofree char *text = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      keep_status (cli, CLI_STATUS_ITEMS_FAILED);
      return;
    }
  text = output_error_text (error);
  keep_status (cli, output_status_of (error));
  print_failure (cli,
                 &item,
                 text,
                 error_word (error),
                 g_error_matches (error, SAMPAN_ERROR, SAMPAN_ERROR_NOT_FOUND));
}

void
output_failed_because (Cli *cli, const char *name, CliStatus status, const char *text)
{
  const Item item = { name, NULL };
  const char *word = status == CLI_STATUS_USAGE                      ? "usage"
                     : g_cancellable_is_cancelled (cli->cancellable) ? "interrupted"
                                                                     : "failed";

  keep_status (cli, status);
  print_failure (cli, &item, text, word, false);
}

void
output_note (Cli *cli, const char *name, const char *text)
{
  g_autofree char *shown = sampan_escape (name, -1, 0);

  if (cli->options.progress == CLI_PROGRESS_JSON)
    {
      g_auto (JsonLine) line = JSON_LINE_INIT;

      json_line_add_string (&line, "status", "note");
      json_line_add_bytes (&line, "item", name);
      json_line_add_string (&line, "message", text);
      json_line_print (&line, stderr);
      return;
    }
  output_clear_progress (cli);
  fprintf (stderr, "%s%s: %s\n", cli->in_shell ? "" : PROGRAM_NAME ": ", shown, text);
}

void
output_left_out (Cli *cli, const char *action, const char *name, const char *text)
{
  cli->n_left_out++;
  if (cli->options.json)
    {
      g_auto (JsonLine) line = JSON_LINE_INIT;

      output_begin_item (&line, action, "left-out");
      json_line_add_bytes (&line, "item", name);
      json_line_add_string (&line, "message", text);
      json_line_print (&line, stdout);
    }
  output_note (cli, name, text);
}

void
output_clear_progress (Cli *cli)
{
  if (cli->bar != NULL)
    progress_bar_hide (cli->bar);
}

void
output_begin_item (JsonLine *line, const char *action, const char *status)
{
  json_line_add_string (line, "action", action);
  json_line_add_string (line, "status", status);
}

void
json_line_add_remote (JsonLine *line, const char *key, const SampanRemote *remote)
{
  g_autofree char *uri = sampan_remote_to_string (remote);

  json_line_add_string (line, key, uri);
}

void
output_remote_done (Cli *cli, const char *action, const SampanRemote *remote)
{
  g_auto (JsonLine) line = JSON_LINE_INIT;

  if (!cli->options.json)
    return;
  output_begin_item (&line, action, "done");
  json_line_add_remote (&line, "uri", remote);
  json_line_print (&line, stdout);
}

void
output_flush (Cli *cli)
{
  bool failed = fflush (stdout) != 0;
  int saved_errno = errno;

  if (!failed && !ferror (stdout))
    return;
  if (!failed || saved_errno != EPIPE)
    output_failed_because (cli, NULL, CLI_STATUS_ITEMS_FAILED, _ ("The output cannot be written"));
  else
    keep_status (cli, CLI_STATUS_ITEMS_FAILED);
  clearerr (stdout);
}

const char *
output_format_time (int64_t seconds, char buffer[static OUTPUT_TIME_SIZE])
{
  time_t when = (time_t)seconds;
  struct tm parts;

  if (localtime_r (&when, &parts) == NULL ||
      strftime (buffer, OUTPUT_TIME_SIZE, "%Y-%m-%d %H:%M", &parts) == 0)
    g_strlcpy (buffer, "-", OUTPUT_TIME_SIZE);
  return buffer;
}
