/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* An event as text and as JSON. */

#include "config.h"

#include "log-line.h"

#include "commands/json-text.h"
#include "escape.h"

#include <string.h>

/* Their values are made from numbers, never from what a peer sent. */
static const char *const number_keys[] = { "bytes", "count", "ended_sessions",
                                           "ms",    "uid",   "unlogged" };

static const char *
level_word (SampanLogLevel level)
{
  switch (level)
    {
    case SAMPAN_LOG_ERROR:
      return "error";
    case SAMPAN_LOG_WARNING:
      return "warning";
    case SAMPAN_LOG_NOTICE:
      return "notice";
    case SAMPAN_LOG_INFO:
      return "info";
    case SAMPAN_LOG_DEBUG:
      return "debug";
    }
  return "notice";
}

void
sampan_log_line_clear (SampanLogLine *self)
{
  for (size_t i = 0; i < self->n_pairs; i++)
    g_free (self->pairs[i].value);
  self->n_pairs = 0;
}

void
sampan_log_line_add (SampanLogLine *self, const char *key, const char *value)
{
  if (value == NULL || self->n_pairs == SAMPAN_LOG_PAIRS_MAX)
    return;
  self->pairs[self->n_pairs].key = key;
  self->pairs[self->n_pairs].value = sampan_escape (value, -1, SAMPAN_LOG_VALUE_MAX_BYTES);
  self->n_pairs++;
}

/* In quotes if a reader could not tell where it ends. Backslashes are escaped already. */
static void
append_value (GString *text, const char *value)
{
  if (value[0] != '\0' && strpbrk (value, " \"=") == NULL)
    {
      g_string_append (text, value);
      return;
    }
  g_string_append_c (text, '"');
  for (const char *c = value; *c != '\0'; c++)
    {
      if (*c == '"')
        g_string_append_c (text, '\\');
      g_string_append_c (text, *c);
    }
  g_string_append_c (text, '"');
}

void
sampan_log_line_append_message (const SampanLogLine *self, GString *text)
{
  g_autofree char *name = sampan_escape (self->event, -1, SAMPAN_LOG_VALUE_MAX_BYTES);

  g_string_append (text, name);
  for (size_t i = 0; i < self->n_pairs; i++)
    {
      g_string_append_printf (text, " %s=", self->pairs[i].key);
      append_value (text, self->pairs[i].value);
    }
}

static char *
format_time (GDateTime *now_utc)
{
  g_autofree char *secs = g_date_time_format (now_utc, "%Y-%m-%dT%H:%M:%S");

  return g_strdup_printf ("%s.%03dZ", secs, g_date_time_get_microsecond (now_utc) / 1000);
}

char *
sampan_log_line_to_text (const SampanLogLine *self, GDateTime *now_utc)
{
  g_autofree char *time = format_time (now_utc);
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "%s %s ", time, level_word (self->level));
  sampan_log_line_append_message (self, text);
  g_string_append_c (text, '\n');
  return g_string_free (text, FALSE);
}

static bool
is_number (const SampanLogPair *pair)
{
  const char *digits = pair->value + (pair->value[0] == '-');

  if (digits[0] == '\0' || strspn (digits, "0123456789") != strlen (digits))
    return false;
  for (size_t i = 0; i < G_N_ELEMENTS (number_keys); i++)
    if (strcmp (pair->key, number_keys[i]) == 0)
      return true;
  return false;
}

char *
sampan_log_line_to_json (const SampanLogLine *self, GDateTime *now_utc)
{
  g_autofree char *time = format_time (now_utc);
  GString *json = g_string_new ("{");

  sampan_json_add_string (json, "time", time);
  sampan_json_add_string (json, "level", level_word (self->level));
  sampan_json_add_string (json, "event", self->event);
  for (size_t i = 0; i < self->n_pairs; i++)
    if (is_number (&self->pairs[i]))
      sampan_json_add_raw (json, self->pairs[i].key, self->pairs[i].value);
    else
      sampan_json_add_string (json, self->pairs[i].key, self->pairs[i].value);
  g_string_append (json, "}\n");
  return g_string_free (json, FALSE);
}
