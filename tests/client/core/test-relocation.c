/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Against the real server: moving and copying several things on the box, and the way back. */

#include "config.h"

#include "real-server.h"

#include "relocation.h"

#include <glib/gstdio.h>

typedef struct
{
  RealServerTest server;
  SampanRelocation *relocation;
} Test;

static void
set_up (Test *self, gconstpointer data)
{
  real_server_set_up (&self->server);
  self->relocation = sampan_relocation_new (self->server.session);
}

static void
tear_down (Test *self, gconstpointer data)
{
  g_clear_object (&self->relocation);
  real_server_tear_down (&self->server);
}

static void
add (Test *self, const char *from_name, const char *to_name)
{
  g_autoptr (SampanPath) from = core_test_remote_path (from_name);
  g_autoptr (SampanPath) to = core_test_remote_path (to_name);

  sampan_relocation_add (self->relocation, from, to);
}

static guint
prepare (Test *self)
{
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  sampan_relocation_prepare_async (self->relocation, NULL, core_test_result_cb, &result);
  sampan_relocation_prepare_finish (self->relocation, core_test_await (&result), &error);
  g_assert_no_error (error);
  return g_list_model_get_n_items (sampan_relocation_get_conflicts (self->relocation));
}

static void
run (Test *self, bool copies, guint n_done, guint n_problems)
{
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  sampan_relocation_run_async (self->relocation, copies, NULL, core_test_result_cb, &result);
  sampan_relocation_run_finish (self->relocation, core_test_await (&result), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sampan_relocation_get_progress (self->relocation).n_done, ==, n_done);
  g_assert_cmpuint (g_list_model_get_n_items (sampan_relocation_get_problems (self->relocation)),
                    ==,
                    n_problems);
}

static void
undo (SampanUndo *undo)
{
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  sampan_undo_run_async (undo, NULL, core_test_result_cb, &result);
  sampan_undo_run_finish (undo, core_test_await (&result), NULL, &error);
  g_assert_no_error (error);
}

/* Each kind of decision, and what nobody decided about. */
static void
test_move (Test *self, gconstpointer data)
{
  static const struct
  {
    const char *name;
    SampanBatchDecision decision;
    const char *there; /* afterwards */
    const char *source;
  } cases[] = {
    { "a", SAMPAN_BATCH_REPLACE, "new", NULL },
    { "b", SAMPAN_BATCH_KEEP_BOTH, "old", NULL },
    { "c", SAMPAN_BATCH_SKIP, "old", "new" },
    { "d", SAMPAN_BATCH_ASK, "old", "new" },
  };

  real_server_write_share ("move/free", "new");
  add (self, "files/move/free", "files/move/to/free");
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *from = g_strconcat ("move/", cases[i].name, NULL);
      g_autofree char *to = g_strconcat ("move/to/", cases[i].name, NULL);
      g_autofree char *remote_from = g_strconcat ("files/", from, NULL);
      g_autofree char *remote_to = g_strconcat ("files/", to, NULL);

      real_server_write_share (from, "new");
      real_server_write_share (to, "old");
      add (self, remote_from, remote_to);
    }
  g_assert_cmpuint (prepare (self), ==, G_N_ELEMENTS (cases));
  g_assert_null (sampan_relocation_get_conflict (self->relocation, 0));
  g_assert_true (sampan_relocation_may_replace (self->relocation));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    sampan_batch_conflict_set_decision (sampan_relocation_get_conflict (self->relocation, i + 1),
                                        cases[i].decision);
  run (self, false, 3, 0);
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *from = g_strconcat ("move/", cases[i].name, NULL);
      g_autofree char *to = g_strconcat ("move/to/", cases[i].name, NULL);

      real_server_assert_share (from, cases[i].source);
      real_server_assert_share (to, cases[i].there);
    }
  real_server_assert_share ("move/to/b (2)", "new");
  real_server_assert_share ("move/to/free", "new");

  undo (sampan_relocation_get_undo (self->relocation));
  real_server_assert_share ("move/a", "new");
  real_server_assert_share ("move/b", "new");
  real_server_assert_share ("move/to/a", "old");
  real_server_assert_share ("move/to/b (2)", NULL);
  real_server_assert_share ("move/to/free", NULL);
}

static void
test_copy (Test *self, gconstpointer data)
{
  real_server_write_share ("copy/folder/one", "one");
  real_server_write_share ("copy/file", "new");
  real_server_write_share ("copy/to/file", "old");
  add (self, "files/copy/folder", "files/copy/to/folder");
  add (self, "files/copy/file", "files/copy/to/file");
  g_assert_cmpuint (prepare (self), ==, 1);
  sampan_batch_conflict_set_decision (sampan_relocation_get_conflict (self->relocation, 1),
                                      SAMPAN_BATCH_REPLACE);
  run (self, true, 2, 0);
  real_server_assert_share ("copy/folder/one", "one");
  real_server_assert_share ("copy/to/folder/one", "one");
  real_server_assert_share ("copy/to/file", "new");
  undo (sampan_relocation_get_undo (self->relocation));
  real_server_assert_share ("copy/folder/one", "one");
  real_server_assert_share ("copy/to/folder/one", NULL);
  real_server_assert_share ("copy/to/file", "old");
}

/* No conflict: a copy goes beside it, a move has nothing to do. */
static void
test_onto_itself (Test *self, gconstpointer data)
{
  bool copies = GPOINTER_TO_INT (data);

  real_server_write_share ("itself/file", "same");
  add (self, "files/itself/file", "files/itself/file");
  g_assert_cmpuint (prepare (self), ==, 0);
  run (self, copies, copies ? 1 : 0, 0);
  real_server_assert_share ("itself/file", "same");
  real_server_assert_share ("itself/file (2)", copies ? "same" : NULL);
  if (copies)
    undo (sampan_relocation_get_undo (self->relocation));
  real_server_assert_share ("itself/file (2)", NULL);
}

static void
test_problems (Test *self, gconstpointer data)
{
  bool copies = GPOINTER_TO_INT (data);
  g_autoptr (SampanBatchProblem) first = NULL;

  real_server_write_share ("problems/folder/inner", "inner");
  real_server_write_share ("problems/file", "file");
  add (self, "files/problems/missing", "files/problems/folder/missing");
  add (self, "files/problems/folder", "files/problems/folder/folder");
  add (self, "files/problems/file", "files/problems/folder/file");
  g_assert_cmpuint (prepare (self), ==, 0);
  run (self, copies, 1, 2);
  first = g_list_model_get_item (sampan_relocation_get_problems (self->relocation), 0);
  g_assert_cmpstr (sampan_batch_problem_get_bytes (first), ==, "missing");
  g_assert_error (sampan_batch_problem_get_error (first), SAMPAN_ERROR, SAMPAN_ERROR_NOT_FOUND);
  real_server_assert_share ("problems/folder/inner", "inner");
  real_server_assert_share ("problems/folder/file", "file");
  undo (sampan_relocation_get_undo (self->relocation));
  real_server_assert_share ("problems/folder/file", NULL);
}

/* What was done stays and can be taken back; nothing more is done. */
static void
test_cancel (Test *self, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  real_server_write_share ("cancel/one", "one");
  real_server_write_share ("cancel/two", "two");
  real_server_write_share ("cancel/to/there", "");
  add (self, "files/cancel/one", "files/cancel/to/one");
  add (self, "files/cancel/two", "files/cancel/to/two");
  g_assert_cmpuint (prepare (self), ==, 0);
  g_signal_connect_swapped (self->relocation,
                            "progress",
                            G_CALLBACK (g_cancellable_cancel),
                            cancellable);
  sampan_relocation_run_async (self->relocation, false, cancellable, core_test_result_cb, &result);
  g_assert_false (
      sampan_relocation_run_finish (self->relocation, core_test_await (&result), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  real_server_assert_share ("cancel/to/one", "one");
  undo (sampan_relocation_get_undo (self->relocation));
  real_server_assert_share ("cancel/one", "one");
}

#define ADD(name, data, func)                                                                      \
  g_test_add ("/core/relocation/" name, Test, GINT_TO_POINTER (data), set_up, func, tear_down)

int
main (int argc, char **argv)
{
  core_test_init (&argc, &argv);
  real_server_init ();
  ADD ("move", 0, test_move);
  ADD ("copy", 0, test_copy);
  ADD ("onto-itself/move", 0, test_onto_itself);
  ADD ("onto-itself/copy", 1, test_onto_itself);
  ADD ("problems/move", 0, test_problems);
  ADD ("problems/copy", 1, test_problems);
  ADD ("cancel", 0, test_cancel);
  return core_test_run ();
}
