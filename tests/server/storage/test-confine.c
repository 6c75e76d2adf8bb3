/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Nothing beside the share is ever reached: hostile names and symlinks. What turns into a symlink
 * while requests run is in test-swappers.c. */

#include "config.h"

#include "fixture.h"
#include "verbs.h"

#include "storage/tree-removal.h"

#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

/* ---- Names that are no canonical path ---- */

static const char *const not_canonical[] = {
  "..",
  "../",
  "../outside",
  "../outside/canary",
  "a/..",
  "a/../..",
  "a/../b",
  "a/../../b",
  ".",
  "./a",
  "a/.",
  "a/./b",
  "/",
  "/etc/passwd",
  "//a",
  "a//b",
  "a/",
  "a//",
  "/a",
  "///",
  "a/b/../../../..",
  "..//outside",
  "./../outside",
  "a/b/..",
  "..//",
  "../share/a",
  "/proc/self/root",
  "a/b/./c",
  "./",
};

/* D1: refused before the disk is touched. */
static void
test_not_canonical (Fixture *self, gconstpointer confine)
{
  for (size_t i = 0; i < G_N_ELEMENTS (not_canonical); i++)
    {
      g_autoptr (GError) error = NULL;
      const char *text = not_canonical[i];

      g_assert_null (sampan_path_new ((const uint8_t *)text, strlen (text), &error));
      assert_code (&error, SAMPAN_ERROR_BAD_NAME);
    }
}

/* ---- Reserved names ---- */

static const char *const reserved[] = {
  ".sampan", ".sampan/staging", ".sampan/trash", ".sampan/trash/x/item",
  ".SAMPAN", ".Sampan/staging", ".sampan/new",   ".sampan/staging/new/deeper",
};

/* D14: by no request, in no case. */
static void
test_reserved (Fixture *self, gconstpointer confine)
{
  for (size_t i = 0; i < G_N_ELEMENTS (reserved); i++)
    for (size_t j = 0; j < n_verbs; j++)
      {
        g_autoptr (SampanPath) path = path_of (reserved[i]);
        g_autoptr (GError) error = NULL;

        g_test_message ("%s %s", verbs[j].name, reserved[i]);
        g_assert_false (verbs[j].func (self, path, &error));
        assert_code (&error, SAMPAN_ERROR_BAD_NAME);
      }
  g_assert_cmpuint (count_entries (self, ".sampan"), ==, 2);
  g_assert_cmpuint (count_entries (self, ".sampan/staging"), ==, 0);
  g_assert_cmpuint (count_entries (self, ".sampan/trash"), ==, 0);
}

static void
test_reserved_is_hidden (Fixture *self, gconstpointer confine)
{
  g_autoptr (SampanPath) top = sampan_path_new_root ();
  g_autoptr (SampanPath) below = path_of ("a");
  g_autoptr (SampanListing) listing = NULL;
  g_autoptr (GError) error = NULL;
  SampanEntry entry;

  disk_mkdir (self, "a/.sampan");
  listing = sampan_listing_open (self->root, top, &error);
  g_assert_no_error (error);
  g_assert_true (sampan_listing_next (listing, &entry, &error));
  g_assert_cmpmem (entry.name.data, entry.name.length, "a", 1);
  g_assert_false (sampan_listing_next (listing, &entry, &error));
  g_assert_no_error (error);

  /* Only directly below the root is it the storage's. */
  g_clear_pointer (&listing, sampan_listing_close);
  listing = sampan_listing_open (self->root, below, &error);
  g_assert_true (sampan_listing_next (listing, &entry, &error));
  g_assert_cmpmem (entry.name.data, entry.name.length, ".sampan", strlen (".sampan"));
}

/* ---- Symlinks ---- */

static void
make_symlinks (Fixture *self)
{
  g_autofree char *canary = g_build_filename (self->outside, CANARY_NAME, NULL);

  disk_mkdir (self, "real/deep");
  disk_write (self, "real/file", "r");
  disk_symlink (self, "../outside", "up");
  disk_symlink (self, "../outside/canary", "up-file");
  disk_symlink (self, self->outside, "absolute");
  disk_symlink (self, canary, "canary-link");
  disk_symlink (self, "/proc/self/root", "magic");
  disk_symlink (self, "/", "slash");
  disk_symlink (self, "..", "dots");
  disk_symlink (self, ".", "here");
  disk_symlink (self, "real", "inside");
  disk_symlink (self, "real/file", "inside-file");
  disk_symlink (self, "loop", "loop");
  disk_symlink (self, "loop-b", "loop-a");
  disk_symlink (self, "loop-a", "loop-b");
  disk_symlink (self, "nowhere", "dangling");
  disk_symlink (self, ".sampan/trash", "into-trash");
  disk_symlink (self, "../../../outside", "real/deep/up");
  for (int i = 0; i < 45; i++)
    {
      g_autofree char *target = i == 0 ? g_strdup ("real") : g_strdup_printf ("hop-%d", i - 1);
      g_autofree char *name = g_strdup_printf ("hop-%d", i);

      disk_symlink (self, target, name);
    }
}

/* Each leads through a symlink: no verb may get anywhere. What a broken build could reach is the
 * test's own or does not exist. */
static const char *const through_symlink[] = {
  "up/canary",
  "up/new",
  "up/new/deeper",
  "absolute/canary",
  "absolute/new",
  "magic/no-such-thing",
  "magic/no-such-thing/x",
  "magic/no-such-thing/y/z",
  "slash/no-such-thing/x",
  "slash/no-such-thing",
  "dots/outside",
  "dots/share/real",
  "dots/new",
  "here/real",
  "here/real/file",
  "here/new",
  "inside/file",
  "inside/deep",
  "inside/new",
  "loop/a",
  "loop/a/b",
  "loop-a/x",
  "loop-b/x",
  "dangling/x",
  "dangling/new/deeper",
  "into-trash/x",
  "into-trash/new",
  "real/deep/up/canary",
  "real/deep/up/new",
  "hop-0/file",
  "hop-44/file",
  "hop-44/new",
  "canary-link/x",
  "up-file/x",
  "here/here/real",
  "here/.sampan/trash",
  "inside/deep/up/canary",
  "dots/outside/canary",
  "inside-file/x",
  "here/up/canary",
};

/* D4: wherever it leads. */
static void
test_through_symlink (Fixture *self, gconstpointer confine)
{
  g_assert_cmpuint (G_N_ELEMENTS (through_symlink), >=, 40);
  make_symlinks (self);
  for (size_t i = 0; i < G_N_ELEMENTS (through_symlink); i++)
    for (size_t j = 0; j < n_verbs; j++)
      {
        g_autoptr (SampanPath) path = path_of (through_symlink[i]);
        g_autoptr (GError) error = NULL;

        g_test_message ("%s %s", verbs[j].name, through_symlink[i]);
        g_assert_false (verbs[j].func (self, path, &error));
        assert_code (&error, SAMPAN_ERROR_WRONG_KIND);
      }
  assert_outside_untouched (self);
  g_assert_cmpuint (count_entries (self, "real"), ==, 2);
}

/* D4: A symlink itself: described, renamed and removed as what it is, never followed. */
static void
test_symlink_itself (Fixture *self, gconstpointer confine)
{
  static const char *const names[] = { "up",   "up-file",  "canary-link", "magic",
                                       "loop", "dangling", "inside",      "real/deep/up" };

  make_symlinks (self);
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (SampanPath) path = path_of (names[i]);
      g_autoptr (GError) error = NULL;
      SampanEntry entry;

      g_assert_true (sampan_storage_stat (self->root, path, &entry, &error));
      g_assert_cmpuint (entry.kind, ==, SAMPAN_ENTRY_SYMLINK);
      for (size_t j = 0; j < n_verbs; j++)
        {
          Verb func = verbs[j].func;

          if (func == do_stat || func == do_remove || func == do_rename_from)
            continue;
          g_test_message ("%s %s", verbs[j].name, names[i]);
          g_assert_false (func (self, path, &error));
          if (func == do_mkdir)
            assert_code (&error, SAMPAN_ERROR_EXISTS);
          else
            assert_code (&error, SAMPAN_ERROR_WRONG_KIND);
        }
      g_assert_true (do_rename_from (self, path, &error));
      g_assert_no_error (error);
    }
  {
    g_autoptr (SampanPath) path = path_of ("absolute");
    g_autoptr (GError) error = NULL;

    g_assert_true (do_remove (self, path, &error));
    g_assert_no_error (error);
  }
}

/* ---- What is no file ---- */

static void
make_socket (Fixture *self, const char *relative)
{
  g_autofree char *name = disk_name (self, relative);
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpuint (g_strlcpy (address.sun_path, name, sizeof address.sun_path),
                    <,
                    sizeof address.sun_path);
  g_assert_cmpint (bind (fd, (struct sockaddr *)&address, sizeof address), ==, 0);
  close (fd);
}

/* D12: nothing hangs on a pipe or a device. */
static void
test_special_files (Fixture *self, gconstpointer confine)
{
  static const char *const names[] = { "pipe", "socket", "device" };
  g_autofree char *pipe_name = disk_name (self, "pipe");
  g_autofree char *device_name = disk_name (self, "device");

  g_assert_cmpint (mkfifo (pipe_name, 0666), ==, 0);
  make_socket (self, "socket");
  if (mknod (device_name, S_IFCHR | 0666, makedev (1, 3)) != 0)
    g_assert_cmpint (mkfifo (device_name, 0666), ==, 0);
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    {
      static const Verb refused[] = { do_open, do_hash, do_list, do_put, do_copy_from };
      g_autoptr (SampanPath) path = path_of (names[i]);
      g_autoptr (GError) error = NULL;
      SampanEntry entry;

      g_assert_true (sampan_storage_stat (self->root, path, &entry, &error));
      g_assert_cmpuint (entry.kind, ==, SAMPAN_ENTRY_OTHER);
      for (size_t j = 0; j < G_N_ELEMENTS (refused); j++)
        {
          g_assert_false (refused[j](self, path, &error));
          assert_code (&error, SAMPAN_ERROR_WRONG_KIND);
        }
    }
}

static void
test_root_itself (Fixture *self, gconstpointer confine)
{
  g_autoptr (SampanPath) top = sampan_path_new_root ();
  static const Verb refused[] = { do_remove,  do_rename_from, do_rename_to,
                                  do_copy_to, do_put,         do_restore };
  g_autoptr (GError) error = NULL;
  SampanEntry entry;

  g_assert_true (sampan_storage_stat (self->root, top, &entry, &error));
  g_assert_cmpuint (entry.kind, ==, SAMPAN_ENTRY_FOLDER);
  g_assert_cmpuint (entry.name.length, ==, 0);
  g_assert_true (do_list (self, top, &error));
  g_assert_true (do_space (self, top, &error));
  for (size_t i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_assert_false (refused[i](self, top, &error));
      assert_code (&error, SAMPAN_ERROR_NOT_ALLOWED);
    }
  g_assert_false (do_mkdir (self, top, &error));
  assert_code (&error, SAMPAN_ERROR_EXISTS);
  g_assert_true (do_mkdir_parents (self, top, &error));
  g_assert_false (do_open (self, top, &error));
  assert_code (&error, SAMPAN_ERROR_WRONG_KIND);
}

static void
test_missing (Fixture *self, gconstpointer confine)
{
  g_autoptr (SampanPath) path = path_of ("none/of/these");
  g_autoptr (GError) error = NULL;

  for (size_t i = 0; i < n_verbs; i++)
    {
      if (verbs[i].func == do_mkdir_parents || verbs[i].func == do_restore)
        continue; /* make what is missing */
      g_assert_false (verbs[i].func (self, path, &error));
      assert_code (&error, SAMPAN_ERROR_NOT_FOUND);
    }
}

/* ---- The root itself ---- */

static void
test_probe (void)
{
  g_autofree char *base = g_dir_make_tmp ("sampan-storage-XXXXXX", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SampanShareRoot) root = sampan_share_root_open (base, SAMPAN_CONFINE_PROBE, &error);
  g_autoptr (SampanShareRoot) again = NULL;
  g_autofree char *private_name = g_build_filename (base, ".sampan", NULL);
  struct stat status;

  g_assert_no_error (error);
  g_assert_cmpint (sampan_share_root_get_confine (root), !=, SAMPAN_CONFINE_PROBE);
  g_assert_cmpint (lstat (private_name, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0700);
  again = sampan_share_root_open (base, SAMPAN_CONFINE_WALK, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sampan_share_root_get_confine (again), ==, SAMPAN_CONFINE_WALK);

  g_assert_null (sampan_share_root_open ("/nonexistent/share", SAMPAN_CONFINE_PROBE, &error));
  g_assert_nonnull (strstr (error->message, "/nonexistent/share"));
  assert_code (&error, SAMPAN_ERROR_NOT_FOUND);
  g_assert_true (sampan_tree_removal_run (AT_FDCWD, base));
}

/* What waits in the place of the private folder is not followed. */
static void
test_planted_private_folder (void)
{
  g_autofree char *base = g_dir_make_tmp ("sampan-storage-XXXXXX", NULL);
  g_autofree char *name = g_build_filename (base, ".sampan", NULL);
  g_autofree char *elsewhere = g_build_filename (base, "elsewhere", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (mkdir (elsewhere, 0700), ==, 0);
  g_assert_cmpint (symlink ("elsewhere", name), ==, 0);
  g_assert_null (sampan_share_root_open (base, SAMPAN_CONFINE_PROBE, &error));
  assert_code (&error, SAMPAN_ERROR_WRONG_KIND);
  g_assert_cmpint (rmdir (elsewhere), ==, 0); /* empty still */
  unlink (name);
  rmdir (base);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (sodium_init () < 0)
    return 1;
  fixture_add ("path/not-canonical", test_not_canonical);
  fixture_add ("path/reserved", test_reserved);
  fixture_add ("path/reserved-hidden", test_reserved_is_hidden);
  fixture_add ("path/through-symlink", test_through_symlink);
  fixture_add ("path/symlink-itself", test_symlink_itself);
  fixture_add ("path/special-files", test_special_files);
  fixture_add ("path/root", test_root_itself);
  fixture_add ("path/missing", test_missing);
  g_test_add_func ("/storage/root/probe", test_probe);
  g_test_add_func ("/storage/root/planted", test_planted_private_folder);
  return g_test_run ();
}
