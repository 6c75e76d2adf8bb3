/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The word before the cursor. */

#include "config.h"

#include "completion-word.h"

#include <string.h>

#define QUOTED_CHARACTERS " \t\"'\\$`*?[]{}()<>|&;#!~"

/* Copies the word at *LINE without its quotes and moves *LINE behind it. */
static char *
take_word (const char **line)
{
  GString *word = g_string_new (NULL);
  const char *p = *line;
  char quote = '\0';

  for (; *p != '\0'; p++)
    {
      if (quote == '\0' && g_ascii_isspace (*p))
        break;
      if (quote == '\0' && (*p == '\'' || *p == '"'))
        quote = *p;
      else if (quote != '\0' && *p == quote)
        quote = '\0';
      else if (*p == '\\' && quote != '\'' && p[1] != '\0')
        g_string_append_c (word, *++p);
      else
        g_string_append_c (word, *p);
    }
  *line = p;
  return g_string_free (word, FALSE);
}

void
completion_word_scan (CompletionWord *self, const char *line)
{
  const char *p = line;

  for (;;)
    {
      g_autofree char *word = NULL;

      while (g_ascii_isspace (*p))
        p++;
      self->start = (size_t)(p - line);
      word = take_word (&p);
      if (*p == '\0')
        {
          self->text = g_steal_pointer (&word);
          return;
        }
      if (self->index++ == 0)
        self->command = g_steal_pointer (&word);
    }
}

void
completion_word_clear (CompletionWord *self)
{
  g_clear_pointer (&self->command, g_free);
  g_clear_pointer (&self->text, g_free);
}

char *
completion_word_quote (const char *text)
{
  GString *quoted = g_string_new (NULL);

  for (; *text != '\0'; text++)
    {
      if (strchr (QUOTED_CHARACTERS, *text) != NULL)
        g_string_append_c (quoted, '\\');
      g_string_append_c (quoted, *text);
    }
  return g_string_free (quoted, FALSE);
}

char *
completion_word_common (const GPtrArray *words)
{
  const char *first = g_ptr_array_index (words, 0);
  size_t length = strlen (first);

  for (guint i = 1; i < words->len; i++)
    {
      const char *other = g_ptr_array_index (words, i);
      size_t shared = 0;

      while (shared < length && first[shared] == other[shared])
        shared++;
      length = shared;
    }
  while (length > 0 && !g_utf8_validate (first, (gssize)length, NULL))
    length--;
  return g_strndup (first, length);
}
