/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Sizes as people write them. */

#include "config.h"

#include "commands/size-text.h"

#include <string.h>

#define MAX_BYTES 9.2e18 /* below INT64_MAX, and exact as a double */

/* What UNIT multiplies with; 0: it is none. */
static double
get_factor (const char *unit)
{
  static const char letters[] = "kmgt";
  const char *letter = *unit != '\0' ? strchr (letters, g_ascii_tolower (*unit)) : NULL;
  bool is_binary = letter != NULL && g_ascii_tolower (unit[1]) == 'i';
  double factor = 1;

  if (letter != NULL)
    unit += is_binary ? 2 : 1;
  for (const char *i = letters; letter != NULL && i <= letter; i++)
    factor *= is_binary ? 1024 : 1000;
  if (g_ascii_tolower (*unit) == 'b')
    unit++;
  return *unit == '\0' ? factor : 0;
}

bool
sampan_size_parse (const char *text, uint64_t *bytes)
{
  size_t n_digits = strspn (text, "0123456789.");
  char *end = NULL;
  double value = g_ascii_strtod (text, &end);
  double factor;

  if (n_digits == 0 || end != text + n_digits)
    return false;
  factor = get_factor (end + (*end == ' ' ? 1 : 0));
  if (factor == 0 || !(value * factor < MAX_BYTES))
    return false;
  *bytes = (uint64_t)(value * factor);
  return true;
}
