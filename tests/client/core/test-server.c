/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The core against the real server: every request, and a change of password. */

#include "config.h"

#include "real-server.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <sodium.h>
#include <string.h>

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
make_folder (RealServerTest *self, const char *name, bool parents)
{
  AWAIT (mkdir, parents, );
  sampan_session_mkdir_finish (self->session, result, &error);
  return error;
}

static GError *
stat_one (RealServerTest *self, const char *name, SampanFileInfo **info)
{
  AWAIT (stat, );
  *info = sampan_session_stat_finish (self->session, result, &error);
  return error;
}

static SampanFolderList *
list (RealServerTest *self, const char *name)
{
  SampanFolderList *entries;
  AWAIT (list, );
  entries = sampan_session_list_finish (self->session, result, &error);
  g_assert_no_error (error);
  return entries;
}

static GError *
remove_one (RealServerTest *self, const char *name, bool recursive)
{
  uint8_t trash_id[SAMPAN_TRASH_ID_LENGTH];
  AWAIT (remove, recursive, );
  sampan_session_remove_finish (self->session, result, trash_id, &error);
  return error;
}

static GError *
hash_one (RealServerTest *self, const char *name, uint64_t length, SampanHashIs *hash)
{
  AWAIT (hash, length, );
  sampan_session_hash_finish (self->session, result, hash, &error);
  return error;
}

static GError *
rename_one (RealServerTest *self, const char *name, const char *to, SampanConflict conflict)
{
  g_autoptr (SampanPath) target = core_test_remote_path (to);
  AWAIT (rename, target, conflict, NULL, );
  sampan_session_rename_finish (self->session, result, NULL, &error);
  return error;
}

static GError *
copy_one (RealServerTest *self, const char *name, const char *to)
{
  g_autoptr (SampanPath) target = core_test_remote_path (to);
  AWAIT (copy, target, SAMPAN_CONFLICT_REFUSE, NULL, NULL, );
  sampan_session_copy_finish (self->session, result, NULL, &error);
  return error;
}

static void
write_share (const char *name, const char *contents)
{
  g_autofree char *filename = real_server_share_path (name);

  g_assert_true (g_file_set_contents (filename, contents, -1, NULL));
}

static void
expect_share (const char *name, const char *contents)
{
  g_autofree char *filename = real_server_share_path (name);
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
  RealServerTest self = { 0 };
  g_autoptr (SampanFolderList) shares = NULL;
  g_autoptr (SampanFolderList) entries = NULL;
  g_autoptr (SampanFileInfo) info = NULL;
  g_autoptr (SampanFileInfo) none = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) missing = NULL;

  real_server_set_up (&self);
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
  real_server_tear_down (&self);
}

static void
test_ping_and_space (void)
{
  RealServerTest fixture = { 0 };
  RealServerTest *self = &fixture;
  const char *name = "files";
  g_autoptr (GAsyncResult) pinged = NULL;
  g_autofree char *text = NULL;
  int64_t round_trip_us = -1;
  SampanSpace space = { 0 };

  real_server_set_up (self);
  sampan_session_ping_async (self->session, "hello", NULL, core_test_result_cb, &pinged);
  text =
      sampan_session_ping_finish (self->session, core_test_await (&pinged), &round_trip_us, NULL);
  g_assert_cmpstr (text, ==, "HELLO");
  g_assert_cmpint (round_trip_us, >, 0);
  AWAIT (space, );
  g_assert_true (sampan_session_space_finish (self->session, result, &space, &error));
  g_assert_cmpuint (space.total_bytes, >, 0);
  g_assert_cmpuint (space.free_bytes, <=, space.total_bytes);
  real_server_tear_down (self);
}

static void
test_change (void)
{
  RealServerTest self = { 0 };
  g_autoptr (GError) fine = NULL;
  g_autoptr (GError) error = NULL;

  real_server_set_up (&self);
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
  real_server_tear_down (&self);
}

static void
test_hash (void)
{
  RealServerTest self = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) beyond = NULL;
  uint8_t expected[SAMPAN_HASH_LENGTH];
  SampanHashIs hash;

  real_server_set_up (&self);
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
  real_server_tear_down (&self);
}

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
  RealServerTest self = { 0 };
  g_autoptr (GError) wrong = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) old = NULL;
  g_autoptr (SampanFolderList) entries = NULL;
  g_autoptr (GAsyncResult) listed = NULL;
  g_autoptr (SampanPath) root = sampan_path_new_root ();

  real_server_set_up (&self);
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
  real_server_tear_down (&self);
}

static bool
is_reconnecting (gpointer session)
{
  return sampan_session_get_state (session) == SAMPAN_SESSION_RECONNECTING;
}

static void
test_server_stops (void)
{
  RealServerTest self = { 0 };

  real_server_set_up (&self);
  real_server_stop (&self.server, SIGTERM);
  core_test_await_condition (is_reconnecting, self.session);
  real_server_tear_down (&self);
}

int
main (int argc, char **argv)
{
  core_test_init (&argc, &argv);
  real_server_init ();
  g_test_add_func ("/core/server/browse", test_browse);
  g_test_add_func ("/core/server/ping-and-space", test_ping_and_space);
  g_test_add_func ("/core/server/change", test_change);
  g_test_add_func ("/core/server/hash", test_hash);
  g_test_add_func ("/core/server/passwd", test_passwd);
  g_test_add_func ("/core/server/stops", test_server_stops);
  return core_test_run ();
}
