/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Rights on shares, and directories that stay open across changes. */

#include "config.h"

#include "accounts/share-table.h"

#include "scratch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static SampanShareTable *
load (SampanAccountStore *store, SampanShareTable *previous)
{
  g_autoptr (GError) error = NULL;
  SampanShareTable *table = sampan_share_table_load (store, previous, &error);

  g_assert_no_error (error);
  g_assert_nonnull (table);
  return table;
}

static void
add_share (const Scratch *scratch, SampanAccountStore *store, const char *name)
{
  g_autofree char *folder = scratch_make_folder (scratch, name);
  g_autoptr (GError) error = NULL;
  bool added = sampan_account_store_add_share (store, name, folder, &error);

  g_assert_no_error (error);
  g_assert_true (added);
}

static void
grant (SampanAccountStore *store, const char *share, const char *who, SampanRight right)
{
  g_autoptr (GError) error = NULL;
  bool granted = sampan_account_store_grant (store, share, who, right, &error);

  g_assert_no_error (error);
  g_assert_true (granted);
}

/* The right, NONE with NOT_FOUND. */
static SampanRight
lookup (SampanShareTable *table, const char *user, const char *share)
{
  SampanRight right = SAMPAN_RIGHT_CHANGE;
  g_autoptr (GError) error = NULL;
  g_autoptr (SampanShareRoot) root = sampan_share_table_lookup (table, user, share, &right, &error);

  if (root != NULL)
    {
      g_assert_no_error (error);
      g_assert_cmpint (right, >=, SAMPAN_RIGHT_READ);
      return right;
    }
  g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_NOT_FOUND);
  g_assert_cmpstr (error->message, ==, "There is no such share"); /* I7: the same for all */
  g_assert_cmpint (right, ==, SAMPAN_RIGHT_NONE);
  return SAMPAN_RIGHT_NONE;
}

/* The higher of one's own right and everybody's. */
static void
test_precedence (void)
{
  static const SampanRight all[] = { SAMPAN_RIGHT_NONE,
                                     SAMPAN_RIGHT_READ,
                                     SAMPAN_RIGHT_ADD,
                                     SAMPAN_RIGHT_CHANGE };
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (SampanAccountStore) store = NULL;

  scratch_init (&scratch);
  store = scratch_open_store (&scratch);
  scratch_add_account (store, "ann");
  add_share (&scratch, store, "files");
  for (size_t own = 0; own < G_N_ELEMENTS (all); own++)
    for (size_t everybody = 0; everybody < G_N_ELEMENTS (all); everybody++)
      {
        g_autoptr (SampanShareTable) table = NULL;

        grant (store, "files", "ann", all[own]);
        grant (store, "files", "*", all[everybody]);
        table = load (store, NULL);
        g_assert_cmpint (lookup (table, "ann", "files"), ==, MAX (all[own], all[everybody]));
        g_assert_cmpint (lookup (table, "bob", "files"), ==, all[everybody]);
        g_assert_cmpint (lookup (table, "ann", "file"), ==, SAMPAN_RIGHT_NONE);
        g_assert_cmpint (lookup (table, "ann", ""), ==, SAMPAN_RIGHT_NONE);
        g_assert_cmpint (lookup (table, "*", "files"), ==, all[everybody]);
      }
}

static void
append_share (const char *share, SampanShareRoot *root, SampanRight right, gpointer user_data)
{
  g_string_append_printf (user_data,
                          "%s %d %s;",
                          share,
                          (int)right,
                          root != NULL ? "open" : "closed");
}

static void
assert_listing (SampanShareTable *table, const char *user, const char *expected)
{
  g_autoptr (GString) listing = g_string_new (NULL);

  sampan_share_table_foreach (table, user, append_share, listing);
  g_assert_cmpstr (listing->str, ==, expected);
}

static void
test_listing (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (SampanAccountStore) store = NULL;
  g_autoptr (SampanShareTable) table = NULL;

  scratch_init (&scratch);
  store = scratch_open_store (&scratch);
  scratch_add_account (store, "ann");
  add_share (&scratch, store, "c");
  add_share (&scratch, store, "a");
  add_share (&scratch, store, "b");
  grant (store, "c", "*", SAMPAN_RIGHT_READ);
  grant (store, "a", "ann", SAMPAN_RIGHT_ADD);
  table = load (store, NULL);
  assert_listing (table, "ann", "a 2 open;c 1 open;");
  assert_listing (table, "bob", "c 1 open;");
}

/* One share that cannot be opened breaks no other, and comes back with its directory. */
static void
test_unavailable (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (SampanAccountStore) store = NULL;
  g_autoptr (SampanShareTable) table = NULL;
  g_autoptr (SampanShareTable) healed = NULL;
  g_autofree char *missing = NULL;
  g_autofree char *made = NULL;

  scratch_init (&scratch);
  store = scratch_open_store (&scratch);
  missing = scratch_build (&scratch, "away");
  g_assert_true (sampan_account_store_add_share (store, "away", missing, NULL));
  add_share (&scratch, store, "here");
  grant (store, "away", "*", SAMPAN_RIGHT_CHANGE);
  grant (store, "here", "*", SAMPAN_RIGHT_CHANGE);
  table = load (store, NULL);
  assert_listing (table, "ann", "away 3 closed;here 3 open;");
  g_assert_cmpint (lookup (table, "ann", "away"), ==, SAMPAN_RIGHT_NONE);
  g_assert_cmpint (lookup (table, "ann", "here"), ==, SAMPAN_RIGHT_CHANGE);

  made = scratch_make_folder (&scratch, "away");
  healed = load (store, table);
  assert_listing (healed, "ann", "away 3 open;here 3 open;");
}

/* A directory that has become a link to the server's keys is not served. */
static void
test_link_to_state (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (SampanAccountStore) store = NULL;
  g_autoptr (SampanShareTable) table = NULL;
  g_autofree char *path = NULL;

  scratch_init (&scratch);
  store = scratch_open_store (&scratch);
  path = scratch_build (&scratch, "files");
  g_assert_true (sampan_account_store_add_share (store, "files", path, NULL));
  g_assert_cmpint (symlink (scratch.state, path), ==, 0);
  grant (store, "files", "*", SAMPAN_RIGHT_READ);
  table = load (store, NULL);
  assert_listing (table, "ann", "files 1 closed;");
}

static SampanShareRoot *
get_root (SampanShareTable *table, const char *share)
{
  SampanRight right;
  SampanShareRoot *root = sampan_share_table_lookup (table, "ann", share, &right, NULL);

  g_assert_nonnull (root);
  return root;
}

/* F14: a directory that is served stays the one that was opened; an old table stays usable. */
static void
test_reload (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (SampanAccountStore) store = NULL;
  g_autoptr (SampanShareTable) first = NULL;
  g_autoptr (SampanShareTable) second = NULL;
  g_autoptr (SampanShareRoot) before = NULL;
  g_autoptr (SampanShareRoot) after = NULL;
  g_autofree char *folder = NULL;
  g_autofree char *moved = NULL;
  g_autofree char *again = NULL;

  scratch_init (&scratch);
  store = scratch_open_store (&scratch);
  add_share (&scratch, store, "files");
  add_share (&scratch, store, "gone");
  grant (store, "files", "*", SAMPAN_RIGHT_READ);
  grant (store, "gone", "*", SAMPAN_RIGHT_READ);
  first = load (store, NULL);
  before = get_root (first, "files");

  folder = scratch_build (&scratch, "files");
  moved = scratch_build (&scratch, "moved");
  g_assert_cmpint (rename (folder, moved), ==, 0);
  again = scratch_make_folder (&scratch, "files");
  g_assert_true (sampan_account_store_remove_share (store, "gone", NULL));
  grant (store, "files", "*", SAMPAN_RIGHT_CHANGE);
  second = load (store, first);
  after = get_root (second, "files");
  g_assert_true (before == after);
  g_assert_cmpint (sampan_share_root_get_fd (before), ==, sampan_share_root_get_fd (after));
  g_assert_cmpint (lookup (second, "ann", "files"), ==, SAMPAN_RIGHT_CHANGE);
  g_assert_cmpint (lookup (second, "ann", "gone"), ==, SAMPAN_RIGHT_NONE);
  g_assert_cmpint (lookup (first, "ann", "files"), ==, SAMPAN_RIGHT_READ);
  g_assert_cmpint (lookup (first, "ann", "gone"), ==, SAMPAN_RIGHT_READ);
}

/* F14: a directory that is gone is not an empty one; made anew, it is served once that is accepted.
 */
static void
test_removed (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (SampanAccountStore) store = NULL;
  g_autoptr (SampanShareTable) first = NULL;
  g_autoptr (SampanShareTable) second = NULL;
  g_autoptr (SampanShareTable) third = NULL;
  g_autofree char *folder = NULL;
  g_autofree char *again = NULL;
  g_autofree char *command = NULL;

  scratch_init (&scratch);
  store = scratch_open_store (&scratch);
  add_share (&scratch, store, "files");
  grant (store, "files", "*", SAMPAN_RIGHT_READ);
  first = load (store, NULL);
  g_assert_cmpint (lookup (first, "ann", "files"), ==, SAMPAN_RIGHT_READ);
  folder = scratch_build (&scratch, "files");
  command = g_strdup_printf ("rm -r '%s'", folder);
  g_assert_cmpint (system (command), ==, 0);
  g_assert_cmpint (lookup (first, "ann", "files"), ==, SAMPAN_RIGHT_NONE);
  again = scratch_make_folder (&scratch, "files");
  second = load (store, first);
  g_assert_cmpint (lookup (second, "ann", "files"), ==, SAMPAN_RIGHT_NONE);
  g_assert_false (sampan_share_table_has_returned (second));
  g_assert_true (sampan_account_store_set_share_mark (store, "files", NULL, NULL));
  third = load (store, second);
  g_assert_cmpint (lookup (third, "ann", "files"), ==, SAMPAN_RIGHT_READ);
}

/* Another folder at the path takes nothing, and the one that was shared is known when it is back.
 */
static void
test_returned (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (SampanAccountStore) store = NULL;
  g_autoptr (SampanShareTable) first = NULL;
  g_autoptr (SampanShareTable) second = NULL;
  g_autoptr (SampanShareTable) third = NULL;
  g_autofree char *folder = NULL;
  g_autofree char *away = NULL;

  scratch_init (&scratch);
  store = scratch_open_store (&scratch);
  add_share (&scratch, store, "files");
  grant (store, "files", "*", SAMPAN_RIGHT_READ);
  first = load (store, NULL);
  g_assert_false (sampan_share_table_has_returned (first));
  folder = scratch_build (&scratch, "files");
  away = scratch_build (&scratch, "away");
  g_assert_cmpint (rename (folder, away), ==, 0);
  g_assert_cmpint (mkdir (folder, 0700), ==, 0);
  second = load (store, NULL);
  g_assert_cmpint (lookup (second, "ann", "files"), ==, SAMPAN_RIGHT_NONE);
  g_assert_false (sampan_share_table_has_returned (second));
  g_assert_cmpint (rmdir (folder), ==, 0); /* nothing was put into it */
  g_assert_cmpint (rename (away, folder), ==, 0);
  g_assert_true (sampan_share_table_has_returned (second));
  third = load (store, second);
  g_assert_cmpint (lookup (third, "ann", "files"), ==, SAMPAN_RIGHT_READ);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (sampan_crypto_init ());
  g_test_add_func ("/accounts/share-table/precedence", test_precedence);
  g_test_add_func ("/accounts/share-table/listing", test_listing);
  g_test_add_func ("/accounts/share-table/unavailable", test_unavailable);
  g_test_add_func ("/accounts/share-table/link-to-state", test_link_to_state);
  g_test_add_func ("/accounts/share-table/reload", test_reload);
  g_test_add_func ("/accounts/share-table/removed", test_removed);
  g_test_add_func ("/accounts/share-table/returned", test_returned);
  return g_test_run ();
}
