/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Plans: what is kept of them, pages and their order, cancelling, and servers that answer nonsense.
 */

#include "config.h"

#include "session-test.h"

#include <stdatomic.h>
#include <string.h>

#define PAGES 7
#define IN_FLIGHT_MAX 4

static const SampanTime mtime = { 1700000000, 5 };

static SampanPlan *
plan_of (unsigned int n_items)
{
  SampanPlan *plan = sampan_plan_new ();

  for (unsigned int i = 0; i < n_items; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u", i);

      sampan_plan_add (plan, SAMPAN_ENTRY_FILE, name, i, mtime);
    }
  return plan;
}

static GError *
judge (SessionTest *self, SampanPlan *plan)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (SampanPlan) judged = NULL;
  GError *error = NULL;

  sampan_session_plan_async (self->session, self->path, plan, NULL, core_test_result_cb, &result);
  judged = sampan_session_plan_finish (self->session, core_test_await (&result), &error);
  g_assert_true (judged == (error == NULL ? plan : NULL));
  return error;
}

/* ---- Scripts ---- */

/* The next PLAN: how many items it has, -1 at the end. The names go on counting from FIRST. */
static int
read_page (EvilPeer *peer, unsigned int first)
{
  SampanReader fields;
  SampanBytes folder;
  SampanPlanItem item;
  int count = 0;

  if (!evil_read_until (peer, SAMPAN_KIND_PLAN, &fields))
    return -1;
  g_assert_true (sampan_read_plan (&fields, &folder));
  g_assert_cmpmem (folder.data, folder.length, "files", 5);
  for (; !sampan_reader_at_end (&fields); count++)
    {
      g_autofree char *name = g_strdup_printf ("%u", first + (unsigned int)count);

      g_assert_true (sampan_read_plan_item (&fields, &item));
      g_assert_cmpmem (item.path.data, item.path.length, name, strlen (name));
    }
  g_assert_cmpint (count, <=, SAMPAN_PLAN_ITEMS_MAX);
  return count;
}

static void
send_end (EvilPeer *peer, uint64_t count)
{
  const SampanPlanEnd end = { .count = count, .free_bytes = 77, .right = SAMPAN_RIGHT_ADD };

  sampan_write_plan_end (evil_begin (peer), &end);
  evil_send (peer);
}

/* COUNT answers, each DIFFERS from a file whose size is its number; in two messages. */
static void
answer_page (EvilPeer *peer, unsigned int first, int count)
{
  for (int i = 0; i < count; i++)
    {
      SampanPlanAnswer answer = { .verdict = SAMPAN_PLAN_DIFFERS,
                                  .kind = SAMPAN_ENTRY_FILE,
                                  .size = first + (unsigned int)i };

      if (i == 0 || i == count / 2)
        {
          if (i > 0)
            evil_send (peer);
          sampan_write_empty (evil_begin (peer), SAMPAN_KIND_PLAN_PAGE);
        }
      g_assert_true (sampan_write_plan_answer (evil_current (peer), &answer));
    }
  evil_send (peer);
  send_end (peer, (uint64_t)count);
}

/* Answers the first page when as many came as may be under way, and each page after another. */
static void
pages_script (EvilPeer *peer, gpointer data)
{
  int counts[PAGES];
  unsigned int n_read = 0, n_answered = 0, first_read = 0, first_answered = 0;

  while (n_answered < PAGES)
    {
      while (n_read < PAGES && n_read < n_answered + IN_FLIGHT_MAX)
        {
          counts[n_read] = read_page (peer, first_read);
          g_assert_cmpint (counts[n_read], >, 0);
          first_read += (unsigned int)counts[n_read++];
        }
      answer_page (peer, first_answered, counts[n_answered]);
      first_answered += (unsigned int)counts[n_answered++];
    }
  evil_serve (peer, NULL);
}

static void
test_pages (void)
{
  SessionTest self;
  g_autoptr (SampanPlan) plan = plan_of (PAGES * SAMPAN_PLAN_ITEMS_MAX - 1);
  g_autoptr (GError) error = NULL;

  session_test_set_up (&self, pages_script, NULL, NULL);
  g_assert_false (sampan_plan_is_judged (plan));
  error = judge (&self, plan);
  g_assert_no_error (error);
  g_assert_true (sampan_plan_is_judged (plan));
  for (size_t i = 0; i < sampan_plan_get_length (plan); i++)
    g_assert_cmpuint (sampan_plan_get_answer (plan, i)->size, ==, i);
  g_assert_cmpuint (sampan_plan_count (plan, SAMPAN_PLAN_DIFFERS),
                    ==,
                    PAGES * SAMPAN_PLAN_ITEMS_MAX - 1);
  g_assert_cmpuint (sampan_plan_count (plan, SAMPAN_PLAN_NEW), ==, 0);
  g_assert_cmpuint (sampan_plan_get_free_bytes (plan), ==, 77);
  g_assert_cmpint (sampan_plan_get_right (plan), ==, SAMPAN_RIGHT_ADD);
  session_test_tear_down (&self);
}

/* What comes in place of the answers to "0" and "1". */
typedef struct
{
  const char *name;
  uint8_t page[8];
  size_t page_length;
  uint64_t count;
  int code; /* 0: fine */
  bool is_broken;
} Answers;

static const Answers answer_cases[] = {
  { "two", { SAMPAN_PLAN_NEW, SAMPAN_PLAN_BAD_NAME }, 2, 2, 0, false },
  { "one", { SAMPAN_PLAN_NEW }, 1, 2, SAMPAN_ERROR_PROTOCOL, true },
  { "one-counted", { SAMPAN_PLAN_NEW }, 1, 1, SAMPAN_ERROR_PROTOCOL, true },
  { "none", { 0 }, 0, 0, SAMPAN_ERROR_PROTOCOL, true },
  { "three", { SAMPAN_PLAN_NEW, 1, 1 }, 3, 3, SAMPAN_ERROR_PROTOCOL, true },
  { "miscounted", { SAMPAN_PLAN_NEW, 1 }, 2, 3, SAMPAN_ERROR_PROTOCOL, true },
  { "no-verdict", { 0, 0 }, 2, 2, SAMPAN_ERROR_PROTOCOL, true },
  { "unknown-verdict", { 9, 9 }, 2, 2, SAMPAN_ERROR_PROTOCOL, true },
  { "cut-short", { SAMPAN_PLAN_SAME, 1, 0 }, 3, 2, SAMPAN_ERROR_PROTOCOL, true },
};

static void
answers_script (EvilPeer *peer, gpointer data)
{
  const Answers *answers = data;

  if (read_page (peer, 0) != 2)
    return;
  sampan_write_empty (evil_begin (peer), SAMPAN_KIND_PLAN_PAGE);
  sampan_writer_put_fixed (evil_current (peer), answers->page, answers->page_length);
  evil_send (peer);
  send_end (peer, answers->count);
  evil_serve (peer, NULL);
}

static void
test_answers (gconstpointer data)
{
  const Answers *answers = data;
  SessionTest self;
  g_autoptr (SampanPlan) plan = plan_of (2);
  g_autoptr (GError) error = NULL;

  session_test_set_up (&self, answers_script, (gpointer)data, NULL);
  error = judge (&self, plan);
  if (answers->code == 0)
    g_assert_no_error (error);
  else
    g_assert_error (error, SAMPAN_ERROR, answers->code);
  g_assert_cmpint (sampan_plan_is_judged (plan), ==, answers->code == 0);
  if (answers->is_broken)
    session_test_expect_broken (&self, SAMPAN_ERROR_PROTOCOL);
  session_test_tear_down (&self);
}

/* A file that is told to be there as a folder. */
static void
unfit_script (EvilPeer *peer, gpointer data)
{
  const SampanPlanAnswer answer = { .verdict = SAMPAN_PLAN_FOLDER_THERE,
                                    .kind = SAMPAN_ENTRY_FOLDER };

  if (read_page (peer, 0) != 1)
    return;
  sampan_write_empty (evil_begin (peer), SAMPAN_KIND_PLAN_PAGE);
  g_assert_true (sampan_write_plan_answer (evil_current (peer), &answer));
  evil_send (peer);
  send_end (peer, 1);
  evil_serve (peer, NULL);
}

static void
test_unfit (void)
{
  SessionTest self;
  g_autoptr (SampanPlan) plan = plan_of (1);
  g_autoptr (GError) error = NULL;

  session_test_set_up (&self, unfit_script, NULL, NULL);
  error = judge (&self, plan);
  g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_PROTOCOL);
  g_assert_false (sampan_plan_is_judged (plan));
  session_test_tear_down (&self);
}

/* Fails at the second page, with others under way. */
static void
error_script (EvilPeer *peer, gpointer data)
{
  int counts[IN_FLIGHT_MAX];

  for (unsigned int i = 0; i < IN_FLIGHT_MAX; i++)
    counts[i] = read_page (peer, i * SAMPAN_PLAN_ITEMS_MAX);
  answer_page (peer, 0, counts[0]);
  evil_send_error (peer, SAMPAN_ERROR_UNSUPPORTED, 0);
  for (unsigned int i = 2; i < IN_FLIGHT_MAX; i++)
    evil_send_error (peer, SAMPAN_ERROR_IO, 0);
  /* One was sent for the answer to the first, and none after the error. */
  g_assert_cmpint (read_page (peer, IN_FLIGHT_MAX * SAMPAN_PLAN_ITEMS_MAX), >, 0);
  evil_send_error (peer, SAMPAN_ERROR_IO, 0);
  evil_serve (peer, NULL);
}

static void
test_error (void)
{
  SessionTest self;
  g_autoptr (SampanPlan) plan = plan_of (PAGES * SAMPAN_PLAN_ITEMS_MAX);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) ping_error = NULL;

  session_test_set_up (&self, error_script, NULL, NULL);
  error = judge (&self, plan);
  g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_UNSUPPORTED);
  g_assert_false (sampan_plan_is_judged (plan));
  ping_error = session_test_ping (&self, "still there", NULL);
  g_assert_no_error (ping_error);
  session_test_tear_down (&self);
}

static atomic_bool cancel_may_come;

static bool
may_cancel (gpointer data)
{
  return atomic_load (&cancel_may_come);
}

/* Leaves the client waiting until it was cancelled and asks for something else. */
static void
cancel_script (EvilPeer *peer, gpointer data)
{
  SampanReader fields;
  uint8_t kind;

  for (unsigned int i = 0; i < IN_FLIGHT_MAX; i++)
    g_assert_cmpint (read_page (peer, i * SAMPAN_PLAN_ITEMS_MAX), ==, SAMPAN_PLAN_ITEMS_MAX);
  atomic_store (&cancel_may_come, true);
  g_main_context_wakeup (NULL);
  if (!evil_read (peer, &kind, &fields))
    return;
  g_assert_cmphex (kind, ==, SAMPAN_KIND_PING);
  for (unsigned int i = 0; i < IN_FLIGHT_MAX; i++)
    answer_page (peer, i * SAMPAN_PLAN_ITEMS_MAX, SAMPAN_PLAN_ITEMS_MAX);
  session_test_answer_ping (peer, &fields);
  evil_serve (peer, NULL);
}

static void
test_cancel (void)
{
  SessionTest self;
  g_autoptr (SampanPlan) plan = plan_of (PAGES * SAMPAN_PLAN_ITEMS_MAX);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) planned = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) ping_error = NULL;

  session_test_set_up (&self, cancel_script, NULL, NULL);
  sampan_session_plan_async (self.session,
                             self.path,
                             plan,
                             cancellable,
                             core_test_result_cb,
                             &planned);
  core_test_await_condition (may_cancel, NULL);
  g_cancellable_cancel (cancellable);
  g_assert_null (sampan_session_plan_finish (self.session, core_test_await (&planned), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  ping_error = session_test_ping (&self, "still there", NULL);
  g_assert_no_error (ping_error);
  g_assert_false (sampan_plan_is_judged (plan));
  session_test_tear_down (&self);
}

static void
hang_up_script (EvilPeer *peer, gpointer data)
{
  int count = read_page (peer, 0);

  answer_page (peer, 0, count);
}

static void
test_hang_up (void)
{
  SessionTest self;
  g_autoptr (SampanPlan) plan = plan_of (PAGES * SAMPAN_PLAN_ITEMS_MAX);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) again = NULL;

  session_test_set_up (&self, hang_up_script, NULL, NULL);
  error = judge (&self, plan);
  g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_DISCONNECTED);
  session_test_expect_broken (&self, SAMPAN_ERROR_DISCONNECTED);
  again = judge (&self, plan);
  g_assert_error (again, SAMPAN_ERROR, SAMPAN_ERROR_DISCONNECTED);
  session_test_tear_down (&self);
}

/* Bytes of any kind, and far more than fits a block of names. */
static void
test_items (void)
{
  g_autoptr (SampanPlan) plan = sampan_plan_new ();
  g_autofree char *long_name = g_strnfill (100000, 'x');

  sampan_plan_add (plan, SAMPAN_ENTRY_FOLDER, "\xff\n", 0, mtime);
  sampan_plan_add (plan, SAMPAN_ENTRY_FILE, long_name, UINT64_MAX, mtime);
  sampan_plan_add (plan, SAMPAN_ENTRY_FILE, "", 0, mtime);
  g_assert_cmpuint (sampan_plan_get_length (plan), ==, 3);
  g_assert_cmpstr ((const char *)sampan_plan_get_item (plan, 0)->path.data, ==, "\xff\n");
  g_assert_cmpint (sampan_plan_get_item (plan, 0)->kind, ==, SAMPAN_ENTRY_FOLDER);
  g_assert_cmpuint (sampan_plan_get_item (plan, 1)->path.length, ==, 100000);
  g_assert_cmpuint (sampan_plan_get_item (plan, 1)->size, ==, UINT64_MAX);
  g_assert_cmpint (sampan_plan_get_item (plan, 1)->mtime.seconds, ==, mtime.seconds);
  g_assert_cmpuint (sampan_plan_get_item (plan, 2)->path.length, ==, 0);
}

int
main (int argc, char **argv)
{
  core_test_init (&argc, &argv);
  g_test_add_func ("/core/plan/items", test_items);
  g_test_add_func ("/core/plan/pages", test_pages);
  for (size_t i = 0; i < G_N_ELEMENTS (answer_cases); i++)
    {
      g_autofree char *name = g_strdup_printf ("/core/plan/answers/%s", answer_cases[i].name);

      g_test_add_data_func (name, &answer_cases[i], test_answers);
    }
  g_test_add_func ("/core/plan/unfit", test_unfit);
  g_test_add_func ("/core/plan/error", test_error);
  g_test_add_func ("/core/plan/cancel", test_cancel);
  g_test_add_func ("/core/plan/hang-up", test_hang_up);
  return core_test_run ();
}
