/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What a person did to the queue is there again at the next login: its order, and the pause of a
 * single transfer. Against the real server. */

#include "config.h"

#include "batch-test.h"
#include "real-server.h"
#include "saved-queue.h"

#include <glib/gstdio.h>
#include <string.h>

static const char *const names[] = { "a", "b", "c", "d", "e" };

/* One login. */
typedef struct
{
  SampanEngine *engine;
  SampanSession *session;
  SampanSavedQueue *saved;
  SampanQueue *queue;
  SampanBatch *batch;
} Login;

static void
log_in (Login *self, const RealServer *server)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  self->engine = sampan_engine_new ();
  self->session = sampan_session_new (self->engine);
  error = core_test_login (self->session, server->port, CORE_TEST_PASSWORD);
  g_assert_no_error (error);
  sampan_saved_queue_open_async (self->session, NULL, core_test_result_cb, &result);
  self->saved = sampan_saved_queue_open_finish (self->session, core_test_await (&result), &error);
  g_assert_no_error (error);
  self->queue = sampan_queue_new ();
}

static bool
is_finished (gpointer batch)
{
  return sampan_batch_get_state (batch) == SAMPAN_BATCH_FINISHED;
}

static void
leave (Login *self)
{
  sampan_saved_queue_close (self->saved);
  g_clear_object (&self->batch);
  g_clear_object (&self->queue);
  g_clear_object (&self->saved);
  g_clear_object (&self->session);
  g_clear_object (&self->engine);
}

/* As the window does when it is closed for later. */
static void
quit (Login *self)
{
  sampan_saved_queue_close (self->saved);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->queue)); i++)
    {
      g_autoptr (SampanTransfer) transfer = g_list_model_get_item (G_LIST_MODEL (self->queue), i);

      sampan_transfer_set_keep_partial (transfer, true);
    }
  sampan_batch_cancel (self->batch);
  core_test_await_condition (is_finished, self->batch);
  leave (self);
}

/* A new one the first time, the saved one after it. */
static void
start (Login *self, const char *local)
{
  g_autoptr (GPtrArray) batches = sampan_saved_queue_take_batches (self->saved);
  g_autofree char *name = g_path_get_basename (local);
  g_autofree char *target = g_strconcat ("files/", name, NULL);
  g_autoptr (SampanPath) remote = core_test_remote_path (target);
  g_autoptr (GError) error = NULL;

  if (batches->len == 0)
    {
      self->batch = sampan_batch_new_upload (self->session, remote);
      for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
        {
          g_autofree char *filename = g_build_filename (local, names[i], NULL);

          sampan_batch_add_local (self->batch, filename);
        }
      sampan_saved_queue_add (self->saved, self->batch);
    }
  else
    self->batch = g_object_ref (g_ptr_array_index (batches, 0));
  if (sampan_saved_queue_is_paused (self->saved))
    sampan_queue_pause_all (self->queue);
  sampan_saved_queue_follow (self->saved, self->queue);
  error = batch_test_prepare (self->batch, NULL);
  g_assert_no_error (error);
  sampan_batch_start (self->batch, self->queue);
}

static SampanTransfer *
find (SampanQueue *queue, const char *title)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (queue)); i++)
    {
      g_autoptr (SampanTransfer) transfer = g_list_model_get_item (G_LIST_MODEL (queue), i);

      if (strcmp (sampan_transfer_get_title (transfer), title) == 0)
        return transfer; /* the queue has it */
    }
  return NULL;
}

static char *
dup_order (SampanQueue *queue)
{
  g_autoptr (GString) order = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (queue)); i++)
    {
      g_autoptr (SampanTransfer) transfer = g_list_model_get_item (G_LIST_MODEL (queue), i);

      g_string_append (order, sampan_transfer_get_title (transfer));
    }
  return g_string_free (g_steal_pointer (&order), FALSE);
}

static bool
are_all_there (gpointer queue)
{
  return g_list_model_get_n_items (queue) == G_N_ELEMENTS (names);
}

static void
expect_order (Login *self, const char *expected)
{
  g_autofree char *order = NULL;

  core_test_await_condition (are_all_there, self->queue);
  order = dup_order (self->queue);
  g_assert_cmpstr (order, ==, expected);
}

static void
move (Login *self, const char *name, guint position)
{
  sampan_queue_move (self->queue, find (self->queue, name), position);
}

static char *
make_files (const char *folder)
{
  char *local = core_test_path (folder);

  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *filename = g_build_filename (local, names[i], NULL);

      batch_test_write (filename, names[i], 0);
    }
  return local;
}

static void
test_order (void)
{
  RealServer server;
  g_autofree char *local = make_files ("order");
  Login login = { 0 };

  real_server_start (&server);
  log_in (&login, &server);
  sampan_queue_pause_all (login.queue);
  start (&login, local);
  expect_order (&login, "abcde");
  move (&login, "a", 3);
  move (&login, "d", 1);
  expect_order (&login, "bdcae");
  move (&login, "b", 4);
  quit (&login);

  log_in (&login, &server);
  g_assert_true (sampan_saved_queue_is_paused (login.saved));
  start (&login, local);
  expect_order (&login, "dcaeb");
  move (&login, "e", 2);
  move (&login, "e", 1);
  move (&login, "e", 0);
  quit (&login);

  log_in (&login, &server);
  start (&login, local);
  expect_order (&login, "edcab");
  sampan_queue_resume_all (login.queue);
  core_test_await_condition (is_finished, login.batch);
  quit (&login);

  log_in (&login, &server);
  {
    g_autoptr (GPtrArray) batches = sampan_saved_queue_take_batches (login.saved);

    g_assert_cmpuint (batches->len, ==, 0);
  }
  start (&login, local);
  core_test_await_condition (is_finished, login.batch);
  quit (&login);
  real_server_stop (&server, SIGTERM);
}

static void
hold_cb (GListModel *queue, guint position, guint removed, guint added, gpointer user_data)
{
  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (SampanTransfer) transfer = g_list_model_get_item (queue, i);

      if (strcmp (sampan_transfer_get_title (transfer), "c") == 0)
        sampan_transfer_pause (transfer);
    }
}

static bool
is_only_held (gpointer data)
{
  Login *login = data;
  gboolean active;
  guint n_paused;

  g_object_get (login->queue, "active", &active, "n-paused", &n_paused, NULL);
  return are_all_there (login->queue) && !active && n_paused == 1;
}

static bool
is_one_held (gpointer data)
{
  Login *login = data;
  SampanTransfer *transfer = find (login->queue, "c");

  return transfer != NULL && sampan_transfer_get_state (transfer) == SAMPAN_TRANSFER_PAUSED;
}

/* Twice: what is held stays so until it is let go. */
static void
test_held (void)
{
  RealServer server;
  g_autofree char *local = make_files ("held");
  g_autofree char *stored = real_server_share_path ("held/c");
  Login login = { 0 };

  real_server_start (&server);
  log_in (&login, &server);
  g_signal_connect (login.queue, "items-changed", G_CALLBACK (hold_cb), NULL);
  start (&login, local);
  core_test_await_condition (is_only_held, &login);
  quit (&login);
  for (int i = 0; i < 2; i++)
    {
      log_in (&login, &server);
      g_assert_false (sampan_saved_queue_is_paused (login.saved));
      start (&login, local);
      core_test_await_condition (is_one_held, &login);
      g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (login.queue)), ==, 1);
      if (i == 0)
        quit (&login);
    }
  batch_test_expect_none (stored);
  sampan_transfer_requeue (find (login.queue, "c"));
  core_test_await_condition (is_finished, login.batch);
  batch_test_expect (stored, "c");
  quit (&login);
  real_server_stop (&server, SIGTERM);
}

static void
start_download (Login *self, const char *folder, const char *local)
{
  g_autoptr (SampanPath) path = core_test_remote_path (folder);
  g_autoptr (SampanFolderList) entries = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  self->batch = sampan_batch_new_download (self->session, local);
  sampan_session_list_async (self->session, path, NULL, core_test_result_cb, &result);
  entries = sampan_session_list_finish (self->session, core_test_await (&result), &error);
  g_assert_no_error (error);
  for (size_t i = 0; i < sampan_folder_list_get_length (entries); i++)
    {
      const SampanFileInfo *info = sampan_folder_list_get (entries, i);
      g_autoptr (SampanPath) child = sampan_path_get_child (path, info->name, NULL);

      sampan_batch_add_remote (self->batch, child, info);
    }
  sampan_saved_queue_add (self->saved, self->batch);
  sampan_saved_queue_follow (self->saved, self->queue);
  error = batch_test_prepare (self->batch, NULL);
  g_assert_no_error (error);
  sampan_batch_start (self->batch, self->queue);
}

static void
expect_saved (const RealServer *server, guint n_batches)
{
  Login login = { 0 };
  g_autoptr (GPtrArray) batches = NULL;

  log_in (&login, server);
  batches = sampan_saved_queue_take_batches (login.saved);
  g_assert_cmpuint (batches->len, ==, n_batches);
  leave (&login);
}

/* One fails, all else ends; then a person tries that one again while the box is away, and goes. */
static void
test_retried (gconstpointer data)
{
  bool is_upload = GPOINTER_TO_INT (data);
  const char *folder = is_upload ? "retried-up" : "retried-down";
  RealServer server;
  g_autofree char *share = real_server_share_path (folder);
  g_autofree char *target = g_strconcat ("files/", folder, NULL);
  g_autofree char *local = is_upload ? make_files (folder) : core_test_path (folder);
  g_autofree char *source = g_build_filename (is_upload ? local : share, "c", NULL);
  g_autofree char *arrived = g_build_filename (is_upload ? share : local, "c", NULL);
  Login login = { 0 };

  if (!is_upload)
    {
      batch_test_mkdir (local);
      for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
        {
          g_autofree char *filename = g_build_filename (share, names[i], NULL);

          batch_test_write (filename, names[i], 0);
        }
    }
  real_server_start (&server);
  log_in (&login, &server);
  sampan_queue_pause_all (login.queue);
  if (is_upload)
    start (&login, local);
  else
    start_download (&login, target, local);
  core_test_await_condition (are_all_there, login.queue);
  g_assert_cmpint (g_unlink (source), ==, 0);
  sampan_queue_resume_all (login.queue);
  core_test_await_condition (is_finished, login.batch);
  batch_test_expect_problem (login.batch, "c");
  g_clear_object (&login.batch);
  batch_test_write (source, "c", 0);
  real_server_stop (&server, SIGTERM);
  sampan_transfer_requeue (find (login.queue, "c"));
  leave (&login);
  batch_test_expect_none (arrived);

  real_server_start (&server);
  expect_saved (&server, 1);
  log_in (&login, &server);
  start (&login, local);
  sampan_queue_resume_all (login.queue);
  core_test_await_condition (is_finished, login.batch);
  batch_test_expect (arrived, "c");
  leave (&login);
  expect_saved (&server, 0);
  real_server_stop (&server, SIGTERM);
}

int
main (int argc, char **argv)
{
  g_autofree char *state = NULL;

  core_test_init (&argc, &argv);
  state = core_test_path ("client-state");
  g_setenv ("XDG_STATE_HOME", state, TRUE);
  real_server_init ();
  g_test_add_func ("/saved-order/held", test_held);
  g_test_add_func ("/saved-order/order", test_order);
  g_test_add_data_func ("/saved-order/retried/up", GINT_TO_POINTER (true), test_retried);
  g_test_add_data_func ("/saved-order/retried/down", GINT_TO_POINTER (false), test_retried);
  return core_test_run ();
}
