/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Making folders, renaming, removing to trash, free names and the ways of swapping. */

#include "config.h"

#include "fixture.h"

#include "storage/disk.h"
#include "storage/free-name.h"
#include "storage/placement.h"
#include "storage/swap.h"
#include "storage/tree-removal.h"

#include <fcntl.h>
#include <sodium.h>
#include <string.h>

#define NAME_255                                                                                   \
  "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123" \
  "4567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567" \
  "8901234567890123456789012345678901234567890123456789012345678901234"

/* ---- mkdir ---- */

static bool
make (Fixture *self, const char *text, bool parents, GError **error)
{
  g_autoptr (SampanPath) path = path_of (text);

  return sampan_storage_mkdir (self->root, path, parents, error);
}

static void
test_mkdir (Fixture *self, gconstpointer confine)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (make (self, "a", false, &error));
  g_assert_false (make (self, "a", false, &error));
  assert_code (&error, SAMPAN_ERROR_EXISTS);
  g_assert_false (make (self, "b/c", false, &error));
  assert_code (&error, SAMPAN_ERROR_NOT_FOUND);
  g_assert_true (make (self, "b/c/d", true, &error));
  g_assert_true (make (self, "b/c/d", true, &error));
  g_assert_true (disk_exists (self, "b/c/d"));
  disk_write (self, "file", "");
  g_assert_false (make (self, "file", false, &error));
  assert_code (&error, SAMPAN_ERROR_EXISTS);
  g_assert_false (make (self, "file", true, &error));
  assert_code (&error, SAMPAN_ERROR_WRONG_KIND);
  g_assert_false (make (self, "file/x", true, &error));
  assert_code (&error, SAMPAN_ERROR_WRONG_KIND);
}

static bool
set_time (Fixture *self, const char *text, SampanTime mtime, GError **error)
{
  g_autoptr (SampanPath) path = path_of (text);

  return sampan_storage_set_time (self->root, path, mtime, error);
}

static struct timespec
get_time (Fixture *self, const char *relative)
{
  g_autofree char *name = disk_name (self, relative);
  struct stat status;

  g_assert_cmpint (lstat (name, &status), ==, 0);
  return status.st_mtim;
}

/* Of folders only, and not of what holds them. */
static void
test_set_time (Fixture *self, gconstpointer confine)
{
  static const SampanTime times[] = { { 1500000000, 123456789 },
                                      { 0, 0 },
                                      { 1, 1 },
                                      { -1000000000, SAMPAN_MTIME_NSEC_MAX } };
  static const char *const refused[] = { "a/file", "link", "link/inner", "a/file/x" };
  struct timespec outer, file;
  g_autoptr (GError) error = NULL;

  disk_mkdir (self, "a/inner");
  disk_write (self, "a/file", "");
  disk_symlink (self, "a", "link");
  outer = get_time (self, "a");
  file = get_time (self, "a/file");
  for (size_t i = 0; i < G_N_ELEMENTS (times); i++)
    {
      g_assert_true (set_time (self, "a/inner", times[i], &error));
      g_assert_no_error (error);
      g_assert_cmpint (get_time (self, "a/inner").tv_sec, ==, times[i].seconds);
      g_assert_cmpint (get_time (self, "a/inner").tv_nsec, ==, times[i].nanoseconds);
    }
  for (size_t i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_assert_false (set_time (self, refused[i], times[0], &error));
      assert_code (&error, SAMPAN_ERROR_WRONG_KIND);
    }
  g_assert_cmpint (get_time (self, "a").tv_nsec, ==, outer.tv_nsec);
  g_assert_cmpint (get_time (self, "a/file").tv_nsec, ==, file.tv_nsec);
  g_assert_cmpint (get_time (self, "a").tv_sec, ==, outer.tv_sec);
  g_assert_cmpint (get_time (self, "a/file").tv_sec, ==, file.tv_sec);
}

/* Whatever a client says: a disk takes what is nearest to it, or nothing. */
static void
test_set_any_time (Fixture *self, gconstpointer confine)
{
  static const int64_t seconds[] = { INT64_MIN,  INT64_MIN + 1, INT32_MIN,     -1,       INT32_MAX,
                                     UINT32_MAX, INT64_MAX / 2, INT64_MAX - 1, INT64_MAX };
  g_autoptr (GError) error = NULL;

  disk_mkdir (self, "a");
  for (size_t i = 0; i < G_N_ELEMENTS (seconds); i++)
    if (!set_time (self, "a", (SampanTime){ seconds[i], SAMPAN_MTIME_NSEC_MAX }, &error))
      g_clear_error (&error);
  g_assert_true (set_time (self, "a", (SampanTime){ 5, 6 }, &error));
  g_assert_no_error (error);
  g_assert_cmpint (get_time (self, "a").tv_sec, ==, 5);
}

/* D9, D10: byte for byte; the longest leaves no room for anything behind it. */
static void
test_hostile_names (Fixture *self, gconstpointer confine)
{
  static const char *const names[] = {
    NAME_255,   "\xff\xfe\x80", "\xc0\xaf",    "\xed\xa0\x80", "line\nbreak",
    "\x1b[31m", "tab\t",        "\x7f",        "-rf",          "~",
    "*",        "%s%n",         "\\",          "C:",           "nul ",
    " ",        "...",          "caf\xc3\xa9", "cafe\xcc\x81",
  };

  g_assert_cmpuint (strlen (NAME_255), ==, SAMPAN_NAME_MAX);
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *inner = g_strconcat (names[i], "/", names[i], NULL);
      g_autoptr (SampanPath) path = path_of (inner);
      g_autoptr (GError) error = NULL;
      g_auto (Result) result = { 0 };
      SampanEntry entry;

      g_assert_true (make (self, names[i], false, &error));
      g_assert_true (store (self, inner, "x", SAMPAN_CONFLICT_REFUSE, &result, &error));
      g_assert_no_error (error);
      g_assert_cmpstr (result.name, ==, names[i]);
      g_assert_true (sampan_storage_stat (self->root, path, &entry, &error));
      g_assert_cmpmem (entry.name.data, entry.name.length, names[i], strlen (names[i]));
      g_assert_cmpmem (entry.version, sizeof entry.version, result.version, sizeof result.version);
      assert_content (self, inner, "x");
    }
  g_assert_cmpuint (count_entries (self, ""), ==, G_N_ELEMENTS (names) + 1);
}

/* D8: the limits themselves. */
static void
test_deepest (Fixture *self, gconstpointer confine)
{
  g_autoptr (GString) text = g_string_new ("d");
  g_autoptr (SampanPath) path = NULL;
  g_autoptr (GError) error = NULL;
  SampanEntry entry;

  for (unsigned int i = 1; i < SAMPAN_DEPTH_MAX; i++)
    g_string_append (text, "/d");
  path = path_of (text->str);
  g_assert_true (sampan_storage_mkdir (self->root, path, true, &error));
  g_assert_no_error (error);
  g_assert_true (sampan_storage_stat (self->root, path, &entry, &error));
  g_assert_cmpuint (entry.kind, ==, SAMPAN_ENTRY_FOLDER);
}

/* ---- rename ---- */

static bool
move (Fixture *self,
      const char *from,
      const char *to,
      SampanConflict conflict,
      char **name,
      GError **error)
{
  g_autoptr (SampanPath) from_path = path_of (from);
  g_autoptr (SampanPath) to_path = path_of (to);
  SampanStored stored;

  g_clear_pointer (name, g_free);
  return sampan_storage_rename (self->root,
                                from_path,
                                to_path,
                                conflict,
                                NULL,
                                ACCOUNT_ID,
                                &stored,
                                name,
                                error);
}

/* The only item in the trash. */
static void
assert_trash_holds (Fixture *self, const char *content)
{
  g_autofree char *trash = disk_name (self, ".sampan/trash");
  g_autoptr (GDir) folder = g_dir_open (trash, 0, NULL);
  const char *slot = g_dir_read_name (folder);
  g_autofree char *item = NULL;

  g_assert_nonnull (slot);
  item = g_build_filename (".sampan/trash", slot, SAMPAN_TRASH_ITEM, NULL);
  assert_content (self, item, content);
  g_assert_null (g_dir_read_name (folder));
}

/* D15: onto folders, itself, its own child. */
static void
test_rename (Fixture *self, gconstpointer confine)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *name = NULL;

  disk_mkdir (self, "folder/sub");
  disk_write (self, "a", "A");
  g_assert_true (move (self, "a", "folder/b", SAMPAN_CONFLICT_REFUSE, &name, &error));
  g_assert_cmpstr (name, ==, "b");
  assert_content (self, "folder/b", "A");
  g_assert_false (disk_exists (self, "a"));
  g_assert_false (move (self, "a", "c", SAMPAN_CONFLICT_REFUSE, &name, &error));
  assert_code (&error, SAMPAN_ERROR_NOT_FOUND);
  g_assert_false (move (self, "folder", "folder/sub/x", SAMPAN_CONFLICT_REFUSE, &name, &error));
  assert_code (&error, SAMPAN_ERROR_WRONG_KIND);
  g_assert_false (move (self, "folder", "folder", SAMPAN_CONFLICT_REPLACE, &name, &error));
  assert_code (&error, SAMPAN_ERROR_EXISTS);
  g_assert_false (move (self, "folder/sub", "folder", SAMPAN_CONFLICT_REPLACE, &name, &error));
  assert_code (&error, SAMPAN_ERROR_WRONG_KIND);
  g_assert_false (move (self, "folder", "none/x", SAMPAN_CONFLICT_REFUSE, &name, &error));
  assert_code (&error, SAMPAN_ERROR_NOT_FOUND);
  g_assert_cmpuint (count_entries (self, ".sampan/trash"), ==, 0);
}

/* D15 */
static void
test_rename_conflict (Fixture *self, gconstpointer confine)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *name = NULL;

  disk_write (self, "a.txt", "A");
  disk_write (self, "b.txt", "B");
  disk_mkdir (self, "folder");
  g_assert_false (move (self, "a.txt", "b.txt", SAMPAN_CONFLICT_REFUSE, &name, &error));
  assert_code (&error, SAMPAN_ERROR_EXISTS);
  g_assert_false (move (self, "a.txt", "folder", SAMPAN_CONFLICT_REPLACE, &name, &error));
  assert_code (&error, SAMPAN_ERROR_WRONG_KIND);
  g_assert_false (move (self, "folder", "a.txt", SAMPAN_CONFLICT_REPLACE, &name, &error));
  assert_code (&error, SAMPAN_ERROR_WRONG_KIND);
  g_assert_true (move (self, "a.txt", "b.txt", SAMPAN_CONFLICT_KEEP_BOTH, &name, &error));
  g_assert_cmpstr (name, ==, "b (2).txt");
  assert_content (self, "b (2).txt", "A");
  assert_content (self, "b.txt", "B");
  g_assert_true (move (self, "b (2).txt", "b.txt", SAMPAN_CONFLICT_REPLACE, &name, &error));
  g_assert_cmpstr (name, ==, "b.txt");
  assert_content (self, "b.txt", "A");
  g_assert_false (disk_exists (self, "b (2).txt"));
  assert_trash_holds (self, "B");
}

static void
test_rename_folder_over_folder (Fixture *self, gconstpointer confine)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *name = NULL;

  disk_mkdir (self, "new");
  disk_mkdir (self, "old/full");
  disk_write (self, "new/file", "N");
  g_assert_true (move (self, "new", "old", SAMPAN_CONFLICT_REPLACE, &name, &error));
  g_assert_no_error (error);
  assert_content (self, "old/file", "N");
  g_assert_false (disk_exists (self, "old/full"));
  g_assert_false (disk_exists (self, "new"));
  g_assert_cmpuint (count_entries (self, ".sampan/trash"), ==, 1);
}

/* D15: two names of one file: rename() alone would do nothing and report success. */
static void
test_rename_hard_link (Fixture *self, gconstpointer confine)
{
  g_autofree char *a = disk_name (self, "a");
  g_autofree char *b = disk_name (self, "b");
  g_autofree char *name = NULL;
  g_autoptr (GError) error = NULL;

  disk_write (self, "a", "A");
  g_assert_cmpint (link (a, b), ==, 0);
  g_assert_true (move (self, "a", "b", SAMPAN_CONFLICT_REPLACE, &name, &error));
  g_assert_false (disk_exists (self, "a"));
  assert_content (self, "b", "A");
}

/* ---- remove ---- */

static bool
take_away (Fixture *self, const char *text, bool recursive, uint8_t id[static 16], GError **error)
{
  g_autoptr (SampanPath) path = path_of (text);

  return sampan_storage_remove (self->root, path, recursive, ACCOUNT_ID, id, error);
}

static void
test_remove (Fixture *self, gconstpointer confine)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *content = NULL;
  uint8_t id[SAMPAN_TRASH_ID_LENGTH];
  SampanTrashRecord record = { 0 };
  int64_t now = g_get_real_time () / G_USEC_PER_SEC;

  disk_mkdir (self, "folder/full");
  disk_mkdir (self, "empty");
  disk_write (self, "folder/\xff", "A");
  g_assert_false (take_away (self, "none", true, id, &error));
  assert_code (&error, SAMPAN_ERROR_NOT_FOUND);
  g_assert_true (take_away (self, "folder/\xff", false, id, &error));
  content = read_trash (self, id);
  g_assert_cmpstr (content, ==, "A");
  g_assert_true (sampan_trash_read_record (self->root, id, &record, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (sampan_path_get (record.path), ==, "folder/\xff");
  g_assert_cmpuint (record.account_id, ==, ACCOUNT_ID);
  g_assert_cmpint (ABS (record.removed.tv_sec - now), <=, 60);
  sampan_trash_record_clear (&record);
  g_assert_false (take_away (self, "folder", false, id, &error));
  assert_code (&error, SAMPAN_ERROR_NOT_EMPTY);
  g_assert_true (take_away (self, "empty", false, id, &error));
  g_assert_true (take_away (self, "folder", true, id, &error));
  g_assert_cmpuint (count_entries (self, ""), ==, 1);
  g_assert_cmpuint (count_entries (self, ".sampan/trash"), ==, 3);
}

static void
test_trash_record_damaged (Fixture *self, gconstpointer confine)
{
  g_autoptr (GError) error = NULL;
  char hex[SAMPAN_TRASH_NAME_BYTES];
  uint8_t id[SAMPAN_TRASH_ID_LENGTH];
  SampanTrashRecord record = { 0 };
  g_autofree char *info = NULL, *info_name = NULL, *whole = NULL;
  size_t length;

  disk_write (self, "a", "A");
  g_assert_true (take_away (self, "a", false, id, &error));
  sodium_bin2hex (hex, sizeof hex, id, sizeof id);
  info = g_build_filename (".sampan/trash", hex, "info", NULL);
  info_name = disk_name (self, info);
  g_assert_true (g_file_get_contents (info_name, &whole, &length, NULL));
  for (size_t cut = 0; cut < length; cut++)
    {
      g_assert_true (g_file_set_contents (info_name, whole, (gssize)cut, NULL));
      g_assert_false (sampan_trash_read_record (self->root, id, &record, &error));
      assert_code (&error, SAMPAN_ERROR_IO);
    }
  memset (id, 0, sizeof id);
  g_assert_false (sampan_trash_read_record (self->root, id, &record, &error));
  assert_code (&error, SAMPAN_ERROR_NOT_FOUND);
}

static void
test_trash_expires (Fixture *self, gconstpointer confine)
{
  g_autoptr (GError) error = NULL;
  int64_t now = g_get_real_time () / G_USEC_PER_SEC;
  int64_t day = 24 * 60 * 60;
  uint8_t id[SAMPAN_TRASH_ID_LENGTH];

  disk_mkdir (self, "folder/a/b/c");
  disk_write (self, "folder/a/b/c/file", "A");
  disk_write (self, "file", "B");
  g_assert_true (take_away (self, "folder", true, id, &error));
  g_assert_true (take_away (self, "file", true, id, &error));
  sampan_share_root_expire (self->root);
  sampan_trash_expire (self->root, now + SAMPAN_TRASH_DAYS * day - 60);
  g_assert_cmpuint (count_entries (self, ".sampan/trash"), ==, 2);
  sampan_trash_expire (self->root, now + SAMPAN_TRASH_DAYS * day + 60);
  g_assert_cmpuint (count_entries (self, ".sampan/trash"), ==, 0);
}

/* ---- Deep and wide removal ---- */

#define DEPTH 1100 /* above the fd limit of a test run and any path length */

static void
test_remove_deep_tree (Fixture *self, gconstpointer confine)
{
  int fd = fcntl (sampan_share_root_get_fd (self->root), F_DUPFD_CLOEXEC, 0);

  for (int i = 0; i < DEPTH; i++)
    {
      int next_fd;

      g_assert_cmpint (mkdirat (fd, "d", 0777), ==, 0);
      if (i % 100 == 0)
        g_assert_cmpint (mkdirat (fd, "0", 0555), ==, 0);
      next_fd = openat (fd, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
      g_assert_cmpint (next_fd, >=, 0);
      close (fd);
      fd = next_fd;
    }
  close (fd);
  g_assert_true (sampan_tree_removal_run (sampan_share_root_get_fd (self->root), "d"));
  g_assert_false (disk_exists (self, "d"));
  g_assert_true (sampan_tree_removal_run (sampan_share_root_get_fd (self->root), "none"));
}

static void
test_removal_follows_nothing (Fixture *self, gconstpointer confine)
{
  disk_mkdir (self, "tree/sub");
  disk_symlink (self, "../../outside", "tree/up");
  disk_symlink (self, "../../../outside", "tree/sub/up");
  g_assert_true (sampan_tree_removal_run (sampan_share_root_get_fd (self->root), "tree"));
  disk_symlink (self, "../outside", "link");
  g_assert_true (sampan_tree_removal_run (sampan_share_root_get_fd (self->root), "link"));
  assert_outside_untouched (self);
}

/* ---- The ways of swapping ---- */

typedef int (*SwapFunc) (const SampanSwap *self);

typedef struct
{
  SwapFunc func;
  bool is_staged;
  bool is_folder;
  int code;
} SwapCase;

static const SwapCase swap_cases[] = {
  { sampan_swap_by_exchange, true, false, 0 },
  { sampan_swap_by_exchange, false, false, 0 },
  { sampan_swap_by_exchange, true, true, 0 },
  { sampan_swap_by_exchange, false, true, 0 },
  { sampan_swap_by_link, true, false, 0 },
  { sampan_swap_by_link, false, false, 0 },
  { sampan_swap_by_link, false, true, EOPNOTSUPP },
  { sampan_swap_aside, true, false, 0 },
  { sampan_swap_aside, false, false, 0 },
  { sampan_swap_aside, true, true, 0 },
  { sampan_swap_aside, false, true, 0 },
  { sampan_swap_run, true, false, 0 },
};

static void
make_thing (Fixture *self, const char *name, const char *content, bool is_folder)
{
  g_autofree char *file = g_build_filename (name, "inner", NULL);

  if (is_folder)
    disk_mkdir (self, name);
  disk_write (self, is_folder ? file : name, content);
}

static void
assert_thing (Fixture *self, const char *name, const char *content, bool is_folder)
{
  g_autofree char *file = g_build_filename (name, "inner", NULL);

  assert_content (self, is_folder ? file : name, content);
}

static void
run_swap_case (Fixture *self, const SwapCase *test, bool is_stale)
{
  g_autoptr (SampanPath) path = path_of ("target");
  g_autoptr (SampanTrashSlot) slot = NULL;
  g_autofree char *item = NULL;
  const char *from = test->is_staged ? ".sampan/staging/new" : "new";
  int root_fd = sampan_share_root_get_fd (self->root);
  struct stat old;
  SampanSwap swap = { .to_fd = root_fd, .to_name = "target", .old = &old, .from_name = "new" };
  int code;

  make_thing (self, from, "new", test->is_folder);
  make_thing (self, "target", "old", test->is_folder);
  g_assert_cmpint (sampan_disk_stat (root_fd, "target", &old), ==, 0);
  swap.is_exact = is_stale;
  old.st_mtim.tv_sec--; /* the target changed since it was looked at */
  slot = sampan_trash_slot_new (self->root, path, 0, NULL);
  swap.slot = slot;
  swap.is_staged = test->is_staged;
  swap.from_fd = test->is_staged ? sampan_share_root_get_staging_fd (self->root) : root_fd;
  code = test->func (&swap);
  g_assert_cmpint (code, ==, is_stale && test->code == 0 ? ESTALE : test->code);
  item = g_build_filename (".sampan/trash", slot->name, SAMPAN_TRASH_ITEM, NULL);
  if (code == 0)
    {
      assert_thing (self, "target", "new", test->is_folder);
      assert_thing (self, item, "old", test->is_folder);
      g_assert_false (disk_exists (self, from));
    }
  else
    {
      assert_thing (self, "target", "old", test->is_folder);
      assert_thing (self, from, "new", test->is_folder);
      g_assert_false (disk_exists (self, item));
    }
  slot->is_used = code == 0;
  g_assert_true (sampan_tree_removal_run (root_fd, "target"));
  g_assert_true (sampan_tree_removal_run (swap.from_fd, "new"));
}

static void
test_swaps (Fixture *self, gconstpointer confine)
{
  unsigned int used = 0;

  for (size_t i = 0; i < G_N_ELEMENTS (swap_cases); i++)
    {
      run_swap_case (self, &swap_cases[i], false);
      run_swap_case (self, &swap_cases[i], true);
      used += swap_cases[i].code == 0 ? 1 : 0;
    }
  /* A slot that was not used leaves nothing. */
  g_assert_cmpuint (count_entries (self, ".sampan/trash"), ==, used);
}

/* ---- Free names ---- */

typedef struct
{
  const char *name;
  bool is_folder;
  const char *first;
  const char *second;
} FreeNameCase;

static const FreeNameCase free_name_cases[] = {
  { "a.txt", false, "a (2).txt", "a (3).txt" },
  { "a", false, "a (2)", "a (3)" },
  { "a (2).txt", false, "a (3).txt", "a (4).txt" },
  { "a (9)", false, "a (10)", "a (11)" },
  { "a (1)", false, "a (1) (2)", "a (1) (3)" },
  { "a (1234567)", false, "a (1234567) (2)", "a (1234567) (3)" },
  { " (2)", false, " (2) (2)", " (2) (3)" },
  { "(2)", false, "(2) (2)", "(2) (3)" },
  { "a ().txt", false, "a () (2).txt", "a () (3).txt" },
  { ")", false, ") (2)", ") (3)" },
  { "a.tar.gz", false, "a (2).tar.gz", "a (3).tar.gz" },
  { ".tar.gz", false, ".tar (2).gz", ".tar (3).gz" },
  { ".profile", false, ".profile (2)", ".profile (3)" },
  { "a.", false, "a. (2)", "a. (3)" },
  { "v1.2", true, "v1.2 (2)", "v1.2 (3)" },
  { "\xff.txt", false, "\xff (2).txt", "\xff (3).txt" },
};

static void
test_free_names (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (free_name_cases); i++)
    {
      const FreeNameCase *test = &free_name_cases[i];
      SampanFreeName free_name;
      char candidate[SAMPAN_NAME_MAX + 1];

      sampan_free_name_init (&free_name, test->name, test->is_folder);
      sampan_free_name_next (&free_name, candidate);
      g_assert_cmpstr (candidate, ==, test->first);
      sampan_free_name_next (&free_name, candidate);
      g_assert_cmpstr (candidate, ==, test->second);
    }
}

static void
test_free_name_trims (void)
{
  g_autoptr (GString) name = g_string_new (NULL);
  SampanFreeName free_name;
  char candidate[SAMPAN_NAME_MAX + 1];

  /* Two-byte characters: 247 bytes are left for the stem, so half a character would be cut. */
  for (int i = 0; i < 125; i++)
    g_string_append (name, "\xc3\xa9");
  g_string_append (name, ".jpg");
  g_assert_cmpuint (name->len, ==, SAMPAN_NAME_MAX - 1);
  sampan_free_name_init (&free_name, name->str, false);
  sampan_free_name_next (&free_name, candidate);
  g_assert_true (g_utf8_validate (candidate, -1, NULL));
  g_assert_true (g_str_has_suffix (candidate, "\xc3\xa9 (2).jpg"));
  g_assert_cmpuint (strlen (candidate), ==, SAMPAN_NAME_MAX - 1);

  sampan_free_name_init (&free_name, NAME_255, false);
  sampan_free_name_next (&free_name, candidate);
  g_assert_cmpuint (strlen (candidate), ==, SAMPAN_NAME_MAX);
  g_assert_true (g_str_has_suffix (candidate, " (2)"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (sodium_init () < 0)
    return 1;
  fixture_add ("mkdir/table", test_mkdir);
  fixture_add ("set-time/table", test_set_time);
  fixture_add ("set-time/any", test_set_any_time);
  fixture_add ("mkdir/hostile-names", test_hostile_names);
  fixture_add ("mkdir/deepest", test_deepest);
  fixture_add ("rename/table", test_rename);
  fixture_add ("rename/conflict", test_rename_conflict);
  fixture_add ("rename/folder-over-folder", test_rename_folder_over_folder);
  fixture_add ("rename/hard-link", test_rename_hard_link);
  fixture_add ("remove/table", test_remove);
  fixture_add_once ("trash/damaged", test_trash_record_damaged);
  fixture_add_once ("trash/expire", test_trash_expires);
  fixture_add_once ("tree-removal/E8/deep", test_remove_deep_tree);
  fixture_add_once ("tree-removal/symlinks", test_removal_follows_nothing);
  fixture_add_once ("swap/table", test_swaps);
  g_test_add_func ("/storage/free-name/table", test_free_names);
  g_test_add_func ("/storage/free-name/trim", test_free_name_trims);
  return g_test_run ();
}
