/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* D1, D7, D8, D10: hostile names and paths, and which of them are canonical. */

#include "config.h"

#include "paths.h"

#include "errors.h"
#include "protocol.h"

#include <string.h>

typedef struct
{
  const char *bytes;
  size_t length;
  bool is_legal;
} Case;

/* The length counts NUL bytes inside the literal. */
#define GOOD(literal)                                                                              \
  {                                                                                                \
    literal, sizeof (literal) - 1, true                                                            \
  }
#define BAD(literal)                                                                               \
  {                                                                                                \
    literal, sizeof (literal) - 1, false                                                           \
  }

/* Each is tried alone, as the first, as the middle and as the last component. */
static const Case names[] = {
  /* navigation */
  BAD (""),
  BAD ("."),
  BAD (".."),
  GOOD ("..."),
  GOOD ("...."),
  GOOD (".a"),
  GOOD ("..a"),
  GOOD ("a."),
  GOOD ("a.."),
  GOOD (". "),
  GOOD (" ."),
  GOOD (".. "),
  GOOD (" .."),
  GOOD ("..."
        "\n"),
  GOOD ("..\n"),
  GOOD ("..;"),
  GOOD ("..%00"),
  GOOD ("%2e%2e"),
  GOOD ("%2e%2e%2f"),
  GOOD ("..%2f"),
  GOOD ("%252e%252e"),
  GOOD (".\\."),
  GOOD ("..\\"),
  GOOD ("..\\..\\etc"),
  GOOD (".\xe2\x80\x8b."),           /* zero width space between the dots */
  GOOD ("\xe2\x80\xa6"),             /* one character that looks like three dots */
  GOOD ("\xef\xbc\x8e\xef\xbc\x8e"), /* full-width dots */
  GOOD ("\xef\xbc\x8f"),             /* full-width slash */
  GOOD ("\xe2\x81\x84"),             /* fraction slash */
  GOOD ("\xe2\x88\x95"),             /* division slash */
  GOOD ("\xc0\xae\xc0\xae"),         /* overlong dots */
  GOOD ("\xc0\xaf"),                 /* overlong slash */
  GOOD ("\xe0\x80\xaf"),
  GOOD ("\xc0\x80"), /* overlong NUL */
  /* NUL */
  BAD ("\0"),
  BAD ("\0\0"),
  BAD ("a\0"),
  BAD ("\0a"),
  BAD ("a\0b"),
  BAD (".\0"),
  BAD ("..\0"),
  BAD ("..\0a"),
  BAD ("a.txt\0.exe"),
  /* other systems */
  GOOD ("\\"),
  GOOD ("\\\\"),
  GOOD ("\\\\host\\share"),
  GOOD ("a\\b"),
  GOOD ("C:"),
  GOOD ("C:\\Windows"),
  GOOD ("a:b"),
  GOOD ("a:$DATA"),
  GOOD ("NUL"),
  GOOD ("CON"),
  GOOD ("AUX.txt"),
  GOOD ("COM1"),
  GOOD ("LPT9"),
  GOOD ("a?"),
  GOOD ("a*"),
  GOOD ("<>|"),
  GOOD ("trailing "),
  GOOD (" leading"),
  GOOD (" "),
  GOOD ("~"),
  GOOD ("~root"),
  GOOD (".DS_Store"),
  GOOD ("._a"),
  GOOD ("lost+found"),
  /* shells and options */
  GOOD ("-"),
  GOOD ("--"),
  GOOD ("-rf"),
  GOOD ("--help"),
  GOOD ("$(id)"),
  GOOD ("`id`"),
  GOOD ("$HOME"),
  GOOD ("${IFS}"),
  GOOD ("a;b"),
  GOOD ("a&&b"),
  GOOD ("a|b"),
  GOOD ("a>b"),
  GOOD ("'"),
  GOOD ("\""),
  GOOD ("!"),
  GOOD ("#"),
  GOOD ("%s%n"),
  GOOD ("%"),
  GOOD ("'; DROP TABLE accounts; --"),
  /* markup */
  GOOD ("<b>"),
  GOOD ("&amp;"),
  GOOD ("<span size='99999'>"),
  GOOD ("&"),
  /* control characters */
  GOOD ("\n"),
  GOOD ("\r"),
  GOOD ("\r\n"),
  GOOD ("\t"),
  GOOD ("\a"),
  GOOD ("\b\b\b"),
  GOOD ("\x01"),
  GOOD ("\x1b"),
  GOOD ("\x1b[2J"),
  GOOD ("\x1b[31mred"),
  GOOD ("\x1b]0;title\x07"),
  GOOD ("\x1b]52;c;aGk=\x07"),
  GOOD ("\x1bP"),
  GOOD ("\x7f"),
  GOOD ("\x9b"),
  GOOD ("\x9b"
        "2J"),
  GOOD ("\xc2\x9b"),
  GOOD ("\xc2\x85"),
  GOOD ("line\nline"),
  GOOD ("a\n"),
  /* direction and look-alikes */
  GOOD ("\xe2\x80\xae"),
  GOOD ("gpj\xe2\x80\xae"
        "exe.txt"),
  GOOD ("\xe2\x80\x8f"),
  GOOD ("\xe2\x81\xa6x\xe2\x81\xa9"),
  GOOD ("\xd8\x9c"),
  GOOD ("\xe2\x80\xa8"),
  GOOD ("\xe2\x80\xa9"),
  GOOD ("\xe2\x80\x8b"),
  GOOD ("\xef\xbb\xbf"),
  GOOD ("\xd0\xb0"),         /* Cyrillic a */
  GOOD ("e\xcc\x81"),        /* e and combining acute: another name than the next */
  GOOD ("\xc3\xa9"),         /* e with acute */
  GOOD ("\xf0\x9f\x9b\xb6"), /* canoe */
  GOOD ("\xe6\x96\x87\xe4\xbb\xb6"),
  /* not UTF-8 */
  GOOD ("\x80"),
  GOOD ("\xff"),
  GOOD ("\xfe\xff"),
  GOOD ("\xc3"),
  GOOD ("\xc3("),
  GOOD ("\xe2\x82"),
  GOOD ("\xed\xa0\x80"),     /* lone surrogate */
  GOOD ("\xf4\x90\x80\x80"), /* above U+10FFFF */
  GOOD ("\xf8\x88\x80\x80\x80"),
  GOOD ("caf\xe9"),
  /* what the box itself uses; refused further up, but canonical */
  GOOD (".sampan"),
  GOOD (".Sampan"),
  GOOD (".sampan "),
  GOOD ("etc"),
  GOOD ("passwd"),
  GOOD ("proc"),
  GOOD ("self"),
};

/* Whole paths. */
static const Case paths[] = {
  GOOD (""),
  BAD ("/"),
  BAD ("//"),
  BAD ("///"),
  BAD ("/a"),
  BAD ("//a"),
  BAD ("a/"),
  BAD ("a//"),
  BAD ("a//b"),
  BAD ("a/b/"),
  BAD ("/a/b"),
  BAD ("a/b//c"),
  BAD ("./a"),
  BAD ("a/."),
  BAD ("a/./b"),
  BAD ("../a"),
  BAD ("a/.."),
  BAD ("a/../b"),
  BAD ("a/b/../c"),
  BAD ("a/../../b"),
  BAD ("../.."),
  BAD ("../../../../../../etc/passwd"),
  BAD ("a/b/c/../../../../etc/passwd"),
  BAD ("/etc/passwd"),
  BAD ("/proc/self/root/etc/passwd"),
  BAD ("a/\0"),
  BAD ("a\0/b"),
  BAD ("a/b\0"),
  BAD ("\0/a"),
  BAD ("a/\0/b"),
  BAD ("a/..\0/b"),
  GOOD ("a"),
  GOOD ("a/b"),
  GOOD ("a/b/c"),
  GOOD ("a/..."),
  GOOD (".../a"),
  GOOD ("a/..b"),
  GOOD ("a/b.."),
  GOOD ("a/.b"),
  GOOD ("a\\..\\b"),
  GOOD ("a/\\b"),
  GOOD ("a/ /b"),
  GOOD (" / / "),
  GOOD ("a\n/b"),
  GOOD ("C:/Windows"),
  GOOD ("http:/host"),
  BAD ("http://host"),
  BAD ("sampan://host/share"),
};

static void
check_path (const uint8_t *bytes, size_t length, bool is_legal)
{
  g_autoptr (GError) error = NULL;
  /* Exactly as long as the path, so that a sanitizer sees a read past it. */
  g_autofree uint8_t *copy = g_memdup2 (bytes, length);
  SampanPath *path = sampan_path_new (copy, length, &error);

  if (is_legal)
    {
      g_assert_no_error (error);
      g_assert_cmpmem (sampan_path_get (path), sampan_path_get_length (path), bytes, length);
      g_assert_cmpuint (strlen (sampan_path_get (path)), ==, length);
      sampan_path_unref (path);
    }
  else
    {
      g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_BAD_NAME);
      g_assert_null (path);
    }
}

static void
check_name_at (const Case *name, const char *before, const char *after)
{
  g_autoptr (GByteArray) path = g_byte_array_new ();

  g_byte_array_append (path, (const uint8_t *)before, (guint)strlen (before));
  g_byte_array_append (path, (const uint8_t *)name->bytes, (guint)name->length);
  g_byte_array_append (path, (const uint8_t *)after, (guint)strlen (after));
  check_path (path->data, path->len, name->is_legal);
}

static void
test_names (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_assert_cmpint (sampan_name_is_valid ((const uint8_t *)names[i].bytes, names[i].length),
                       ==,
                       names[i].is_legal);
      if (names[i].length > 0)
        check_name_at (&names[i], "", "");
      check_name_at (&names[i], "", "/z");
      check_name_at (&names[i], "a/", "/z");
      check_name_at (&names[i], "a/", "");
    }
  g_assert_cmpuint (G_N_ELEMENTS (names) * 4 + G_N_ELEMENTS (paths), >=, 300);
}

static void
test_paths (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (paths); i++)
    check_path ((const uint8_t *)paths[i].bytes, paths[i].length, paths[i].is_legal);
}

/* Every byte, alone and beside another. */
static void
test_bytes (void)
{
  for (unsigned int value = 0; value <= UINT8_MAX; value++)
    {
      const uint8_t name[2] = { (uint8_t)value, 'x' };
      bool is_legal = value != 0 && value != '/';

      g_assert_cmpint (sampan_name_is_valid (name, 1), ==, is_legal && value != '.');
      g_assert_cmpint (sampan_name_is_valid (name, 2), ==, is_legal);
    }
}

/* What a log says about each. */
static void
test_explanations (void)
{
  static const struct
  {
    const char *path;
    size_t length;
    const char *expected;
  } cases[] = {
    { "a//b", 4, "*empty*" },
    { "a/..", 4, "*\"..\"*" },
    { "a\0b", 3, "*NUL*" },
  };
  g_autofree char *long_name = g_strnfill (SAMPAN_NAME_MAX + 1, 'n');
  g_autoptr (SampanPath) root = sampan_path_new_root ();
  g_autoptr (GError) too_long = NULL;
  g_autoptr (GError) slash = NULL;

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (sampan_path_new ((const uint8_t *)cases[i].path, cases[i].length, &error));
      g_assert_true (g_pattern_match_simple (cases[i].expected, error->message));
    }
  g_assert_null (sampan_path_get_child (root, long_name, &too_long));
  g_assert_true (g_pattern_match_simple ("*too long*", too_long->message));
  g_assert_null (sampan_path_get_child (root, "a/b", &slash));
  g_assert_true (g_pattern_match_simple ("*slash*", slash->message));
}

/* DEPTH components of LENGTH letters each. */
static GByteArray *
make_path (size_t depth, size_t length)
{
  g_autofree char *name = g_strnfill (length, 'n');
  GByteArray *path = g_byte_array_new ();

  for (size_t i = 0; i < depth; i++)
    {
      if (i > 0)
        g_byte_array_append (path, (const uint8_t *)"/", 1);
      g_byte_array_append (path, (const uint8_t *)name, (guint)length);
    }
  return path;
}

static void
test_limits (void)
{
  static const struct
  {
    size_t depth;
    size_t length;
    bool is_legal;
  } cases[] = {
    { 1, SAMPAN_NAME_MAX, true },
    { 1, SAMPAN_NAME_MAX + 1, false },
    { 1, SAMPAN_PATH_MAX + 1, false },
    { 2, SAMPAN_NAME_MAX + 1, false },
    { SAMPAN_DEPTH_MAX, 1, true },
    { SAMPAN_DEPTH_MAX + 1, 1, false },
    { SAMPAN_DEPTH_MAX, 31, true }, /* 4095 bytes */
    { 16, SAMPAN_NAME_MAX, true },  /* 4095 bytes */
    { 17, SAMPAN_NAME_MAX, false },
    { 10000, 1, false },
    { 1, 65536, false },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GByteArray) path = make_path (cases[i].depth, cases[i].length);

      check_path (path->data, path->len, cases[i].is_legal);
    }
}

/* The length limit alone: all else in order. */
static void
test_length_limit (void)
{
  g_autoptr (GByteArray) path = make_path (17, 240);

  g_assert_cmpuint (path->len, ==, SAMPAN_PATH_MAX);
  check_path (path->data, path->len, true);
  g_byte_array_append (path, (const uint8_t *)"n", 1);
  check_path (path->data, path->len, false);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/paths/names", test_names);
  g_test_add_func ("/paths/paths", test_paths);
  g_test_add_func ("/paths/bytes", test_bytes);
  g_test_add_func ("/paths/explanations", test_explanations);
  g_test_add_func ("/paths/limits", test_limits);
  g_test_add_func ("/paths/length-limit", test_length_limit);
  return g_test_run ();
}
