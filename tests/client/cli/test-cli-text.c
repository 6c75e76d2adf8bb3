/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What the command line makes of bytes: JSON lines, the progress line, words to complete. */

#include "config.h"

#include "completion-word.h"
#include "json-line.h"
#include "progress-bar.h"
#include "typed-values.h"

#include <locale.h>
#include <string.h>

typedef struct
{
  const char *bytes;
  const char *json;
} JsonCase;

static const JsonCase json_cases[] = {
  { "plain", "{\"name\":\"plain\"}" },
  { "", "{\"name\":\"\"}" },
  { "quote\" back\\slash", "{\"name\":\"quote\\u0022 back\\u005cslash\"}" },
  { "new\nline\x1b\x7f", "{\"name\":\"new\\u000aline\\u001b\\u007f\"}" },
  { "\xc2\x9b", "{\"name\":\"\\u009b\"}" },     /* C1: a terminal's CSI */
  { "\xe2\x80\xae", "{\"name\":\"\\u202e\"}" }, /* right-to-left override */
  { "\xe2\x80\xa8", "{\"name\":\"\\u2028\"}" }, /* line separator */
  { "\xe4\xb8\xad\xf0\x9f\x98\x80", "{\"name\":\"\xe4\xb8\xad\xf0\x9f\x98\x80\"}" },
  { "\xff.", "{\"name\":\"\xef\xbf\xbd.\",\"name_bytes\":\"/y4=\"}" },
};

static void
test_json_bytes (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (json_cases); i++)
    {
      g_auto (JsonLine) line = JSON_LINE_INIT;

      json_line_add_bytes (&line, "name", json_cases[i].bytes);
      g_assert_cmpstr (json_line_end (&line), ==, json_cases[i].json);
    }
}

static void
test_json_members (void)
{
  g_auto (JsonLine) line = JSON_LINE_INIT;
  g_auto (JsonLine) empty = JSON_LINE_INIT;
  const uint8_t id[] = { 0x00, 0xff, 0x1a };

  json_line_add_uint (&line, "most", UINT64_MAX);
  json_line_add_int (&line, "least", INT64_MIN);
  json_line_add_hex (&line, "id", id, sizeof id);
  g_assert_cmpstr (json_line_end (&line),
                   ==,
                   "{\"most\":18446744073709551615,\"least\":-9223372036854775808,"
                   "\"id\":\"00ff1a\"}");
  g_assert_cmpstr (json_line_end (&empty), ==, "{}");
}

static unsigned int
columns_of (const char *text)
{
  unsigned int columns = 0;

  for (; *text != '\0'; text = g_utf8_next_char (text))
    columns += g_unichar_iswide (g_utf8_get_char (text)) ? 2 : 1;
  return columns;
}

/* Whatever is shown: it fits, and nothing of a name moves the cursor. */
static void
test_progress_fits (void)
{
  static const char *const names[] = {
    "a",
    "\xe4\xb8\xad\xe6\x96\x87\xe5\xad\x97\xe7\xac\xa6\xe4\xb8\xad\xe6\x96\x87\xe5\xad\x97",
    "esc\x1b[31m\r\n",
    "\xff\xfe",
    "a name that is a good deal longer than what a terminal has "
    "room for beside the figures",
  };

  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    for (int state = SAMPAN_TRANSFER_WAITING; state <= SAMPAN_TRANSFER_CANCELLED; state++)
      for (unsigned int columns = 1; columns < 200; columns++)
        {
          ProgressView view = {
            names[i], (SampanTransferState)state, true, 5, 10, 0, UINT64_MAX, G_MAXINT, 3, 12
          };
          g_autofree char *line = progress_bar_format (&view, columns);

          g_assert_true (g_utf8_validate (line, -1, NULL));
          for (const char *p = line; *p != '\0'; p = g_utf8_next_char (p))
            g_assert_false (g_unichar_iscntrl (g_utf8_get_char (p)));
          g_assert_cmpuint (columns_of (line), <=, columns);
        }
}

static void
test_progress_says (void)
{
  ProgressView view = { "file", SAMPAN_TRANSFER_SENDING, true, 25, 100, 15, 10, 90, 1, 1 };
  g_autofree char *sending = progress_bar_format (&view, 100);
  g_autofree char *saving = NULL;
  g_autofree char *done = NULL;
  g_autofree char *empty = NULL;

  g_assert_nonnull (strstr (sending, " 25%"));
  g_assert_nonnull (strstr (sending, "1:30"));
  g_assert_nonnull (strstr (sending, "[##==-"));
  view.state = SAMPAN_TRANSFER_SAVING;
  saving = progress_bar_format (&view, 100);
  g_assert_nonnull (strstr (saving, "sent"));
  g_assert_null (strstr (saving, "safe"));
  view.state = SAMPAN_TRANSFER_DONE;
  done = progress_bar_format (&view, 100);
  g_assert_nonnull (strstr (done, "safe on the box"));
  view = (ProgressView){ "empty", SAMPAN_TRANSFER_SENDING, true, 0, 0, 0, 0, -1, 1, 1 };
  empty = progress_bar_format (&view, 100);
  g_assert_nonnull (strstr (empty, "100%"));
}

typedef struct
{
  const char *line;
  const char *command; /* NULL: it is being typed */
  unsigned int index;
  size_t start;
  const char *text;
} WordCase;

static const WordCase word_cases[] = {
  { "", NULL, 0, 0, "" },
  { "ge", NULL, 0, 0, "ge" },
  { "get ", "get", 1, 4, "" },
  { "get a b", "get", 2, 6, "b" },
  { "get  a\\ b", "get", 1, 5, "a b" },
  { "get 'a b", "get", 1, 4, "a b" },
  { "get \"a 'b", "get", 1, 4, "a 'b" },
  { "get 'a\\", "get", 1, 4, "a\\" },
  { "get a\\", "get", 1, 4, "a\\" },
};

static void
test_word_scan (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (word_cases); i++)
    {
      g_auto (CompletionWord) word = COMPLETION_WORD_INIT;

      completion_word_scan (&word, word_cases[i].line);
      g_assert_cmpstr (word.command, ==, word_cases[i].command);
      g_assert_cmpuint (word.index, ==, word_cases[i].index);
      g_assert_cmpuint (word.start, ==, word_cases[i].start);
      g_assert_cmpstr (word.text, ==, word_cases[i].text);
    }
}

/* What is inserted comes out of the shell's own parser as it was. */
static void
test_word_quote (void)
{
  static const char *const names[] = { "a b",         "it's", "\"", "back\\slash",
                                       "$HOME",       "#not", "~",  "*?[]{}()<>|&;!`",
                                       "\xe4\xb8\xad" };

  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *quoted = completion_word_quote (names[i]);
      g_auto (GStrv) words = NULL;

      g_assert_true (g_shell_parse_argv (quoted, NULL, &words, NULL));
      g_assert_cmpuint (g_strv_length (words), ==, 1);
      g_assert_cmpstr (words[0], ==, names[i]);
    }
}

static void
test_word_common (void)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  g_autofree char *one = NULL;
  g_autofree char *two = NULL;
  g_autofree char *cut = NULL;

  g_ptr_array_add (words, (gpointer) "file one\xc3\xa4");
  one = completion_word_common (words);
  g_assert_cmpstr (one, ==, "file one\xc3\xa4");
  g_ptr_array_add (words, (gpointer) "file one\xc3\xb6"); /* the same first byte */
  cut = completion_word_common (words);
  g_assert_cmpstr (cut, ==, "file one");
  g_ptr_array_add (words, (gpointer) "other");
  two = completion_word_common (words);
  g_assert_cmpstr (two, ==, "");
}

static void
test_typed_sizes (void)
{
  static const struct
  {
    const char *text;
    bool is_legal;
    uint64_t size;
  } cases[] = {
    { "0", true, 0 },           { "10", true, 10 },
    { "4k", true, 4000 },       { "4K", true, 4000 },
    { "4Ki", true, 4096 },      { "2.5M", true, 2500000 },
    { "1G", true, 1000000000 }, { "1Ti", true, G_GUINT64_CONSTANT (1) << 40 },
    { "", false, 0 },           { "k", false, 0 },
    { "-1", false, 0 },         { "1x", false, 0 },
    { "1kk", false, 0 },        { "1 k", false, 0 },
    { "inf", false, 0 },        { "1e300", false, 0 },
  };
  uint64_t min = 1;
  uint64_t max = 2;

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      uint64_t size = 0;

      g_test_message ("%s", cases[i].text);
      g_assert_cmpint (typed_read_size (cases[i].text, &size), ==, cases[i].is_legal);
      g_assert_cmpuint (size, ==, cases[i].size);
    }
  g_assert_true (typed_read_range ("3..", &min, &max));
  g_assert_cmpuint (min, ==, 3);
  g_assert_cmpuint (max, ==, 2);
  g_assert_true (typed_read_range ("..4", &min, &max));
  g_assert_cmpuint (min, ==, 3);
  g_assert_cmpuint (max, ==, 4);
  g_assert_true (typed_read_range ("5", &min, &max));
  g_assert_cmpuint (min, ==, 5);
  g_assert_cmpuint (max, ==, 5);
  g_assert_false (typed_read_range ("..", &min, &max));
  g_assert_false (typed_read_range ("1..x", &min, &max));
}

static void
test_typed_times (void)
{
  static const struct
  {
    const char *text;
    bool is_legal;
    int64_t seconds;
  } cases[] = {
    { "30s", true, 999970 },
    { "2m", true, 999880 },
    { "1h", true, 996400 },
    { "1d", true, 913600 },
    { "1w", true, 395200 },
    { "2026-11-20T08:00:00Z", true, 1795161600 },
    { "2026-11-20T08:00:00+01:00", true, 1795158000 },
    { "1y", false, 0 },
    { "d", false, 0 },
    { "-1d", false, 0 },
    { "1dd", false, 0 },
    { "yesterday", false, 0 },
    { "2026-13-20", false, 0 },
    { "\xff", false, 0 },
  };
  g_autoptr (GDateTime) midnight = g_date_time_new_local (2026, 11, 20, 0, 0, 0);
  int64_t seconds = 0;

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      seconds = 0;
      g_assert_cmpint (typed_read_time (cases[i].text, 1000000, &seconds), ==, cases[i].is_legal);
      g_assert_cmpint (seconds, ==, cases[i].seconds);
    }
  g_assert_true (typed_read_time ("2026-11-20", 0, &seconds));
  g_assert_cmpint (seconds, ==, g_date_time_to_unix (midnight));
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/json/bytes", test_json_bytes);
  g_test_add_func ("/cli/json/members", test_json_members);
  g_test_add_func ("/cli/progress/fits", test_progress_fits);
  g_test_add_func ("/cli/progress/says", test_progress_says);
  g_test_add_func ("/cli/word/scan", test_word_scan);
  g_test_add_func ("/cli/word/quote", test_word_quote);
  g_test_add_func ("/cli/word/common", test_word_common);
  g_test_add_func ("/cli/typed/sizes", test_typed_sizes);
  g_test_add_func ("/cli/typed/times", test_typed_times);
  return g_test_run ();
}
