/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Cancelling, pausing and logging out while the server is out of reach. */

#include "config.h"

#include "heal-test.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

#define MIB (1024 * 1024)

static void
expect_cancelled (SampanTransfer *transfer, GAsyncResult **result)
{
  g_autoptr (GError) error = NULL;

  sampan_transfer_run_finish (transfer, core_test_await (result), &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (sampan_transfer_get_state (transfer), ==, SAMPAN_TRANSFER_CANCELLED);
}

/* At once, though nobody is there to be told; who comes back tells the box, which keeps nothing. */
static void
test_cancel (gconstpointer data)
{
  bool is_upload = GPOINTER_TO_INT (data);
  HealTest self = { 0 };
  g_autoptr (SampanTransfer) transfer = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  heal_test_set_up (&self);
  heal_test_write_random (is_upload ? self.local : self.stored, HEAL_TEST_SIZE);
  heal_test_start_and_cut (&self, is_upload, &transfer, &result);
  sampan_transfer_cancel (transfer);
  expect_cancelled (transfer, &result);
  core_test_await_condition (heal_test_is_reconnecting, self.session);
  g_assert_false (g_file_test (is_upload ? self.stored : self.local, G_FILE_TEST_EXISTS));
  g_assert_cmpint (heal_test_staging_is_empty (NULL), ==, !is_upload);
  relay_refuse (self.relay, false);
  core_test_await_condition (heal_test_staging_is_empty, NULL);
  heal_test_tear_down (&self);
}

static bool
is_swallowed (gpointer relay)
{
  g_usleep (1000);
  g_main_context_wakeup (NULL);
  return relay_is_black_hole (relay);
}

/* The link is dead and does not know it yet. */
static void
test_cancel_in_black_hole (gconstpointer data)
{
  bool is_upload = GPOINTER_TO_INT (data);
  HealTest self = { 0 };
  g_autoptr (SampanTransfer) transfer = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  heal_test_set_up (&self);
  heal_test_write_random (is_upload ? self.local : self.stored, HEAL_TEST_SIZE);
  relay_cut_often (self.relay, HEAL_TEST_SIZE / 2, HEAL_TEST_SIZE / 2, 1);
  relay_black_hole_for_cut (self.relay);
  transfer = heal_test_new_transfer (&self, is_upload, SAMPAN_CONFLICT_REFUSE);
  sampan_transfer_run_async (transfer, NULL, core_test_result_cb, &result);
  core_test_await_condition (is_swallowed, self.relay);
  core_test_await_condition (heal_test_has_moved_some, transfer);
  sampan_transfer_cancel (transfer);
  expect_cancelled (transfer, &result);
  relay_cut (self.relay);
  relay_black_hole (self.relay, false);
  core_test_await_condition (heal_test_staging_is_empty, NULL);
  g_assert_false (g_file_test (is_upload ? self.stored : self.local, G_FILE_TEST_EXISTS));
  heal_test_tear_down (&self);
}

/* Whoever thinks better of it goes on from what the box has, and is not disturbed by what was to
 * drop that. */
static void
test_cancel_then_again (gconstpointer data)
{
  bool is_upload = GPOINTER_TO_INT (data);
  HealTest self = { 0 };
  g_autoptr (SampanTransfer) transfer = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  heal_test_set_up (&self);
  heal_test_write_random (is_upload ? self.local : self.stored, HEAL_TEST_SIZE);
  heal_test_start_and_cut (&self, is_upload, &transfer, &result);
  for (int i = 0; i < 3; i++)
    {
      sampan_transfer_cancel (transfer);
      expect_cancelled (transfer, &result);
      g_clear_object (&result);
      sampan_transfer_requeue (transfer);
      sampan_transfer_run_async (transfer, NULL, core_test_result_cb, &result);
      core_test_await_condition (heal_test_transfer_is_reconnecting, transfer);
    }
  relay_refuse (self.relay, false);
  heal_test_finish_well (transfer, &result);
  heal_test_expect_same (self.local, self.stored);
  heal_test_tear_down (&self);
}

/* At once, too, and it goes on when it is told to. */
static void
test_pause (gconstpointer data)
{
  bool is_upload = GPOINTER_TO_INT (data);
  HealTest self = { 0 };
  g_autoptr (SampanTransfer) transfer = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  heal_test_set_up (&self);
  heal_test_write_random (is_upload ? self.local : self.stored, HEAL_TEST_SIZE);
  heal_test_start_and_cut (&self, is_upload, &transfer, &result);
  sampan_transfer_pause (transfer);
  sampan_transfer_run_finish (transfer, core_test_await (&result), &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (sampan_transfer_get_state (transfer), ==, SAMPAN_TRANSFER_PAUSED);
  core_test_await_condition (heal_test_is_reconnecting, self.session);
  g_clear_object (&result);
  relay_refuse (self.relay, false);
  core_test_await_condition (heal_test_is_ready, self.session);
  g_assert_cmpint (sampan_transfer_get_state (transfer), ==, SAMPAN_TRANSFER_PAUSED);
  sampan_transfer_requeue (transfer);
  sampan_transfer_run_async (transfer, NULL, core_test_result_cb, &result);
  heal_test_finish_well (transfer, &result);
  heal_test_expect_same (self.local, self.stored);
  heal_test_tear_down (&self);
}

static void
test_logout_while_reconnecting (void)
{
  HealTest self = { 0 };
  g_autoptr (SampanTransfer) transfer = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *part = NULL;

  heal_test_set_up (&self);
  heal_test_write_random (self.stored, HEAL_TEST_SIZE);
  heal_test_start_and_cut (&self, false, &transfer, &result);
  heal_test_logout (self.session);
  sampan_transfer_run_finish (transfer, core_test_await (&result), &error);
  g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_DISCONNECTED);
  g_clear_error (&error);
  g_clear_object (&transfer);
  g_clear_object (&result);
  /* The same download goes on from there. */
  relay_refuse (self.relay, false);
  error = heal_test_login (&self);
  g_assert_no_error (error);
  transfer = heal_test_new_transfer (&self, false, SAMPAN_CONFLICT_REFUSE);
  sampan_transfer_run_async (transfer, NULL, core_test_result_cb, &result);
  heal_test_finish_well (transfer, &result);
  heal_test_expect_same (self.local, self.stored);
  heal_test_tear_down (&self);
}

/* As if the process had ended: nothing is sent twice, in either direction. */
static void
test_keep_partial (gconstpointer data)
{
  bool is_upload = GPOINTER_TO_INT (data);
  HealTest self = { 0 };
  g_autoptr (SampanTransfer) transfer = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  uint64_t bytes;

  heal_test_set_up (&self);
  heal_test_write_random (is_upload ? self.local : self.stored, HEAL_TEST_SIZE);
  bytes = relay_get_up_bytes (self.relay) + relay_get_down_bytes (self.relay);
  transfer = heal_test_new_transfer (&self, is_upload, SAMPAN_CONFLICT_REFUSE);
  sampan_transfer_set_keep_partial (transfer, true);
  relay_cut_often (self.relay, HEAL_TEST_SIZE / 2, HEAL_TEST_SIZE / 2, 1);
  relay_black_hole_for_cut (self.relay);
  sampan_transfer_run_async (transfer, NULL, core_test_result_cb, &result);
  core_test_await_condition (is_swallowed, self.relay);
  core_test_await_condition (heal_test_has_moved_some, transfer);
  sampan_transfer_cancel (transfer);
  sampan_transfer_run_finish (transfer, core_test_await (&result), &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_object (&transfer);
  g_clear_object (&result);
  relay_cut (self.relay);
  relay_black_hole (self.relay, false);
  core_test_await_condition (heal_test_is_reconnecting, self.session);
  transfer = heal_test_new_transfer (&self, is_upload, SAMPAN_CONFLICT_REFUSE);
  sampan_transfer_set_resume (transfer, true);
  sampan_transfer_run_async (transfer, NULL, core_test_result_cb, &result);
  heal_test_finish_well (transfer, &result);
  heal_test_expect_same (self.local, self.stored);
  bytes = relay_get_up_bytes (self.relay) + relay_get_down_bytes (self.relay) - bytes;
  /* What is in the buffers of two sockets and the relay when it stops is lost. */
  g_assert_cmpuint (bytes, <, HEAL_TEST_SIZE + 8 * (uint64_t)MIB);
  heal_test_tear_down (&self);
}

static void
test_cancel_then_logout (void)
{
  HealTest self = { 0 };

  heal_test_set_up (&self);
  /* Of zeros; too long to be sent before it is cancelled. */
  heal_test_write_random (self.local, 0);
  g_assert_cmpint (truncate (self.local, 64 * (off_t)HEAL_TEST_SIZE), ==, 0);
  for (int i = 0; i < 5; i++)
    {
      g_autoptr (SampanTransfer) transfer =
          heal_test_new_transfer (&self, true, SAMPAN_CONFLICT_REFUSE);
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;

      sampan_transfer_run_async (transfer, NULL, core_test_result_cb, &result);
      core_test_await_condition (heal_test_has_moved_some, transfer);
      sampan_transfer_cancel (transfer);
      heal_test_logout (self.session);
      core_test_await (&result);
      core_test_await_condition (heal_test_staging_is_empty, NULL);
      error = heal_test_login (&self);
      g_assert_no_error (error);
    }
  heal_test_tear_down (&self);
}

static bool
batch_is_over (gpointer batch)
{
  return sampan_batch_get_state (batch) == SAMPAN_BATCH_FINISHED;
}

/* It waits to make a folder: that it is cancelled does not wait, and the folder does not come later
 * after all. */
static void
test_cancel_batch (gconstpointer data)
{
  bool is_all = GPOINTER_TO_INT (data);
  HealTest self = { 0 };
  g_autoptr (SampanPath) share = core_test_remote_path ("files");
  g_autoptr (SampanQueue) queue = sampan_queue_new ();
  g_autoptr (SampanBatch) batch = NULL;
  g_autoptr (GError) error = NULL;

  heal_test_set_up (&self);
  g_assert_cmpint (g_mkdir (self.local, 0700), ==, 0);
  batch = sampan_batch_new_upload (self.session, share);
  sampan_batch_add_local (batch, self.local);
  error = batch_test_prepare (batch, NULL);
  g_assert_no_error (error);
  relay_refuse (self.relay, true);
  relay_cut (self.relay);
  core_test_await_condition (heal_test_is_reconnecting, self.session);
  sampan_batch_start (batch, queue);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpint (sampan_batch_get_state (batch), ==, SAMPAN_BATCH_MOVING);
  if (is_all)
    sampan_queue_cancel_all (queue);
  else
    sampan_batch_cancel (batch);
  core_test_await_condition (batch_is_over, batch);
  core_test_await_condition (heal_test_is_reconnecting, self.session);
  batch_test_expect_sums (batch, 0, 0, 0, 0);
  relay_refuse (self.relay, false);
  core_test_await_condition (heal_test_is_ready, self.session);
  g_assert_cmpint (g_rmdir (self.local), ==, 0);
  heal_test_tear_down (&self); /* nothing is in the share */
}

/* The box was asked to make a folder and does not answer. */
static void
test_cancel_batch_in_black_hole (void)
{
  HealTest self = { 0 };
  g_autoptr (SampanPath) share = core_test_remote_path ("files");
  g_autoptr (SampanQueue) queue = sampan_queue_new ();
  g_autoptr (SampanBatch) batch = NULL;
  g_autoptr (GError) error = NULL;

  heal_test_set_up (&self);
  g_assert_cmpint (g_mkdir (self.local, 0700), ==, 0);
  batch = sampan_batch_new_upload (self.session, share);
  sampan_batch_add_local (batch, self.local);
  error = batch_test_prepare (batch, NULL);
  g_assert_no_error (error);
  relay_black_hole (self.relay, true);
  sampan_batch_start (batch, queue);
  core_test_await_condition (is_swallowed, self.relay);
  sampan_batch_cancel (batch);
  core_test_await_condition (batch_is_over, batch);
  g_assert_cmpint (sampan_session_get_state (self.session), ==, SAMPAN_SESSION_READY);
  relay_cut (self.relay);
  relay_black_hole (self.relay, false);
  core_test_await_condition (heal_test_is_ready, self.session);
  g_assert_cmpint (g_rmdir (self.local), ==, 0);
  heal_test_tear_down (&self);
}

int
main (int argc, char **argv)
{
  core_test_init (&argc, &argv);
  real_server_init ();
  heal_test_add_both_ways ("cancel", test_cancel);
  heal_test_add_both_ways ("cancel-in-black-hole", test_cancel_in_black_hole);
  heal_test_add_both_ways ("cancel-then-again", test_cancel_then_again);
  heal_test_add_both_ways ("pause", test_pause);
  g_test_add_data_func ("/core/heal/cancel-batch/all", GINT_TO_POINTER (true), test_cancel_batch);
  g_test_add_data_func ("/core/heal/cancel-batch/one", GINT_TO_POINTER (false), test_cancel_batch);
  g_test_add_func ("/core/heal/cancel-batch/black-hole", test_cancel_batch_in_black_hole);
  g_test_add_func ("/core/heal/logout", test_logout_while_reconnecting);
  heal_test_add_both_ways ("keep-partial", test_keep_partial);
  g_test_add_func ("/core/heal/cancel-then-logout", test_cancel_then_logout);
  return core_test_run ();
}
