/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Group commit: many at once, each with its own result; what is replaced goes to trash. */

#include "config.h"

#include "fixture.h"

#include "storage/disk.h"

#include <fcntl.h>
#include <sodium.h>
#include <string.h>

static SampanUpload *
make_finished (Fixture *self, const char *path, const char *content, SampanConflict conflict)
{
  SampanPutRequest request = put_request (strlen (content), conflict);
  g_autoptr (GError) error = NULL;
  SampanUpload *upload = begin (self, path, &request, &error);

  g_assert_no_error (error);
  g_assert_true (sampan_upload_write (upload, (const uint8_t *)content, strlen (content), &error));
  g_assert_true (sampan_upload_finish (upload, strlen (content), &error));
  return upload;
}

static Result *
get (GArray *results, unsigned int index)
{
  return &g_array_index (results, Result, index);
}

static void
test_many (Fixture *self, gconstpointer confine)
{
  g_autoptr (SampanCommitBatch) batch = sampan_commit_batch_new ();
  g_autoptr (GArray) results = results_new ();

  disk_mkdir (self, "a");
  disk_mkdir (self, "b/c");
  g_assert_false (sampan_commit_batch_is_due (batch));
  for (unsigned int i = 0; i < SAMPAN_BATCH_UPLOADS; i++)
    {
      g_autofree char *name = g_strdup_printf ("%s/file-%u", i % 2 == 0 ? "a" : "b/c", i);

      g_assert_cmpuint (sampan_commit_batch_get_count (batch), ==, i);
      sampan_commit_batch_add (batch, make_finished (self, name, name, SAMPAN_CONFLICT_REFUSE));
    }
  g_assert_true (sampan_commit_batch_is_due (batch));
  sampan_commit_batch_run (batch, collect_cb, results);
  g_assert_cmpuint (sampan_commit_batch_get_count (batch), ==, 0);
  g_assert_cmpuint (results->len, ==, SAMPAN_BATCH_UPLOADS);
  for (unsigned int i = 0; i < results->len; i++)
    {
      g_autofree char *name = g_strdup_printf ("%s/file-%u", i % 2 == 0 ? "a" : "b/c", i);
      g_autoptr (SampanPath) path = path_of (name);
      SampanEntry entry;

      g_assert_no_error (get (results, i)->error);
      g_assert_cmpstr (get (results, i)->name, ==, sampan_path_get_name (path));
      g_assert_true (is_zero (get (results, i)->trash_id, SAMPAN_TRASH_ID_LENGTH));
      assert_content (self, name, name);
      g_assert_true (sampan_storage_stat (self->root, path, &entry, NULL));
      g_assert_cmpmem (entry.version,
                       sizeof entry.version,
                       get (results, i)->version,
                       sizeof get (results, i)->version);
    }
  g_assert_cmpuint (count_entries (self, ".sampan/staging"), ==, 0);
  g_assert_cmpuint (count_entries (self, ".sampan/trash"), ==, 0);
}

/* What was fine at the beginning is not any more; each fails alone. */
static void
test_conflicts_at_commit (Fixture *self, gconstpointer confine)
{
  g_autoptr (SampanCommitBatch) batch = sampan_commit_batch_new ();
  g_autoptr (GArray) results = results_new ();
  static const char *const names[] = { "ok-1",    "refuse", "both.txt",  "gone/x",
                                       "replace", "newer",  "to-folder", "ok-2" };
  static const SampanConflict conflicts[] = {
    SAMPAN_CONFLICT_REFUSE,  SAMPAN_CONFLICT_REFUSE,  SAMPAN_CONFLICT_KEEP_BOTH,
    SAMPAN_CONFLICT_REFUSE,  SAMPAN_CONFLICT_REPLACE, SAMPAN_CONFLICT_REPLACE_NEWER,
    SAMPAN_CONFLICT_REPLACE, SAMPAN_CONFLICT_REFUSE
  };
  g_autofree char *trashed = NULL;
  g_autofree char *gone = disk_name (self, "gone");

  disk_mkdir (self, "gone");
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    sampan_commit_batch_add (batch, make_finished (self, names[i], "new", conflicts[i]));
  disk_write (self, "refuse", "theirs");
  disk_write (self, "both.txt", "theirs");
  disk_write (self, "replace", "theirs");
  disk_write (self, "newer", "theirs");
  disk_mkdir (self, "to-folder");
  g_assert_cmpint (rmdir (gone), ==, 0);
  sampan_commit_batch_run (batch, collect_cb, results);

  g_assert_no_error (get (results, 0)->error);
  g_assert_error (get (results, 1)->error, SAMPAN_ERROR, SAMPAN_ERROR_EXISTS);
  g_assert_no_error (get (results, 2)->error);
  g_assert_cmpstr (get (results, 2)->name, ==, "both (2).txt");
  g_assert_error (get (results, 3)->error, SAMPAN_ERROR, SAMPAN_ERROR_NOT_FOUND);
  g_assert_no_error (get (results, 4)->error);
  g_assert_error (get (results, 5)->error, SAMPAN_ERROR, SAMPAN_ERROR_EXISTS);
  g_assert_error (get (results, 6)->error, SAMPAN_ERROR, SAMPAN_ERROR_WRONG_KIND);
  g_assert_no_error (get (results, 7)->error);
  assert_content (self, "refuse", "theirs");
  assert_content (self, "both.txt", "theirs");
  assert_content (self, "both (2).txt", "new");
  assert_content (self, "replace", "new");
  trashed = read_trash (self, get (results, 4)->trash_id);
  g_assert_cmpstr (trashed, ==, "theirs");
  assert_content (self, "newer", "theirs");
  g_assert_cmpuint (count_entries (self, ".sampan/staging"), ==, 0);
  g_assert_cmpuint (count_entries (self, ".sampan/trash"), ==, 1);
}

/* Several with one target in one batch: in the order of adding. */
static void
test_same_target (Fixture *self, gconstpointer confine)
{
  g_autoptr (SampanCommitBatch) batch = sampan_commit_batch_new ();
  g_autoptr (GArray) results = results_new ();
  g_autofree char *first = NULL, *second = NULL;

  disk_write (self, "file", "0");
  sampan_commit_batch_add (batch, make_finished (self, "file", "1", SAMPAN_CONFLICT_REPLACE));
  sampan_commit_batch_add (batch, make_finished (self, "file", "2", SAMPAN_CONFLICT_REPLACE));
  sampan_commit_batch_add (batch, make_finished (self, "file", "3", SAMPAN_CONFLICT_KEEP_BOTH));
  sampan_commit_batch_run (batch, collect_cb, results);
  for (unsigned int i = 0; i < 3; i++)
    g_assert_no_error (get (results, i)->error);
  assert_content (self, "file", "2");
  assert_content (self, "file (2)", "3");
  first = read_trash (self, get (results, 0)->trash_id);
  second = read_trash (self, get (results, 1)->trash_id);
  g_assert_cmpstr (first, ==, "0");
  g_assert_cmpstr (second, ==, "1");
}

static void
test_replace_newer (Fixture *self, gconstpointer confine)
{
  g_autofree char *name = disk_name (self, "file");
  struct timespec times[2] = { { .tv_sec = 1 }, { .tv_sec = 999999999 } };
  g_auto (Result) result = { 0 };
  g_autofree char *trashed = NULL;
  g_autoptr (GError) error = NULL;

  disk_write (self, "file", "old");
  g_assert_cmpint (utimensat (AT_FDCWD, name, times, 0), ==, 0);
  g_assert_true (store (self, "file", "new", SAMPAN_CONFLICT_REPLACE_NEWER, &result, &error));
  assert_content (self, "file", "new");
  trashed = read_trash (self, result.trash_id);
  g_assert_cmpstr (trashed, ==, "old");
  g_assert_false (store (self, "file", "again", SAMPAN_CONFLICT_REPLACE_NEWER, &result, &error));
  assert_code (&error, SAMPAN_ERROR_EXISTS);
}

/* D13: The other name of the file keeps its content. */
static void
test_hard_link_is_not_written (Fixture *self, gconstpointer confine)
{
  g_autofree char *canary = g_build_filename (self->outside, CANARY_NAME, NULL);
  g_autofree char *name = disk_name (self, "file");
  g_auto (Result) result = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (link (canary, name), ==, 0);
  g_assert_true (store (self, "file", "new", SAMPAN_CONFLICT_REPLACE, &result, &error));
  g_assert_no_error (error);
  assert_content (self, "file", "new");
  assert_outside_untouched (self);
}

static void
test_modes (Fixture *self, gconstpointer confine)
{
  g_autofree char *name = disk_name (self, "script");
  g_autofree char *fresh = disk_name (self, "fresh");
  g_auto (Result) result = { 0 }, second = { 0 };
  g_autoptr (GError) error = NULL;
  struct stat status;
  mode_t mask = umask (022);

  disk_write (self, "script", "#!");
  g_assert_cmpint (chmod (name, 0750), ==, 0);
  g_assert_true (store (self, "script", "new", SAMPAN_CONFLICT_REPLACE, &result, &error));
  g_assert_cmpint (stat (name, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 07777, ==, 0750);
  g_assert_true (store (self, "fresh", "new", SAMPAN_CONFLICT_REFUSE, &second, &error));
  g_assert_cmpint (stat (fresh, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 07777, ==, 0644);
  umask (mask);
}

static void
test_requested_modes (Fixture *self, gconstpointer confine)
{
  /* The owner keeps the right to read and write; only the nine bits count. */
  static const uint16_t modes[][2] = { { 0, 0600 },
                                       { 0444, 0644 },
                                       { 0755, 0755 },
                                       { 0777, 0777 } };
  g_autofree char *name = disk_name (self, "file");
  struct stat status;
  mode_t mask = umask (077);

  disk_write (self, "file", "old");
  for (size_t i = 0; i < G_N_ELEMENTS (modes); i++)
    {
      SampanPutRequest request = put_request (3, SAMPAN_CONFLICT_REPLACE);
      g_autoptr (SampanCommitBatch) batch = sampan_commit_batch_new ();
      g_autoptr (GArray) results = results_new ();
      g_autoptr (GError) error = NULL;
      SampanUpload *upload;

      request.flags = SAMPAN_PUT_MODE;
      request.mode = modes[i][0];
      g_assert_cmpint (chmod (name, 0711), ==, 0);
      upload = begin (self, "file", &request, &error);
      g_assert_no_error (error);
      g_assert_true (sampan_upload_write (upload, (const uint8_t *)"new", 3, &error));
      g_assert_true (sampan_upload_finish (upload, 3, &error));
      sampan_commit_batch_add (batch, upload);
      sampan_commit_batch_run (batch, collect_cb, results);
      g_assert_no_error (get (results, 0)->error);
      g_assert_cmpint (stat (name, &status), ==, 0);
      g_assert_cmpuint (status.st_mode & 07777, ==, modes[i][1]);
    }
  umask (mask);
}

/* D17: stored, or refused. */
static void
test_strange_times (Fixture *self, gconstpointer confine)
{
  static const int64_t times[] = { INT64_MIN, -1, 0, INT64_C (1) << 40, INT64_MAX };

  for (size_t i = 0; i < G_N_ELEMENTS (times); i++)
    {
      g_autoptr (SampanCommitBatch) batch = sampan_commit_batch_new ();
      g_autoptr (GArray) results = results_new ();
      SampanPutRequest request = put_request (0, SAMPAN_CONFLICT_REPLACE);
      SampanUpload *upload;

      request.mtime.seconds = times[i];
      upload = begin (self, "file", &request, NULL);
      g_assert_true (sampan_upload_finish (upload, 0, NULL));
      sampan_commit_batch_add (batch, upload);
      sampan_commit_batch_run (batch, collect_cb, results);
      g_assert_no_error (get (results, 0)->error);
    }
}

/* The folder went to trash while the upload ran: nobody would find what is put there. */
static void
test_folder_removed_meanwhile (Fixture *self, gconstpointer confine)
{
  g_autoptr (SampanCommitBatch) batch = sampan_commit_batch_new ();
  g_autoptr (GArray) results = results_new ();
  g_autoptr (SampanPath) path = path_of ("folder");
  uint8_t id[SAMPAN_TRASH_ID_LENGTH];

  disk_mkdir (self, "folder");
  sampan_commit_batch_add (batch, make_finished (self, "folder/x", "new", SAMPAN_CONFLICT_REFUSE));
  g_assert_true (sampan_storage_remove (self->root, path, true, ACCOUNT_ID, id, NULL));
  sampan_commit_batch_run (batch, collect_cb, results);
  g_assert_error (get (results, 0)->error, SAMPAN_ERROR, SAMPAN_ERROR_NOT_FOUND);
}

static void
test_not_run (Fixture *self, gconstpointer confine)
{
  SampanCommitBatch *batch = sampan_commit_batch_new ();
  g_autofree char *large = g_strnfill (SAMPAN_PARTIAL_MIN_BYTES, 'x');

  sampan_commit_batch_add (batch, make_finished (self, "a", "1", SAMPAN_CONFLICT_REFUSE));
  sampan_commit_batch_add (batch, make_finished (self, "b", large, SAMPAN_CONFLICT_REFUSE));
  sampan_commit_batch_free (batch);
  sampan_commit_batch_free (NULL);
  g_assert_false (disk_exists (self, "a"));
  g_assert_false (disk_exists (self, "b"));
  g_assert_cmpuint (count_entries (self, ".sampan/staging"), ==, 1);
}

static void
test_due_by_bytes_and_age (Fixture *self, gconstpointer confine)
{
  g_autoptr (SampanCommitBatch) batch = sampan_commit_batch_new ();
  int64_t start_us = g_get_monotonic_time ();

  sampan_commit_batch_add (batch, make_finished (self, "a", "1", SAMPAN_CONFLICT_REFUSE));
  while (!sampan_commit_batch_is_due (batch))
    g_assert_cmpint (g_get_monotonic_time () - start_us, <, 60 * G_USEC_PER_SEC);
  g_assert_cmpint (g_get_monotonic_time () - start_us, >=, SAMPAN_BATCH_MS * 1000);
}

/* ---- Many threads on one root ---- */

#define THREADS 8
#define FILES_PER_THREAD 60
#define SHARED_NAMES 4

static gpointer
store_thread (gpointer data)
{
  Fixture *self = data;

  for (int i = 0; i < FILES_PER_THREAD; i++)
    {
      g_autofree char *name = g_strdup_printf ("shared-%d", i % SHARED_NAMES);
      g_autoptr (GError) error = NULL;
      g_auto (Result) result = { 0 };

      if (!store (self, name, "whole", SAMPAN_CONFLICT_REPLACE, &result, &error))
        assert_code (&error, SAMPAN_ERROR_TRY_LATER);
    }
  return NULL;
}

static gpointer
read_thread (gpointer data)
{
  Fixture *self = data;

  for (int i = 0; i < 20 * FILES_PER_THREAD; i++)
    {
      g_autofree char *name = g_strdup_printf ("shared-%d", i % SHARED_NAMES);

      assert_content (self, name, "whole");
    }
  return NULL;
}

/* At every instant each name holds one whole file. */
static void
test_threads (Fixture *self, gconstpointer confine)
{
  GThread *threads[THREADS];
  GThread *reader;
  unsigned int replaced;

  for (int i = 0; i < SHARED_NAMES; i++)
    {
      g_autofree char *name = g_strdup_printf ("shared-%d", i);

      disk_write (self, name, "whole");
    }
  reader = g_thread_new ("reader", read_thread, self);
  for (int i = 0; i < THREADS; i++)
    threads[i] = g_thread_new ("storing", store_thread, self);
  for (int i = 0; i < THREADS; i++)
    g_thread_join (threads[i]);
  g_thread_join (reader);
  g_assert_cmpuint (count_entries (self, ".sampan/staging"), ==, 0);
  replaced = count_entries (self, ".sampan/trash");
  g_test_message ("%u replaced", replaced);
  g_assert_cmpuint (replaced, >, THREADS);
  g_assert_cmpuint (replaced, <=, THREADS * FILES_PER_THREAD);
  g_assert_cmpuint (count_entries (self, ""), ==, SHARED_NAMES + 1);
}

static gpointer
keep_both_thread (gpointer data)
{
  Fixture *self = data;

  for (int i = 0; i < 20; i++)
    {
      g_autoptr (GError) error = NULL;
      g_auto (Result) result = { 0 };

      g_assert_true (store (self, "a.txt", "x", SAMPAN_CONFLICT_KEEP_BOTH, &result, &error));
      g_assert_no_error (error);
    }
  return NULL;
}

static void
test_threads_keep_both (Fixture *self, gconstpointer confine)
{
  GThread *threads[THREADS];

  for (int i = 0; i < THREADS; i++)
    threads[i] = g_thread_new ("keeping", keep_both_thread, self);
  for (int i = 0; i < THREADS; i++)
    g_thread_join (threads[i]);
  g_assert_cmpuint (count_entries (self, ""), ==, THREADS * 20 + 1);
  g_assert_true (disk_exists (self, "a (160).txt"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (sodium_init () < 0)
    return 1;
  fixture_add ("commit/many", test_many);
  fixture_add ("commit/conflicts", test_conflicts_at_commit);
  fixture_add ("commit/same-target", test_same_target);
  fixture_add ("commit/replace-newer", test_replace_newer);
  fixture_add ("commit/hard-link", test_hard_link_is_not_written);
  fixture_add ("commit/modes", test_modes);
  fixture_add ("commit/requested-modes", test_requested_modes);
  fixture_add ("commit/strange-times", test_strange_times);
  fixture_add ("commit/folder-removed", test_folder_removed_meanwhile);
  fixture_add ("commit/not-run", test_not_run);
  fixture_add ("commit/due", test_due_by_bytes_and_age);
  fixture_add ("threads/replace", test_threads);
  fixture_add ("threads/keep-both", test_threads_keep_both);
  return g_test_run ();
}
