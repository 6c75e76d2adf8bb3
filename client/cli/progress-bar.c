/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What is shown of running transfers. */

#include "config.h"

#include "progress-bar.h"

#include "escape.h"
#include "json-line.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define COLUMNS_DEFAULT 80
#define BAR_COLUMNS_MAX 24 /* more says nothing more */
#define BAR_COLUMNS_MIN 6
#define NAME_COLUMNS_MIN 12
#define WIDE_COLUMNS 72    /* from here on figures keep their place while they change */
#define SIZE_COLUMNS 9     /* "999.9 MB" and a blank */
#define SPEED_COLUMNS 12   /* "999.9 MB/s" and a blank more */
#define FIGURES_COLUMNS 35 /* with the percentage and the time left */
#define JSON_INTERVAL_US (G_TIME_SPAN_SECOND / 2) /* enough for another program's bar */
#define PERCENT_FULL 100
#define CLEAR_LINE "\r\033[K"
#define ELLIPSIS "…"

struct _ProgressBar
{
  CliProgress how; /* never AUTO */
  bool shown;
  int64_t last_json_us;
};

static bool
terminal_can_draw (void)
{
  const char *kind = g_getenv ("TERM");

  return isatty (STDERR_FILENO) && kind != NULL && strcmp (kind, "dumb") != 0;
}

ProgressBar *
progress_bar_new (Cli *cli)
{
  ProgressBar *self = g_new0 (ProgressBar, 1);

  self->how = cli->options.progress;
  if (self->how == CLI_PROGRESS_AUTO)
    self->how = !cli->options.quiet && terminal_can_draw () ? CLI_PROGRESS_BAR : CLI_PROGRESS_NONE;
  return self;
}

void
progress_bar_free (ProgressBar *self)
{
  progress_bar_hide (self);
  g_free (self);
}

static unsigned int
terminal_columns (void)
{
  struct winsize size;

  if (ioctl (STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1)
    return size.ws_col;
  return COLUMNS_DEFAULT;
}

static unsigned int
columns_of (gunichar c)
{
  if (g_unichar_iszerowidth (c))
    return 0;
  return g_unichar_iswide (c) ? 2 : 1;
}

static unsigned int
text_columns (const char *text)
{
  unsigned int columns = 0;

  for (; *text != '\0'; text = g_utf8_next_char (text))
    columns += columns_of (g_utf8_get_char (text));
  return columns;
}

/* Exactly COLUMNS wide: cut with an ellipsis or filled with blanks. */
static void
append_fitted (GString *line, const char *text, unsigned int columns)
{
  bool cut = text_columns (text) > columns;
  unsigned int room = columns - (cut && columns > 0 ? 1 : 0);

  for (; *text != '\0'; text = g_utf8_next_char (text))
    {
      gunichar c = g_utf8_get_char (text);

      if (columns_of (c) > room)
        break;
      g_string_append_unichar (line, c);
      room -= columns_of (c);
    }
  if (cut && columns > 0)
    g_string_append (line, ELLIPSIS);
  for (; room > 0; room--)
    g_string_append_c (line, ' ');
}

static unsigned int
scale (const ProgressView *view, uint64_t bytes, unsigned int columns)
{
  if (view->total_bytes == 0)
    return columns;
  return (unsigned int)((double)columns * (double)MIN (bytes, view->total_bytes) /
                        (double)view->total_bytes);
}

/* Of an upload "=" is sent and "#" is safe. */
static void
append_bar (GString *line, const ProgressView *view, unsigned int columns)
{
  unsigned int inner = columns - 2;
  unsigned int filled = scale (view, view->done_bytes, inner);
  unsigned int safe = view->is_upload ? scale (view, view->safe_bytes, inner) : filled;

  g_string_append_c (line, '[');
  for (unsigned int i = 0; i < inner; i++)
    g_string_append_c (line, i < MIN (safe, filled) ? '#' : i < filled ? '=' : '-');
  g_string_append_c (line, ']');
}

static unsigned int
percent (const ProgressView *view)
{
  return scale (view, view->done_bytes, PERCENT_FULL);
}

static void
append_time_left (GString *text, int seconds)
{
  const int minute = 60, hour = 3600;

  if (seconds < 0)
    return;
  if (seconds >= hour)
    g_string_append_printf (text,
                            "  %d:%02d:%02d",
                            seconds / hour,
                            seconds % hour / minute,
                            seconds % minute);
  else
    g_string_append_printf (text, "  %d:%02d", seconds / minute, seconds % minute);
}

static void
append_running (GString *text, const ProgressView *view, const char *total)
{
  g_autofree char *size = g_format_size (view->speed);
  g_autofree char *speed = g_strconcat (size, "/s", NULL);

  g_string_append_printf (text, "%3u%%  ", percent (view));
  append_fitted (text, total, SIZE_COLUMNS);
  append_fitted (text, speed, SPEED_COLUMNS);
  append_time_left (text, view->seconds_left);
}

/* What stands right of the name and the bar. */
static char *
format_figures (const ProgressView *view)
{
  GString *text = g_string_new (NULL);
  g_autofree char *total = g_format_size (view->total_bytes);
  const char *stage = "";

  switch (view->state)
    {
    case SAMPAN_TRANSFER_SENDING:
    case SAMPAN_TRANSFER_RECEIVING:
      append_running (text, view, total);
      return g_string_free (text, FALSE);
    case SAMPAN_TRANSFER_RECONNECTING:
      stage = _ ("reconnecting…");
      break;
    case SAMPAN_TRANSFER_SAVING:
      stage = view->is_upload ? _ ("sent, the box is saving") : _ ("saving");
      break;
    case SAMPAN_TRANSFER_DONE:
      stage = view->is_upload ? _ ("safe on the box") : _ ("safe here");
      break;
    case SAMPAN_TRANSFER_WAITING:
    case SAMPAN_TRANSFER_PAUSED:
    case SAMPAN_TRANSFER_CONNECTING:
    case SAMPAN_TRANSFER_FAILED:
    case SAMPAN_TRANSFER_CANCELLED:
    default:
      break;
    }
  append_fitted (text, total, SIZE_COLUMNS);
  g_string_append (text, stage);
  return g_string_free (text, FALSE);
}

/* In a wide line figures start at the same place whatever they say. */
static char *
format_wide_figures (const ProgressView *view)
{
  g_autofree char *figures = format_figures (view);
  GString *text = g_string_new (NULL);

  append_fitted (text, figures, MAX (FIGURES_COLUMNS, text_columns (figures)));
  return g_string_free (text, FALSE);
}

char *
progress_bar_format (const ProgressView *view, unsigned int columns)
{
  GString *line = g_string_new (NULL);
  g_autofree char *figures = columns >= WIDE_COLUMNS ? format_wide_figures (view)
                                                     : format_figures (view);
  g_autofree char *escaped = sampan_escape (view->name, -1, 0);
  g_autofree char *name = view->count > 1
                              ? g_strdup_printf ("%u/%u %s", view->number, view->count, escaped)
                              : g_strdup (escaped);
  unsigned int taken = text_columns (figures) + 1;
  unsigned int room = columns > taken ? columns - taken : 0;
  unsigned int bar = MIN (BAR_COLUMNS_MAX, room / 3);

  if (room < NAME_COLUMNS_MIN)
    append_fitted (line, figures, columns);
  else if (bar < BAR_COLUMNS_MIN || room - bar - 1 < NAME_COLUMNS_MIN)
    {
      append_fitted (line, name, room);
      g_string_append_printf (line, " %s", figures);
    }
  else
    {
      append_fitted (line, name, room - bar - 1);
      g_string_append_c (line, ' ');
      append_bar (line, view, bar);
      g_string_append_printf (line, " %s", figures);
    }
  return g_string_free (line, FALSE);
}

static const char *
state_word (SampanTransferState state)
{
  static const char *const words[] = {
    [SAMPAN_TRANSFER_WAITING] = "waiting",       [SAMPAN_TRANSFER_PAUSED] = "paused",
    [SAMPAN_TRANSFER_CONNECTING] = "connecting", [SAMPAN_TRANSFER_RECONNECTING] = "reconnecting",
    [SAMPAN_TRANSFER_SENDING] = "sending",       [SAMPAN_TRANSFER_RECEIVING] = "receiving",
    [SAMPAN_TRANSFER_SAVING] = "saving",         [SAMPAN_TRANSFER_DONE] = "done",
    [SAMPAN_TRANSFER_FAILED] = "failed",         [SAMPAN_TRANSFER_CANCELLED] = "cancelled",
  };

  return words[state];
}

static void
print_json (const ProgressView *view)
{
  g_auto (JsonLine) line = JSON_LINE_INIT;

  json_line_add_string (&line, "status", "progress");
  json_line_add_bytes (&line, "item", view->name);
  json_line_add_string (&line, "state", state_word (view->state));
  json_line_add_uint (&line, "done_bytes", view->done_bytes);
  json_line_add_uint (&line, "total_bytes", view->total_bytes);
  json_line_add_uint (&line, "safe_bytes", view->safe_bytes);
  json_line_add_uint (&line, "speed", view->speed);
  json_line_add_int (&line, "seconds_left", view->seconds_left);
  json_line_print (&line, stderr);
}

void
progress_bar_show (ProgressBar *self, const ProgressView *view)
{
  if (self->how == CLI_PROGRESS_BAR)
    {
      g_autofree char *line = progress_bar_format (view, terminal_columns () - 1);

      fprintf (stderr, CLEAR_LINE "%s", line);
      fflush (stderr);
      self->shown = true;
    }
  else if (self->how == CLI_PROGRESS_JSON)
    {
      int64_t now_us = g_get_monotonic_time ();

      if (now_us - self->last_json_us < JSON_INTERVAL_US)
        return;
      self->last_json_us = now_us;
      print_json (view);
    }
}

void
progress_bar_finish_item (ProgressBar *self, const ProgressView *view)
{
  if (self->how == CLI_PROGRESS_BAR)
    {
      g_autofree char *line = progress_bar_format (view, terminal_columns () - 1);

      fprintf (stderr, CLEAR_LINE "%s\n", line);
      self->shown = false;
    }
  else if (self->how == CLI_PROGRESS_JSON)
    print_json (view);
}

void
progress_bar_hide (ProgressBar *self)
{
  if (!self->shown)
    return;
  fputs (CLEAR_LINE, stderr);
  fflush (stderr);
  self->shown = false;
}
