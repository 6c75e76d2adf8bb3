/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Accounts and shares: what is written is read back, and two writers do not lose anything. */

#include "config.h"

#include "accounts/first-start.h"

#include "scratch.h"
#include "wait-for-child.h"

#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define WRITER_ACCOUNTS 25 /* each costs some disk syncs */

static bool
find (SampanAccountStore *store, const char *name, SampanAccount *account)
{
  g_autoptr (GError) error = NULL;
  bool found = sampan_account_store_find (store, name, strlen (name), account, &error);

  g_assert_no_error (error);
  return found;
}

static void
test_round_trip (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (GError) error = NULL;
  uint8_t record[SAMPAN_REGISTRATION_RECORD_LENGTH];
  SampanAccount account;

  scratch_init (&scratch);
  g_assert_true (sampan_fake_record_generate (record));
  for (int opening = 0; opening < 2; opening++)
    {
      g_autoptr (SampanAccountStore) store = scratch_open_store (&scratch);

      if (opening == 0)
        {
          g_assert_true (sampan_account_store_add (store,
                                                   "ann",
                                                   record,
                                                   SAMPAN_KSF_256M,
                                                   true,
                                                   1234567890123,
                                                   &error));
          g_assert_no_error (error);
        }
      g_assert_true (find (store, "ann", &account));
      g_assert_cmpstr (account.name, ==, "ann");
      g_assert_true (account.enabled);
      g_assert_true (account.one_time);
      g_assert_cmpint (account.expires_secs, ==, 1234567890123);
      g_assert_cmpint (account.ksf, ==, SAMPAN_KSF_256M);
      g_assert_cmpmem (account.record, sizeof account.record, record, sizeof record);
      g_assert_false (find (store, "an", &account));
      g_assert_false (find (store, "annn", &account));
      g_assert_false (find (store, "", &account));
      g_assert_cmpint (account.id, ==, 0);
      g_assert_false (sampan_account_store_find (store, "ann\0x", 5, &account, &error));
      g_assert_false (sampan_account_store_find (store, "\xff\xfe", 2, &account, &error));
      g_assert_no_error (error);
    }
}

static void
test_keys_stay (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (SampanAccountStore) first = NULL;
  g_autoptr (SampanAccountStore) second = NULL;

  scratch_init (&scratch);
  first = scratch_open_store (&scratch);
  second = scratch_open_store (&scratch);
  g_assert_cmpmem (sampan_account_store_get_keys (first),
                   sizeof (SampanServerKeys),
                   sampan_account_store_get_keys (second),
                   sizeof (SampanServerKeys));
  g_assert_cmpmem (sampan_account_store_get_fake_record (first),
                   SAMPAN_REGISTRATION_RECORD_LENGTH,
                   sampan_account_store_get_fake_record (second),
                   SAMPAN_REGISTRATION_RECORD_LENGTH);
  g_assert_cmpint (sampan_account_store_get_ksf (first), ==, SAMPAN_KSF_64M);
}

static void
test_names (void)
{
  static const struct
  {
    const char *name;
    int code; /* 0: can be added */
  } cases[] = {
    { "a", 0 },
    { "a", SAMPAN_ERROR_EXISTS },
    { "abcdefghijklmnopqrstuvwxyz0123._", 0 },
    { "abcdefghijklmnopqrstuvwxyz0123._-", SAMPAN_ERROR_BAD_NAME },
    { "", SAMPAN_ERROR_BAD_NAME },
    { "A", SAMPAN_ERROR_BAD_NAME },
    { ".", SAMPAN_ERROR_BAD_NAME },
    { "..", SAMPAN_ERROR_BAD_NAME },
    { "*", SAMPAN_ERROR_BAD_NAME },
    { "a b", SAMPAN_ERROR_BAD_NAME },
    { "a\n", SAMPAN_ERROR_BAD_NAME },
    { "a';DROP TABLE accounts;--", SAMPAN_ERROR_BAD_NAME },
  };
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (SampanAccountStore) store = NULL;
  uint8_t record[SAMPAN_REGISTRATION_RECORD_LENGTH] = { 0 };

  scratch_init (&scratch);
  store = scratch_open_store (&scratch);
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      bool added = sampan_account_store_add (store, cases[i].name, record, 0, false, 0, &error);

      if (cases[i].code == 0)
        g_assert_no_error (error);
      else
        g_assert_error (error, SAMPAN_ERROR, cases[i].code);
      g_assert_cmpint (added, ==, cases[i].code == 0);
    }
}

static void
test_list (void)
{
  static const uint8_t zeros[SAMPAN_REGISTRATION_RECORD_LENGTH];
  static const char *const names[] = { "carl", "ann", "bob" };
  static const char *const sorted[] = { "ann", "bob", "carl" };
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (SampanAccountStore) store = NULL;
  g_autoptr (GArray) accounts = NULL;
  g_autoptr (GError) error = NULL;

  scratch_init (&scratch);
  store = scratch_open_store (&scratch);
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    scratch_add_account (store, names[i]);
  accounts = sampan_account_store_list (store, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (accounts->len, ==, G_N_ELEMENTS (sorted));
  for (guint i = 0; i < accounts->len; i++)
    {
      const SampanAccount *account = &g_array_index (accounts, SampanAccount, i);

      g_assert_cmpstr (account->name, ==, sorted[i]);
      g_assert_cmpmem (account->record, sizeof account->record, zeros, sizeof zeros);
    }
}

static void
test_generation (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (SampanAccountStore) store = NULL;
  g_autoptr (GError) error = NULL;
  uint8_t record[SAMPAN_REGISTRATION_RECORD_LENGTH] = { 42 };
  SampanAccount before, after;

  scratch_init (&scratch);
  store = scratch_open_store (&scratch);
  scratch_add_account (store, "ann");
  scratch_add_account (store, "bob");
  g_assert_true (find (store, "ann", &before));

  g_assert_true (sampan_account_store_set_record (store,
                                                  "ann",
                                                  before.generation,
                                                  record,
                                                  SAMPAN_KSF_256M,
                                                  false,
                                                  0,
                                                  &error));
  g_assert_true (find (store, "ann", &after));
  g_assert_cmpuint (after.generation, ==, before.generation + 1);
  g_assert_cmpint (after.ksf, ==, SAMPAN_KSF_256M);
  g_assert_cmpmem (after.record, sizeof after.record, record, sizeof record);

  /* The old generation is over: somebody else was faster. */
  record[0] = 43;
  g_assert_false (sampan_account_store_set_record (store,
                                                   "ann",
                                                   before.generation,
                                                   record,
                                                   0,
                                                   false,
                                                   0,
                                                   &error));
  g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_CHANGED);
  g_clear_error (&error);
  g_assert_true (find (store, "ann", &before));
  g_assert_cmpint (before.record[0], ==, 42);

  g_assert_true (
      sampan_account_store_set_record (store, "ann", UINT32_MAX, record, 0, true, 77, &error));
  g_assert_true (find (store, "ann", &after));
  g_assert_cmpuint (after.generation, ==, before.generation + 1);
  g_assert_true (after.one_time);
  g_assert_cmpint (after.expires_secs, ==, 77);

  g_assert_false (
      sampan_account_store_set_record (store, "nobody", UINT32_MAX, record, 0, false, 0, &error));
  g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_NOT_FOUND);
  g_assert_true (find (store, "bob", &after));
  g_assert_cmpuint (after.generation, ==, 1);
}

static void
test_enable (void)
{
  /* What is set, and whether sessions from before must end. */
  static const struct
  {
    bool enabled;
    uint32_t raise;
  } steps[] = { { true, 0 }, { false, 1 }, { false, 0 }, { true, 0 }, { false, 1 } };
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (SampanAccountStore) store = NULL;
  g_autoptr (GError) error = NULL;
  SampanAccount account;
  uint32_t generation = 1;

  scratch_init (&scratch);
  store = scratch_open_store (&scratch);
  scratch_add_account (store, "ann");
  for (size_t i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_assert_true (sampan_account_store_set_enabled (store, "ann", steps[i].enabled, &error));
      generation += steps[i].raise;
      g_assert_true (find (store, "ann", &account));
      g_assert_cmpint (account.enabled, ==, steps[i].enabled);
      g_assert_cmpuint (account.generation, ==, generation);
    }
  g_assert_false (sampan_account_store_set_enabled (store, "nobody", true, &error));
  g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_NOT_FOUND);
}

/* An id is never used twice: a session of the first ann is none of the second. */
static void
test_remove (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (SampanAccountStore) store = NULL;
  g_autoptr (GError) error = NULL;
  SampanAccount first, second;

  scratch_init (&scratch);
  store = scratch_open_store (&scratch);
  scratch_add_account (store, "ann");
  g_assert_true (find (store, "ann", &first));
  g_assert_true (sampan_account_store_remove (store, "ann", &error));
  g_assert_false (find (store, "ann", &second));
  scratch_add_account (store, "ann");
  g_assert_true (find (store, "ann", &second));
  g_assert_cmpuint (second.id, >, first.id);
  g_assert_false (sampan_account_store_remove (store, "nobody", &error));
  g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_NOT_FOUND);
}

static void
add_numbered (SampanAccountStore *store, const char *prefix)
{
  for (int i = 0; i < WRITER_ACCOUNTS; i++)
    {
      g_autofree char *name = g_strdup_printf ("%s%d", prefix, i);

      scratch_add_account (store, name);
    }
}

static void
test_two_processes (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (SampanAccountStore) store = NULL;
  g_autoptr (GArray) accounts = NULL;
  int status;
  pid_t child;

  scratch_init (&scratch);
  child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    {
      SampanAccountStore *own = scratch_open_store (&scratch); /* both may create it */

      add_numbered (own, "child");
      sampan_account_store_close (own);
      _exit (0);
    }
  store = scratch_open_store (&scratch);
  add_numbered (store, "parent");
  status = wait_for_child (child);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 0);
  accounts = sampan_account_store_list (store, NULL);
  g_assert_cmpuint (accounts->len, ==, 2 * WRITER_ACCOUNTS);
}

static gpointer
add_numbered_thread (gpointer user_data)
{
  add_numbered (user_data, "thread");
  return NULL;
}

/* One store from two threads, a second store beside it. */
static void
test_threads (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (SampanAccountStore) store = NULL;
  g_autoptr (SampanAccountStore) other = NULL;
  g_autoptr (GArray) accounts = NULL;
  GThread *thread;
  SampanAccount account;

  scratch_init (&scratch);
  store = scratch_open_store (&scratch);
  other = scratch_open_store (&scratch);
  thread = g_thread_new ("writer", add_numbered_thread, store);
  for (int i = 0; i < WRITER_ACCOUNTS; i++)
    {
      g_autofree char *name = g_strdup_printf ("other%d", i);

      scratch_add_account (other, name);
      g_assert_true (find (store, name, &account));
    }
  g_thread_join (thread);
  accounts = sampan_account_store_list (other, NULL);
  g_assert_cmpuint (accounts->len, ==, 2 * WRITER_ACCOUNTS);
}

static void
test_shares (void)
{
  static const struct
  {
    const char *name;
    int code;
  } cases[] = {
    { "files", 0 },
    { "files", SAMPAN_ERROR_EXISTS },
    { "Two words \xc3\xa9", 0 },
    { "", SAMPAN_ERROR_BAD_NAME },
    { ".", SAMPAN_ERROR_BAD_NAME },
    { "..", SAMPAN_ERROR_BAD_NAME },
    { ".sampan", SAMPAN_ERROR_BAD_NAME },
    { ".hidden", SAMPAN_ERROR_BAD_NAME },
    { "a/b", SAMPAN_ERROR_BAD_NAME },
    { "a\\b", SAMPAN_ERROR_BAD_NAME },
    { "a\nb", SAMPAN_ERROR_BAD_NAME },
    { "\xff", SAMPAN_ERROR_BAD_NAME },
    { "\xe2\x80\xae", SAMPAN_ERROR_BAD_NAME }, /* right-to-left override */
  };
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (SampanAccountStore) store = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GError) list_error = NULL;
  g_autofree char *longest = g_strnfill (SAMPAN_NAME_MAX, 'x');
  g_autofree char *longer = g_strnfill (SAMPAN_NAME_MAX + 1, 'x');
  const SampanShareRow *row;

  scratch_init (&scratch);
  store = scratch_open_store (&scratch);
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      bool added =
          sampan_account_store_add_share (store, cases[i].name, "/nowhere/\xff/../here", &error);

      g_assert_cmpint (added, ==, cases[i].code == 0);
      if (cases[i].code == 0)
        g_assert_no_error (error);
      else
        g_assert_error (error, SAMPAN_ERROR, cases[i].code);
    }
  g_assert_true (sampan_account_store_add_share (store, longest, "/nowhere", NULL));
  g_assert_false (sampan_account_store_add_share (store, longer, "/nowhere", &list_error));
  g_assert_error (list_error, SAMPAN_ERROR, SAMPAN_ERROR_BAD_NAME);
  g_clear_error (&list_error);
  rows = sampan_account_store_list_shares (store, &list_error);
  g_assert_no_error (list_error);
  g_assert_cmpuint (rows->len, ==, 3);
  row = g_ptr_array_index (rows, 1);
  g_assert_cmpstr (row->name, ==, "files");
  g_assert_cmpstr (row->directory, ==, "/nowhere/here");
  g_assert_true (sampan_account_store_remove_share (store, "files", &list_error));
  g_assert_false (sampan_account_store_remove_share (store, "files", &list_error));
  g_assert_error (list_error, SAMPAN_ERROR, SAMPAN_ERROR_NOT_FOUND);
}

/* Nothing that holds the keys can be shared, by whichever name. */
static void
test_share_of_state (void)
{
  static const struct
  {
    const char *directory; /* below the scratch directory */
    bool allowed;
  } cases[] = {
    { "state", false }, { "", false },           { "state/../state/.", false },
    { "link", false },  { "state/files", true }, { "stat", true },
  };
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (SampanAccountStore) store = NULL;
  g_autofree char *inside = NULL;
  g_autofree char *sibling = NULL;
  g_autofree char *link = NULL;
  g_autoptr (GError) root_error = NULL;

  scratch_init (&scratch);
  store = scratch_open_store (&scratch);
  inside = scratch_make_folder (&scratch, "state/files");
  sibling = scratch_make_folder (&scratch, "stat");
  link = scratch_build (&scratch, "link");
  g_assert_cmpint (symlink (scratch.state, link), ==, 0);
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *name = g_strdup_printf ("share%zu", i);
      g_autofree char *directory = scratch_build (&scratch, cases[i].directory);
      g_autoptr (GError) error = NULL;
      bool added = sampan_account_store_add_share (store, name, directory, &error);

      g_assert_cmpint (added, ==, cases[i].allowed);
      if (cases[i].allowed)
        g_assert_no_error (error);
      else
        g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_NOT_ALLOWED);
    }
  g_assert_false (sampan_account_store_add_share (store, "root", "/", &root_error));
  g_assert_error (root_error, SAMPAN_ERROR, SAMPAN_ERROR_NOT_ALLOWED);
}

static void
append_grant (const char *share, const char *who, SampanRight right, gpointer user_data)
{
  g_string_append_printf (user_data, "%s %s %d;", share, who, (int)right);
}

static void
assert_grants (SampanAccountStore *store, const char *expected)
{
  g_autoptr (GString) grants = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (sampan_account_store_foreach_grant (store, append_grant, grants, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (grants->str, ==, expected);
}

static void
test_grants (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (SampanAccountStore) store = NULL;
  g_autoptr (GError) error = NULL;

  scratch_init (&scratch);
  store = scratch_open_store (&scratch);
  scratch_add_account (store, "ann");
  scratch_add_account (store, "bob");
  g_assert_true (sampan_account_store_add_share (store, "b", "/nowhere", NULL));
  g_assert_true (sampan_account_store_add_share (store, "a", "/nowhere", NULL));
  assert_grants (store, "");
  g_assert_true (sampan_account_store_grant (store, "a", "bob", SAMPAN_RIGHT_READ, NULL));
  g_assert_true (sampan_account_store_grant (store, "a", "ann", SAMPAN_RIGHT_CHANGE, NULL));
  g_assert_true (sampan_account_store_grant (store, "b", "*", SAMPAN_RIGHT_ADD, NULL));
  assert_grants (store, "a ann 3;a bob 1;b * 2;");
  g_assert_true (sampan_account_store_grant (store, "a", "ann", SAMPAN_RIGHT_READ, NULL));
  g_assert_true (sampan_account_store_grant (store, "a", "bob", SAMPAN_RIGHT_NONE, NULL));
  g_assert_true (sampan_account_store_grant (store, "a", "bob", SAMPAN_RIGHT_NONE, NULL));
  g_assert_true (sampan_account_store_grant (store, "b", "*", SAMPAN_RIGHT_NONE, NULL));
  assert_grants (store, "a ann 1;");

  g_assert_false (sampan_account_store_grant (store, "a", "carl", SAMPAN_RIGHT_READ, &error));
  g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (sampan_account_store_grant (store, "c", "*", SAMPAN_RIGHT_READ, &error));
  g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_NOT_FOUND);

  /* Rights go with the account and with the share. */
  g_assert_true (sampan_account_store_grant (store, "b", "bob", SAMPAN_RIGHT_READ, NULL));
  g_assert_true (sampan_account_store_remove (store, "ann", NULL));
  assert_grants (store, "b bob 1;");
  g_assert_true (sampan_account_store_remove_share (store, "b", NULL));
  assert_grants (store, "");
}

static void
test_first_start (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (SampanAccountStore) store = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (SampanFirstStart) first = { 0 };
  g_auto (SampanFirstStart) second = { 0 };
  g_autofree char *grant = NULL;
  SampanAccount account;
  struct stat info;

  scratch_init (&scratch);
  store = scratch_open_store (&scratch);
  g_assert_true (sampan_first_start (store, scratch.state, &first, &error));
  g_assert_no_error (error);
  g_assert_true (g_path_is_absolute (first.directory));
  g_assert_cmpint (stat (first.directory, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 07777, ==, 0700);
  g_assert_cmpuint (sampan_secret_get_length (first.code), >=, 16);
  g_assert_true (find (store, first.user, &account));
  g_assert_true (account.one_time);
  g_assert_cmpint (account.expires_secs,
                   >,
                   g_get_real_time () / G_USEC_PER_SEC + SAMPAN_INVITE_SECS - 60);
  grant = g_strdup_printf ("files %s 3;", first.user);
  assert_grants (store, grant);

  g_assert_true (sampan_first_start (store, scratch.state, &second, &error));
  g_assert_cmpstr (second.user, ==, "");
  g_assert_null (second.code);
}

/* A first start that was cut short goes on with the share that is there. */
static void
test_first_start_again (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (SampanAccountStore) store = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (SampanFirstStart) first = { 0 };

  scratch_init (&scratch);
  store = scratch_open_store (&scratch);
  g_assert_true (sampan_account_store_add_share (store, "files", "/elsewhere", NULL));
  g_assert_true (sampan_first_start (store, scratch.state, &first, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (first.directory, ==, "/elsewhere");
  g_assert_cmpstr (first.user, !=, "");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (sampan_crypto_init ());
  g_test_add_func ("/accounts/store/two-processes", test_two_processes); /* before any thread */
  g_test_add_func ("/accounts/store/round-trip", test_round_trip);
  g_test_add_func ("/accounts/store/keys-stay", test_keys_stay);
  g_test_add_func ("/accounts/store/names", test_names);
  g_test_add_func ("/accounts/store/list", test_list);
  g_test_add_func ("/accounts/store/generation", test_generation);
  g_test_add_func ("/accounts/store/enable", test_enable);
  g_test_add_func ("/accounts/store/remove", test_remove);
  g_test_add_func ("/accounts/store/threads", test_threads);
  g_test_add_func ("/accounts/shares/names", test_shares);
  g_test_add_func ("/accounts/shares/state", test_share_of_state);
  g_test_add_func ("/accounts/shares/grants", test_grants);
  g_test_add_func ("/accounts/first-start/fresh", test_first_start);
  g_test_add_func ("/accounts/first-start/again", test_first_start_again);
  return g_test_run ();
}
