/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A session with a misbehaving server, and what tests of transfers do with it. */

#include "config.h"

#include "transfer-test.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

atomic_uint transfer_test_aborts_seen;
atomic_ullong transfer_test_bytes_seen;
atomic_bool transfer_test_may_read;

void
transfer_test_set_up (TransferTest *self,
                      EvilScript script,
                      gpointer data,
                      const SampanLinkTimes *times)
{
  EvilPlan plan = { .login = EVIL_LOGIN_FINE, .transfer = script, .data = data };
  SampanLinkTimes kept = times != NULL ? *times : sampan_link_default_times;
  g_autoptr (SampanEngine) engine = sampan_engine_new ();
  g_autoptr (GError) error = NULL;

  self->server = evil_server_new (&plan);
  self->session = sampan_session_new (engine);
  self->remote = core_test_remote_path ("files/photo.jpg");
  self->local = core_test_path ("photo.jpg");
  g_unlink (self->local);
  /* One break, one error. */
  kept.retry_ms = 0;
  sampan_session_set_times (self->session, &kept);
  error = core_test_login (self->session, evil_server_get_port (self->server), CORE_TEST_PASSWORD);
  g_assert_no_error (error);
}

void
transfer_test_tear_down (TransferTest *self)
{
  g_clear_object (&self->session);
  g_clear_pointer (&self->server, evil_server_free);
  g_clear_pointer (&self->remote, sampan_path_unref);
  /* The engine is gone: whatever was to be removed is. */
  g_assert_cmpuint (core_test_count (TRANSFER_TEST_TEMP_PREFIX), ==, 0);
  g_unlink (self->local);
  g_clear_pointer (&self->local, g_free);
}

void
transfer_test_write_local (TransferTest *self, size_t size)
{
  g_autofree char *contents = g_strnfill (size, 'x');

  g_assert_true (g_file_set_contents (self->local, contents, (gssize)size, NULL));
}

void
transfer_test_expect_local (const char *filename, size_t size, char byte)
{
  g_autofree char *contents = NULL;
  g_autofree char *expected = g_strnfill (size, byte);
  gsize length;

  g_assert_true (g_file_get_contents (filename, &contents, &length, NULL));
  g_assert_cmpmem (contents, length, expected, size);
}

void
transfer_test_set_local_mtime (TransferTest *self, time_t seconds)
{
  struct timespec times[2] = { { .tv_sec = seconds }, { .tv_sec = seconds } };

  g_assert_cmpint (utimensat (AT_FDCWD, self->local, times, 0), ==, 0);
}

GError *
transfer_test_run (SampanTransfer *transfer, GCancellable *cancellable)
{
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  sampan_transfer_run_async (transfer, cancellable, core_test_result_cb, &result);
  sampan_transfer_run_finish (transfer, core_test_await (&result), &error);
  return error;
}

SampanTransfer *
transfer_test_new_download (TransferTest *self, SampanConflict conflict)
{
  return sampan_transfer_new_download (self->session, self->remote, self->local, conflict);
}

SampanTransfer *
transfer_test_new_upload (TransferTest *self)
{
  return sampan_transfer_new_upload (self->session,
                                     self->local,
                                     self->remote,
                                     SAMPAN_CONFLICT_REFUSE);
}

void
transfer_test_send_info (EvilPeer *peer, uint64_t size)
{
  SampanGetInfo info = { .size = size, .mtime = { TRANSFER_TEST_MTIME, 5 } };

  sampan_write_get_info (evil_begin (peer), &info);
  evil_send (peer);
}

bool
transfer_test_send_bytes (EvilPeer *peer, size_t size)
{
  while (size > 0)
    {
      size_t part = MIN (size, SAMPAN_DATA_MAX);

      if (!evil_send_data (peer, part))
        return false;
      size -= part;
    }
  return true;
}

/* The kind that ended the put: END or PUT_ABORT; 0 if the client is gone. */
uint8_t
transfer_test_read_put (EvilPeer *peer, uint64_t stop_after)
{
  SampanReader fields;
  uint8_t kind;
  uint64_t bytes = 0;

  while (bytes < stop_after && evil_read (peer, &kind, &fields))
    {
      if (kind == SAMPAN_KIND_PUT_ABORT)
        atomic_fetch_add (&transfer_test_aborts_seen, 1);
      if (kind != SAMPAN_KIND_DATA)
        return kind;
      bytes += sampan_reader_get_rest (&fields).length;
      atomic_store (&transfer_test_bytes_seen, bytes);
    }
  return 0;
}

bool
transfer_test_send_stored (EvilPeer *peer, const char *name, size_t length)
{
  SampanWriter *writer = evil_begin (peer);
  static const uint8_t zeros[SAMPAN_VERSION_LENGTH + SAMPAN_TRASH_ID_LENGTH];

  /* By hand: sampan_write_stored() refuses evil names. */
  sampan_writer_put_u8 (writer, SAMPAN_KIND_STORED);
  sampan_writer_put_fixed (writer, zeros, sizeof zeros);
  sampan_writer_put_u64 (writer, 0);
  sampan_writer_put_bytes8 (writer, (const uint8_t *)name, length);
  return evil_send (peer);
}

void
transfer_test_slow_put_script (EvilPeer *peer, gpointer data)
{
  SampanReader fields;
  uint8_t kind;

  while (evil_read (peer, &kind, &fields) && kind == SAMPAN_KIND_PUT)
    {
      atomic_store (&transfer_test_bytes_seen, 1);
      while (!atomic_load (&transfer_test_may_read))
        g_usleep (1000);
      if (transfer_test_read_put (peer, UINT64_MAX) != SAMPAN_KIND_PUT_ABORT)
        transfer_test_send_stored (peer, "photo.jpg", 9);
      else
        evil_send_empty (peer, SAMPAN_KIND_DONE);
    }
}

bool
transfer_test_bytes_were_seen (gpointer data)
{
  return atomic_load (&transfer_test_bytes_seen) > 0;
}

bool
transfer_test_abort_was_seen (gpointer data)
{
  return atomic_load (&transfer_test_aborts_seen) == 1;
}

/* Nothing wakes the main context for these. */
static bool
spin_once (gpointer condition)
{
  g_usleep (1000);
  g_main_context_wakeup (NULL);
  return ((CoreTestCondition)condition) (NULL);
}

void
transfer_test_spin_until (CoreTestCondition condition)
{
  core_test_await_condition (spin_once, condition);
}

static bool
is_saving (gpointer transfer)
{
  return sampan_transfer_get_state (transfer) >= SAMPAN_TRANSFER_SAVING;
}

static void
wait_for_moment (TransferTestMoment moment, SampanTransfer *transfer, GAsyncResult **result)
{
  switch (moment)
    {
    case TRANSFER_TEST_BEFORE:
    case TRANSFER_TEST_AT_ONCE:
      return;
    case TRANSFER_TEST_MID:
      transfer_test_spin_until (transfer_test_bytes_were_seen);
      return;
    case TRANSFER_TEST_LATE:
      atomic_store (&transfer_test_may_read, true);
      core_test_await_condition (is_saving, transfer);
      return;
    case TRANSFER_TEST_AFTER:
      atomic_store (&transfer_test_may_read, true);
      core_test_await (result);
      return;
    }
}

void
transfer_test_cancel_one (TransferTest *self, SampanTransfer *transfer, TransferTestMoment moment)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  SampanTransferState state;

  atomic_store (&transfer_test_may_read, false);
  atomic_store (&transfer_test_bytes_seen, 0);
  if (moment == TRANSFER_TEST_BEFORE)
    g_cancellable_cancel (cancellable);
  sampan_transfer_run_async (transfer, cancellable, core_test_result_cb, &result);
  wait_for_moment (moment, transfer, &result);
  g_cancellable_cancel (cancellable);
  sampan_transfer_run_finish (transfer, core_test_await (&result), &error);
  state = sampan_transfer_get_state (transfer);
  /* Late, either is right. */
  if (moment == TRANSFER_TEST_AFTER ||
      (moment == TRANSFER_TEST_LATE && state == SAMPAN_TRANSFER_DONE))
    {
      g_assert_no_error (error);
      g_assert_cmpint (state, ==, SAMPAN_TRANSFER_DONE);
    }
  else
    {
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpint (state, ==, SAMPAN_TRANSFER_CANCELLED);
    }
  g_assert_cmpuint (core_test_count (TRANSFER_TEST_TEMP_PREFIX), ==, 0);
  atomic_store (&transfer_test_may_read, true);
}

void
transfer_test_add_moments (const char *prefix, GTestDataFunc func)
{
  static const char *const moments[] = { "before", "at-once", "mid", "late", "after" };

  for (int i = TRANSFER_TEST_BEFORE; i <= TRANSFER_TEST_AFTER; i++)
    {
      g_autofree char *name = g_strdup_printf ("%s/%s", prefix, moments[i]);

      g_test_add_data_func (name, GINT_TO_POINTER (i), func);
    }
}
