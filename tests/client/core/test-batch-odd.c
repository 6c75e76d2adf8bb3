/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Batches against the real server: what is left out or refused. */

#include "config.h"

#include "batch-pair.h"
#include "batch-test.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOBODY 65534

static void
make_odd (const char *folder)
{
  g_autofree char *link = batch_pair_at (folder, "t/link");
  g_autofree char *folder_link = batch_pair_at (folder, "t/folder-link");
  g_autofree char *pipe = batch_pair_at (folder, "t/pipe");

  batch_pair_put (folder, "t/file", "file", 0);
  batch_pair_put (folder, "elsewhere/secret", "secret", 0);
  g_assert_cmpint (symlink ("file", link), ==, 0);
  g_assert_cmpint (symlink ("../elsewhere", folder_link), ==, 0);
  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
}

static void
test_odd_up (void)
{
  const char *const names[] = { "t", "none", "sub/t", "chosen-link", NULL };
  BatchPair self = { 0 };
  g_autofree char *link = NULL;
  g_autoptr (SampanBatch) batch = NULL;

  batch_pair_set_up (&self, "odd-up");
  make_odd (self.local);
  batch_pair_put (self.local, "sub/t/file", "twice", 0);
  link = batch_pair_at (self.local, "chosen-link");
  g_assert_cmpint (symlink ("elsewhere", link), ==, 0);
  batch = batch_pair_new_upload (&self, names);
  batch_pair_prepare (batch);
  batch_test_expect_sums (batch, 2, 0, 0, 5);
  batch_test_expect_problem (batch, "t/link");
  batch_test_expect_problem (batch, "t/folder-link");
  batch_test_expect_problem (batch, "t/pipe");
  batch_test_expect_problem (batch, "none");
  batch_test_expect_problem (batch, "t");
  batch_test_run (batch);
  batch_pair_expect (self.share, "t/file", "file");
  batch_pair_expect (self.share, "t/link", NULL);
  batch_pair_expect (self.share, "t/folder-link", NULL);
  batch_pair_expect (self.share, "chosen-link/secret", "secret");
  batch_pair_tear_down (&self);
}

static void
test_odd_down (void)
{
  BatchPair self = { 0 };
  g_autoptr (SampanBatch) batch = NULL;

  batch_pair_set_up (&self, "odd-down");
  make_odd (self.share);
  batch = batch_pair_new_download (&self, self.local);
  batch_pair_prepare (batch);
  batch_test_expect_sums (batch, 2, 0, 0, 3);
  batch_test_expect_problem (batch, "t/link");
  batch_test_run (batch);
  batch_pair_expect (self.local, "t/file", "file");
  batch_pair_expect (self.local, "t/link", NULL);
  batch_pair_expect (self.local, "t/folder-link", NULL);
  batch_pair_tear_down (&self);
}

/* A link of the person's own is not followed by what comes from the server. */
static void
test_local_link (void)
{
  BatchPair self = { 0 };
  g_autofree char *link = NULL;
  g_autofree char *elsewhere = core_test_path ("elsewhere");
  g_autoptr (SampanBatch) batch = NULL;

  batch_pair_set_up (&self, "local-link");
  batch_test_mkdir (elsewhere);
  batch_pair_put (self.share, "t/sub/file", "theirs", 0);
  batch_pair_put (self.share, "t/beside", "theirs", 0);
  batch_pair_put (self.local, "t/mine", "mine", 0);
  link = batch_pair_at (self.local, "t/sub");
  g_assert_cmpint (symlink (elsewhere, link), ==, 0);
  batch = batch_pair_new_download (&self, self.local);
  batch_pair_prepare (batch);
  batch_test_expect_problem (batch, "t/sub");
  batch_test_expect_sums (batch, 1, 0, 0, 1);
  batch_test_run (batch);
  batch_pair_expect (self.local, "t/beside", "theirs");
  batch_pair_expect (elsewhere, "file", NULL);
  batch_pair_tear_down (&self);
}

/* A file onto a folder, a folder onto a file: one problem for all that is below. */
static void
test_wrong_kind (void)
{
  const char *const names[] = { "w", NULL };
  BatchPair self = { 0 };
  g_autoptr (SampanBatch) up = NULL;
  g_autoptr (SampanBatch) down = NULL;

  batch_pair_set_up (&self, "wrong-kind");
  batch_pair_put (self.local, "w/file", "file", 0);
  batch_pair_put (self.local, "w/folder/sub/a", "a", 0);
  batch_pair_put (self.local, "w/folder/b", "b", 0);
  batch_pair_put (self.share, "w/file/inside", "inside", 0);
  batch_pair_put (self.share, "w/folder", "in the way", 0);
  up = batch_pair_new_upload (&self, names);
  batch_pair_prepare (up);
  batch_test_expect_sums (up, 0, 0, 0, 2);
  batch_test_expect_problem (up, "w/file");
  batch_test_expect_problem (up, "w/folder");
  batch_test_run (up);
  down = batch_pair_new_download (&self, self.local);
  batch_pair_prepare (down);
  batch_test_expect_sums (down, 0, 0, 0, 2);
  batch_test_run (down);
  batch_pair_expect (self.share, "w/folder", "in the way");
  batch_pair_expect (self.local, "w/folder/b", "b");
  batch_pair_tear_down (&self);
}

static void
test_target_missing (void)
{
  const char *const names[] = { "f", NULL };
  BatchPair self = { 0 };
  g_autofree char *share = real_server_share_path ("missing");
  g_autoptr (SampanBatch) batch = NULL;

  batch_pair_set_up (&self, "missing");
  g_assert_cmpint (g_rmdir (share), ==, 0);
  batch_pair_put (self.local, "f/a", "a", 0);
  batch = batch_pair_new_upload (&self, names);
  batch_pair_prepare (batch);
  batch_test_expect_sums (batch, 1, 0, 0, 0);
  batch_test_run (batch);
  batch_pair_expect (share, "f/a", "a");
  batch_pair_tear_down (&self);
}

/* The target is a file. */
static void
test_target_wrong (void)
{
  const char *const names[] = { "f", NULL };
  BatchPair self = { 0 };
  g_autofree char *share = real_server_share_path ("target-wrong");
  g_autoptr (SampanBatch) up = NULL;
  g_autoptr (GError) error = NULL;

  batch_pair_set_up (&self, "target-wrong");
  batch_pair_put (self.local, "f", "f", 0);
  g_assert_cmpint (g_rmdir (share), ==, 0);
  batch_test_write (share, "in the way", 0);
  up = batch_pair_new_upload (&self, names);
  error = batch_test_prepare (up, NULL);
  g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_WRONG_KIND);
  batch_pair_tear_down (&self);
}

/* Root may read everything, so somebody else looks. */
static void
test_unreadable (void)
{
  const char *const names[] = { "u", NULL };
  BatchPair self = { 0 };
  g_autofree char *root = core_test_path ("");
  g_autofree char *closed = NULL;
  g_autoptr (SampanBatch) batch = NULL;

  batch_pair_set_up (&self, "unreadable");
  batch_pair_put (self.local, "u/open", "open", 0);
  batch_pair_put (self.local, "u/closed/file", "file", 0);
  closed = batch_pair_at (self.local, "u/closed");
  g_assert_cmpint (g_chmod (closed, 0), ==, 0);
  g_assert_cmpint (g_chmod (root, 0755), ==, 0);
  batch = batch_pair_new_upload (&self, names);
  if (geteuid () == 0)
    g_assert_cmpint (seteuid (NOBODY), ==, 0);
  batch_pair_prepare (batch);
  batch_test_expect_sums (batch, 1, 0, 0, 1);
  batch_test_expect_problem (batch, "u/closed");
  batch_test_run (batch);
  if (getuid () == 0)
    g_assert_cmpint (seteuid (0), ==, 0);
  batch_pair_expect (self.share, "u/open", "open");
  batch_pair_expect (self.share, "u/closed", NULL);
  g_assert_cmpint (g_chmod (closed, 0700), ==, 0);
  batch_pair_tear_down (&self);
}

/* Names that are too much for the server. */
static void
test_too_deep (void)
{
  const char *const names[] = { "d", NULL };
  BatchPair self = { 0 };
  g_autoptr (GString) name = g_string_new ("d");
  g_autoptr (SampanBatch) batch = NULL;

  batch_pair_set_up (&self, "too-deep");
  for (int i = 0; i < SAMPAN_DEPTH_MAX; i++)
    g_string_append (name, "/d");
  batch_pair_put (self.local, name->str, "deep", 0);
  batch = batch_pair_new_upload (&self, names);
  batch_pair_prepare (batch);
  batch_test_expect_sums (batch, 0, 0, 0, 1);
  /* The target folder takes two components. */
  g_assert_cmpuint (sampan_batch_get_n_items (batch), ==, SAMPAN_DEPTH_MAX - 2 + 1);
  batch_pair_tear_down (&self);
}

static void
test_too_many (void)
{
  const char *const names[] = { "m", NULL };
  BatchPair self = { 0 };

  batch_pair_set_up (&self, "too-many");
  for (int i = 0; i < 4; i++)
    {
      g_autofree char *name = g_strdup_printf ("m/%d/file", i);

      batch_pair_put (self.local, name, "x", 0);
      batch_pair_put (self.share, name, "x", 0);
    }
  for (int i = 0; i < 4; i++)
    {
      bool fits = i % 2 == 0;
      g_autoptr (SampanBatch) batch = i < 2 ? batch_pair_new_upload (&self, names)
                                            : batch_pair_new_download (&self, self.local);
      g_autoptr (GError) error = NULL;

      sampan_batch_set_items_max (batch, fits ? 9 : 8);
      error = batch_test_prepare (batch, NULL);
      if (fits)
        g_assert_no_error (error);
      else
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE);
    }
  batch_pair_tear_down (&self);
}

/* D11: Names that are one to a disk that folds them. */
static void
test_folding (void)
{
  BatchPair self = { 0 };
  g_autoptr (SampanBatch) folding = NULL;
  g_autoptr (SampanBatch) exact = NULL;

  batch_pair_set_up (&self, "folding");
  batch_pair_put (self.share, "t/Name", "1", 0);
  batch_pair_put (self.share, "t/name", "2", 0);
  batch_pair_put (self.share, "t/caf\xc3\xa9", "3", 0);
  batch_pair_put (self.share, "t/cafe\xcc\x81", "4", 0);
  batch_pair_put (self.share, "t/Sub/a", "5", 0);
  batch_pair_put (self.share, "t/sub/a", "6", 0);
  batch_pair_put (self.share, "t/odd\xff", "7", 0);
  folding = batch_pair_new_download (&self, self.local);
  sampan_batch_set_disk_folds (folding, true);
  batch_pair_prepare (folding);
  batch_test_expect_sums (folding, 4, 0, 0, 3);
  exact = batch_pair_new_download (&self, self.local);
  batch_pair_prepare (exact);
  batch_test_expect_sums (exact, 7, 0, 0, 0);
  batch_test_run (exact);
  batch_pair_expect (self.local, "t/Name", "1");
  batch_pair_expect (self.local, "t/name", "2");
  batch_pair_tear_down (&self);
}

int
main (int argc, char **argv)
{
  core_test_init (&argc, &argv);
  real_server_init ();
  g_test_add_func ("/batch/odd/up", test_odd_up);
  g_test_add_func ("/batch/odd/down", test_odd_down);
  g_test_add_func ("/batch/odd/local-link", test_local_link);
  g_test_add_func ("/batch/odd/wrong-kind", test_wrong_kind);
  g_test_add_func ("/batch/odd/unreadable", test_unreadable);
  g_test_add_func ("/batch/odd/too-deep", test_too_deep);
  g_test_add_func ("/batch/odd/too-many", test_too_many);
  g_test_add_func ("/batch/odd/folding", test_folding);
  g_test_add_func ("/batch/target/missing", test_target_missing);
  g_test_add_func ("/batch/target/wrong", test_target_wrong);
  return core_test_run ();
}
