/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Against the real server: looking into the trash, out of it, and taking changes back. */

#include "config.h"

#include "real-server.h"

#include "undo.h"

#include <glib/gstdio.h>
#include <string.h>

#define MANY_FILES 200
/* So that a page and a reply do not hold all of them. */
#define LONG_NAME "/%0240d/%0240d"

/* ---- Requests ---- */

static void
remove_start (RealServerTest *self, const char *name, GAsyncResult **result)
{
  g_autoptr (SampanPath) path = core_test_remote_path (name);

  sampan_session_remove_async (self->session, path, true, NULL, core_test_result_cb, result);
}

static SampanTrashId
remove_end (RealServerTest *self, GAsyncResult **result)
{
  SampanTrashId id;
  GError *error = NULL;

  sampan_session_remove_finish (self->session, core_test_await (result), id.bytes, &error);
  g_assert_no_error (error);
  g_clear_object (result);
  return id;
}

static SampanTrashId
remove_path (RealServerTest *self, const char *name)
{
  g_autoptr (GAsyncResult) result = NULL;

  remove_start (self, name, &result);
  return remove_end (self, &result);
}

static void
rename_path (RealServerTest *self, SampanUndo *undo, const char *from_name, const char *to_name)
{
  g_autoptr (SampanPath) from = core_test_remote_path (from_name);
  g_autoptr (SampanPath) to = core_test_remote_path (to_name);
  g_autoptr (GAsyncResult) result = NULL;
  g_auto (SampanPlaced) placed = { 0 };
  GError *error = NULL;

  sampan_session_rename_async (self->session,
                               from,
                               to,
                               SAMPAN_CONFLICT_REPLACE,
                               NULL,
                               NULL,
                               core_test_result_cb,
                               &result);
  sampan_session_rename_finish (self->session, core_test_await (&result), &placed, &error);
  g_assert_no_error (error);
  sampan_undo_add_moved (undo, from, to, &placed);
}

static void
copy_path (RealServerTest *self, SampanUndo *undo, const char *from_name, const char *to_name)
{
  g_autoptr (SampanPath) from = core_test_remote_path (from_name);
  g_autoptr (SampanPath) to = core_test_remote_path (to_name);
  g_autoptr (GAsyncResult) result = NULL;
  g_auto (SampanPlaced) placed = { 0 };
  GError *error = NULL;

  sampan_session_copy_async (self->session,
                             from,
                             to,
                             SAMPAN_CONFLICT_REPLACE,
                             NULL,
                             NULL,
                             NULL,
                             core_test_result_cb,
                             &result);
  sampan_session_copy_finish (self->session, core_test_await (&result), &placed, &error);
  g_assert_no_error (error);
  if (placed.has_replaced)
    sampan_undo_add_replaced (undo, to, placed.version, placed.trash_id);
  else
    sampan_undo_add_copied (undo, to, placed.version);
}

static void
purge (RealServerTest *self, const SampanTrashId *ids, size_t n_ids)
{
  g_autoptr (SampanPath) path = core_test_remote_path ("files");
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  sampan_session_purge_async (self->session, path, ids, n_ids, NULL, core_test_result_cb, &result);
  sampan_session_purge_finish (self->session, core_test_await (&result), &error);
  g_assert_no_error (error);
}

static void
page_cb (GPtrArray *page, gpointer user_data)
{
  g_ptr_array_add (user_data, g_ptr_array_ref (page));
}

/* Of pages. */
static GPtrArray *
list (RealServerTest *self, const char *name, SampanTrashEnd *end)
{
  g_autoptr (GPtrArray) pages = g_ptr_array_new_with_free_func ((GDestroyNotify)g_ptr_array_unref);
  g_autoptr (SampanPath) path = core_test_remote_path (name);
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  sampan_session_trash_list_async (self->session,
                                   path,
                                   page_cb,
                                   pages,
                                   NULL,
                                   core_test_result_cb,
                                   &result);
  sampan_session_trash_list_finish (self->session, core_test_await (&result), end, &error);
  g_assert_no_error (error);
  return g_steal_pointer (&pages);
}

static bool
undo_all (SampanUndo *undo, SampanUndoSums *sums, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  sampan_undo_run_async (undo, NULL, core_test_result_cb, &result);
  return sampan_undo_run_finish (undo, core_test_await (&result), sums, error);
}

static void
assert_undone (SampanUndo *undo, guint n_done, guint n_renamed)
{
  SampanUndoSums sums;
  GError *error = NULL;

  undo_all (undo, &sums, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sums.n_done, ==, n_done);
  g_assert_cmpuint (sums.n_renamed, ==, n_renamed);
  g_assert_cmpuint (sums.n_failed, ==, 0);
  g_assert_cmpuint (sampan_undo_get_length (undo), ==, 0);
}

static void
add_removed (RealServerTest *self, SampanUndo *undo, const char *name)
{
  g_autoptr (SampanPath) path = core_test_remote_path (name);
  SampanTrashId id = remove_path (self, name);

  sampan_undo_add_removed (undo, path, id.bytes);
}

/* ---- Tests ---- */

/* A file, then the folder that it was in: back in the other order. */
static void
test_removed (RealServerTest *self, gconstpointer data)
{
  g_autoptr (SampanUndo) undo = sampan_undo_new (self->session);

  real_server_write_share ("removed/sub/one", "one");
  real_server_write_share ("removed/sub/two", "two");
  add_removed (self, undo, "files/removed/sub/one");
  add_removed (self, undo, "files/removed");
  real_server_assert_share ("removed/sub/two", NULL);
  g_assert_cmpuint (sampan_undo_get_length (undo), ==, 2);
  assert_undone (undo, 2, 0);
  real_server_assert_share ("removed/sub/one", "one");
  real_server_assert_share ("removed/sub/two", "two");
}

static void
test_moved (RealServerTest *self, gconstpointer data)
{
  g_autoptr (SampanUndo) undo = sampan_undo_new (self->session);

  real_server_write_share ("moved/a", "a");
  real_server_write_share ("moved/b", "b");
  rename_path (self, undo, "files/moved/a", "files/moved/b");
  rename_path (self, undo, "files/moved/b", "files/moved/c");
  real_server_assert_share ("moved/c", "a");
  assert_undone (undo, 2, 0);
  real_server_assert_share ("moved/a", "a");
  real_server_assert_share ("moved/b", "b");
  real_server_assert_share ("moved/c", NULL);
}

static void
test_replaced (RealServerTest *self, gconstpointer data)
{
  g_autoptr (SampanUndo) undo = sampan_undo_new (self->session);

  real_server_write_share ("replaced/a", "a");
  real_server_write_share ("replaced/b", "b");
  copy_path (self, undo, "files/replaced/a", "files/replaced/b");
  real_server_assert_share ("replaced/b", "a");
  assert_undone (undo, 1, 0);
  real_server_assert_share ("replaced/a", "a");
  real_server_assert_share ("replaced/b", "b");
}

static SampanUndo *
assert_redone (SampanUndo *undo, guint n_done)
{
  SampanUndo *reverse = sampan_undo_steal_reverse (undo);

  g_assert_nonnull (reverse);
  g_assert_null (sampan_undo_steal_reverse (undo));
  assert_undone (reverse, n_done, 0);
  return reverse;
}

/* Undone, redone and undone again, with all that was in the way. */
static void
test_redo (RealServerTest *self, gconstpointer data)
{
  g_autoptr (SampanUndo) undo = sampan_undo_new (self->session);
  g_autoptr (SampanUndo) redo = NULL;
  g_autoptr (SampanUndo) again = NULL;

  real_server_write_share ("redo/a", "a");
  real_server_write_share ("redo/b", "b");
  real_server_write_share ("redo/c", "c");
  real_server_write_share ("redo/folder/d", "d");
  rename_path (self, undo, "files/redo/a", "files/redo/b");
  copy_path (self, undo, "files/redo/b", "files/redo/c");
  add_removed (self, undo, "files/redo/folder");
  for (int i = 0; i < 2; i++)
    {
      real_server_assert_share ("redo/a", NULL);
      real_server_assert_share ("redo/b", "a");
      real_server_assert_share ("redo/c", "a");
      real_server_assert_share ("redo/folder/d", NULL);
      if (again == NULL)
        assert_undone (undo, 3, 0);
      else
        assert_undone (again, 4, 0);
      real_server_assert_share ("redo/a", "a");
      real_server_assert_share ("redo/b", "b");
      real_server_assert_share ("redo/c", "c");
      real_server_assert_share ("redo/folder/d", "d");
      if (again != NULL)
        break;
      redo = sampan_undo_steal_reverse (undo);
      assert_undone (redo, 4, 0);
      again = sampan_undo_steal_reverse (redo);
    }
}

/* Copies go to the trash, unless they are something else by then. */
static void
test_copied (RealServerTest *self, gconstpointer data)
{
  g_autoptr (SampanUndo) undo = sampan_undo_new (self->session);
  g_autoptr (SampanUndo) redo = NULL;
  g_autoptr (SampanUndo) again = NULL;
  g_autoptr (GError) error = NULL;
  SampanUndoSums sums;

  real_server_write_share ("copied/a", "a");
  copy_path (self, undo, "files/copied/a", "files/copied/b");
  assert_undone (undo, 1, 0);
  real_server_assert_share ("copied/a", "a");
  real_server_assert_share ("copied/b", NULL);
  redo = assert_redone (undo, 1);
  real_server_assert_share ("copied/b", "a");
  again = sampan_undo_steal_reverse (redo);
  assert_undone (again, 1, 0);
  real_server_assert_share ("copied/b", NULL);

  copy_path (self, undo, "files/copied/a", "files/copied/b");
  real_server_write_share ("copied/b", "other");
  g_assert_false (undo_all (undo, &sums, &error));
  g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_CHANGED);
  g_assert_null (sampan_undo_steal_reverse (undo));
  real_server_assert_share ("copied/b", "other");
}

/* What came meanwhile stays. */
static void
test_taken (RealServerTest *self, gconstpointer data)
{
  g_autoptr (SampanUndo) undo = sampan_undo_new (self->session);

  real_server_write_share ("taken/a", "a");
  real_server_write_share ("taken/b", "b");
  real_server_write_share ("taken/c", "c");
  copy_path (self, undo, "files/taken/a", "files/taken/b");
  add_removed (self, undo, "files/taken/a");
  rename_path (self, undo, "files/taken/c", "files/taken/d");
  real_server_write_share ("taken/a", "other a");
  real_server_write_share ("taken/b", "other b");
  real_server_write_share ("taken/c", "other c");
  assert_undone (undo, 3, 3);
  real_server_assert_share ("taken/a", "other a");
  real_server_assert_share ("taken/a (2)", "a");
  real_server_assert_share ("taken/b", "other b");
  real_server_assert_share ("taken/b (2)", "b");
  real_server_assert_share ("taken/c", "other c");
  real_server_assert_share ("taken/c (2)", "c");
}

/* The rest is taken back; what failed is kept and can be tried again. */
static void
test_fails (RealServerTest *self, gconstpointer data)
{
  g_autoptr (SampanUndo) undo = sampan_undo_new (self->session);
  g_autoptr (SampanPath) path = core_test_remote_path ("files/fails/b");
  g_autoptr (GError) error = NULL;
  g_autofree char *moved = NULL;
  g_autofree char *away = NULL;
  SampanTrashId id;
  SampanUndoSums sums;

  real_server_write_share ("fails/a", "a");
  real_server_write_share ("fails/b", "b");
  real_server_write_share ("fails/c", "c");
  add_removed (self, undo, "files/fails/a");
  id = remove_path (self, "files/fails/b");
  sampan_undo_add_removed (undo, path, id.bytes);
  purge (self, &id, 1);
  rename_path (self, undo, "files/fails/c", "files/fails/d");
  moved = real_server_share_path ("fails/d");
  away = real_server_share_path ("fails/away");
  g_assert_cmpint (g_rename (moved, away), ==, 0);
  g_assert_false (undo_all (undo, &sums, &error));
  g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_NOT_FOUND);
  g_assert_cmpuint (sums.n_done, ==, 1);
  g_assert_cmpuint (sums.n_failed, ==, 2);
  real_server_assert_share ("fails/a", "a");
  g_assert_cmpuint (sampan_undo_get_length (undo), ==, 2);
  g_assert_cmpint (g_rename (away, moved), ==, 0);
  g_clear_error (&error);
  g_assert_false (undo_all (undo, &sums, &error));
  g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_NOT_FOUND);
  g_assert_cmpuint (sampan_undo_get_length (undo), ==, 1);
  real_server_assert_share ("fails/c", "c");
}

static void
test_many (RealServerTest *self, gconstpointer data)
{
  g_autofree GAsyncResult **results = g_new0 (GAsyncResult *, MANY_FILES);
  g_autofree SampanTrashId *ids = g_new0 (SampanTrashId, MANY_FILES);
  g_autoptr (GPtrArray) pages = NULL;
  g_autoptr (GPtrArray) none = NULL;
  g_autoptr (SampanUndo) undo = sampan_undo_new (self->session);
  SampanTrashEnd end;

  for (int i = 0; i < MANY_FILES; i++)
    {
      g_autofree char *name = g_strdup_printf ("many" LONG_NAME, 0, i);
      g_autofree char *remote = g_strconcat ("files/", name, NULL);

      real_server_write_share (name, "x");
      remove_start (self, remote, &results[i]);
    }
  for (int i = 0; i < MANY_FILES; i++)
    {
      g_autofree char *remote = g_strdup_printf ("files/many" LONG_NAME, 0, i);
      g_autoptr (SampanPath) path = core_test_remote_path (remote);

      ids[i] = remove_end (self, &results[i]);
      sampan_undo_add_removed (undo, path, ids[i].bytes);
    }
  pages = list (self, "files/many", &end);
  g_assert_cmpuint (end.count, ==, MANY_FILES);
  g_assert_cmpuint (end.bytes, ==, MANY_FILES);
  g_assert_cmpuint (pages->len, >, 1);
  {
    const GPtrArray *page = g_ptr_array_index (pages, 0);
    const SampanTrashItem *item = g_ptr_array_index (page, 0);

    g_assert_cmpstr (item->user, ==, CORE_TEST_USER);
    g_assert_true (g_str_has_prefix (sampan_path_get (item->path), "files/many/"));
  }
  assert_undone (undo, MANY_FILES, 0);
  for (int i = 0; i < MANY_FILES; i++)
    {
      g_autofree char *name = g_strdup_printf ("many" LONG_NAME, 0, i);

      real_server_assert_share (name, "x");
    }
  remove_path (self, "files/many");
  purge (self, NULL, 0);
  none = list (self, "files", &end);
  g_assert_cmpuint (end.count, ==, 0);
  g_assert_cmpuint (none->len, ==, 0);
}

static void
set_up (RealServerTest *self, gconstpointer data)
{
  real_server_set_up (self);
}

static void
tear_down (RealServerTest *self, gconstpointer data)
{
  real_server_tear_down (self);
}

#define ADD(name, func)                                                                            \
  g_test_add ("/core/undo/" name, RealServerTest, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  core_test_init (&argc, &argv);
  real_server_init ();
  ADD ("removed", test_removed);
  ADD ("moved", test_moved);
  ADD ("replaced", test_replaced);
  ADD ("redo", test_redo);
  ADD ("copied", test_copied);
  ADD ("taken", test_taken);
  ADD ("fails", test_fails);
  ADD ("many", test_many);
  return core_test_run ();
}
