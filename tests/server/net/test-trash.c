/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The way back from the trash, against a real server. */

#include "config.h"

#include "request-test.h"
#include "test-fixture.h"

#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>

typedef struct
{
  uint8_t bytes[SAMPAN_TRASH_ID_LENGTH];
} Id;

static Id
remove_path (TestClient *client, const char *path)
{
  SampanReader reader;
  Id id;
  send_path_flags (client, SAMPAN_KIND_REMOVE, path, SAMPAN_REMOVE_RECURSIVE);
  test_client_expect (client, SAMPAN_KIND_REMOVED, &reader);
  g_assert_true (sampan_read_removed (&reader, id.bytes));
  g_assert_false (sodium_is_zero (id.bytes, sizeof id.bytes));
  return id;
}

static void
send_restore (TestClient *client, const Id *ids, size_t n_ids, SampanConflict conflict)
{
  SampanRestoreRequest request = { .share = test_bytes ("files"), .conflict = conflict };
  SampanWriter writer;
  test_client_begin (&writer);
  sampan_write_restore (&writer, &request);
  for (size_t i = 0; i < n_ids; i++)
    sampan_write_trash_id (&writer, ids[i].bytes);
  g_assert_true (test_client_send (client, &writer));
}

/* The code; *path (nullable) and *replaced (nullable) if it is 0. */
static uint16_t
restore (TestClient *client, Id id, SampanConflict conflict, char **path, Id *replaced)
{
  SampanReader reader;
  SampanRestored restored;
  send_restore (client, &id, 1, conflict);
  test_client_expect (client, SAMPAN_KIND_RESTORED, &reader);
  g_assert_true (sampan_read_restored (&reader, &restored));
  g_assert_true (sampan_reader_at_end (&reader));
  if (path != NULL)
    {
      g_free (*path);
      *path = g_strndup ((const char *)restored.path.data, restored.path.length);
    }
  if (replaced != NULL)
    memcpy (replaced->bytes, restored.trash_id, sizeof replaced->bytes);
  return restored.code;
}

/* How many there are; *last is one of them, its texts borrowed until the next message. */
static uint64_t
list_trash (TestClient *client, const char *path, GPtrArray *paths, SampanTrashEntry *last)
{
  SampanReader reader;
  SampanTrashEnd end;
  uint8_t kind = 0;
  uint64_t count = 0;
  send_path (client, SAMPAN_KIND_TRASH_LIST, path);
  while (test_client_receive (client, &kind, &reader) && kind == SAMPAN_KIND_TRASH_PAGE)
    while (!sampan_reader_at_end (&reader))
      {
        SampanTrashEntry entry;
        g_assert_true (sampan_read_trash_entry (&reader, &entry));
        if (paths != NULL)
          g_ptr_array_add (paths, g_strndup ((const char *)entry.path.data, entry.path.length));
        if (last != NULL)
          {
            *last = entry;
            g_assert_cmpmem (entry.user.data, entry.user.length, "ann", 3);
          }
        count++;
      }
  g_assert_cmphex (kind, ==, SAMPAN_KIND_TRASH_END);
  g_assert_true (sampan_read_trash_end (&reader, &end));
  g_assert_cmpuint (end.count, ==, count);
  return count;
}

static void
purge (TestClient *client, const Id *ids, size_t n_ids)
{
  SampanWriter writer;
  test_client_begin (&writer);
  sampan_write_purge (&writer, test_bytes ("files"));
  for (size_t i = 0; i < n_ids; i++)
    sampan_write_trash_id (&writer, ids[i].bytes);
  g_assert_true (test_client_send (client, &writer));
}

static unsigned int
count_slots (void)
{
  g_autofree char *trash = g_build_filename (fixture->files, ".sampan", "trash", NULL);
  g_autoptr (GDir) dir = g_dir_open (trash, 0, NULL);
  unsigned int count = 0;
  while (dir != NULL && g_dir_read_name (dir) != NULL)
    count++;
  return count;
}

static void
make_folder (const char *name)
{
  g_autofree char *path = g_build_filename (fixture->files, name, NULL);
  g_assert_no_errno (g_mkdir_with_parents (path, 0700));
}

static void
set_up (void)
{
  fixture = test_fixture_new (NULL);
  ann = test_client_new_logged_in (fixture->port, "ann", TEST_PASSWORD);
}

static void
tear_down (void)
{
  g_clear_pointer (&ann, test_client_free);
  g_clear_pointer (&fixture, test_fixture_free);
}

static void
test_file (void)
{
  g_autofree char *path = NULL;
  SampanTrashEntry entry = { 0 };
  Id id;
  set_up ();
  test_fixture_write (fixture, "one", "one", 3);
  id = remove_path (ann, "files/one");
  g_assert_cmpuint (list_trash (ann, "files", NULL, &entry), ==, 1);
  g_assert_cmpmem (entry.id, sizeof entry.id, id.bytes, sizeof id.bytes);
  g_assert_cmpuint (entry.kind, ==, SAMPAN_ENTRY_FILE);
  g_assert_cmpuint (entry.size, ==, 3);
  g_assert_cmpmem (entry.path.data, entry.path.length, "files/one", 9);
  g_assert_cmpuint (restore (ann, id, SAMPAN_CONFLICT_REFUSE, &path, NULL), ==, 0);
  g_assert_cmpstr (path, ==, "files/one");
  test_fixture_assert_file (fixture, "one", "one", 3);
  g_assert_cmpuint (count_slots (), ==, 0);
  g_assert_cmpuint (restore (ann, id, SAMPAN_CONFLICT_REFUSE, NULL, NULL),
                    ==,
                    SAMPAN_ERROR_NOT_FOUND);
  tear_down ();
}

/* Newest first, and the folder that held the file is made anew where only the file comes back. */
static void
test_folder (void)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *path = NULL;
  SampanTrashEntry entry = { 0 };
  SampanReader reader;
  SampanRestored restored;
  Id file, folder;
  set_up ();
  make_folder ("top/sub");
  test_fixture_write (fixture, "top/sub/a", "aa", 2);
  test_fixture_write (fixture, "top/sub/b", "bbb", 3);
  file = remove_path (ann, "files/top/sub/a");
  folder = remove_path (ann, "files/top");
  g_assert_cmpuint (list_trash (ann, "files/top", paths, NULL), ==, 2);
  g_assert_cmpuint (list_trash (ann, "files/top/sub", NULL, NULL), ==, 1);
  g_assert_cmpuint (list_trash (ann, "files/to", NULL, NULL), ==, 0);
  send_restore (ann, (Id[]){ folder, file }, 2, SAMPAN_CONFLICT_REFUSE);
  test_client_expect (ann, SAMPAN_KIND_RESTORED, &reader);
  for (int i = 0; i < 2; i++)
    {
      g_assert_true (sampan_read_restored (&reader, &restored));
      g_assert_cmpuint (restored.code, ==, 0);
    }
  g_assert_true (sampan_reader_at_end (&reader));
  test_fixture_assert_file (fixture, "top/sub/a", "aa", 2);
  test_fixture_assert_file (fixture, "top/sub/b", "bbb", 3);

  file = remove_path (ann, "files/top/sub/a");
  folder = remove_path (ann, "files/top");
  g_assert_cmpuint (restore (ann, file, SAMPAN_CONFLICT_REFUSE, &path, NULL), ==, 0);
  test_fixture_assert_file (fixture, "top/sub/a", "aa", 2);
  g_assert_cmpuint (restore (ann, folder, SAMPAN_CONFLICT_REFUSE, &path, NULL),
                    ==,
                    SAMPAN_ERROR_EXISTS);
  g_assert_cmpstr (path, ==, "");
  g_assert_cmpuint (list_trash (ann, "files", NULL, &entry), ==, 1);
  g_assert_cmpuint (entry.kind, ==, SAMPAN_ENTRY_FOLDER);
  g_assert_cmpuint (entry.size, ==, 3);
  g_assert_cmpuint (restore (ann, folder, SAMPAN_CONFLICT_KEEP_BOTH, &path, NULL), ==, 0);
  g_assert_cmpstr (path, ==, "files/top (2)");
  test_fixture_assert_file (fixture, "top (2)/sub/b", "bbb", 3);
  g_assert_cmpuint (count_slots (), ==, 0);
  tear_down ();
}

/* What was replaced comes back, and what replaced it goes to trash in turn. */
static void
test_replaced (void)
{
  SampanReader reader;
  SampanStored stored;
  Id old, fresh;
  set_up ();
  test_fixture_write (fixture, "file", "old", 3);
  put (ann, "files/file", "fresh", 5, SAMPAN_CONFLICT_REPLACE);
  test_client_expect (ann, SAMPAN_KIND_STORED, &reader);
  g_assert_true (sampan_read_stored (&reader, &stored));
  memcpy (old.bytes, stored.trash_id, sizeof old.bytes);
  g_assert_cmpuint (restore (ann, old, SAMPAN_CONFLICT_REFUSE, NULL, NULL),
                    ==,
                    SAMPAN_ERROR_EXISTS);
  g_assert_cmpuint (restore (ann, old, SAMPAN_CONFLICT_REPLACE, NULL, &fresh), ==, 0);
  test_fixture_assert_file (fixture, "file", "old", 3);
  g_assert_cmpuint (count_slots (), ==, 1);
  g_assert_cmpuint (restore (ann, fresh, SAMPAN_CONFLICT_REPLACE, NULL, &old), ==, 0);
  test_fixture_assert_file (fixture, "file", "fresh", 5);
  tear_down ();
}

static void
test_rights (void)
{
  g_autoptr (TestClient) adder = NULL;
  g_autoptr (TestClient) reader = NULL;
  Id id;
  set_up ();
  adder = test_client_new_logged_in (fixture->port, "adder", TEST_PASSWORD);
  reader = test_client_new_logged_in (fixture->port, "reader", TEST_PASSWORD);
  test_fixture_write (fixture, "one", "one", 3);
  id = remove_path (ann, "files/one");
  g_assert_cmpuint (list_trash (adder, "files", NULL, NULL), ==, 0);
  g_assert_cmpuint (list_trash (reader, "files", NULL, NULL), ==, 0);
  g_assert_cmpuint (restore (adder, id, SAMPAN_CONFLICT_REFUSE, NULL, NULL),
                    ==,
                    SAMPAN_ERROR_NOT_ALLOWED);
  send_restore (reader, &id, 1, SAMPAN_CONFLICT_REFUSE);
  test_client_expect_error (reader, SAMPAN_ERROR_NOT_ALLOWED);
  purge (adder, &id, 1);
  test_client_expect_error (adder, SAMPAN_ERROR_NOT_ALLOWED);
  g_assert_null (test_fixture_read (fixture, "one"));
  g_assert_cmpuint (count_slots (), ==, 1);
  tear_down ();
}

static void
test_purge (void)
{
  Id ids[3];
  set_up ();
  for (size_t i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autofree char *name = g_strdup_printf ("file-%zu", i);
      g_autofree char *path = g_strconcat ("files/", name, NULL);
      test_fixture_write (fixture, name, "x", 1);
      ids[i] = remove_path (ann, path);
    }
  purge (ann, ids, 1);
  expect_done (ann);
  g_assert_cmpuint (count_slots (), ==, 2);
  purge (ann, ids, 1); /* is gone already */
  expect_done (ann);
  purge (ann, NULL, 0);
  expect_done (ann);
  g_assert_cmpuint (count_slots (), ==, 0);
  g_assert_cmpuint (restore (ann, ids[2], SAMPAN_CONFLICT_REFUSE, NULL, NULL),
                    ==,
                    SAMPAN_ERROR_NOT_FOUND);
  tear_down ();
}

/* More results than a frame holds: the rest is left for another request. */
static void
test_many (void)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (Id));
  g_autoptr (GString) deep = g_string_new ("files");
  guint done = 0, requests = 0;
  set_up ();
  for (int i = 0; i < 15; i++)
    g_string_append_printf (deep, "/%0250d", i);
  send_path_flags (ann, SAMPAN_KIND_MKDIR, deep->str, SAMPAN_MKDIR_PARENTS);
  expect_done (ann);
  for (int i = 0; i < 40; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/%d", deep->str, i);
      Id id;
      put (ann, path, "x", 1, SAMPAN_CONFLICT_REFUSE);
      g_free (expect_stored (ann));
      id = remove_path (ann, path);
      g_array_append_val (ids, id);
    }
  for (; done < ids->len; requests++)
    {
      SampanReader reader;
      send_restore (ann, &g_array_index (ids, Id, done), ids->len - done, SAMPAN_CONFLICT_REFUSE);
      test_client_expect (ann, SAMPAN_KIND_RESTORED, &reader);
      g_assert_false (sampan_reader_at_end (&reader));
      for (; !sampan_reader_at_end (&reader); done++)
        {
          SampanRestored restored;
          g_assert_true (sampan_read_restored (&reader, &restored));
          g_assert_cmpuint (restored.code, ==, 0);
        }
    }
  g_assert_cmpuint (done, ==, ids->len);
  g_assert_cmpuint (requests, >, 1);
  g_assert_cmpuint (count_slots (), ==, 0);
  tear_down ();
}

static void
test_bad (void)
{
  Id id = { { 1 } };
  set_up ();
  test_fixture_write (fixture, "file", "x", 1);
  send_path (ann, SAMPAN_KIND_TRASH_LIST, "");
  test_client_expect_error (ann, SAMPAN_ERROR_WRONG_KIND);
  send_path (ann, SAMPAN_KIND_TRASH_LIST, "none");
  test_client_expect_error (ann, SAMPAN_ERROR_NOT_FOUND);
  g_assert_cmpuint (restore (ann, id, SAMPAN_CONFLICT_REFUSE, NULL, NULL),
                    ==,
                    SAMPAN_ERROR_NOT_FOUND);
  send_restore (ann, NULL, 0, SAMPAN_CONFLICT_REFUSE);
  g_assert_true (test_client_is_closed (ann));
  tear_down ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (sampan_crypto_init ());
  g_test_add_func ("/server/trash/file", test_file);
  g_test_add_func ("/server/trash/folder", test_folder);
  g_test_add_func ("/server/trash/replaced", test_replaced);
  g_test_add_func ("/server/trash/rights", test_rights);
  g_test_add_func ("/server/trash/purge", test_purge);
  g_test_add_func ("/server/trash/many", test_many);
  g_test_add_func ("/server/trash/bad", test_bad);
  return g_test_run ();
}
