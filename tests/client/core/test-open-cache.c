/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The cache of opened files: names, who may enter, what is cleaned. */

#include "config.h"

#include "core-test.h"
#include "open-cache.h"
#include "protocol.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void
test_names (void)
{
  static const struct
  {
    const char *name, *safe;
  } cases[] = {
    { "notes.txt", "notes.txt" },
    { "\345\244\217 2024.jpg", "\345\244\217 2024.jpg" },
    { ".bashrc", "_.bashrc" },
    { "-rf", "_-rf" },
    { "..", "_.." },
    { "a\nb\033[1m.txt", "a_b_[1m.txt" },
    { "a\377b.txt", "a_b.txt" },
    /* A right-to-left override, which makes "exe.txt" of it. */
    { "photo\342\200\256txt.exe", "photo_txt.exe" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *safe = sampan_open_cache_dup_name (cases[i].name);

      g_assert_cmpstr (safe, ==, cases[i].safe);
    }
}

/* What is replaced may be longer than what it was: names are cut, extensions are not. */
static void
test_long_names (void)
{
  g_autofree char *longest = g_strnfill (SAMPAN_NAME_MAX - 4, 'x');
  g_autofree char *legal = g_strconcat (longest, ".txt", NULL);
  g_autofree char *hidden = g_strconcat (".", legal + 1, NULL);
  g_autofree char *same = sampan_open_cache_dup_name (legal);
  g_autofree char *shorter = sampan_open_cache_dup_name (hidden);
  GString *wide = g_string_new ("-");
  g_autofree char *cut = NULL;

  g_assert_cmpstr (same, ==, legal);
  g_assert_cmpuint (strlen (shorter), ==, SAMPAN_NAME_MAX);
  g_assert_true (g_str_has_suffix (shorter, "x.txt"));
  while (wide->len + 3 <= SAMPAN_NAME_MAX)
    g_string_append (wide, "\345\244\217");
  cut = sampan_open_cache_dup_name (wide->str);
  g_assert_cmpuint (strlen (cut), <=, SAMPAN_NAME_MAX);
  g_assert_true (g_utf8_validate (cut, -1, NULL));
  g_string_free (wide, TRUE);
}

static char *
make_place (void)
{
  g_autoptr (GError) error = NULL;
  char *place = sampan_open_cache_make_place (&error);

  g_assert_no_error (error);
  return place;
}

static bool
has_access (const char *path)
{
  return g_access (path, F_OK) == 0;
}

static void
test_private (void)
{
  g_autofree char *first = make_place ();
  g_autofree char *folder = g_path_get_dirname (first);
  g_autofree char *second = NULL;
  struct stat info;

  g_assert_cmpint (g_chmod (folder, 0755), ==, 0);
  second = make_place ();
  g_assert_cmpstr (first, !=, second);
  g_assert_cmpint (g_stat (folder, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 07777, ==, 0700);
  g_assert_cmpint (g_stat (second, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 07777, ==, 0700);
  sampan_open_cache_remove_place (first);
  sampan_open_cache_remove_place (second);
  g_assert_false (has_access (first));
}

/* Somebody else's folder is not written to. */
static void
test_link (void)
{
  g_autofree char *place = make_place ();
  g_autofree char *folder = g_path_get_dirname (place);
  g_autofree char *aside = g_strconcat (folder, ".aside", NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *refused = NULL;

  g_assert_cmpint (g_rename (folder, aside), ==, 0);
  g_assert_cmpint (symlink (aside, folder), ==, 0);
  refused = sampan_open_cache_make_place (&error);
  g_assert_null (refused);
  g_assert_nonnull (error);
  sampan_open_cache_clean (G_MAXINT32);
  g_assert_cmpint (g_unlink (folder), ==, 0);
  g_assert_cmpint (g_rename (aside, folder), ==, 0);
  g_assert_true (has_access (place));
  sampan_open_cache_remove_place (place);
}

/* Sparse: as large as it says, and costs nothing. */
static void
fill (const char *place, uint64_t size)
{
  g_autofree char *file = g_build_filename (place, "copy", NULL);
  g_autofree char *deep = g_build_filename (place, "left", "behind", NULL);

  g_assert_true (g_file_set_contents (file, "", 0, NULL));
  g_assert_cmpint (truncate (file, (off_t)size), ==, 0);
  g_assert_cmpint (g_chmod (file, 0400), ==, 0);
  g_assert_cmpint (g_mkdir_with_parents (deep, 0700), ==, 0);
}

static void
test_clean (void)
{
  g_autofree char *small = make_place ();
  g_autofree char *large = make_place ();
  int64_t now_secs = g_get_real_time () / G_USEC_PER_SEC;

  fill (small, 10);
  fill (large, SAMPAN_OPEN_CACHE_MAX_BYTES + 1);
  sampan_open_cache_clean (now_secs);
  sampan_open_cache_clean (now_secs + SAMPAN_OPEN_CACHE_FRESH_SECS - 60);
  g_assert_true (has_access (small) && has_access (large));
  sampan_open_cache_remove_place (small);
  g_assert_false (has_access (small));
  sampan_open_cache_clean (now_secs + SAMPAN_OPEN_CACHE_FRESH_SECS + 60);
  g_assert_false (has_access (large));
  g_clear_pointer (&small, g_free);
  small = make_place ();
  fill (small, 10);
  sampan_open_cache_clean (now_secs + SAMPAN_OPEN_CACHE_AGE_MAX_SECS - 60);
  g_assert_true (has_access (small));
  sampan_open_cache_clean (now_secs + SAMPAN_OPEN_CACHE_AGE_MAX_SECS + 60);
  g_assert_false (has_access (small));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/open-cache/names", test_names);
  g_test_add_func ("/open-cache/long-names", test_long_names);
  g_test_add_func ("/open-cache/private", test_private);
  g_test_add_func ("/open-cache/link", test_link);
  g_test_add_func ("/open-cache/clean", test_clean);
  return g_test_run ();
}
