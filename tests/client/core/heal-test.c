/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A session over a relay to the real server. */

#include "config.h"

#include "heal-test.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <sodium.h>
#include <sys/stat.h>

GError *
heal_test_login (HealTest *self)
{
  return core_test_login (self->session, relay_get_port (self->relay), CORE_TEST_PASSWORD);
}

void
heal_test_set_up_with (HealTest *self, const SampanLinkTimes *times)
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
  error = heal_test_login (self);
  g_assert_no_error (error);
}

void
heal_test_set_up (HealTest *self)
{
  SampanLinkTimes times = sampan_link_default_times;

  times.retry_ms = HEAL_TEST_RETRY_MS;
  heal_test_set_up_with (self, &times);
}

unsigned int
heal_test_count_entries (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  unsigned int n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

bool
heal_test_staging_is_empty (gpointer data)
{
  g_autofree char *staging = real_server_share_path (".sampan/staging");

  g_usleep (1000);
  g_main_context_wakeup (NULL);
  return heal_test_count_entries (staging) == 0;
}

void
heal_test_tear_down (HealTest *self)
{
  g_autofree char *share = real_server_share_path (".");
  g_autofree char *staging = real_server_share_path (".sampan/staging");

  g_clear_object (&self->session);
  real_server_stop (&self->server, SIGTERM);
  g_clear_pointer (&self->relay, relay_free);
  g_assert_cmpuint (heal_test_count_entries (staging), ==, 0);
  g_assert_cmpuint (core_test_count (".sampan-"), ==, 0);
  g_unlink (self->local);
  g_unlink (self->stored);
  /* Nothing but the server's own folder. */
  g_assert_cmpuint (heal_test_count_entries (share), ==, 1);
  g_free (self->local);
  g_free (self->stored);
  sampan_path_unref (self->remote);
}

void
heal_test_restart_server (HealTest *self, int signal_number)
{
  real_server_stop (&self->server, signal_number);
  real_server_start (&self->server);
  relay_set_target (self->relay, self->server.port);
}

void
heal_test_write_random (const char *filename, size_t size)
{
  g_autofree uint8_t *bytes = g_malloc (size + 1);

  randombytes_buf (bytes, size);
  g_assert_true (g_file_set_contents (filename, (const char *)bytes, (gssize)size, NULL));
}

void
heal_test_expect_same (const char *a, const char *b)
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

SampanTransfer *
heal_test_new_transfer (HealTest *self, bool is_upload, SampanConflict conflict)
{
  return is_upload
             ? sampan_transfer_new_upload (self->session, self->local, self->remote, conflict)
             : sampan_transfer_new_download (self->session, self->remote, self->local, conflict);
}

bool
heal_test_has_moved_some (gpointer transfer)
{
  return sampan_transfer_get_done_bytes (transfer) > HEAL_TEST_SIZE / 10;
}

bool
heal_test_is_ready (gpointer session)
{
  return sampan_session_get_state (session) == SAMPAN_SESSION_READY;
}

bool
heal_test_is_broken (gpointer session)
{
  return sampan_session_get_state (session) == SAMPAN_SESSION_BROKEN;
}

bool
heal_test_is_reconnecting (gpointer session)
{
  return sampan_session_get_state (session) == SAMPAN_SESSION_RECONNECTING;
}

bool
heal_test_transfer_is_reconnecting (gpointer transfer)
{
  return sampan_transfer_get_state (transfer) == SAMPAN_TRANSFER_RECONNECTING;
}

GError *
heal_test_list (SampanSession *session)
{
  g_autoptr (SampanPath) path = core_test_remote_path ("files");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (SampanFolderList) entries = NULL;
  GError *error = NULL;

  sampan_session_list_async (session, path, NULL, core_test_result_cb, &result);
  entries = sampan_session_list_finish (session, core_test_await (&result), &error);
  return error;
}

void
heal_test_logout (SampanSession *session)
{
  g_autoptr (GAsyncResult) result = NULL;

  sampan_session_logout_async (session, NULL, core_test_result_cb, &result);
  sampan_session_logout_finish (session, core_test_await (&result), NULL);
  g_assert_cmpint (sampan_session_get_state (session), ==, SAMPAN_SESSION_DISCONNECTED);
}

void
heal_test_finish_well (SampanTransfer *transfer, GAsyncResult **result)
{
  g_autoptr (GError) error = NULL;

  sampan_transfer_run_finish (transfer, core_test_await (result), &error);
  g_assert_no_error (error);
  g_assert_cmpint (sampan_transfer_get_state (transfer), ==, SAMPAN_TRANSFER_DONE);
}

void
heal_test_start_and_cut (HealTest *self,
                         bool is_upload,
                         SampanTransfer **transfer,
                         GAsyncResult **result)
{
  *transfer = heal_test_new_transfer (self, is_upload, SAMPAN_CONFLICT_REFUSE);
  relay_cut_often (self->relay, HEAL_TEST_SIZE / 2, HEAL_TEST_SIZE / 2, 1);
  relay_refuse_after_cut (self->relay);
  sampan_transfer_run_async (*transfer, NULL, core_test_result_cb, result);
  core_test_await_condition (heal_test_transfer_is_reconnecting, *transfer);
}

void
heal_test_add_both_ways (const char *name, GTestDataFunc func)
{
  g_autofree char *upload = g_strdup_printf ("/core/heal/%s/upload", name);
  g_autofree char *download = g_strdup_printf ("/core/heal/%s/download", name);

  g_test_add_data_func (upload, GINT_TO_POINTER (true), func);
  g_test_add_data_func (download, GINT_TO_POINTER (false), func);
}
