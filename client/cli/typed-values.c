/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Sizes and times as a person writes them. */

#include "config.h"

#include "typed-values.h"

#include <string.h>

#define RANGE_MARK ".."
#define THOUSAND 1000.0
#define KIBI 1024.0
#define HALF 0.5 /* to the nearest byte */
/* What a double still counts byte by byte is more than any disk holds. */
#define SIZE_MAX_BYTES 9007199254740992.0

bool
typed_read_size (const char *text, uint64_t *size)
{
  static const char units[] = "kMGT";
  char *rest = NULL;
  double number = g_ascii_strtod (text, &rest);

  if (!g_ascii_isdigit (*text) || rest == text)
    return false;
  if (*rest != '\0')
    {
      const char *unit = strchr (units, *rest == 'K' ? 'k' : *rest);
      double step = rest[1] == 'i' ? KIBI : THOUSAND;

      if (unit == NULL || rest[rest[1] == 'i' ? 2 : 1] != '\0')
        return false;
      for (const char *u = units; u <= unit; u++)
        number *= step;
    }
  if (!(number >= 0 && number <= SIZE_MAX_BYTES))
    return false;
  *size = (uint64_t)(number + HALF);
  return true;
}

bool
typed_read_range (const char *text, uint64_t *min, uint64_t *max)
{
  const char *mark = strstr (text, RANGE_MARK);
  g_autofree char *first = NULL;
  const char *second;

  if (mark == NULL)
    {
      *max = 0;
      return typed_read_size (text, min) && typed_read_size (text, max);
    }
  first = g_strndup (text, (gsize)(mark - text));
  second = mark + strlen (RANGE_MARK);
  return (*first != '\0' || *second != '\0') && (*first == '\0' || typed_read_size (first, min)) &&
         (*second == '\0' || typed_read_size (second, max));
}

static bool
read_age (const char *text, int64_t now_secs, int64_t *seconds)
{
  static const struct
  {
    char letter;
    int64_t secs;
  } units[] = { { 's', 1 },
                { 'm', 60 },
                { 'h', 3600 },
                { 'd', 24 * 3600 },
                { 'w', 7 * 24 * 3600 } };
  char *rest = NULL;
  guint64 number = g_ascii_strtoull (text, &rest, 10);

  if (!g_ascii_isdigit (*text) || number > G_MAXINT32 || *rest == '\0' || rest[1] != '\0')
    return false;
  for (size_t i = 0; i < G_N_ELEMENTS (units); i++)
    if (units[i].letter == *rest)
      {
        *seconds = now_secs - (int64_t)number * units[i].secs;
        return true;
      }
  return false;
}

bool
typed_read_time (const char *text, int64_t now_secs, int64_t *seconds)
{
  g_autoptr (GTimeZone) here = g_time_zone_new_local ();
  g_autofree char *midnight = NULL;
  g_autoptr (GDateTime) time = NULL;

  if (read_age (text, now_secs, seconds))
    return true;
  if (!g_utf8_validate (text, -1, NULL))
    return false;
  midnight = g_strconcat (text, "T00:00:00", NULL);
  time = g_date_time_new_from_iso8601 (strchr (text, 'T') != NULL ? text : midnight, here);
  if (time == NULL)
    return false;
  *seconds = g_date_time_to_unix (time);
  return true;
}
