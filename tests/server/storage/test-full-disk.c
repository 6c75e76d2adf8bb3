/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A disk that fills up: nothing half under a real name, the old file intact, and on it goes when
 * there is space again. Needs to mount, in a mount namespace of its own. */

#include "config.h"

#include "fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sodium.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/statvfs.h>

#define DISK_BYTES (16 * 1024 * 1024)
#define UPLOAD_BYTES (6 * 1024 * 1024)
#define STEP_BYTES 65536

typedef struct
{
  Fixture share;
  char *image; /* nullable */
} Disk;

static bool
mount_tmpfs (Disk *self)
{
  return mount ("tmpfs", self->share.share, "tmpfs", 0, "size=16m,mode=0700") == 0;
}

static bool
run (const char *command)
{
  int status = -1;

  return g_spawn_command_line_sync (command, NULL, NULL, &status, NULL) &&
         g_spawn_check_wait_status (status, NULL);
}

static bool
mount_ext4 (Disk *self)
{
  g_autofree char *make = NULL, *mount_it = NULL;
  int fd;

  self->image = g_build_filename (self->share.base, "image", NULL);
  fd = open (self->image, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (ftruncate (fd, DISK_BYTES), ==, 0);
  close (fd);
  make = g_strdup_printf ("mkfs.ext4 -q -F -m 0 %s", self->image);
  mount_it = g_strdup_printf ("mount -o loop %s %s", self->image, self->share.share);
  return run (make) && run (mount_it);
}

typedef bool (*MountFunc) (Disk *self);

static bool
set_up (Disk *self, MountFunc mount_func)
{
  Fixture *share = &self->share;
  g_autofree char *canary = NULL;

  share->base = g_dir_make_tmp ("sampan-storage-XXXXXX", NULL);
  share->share = g_build_filename (share->base, "share", NULL);
  g_assert_cmpint (mkdir (share->share, 0777), ==, 0);
  if (mount_func (self))
    {
      g_autoptr (GError) error = NULL;

      share->root = sampan_share_root_open (share->share, SAMPAN_CONFINE_PROBE, &error);
      g_assert_no_error (error);
      return true;
    }
  g_test_skip ("cannot mount such a disk here");
  return false;
}

static void
tear_down (Disk *self)
{
  if (self->share.root != NULL)
    {
      g_clear_pointer (&self->share.root, sampan_share_root_unref);
      g_assert_cmpint (umount (self->share.share), ==, 0);
    }
  rmdir (self->share.share);
  if (self->image != NULL)
    unlink (self->image);
  rmdir (self->share.base);
  g_free (self->image);
  g_free (self->share.share);
  g_free (self->share.base);
}

static uint64_t
free_bytes (Fixture *self)
{
  struct statvfs space;

  g_assert_cmpint (statvfs (self->share, &space), ==, 0);
  return (uint64_t)space.f_bavail * space.f_frsize;
}

/* All but LEFT bytes. */
static void
fill (Fixture *self, uint64_t left)
{
  g_autofree char *name = disk_name (self, "filler");
  int fd = open (name, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
  static const uint8_t zeros[4096];

  g_assert_cmpint (fd, >=, 0);
  while (free_bytes (self) > left && write (fd, zeros, sizeof zeros) > 0)
    ;
  g_assert_true (fsync (fd) == 0 || errno == ENOSPC);
  close (fd);
}

static void
empty (Fixture *self)
{
  g_autofree char *name = disk_name (self, "filler");

  g_assert_cmpint (unlink (name), ==, 0);
}

/* Writes and commits; returns the error of whatever step fails. */
static GError *
upload_steps (Fixture *self, const char *path, bool fill_first)
{
  g_autofree uint8_t *step = g_malloc0 (STEP_BYTES);
  SampanPutRequest request = put_request (UPLOAD_BYTES, SAMPAN_CONFLICT_REPLACE);
  g_autoptr (SampanCommitBatch) batch = sampan_commit_batch_new ();
  g_autoptr (GArray) results = results_new ();
  GError *error = NULL;
  SampanUpload *upload = begin (self, path, &request, &error);

  if (upload == NULL)
    return error;
  if (fill_first)
    fill (self, UPLOAD_BYTES / 2);
  for (size_t done = 0; done < UPLOAD_BYTES; done += STEP_BYTES)
    if (!sampan_upload_write (upload, step, STEP_BYTES, &error))
      {
        sampan_upload_free (upload, true);
        return error;
      }
  g_assert_true (sampan_upload_finish (upload, UPLOAD_BYTES, NULL));
  sampan_commit_batch_add (batch, upload);
  sampan_commit_batch_run (batch, collect_cb, results);
  return g_steal_pointer (&g_array_index (results, Result, 0).error);
}

static void
check_fills_meanwhile (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  disk_write (self, "file", "old");
  error = upload_steps (self, "file", true);
  assert_code (&error, SAMPAN_ERROR_NO_SPACE);
  assert_content (self, "file", "old");
  error = upload_steps (self, "new", false);
  assert_code (&error, SAMPAN_ERROR_NO_SPACE);
  g_assert_false (disk_exists (self, "new"));
  g_assert_cmpuint (count_entries (self, ".sampan/staging"), ==, 0);
  g_assert_cmpuint (count_entries (self, ".sampan/trash"), ==, 0);
  empty (self);
  error = upload_steps (self, "file", false);
  g_assert_no_error (error);
}

static void
check_quite_full (Fixture *self)
{
  g_autoptr (SampanPath) from = path_of ("large");
  g_autoptr (SampanPath) to = path_of ("copied");
  g_autoptr (GError) error = NULL;
  g_autofree char *name = NULL, *large = g_strnfill (UPLOAD_BYTES, 'x');
  uint8_t id[SAMPAN_TRASH_ID_LENGTH];
  g_auto (Result) result = { 0 };
  SampanStored stored;
  char *content;

  disk_write (self, "large", large);
  fill (self, 0);
  g_assert_false (sampan_storage_copy (self->root,
                                       from,
                                       self->root,
                                       to,
                                       SAMPAN_CONFLICT_REFUSE,
                                       ACCOUNT_ID,
                                       NULL,
                                       NULL,
                                       NULL,
                                       &stored,
                                       &name,
                                       &error));
  g_assert_cmpuint (sampan_error_get_detail (error), >, 0);
  assert_code (&error, SAMPAN_ERROR_NO_SPACE);
  g_assert_false (store (self, "large", "some", SAMPAN_CONFLICT_REPLACE, &result, &error));
  assert_code (&error, SAMPAN_ERROR_NO_SPACE);
  assert_content (self, "large", large);
  /* Its record needs a block: if there is none, nothing but deleting it makes room. */
  g_assert_true (sampan_storage_remove (self->root, from, false, ACCOUNT_ID, id, &error));
  g_assert_no_error (error);
  g_assert_false (disk_exists (self, "large"));
  if (!sodium_is_zero (id, sizeof id))
    {
      content = read_trash (self, id);
      g_assert_cmpstr (content, ==, large);
      g_free (content);
    }
  g_assert_cmpuint (count_entries (self, ".sampan/staging"), ==, 0);
  empty (self);
  g_assert_true (store (self, "some", "some", SAMPAN_CONFLICT_REFUSE, &result, &error));
  g_assert_no_error (error);
}

/* What was removed makes room for what comes, unless that would not fit anyhow. */
static void
check_trash_makes_room_for_upload (Fixture *self)
{
  g_autoptr (SampanPath) old = path_of ("old");
  g_autoptr (GError) error = NULL;
  g_auto (Result) result = { 0 };
  g_auto (Result) small = { 0 };
  g_autofree char *large = g_strnfill (UPLOAD_BYTES, 'x'), *twice = NULL;
  uint8_t id[SAMPAN_TRASH_ID_LENGTH];

  twice = g_strnfill (2 * UPLOAD_BYTES, 'y');
  disk_write (self, "old", large);
  g_assert_true (sampan_storage_remove (self->root, old, false, ACCOUNT_ID, id, &error));
  g_assert_no_error (error);
  fill (self, UPLOAD_BYTES / 2);
  g_assert_false (store (self, "new", twice, SAMPAN_CONFLICT_REFUSE, &result, &error));
  assert_code (&error, SAMPAN_ERROR_NO_SPACE);
  g_assert_cmpuint (count_entries (self, ".sampan/trash"), ==, 1);
  g_assert_true (store (self, "new", large, SAMPAN_CONFLICT_REFUSE, &small, &error));
  g_assert_no_error (error);
  assert_content (self, "new", large);
  g_assert_cmpuint (count_entries (self, ".sampan/trash"), ==, 0);
  empty (self);
}

/* What was removed first makes room for the record of what is removed now. */
static void
check_trash_makes_room (Fixture *self)
{
  g_autoptr (SampanPath) first = path_of ("first");
  g_autoptr (SampanPath) second = path_of ("second");
  g_autoptr (GError) error = NULL;
  g_autofree char *large = g_strnfill (UPLOAD_BYTES, 'x'), *content = NULL;
  uint8_t id[SAMPAN_TRASH_ID_LENGTH];

  disk_write (self, "first", large);
  disk_write (self, "second", "second");
  g_assert_true (sampan_storage_remove (self->root, first, false, ACCOUNT_ID, id, &error));
  g_assert_no_error (error);
  fill (self, 0);
  g_assert_true (sampan_storage_remove (self->root, second, false, ACCOUNT_ID, id, &error));
  g_assert_no_error (error);
  content = read_trash (self, id);
  g_assert_cmpstr (content, ==, "second");
  g_assert_cmpuint (count_entries (self, ".sampan/trash"), <=, 2);
  empty (self);
}

static void
run_disk (MountFunc mount_func, void (*check) (Fixture *self))
{
  Disk disk = { 0 };

  if (set_up (&disk, mount_func))
    check (&disk.share);
  tear_down (&disk);
}

static void
test_tmpfs (gconstpointer check)
{
  run_disk (mount_tmpfs, check);
}

static void
test_ext4 (gconstpointer check)
{
  run_disk (mount_ext4, check);
}

static void
test_no_namespace (void)
{
  g_test_skip ("needs the right to mount");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (sodium_init () < 0)
    return 1;
  /* What is mounted here must end with the test, whatever becomes of it. */
  if (unshare (CLONE_NEWNS) != 0 || mount ("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
    {
      g_test_add_func ("/storage/full-disk", test_no_namespace);
      return g_test_run ();
    }
  g_test_add_data_func ("/storage/full-disk/tmpfs/meanwhile", check_fills_meanwhile, test_tmpfs);
  g_test_add_data_func ("/storage/full-disk/tmpfs/full", check_quite_full, test_tmpfs);
  g_test_add_data_func ("/storage/full-disk/tmpfs/trash", check_trash_makes_room, test_tmpfs);
  g_test_add_data_func ("/storage/full-disk/tmpfs/trash-upload",
                        check_trash_makes_room_for_upload,
                        test_tmpfs);
  g_test_add_data_func ("/storage/full-disk/ext4/meanwhile", check_fills_meanwhile, test_ext4);
  g_test_add_data_func ("/storage/full-disk/ext4/full", check_quite_full, test_ext4);
  g_test_add_data_func ("/storage/full-disk/ext4/trash", check_trash_makes_room, test_ext4);
  g_test_add_data_func ("/storage/full-disk/ext4/trash-upload",
                        check_trash_makes_room_for_upload,
                        test_ext4);
  return g_test_run ();
}
