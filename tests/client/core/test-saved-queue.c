/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Saved transfers against the real server. Where it is killed in the middle and started again, the
 * client is a process of its own, this program once more. */

#include "config.h"

#include "batch-test.h"
#include "real-server.h"
#include "saved-job.h"
#include "saved-queue-private.h"
#include "session-private.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MANY 8000
#define CONFLICTS 20 /* of each kind */
#define CANCELLED 10
#define COMING "coming!"
#define FOLDER_MTIME 1234567890
#define FOLDER_MTIME_NSEC 987654321
#define MODE 0751 /* of what comes: not what any file gets by itself */
#define KILL_AFTER_FINISHED 50
#define LOOK_MS 20 /* at what is in the file */
/* GLib has ten threads for tasks, and while all are busy one more each tenth of a second or so. */
#define BUSY_TASKS 100

typedef enum
{
  CLIENT_BEGINS,  /* and kills itself in the middle */
  CLIENT_GOES_ON, /* the same */
  CLIENT_ENDS,    /* goes on to the end */
} ClientTask;

static const char *program;

/* ---- The client ---- */

typedef struct
{
  ClientTask task;
  SampanSession *session;
  SampanSavedQueue *saved;
  SampanQueue *queue;
  SampanBatch *batch;
  guint n_finished;
  guint n_cancelled;
} Client;

static SampanSavedQueue *
open_saved (SampanSession *session, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  sampan_saved_queue_open_async (session, NULL, core_test_result_cb, &result);
  return sampan_saved_queue_open_finish (session, core_test_await (&result), error);
}

static SampanBatch *
new_batch (SampanSession *session, const char *local, const char *remote)
{
  g_autoptr (SampanPath) path = core_test_remote_path (remote);
  g_autoptr (SampanFolderList) entries = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  SampanBatch *batch;
  g_autofree char *tree = g_build_filename (local, "t", NULL);

  if (g_file_test (tree, G_FILE_TEST_EXISTS) && strstr (local, "-up") != NULL)
    {
      batch = sampan_batch_new_upload (session, path);
      sampan_batch_add_local (batch, tree);
      return batch;
    }
  batch = sampan_batch_new_download (session, local);
  sampan_session_list_async (session, path, NULL, core_test_result_cb, &result);
  entries = sampan_session_list_finish (session, core_test_await (&result), &error);
  g_assert_no_error (error);
  for (size_t i = 0; i < sampan_folder_list_get_length (entries); i++)
    {
      const SampanFileInfo *info = sampan_folder_list_get (entries, i);
      g_autoptr (SampanPath) child = sampan_path_get_child (path, info->name, NULL);

      sampan_batch_add_remote (batch, child, info);
    }
  return batch;
}

static void
decide (SampanBatch *batch)
{
  GListModel *conflicts = sampan_batch_get_conflicts (batch);

  g_assert_cmpuint (sampan_batch_count_undecided (batch), ==, 3 * CONFLICTS);
  for (guint i = 0; i < g_list_model_get_n_items (conflicts); i++)
    {
      g_autoptr (SampanBatchConflict) conflict = g_list_model_get_item (conflicts, i);
      const char *name = sampan_batch_conflict_get_name (conflict);

      sampan_batch_conflict_set_decision (conflict,
                                          g_str_has_prefix (name, "t/both") ? SAMPAN_BATCH_KEEP_BOTH
                                          : g_str_has_prefix (name, "t/replace")
                                              ? SAMPAN_BATCH_REPLACE
                                              : SAMPAN_BATCH_SKIP);
    }
}

/* The only list of an account; NULL if there is none. */
static char *
dup_list_filename (void)
{
  g_autofree char *folder = g_build_filename (g_get_user_state_dir (), "sampan", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  char *found = NULL;

  for (const char *name; (name = g_dir_read_name (dir)) != NULL;)
    if (g_str_has_suffix (name, ".queue"))
      {
        g_assert_null (found);
        found = g_build_filename (folder, name, NULL);
      }
  return found;
}

/* What is on the disk, also while a client has it; without jobs if there is nothing yet. */
static SampanSavedState *
read_list (void)
{
  g_autofree char *filename = dup_list_filename ();
  g_autofree char *bytes = NULL;
  SampanSavedState *state = sampan_saved_state_new ();
  SampanSavedSums sums;
  g_autoptr (GError) error = NULL;
  size_t length;

  if (filename == NULL)
    return state;
  g_file_get_contents (filename, &bytes, &length, &error);
  g_assert_no_error (error);
  sampan_saved_records_read ((const uint8_t *)bytes,
                             length,
                             sampan_saved_state_take,
                             state,
                             &sums,
                             &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sums.n_damaged, ==, 0);
  sampan_saved_state_end (state);
  return state;
}

static void
die (void)
{
  printf ("now\n");
  fflush (stdout);
  kill (getpid (), SIGKILL);
}

/* Once it is written down that some were cancelled and one arrived. */
static gboolean
look_cb (gpointer user_data)
{
  g_autoptr (SampanSavedState) state = read_list ();
  guint n_ended = 0;

  if (state->jobs->len > 0)
    {
      SampanSavedJob *job = g_ptr_array_index (state->jobs, 0);
      GHashTableIter iter;
      gpointer name;

      g_hash_table_iter_init (&iter, job->ended);
      while (g_hash_table_iter_next (&iter, &name, NULL))
        n_ended += g_str_has_prefix (name, "t/new");
    }
  if (n_ended <= CANCELLED)
    return G_SOURCE_CONTINUE;
  die ();
  return G_SOURCE_REMOVE;
}

static void
finished_cb (SampanQueue *queue, SampanTransfer *transfer, gpointer user_data)
{
  Client *client = user_data;

  if (++client->n_finished != KILL_AFTER_FINISHED)
    return;
  if (client->task == CLIENT_BEGINS)
    g_timeout_add (LOOK_MS, look_cb, NULL);
  else
    die ();
}

static void
cancel_some_cb (GListModel *queue, guint position, guint removed, guint added, gpointer user_data)
{
  Client *client = user_data;

  for (guint i = position; i < position + added && client->n_cancelled < CANCELLED; i++)
    {
      g_autoptr (SampanTransfer) transfer = g_list_model_get_item (queue, i);

      if (!g_str_has_prefix (sampan_transfer_get_title (transfer), "new"))
        continue;
      client->n_cancelled++;
      sampan_transfer_cancel (transfer);
    }
}

static bool
is_finished (gpointer data)
{
  return sampan_batch_get_state (data) == SAMPAN_BATCH_FINISHED;
}

static void
choose (Client *client, const char *local, const char *remote)
{
  g_autoptr (GPtrArray) batches = sampan_saved_queue_take_batches (client->saved);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (batches->len, ==, client->task == CLIENT_BEGINS ? 0 : 1);
  if (client->task == CLIENT_BEGINS)
    {
      client->batch = new_batch (client->session, local, remote);
      sampan_batch_set_keep_permissions (client->batch, true);
      sampan_saved_queue_add (client->saved, client->batch);
    }
  else
    client->batch = g_object_ref (g_ptr_array_index (batches, 0));
  error = batch_test_prepare (client->batch, NULL);
  g_assert_no_error (error);
  if (client->task == CLIENT_BEGINS)
    decide (client->batch);
  g_assert_cmpuint (sampan_batch_count_undecided (client->batch), ==, 0);
}

/* ARGV: task, port, local folder, remote folder. */
static int
run_client (char **argv)
{
  g_autoptr (SampanEngine) engine = sampan_engine_new ();
  g_autoptr (GError) error = NULL;
  Client client = { .task = (ClientTask)atoi (argv[0]) };

  g_assert_true (sampan_crypto_init ());
  client.session = sampan_session_new (engine);
  error = core_test_login (client.session, (uint16_t)atoi (argv[1]), CORE_TEST_PASSWORD);
  g_assert_no_error (error);
  client.saved = open_saved (client.session, &error);
  g_assert_no_error (error);
  g_assert_null (sampan_saved_queue_get_damaged (client.saved));
  client.queue = sampan_queue_new ();
  choose (&client, argv[2], argv[3]);
  if (client.task == CLIENT_BEGINS)
    g_signal_connect (client.queue, "items-changed", G_CALLBACK (cancel_some_cb), &client);
  if (client.task != CLIENT_ENDS)
    g_signal_connect (client.queue, "finished", G_CALLBACK (finished_cb), &client);
  sampan_batch_start (client.batch, client.queue);
  core_test_await_condition (is_finished, client.batch);
  if (client.task != CLIENT_ENDS)
    {
      printf ("too late: %u\n", client.n_finished);
      fflush (stdout);
      pause ();
    }
  batch_test_expect_sums (client.batch,
                          sampan_batch_get_sums (client.batch).n_new,
                          sampan_batch_get_sums (client.batch).n_same,
                          sampan_batch_get_sums (client.batch).n_conflicts,
                          0);
  sampan_saved_queue_close (client.saved);
  g_clear_object (&client.batch);
  g_clear_object (&client.queue);
  g_clear_object (&client.saved);
  g_clear_object (&client.session);
  return 0;
}

/* FALSE if it had come to the end. */
static bool
run (ClientTask task, uint16_t port, const char *local, const char *remote)
{
  g_autofree char *task_text = g_strdup_printf ("%d", (int)task);
  g_autofree char *port_text = g_strdup_printf ("%u", port);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE,
                                                      &error,
                                                      program,
                                                      "--client",
                                                      task_text,
                                                      port_text,
                                                      local,
                                                      remote,
                                                      NULL);
  g_autoptr (GDataInputStream) output = NULL;
  g_autofree char *line = NULL;

  g_assert_no_error (error);
  if (task == CLIENT_ENDS)
    {
      g_assert_true (g_subprocess_wait_check (process, NULL, &error));
      g_assert_no_error (error);
      return true;
    }
  output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));
  line = g_data_input_stream_read_line (output, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (line);
  g_test_message ("killed: %s", line);
  g_subprocess_send_signal (process, SIGKILL); /* unless it did so itself */
  g_subprocess_wait (process, NULL, NULL);
  g_assert_true (g_subprocess_get_if_signaled (process));
  return strcmp (line, "now") == 0;
}

/* ---- What is there ---- */

static void
put (const char *folder, const char *name, int number, const char *content, int later)
{
  g_autofree char *filename = g_strdup_printf ("%s/t/%s%d", folder, name, number);

  batch_test_write (filename, content, later);
  if (g_str_equal (content, COMING))
    g_assert_cmpint (g_chmod (filename, MODE), ==, 0);
}

/* Folders that are made before the client is killed, and get their times after it. */
static const char *const folders[] = { "t/folder", "t/folder/inner" };

static void
make_folders (const char *from)
{
  const struct timespec times[2] = { { .tv_sec = FOLDER_MTIME, .tv_nsec = FOLDER_MTIME_NSEC },
                                     { .tv_sec = FOLDER_MTIME, .tv_nsec = FOLDER_MTIME_NSEC } };

  for (size_t i = G_N_ELEMENTS (folders); i-- > 0;)
    {
      g_autofree char *filename = g_build_filename (from, folders[i], NULL);

      batch_test_mkdir (filename);
      g_assert_cmpint (utimensat (AT_FDCWD, filename, times, 0), ==, 0);
    }
}

static void
expect_folders (const char *at)
{
  for (size_t i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      g_autofree char *filename = g_build_filename (at, folders[i], NULL);
      struct stat info;

      g_assert_cmpint (stat (filename, &info), ==, 0);
      g_assert_cmpint (info.st_mtim.tv_sec, ==, FOLDER_MTIME);
      g_assert_cmpint (info.st_mtim.tv_nsec, ==, FOLDER_MTIME_NSEC);
    }
}

static void
make_trees (const char *from, const char *to)
{
  make_folders (from);
  for (int i = 0; i < MANY; i++)
    put (from, "new", i, COMING, 0);
  for (int i = 0; i < CONFLICTS; i++)
    {
      static const char *const kinds[] = { "both", "replace", "skip" };

      for (size_t k = 0; k < G_N_ELEMENTS (kinds); k++)
        {
          put (from, kinds[k], i, COMING, 0);
          put (to, kinds[k], i, "there", 1);
        }
    }
}

static void
expect (const char *folder, const char *name, int number, const char *more, const char *content)
{
  g_autofree char *filename = g_strdup_printf ("%s/t/%s%d%s", folder, name, number, more);
  struct stat info;

  if (content == NULL)
    {
      batch_test_expect_none (filename);
      return;
    }
  batch_test_expect (filename, content);
  g_assert_cmpint (stat (filename, &info), ==, 0);
  if (g_str_equal (content, COMING))
    g_assert_cmpuint (info.st_mode & 07777, ==, MODE);
}

static guint
count (const char *folder)
{
  g_autofree char *tree = g_build_filename (folder, "t", NULL);
  g_autoptr (GDir) dir = g_dir_open (tree, 0, NULL);
  guint n_files = 0;

  for (const char *name; (name = g_dir_read_name (dir)) != NULL;)
    n_files += name[0] != '.' && !g_str_equal (name, "folder");
  return n_files;
}

/* But for those that were cancelled or removed. */
static void
expect_all (const char *folder, GHashTable *missing)
{
  for (int i = 0; i < MANY; i++)
    {
      g_autofree char *name = g_strdup_printf ("t/new%d", i);

      expect (folder, "new", i, "", g_hash_table_contains (missing, name) ? NULL : COMING);
    }
  for (int i = 0; i < CONFLICTS; i++)
    {
      expect (folder, "both", i, "", "there");
      expect (folder, "both", i, " (2)", COMING);
      expect (folder, "replace", i, "", COMING);
      expect (folder, "skip", i, "", "there");
    }
  g_assert_cmpuint (count (folder), ==, MANY + 4 * CONFLICTS - g_hash_table_size (missing));
}

/* Of what is written down to have ended: what was cancelled, and one that arrived, which is taken
 * away. Set of names. */
static GHashTable *
remove_one (const char *to)
{
  g_autoptr (SampanSavedState) state = read_list ();
  GHashTable *missing = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  SampanSavedJob *job;
  GHashTableIter iter;
  gpointer name;
  bool was_removed = false;

  g_assert_cmpuint (state->jobs->len, ==, 1);
  job = g_ptr_array_index (state->jobs, 0);
  g_assert_true (job->is_started);
  g_assert_cmpuint (g_hash_table_size (job->decisions), ==, 3 * CONFLICTS);
  g_hash_table_iter_init (&iter, job->ended);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    {
      g_autofree char *filename = g_build_filename (to, name, NULL);

      if (!g_str_has_prefix (name, "t/new") ||
          (g_file_test (filename, G_FILE_TEST_EXISTS) && was_removed))
        continue;
      was_removed = g_unlink (filename) == 0 || was_removed;
      g_hash_table_add (missing, g_strdup (name));
    }
  g_test_message ("%u ended", g_hash_table_size (job->ended));
  g_assert_cmpuint (g_hash_table_size (missing), ==, CANCELLED + 1);
  return missing;
}

static void
killed (const char *name, bool is_upload)
{
  RealServer server;
  g_autofree char *local = core_test_path (name);
  g_autofree char *share = real_server_share_path (name);
  g_autofree char *remote = g_strconcat ("files/", name, NULL);
  g_autoptr (GHashTable) missing = NULL;
  g_autofree char *list = NULL;
  const char *to = is_upload ? share : local;
  guint n_before;

  batch_test_mkdir (local);
  batch_test_mkdir (share);
  make_trees (is_upload ? local : share, to);
  n_before = count (to);
  real_server_start (&server);
  g_assert_true (run (CLIENT_BEGINS, server.port, local, remote));
  g_assert_cmpuint (count (to), >, n_before);
  g_assert_cmpuint (count (to), <, MANY);
  missing = remove_one (to);
  if (!run (CLIENT_GOES_ON, server.port, local, remote))
    g_test_message ("It was not killed in the middle a second time");
  else
    run (CLIENT_ENDS, server.port, local, remote);
  expect_all (to, missing);
  expect_folders (to);
  list = dup_list_filename ();
  g_assert_null (list);
  real_server_stop (&server, SIGTERM);
}

static void
test_killed_up (void)
{
  killed ("killed-up", true);
}

static void
test_killed_down (void)
{
  killed ("killed-down", false);
}

/* ---- Closed while all threads are busy ---- */

typedef struct
{
  GMutex mutex;
  GCond cond;
  bool go;
  guint n_ended;
} Busy;

static void
busy_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Busy *busy = task_data;

  g_mutex_lock (&busy->mutex);
  while (!busy->go)
    g_cond_wait (&busy->cond, &busy->mutex);
  g_mutex_unlock (&busy->mutex);
  g_task_return_boolean (task, TRUE);
}

static void
busy_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Busy *busy = user_data;

  busy->n_ended++;
}

static void
keep_busy (Busy *busy)
{
  g_mutex_init (&busy->mutex);
  g_cond_init (&busy->cond);
  for (int i = 0; i < BUSY_TASKS; i++)
    {
      g_autoptr (GTask) task = g_task_new (NULL, NULL, busy_cb, busy);

      g_task_set_task_data (task, busy, NULL);
      g_task_run_in_thread (task, busy_thread);
    }
}

static bool
have_all_ended (gpointer data)
{
  const Busy *busy = data;

  return busy->n_ended == BUSY_TASKS;
}

static void
let_go (Busy *busy)
{
  g_mutex_lock (&busy->mutex);
  busy->go = true;
  g_cond_broadcast (&busy->cond);
  g_mutex_unlock (&busy->mutex);
  core_test_await_condition (have_all_ended, busy);
  g_cond_clear (&busy->cond);
  g_mutex_clear (&busy->mutex);
}

static bool
is_writing (gpointer data)
{
  const SampanSavedQueue *saved = data;

  return saved->is_writing;
}

static bool
has_written (gpointer data)
{
  return !is_writing (data);
}

static SampanBatch *
add_one (SampanSavedQueue *saved, SampanSession *session, const char *local)
{
  g_autoptr (SampanPath) folder = core_test_remote_path ("files");
  SampanBatch *batch = sampan_batch_new_upload (session, folder);

  sampan_batch_add_local (batch, local);
  sampan_saved_queue_add (saved, batch);
  return batch;
}

static SampanSavedQueue *
expect_jobs (SampanSession *session, guint n_jobs, GPtrArray **batches)
{
  g_autoptr (GError) error = NULL;
  SampanSavedQueue *saved = open_saved (session, &error);

  g_assert_no_error (error);
  g_assert_null (sampan_saved_queue_get_damaged (saved));
  *batches = sampan_saved_queue_take_batches (saved);
  g_assert_cmpuint ((*batches)->len, ==, n_jobs);
  return saved;
}

/* What was done last is on its way to the disk; another job is not yet. */
static void
close_early (SampanSavedQueue *saved, SampanSession *session, Busy *busy, guint n_jobs)
{
  g_autoptr (SampanBatch) batch = NULL;
  g_autoptr (SampanSavedQueue) again = NULL;
  g_autoptr (GPtrArray) batches = NULL;
  g_autofree char *list = NULL;

  core_test_await_condition (is_writing, saved);
  batch = add_one (saved, session, "/somewhere/last");
  sampan_saved_queue_close (saved);
  let_go (busy);
  core_test_await_condition (has_written, saved);
  again = expect_jobs (session, n_jobs, &batches);
  sampan_saved_queue_forget_all (again);
  sampan_saved_queue_close (again);
  list = dup_list_filename ();
  g_assert_null (list);
}

static void
test_closed_adding (void)
{
  RealServerTest test = { 0 };
  Busy busy = { 0 };
  g_autoptr (SampanSavedQueue) saved = NULL;
  g_autoptr (GPtrArray) none = NULL;
  g_autoptr (SampanBatch) batch = NULL;

  real_server_set_up (&test);
  saved = expect_jobs (test.session, 0, &none);
  keep_busy (&busy);
  batch = add_one (saved, test.session, "/somewhere/first");
  close_early (saved, test.session, &busy, 2);
  real_server_tear_down (&test);
}

static void
test_closed_clearing (void)
{
  RealServerTest test = { 0 };
  Busy busy = { 0 };
  g_autoptr (SampanSavedQueue) saved = NULL;
  g_autoptr (GPtrArray) none = NULL;
  g_autoptr (SampanBatch) batch = NULL;

  real_server_set_up (&test);
  saved = expect_jobs (test.session, 0, &none);
  batch = add_one (saved, test.session, "/somewhere/first");
  core_test_await_condition (is_writing, saved);
  core_test_await_condition (has_written, saved);
  keep_busy (&busy);
  sampan_saved_queue_forget (saved, batch);
  close_early (saved, test.session, &busy, 1);
  real_server_tear_down (&test);
}

int
main (int argc, char **argv)
{
  g_autofree char *state = NULL;

  if (argc > 1 && strcmp (argv[1], "--client") == 0)
    return run_client (argv + 2);
  program = argv[0];
  core_test_init (&argc, &argv);
  state = core_test_path ("client-state");
  g_setenv ("XDG_STATE_HOME", state, TRUE);
  real_server_init ();
  g_test_add_func ("/saved-queue/closed/adding", test_closed_adding);
  g_test_add_func ("/saved-queue/closed/clearing", test_closed_clearing);
  g_test_add_func ("/saved-queue/killed/up", test_killed_up);
  g_test_add_func ("/saved-queue/killed/down", test_killed_down);
  return core_test_run ();
}
