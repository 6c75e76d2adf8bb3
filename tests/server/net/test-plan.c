/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* PLAN over a real connection: verdicts, rights, hostile names, pages, and what ends a connection.
 */

#include "config.h"

#include "test-client.h"
#include "test-fixture.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sched.h>
#include <sodium.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#define MTIME_SECS 1700000000
#define MTIME_NSECS 987654321
#define PAGES 8

static TestFixture *fixture;
static bool can_mount;
static TestClient *ann; /* one login for all; each test leaves it ready for the next request */

/* ---- Asking ---- */

static void
add_bytes (SampanWriter *writer, SampanEntryKind kind, SampanBytes path, uint64_t size)
{
  SampanPlanItem item = { .kind = (uint8_t)kind,
                          .size = size,
                          .mtime = { .seconds = MTIME_SECS, .nanoseconds = MTIME_NSECS },
                          .path = path };
  g_assert_true (sampan_write_plan_item (writer, &item));
}

static void
add (SampanWriter *writer, SampanEntryKind kind, const char *path, uint64_t size)
{
  add_bytes (writer, kind, test_bytes (path), size);
}

static void
begin (SampanWriter *writer, const char *folder)
{
  test_client_begin (writer);
  sampan_write_plan (writer, test_bytes (folder));
}

/* The answers to one request, with its end. */
static GArray *
receive (TestClient *client, SampanPlanEnd *end)
{
  GArray *answers = g_array_new (FALSE, FALSE, sizeof (SampanPlanAnswer));
  SampanReader reader;
  uint8_t kind = 0;

  while (test_client_receive (client, &kind, &reader) && kind == SAMPAN_KIND_PLAN_PAGE)
    while (!sampan_reader_at_end (&reader))
      {
        SampanPlanAnswer answer;
        g_assert_true (sampan_read_plan_answer (&reader, &answer));
        g_array_append_val (answers, answer);
      }
  g_assert_cmphex (kind, ==, SAMPAN_KIND_PLAN_END);
  g_assert_true (sampan_read_plan_end (&reader, end));
  g_assert_cmpuint (end->count, ==, answers->len);
  return answers;
}

/* The verdicts as digits. */
static char *
ask (TestClient *client, SampanWriter *writer, SampanPlanEnd *end)
{
  g_assert_true (test_client_send (client, writer));
  g_autoptr (GArray) answers = receive (client, end);
  GString *verdicts = g_string_new (NULL);
  for (guint i = 0; i < answers->len; i++)
    g_string_append_printf (verdicts, "%u", g_array_index (answers, SampanPlanAnswer, i).verdict);
  return g_string_free (verdicts, FALSE);
}

static void
set_mtime (const char *name)
{
  g_autofree char *path = g_build_filename (fixture->files, name, NULL);
  struct timespec times[2] = { { .tv_sec = MTIME_SECS, .tv_nsec = MTIME_NSECS },
                               { .tv_sec = MTIME_SECS, .tv_nsec = MTIME_NSECS } };
  g_assert_cmpint (utimensat (AT_FDCWD, path, times, 0), ==, 0);
}

/* "p/same", "p/other" and "p/folder". */
static void
make_tree (void)
{
  g_autofree char *folder = g_build_filename (fixture->files, "p", "folder", NULL);
  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  test_fixture_write (fixture, "p/same", "12345", 5);
  test_fixture_write (fixture, "p/other", "123456", 6);
  set_mtime ("p/same");
}

static void
add_tree (SampanWriter *writer)
{
  add (writer, SAMPAN_ENTRY_FILE, "new", 1);
  add (writer, SAMPAN_ENTRY_FILE, "same", 5);
  add (writer, SAMPAN_ENTRY_FILE, "other", 5);
  add (writer, SAMPAN_ENTRY_FOLDER, "folder", 0);
  add (writer, SAMPAN_ENTRY_FOLDER, "same", 0);
  add (writer, SAMPAN_ENTRY_FILE, "folder/x", 0);
  add (writer, SAMPAN_ENTRY_FILE, "other/x", 0);
}

/* ---- The tests ---- */

static void
test_verdicts (void)
{
  SampanWriter writer;
  SampanPlanEnd end;
  struct stat status;
  g_autofree char *path = g_build_filename (fixture->files, "p", "other", NULL);

  begin (&writer, "files/p");
  add_tree (&writer);
  g_assert_true (test_client_send (ann, &writer));
  g_autoptr (GArray) answers = receive (ann, &end);
  static const uint8_t expected[] = { SAMPAN_PLAN_NEW,        SAMPAN_PLAN_SAME,
                                      SAMPAN_PLAN_DIFFERS,    SAMPAN_PLAN_FOLDER_THERE,
                                      SAMPAN_PLAN_NAME_TWICE, SAMPAN_PLAN_NEW,
                                      SAMPAN_PLAN_WRONG_KIND };
  g_assert_cmpuint (answers->len, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < answers->len; i++)
    g_assert_cmpint (g_array_index (answers, SampanPlanAnswer, i).verdict, ==, expected[i]);
  const SampanPlanAnswer *other = &g_array_index (answers, SampanPlanAnswer, 2);
  g_assert_cmpint (stat (path, &status), ==, 0);
  g_assert_cmpint (other->kind, ==, SAMPAN_ENTRY_FILE);
  g_assert_cmpuint (other->size, ==, 6);
  g_assert_cmpint (other->mtime.seconds, ==, status.st_mtim.tv_sec);
  g_assert_cmpuint (other->mtime.nanoseconds, ==, status.st_mtim.tv_nsec);
  g_assert_cmpint (end.right, ==, SAMPAN_RIGHT_CHANGE);
  g_assert_cmpuint (end.free_bytes, >, 0);

  /* The version is the one that a put may expect. */
  SampanReader reader;
  SampanEntry entry;
  test_client_queue_path (ann, SAMPAN_KIND_STAT, "files/p/other");
  g_assert_true (test_client_flush (ann));
  test_client_expect (ann, SAMPAN_KIND_ENTRY, &reader);
  g_assert_true (sampan_read_entry (&reader, &entry));
  g_assert_cmpmem (other->version, sizeof other->version, entry.version, sizeof entry.version);
}

static void
test_folders (void)
{
  SampanWriter writer;
  SampanPlanEnd end;
  static const struct
  {
    const char *folder;
    SampanErrorCode code; /* 0: all is new */
  } cases[] = {
    { "files/not/there/yet", 0 },
    { "files/p/same", SAMPAN_ERROR_WRONG_KIND },
    { "files/p/same/x", SAMPAN_ERROR_WRONG_KIND },
    { "files/.sampan", SAMPAN_ERROR_BAD_NAME },
    { "files/..", SAMPAN_ERROR_BAD_NAME },
    { "files//p", SAMPAN_ERROR_BAD_NAME },
    { "", SAMPAN_ERROR_WRONG_KIND },
    { "none", SAMPAN_ERROR_NOT_FOUND },
    { "gone", SAMPAN_ERROR_NOT_FOUND },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].folder);
      begin (&writer, cases[i].folder);
      add (&writer, SAMPAN_ENTRY_FOLDER, "a", 0);
      add (&writer, SAMPAN_ENTRY_FILE, "a/b", 0);
      if (cases[i].code != 0)
        {
          g_assert_true (test_client_send (ann, &writer));
          test_client_expect_error (ann, cases[i].code);
          continue;
        }
      g_autofree char *verdicts = ask (ann, &writer, &end);
      g_assert_cmpstr (verdicts, ==, "11");
    }
  g_autofree char *not_made = g_build_filename (fixture->files, "not", NULL);
  g_assert_false (g_file_test (not_made, G_FILE_TEST_EXISTS));

  /* Nothing to judge, but the end is told all the same. */
  begin (&writer, "files");
  g_autofree char *none = ask (ann, &writer, &end);
  g_assert_cmpstr (none, ==, "");
  g_assert_cmpuint (end.free_bytes, >, 0);
}

static void
test_rights (void)
{
  static const struct
  {
    const char *user;
    const char *verdicts;
    SampanRight right;
  } cases[] = {
    { "reader", "7274875", SAMPAN_RIGHT_READ },
    { "adder", "1234815", SAMPAN_RIGHT_ADD },
    { "ann", "1234815", SAMPAN_RIGHT_CHANGE },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TestClient) client =
          test_client_new_logged_in (fixture->port, cases[i].user, TEST_PASSWORD);
      SampanWriter writer;
      SampanPlanEnd end;
      begin (&writer, "files/p");
      add_tree (&writer);
      g_autofree char *verdicts = ask (client, &writer, &end);
      g_assert_cmpstr (verdicts, ==, cases[i].verdicts);
      g_assert_cmpint (end.right, ==, cases[i].right);
    }
  g_autoptr (TestClient) nobody =
      test_client_new_logged_in (fixture->port, "nobody", TEST_PASSWORD);
  SampanWriter writer;
  begin (&writer, "files/p");
  add_tree (&writer);
  g_assert_true (test_client_send (nobody, &writer));
  test_client_expect_error (nobody, SAMPAN_ERROR_NOT_FOUND);
}

static char *
make_deep (unsigned int depth)
{
  GString *path = g_string_new ("d");
  for (unsigned int i = 1; i < depth; i++)
    g_string_append (path, "/d");
  return g_string_free (path, FALSE);
}

/* A bad name costs its item, never the page. */
static void
test_hostile_names (void)
{
  static const struct
  {
    const char *bytes;
    size_t length;
    SampanPlanVerdict verdict;
  } cases[] = {
    { "", 0, SAMPAN_PLAN_BAD_NAME },
    { ".", 1, SAMPAN_PLAN_BAD_NAME },
    { "..", 2, SAMPAN_PLAN_BAD_NAME },
    { "../p/same", 9, SAMPAN_PLAN_BAD_NAME },
    { "folder/../same", 14, SAMPAN_PLAN_BAD_NAME },
    { "/etc/passwd", 11, SAMPAN_PLAN_BAD_NAME },
    { "a//b", 4, SAMPAN_PLAN_BAD_NAME },
    { "a/", 2, SAMPAN_PLAN_BAD_NAME },
    { "sa\0me", 5, SAMPAN_PLAN_BAD_NAME },
    { "\xff\xfe\n\x1b[2J", 7, SAMPAN_PLAN_NEW },
    { "SAME", 4, SAMPAN_PLAN_NEW }, /* another name, as this disk sees it */
    { "same", 4, SAMPAN_PLAN_SAME },
    { "same", 4, SAMPAN_PLAN_NAME_TWICE },
    { "same", 4, SAMPAN_PLAN_NAME_TWICE },
    { "..", 2, SAMPAN_PLAN_BAD_NAME },
  };
  SampanWriter writer;
  SampanPlanEnd end;

  begin (&writer, "files/p");
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    add_bytes (&writer,
               SAMPAN_ENTRY_FILE,
               (SampanBytes){ .data = (const uint8_t *)cases[i].bytes, .length = cases[i].length },
               5);
  g_autofree char *verdicts = ask (ann, &writer, &end);
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (verdicts[i] - '0', ==, cases[i].verdict);
  g_assert_cmpuint (strlen (verdicts), ==, G_N_ELEMENTS (cases));
}

/* Limits hold for the whole path, as in the put that is to follow. */
static void
test_limits (void)
{
  g_autofree char *deepest = make_deep (SAMPAN_DEPTH_MAX - 2);
  g_autofree char *too_deep = make_deep (SAMPAN_DEPTH_MAX - 1);
  g_autofree char *name = g_strnfill (SAMPAN_NAME_MAX, 'n');
  g_autofree char *long_name = g_strnfill (SAMPAN_NAME_MAX + 1, 'n');
  g_autofree char *huge = g_strnfill (60000, 'n');
  g_autoptr (GString) longest = g_string_new ("x");
  SampanWriter writer;
  SampanPlanEnd end;

  while (longest->len < SAMPAN_PATH_MAX - strlen ("files/p/"))
    g_string_append (longest, longest->len % 200 == 0 ? "/" : "x");
  g_autofree char *too_long = g_strconcat (longest->str, "x", NULL);
  begin (&writer, "files/p");
  add (&writer, SAMPAN_ENTRY_FILE, deepest, 0);
  add (&writer, SAMPAN_ENTRY_FILE, too_deep, 0);
  add (&writer, SAMPAN_ENTRY_FILE, name, 0);
  add (&writer, SAMPAN_ENTRY_FILE, long_name, 0);
  add (&writer, SAMPAN_ENTRY_FILE, longest->str, 0);
  g_autofree char *first = ask (ann, &writer, &end);
  g_assert_cmpstr (first, ==, "16161");
  begin (&writer, "files/p");
  add (&writer, SAMPAN_ENTRY_FILE, too_long, 0);
  add (&writer, SAMPAN_ENTRY_FILE, huge, 0);
  add (&writer, SAMPAN_ENTRY_FILE, "x", 0);
  g_autofree char *second = ask (ann, &writer, &end);
  g_assert_cmpstr (second, ==, "661");
}

/* A share that looks as one on a disk that folds names: .SAMPAN there is .sampan. */
static bool
add_folding_share (const char *folder, const char *capitals)
{
  g_autofree char *small = g_build_filename (folder, ".sampan", NULL);
  g_autoptr (GError) error = NULL;
  g_assert_cmpint (g_mkdir_with_parents (small, 0700), ==, 0);
  g_assert_cmpint (g_mkdir (capitals, 0700), ==, 0);
  if (!can_mount || mount (small, capitals, NULL, MS_BIND, NULL) != 0)
    return false;
  g_assert_true (sampan_account_store_add_share (fixture->store, "folding", folder, &error));
  g_assert_true (
      sampan_account_store_grant (fixture->store, "folding", "ann", SAMPAN_RIGHT_CHANGE, &error));
  test_fixture_reload (fixture);
  return true;
}

static void
test_folding (void)
{
  static const char *const names[] = {
    "Name",    "NAME",     "folder/a",     "Folder/A",     "stra\xc3\x9f\x65",
    "STRASSE", "\xc3\xa9", "e\xcc\x81",    "E\xcc\x81",    "a\xff",
    "A\xff",   "b\xff",    "\xd0\x96.txt", "\xd0\xb6.TXT", "names",
  };
  g_autofree char *folder = g_build_filename (fixture->dir, "folding", NULL);
  g_autofree char *capitals = g_build_filename (folder, ".SAMPAN", NULL);
  SampanWriter writer;
  SampanPlanEnd end;

  if (!add_folding_share (folder, capitals))
    {
      g_test_skip ("cannot mount such a disk here");
      return;
    }
  begin (&writer, "folding");
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    add (&writer, SAMPAN_ENTRY_FILE, names[i], 5);
  g_autofree char *verdicts = ask (ann, &writer, &end);
  g_assert_cmpstr (verdicts, ==, "181818188181181");
  /* Elsewhere they are all different. */
  begin (&writer, "files/p/folder");
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    add (&writer, SAMPAN_ENTRY_FILE, names[i], 5);
  g_autofree char *elsewhere = ask (ann, &writer, &end);
  g_assert_cmpstr (elsewhere, ==, "111111111111111");
  g_assert_cmpint (umount2 (capitals, MNT_DETACH), ==, 0);
}

/* N items of a page of its own. */
static void
queue_page (TestClient *client, unsigned int page, unsigned int n_items)
{
  SampanWriter writer;
  begin (&writer, "files/p");
  for (unsigned int i = 0; i < n_items; i++)
    {
      g_autofree char *name = g_strdup_printf ("folder/%u/%u", page, i);
      add (&writer, SAMPAN_ENTRY_FILE, name, i);
    }
  test_client_queue (client, &writer);
}

static void
test_pages (void)
{
  SampanPlanEnd end;
  SampanReader reader;

  for (unsigned int page = 0; page < PAGES; page++)
    {
      queue_page (ann, page, SAMPAN_PLAN_ITEMS_MAX - page);
      test_client_queue_path (ann, SAMPAN_KIND_STAT, "files/p/same");
    }
  g_assert_true (test_client_flush (ann));
  for (unsigned int page = 0; page < PAGES; page++)
    {
      g_autoptr (GArray) answers = receive (ann, &end);
      g_assert_cmpuint (end.count, ==, SAMPAN_PLAN_ITEMS_MAX - page);
      for (guint i = 0; i < answers->len; i++)
        g_assert_cmpint (g_array_index (answers, SampanPlanAnswer, i).verdict, ==, SAMPAN_PLAN_NEW);
      test_client_expect (ann, SAMPAN_KIND_ENTRY, &reader);
    }
}

/* A plan sees what the puts before it have stored. */
static void
test_behind_put (void)
{
  SampanWriter writer;
  SampanReader reader;
  SampanPlanEnd end;

  test_client_queue_put (ann, "files/p/put", "put", 3, SAMPAN_CONFLICT_REFUSE);
  begin (&writer, "files/p");
  add (&writer, SAMPAN_ENTRY_FILE, "put", 4);
  g_assert_true (test_client_send (ann, &writer));
  test_client_expect (ann, SAMPAN_KIND_STORED, &reader);
  g_autoptr (GArray) answers = receive (ann, &end);
  g_assert_cmpint (g_array_index (answers, SampanPlanAnswer, 0).verdict, ==, SAMPAN_PLAN_DIFFERS);
  g_assert_cmpuint (g_array_index (answers, SampanPlanAnswer, 0).size, ==, 3);
}

static void
expect_closed (SampanWriter *writer, TestClient *client)
{
  g_assert_true (test_client_send (client, writer));
  g_assert_true (test_client_is_closed (client));
  test_client_free (client);
}

static void
test_violations (void)
{
  SampanWriter writer;
  const SampanPlanItem item = { .kind = SAMPAN_ENTRY_FILE, .path = test_bytes ("a") };

  /* An item too many: the one before was legal, as the test of pages shows. */
  begin (&writer, "files");
  for (unsigned int i = 0; i < SAMPAN_PLAN_ITEMS_MAX + 1; i++)
    g_assert_true (sampan_write_plan_item (&writer, &item));
  expect_closed (&writer, test_client_new_attached (fixture->port, ann));
  /* Each way to cut the last item short. */
  for (size_t left = 1; left < 1 + 8 + 12 + 2 + 1; left++)
    {
      begin (&writer, "files");
      add (&writer, SAMPAN_ENTRY_FILE, "first", 0);
      size_t start = writer.length;
      add (&writer, SAMPAN_ENTRY_FILE, "b", 0);
      writer.length = start + left;
      expect_closed (&writer, test_client_new_attached (fixture->port, ann));
    }
  /* Kinds that nobody can send. */
  static const uint8_t kinds[] = { 0, SAMPAN_ENTRY_SYMLINK, SAMPAN_ENTRY_SHARE, 0xff };
  for (size_t i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      begin (&writer, "files");
      size_t start = writer.length;
      add (&writer, SAMPAN_ENTRY_FILE, "b", 0);
      writer.data[start] = kinds[i];
      expect_closed (&writer, test_client_new_attached (fixture->port, ann));
    }
  test_client_ping (ann);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (sampan_crypto_init ());
  /* Before there are threads. What is mounted ends with the test, whatever becomes of it. */
  can_mount =
      unshare (CLONE_NEWNS) == 0 && mount ("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
  fixture = test_fixture_new (NULL);
  ann = test_client_new_logged_in (fixture->port, "ann", TEST_PASSWORD);
  make_tree ();
  g_test_add_func ("/server/plan/verdicts", test_verdicts);
  g_test_add_func ("/server/plan/folders", test_folders);
  g_test_add_func ("/server/plan/rights", test_rights);
  g_test_add_func ("/server/plan/hostile-names", test_hostile_names);
  g_test_add_func ("/server/plan/folding", test_folding);
  g_test_add_func ("/server/plan/limits", test_limits);
  g_test_add_func ("/server/plan/pages", test_pages);
  g_test_add_func ("/server/plan/behind-put", test_behind_put);
  g_test_add_func ("/server/plan/violations", test_violations);
  int result = g_test_run ();
  test_client_free (ann);
  test_fixture_free (fixture);
  return result;
}
