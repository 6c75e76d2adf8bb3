/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Matching names in linear memory and, as a pattern is short, in little time. */

#include "config.h"

#include "storage/name-pattern.h"

#include <string.h>

struct _SampanNamePattern
{
  char *text; /* folded */
  bool is_glob;
};

/* FOLDED has room for SAMPAN_NAME_MAX bytes, which is enough for a name in ASCII. */
static bool
fold_ascii (const char *name, char folded[static SAMPAN_NAME_MAX + 1])
{
  size_t i;

  for (i = 0; name[i] != '\0' && i < SAMPAN_NAME_MAX; i++)
    {
      if ((name[i] & 0x80) != 0)
        return false;
      folded[i] = g_ascii_tolower (name[i]);
    }
  folded[i] = '\0';
  return name[i] == '\0';
}

static char *
fold (const char *name)
{
  g_autofree char *composed = NULL;
  g_autofree char *folded = NULL;

  if (!g_utf8_validate (name, -1, NULL))
    return g_ascii_strdown (name, -1);
  composed = g_utf8_normalize (name, -1, G_NORMALIZE_NFC);
  folded = g_utf8_casefold (composed, -1);
  return g_utf8_normalize (folded, -1, G_NORMALIZE_NFC);
}

SampanNamePattern *
sampan_name_pattern_new (SampanBytes pattern)
{
  SampanNamePattern *self = g_new0 (SampanNamePattern, 1);
  g_autofree char *text = g_strndup ((const char *)pattern.data, pattern.length);

  self->text = fold (text);
  self->is_glob = strpbrk (self->text, "*?") != NULL;
  return self;
}

void
sampan_name_pattern_free (SampanNamePattern *self)
{
  if (self == NULL)
    return;
  g_free (self->text);
  g_free (self);
}

/* Behind the character at TEXT, or the byte where it is none. */
static const char *
skip_character (const char *text)
{
  gunichar character = g_utf8_get_char_validated (text, -1);

  return (gint32)character >= 0 ? g_utf8_next_char (text) : text + 1;
}

/* Only the last "*" is ever tried again: an earlier one that took more could gain nothing. */
static bool
matches_glob (const char *pattern, const char *name)
{
  const char *star = NULL;
  const char *retry = NULL;

  while (*name != '\0')
    {
      if (*pattern == '*')
        {
          star = ++pattern;
          retry = name;
        }
      else if (*pattern == '?')
        {
          pattern++;
          name = skip_character (name);
        }
      else if (*pattern == *name)
        {
          pattern++;
          name++;
        }
      else if (star != NULL)
        {
          pattern = star;
          name = retry = skip_character (retry);
        }
      else
        return false;
    }
  while (*pattern == '*')
    pattern++;
  return *pattern == '\0';
}

bool
sampan_name_pattern_matches (const SampanNamePattern *self, const char *name)
{
  char ascii[SAMPAN_NAME_MAX + 1];
  g_autofree char *other = NULL;
  const char *folded = ascii;

  if (*self->text == '\0')
    return true;
  if (!fold_ascii (name, ascii))
    folded = other = fold (name);
  return self->is_glob ? matches_glob (self->text, folded) : strstr (folded, self->text) != NULL;
}
