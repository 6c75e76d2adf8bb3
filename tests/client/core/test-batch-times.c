/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The times of folders that batches make, with the real server. */

#include "config.h"

#include "batch-pair.h"
#include "batch-test.h"
#include "heal-test.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define MANY 600 /* more than are on their way at a time, twice */

/* Parents first. */
static const char *const folders[] = {
  "tree", "tree/a", "tree/a/b", "tree/a/b/odd\xff\n", "tree/a/empty", "tree/empty", "tree/z",
};
static const char *const files[] = { "tree/one", "tree/a/two", "tree/a/b/three", "tree/z/four" };

static void
set_time (const char *folder, const char *name, int64_t seconds, long nanoseconds)
{
  g_autofree char *filename = batch_pair_at (folder, name);
  struct timespec times[2] = { { .tv_nsec = UTIME_OMIT },
                               { .tv_sec = seconds, .tv_nsec = nanoseconds } };

  g_assert_cmpint (utimensat (AT_FDCWD, filename, times, AT_SYMLINK_NOFOLLOW), ==, 0);
}

static void
expect_time (const char *folder, const char *name, int64_t seconds, long nanoseconds)
{
  g_autofree char *filename = batch_pair_at (folder, name);
  g_autofree char *shown = g_strescape (filename, NULL);
  struct stat info;

  g_test_message ("%s", shown);
  g_assert_cmpint (lstat (filename, &info), ==, 0);
  g_assert_cmpint (info.st_mtim.tv_sec, ==, seconds);
  g_assert_cmpint (info.st_mtim.tv_nsec, ==, nanoseconds);
}

static int64_t
seconds_of (size_t index)
{
  static const int64_t odd[] = { 0, -1000000000, 1 };

  return index < G_N_ELEMENTS (odd) ? odd[index] : BATCH_TEST_MTIME + (int64_t)index;
}

static long
nanoseconds_of (size_t index)
{
  return index == 1 ? SAMPAN_MTIME_NSEC_MAX : 123456789 + (long)index;
}

/* With a time of its own for each folder. */
static void
make_tree (const char *at)
{
  for (size_t i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      g_autofree char *filename = batch_pair_at (at, folders[i]);

      batch_test_mkdir (filename);
    }
  for (size_t i = 0; i < G_N_ELEMENTS (files); i++)
    batch_pair_put (at, files[i], files[i], 0);
  for (size_t i = 0; i < G_N_ELEMENTS (folders); i++)
    set_time (at, folders[i], seconds_of (i), nanoseconds_of (i));
}

static void
expect_tree (const char *at)
{
  for (size_t i = 0; i < G_N_ELEMENTS (files); i++)
    batch_pair_expect (at, files[i], files[i]);
  for (size_t i = 0; i < G_N_ELEMENTS (folders); i++)
    expect_time (at, folders[i], seconds_of (i), nanoseconds_of (i));
}

static SampanBatch *
new_batch (BatchPair *self, bool is_upload)
{
  const char *const names[] = { "tree", NULL };

  return is_upload ? batch_pair_new_upload (self, names)
                   : batch_pair_new_download (self, self->local);
}

static void
run (SampanBatch *batch)
{
  batch_pair_prepare (batch);
  batch_test_run (batch);
  g_assert_cmpuint (sampan_batch_get_sums (batch).n_problems, ==, 0);
}

static void
test_both_ways (void)
{
  BatchPair self = { 0 };
  g_autoptr (SampanBatch) up = NULL;
  g_autoptr (SampanBatch) down = NULL;
  g_autofree char *fetched = NULL;

  batch_pair_set_up (&self, "times");
  make_tree (self.local);
  up = new_batch (&self, true);
  run (up);
  expect_tree (self.share);
  fetched = batch_pair_at (self.local, "fetched");
  down = batch_pair_new_download (&self, fetched);
  run (down);
  expect_tree (fetched);
  batch_pair_tear_down (&self);
}

/* What was there before is the system's, also where something comes into it. */
static void
test_there_before (gconstpointer data)
{
  bool is_upload = GPOINTER_TO_INT (data);
  BatchPair self = { 0 };
  g_autoptr (SampanBatch) batch = NULL;
  const char *from, *to;

  batch_pair_set_up (&self, is_upload ? "before-up" : "before-down");
  from = is_upload ? self.local : self.share;
  to = is_upload ? self.share : self.local;
  make_tree (from);
  batch_pair_put (to, "tree/empty/old", "old", 0);
  batch_pair_put (to, "tree/z/four", "tree/z/four", 0);
  set_time (to, "tree/z", 7, 8);
  set_time (to, "tree/empty", 9, 10);
  batch = new_batch (&self, is_upload);
  run (batch);
  for (size_t i = 1; i < 5; i++)
    expect_time (to, folders[i], seconds_of (i), nanoseconds_of (i));
  expect_time (to, "tree/z", 7, 8);
  expect_time (to, "tree/empty", 9, 10);
  batch_pair_tear_down (&self);
}

/* ---- In parts ---- */

/* What an earlier process wrote down. */
static bool
has_ended (const char *name, gpointer data)
{
  return !g_str_equal (name, "tree/empty");
}

static SampanBatchDecision
get_decision (const char *name, gpointer data)
{
  return SAMPAN_BATCH_ASK;
}

static bool
has_seen (const char *name, const uint8_t version[static SAMPAN_VERSION_LENGTH], gpointer data)
{
  return false;
}

static bool
is_held (const char *name, gpointer data)
{
  return false;
}

static void
decided (const char *name,
         SampanBatchDecision decision,
         const uint8_t version[static SAMPAN_VERSION_LENGTH],
         gpointer data)
{
}

static void
started (gpointer data)
{
}

static void
ended (const char *name, gpointer data)
{
  g_hash_table_add (data, g_strdup (name));
}

static void
requeued (const char *name, gpointer data)
{
}

static void
held (const char *name, bool is, gpointer data)
{
}

static void
finished (bool lost, gpointer data)
{
  g_assert_false (lost);
}

static const SampanBatchJournal journal = {
  has_ended, get_decision, has_seen, is_held, decided, started, ended, requeued, held, finished,
};

/* All has come in an earlier process, but for the times; one folder was there before it. */
static void
test_gone_on (gconstpointer data)
{
  bool is_upload = GPOINTER_TO_INT (data);
  BatchPair self = { 0 };
  g_autoptr (SampanBatch) batch = NULL;
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  const char *to;

  batch_pair_set_up (&self, is_upload ? "on-up" : "on-down");
  make_tree (self.local);
  make_tree (self.share);
  to = is_upload ? self.share : self.local;
  for (size_t i = 0; i < G_N_ELEMENTS (folders); i++)
    set_time (to, folders[i], 11, 12);
  batch = new_batch (&self, is_upload);
  sampan_batch_set_journal (batch, &journal, true, names, NULL);
  run (batch);
  for (size_t i = 0; i < G_N_ELEMENTS (folders); i++)
    if (has_ended (folders[i], NULL))
      expect_time (to, folders[i], seconds_of (i), nanoseconds_of (i));
  expect_time (to, "tree/empty", 11, 12);
  batch_pair_tear_down (&self);
}

/* A later process hears which folders were made. */
static void
test_written_down (gconstpointer data)
{
  bool is_upload = GPOINTER_TO_INT (data);
  BatchPair self = { 0 };
  g_autoptr (SampanBatch) batch = NULL;
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *there = NULL;

  batch_pair_set_up (&self, is_upload ? "down-up" : "down-down");
  make_tree (is_upload ? self.local : self.share);
  there = batch_pair_at (is_upload ? self.share : self.local, "tree/empty");
  batch_test_mkdir (there);
  batch = new_batch (&self, is_upload);
  sampan_batch_set_journal (batch, &journal, false, names, NULL);
  run (batch);
  for (size_t i = 1; i < G_N_ELEMENTS (folders); i++)
    g_assert_cmpint (g_hash_table_contains (names, folders[i]),
                     ==,
                     !g_str_equal (folders[i], "tree/empty"));
  batch_pair_tear_down (&self);
}

static bool
is_timing (gpointer batch)
{
  return ((SampanBatch *)batch)->n_timing > 0;
}

static bool
is_finished (gpointer batch)
{
  return sampan_batch_get_state (batch) == SAMPAN_BATCH_FINISHED;
}

static void
make_many (const char *folder)
{
  for (int i = 0; i < MANY; i++)
    {
      g_autofree char *name = g_strdup_printf ("%d", i);
      g_autofree char *filename = batch_pair_at (folder, name);

      batch_test_mkdir (filename);
      set_time (folder, name, i, i);
    }
}

/* The link breaks when most are still to get their times. */
static void
test_healed (void)
{
  HealTest self = { 0 };
  g_autoptr (SampanPath) remote = core_test_remote_path ("files");
  g_autoptr (SampanBatch) batch = NULL;
  g_autoptr (SampanQueue) queue = sampan_queue_new ();
  g_autofree char *local = core_test_path ("many");
  g_autofree char *share = real_server_share_path ("many");

  heal_test_set_up (&self);
  make_many (local);
  batch = sampan_batch_new_upload (self.session, remote);
  sampan_batch_add_local (batch, local);
  batch_pair_prepare (batch);
  sampan_batch_start (batch, queue);
  core_test_await_condition (is_timing, batch);
  relay_cut (self.relay);
  core_test_await_condition (is_finished, batch);
  g_assert_cmpuint (sampan_batch_get_sums (batch).n_problems, ==, 0);
  for (int i = 0; i < MANY; i++)
    {
      g_autofree char *name = g_strdup_printf ("%d", i);
      g_autofree char *filename = batch_pair_at (share, name);

      expect_time (share, name, i, i);
      g_assert_cmpint (rmdir (filename), ==, 0);
    }
  g_assert_cmpint (rmdir (share), ==, 0);
  heal_test_tear_down (&self);
}

/* ---- Links ---- */

static void
test_links (void)
{
  static const char *const refused[] = { "link", "link/inner", "real/link", "real/file", "none" };
  g_autofree char *folder = core_test_path ("links");
  g_autofree char *outside = core_test_path ("outside");
  g_autofree char *link = batch_pair_at (folder, "link");
  g_autofree char *inner_link = batch_pair_at (folder, "real/link");
  g_autoptr (SampanBatchDisk) disk = sampan_batch_disk_new (folder);
  SampanTime mtime = { 3, 4 };

  batch_pair_put (folder, "real/file", "", 0);
  batch_pair_put (outside, "inner/file", "", 0);
  set_time (outside, "inner", 1, 2);
  set_time (outside, "", 1, 2);
  g_assert_cmpint (symlink (outside, link), ==, 0);
  g_assert_cmpint (symlink (outside, inner_link), ==, 0);
  g_assert_true (sampan_batch_disk_make_target (disk));
  for (size_t i = 0; i < G_N_ELEMENTS (refused); i++)
    g_assert_false (sampan_batch_disk_set_time (disk, refused[i], mtime));
  expect_time (outside, "inner", 1, 2);
  expect_time (outside, "", 1, 2);
  expect_time (folder, "real/file", BATCH_TEST_MTIME, 0);
  g_assert_true (sampan_batch_disk_set_time (disk, "real", mtime));
  expect_time (folder, "real", 3, 4);
}

static void
add_both_ways (const char *name, GTestDataFunc func)
{
  g_autofree char *upload = g_strdup_printf ("/batch-times/%s/upload", name);
  g_autofree char *download = g_strdup_printf ("/batch-times/%s/download", name);

  g_test_add_data_func (upload, GINT_TO_POINTER (true), func);
  g_test_add_data_func (download, GINT_TO_POINTER (false), func);
}

int
main (int argc, char **argv)
{
  core_test_init (&argc, &argv);
  real_server_init ();
  /* The first one, as it leaves nothing in the share. */
  g_test_add_func ("/batch-times/healed", test_healed);
  g_test_add_func ("/batch-times/both-ways", test_both_ways);
  add_both_ways ("there-before", test_there_before);
  add_both_ways ("gone-on", test_gone_on);
  add_both_ways ("written-down", test_written_down);
  g_test_add_func ("/batch-times/links", test_links);
  return core_test_run ();
}
