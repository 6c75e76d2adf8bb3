/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What is made of paths: from typing, parts, shares, ancestors. */

#include "config.h"

#include "paths.h"

#include "errors.h"
#include "protocol.h"

#include <string.h>

/* DEPTH components of LENGTH letters each; not longer than a path can be. */
static SampanPath *
make_path (size_t depth, size_t length)
{
  g_autofree char *name = g_strnfill (length, 'n');
  SampanPath *path = sampan_path_new_root ();

  for (size_t i = 0; i < depth; i++)
    {
      g_autoptr (SampanPath) parent = path;

      path = sampan_path_get_child (parent, name, NULL);
    }
  return path;
}

static SampanPath *
path_of (const char *text)
{
  g_autoptr (GError) error = NULL;
  SampanPath *path = sampan_path_new ((const uint8_t *)text, strlen (text), &error);

  g_assert_no_error (error);
  return path;
}

static const struct
{
  const char *base; /* NULL: none */
  const char *typed;
  const char *expected; /* NULL: refused */
} relative_cases[] = {
  { NULL, "", "" },
  { NULL, "/", "" },
  { NULL, "///", "" },
  { NULL, ".", "" },
  { NULL, "..", "" },
  { NULL, "../../..", "" },
  { NULL, "a", "a" },
  { NULL, "/a", "a" },
  { NULL, "//a//b//", "a/b" },
  { NULL, "./a/./b/.", "a/b" },
  { NULL, "a/..", "" },
  { NULL, "a/../b", "b" },
  { NULL, "a/../../b", "b" },
  { NULL, "a/b/../../..", "" },
  { NULL, "...", "..." },
  { NULL, "..a/b..", "..a/b.." },
  { "x/y", "", "x/y" },
  { "x/y", ".", "x/y" },
  { "x/y", "..", "x" },
  { "x/y", "../", "x" },
  { "x/y", "../..", "" },
  { "x/y", "../../../..", "" },
  { "x/y", "../../../z", "z" },
  { "x/y", "a", "x/y/a" },
  { "x/y", "a/", "x/y/a" },
  { "x/y", "./a", "x/y/a" },
  { "x/y", "../a", "x/a" },
  { "x/y", "/a", "a" },
  { "x/y", "/", "" },
  { "x/y", "//", "" },
  { "x/y", "/..", "" },
  { "x/y", "a\\b", "x/y/a\\b" },
  { "", "a", "a" },
  { "", "..", "" },
};

static void
test_relative (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (relative_cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (SampanPath) base =
          relative_cases[i].base != NULL ? path_of (relative_cases[i].base) : NULL;
      g_autoptr (SampanPath) path =
          sampan_path_new_relative (base, relative_cases[i].typed, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (sampan_path_get (path), ==, relative_cases[i].expected);
    }
}

static void
test_relative_limits (void)
{
  g_autoptr (SampanPath) base = make_path (SAMPAN_DEPTH_MAX, 1);
  g_autofree char *long_name = g_strnfill (SAMPAN_NAME_MAX + 1, 'n');
  g_autoptr (GError) too_deep = NULL;
  g_autoptr (GError) too_long = NULL;
  g_autoptr (SampanPath) sibling = sampan_path_new_relative (base, "../m", NULL);
  g_autoptr (GString) climb = g_string_new (NULL);
  g_autoptr (SampanPath) root = NULL;

  g_assert_cmpuint (sampan_path_get_depth (sibling), ==, SAMPAN_DEPTH_MAX);
  g_assert_null (sampan_path_new_relative (base, "m", &too_deep));
  g_assert_error (too_deep, SAMPAN_ERROR, SAMPAN_ERROR_BAD_NAME);
  g_assert_null (sampan_path_new_relative (NULL, long_name, &too_long));
  g_assert_error (too_long, SAMPAN_ERROR, SAMPAN_ERROR_BAD_NAME);
  for (unsigned int i = 0; i < 10000; i++)
    g_string_append (climb, "../");
  root = sampan_path_new_relative (base, climb->str, NULL);
  g_assert_true (sampan_path_is_root (root));
}

static void
test_parts (void)
{
  g_autoptr (SampanPath) path = path_of ("files/2024/report.txt");
  g_autoptr (SampanPath) parent = sampan_path_get_parent (path);
  g_autoptr (SampanPath) share = sampan_path_get_parent (parent);
  g_autoptr (SampanPath) root = sampan_path_get_parent (share);
  g_autoptr (SampanPath) same_root = sampan_path_new_root ();
  g_autoptr (SampanPath) again = sampan_path_ref (path);

  g_assert_true (again == path);
  g_assert_cmpuint (sampan_path_get_depth (path), ==, 3);
  g_assert_cmpstr (sampan_path_get_name (path), ==, "report.txt");
  g_assert_cmpstr (sampan_path_get (parent), ==, "files/2024");
  g_assert_cmpstr (sampan_path_get_name (parent), ==, "2024");
  g_assert_cmpstr (sampan_path_get (share), ==, "files");
  g_assert_cmpstr (sampan_path_get_name (share), ==, "files");
  g_assert_cmpuint (sampan_path_get_depth (share), ==, 1);
  g_assert_true (sampan_path_is_root (root));
  g_assert_cmpstr (sampan_path_get (root), ==, "");
  g_assert_cmpstr (sampan_path_get_name (root), ==, "");
  g_assert_null (sampan_path_get_parent (root));
  g_assert_true (sampan_path_equal (root, same_root));
  g_assert_false (sampan_path_equal (root, share));
}

static void
test_child (void)
{
  static const struct
  {
    const char *path;
    const char *name;
    const char *expected; /* NULL: refused */
  } cases[] = {
    { "", "a", "a" },       { "a", "b", "a/b" }, { "a/b", "...", "a/b/..." }, { "a", "", NULL },
    { "a", ".", NULL },     { "a", "..", NULL }, { "a", "b/c", NULL },        { "a", "/", NULL },
    { "", "../etc", NULL }, { "", "", NULL },
  };
  g_autoptr (SampanPath) deepest = make_path (SAMPAN_DEPTH_MAX, 1);
  g_autoptr (SampanPath) longest = make_path (17, 240); /* SAMPAN_PATH_MAX bytes */

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (SampanPath) path = path_of (cases[i].path);
      g_autoptr (SampanPath) child = sampan_path_get_child (path, cases[i].name, &error);

      if (cases[i].expected != NULL)
        g_assert_cmpstr (sampan_path_get (child), ==, cases[i].expected);
      else
        g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_BAD_NAME);
    }
  g_assert_null (sampan_path_get_child (deepest, "n", NULL));
  g_assert_null (sampan_path_get_child (longest, "n", NULL));
}

static void
test_split_share (void)
{
  static const struct
  {
    const char *path;
    const char *share;
    const char *below;
    unsigned int depth;
    const char *name;
  } cases[] = {
    { "files", "files", "", 0, "" },         { "files/a", "files", "a", 1, "a" },
    { "files/a/b", "files", "a/b", 2, "b" }, { "f/files", "f", "files", 1, "files" },
    { ".../x", "...", "x", 1, "x" },
  };
  g_autoptr (SampanPath) root = sampan_path_new_root ();
  g_autoptr (SampanPath) nothing = NULL;

  g_assert_null (sampan_path_split_share (root, &nothing));
  g_assert_null (nothing);
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SampanPath) path = path_of (cases[i].path);
      g_autoptr (SampanPath) below = NULL;
      g_autofree char *share = sampan_path_split_share (path, &below);

      g_assert_cmpstr (share, ==, cases[i].share);
      g_assert_cmpstr (sampan_path_get (below), ==, cases[i].below);
      g_assert_cmpuint (sampan_path_get_depth (below), ==, cases[i].depth);
      g_assert_cmpstr (sampan_path_get_name (below), ==, cases[i].name);
    }
}

/* D3: nothing is told from how a path begins. */
static void
test_is_below (void)
{
  static const struct
  {
    const char *path;
    const char *ancestor;
    bool is_below;
  } cases[] = {
    { "", "", true },           { "a", "", true },        { "a/b", "", true },
    { "", "a", false },         { "a", "a", true },       { "a/b", "a", true },
    { "a/b/c", "a/b", true },   { "ab", "a", false },     { "a", "ab", false },
    { "ab/c", "a", false },     { "a/b", "a/bc", false }, { "a/bc", "a/b", false },
    { "a/bc/d", "a/b", false }, { "b/a", "a", false },    { "A/b", "a", false },
    { "a b", "a", false },      { "a.b", "a", false },    { "a", "a/b", false },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SampanPath) path = path_of (cases[i].path);
      g_autoptr (SampanPath) ancestor = path_of (cases[i].ancestor);

      g_assert_cmpint (sampan_path_is_below (path, ancestor), ==, cases[i].is_below);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/paths/relative", test_relative);
  g_test_add_func ("/paths/relative-limits", test_relative_limits);
  g_test_add_func ("/paths/parts", test_parts);
  g_test_add_func ("/paths/child", test_child);
  g_test_add_func ("/paths/split-share", test_split_share);
  g_test_add_func ("/paths/is-below", test_is_below);
  return g_test_run ();
}
