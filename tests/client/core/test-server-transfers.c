/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Transfers with the real server: files of all sizes, many files, cancelling, broken links. */

#include "config.h"

#include "queue.h"
#include "real-server.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>

#define BIG_BYTES (100 * 1024 * 1024)
#define N_SMALL 500

static void
write_random (const char *filename, size_t size)
{
  g_autofree uint8_t *bytes = g_malloc (size + 1);

  randombytes_buf (bytes, size);
  g_assert_true (g_file_set_contents (filename, (const char *)bytes, (gssize)size, NULL));
}

static void
expect_same (const char *a, const char *b)
{
  g_autoptr (GMappedFile) map_a = g_mapped_file_new (a, FALSE, NULL);
  g_autoptr (GMappedFile) map_b = g_mapped_file_new (b, FALSE, NULL);
  struct stat info_a, info_b;

  g_assert_nonnull (map_a);
  g_assert_nonnull (map_b);
  g_assert_cmpuint (g_mapped_file_get_length (map_a), ==, g_mapped_file_get_length (map_b));
  g_assert_true (g_mapped_file_get_length (map_a) == 0 ||
                 memcmp (g_mapped_file_get_contents (map_a),
                         g_mapped_file_get_contents (map_b),
                         g_mapped_file_get_length (map_a)) == 0);
  g_assert_cmpint (stat (a, &info_a), ==, 0);
  g_assert_cmpint (stat (b, &info_b), ==, 0);
  g_assert_cmpint (info_a.st_mtim.tv_sec, ==, info_b.st_mtim.tv_sec);
  g_assert_cmpint (info_a.st_mtim.tv_nsec, ==, info_b.st_mtim.tv_nsec);
}

static GError *
run (SampanTransfer *transfer)
{
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  sampan_transfer_run_async (transfer, NULL, core_test_result_cb, &result);
  sampan_transfer_run_finish (transfer, core_test_await (&result), &error);
  return error;
}

static void
test_there_and_back (gconstpointer data)
{
  size_t size = GPOINTER_TO_SIZE (data);
  RealServerTest self = { 0 };
  g_autofree char *source = core_test_path ("source");
  g_autofree char *target = core_test_path ("target");
  g_autofree char *stored = real_server_share_path ("there");
  g_autoptr (SampanPath) remote = core_test_remote_path ("files/there");
  g_autoptr (SampanTransfer) upload = NULL;
  g_autoptr (SampanTransfer) download = NULL;
  g_autoptr (GError) error = NULL;

  real_server_set_up (&self);
  write_random (source, size);
  upload = sampan_transfer_new_upload (self.session, source, remote, SAMPAN_CONFLICT_REPLACE);
  error = run (upload);
  g_assert_no_error (error);
  g_assert_cmpuint (sampan_transfer_get_safe_bytes (upload), ==, size);
  expect_same (source, stored);
  download = sampan_transfer_new_download (self.session, remote, target, SAMPAN_CONFLICT_REPLACE);
  error = run (download);
  g_assert_no_error (error);
  expect_same (source, target);
  g_unlink (source);
  g_unlink (target);
  g_unlink (stored);
  real_server_tear_down (&self);
}

static GError *
login_expecting (SampanSession *session, uint16_t port, const char *word, GCancellable *cancellable)
{
  g_autoptr (SampanSecret) password = core_test_secret (word);
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  sampan_session_login_async (session,
                              "127.0.0.1",
                              port,
                              CORE_TEST_USER,
                              password,
                              cancellable,
                              core_test_result_cb,
                              &result);
  sampan_session_expect_transfers (session);
  if (cancellable != NULL)
    g_cancellable_cancel (cancellable);
  sampan_session_login_finish (session, core_test_await (&result), &error);
  return error;
}

/* The link that was connected during the login carries transfers after it, and goes with a login
 * that fails. */
static void
test_expected (void)
{
  g_autoptr (SampanEngine) engine = sampan_engine_new ();
  g_autoptr (SampanSession) session = sampan_session_new (engine);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autofree char *target = core_test_path ("target");
  g_autofree char *stored = real_server_share_path ("expected");
  g_autoptr (SampanPath) remote = core_test_remote_path ("files/expected");
  g_autoptr (SampanTransfer) download = NULL;
  g_autoptr (GError) refused = NULL;
  g_autoptr (GError) cancelled = NULL;
  g_autoptr (GError) error = NULL;
  RealServer server = { 0 };

  real_server_start (&server);
  write_random (stored, 1000);
  sampan_session_expect_transfers (session);
  refused = login_expecting (session, server.port, "wrong", NULL);
  g_assert_error (refused, SAMPAN_ERROR, SAMPAN_ERROR_LOGIN_REFUSED);
  cancelled = login_expecting (session, server.port, CORE_TEST_PASSWORD, cancellable);
  g_assert_error (cancelled, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  error = login_expecting (session, server.port, CORE_TEST_PASSWORD, NULL);
  g_assert_no_error (error);
  sampan_session_expect_transfers (session);
  download = sampan_transfer_new_download (session, remote, target, SAMPAN_CONFLICT_REPLACE);
  error = run (download);
  g_assert_no_error (error);
  expect_same (stored, target);
  g_unlink (target);
  g_unlink (stored);
  g_clear_object (&session);
  real_server_stop (&server, SIGTERM);
}

static bool
has_sent_some (gpointer transfer)
{
  return sampan_transfer_get_done_bytes (transfer) > BIG_BYTES / 20;
}

static void
test_cancel_midway (gconstpointer data)
{
  bool is_upload = GPOINTER_TO_INT (data);
  RealServerTest self = { 0 };
  g_autofree char *local = core_test_path ("local");
  g_autofree char *stored = real_server_share_path ("stored");
  g_autoptr (SampanPath) remote = core_test_remote_path ("files/stored");
  g_autoptr (SampanTransfer) transfer = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  real_server_set_up (&self);
  write_random (is_upload ? local : stored, BIG_BYTES);
  transfer =
      is_upload
          ? sampan_transfer_new_upload (self.session, local, remote, SAMPAN_CONFLICT_REFUSE)
          : sampan_transfer_new_download (self.session, remote, local, SAMPAN_CONFLICT_REFUSE);
  sampan_transfer_run_async (transfer, NULL, core_test_result_cb, &result);
  core_test_await_condition (has_sent_some, transfer);
  sampan_transfer_cancel (transfer);
  sampan_transfer_run_finish (transfer, core_test_await (&result), &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (core_test_count (".sampan-"), ==, 0);
  g_assert_false (g_file_test (is_upload ? stored : local, G_FILE_TEST_EXISTS));
  g_unlink (local);
  g_unlink (stored);
  real_server_tear_down (&self);
}

static bool
is_reconnecting (gpointer session)
{
  return sampan_session_get_state (session) == SAMPAN_SESSION_RECONNECTING;
}

static GError *
logout (SampanSession *session)
{
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  sampan_session_logout_async (session, NULL, core_test_result_cb, &result);
  sampan_session_logout_finish (session, core_test_await (&result), &error);
  return error;
}

static void
test_killed_midway (void)
{
  RealServerTest self = { 0 };
  g_autofree char *local = core_test_path ("local");
  g_autofree char *stored = real_server_share_path ("killed");
  g_autoptr (SampanPath) remote = core_test_remote_path ("files/killed");
  g_autoptr (SampanTransfer) transfer = NULL;
  g_autoptr (SampanTransfer) again = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) login = NULL;

  real_server_set_up (&self);
  write_random (local, BIG_BYTES);
  transfer = sampan_transfer_new_upload (self.session, local, remote, SAMPAN_CONFLICT_REFUSE);
  sampan_transfer_run_async (transfer, NULL, core_test_result_cb, &result);
  core_test_await_condition (has_sent_some, transfer);
  real_server_stop (&self.server, SIGKILL);
  core_test_await_condition (is_reconnecting, self.session);
  login = logout (self.session);
  g_assert_no_error (login);
  sampan_transfer_run_finish (transfer, core_test_await (&result), &error);
  g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_DISCONNECTED);
  g_assert_cmpint (sampan_transfer_get_state (transfer), ==, SAMPAN_TRANSFER_FAILED);
  g_assert_false (g_file_test (stored, G_FILE_TEST_EXISTS));

  real_server_start (&self.server);
  login = core_test_login (self.session, self.server.port, CORE_TEST_PASSWORD);
  g_assert_no_error (login);
  again = sampan_transfer_new_upload (self.session, local, remote, SAMPAN_CONFLICT_REFUSE);
  sampan_transfer_set_resume (again, true);
  login = run (again);
  g_assert_no_error (login);
  expect_same (local, stored);
  g_unlink (local);
  g_unlink (stored);
  real_server_tear_down (&self);
}

static bool
queue_is_idle (gpointer queue)
{
  gboolean active;

  g_object_get (queue, "active", &active, NULL);
  return !active;
}

static void
test_many (void)
{
  RealServerTest self = { 0 };
  g_autoptr (SampanQueue) queue = sampan_queue_new ();
  g_autofree char *source = core_test_path ("small");
  g_autofree char *folder = real_server_share_path ("many");
  guint n_done;

  real_server_set_up (&self);
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  write_random (source, 4096);
  for (int i = 0; i < N_SMALL; i++)
    {
      g_autofree char *name = g_strdup_printf ("files/many/%d", i);
      g_autoptr (SampanPath) remote = core_test_remote_path (name);
      g_autoptr (SampanTransfer) upload =
          sampan_transfer_new_upload (self.session, source, remote, SAMPAN_CONFLICT_REFUSE);

      sampan_queue_add (queue, upload);
    }
  core_test_await_condition (queue_is_idle, queue);
  g_object_get (queue, "n-done", &n_done, NULL);
  g_assert_cmpuint (n_done, ==, N_SMALL);
  for (int i = 0; i < N_SMALL; i++)
    {
      g_autofree char *name = g_strdup_printf ("many/%d", i);
      g_autofree char *stored = real_server_share_path (name);

      expect_same (source, stored);
    }
  g_unlink (source);
  real_server_tear_down (&self);
}

int
main (int argc, char **argv)
{
  static const size_t sizes[] = { 0, 1, 65535, 65536, 65537, BIG_BYTES };

  core_test_init (&argc, &argv);
  real_server_init ();
  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree char *name = g_strdup_printf ("/core/server/there-and-back/%zu", sizes[i]);

      g_test_add_data_func (name, GSIZE_TO_POINTER (sizes[i]), test_there_and_back);
    }
  g_test_add_func ("/core/server/expected", test_expected);
  g_test_add_data_func ("/core/server/cancel-midway/upload",
                        GINT_TO_POINTER (true),
                        test_cancel_midway);
  g_test_add_data_func ("/core/server/cancel-midway/download",
                        GINT_TO_POINTER (false),
                        test_cancel_midway);
  g_test_add_func ("/core/server/killed-midway", test_killed_midway);
  g_test_add_func ("/core/server/many", test_many);
  return core_test_run ();
}
