/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What a terminal, a log and a widget get to see of hostile bytes. */

#include "config.h"

#include "escape.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

typedef struct
{
  const char *bytes;
  size_t length;
  const char *escaped;
  const char *displayed;
} Case;

#define CASE(literal, escaped, displayed)                                                          \
  {                                                                                                \
    literal, sizeof (literal) - 1, escaped, displayed                                              \
  }
#define HOLE "\xef\xbf\xbd" /* U+FFFD */

static const Case cases[] = {
  CASE ("", "", ""),
  CASE ("report.txt", "report.txt", "report.txt"),
  CASE ("a b", "a b", "a b"),
  CASE ("\xe6\x96\x87\xe4\xbb\xb6", "\xe6\x96\x87\xe4\xbb\xb6", "\xe6\x96\x87\xe4\xbb\xb6"),
  CASE ("\xf0\x9f\x9b\xb6", "\xf0\x9f\x9b\xb6", "\xf0\x9f\x9b\xb6"),
  CASE ("e\xcc\x81", "e\xcc\x81", "e\xcc\x81"),
  CASE ("<b>&amp;%s", "<b>&amp;%s", "<b>&amp;%s"),
  CASE ("\xc2\xa0", "\xc2\xa0", "\xc2\xa0"), /* one above C1 */
  CASE ("~", "~", "~"),                      /* one below DEL */
  /* the escape character itself */
  CASE ("\\", "\\\\", "\\"),
  CASE ("a\\nb", "a\\\\nb", "a\\nb"),
  CASE ("\\x1b", "\\\\x1b", "\\x1b"),
  /* C0 and DEL */
  CASE ("\n", "\\n", HOLE),
  CASE ("a\nb", "a\\nb", "a" HOLE "b"),
  CASE ("\t", "\\t", HOLE),
  CASE ("\r", "\\x0d", HOLE),
  CASE ("\r\n", "\\x0d\\n", HOLE HOLE),
  CASE ("\0", "\\x00", HOLE),
  CASE ("a\0b", "a\\x00b", "a" HOLE "b"),
  CASE ("\x01", "\\x01", HOLE),
  CASE ("\x1f", "\\x1f", HOLE),
  CASE ("\x7f", "\\x7f", HOLE),
  CASE ("\b\b", "\\x08\\x08", HOLE HOLE),
  /* terminal sequences */
  CASE ("\x1b[2J", "\\x1b[2J", HOLE "[2J"),
  CASE ("\x1b]0;t\x07", "\\x1b]0;t\\x07", HOLE "]0;t" HOLE),
  CASE ("\x1b]52;c;aGk=\x1b\\", "\\x1b]52;c;aGk=\\x1b\\\\", HOLE "]52;c;aGk=" HOLE "\\"),
  CASE ("\x9b[m", "\\x9b[m", HOLE "[m"),         /* C1 as a byte: not UTF-8 */
  CASE ("\xc2\x9b[m", "\\u{009b}[m", HOLE "[m"), /* C1 in UTF-8 */
  CASE ("\xc2\x80", "\\u{0080}", HOLE),
  CASE ("\xc2\x85", "\\u{0085}", HOLE),
  CASE ("\xc2\x9f", "\\u{009f}", HOLE),
  /* direction and lines */
  CASE ("\xe2\x80\xae"
        "gpj.exe",
        "\\u{202e}gpj.exe",
        HOLE "gpj.exe"),
  CASE ("\xe2\x80\xaa", "\\u{202a}", HOLE),
  CASE ("\xe2\x80\xa9", "\\u{2029}", HOLE),
  CASE ("\xe2\x80\xa8", "\\u{2028}", HOLE),
  CASE ("\xe2\x80\xaf", "\xe2\x80\xaf", "\xe2\x80\xaf"), /* one above the overrides */
  CASE ("\xe2\x80\x90", "\xe2\x80\x90", "\xe2\x80\x90"), /* one above the marks */
  CASE ("\xe2\x81\xa5", "\xe2\x81\xa5", "\xe2\x81\xa5"), /* one below the isolates */
  CASE ("\xe2\x81\xaa", "\xe2\x81\xaa", "\xe2\x81\xaa"), /* one above them */
  CASE ("\xe2\x80\xa7", "\xe2\x80\xa7", "\xe2\x80\xa7"), /* one below the separators */
  CASE ("\xd8\x9b", "\xd8\x9b", "\xd8\x9b"),
  CASE ("\xd8\x9d", "\xd8\x9d", "\xd8\x9d"),
  CASE ("\xe2\x80\x8e", "\\u{200e}", HOLE),
  CASE ("\xe2\x80\x8f", "\\u{200f}", HOLE),
  CASE ("\xe2\x81\xa6", "\\u{2066}", HOLE),
  CASE ("\xe2\x81\xa9", "\\u{2069}", HOLE),
  CASE ("\xd8\x9c", "\\u{061c}", HOLE),
  CASE ("\xe2\x80\x8d", "\xe2\x80\x8d", "\xe2\x80\x8d"), /* joiner: part of emoji and Persian */
  /* not UTF-8: byte by byte */
  CASE ("\x80", "\\x80", HOLE),
  CASE ("\xff\xfe", "\\xff\\xfe", HOLE HOLE),
  CASE ("caf\xe9", "caf\\xe9", "caf" HOLE),
  CASE ("\xc3(", "\\xc3(", HOLE "("),
  CASE ("\xe2\x82", "\\xe2\\x82", HOLE HOLE),
  CASE ("\xe2\x82x", "\\xe2\\x82x", HOLE HOLE "x"),
  CASE ("\xc0\xaf", "\\xc0\\xaf", HOLE HOLE),
  CASE ("\xed\xa0\x80", "\\xed\\xa0\\x80", HOLE HOLE HOLE),
  CASE ("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80", HOLE HOLE HOLE HOLE),
  CASE ("\xf0\x9f\x9b", "\\xf0\\x9f\\x9b", HOLE HOLE HOLE),
};

static void
test_golden (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      /* Without a NUL behind it, so that a sanitizer sees a read past it. */
      g_autofree char *bytes = g_memdup2 (cases[i].bytes, cases[i].length);
      const char *start = bytes != NULL ? bytes : "";
      g_autofree char *escaped = sampan_escape (start, (gssize)cases[i].length, 0);
      g_autofree char *displayed = sampan_display_name (start, (gssize)cases[i].length);

      g_assert_cmpstr (escaped, ==, cases[i].escaped);
      g_assert_cmpstr (displayed, ==, cases[i].displayed);
    }
}

static void
test_length (void)
{
  g_autofree char *escaped = sampan_escape ("a\nb", -1, 0);
  g_autofree char *displayed = sampan_display_name ("a\nb", -1);
  g_autofree char *nothing_escaped = sampan_escape ("a\nb", 0, 0);
  g_autofree char *nothing_displayed = sampan_display_name ("a\nb", 0);

  g_assert_cmpstr (escaped, ==, "a\\nb");
  g_assert_cmpstr (displayed, ==, "a" HOLE "b");
  g_assert_cmpstr (nothing_escaped, ==, "");
  g_assert_cmpstr (nothing_displayed, ==, "");
}

/* Every two bytes there are: what comes out is one line of UTF-8 without a control character. */
static void
test_all_pairs (void)
{
  for (unsigned int pair = 0; pair <= UINT16_MAX; pair++)
    {
      const char bytes[2] = { (char)(pair >> 8), (char)(pair & 0xff) };
      g_autofree char *escaped = sampan_escape (bytes, sizeof bytes, 0);
      g_autofree char *displayed = sampan_display_name (bytes, sizeof bytes);

      g_assert_true (g_utf8_validate (escaped, -1, NULL));
      g_assert_true (g_utf8_validate (displayed, -1, NULL));
      for (const char *at = escaped; *at != '\0'; at = g_utf8_next_char (at))
        g_assert_false (g_unichar_iscntrl (g_utf8_get_char (at)));
      for (const char *at = displayed; *at != '\0'; at = g_utf8_next_char (at))
        g_assert_false (g_unichar_iscntrl (g_utf8_get_char (at)));
    }
}

static const struct
{
  const char *bytes;
  size_t max_bytes;
  const char *expected;
} cut_cases[] = {
  { "abcd", 4, "abcd" },
  { "abcde", 4, "abcd..." },
  { "a", 1, "a" },
  { "ab", 1, "a..." },
  { "a\n", 3, "a\\n" },
  { "a\n", 2, "a..." },
  { "\x1b", 4, "\\x1b" },
  { "\x1b", 3, "..." },
  { "\x1b\x1b", 7, "\\x1b..." },
  { "\xe2\x80\xae", 8, "\\u{202e}" },
  { "\xe2\x80\xae", 7, "..." },
  { "a\xe6\x96\x87", 4, "a\xe6\x96\x87" },
  { "a\xe6\x96\x87", 3, "a..." },
  { "a\xe6\x96\x87", 2, "a..." },
  { "\\", 2, "\\\\" },
  { "\\", 1, "..." },
  { "", 1, "" },
};

static void
test_cut (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (cut_cases); i++)
    {
      g_autofree char *escaped = sampan_escape (cut_cases[i].bytes, -1, cut_cases[i].max_bytes);

      g_assert_cmpstr (escaped, ==, cut_cases[i].expected);
    }
}

/* At each limit: a whole number of pieces of the uncut text, and no piece more would have fitted.
 */
static void
test_cut_anywhere (void)
{
  static const char bytes[] = "a\n\x1b\xe2\x80\xae\xe6\x96\x87\\\xff\xc2\x9bz";
  static const char *const pieces[] = { "a",    "\\n",   "\\x1b",     "\\u{202e}", "\xe6\x96\x87",
                                        "\\\\", "\\xff", "\\u{009b}", "z" };
  g_autofree char *whole = sampan_escape (bytes, -1, 0);

  for (size_t max_bytes = 1; max_bytes <= strlen (whole); max_bytes++)
    {
      g_autofree char *escaped = sampan_escape (bytes, -1, max_bytes);
      g_autoptr (GString) expected = g_string_new (NULL);
      size_t i = 0;

      while (i < G_N_ELEMENTS (pieces) && expected->len + strlen (pieces[i]) <= max_bytes)
        g_string_append (expected, pieces[i++]);
      if (i < G_N_ELEMENTS (pieces))
        g_string_append (expected, "...");
      g_assert_cmpstr (escaped, ==, expected->str);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/escape/golden", test_golden);
  g_test_add_func ("/escape/length", test_length);
  g_test_add_func ("/escape/all-pairs", test_all_pairs);
  g_test_add_func ("/escape/cut", test_cut);
  g_test_add_func ("/escape/cut-anywhere", test_cut_anywhere);
  return g_test_run ();
}
