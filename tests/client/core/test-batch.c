/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Batches against the real server: trees both ways, conflicts with each decision, cancelling. */

#include "config.h"

#include "batch-pair.h"
#include "batch-test.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MANY 3000 /* several pages */
#define DEPTH 60

/* Many small files, a deep chain, odd names. */
static void
make_tree (const char *folder)
{
  g_autoptr (GString) deep = g_string_new ("tree");

  for (int i = 0; i < MANY; i++)
    {
      g_autofree char *name = g_strdup_printf ("tree/%d/%04d", i / 500, i);

      batch_pair_put (folder, name, name, i % 7);
    }
  for (int i = 0; i < DEPTH; i++)
    g_string_append (deep, "/d");
  g_string_append (deep, "/leaf");
  batch_pair_put (folder, deep->str, "deep", 0);
  batch_pair_put (folder, "tree/odd\xff\n<b>", "odd", 0);
  batch_pair_put (folder, "alone", "", 0);
}

#define TREE_FILES (MANY + 3)

static void
expect_tree (const char *folder)
{
  g_autoptr (GString) deep = g_string_new ("tree");

  for (int i = 0; i < MANY; i++)
    {
      g_autofree char *name = g_strdup_printf ("tree/%d/%04d", i / 500, i);

      batch_pair_expect (folder, name, name);
    }
  for (int i = 0; i < DEPTH; i++)
    g_string_append (deep, "/d");
  g_string_append (deep, "/leaf");
  batch_pair_expect (folder, deep->str, "deep");
  batch_pair_expect (folder, "tree/odd\xff\n<b>", "odd");
  batch_pair_expect (folder, "alone", "");
}

static void
count_cb (GObject *object, GParamSpec *pspec, gpointer user_data)
{
  guint *n_items = user_data;

  g_assert_cmpuint (sampan_batch_get_n_items (SAMPAN_BATCH (object)), >, *n_items);
  *n_items = sampan_batch_get_n_items (SAMPAN_BATCH (object));
}

static void
test_tree (void)
{
  const char *const names[] = { "tree", "alone", NULL };
  BatchPair self = { 0 };
  g_autoptr (SampanBatch) up = NULL;
  g_autoptr (SampanBatch) again = NULL;
  g_autoptr (SampanBatch) down = NULL;
  g_autoptr (SampanBatch) down_again = NULL;
  g_autofree char *fetched = NULL;
  guint n_items = 0;

  batch_pair_set_up (&self, "trees");
  make_tree (self.local);
  up = batch_pair_new_upload (&self, names);
  g_signal_connect (up, "notify::n-items", G_CALLBACK (count_cb), &n_items);
  batch_pair_prepare (up);
  batch_test_expect_sums (up, TREE_FILES, 0, 0, 0);
  g_assert_cmpuint (n_items, ==, TREE_FILES + 1 + MANY / 500 + DEPTH);
  batch_test_run (up);
  batch_test_expect_sums (up, TREE_FILES, 0, 0, 0);
  expect_tree (self.share);

  again = batch_pair_new_upload (&self, names);
  batch_pair_prepare (again);
  batch_test_expect_sums (again, 0, TREE_FILES, 0, 0);
  batch_test_run (again);

  fetched = batch_pair_at (self.local, "not/yet/there");
  down = batch_pair_new_download (&self, fetched);
  batch_pair_prepare (down);
  batch_test_expect_sums (down, TREE_FILES, 0, 0, 0);
  batch_test_run (down);
  batch_test_expect_sums (down, TREE_FILES, 0, 0, 0);
  expect_tree (fetched);

  down_again = batch_pair_new_download (&self, fetched);
  batch_pair_prepare (down_again);
  batch_test_expect_sums (down_again, 0, TREE_FILES, 0, 0);
  batch_test_run (down_again);
  batch_pair_tear_down (&self);
}

/* ---- Permissions ---- */

static const mode_t modes[] = { 0400, 0444, 0640, 0755, 06711 };

static char *
mode_name (const char *folder, size_t index)
{
  g_autofree char *name = g_strdup_printf ("m/%04o", (unsigned int)modes[index]);

  return batch_pair_at (folder, name);
}

static void
make_modes (const char *folder)
{
  for (size_t i = 0; i < G_N_ELEMENTS (modes); i++)
    {
      g_autofree char *name = mode_name (folder, i);

      batch_test_write (name, "#!", 0);
      g_assert_cmpint (g_chmod (name, (int)modes[i]), ==, 0);
    }
}

static void
expect_modes (const char *folder, bool are_kept)
{
  for (size_t i = 0; i < G_N_ELEMENTS (modes); i++)
    {
      g_autofree char *name = mode_name (folder, i);
      mode_t expected = are_kept ? (modes[i] & 0777) | 0600 : 0600;
      struct stat info;

      batch_test_expect (name, "#!");
      g_assert_cmpint (stat (name, &info), ==, 0);
      g_assert_cmpuint (info.st_mode & 07777, ==, expected);
    }
}

static void
test_permissions (gconstpointer data)
{
  const char *const names[] = { "m", NULL };
  bool keep = GPOINTER_TO_INT (data);
  BatchPair self = { 0 };
  g_autoptr (SampanBatch) up = NULL;
  g_autoptr (SampanBatch) down = NULL;
  g_autofree char *fetched = NULL;

  batch_pair_set_up (&self, keep ? "permissions-kept" : "permissions-usual");
  make_modes (self.local);
  up = batch_pair_new_upload (&self, names);
  sampan_batch_set_keep_permissions (up, keep);
  batch_pair_prepare (up);
  batch_test_run (up);
  batch_test_expect_sums (up, G_N_ELEMENTS (modes), 0, 0, 0);
  expect_modes (self.share, keep);
  fetched = batch_pair_at (self.local, "fetched");
  down = batch_pair_new_download (&self, fetched);
  sampan_batch_set_keep_permissions (down, keep);
  batch_pair_prepare (down);
  batch_test_run (down);
  expect_modes (fetched, keep);
  batch_pair_tear_down (&self);
}

/* ---- Conflicts ---- */

static const struct
{
  const char *name;
  int there_later; /* than the one that comes */
  SampanBatchDecision decision;
  SampanBatchDecision becomes;
  const char *content;
  const char *both; /* of "NAME (2)" */
} conflicts[] = {
  { "c/ask", 0, SAMPAN_BATCH_ASK, SAMPAN_BATCH_ASK, "there", NULL },
  { "c/skip", 0, SAMPAN_BATCH_SKIP, SAMPAN_BATCH_SKIP, "there", NULL },
  { "c/replace", 9, SAMPAN_BATCH_REPLACE, SAMPAN_BATCH_REPLACE, "coming!", NULL },
  { "c/newer", -1, SAMPAN_BATCH_REPLACE_IF_NEWER, SAMPAN_BATCH_REPLACE, "coming!", NULL },
  { "c/older", 1, SAMPAN_BATCH_REPLACE_IF_NEWER, SAMPAN_BATCH_SKIP, "there", NULL },
  { "c/as-old", 0, SAMPAN_BATCH_REPLACE_IF_NEWER, SAMPAN_BATCH_SKIP, "there", NULL },
  { "c/both", 0, SAMPAN_BATCH_KEEP_BOTH, SAMPAN_BATCH_KEEP_BOTH, "there", "coming!" },
};

/* Files that come from FROM while others are in TO, around one that is the same and a new one. */
static void
make_conflicts (const char *from, const char *to)
{
  for (size_t i = 0; i < G_N_ELEMENTS (conflicts); i++)
    {
      batch_pair_put (from, conflicts[i].name, "coming!", 0);
      batch_pair_put (to, conflicts[i].name, "there", conflicts[i].there_later);
    }
  batch_pair_put (from, "c/new", "coming!", 0);
  batch_pair_put (from, "c/same", "same", 0);
  batch_pair_put (to, "c/same", "same", 0);
}

static void
decide_and_run (SampanBatch *batch, const char *to)
{
  batch_pair_prepare (batch);
  batch_test_expect_sums (batch, 1, 1, G_N_ELEMENTS (conflicts), 0);
  g_assert_true (sampan_batch_may_replace (batch));
  for (size_t i = 0; i < G_N_ELEMENTS (conflicts); i++)
    {
      SampanBatchConflict *conflict = batch_test_find_conflict (batch, conflicts[i].name);

      g_assert_cmpint (sampan_batch_conflict_get_decision (conflict), ==, SAMPAN_BATCH_ASK);
      g_assert_cmpuint (sampan_batch_conflict_get_coming (conflict)->size, ==, 7);
      g_assert_cmpuint (sampan_batch_conflict_get_there (conflict)->size, ==, 5);
      g_assert_cmpint (sampan_batch_conflict_get_there (conflict)->mtime.seconds,
                       ==,
                       BATCH_TEST_MTIME + conflicts[i].there_later);
      g_object_set (conflict, "decision", conflicts[i].decision, NULL);
      g_assert_cmpint (sampan_batch_conflict_get_decision (conflict), ==, conflicts[i].becomes);
    }
  batch_test_run (batch);
  for (size_t i = 0; i < G_N_ELEMENTS (conflicts); i++)
    {
      g_autofree char *both = g_strconcat (conflicts[i].name, " (2)", NULL);

      g_test_message ("%s", conflicts[i].name);
      batch_pair_expect (to, conflicts[i].name, conflicts[i].content);
      batch_pair_expect (to, both, conflicts[i].both);
    }
  batch_pair_expect (to, "c/new", "coming!");
}

static void
test_conflicts_up (void)
{
  const char *const names[] = { "c", NULL };
  BatchPair self = { 0 };
  g_autoptr (SampanBatch) batch = NULL;

  batch_pair_set_up (&self, "conflicts-up");
  make_conflicts (self.local, self.share);
  batch = batch_pair_new_upload (&self, names);
  decide_and_run (batch, self.share);
  batch_pair_tear_down (&self);
}

static void
test_conflicts_down (void)
{
  BatchPair self = { 0 };
  g_autoptr (SampanBatch) batch = NULL;

  batch_pair_set_up (&self, "conflicts-down");
  make_conflicts (self.share, self.local);
  batch = batch_pair_new_download (&self, self.local);
  decide_and_run (batch, self.local);
  batch_pair_tear_down (&self);
}

static void
test_decide_all (void)
{
  const char *const names[] = { "c", NULL };
  BatchPair self = { 0 };
  g_autoptr (SampanBatch) batch = NULL;

  batch_pair_set_up (&self, "decide-all");
  make_conflicts (self.local, self.share);
  batch = batch_pair_new_upload (&self, names);
  batch_pair_prepare (batch);
  sampan_batch_decide_all (batch, SAMPAN_BATCH_REPLACE);
  sampan_batch_decide_all (batch, SAMPAN_BATCH_REPLACE_IF_NEWER);
  batch_test_run (batch);
  for (size_t i = 0; i < G_N_ELEMENTS (conflicts); i++)
    batch_pair_expect (self.share,
                       conflicts[i].name,
                       conflicts[i].there_later < 0 ? "coming!" : "there");
  batch_pair_tear_down (&self);
}

/* Nobody has seen what is there now. */
static void
test_changed_meanwhile (void)
{
  const char *const names[] = { "changed", "gone", "kept", NULL };
  BatchPair self = { 0 };
  g_autoptr (SampanBatch) batch = NULL;
  g_autofree char *gone = NULL;

  batch_pair_set_up (&self, "changed");
  for (size_t i = 0; names[i] != NULL; i++)
    {
      batch_pair_put (self.local, names[i], "coming", 0);
      batch_pair_put (self.share, names[i], "there", 0);
    }
  batch = batch_pair_new_upload (&self, names);
  batch_pair_prepare (batch);
  sampan_batch_decide_all (batch, SAMPAN_BATCH_REPLACE);
  batch_pair_put (self.share, "changed", "other", 0);
  gone = g_build_filename (self.share, "gone", NULL);
  g_assert_no_errno (g_unlink (gone));
  batch_test_run (batch);
  batch_pair_expect (self.share, "changed", "other");
  batch_pair_expect (self.share, "gone", NULL);
  batch_pair_expect (self.share, "kept", "coming");
  batch_test_expect_problem (batch, "changed");
  batch_test_expect_problem (batch, "gone");
  batch_pair_tear_down (&self);
}

/* What comes between preparing and moving is never covered. */
static void
test_came_meanwhile (void)
{
  const char *const names[] = { "new", "also", NULL };
  BatchPair self = { 0 };
  g_autoptr (SampanBatch) batch = NULL;

  batch_pair_set_up (&self, "meanwhile");
  batch_pair_put (self.local, "new", "coming", 0);
  batch_pair_put (self.local, "also", "coming", 0);
  batch = batch_pair_new_upload (&self, names);
  batch_pair_prepare (batch);
  batch_pair_put (self.share, "new", "first", 0);
  batch_test_run (batch);
  batch_pair_expect (self.share, "new", "first");
  batch_pair_expect (self.share, "also", "coming");
  batch_test_expect_problem (batch, "new");
  batch_test_expect_sums (batch, 2, 0, 0, 1);
  batch_pair_tear_down (&self);
}

/* ---- Cancelling ---- */

/* FROM items on. */
typedef struct
{
  GCancellable *cancellable;
  guint from;
} CancelAt;

static void
cancel_at_cb (GObject *object, GParamSpec *pspec, gpointer user_data)
{
  CancelAt *at_count = user_data;

  if (sampan_batch_get_n_items (SAMPAN_BATCH (object)) >= at_count->from)
    g_cancellable_cancel (at_count->cancellable);
}

static void
test_cancel_preparing (void)
{
  const char *const names[] = { "tree", NULL };
  static const guint moments[] = { 0, 1, MANY / 2, MANY };
  BatchPair self = { 0 };

  batch_pair_set_up (&self, "cancel-preparing");
  make_tree (self.local);
  make_tree (self.share);
  for (size_t i = 0; i < 2 * G_N_ELEMENTS (moments); i++)
    {
      bool is_upload = i % 2 == 0;
      g_autoptr (SampanBatch) batch = is_upload ? batch_pair_new_upload (&self, names)
                                                : batch_pair_new_download (&self, self.local);
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      CancelAt at_count = { cancellable, moments[i / 2] };
      g_autoptr (GError) error = NULL;

      if (at_count.from == 0)
        g_cancellable_cancel (cancellable);
      g_signal_connect (batch, "notify::n-items", G_CALLBACK (cancel_at_cb), &at_count);
      error = batch_test_prepare (batch, cancellable);
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      /* Nothing comes after it. */
      while (g_main_context_iteration (NULL, FALSE))
        ;
      g_assert_cmpint (sampan_batch_get_state (batch), ==, SAMPAN_BATCH_FINISHED);
    }
  batch_pair_tear_down (&self);
}

static guint n_seen;

static void
cancel_batch_cb (SampanQueue *queue, SampanTransfer *transfer, gpointer user_data)
{
  g_assert_true (sampan_batch_is_member (transfer));
  if (++n_seen == MANY / 10)
    sampan_batch_cancel (user_data);
}

static void
cancel_queue_cb (SampanQueue *queue, SampanTransfer *transfer, gpointer user_data)
{
  if (++n_seen == 1)
    sampan_queue_cancel_all (queue);
}

static bool
is_finished (gpointer data)
{
  return sampan_batch_get_state (data) == SAMPAN_BATCH_FINISHED;
}

static guint
count_files (const char *folder)
{
  guint count = 0;

  for (int i = 0; i < MANY; i++)
    {
      g_autofree char *name = g_strdup_printf ("tree/%d/%04d", i / 500, i);
      g_autofree char *filename = batch_pair_at (folder, name);

      count += g_file_test (filename, G_FILE_TEST_EXISTS);
    }
  return count;
}

static void
cancel_moving (BatchPair *self, GCallback callback)
{
  const char *const names[] = { "tree", NULL };
  g_autoptr (SampanBatch) batch = batch_pair_new_upload (self, names);
  g_autoptr (SampanQueue) queue = sampan_queue_new ();

  batch_pair_prepare (batch);
  n_seen = 0;
  g_signal_connect (queue, "finished", callback, batch);
  sampan_batch_start (batch, queue);
  core_test_await_condition (is_finished, batch);
}

static void
test_cancel_moving (void)
{
  BatchPair self = { 0 };

  batch_pair_set_up (&self, "cancel-moving");
  make_tree (self.local);
  cancel_moving (&self, G_CALLBACK (cancel_queue_cb));
  g_assert_cmpuint (count_files (self.share), <, MANY);
  cancel_moving (&self, G_CALLBACK (cancel_batch_cb));
  g_assert_cmpuint (count_files (self.share), <, MANY);
  g_assert_cmpuint (count_files (self.share), >, 0);
  batch_pair_tear_down (&self);
}

static void
test_cancel_at_once (void)
{
  const char *const names[] = { "tree", NULL };
  BatchPair self = { 0 };
  g_autoptr (SampanBatch) batch = NULL;
  g_autoptr (SampanQueue) queue = sampan_queue_new ();

  batch_pair_set_up (&self, "cancel-at-once");
  make_tree (self.local);
  batch = batch_pair_new_upload (&self, names);
  batch_pair_prepare (batch);
  sampan_batch_start (batch, queue);
  sampan_batch_cancel (batch);
  core_test_await_condition (is_finished, batch);
  g_assert_cmpuint (count_files (self.share), ==, 0);
  batch_pair_tear_down (&self);
}

int
main (int argc, char **argv)
{
  core_test_init (&argc, &argv);
  real_server_init ();
  g_test_add_func ("/batch/tree", test_tree);
  g_test_add_data_func ("/batch/permissions/kept", GINT_TO_POINTER (true), test_permissions);
  g_test_add_data_func ("/batch/permissions/usual", GINT_TO_POINTER (false), test_permissions);
  g_test_add_func ("/batch/conflicts/up", test_conflicts_up);
  g_test_add_func ("/batch/conflicts/down", test_conflicts_down);
  g_test_add_func ("/batch/conflicts/decide-all", test_decide_all);
  g_test_add_func ("/batch/conflicts/meanwhile", test_came_meanwhile);
  g_test_add_func ("/batch/conflicts/changed-meanwhile", test_changed_meanwhile);
  g_test_add_func ("/batch/cancel/preparing", test_cancel_preparing);
  g_test_add_func ("/batch/cancel/moving", test_cancel_moving);
  g_test_add_func ("/batch/cancel/at-once", test_cancel_at_once);
  return core_test_run ();
}
