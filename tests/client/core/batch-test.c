/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What the tests of batches share. */

#include "config.h"

#include "batch-test.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

void
batch_test_mkdir (const char *filename)
{
  g_assert_cmpint (g_mkdir_with_parents (filename, 0755), ==, 0);
}

void
batch_test_write (const char *filename, const char *content, int later)
{
  g_autofree char *folder = g_path_get_dirname (filename);
  struct timespec times[2] = { { .tv_sec = BATCH_TEST_MTIME + later },
                               { .tv_sec = BATCH_TEST_MTIME + later } };

  batch_test_mkdir (folder);
  g_assert_true (
      g_file_set_contents_full (filename, content, -1, G_FILE_SET_CONTENTS_NONE, 0644, NULL));
  g_assert_cmpint (utimensat (AT_FDCWD, filename, times, 0), ==, 0);
}

void
batch_test_expect (const char *filename, const char *content)
{
  g_autofree char *got = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (filename, &got, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (got, ==, content);
}

void
batch_test_expect_none (const char *filename)
{
  GStatBuf info;

  g_assert_cmpint (g_lstat (filename, &info), !=, 0);
}

GError *
batch_test_prepare (SampanBatch *batch, GCancellable *cancellable)
{
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  sampan_batch_prepare_async (batch, cancellable, core_test_result_cb, &result);
  g_assert_cmpint (sampan_batch_get_state (batch), ==, SAMPAN_BATCH_PREPARING);
  sampan_batch_prepare_finish (batch, core_test_await (&result), &error);
  g_assert_cmpint (sampan_batch_get_state (batch),
                   ==,
                   error == NULL ? SAMPAN_BATCH_READY : SAMPAN_BATCH_FINISHED);
  return error;
}

static bool
is_finished (gpointer data)
{
  return sampan_batch_get_state (data) == SAMPAN_BATCH_FINISHED;
}

void
batch_test_run (SampanBatch *batch)
{
  g_autoptr (SampanQueue) queue = sampan_queue_new ();

  sampan_batch_start (batch, queue);
  core_test_await_condition (is_finished, batch);
}

void
batch_test_expect_sums (SampanBatch *batch,
                        uint64_t n_new,
                        uint64_t n_same,
                        uint64_t n_conflicts,
                        uint64_t n_problems)
{
  SampanBatchSums sums = sampan_batch_get_sums (batch);
  guint length = g_list_model_get_n_items (sampan_batch_get_problems (batch));

  for (guint i = 0; i < length; i++)
    {
      g_autoptr (SampanBatchProblem) problem =
          g_list_model_get_item (sampan_batch_get_problems (batch), i);

      g_test_message ("%s: %s",
                      sampan_batch_problem_get_name (problem),
                      sampan_batch_problem_get_reason (problem));
    }
  g_assert_cmpuint (sums.n_new, ==, n_new);
  g_assert_cmpuint (sums.n_same, ==, n_same);
  g_assert_cmpuint (sums.n_conflicts, ==, n_conflicts);
  g_assert_cmpuint (sums.n_problems, ==, n_problems);
  g_assert_cmpuint (g_list_model_get_n_items (sampan_batch_get_conflicts (batch)), ==, n_conflicts);
  g_assert_cmpuint (length, ==, MIN (n_problems, SAMPAN_BATCH_PROBLEMS_MAX));
}

void
batch_test_expect_problem (SampanBatch *batch, const char *name)
{
  GListModel *problems = sampan_batch_get_problems (batch);
  bool found = false;

  for (guint i = 0; i < g_list_model_get_n_items (problems) && !found; i++)
    {
      g_autoptr (SampanBatchProblem) problem = g_list_model_get_item (problems, i);

      g_assert_cmpuint (strlen (sampan_batch_problem_get_reason (problem)), >, 0);
      found = strcmp (sampan_batch_problem_get_name (problem), name) == 0;
    }
  g_test_message ("%s", name);
  g_assert_true (found);
}

SampanBatchConflict *
batch_test_find_conflict (SampanBatch *batch, const char *name)
{
  GListModel *conflicts = sampan_batch_get_conflicts (batch);
  SampanBatchConflict *found = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (conflicts); i++)
    {
      g_autoptr (SampanBatchConflict) conflict = g_list_model_get_item (conflicts, i);

      if (strcmp (sampan_batch_conflict_get_name (conflict), name) != 0)
        continue;
      g_assert_null (found);
      found = conflict;
    }
  g_assert_nonnull (found);
  return found;
}
