/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The mark by which a share's folder is known again. */

#include "config.h"

#include "fixture.h"

#include "storage/share-mark.h"

#include <string.h>

#define MARK ".sampan/mark"

static void
ensure (Fixture *self, SampanShareMark *mark)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (sampan_share_mark_ensure (self->root, mark, &error));
  g_assert_no_error (error);
}

static void
assert_check_fails (const char *directory, const SampanShareMark *mark, int code)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (sampan_share_mark_check (directory, mark, &error));
  assert_code (&error, code);
}

static void
test_stays (Fixture *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  SampanShareMark first, second;

  ensure (self, &first);
  ensure (self, &second);
  g_assert_cmpmem (first.bytes, sizeof first.bytes, second.bytes, sizeof second.bytes);
  g_assert_false (is_zero (first.bytes, sizeof first.bytes));
  g_assert_true (sampan_share_mark_check (self->share, &first, &error));
  g_assert_no_error (error);
}

static void
test_another_folder (Fixture *self, gconstpointer unused)
{
  SampanShareMark mark, other;

  ensure (self, &mark);
  other = mark;
  other.bytes[sizeof other.bytes - 1] ^= 1;
  assert_check_fails (self->share, &other, SAMPAN_ERROR_WRONG_KIND);
  assert_check_fails (self->outside, &mark, SAMPAN_ERROR_NOT_FOUND);
  assert_check_fails ("/no/such/folder", &mark, SAMPAN_ERROR_NOT_FOUND);
  assert_outside_untouched (self);
}

/* A crash may leave it cut short; a person may leave anything. */
static void
test_damaged (Fixture *self, gconstpointer unused)
{
  static const char *const contents[] = { "", "00112233", "not a mark, though it is long enough" };
  SampanShareMark mark;

  for (size_t i = 0; i < G_N_ELEMENTS (contents); i++)
    {
      g_autoptr (GError) error = NULL;

      ensure (self, &mark);
      disk_write (self, MARK, contents[i]);
      assert_check_fails (self->share, &mark, SAMPAN_ERROR_WRONG_KIND);
      ensure (self, &mark);
      g_assert_true (sampan_share_mark_check (self->share, &mark, &error));
    }
}

static void
test_planted (Fixture *self, gconstpointer unused)
{
  g_autofree char *canary = g_build_filename (self->outside, CANARY_NAME, NULL);
  g_autoptr (GError) error = NULL;
  SampanShareMark mark;

  disk_symlink (self, canary, MARK);
  g_assert_false (sampan_share_mark_ensure (self->root, &mark, &error));
  assert_code (&error, SAMPAN_ERROR_WRONG_KIND);
  assert_outside_untouched (self);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  fixture_add_once ("/storage/mark/stays", test_stays);
  fixture_add_once ("/storage/mark/another-folder", test_another_folder);
  fixture_add_once ("/storage/mark/damaged", test_damaged);
  fixture_add_once ("/storage/mark/planted", test_planted);
  return g_test_run ();
}
