/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Folders that are moved out of the share while something in them is open, names that begin alike,
 * and other file systems inside the share. */

#include "config.h"

#include "fixture.h"
#include "verbs.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sched.h>
#include <sodium.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

static bool can_mount;

/* ---- Names that begin alike ---- */

static bool
move (Fixture *self, const char *from, const char *to, GError **error)
{
  g_autoptr (SampanPath) from_path = path_of (from);
  g_autoptr (SampanPath) to_path = path_of (to);
  g_autofree char *name = NULL;
  SampanStored stored;

  return sampan_storage_rename (self->root,
                                from_path,
                                to_path,
                                SAMPAN_CONFLICT_REFUSE,
                                NULL,
                                ACCOUNT_ID,
                                &stored,
                                &name,
                                error);
}

/* D3: "ab" is not in "a", and what lies beside the share is not in it. */
static void
test_alike (Fixture *self, gconstpointer confine)
{
  g_autofree char *beside = g_strconcat (self->share, "-b", NULL);
  g_autofree char *link = g_strconcat ("../", strrchr (beside, '/') + 1, NULL);
  g_autoptr (SampanPath) through = path_of ("beside/x");
  g_autoptr (GError) error = NULL;

  disk_mkdir (self, "a/sub");
  disk_mkdir (self, "ab");
  g_assert_true (move (self, "a", "ab/a", &error));
  g_assert_true (move (self, "ab/a", "ab-c", &error));
  g_assert_true (disk_exists (self, "ab-c/sub"));
  g_assert_cmpint (g_mkdir (beside, 0755), ==, 0);
  disk_symlink (self, link, "beside");
  for (size_t i = 0; i < n_verbs; i++)
    {
      g_test_message ("%s", verbs[i].name);
      g_assert_false (verbs[i].func (self, through, &error));
      assert_code (&error, SAMPAN_ERROR_WRONG_KIND);
    }
  g_assert_cmpint (g_rmdir (beside), ==, 0); /* empty still */
}

/* ---- Moved out ---- */

/* Its path, outside. */
static char *
move_out (Fixture *self, const char *folder)
{
  g_autofree char *from = disk_name (self, folder);
  char *to = g_build_filename (self->base, "moved-out", NULL);

  g_assert_cmpint (g_rename (from, to), ==, 0);
  return to;
}

static SampanUpload *
begin_and_write (Fixture *self, const char *path)
{
  SampanPutRequest request = put_request (3, SAMPAN_CONFLICT_REPLACE);
  g_autoptr (GError) error = NULL;
  SampanUpload *upload = begin (self, path, &request, &error);

  g_assert_no_error (error);
  g_assert_true (sampan_upload_write (upload, (const uint8_t *)"new", 3, &error));
  g_assert_true (sampan_upload_finish (upload, 3, &error));
  return upload;
}

/* D6: what was begun in the folder does not follow it; another that takes its name gets it. */
static void
test_upload (Fixture *self, gconstpointer confine)
{
  for (int is_made_anew = 0; is_made_anew < 2; is_made_anew++)
    {
      g_autoptr (SampanCommitBatch) batch = sampan_commit_batch_new ();
      g_autoptr (GArray) results = results_new ();
      g_autofree char *moved = NULL;
      Result *result;

      disk_mkdir (self, "folder");
      sampan_commit_batch_add (batch, begin_and_write (self, "folder/x"));
      moved = move_out (self, "folder");
      if (is_made_anew)
        disk_mkdir (self, "folder");
      sampan_commit_batch_run (batch, collect_cb, results);
      result = &g_array_index (results, Result, 0);
      if (is_made_anew)
        {
          g_assert_no_error (result->error);
          assert_content (self, "folder/x", "new");
        }
      else
        g_assert_error (result->error, SAMPAN_ERROR, SAMPAN_ERROR_NOT_FOUND);
      g_assert_cmpint (g_rmdir (moved), ==, 0); /* empty still */
    }
}

/* D6: a file and a listing that are open stay what they were; by its name nothing is found. */
static void
test_open (Fixture *self, gconstpointer confine)
{
  g_autoptr (SampanPath) folder = path_of ("folder");
  g_autoptr (SampanPath) file = path_of ("folder/file");
  g_autoptr (SampanListing) listing = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *moved = NULL;
  g_autofree char *moved_file = NULL;
  char content[8] = "";
  SampanGetInfo info;
  SampanEntry entry;
  int fd;

  disk_mkdir (self, "folder");
  disk_write (self, "folder/file", "mine");
  listing = sampan_listing_open (self->root, folder, &error);
  fd = sampan_storage_open_file (self->root, file, NULL, &info, &error);
  g_assert_no_error (error);
  moved = move_out (self, "folder");
  g_assert_cmpint (read (fd, content, sizeof content - 1), ==, 4);
  g_assert_cmpstr (content, ==, "mine");
  g_assert_true (sampan_listing_next (listing, &entry, &error));
  g_assert_cmpmem (entry.name.data, entry.name.length, "file", 4);
  g_assert_false (sampan_listing_next (listing, &entry, &error));
  g_assert_no_error (error);
  for (size_t i = 0; i < n_verbs; i++)
    {
      if (verbs[i].func == do_mkdir_parents || verbs[i].func == do_restore)
        continue; /* make what is missing */
      g_assert_false (verbs[i].func (self, file, &error));
      assert_code (&error, SAMPAN_ERROR_NOT_FOUND);
    }
  close (fd);
  moved_file = g_build_filename (moved, "file", NULL);
  g_assert_cmpint (g_unlink (moved_file), ==, 0);
  g_assert_cmpint (g_rmdir (moved), ==, 0);
}

/* ---- Other file systems ---- */

/* FALSE: skipped. */
static bool
mount_inside (Fixture *self, const char *source, const char *type, unsigned long flags)
{
  g_autofree char *where = disk_name (self, "disk");

  disk_mkdir (self, "disk");
  if (can_mount && mount (source, where, type, flags, NULL) == 0)
    return true;
  g_test_skip ("nothing can be mounted here");
  return false;
}

static void
unmount (Fixture *self)
{
  g_autofree char *where = disk_name (self, "disk");

  g_assert_cmpint (umount2 (where, MNT_DETACH), ==, 0);
}

static void
assert_typed (GError **error)
{
  g_assert_nonnull (*error);
  g_assert_true ((*error)->domain == SAMPAN_ERROR && (*error)->code != SAMPAN_ERROR_FAILED);
  g_clear_error (error);
}

/* D15: nothing is copied because it cannot be moved, and nothing is lost. */
static void
test_other_disk (Fixture *self, gconstpointer confine)
{
  g_autoptr (SampanPath) there = path_of ("disk/there");
  g_autoptr (SampanPath) disk = path_of ("disk");
  g_autoptr (GError) error = NULL;
  g_auto (Result) result = { 0 };

  if (!mount_inside (self, "tmpfs", "tmpfs", 0))
    return;
  disk_write (self, "here", "H");
  disk_mkdir (self, "folder/sub");
  disk_write (self, "disk/there", "T");
  g_assert_false (move (self, "here", "disk/here", &error));
  assert_typed (&error);
  g_assert_false (move (self, "folder", "disk/folder", &error));
  assert_typed (&error);
  g_assert_false (move (self, "disk/there", "there", &error));
  assert_typed (&error);
  g_assert_false (store (self, "disk/new", "N", SAMPAN_CONFLICT_REPLACE, &result, &error));
  assert_typed (&error);
  g_assert_false (do_remove (self, there, &error));
  assert_typed (&error);
  g_assert_false (do_remove (self, disk, &error));
  assert_typed (&error);
  assert_content (self, "here", "H");
  assert_content (self, "disk/there", "T");
  g_assert_true (disk_exists (self, "folder/sub"));
  g_assert_cmpuint (count_entries (self, "disk"), ==, 1);
  g_assert_cmpuint (count_entries (self, ".sampan/trash"), ==, 0);
  unmount (self);
}

/* D12: the links of /proc lead anywhere without being read; none is gone through. */
static void
test_magic_links (Fixture *self, gconstpointer confine)
{
  static const char *const links[] = {
    "disk/self",        "disk/self/status",   "disk/self/root",       "disk/1/root/etc",
    "disk/1/cwd/x",     "disk/thread-self/x", "disk/1/root/proc/1/x", "disk/self/root/tmp/x",
    "disk/self/fd/0/x", "disk/mounts",
  };

  if (!mount_inside (self, "/proc", NULL, MS_BIND))
    return;
  for (size_t i = 0; i < G_N_ELEMENTS (links); i++)
    {
      static const Verb refused[] = { do_open, do_hash, do_list, do_copy_from };
      g_autoptr (SampanPath) path = path_of (links[i]);

      for (size_t j = 0; j < G_N_ELEMENTS (refused); j++)
        {
          g_autoptr (GError) error = NULL;

          g_test_message ("%s", links[i]);
          g_assert_false (refused[j](self, path, &error));
          assert_code (&error, SAMPAN_ERROR_WRONG_KIND);
        }
    }
  unmount (self);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (sodium_init () < 0)
    return 1;
  can_mount =
      unshare (CLONE_NEWNS) == 0 && mount ("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
  fixture_add ("moved/alike", test_alike);
  fixture_add ("moved/upload", test_upload);
  fixture_add ("moved/open", test_open);
  fixture_add ("moved/other-disk", test_other_disk);
  fixture_add ("moved/magic-links", test_magic_links);
  return g_test_run ();
}
