/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Cases E14, I1 and I2: one event is one line that can be read back, whatever the values hold;
 * names that nobody has are not shown. */

#include "config.h"

#include "log.h"

#include "commands/json-text.h"
#include "log-limit.h"
#include "log-line.h"
#include "secret.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define VALUE_MAX_BYTES 1024
#define CUT_MARK "..."
#define FLOOD_EVENTS 6000

/* What is written to stderr between the two. */
static int saved_stderr;
static int capture_fd;

static void
capture_start (void)
{
  g_autofree char *name = NULL;

  capture_fd = g_file_open_tmp ("sampan-log-XXXXXX", &name, NULL);
  g_assert_cmpint (capture_fd, >=, 0);
  g_assert_cmpint (unlink (name), ==, 0);
  saved_stderr = dup (STDERR_FILENO);
  g_assert_cmpint (dup2 (capture_fd, STDERR_FILENO), ==, STDERR_FILENO);
}

static char *
capture_end (void)
{
  off_t length = lseek (capture_fd, 0, SEEK_END);
  char *text = g_malloc0 ((gsize)length + 1);

  g_assert_cmpint (dup2 (saved_stderr, STDERR_FILENO), ==, STDERR_FILENO);
  g_assert_cmpint (pread (capture_fd, text, (size_t)length, 0), ==, length);
  close (saved_stderr);
  close (capture_fd);
  return text;
}

/* ---- Reading a line back ---- */

static void
unescape_one (const char **at, GString *text)
{
  guint64 number;
  char *end;

  switch (*(*at)++)
    {
    case 'n':
      g_string_append_c (text, '\n');
      break;
    case 't':
      g_string_append_c (text, '\t');
      break;
    case '\\':
      g_string_append_c (text, '\\');
      break;
    case '"':
      g_string_append_c (text, '"');
      break;
    case 'x':
      g_string_append_c (text,
                         (char)(g_ascii_xdigit_value ((*at)[0]) << 4 |
                                g_ascii_xdigit_value ((*at)[1])));
      *at += 2;
      break;
    case 'u':
      g_assert_cmpint (**at, ==, '{');
      number = g_ascii_strtoull (*at + 1, &end, 16);
      g_assert_cmpint (*end, ==, '}');
      g_string_append_unichar (text, (gunichar)number);
      *at = end + 1;
      break;
    default:
      g_assert_not_reached ();
    }
}

/* Reads `word`, `key=value` or `key="value"`; what has no '=' has a NULL value. */
static char *
read_word (const char **at, char **value)
{
  g_autoptr (GString) text = g_string_new (NULL);
  char *key = NULL;
  bool quoted = false;

  for (; **at != '\0' && (quoted || **at != ' ');)
    {
      char c = *(*at)++;

      if (c == '\\')
        unescape_one (at, text);
      else if (c == '"')
        quoted = !quoted;
      else if (c == '=' && !quoted && key == NULL)
        {
          key = g_strdup (text->str);
          g_string_truncate (text, 0);
        }
      else
        g_string_append_c (text, c);
    }
  g_assert_false (quoted);
  if (**at == ' ')
    (*at)++;
  *value = key != NULL ? g_strdup (text->str) : NULL;
  return key != NULL ? key : g_strdup (text->str);
}

static void
assert_word (const char **at, const char *key, const char *value)
{
  g_autofree char *found_value = NULL;
  g_autofree char *found = read_word (at, &found_value);

  g_assert_cmpstr (found, ==, key);
  g_assert_cmpstr (found_value, ==, value);
}

/* 2026-11-20T12:00:00.000Z */
static void
assert_time (const char **at)
{
  g_autofree char *nothing = NULL;
  g_autofree char *time = read_word (at, &nothing);
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) parsed = g_date_time_new_from_iso8601 (time, utc);

  g_assert_cmpuint (strlen (time), ==, strlen ("2026-11-20T12:00:00.000Z"));
  g_assert_nonnull (parsed);
}

static void
assert_printable (const char *line)
{
  g_assert_true (g_utf8_validate (line, -1, NULL));
  for (const char *c = line; *c != '\0'; c = g_utf8_next_char (c))
    g_assert_true (*c == ' ' || g_unichar_isgraph (g_utf8_get_char (c)));
}

/* ---- Tests ---- */

static const char *const values[] = {
  "ann",
  "",
  " ",
  "two words",
  "line\nbreak",
  "\n2026-11-20T12:00:00.000Z notice login user=root outcome=ok",
  "x outcome=ok",
  "a=b",
  "\"",
  "\"quoted\" \\\" and more",
  "\\n",
  "\\",
  "\\\\\"",
  "%s%n%d%%",
  "\033[2J\033]0;title\007",
  "\r\t\b\177",
  "\xc3\xa9t\xc3\xa9",
  "\xff\xfe\x80",
  "\xe2\x80\xae"
  "txt.exe",
  "\xe2\x80\xa8line separator",
  "\xc2\x85next line",
};

static void
test_injection (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autofree char *text = NULL;
      const char *at;

      capture_start ();
      sampan_log_event (SAMPAN_LOG_NOTICE,
                        "login",
                        "user",
                        values[i],
                        "left-out",
                        NULL,
                        "source",
                        "192.0.2.7",
                        NULL);
      text = capture_end ();
      g_assert_true (g_str_has_suffix (text, "\n"));
      text[strlen (text) - 1] = '\0';
      assert_printable (text);
      at = text;
      assert_time (&at);
      assert_word (&at, "notice", NULL);
      assert_word (&at, "login", NULL);
      assert_word (&at, "user", values[i]);
      assert_word (&at, "source", "192.0.2.7");
      g_assert_cmpstr (at, ==, "");
    }
}

static void
test_format (void)
{
  g_autofree char *text = NULL;

  capture_start ();
  sampan_log_event (SAMPAN_LOG_WARNING, "put", "user", "ann", "file", "a b", NULL);
  text = capture_end ();
  g_assert_cmpstr (strchr (text, ' '), ==, " warning put user=ann file=\"a b\"\n");
}

static void
test_bounds (void)
{
  static const struct
  {
    char fill;
    size_t length;
    size_t shown; /* bytes between the quotes or blanks */
  } cases[] = {
    { 'x', VALUE_MAX_BYTES, VALUE_MAX_BYTES },
    { 'x', VALUE_MAX_BYTES + 1, VALUE_MAX_BYTES + strlen (CUT_MARK) },
    { 'x', 100000, VALUE_MAX_BYTES + strlen (CUT_MARK) },
    { '\n', 100000, VALUE_MAX_BYTES + strlen (CUT_MARK) },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *value = g_strnfill (cases[i].length, cases[i].fill);
      g_autofree char *text = NULL;
      const char *shown;

      capture_start ();
      sampan_log_event (SAMPAN_LOG_NOTICE, "bound", "v", value, NULL);
      text = capture_end ();
      shown = strstr (text, " v=") + strlen (" v=");
      g_assert_cmpuint (strcspn (shown, "\n"), ==, cases[i].shown);
    }
}

static void
test_levels (void)
{
  g_autofree char *text = NULL;

  capture_start ();
  sampan_log_event (SAMPAN_LOG_DEBUG, "hidden", NULL);
  sampan_log_event (SAMPAN_LOG_INFO, "shown", NULL);
  sampan_log_event (SAMPAN_LOG_ERROR, "bad", NULL);
  text = capture_end ();
  g_assert_null (strstr (text, "hidden"));
  g_assert_nonnull (strstr (text, " info shown\n"));
  g_assert_nonnull (strstr (text, " error bad\n"));
}

static void
test_glib (void)
{
  g_autofree char *text = NULL;

  capture_start ();
  g_log ("Domain", G_LOG_LEVEL_MESSAGE, "from %s\nbelow", "GLib");
  g_log ("Domain", G_LOG_LEVEL_DEBUG, "not this");
  text = capture_end ();
  g_assert_nonnull (strstr (text, " notice message domain=Domain text="));
  g_assert_nonnull (strstr (text, "\"from GLib\\nbelow\"\n"));
  g_assert_null (strstr (text, "not this"));
}

static size_t
count (const char *text, const char *part)
{
  size_t n = 0;

  for (const char *at = text; (at = strstr (at, part)) != NULL; at++)
    n++;
  return n;
}

/* Sum of the counts of what was held back. */
static uint64_t
sum_dropped (const char *text)
{
  static const char mark[] = " count=";
  uint64_t sum = 0;

  for (const char *at = text; (at = strstr (at, "warning log-dropped dropped=")) != NULL;)
    {
      at = strstr (at, mark) + strlen (mark);
      sum += g_ascii_strtoull (at, NULL, 10);
    }
  return sum;
}

/* E14: a flood fills no log, what else happens stays visible, and no count is lost. */
static void
test_flood (void)
{
  g_autofree char *text = NULL;
  size_t written;

  capture_start ();
  for (int i = 0; i < FLOOD_EVENTS; i++)
    sampan_log_event (SAMPAN_LOG_NOTICE, "flood", "source", "192.0.2.7", NULL);
  sampan_log_event (SAMPAN_LOG_NOTICE, "flood", "source", "192.0.2.8", NULL);
  sampan_log_event (SAMPAN_LOG_NOTICE, "calm", "source", "192.0.2.7", NULL);
  sampan_log_settle ();
  sampan_log_settle ();
  text = capture_end ();
  written = count (text, " flood source=192.0.2.7\n");
  g_assert_cmpuint (written, >=, SAMPAN_LOG_SOURCE_BURST);
  g_assert_cmpuint (written, <, FLOOD_EVENTS);
  g_assert_cmpuint (written + sum_dropped (text), ==, FLOOD_EVENTS);
  g_assert_nonnull (strstr (text, "log-dropped dropped=flood count="));
  g_assert_cmpuint (count (text, " flood source=192.0.2.8\n"), ==, 1);
  g_assert_cmpuint (count (text, " calm source=192.0.2.7\n"), ==, 1);
}

typedef struct
{
  unsigned int lines;
  uint64_t held_back;
} Told;

static void
told_cb (const char *event, const char *source, uint64_t held_back, gpointer user_data)
{
  Told *told = user_data;

  told->lines++;
  told->held_back += held_back;
}

/* E14 from many sources: a fixed table, few lines, and still every count. */
static void
test_flood_of_sources (void)
{
  g_autoptr (SampanLogLimit) limit = sampan_log_limit_new ();
  const unsigned int sources = 3 * SAMPAN_LOG_BUCKETS_MAX;
  uint64_t written = 0;
  uint64_t told_before = 0;
  Told told = { 0 };

  for (unsigned int i = 0; i < 2 * sources; i++)
    {
      g_autofree char *source = g_strdup_printf ("2001:db8::%x", i % sources);
      uint64_t held_back = 0;

      written += sampan_log_limit_take (limit, "login", source, 0, &held_back) ? 1 : 0;
      told_before += held_back;
    }
  g_assert_cmpuint (written, ==, SAMPAN_LOG_KIND_BURST);
  g_assert_cmpuint (sampan_log_limit_get_size (limit), <=, SAMPAN_LOG_BUCKETS_MAX + 1);
  sampan_log_limit_settle (limit, 0, told_cb, &told);
  g_assert_cmpuint (written + told_before + told.held_back, ==, 2 * (uint64_t)sources);
  g_assert_cmpuint (told.lines, <=, SAMPAN_LOG_HELD_LINES + 1);

  /* Who has been quiet long enough is forgotten, and may speak again. */
  told = (Told){ 0 };
  sampan_log_limit_settle (limit, G_USEC_PER_SEC * G_GINT64_CONSTANT (3600), told_cb, &told);
  g_assert_cmpuint (told.lines, ==, 0);
  g_assert_cmpuint (sampan_log_limit_get_size (limit), ==, 0);
}

/* The count also comes with the next line that is written. */
static void
test_count_with_next (void)
{
  g_autoptr (SampanLogLimit) limit = sampan_log_limit_new ();
  uint64_t held_back = 0;

  for (int i = 0; i < SAMPAN_LOG_SOURCE_BURST; i++)
    g_assert_true (sampan_log_limit_take (limit, "put", "a", 0, &held_back));
  for (int i = 0; i < 7; i++)
    g_assert_false (sampan_log_limit_take (limit, "put", "a", 0, &held_back));
  g_assert_true (sampan_log_limit_take (limit, "put", "b", 0, &held_back));
  g_assert_cmpuint (held_back, ==, 0);
  g_assert_true (sampan_log_limit_take (limit, "put", "a", G_USEC_PER_SEC, &held_back));
  g_assert_cmpuint (held_back, ==, 7);
}

static void
test_json (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_utc (2026, 11, 20, 12, 0, 0.25);
  g_auto (SampanLogLine) line = { .level = SAMPAN_LOG_NOTICE, .event = "put" };
  g_autofree char *json = NULL;

  sampan_log_line_add (&line, "user", "42");
  sampan_log_line_add (&line, "bytes", "42");
  sampan_log_line_add (&line, "ms", "many");
  json = sampan_log_line_to_json (&line, now);
  g_assert_cmpstr (json,
                   ==,
                   "{\"time\":\"2026-11-20T12:00:00.250Z\",\"level\":\"notice\",\"event\":\"put\","
                   "\"user\":\"42\",\"bytes\":42,\"ms\":\"many\"}\n");
}

/* I1 in JSON: valid UTF-8, one line, and the value of the text. */
static void
test_json_injection (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();

  for (size_t i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_auto (SampanLogLine) line = { .level = SAMPAN_LOG_NOTICE, .event = "login" };
      g_autofree char *json = NULL;
      g_autofree char *found = NULL;

      sampan_log_line_add (&line, "user", values[i]);
      json = sampan_log_line_to_json (&line, now);
      g_assert_cmpuint (strcspn (json, "\n"), ==, strlen (json) - 1);
      json[strlen (json) - 1] = '\0';
      assert_printable (json);
      found = sampan_json_find (json, "user");
      g_assert_cmpstr (found, ==, line.pairs[0].value);
    }
}

static void
test_unknown_name (void)
{
  g_autofree char *first = sampan_log_unknown_name ("secret", 6);
  g_autofree char *same = sampan_log_unknown_name ("secret and more", 6);
  g_autofree char *other = sampan_log_unknown_name ("secret2", 7);
  g_autofree char *empty = sampan_log_unknown_name ("", 0);

  g_assert_cmpstr (first, ==, same);
  g_assert_cmpstr (first, !=, other);
  g_assert_cmpuint (strlen (first), ==, strlen (empty));
  g_assert_null (strstr (first, "secret"));
}

/* The key is of this process: two of them show the same name differently. */
static void
test_unknown_name_key (void)
{
  g_autofree char *name = sampan_log_unknown_name ("secret", 6);
  g_autofree char *pattern = g_strdup_printf ("*%s*", name);

  if (g_test_subprocess ())
    {
      g_print ("%s\n", name);
      return;
    }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stdout_unmatched (pattern);
}

int
main (int argc, char **argv)
{
  g_unsetenv ("JOURNAL_STREAM");
  g_test_init (&argc, &argv, NULL);
  g_assert_true (sampan_crypto_init ());
  sampan_log_init (SAMPAN_LOG_INFO, SAMPAN_LOG_WHERE_IT_GOES);
  g_test_add_func ("/log/I1/injection", test_injection);
  g_test_add_func ("/log/format", test_format);
  g_test_add_func ("/log/bounds", test_bounds);
  g_test_add_func ("/log/levels", test_levels);
  g_test_add_func ("/log/glib", test_glib);
  g_test_add_func ("/log/E14/flood", test_flood);
  g_test_add_func ("/log/E14/flood-of-sources", test_flood_of_sources);
  g_test_add_func ("/log/E14/count-with-next", test_count_with_next);
  g_test_add_func ("/log/json", test_json);
  g_test_add_func ("/log/I1/json-injection", test_json_injection);
  g_test_add_func ("/log/I2/unknown-name", test_unknown_name);
  g_test_add_func ("/log/I2/unknown-name-key", test_unknown_name_key);
  return g_test_run ();
}
