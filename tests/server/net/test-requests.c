/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Every request over a real connection, with a look at the disk behind it. */

#include "config.h"

#include "test-client.h"
#include "test-fixture.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LARGE_BYTES (1024 * 1024 + 7) /* many frames, the last one short */
#define SMALL_FILES 500

static TestFixture *fixture;
static TestClient *ann; /* one login for all; each test leaves it ready for the next request */

static uint8_t *
make_large (void)
{
  uint8_t *data = g_malloc (LARGE_BYTES);
  randombytes_buf (data, LARGE_BYTES);
  return data;
}

static void
send_path (TestClient *client, SampanKind kind, const char *path)
{
  test_client_queue_path (client, kind, path);
  g_assert_true (test_client_flush (client));
}

static void
send_path_flags (TestClient *client, SampanKind kind, const char *path, uint8_t flags)
{
  SampanPathFlagsRequest request = { .path = test_bytes (path), .flags = flags };
  SampanWriter writer;
  test_client_begin (&writer);
  sampan_write_path_flags_request (&writer, kind, &request);
  g_assert_true (test_client_send (client, &writer));
}

static void
send_move (TestClient *client,
           SampanKind kind,
           const char *from,
           const char *to,
           SampanConflict conflict)
{
  SampanMoveRequest request = { .from = test_bytes (from),
                                .to = test_bytes (to),
                                .conflict = conflict };
  SampanWriter writer;
  test_client_begin (&writer);
  sampan_write_move_request (&writer, kind, &request);
  g_assert_true (test_client_send (client, &writer));
}

static void
send_get (TestClient *client, const char *path, uint64_t offset, const uint8_t *version)
{
  SampanGetRequest request = { .path = test_bytes (path), .offset = offset };
  SampanWriter writer;
  if (version != NULL)
    {
      request.flags = SAMPAN_GET_EXPECT_VERSION;
      memcpy (request.version, version, sizeof request.version);
    }
  test_client_begin (&writer);
  sampan_write_get_request (&writer, &request);
  g_assert_true (test_client_send (client, &writer));
}

static void
expect_done (TestClient *client)
{
  SampanReader reader;
  test_client_expect (client, SAMPAN_KIND_DONE, &reader);
  g_assert_true (sampan_read_empty (&reader));
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *)a, *(char *const *)b);
}

/* "name:kind:right ..." in order of names. */
static char *
list (TestClient *client, const char *path)
{
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func (g_free);
  SampanReader reader;
  uint8_t kind = 0;
  uint64_t count = 0;

  send_path (client, SAMPAN_KIND_LIST, path);
  while (test_client_receive (client, &kind, &reader) && kind == SAMPAN_KIND_LIST_PAGE)
    while (!sampan_reader_at_end (&reader))
      {
        SampanEntry entry;
        g_assert_true (sampan_read_page_entry (&reader, &entry));
        g_ptr_array_add (entries,
                         g_strdup_printf ("%.*s:%u:%u",
                                          (int)entry.name.length,
                                          (const char *)entry.name.data,
                                          entry.kind,
                                          entry.right));
      }
  g_assert_cmphex (kind, ==, SAMPAN_KIND_LIST_END);
  g_assert_true (sampan_read_number (&reader, &count));
  g_assert_cmpuint (count, ==, entries->len);
  g_ptr_array_sort (entries, compare_texts);
  g_ptr_array_add (entries, NULL);
  return g_strjoinv (" ", (char **)entries->pdata);
}

static SampanErrorCode
get_error (TestClient *client)
{
  SampanReader reader;
  SampanErrorReply error;
  test_client_expect (client, SAMPAN_KIND_ERROR, &reader);
  g_assert_true (sampan_read_error_reply (&reader, &error));
  return error.code;
}

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

/* The whole reply to a get; fails the test unless it ends well. */
static GByteArray *
receive_file (TestClient *client, SampanGetInfo *info)
{
  GByteArray *data = g_byte_array_new ();
  SampanReader reader;
  uint8_t kind = 0;
  uint64_t total = 0;

  test_client_expect (client, SAMPAN_KIND_GET_INFO, &reader);
  g_assert_true (sampan_read_get_info (&reader, info));
  while (test_client_receive (client, &kind, &reader) && kind == SAMPAN_KIND_DATA)
    {
      SampanBytes bytes = sampan_reader_get_rest (&reader);
      g_byte_array_append (data, bytes.data, (guint)bytes.length);
    }
  g_assert_cmphex (kind, ==, SAMPAN_KIND_END);
  g_assert_true (sampan_read_number (&reader, &total));
  g_assert_cmpuint (total, ==, info->size);
  return data;
}

static char *
expect_stored (TestClient *client)
{
  SampanReader reader;
  SampanStored stored;
  test_client_expect (client, SAMPAN_KIND_STORED, &reader);
  g_assert_true (sampan_read_stored (&reader, &stored));
  return g_strndup ((const char *)stored.name.data, stored.name.length);
}

static void
put (TestClient *client, const char *path, const void *data, size_t length, SampanConflict conflict)
{
  test_client_queue_put (client, path, data, length, conflict);
  g_assert_true (test_client_flush (client));
}

static void
put_ok (const char *path, const void *data, size_t length, const char *stored_name)
{
  put (ann, path, data, length, SAMPAN_CONFLICT_KEEP_BOTH);
  g_autofree char *name = expect_stored (ann);
  g_assert_cmpstr (name, ==, stored_name);
}

/* ---- The tests ---- */

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
test_rename (void)
{
  test_fixture_write (fixture, "r1", "one", 3);
  test_fixture_write (fixture, "r2", "two", 3);
  send_move (ann, SAMPAN_KIND_RENAME, "files/r1", "files/r2", SAMPAN_CONFLICT_REFUSE);
  g_assert_cmpint (get_error (ann), ==, SAMPAN_ERROR_EXISTS);
  send_move (ann, SAMPAN_KIND_RENAME, "files/r1", "files/r3", SAMPAN_CONFLICT_REFUSE);
  expect_done (ann);
  test_fixture_assert_file (fixture, "r3", "one", 3);
  g_assert_null (test_fixture_read (fixture, "r1"));
  send_move (ann, SAMPAN_KIND_RENAME, "files/r3", "files/r2", SAMPAN_CONFLICT_REPLACE);
  expect_done (ann);
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
test_get (void)
{
  static const size_t sizes[] = { 0,
                                  1,
                                  SAMPAN_DATA_MAX - 1,
                                  SAMPAN_DATA_MAX,
                                  SAMPAN_DATA_MAX + 1,
                                  4 * SAMPAN_DATA_MAX,
                                  4 * SAMPAN_DATA_MAX + 1,
                                  LARGE_BYTES };
  g_autofree uint8_t *data = make_large ();
  SampanGetInfo info;

  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      test_fixture_write (fixture, "get", data, sizes[i]);
      send_get (ann, "files/get", 0, NULL);
      g_autoptr (GByteArray) got = receive_file (ann, &info);
      g_assert_cmpmem (got->data, got->len, data, sizes[i]);
      g_assert_cmpuint (info.size, ==, sizes[i]);
    }
  send_get (ann, "files/get", 1000, info.version);
  g_autoptr (GByteArray) rest = receive_file (ann, &info);
  g_assert_cmpmem (rest->data, rest->len, data + 1000, LARGE_BYTES - 1000);
  send_get (ann, "files/get", LARGE_BYTES, NULL);
  g_autoptr (GByteArray) nothing = receive_file (ann, &info);
  g_assert_cmpuint (nothing->len, ==, 0);
  send_get (ann, "files/get", LARGE_BYTES + 1, NULL);
  g_assert_cmpint (get_error (ann), ==, SAMPAN_ERROR_CHANGED);
  info.version[0] ^= 1;
  send_get (ann, "files/get", 0, info.version);
  g_assert_cmpint (get_error (ann), ==, SAMPAN_ERROR_CHANGED);
  send_get (ann, "files", 0, NULL);
  g_assert_cmpint (get_error (ann), ==, SAMPAN_ERROR_WRONG_KIND);
  send_get (ann, "files/none", 0, NULL);
  g_assert_cmpint (get_error (ann), ==, SAMPAN_ERROR_NOT_FOUND);
}

static void
test_get_many (void)
{
  SampanGetInfo info;
  test_fixture_write (fixture, "small", "0123456789", 10);
  for (int i = 0; i < 1000; i++)
    {
      SampanGetRequest request = { .path = test_bytes ("files/small") };
      SampanWriter writer;
      test_client_begin (&writer);
      sampan_write_get_request (&writer, &request);
      test_client_queue (ann, &writer);
    }
  g_assert_true (test_client_flush (ann));
  for (int i = 0; i < 1000; i++)
    {
      g_autoptr (GByteArray) got = receive_file (ann, &info);
      g_assert_cmpmem (got->data, got->len, "0123456789", 10);
    }
}

/* A file that becomes shorter under the reader is no whole file. */
static void
test_get_shrinking (void)
{
  const size_t size = 64 * 1024 * 1024; /* more than all buffers on the way hold */
  g_autofree char *path = g_build_filename (fixture->files, "shrinking", NULL);
  SampanReader reader;
  uint8_t kind = 0;
  test_fixture_write (fixture, "shrinking", "", 0);
  g_assert_cmpint (truncate (path, (off_t)size), ==, 0);
  send_get (ann, "files/shrinking", 0, NULL);
  test_client_expect (ann, SAMPAN_KIND_GET_INFO, &reader);
  g_assert_cmpint (truncate (path, 10), ==, 0);
  while (test_client_receive (ann, &kind, &reader) && kind == SAMPAN_KIND_DATA)
    ;
  g_assert_cmphex (kind, ==, SAMPAN_KIND_ERROR);
  test_client_ping (ann);
}

static void
test_put (void)
{
  static const size_t sizes[] = {
    0, 1, SAMPAN_DATA_MAX - 1, SAMPAN_DATA_MAX, SAMPAN_DATA_MAX + 1, LARGE_BYTES
  };
  g_autofree uint8_t *data = make_large ();
  g_autofree char *path = g_build_filename (fixture->files, "put-5", NULL);
  GStatBuf status;

  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree char *name = g_strdup_printf ("put-%zu", i);
      g_autofree char *remote = g_strdup_printf ("files/%s", name);
      put_ok (remote, data, sizes[i], name);
      test_fixture_assert_file (fixture, name, data, sizes[i]);
    }
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_mtime, ==, 1000000000);
}

static void
test_put_conflicts (void)
{
  test_fixture_write (fixture, "there.txt", "old", 3);
  put (ann, "files/there.txt", "new", 3, SAMPAN_CONFLICT_REFUSE);
  g_assert_cmpint (get_error (ann), ==, SAMPAN_ERROR_EXISTS);
  /* The file on the disk is of today, the one sent is of 2001. */
  put (ann, "files/there.txt", "new", 3, SAMPAN_CONFLICT_REPLACE_NEWER);
  g_assert_cmpint (get_error (ann), ==, SAMPAN_ERROR_EXISTS);
  test_fixture_assert_file (fixture, "there.txt", "old", 3);
  put_ok ("files/there.txt", "both", 4, "there (2).txt");
  put (ann, "files/there.txt", "new", 3, SAMPAN_CONFLICT_REPLACE);
  g_autofree char *name = expect_stored (ann);
  g_assert_cmpstr (name, ==, "there.txt");
  test_fixture_assert_file (fixture, "there.txt", "new", 3);
  put (ann, "files", "new", 3, SAMPAN_CONFLICT_REPLACE);
  g_assert_cmpint (get_error (ann), !=, 0);
  put (ann, "", "new", 3, SAMPAN_CONFLICT_REPLACE);
  g_assert_cmpint (get_error (ann), ==, SAMPAN_ERROR_NOT_ALLOWED);
  test_client_ping (ann);
}

/* All in one go: answered in order, all on the disk. */
static void
test_put_many (void)
{
  g_autofree char *folder = g_build_filename (fixture->files, "batch", NULL);
  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  for (int i = 0; i < SMALL_FILES; i++)
    {
      g_autofree char *remote = g_strdup_printf ("files/batch/%d", i);
      test_client_queue_put (ann, remote, remote, strlen (remote), SAMPAN_CONFLICT_REFUSE);
    }
  test_client_queue_path (ann, SAMPAN_KIND_STAT, "files/batch/499");
  g_assert_true (test_client_flush (ann));
  for (int i = 0; i < SMALL_FILES; i++)
    {
      g_autofree char *name = expect_stored (ann);
      g_autofree char *expected = g_strdup_printf ("%d", i);
      g_autofree char *local = g_strdup_printf ("batch/%d", i);
      g_autofree char *remote = g_strdup_printf ("files/batch/%d", i);
      g_assert_cmpstr (name, ==, expected);
      test_fixture_assert_file (fixture, local, remote, strlen (remote));
    }
  SampanReader reader;
  test_client_expect (ann, SAMPAN_KIND_ENTRY, &reader);
}

/* Good and bad ones mixed: each gets its own answer in its own place. */
static void
test_put_mixed (void)
{
  for (int i = 0; i < 30; i++)
    {
      g_autofree char *good = g_strdup_printf ("files/mixed-%d", i);
      test_client_queue_put (ann, good, "good", 4, SAMPAN_CONFLICT_REFUSE);
      test_client_queue_put (ann, good, "twice", 5, SAMPAN_CONFLICT_REFUSE);
      test_client_queue_put (ann, "files/no-folder/x", "bad", 3, SAMPAN_CONFLICT_REFUSE);
      test_client_queue_path (ann, SAMPAN_KIND_STAT, good);
    }
  g_assert_true (test_client_flush (ann));
  for (int i = 0; i < 30; i++)
    {
      SampanReader reader;
      g_autofree char *name = expect_stored (ann);
      g_autofree char *expected = g_strdup_printf ("mixed-%d", i);
      g_assert_cmpstr (name, ==, expected);
      g_assert_cmpint (get_error (ann), ==, SAMPAN_ERROR_EXISTS);
      g_assert_cmpint (get_error (ann), ==, SAMPAN_ERROR_NOT_FOUND);
      test_client_expect (ann, SAMPAN_KIND_ENTRY, &reader);
      test_fixture_assert_file (fixture, expected, "good", 4);
    }
}

/* Refused before the first byte, and much is still on its way. */
static void
test_put_refused_early (void)
{
  g_autofree uint8_t *data = make_large ();
  for (int i = 0; i < 10; i++)
    test_client_queue_put (ann, "files/none/x", data, LARGE_BYTES, SAMPAN_CONFLICT_REFUSE);
  g_assert_true (test_client_flush (ann));
  for (int i = 0; i < 10; i++)
    g_assert_cmpint (get_error (ann), ==, SAMPAN_ERROR_NOT_FOUND);
  test_client_ping (ann);
}

static void
begin_put (const char *path, uint64_t size, uint8_t flags, uint8_t id)
{
  SampanPutRequest request = { .path = test_bytes (path),
                               .size = size,
                               .conflict = SAMPAN_CONFLICT_REFUSE,
                               .flags = flags,
                               .upload_id = { id } };
  SampanWriter writer;
  test_client_begin (&writer);
  sampan_write_put_request (&writer, &request);
  test_client_queue (ann, &writer);
}

static void
queue_data (TestClient *client, const uint8_t *data, size_t length)
{
  for (size_t offset = 0; offset < length; offset += SAMPAN_DATA_MAX)
    {
      SampanWriter writer;
      test_client_begin (&writer);
      sampan_writer_put_u8 (&writer, SAMPAN_KIND_DATA);
      sampan_writer_put_fixed (&writer, data + offset, MIN (length - offset, SAMPAN_DATA_MAX));
      test_client_queue (client, &writer);
    }
}

static void
queue_number (TestClient *client, SampanKind kind, uint64_t number)
{
  SampanWriter writer;
  test_client_begin (&writer);
  sampan_write_number (&writer, kind, number);
  test_client_queue (client, &writer);
}

static void
queue_empty (TestClient *client, SampanKind kind)
{
  SampanWriter writer;
  test_client_begin (&writer);
  sampan_write_empty (&writer, kind);
  test_client_queue (client, &writer);
}

static void
test_put_wrong_length (void)
{
  static const uint8_t data[10];
  begin_put ("files/short", 10, 0, 1);
  queue_data (ann, data, 9);
  queue_number (ann, SAMPAN_KIND_END, 9);
  begin_put ("files/short", 10, 0, 2);
  queue_data (ann, data, 10);
  queue_number (ann, SAMPAN_KIND_END, 9);
  begin_put ("files/short", 9, 0, 3);
  queue_data (ann, data, 10);
  queue_number (ann, SAMPAN_KIND_END, 10);
  g_assert_true (test_client_flush (ann));
  for (int i = 0; i < 3; i++)
    g_assert_cmpint (get_error (ann), ==, SAMPAN_ERROR_PROTOCOL);
  test_client_ping (ann);
  g_assert_null (test_fixture_read (fixture, "short"));
}

static void
test_put_abort (void)
{
  static const uint8_t data[10];
  begin_put ("files/aborted", 10, 0, 1);
  queue_data (ann, data, 9);
  queue_empty (ann, SAMPAN_KIND_PUT_ABORT);
  g_assert_true (test_client_flush (ann));
  expect_done (ann);
  g_assert_null (test_fixture_read (fixture, "aborted"));
  test_client_ping (ann);
}

static void
test_put_resume (void)
{
  const size_t sent = 3 * (size_t)SAMPAN_DATA_MAX;
  g_autofree uint8_t *data = make_large ();
  g_autoptr (TestClient) first = test_client_new_attached (fixture->port, ann);
  TestClient *main_connection = ann;
  SampanPutOffer offer;
  SampanReader reader;
  uint8_t expected[SAMPAN_HASH_LENGTH];

  ann = first;
  begin_put ("files/resumed", LARGE_BYTES, SAMPAN_PUT_RESUME, 7);
  g_assert_true (test_client_flush (first));
  test_client_expect (first, SAMPAN_KIND_PUT_OFFER, &reader);
  g_assert_true (sampan_read_put_offer (&reader, &offer));
  g_assert_cmpuint (offer.offset, ==, 0);
  queue_number (first, SAMPAN_KIND_PUT_FROM, 0);
  queue_data (first, data, sent);
  g_assert_true (test_client_flush (first));
  g_clear_pointer (&first, test_client_free);

  /* The server hears of the end of that connection when it does; until then the partial is locked.
   */
  ann = main_connection;
  do
    {
      begin_put ("files/resumed", LARGE_BYTES, SAMPAN_PUT_RESUME, 7);
      g_assert_true (test_client_flush (ann));
      test_client_expect (ann, SAMPAN_KIND_PUT_OFFER, &reader);
      g_assert_true (sampan_read_put_offer (&reader, &offer));
      if (offer.offset == sent)
        break;
      queue_empty (ann, SAMPAN_KIND_PUT_ABORT);
      g_assert_true (test_client_flush (ann));
      expect_done (ann);
    }
  while (true);
  crypto_generichash (expected, sizeof expected, data, sent, NULL, 0);
  g_assert_cmpmem (offer.hash, sizeof offer.hash, expected, sizeof expected);
  queue_number (ann, SAMPAN_KIND_PUT_FROM, sent);
  queue_data (ann, data + sent, LARGE_BYTES - sent);
  queue_number (ann, SAMPAN_KIND_END, LARGE_BYTES);
  g_assert_true (test_client_flush (ann));
  g_autofree char *name = expect_stored (ann);
  test_fixture_assert_file (fixture, "resumed", data, LARGE_BYTES);
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

static void
test_unknown (void)
{
  queue_empty (ann, 0x3f);
  queue_empty (ann, 0x30);
  g_assert_true (test_client_flush (ann));
  g_assert_cmpint (get_error (ann), ==, SAMPAN_ERROR_UNSUPPORTED);
  g_assert_cmpint (get_error (ann), ==, SAMPAN_ERROR_UNSUPPORTED);
  test_client_ping (ann);
}

/* What ends a connection. */
static void
test_violations (void)
{
  static const struct
  {
    uint8_t message[4];
    size_t length;
  } cases[] = {
    { { SAMPAN_KIND_DATA, 1, 2 }, 3 },     /* outside a put */
    { { SAMPAN_KIND_END, 0, 0 }, 3 },      /* cut short */
    { { SAMPAN_KIND_PUT_ABORT }, 1 },      /* nothing to give up */
    { { SAMPAN_KIND_LOGIN_START, 1 }, 2 }, /* again */
    { { SAMPAN_KIND_PONG, 0, 0 }, 3 },     /* of the server */
    { { SAMPAN_KIND_LIST, 0 }, 2 },        /* cut short */
    { { SAMPAN_KIND_LIST, 0, 0, 0 }, 4 },  /* a byte too many */
    { { SAMPAN_KIND_LOGOUT, 0 }, 2 },      /* a byte too many */
    { { SAMPAN_KIND_CLOSE, 0 }, 2 },       /* a byte too many */
    { { 0x00 }, 1 },
    { { SAMPAN_KIND_PUT_FROM }, 1 },
    { { 0xff }, 1 },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TestClient) client = test_client_new_attached (fixture->port, ann);
      SampanWriter writer;
      g_test_message ("case %zu", i);
      test_client_begin (&writer);
      sampan_writer_put_fixed (&writer, cases[i].message, cases[i].length);
      g_assert_true (test_client_send (client, &writer));
      g_assert_true (test_client_is_closed (client));
    }
  test_client_ping (ann);
}

/* Each request has a largest size of its own. */
static void
test_oversized (void)
{
  static const uint8_t zeros[3 + SAMPAN_PATH_MAX];
  g_autoptr (TestClient) client = test_client_new_attached (fixture->port, ann);
  SampanWriter writer;
  test_client_begin (&writer);
  sampan_writer_put_u8 (&writer, SAMPAN_KIND_LIST);
  sampan_writer_put_fixed (&writer, zeros, sizeof zeros);
  g_assert_true (test_client_send (client, &writer));
  g_assert_true (test_client_is_closed (client));
}

static void
test_forged (void)
{
  g_autoptr (TestClient) client = test_client_new_attached (fixture->port, ann);
  test_client_queue_path (client, SAMPAN_KIND_LIST, "");
  client->out->data[5] ^= 1;
  g_assert_true (test_client_flush (client));
  g_assert_true (test_client_is_closed (client));
}

static void
test_goodbye (void)
{
  g_autoptr (TestClient) client = test_client_new_attached (fixture->port, ann);
  test_client_queue_put (client, "files/last", "last", 4, SAMPAN_CONFLICT_REPLACE);
  queue_empty (client, SAMPAN_KIND_CLOSE);
  g_assert_true (test_client_flush (client));
  g_autofree char *name = expect_stored (client);
  test_client_expect_goodbye (client);
  test_fixture_assert_file (fixture, "last", "last", 4);
}

/* A byte at a time: nothing changes but the time it takes. */
static void
test_single_bytes (void)
{
  g_autoptr (TestClient) client = test_client_new_attached (fixture->port, ann);
  test_client_queue_put (client, "files/bytewise", "slow", 4, SAMPAN_CONFLICT_REPLACE);
  test_client_queue_path (client, SAMPAN_KIND_STAT, "files/bytewise");
  for (guint i = 0; i < client->out->len; i++)
    {
      g_assert_true (test_client_send_raw (client, client->out->data + i, 1));
      if (i % 16 == 0)
        g_usleep (3000); /* longer than a worker waits before it parks */
    }
  SampanReader reader;
  g_autofree char *name = expect_stored (client);
  test_client_expect (client, SAMPAN_KIND_ENTRY, &reader);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (sampan_crypto_init ());
  fixture = test_fixture_new (NULL);
  ann = test_client_new_logged_in (fixture->port, "ann", TEST_PASSWORD);
  g_test_add_func ("/server/requests/ping", test_ping);
  g_test_add_func ("/server/requests/list/shares", test_list_shares);
  g_test_add_func ("/server/requests/list/folder", test_list);
  g_test_add_func ("/server/requests/list/large", test_list_large);
  g_test_add_func ("/server/requests/stat", test_stat);
  g_test_add_func ("/server/requests/space", test_space);
  g_test_add_func ("/server/requests/mkdir", test_mkdir);
  g_test_add_func ("/server/requests/rename", test_rename);
  g_test_add_func ("/server/requests/copy", test_copy);
  g_test_add_func ("/server/requests/remove", test_remove);
  g_test_add_func ("/server/requests/hash", test_hash);
  g_test_add_func ("/server/requests/get/sizes", test_get);
  g_test_add_func ("/server/requests/get/many", test_get_many);
  g_test_add_func ("/server/requests/get/shrinking", test_get_shrinking);
  g_test_add_func ("/server/requests/put/sizes", test_put);
  g_test_add_func ("/server/requests/put/conflicts", test_put_conflicts);
  g_test_add_func ("/server/requests/put/many", test_put_many);
  g_test_add_func ("/server/requests/put/mixed", test_put_mixed);
  g_test_add_func ("/server/requests/put/refused-early", test_put_refused_early);
  g_test_add_func ("/server/requests/put/wrong-length", test_put_wrong_length);
  g_test_add_func ("/server/requests/put/abort", test_put_abort);
  g_test_add_func ("/server/requests/put/resume", test_put_resume);
  g_test_add_func ("/server/requests/rights", test_rights);
  g_test_add_func ("/server/requests/unknown", test_unknown);
  g_test_add_func ("/server/requests/violations", test_violations);
  g_test_add_func ("/server/requests/oversized", test_oversized);
  g_test_add_func ("/server/requests/forged", test_forged);
  g_test_add_func ("/server/requests/goodbye", test_goodbye);
  g_test_add_func ("/server/requests/single-bytes", test_single_bytes);
  int result = g_test_run ();
  test_client_free (ann);
  test_fixture_free (fixture);
  return result;
}
