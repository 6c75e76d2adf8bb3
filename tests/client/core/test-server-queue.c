/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The queue with the real server, seen through a relay that counts: pausing and going on, trying
 * again, the order. */

#include "config.h"

#include "queue.h"
#include "real-server.h"
#include "relay.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <sodium.h>
#include <string.h>

#define SIZE_BYTES (320 * 1024 * 1024) /* what takes several looks at the progress */
/* Frames add a little; and what was between the two ends, in the relay's buffers and the kernel's,
 * may be lost. */
#define OVERHEAD_BYTES (SIZE_BYTES / 1000)
#define UNDER_WAY_MAX_BYTES (16 * 1024 * 1024)
#define N_LARGE 6
#define LARGE_BYTES (2 * 1024 * 1024) /* more than small, so two at a time */

typedef struct
{
  RealServer server;
  Relay *relay;
  SampanSession *session;
  SampanQueue *queue;
  char *local;
  char *stored;
  SampanPath *remote;
} QueueTest;

static void
set_up (QueueTest *self)
{
  g_autoptr (SampanEngine) engine = sampan_engine_new ();
  g_autoptr (GError) error = NULL;

  real_server_start (&self->server);
  self->relay = relay_new (self->server.port);
  self->session = sampan_session_new (engine);
  self->queue = sampan_queue_new ();
  self->local = core_test_path ("local");
  self->stored = real_server_share_path ("stored");
  self->remote = core_test_remote_path ("files/stored");
  error = core_test_login (self->session, relay_get_port (self->relay), CORE_TEST_PASSWORD);
  g_assert_no_error (error);
}

static void
tear_down (QueueTest *self)
{
  g_clear_object (&self->queue);
  g_clear_object (&self->session);
  real_server_stop (&self->server, SIGTERM);
  relay_free (self->relay);
  g_unlink (self->local);
  g_unlink (self->stored);
  g_assert_cmpuint (core_test_count (".sampan-"), ==, 0);
  g_free (self->local);
  g_free (self->stored);
  sampan_path_unref (self->remote);
}

static void
write_random (const char *filename, size_t size)
{
  g_autofree uint8_t *bytes = g_malloc (size);

  randombytes_buf (bytes, size);
  g_assert_true (g_file_set_contents (filename, (const char *)bytes, (gssize)size, NULL));
}

static void
expect_same (const char *a, const char *b)
{
  g_autoptr (GMappedFile) map_a = g_mapped_file_new (a, FALSE, NULL);
  g_autoptr (GMappedFile) map_b = g_mapped_file_new (b, FALSE, NULL);

  g_assert_nonnull (map_a);
  g_assert_nonnull (map_b);
  g_assert_cmpuint (g_mapped_file_get_length (map_a), ==, g_mapped_file_get_length (map_b));
  g_assert_cmpint (memcmp (g_mapped_file_get_contents (map_a),
                           g_mapped_file_get_contents (map_b),
                           g_mapped_file_get_length (map_a)),
                   ==,
                   0);
}

static SampanTransfer *
new_transfer (QueueTest *self, bool is_upload)
{
  SampanTransfer *transfer = is_upload ? sampan_transfer_new_upload (self->session,
                                                                     self->local,
                                                                     self->remote,
                                                                     SAMPAN_CONFLICT_REFUSE)
                                       : sampan_transfer_new_download (self->session,
                                                                       self->remote,
                                                                       self->local,
                                                                       SAMPAN_CONFLICT_REFUSE);

  sampan_transfer_set_expected_bytes (transfer, SIZE_BYTES);
  return transfer;
}

static bool
has_moved_some (gpointer transfer)
{
  return sampan_transfer_get_done_bytes (transfer) > SIZE_BYTES / 8;
}

static bool
is_paused (gpointer transfer)
{
  return sampan_transfer_get_state (transfer) == SAMPAN_TRANSFER_PAUSED;
}

static bool
is_over (gpointer transfer)
{
  return sampan_transfer_get_state (transfer) >= SAMPAN_TRANSFER_DONE;
}

static guint
get_count (SampanQueue *queue, const char *property)
{
  guint count;

  g_object_get (queue, property, &count, NULL);
  return count;
}

static bool
queue_is_idle (gpointer queue)
{
  gboolean active;

  g_object_get (queue, "active", &active, NULL);
  return !active;
}

/* Nothing of an upload is left on the box. */
static bool
staging_is_empty (gpointer data)
{
  g_autofree char *staging = real_server_share_path (".sampan/staging");
  g_autoptr (GDir) dir = g_dir_open (staging, 0, NULL);

  g_usleep (1000);
  g_main_context_wakeup (NULL);
  return dir == NULL || g_dir_read_name (dir) == NULL;
}

static void
run_until_paused (QueueTest *self, SampanTransfer *transfer)
{
  sampan_queue_add (self->queue, transfer);
  core_test_await_condition (has_moved_some, transfer);
  sampan_transfer_pause (transfer);
  core_test_await_condition (is_paused, transfer);
  core_test_await_condition (queue_is_idle, self->queue);
  g_assert_cmpuint (get_count (self->queue, "n-paused"), ==, 1);
  g_assert_null (sampan_transfer_get_error (transfer));
}

static void
test_pause (gconstpointer data)
{
  bool is_upload = GPOINTER_TO_INT (data);
  QueueTest self;
  g_autoptr (SampanTransfer) transfer = NULL;

  set_up (&self);
  write_random (is_upload ? self.local : self.stored, SIZE_BYTES);
  transfer = new_transfer (&self, is_upload);
  run_until_paused (&self, transfer);
  g_assert_false (g_file_test (is_upload ? self.stored : self.local, G_FILE_TEST_EXISTS));
  sampan_transfer_requeue (transfer);
  core_test_await_condition (is_over, transfer);
  g_assert_no_error (sampan_transfer_get_error (transfer));
  expect_same (self.local, self.stored);
  g_assert_cmpuint (is_upload ? relay_get_up_bytes (self.relay) : relay_get_down_bytes (self.relay),
                    <,
                    SIZE_BYTES + OVERHEAD_BYTES + UNDER_WAY_MAX_BYTES);
  g_assert_cmpuint (get_count (self.queue, "n-paused"), ==, 0);
  g_assert_cmpuint (get_count (self.queue, "n-done"), ==, 1);
  tear_down (&self);
}

static void
test_cancel_paused (gconstpointer data)
{
  bool is_upload = GPOINTER_TO_INT (data);
  QueueTest self;
  g_autoptr (SampanTransfer) transfer = NULL;

  set_up (&self);
  write_random (is_upload ? self.local : self.stored, SIZE_BYTES);
  transfer = new_transfer (&self, is_upload);
  run_until_paused (&self, transfer);
  if (is_upload)
    g_assert_false (staging_is_empty (NULL));
  else
    g_assert_cmpuint (core_test_count (".sampan-"), ==, 1);
  sampan_transfer_cancel (transfer);
  g_assert_cmpint (sampan_transfer_get_state (transfer), ==, SAMPAN_TRANSFER_CANCELLED);
  core_test_await_condition (staging_is_empty, NULL);
  /* The part of a download is gone when the engine is, which tear_down() waits for. */
  tear_down (&self);
}

/* What failed goes on at its place when the reason is gone, and is counted once. */
static void
test_retry_failed (void)
{
  QueueTest self;
  g_autoptr (SampanTransfer) transfer = NULL;
  guint64 done_bytes;

  set_up (&self);
  transfer = new_transfer (&self, true);
  sampan_queue_add (self.queue, transfer);
  core_test_await_condition (is_over, transfer);
  g_assert_cmpint (sampan_transfer_get_state (transfer), ==, SAMPAN_TRANSFER_FAILED);
  g_assert_cmpuint (get_count (self.queue, "n-failed"), ==, 1);
  write_random (self.local, LARGE_BYTES);
  sampan_queue_retry_failed (self.queue);
  core_test_await_condition (is_over, transfer);
  core_test_await_condition (queue_is_idle, self.queue);
  g_assert_no_error (sampan_transfer_get_error (transfer));
  expect_same (self.local, self.stored);
  g_assert_cmpuint (get_count (self.queue, "n-failed"), ==, 0);
  g_assert_cmpuint (get_count (self.queue, "n-done"), ==, 1);
  g_object_get (self.queue, "done-bytes", &done_bytes, NULL);
  g_assert_cmpuint (done_bytes, ==, LARGE_BYTES);
  tear_down (&self);
}

static void
note_start_cb (SampanTransfer *transfer, GParamSpec *pspec, gpointer user_data)
{
  GPtrArray *started = user_data;

  if (sampan_transfer_get_state (transfer) == SAMPAN_TRANSFER_CONNECTING)
    g_ptr_array_add (started, transfer);
}

/* Paused as a whole it starts nothing, what comes later neither; moved, it starts in the new
 * order. */
static void
test_order (void)
{
  static const int expected[N_LARGE] = { 5, 0, 2, 3, 4, 1 };
  QueueTest self;
  SampanTransfer *transfers[N_LARGE];
  g_autoptr (GPtrArray) started = g_ptr_array_new ();

  set_up (&self);
  write_random (self.local, LARGE_BYTES);
  sampan_queue_pause_all (self.queue);
  for (int i = 0; i < N_LARGE; i++)
    {
      g_autofree char *name = g_strdup_printf ("files/large %d", i);
      g_autoptr (SampanPath) remote = core_test_remote_path (name);

      transfers[i] =
          sampan_transfer_new_upload (self.session, self.local, remote, SAMPAN_CONFLICT_REFUSE);
      g_signal_connect (transfers[i], "notify::state", G_CALLBACK (note_start_cb), started);
      sampan_queue_add (self.queue, transfers[i]);
      g_assert_true (is_paused (transfers[i]));
    }
  g_assert_true (queue_is_idle (self.queue));
  g_assert_cmpuint (get_count (self.queue, "n-paused"), ==, N_LARGE);
  sampan_queue_move (self.queue, transfers[5], 0);
  sampan_queue_move (self.queue, transfers[1], N_LARGE - 1);
  sampan_queue_resume_all (self.queue);
  core_test_await_condition (queue_is_idle, self.queue);
  g_assert_cmpuint (started->len, ==, N_LARGE);
  for (int i = 0; i < N_LARGE; i++)
    {
      g_autofree char *name = g_strdup_printf ("large %d", i);
      g_autofree char *stored = real_server_share_path (name);

      g_assert_true (g_ptr_array_index (started, i) == transfers[expected[i]]);
      expect_same (self.local, stored);
      g_unlink (stored);
    }
  for (int i = 0; i < N_LARGE; i++)
    g_object_unref (transfers[i]);
  g_assert_cmpuint (get_count (self.queue, "n-done"), ==, N_LARGE);
  tear_down (&self);
}

/* One that is resumed alone takes its place among those that wait. */
static void
test_resume_one (void)
{
  QueueTest self;
  SampanTransfer *transfers[N_LARGE];
  g_autoptr (GPtrArray) started = g_ptr_array_new ();

  set_up (&self);
  write_random (self.local, LARGE_BYTES);
  for (int i = 0; i < N_LARGE; i++)
    {
      g_autofree char *name = g_strdup_printf ("files/large %d", i);
      g_autoptr (SampanPath) remote = core_test_remote_path (name);

      transfers[i] =
          sampan_transfer_new_upload (self.session, self.local, remote, SAMPAN_CONFLICT_REPLACE);
      g_signal_connect (transfers[i], "notify::state", G_CALLBACK (note_start_cb), started);
      sampan_queue_add (self.queue, transfers[i]);
    }
  sampan_transfer_pause (transfers[3]);
  sampan_transfer_requeue (transfers[3]);
  core_test_await_condition (queue_is_idle, self.queue);
  for (int i = 0; i < N_LARGE; i++)
    {
      g_autofree char *name = g_strdup_printf ("large %d", i);
      g_autofree char *stored = real_server_share_path (name);

      g_assert_true (g_ptr_array_index (started, i) == transfers[i]);
      g_unlink (stored);
      g_object_unref (transfers[i]);
    }
  tear_down (&self);
}

int
main (int argc, char **argv)
{
  core_test_init (&argc, &argv);
  real_server_init ();
  g_test_add_data_func ("/core/server-queue/pause/upload", GINT_TO_POINTER (1), test_pause);
  g_test_add_data_func ("/core/server-queue/pause/download", GINT_TO_POINTER (0), test_pause);
  g_test_add_data_func ("/core/server-queue/cancel-paused/upload",
                        GINT_TO_POINTER (1),
                        test_cancel_paused);
  g_test_add_data_func ("/core/server-queue/cancel-paused/download",
                        GINT_TO_POINTER (0),
                        test_cancel_paused);
  g_test_add_func ("/core/server-queue/retry-failed", test_retry_failed);
  g_test_add_func ("/core/server-queue/order", test_order);
  g_test_add_func ("/core/server-queue/resume-one", test_resume_one);
  return core_test_run ();
}
