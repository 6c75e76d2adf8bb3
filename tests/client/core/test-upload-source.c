/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The file that an upload sends: what can be opened, what is read of it, what a change of it is. */

#include "config.h"

#include "core-test.h"
#include "upload-source.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEXT "what is sent"

typedef struct
{
  char *filename;
  SampanUploadSource source; /* open */
} Fixture;

static void
write_file (const char *filename, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents (filename, text, -1, &error);
  g_assert_no_error (error);
}

static void
fixture_set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->filename = core_test_path ("source");
  write_file (self->filename, TEXT);
  sampan_upload_source_init (&self->source, self->filename);
  g_assert_false (sampan_upload_source_is_open (&self->source));
  g_assert_true (sampan_upload_source_open (&self->source, &error));
  g_assert_no_error (error);
  g_assert_true (sampan_upload_source_is_open (&self->source));
}

static void
fixture_tear_down (Fixture *self, gconstpointer data)
{
  sampan_upload_source_close (&self->source);
  g_assert_false (sampan_upload_source_is_open (&self->source));
  (void)g_unlink (self->filename);
  g_free (self->filename);
}

static void
test_read (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  uint8_t bytes[sizeof TEXT];

  g_assert_cmpint (self->source.before.st_size, ==, strlen (TEXT));
  g_assert_cmpuint (sampan_upload_source_read (&self->source, bytes, 4, 0, &error), ==, 4);
  g_assert_cmpmem (bytes, 4, TEXT, 4);
  g_assert_cmpuint (sampan_upload_source_read (&self->source, bytes, sizeof bytes, 5, &error),
                    ==,
                    strlen (TEXT) - 5);
  g_assert_cmpmem (bytes, strlen (TEXT) - 5, &TEXT[5], strlen (TEXT) - 5);
  g_assert_true (sampan_upload_source_check_unchanged (&self->source, &error));
  g_assert_no_error (error);
}

static void
expect_error (GError *error, SampanErrorCode code)
{
  g_autoptr (GError) owned = error;

  g_assert_error (owned, SAMPAN_ERROR, (int)code);
  g_assert_true (sampan_error_is_local (owned));
}

static void
test_shorter (Fixture *self, gconstpointer data)
{
  GError *error = NULL;
  uint8_t byte;

  g_assert_cmpint (truncate (self->filename, 4), ==, 0);
  g_assert_cmpuint (sampan_upload_source_read (&self->source, &byte, 1, 4, &error), ==, 0);
  expect_error (g_steal_pointer (&error), SAMPAN_ERROR_CHANGED);
  g_assert_false (sampan_upload_source_check_unchanged (&self->source, &error));
  expect_error (error, SAMPAN_ERROR_CHANGED);
}

static void
test_touched (Fixture *self, gconstpointer data)
{
  const struct timespec times[] = { { 0 }, { 1, 1 } };
  GError *error = NULL;

  g_assert_cmpint (utimensat (AT_FDCWD, self->filename, times, 0), ==, 0);
  g_assert_false (sampan_upload_source_check_unchanged (&self->source, &error));
  expect_error (error, SAMPAN_ERROR_CHANGED);
}

/* Another file under its name is no change of this one. */
static void
test_name_taken (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  uint8_t bytes[sizeof TEXT];

  g_assert_cmpint (g_unlink (self->filename), ==, 0);
  write_file (self->filename, "somebody else's");
  g_assert_true (sampan_upload_source_check_unchanged (&self->source, &error));
  g_assert_cmpuint (sampan_upload_source_read (&self->source, bytes, sizeof bytes, 0, &error),
                    ==,
                    strlen (TEXT));
  g_assert_cmpmem (bytes, strlen (TEXT), TEXT, strlen (TEXT));
  g_assert_no_error (error);
}

static void
test_prefix (Fixture *self, gconstpointer data)
{
  uint8_t hash[SAMPAN_HASH_LENGTH];

  g_assert_cmpint (crypto_generichash (hash, sizeof hash, (const uint8_t *)TEXT, 4, NULL, 0),
                   ==,
                   0);
  g_assert_true (sampan_upload_source_has_prefix (&self->source, 4, hash));
  g_assert_false (sampan_upload_source_has_prefix (&self->source, 5, hash));
  hash[0] ^= 1;
  g_assert_false (sampan_upload_source_has_prefix (&self->source, 4, hash));
}

static void
test_id (Fixture *self, gconstpointer data)
{
  g_autoptr (SampanPath) here = core_test_remote_path ("files/here");
  g_autoptr (SampanPath) there = core_test_remote_path ("files/there");
  uint8_t first[SAMPAN_UPLOAD_ID_LENGTH], second[SAMPAN_UPLOAD_ID_LENGTH];

  sampan_upload_source_make_id (&self->source, here, first);
  sampan_upload_source_make_id (&self->source, here, second);
  g_assert_cmpmem (first, sizeof first, second, sizeof second);
  sampan_upload_source_make_id (&self->source, there, second);
  g_assert_cmpint (memcmp (first, second, sizeof first), !=, 0);
  self->source.before.st_mtim.tv_nsec ^= 1;
  sampan_upload_source_make_id (&self->source, here, second);
  g_assert_cmpint (memcmp (first, second, sizeof first), !=, 0);
}

static void
expect_no_open (const char *filename, SampanErrorCode code)
{
  SampanUploadSource source;
  GError *error = NULL;

  sampan_upload_source_init (&source, filename);
  g_assert_false (sampan_upload_source_open (&source, &error));
  g_assert_false (sampan_upload_source_is_open (&source));
  expect_error (error, code);
}

static void
test_no_file (void)
{
  g_autofree char *missing = core_test_path ("missing");
  g_autofree char *folder = core_test_path ("folder");
  g_autofree char *pipe = core_test_path ("pipe");

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  expect_no_open (missing, SAMPAN_ERROR_NOT_FOUND);
  expect_no_open (folder, SAMPAN_ERROR_WRONG_KIND);
  expect_no_open (pipe, SAMPAN_ERROR_WRONG_KIND);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
  g_assert_cmpint (g_unlink (pipe), ==, 0);
}

#define ADD(path, function)                                                                        \
  g_test_add (path, Fixture, NULL, fixture_set_up, function, fixture_tear_down)

int
main (int argc, char **argv)
{
  core_test_init (&argc, &argv);
  ADD ("/upload-source/read", test_read);
  ADD ("/upload-source/shorter", test_shorter);
  ADD ("/upload-source/touched", test_touched);
  ADD ("/upload-source/name-taken", test_name_taken);
  ADD ("/upload-source/prefix", test_prefix);
  ADD ("/upload-source/id", test_id);
  g_test_add_func ("/upload-source/no-file", test_no_file);
  return core_test_run ();
}
