/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Case F11: a database or keys file that is damaged, missing, too new, not ours or open to others
 * is refused with a reason, and never made anew over what is there. Also the way from old versions.
 */

#include "config.h"

#include "accounts/account-schema.h"
#include "accounts/account-store.h"

#include "scratch.h"
#include "wait-for-child.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define DATABASE "sampan.db"
#define KEYS "keys"
#define NOBODY 65534
#define KILL_ROUNDS 30
#define KILL_STEP_US 400 /* the rounds cover the 10 ms that a set-up takes */

static void
make_state (Scratch *scratch)
{
  g_autoptr (SampanAccountStore) store = NULL;

  scratch_init (scratch);
  store = scratch_open_store (scratch);
  scratch_add_account (store, "ann");
}

/* "missing", or the mode and a hash of what is in a file of the state. */
static char *
fingerprint (const Scratch *scratch, const char *name)
{
  g_autofree char *path = scratch_build_state (scratch, name);
  g_autofree char *content = NULL;
  g_autofree char *sum = NULL;
  struct stat info;
  size_t length = 0;

  if (lstat (path, &info) != 0)
    return g_strdup ("missing");
  if (S_ISREG (info.st_mode))
    g_assert_true (g_file_get_contents (path, &content, &length, NULL));
  sum = g_compute_checksum_for_data (G_CHECKSUM_SHA256,
                                     (const guchar *)(content != NULL ? content : ""),
                                     length);
  return g_strdup_printf ("%o %u %s", info.st_mode, info.st_uid, sum);
}

static void
change_byte (const char *path, off_t offset, uint8_t mask)
{
  int fd = open (path, O_RDWR | O_CLOEXEC);
  uint8_t byte;

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (pread (fd, &byte, 1, offset), ==, 1);
  byte ^= mask;
  g_assert_cmpint (pwrite (fd, &byte, 1, offset), ==, 1);
  close (fd);
}

/* ---- Faults ---- */

static void
empty_database (const char *database, const char *keys)
{
  g_assert_cmpint (truncate (database, 0), ==, 0);
}

static void
cut_database (const char *database, const char *keys)
{
  g_assert_cmpint (truncate (database, 5000), ==, 0);
}

static void
damage_header (const char *database, const char *keys)
{
  change_byte (database, 3, 0xff);
}

/* Page 4 is in use: it holds the accounts or an index of them. */
static void
damage_page (const char *database, const char *keys)
{
  for (off_t i = 0; i < 64; i++)
    change_byte (database, 3 * 4096 + i, 0x5a);
}

static void
text_database (const char *database, const char *keys)
{
  g_assert_true (g_file_set_contents (database, "This is no database at all.\n", -1, NULL));
  g_assert_cmpint (chmod (database, 0600), ==, 0);
}

static void
remove_database (const char *database, const char *keys)
{
  g_assert_cmpint (unlink (database), ==, 0);
}

static void
newer_database (const char *database, const char *keys)
{
  g_autofree char *sql = g_strdup_printf ("PRAGMA user_version = %d", SAMPAN_SCHEMA_VERSION + 1);

  scratch_run_sql (database, sql);
}

static void
foreign_database (const char *database, const char *keys)
{
  scratch_run_sql (database, "PRAGMA application_id = 7");
}

static void
versionless_database (const char *database, const char *keys)
{
  scratch_run_sql (database, "PRAGMA user_version = 0");
}

static void
open_database (const char *database, const char *keys)
{
  g_assert_cmpint (chmod (database, 0604), ==, 0);
}

static void
group_database (const char *database, const char *keys)
{
  g_assert_cmpint (chmod (database, 0640), ==, 0);
}

static void
move_to_link (const char *path)
{
  g_autofree char *target = g_strconcat (path, ".real", NULL);

  g_assert_cmpint (rename (path, target), ==, 0);
  g_assert_cmpint (symlink (target, path), ==, 0);
}

static void
link_database (const char *database, const char *keys)
{
  move_to_link (database);
}

static void
remove_keys (const char *database, const char *keys)
{
  g_assert_cmpint (unlink (keys), ==, 0);
}

static void
cut_keys (const char *database, const char *keys)
{
  struct stat info;

  g_assert_cmpint (stat (keys, &info), ==, 0);
  g_assert_cmpint (truncate (keys, info.st_size - 1), ==, 0);
}

static void
lengthen_keys (const char *database, const char *keys)
{
  struct stat info;

  g_assert_cmpint (stat (keys, &info), ==, 0);
  g_assert_cmpint (truncate (keys, info.st_size + 1), ==, 0);
}

static void
empty_keys (const char *database, const char *keys)
{
  g_assert_cmpint (truncate (keys, 0), ==, 0);
}

static void
newer_keys (const char *database, const char *keys)
{
  change_byte (keys, 8, 1 ^ 2);
}

static void
open_keys (const char *database, const char *keys)
{
  g_assert_cmpint (chmod (keys, 0644), ==, 0);
}

static void
link_keys (const char *database, const char *keys)
{
  move_to_link (keys);
}

static void
folder_keys (const char *database, const char *keys)
{
  g_assert_cmpint (unlink (keys), ==, 0);
  g_assert_cmpint (mkdir (keys, 0700), ==, 0);
}

/* Whole and valid, but of another server. */
static void
foreign_keys (const char *database, const char *keys)
{
  g_auto (Scratch) other = { 0 };
  g_autofree char *others = NULL;
  g_autofree char *content = NULL;
  size_t length;

  make_state (&other);
  others = scratch_build_state (&other, KEYS);
  g_assert_true (g_file_get_contents (others, &content, &length, NULL));
  g_assert_true (g_file_set_contents (keys, content, (gssize)length, NULL));
  g_assert_cmpint (chmod (keys, 0600), ==, 0);
}

static void
open_folder (const char *database, const char *keys)
{
  g_autofree char *folder = g_path_get_dirname (keys);

  g_assert_cmpint (chmod (folder, 0770), ==, 0);
}

typedef struct
{
  const char *name;
  void (*harm) (const char *database, const char *keys);
  SampanErrorCode code;
  const char *says; /* what the admin is told to do, or what is wrong */
} Fault;

static const Fault faults[] = {
  { "database/empty", empty_database, SAMPAN_ERROR_IO, "backup" },
  { "database/cut", cut_database, SAMPAN_ERROR_IO, "database" },
  { "database/header", damage_header, SAMPAN_ERROR_IO, "database" },
  { "database/page", damage_page, SAMPAN_ERROR_IO, "database" },
  { "database/text", text_database, SAMPAN_ERROR_IO, "database" },
  { "database/missing", remove_database, SAMPAN_ERROR_IO, "backup" },
  { "database/newer", newer_database, SAMPAN_ERROR_UNSUPPORTED, "update the server" },
  { "database/foreign", foreign_database, SAMPAN_ERROR_WRONG_KIND, "not one of Sampan" },
  { "database/versionless", versionless_database, SAMPAN_ERROR_WRONG_KIND, "not one of Sampan" },
  { "database/others-read", open_database, SAMPAN_ERROR_NOT_ALLOWED, "chmod 600" },
  { "database/group-reads", group_database, SAMPAN_ERROR_NOT_ALLOWED, "chmod 600" },
  { "database/symlink", link_database, SAMPAN_ERROR_WRONG_KIND, "regular" },
  { "keys/missing", remove_keys, SAMPAN_ERROR_IO, "backup" },
  { "keys/cut", cut_keys, SAMPAN_ERROR_IO, "backup" },
  { "keys/longer", lengthen_keys, SAMPAN_ERROR_IO, "backup" },
  { "keys/empty", empty_keys, SAMPAN_ERROR_IO, "backup" },
  { "keys/newer", newer_keys, SAMPAN_ERROR_UNSUPPORTED, "update the server" },
  { "keys/others-read", open_keys, SAMPAN_ERROR_NOT_ALLOWED, "chmod 600" },
  { "keys/symlink", link_keys, SAMPAN_ERROR_WRONG_KIND, "regular" },
  { "keys/folder", folder_keys, SAMPAN_ERROR_WRONG_KIND, "regular" },
  { "keys/foreign", foreign_keys, SAMPAN_ERROR_IO, "same backup" },
  { "folder/others-write", open_folder, SAMPAN_ERROR_NOT_ALLOWED, "chmod 700" },
};

static void
assert_refused (const Scratch *scratch, SampanErrorCode code, const char *says)
{
  for (int create = 0; create < 2; create++)
    {
      g_autofree char *database = fingerprint (scratch, DATABASE);
      g_autofree char *keys = fingerprint (scratch, KEYS);
      g_autofree char *database_after = NULL;
      g_autofree char *keys_after = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_null (sampan_account_store_open (scratch->state, create != 0, &error));
      g_assert_error (error, SAMPAN_ERROR, (int)code);
      g_assert_nonnull (strstr (error->message, says));
      database_after = fingerprint (scratch, DATABASE);
      keys_after = fingerprint (scratch, KEYS);
      g_assert_cmpstr (database_after, ==, database);
      g_assert_cmpstr (keys_after, ==, keys);
    }
}

static void
test_fault (gconstpointer data)
{
  const Fault *fault = data;
  g_auto (Scratch) scratch = { 0 };
  g_autofree char *database = NULL;
  g_autofree char *keys = NULL;

  make_state (&scratch);
  database = scratch_build_state (&scratch, DATABASE);
  keys = scratch_build_state (&scratch, KEYS);
  fault->harm (database, keys);
  assert_refused (&scratch, fault->code, fault->says);
}

static void
test_every_byte_of_keys (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autofree char *keys = NULL;
  struct stat info;

  make_state (&scratch);
  keys = scratch_build_state (&scratch, KEYS);
  g_assert_cmpint (stat (keys, &info), ==, 0);
  for (off_t i = 0; i < info.st_size; i++)
    {
      g_autoptr (GError) error = NULL;

      change_byte (keys, i, 0x01);
      g_assert_null (sampan_account_store_open (scratch.state, false, &error));
      g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_IO);
      change_byte (keys, i, 0x01);
    }
  sampan_account_store_close (scratch_open_store (&scratch));
}

static void
test_wrong_owner (void)
{
  static const char *const names[] = { DATABASE, KEYS };

  if (geteuid () != 0)
    {
      g_test_skip ("only root can give files away");
      return;
    }
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_auto (Scratch) scratch = { 0 };
      g_autofree char *path = NULL;

      make_state (&scratch);
      path = scratch_build_state (&scratch, names[i]);
      g_assert_cmpint (chown (path, NOBODY, NOBODY), ==, 0);
      assert_refused (&scratch, SAMPAN_ERROR_NOT_ALLOWED, "chown");
    }
}

/* Runs FUNC as another user than root and returns its exit status. */
static int
run_unprivileged (int (*func) (const Scratch *scratch), const Scratch *scratch)
{
  pid_t child = fork ();
  int status;

  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    {
      if (geteuid () == 0 && (setgid (NOBODY) != 0 || setuid (NOBODY) != 0))
        _exit (99);
      _exit (func (scratch));
    }
  status = wait_for_child (child);
  g_assert_true (WIFEXITED (status));
  return WEXITSTATUS (status);
}

/* The error code of opening; 0 if it opened. */
static int
open_code (const Scratch *scratch)
{
  GError *error = NULL;
  SampanAccountStore *store = sampan_account_store_open (scratch->state, true, &error);

  sampan_account_store_close (store);
  return error != NULL ? error->code : 0;
}

static void
give_away (const Scratch *scratch)
{
  static const char *const names[] = { "", DATABASE, KEYS };

  if (geteuid () != 0)
    return;
  g_assert_cmpint (chmod (scratch->path, 0755), ==, 0);
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = scratch_build_state (scratch, names[i]);

      g_assert_cmpint (chown (path, NOBODY, NOBODY), ==, 0);
    }
}

static void
test_read_only (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autofree char *database = NULL;

  make_state (&scratch);
  give_away (&scratch);
  g_assert_cmpint (run_unprivileged (open_code, &scratch), ==, 0);
  database = scratch_build_state (&scratch, DATABASE);
  g_assert_cmpint (chmod (database, 0400), ==, 0);
  g_assert_cmpint (run_unprivileged (open_code, &scratch), ==, SAMPAN_ERROR_NOT_ALLOWED);
}

/* Root acts for the owner, anybody else is refused. */
static void
test_other_user (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (SampanAccountStore) store = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  if (geteuid () != 0)
    {
      g_test_skip ("needs two users");
      return;
    }
  make_state (&scratch);
  g_assert_cmpint (chmod (scratch.path, 0755), ==, 0);
  g_assert_cmpint (chmod (scratch.state, 0755), ==, 0);
  g_assert_cmpint (run_unprivileged (open_code, &scratch), ==, SAMPAN_ERROR_NOT_ALLOWED);
  give_away (&scratch);
  before = fingerprint (&scratch, KEYS);
  store = scratch_open_store (&scratch);
  scratch_add_account (store, "bob");
  after = fingerprint (&scratch, KEYS);
  g_assert_cmpstr (before, ==, after);
  g_assert_cmpint (run_unprivileged (open_code, &scratch), ==, 0);
}

/* What root makes in somebody's folder belongs to them. */
static void
test_made_by_root (void)
{
  g_auto (Scratch) scratch = { 0 };

  if (geteuid () != 0)
    {
      g_test_skip ("needs two users");
      return;
    }
  scratch_init (&scratch);
  g_assert_cmpint (chmod (scratch.path, 0755), ==, 0);
  g_assert_cmpint (mkdir (scratch.state, 0700), ==, 0);
  g_assert_cmpint (chown (scratch.state, NOBODY, NOBODY), ==, 0);
  sampan_account_store_close (scratch_open_store (&scratch));
  g_assert_cmpint (run_unprivileged (open_code, &scratch), ==, 0);
}

/* ---- Making and not making ---- */

static void
test_modes (void)
{
  static const char *const names[] = { DATABASE, KEYS };
  g_auto (Scratch) scratch = { 0 };
  mode_t old = umask (0);
  struct stat info;

  make_state (&scratch);
  umask (old);
  g_assert_cmpint (stat (scratch.state, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 07777, ==, 0700);
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = scratch_build_state (&scratch, names[i]);

      g_assert_cmpint (stat (path, &info), ==, 0);
      g_assert_cmpint (info.st_mode & 07777, ==, 0600);
    }
}

static void
test_nothing_there (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (GError) error = NULL;

  scratch_init (&scratch);
  g_assert_null (sampan_account_store_open (scratch.state, false, &error));
  g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_cmpint (mkdir (scratch.state, 0700), ==, 0);
  g_assert_null (sampan_account_store_open (scratch.state, false, &error));
  g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_NOT_FOUND);
}

/* A set-up that was cut short holds nothing to lose: it is finished. */
static void
test_no_keys_no_accounts (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autofree char *keys = NULL;
  g_autofree char *database = NULL;

  scratch_init (&scratch);
  sampan_account_store_close (scratch_open_store (&scratch));
  keys = scratch_build_state (&scratch, KEYS);
  database = scratch_build_state (&scratch, DATABASE);
  g_assert_cmpint (unlink (keys), ==, 0);
  sampan_account_store_close (scratch_open_store (&scratch));
  g_assert_cmpint (unlink (keys), ==, 0);
  g_assert_cmpint (truncate (database, 0), ==, 0);
  sampan_account_store_close (scratch_open_store (&scratch));
}

/* Sets up and adds accounts until it is killed; a byte for each that is durable. */
static void
add_until_killed (const Scratch *scratch, int fd)
{
  SampanAccountStore *store = scratch_open_store (scratch);

  for (int i = 0;; i++)
    {
      g_autofree char *name = g_strdup_printf ("user%d", i);

      scratch_add_account (store, name);
      if (write (fd, "+", 1) != 1)
        _exit (1);
    }
}

static int
count_bytes (int fd)
{
  char bytes[64];
  ssize_t n;
  int count = 0;

  while ((n = read (fd, bytes, sizeof bytes)) > 0)
    count += (int)n;
  return count;
}

/* Killed at any moment of a set-up or a write, the next opening finds all that was acknowledged. */
static void
test_killed (void)
{
  for (int round = 0; round < KILL_ROUNDS; round++)
    {
      g_auto (Scratch) scratch = { 0 };
      g_autoptr (SampanAccountStore) store = NULL;
      g_autoptr (GArray) accounts = NULL;
      int pipe_fds[2], acknowledged;
      pid_t child;

      scratch_init (&scratch);
      g_assert_cmpint (pipe (pipe_fds), ==, 0);
      child = fork ();
      g_assert_cmpint (child, >=, 0);
      if (child == 0)
        add_until_killed (&scratch, pipe_fds[1]);
      close (pipe_fds[1]);
      g_usleep ((gulong)round * KILL_STEP_US);
      g_assert_cmpint (kill (child, SIGKILL), ==, 0);
      g_assert_cmpint (waitpid (child, NULL, 0), ==, child);
      acknowledged = count_bytes (pipe_fds[0]);
      close (pipe_fds[0]);
      store = scratch_open_store (&scratch);
      accounts = sampan_account_store_list (store, NULL);
      g_assert_cmpint ((int)accounts->len, >=, acknowledged);
      g_assert_cmpint ((int)accounts->len, <=, acknowledged + 1);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (sampan_crypto_init ());
  for (size_t i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_autofree char *path = g_strconcat ("/accounts/files/F11/", faults[i].name, NULL);

      g_test_add_data_func (path, &faults[i], test_fault);
    }
  g_test_add_func ("/accounts/files/F11/keys/every-byte", test_every_byte_of_keys);
  g_test_add_func ("/accounts/files/F11/wrong-owner", test_wrong_owner);
  g_test_add_func ("/accounts/files/F11/read-only", test_read_only);
  g_test_add_func ("/accounts/files/other-user", test_other_user);
  g_test_add_func ("/accounts/files/made-by-root", test_made_by_root);
  g_test_add_func ("/accounts/files/modes", test_modes);
  g_test_add_func ("/accounts/files/nothing-there", test_nothing_there);
  g_test_add_func ("/accounts/files/no-keys-no-accounts", test_no_keys_no_accounts);
  g_test_add_func ("/accounts/files/killed", test_killed);
  return g_test_run ();
}
