/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What is typed at the shell's prompt and behind options: words with their quotes, sizes, times. */

#include "config.h"

#include "completion-word.h"
#include "escape.h"
#include "fuzz.h"
#include "typed-values.h"

#include <glib.h>
#include <string.h>

#define NOW_SECS 1700000000

/* A quoted word is read back as it was, if it is one that can be typed. */
static void
check_quoted (const char *text)
{
  g_autofree char *shown = sampan_escape (text, -1, 0);
  g_autofree char *quoted = completion_word_quote (text);
  g_autofree char *line = g_strconcat ("get ", quoted, NULL);
  g_auto (GStrv) words = NULL;
  g_auto (CompletionWord) word = COMPLETION_WORD_INIT;

  if (strcmp (shown, text) != 0)
    return;
  completion_word_scan (&word, line);
  g_assert_cmpstr (word.command, ==, "get");
  g_assert_cmpuint (word.index, ==, 1);
  g_assert_cmpstr (word.text, ==, text);
  if (text[0] == '\0')
    return;
  g_assert_true (g_shell_parse_argv (line, NULL, &words, NULL)); /* as the shell's loop does */
  g_assert_cmpuint (g_strv_length (words), ==, 2);
  g_assert_cmpstr (words[1], ==, text);
}

static void
check_values (const char *text)
{
  uint64_t size, min, max;
  int64_t seconds;

  (void)!typed_read_size (text, &size);
  (void)!typed_read_range (text, &min, &max);
  (void)!typed_read_time (text, NOW_SECS, &seconds);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup (size > 0 ? (const char *)data : "", size);
  g_auto (CompletionWord) word = COMPLETION_WORD_INIT;

  completion_word_scan (&word, text);
  g_assert_nonnull (word.text);
  g_assert_cmpuint (word.start, <=, strlen (text));
  g_assert_cmpint (word.command == NULL, ==, word.index == 0);
  check_quoted (text);
  check_values (text);
  return 0;
}
