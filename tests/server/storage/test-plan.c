/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Judging what uploads would find, with both ways of confinement. */

#include "config.h"

#include "fixture.h"

#include "storage/plan-judge.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MTIME_SECS 1700000000
#define MTIME_NSECS 123456789

static SampanPlanJudge *
judge_of (Fixture *self, const char *folder)
{
  g_autoptr (SampanPath) path = path_of (folder);
  g_autoptr (GError) error = NULL;
  SampanPlanJudge *judge = sampan_plan_judge_new (self->root, path, &error);

  g_assert_no_error (error);
  return judge;
}

static SampanPlanAnswer
ask (SampanPlanJudge *judge, SampanEntryKind kind, const char *text, uint64_t size)
{
  g_autoptr (SampanPath) path = path_of (text);
  g_autoptr (GError) error = NULL;
  SampanPlanItem item = { .kind = (uint8_t)kind,
                          .size = size,
                          .mtime = { .seconds = MTIME_SECS, .nanoseconds = MTIME_NSECS } };
  SampanPlanAnswer answer;

  g_assert_true (sampan_plan_judge_item (judge, path, &item, &answer, &error));
  g_assert_no_error (error);
  return answer;
}

static void
assert_verdict (SampanPlanJudge *judge,
                SampanEntryKind kind,
                const char *text,
                SampanPlanVerdict verdict)
{
  g_test_message ("%s", text);
  g_assert_cmpint (ask (judge, kind, text, 0).verdict, ==, verdict);
}

static void
set_mtime (Fixture *self, const char *relative, long nanoseconds)
{
  g_autofree char *name = disk_name (self, relative);
  struct timespec times[2] = { { .tv_sec = MTIME_SECS, .tv_nsec = nanoseconds },
                               { .tv_sec = MTIME_SECS, .tv_nsec = nanoseconds } };

  g_assert_cmpint (utimensat (AT_FDCWD, name, times, AT_SYMLINK_NOFOLLOW), ==, 0);
}

static void
test_files (Fixture *self, gconstpointer confine)
{
  g_autoptr (SampanPlanJudge) judge = NULL;
  g_autoptr (SampanPath) path = path_of ("t/same");
  g_autoptr (GError) error = NULL;
  SampanPlanAnswer answer;
  SampanEntry entry;

  disk_mkdir (self, "t/folder");
  disk_write (self, "t/same", "12345");
  disk_write (self, "t/later", "12345");
  set_mtime (self, "t/same", MTIME_NSECS);
  set_mtime (self, "t/later", MTIME_NSECS + 1);
  judge = judge_of (self, "t");

  answer = ask (judge, SAMPAN_ENTRY_FILE, "same", 5);
  g_assert_cmpint (answer.verdict, ==, SAMPAN_PLAN_SAME);
  g_assert_cmpint (answer.kind, ==, SAMPAN_ENTRY_FILE);
  g_assert_cmpuint (answer.size, ==, 5);
  g_assert_cmpint (answer.mtime.seconds, ==, MTIME_SECS);
  g_assert_cmpuint (answer.mtime.nanoseconds, ==, MTIME_NSECS);
  g_assert_true (sampan_storage_stat (self->root, path, &entry, &error));
  g_assert_cmpmem (answer.version, sizeof answer.version, entry.version, sizeof entry.version);

  g_assert_cmpint (ask (judge, SAMPAN_ENTRY_FILE, "same", 6).verdict, ==, SAMPAN_PLAN_DIFFERS);
  g_assert_cmpint (ask (judge, SAMPAN_ENTRY_FILE, "later", 5).verdict, ==, SAMPAN_PLAN_DIFFERS);
  assert_verdict (judge, SAMPAN_ENTRY_FILE, "none", SAMPAN_PLAN_NEW);
  assert_verdict (judge, SAMPAN_ENTRY_FOLDER, "none", SAMPAN_PLAN_NEW);
  assert_verdict (judge, SAMPAN_ENTRY_FOLDER, "folder", SAMPAN_PLAN_FOLDER_THERE);
  answer = ask (judge, SAMPAN_ENTRY_FILE, "folder", 5);
  g_assert_cmpint (answer.verdict, ==, SAMPAN_PLAN_WRONG_KIND);
  g_assert_cmpint (answer.kind, ==, SAMPAN_ENTRY_FOLDER);
  answer = ask (judge, SAMPAN_ENTRY_FOLDER, "same", 0);
  g_assert_cmpint (answer.verdict, ==, SAMPAN_PLAN_WRONG_KIND);
  g_assert_cmpint (answer.kind, ==, SAMPAN_ENTRY_FILE);
  g_assert_cmpuint (answer.size, ==, 5);
}

static void
test_parents (Fixture *self, gconstpointer confine)
{
  static const struct
  {
    const char *path;
    SampanPlanVerdict verdict;
  } cases[] = {
    { "a/b/c/file", SAMPAN_PLAN_DIFFERS },
    { "a/b/c/none", SAMPAN_PLAN_NEW },
    { "a/b/file", SAMPAN_PLAN_DIFFERS },
    { "a/bc/file", SAMPAN_PLAN_NEW }, /* a longer name than one that is open */
    { "a/b/c/file", SAMPAN_PLAN_DIFFERS },
    { "a/bc", SAMPAN_PLAN_NEW },
    { "a/b/c/d/e/f/g", SAMPAN_PLAN_NEW },
    { "a/b/c/d/e/f/h", SAMPAN_PLAN_NEW },
    { "a/b/c/d", SAMPAN_PLAN_NEW },
    { "a/b/c/file/x", SAMPAN_PLAN_WRONG_KIND },
    { "a/b/c/file/x/y", SAMPAN_PLAN_WRONG_KIND },
    { "a/b/c/file2", SAMPAN_PLAN_NEW },
    { "a/b/c/file", SAMPAN_PLAN_DIFFERS },
    { "b/file", SAMPAN_PLAN_DIFFERS }, /* a name that is open further down */
    { "a/b/file", SAMPAN_PLAN_DIFFERS },
    { "file", SAMPAN_PLAN_DIFFERS },
    { "a/b/c/file", SAMPAN_PLAN_DIFFERS },
    { "none/b/c/file", SAMPAN_PLAN_NEW },
    { "a/b/c/file", SAMPAN_PLAN_DIFFERS },
  };
  g_autoptr (SampanPlanJudge) top = NULL;
  g_autoptr (SampanPlanJudge) inner = NULL;

  disk_mkdir (self, "t/a/b/c");
  disk_mkdir (self, "t/b");
  disk_write (self, "t/a/b/c/file", "x");
  disk_write (self, "t/a/b/file", "x");
  disk_write (self, "t/b/file", "x");
  disk_write (self, "t/file", "x");
  inner = judge_of (self, "t");
  top = judge_of (self, "");
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *from_top = g_strconcat ("t/", cases[i].path, NULL);

      assert_verdict (inner, SAMPAN_ENTRY_FILE, cases[i].path, cases[i].verdict);
      assert_verdict (top, SAMPAN_ENTRY_FILE, from_top, cases[i].verdict);
    }
  g_assert_cmpint (ask (inner, SAMPAN_ENTRY_FILE, "file/x/y", 0).kind, ==, SAMPAN_ENTRY_FILE);
}

/* As each item alone would be judged, in whatever order they come. */
static void
test_any_order (Fixture *self, gconstpointer confine)
{
  static const char *const names[] = { "a", "b", "ab", "file", "none" };
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (SampanPlanJudge) judge = NULL;
  g_autoptr (GRand) random = g_rand_new_with_seed (9002);

  disk_mkdir (self, "a/a/b");
  disk_mkdir (self, "a/ab/a");
  disk_mkdir (self, "b/a");
  disk_write (self, "a/file", "x");
  disk_write (self, "a/ab/file", "x");
  disk_write (self, "b/a/b", "x");
  disk_symlink (self, "a", "ab");
  for (size_t i = 0; i < 5 * 5 * 5; i++)
    {
      g_ptr_array_add (paths, g_strdup (names[i % 5]));
      g_ptr_array_add (paths, g_strjoin ("/", names[i % 5], names[i / 5 % 5], NULL));
      g_ptr_array_add (paths, g_strjoin ("/", names[i % 5], names[i / 5 % 5], names[i / 25], NULL));
    }
  judge = judge_of (self, "");
  for (unsigned int i = 0; i < 3000; i++)
    {
      const char *path = g_ptr_array_index (paths, g_rand_int_range (random, 0, (int)paths->len));
      g_autoptr (SampanPlanJudge) fresh = judge_of (self, "");
      SampanPlanAnswer expected = ask (fresh, SAMPAN_ENTRY_FILE, path, 1);
      SampanPlanAnswer answer = ask (judge, SAMPAN_ENTRY_FILE, path, 1);

      g_assert_cmpint (answer.verdict, ==, expected.verdict);
      g_assert_cmpint (answer.kind, ==, expected.kind);
      g_assert_cmpmem (answer.version,
                       sizeof answer.version,
                       expected.version,
                       sizeof expected.version);
    }
}

/* Nothing outside is ever looked at, and what is in the way is told as it is. */
static void
test_links (Fixture *self, gconstpointer confine)
{
  g_autofree char *pipe = disk_name (self, "t/pipe");
  g_autoptr (SampanPlanJudge) judge = NULL;
  SampanPlanAnswer answer;

  disk_mkdir (self, "t/real");
  disk_write (self, "t/real/file", "x");
  disk_symlink (self, self->outside, "t/out");
  disk_symlink (self, "../../outside/" CANARY_NAME, "t/canary");
  disk_symlink (self, "real", "t/in");
  disk_symlink (self, "nowhere", "t/dangling");
  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  judge = judge_of (self, "t");

  for (SampanEntryKind kind = SAMPAN_ENTRY_FILE; kind <= SAMPAN_ENTRY_FOLDER; kind++)
    {
      static const char *const links[] = {
        "out", "canary", "in", "dangling", "out/" CANARY_NAME, "in/file", "dangling/x", "out/a/b/c",
      };

      for (size_t i = 0; i < G_N_ELEMENTS (links); i++)
        {
          g_test_message ("%s", links[i]);
          answer = ask (judge, kind, links[i], strlen (CANARY));
          g_assert_cmpint (answer.verdict, ==, SAMPAN_PLAN_WRONG_KIND);
          g_assert_cmpint (answer.kind, ==, SAMPAN_ENTRY_SYMLINK);
        }
      answer = ask (judge, kind, "pipe", 0);
      g_assert_cmpint (answer.verdict, ==, SAMPAN_PLAN_WRONG_KIND);
      g_assert_cmpint (answer.kind, ==, SAMPAN_ENTRY_OTHER);
      g_assert_cmpint (ask (judge, kind, "pipe/x", 0).kind, ==, SAMPAN_ENTRY_OTHER);
    }
}

static void
test_target (Fixture *self, gconstpointer confine)
{
  static const struct
  {
    const char *folder;
    SampanErrorCode code;
  } bad[] = {
    { "file", SAMPAN_ERROR_WRONG_KIND },       { "file/x", SAMPAN_ERROR_WRONG_KIND },
    { "link", SAMPAN_ERROR_WRONG_KIND },       { "link/x", SAMPAN_ERROR_WRONG_KIND },
    { ".sampan", SAMPAN_ERROR_BAD_NAME },      { ".sampan/staging", SAMPAN_ERROR_BAD_NAME },
    { ".SAMPAN/none", SAMPAN_ERROR_BAD_NAME },
  };
  g_autoptr (SampanPlanJudge) judge = judge_of (self, "none/at/all");

  assert_verdict (judge, SAMPAN_ENTRY_FILE, "a", SAMPAN_PLAN_NEW);
  assert_verdict (judge, SAMPAN_ENTRY_FOLDER, "a/b/c", SAMPAN_PLAN_NEW);
  assert_verdict (judge, SAMPAN_ENTRY_FILE, ".sampan/x", SAMPAN_PLAN_NEW);
  disk_write (self, "file", "x");
  disk_symlink (self, self->outside, "link");
  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (SampanPath) path = path_of (bad[i].folder);
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", bad[i].folder);
      g_assert_null (sampan_plan_judge_new (self->root, path, &error));
      assert_code (&error, bad[i].code);
    }
}

static void
test_reserved (Fixture *self, gconstpointer confine)
{
  g_autoptr (SampanPlanJudge) top = judge_of (self, "");
  g_autoptr (SampanPlanJudge) inner = NULL;

  assert_verdict (top, SAMPAN_ENTRY_FOLDER, ".sampan", SAMPAN_PLAN_BAD_NAME);
  assert_verdict (top, SAMPAN_ENTRY_FILE, ".Sampan", SAMPAN_PLAN_BAD_NAME);
  assert_verdict (top, SAMPAN_ENTRY_FILE, ".sampan/staging/x", SAMPAN_PLAN_BAD_NAME);
  assert_verdict (top, SAMPAN_ENTRY_FILE, ".SAMPAN/trash", SAMPAN_PLAN_BAD_NAME);
  assert_verdict (top, SAMPAN_ENTRY_FILE, ".sampan2", SAMPAN_PLAN_NEW);
  disk_mkdir (self, "t/.sampan");
  inner = judge_of (self, "t");
  assert_verdict (inner, SAMPAN_ENTRY_FOLDER, ".sampan", SAMPAN_PLAN_FOLDER_THERE);
  assert_verdict (top, SAMPAN_ENTRY_FOLDER, "t/.sampan", SAMPAN_PLAN_FOLDER_THERE);
}

static unsigned int
count_open_fds (void)
{
  g_autoptr (GDir) folder = g_dir_open ("/proc/self/fd", 0, NULL);
  unsigned int count = 0;

  g_assert_nonnull (folder);
  while (g_dir_read_name (folder) != NULL)
    count++;
  return count;
}

/* To the last component that a path can have; all are closed again. */
static void
test_deepest (Fixture *self, gconstpointer confine)
{
  g_autoptr (GString) text = g_string_new ("d");
  g_autoptr (SampanPlanJudge) judge = NULL;
  unsigned int n_before = count_open_fds ();

  for (unsigned int i = 1; i < SAMPAN_DEPTH_MAX; i++)
    g_string_append (text, "/d");
  disk_mkdir (self, text->str);
  judge = judge_of (self, "");
  assert_verdict (judge, SAMPAN_ENTRY_FOLDER, text->str, SAMPAN_PLAN_FOLDER_THERE);
  g_assert_cmpuint (count_open_fds (), ==, n_before + SAMPAN_DEPTH_MAX);
  assert_verdict (judge, SAMPAN_ENTRY_FILE, "none", SAMPAN_PLAN_NEW);
  g_assert_cmpuint (count_open_fds (), ==, n_before + 1);
  assert_verdict (judge, SAMPAN_ENTRY_FOLDER, text->str, SAMPAN_PLAN_FOLDER_THERE);
  g_clear_pointer (&judge, sampan_plan_judge_free);
  g_assert_cmpuint (count_open_fds (), ==, n_before);
}

static void
test_changes_nothing (Fixture *self, gconstpointer confine)
{
  unsigned int n_before, n_staged;
  g_autoptr (SampanPlanJudge) judge = judge_of (self, "new");

  n_before = count_entries (self, "");
  n_staged = count_entries (self, ".sampan/staging");
  assert_verdict (judge, SAMPAN_ENTRY_FOLDER, "a", SAMPAN_PLAN_NEW);
  assert_verdict (judge, SAMPAN_ENTRY_FILE, "a/b", SAMPAN_PLAN_NEW);
  g_assert_cmpuint (count_entries (self, ""), ==, n_before);
  g_assert_cmpuint (count_entries (self, ".sampan/staging"), ==, n_staged);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  fixture_add ("plan/files", test_files);
  fixture_add ("plan/parents", test_parents);
  fixture_add ("plan/any-order", test_any_order);
  fixture_add ("plan/links", test_links);
  fixture_add ("plan/target", test_target);
  fixture_add ("plan/reserved", test_reserved);
  fixture_add ("plan/deepest", test_deepest);
  fixture_add ("plan/changes-nothing", test_changes_nothing);
  return g_test_run ();
}
