/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Spans of time as people write them. */

#include "config.h"

#include "commands/duration-text.h"

#include <string.h>

#define DIGITS_MAX 9 /* no overflow with the largest unit */
#define SECS_MAX (366 * 24 * 60 * 60)

static const struct
{
  char letter;
  int64_t secs;
  const char *one;
  const char *many;
} units[] = {
  { 'w', 7 * 24 * 60 * 60, "week", "weeks" },
  { 'd', 24 * 60 * 60, "day", "days" },
  { 'h', 60 * 60, "hour", "hours" },
  { 'm', 60, "minute", "minutes" },
};

bool
sampan_duration_parse (const char *text, int64_t *secs)
{
  size_t n_digits = strspn (text, "0123456789");
  int64_t number = g_ascii_strtoll (text, NULL, 10);

  if (n_digits == 0 || n_digits > DIGITS_MAX || number == 0 || strlen (text) != n_digits + 1)
    return false;
  for (size_t i = 0; i < G_N_ELEMENTS (units); i++)
    if (units[i].letter == text[n_digits] && number * units[i].secs <= SECS_MAX)
      {
        *secs = number * units[i].secs;
        return true;
      }
  return false;
}

char *
sampan_duration_format (int64_t secs)
{
  size_t i = 0;

  while (i + 1 < G_N_ELEMENTS (units) && secs % units[i].secs != 0)
    i++;
  return g_strdup_printf ("%" G_GINT64_FORMAT " %s",
                          secs / units[i].secs,
                          secs / units[i].secs == 1 ? units[i].one : units[i].many);
}
