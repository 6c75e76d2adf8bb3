/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* FIND and MEASURE over a real connection: what is found, what is left out, rights, limits, and
 * that a search ends with its client. */

#include "config.h"

#include "test-client.h"
#include "test-fixture.h"

#include "requests/search.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Results that no socket buffers hold, so that a search waits for its client. */
#define LONG_LEVELS 14
#define LONG_NAME_BYTES 240
#define LONG_FILES 3000

static TestFixture *fixture;
static TestClient *ann; /* one login for all; each test leaves it ready for the next request */

static SampanFindRequest
request_for (const char *folder, const char *pattern)
{
  return (SampanFindRequest){ .path = test_bytes (folder),
                              .pattern = test_bytes (pattern),
                              .size_max = UINT64_MAX,
                              .limit = SAMPAN_FIND_MAX };
}

static void
send_find (TestClient *client, const SampanFindRequest *request)
{
  SampanWriter writer;

  test_client_begin (&writer);
  sampan_write_find_request (&writer, request);
  g_assert_true (test_client_send (client, &writer));
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* The paths found, sorted and joined by spaces. */
static char *
receive (TestClient *client, SampanFoundEnd *end)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  SampanReader reader;
  SampanEntry entry;
  uint8_t kind = 0;

  while (test_client_receive (client, &kind, &reader) && kind == SAMPAN_KIND_FOUND_PAGE)
    while (!sampan_reader_at_end (&reader))
      {
        g_assert_true (sampan_read_found (&reader, &entry));
        g_ptr_array_add (paths, g_strndup ((const char *)entry.name.data, entry.name.length));
      }
  g_assert_cmphex (kind, ==, SAMPAN_KIND_FOUND_END);
  g_assert_true (sampan_read_found_end (&reader, end));
  g_assert_cmpuint (end->n_found, ==, paths->len);
  g_ptr_array_sort (paths, compare_texts);
  g_ptr_array_add (paths, NULL);
  return g_strjoinv (" ", (char **)paths->pdata);
}

static void
assert_found (TestClient *client, const SampanFindRequest *request, const char *expected)
{
  SampanFoundEnd end;

  send_find (client, request);
  g_autofree char *found = receive (client, &end);
  g_assert_cmpstr (found, ==, expected);
  g_assert_cmpuint (end.flags, ==, 0);
}

static void
make_folder (const char *name)
{
  g_autofree char *path = g_build_filename (fixture->files, name, NULL);
  g_assert_cmpint (g_mkdir_with_parents (path, 0700), ==, 0);
}

static void
set_mtime (const char *name, time_t seconds, long nanoseconds)
{
  g_autofree char *path = g_build_filename (fixture->files, name, NULL);
  struct timespec times[2] = { { seconds, nanoseconds }, { seconds, nanoseconds } };
  g_assert_cmpint (utimensat (AT_FDCWD, path, times, 0), ==, 0);
}

static void
make_tree (void)
{
  g_autofree char *link = g_build_filename (fixture->files, "t", "link", NULL);
  g_autofree char *other = g_build_filename (fixture->other, "Elsewhere.txt", NULL);

  make_folder ("t/Sub/deep");
  test_fixture_write (fixture, "t/Report.TXT", "12345", 5);
  test_fixture_write (fixture, "t/Sub/report.txt", "1234567890", 10);
  test_fixture_write (fixture, "t/Sub/deep/notes", "", 0);
  set_mtime ("t/Report.TXT", 1000, 5);
  set_mtime ("t/Sub/report.txt", 1000, 6);
  set_mtime ("t/Sub/deep/notes", 2000, 0);
  g_assert_cmpint (symlink ("Sub", link), ==, 0);
  g_assert_true (g_file_set_contents (other, "x", 1, NULL));
}

/* ---- The tests ---- */

static void
test_names (void)
{
  static const struct
  {
    const char *pattern;
    const char *expected;
  } cases[] = {
    { "report", "Report.TXT Sub/report.txt" },
    { "*.txt", "Report.TXT Sub/report.txt" },
    { "*.tx", "" },
    { "sub", "Sub" },
    { "deep/notes", "" },
    { "", "Report.TXT Sub Sub/deep Sub/deep/notes Sub/report.txt link" },
    { "?????", "Sub/deep/notes" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      SampanFindRequest request = request_for ("files/t", cases[i].pattern);
      assert_found (ann, &request, cases[i].expected);
    }
}

static void
test_filters (void)
{
  SampanFindRequest request = request_for ("files/t", "");

  request.kind = SAMPAN_ENTRY_FOLDER;
  assert_found (ann, &request, "Sub Sub/deep");
  request.kind = SAMPAN_ENTRY_SYMLINK;
  assert_found (ann, &request, "link");
  request.kind = 0;
  request.size_min = 5;
  assert_found (ann, &request, "Report.TXT Sub/report.txt");
  request.size_min = 6;
  assert_found (ann, &request, "Sub/report.txt");
  request.size_min = 0;
  request.size_max = 5;
  assert_found (ann, &request, "Report.TXT Sub/deep/notes");
  request.kind = SAMPAN_ENTRY_FOLDER;
  assert_found (ann, &request, "");
  request = request_for ("files/t", "");
  request.kind = SAMPAN_ENTRY_FILE;
  request.flags = SAMPAN_FIND_SINCE;
  request.since = (SampanTime){ 1000, 6 };
  assert_found (ann, &request, "Sub/deep/notes Sub/report.txt");
  request.flags = SAMPAN_FIND_SINCE | SAMPAN_FIND_BEFORE;
  request.before = (SampanTime){ 2000, 0 };
  assert_found (ann, &request, "Sub/report.txt");
}

/* The root means all shares; what belongs to the server is found nowhere. */
static void
test_root (void)
{
  SampanFindRequest request = request_for ("", "*.txt");

  assert_found (ann, &request, "files/t/Report.TXT files/t/Sub/report.txt other/Elsewhere.txt");
  request = request_for ("", "sampan");
  assert_found (ann, &request, "");
  request = request_for ("files", "trash");
  assert_found (ann, &request, "");
}

static void
test_limit (void)
{
  SampanFindRequest request = request_for ("files/t", "report");
  SampanFoundEnd end;

  request.limit = 2;
  assert_found (ann, &request, "Report.TXT Sub/report.txt");
  request.limit = 1;
  send_find (ann, &request);
  g_autofree char *found = receive (ann, &end);
  g_assert_cmpuint (end.n_found, ==, 1);
  g_assert_cmpuint (end.flags, ==, SAMPAN_FOUND_MORE);
}

static void
test_refusals (void)
{
  static const struct
  {
    const char *folder;
    SampanErrorCode code;
  } cases[] = {
    { "files/t/none", SAMPAN_ERROR_NOT_FOUND },
    { "none", SAMPAN_ERROR_NOT_FOUND },
    { "gone", SAMPAN_ERROR_NOT_FOUND },
    { "files/t/Report.TXT", SAMPAN_ERROR_WRONG_KIND },
    { "files/t/link", SAMPAN_ERROR_WRONG_KIND },
    { "files/../other", SAMPAN_ERROR_BAD_NAME },
    { "files/.sampan/trash", SAMPAN_ERROR_BAD_NAME },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      SampanFindRequest request = request_for (cases[i].folder, "");
      send_find (ann, &request);
      test_client_expect_error (ann, cases[i].code);
    }
}

static void
test_rights (void)
{
  g_autoptr (TestClient) nobody =
      test_client_new_logged_in (fixture->port, "nobody", TEST_PASSWORD);
  g_autoptr (TestClient) reader =
      test_client_new_logged_in (fixture->port, "reader", TEST_PASSWORD);
  SampanFindRequest request = request_for ("files/t", "notes");
  SampanReader fields;

  assert_found (reader, &request, "Sub/deep/notes");
  send_find (nobody, &request);
  test_client_expect_error (nobody, SAMPAN_ERROR_NOT_FOUND);
  test_client_queue_path (nobody, SAMPAN_KIND_MEASURE, "files/t");
  g_assert_true (test_client_flush (nobody));
  test_client_expect_error (nobody, SAMPAN_ERROR_NOT_FOUND);
  /* All that nobody may see is nothing. */
  request = request_for ("", "");
  assert_found (nobody, &request, "");
  test_client_queue_path (nobody, SAMPAN_KIND_MEASURE, "");
  g_assert_true (test_client_flush (nobody));
  test_client_expect (nobody, SAMPAN_KIND_MEASURED, &fields);
}

static SampanMeasured
measure (const char *path)
{
  SampanMeasured measured;
  SampanReader reader;

  test_client_queue_path (ann, SAMPAN_KIND_MEASURE, path);
  g_assert_true (test_client_flush (ann));
  test_client_expect (ann, SAMPAN_KIND_MEASURED, &reader);
  g_assert_true (sampan_read_measured (&reader, &measured));
  return measured;
}

static void
test_measure (void)
{
  SampanMeasured tree = measure ("files/t");
  SampanMeasured file = measure ("files/t/Report.TXT");
  SampanMeasured all = measure ("");

  g_assert_cmpuint (tree.n_files, ==, 3);
  g_assert_cmpuint (tree.n_folders, ==, 2);
  g_assert_cmpuint (tree.n_others, ==, 1);
  g_assert_cmpuint (tree.n_left_out, ==, 0);
  g_assert_cmpuint (tree.bytes, ==, 15);
  g_assert_cmpuint (file.n_files, ==, 1);
  g_assert_cmpuint (file.bytes, ==, 5);
  g_assert_cmpuint (all.n_files, ==, 4);
  g_assert_cmpuint (all.bytes, ==, 16);
  test_client_queue_path (ann, SAMPAN_KIND_MEASURE, "files/none");
  g_assert_true (test_client_flush (ann));
  test_client_expect_error (ann, SAMPAN_ERROR_NOT_FOUND);
}

/* Deeper than a path can be: counted, and no descriptors run out. */
static void
test_depth (void)
{
  SampanFindRequest request = request_for ("files/depth", "d");
  SampanFoundEnd end;
  g_autofree char *top = g_build_filename (fixture->files, "depth", NULL);
  int fd;

  g_assert_cmpint (g_mkdir (top, 0700), ==, 0);
  fd = open (top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  for (int i = 0; i < SAMPAN_DEPTH_MAX + 3; i++)
    {
      int next;

      g_assert_cmpint (mkdirat (fd, "d", 0700), ==, 0);
      next = openat (fd, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
      g_assert_cmpint (next, >=, 0);
      close (fd);
      fd = next;
    }
  close (fd);
  send_find (ann, &request);
  g_autofree char *found = receive (ann, &end);
  g_assert_cmpuint (end.n_found, ==, SAMPAN_DEPTH_MAX - 2); /* below "files/depth" */
  g_assert_cmpuint (end.n_left_out, ==, 1);
}

/* ---- Ends ---- */

static void
make_long_tree (void)
{
  g_autofree char *name = g_strnfill (LONG_NAME_BYTES, 'n');
  int fd = open (fixture->files, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  for (int i = 0; i < LONG_LEVELS; i++)
    {
      const char *level = i == 0 ? "long" : name;
      int next;

      g_assert_cmpint (mkdirat (fd, level, 0700), ==, 0);
      next = openat (fd, level, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
      g_assert_cmpint (next, >=, 0);
      close (fd);
      fd = next;
    }
  for (int i = 0; i < LONG_FILES; i++)
    {
      g_autofree char *file = g_strdup_printf ("file-%d", i);
      int file_fd = openat (fd, file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

      g_assert_cmpint (file_fd, >=, 0);
      close (file_fd);
    }
  close (fd);
}

/* TRUE if CLIENT's session may search now. */
static bool
has_place (TestClient *client)
{
  SampanFindRequest request = request_for ("files/t", "notes");
  SampanReader reader;
  uint8_t kind = 0;

  send_find (client, &request);
  g_assert_true (test_client_receive (client, &kind, &reader));
  if (kind == SAMPAN_KIND_ERROR)
    {
      SampanErrorReply reply;

      g_assert_true (sampan_read_error_reply (&reader, &reply));
      g_assert_cmpuint (reply.code, ==, SAMPAN_ERROR_TRY_LATER);
      g_assert_cmpuint (reply.detail, >, 0);
      return false;
    }
  g_assert_cmphex (kind, ==, SAMPAN_KIND_FOUND_PAGE);
  test_client_expect (client, SAMPAN_KIND_FOUND_END, &reader);
  return true;
}

/* Searches that nobody reads keep their places, and others wait for nothing; a search ends with its
 * connection. */
static void
test_ends_with_client (void)
{
  SampanFindRequest request = request_for ("files/long", "file-");
  TestClient *busy[SAMPAN_SEARCHES_PER_SESSION];
  int64_t closed_us;

  make_long_tree ();
  for (size_t i = 0; i < G_N_ELEMENTS (busy); i++)
    {
      SampanReader reader;

      busy[i] = test_client_new_attached (fixture->port, ann);
      send_find (busy[i], &request);
      test_client_expect (busy[i], SAMPAN_KIND_FOUND_PAGE, &reader); /* it has its place */
    }
  g_assert_false (has_place (ann));
  test_client_ping (ann);
  closed_us = g_get_monotonic_time ();
  test_client_free (busy[0]);
  while (!has_place (ann))
    {
      g_assert_cmpint (g_get_monotonic_time () - closed_us, <, TEST_TIMEOUT_SECS * G_USEC_PER_SEC);
      g_usleep (1000);
    }
  for (size_t i = 1; i < G_N_ELEMENTS (busy); i++)
    test_client_free (busy[i]);
}

static void
test_violations (void)
{
  SampanFindRequest request = request_for ("files", "");
  SampanWriter writer;

  for (size_t left = 1; left < 40; left++)
    {
      g_autoptr (TestClient) client = test_client_new_attached (fixture->port, ann);

      test_client_begin (&writer);
      sampan_write_find_request (&writer, &request);
      writer.length = left;
      g_assert_true (test_client_send (client, &writer));
      g_assert_true (test_client_is_closed (client));
    }
  test_client_ping (ann);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (sampan_crypto_init ());
  fixture = test_fixture_new (NULL);
  ann = test_client_new_logged_in (fixture->port, "ann", TEST_PASSWORD);
  make_tree ();
  g_test_add_func ("/server/find/names", test_names);
  g_test_add_func ("/server/find/filters", test_filters);
  g_test_add_func ("/server/find/root", test_root);
  g_test_add_func ("/server/find/limit", test_limit);
  g_test_add_func ("/server/find/refusals", test_refusals);
  g_test_add_func ("/server/find/rights", test_rights);
  g_test_add_func ("/server/find/measure", test_measure);
  g_test_add_func ("/server/find/E8/depth", test_depth);
  g_test_add_func ("/server/find/E11/ends-with-client", test_ends_with_client);
  g_test_add_func ("/server/find/violations", test_violations);
  int result = g_test_run ();
  test_client_free (ann);
  test_fixture_free (fixture);
  return result;
}
