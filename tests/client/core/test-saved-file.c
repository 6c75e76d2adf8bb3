/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The file of saved transfers: what comes back, torn, damaged, newer, in use. */

#include "config.h"

#include "core-test.h"
#include "saved-file.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool folders_fail;

/* In place of the C library's: some disks cannot sync a folder. */
int
fsync (int fd)
{
  struct stat info;

  if (folders_fail && fstat (fd, &info) == 0 && S_ISDIR (info.st_mode))
    {
      errno = EINVAL;
      return -1;
    }
  return (int)syscall (SYS_fsync, fd);
}

static const uint8_t server_key[SAMPAN_PUBLIC_KEY_LENGTH] = { 1, 2, 3 };

static char *
path_of (const char *name)
{
  return g_build_filename (g_get_user_state_dir (), "sampan", name, NULL);
}

static SampanSavedFile *
open_file (const char *name, SampanSavedState **state)
{
  g_autoptr (GError) error = NULL;
  SampanSavedFile *file = sampan_saved_file_open (name, state, &error);

  g_assert_no_error (error);
  return file;
}

static void
expect_error (const char *name, GQuark domain, int code)
{
  g_autoptr (SampanSavedState) state = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (sampan_saved_file_open (name, &state, &error));
  g_assert_error (error, domain, code);
}

static void
append (SampanSavedFile *file, GByteArray *bytes)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (sampan_saved_file_append (file, bytes->data, bytes->len, true, &error));
  g_assert_no_error (error);
  g_byte_array_set_size (bytes, 0);
}

/* The second step is of no interest once there is the third. */
static const SampanSavedMove moves[] = {
  { 2, (char *)"trip/x", 1, (char *)"trip/y", false },
  { 1, (char *)"trip/d", 1, (char *)"trip/f", false },
  { 1, (char *)"trip/d", 1, (char *)"trip/e", true },
};

static const uint8_t seen[SAMPAN_VERSION_LENGTH] = { 1, 2, 3 };

/* Jobs 1 and 2, the first with three that ended and one that is held; then the first is over. */
static void
fill (const char *name, bool is_over)
{
  g_autoptr (SampanSavedState) state = NULL;
  g_autoptr (SampanSavedFile) file = open_file (name, &state);
  g_autoptr (SampanEngine) engine = sampan_engine_new ();
  g_autoptr (SampanSession) session = sampan_session_new (engine);
  g_autoptr (SampanPath) folder = core_test_remote_path ("files/a");
  g_autoptr (SampanBatch) batch = sampan_batch_new_upload (session, folder);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  g_assert_cmpuint (state->jobs->len, ==, 0);
  sampan_batch_add_local (batch, "/somewhere/trip");
  sampan_saved_put_account (bytes, server_key, "ann", "box", 1234);
  sampan_saved_put_job (bytes, 1, batch);
  sampan_batch_set_keep_permissions (batch, true);
  sampan_saved_put_job (bytes, 2, batch);
  append (file, bytes);
  sampan_saved_put_decision (bytes, 1, "trip/both", SAMPAN_BATCH_KEEP_BOTH, seen);
  sampan_saved_put_started (bytes, 1);
  sampan_saved_put_ended (bytes, 1, "trip/a");
  sampan_saved_put_ended (bytes, 1, "trip/b");
  sampan_saved_put_requeued (bytes, 1, "trip/b");
  sampan_saved_put_ended (bytes, 1, "trip/c");
  sampan_saved_put_held (bytes, 1, "trip/d", true);
  sampan_saved_put_held (bytes, 1, "trip/e", true);
  sampan_saved_put_held (bytes, 1, "trip/d", false);
  sampan_saved_put_moved (bytes, &moves[0]);
  sampan_saved_put_moved (bytes, &moves[1]);
  sampan_saved_put_moved (bytes, &moves[2]);
  sampan_saved_put_paused (bytes, true);
  if (is_over)
    sampan_saved_put_over (bytes, 1);
  append (file, bytes);
}

static void
expect_job (const SampanSavedJob *job, guint n_ended)
{
  g_assert_true (job->is_upload && job->is_chosen && job->is_started);
  g_assert_false (job->keeps_permissions);
  g_assert_cmpstr (sampan_path_get (job->remote_folder), ==, "files/a");
  g_assert_cmpuint (job->locals->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (job->locals, 0), ==, "/somewhere/trip");
  g_assert_cmpuint (GPOINTER_TO_UINT (g_hash_table_lookup (job->decisions, "trip/both")),
                    ==,
                    SAMPAN_BATCH_KEEP_BOTH);
  g_assert_cmpmem (g_hash_table_lookup (job->seen, "trip/both"), sizeof seen, seen, sizeof seen);
  g_assert_cmpuint (g_hash_table_size (job->ended), ==, n_ended);
  g_assert_true (g_hash_table_contains (job->ended, "trip/a"));
  g_assert_false (g_hash_table_contains (job->ended, "trip/b"));
  g_assert_cmpuint (g_hash_table_size (job->held), ==, 1);
  g_assert_true (g_hash_table_contains (job->held, "trip/e"));
}

static void
expect_move (const SampanSavedMove *move, const SampanSavedMove *expected)
{
  g_assert_cmpuint (move->number, ==, expected->number);
  g_assert_cmpstr (move->name, ==, expected->name);
  g_assert_cmpuint (move->anchor_number, ==, expected->anchor_number);
  g_assert_cmpstr (move->anchor_name, ==, expected->anchor_name);
  g_assert_cmpint (move->is_behind, ==, expected->is_behind);
}

static void
test_read (void)
{
  g_autoptr (SampanSavedState) state = NULL;
  g_autoptr (SampanSavedFile) file = NULL;
  g_autofree char *filename = path_of ("read.queue");
  g_autofree char *folder = path_of ("");
  const SampanSavedJob *second;
  struct stat info;

  fill ("read", false);
  file = open_file ("read", &state);
  g_assert_null (sampan_saved_file_get_damaged (file));
  g_assert_cmpstr (state->user, ==, "ann");
  g_assert_cmpuint (state->port, ==, 1234);
  g_assert_true (state->is_paused);
  g_assert_cmpuint (state->jobs->len, ==, 2);
  g_assert_cmpuint (state->last_number, ==, 2);
  expect_job (g_ptr_array_index (state->jobs, 0), 2);
  second = g_ptr_array_index (state->jobs, 1);
  g_assert_true (second->is_upload && second->keeps_permissions);
  g_assert_cmpuint (state->moves->len, ==, 2);
  expect_move (g_ptr_array_index (state->moves, 0), &moves[0]);
  expect_move (g_ptr_array_index (state->moves, 1), &moves[2]);
  g_assert_cmpint (stat (filename, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0600);
  g_assert_cmpint (stat (folder, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0700);
  expect_error ("read", G_IO_ERROR, G_IO_ERROR_BUSY);
  g_assert_true (sampan_saved_file_clear (file, NULL));
  g_assert_cmpint (stat (filename, &info), !=, 0);
}

static void
test_over (void)
{
  g_autoptr (SampanSavedState) state = NULL;
  g_autoptr (SampanSavedFile) file = NULL;
  g_autofree char *filename = path_of ("over.queue");
  struct stat before, after;

  fill ("over", true);
  g_assert_cmpint (stat (filename, &before), ==, 0);
  file = open_file ("over", &state);
  g_assert_cmpuint (state->jobs->len, ==, 1);
  g_assert_cmpuint (state->moves->len, ==, 0);
  g_assert_cmpint (stat (filename, &after), ==, 0);
  g_assert_cmpint (after.st_size, <, before.st_size);
  g_assert_cmpuint (sampan_saved_file_get_size (file), ==, (uint64_t)after.st_size);
  g_assert_true (sampan_saved_file_compact (file, NULL));
  g_assert_cmpuint (sampan_saved_file_get_size (file), ==, (uint64_t)after.st_size);
}

/* Cut anywhere, it is read up to there and can be appended to. */
static void
test_torn (void)
{
  g_autofree char *filename = path_of ("torn.queue");
  g_autofree char *contents = NULL;
  size_t length;

  fill ("torn", false);
  g_assert_true (g_file_get_contents (filename, &contents, &length, NULL));
  for (size_t cut = 0; cut < length; cut++)
    {
      g_autoptr (SampanSavedState) state = NULL;
      g_autoptr (SampanSavedState) again = NULL;
      g_autoptr (GByteArray) bytes = g_byte_array_new ();
      SampanSavedFile *file;

      g_assert_true (g_file_set_contents_full (filename, contents, (gssize)cut, 0, 0600, NULL));
      file = open_file ("torn", &state);
      g_assert_null (sampan_saved_file_get_damaged (file));
      if (state->user == NULL)
        sampan_saved_put_account (bytes, server_key, "ann", "box", 1234);
      sampan_saved_put_paused (bytes, true);
      append (file, bytes);
      sampan_saved_file_free (file);
      file = open_file ("torn", &again);
      g_assert_null (sampan_saved_file_get_damaged (file));
      g_assert_true (again->is_paused);
      g_assert_cmpuint (again->jobs->len, ==, state->jobs->len);
      sampan_saved_file_free (file);
    }
}

static void
test_damaged (void)
{
  g_autofree char *filename = path_of ("damaged.queue");
  g_autofree char *aside = path_of ("damaged.queue.damaged");
  g_autofree char *contents = NULL;
  g_autofree char *kept = NULL;
  g_autoptr (SampanSavedState) state = NULL;
  g_autoptr (SampanSavedState) again = NULL;
  SampanSavedFile *file;
  char *at;
  size_t length, kept_length;

  fill ("damaged", false);
  g_assert_true (g_file_get_contents (filename, &contents, &length, NULL));
  at = memmem (contents, length, "trip/c", strlen ("trip/c"));
  g_assert_nonnull (at);
  at[0] = 'T';
  g_assert_true (g_file_set_contents (filename, contents, (gssize)length, NULL));
  file = open_file ("damaged", &state);
  g_assert_cmpstr (sampan_saved_file_get_damaged (file), ==, aside);
  g_assert_true (g_file_get_contents (aside, &kept, &kept_length, NULL));
  g_assert_cmpmem (kept, kept_length, contents, length);
  expect_job (g_ptr_array_index (state->jobs, 0), 1);
  sampan_saved_file_free (file);
  file = open_file ("damaged", &again);
  g_assert_null (sampan_saved_file_get_damaged (file));
  expect_job (g_ptr_array_index (again->jobs, 0), 1);
  sampan_saved_file_free (file);
}

static void
test_newer (void)
{
  static const uint8_t newer[] = { 'S', 'a', 'm', 'p', 'a',  'n',  'Q',  '\n',
                                   0,   0,   0,   3,   0xff, 0xff, 0xff, 0xfc };
  g_autofree char *filename = path_of ("newer.queue");
  g_autofree char *contents = NULL;
  size_t length;

  g_assert_true (g_file_set_contents (filename, (const char *)newer, sizeof newer, NULL));
  expect_error ("newer", G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
  g_assert_true (g_file_get_contents (filename, &contents, &length, NULL));
  g_assert_cmpmem (contents, length, newer, sizeof newer);
}

/* The file is gone, whether the folder can be synced or not. */
static void
test_clear_unsynced (void)
{
  g_autofree char *filename = path_of ("unsynced.queue");
  g_autoptr (SampanSavedState) state = NULL;
  g_autoptr (SampanSavedFile) file = NULL;
  g_autoptr (GError) error = NULL;

  fill ("unsynced", false);
  file = open_file ("unsynced", &state);
  folders_fail = true;
  g_test_expect_message ("Sampan", G_LOG_LEVEL_WARNING, "*unsynced.queue*");
  g_assert_true (sampan_saved_file_clear (file, &error));
  g_assert_no_error (error);
  g_test_assert_expected_messages ();
  folders_fail = false;
  g_assert_cmpint (access (filename, F_OK), !=, 0);
}

/* What the first version wrote is read, and becomes a file of this one before anything is added. */
static void
test_older (void)
{
  static const uint8_t older[] = { 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xfe };
  static const uint8_t current[] = { 0, 0, 0, 2, 0xff, 0xff, 0xff, 0xfd };
  const size_t at = strlen ("SampanQ\n");
  g_autofree char *filename = path_of ("older.queue");
  g_autofree char *contents = NULL;
  g_autofree char *upgraded = NULL;
  g_autoptr (SampanSavedState) state = NULL;
  g_autoptr (SampanSavedFile) file = NULL;
  size_t length, upgraded_length;

  fill ("older", false);
  g_assert_true (g_file_get_contents (filename, &contents, &length, NULL));
  memcpy (contents + at, older, sizeof older);
  g_assert_true (g_file_set_contents (filename, contents, (gssize)length, NULL));
  file = open_file ("older", &state);
  g_assert_null (sampan_saved_file_get_damaged (file));
  g_assert_cmpuint (state->jobs->len, ==, 2);
  expect_job (g_ptr_array_index (state->jobs, 0), 2);
  g_assert_true (g_file_get_contents (filename, &upgraded, &upgraded_length, NULL));
  g_assert_cmpuint (upgraded_length, ==, length);
  g_assert_cmpmem (upgraded + at, sizeof current, current, sizeof current);
}

int
main (int argc, char **argv)
{
  g_autofree char *state = NULL;

  core_test_init (&argc, &argv);
  state = core_test_path ("client-state");
  g_setenv ("XDG_STATE_HOME", state, TRUE);
  g_test_add_func ("/saved-file/read", test_read);
  g_test_add_func ("/saved-file/over", test_over);
  g_test_add_func ("/saved-file/clear-unsynced", test_clear_unsynced);
  g_test_add_func ("/saved-file/torn", test_torn);
  g_test_add_func ("/saved-file/damaged", test_damaged);
  g_test_add_func ("/saved-file/newer", test_newer);
  g_test_add_func ("/saved-file/older", test_older);
  return core_test_run ();
}
