/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Patterns that a client searches for: the first byte is the pattern's length, then the pattern and
 * a name. ASCII is compared with the plainest matcher there is. */

#include "config.h"

#include "fuzz.h"
#include "storage/name-pattern.h"

#include <glib.h>
#include <string.h>

/* By a table: whether the first I bytes of the pattern fit the first J of the name. */
static bool
fits (const char *pattern, const char *name)
{
  bool row[SAMPAN_NAME_MAX + 1] = { true };
  size_t length = strlen (name);

  for (; *pattern != '\0'; pattern++)
    {
      bool before = row[0];

      row[0] = row[0] && *pattern == '*';
      for (size_t j = 1; j <= length; j++)
        {
          bool was = row[j];

          if (*pattern == '*')
            row[j] = row[j] || row[j - 1];
          else
            row[j] = before && (*pattern == '?' ||
                                g_ascii_tolower (*pattern) == g_ascii_tolower (name[j - 1]));
          before = was;
        }
    }
  return row[length];
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  size_t pattern_length = size > 0 ? MIN (data[0], size - 1) : 0;
  g_autofree char *text = NULL;
  g_autofree char *name = NULL;
  g_autoptr (SampanNamePattern) pattern = NULL;
  bool matches;

  if (size < 1 || size - 1 - pattern_length > SAMPAN_NAME_MAX)
    return 0;
  text = g_strndup ((const char *)data + 1, pattern_length);
  name = g_strndup ((const char *)data + 1 + pattern_length, size - 1 - pattern_length);
  pattern = sampan_name_pattern_new ((SampanBytes){ data + 1, strlen (text) });
  matches = sampan_name_pattern_matches (pattern, name);
  if (text[0] == '\0')
    g_assert_true (matches);
  else if (g_str_is_ascii (text) && g_str_is_ascii (name))
    {
      bool is_glob = strpbrk (text, "*?") != NULL;
      g_autofree char *anywhere = g_strconcat ("*", text, "*", NULL);

      g_assert_cmpint (matches, ==, fits (is_glob ? text : anywhere, name));
    }
  return 0;
}
