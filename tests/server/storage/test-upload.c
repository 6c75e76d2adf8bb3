/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Uploads until they are finished: checks before the first byte, resuming, what is kept. */

#include "config.h"

#include "fixture.h"

#include "storage/disk.h"
#include "storage/staging.h"
#include "storage/upload-private.h"

#include <sodium.h>
#include <string.h>
#include <unistd.h>

#define LARGE_BYTES (3 * 64 * 1024 + 17)

static uint8_t *
make_data (size_t length)
{
  uint8_t *data = g_malloc (length);

  for (size_t i = 0; i < length; i++)
    data[i] = (uint8_t)(i * 7 + i / 251);
  return data;
}

static void
commit (SampanUpload *upload, GError **error)
{
  g_autoptr (SampanCommitBatch) batch = sampan_commit_batch_new ();
  g_autoptr (GArray) results = results_new ();
  Result *only;

  sampan_commit_batch_add (batch, upload);
  sampan_commit_batch_run (batch, collect_cb, results);
  only = &g_array_index (results, Result, 0);
  if (only->error != NULL)
    g_propagate_error (error, g_steal_pointer (&only->error));
}

static void
assert_file_is (Fixture *self, const char *relative, const uint8_t *data, size_t length)
{
  g_autofree char *name = disk_name (self, relative);
  g_autofree char *content = NULL;
  size_t found;

  g_assert_true (g_file_get_contents (name, &content, &found, NULL));
  g_assert_cmpmem (content, found, data, length);
}

static void
test_happy (Fixture *self, gconstpointer confine)
{
  static const size_t lengths[] = { 0, 1, 65535, 65536, LARGE_BYTES };

  for (size_t i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autofree uint8_t *data = make_data (lengths[i]);
      SampanPutRequest request = put_request (lengths[i], SAMPAN_CONFLICT_REPLACE);
      g_autoptr (SampanPath) path = path_of ("file");
      g_autoptr (GError) error = NULL;
      SampanUpload *upload = begin (self, "file", &request, &error);
      SampanEntry entry;

      g_assert_no_error (error);
      for (size_t done = 0; done < lengths[i];)
        {
          size_t step = MIN (lengths[i] - done, 50000);

          g_assert_true (sampan_upload_write (upload, data + done, step, &error));
          done += step;
        }
      g_assert_true (sampan_upload_finish (upload, lengths[i], &error));
      commit (upload, &error);
      g_assert_no_error (error);
      assert_file_is (self, "file", data, lengths[i]);
      g_assert_true (sampan_storage_stat (self->root, path, &entry, &error));
      g_assert_cmpint (entry.mtime.seconds, ==, request.mtime.seconds);
      g_assert_cmpuint (entry.mtime.nanoseconds, ==, request.mtime.nanoseconds);
    }
  g_assert_cmpuint (count_entries (self, ".sampan/staging"), ==, 0);
}

static void
test_order_and_size (Fixture *self, gconstpointer confine)
{
  SampanPutRequest request = put_request (4, SAMPAN_CONFLICT_REFUSE);
  g_autoptr (GError) error = NULL;
  SampanUpload *upload = begin (self, "file", &request, &error);
  SampanPutOffer offer;

  g_assert_false (sampan_upload_get_offer (upload, &offer, &error));
  assert_code (&error, SAMPAN_ERROR_PROTOCOL);
  g_assert_false (sampan_upload_start_at (upload, 0, &error));
  assert_code (&error, SAMPAN_ERROR_PROTOCOL);
  g_assert_false (sampan_upload_write (upload, (const uint8_t *)"12345", 5, &error));
  assert_code (&error, SAMPAN_ERROR_PROTOCOL);
  g_assert_true (sampan_upload_write (upload, (const uint8_t *)"123", 3, &error));
  g_assert_false (sampan_upload_finish (upload, 3, &error));
  assert_code (&error, SAMPAN_ERROR_PROTOCOL);
  g_assert_false (sampan_upload_finish (upload, 4, &error));
  assert_code (&error, SAMPAN_ERROR_PROTOCOL);
  g_assert_true (sampan_upload_write (upload, (const uint8_t *)"4", 1, &error));
  g_assert_false (sampan_upload_write (upload, (const uint8_t *)"5", 1, &error));
  assert_code (&error, SAMPAN_ERROR_PROTOCOL);
  g_assert_true (sampan_upload_finish (upload, 4, &error));
  g_assert_false (sampan_upload_write (upload, (const uint8_t *)"", 0, &error));
  assert_code (&error, SAMPAN_ERROR_PROTOCOL);
  sampan_upload_free (upload, false);
  g_assert_false (disk_exists (self, "file"));
  g_assert_cmpuint (count_entries (self, ".sampan/staging"), ==, 0);
}

static void
assert_refused (Fixture *self,
                const char *path,
                SampanConflict conflict,
                int64_t mtime,
                SampanErrorCode code)
{
  SampanPutRequest request = put_request (1, conflict);
  g_autoptr (GError) error = NULL;

  request.mtime.seconds = mtime;
  g_assert_null (begin (self, path, &request, &error));
  assert_code (&error, code);
  g_assert_cmpuint (count_entries (self, ".sampan/staging"), ==, 0);
}

static void
test_refused_at_begin (Fixture *self, gconstpointer confine)
{
  SampanPutRequest request = put_request (UINT64_MAX, SAMPAN_CONFLICT_REFUSE);
  g_autoptr (GError) error = NULL;
  SampanEntry entry;
  g_autoptr (SampanPath) path = path_of ("file");

  disk_mkdir (self, "folder");
  disk_write (self, "file", "x");
  g_assert_true (sampan_storage_stat (self->root, path, &entry, &error));
  assert_refused (self, "file", SAMPAN_CONFLICT_REFUSE, 0, SAMPAN_ERROR_EXISTS);
  assert_refused (self, "folder", SAMPAN_CONFLICT_REFUSE, 0, SAMPAN_ERROR_EXISTS);
  assert_refused (self, "folder", SAMPAN_CONFLICT_REPLACE, 0, SAMPAN_ERROR_WRONG_KIND);
  assert_refused (self,
                  "folder",
                  SAMPAN_CONFLICT_REPLACE_NEWER,
                  INT64_MAX,
                  SAMPAN_ERROR_WRONG_KIND);
  assert_refused (self,
                  "file",
                  SAMPAN_CONFLICT_REPLACE_NEWER,
                  entry.mtime.seconds - 1,
                  SAMPAN_ERROR_EXISTS);
  assert_refused (self, "none/file", SAMPAN_CONFLICT_REFUSE, 0, SAMPAN_ERROR_NOT_FOUND);
  assert_refused (self, "file/file", SAMPAN_CONFLICT_REFUSE, 0, SAMPAN_ERROR_WRONG_KIND);
  assert_refused (self, ".sampan/x", SAMPAN_CONFLICT_REFUSE, 0, SAMPAN_ERROR_BAD_NAME);

  /* More than any disk has. */
  g_assert_null (begin (self, "huge", &request, &error));
  assert_code (&error, SAMPAN_ERROR_NO_SPACE);
  request.size = (uint64_t)1 << 62;
  g_assert_null (begin (self, "huge", &request, &error));
  assert_code (&error, SAMPAN_ERROR_NO_SPACE);
  g_assert_cmpuint (count_entries (self, ".sampan/staging"), ==, 0);
}

static void
test_expected_version (Fixture *self, gconstpointer confine)
{
  SampanPutRequest request = put_request (1, SAMPAN_CONFLICT_REPLACE);
  g_autoptr (SampanPath) path = path_of ("file");
  g_autoptr (GError) error = NULL;
  SampanUpload *upload;
  SampanEntry entry;

  disk_write (self, "file", "seen");
  g_assert_true (sampan_storage_stat (self->root, path, &entry, &error));
  request.flags = SAMPAN_PUT_EXPECT_VERSION;
  memcpy (request.version, entry.version, sizeof request.version);
  upload = begin (self, "file", &request, &error);
  g_assert_no_error (error);
  sampan_upload_free (upload, false);

  request.version[0] ^= 1;
  g_assert_null (begin (self, "file", &request, &error));
  assert_code (&error, SAMPAN_ERROR_CHANGED);
  g_assert_null (begin (self, "gone", &request, &error));
  assert_code (&error, SAMPAN_ERROR_CHANGED);
}

/* ---- Resume ---- */

static SampanUpload *
begin_resume (Fixture *self, SampanPutRequest *request, SampanPutOffer *offer)
{
  g_autoptr (GError) error = NULL;
  SampanUpload *upload;

  request->flags |= SAMPAN_PUT_RESUME;
  upload = begin (self, "file", request, &error);
  g_assert_no_error (error);
  g_assert_true (sampan_upload_get_offer (upload, offer, &error));
  g_assert_no_error (error);
  return upload;
}

static void
leave_partial (Fixture *self, const SampanPutRequest *request, const uint8_t *data, size_t length)
{
  g_autoptr (GError) error = NULL;
  SampanUpload *upload = begin (self, "file", request, &error);

  g_assert_no_error (error);
  g_assert_true (sampan_upload_write (upload, data, length, &error));
  sampan_upload_free (upload, true);
}

static void
assert_hash_of (const SampanPutOffer *offer, const uint8_t *data)
{
  uint8_t hash[SAMPAN_HASH_LENGTH];

  crypto_generichash (hash, sizeof hash, data, offer->offset, NULL, 0);
  g_assert_cmpmem (offer->hash, sizeof offer->hash, hash, sizeof hash);
}

static void
test_resume (Fixture *self, gconstpointer confine)
{
  static const size_t held = SAMPAN_PARTIAL_MIN_BYTES;
  g_autofree uint8_t *data = make_data (LARGE_BYTES);
  SampanPutRequest request = put_request (LARGE_BYTES, SAMPAN_CONFLICT_REFUSE);
  g_autoptr (GError) error = NULL;
  SampanPutOffer offer;
  SampanUpload *upload;

  leave_partial (self, &request, data, held);
  g_assert_cmpuint (count_entries (self, ".sampan/staging"), ==, 1);
  upload = begin_resume (self, &request, &offer);
  g_assert_cmpuint (offer.offset, ==, held);
  assert_hash_of (&offer, data);
  g_assert_false (sampan_upload_start_at (upload, held - 1, &error));
  assert_code (&error, SAMPAN_ERROR_PROTOCOL);
  g_assert_true (sampan_upload_start_at (upload, held, &error));
  g_assert_true (sampan_upload_write (upload, data + held, LARGE_BYTES - held, &error));
  g_assert_true (sampan_upload_finish (upload, LARGE_BYTES, &error));
  commit (upload, &error);
  g_assert_no_error (error);
  assert_file_is (self, "file", data, LARGE_BYTES);
  g_assert_cmpuint (count_entries (self, ".sampan/staging"), ==, 0);
}

/* The prefix is not what the client has: from the start again, nothing of it stays. */
static void
test_resume_from_zero (Fixture *self, gconstpointer confine)
{
  g_autofree uint8_t *data = make_data (LARGE_BYTES);
  SampanPutRequest request = put_request (10, SAMPAN_CONFLICT_REFUSE);
  g_autoptr (GError) error = NULL;
  SampanPutOffer offer;
  SampanUpload *upload;

  request.size = LARGE_BYTES;
  leave_partial (self, &request, data, LARGE_BYTES);
  upload = begin_resume (self, &request, &offer);
  g_assert_cmpuint (offer.offset, ==, LARGE_BYTES);
  g_assert_true (sampan_upload_start_at (upload, 0, &error));
  g_assert_true (sampan_upload_write (upload, data, LARGE_BYTES, &error));
  sampan_upload_free (upload, true);

  /* A partial longer than what is announced now is none. */
  request.size = SAMPAN_PARTIAL_MIN_BYTES;
  upload = begin_resume (self, &request, &offer);
  g_assert_cmpuint (offer.offset, ==, 0);
  assert_hash_of (&offer, data);
  sampan_upload_free (upload, true);
  g_assert_cmpuint (count_entries (self, ".sampan/staging"), ==, 0);
}

static void
test_without_resume (Fixture *self, gconstpointer confine)
{
  g_autofree uint8_t *data = make_data (LARGE_BYTES);
  SampanPutRequest request = put_request (LARGE_BYTES, SAMPAN_CONFLICT_REFUSE);
  g_autoptr (GError) error = NULL;
  SampanPutOffer offer;
  SampanUpload *upload;

  leave_partial (self, &request, data, LARGE_BYTES);
  upload = begin (self, "file", &request, &error);
  sampan_upload_free (upload, true);
  upload = begin_resume (self, &request, &offer);
  g_assert_cmpuint (offer.offset, ==, 0);
  sampan_upload_free (upload, true);
}

static void
test_kept_or_dropped (Fixture *self, gconstpointer confine)
{
  static const struct
  {
    size_t length;
    bool keep;
    unsigned int left;
  } cases[] = {
    { SAMPAN_PARTIAL_MIN_BYTES - 1, true, 0 },
    { SAMPAN_PARTIAL_MIN_BYTES, true, 1 },
    { SAMPAN_PARTIAL_MIN_BYTES, false, 1 }, /* only the one from before */
  };
  g_autofree uint8_t *data = make_data (LARGE_BYTES);

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      SampanPutRequest request = put_request (LARGE_BYTES, SAMPAN_CONFLICT_REFUSE);
      g_autoptr (GError) error = NULL;
      SampanUpload *upload = begin (self, "file", &request, &error);

      g_assert_true (sampan_upload_write (upload, data, cases[i].length, &error));
      sampan_upload_free (upload, cases[i].keep);
      g_assert_cmpuint (count_entries (self, ".sampan/staging"), ==, cases[i].left);
    }
  sampan_upload_free (NULL, true);
}

/* Another connection with the same id must neither wait nor write into the same file. */
static void
test_in_use (Fixture *self, gconstpointer confine)
{
  g_autofree uint8_t *data = make_data (LARGE_BYTES);
  SampanPutRequest request = put_request (LARGE_BYTES, SAMPAN_CONFLICT_KEEP_BOTH);
  g_autoptr (GError) error = NULL;
  g_autoptr (SampanShareRoot) other =
      sampan_share_root_open (self->share, SAMPAN_CONFINE_PROBE, &error);
  g_autoptr (SampanPath) path = path_of ("file");
  SampanUpload *first = begin (self, "file", &request, &error);
  SampanUpload *second;
  SampanPutOffer offer;

  g_assert_true (sampan_upload_write (first, data, LARGE_BYTES, &error));
  request.flags = SAMPAN_PUT_RESUME;
  second = sampan_upload_begin (other, path, &request, ACCOUNT_ID, &error);
  g_assert_no_error (error);
  g_assert_true (sampan_upload_get_offer (second, &offer, &error));
  g_assert_cmpuint (offer.offset, ==, 0);
  g_assert_true (sampan_upload_start_at (second, 0, &error));
  g_assert_true (sampan_upload_write (second, data, LARGE_BYTES, &error));
  g_assert_cmpuint (count_entries (self, ".sampan/staging"), ==, 2);
  sampan_upload_free (second, true); /* nobody could find it again */
  g_assert_cmpuint (count_entries (self, ".sampan/staging"), ==, 1);
  sampan_staging_expire (self->root, G_MAXINT64);
  g_assert_cmpuint (count_entries (self, ".sampan/staging"), ==, 1);
  g_assert_true (sampan_upload_finish (first, LARGE_BYTES, &error));
  commit (first, &error);
  g_assert_no_error (error);
  assert_file_is (self, "file", data, LARGE_BYTES);
}

/* What somebody planted under the name of a partial is neither opened nor written. */
static void
test_planted_partial (Fixture *self, gconstpointer confine)
{
  static const char *const kinds[] = { "symlink", "link", "fifo", "folder" };

  for (size_t i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      SampanPutRequest request = put_request (1, SAMPAN_CONFLICT_KEEP_BOTH);
      g_autoptr (GError) error = NULL;
      char hex[2 * SAMPAN_UPLOAD_ID_LENGTH + 1];
      g_autofree char *relative = NULL, *name = NULL;
      g_autofree char *canary = g_build_filename (self->outside, CANARY_NAME, NULL);
      SampanPutOffer offer;
      SampanUpload *upload;

      sodium_bin2hex (hex, sizeof hex, request.upload_id, sizeof request.upload_id);
      relative = g_strdup_printf (".sampan/staging/%016x-%s", ACCOUNT_ID, hex);
      name = disk_name (self, relative);
      switch (i)
        {
        case 0:
          disk_symlink (self, canary, relative);
          break;
        case 1:
          g_assert_cmpint (link (canary, name), ==, 0);
          break;
        case 2:
          g_assert_cmpint (mkfifo (name, 0666), ==, 0);
          break;
        default:
          disk_mkdir (self, relative);
        }
      g_test_message ("%s", kinds[i]);
      upload = begin_resume (self, &request, &offer);
      g_assert_cmpuint (offer.offset, ==, 0);
      g_assert_true (sampan_upload_start_at (upload, 0, &error));
      g_assert_true (sampan_upload_write (upload, (const uint8_t *)"x", 1, &error));
      sampan_upload_free (upload, false);
      assert_outside_untouched (self);
    }
  g_assert_cmpuint (count_entries (self, ".sampan/staging"), ==, 0);
}

/* ---- Limits ---- */

static struct timespec
touch (Fixture *self)
{
  g_autofree char *name = disk_name (self, "touched");
  struct stat status;

  disk_write (self, "touched", "x");
  g_assert_cmpint (stat (name, &status), ==, 0);
  return status.st_ctim;
}

/* Until what is written is newer than what was: the disk's clock ticks every few ms. */
static void
wait_for_disk_clock (Fixture *self)
{
  struct timespec first = touch (self), now;

  do
    now = touch (self);
  while (now.tv_sec == first.tv_sec && now.tv_nsec == first.tv_nsec);
}

static void
test_cap (Fixture *self, gconstpointer confine)
{
  g_autofree uint8_t *data = make_data (SAMPAN_PARTIAL_MIN_BYTES);
  SampanPutRequest busy_request = put_request (LARGE_BYTES, SAMPAN_CONFLICT_REFUSE);
  SampanPutRequest first_request = put_request (LARGE_BYTES, SAMPAN_CONFLICT_REFUSE);
  SampanPutRequest other_request = put_request (LARGE_BYTES, SAMPAN_CONFLICT_REFUSE);
  g_autoptr (GError) error = NULL;
  g_autoptr (SampanPath) path = path_of ("file");
  SampanUpload *busy = begin (self, "file", &busy_request, &error);
  SampanUpload *other;
  SampanPutOffer offer;

  g_assert_true (sampan_upload_write (busy, data, SAMPAN_PARTIAL_MIN_BYTES, &error));
  other = sampan_upload_begin (self->root, path, &other_request, ACCOUNT_ID + 1, &error);
  g_assert_true (sampan_upload_write (other, data, SAMPAN_PARTIAL_MIN_BYTES, &error));
  sampan_upload_free (other, true);
  leave_partial (self, &first_request, data, SAMPAN_PARTIAL_MIN_BYTES);
  wait_for_disk_clock (self);
  for (int i = 0; i < SAMPAN_PARTIALS_PER_ACCOUNT; i++)
    {
      SampanPutRequest request = put_request (LARGE_BYTES, SAMPAN_CONFLICT_REFUSE);

      leave_partial (self, &request, data, SAMPAN_PARTIAL_MIN_BYTES);
    }
  /* The busy one and the other account's do not count. */
  g_assert_cmpuint (count_entries (self, ".sampan/staging"), ==, SAMPAN_PARTIALS_PER_ACCOUNT + 2);
  sampan_upload_free (begin_resume (self, &first_request, &offer), false);
  g_assert_cmpuint (offer.offset, ==, 0);
  sampan_upload_free (busy, false);
}

#define CRASH_SLOT ".sampan/trash/0123456789abcdef0123456789abcdef"

/* The only partial gets RELATIVE as its second name. */
static void
link_partial (Fixture *self, const char *relative)
{
  g_autofree char *staging = disk_name (self, ".sampan/staging");
  g_autofree char *second = disk_name (self, relative);
  g_autoptr (GDir) dir = g_dir_open (staging, 0, NULL);
  g_autofree char *partial = g_build_filename (staging, g_dir_read_name (dir), NULL);

  g_assert_cmpint (link (partial, second), ==, 0);
}

/* With the new file on its way through the slot: noticed at the next start, or when the upload goes
 * on before that. */
static void
test_crash_before_exchange (Fixture *self, gconstpointer confine)
{
  g_autofree uint8_t *data = make_data (LARGE_BYTES);
  SampanPutRequest request = put_request (LARGE_BYTES, SAMPAN_CONFLICT_REPLACE);
  SampanPutOffer offer;

  for (int i = 0; i < 2; i++)
    {
      leave_partial (self, &request, data, LARGE_BYTES);
      disk_mkdir (self, CRASH_SLOT);
      disk_write (self, CRASH_SLOT "/info", "x");
      link_partial (self, CRASH_SLOT "/item");
      if (i == 0)
        sampan_share_root_expire (self->root);
      sampan_upload_free (begin_resume (self, &request, &offer), false);
      g_assert_cmpuint (offer.offset, ==, LARGE_BYTES);
      assert_hash_of (&offer, data);
      g_assert_cmpuint (count_entries (self, ".sampan/trash"), ==, 0);
      request.flags = 0;
    }
}

/* The staged name is that of a real file, which nothing may be written to. */
static void
test_crash_after_exchange (Fixture *self, gconstpointer confine)
{
  g_autofree uint8_t *data = make_data (LARGE_BYTES);
  SampanPutRequest request = put_request (LARGE_BYTES, SAMPAN_CONFLICT_REPLACE);
  SampanPutOffer offer;

  leave_partial (self, &request, data, LARGE_BYTES);
  link_partial (self, "first");
  sampan_upload_free (begin_resume (self, &request, &offer), false);
  g_assert_cmpuint (offer.offset, ==, 0);
  request.flags = 0;
  leave_partial (self, &request, data, LARGE_BYTES);
  link_partial (self, "second");
  sampan_share_root_expire (self->root);
  g_assert_cmpuint (count_entries (self, ".sampan/staging"), ==, 0);
  assert_file_is (self, "first", data, LARGE_BYTES);
  assert_file_is (self, "second", data, LARGE_BYTES);
}

static void
test_expire (Fixture *self, gconstpointer confine)
{
  g_autofree uint8_t *data = make_data (LARGE_BYTES);
  SampanPutRequest request = put_request (LARGE_BYTES, SAMPAN_CONFLICT_REFUSE);
  int64_t now = g_get_real_time () / G_USEC_PER_SEC;
  int64_t limit = (int64_t)SAMPAN_PARTIAL_DAYS * 24 * 60 * 60;

  leave_partial (self, &request, data, LARGE_BYTES);
  disk_mkdir (self, ".sampan/staging/copy-0/with/folders");
  disk_write (self, ".sampan/staging/copy-0/with/file", "x");
  disk_write (self, ".sampan/staging/copy-1", "x");
  sampan_share_root_expire (self->root);
  g_assert_cmpuint (count_entries (self, ".sampan/staging"), ==, 3);
  /* What nobody can go on with goes far earlier. */
  sampan_staging_expire (self->root, now + 2 * 60 * 60);
  g_assert_cmpuint (count_entries (self, ".sampan/staging"), ==, 1);
  sampan_staging_expire (self->root, now + limit - 60);
  g_assert_cmpuint (count_entries (self, ".sampan/staging"), ==, 1);
  sampan_staging_expire (self->root, now + limit + 60);
  g_assert_cmpuint (count_entries (self, ".sampan/staging"), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (sodium_init () < 0)
    return 1;
  fixture_add ("upload/happy", test_happy);
  fixture_add ("upload/order-and-size", test_order_and_size);
  fixture_add ("upload/E12/refused-at-begin", test_refused_at_begin);
  fixture_add ("upload/expected-version", test_expected_version);
  fixture_add ("upload/resume", test_resume);
  fixture_add ("upload/resume-from-zero", test_resume_from_zero);
  fixture_add ("upload/without-resume", test_without_resume);
  fixture_add ("upload/kept-or-dropped", test_kept_or_dropped);
  fixture_add ("upload/in-use", test_in_use);
  fixture_add ("upload/planted", test_planted_partial);
  fixture_add ("upload/E12/cap", test_cap);
  fixture_add ("upload/E12/expire", test_expire);
  fixture_add ("upload/F6/crash-before-exchange", test_crash_before_exchange);
  fixture_add ("upload/F6/crash-after-exchange", test_crash_after_exchange);
  return g_test_run ();
}
