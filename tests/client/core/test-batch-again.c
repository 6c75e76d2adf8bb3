/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Decisions outlive a process and a failure, but never hold for what nobody has seen. */

#include "config.h"

#include "batch-test.h"
#include "real-server.h"

#include <string.h>

typedef struct
{
  RealServerTest real;
  char *local;
  char *share;
  SampanPath *remote;
  SampanBatch *batch;
  SampanQueue *queue;
} Test;

static void
set_up (Test *self)
{
  real_server_set_up (&self->real);
  self->local = core_test_path ("again");
  self->share = real_server_share_path ("again");
  self->remote = core_test_remote_path ("files");
  self->queue = sampan_queue_new ();
  batch_test_write (self->local, "coming", 0);
  batch_test_write (self->share, "there", 0);
}

static void
tear_down (Test *self)
{
  g_clear_object (&self->batch);
  g_clear_object (&self->queue);
  real_server_tear_down (&self->real);
  sampan_path_unref (self->remote);
  g_free (self->local);
  g_free (self->share);
}

static void
prepare (Test *self)
{
  g_autoptr (GError) error = NULL;

  g_clear_object (&self->batch);
  self->batch = sampan_batch_new_upload (self->real.session, self->remote);
  sampan_batch_add_local (self->batch, self->local);
  error = batch_test_prepare (self->batch, NULL);
  g_assert_no_error (error);
}

static bool
is_finished (gpointer data)
{
  return sampan_batch_get_state (data) == SAMPAN_BATCH_FINISHED;
}

static void
replace (Test *self)
{
  g_assert_cmpuint (sampan_batch_count_undecided (self->batch), ==, 1);
  sampan_batch_decide_all (self->batch, SAMPAN_BATCH_REPLACE);
  sampan_batch_start (self->batch, self->queue);
  core_test_await_condition (is_finished, self->batch);
}

static guint
get_n_failed (SampanQueue *queue)
{
  guint n_failed;

  g_object_get (queue, "n-failed", &n_failed, NULL);
  return n_failed;
}

static void
test_outdated (void)
{
  Test self = { 0 };
  g_autoptr (SampanTransfer) transfer = NULL;

  set_up (&self);
  prepare (&self);
  batch_test_write (self.share, "of somebody else", 0);
  replace (&self);
  batch_test_expect (self.share, "of somebody else");
  transfer = g_list_model_get_item (G_LIST_MODEL (self.queue), 0);
  g_assert_true (sampan_transfer_is_outdated (transfer));
  g_assert_cmpuint (get_n_failed (self.queue), ==, 1);
  sampan_queue_remove (self.queue, transfer);
  g_assert_cmpuint (get_n_failed (self.queue), ==, 0);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (self.queue)), ==, 0);
  prepare (&self);
  replace (&self);
  batch_test_expect (self.share, "coming");
  g_clear_object (&transfer);
  transfer = g_list_model_get_item (G_LIST_MODEL (self.queue), 0);
  g_assert_false (sampan_transfer_is_outdated (transfer));
  tear_down (&self);
}

/* ---- An earlier process ---- */

static uint8_t version_seen[SAMPAN_VERSION_LENGTH];

static bool
never (const char *name, gpointer data)
{
  return false;
}

static SampanBatchDecision
get_decision (const char *name, gpointer data)
{
  return SAMPAN_BATCH_REPLACE;
}

static bool
has_seen (const char *name, const uint8_t version[static SAMPAN_VERSION_LENGTH], gpointer data)
{
  return memcmp (version, version_seen, sizeof version_seen) == 0;
}

static void
decided (const char *name,
         SampanBatchDecision decision,
         const uint8_t version[static SAMPAN_VERSION_LENGTH],
         gpointer data)
{
  g_assert_cmpint (decision, ==, SAMPAN_BATCH_REPLACE);
  memcpy (version_seen, version, sizeof version_seen);
}

static void
ignore (const char *name, gpointer data)
{
}

static void
ignore_held (const char *name, bool is_held, gpointer data)
{
}

static void
ignore_start (gpointer data)
{
}

static void
ignore_end (bool lost, gpointer data)
{
}

static const SampanBatchJournal journal = {
  never,        get_decision, has_seen, never,       decided,
  ignore_start, ignore,       ignore,   ignore_held, ignore_end,
};

static void
prepare_with_journal (Test *self)
{
  g_autoptr (GError) error = NULL;

  g_clear_object (&self->batch);
  self->batch = sampan_batch_new_upload (self->real.session, self->remote);
  sampan_batch_add_local (self->batch, self->local);
  sampan_batch_set_journal (self->batch, &journal, true, NULL, NULL);
  error = batch_test_prepare (self->batch, NULL);
  g_assert_no_error (error);
}

/* What was decided holds for what was there, and is asked about anew when that is another. */
static void
test_saved_decision (void)
{
  Test self = { 0 };

  set_up (&self);
  prepare_with_journal (&self);
  sampan_queue_pause_all (self.queue);
  sampan_batch_decide_all (self.batch, SAMPAN_BATCH_REPLACE);
  sampan_batch_start (self.batch, self.queue); /* and so the version is written down */
  sampan_batch_cancel (self.batch);
  core_test_await_condition (is_finished, self.batch);
  prepare_with_journal (&self);
  g_assert_cmpuint (sampan_batch_count_undecided (self.batch), ==, 0);
  batch_test_write (self.share, "of somebody else", 0);
  prepare_with_journal (&self);
  g_assert_cmpuint (sampan_batch_count_undecided (self.batch), ==, 1);
  batch_test_expect (self.share, "of somebody else");
  tear_down (&self);
}

int
main (int argc, char **argv)
{
  core_test_init (&argc, &argv);
  real_server_init ();
  g_test_add_func ("/batch-again/outdated", test_outdated);
  g_test_add_func ("/batch-again/saved-decision", test_saved_decision);
  return core_test_run ();
}
