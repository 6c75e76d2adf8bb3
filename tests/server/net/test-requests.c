/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Every request but GET and PUT over a real connection, with a look at the disk behind it. */

#include "config.h"

#include "request-test.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

static SampanEntry
stat_path (const char *path)
{
  SampanReader reader;
  SampanEntry entry;
  send_path (ann, SAMPAN_KIND_STAT, path);
  test_client_expect (ann, SAMPAN_KIND_ENTRY, &reader);
  g_assert_true (sampan_read_entry (&reader, &entry));
  return entry; /* its name is gone with the next message */
}

static void
assert_ping (const char *text, size_t length, const char *upper, size_t upper_length)
{
  SampanWriter writer;
  SampanReader reader;
  SampanBytes got;
  test_client_begin (&writer);
  sampan_write_text (&writer,
                     SAMPAN_KIND_PING,
                     (SampanBytes){ .data = (const uint8_t *)text, .length = length });
  g_assert_true (test_client_send (ann, &writer));
  test_client_expect (ann, SAMPAN_KIND_PONG, &reader);
  g_assert_true (sampan_read_text (&reader, &got));
  g_assert_cmpmem (got.data, got.length, upper, upper_length);
}

static void
test_ping (void)
{
  g_autofree char *longest = g_strnfill (SAMPAN_PING_TEXT_MAX, 'x');
  g_autofree char *longest_upper = g_strnfill (SAMPAN_PING_TEXT_MAX, 'X');
  g_autofree char *growing = g_strnfill (SAMPAN_PING_TEXT_MAX, 'n');
  g_autofree char *growing_upper = g_strnfill (SAMPAN_PING_TEXT_MAX, 'N');

  assert_ping ("hello, world", 12, "HELLO, WORLD", 12);
  assert_ping ("", 0, "", 0);
  assert_ping ("h\xc3\xa9", 3, "H\xc3\x89", 3);
  assert_ping ("a\xff\0b", 4, "A\xff\0B", 4);
  assert_ping (longest, SAMPAN_PING_TEXT_MAX, longest_upper, SAMPAN_PING_TEXT_MAX);
  /* U+0149 becomes two characters and would no longer fit. */
  growing[0] = growing_upper[0] = '\xc5';
  growing[1] = growing_upper[1] = '\x89';
  assert_ping (growing, SAMPAN_PING_TEXT_MAX, growing_upper, SAMPAN_PING_TEXT_MAX);
}

static void
test_list_shares (void)
{
  g_autoptr (TestClient) reader =
      test_client_new_logged_in (fixture->port, "reader", TEST_PASSWORD);
  g_autoptr (TestClient) nobody =
      test_client_new_logged_in (fixture->port, "nobody", TEST_PASSWORD);
  g_autofree char *of_ann = list (ann, "");
  g_autofree char *of_reader = list (reader, "");
  g_autofree char *of_nobody = list (nobody, "");

  g_assert_cmpstr (of_ann, ==, "files:5:3 gone:5:3 other:5:3");
  g_assert_cmpstr (of_reader, ==, "files:5:1 gone:5:1 other:5:1");
  g_assert_cmpstr (of_nobody, ==, "");
  send_path (nobody, SAMPAN_KIND_LIST, "files");
  g_assert_cmpint (get_error (nobody), ==, SAMPAN_ERROR_NOT_FOUND);
  send_path (nobody, SAMPAN_KIND_LIST, "no-such-share");
  g_assert_cmpint (get_error (nobody), ==, SAMPAN_ERROR_NOT_FOUND);
  send_path (ann, SAMPAN_KIND_LIST, "gone");
  g_assert_cmpint (get_error (ann), ==, SAMPAN_ERROR_NOT_FOUND);
}

static void
test_list (void)
{
  g_autofree char *folder = g_build_filename (fixture->files, "l", "sub", NULL);
  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  test_fixture_write (fixture, "l/a", "1", 1);
  test_fixture_write (fixture, "l/b\n\x1b", "22", 2);

  g_autofree char *entries = list (ann, "files/l");
  g_assert_cmpstr (entries, ==, "a:1:3 b\n\x1b:1:3 sub:2:3");
  g_autofree char *none = list (ann, "files/l/sub");
  g_assert_cmpstr (none, ==, "");
  send_path (ann, SAMPAN_KIND_LIST, "files/l/a");
  g_assert_cmpint (get_error (ann), ==, SAMPAN_ERROR_WRONG_KIND);
  send_path (ann, SAMPAN_KIND_LIST, "files/l/none");
  g_assert_cmpint (get_error (ann), ==, SAMPAN_ERROR_NOT_FOUND);
  send_path (ann, SAMPAN_KIND_LIST, "files/.sampan");
  g_assert_cmpint (get_error (ann), ==, SAMPAN_ERROR_BAD_NAME);
  send_path (ann, SAMPAN_KIND_LIST, "files/../other");
  g_assert_cmpint (get_error (ann), ==, SAMPAN_ERROR_BAD_NAME);
}

/* More than a page of names as long as they get. */
static void
test_list_large (void)
{
  g_autofree char *folder = g_build_filename (fixture->files, "many", NULL);
  g_autofree char *padding = g_strnfill (SAMPAN_NAME_MAX - 5, 'n');
  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  for (int i = 0; i < 2500; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/%s%05d", folder, padding, i);
      int fd = g_open (path, O_CREAT | O_WRONLY, 0600);
      g_assert_cmpint (fd, >=, 0);
      g_close (fd, NULL);
    }
  g_autofree char *entries = list (ann, "files/many");
  g_auto (GStrv) parts = g_strsplit (entries, " ", -1);
  g_assert_cmpuint (g_strv_length (parts), ==, 2500);
  g_assert_true (g_str_has_suffix (parts[2499], "02499:1:3"));
}

static void
test_stat (void)
{
  test_fixture_write (fixture, "stat", "12345", 5);
  SampanEntry file = stat_path ("files/stat");
  g_assert_cmpint (file.kind, ==, SAMPAN_ENTRY_FILE);
  g_assert_cmpint (file.right, ==, SAMPAN_RIGHT_CHANGE);
  g_assert_cmpuint (file.size, ==, 5);
  g_assert_cmpuint (file.name.length, ==, 4);
  SampanEntry share = stat_path ("files");
  g_assert_cmpint (share.kind, ==, SAMPAN_ENTRY_SHARE);
  g_assert_cmpuint (share.name.length, ==, 5);
  SampanEntry root = stat_path ("");
  g_assert_cmpint (root.kind, ==, SAMPAN_ENTRY_FOLDER);
  g_assert_cmpuint (root.name.length, ==, 0);
  send_path (ann, SAMPAN_KIND_STAT, "files/none");
  g_assert_cmpint (get_error (ann), ==, SAMPAN_ERROR_NOT_FOUND);
  send_path (ann, SAMPAN_KIND_STAT, "none");
  g_assert_cmpint (get_error (ann), ==, SAMPAN_ERROR_NOT_FOUND);
}

static void
test_space (void)
{
  SampanReader reader;
  SampanSpace space;
  send_path (ann, SAMPAN_KIND_SPACE, "files");
  test_client_expect (ann, SAMPAN_KIND_SPACE_IS, &reader);
  g_assert_true (sampan_read_space (&reader, &space));
  g_assert_cmpuint (space.total_bytes, >, 0);
  g_assert_cmpuint (space.free_bytes, <=, space.total_bytes);
  send_path (ann, SAMPAN_KIND_SPACE, "");
  g_assert_cmpint (get_error (ann), ==, SAMPAN_ERROR_WRONG_KIND);
}

static void
test_mkdir (void)
{
  g_autofree char *path = g_build_filename (fixture->files, "m", "n", NULL);
  send_path_flags (ann, SAMPAN_KIND_MKDIR, "files/m/n", 0);
  g_assert_cmpint (get_error (ann), ==, SAMPAN_ERROR_NOT_FOUND);
  send_path_flags (ann, SAMPAN_KIND_MKDIR, "files/m/n", SAMPAN_MKDIR_PARENTS);
  expect_done (ann);
  g_assert_true (g_file_test (path, G_FILE_TEST_IS_DIR));
  send_path_flags (ann, SAMPAN_KIND_MKDIR, "files/m/n", SAMPAN_MKDIR_PARENTS);
  expect_done (ann);
  send_path_flags (ann, SAMPAN_KIND_MKDIR, "files/m/n", 0);
  g_assert_cmpint (get_error (ann), ==, SAMPAN_ERROR_EXISTS);
  send_path_flags (ann, SAMPAN_KIND_MKDIR, "new-share", 0);
  g_assert_cmpint (get_error (ann), ==, SAMPAN_ERROR_NOT_FOUND);
  send_path_flags (ann, SAMPAN_KIND_MKDIR, "", 0);
  g_assert_cmpint (get_error (ann), ==, SAMPAN_ERROR_NOT_ALLOWED);
}

static void
send_set_time (TestClient *client, const char *path, int64_t seconds, uint32_t nanoseconds)
{
  SampanSetTimeRequest request = { .path = test_bytes (path), .mtime = { seconds, nanoseconds } };
  SampanWriter writer;

  test_client_begin (&writer);
  sampan_write_set_time_request (&writer, &request);
  g_assert_true (test_client_send (client, &writer));
}

static void
assert_time (const char *path, int64_t seconds, long nanoseconds)
{
  struct stat status;

  g_assert_cmpint (stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_mtim.tv_sec, ==, seconds);
  g_assert_cmpint (status.st_mtim.tv_nsec, ==, nanoseconds);
}

static void
test_set_time (void)
{
  static const struct
  {
    const char *path;
    SampanErrorCode code;
  } refused[] = {
    { "", SAMPAN_ERROR_NOT_ALLOWED },
    { "files", SAMPAN_ERROR_NOT_ALLOWED },
    { "none", SAMPAN_ERROR_NOT_FOUND },
    { "files/t/none", SAMPAN_ERROR_NOT_FOUND },
    { "files/t/file", SAMPAN_ERROR_WRONG_KIND },
    { "files/t/link", SAMPAN_ERROR_WRONG_KIND },
    { "files/t/link/inner", SAMPAN_ERROR_WRONG_KIND },
    { "files/t/../t", SAMPAN_ERROR_BAD_NAME },
    { "files/.sampan", SAMPAN_ERROR_BAD_NAME },
    { "files/.sampan/trash", SAMPAN_ERROR_BAD_NAME },
  };
  g_autofree char *folder = g_build_filename (fixture->files, "t", NULL);
  g_autofree char *inner = g_build_filename (folder, "inner", NULL);
  g_autofree char *link = g_build_filename (folder, "link", NULL);
  g_autoptr (TestClient) reader =
      test_client_new_logged_in (fixture->port, "reader", TEST_PASSWORD);
  g_autoptr (TestClient) adder = test_client_new_logged_in (fixture->port, "adder", TEST_PASSWORD);

  g_assert_cmpint (g_mkdir_with_parents (inner, 0700), ==, 0);
  g_assert_cmpint (symlink (folder, link), ==, 0);
  test_fixture_write (fixture, "t/file", "x", 1);
  send_set_time (ann, "files/t/inner", 1234567890, 987654321);
  expect_done (ann);
  assert_time (inner, 1234567890, 987654321);
  for (size_t i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_test_message ("%s", refused[i].path);
      send_set_time (ann, refused[i].path, 1, 1);
      g_assert_cmpint (get_error (ann), ==, refused[i].code);
    }
  send_set_time (reader, "files/t/inner", 1, 1);
  g_assert_cmpint (get_error (reader), ==, SAMPAN_ERROR_NOT_ALLOWED);
  assert_time (inner, 1234567890, 987654321);
  send_set_time (adder, "files/t/inner", -7, 3);
  expect_done (adder);
  assert_time (inner, -7, 3);

  /* It comes behind what was sent before it, be that written to the disk or not. */
  put (ann, "files/t/inner/new", "x", 1, SAMPAN_CONFLICT_REFUSE);
  send_set_time (ann, "files/t/inner", 42, 0);
  g_free (expect_stored (ann));
  expect_done (ann);
  assert_time (inner, 42, 0);
}

static void
test_rename (void)
{
  static const uint8_t other_version[SAMPAN_VERSION_LENGTH] = { 1 };
  g_autofree char *stored = NULL;
  g_autofree char *replaced = NULL;
  g_autofree char *beside = NULL;
  test_fixture_write (fixture, "r1", "one", 3);
  test_fixture_write (fixture, "r2", "two", 3);
  send_move (ann, SAMPAN_KIND_RENAME, "files/r1", "files/r2", SAMPAN_CONFLICT_REFUSE);
  g_assert_cmpint (get_error (ann), ==, SAMPAN_ERROR_EXISTS);
  send_move (ann, SAMPAN_KIND_RENAME, "files/r1", "files/r3", SAMPAN_CONFLICT_REFUSE);
  stored = expect_stored (ann);
  g_assert_cmpstr (stored, ==, "r3");
  test_fixture_assert_file (fixture, "r3", "one", 3);
  g_assert_null (test_fixture_read (fixture, "r1"));
  send_move (ann, SAMPAN_KIND_RENAME, "files/r3", "files/r2", SAMPAN_CONFLICT_REPLACE);
  replaced = expect_stored (ann);
  test_fixture_assert_file (fixture, "r2", "one", 3);
  put (ann, "files/r4", "four", 4, SAMPAN_CONFLICT_REFUSE);
  g_free (expect_stored (ann));
  send_move (ann, SAMPAN_KIND_RENAME, "files/r4", "files/r2", SAMPAN_CONFLICT_KEEP_BOTH);
  beside = expect_stored (ann);
  g_assert_cmpstr (beside, ==, "r2 (2)");
  send_move_of (ann, SAMPAN_KIND_RENAME, "files/r2", "files/r5", other_version);
  g_assert_cmpint (get_error (ann), ==, SAMPAN_ERROR_CHANGED);
  test_fixture_assert_file (fixture, "r2", "one", 3);
  send_move (ann, SAMPAN_KIND_RENAME, "files/r2", "other/r2", SAMPAN_CONFLICT_REFUSE);
  g_assert_cmpint (get_error (ann), ==, SAMPAN_ERROR_WRONG_KIND);
  send_move (ann, SAMPAN_KIND_RENAME, "files", "files2", SAMPAN_CONFLICT_REFUSE);
  g_assert_cmpint (get_error (ann), ==, SAMPAN_ERROR_NOT_FOUND);
}

static void
test_copy (void)
{
  g_autofree uint8_t *data = make_large ();
  g_autofree char *path = g_build_filename (fixture->other, "copied", NULL);
  g_autofree char *contents = NULL;
  gsize length = 0;

  test_fixture_write (fixture, "c1", data, LARGE_BYTES);
  send_move (ann, SAMPAN_KIND_COPY, "files/c1", "other/copied", SAMPAN_CONFLICT_REFUSE);
  g_autofree char *name = expect_stored (ann);
  g_assert_cmpstr (name, ==, "copied");
  g_assert_true (g_file_get_contents (path, &contents, &length, NULL));
  g_assert_cmpmem (contents, length, data, LARGE_BYTES);
  test_fixture_assert_file (fixture, "c1", data, LARGE_BYTES);
  send_move (ann, SAMPAN_KIND_COPY, "files/c1", "other/copied", SAMPAN_CONFLICT_KEEP_BOTH);
  g_autofree char *second = expect_stored (ann);
  g_assert_cmpstr (second, ==, "copied (2)");
}

static void
test_remove (void)
{
  SampanReader reader;
  uint8_t trash_id[SAMPAN_TRASH_ID_LENGTH];
  g_autofree char *folder = g_build_filename (fixture->files, "rm", NULL);
  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  test_fixture_write (fixture, "rm/file", "x", 1);
  send_path_flags (ann, SAMPAN_KIND_REMOVE, "files/rm", 0);
  g_assert_cmpint (get_error (ann), ==, SAMPAN_ERROR_NOT_EMPTY);
  send_path_flags (ann, SAMPAN_KIND_REMOVE, "files/rm/file", 0);
  test_client_expect (ann, SAMPAN_KIND_REMOVED, &reader);
  g_assert_true (sampan_read_removed (&reader, trash_id));
  g_assert_false (sodium_is_zero (trash_id, sizeof trash_id));
  send_path_flags (ann, SAMPAN_KIND_REMOVE, "files/rm", SAMPAN_REMOVE_RECURSIVE);
  test_client_expect (ann, SAMPAN_KIND_REMOVED, &reader);
  g_assert_false (g_file_test (folder, G_FILE_TEST_EXISTS));
  send_path_flags (ann, SAMPAN_KIND_REMOVE, "files", SAMPAN_REMOVE_RECURSIVE);
  g_assert_cmpint (get_error (ann), ==, SAMPAN_ERROR_NOT_ALLOWED);
}

static void
test_hash (void)
{
  static const uint64_t lengths[] = { 0, 1, LARGE_BYTES, UINT64_MAX, LARGE_BYTES + 1 };
  g_autofree uint8_t *data = make_large ();
  test_fixture_write (fixture, "hash", data, LARGE_BYTES);
  for (size_t i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      SampanHashRequest request = { .path = test_bytes ("files/hash"), .length = lengths[i] };
      SampanHashIs result;
      SampanWriter writer;
      SampanReader reader;
      uint8_t expected[SAMPAN_HASH_LENGTH];
      test_client_begin (&writer);
      sampan_write_hash_request (&writer, &request);
      g_assert_true (test_client_send (ann, &writer));
      if (lengths[i] == LARGE_BYTES + 1)
        {
          g_assert_cmpint (get_error (ann), ==, SAMPAN_ERROR_CHANGED);
          continue;
        }
      test_client_expect (ann, SAMPAN_KIND_HASH_IS, &reader);
      g_assert_true (sampan_read_hash_is (&reader, &result));
      g_assert_cmpuint (result.length, ==, MIN (lengths[i], LARGE_BYTES));
      crypto_generichash (expected, sizeof expected, data, result.length, NULL, 0);
      g_assert_cmpmem (result.hash, sizeof result.hash, expected, sizeof expected);
    }
}

static void
test_rights (void)
{
  g_autoptr (TestClient) reader =
      test_client_new_logged_in (fixture->port, "reader", TEST_PASSWORD);
  g_autoptr (TestClient) adder = test_client_new_logged_in (fixture->port, "adder", TEST_PASSWORD);
  SampanGetInfo info;

  test_fixture_write (fixture, "rights", "old", 3);
  send_get (reader, "files/rights", 0, NULL);
  g_autoptr (GByteArray) got = receive_file (reader, &info);
  put (reader, "files/by-reader", "x", 1, SAMPAN_CONFLICT_REFUSE);
  g_assert_cmpint (get_error (reader), ==, SAMPAN_ERROR_NOT_ALLOWED);
  send_path_flags (reader, SAMPAN_KIND_MKDIR, "files/by-reader", 0);
  g_assert_cmpint (get_error (reader), ==, SAMPAN_ERROR_NOT_ALLOWED);
  send_path_flags (reader, SAMPAN_KIND_REMOVE, "files/rights", 0);
  g_assert_cmpint (get_error (reader), ==, SAMPAN_ERROR_NOT_ALLOWED);
  send_move (reader, SAMPAN_KIND_COPY, "files/rights", "files/copy", SAMPAN_CONFLICT_REFUSE);
  g_assert_cmpint (get_error (reader), ==, SAMPAN_ERROR_NOT_ALLOWED);
  g_assert_null (test_fixture_read (fixture, "by-reader"));

  put (adder, "files/by-adder", "x", 1, SAMPAN_CONFLICT_REPLACE);
  g_autofree char *name = expect_stored (adder);
  test_fixture_assert_file (fixture, "by-adder", "x", 1);
  put (adder, "files/rights", "new", 3, SAMPAN_CONFLICT_REPLACE);
  g_assert_cmpint (get_error (adder), ==, SAMPAN_ERROR_NOT_ALLOWED);
  put (adder, "files/rights", "new", 3, SAMPAN_CONFLICT_REFUSE);
  g_assert_cmpint (get_error (adder), ==, SAMPAN_ERROR_EXISTS);
  send_move (adder, SAMPAN_KIND_COPY, "files/by-adder", "files/rights", SAMPAN_CONFLICT_REPLACE);
  g_assert_cmpint (get_error (adder), ==, SAMPAN_ERROR_NOT_ALLOWED);
  send_move (adder, SAMPAN_KIND_RENAME, "files/by-adder", "files/y", SAMPAN_CONFLICT_REFUSE);
  g_assert_cmpint (get_error (adder), ==, SAMPAN_ERROR_NOT_ALLOWED);
  test_fixture_assert_file (fixture, "rights", "old", 3);
}

int
main (int argc, char **argv)
{
  request_test_begin (&argc, &argv);
  g_test_add_func ("/server/requests/ping", test_ping);
  g_test_add_func ("/server/requests/list/shares", test_list_shares);
  g_test_add_func ("/server/requests/list/folder", test_list);
  g_test_add_func ("/server/requests/list/E7/large", test_list_large);
  g_test_add_func ("/server/requests/stat", test_stat);
  g_test_add_func ("/server/requests/space", test_space);
  g_test_add_func ("/server/requests/mkdir", test_mkdir);
  g_test_add_func ("/server/requests/set-time", test_set_time);
  g_test_add_func ("/server/requests/rename", test_rename);
  g_test_add_func ("/server/requests/copy", test_copy);
  g_test_add_func ("/server/requests/remove", test_remove);
  g_test_add_func ("/server/requests/hash", test_hash);
  g_test_add_func ("/server/requests/rights", test_rights);
  return request_test_run ();
}
