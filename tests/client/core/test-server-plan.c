/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Plans against the real server: each verdict, many pages, names of all lengths. */

#include "config.h"

#include "real-server.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#define MANY 3000
#define RATE_ITEMS 10000
#define RATE_MIN_PER_SEC 10000 /* so that a plan is nothing beside the upload; with -m perf */

static const SampanTime mtime = { 1700000000, 123456789 };

static GError *
judge (RealServerTest *self, const char *folder, SampanPlan *plan)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (SampanPath) path = core_test_remote_path (folder);
  g_autoptr (SampanPlan) judged = NULL;
  GError *error = NULL;

  sampan_session_plan_async (self->session, path, plan, NULL, core_test_result_cb, &result);
  judged = sampan_session_plan_finish (self->session, core_test_await (&result), &error);
  g_assert_true (judged == (error == NULL ? plan : NULL));
  return error;
}

/* A file of five bytes with the time that all items have. */
static void
write_share (const char *name)
{
  g_autofree char *filename = real_server_share_path (name);
  struct timespec times[2] = { { .tv_sec = mtime.seconds, .tv_nsec = mtime.nanoseconds },
                               { .tv_sec = mtime.seconds, .tv_nsec = mtime.nanoseconds } };

  g_assert_true (g_file_set_contents (filename, "12345", 5, NULL));
  g_assert_cmpint (utimensat (AT_FDCWD, filename, times, 0), ==, 0);
}

static void
make_folder (const char *name)
{
  g_autofree char *filename = real_server_share_path (name);

  g_assert_cmpint (g_mkdir_with_parents (filename, 0700), ==, 0);
}

static const struct
{
  SampanEntryKind kind;
  const char *name;
  uint64_t size;
  SampanPlanVerdict verdict;
} cases[] = {
  { SAMPAN_ENTRY_FILE, "new", 5, SAMPAN_PLAN_NEW },
  { SAMPAN_ENTRY_FILE, "no/such/parents", 5, SAMPAN_PLAN_NEW },
  { SAMPAN_ENTRY_FILE, "same", 5, SAMPAN_PLAN_SAME },
  { SAMPAN_ENTRY_FILE, "folder/same", 5, SAMPAN_PLAN_SAME },
  { SAMPAN_ENTRY_FILE, "other", 6, SAMPAN_PLAN_DIFFERS },
  { SAMPAN_ENTRY_FOLDER, "folder", 0, SAMPAN_PLAN_FOLDER_THERE },
  { SAMPAN_ENTRY_FOLDER, "file", 0, SAMPAN_PLAN_WRONG_KIND },
  { SAMPAN_ENTRY_FILE, "folder/inner", 5, SAMPAN_PLAN_WRONG_KIND },
  { SAMPAN_ENTRY_FILE, "file/below", 5, SAMPAN_PLAN_WRONG_KIND },
  { SAMPAN_ENTRY_FILE, "link", 5, SAMPAN_PLAN_WRONG_KIND },
  { SAMPAN_ENTRY_FILE, "link/same", 5, SAMPAN_PLAN_WRONG_KIND },
  { SAMPAN_ENTRY_FILE, "../p/same", 5, SAMPAN_PLAN_BAD_NAME },
  { SAMPAN_ENTRY_FILE, "", 5, SAMPAN_PLAN_BAD_NAME },
  { SAMPAN_ENTRY_FILE, "/same", 5, SAMPAN_PLAN_BAD_NAME },
  { SAMPAN_ENTRY_FILE, "odd\xff\n", 5, SAMPAN_PLAN_SAME },
  { SAMPAN_ENTRY_FILE, "new", 7, SAMPAN_PLAN_NAME_TWICE },
};

static void
make_tree (void)
{
  g_autofree char *link = real_server_share_path ("p/link");

  make_folder ("p/folder/inner");
  write_share ("p/same");
  write_share ("p/other");
  write_share ("p/file");
  write_share ("p/odd\xff\n");
  write_share ("p/folder/same");
  g_assert_cmpint (symlink ("folder", link), ==, 0);
}

static void
add_cases (SampanPlan *plan)
{
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    sampan_plan_add (plan, cases[i].kind, cases[i].name, cases[i].size, mtime);
}

/* Of the cases, which begin at item FIRST. */
static void
assert_cases (SampanPlan *plan, size_t first)
{
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const SampanPlanAnswer *answer = sampan_plan_get_answer (plan, first + i);

      g_test_message ("case %zu", i);
      g_assert_cmpint (answer->verdict, ==, cases[i].verdict);
      if (answer->verdict == SAMPAN_PLAN_SAME || answer->verdict == SAMPAN_PLAN_DIFFERS)
        g_assert_cmpuint (answer->size, ==, 5);
    }
}

static void
test_verdicts (void)
{
  RealServerTest self = { 0 };
  g_autoptr (SampanPlan) plan = sampan_plan_new ();
  g_autoptr (GError) error = NULL;

  real_server_set_up (&self);
  add_cases (plan);
  error = judge (&self, "files/p", plan);
  g_assert_no_error (error);
  assert_cases (plan, 0);
  g_assert_cmpint (sampan_plan_get_right (plan), ==, SAMPAN_RIGHT_CHANGE);
  g_assert_cmpuint (sampan_plan_get_free_bytes (plan), >, 0);

  /* The same once more, where nothing is. */
  error = judge (&self, "files/not/there", plan);
  g_assert_no_error (error);
  g_assert_cmpuint (sampan_plan_count (plan, SAMPAN_PLAN_BAD_NAME), ==, 3);
  g_assert_cmpuint (sampan_plan_count (plan, SAMPAN_PLAN_NAME_TWICE), ==, 1);
  g_assert_cmpuint (sampan_plan_count (plan, SAMPAN_PLAN_NEW), ==, G_N_ELEMENTS (cases) - 4);
  real_server_tear_down (&self);
}

static void
test_errors (void)
{
  static const struct
  {
    const char *folder;
    SampanErrorCode code;
  } folders[] = {
    { "files/p/file", SAMPAN_ERROR_WRONG_KIND }, { "files/p/link", SAMPAN_ERROR_WRONG_KIND },
    { "files/.sampan", SAMPAN_ERROR_BAD_NAME },  { "", SAMPAN_ERROR_WRONG_KIND },
    { "none", SAMPAN_ERROR_NOT_FOUND },
  };
  RealServerTest self = { 0 };
  g_autoptr (SampanPlan) plan = sampan_plan_new ();

  real_server_set_up (&self);
  add_cases (plan);
  for (size_t i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      g_autoptr (GError) error = judge (&self, folders[i].folder, plan);

      g_test_message ("%s", folders[i].folder);
      g_assert_error (error, SAMPAN_ERROR, (int)folders[i].code);
      g_assert_false (sampan_plan_is_judged (plan));
    }
  real_server_tear_down (&self);
}

/* Every third is there, the first is asked for once more at the end, and the cases lie somewhere in
 * the middle. */
static void
test_many (void)
{
  RealServerTest self = { 0 };
  g_autoptr (SampanPlan) plan = sampan_plan_new ();
  g_autoptr (GError) error = NULL;

  real_server_set_up (&self);
  make_folder ("p/many");
  for (unsigned int i = 0; i < MANY; i++)
    {
      g_autofree char *name = g_strdup_printf ("many/%04u", i);
      g_autofree char *there = g_strconcat ("p/", name, NULL);

      if (i == MANY / 2)
        add_cases (plan);
      if (i % 3 == 0)
        write_share (there);
      sampan_plan_add (plan, SAMPAN_ENTRY_FILE, name, i % 2 == 0 ? 5 : 6, mtime);
    }
  sampan_plan_add (plan, SAMPAN_ENTRY_FILE, "many/0000", 5, mtime);
  error = judge (&self, "files/p", plan);
  g_assert_no_error (error);
  assert_cases (plan, MANY / 2);
  for (unsigned int i = 0; i < MANY; i++)
    {
      size_t at = i < MANY / 2 ? i : i + G_N_ELEMENTS (cases);
      SampanPlanVerdict there = i % 2 == 0 ? SAMPAN_PLAN_SAME : SAMPAN_PLAN_DIFFERS;

      g_assert_cmpint (sampan_plan_get_answer (plan, at)->verdict,
                       ==,
                       i % 3 == 0 ? there : SAMPAN_PLAN_NEW);
    }
  g_assert_cmpint (sampan_plan_get_answer (plan, MANY + G_N_ELEMENTS (cases))->verdict,
                   ==,
                   SAMPAN_PLAN_NAME_TWICE);
  real_server_tear_down (&self);
}

/* Here the frame is what ends a page: some fit a dozen items, and some items no page at all. */
static void
test_long_names (void)
{
  RealServerTest self = { 0 };
  g_autoptr (SampanPlan) plan = sampan_plan_new ();
  g_autoptr (GError) error = NULL;
  unsigned int n_bad = 0;

  real_server_set_up (&self);
  for (unsigned int i = 0; i < 300; i++)
    {
      g_autoptr (GString) name = g_string_new (NULL);
      unsigned int length = i * 14;

      g_string_append_printf (name, "%u", i);
      while (name->len < length)
        g_string_append (name, name->len % 200 == 0 ? "/" : "x");
      if (g_str_has_suffix (name->str, "/"))
        g_string_append_c (name, 'x');
      if (strlen ("files/p/") + name->len > SAMPAN_PATH_MAX)
        n_bad++;
      sampan_plan_add (plan, SAMPAN_ENTRY_FILE, name->str, 5, mtime);
    }
  for (unsigned int i = 0; i < 3; i++)
    {
      g_autofree char *huge = g_strnfill (70000 + i, 'y');

      sampan_plan_add (plan, SAMPAN_ENTRY_FILE, huge, 5, mtime);
      n_bad++;
    }
  error = judge (&self, "files/p", plan);
  g_assert_no_error (error);
  g_assert_cmpuint (n_bad, >, 3);
  g_assert_cmpuint (sampan_plan_count (plan, SAMPAN_PLAN_BAD_NAME), ==, n_bad);
  g_assert_cmpuint (sampan_plan_count (plan, SAMPAN_PLAN_NEW), ==, 303 - n_bad);
  real_server_tear_down (&self);
}

static void
test_empty (void)
{
  RealServerTest self = { 0 };
  g_autoptr (SampanPlan) plan = sampan_plan_new ();
  g_autoptr (SampanPlan) bad = sampan_plan_new ();
  g_autoptr (GError) error = NULL;

  real_server_set_up (&self);
  error = judge (&self, "files/p", plan);
  g_assert_no_error (error);
  g_assert_true (sampan_plan_is_judged (plan));
  g_assert_cmpuint (sampan_plan_get_free_bytes (plan), >, 0);
  for (unsigned int i = 0; i < 2 * SAMPAN_PLAN_ITEMS_MAX; i++)
    sampan_plan_add (bad, SAMPAN_ENTRY_FILE, "..", 0, mtime);
  error = judge (&self, "files/p", bad);
  g_assert_no_error (error);
  g_assert_cmpuint (sampan_plan_count (bad, SAMPAN_PLAN_BAD_NAME), ==, 2 * SAMPAN_PLAN_ITEMS_MAX);
  g_assert_cmpuint (sampan_plan_get_free_bytes (bad), >, 0);
  real_server_tear_down (&self);
}

/* A tree of a hundred folders, half of its files there. */
static void
test_rate (void)
{
  RealServerTest self = { 0 };
  g_autoptr (SampanPlan) plan = sampan_plan_new ();
  g_autoptr (GError) error = NULL;
  int64_t started_us;
  double rate;

  real_server_set_up (&self);
  for (unsigned int i = 0; i < RATE_ITEMS; i++)
    {
      g_autofree char *name = g_strdup_printf ("%02u/%02u", i / 100, i % 100);
      g_autofree char *there = g_strconcat ("rate/", name, NULL);

      if (i % 100 == 0)
        {
          g_autofree char *folder = g_strdup_printf ("rate/%02u", i / 100);

          make_folder (folder);
        }
      if (i % 2 == 0)
        {
          g_autofree char *filename = real_server_share_path (there);

          g_assert_cmpint (g_close (g_open (filename, O_CREAT | O_WRONLY, 0600), NULL), ==, TRUE);
        }
      sampan_plan_add (plan, SAMPAN_ENTRY_FILE, name, 5, mtime);
    }
  started_us = g_get_monotonic_time ();
  error = judge (&self, "files/rate", plan);
  g_assert_no_error (error);
  rate = RATE_ITEMS / ((double)(g_get_monotonic_time () - started_us) / G_USEC_PER_SEC);
  g_assert_cmpuint (sampan_plan_count (plan, SAMPAN_PLAN_DIFFERS), ==, RATE_ITEMS / 2);
  g_assert_cmpuint (sampan_plan_count (plan, SAMPAN_PLAN_NEW), ==, RATE_ITEMS / 2);
  g_test_maximized_result (rate, "%.0f items judged per second", rate);
  if (g_test_perf ())
    g_assert_cmpfloat (rate, >, RATE_MIN_PER_SEC);
  real_server_tear_down (&self);
}

int
main (int argc, char **argv)
{
  core_test_init (&argc, &argv);
  real_server_init ();
  make_tree ();
  g_test_add_func ("/core/server-plan/verdicts", test_verdicts);
  g_test_add_func ("/core/server-plan/errors", test_errors);
  g_test_add_func ("/core/server-plan/many", test_many);
  g_test_add_func ("/core/server-plan/long-names", test_long_names);
  g_test_add_func ("/core/server-plan/empty", test_empty);
  g_test_add_func ("/core/server-plan/rate", test_rate);
  return core_test_run ();
}
