/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Looking at files, listing, opening, hashing and copying. */

#include "config.h"

#include "fixture.h"

#include "storage/disk.h"
#include "storage/hash-file.h"

#include <fcntl.h>
#include <sodium.h>
#include <string.h>

/* ---- stat, space, open ---- */

static void
test_stat (Fixture *self, gconstpointer confine)
{
  g_autoptr (SampanPath) path = path_of ("folder/file");
  g_autoptr (SampanPath) folder = path_of ("folder");
  g_autoptr (GError) error = NULL;
  uint8_t version[SAMPAN_VERSION_LENGTH];
  SampanEntry entry;

  disk_mkdir (self, "folder");
  disk_write (self, "folder/file", "12345");
  g_assert_true (sampan_storage_stat (self->root, path, &entry, &error));
  g_assert_cmpuint (entry.kind, ==, SAMPAN_ENTRY_FILE);
  g_assert_cmpuint (entry.size, ==, 5);
  g_assert_cmpmem (entry.name.data, entry.name.length, "file", 4);
  memcpy (version, entry.version, sizeof version);
  g_assert_true (sampan_storage_stat (self->root, path, &entry, &error));
  g_assert_cmpmem (version, sizeof version, entry.version, sizeof entry.version);
  disk_write (self, "folder/file", "123456");
  g_assert_true (sampan_storage_stat (self->root, path, &entry, &error));
  g_assert_cmpint (memcmp (version, entry.version, sizeof version), !=, 0);
  g_assert_true (sampan_storage_stat (self->root, folder, &entry, &error));
  g_assert_cmpuint (entry.kind, ==, SAMPAN_ENTRY_FOLDER);
  g_assert_cmpuint (entry.size, ==, 0);
}

static void
test_space (Fixture *self, gconstpointer confine)
{
  g_autoptr (SampanPath) top = sampan_path_new_root ();
  g_autoptr (GError) error = NULL;
  SampanSpace space;

  g_assert_true (sampan_storage_space (self->root, top, &space, &error));
  g_assert_cmpuint (space.total_bytes, >, 0);
  g_assert_cmpuint (space.free_bytes, <=, space.total_bytes);
}

static void
test_open (Fixture *self, gconstpointer confine)
{
  g_autoptr (SampanPath) path = path_of ("file");
  g_autoptr (GError) error = NULL;
  SampanGetInfo info, again;
  uint8_t other[SAMPAN_VERSION_LENGTH] = { 0 };
  char content[8];
  int fd;

  disk_write (self, "file", "12345");
  fd = sampan_storage_open_file (self->root, path, NULL, &info, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (info.size, ==, 5);
  g_assert_cmpint (sampan_disk_read (fd, content, sizeof content, 2), ==, 3);
  g_assert_cmpmem (content, 3, "345", 3);
  close (fd);
  fd = sampan_storage_open_file (self->root, path, info.version, &again, &error);
  g_assert_no_error (error);
  close (fd);
  g_assert_cmpint (sampan_storage_open_file (self->root, path, other, &again, &error), ==, -1);
  assert_code (&error, SAMPAN_ERROR_CHANGED);
}

/* ---- listing ---- */

static unsigned int
list (Fixture *self, const SampanPath *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SampanListing) listing = sampan_listing_open (self->root, path, &error);
  unsigned int count = 0;
  SampanEntry entry;

  g_assert_no_error (error);
  while (sampan_listing_next (listing, &entry, &error))
    count++;
  g_assert_no_error (error);
  return count;
}

static void
test_listing (Fixture *self, gconstpointer confine)
{
  g_autoptr (SampanPath) top = sampan_path_new_root ();
  g_autoptr (SampanPath) file = path_of ("file");
  g_autoptr (SampanListing) listing = NULL;
  g_autoptr (GError) error = NULL;
  unsigned int seen = 0;
  SampanEntry entry;

  disk_mkdir (self, "folder");
  disk_write (self, "file", "12345");
  disk_symlink (self, "file", "link");
  listing = sampan_listing_open (self->root, top, &error);
  while (sampan_listing_next (listing, &entry, &error))
    {
      g_autofree char *name = g_strndup ((const char *)entry.name.data, entry.name.length);
      g_autoptr (SampanPath) path = path_of (name);
      SampanEntry looked_up;

      g_assert_true (sampan_storage_stat (self->root, path, &looked_up, NULL));
      g_assert_cmpuint (entry.kind, ==, looked_up.kind);
      g_assert_cmpuint (entry.size, ==, looked_up.size);
      g_assert_cmpint (entry.mtime.seconds, ==, looked_up.mtime.seconds);
      g_assert_cmpuint (entry.mtime.nanoseconds, ==, looked_up.mtime.nanoseconds);
      g_assert_cmpmem (entry.version, 16, looked_up.version, 16);
      seen |= 1u << entry.kind;
    }
  g_assert_no_error (error);
  g_assert_cmpuint (seen,
                    ==,
                    1u << SAMPAN_ENTRY_FILE | 1u << SAMPAN_ENTRY_FOLDER |
                        1u << SAMPAN_ENTRY_SYMLINK);
  g_assert_null (sampan_listing_open (self->root, file, &error));
  assert_code (&error, SAMPAN_ERROR_WRONG_KIND);
}

#define LARGE_FOLDER 1200 /* more than one read of the directory gives */

static void
test_large_listing (Fixture *self, gconstpointer confine)
{
  g_autoptr (SampanPath) path = path_of ("large");
  g_autofree char *name = disk_name (self, "large");
  int fd;

  disk_mkdir (self, "large");
  fd = open (name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  for (int i = 0; i < LARGE_FOLDER; i++)
    {
      char entry[32];

      g_snprintf (entry, sizeof entry, "%d", i);
      g_assert_cmpint (mknodat (fd, entry, S_IFREG | 0600, 0), ==, 0);
    }
  close (fd);
  g_test_timer_start ();
  g_assert_cmpuint (list (self, path), ==, LARGE_FOLDER);
  g_test_minimized_result (g_test_timer_elapsed (), "listing of %d", LARGE_FOLDER);
}

static gpointer
churn_thread (gpointer data)
{
  Fixture *self = data;

  for (int i = 0; i < 1000; i++)
    {
      g_autofree char *relative = g_strdup_printf ("churn/%d", i % 50);
      g_autofree char *name = disk_name (self, relative);

      disk_write (self, relative, "");
      unlink (name);
    }
  return NULL;
}

static void
test_listing_while_changing (Fixture *self, gconstpointer confine)
{
  g_autoptr (SampanPath) path = path_of ("churn");
  GThread *thread;

  disk_mkdir (self, "churn");
  disk_write (self, "churn/constant", "");
  thread = g_thread_new ("churn", churn_thread, self);
  for (int i = 0; i < 100; i++)
    g_assert_cmpuint (list (self, path), >=, 1);
  g_thread_join (thread);
}

/* ---- hash ---- */

static void
test_hash (Fixture *self, gconstpointer confine)
{
  static const uint64_t lengths[] = { 0, 1, 5, UINT64_MAX };
  g_autoptr (SampanPath) path = path_of ("file");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  SampanHashIs result;

  disk_write (self, "file", "12345");
  for (size_t i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      uint8_t hash[SAMPAN_HASH_LENGTH];
      uint64_t length = MIN (lengths[i], 5);

      crypto_generichash (hash, sizeof hash, (const uint8_t *)"12345", length, NULL, 0);
      g_assert_true (sampan_storage_hash (self->root,
                                          path,
                                          lengths[i],
                                          NULL,
                                          NULL,
                                          cancellable,
                                          &result,
                                          &error));
      g_assert_cmpuint (result.length, ==, length);
      g_assert_cmpmem (result.hash, sizeof result.hash, hash, sizeof hash);
    }
  g_assert_false (
      sampan_storage_hash (self->root, path, 6, NULL, NULL, cancellable, &result, &error));
  assert_code (&error, SAMPAN_ERROR_CHANGED);
  g_cancellable_cancel (cancellable);
  g_assert_false (
      sampan_storage_hash (self->root, path, 5, NULL, NULL, cancellable, &result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* ---- copy ---- */

typedef struct
{
  SampanStored stored;
  char *name;
} Copied;

static bool
copy (Fixture *self,
      const char *from,
      const char *to,
      SampanConflict conflict,
      Copied *copied,
      GError **error)
{
  g_autoptr (SampanPath) from_path = path_of (from);
  g_autoptr (SampanPath) to_path = path_of (to);

  g_clear_pointer (&copied->name, g_free);
  return sampan_storage_copy (self->root,
                              from_path,
                              self->root,
                              to_path,
                              conflict,
                              0,
                              NULL,
                              NULL,
                              NULL,
                              &copied->stored,
                              &copied->name,
                              error);
}

static void
set_time (Fixture *self, const char *relative, time_t seconds)
{
  g_autofree char *name = disk_name (self, relative);
  struct timespec times[2] = { { .tv_sec = seconds }, { .tv_sec = seconds, .tv_nsec = 7 } };

  g_assert_cmpint (utimensat (AT_FDCWD, name, times, 0), ==, 0);
}

static void
assert_time (Fixture *self, const char *relative, time_t seconds)
{
  g_autofree char *name = disk_name (self, relative);
  struct stat status;

  g_assert_cmpint (lstat (name, &status), ==, 0);
  g_assert_cmpint (status.st_mtim.tv_sec, ==, seconds);
  g_assert_cmpint (status.st_mtim.tv_nsec, ==, 7);
}

static void
test_copy_file (Fixture *self, gconstpointer confine)
{
  g_autofree char *large = g_strnfill (1000 * 1000, 'x');
  g_autoptr (SampanPath) path = path_of ("b");
  g_autoptr (GError) error = NULL;
  g_autofree char *trashed = NULL;
  Copied copied = { 0 };
  SampanEntry entry;

  disk_write (self, "a", large);
  set_time (self, "a", 1234567890);
  g_assert_true (copy (self, "a", "b", SAMPAN_CONFLICT_REFUSE, &copied, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (copied.name, ==, "b");
  g_assert_cmpuint (copied.stored.skipped, ==, 0);
  assert_content (self, "b", large);
  assert_time (self, "b", 1234567890);
  g_assert_true (sampan_storage_stat (self->root, path, &entry, &error));
  g_assert_cmpmem (entry.version, 16, copied.stored.version, 16);

  g_assert_false (copy (self, "a", "b", SAMPAN_CONFLICT_REFUSE, &copied, &error));
  assert_code (&error, SAMPAN_ERROR_EXISTS);
  g_assert_false (copy (self, "none", "c", SAMPAN_CONFLICT_REFUSE, &copied, &error));
  assert_code (&error, SAMPAN_ERROR_NOT_FOUND);
  g_assert_false (copy (self, "a", "none/c", SAMPAN_CONFLICT_REFUSE, &copied, &error));
  assert_code (&error, SAMPAN_ERROR_NOT_FOUND);
  g_assert_true (copy (self, "a", "a", SAMPAN_CONFLICT_KEEP_BOTH, &copied, &error));
  g_assert_cmpstr (copied.name, ==, "a (2)");
  disk_write (self, "b", "old");
  g_assert_true (copy (self, "a", "b", SAMPAN_CONFLICT_REPLACE, &copied, &error));
  trashed = read_trash (self, copied.stored.trash_id);
  g_assert_cmpstr (trashed, ==, "old");
  g_assert_cmpuint (count_entries (self, ".sampan/staging"), ==, 0);
  g_free (copied.name);
}

static void
test_copy_folder (Fixture *self, gconstpointer confine)
{
  g_autofree char *pipe_name = disk_name (self, "tree/sub/pipe");
  g_autoptr (GError) error = NULL;
  Copied copied = { 0 };

  disk_mkdir (self, "tree/sub/deep/deeper");
  disk_mkdir (self, "tree/empty");
  for (int i = 0; i < 150; i++) /* more than wait for one sync */
    {
      g_autofree char *name = g_strdup_printf ("tree/sub/file-%d", i);

      disk_write (self, name, name);
    }
  disk_write (self, "tree/sub/deep/deeper/last", "L");
  disk_symlink (self, "../outside", "tree/up");
  g_assert_cmpint (mkfifo (pipe_name, 0666), ==, 0);
  set_time (self, "tree/sub/file-7", 111);
  set_time (self, "tree/sub", 222);
  set_time (self, "tree", 333);
  g_assert_true (copy (self, "tree", "copied", SAMPAN_CONFLICT_REFUSE, &copied, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (copied.stored.skipped, ==, 2);
  g_assert_cmpuint (count_entries (self, "copied"), ==, 2);
  g_assert_cmpuint (count_entries (self, "copied/sub"), ==, 151);
  g_assert_cmpuint (count_entries (self, "copied/empty"), ==, 0);
  assert_content (self, "copied/sub/file-149", "tree/sub/file-149");
  assert_content (self, "copied/sub/deep/deeper/last", "L");
  assert_time (self, "copied/sub/file-7", 111);
  assert_time (self, "copied/sub", 222);
  assert_time (self, "copied", 333);

  g_assert_false (copy (self, "tree", "tree/sub/x", SAMPAN_CONFLICT_REFUSE, &copied, &error));
  assert_code (&error, SAMPAN_ERROR_WRONG_KIND);
  g_assert_true (copy (self, "tree", "tree", SAMPAN_CONFLICT_KEEP_BOTH, &copied, &error));
  g_assert_cmpstr (copied.name, ==, "tree (2)");
  g_assert_true (copy (self, "tree/sub/deep", "copied", SAMPAN_CONFLICT_REPLACE, &copied, &error));
  assert_content (self, "copied/deeper/last", "L");
  g_assert_cmpuint (count_entries (self, ".sampan/staging"), ==, 0);
  g_assert_cmpuint (count_entries (self, ".sampan/trash"), ==, 1);
  g_free (copied.name);
}

static void
test_copy_too_deep (Fixture *self, gconstpointer confine)
{
  g_autoptr (GString) text = g_string_new ("d");
  g_autoptr (GError) error = NULL;
  Copied copied = { 0 };

  for (unsigned int i = 1; i < SAMPAN_DEPTH_MAX; i++)
    g_string_append (text, "/d");
  disk_mkdir (self, text->str);
  disk_mkdir (self, "e");
  g_assert_true (copy (self, "d", "same-depth", SAMPAN_CONFLICT_REFUSE, &copied, &error));
  g_assert_no_error (error);
  g_assert_false (copy (self, "d", "e/one-more", SAMPAN_CONFLICT_REFUSE, &copied, &error));
  assert_code (&error, SAMPAN_ERROR_BAD_NAME);
  g_assert_cmpuint (count_entries (self, "e"), ==, 0);
  g_assert_cmpuint (count_entries (self, ".sampan/staging"), ==, 0);
  g_free (copied.name);
}

/* One share inside another, so that the copy would find itself. */
static void
test_copy_between_shares (Fixture *self, gconstpointer confine)
{
  g_autoptr (SampanPath) top = sampan_path_new_root ();
  g_autoptr (SampanPath) to = path_of ("all");
  g_autoptr (SampanShareRoot) inner = NULL;
  g_autofree char *inner_name = disk_name (self, "inner");
  g_autoptr (GError) error = NULL;
  Copied copied = { 0 };

  disk_mkdir (self, "inner");
  disk_write (self, "file", "F");
  inner = sampan_share_root_open (inner_name, GPOINTER_TO_INT (confine), &error);
  g_assert_no_error (error);
  g_assert_true (sampan_storage_copy (self->root,
                                      top,
                                      inner,
                                      to,
                                      SAMPAN_CONFLICT_REFUSE,
                                      0,
                                      NULL,
                                      NULL,
                                      NULL,
                                      &copied.stored,
                                      &copied.name,
                                      &error));
  g_assert_no_error (error);
  assert_content (self, "inner/all/file", "F");
  g_assert_false (disk_exists (self, "inner/all/.sampan"));
  g_assert_cmpuint (count_entries (self, "inner/all/inner/.sampan/staging"), ==, 0);
  g_free (copied.name);
}

static void
cancel_cb (uint64_t done_bytes, uint64_t total_bytes, gpointer cancellable)
{
  g_cancellable_cancel (cancellable);
}

static void
test_copy_cancelled (Fixture *self, gconstpointer confine)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (SampanPath) from = path_of ("tree");
  g_autoptr (SampanPath) to = path_of ("copied");
  g_autoptr (GError) error = NULL;
  Copied copied = { 0 };

  disk_mkdir (self, "tree/sub");
  disk_write (self, "tree/sub/file", "F");
  g_cancellable_cancel (cancellable);
  g_assert_false (sampan_storage_copy (self->root,
                                       from,
                                       self->root,
                                       to,
                                       SAMPAN_CONFLICT_REFUSE,
                                       0,
                                       cancel_cb,
                                       cancellable,
                                       cancellable,
                                       &copied.stored,
                                       &copied.name,
                                       &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (disk_exists (self, "copied"));
  g_assert_cmpuint (count_entries (self, ".sampan/staging"), ==, 0);
}

typedef struct
{
  unsigned int calls;
  uint64_t last;
} Seen;

static void
progress_cb (uint64_t done_bytes, uint64_t total_bytes, gpointer user_data)
{
  Seen *seen = user_data;

  g_assert_cmpuint (done_bytes, >, seen->last);
  g_assert_cmpuint (done_bytes, <=, total_bytes);
  seen->last = done_bytes;
  seen->calls++;
}

static void
test_progress (void)
{
  Seen seen = { 0 };
  SampanProgressMeter meter = { .func = progress_cb,
                                .user_data = &seen,
                                .total_bytes = G_MAXUINT64 };
  int64_t start_us = g_get_monotonic_time ();
  int64_t elapsed_us = 0;

  while (seen.calls < 3)
    {
      sampan_progress_meter_add (&meter, 1);
      elapsed_us = g_get_monotonic_time () - start_us;
      g_assert_cmpint (elapsed_us, <, 60 * G_USEC_PER_SEC);
    }
  g_assert_cmpint (elapsed_us, >=, 3 * SAMPAN_PROGRESS_INTERVAL_MS * 1000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (sodium_init () < 0)
    return 1;
  fixture_add ("files/stat", test_stat);
  fixture_add ("files/space", test_space);
  fixture_add ("files/open", test_open);
  fixture_add ("listing/table", test_listing);
  fixture_add_once ("listing/large", test_large_listing);
  fixture_add_once ("listing/changing", test_listing_while_changing);
  fixture_add ("hash/table", test_hash);
  fixture_add ("copy/file", test_copy_file);
  fixture_add ("copy/folder", test_copy_folder);
  fixture_add ("copy/E8/too-deep", test_copy_too_deep);
  fixture_add ("copy/between-shares", test_copy_between_shares);
  fixture_add ("copy/cancelled", test_copy_cancelled);
  g_test_add_func ("/storage/progress", test_progress);
  return g_test_run ();
}
