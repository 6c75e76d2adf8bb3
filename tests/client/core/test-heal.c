/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Sessions and transfers over a network that breaks, with the real server. */

#include "config.h"

#include "heal-test.h"
#include "verify.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#define MIB (1024 * 1024)
#define N_CUTS 10
/* Until a link is given up; whatever goes on is to be answered within. */
#define SHORT_MS 3000
#define KEEPALIVE_MS 400
/* More than are asked for at once. */
#define MANY 200
#define N_BREAKS 5

/* ---- Sessions ---- */

static void
test_session_by_ticket (void)
{
  HealTest self = { 0 };
  g_autoptr (GError) refused = NULL;
  g_autoptr (GError) error = NULL;

  heal_test_set_up (&self);
  for (int i = 0; i < 5; i++)
    {
      relay_cut (self.relay);
      core_test_await_condition (heal_test_is_reconnecting, self.session);
      g_assert_nonnull (sampan_session_get_error (self.session));
      refused = heal_test_list (self.session);
      g_assert_error (refused, SAMPAN_ERROR, SAMPAN_ERROR_DISCONNECTED);
      g_clear_error (&refused);
      core_test_await_condition (heal_test_is_ready, self.session);
      g_assert_null (sampan_session_get_error (self.session));
      g_assert_cmpint (sampan_session_get_seconds_to_retry (self.session), ==, -1);
      error = heal_test_list (self.session);
      g_assert_no_error (error);
    }
  heal_test_logout (self.session);
  heal_test_tear_down (&self);
}

static void
test_session_restart (gconstpointer data)
{
  HealTest self = { 0 };
  g_autoptr (GError) error = NULL;

  heal_test_set_up (&self);
  heal_test_restart_server (&self, GPOINTER_TO_INT (data));
  core_test_await_condition (heal_test_is_reconnecting, self.session);
  core_test_await_condition (heal_test_is_ready, self.session);
  error = heal_test_list (self.session);
  g_assert_no_error (error);
  heal_test_tear_down (&self);
}

static void
test_session_away (void)
{
  HealTest self = { 0 };

  heal_test_set_up (&self);
  real_server_stop (&self.server, SIGTERM);
  core_test_await_condition (heal_test_is_reconnecting, self.session);
  for (int i = 0; i < 50; i++)
    {
      g_main_context_iteration (NULL, TRUE);
      g_assert_true (heal_test_is_reconnecting (self.session));
    }
  real_server_start (&self.server);
  relay_set_target (self.relay, self.server.port);
  sampan_session_retry_now (self.session);
  core_test_await_condition (heal_test_is_ready, self.session);
  heal_test_tear_down (&self);
}

static void
test_session_password_changed (void)
{
  HealTest self = { 0 };

  heal_test_set_up (&self);
  real_server_stop (&self.server, SIGTERM);
  real_server_set_password ("brand new");
  real_server_start (&self.server);
  relay_set_target (self.relay, self.server.port);
  core_test_await_condition (heal_test_is_broken, self.session);
  g_assert_error ((GError *)sampan_session_get_error (self.session),
                  SAMPAN_ERROR,
                  SAMPAN_ERROR_LOGIN_REFUSED);
  real_server_set_password (CORE_TEST_PASSWORD);
  heal_test_tear_down (&self);
}

static void
test_session_logout (void)
{
  HealTest self = { 0 };
  g_autoptr (GError) error = NULL;

  heal_test_set_up (&self);
  relay_refuse (self.relay, true);
  relay_cut (self.relay);
  core_test_await_condition (heal_test_is_reconnecting, self.session);
  heal_test_logout (self.session);
  relay_refuse (self.relay, false);
  error = heal_test_login (&self);
  g_assert_no_error (error);
  heal_test_tear_down (&self);
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

  heal_test_set_up (&self);
  heal_test_write_random (is_upload ? self.local : self.stored, HEAL_TEST_SIZE);
  bytes = is_upload ? relay_get_up_bytes (self.relay) : relay_get_down_bytes (self.relay);
  relay_cut_often (self.relay, HEAL_TEST_SIZE / 30, HEAL_TEST_SIZE / N_CUTS, N_CUTS);
  transfer = heal_test_new_transfer (&self, is_upload, SAMPAN_CONFLICT_REFUSE);
  sampan_transfer_run_async (transfer, NULL, core_test_result_cb, &result);
  heal_test_finish_well (transfer, &result);
  heal_test_expect_same (self.local, self.stored);
  g_assert_cmpuint (relay_get_cuts (self.relay), ==, N_CUTS);
  bytes = (is_upload ? relay_get_up_bytes (self.relay) : relay_get_down_bytes (self.relay)) - bytes;
  g_assert_cmpuint (bytes, <, HEAL_TEST_SIZE + (N_CUTS + 1) * (uint64_t)MIB);
  heal_test_tear_down (&self);
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

  heal_test_set_up (&self);
  heal_test_write_random (restart->is_upload ? self.local : self.stored, HEAL_TEST_SIZE);
  transfer = heal_test_new_transfer (&self, restart->is_upload, SAMPAN_CONFLICT_REFUSE);
  sampan_transfer_run_async (transfer, NULL, core_test_result_cb, &result);
  core_test_await_condition (heal_test_has_moved_some, transfer);
  heal_test_restart_server (&self, restart->signal_number);
  heal_test_finish_well (transfer, &result);
  heal_test_expect_same (self.local, self.stored);
  heal_test_tear_down (&self);
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

  heal_test_write_random (local, 1);
  sampan_transfer_run_async (transfer, NULL, core_test_result_cb, &result);
  heal_test_finish_well (transfer, &result);
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

  heal_test_set_up (&self);
  if (ack->was_there)
    {
      heal_test_write_random (self.stored, 1000);
      make_old (self.stored);
    }
  if (beside)
    {
      g_free (self.stored);
      self.stored = real_server_share_path ("stored (2)");
    }
  n_trash = heal_test_count_entries (trash);
  heal_test_write_random (self.local, ack->size);
  transfer = heal_test_new_transfer (&self, true, ack->conflict);
  attach_a_link (&self);
  relay_hold_down (self.relay, true);
  sampan_transfer_run_async (transfer, NULL, core_test_result_cb, &result);
  core_test_await_condition (is_stored, &self);
  relay_refuse (self.relay, true);
  relay_cut (self.relay);
  relay_hold_down (self.relay, false);
  if (ack->is_killed)
    heal_test_restart_server (&self, SIGKILL);
  core_test_await_condition (heal_test_transfer_is_reconnecting, transfer);
  relay_refuse (self.relay, false);
  heal_test_finish_well (transfer, &result);
  heal_test_expect_same (self.local, self.stored);
  g_assert_cmpstr (sampan_transfer_get_stored_name (transfer), ==, beside ? "stored (2)" : NULL);
  /* The server's folder, the file, and what was there if that stays. */
  g_assert_cmpuint (heal_test_count_entries (share), ==, beside ? 3 : 2);
  g_assert_cmpuint (heal_test_count_entries (trash),
                    ==,
                    n_trash + (ack->was_there && !beside ? 1 : 0));
  if (beside)
    g_unlink (asked);
  heal_test_tear_down (&self);
}

/* The copy on the box is the one of another moment: what is sent is the file as it is then. */
static void
test_source_changes (gconstpointer data)
{
  bool grows = GPOINTER_TO_INT (data);
  HealTest self = { 0 };
  g_autoptr (SampanTransfer) transfer = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  heal_test_set_up (&self);
  heal_test_write_random (self.local, HEAL_TEST_SIZE);
  heal_test_start_and_cut (&self, true, &transfer, &result);
  if (grows)
    {
      int fd = open (self.local, O_WRONLY | O_APPEND | O_CLOEXEC);

      g_assert_cmpint (write (fd, "more", 4), ==, 4);
      close (fd);
    }
  else
    heal_test_write_random (self.local, HEAL_TEST_SIZE / 2);
  relay_refuse (self.relay, false);
  heal_test_finish_well (transfer, &result);
  heal_test_expect_same (self.local, self.stored);
  heal_test_tear_down (&self);
}

static void
test_target_changes (void)
{
  HealTest self = { 0 };
  g_autoptr (SampanTransfer) transfer = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  heal_test_set_up (&self);
  heal_test_write_random (self.stored, HEAL_TEST_SIZE);
  heal_test_start_and_cut (&self, false, &transfer, &result);
  heal_test_write_random (self.stored, HEAL_TEST_SIZE);
  relay_refuse (self.relay, false);
  heal_test_finish_well (transfer, &result);
  heal_test_expect_same (self.local, self.stored);
  heal_test_tear_down (&self);
}

static void
test_black_hole (gconstpointer data)
{
  bool is_upload = GPOINTER_TO_INT (data);
  SampanLinkTimes times = sampan_link_default_times;
  HealTest self = { 0 };
  g_autoptr (SampanTransfer) transfer = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  times.retry_ms = HEAL_TEST_RETRY_MS;
  times.reply_ms = times.slow_reply_ms = times.hello_ms = SHORT_MS;
  times.keepalive_ms = KEEPALIVE_MS;
  heal_test_set_up_with (&self, &times);
  heal_test_write_random (is_upload ? self.local : self.stored, HEAL_TEST_SIZE);
  relay_cut_often (self.relay, HEAL_TEST_SIZE / 2, HEAL_TEST_SIZE / 2, 1);
  relay_black_hole_for_cut (self.relay);
  transfer = heal_test_new_transfer (&self, is_upload, SAMPAN_CONFLICT_REFUSE);
  sampan_transfer_run_async (transfer, NULL, core_test_result_cb, &result);
  core_test_await_condition (heal_test_is_reconnecting, self.session);
  core_test_await_condition (heal_test_transfer_is_reconnecting, transfer);
  relay_cut (self.relay);
  relay_black_hole (self.relay, false);
  heal_test_finish_well (transfer, &result);
  heal_test_expect_same (self.local, self.stored);
  heal_test_tear_down (&self);
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

  times.retry_ms = HEAL_TEST_RETRY_MS;
  times.reply_ms = times.slow_reply_ms = times.hello_ms = SHORT_MS;
  times.keepalive_ms = KEEPALIVE_MS;
  heal_test_set_up_with (&self, &times);
  heal_test_write_random (self.local, HEAL_TEST_SIZE);
  relay_cut_often (self.relay, HEAL_TEST_SIZE / 2, HEAL_TEST_SIZE / 2, 1);
  relay_black_hole_for_cut (self.relay);
  transfer = heal_test_new_transfer (&self, true, SAMPAN_CONFLICT_REFUSE);
  sampan_transfer_run_async (transfer, NULL, core_test_result_cb, &result);
  core_test_await_condition (heal_test_is_reconnecting, self.session);
  core_test_await_condition (heal_test_transfer_is_reconnecting, transfer);
  relay_leave_behind (self.relay);
  heal_test_finish_well (transfer, &result);
  heal_test_expect_same (self.local, self.stored);
  /* What lay in sockets was lost with them. */
  g_assert_cmpuint (relay_get_up_bytes (self.relay), <, HEAL_TEST_SIZE + 8 * MIB);
  heal_test_tear_down (&self);
}

/* The transfer's links are cut again and again before a byte comes through. */
static void
test_no_progress (void)
{
  HealTest self = { 0 };
  g_autoptr (SampanTransfer) transfer = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  heal_test_set_up (&self);
  heal_test_write_random (self.stored, HEAL_TEST_SIZE);
  relay_cut_often (self.relay, 500, 3000, 100000);
  transfer = heal_test_new_transfer (&self, false, SAMPAN_CONFLICT_REFUSE);
  sampan_transfer_run_async (transfer, NULL, core_test_result_cb, &result);
  sampan_transfer_run_finish (transfer, core_test_await (&result), &error);
  g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_DISCONNECTED);
  g_assert_cmpint (sampan_transfer_get_state (transfer), ==, SAMPAN_TRANSFER_FAILED);
  relay_cut_often (self.relay, 1, 1, 0);
  heal_test_tear_down (&self);
}

/* ---- Many requests at once ---- */

typedef struct
{
  Relay *relay;
  unsigned int n_healed;
} Breaks;

/* Called before what waits for the session to heal, so that no request made then is answered. */
static void
healed_cb (GObject *session, GParamSpec *pspec, gpointer user_data)
{
  Breaks *breaks = user_data;

  if (!heal_test_is_ready (session))
    return;
  relay_hold_down (breaks->relay, true);
  breaks->n_healed++;
}

static bool
has_healed (gpointer breaks)
{
  return ((Breaks *)breaks)->n_healed > 0;
}

/* Each time under all that was asked for; the server must be held back, and is so until the end. */
static void
break_often (HealTest *self)
{
  Breaks breaks = { .relay = self->relay };
  gulong handler =
      g_signal_connect (self->session, "notify::state", G_CALLBACK (healed_cb), &breaks);

  for (int i = 0; i < N_BREAKS; i++)
    {
      breaks.n_healed = 0;
      relay_cut (self->relay);
      relay_hold_down (self->relay, false);
      core_test_await_condition (has_healed, &breaks);
    }
  g_signal_handler_disconnect (self->session, handler);
  relay_hold_down (self->relay, false);
}

static char *
make_nth (const char *folder, int number)
{
  return g_strdup_printf ("%s/%d", folder, number);
}

static bool
is_finished (gpointer batch)
{
  return sampan_batch_get_state (batch) == SAMPAN_BATCH_FINISHED;
}

static void
test_make_many (void)
{
  HealTest self = { 0 };
  g_autoptr (SampanPath) share = core_test_remote_path ("files");
  g_autofree char *made = real_server_share_path ("local");
  g_autoptr (SampanQueue) queue = sampan_queue_new ();
  g_autoptr (SampanBatch) batch = NULL;
  g_autoptr (GError) error = NULL;

  heal_test_set_up (&self);
  for (int i = 0; i < MANY; i++)
    {
      g_autofree char *folder = make_nth (self.local, i);

      batch_test_mkdir (folder);
    }
  batch = sampan_batch_new_upload (self.session, share);
  sampan_batch_add_local (batch, self.local);
  error = batch_test_prepare (batch, NULL);
  g_assert_no_error (error);
  relay_hold_down (self.relay, true);
  sampan_batch_start (batch, queue);
  break_often (&self);
  core_test_await_condition (is_finished, batch);
  g_assert_cmpuint (sampan_batch_get_sums (batch).n_problems, ==, 0);
  for (int i = 0; i < MANY; i++)
    {
      g_autofree char *folder = make_nth (self.local, i);
      g_autofree char *copy = make_nth (made, i);

      g_assert_cmpint (g_rmdir (folder), ==, 0);
      g_assert_cmpint (g_rmdir (copy), ==, 0);
    }
  g_assert_cmpint (g_rmdir (self.local), ==, 0);
  g_assert_cmpint (g_rmdir (made), ==, 0);
  heal_test_tear_down (&self);
}

static void
verified_cb (const char *local, const SampanPath *remote, const GError *error, gpointer user_data)
{
  g_assert_no_error (error);
}

static bool
is_idle (gpointer verify)
{
  return sampan_verify_is_idle (verify);
}

static void
test_verify_many (void)
{
  HealTest self = { 0 };
  SampanVerify *verify;

  heal_test_set_up (&self);
  batch_test_write (self.local, "the same", 0);
  batch_test_write (self.stored, "the same", 0);
  relay_hold_down (self.relay, true);
  verify = sampan_verify_new (self.session, NULL, verified_cb, NULL);
  for (int i = 0; i < MANY; i++)
    sampan_verify_add (verify, self.local, self.remote);
  break_often (&self);
  core_test_await_condition (is_idle, verify);
  sampan_verify_free (verify);
  heal_test_tear_down (&self);
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
  heal_test_add_both_ways ("cuts", test_cuts);
  add_restarts ();
  add_lost_acks ();
  g_test_add_data_func ("/core/heal/source/grows", GINT_TO_POINTER (true), test_source_changes);
  g_test_add_data_func ("/core/heal/source/replaced", GINT_TO_POINTER (false), test_source_changes);
  g_test_add_func ("/core/heal/target-changes", test_target_changes);
  g_test_add_func ("/core/heal/left-behind", test_left_behind);
  heal_test_add_both_ways ("black-hole", test_black_hole);
  g_test_add_func ("/core/heal/no-progress", test_no_progress);
  g_test_add_func ("/core/heal/many/make", test_make_many);
  g_test_add_func ("/core/heal/many/verify", test_verify_many);
  return core_test_run ();
}
