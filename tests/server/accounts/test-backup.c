/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Backups: there and back, damaged at each byte, and what they never overwrite. */

#include "config.h"

#include "accounts/backup-file.h"
#include "accounts/backup.h"
#include "control.h"
#include "scratch.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

static bool
has_account (const Scratch *scratch, const char *name)
{
  g_autoptr (SampanAccountStore) store = scratch_open_store (scratch);
  g_autoptr (GError) error = NULL;
  SampanAccount account;
  bool is_there = sampan_account_store_find (store, name, strlen (name), &account, &error);

  g_assert_no_error (error);
  return is_there;
}

static void
add_account (const Scratch *scratch, const char *name)
{
  g_autoptr (SampanAccountStore) store = scratch_open_store (scratch);

  scratch_add_account (store, name);
}

static char *
make_backup (const Scratch *scratch)
{
  g_autoptr (SampanAccountStore) store = scratch_open_store (scratch);
  g_autoptr (GError) error = NULL;
  char *filename = scratch_build (scratch, "backup");

  g_assert_true (sampan_backup_write (store, filename, &error));
  g_assert_no_error (error);
  return filename;
}

static GError *
restore (const Scratch *scratch, const char *filename, bool replace)
{
  g_autofree char *kept = NULL;
  int64_t made_secs = 0;
  GError *error = NULL;
  bool ok = sampan_backup_restore (filename, scratch->state, replace, &made_secs, &kept, &error);

  g_assert_cmpint (ok, ==, error == NULL);
  if (ok)
    {
      g_assert_cmpint (ABS (g_get_real_time () / G_USEC_PER_SEC - made_secs), <, 60);
      g_assert_cmpint (kept != NULL, ==, replace);
    }
  return error;
}

static unsigned int
count_files (const Scratch *scratch)
{
  g_autoptr (GDir) dir = g_dir_open (scratch->state, 0, NULL);
  unsigned int count = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    count++;
  return count;
}

static void
test_there_and_back (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autofree char *filename = NULL;
  g_autofree char *gone = NULL;
  uint8_t before[SAMPAN_PUBLIC_KEY_LENGTH];
  struct stat info;

  scratch_init (&scratch);
  add_account (&scratch, "ann");
  filename = make_backup (&scratch);
  g_assert_cmpint (stat (filename, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0600);
  {
    g_autoptr (SampanAccountStore) store = scratch_open_store (&scratch);
    memcpy (before, sampan_account_store_get_keys (store)->public_key, sizeof before);
  }
  gone = scratch_build (&scratch, "gone");
  g_assert_cmpint (g_rename (scratch.state, gone), ==, 0);
  g_assert_no_error (restore (&scratch, filename, false));
  g_assert_true (has_account (&scratch, "ann"));
  {
    g_autoptr (SampanAccountStore) store = scratch_open_store (&scratch);
    g_assert_cmpmem (before,
                     sizeof before,
                     sampan_account_store_get_keys (store)->public_key,
                     sizeof before);
  }
}

/* A state that lives is put aside, never lost, and only when that is said. */
static void
test_replace (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autofree char *filename = NULL;
  g_autoptr (GError) error = NULL;
  unsigned int n_files;

  scratch_init (&scratch);
  add_account (&scratch, "ann");
  filename = make_backup (&scratch);
  add_account (&scratch, "later");
  n_files = count_files (&scratch);
  error = restore (&scratch, filename, false);
  g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_EXISTS);
  g_assert_true (has_account (&scratch, "later"));
  g_assert_cmpuint (count_files (&scratch), ==, n_files);
  g_assert_no_error (restore (&scratch, filename, true));
  g_assert_false (has_account (&scratch, "later"));
  g_assert_true (has_account (&scratch, "ann"));
  g_assert_cmpuint (count_files (&scratch), ==, n_files + 2);
  /* Within the same second. */
  for (unsigned int i = 2; i < 5; i++)
    {
      g_assert_no_error (restore (&scratch, filename, true));
      g_assert_cmpuint (count_files (&scratch), ==, n_files + 2 * i);
    }
}

static void
test_never_overwrites (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autofree char *filename = NULL;
  g_autoptr (SampanAccountStore) store = NULL;
  g_autoptr (GError) error = NULL;

  scratch_init (&scratch);
  add_account (&scratch, "ann");
  filename = make_backup (&scratch);
  store = scratch_open_store (&scratch);
  g_assert_false (sampan_backup_write (store, filename, &error));
  g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_EXISTS);
}

static char *
answer_cb (const char *line, unsigned int uid, gpointer user_data)
{
  return NULL;
}

static void
test_server_runs (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autofree char *filename = NULL;
  g_autoptr (SampanControl) control = NULL;
  g_autoptr (GError) error = NULL;

  scratch_init (&scratch);
  add_account (&scratch, "ann");
  control = sampan_control_listen (scratch.state, answer_cb, NULL, &error);
  g_assert_no_error (error);
  filename = make_backup (&scratch);
  error = restore (&scratch, filename, true);
  g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_EXISTS);
  g_clear_error (&error);
  g_clear_pointer (&control, sampan_control_close);
  g_assert_no_error (restore (&scratch, filename, true));
}

/* Every byte counts, and nothing changes for a bad one. */
static void
test_damaged (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autofree char *filename = NULL;
  g_autofree char *bad = NULL;
  g_autofree char *content = NULL;
  g_autoptr (GError) error = NULL;
  SampanBackupContent decoded;
  gsize length;

  scratch_init (&scratch);
  add_account (&scratch, "ann");
  filename = make_backup (&scratch);
  g_assert_true (g_file_get_contents (filename, &content, &length, NULL));
  for (gsize i = 0; i < length; i += i < 1024 ? 1 : 997)
    {
      content[i] ^= 1;
      g_assert_false (sampan_backup_file_decode ((const uint8_t *)content, length, &decoded, NULL));
      content[i] ^= 1;
    }
  for (gsize cut = 0; cut < length; cut += cut < 1024 ? 1 : 997)
    g_assert_false (sampan_backup_file_decode ((const uint8_t *)content, cut, &decoded, NULL));
  g_assert_true (sampan_backup_file_decode ((const uint8_t *)content, length, &decoded, NULL));
  bad = scratch_build (&scratch, "bad");
  content[length / 2] ^= 1;
  g_assert_true (g_file_set_contents (bad, content, (gssize)length, NULL));
  error = restore (&scratch, bad, true);
  g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_IO);
  g_assert_true (has_account (&scratch, "ann"));
}

/* Whole, but its halves do not make a server: nothing is put aside for it. */
static void
test_wrong_inside (void)
{
  static const char database[] = "this is no database";
  g_auto (Scratch) scratch = { 0 };
  g_autofree char *bad = NULL;
  g_autoptr (GError) error = NULL;
  SampanBackupContent content = { .made_secs = 1,
                                  .keys = { (const uint8_t *)"keys", 4 },
                                  .database = { (const uint8_t *)database, sizeof database } };
  unsigned int n_files;
  size_t length;
  uint8_t *file;

  scratch_init (&scratch);
  add_account (&scratch, "ann");
  n_files = count_files (&scratch);
  bad = scratch_build (&scratch, "bad");
  file = sampan_backup_file_encode (&content, &length, &error);
  g_assert_no_error (error);
  g_assert_true (sampan_backup_file_write (bad, file, length, &error));
  sampan_backup_file_free (file, length);
  error = restore (&scratch, bad, true);
  g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_IO);
  g_assert_true (has_account (&scratch, "ann"));
  g_assert_cmpuint (count_files (&scratch), ==, n_files);
}

static void
test_none_of_ours (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autofree char *other = NULL;
  g_autoptr (GError) error = NULL;

  scratch_init (&scratch);
  other = scratch_build (&scratch, "other");
  g_assert_true (g_file_set_contents (other, "SQLite format 3", -1, NULL));
  error = restore (&scratch, other, false);
  g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  error = restore (&scratch, "/nonexistent/backup", false);
  g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_NOT_FOUND);
  g_assert_cmpuint (count_files (&scratch), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (sampan_crypto_init ());
  g_test_add_func ("/backup/there-and-back", test_there_and_back);
  g_test_add_func ("/backup/replace", test_replace);
  g_test_add_func ("/backup/never-overwrites", test_never_overwrites);
  g_test_add_func ("/backup/server-runs", test_server_runs);
  g_test_add_func ("/backup/damaged", test_damaged);
  g_test_add_func ("/backup/wrong-inside", test_wrong_inside);
  g_test_add_func ("/backup/none-of-ours", test_none_of_ours);
  return g_test_run ();
}
