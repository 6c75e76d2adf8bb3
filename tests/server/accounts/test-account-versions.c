/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A database of each schema version opens as today's, with all that was in it. */

#include "config.h"

#include "accounts/account-homes.h"
#include "accounts/account-schema.h"
#include "accounts/account-store.h"

#include "scratch.h"

#include <sodium.h>
#include <string.h>
#include <sys/stat.h>

#define DATABASE "sampan.db"
#define KEYS "keys"
#define FIXTURE_MAX_BYTES 1024

static char *
read_fixture (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "server", "accounts", name, NULL);
  g_autoptr (GError) error = NULL;
  char *content;

  g_file_get_contents (path, &content, NULL, &error);
  g_assert_no_error (error);
  return content;
}

static void
write_fixture (const Scratch *scratch, int version)
{
  g_autofree char *sql_name = g_strdup_printf ("version-%d.sql", version);
  g_autofree char *keys_name = g_strdup_printf ("version-%d.keys", version);
  g_autofree char *sql = read_fixture (sql_name);
  g_autofree char *hex = read_fixture (keys_name);
  g_autofree char *database = scratch_build_state (scratch, DATABASE);
  g_autofree char *keys = scratch_build_state (scratch, KEYS);
  uint8_t bytes[FIXTURE_MAX_BYTES];
  size_t length;

  g_assert_cmpint (mkdir (scratch->state, 0700), ==, 0);
  scratch_run_sql (database, sql);
  g_assert_cmpint (sodium_hex2bin (bytes, sizeof bytes, hex, strlen (hex), "\n", &length, NULL),
                   ==,
                   0);
  g_assert_true (g_file_set_contents (keys, (const char *)bytes, (gssize)length, NULL));
  g_assert_cmpint (chmod (database, 0600), ==, 0);
  g_assert_cmpint (chmod (keys, 0600), ==, 0);
}

/* The password that the fixture's ann was made with still opens her record. */
static void
assert_login (SampanAccountStore *store, const SampanAccount *account)
{
  static const char password[] = "correct horse";
  static const uint8_t h[SAMPAN_HANDSHAKE_HASH_LENGTH] = { 1 };
  g_autoptr (SampanSecret) secret = sampan_secret_new (password, strlen (password));
  g_autoptr (SampanLoginClient) client = sampan_login_client_new (account->name, secret);
  g_autoptr (GError) error = NULL;
  uint8_t ke1[SAMPAN_KE1_LENGTH], ke2[SAMPAN_KE2_LENGTH];
  SampanLoginResult result;
  SampanLoginServer server;
  bool finished;

  g_assert_true (sampan_login_client_start (client, ke1, &error));
  g_assert_true (sampan_login_server_answer (&server,
                                             sampan_account_store_get_keys (store),
                                             account->record,
                                             account->name,
                                             strlen (account->name),
                                             SAMPAN_LOGIN_FOR_SESSION,
                                             SAMPAN_SUITE_CHACHAPOLY,
                                             h,
                                             account->ksf,
                                             ke1,
                                             ke2));
  finished = sampan_login_client_finish (client,
                                         SAMPAN_LOGIN_FOR_SESSION,
                                         SAMPAN_SUITE_CHACHAPOLY,
                                         h,
                                         account->ksf,
                                         ke2,
                                         &result,
                                         &error);
  g_assert_no_error (error);
  g_assert_true (finished);
  g_assert_true (sampan_login_server_check (&server, result.ke3));
}

static void
append_grant (const char *share, const char *who, SampanRight right, gpointer user_data)
{
  g_string_append_printf (user_data, "%s %s %d;", share, who, (int)right);
}

/* A home of version 3 has become a share of its owner's. */
static void
assert_shares (const GPtrArray *shares, int version)
{
  static const char *const names[] = { "ann", "files", "music" };
  size_t first = version >= 3 ? 0 : 1;

  g_assert_cmpuint (shares->len, ==, G_N_ELEMENTS (names) - first);
  for (size_t i = first; i < G_N_ELEMENTS (names); i++)
    {
      const SampanShareRow *row = g_ptr_array_index (shares, i - first);

      g_assert_cmpstr (row->name, ==, names[i]);
      g_assert_true (row->is_home == (i == 0));
      if (i == 0)
        g_assert_cmpstr (row->directory, ==, "/srv/homes/ann");
      g_assert_cmpuint (row->quota_bytes,
                        ==,
                        i == 0                   ? 1000000
                        : i == 2 && version >= 3 ? 5000000000
                                                 : SAMPAN_QUOTA_NONE);
      g_assert_cmpuint (row->trash.days, ==, i == 2 && version >= 5 ? 7 : SAMPAN_TRASH_DAYS);
      g_assert_cmpuint (row->trash.bytes,
                        ==,
                        i == 2 && version >= 5 ? 1000000000 : SAMPAN_TRASH_BYTES_PART);
    }
}

static void
assert_homes (SampanAccountStore *store, int version)
{
  g_auto (SampanHomes) homes = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_true (sampan_account_store_get_homes (store, &homes, &error));
  g_assert_cmpstr (homes.directory, ==, version >= 4 ? "/srv/homes" : NULL);
  g_assert_cmpuint (homes.quota_bytes, ==, version >= 4 ? 1000000 : SAMPAN_QUOTA_NONE);
}

static void
test_version (gconstpointer data)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (SampanAccountStore) store = NULL;
  g_autoptr (GPtrArray) shares = NULL;
  g_autoptr (GString) grants = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  SampanAccount account;
  int version = GPOINTER_TO_INT (data);

  scratch_init (&scratch);
  write_fixture (&scratch, version);
  store = sampan_account_store_open (scratch.state, false, &error);
  g_assert_no_error (error);
  g_assert_true (sampan_account_store_find (store, "ann", 3, &account, &error));
  g_assert_cmpuint (account.id, ==, 1);
  g_assert_cmpuint (account.generation, ==, 2);
  g_assert_true (account.enabled);
  assert_login (store, &account);
  g_assert_true (sampan_account_store_find (store, "bob", 3, &account, &error));
  g_assert_false (account.enabled);
  g_assert_true (account.one_time);
  shares = sampan_account_store_list_shares (store, &error);
  assert_shares (shares, version);
  assert_homes (store, version);
  g_assert_true (sampan_account_store_foreach_grant (store, append_grant, grants, &error));
  g_assert_cmpstr (grants->str,
                   ==,
                   version >= 3 ? "ann ann 3;files ann 3;files bob 1;music * 2;"
                                : "files ann 3;files bob 1;music * 2;");
  /* The id of one that was removed is not used again. */
  scratch_add_account (store, "dora");
  g_assert_true (sampan_account_store_find (store, "dora", 4, &account, &error));
  g_assert_cmpuint (account.id, ==, 4);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (sampan_crypto_init ());
  for (int version = 1; version <= SAMPAN_SCHEMA_VERSION; version++)
    {
      g_autofree char *path = g_strdup_printf ("/accounts/version/%d", version);

      g_test_add_data_func (path, GINT_TO_POINTER (version), test_version);
    }
  return g_test_run ();
}
