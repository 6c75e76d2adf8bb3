/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Which names a pattern matches. */

#include "config.h"

#include "storage/name-pattern.h"

#include <string.h>

static const struct
{
  const char *pattern;
  const char *name;
  bool matches;
} cases[] = {
  { "", "anything", true },
  { "a", "A", true },
  { "A", "bab", true },
  { "ab", "a", false },
  { "*", "", true },
  { "*", "name", true },
  { "?", "a", true },
  { "?", "", false },
  { "?", "ab", false },
  { "a*", "ab", true },
  { "a*", "ba", false },
  { "*a", "ba", true },
  { "*.jpg", "IMG.JPG", true },
  { "*.jpg", "img.jpeg", false },
  { "*.jpg", "a.jpg.jpg", true },
  { "a*b*c", "aXbYbZc", true },
  { "a*b*c", "aXbYbZ", false },
  { "**", "x", true },
  { "a?c", "abc", true },
  { "a?c", "ac", false },
  { "*?", "", false },
  /* nothing else has a meaning */
  { "[ab]", "a", false },
  { "[ab]", "x[AB]y", true },
  { "\\*", "\\x", true },
  { ".", "name", false },
  /* letters of other languages, in either form */
  { "\xc3\xa9t\xc3\xa9", "\xc3\x89T\xc3\x89", true },
  { "e\xcc\x81", "\xc3\x89", true },
  { "\xc3\xa9", "E\xcc\x81", true },
  { "?t?", "\xc3\xa9t\xc3\xa9", true },
  { "??", "\xe5\x9b\xbe\xe7\x89\x87", true },
  { "?", "\xe5\x9b\xbe\xe7\x89\x87", false },
  { "\xe7\x89\x87", "\xe5\x9b\xbe\xe7\x89\x87.png", true },
  /* no UTF-8 */
  { "caf\xe9", "CAF\xe9.txt", true },
  { "caf?.txt", "caf\xe9.TXT", true },
  { "*\xe9*", "caf\xe9.TXT", true },
  { "\xff", "\xfe", false },
};

static void
test_cases (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SampanNamePattern) pattern = sampan_name_pattern_new (
          (SampanBytes){ (const uint8_t *)cases[i].pattern, strlen (cases[i].pattern) });

      g_test_message ("%s on %s", cases[i].pattern, cases[i].name);
      g_assert_cmpint (sampan_name_pattern_matches (pattern, cases[i].name), ==, cases[i].matches);
    }
}

/* No pattern makes the server think long: trying all ways would never end. */
static void
test_stubborn (void)
{
  g_autofree char *name = g_strnfill (SAMPAN_NAME_MAX, 'a');
  GString *text = g_string_new (NULL);
  g_autoptr (SampanNamePattern) pattern = NULL;

  while (text->len < SAMPAN_FIND_PATTERN_MAX - 3)
    g_string_append (text, "*a");
  g_string_append (text, "*b");
  pattern = sampan_name_pattern_new ((SampanBytes){ (const uint8_t *)text->str, text->len });
  g_assert_false (sampan_name_pattern_matches (pattern, name));
  g_string_free (text, TRUE);
}

/* A NUL ends a pattern as it ends every name. */
static void
test_nul (void)
{
  g_autoptr (SampanNamePattern) pattern =
      sampan_name_pattern_new ((SampanBytes){ (const uint8_t *)"a\0b", 3 });

  g_assert_true (sampan_name_pattern_matches (pattern, "xay"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/name-pattern/cases", test_cases);
  g_test_add_func ("/name-pattern/stubborn", test_stubborn);
  g_test_add_func ("/name-pattern/nul", test_nul);
  return g_test_run ();
}
