/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The core against the real server: every request, files of all sizes, broken links. */

#include "config.h"

#include "core-test.h"
#include "queue.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BIG_BYTES (100 * 1024 * 1024)
#define SHARE_FOLDER "share"

typedef struct
{
  GSubprocess *process;
  uint16_t port;
} Server;

static char *share; /* the folder that the server shares */

/* ---- The server ---- */

static void
run_sampand (const char *first, ...)
{
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();
  g_autofree char *state = core_test_path ("state");
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  va_list list;

  g_ptr_array_add (arguments, (gpointer)g_getenv ("SAMPAND"));
  va_start (list, first);
  for (const char *argument = first; argument != NULL; argument = va_arg (list, const char *))
    g_ptr_array_add (arguments, (gpointer)argument);
  va_end (list);
  g_ptr_array_add (arguments, (gpointer) "--state");
  g_ptr_array_add (arguments, state);
  g_ptr_array_add (arguments, NULL);
  process =
      g_subprocess_newv ((const char *const *)arguments->pdata,
                         G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                         &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_wait_check (process, NULL, &error));
  g_assert_no_error (error);
}

static void
make_account (void)
{
  g_autofree char *password_file = core_test_path ("password");

  share = core_test_path (SHARE_FOLDER);
  g_assert_cmpint (g_mkdir (share, 0700), ==, 0);
  g_assert_true (g_file_set_contents (password_file, CORE_TEST_PASSWORD "\n", -1, NULL));
  run_sampand ("user", "add", CORE_TEST_USER, "--password-file", password_file, NULL);
  run_sampand ("share", "add", "files", share, "--change", CORE_TEST_USER, NULL);
}

static void
start_server (Server *self)
{
  g_autofree char *state = core_test_path ("state");
  g_autoptr (GError) error = NULL;
  g_autoptr (GDataInputStream) output = NULL;
  g_autofree char *line = NULL;

  self->process =
      g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                        &error,
                        g_getenv ("SAMPAND"),
                        "run",
                        "--state",
                        state,
                        "--listen",
                        "127.0.0.1:0",
                        NULL);
  g_assert_no_error (error);
  output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->process));
  line = g_data_input_stream_read_line (output, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (line, "listening on 127.0.0.1:"));
  self->port = (uint16_t)g_ascii_strtoull (strrchr (line, ':') + 1, NULL, 10);
}

static void
stop_server (Server *self, int signal_number)
{
  if (self->process == NULL)
    return;
  g_subprocess_send_signal (self->process, signal_number);
  g_subprocess_wait (self->process, NULL, NULL);
  g_clear_object (&self->process);
}

typedef struct
{
  Server server;
  SampanSession *session;
} Fixture;

static void
set_up (Fixture *self)
{
  g_autoptr (SampanEngine) engine = sampan_engine_new ();
  g_autoptr (GError) error = NULL;

  start_server (&self->server);
  self->session = sampan_session_new (engine);
  error = core_test_login (self->session, self->server.port, CORE_TEST_PASSWORD);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *self)
{
  g_clear_object (&self->session);
  stop_server (&self->server, SIGTERM);
}

/* ---- Requests, as straight lines ---- */

#define AWAIT(call, ...)                                                                           \
  g_autoptr (GAsyncResult) result = NULL;                                                          \
  g_autoptr (SampanPath) path = core_test_remote_path (name);                                      \
  GError *error = NULL;                                                                            \
  sampan_session_##call##_async (self->session,                                                    \
                                 path,                                                             \
                                 __VA_ARGS__ NULL,                                                 \
                                 core_test_result_cb,                                              \
                                 &result);                                                         \
  core_test_await (&result)

static GError *
make_folder (Fixture *self, const char *name, bool parents)
{
  AWAIT (mkdir, parents, );
  sampan_session_mkdir_finish (self->session, result, &error);
  return error;
}

static GError *
stat_one (Fixture *self, const char *name, SampanFileInfo **info)
{
  AWAIT (stat, );
  *info = sampan_session_stat_finish (self->session, result, &error);
  return error;
}

static SampanFolderList *
list (Fixture *self, const char *name)
{
  SampanFolderList *entries;
  AWAIT (list, );
  entries = sampan_session_list_finish (self->session, result, &error);
  g_assert_no_error (error);
  return entries;
}

static GError *
remove_one (Fixture *self, const char *name, bool recursive)
{
  uint8_t trash_id[SAMPAN_TRASH_ID_LENGTH];
  AWAIT (remove, recursive, );
  sampan_session_remove_finish (self->session, result, trash_id, &error);
  return error;
}

static GError *
hash_one (Fixture *self, const char *name, uint64_t length, SampanHashIs *hash)
{
  AWAIT (hash, length, );
  sampan_session_hash_finish (self->session, result, hash, &error);
  return error;
}

static GError *
rename_one (Fixture *self, const char *name, const char *to, SampanConflict conflict)
{
  g_autoptr (SampanPath) target = core_test_remote_path (to);
  AWAIT (rename, target, conflict, );
  sampan_session_rename_finish (self->session, result, &error);
  return error;
}

static GError *
copy_one (Fixture *self, const char *name, const char *to)
{
  g_autoptr (SampanPath) target = core_test_remote_path (to);
  AWAIT (copy, target, SAMPAN_CONFLICT_REFUSE, NULL, NULL, );
  sampan_session_copy_finish (self->session, result, &error);
  return error;
}

static char *
share_path (const char *name)
{
  return g_build_filename (share, name, NULL);
}

static void
write_share (const char *name, const char *contents)
{
  g_autofree char *filename = share_path (name);

  g_assert_true (g_file_set_contents (filename, contents, -1, NULL));
}

static void
expect_share (const char *name, const char *contents)
{
  g_autofree char *filename = share_path (name);
  g_autofree char *found = NULL;

  g_file_get_contents (filename, &found, NULL, NULL);
  g_assert_cmpstr (found, ==, contents);
}

static bool
list_has (SampanFolderList *entries, const char *name)
{
  for (size_t i = 0; i < sampan_folder_list_get_length (entries); i++)
    if (g_str_equal (sampan_folder_list_get (entries, i)->name, name))
      return true;
  return false;
}

static void
test_browse (void)
{
  Fixture self = { 0 };
  g_autoptr (SampanFolderList) shares = NULL;
  g_autoptr (SampanFolderList) entries = NULL;
  g_autoptr (SampanFileInfo) info = NULL;
  g_autoptr (SampanFileInfo) none = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) missing = NULL;

  set_up (&self);
  write_share ("odd\xff\n", "seven 7");
  shares = list (&self, "");
  g_assert_true (list_has (shares, "files"));
  entries = list (&self, "files");
  g_assert_true (list_has (entries, "odd\xff\n"));
  error = stat_one (&self, "files/odd\xff\n", &info);
  g_assert_no_error (error);
  g_assert_cmpuint (info->size, ==, 7);
  g_assert_cmpint (info->kind, ==, SAMPAN_ENTRY_FILE);
  g_assert_cmpint (info->right, ==, SAMPAN_RIGHT_CHANGE);
  missing = stat_one (&self, "files/none", &none);
  g_assert_error (missing, SAMPAN_ERROR, SAMPAN_ERROR_NOT_FOUND);
  tear_down (&self);
}

static void
test_ping_and_space (void)
{
  Fixture fixture = { 0 };
  Fixture *self = &fixture;
  const char *name = "files";
  g_autoptr (GAsyncResult) pinged = NULL;
  g_autofree char *text = NULL;
  int64_t round_trip_us = -1;
  SampanSpace space = { 0 };

  set_up (self);
  sampan_session_ping_async (self->session, "hello", NULL, core_test_result_cb, &pinged);
  text =
      sampan_session_ping_finish (self->session, core_test_await (&pinged), &round_trip_us, NULL);
  g_assert_cmpstr (text, ==, "HELLO");
  g_assert_cmpint (round_trip_us, >, 0);
  AWAIT (space, );
  g_assert_true (sampan_session_space_finish (self->session, result, &space, &error));
  g_assert_cmpuint (space.total_bytes, >, 0);
  g_assert_cmpuint (space.free_bytes, <=, space.total_bytes);
  tear_down (self);
}

static void
test_change (void)
{
  Fixture self = { 0 };
  g_autoptr (GError) fine = NULL;
  g_autoptr (GError) error = NULL;

  set_up (&self);
  fine = make_folder (&self, "files/one", false);
  g_assert_no_error (fine);
  error = make_folder (&self, "files/one", false);
  g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_EXISTS);
  g_clear_error (&error);
  fine = make_folder (&self, "files/one/two/three", true);
  g_assert_no_error (fine);
  write_share ("one/a", "A");
  write_share ("one/b", "B");
  fine = rename_one (&self, "files/one/a", "files/one/c", SAMPAN_CONFLICT_REFUSE);
  g_assert_no_error (fine);
  expect_share ("one/a", NULL);
  expect_share ("one/c", "A");
  error = rename_one (&self, "files/one/c", "files/one/b", SAMPAN_CONFLICT_REFUSE);
  g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_EXISTS);
  g_clear_error (&error);
  fine = rename_one (&self, "files/one/c", "files/one/b", SAMPAN_CONFLICT_REPLACE);
  g_assert_no_error (fine);
  expect_share ("one/b", "A");
  fine = copy_one (&self, "files/one/b", "files/one/d");
  g_assert_no_error (fine);
  expect_share ("one/d", "A");
  fine = copy_one (&self, "files/one", "files/copy");
  g_assert_no_error (fine);
  expect_share ("copy/d", "A");
  error = remove_one (&self, "files/one", false);
  g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_NOT_EMPTY);
  fine = remove_one (&self, "files/one", true);
  g_assert_no_error (fine);
  expect_share ("one/d", NULL);
  fine = remove_one (&self, "files/copy/d", false);
  g_assert_no_error (fine);
  tear_down (&self);
}

static void
test_hash (void)
{
  Fixture self = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) beyond = NULL;
  uint8_t expected[SAMPAN_HASH_LENGTH];
  SampanHashIs hash;

  set_up (&self);
  write_share ("hashed", "0123456789");
  error = hash_one (&self, "files/hashed", UINT64_MAX, &hash);
  g_assert_no_error (error);
  crypto_generichash (expected, sizeof expected, (const uint8_t *)"0123456789", 10, NULL, 0);
  g_assert_cmpuint (hash.length, ==, 10);
  g_assert_cmpmem (hash.hash, sizeof hash.hash, expected, sizeof expected);
  error = hash_one (&self, "files/hashed", 4, &hash);
  g_assert_no_error (error);
  crypto_generichash (expected, sizeof expected, (const uint8_t *)"0123", 4, NULL, 0);
  g_assert_cmpmem (hash.hash, sizeof hash.hash, expected, sizeof expected);
  beyond = hash_one (&self, "files/hashed", 11, &hash);
  g_assert_error (beyond, SAMPAN_ERROR, SAMPAN_ERROR_CHANGED);
  tear_down (&self);
}

/* ---- Passwords ---- */

static GError *
change_password (SampanSession *session, const char *current, const char *fresh)
{
  g_autoptr (SampanSecret) current_secret = core_test_secret (current);
  g_autoptr (SampanSecret) fresh_secret = core_test_secret (fresh);
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  sampan_session_passwd_async (session,
                               current_secret,
                               fresh_secret,
                               NULL,
                               core_test_result_cb,
                               &result);
  sampan_session_passwd_finish (session, core_test_await (&result), &error);
  return error;
}

static GError *
logout (SampanSession *session)
{
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  sampan_session_logout_async (session, NULL, core_test_result_cb, &result);
  sampan_session_logout_finish (session, core_test_await (&result), &error);
  g_assert_cmpint (sampan_session_get_state (session), ==, SAMPAN_SESSION_DISCONNECTED);
  return error;
}

static void
test_passwd (void)
{
  Fixture self = { 0 };
  g_autoptr (GError) wrong = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) old = NULL;
  g_autoptr (SampanFolderList) entries = NULL;
  g_autoptr (GAsyncResult) listed = NULL;
  g_autoptr (SampanPath) root = sampan_path_new_root ();

  set_up (&self);
  wrong = change_password (self.session, "not this", "brand new");
  g_assert_error (wrong, SAMPAN_ERROR, SAMPAN_ERROR_LOGIN_REFUSED);
  /* A listing asked for meanwhile waits for its turn. */
  sampan_session_list_async (self.session, root, NULL, core_test_result_cb, &listed);
  error = change_password (self.session, CORE_TEST_PASSWORD, "brand new");
  g_assert_no_error (error);
  entries = sampan_session_list_finish (self.session, core_test_await (&listed), &error);
  g_assert_no_error (error);
  g_clear_pointer (&entries, sampan_folder_list_unref);
  entries = list (&self, "files");
  error = logout (self.session);
  g_assert_no_error (error);
  old = core_test_login (self.session, self.server.port, CORE_TEST_PASSWORD);
  g_assert_error (old, SAMPAN_ERROR, SAMPAN_ERROR_LOGIN_REFUSED);
  error = core_test_login (self.session, self.server.port, "brand new");
  g_assert_no_error (error);
  error = change_password (self.session, "brand new", CORE_TEST_PASSWORD);
  g_assert_no_error (error);
  tear_down (&self);
}

/* ---- Transfers ---- */

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
  Fixture self = { 0 };
  g_autofree char *source = core_test_path ("source");
  g_autofree char *target = core_test_path ("target");
  g_autofree char *stored = share_path ("there");
  g_autoptr (SampanPath) remote = core_test_remote_path ("files/there");
  g_autoptr (SampanTransfer) upload = NULL;
  g_autoptr (SampanTransfer) download = NULL;
  g_autoptr (GError) error = NULL;

  set_up (&self);
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
  tear_down (&self);
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
  Fixture self = { 0 };
  g_autofree char *local = core_test_path ("local");
  g_autofree char *stored = share_path ("stored");
  g_autoptr (SampanPath) remote = core_test_remote_path ("files/stored");
  g_autoptr (SampanTransfer) transfer = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (SampanFolderList) entries = NULL;

  set_up (&self);
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
  entries = list (&self, "files");
  g_unlink (local);
  g_unlink (stored);
  tear_down (&self);
}

static bool
is_broken (gpointer session)
{
  return sampan_session_get_state (session) == SAMPAN_SESSION_BROKEN;
}

static void
test_killed_midway (void)
{
  Fixture self = { 0 };
  g_autofree char *local = core_test_path ("local");
  g_autofree char *stored = share_path ("killed");
  g_autoptr (SampanPath) remote = core_test_remote_path ("files/killed");
  g_autoptr (SampanTransfer) transfer = NULL;
  g_autoptr (SampanTransfer) again = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) login = NULL;

  set_up (&self);
  write_random (local, BIG_BYTES);
  transfer = sampan_transfer_new_upload (self.session, local, remote, SAMPAN_CONFLICT_REFUSE);
  sampan_transfer_run_async (transfer, NULL, core_test_result_cb, &result);
  core_test_await_condition (has_sent_some, transfer);
  stop_server (&self.server, SIGKILL);
  sampan_transfer_run_finish (transfer, core_test_await (&result), &error);
  g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_DISCONNECTED);
  g_assert_cmpint (sampan_transfer_get_state (transfer), ==, SAMPAN_TRANSFER_FAILED);
  core_test_await_condition (is_broken, self.session);
  g_assert_error ((GError *)sampan_session_get_error (self.session),
                  SAMPAN_ERROR,
                  SAMPAN_ERROR_DISCONNECTED);
  g_assert_false (g_file_test (stored, G_FILE_TEST_EXISTS));

  start_server (&self.server);
  login = core_test_login (self.session, self.server.port, CORE_TEST_PASSWORD);
  g_assert_no_error (login);
  again = sampan_transfer_new_upload (self.session, local, remote, SAMPAN_CONFLICT_REFUSE);
  sampan_transfer_set_resume (again, true);
  login = run (again);
  g_assert_no_error (login);
  expect_same (local, stored);
  g_unlink (local);
  g_unlink (stored);
  tear_down (&self);
}

/* ---- Many small files ---- */

#define N_SMALL 500

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
  Fixture self = { 0 };
  g_autoptr (SampanQueue) queue = sampan_queue_new ();
  g_autofree char *source = core_test_path ("small");
  g_autoptr (SampanFolderList) entries = NULL;
  g_autoptr (GError) error = NULL;
  guint n_done;

  set_up (&self);
  error = make_folder (&self, "files/many", false);
  g_assert_no_error (error);
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
  entries = list (&self, "files/many");
  g_assert_cmpuint (sampan_folder_list_get_length (entries), ==, N_SMALL);
  g_unlink (source);
  tear_down (&self);
}

static void
test_server_stops (void)
{
  Fixture self = { 0 };

  set_up (&self);
  stop_server (&self.server, SIGTERM);
  core_test_await_condition (is_broken, self.session);
  tear_down (&self);
}

int
main (int argc, char **argv)
{
  static const size_t sizes[] = { 0, 1, 65535, 65536, 65537, BIG_BYTES };
  int result;

  core_test_init (&argc, &argv);
  make_account ();
  g_test_add_func ("/core/server/browse", test_browse);
  g_test_add_func ("/core/server/ping-and-space", test_ping_and_space);
  g_test_add_func ("/core/server/change", test_change);
  g_test_add_func ("/core/server/hash", test_hash);
  g_test_add_func ("/core/server/passwd", test_passwd);
  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree char *name = g_strdup_printf ("/core/server/there-and-back/%zu", sizes[i]);

      g_test_add_data_func (name, GSIZE_TO_POINTER (sizes[i]), test_there_and_back);
    }
  g_test_add_data_func ("/core/server/cancel-midway/upload",
                        GINT_TO_POINTER (true),
                        test_cancel_midway);
  g_test_add_data_func ("/core/server/cancel-midway/download",
                        GINT_TO_POINTER (false),
                        test_cancel_midway);
  g_test_add_func ("/core/server/killed-midway", test_killed_midway);
  g_test_add_func ("/core/server/many", test_many);
  g_test_add_func ("/core/server/stops", test_server_stops);
  result = core_test_run ();
  g_free (share);
  return result;
}
