/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Sessions and transfers over a network that breaks, with the real server. */

#include "config.h"

#include "batch-test.h"
#include "real-server.h"
#include "relay.h"
#include "session-private.h"
#include "transfer.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SIZE_BYTES (24 * 1024 * 1024) /* what moves in a fraction of a second */
#define MIB (1024 * 1024)
#define N_CUTS 10
#define RETRY_MS 20 /* in place of seconds */
#define SHORT_MS 400

typedef struct
{
  RealServer server;
  Relay *relay;
  SampanSession *session;
  char *local;
  char *stored;
  SampanPath *remote;
} HealTest;

static GError *
login (HealTest *self)
{
  return core_test_login (self->session, relay_get_port (self->relay), CORE_TEST_PASSWORD);
}

static void
set_up_with (HealTest *self, const SampanLinkTimes *times)
{
  g_autoptr (SampanEngine) engine = sampan_engine_new ();
  g_autoptr (GError) error = NULL;

  real_server_start (&self->server);
  self->relay = relay_new (self->server.port);
  self->session = sampan_session_new (engine);
  sampan_session_set_times (self->session, times);
  self->local = core_test_path ("local");
  self->stored = real_server_share_path ("stored");
  self->remote = core_test_remote_path ("files/stored");
  error = login (self);
  g_assert_no_error (error);
}

static void
set_up (HealTest *self)
{
  SampanLinkTimes times = sampan_link_default_times;

  times.retry_ms = RETRY_MS;
  set_up_with (self, &times);
}

static unsigned int
count_entries (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  unsigned int n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static bool
staging_is_empty (gpointer data)
{
  g_autofree char *staging = real_server_share_path (".sampan/staging");

  g_usleep (1000);
  g_main_context_wakeup (NULL);
  return count_entries (staging) == 0;
}

static void
tear_down (HealTest *self)
{
  g_autofree char *share = real_server_share_path (".");
  g_autofree char *staging = real_server_share_path (".sampan/staging");

  g_clear_object (&self->session);
  real_server_stop (&self->server, SIGTERM);
  g_clear_pointer (&self->relay, relay_free);
  g_assert_cmpuint (count_entries (staging), ==, 0);
  g_assert_cmpuint (core_test_count (".sampan-"), ==, 0);
  g_unlink (self->local);
  g_unlink (self->stored);
  /* Nothing but the server's own folder. */
  g_assert_cmpuint (count_entries (share), ==, 1);
  g_free (self->local);
  g_free (self->stored);
  sampan_path_unref (self->remote);
}

static void
restart_server (HealTest *self, int signal_number)
{
  real_server_stop (&self->server, signal_number);
  real_server_start (&self->server);
  relay_set_target (self->relay, self->server.port);
}

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
  g_autofree char *bytes_a = NULL;
  g_autofree char *bytes_b = NULL;
  size_t length_a = 0, length_b = 0;
  struct stat info_a, info_b;

  g_assert_true (g_file_get_contents (a, &bytes_a, &length_a, NULL));
  g_assert_true (g_file_get_contents (b, &bytes_b, &length_b, NULL));
  g_assert_cmpmem (bytes_a, length_a, bytes_b, length_b);
  g_assert_cmpint (stat (a, &info_a), ==, 0);
  g_assert_cmpint (stat (b, &info_b), ==, 0);
  g_assert_cmpint (info_a.st_mtim.tv_sec, ==, info_b.st_mtim.tv_sec);
  g_assert_cmpint (info_a.st_mtim.tv_nsec, ==, info_b.st_mtim.tv_nsec);
}

static SampanTransfer *
new_transfer (HealTest *self, bool is_upload, SampanConflict conflict)
{
  return is_upload
             ? sampan_transfer_new_upload (self->session, self->local, self->remote, conflict)
             : sampan_transfer_new_download (self->session, self->remote, self->local, conflict);
}

static bool
has_moved_some (gpointer transfer)
{
  return sampan_transfer_get_done_bytes (transfer) > SIZE_BYTES / 10;
}

static bool
is_ready (gpointer session)
{
  return sampan_session_get_state (session) == SAMPAN_SESSION_READY;
}

static bool
is_broken (gpointer session)
{
  return sampan_session_get_state (session) == SAMPAN_SESSION_BROKEN;
}

static bool
is_reconnecting (gpointer session)
{
  return sampan_session_get_state (session) == SAMPAN_SESSION_RECONNECTING;
}

static bool
transfer_is_reconnecting (gpointer transfer)
{
  return sampan_transfer_get_state (transfer) == SAMPAN_TRANSFER_RECONNECTING;
}

static GError *
list (SampanSession *session)
{
  g_autoptr (SampanPath) path = core_test_remote_path ("files");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (SampanFolderList) entries = NULL;
  GError *error = NULL;

  sampan_session_list_async (session, path, NULL, core_test_result_cb, &result);
  entries = sampan_session_list_finish (session, core_test_await (&result), &error);
  return error;
}

static void
logout (SampanSession *session)
{
  g_autoptr (GAsyncResult) result = NULL;

  sampan_session_logout_async (session, NULL, core_test_result_cb, &result);
  sampan_session_logout_finish (session, core_test_await (&result), NULL);
  g_assert_cmpint (sampan_session_get_state (session), ==, SAMPAN_SESSION_DISCONNECTED);
}

static void
finish_well (SampanTransfer *transfer, GAsyncResult **result)
{
  g_autoptr (GError) error = NULL;

  sampan_transfer_run_finish (transfer, core_test_await (result), &error);
  g_assert_no_error (error);
  g_assert_cmpint (sampan_transfer_get_state (transfer), ==, SAMPAN_TRANSFER_DONE);
}

/* ---- Sessions ---- */

static void
test_session_by_ticket (void)
{
  HealTest self = { 0 };
  g_autoptr (GError) refused = NULL;
  g_autoptr (GError) error = NULL;

  set_up (&self);
  for (int i = 0; i < 5; i++)
    {
      relay_cut (self.relay);
      core_test_await_condition (is_reconnecting, self.session);
      g_assert_nonnull (sampan_session_get_error (self.session));
      refused = list (self.session);
      g_assert_error (refused, SAMPAN_ERROR, SAMPAN_ERROR_DISCONNECTED);
      g_clear_error (&refused);
      core_test_await_condition (is_ready, self.session);
      g_assert_null (sampan_session_get_error (self.session));
      g_assert_cmpint (sampan_session_get_seconds_to_retry (self.session), ==, -1);
      error = list (self.session);
      g_assert_no_error (error);
    }
  logout (self.session);
  tear_down (&self);
}

static void
test_session_restart (gconstpointer data)
{
  HealTest self = { 0 };
  g_autoptr (GError) error = NULL;

  set_up (&self);
  restart_server (&self, GPOINTER_TO_INT (data));
  core_test_await_condition (is_reconnecting, self.session);
  core_test_await_condition (is_ready, self.session);
  error = list (self.session);
  g_assert_no_error (error);
  tear_down (&self);
}

static void
test_session_away (void)
{
  HealTest self = { 0 };

  set_up (&self);
  real_server_stop (&self.server, SIGTERM);
  core_test_await_condition (is_reconnecting, self.session);
  for (int i = 0; i < 50; i++)
    {
      g_main_context_iteration (NULL, TRUE);
      g_assert_true (is_reconnecting (self.session));
    }
  real_server_start (&self.server);
  relay_set_target (self.relay, self.server.port);
  sampan_session_retry_now (self.session);
  core_test_await_condition (is_ready, self.session);
  tear_down (&self);
}

static void
test_session_password_changed (void)
{
  HealTest self = { 0 };

  set_up (&self);
  real_server_stop (&self.server, SIGTERM);
  real_server_set_password ("brand new");
  real_server_start (&self.server);
  relay_set_target (self.relay, self.server.port);
  core_test_await_condition (is_broken, self.session);
  g_assert_error ((GError *)sampan_session_get_error (self.session),
                  SAMPAN_ERROR,
                  SAMPAN_ERROR_LOGIN_REFUSED);
  real_server_set_password (CORE_TEST_PASSWORD);
  tear_down (&self);
}

static void
test_session_logout (void)
{
  HealTest self = { 0 };
  g_autoptr (GError) error = NULL;

  set_up (&self);
  relay_refuse (self.relay, true);
  relay_cut (self.relay);
  core_test_await_condition (is_reconnecting, self.session);
  logout (self.session);
  relay_refuse (self.relay, false);
  error = login (&self);
  g_assert_no_error (error);
  tear_down (&self);
}

/* ---- Transfers ---- */

static void
test_cuts (gconstpointer data)
{
  bool is_upload = GPOINTER_TO_INT (data);
  HealTest self = { 0 };
  g_autoptr (SampanTransfer) transfer = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  uint64_t bytes;

  set_up (&self);
  write_random (is_upload ? self.local : self.stored, SIZE_BYTES);
  bytes = is_upload ? relay_get_up_bytes (self.relay) : relay_get_down_bytes (self.relay);
  relay_cut_often (self.relay, SIZE_BYTES / 30, SIZE_BYTES / N_CUTS, N_CUTS);
  transfer = new_transfer (&self, is_upload, SAMPAN_CONFLICT_REFUSE);
  sampan_transfer_run_async (transfer, NULL, core_test_result_cb, &result);
  finish_well (transfer, &result);
  expect_same (self.local, self.stored);
  g_assert_cmpuint (relay_get_cuts (self.relay), ==, N_CUTS);
  bytes = (is_upload ? relay_get_up_bytes (self.relay) : relay_get_down_bytes (self.relay)) - bytes;
  g_assert_cmpuint (bytes, <, SIZE_BYTES + (N_CUTS + 1) * (uint64_t)MIB);
  tear_down (&self);
}

typedef struct
{
  const char *name;
  bool is_upload;
  int signal_number;
} RestartCase;

static void
test_restart (gconstpointer data)
{
  const RestartCase *restart = data;
  HealTest self = { 0 };
  g_autoptr (SampanTransfer) transfer = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  set_up (&self);
  write_random (restart->is_upload ? self.local : self.stored, SIZE_BYTES);
  transfer = new_transfer (&self, restart->is_upload, SAMPAN_CONFLICT_REFUSE);
  sampan_transfer_run_async (transfer, NULL, core_test_result_cb, &result);
  core_test_await_condition (has_moved_some, transfer);
  restart_server (&self, restart->signal_number);
  finish_well (transfer, &result);
  expect_same (self.local, self.stored);
  tear_down (&self);
}

typedef struct
{
  const char *name;
  SampanConflict conflict;
  bool is_killed;
  bool was_there; /* another file, before */
  size_t size;
} AckCase;

static bool
is_stored (gpointer data)
{
  HealTest *self = data;
  struct stat local, stored;

  g_usleep (1000);
  g_main_context_wakeup (NULL);
  return stat (self->local, &local) == 0 && stat (self->stored, &stored) == 0 &&
         local.st_size == stored.st_size && local.st_mtim.tv_nsec == stored.st_mtim.tv_nsec;
}

/* So that an upload needs no word from the server to be sent. */
static void
attach_a_link (HealTest *self)
{
  g_autofree char *local = core_test_path ("warm");
  g_autofree char *stored = real_server_share_path ("warm");
  g_autoptr (SampanPath) remote = core_test_remote_path ("files/warm");
  g_autoptr (SampanTransfer) transfer =
      sampan_transfer_new_upload (self->session, local, remote, SAMPAN_CONFLICT_REFUSE);
  g_autoptr (GAsyncResult) result = NULL;

  write_random (local, 1);
  sampan_transfer_run_async (transfer, NULL, core_test_result_cb, &result);
  finish_well (transfer, &result);
  g_unlink (local);
  g_unlink (stored);
}

/* Else both files may be of one tick of the clock, and what is sent not newer. */
static void
make_old (const char *filename)
{
  struct timespec times[2] = { { 0 }, { 0 } };

  g_assert_cmpint (utimensat (AT_FDCWD, filename, times, 0), ==, 0);
}

static void
test_lost_ack (gconstpointer data)
{
  const AckCase *ack = data;
  HealTest self = { 0 };
  g_autofree char *share = real_server_share_path (".");
  g_autofree char *trash = real_server_share_path (".sampan/trash");
  g_autofree char *asked = real_server_share_path ("stored");
  bool beside = ack->was_there && ack->conflict == SAMPAN_CONFLICT_KEEP_BOTH;
  g_autoptr (SampanTransfer) transfer = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  unsigned int n_trash;

  set_up (&self);
  if (ack->was_there)
    {
      write_random (self.stored, 1000);
      make_old (self.stored);
    }
  if (beside)
    {
      g_free (self.stored);
      self.stored = real_server_share_path ("stored (2)");
    }
  n_trash = count_entries (trash);
  write_random (self.local, ack->size);
  transfer = new_transfer (&self, true, ack->conflict);
  attach_a_link (&self);
  relay_hold_down (self.relay, true);
  sampan_transfer_run_async (transfer, NULL, core_test_result_cb, &result);
  core_test_await_condition (is_stored, &self);
  relay_refuse (self.relay, true);
  relay_cut (self.relay);
  relay_hold_down (self.relay, false);
  if (ack->is_killed)
    restart_server (&self, SIGKILL);
  core_test_await_condition (transfer_is_reconnecting, transfer);
  relay_refuse (self.relay, false);
  finish_well (transfer, &result);
  expect_same (self.local, self.stored);
  g_assert_cmpstr (sampan_transfer_get_stored_name (transfer), ==, beside ? "stored (2)" : NULL);
  /* The server's folder, the file, and what was there if that stays. */
  g_assert_cmpuint (count_entries (share), ==, beside ? 3 : 2);
  g_assert_cmpuint (count_entries (trash), ==, n_trash + (ack->was_there && !beside ? 1 : 0));
  if (beside)
    g_unlink (asked);
  tear_down (&self);
}

/* Stops in the middle, with nobody to connect to. */
static void
start_and_cut (HealTest *self, bool is_upload, SampanTransfer **transfer, GAsyncResult **result)
{
  *transfer = new_transfer (self, is_upload, SAMPAN_CONFLICT_REFUSE);
  relay_cut_often (self->relay, SIZE_BYTES / 2, SIZE_BYTES / 2, 1);
  relay_refuse_after_cut (self->relay);
  sampan_transfer_run_async (*transfer, NULL, core_test_result_cb, result);
  core_test_await_condition (transfer_is_reconnecting, *transfer);
}

/* The copy on the box is the one of another moment: what is sent is the file as it is then. */
static void
test_source_changes (gconstpointer data)
{
  bool grows = GPOINTER_TO_INT (data);
  HealTest self = { 0 };
  g_autoptr (SampanTransfer) transfer = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  set_up (&self);
  write_random (self.local, SIZE_BYTES);
  start_and_cut (&self, true, &transfer, &result);
  if (grows)
    {
      int fd = open (self.local, O_WRONLY | O_APPEND | O_CLOEXEC);

      g_assert_cmpint (write (fd, "more", 4), ==, 4);
      close (fd);
    }
  else
    write_random (self.local, SIZE_BYTES / 2);
  relay_refuse (self.relay, false);
  finish_well (transfer, &result);
  expect_same (self.local, self.stored);
  tear_down (&self);
}

static void
test_target_changes (void)
{
  HealTest self = { 0 };
  g_autoptr (SampanTransfer) transfer = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  set_up (&self);
  write_random (self.stored, SIZE_BYTES);
  start_and_cut (&self, false, &transfer, &result);
  write_random (self.stored, SIZE_BYTES);
  relay_refuse (self.relay, false);
  finish_well (transfer, &result);
  expect_same (self.local, self.stored);
  tear_down (&self);
}

static void
test_black_hole (gconstpointer data)
{
  bool is_upload = GPOINTER_TO_INT (data);
  SampanLinkTimes times = sampan_link_default_times;
  HealTest self = { 0 };
  g_autoptr (SampanTransfer) transfer = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  times.retry_ms = RETRY_MS;
  times.reply_ms = times.slow_reply_ms = times.hello_ms = times.keepalive_ms = SHORT_MS;
  set_up_with (&self, &times);
  write_random (is_upload ? self.local : self.stored, SIZE_BYTES);
  relay_cut_often (self.relay, SIZE_BYTES / 2, SIZE_BYTES / 2, 1);
  relay_black_hole_for_cut (self.relay);
  transfer = new_transfer (&self, is_upload, SAMPAN_CONFLICT_REFUSE);
  sampan_transfer_run_async (transfer, NULL, core_test_result_cb, &result);
  core_test_await_condition (is_reconnecting, self.session);
  core_test_await_condition (transfer_is_reconnecting, transfer);
  relay_cut (self.relay);
  relay_black_hole (self.relay, false);
  finish_well (transfer, &result);
  expect_same (self.local, self.stored);
  tear_down (&self);
}

/* The server still waits for the old connection when the client is back: it lets go of what that
 * one wrote, and it is not sent twice. */
static void
test_left_behind (void)
{
  SampanLinkTimes times = sampan_link_default_times;
  HealTest self = { 0 };
  g_autoptr (SampanTransfer) transfer = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  times.retry_ms = RETRY_MS;
  times.reply_ms = times.slow_reply_ms = times.hello_ms = times.keepalive_ms = SHORT_MS;
  set_up_with (&self, &times);
  write_random (self.local, SIZE_BYTES);
  relay_cut_often (self.relay, SIZE_BYTES / 2, SIZE_BYTES / 2, 1);
  relay_black_hole_for_cut (self.relay);
  transfer = new_transfer (&self, true, SAMPAN_CONFLICT_REFUSE);
  sampan_transfer_run_async (transfer, NULL, core_test_result_cb, &result);
  core_test_await_condition (is_reconnecting, self.session);
  core_test_await_condition (transfer_is_reconnecting, transfer);
  relay_leave_behind (self.relay);
  finish_well (transfer, &result);
  expect_same (self.local, self.stored);
  g_assert_cmpuint (relay_get_up_bytes (self.relay), <, SIZE_BYTES + MIB);
  tear_down (&self);
}

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

  set_up (&self);
  write_random (is_upload ? self.local : self.stored, SIZE_BYTES);
  start_and_cut (&self, is_upload, &transfer, &result);
  sampan_transfer_cancel (transfer);
  expect_cancelled (transfer, &result);
  g_assert_cmpint (sampan_session_get_state (self.session), ==, SAMPAN_SESSION_RECONNECTING);
  g_assert_false (g_file_test (is_upload ? self.stored : self.local, G_FILE_TEST_EXISTS));
  g_assert_cmpint (staging_is_empty (NULL), ==, !is_upload);
  relay_refuse (self.relay, false);
  core_test_await_condition (staging_is_empty, NULL);
  tear_down (&self);
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

  set_up (&self);
  write_random (is_upload ? self.local : self.stored, SIZE_BYTES);
  relay_cut_often (self.relay, SIZE_BYTES / 2, SIZE_BYTES / 2, 1);
  relay_black_hole_for_cut (self.relay);
  transfer = new_transfer (&self, is_upload, SAMPAN_CONFLICT_REFUSE);
  sampan_transfer_run_async (transfer, NULL, core_test_result_cb, &result);
  core_test_await_condition (is_swallowed, self.relay);
  core_test_await_condition (has_moved_some, transfer);
  sampan_transfer_cancel (transfer);
  expect_cancelled (transfer, &result);
  relay_cut (self.relay);
  relay_black_hole (self.relay, false);
  core_test_await_condition (staging_is_empty, NULL);
  g_assert_false (g_file_test (is_upload ? self.stored : self.local, G_FILE_TEST_EXISTS));
  tear_down (&self);
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

  set_up (&self);
  write_random (is_upload ? self.local : self.stored, SIZE_BYTES);
  start_and_cut (&self, is_upload, &transfer, &result);
  for (int i = 0; i < 3; i++)
    {
      sampan_transfer_cancel (transfer);
      expect_cancelled (transfer, &result);
      g_clear_object (&result);
      sampan_transfer_requeue (transfer);
      sampan_transfer_run_async (transfer, NULL, core_test_result_cb, &result);
      core_test_await_condition (transfer_is_reconnecting, transfer);
    }
  relay_refuse (self.relay, false);
  finish_well (transfer, &result);
  expect_same (self.local, self.stored);
  tear_down (&self);
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

  set_up (&self);
  write_random (is_upload ? self.local : self.stored, SIZE_BYTES);
  start_and_cut (&self, is_upload, &transfer, &result);
  sampan_transfer_pause (transfer);
  sampan_transfer_run_finish (transfer, core_test_await (&result), &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (sampan_transfer_get_state (transfer), ==, SAMPAN_TRANSFER_PAUSED);
  g_assert_cmpint (sampan_session_get_state (self.session), ==, SAMPAN_SESSION_RECONNECTING);
  g_clear_object (&result);
  relay_refuse (self.relay, false);
  core_test_await_condition (is_ready, self.session);
  g_assert_cmpint (sampan_transfer_get_state (transfer), ==, SAMPAN_TRANSFER_PAUSED);
  sampan_transfer_requeue (transfer);
  sampan_transfer_run_async (transfer, NULL, core_test_result_cb, &result);
  finish_well (transfer, &result);
  expect_same (self.local, self.stored);
  tear_down (&self);
}

static void
test_logout_while_reconnecting (void)
{
  HealTest self = { 0 };
  g_autoptr (SampanTransfer) transfer = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *part = NULL;

  set_up (&self);
  write_random (self.stored, SIZE_BYTES);
  start_and_cut (&self, false, &transfer, &result);
  logout (self.session);
  sampan_transfer_run_finish (transfer, core_test_await (&result), &error);
  g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_DISCONNECTED);
  g_clear_error (&error);
  g_clear_object (&transfer);
  g_clear_object (&result);
  /* The same download goes on from there. */
  relay_refuse (self.relay, false);
  error = login (&self);
  g_assert_no_error (error);
  transfer = new_transfer (&self, false, SAMPAN_CONFLICT_REFUSE);
  sampan_transfer_run_async (transfer, NULL, core_test_result_cb, &result);
  finish_well (transfer, &result);
  expect_same (self.local, self.stored);
  tear_down (&self);
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

  set_up (&self);
  write_random (is_upload ? self.local : self.stored, SIZE_BYTES);
  bytes = relay_get_up_bytes (self.relay) + relay_get_down_bytes (self.relay);
  transfer = new_transfer (&self, is_upload, SAMPAN_CONFLICT_REFUSE);
  sampan_transfer_set_keep_partial (transfer, true);
  relay_cut_often (self.relay, SIZE_BYTES / 2, SIZE_BYTES / 2, 1);
  relay_black_hole_for_cut (self.relay);
  sampan_transfer_run_async (transfer, NULL, core_test_result_cb, &result);
  core_test_await_condition (is_swallowed, self.relay);
  core_test_await_condition (has_moved_some, transfer);
  sampan_transfer_cancel (transfer);
  sampan_transfer_run_finish (transfer, core_test_await (&result), &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_object (&transfer);
  g_clear_object (&result);
  relay_cut (self.relay);
  relay_black_hole (self.relay, false);
  core_test_await_condition (is_reconnecting, self.session);
  transfer = new_transfer (&self, is_upload, SAMPAN_CONFLICT_REFUSE);
  sampan_transfer_set_resume (transfer, true);
  sampan_transfer_run_async (transfer, NULL, core_test_result_cb, &result);
  finish_well (transfer, &result);
  expect_same (self.local, self.stored);
  bytes = relay_get_up_bytes (self.relay) + relay_get_down_bytes (self.relay) - bytes;
  /* What is in the buffers of two sockets and the relay when it stops is lost. */
  g_assert_cmpuint (bytes, <, SIZE_BYTES + 8 * (uint64_t)MIB);
  tear_down (&self);
}

static void
test_cancel_then_logout (void)
{
  HealTest self = { 0 };

  set_up (&self);
  /* Of zeros; too long to be sent before it is cancelled. */
  write_random (self.local, 0);
  g_assert_cmpint (truncate (self.local, 64 * (off_t)SIZE_BYTES), ==, 0);
  for (int i = 0; i < 5; i++)
    {
      g_autoptr (SampanTransfer) transfer = new_transfer (&self, true, SAMPAN_CONFLICT_REFUSE);
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;

      sampan_transfer_run_async (transfer, NULL, core_test_result_cb, &result);
      core_test_await_condition (has_moved_some, transfer);
      sampan_transfer_cancel (transfer);
      logout (self.session);
      core_test_await (&result);
      core_test_await_condition (staging_is_empty, NULL);
      error = login (&self);
      g_assert_no_error (error);
    }
  tear_down (&self);
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

  set_up (&self);
  g_assert_cmpint (g_mkdir (self.local, 0700), ==, 0);
  batch = sampan_batch_new_upload (self.session, share);
  sampan_batch_add_local (batch, self.local);
  error = batch_test_prepare (batch, NULL);
  g_assert_no_error (error);
  relay_refuse (self.relay, true);
  relay_cut (self.relay);
  core_test_await_condition (is_reconnecting, self.session);
  sampan_batch_start (batch, queue);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpint (sampan_batch_get_state (batch), ==, SAMPAN_BATCH_MOVING);
  if (is_all)
    sampan_queue_cancel_all (queue);
  else
    sampan_batch_cancel (batch);
  core_test_await_condition (batch_is_over, batch);
  g_assert_cmpint (sampan_session_get_state (self.session), ==, SAMPAN_SESSION_RECONNECTING);
  batch_test_expect_sums (batch, 0, 0, 0, 0);
  relay_refuse (self.relay, false);
  core_test_await_condition (is_ready, self.session);
  g_assert_cmpint (g_rmdir (self.local), ==, 0);
  tear_down (&self); /* nothing is in the share */
}

/* The transfer's links are cut again and again before a byte comes through. */
static void
test_no_progress (void)
{
  HealTest self = { 0 };
  g_autoptr (SampanTransfer) transfer = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  set_up (&self);
  write_random (self.stored, SIZE_BYTES);
  relay_cut_often (self.relay, 500, 3000, 100000);
  transfer = new_transfer (&self, false, SAMPAN_CONFLICT_REFUSE);
  sampan_transfer_run_async (transfer, NULL, core_test_result_cb, &result);
  sampan_transfer_run_finish (transfer, core_test_await (&result), &error);
  g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_DISCONNECTED);
  g_assert_cmpint (sampan_transfer_get_state (transfer), ==, SAMPAN_TRANSFER_FAILED);
  relay_cut_often (self.relay, 1, 1, 0);
  tear_down (&self);
}

static void
add_both_ways (const char *name, GTestDataFunc func)
{
  g_autofree char *upload = g_strdup_printf ("/core/heal/%s/upload", name);
  g_autofree char *download = g_strdup_printf ("/core/heal/%s/download", name);

  g_test_add_data_func (upload, GINT_TO_POINTER (true), func);
  g_test_add_data_func (download, GINT_TO_POINTER (false), func);
}

static void
add_lost_acks (void)
{
  static const AckCase cases[] = {
    { "refuse", SAMPAN_CONFLICT_REFUSE, false, false, MIB },
    { "refuse-killed", SAMPAN_CONFLICT_REFUSE, true, false, MIB },
    { "refuse-small", SAMPAN_CONFLICT_REFUSE, false, false, 10 },
    { "refuse-empty", SAMPAN_CONFLICT_REFUSE, false, false, 0 },
    { "replace", SAMPAN_CONFLICT_REPLACE, false, true, MIB },
    { "replace-killed", SAMPAN_CONFLICT_REPLACE, true, true, MIB },
    { "newer", SAMPAN_CONFLICT_REPLACE_NEWER, false, true, MIB },
    { "both", SAMPAN_CONFLICT_KEEP_BOTH, false, true, MIB },
    { "both-killed", SAMPAN_CONFLICT_KEEP_BOTH, true, true, MIB },
    { "both-free", SAMPAN_CONFLICT_KEEP_BOTH, false, false, MIB },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *name = g_strdup_printf ("/core/heal/lost-ack/%s", cases[i].name);

      g_test_add_data_func (name, &cases[i], test_lost_ack);
    }
}

static void
add_restarts (void)
{
  static const RestartCase cases[] = {
    { "upload-killed", true, SIGKILL },
    { "upload-stopped", true, SIGTERM },
    { "download-killed", false, SIGKILL },
    { "download-stopped", false, SIGTERM },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *name = g_strdup_printf ("/core/heal/restart/%s", cases[i].name);

      g_test_add_data_func (name, &cases[i], test_restart);
    }
}

int
main (int argc, char **argv)
{
  core_test_init (&argc, &argv);
  real_server_init ();
  g_test_add_func ("/core/heal/session/by-ticket", test_session_by_ticket);
  g_test_add_data_func ("/core/heal/session/stopped",
                        GINT_TO_POINTER (SIGTERM),
                        test_session_restart);
  g_test_add_data_func ("/core/heal/session/killed",
                        GINT_TO_POINTER (SIGKILL),
                        test_session_restart);
  g_test_add_func ("/core/heal/session/away", test_session_away);
  g_test_add_func ("/core/heal/session/password-changed", test_session_password_changed);
  g_test_add_func ("/core/heal/session/logout", test_session_logout);
  add_both_ways ("cuts", test_cuts);
  add_restarts ();
  add_lost_acks ();
  g_test_add_data_func ("/core/heal/source/grows", GINT_TO_POINTER (true), test_source_changes);
  g_test_add_data_func ("/core/heal/source/replaced", GINT_TO_POINTER (false), test_source_changes);
  g_test_add_func ("/core/heal/target-changes", test_target_changes);
  g_test_add_func ("/core/heal/left-behind", test_left_behind);
  add_both_ways ("black-hole", test_black_hole);
  add_both_ways ("cancel", test_cancel);
  add_both_ways ("cancel-in-black-hole", test_cancel_in_black_hole);
  add_both_ways ("cancel-then-again", test_cancel_then_again);
  add_both_ways ("pause", test_pause);
  g_test_add_data_func ("/core/heal/cancel-batch/all", GINT_TO_POINTER (true), test_cancel_batch);
  g_test_add_data_func ("/core/heal/cancel-batch/one", GINT_TO_POINTER (false), test_cancel_batch);
  g_test_add_func ("/core/heal/logout", test_logout_while_reconnecting);
  add_both_ways ("keep-partial", test_keep_partial);
  g_test_add_func ("/core/heal/cancel-then-logout", test_cancel_then_logout);
  g_test_add_func ("/core/heal/no-progress", test_no_progress);
  return core_test_run ();
}
