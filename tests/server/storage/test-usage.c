/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What a share holds is known to the byte, and nothing exceeds its quota. */

#include "config.h"

#include "fixture.h"

#include "storage/staging.h"
#include "storage/usage-count.h"

#include <sodium.h>
#include <time.h>
#include <unistd.h>

#define PART_BYTES 100000 /* large enough to be kept for a resume */
#define THREADS 8
#define ROUNDS 25

static SampanUsage *
get_usage (Fixture *self)
{
  return sampan_share_root_get_usage (self->root);
}

static void
start (Fixture *self, uint64_t quota_bytes)
{
  sampan_usage_set_quota (get_usage (self), quota_bytes);
  g_assert_true (sampan_usage_count (self->root, NULL, NULL));
}

/* What the storage kept by itself, and that it is what the disk says. */
static void
assert_usage (Fixture *self, uint64_t used_bytes, uint64_t reserved_bytes)
{
  SampanUsageFigures figures = sampan_usage_get_figures (get_usage (self));

  g_assert_true (figures.is_counted);
  g_assert_cmpuint (figures.used_bytes, ==, used_bytes);
  g_assert_cmpuint (figures.reserved_bytes, ==, reserved_bytes);
  g_assert_true (sampan_usage_count (self->root, NULL, NULL));
  figures = sampan_usage_get_figures (get_usage (self));
  g_assert_cmpuint (figures.used_bytes, ==, used_bytes);
}

static void
assert_quota_error (GError **error, uint64_t missing_bytes)
{
  g_assert_cmpuint (sampan_error_get_detail (*error), ==, missing_bytes);
  assert_code (error, SAMPAN_ERROR_QUOTA);
}

static void
write_part (SampanUpload *upload, size_t length)
{
  g_autofree uint8_t *data = g_malloc0 (length);
  g_autoptr (GError) error = NULL;

  g_assert_true (sampan_upload_write (upload, data, length, &error));
}

static void
test_stored (Fixture *self, gconstpointer confine)
{
  g_autoptr (GError) error = NULL;
  g_auto (Result) first = { 0 };
  g_auto (Result) second = { 0 };
  g_auto (Result) third = { 0 };
  g_auto (Result) fourth = { 0 };
  SampanSpace space;
  g_autoptr (SampanPath) top = sampan_path_new_root ();

  disk_write (self, "theirs", "123456789");
  disk_mkdir (self, "folder");
  disk_write (self, "folder/deep", "1");
  disk_symlink (self, "theirs", "link");
  start (self, 20);
  assert_usage (self, 10, 0);
  g_assert_true (store (self, "a", "12345", SAMPAN_CONFLICT_REFUSE, &first, &error));
  assert_usage (self, 15, 0);
  g_assert_true (sampan_storage_space (self->root, top, &space, &error));
  g_assert_cmpuint (space.total_bytes, ==, 20);
  g_assert_cmpuint (space.free_bytes, ==, 5);
  g_assert_cmpuint (space.flags, ==, SAMPAN_SPACE_OF_QUOTA);
  g_assert_false (store (self, "b", "123456", SAMPAN_CONFLICT_REFUSE, &second, &error));
  assert_quota_error (&error, 1);
  /* What is replaced goes to trash, so both count. */
  g_assert_true (store (self, "a", "54321", SAMPAN_CONFLICT_REPLACE, &second, &error));
  assert_usage (self, 20, 0);
  /* It makes room, but is not given up for what does not fit anyhow. */
  g_assert_false (store (self, "b", "123456", SAMPAN_CONFLICT_REFUSE, &third, &error));
  assert_quota_error (&error, 6);
  assert_usage (self, 20, 0);
  g_assert_false (disk_exists (self, "b"));
  g_assert_true (store (self, "b", "1", SAMPAN_CONFLICT_REFUSE, &third, &error));
  assert_usage (self, 16, 0);
  g_assert_cmpuint (count_entries (self, ".sampan/trash"), ==, 0);
  g_assert_true (store (self, "empty", "", SAMPAN_CONFLICT_REFUSE, &fourth, &error));
  assert_usage (self, 16, 0);
}

static void
test_removed (Fixture *self, gconstpointer confine)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SampanPath) folder = path_of ("folder");
  uint8_t trash_id[SAMPAN_TRASH_ID_LENGTH];

  disk_mkdir (self, "folder");
  disk_mkdir (self, "folder/below");
  disk_write (self, "folder/below/info", "123456");
  disk_write (self, "folder/info", "123");
  start (self, 9);
  g_assert_true (sampan_storage_remove (self->root, folder, true, ACCOUNT_ID, trash_id, &error));
  assert_usage (self, 9, 0);
  sampan_trash_expire (self->root, time (NULL) + (int64_t)(SAMPAN_TRASH_DAYS + 1) * 86400);
  assert_usage (self, 0, 0);
}

static void
test_partials (Fixture *self, gconstpointer confine)
{
  SampanPutRequest request = put_request (2 * PART_BYTES, SAMPAN_CONFLICT_REFUSE);
  SampanPutRequest other = put_request (PART_BYTES + 1, SAMPAN_CONFLICT_REFUSE);
  g_autoptr (GError) error = NULL;
  SampanPutOffer offer;
  SampanUpload *upload;

  start (self, 2 * PART_BYTES);
  upload = begin (self, "a", &request, &error);
  g_assert_no_error (error);
  assert_usage (self, 0, 2 * PART_BYTES);
  g_assert_null (begin (self, "b", &other, &error));
  assert_quota_error (&error, PART_BYTES + 1);
  write_part (upload, PART_BYTES);
  assert_usage (self, 0, 2 * PART_BYTES);
  sampan_upload_free (upload, true);
  assert_usage (self, PART_BYTES, 0);
  g_assert_null (begin (self, "b", &other, &error));
  assert_quota_error (&error, 1);
  /* The part that is there counts for the upload that goes on. */
  request.flags = SAMPAN_PUT_RESUME;
  upload = begin (self, "a", &request, &error);
  g_assert_no_error (error);
  g_assert_true (sampan_upload_get_offer (upload, &offer, &error));
  g_assert_cmpuint (offer.offset, ==, PART_BYTES);
  g_assert_true (sampan_upload_start_at (upload, offer.offset, &error));
  assert_usage (self, 0, 2 * PART_BYTES);
  sampan_upload_free (upload, true);
  assert_usage (self, PART_BYTES, 0);
  /* Too little for the rest: the part stays and still counts. */
  sampan_usage_set_quota (get_usage (self), 2 * PART_BYTES - 1);
  g_assert_null (begin (self, "a", &request, &error));
  assert_quota_error (&error, 1);
  assert_usage (self, PART_BYTES, 0);
  sampan_usage_set_quota (get_usage (self), 2 * PART_BYTES);
  upload = begin (self, "a", &request, &error);
  g_assert_no_error (error);
  sampan_upload_free (upload, false);
  assert_usage (self, 0, 0);
}

static void
test_expired (Fixture *self, gconstpointer confine)
{
  SampanPutRequest request = put_request (2 * PART_BYTES, SAMPAN_CONFLICT_REFUSE);
  g_autoptr (GError) error = NULL;
  SampanUpload *upload;

  start (self, 2 * PART_BYTES);
  upload = begin (self, "a", &request, &error);
  g_assert_no_error (error);
  write_part (upload, PART_BYTES);
  sampan_upload_free (upload, true);
  sampan_share_root_expire (self->root);
  assert_usage (self, PART_BYTES, 0);
  sampan_staging_expire (self->root, time (NULL) + (int64_t)(SAMPAN_PARTIAL_DAYS + 1) * 86400);
  assert_usage (self, 0, 0);
}

static bool
copy (Fixture *self, const char *from_name, const char *to_name, GError **error)
{
  g_autoptr (SampanPath) from = path_of (from_name);
  g_autoptr (SampanPath) to = path_of (to_name);
  g_autofree char *stored_name = NULL;
  SampanStored stored;

  return sampan_storage_copy (self->root,
                              from,
                              self->root,
                              to,
                              SAMPAN_CONFLICT_KEEP_BOTH,
                              ACCOUNT_ID,
                              NULL,
                              NULL,
                              NULL,
                              &stored,
                              &stored_name,
                              error);
}

static void
test_copied (Fixture *self, gconstpointer confine)
{
  g_autoptr (GError) error = NULL;

  disk_mkdir (self, "folder");
  disk_write (self, "folder/a", "12345");
  disk_write (self, "folder/b", "1234567");
  start (self, 31);
  g_assert_true (copy (self, "folder", "second", &error));
  assert_usage (self, 24, 0);
  g_assert_true (copy (self, "folder/a", "a", &error));
  g_assert_true (copy (self, "folder/a", "empty", &error) == false);
  assert_quota_error (&error, 3);
  assert_usage (self, 29, 0);
  g_assert_false (copy (self, "folder", "third", &error));
  assert_code (&error, SAMPAN_ERROR_QUOTA);
  assert_usage (self, 29, 0);
  g_assert_false (disk_exists (self, "third"));
  g_assert_cmpuint (count_entries (self, ".sampan/staging"), ==, 0);
}

/* What others do shows with the next count; what they delete never makes the sum wrap around. */
static void
test_behind_the_back (Fixture *self, gconstpointer confine)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *name = disk_name (self, "a");
  g_auto (Result) result = { 0 };

  start (self, 10);
  g_assert_true (store (self, "a", "12345", SAMPAN_CONFLICT_REFUSE, &result, &error));
  g_assert_cmpint (unlink (name), ==, 0);
  g_assert_cmpuint (sampan_usage_get_free_bytes (get_usage (self)), ==, 5);
  g_assert_true (sampan_usage_count (self->root, NULL, NULL));
  assert_usage (self, 0, 0);
  disk_write (self, "b", "12345");
  g_assert_true (sampan_usage_count (self->root, NULL, NULL));
  assert_usage (self, 5, 0);
  sampan_usage_release (get_usage (self), 7);
  g_assert_cmpuint (sampan_usage_get_free_bytes (get_usage (self)), ==, 10);
}

static void
test_not_counted (Fixture *self, gconstpointer confine)
{
  SampanPutRequest request = put_request (5, SAMPAN_CONFLICT_REFUSE);
  g_autoptr (GError) error = NULL;
  SampanUpload *upload;

  /* Without a quota nothing is counted, nor waited for. */
  upload = begin (self, "a", &request, &error);
  g_assert_no_error (error);
  sampan_upload_free (upload, false);
  sampan_usage_set_quota (get_usage (self), 10);
  g_assert_null (begin (self, "a", &request, &error));
  g_assert_cmpuint (sampan_error_get_detail (error), >, 0);
  assert_code (&error, SAMPAN_ERROR_TRY_LATER);
}

/* ---- Many at once ---- */

typedef struct
{
  Fixture *share;
  int number;
  int stored; /* atomic */
} Crowd;

static void
store_some (gpointer data, gpointer user_data)
{
  Crowd *self = user_data;
  g_autofree char *name = g_strdup_printf ("%d", GPOINTER_TO_INT (data));
  g_autoptr (GError) error = NULL;
  g_auto (Result) result = { 0 };

  if (store (self->share, name, "1234567890", SAMPAN_CONFLICT_REFUSE, &result, &error))
    g_atomic_int_inc (&self->stored);
  else
    g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_QUOTA);
}

/* Uploads, removals for good and counts of the disk at the same time. */
static void
test_crowd (Fixture *self, gconstpointer confine)
{
  Crowd crowd = { .share = self };
  g_autoptr (GError) error = NULL;
  GThreadPool *pool;
  int next = 1;

  start (self, 5 * 10 + 9);
  for (int round = 0; round < ROUNDS; round++)
    {
      crowd.stored = 0;
      pool = g_thread_pool_new (store_some, &crowd, THREADS, TRUE, &error);
      g_assert_no_error (error);
      for (int i = 0; i < THREADS; i++)
        g_thread_pool_push (pool, GINT_TO_POINTER (next++), NULL);
      (void)!sampan_usage_count (self->root, NULL, NULL);
      g_thread_pool_free (pool, FALSE, TRUE);
      g_assert_cmpint (crowd.stored, ==, 5);
      assert_usage (self, 50, 0);
      for (int i = next - THREADS; i < next; i++)
        {
          g_autofree char *name = g_strdup_printf ("%d", i);
          g_autoptr (SampanPath) path = path_of (name);
          uint8_t id[SAMPAN_TRASH_ID_LENGTH];

          if (disk_exists (self, name))
            g_assert_true (sampan_storage_remove (self->root, path, false, ACCOUNT_ID, id, &error));
        }
      sampan_trash_expire (self->root, time (NULL) + (int64_t)(SAMPAN_TRASH_DAYS + 1) * 86400);
      assert_usage (self, 0, 0);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (sodium_init () < 0)
    return 1;
  fixture_add_once ("/storage/usage/stored", test_stored);
  fixture_add_once ("/storage/usage/removed", test_removed);
  fixture_add_once ("/storage/usage/partials", test_partials);
  fixture_add_once ("/storage/usage/expired", test_expired);
  fixture_add_once ("/storage/usage/copied", test_copied);
  fixture_add_once ("/storage/usage/behind-the-back", test_behind_the_back);
  fixture_add_once ("/storage/usage/not-counted", test_not_counted);
  fixture_add_once ("/storage/usage/crowd", test_crowd);
  return g_test_run ();
}
