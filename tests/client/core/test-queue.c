/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The queue: how many transfer_test_run, what it adds up, cancelling all. */

#include "config.h"

#include "queue.h"
#include "transfer-test.h"

#define N_FILES 300

static void
count_cb (SampanQueue *queue, SampanTransfer *transfer, gpointer user_data)
{
  unsigned int *count = user_data;

  (*count)++;
}

static bool
queue_is_idle (gpointer queue)
{
  gboolean active;

  g_object_get (queue, "active", &active, NULL);
  return !active;
}

/* What waits counts too. */
static bool
counts_all (gpointer queue)
{
  guint64 total_bytes;

  g_object_get (queue, "total-bytes", &total_bytes, NULL);
  return total_bytes == N_FILES * 1000;
}

static void
test_queue (void)
{
  TransferTest self;
  g_autoptr (SampanQueue) queue = sampan_queue_new ();
  g_autoptr (SampanTransfer) cancelled = NULL;
  unsigned int finished = 0;
  guint n_done, n_failed, n_waiting, n_running;
  guint64 done_bytes, safe_bytes, total_bytes;

  atomic_store (&transfer_test_may_read, false);
  transfer_test_set_up (&self, transfer_test_slow_put_script, NULL, NULL);
  transfer_test_write_local (&self, 1000);
  g_signal_connect (queue, "finished", G_CALLBACK (count_cb), &finished);
  for (int i = 0; i < N_FILES; i++)
    {
      g_autoptr (SampanTransfer) transfer = transfer_test_new_upload (&self);

      sampan_transfer_set_expected_bytes (transfer, 1000);
      sampan_queue_add (queue, transfer);
    }
  core_test_await_condition (counts_all, queue);
  atomic_store (&transfer_test_may_read, true);
  cancelled = transfer_test_new_upload (&self);
  sampan_queue_add (queue, cancelled);
  sampan_transfer_cancel (cancelled);
  core_test_await_condition (queue_is_idle, queue);
  g_object_get (queue,
                "n-done",
                &n_done,
                "n-failed",
                &n_failed,
                "n-waiting",
                &n_waiting,
                "n-running",
                &n_running,
                "done-bytes",
                &done_bytes,
                "safe-bytes",
                &safe_bytes,
                "total-bytes",
                &total_bytes,
                NULL);
  g_assert_cmpuint (finished, ==, N_FILES + 1);
  g_assert_cmpuint (n_done, ==, N_FILES);
  g_assert_cmpuint (n_failed + n_waiting + n_running, ==, 0);
  /* The cancelled one may have sent some before it heard of it. */
  g_assert_cmpuint (done_bytes, ==, N_FILES * 1000 + sampan_transfer_get_done_bytes (cancelled));
  g_assert_cmpuint (safe_bytes, ==, N_FILES * 1000);
  g_assert_cmpuint (total_bytes, ==, done_bytes);
  g_assert_cmpint (sampan_transfer_get_state (cancelled), ==, SAMPAN_TRANSFER_CANCELLED);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (queue)), ==, N_FILES + 1);
  sampan_queue_clear_finished (queue);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (queue)), ==, 0);
  /* Two at a time, so two links beside the one for browsing. */
  g_assert_cmpuint (evil_server_count_accepted (self.server), <=, 1 + SAMPAN_QUEUE_RUNNING);
  transfer_test_tear_down (&self);
}

static void
test_queue_cancel_all (void)
{
  TransferTest self;
  g_autoptr (SampanQueue) queue = sampan_queue_new ();
  unsigned int finished = 0;

  atomic_store (&transfer_test_may_read, false);
  atomic_store (&transfer_test_bytes_seen, 0);
  transfer_test_set_up (&self, transfer_test_slow_put_script, NULL, NULL);
  transfer_test_write_local (&self, TRANSFER_TEST_BIG);
  g_signal_connect (queue, "finished", G_CALLBACK (count_cb), &finished);
  for (int i = 0; i < 10; i++)
    {
      g_autoptr (SampanTransfer) transfer = transfer_test_new_upload (&self);

      sampan_queue_add (queue, transfer);
    }
  transfer_test_spin_until (transfer_test_bytes_were_seen);
  sampan_queue_cancel_all (queue);
  core_test_await_condition (queue_is_idle, queue);
  g_assert_cmpuint (finished, ==, 10);
  atomic_store (&transfer_test_may_read, true);
  transfer_test_tear_down (&self);
}

int
main (int argc, char **argv)
{
  core_test_init (&argc, &argv);
  g_test_add_func ("/core/queue/transfer_test_run", test_queue);
  g_test_add_func ("/core/queue/cancel-all", test_queue_cancel_all);
  return core_test_run ();
}
