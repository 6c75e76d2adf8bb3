/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A share in a temporary directory with a directory beside it that must never be reached. */

#include "config.h"

#include "fixture.h"

#include "storage/disk.h"
#include "storage/tree-removal.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>

static void
set_up (Fixture *self, gconstpointer confine)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *canary = NULL;

  self->base = g_dir_make_tmp ("sampan-storage-XXXXXX", &error);
  g_assert_no_error (error);
  self->share = g_build_filename (self->base, "share", NULL);
  self->outside = g_build_filename (self->base, "outside", NULL);
  canary = g_build_filename (self->outside, CANARY_NAME, NULL);
  g_assert_cmpint (g_mkdir (self->share, 0777), ==, 0);
  g_assert_cmpint (g_mkdir (self->outside, 0777), ==, 0);
  g_assert_true (g_file_set_contents (canary, CANARY, -1, NULL));
  self->root = sampan_share_root_open (self->share, GPOINTER_TO_INT (confine), &error);
  if (g_error_matches (error, SAMPAN_ERROR, SAMPAN_ERROR_UNSUPPORTED))
    {
      g_test_skip ("the kernel does not confine by openat2");
      return;
    }
  g_assert_no_error (error);
}

static void
tear_down (Fixture *self, gconstpointer confine)
{
  assert_outside_untouched (self);
  g_clear_pointer (&self->root, sampan_share_root_unref);
  g_assert_true (sampan_tree_removal_run (AT_FDCWD, self->base));
  g_free (self->base);
  g_free (self->share);
  g_free (self->outside);
}

typedef struct
{
  FixtureFunc func;
  SampanConfine confine;
} Case;

static void
run_case (gconstpointer data)
{
  const Case *test = data;
  Fixture fixture = { 0 };

  set_up (&fixture, GINT_TO_POINTER (test->confine));
  if (fixture.root != NULL)
    test->func (&fixture, GINT_TO_POINTER (test->confine));
  tear_down (&fixture, NULL);
}

static void
add_case (const char *way, const char *name, FixtureFunc func, SampanConfine confine)
{
  g_autofree char *path = g_strdup_printf ("/storage/%s/%s", way, name);
  Case *test = g_new0 (Case, 1);

  test->func = func;
  test->confine = confine;
  g_test_add_data_func_full (path, test, run_case, g_free);
}

void
fixture_add (const char *name, FixtureFunc func)
{
  add_case ("openat2", name, func, SAMPAN_CONFINE_OPENAT2);
  add_case ("walk", name, func, SAMPAN_CONFINE_WALK);
}

void
fixture_add_once (const char *name, FixtureFunc func)
{
  add_case ("once", name, func, SAMPAN_CONFINE_PROBE);
}

SampanPath *
path_of (const char *text)
{
  g_autoptr (GError) error = NULL;
  SampanPath *path = sampan_path_new ((const uint8_t *)text, strlen (text), &error);

  g_assert_no_error (error);
  return path;
}

char *
disk_name (Fixture *self, const char *relative)
{
  return g_build_filename (self->share, relative, NULL);
}

void
disk_write (Fixture *self, const char *relative, const char *content)
{
  g_autofree char *name = disk_name (self, relative);
  FILE *file = fopen (name, "we");

  g_assert_nonnull (file);
  g_assert_cmpint (fputs (content, file), >=, 0);
  g_assert_cmpint (fclose (file), ==, 0);
}

void
disk_mkdir (Fixture *self, const char *relative)
{
  g_autofree char *name = disk_name (self, relative);

  g_assert_cmpint (g_mkdir_with_parents (name, 0777), ==, 0);
}

void
disk_symlink (Fixture *self, const char *target, const char *relative)
{
  g_autofree char *name = disk_name (self, relative);

  g_assert_cmpint (symlink (target, name), ==, 0);
}

bool
disk_exists (Fixture *self, const char *relative)
{
  g_autofree char *name = disk_name (self, relative);
  struct stat status;

  return lstat (name, &status) == 0;
}

void
assert_content (Fixture *self, const char *relative, const char *content)
{
  g_autofree char *name = disk_name (self, relative);
  g_autofree char *found = NULL;

  g_assert_true (g_file_get_contents (name, &found, NULL, NULL));
  g_assert_cmpstr (found, ==, content);
}

unsigned int
count_entries (Fixture *self, const char *relative)
{
  g_autofree char *name = disk_name (self, relative);
  g_autoptr (GDir) folder = g_dir_open (name, 0, NULL);
  unsigned int count = 0;

  g_assert_nonnull (folder);
  while (g_dir_read_name (folder) != NULL)
    count++;
  return count;
}

void
assert_outside_untouched (Fixture *self)
{
  g_autofree char *canary = g_build_filename (self->outside, CANARY_NAME, NULL);
  g_autofree char *content = NULL;
  g_autoptr (GDir) folder = g_dir_open (self->outside, 0, NULL);
  struct stat status;

  g_assert_nonnull (folder);
  g_assert_cmpstr (g_dir_read_name (folder), ==, CANARY_NAME);
  g_assert_null (g_dir_read_name (folder));
  g_assert_true (g_file_get_contents (canary, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, CANARY);
  g_assert_cmpint (lstat (canary, &status), ==, 0);
  g_assert_true (S_ISREG (status.st_mode));
}

void
result_clear (Result *result)
{
  g_clear_pointer (&result->name, g_free);
  g_clear_error (&result->error);
}

SampanPutRequest
put_request (uint64_t size, SampanConflict conflict)
{
  SampanPutRequest request = {
    .size = size,
    .mtime = { .seconds = 1000000000, .nanoseconds = 5 },
    .conflict = (uint8_t)conflict,
  };

  randombytes_buf (request.upload_id, sizeof request.upload_id);
  return request;
}

SampanUpload *
begin (Fixture *self, const char *path, const SampanPutRequest *request, GError **error)
{
  g_autoptr (SampanPath) parsed = path_of (path);

  return sampan_upload_begin (self->root, parsed, request, ACCOUNT_ID, error);
}

void
collect_cb (const SampanStored *stored, const GError *error, gpointer results)
{
  Result result = { 0 };

  g_assert_true ((stored == NULL) != (error == NULL));
  if (stored != NULL)
    {
      result.name = g_strndup ((const char *)stored->name.data, stored->name.length);
      memcpy (result.version, stored->version, sizeof result.version);
      memcpy (result.trash_id, stored->trash_id, sizeof result.trash_id);
    }
  else
    result.error = g_error_copy (error);
  g_array_append_val ((GArray *)results, result);
}

GArray *
results_new (void)
{
  GArray *results = g_array_new (FALSE, FALSE, sizeof (Result));

  g_array_set_clear_func (results, (GDestroyNotify)result_clear);
  return results;
}

bool
store (Fixture *self,
       const char *path,
       const char *content,
       SampanConflict conflict,
       Result *result,
       GError **error)
{
  SampanPutRequest request = put_request (strlen (content), conflict);
  SampanUpload *upload = begin (self, path, &request, error);
  g_autoptr (SampanCommitBatch) batch = NULL;
  g_autoptr (GArray) results = results_new ();
  Result *only;

  if (upload == NULL)
    return false;
  if (!sampan_upload_write (upload, (const uint8_t *)content, strlen (content), error) ||
      !sampan_upload_finish (upload, strlen (content), error))
    {
      sampan_upload_free (upload, false);
      return false;
    }
  batch = sampan_commit_batch_new ();
  sampan_commit_batch_add (batch, upload);
  sampan_commit_batch_run (batch, collect_cb, results);
  g_assert_cmpuint (results->len, ==, 1);
  only = &g_array_index (results, Result, 0);
  if (only->error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&only->error));
      return false;
    }
  *result = *only;
  only->name = NULL;
  return true;
}

char *
read_trash (Fixture *self, const uint8_t id[static SAMPAN_TRASH_ID_LENGTH])
{
  char hex[SAMPAN_TRASH_NAME_BYTES];
  g_autofree char *name = NULL;
  char *content = NULL;

  sodium_bin2hex (hex, sizeof hex, id, SAMPAN_TRASH_ID_LENGTH);
  name = g_build_filename (self->share, ".sampan/trash", hex, SAMPAN_TRASH_ITEM, NULL);
  g_file_get_contents (name, &content, NULL, NULL);
  return content;
}

bool
is_zero (const uint8_t *bytes, size_t length)
{
  return sodium_is_zero (bytes, length) == 1;
}
