/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Batches against the real server: trees both ways, conflicts with each decision, what is left out,
 * cancelling. */

#include "config.h"

#include "batch-test.h"
#include "real-server.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MANY 3000 /* several pages */
#define DEPTH 60
#define NOBODY 65534

typedef struct
{
  RealServerTest real;
  char *local; /* folders of the test's own, both named like it */
  char *share;
  SampanPath *remote;
} Test;

static void
set_up (Test *self, const char *name)
{
  g_autofree char *remote = g_strconcat ("files/", name, NULL);

  real_server_set_up (&self->real);
  self->local = core_test_path (name);
  self->share = real_server_share_path (name);
  self->remote = core_test_remote_path (remote);
  batch_test_mkdir (self->local);
  batch_test_mkdir (self->share);
}

static void
tear_down (Test *self)
{
  real_server_tear_down (&self->real);
  sampan_path_unref (self->remote);
  g_free (self->local);
  g_free (self->share);
}

static char *
at (const char *folder, const char *name)
{
  return g_build_filename (folder, name, NULL);
}

static void
put (const char *folder, const char *name, const char *content, int later)
{
  g_autofree char *filename = at (folder, name);

  batch_test_write (filename, content, later);
}

static void
expect (const char *folder, const char *name, const char *content)
{
  g_autofree char *filename = at (folder, name);

  if (content != NULL)
    batch_test_expect (filename, content);
  else
    batch_test_expect_none (filename);
}

static SampanBatch *
new_upload (Test *self, const char *const *names)
{
  SampanBatch *batch = sampan_batch_new_upload (self->real.session, self->remote);

  for (size_t i = 0; names[i] != NULL; i++)
    {
      g_autofree char *filename = at (self->local, names[i]);

      sampan_batch_add_local (batch, filename);
    }
  return batch;
}

static SampanFolderList *
list (Test *self)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  SampanFolderList *entries;

  sampan_session_list_async (self->real.session, self->remote, NULL, core_test_result_cb, &result);
  entries = sampan_session_list_finish (self->real.session, core_test_await (&result), &error);
  g_assert_no_error (error);
  return entries;
}

/* All that is in the share's folder. */
static SampanBatch *
new_download (Test *self, const char *folder)
{
  SampanBatch *batch = sampan_batch_new_download (self->real.session, folder);
  g_autoptr (SampanFolderList) entries = list (self);

  for (size_t i = 0; i < sampan_folder_list_get_length (entries); i++)
    {
      const SampanFileInfo *info = sampan_folder_list_get (entries, i);
      g_autoptr (SampanPath) path = sampan_path_get_child (self->remote, info->name, NULL);

      sampan_batch_add_remote (batch, path, info);
    }
  return batch;
}

static void
prepare (SampanBatch *batch)
{
  g_autoptr (GError) error = batch_test_prepare (batch, NULL);

  g_assert_no_error (error);
}

/* Many small files, a deep chain, odd names. */
static void
make_tree (const char *folder)
{
  g_autoptr (GString) deep = g_string_new ("tree");

  for (int i = 0; i < MANY; i++)
    {
      g_autofree char *name = g_strdup_printf ("tree/%d/%04d", i / 500, i);

      put (folder, name, name, i % 7);
    }
  for (int i = 0; i < DEPTH; i++)
    g_string_append (deep, "/d");
  g_string_append (deep, "/leaf");
  put (folder, deep->str, "deep", 0);
  put (folder, "tree/odd\xff\n<b>", "odd", 0);
  put (folder, "alone", "", 0);
}

#define TREE_FILES (MANY + 3)

static void
expect_tree (const char *folder)
{
  g_autoptr (GString) deep = g_string_new ("tree");

  for (int i = 0; i < MANY; i++)
    {
      g_autofree char *name = g_strdup_printf ("tree/%d/%04d", i / 500, i);

      expect (folder, name, name);
    }
  for (int i = 0; i < DEPTH; i++)
    g_string_append (deep, "/d");
  g_string_append (deep, "/leaf");
  expect (folder, deep->str, "deep");
  expect (folder, "tree/odd\xff\n<b>", "odd");
  expect (folder, "alone", "");
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
  Test self = { 0 };
  g_autoptr (SampanBatch) up = NULL;
  g_autoptr (SampanBatch) again = NULL;
  g_autoptr (SampanBatch) down = NULL;
  g_autoptr (SampanBatch) down_again = NULL;
  g_autofree char *fetched = NULL;
  guint n_items = 0;

  set_up (&self, "trees");
  make_tree (self.local);
  up = new_upload (&self, names);
  g_signal_connect (up, "notify::n-items", G_CALLBACK (count_cb), &n_items);
  prepare (up);
  batch_test_expect_sums (up, TREE_FILES, 0, 0, 0);
  g_assert_cmpuint (n_items, ==, TREE_FILES + 1 + MANY / 500 + DEPTH);
  batch_test_run (up);
  batch_test_expect_sums (up, TREE_FILES, 0, 0, 0);
  expect_tree (self.share);

  again = new_upload (&self, names);
  prepare (again);
  batch_test_expect_sums (again, 0, TREE_FILES, 0, 0);
  batch_test_run (again);

  fetched = at (self.local, "not/yet/there");
  down = new_download (&self, fetched);
  prepare (down);
  batch_test_expect_sums (down, TREE_FILES, 0, 0, 0);
  batch_test_run (down);
  batch_test_expect_sums (down, TREE_FILES, 0, 0, 0);
  expect_tree (fetched);

  down_again = new_download (&self, fetched);
  prepare (down_again);
  batch_test_expect_sums (down_again, 0, TREE_FILES, 0, 0);
  batch_test_run (down_again);
  tear_down (&self);
}

/* ---- Permissions ---- */

static const mode_t modes[] = { 0400, 0444, 0640, 0755, 06711 };

static char *
mode_name (const char *folder, size_t index)
{
  g_autofree char *name = g_strdup_printf ("m/%04o", (unsigned int)modes[index]);

  return at (folder, name);
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
  Test self = { 0 };
  g_autoptr (SampanBatch) up = NULL;
  g_autoptr (SampanBatch) down = NULL;
  g_autofree char *fetched = NULL;

  set_up (&self, keep ? "permissions-kept" : "permissions-usual");
  make_modes (self.local);
  up = new_upload (&self, names);
  sampan_batch_set_keep_permissions (up, keep);
  prepare (up);
  batch_test_run (up);
  batch_test_expect_sums (up, G_N_ELEMENTS (modes), 0, 0, 0);
  expect_modes (self.share, keep);
  fetched = at (self.local, "fetched");
  down = new_download (&self, fetched);
  sampan_batch_set_keep_permissions (down, keep);
  prepare (down);
  batch_test_run (down);
  expect_modes (fetched, keep);
  tear_down (&self);
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
      put (from, conflicts[i].name, "coming!", 0);
      put (to, conflicts[i].name, "there", conflicts[i].there_later);
    }
  put (from, "c/new", "coming!", 0);
  put (from, "c/same", "same", 0);
  put (to, "c/same", "same", 0);
}

static void
decide_and_run (SampanBatch *batch, const char *to)
{
  prepare (batch);
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
      expect (to, conflicts[i].name, conflicts[i].content);
      expect (to, both, conflicts[i].both);
    }
  expect (to, "c/new", "coming!");
}

static void
test_conflicts_up (void)
{
  const char *const names[] = { "c", NULL };
  Test self = { 0 };
  g_autoptr (SampanBatch) batch = NULL;

  set_up (&self, "conflicts-up");
  make_conflicts (self.local, self.share);
  batch = new_upload (&self, names);
  decide_and_run (batch, self.share);
  tear_down (&self);
}

static void
test_conflicts_down (void)
{
  Test self = { 0 };
  g_autoptr (SampanBatch) batch = NULL;

  set_up (&self, "conflicts-down");
  make_conflicts (self.share, self.local);
  batch = new_download (&self, self.local);
  decide_and_run (batch, self.local);
  tear_down (&self);
}

static void
test_decide_all (void)
{
  const char *const names[] = { "c", NULL };
  Test self = { 0 };
  g_autoptr (SampanBatch) batch = NULL;

  set_up (&self, "decide-all");
  make_conflicts (self.local, self.share);
  batch = new_upload (&self, names);
  prepare (batch);
  sampan_batch_decide_all (batch, SAMPAN_BATCH_REPLACE);
  sampan_batch_decide_all (batch, SAMPAN_BATCH_REPLACE_IF_NEWER);
  batch_test_run (batch);
  for (size_t i = 0; i < G_N_ELEMENTS (conflicts); i++)
    expect (self.share, conflicts[i].name, conflicts[i].there_later < 0 ? "coming!" : "there");
  tear_down (&self);
}

/* Nobody has seen what is there now. */
static void
test_changed_meanwhile (void)
{
  const char *const names[] = { "changed", "gone", "kept", NULL };
  Test self = { 0 };
  g_autoptr (SampanBatch) batch = NULL;
  g_autofree char *gone = NULL;

  set_up (&self, "changed");
  for (size_t i = 0; names[i] != NULL; i++)
    {
      put (self.local, names[i], "coming", 0);
      put (self.share, names[i], "there", 0);
    }
  batch = new_upload (&self, names);
  prepare (batch);
  sampan_batch_decide_all (batch, SAMPAN_BATCH_REPLACE);
  put (self.share, "changed", "other", 0);
  gone = g_build_filename (self.share, "gone", NULL);
  g_assert_no_errno (g_unlink (gone));
  batch_test_run (batch);
  expect (self.share, "changed", "other");
  expect (self.share, "gone", NULL);
  expect (self.share, "kept", "coming");
  batch_test_expect_problem (batch, "changed");
  batch_test_expect_problem (batch, "gone");
  tear_down (&self);
}

/* What comes between preparing and moving is never covered. */
static void
test_came_meanwhile (void)
{
  const char *const names[] = { "new", "also", NULL };
  Test self = { 0 };
  g_autoptr (SampanBatch) batch = NULL;

  set_up (&self, "meanwhile");
  put (self.local, "new", "coming", 0);
  put (self.local, "also", "coming", 0);
  batch = new_upload (&self, names);
  prepare (batch);
  put (self.share, "new", "first", 0);
  batch_test_run (batch);
  expect (self.share, "new", "first");
  expect (self.share, "also", "coming");
  batch_test_expect_problem (batch, "new");
  batch_test_expect_sums (batch, 2, 0, 0, 1);
  tear_down (&self);
}

/* ---- What is left out ---- */

static void
make_odd (const char *folder)
{
  g_autofree char *link = at (folder, "t/link");
  g_autofree char *folder_link = at (folder, "t/folder-link");
  g_autofree char *pipe = at (folder, "t/pipe");

  put (folder, "t/file", "file", 0);
  put (folder, "elsewhere/secret", "secret", 0);
  g_assert_cmpint (symlink ("file", link), ==, 0);
  g_assert_cmpint (symlink ("../elsewhere", folder_link), ==, 0);
  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
}

static void
test_odd_up (void)
{
  const char *const names[] = { "t", "none", "sub/t", "chosen-link", NULL };
  Test self = { 0 };
  g_autofree char *link = NULL;
  g_autoptr (SampanBatch) batch = NULL;

  set_up (&self, "odd-up");
  make_odd (self.local);
  put (self.local, "sub/t/file", "twice", 0);
  link = at (self.local, "chosen-link");
  g_assert_cmpint (symlink ("elsewhere", link), ==, 0);
  batch = new_upload (&self, names);
  prepare (batch);
  batch_test_expect_sums (batch, 2, 0, 0, 5);
  batch_test_expect_problem (batch, "t/link");
  batch_test_expect_problem (batch, "t/folder-link");
  batch_test_expect_problem (batch, "t/pipe");
  batch_test_expect_problem (batch, "none");
  batch_test_expect_problem (batch, "t");
  batch_test_run (batch);
  expect (self.share, "t/file", "file");
  expect (self.share, "t/link", NULL);
  expect (self.share, "t/folder-link", NULL);
  expect (self.share, "chosen-link/secret", "secret");
  tear_down (&self);
}

static void
test_odd_down (void)
{
  Test self = { 0 };
  g_autoptr (SampanBatch) batch = NULL;

  set_up (&self, "odd-down");
  make_odd (self.share);
  batch = new_download (&self, self.local);
  prepare (batch);
  batch_test_expect_sums (batch, 2, 0, 0, 3);
  batch_test_expect_problem (batch, "t/link");
  batch_test_run (batch);
  expect (self.local, "t/file", "file");
  expect (self.local, "t/link", NULL);
  expect (self.local, "t/folder-link", NULL);
  tear_down (&self);
}

/* A link of the person's own is not followed by what comes from the server. */
static void
test_local_link (void)
{
  Test self = { 0 };
  g_autofree char *link = NULL;
  g_autofree char *elsewhere = core_test_path ("elsewhere");
  g_autoptr (SampanBatch) batch = NULL;

  set_up (&self, "local-link");
  batch_test_mkdir (elsewhere);
  put (self.share, "t/sub/file", "theirs", 0);
  put (self.share, "t/beside", "theirs", 0);
  put (self.local, "t/mine", "mine", 0);
  link = at (self.local, "t/sub");
  g_assert_cmpint (symlink (elsewhere, link), ==, 0);
  batch = new_download (&self, self.local);
  prepare (batch);
  batch_test_expect_problem (batch, "t/sub");
  batch_test_expect_sums (batch, 1, 0, 0, 1);
  batch_test_run (batch);
  expect (self.local, "t/beside", "theirs");
  expect (elsewhere, "file", NULL);
  tear_down (&self);
}

/* A file onto a folder, a folder onto a file: one problem for all that is below. */
static void
test_wrong_kind (void)
{
  const char *const names[] = { "w", NULL };
  Test self = { 0 };
  g_autoptr (SampanBatch) up = NULL;
  g_autoptr (SampanBatch) down = NULL;

  set_up (&self, "wrong-kind");
  put (self.local, "w/file", "file", 0);
  put (self.local, "w/folder/sub/a", "a", 0);
  put (self.local, "w/folder/b", "b", 0);
  put (self.share, "w/file/inside", "inside", 0);
  put (self.share, "w/folder", "in the way", 0);
  up = new_upload (&self, names);
  prepare (up);
  batch_test_expect_sums (up, 0, 0, 0, 2);
  batch_test_expect_problem (up, "w/file");
  batch_test_expect_problem (up, "w/folder");
  batch_test_run (up);
  down = new_download (&self, self.local);
  prepare (down);
  batch_test_expect_sums (down, 0, 0, 0, 2);
  batch_test_run (down);
  expect (self.share, "w/folder", "in the way");
  expect (self.local, "w/folder/b", "b");
  tear_down (&self);
}

static void
test_target_missing (void)
{
  const char *const names[] = { "f", NULL };
  Test self = { 0 };
  g_autofree char *share = real_server_share_path ("missing");
  g_autoptr (SampanBatch) batch = NULL;

  set_up (&self, "missing");
  g_assert_cmpint (g_rmdir (share), ==, 0);
  put (self.local, "f/a", "a", 0);
  batch = new_upload (&self, names);
  prepare (batch);
  batch_test_expect_sums (batch, 1, 0, 0, 0);
  batch_test_run (batch);
  expect (share, "f/a", "a");
  tear_down (&self);
}

/* The target is a file. */
static void
test_target_wrong (void)
{
  const char *const names[] = { "f", NULL };
  Test self = { 0 };
  g_autofree char *share = real_server_share_path ("target-wrong");
  g_autoptr (SampanBatch) up = NULL;
  g_autoptr (GError) error = NULL;

  set_up (&self, "target-wrong");
  put (self.local, "f", "f", 0);
  g_assert_cmpint (g_rmdir (share), ==, 0);
  batch_test_write (share, "in the way", 0);
  up = new_upload (&self, names);
  error = batch_test_prepare (up, NULL);
  g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_WRONG_KIND);
  tear_down (&self);
}

/* Root may read everything, so somebody else looks. */
static void
test_unreadable (void)
{
  const char *const names[] = { "u", NULL };
  Test self = { 0 };
  g_autofree char *root = core_test_path ("");
  g_autofree char *closed = NULL;
  g_autoptr (SampanBatch) batch = NULL;

  set_up (&self, "unreadable");
  put (self.local, "u/open", "open", 0);
  put (self.local, "u/closed/file", "file", 0);
  closed = at (self.local, "u/closed");
  g_assert_cmpint (g_chmod (closed, 0), ==, 0);
  g_assert_cmpint (g_chmod (root, 0755), ==, 0);
  batch = new_upload (&self, names);
  if (geteuid () == 0)
    g_assert_cmpint (seteuid (NOBODY), ==, 0);
  prepare (batch);
  batch_test_expect_sums (batch, 1, 0, 0, 1);
  batch_test_expect_problem (batch, "u/closed");
  batch_test_run (batch);
  if (getuid () == 0)
    g_assert_cmpint (seteuid (0), ==, 0);
  expect (self.share, "u/open", "open");
  expect (self.share, "u/closed", NULL);
  g_assert_cmpint (g_chmod (closed, 0700), ==, 0);
  tear_down (&self);
}

/* Names that are too much for the server. */
static void
test_too_deep (void)
{
  const char *const names[] = { "d", NULL };
  Test self = { 0 };
  g_autoptr (GString) name = g_string_new ("d");
  g_autoptr (SampanBatch) batch = NULL;

  set_up (&self, "too-deep");
  for (int i = 0; i < SAMPAN_DEPTH_MAX; i++)
    g_string_append (name, "/d");
  put (self.local, name->str, "deep", 0);
  batch = new_upload (&self, names);
  prepare (batch);
  batch_test_expect_sums (batch, 0, 0, 0, 1);
  /* The target folder takes two components. */
  g_assert_cmpuint (sampan_batch_get_n_items (batch), ==, SAMPAN_DEPTH_MAX - 2 + 1);
  tear_down (&self);
}

static void
test_too_many (void)
{
  const char *const names[] = { "m", NULL };
  Test self = { 0 };

  set_up (&self, "too-many");
  for (int i = 0; i < 4; i++)
    {
      g_autofree char *name = g_strdup_printf ("m/%d/file", i);

      put (self.local, name, "x", 0);
      put (self.share, name, "x", 0);
    }
  for (int i = 0; i < 4; i++)
    {
      bool fits = i % 2 == 0;
      g_autoptr (SampanBatch) batch = i < 2 ? new_upload (&self, names)
                                            : new_download (&self, self.local);
      g_autoptr (GError) error = NULL;

      sampan_batch_set_items_max (batch, fits ? 9 : 8);
      error = batch_test_prepare (batch, NULL);
      if (fits)
        g_assert_no_error (error);
      else
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE);
    }
  tear_down (&self);
}

/* D11: Names that are one to a disk that folds them. */
static void
test_folding (void)
{
  Test self = { 0 };
  g_autoptr (SampanBatch) folding = NULL;
  g_autoptr (SampanBatch) exact = NULL;

  set_up (&self, "folding");
  put (self.share, "t/Name", "1", 0);
  put (self.share, "t/name", "2", 0);
  put (self.share, "t/caf\xc3\xa9", "3", 0);
  put (self.share, "t/cafe\xcc\x81", "4", 0);
  put (self.share, "t/Sub/a", "5", 0);
  put (self.share, "t/sub/a", "6", 0);
  put (self.share, "t/odd\xff", "7", 0);
  folding = new_download (&self, self.local);
  sampan_batch_set_disk_folds (folding, true);
  prepare (folding);
  batch_test_expect_sums (folding, 4, 0, 0, 3);
  exact = new_download (&self, self.local);
  prepare (exact);
  batch_test_expect_sums (exact, 7, 0, 0, 0);
  batch_test_run (exact);
  expect (self.local, "t/Name", "1");
  expect (self.local, "t/name", "2");
  tear_down (&self);
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
  Test self = { 0 };

  set_up (&self, "cancel-preparing");
  make_tree (self.local);
  make_tree (self.share);
  for (size_t i = 0; i < 2 * G_N_ELEMENTS (moments); i++)
    {
      bool is_upload = i % 2 == 0;
      g_autoptr (SampanBatch) batch = is_upload ? new_upload (&self, names)
                                                : new_download (&self, self.local);
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
  tear_down (&self);
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
      g_autofree char *filename = at (folder, name);

      count += g_file_test (filename, G_FILE_TEST_EXISTS);
    }
  return count;
}

static void
cancel_moving (Test *self, GCallback callback)
{
  const char *const names[] = { "tree", NULL };
  g_autoptr (SampanBatch) batch = new_upload (self, names);
  g_autoptr (SampanQueue) queue = sampan_queue_new ();

  prepare (batch);
  n_seen = 0;
  g_signal_connect (queue, "finished", callback, batch);
  sampan_batch_start (batch, queue);
  core_test_await_condition (is_finished, batch);
}

static void
test_cancel_moving (void)
{
  Test self = { 0 };

  set_up (&self, "cancel-moving");
  make_tree (self.local);
  cancel_moving (&self, G_CALLBACK (cancel_queue_cb));
  g_assert_cmpuint (count_files (self.share), <, MANY);
  cancel_moving (&self, G_CALLBACK (cancel_batch_cb));
  g_assert_cmpuint (count_files (self.share), <, MANY);
  g_assert_cmpuint (count_files (self.share), >, 0);
  tear_down (&self);
}

static void
test_cancel_at_once (void)
{
  const char *const names[] = { "tree", NULL };
  Test self = { 0 };
  g_autoptr (SampanBatch) batch = NULL;
  g_autoptr (SampanQueue) queue = sampan_queue_new ();

  set_up (&self, "cancel-at-once");
  make_tree (self.local);
  batch = new_upload (&self, names);
  prepare (batch);
  sampan_batch_start (batch, queue);
  sampan_batch_cancel (batch);
  core_test_await_condition (is_finished, batch);
  g_assert_cmpuint (count_files (self.share), ==, 0);
  tear_down (&self);
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
  g_test_add_func ("/batch/odd/up", test_odd_up);
  g_test_add_func ("/batch/odd/down", test_odd_down);
  g_test_add_func ("/batch/odd/local-link", test_local_link);
  g_test_add_func ("/batch/odd/wrong-kind", test_wrong_kind);
  g_test_add_func ("/batch/odd/unreadable", test_unreadable);
  g_test_add_func ("/batch/odd/too-deep", test_too_deep);
  g_test_add_func ("/batch/odd/too-many", test_too_many);
  g_test_add_func ("/batch/odd/folding", test_folding);
  g_test_add_func ("/batch/target/missing", test_target_missing);
  g_test_add_func ("/batch/target/wrong", test_target_wrong);
  g_test_add_func ("/batch/cancel/preparing", test_cancel_preparing);
  g_test_add_func ("/batch/cancel/moving", test_cancel_moving);
  g_test_add_func ("/batch/cancel/at-once", test_cancel_at_once);
  return core_test_run ();
}
