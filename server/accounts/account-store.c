/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The accounts of the server: opening what belongs together, and the rows of accounts. */

#include "config.h"

#include "accounts/account-store.h"

#include "accounts/account-schema.h"
#include "accounts/account-store-private.h"
#include "escape.h"

#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>

#define ACCOUNT_COLUMNS "id, name, enabled, one_time, expires_secs, ksf, generation, record"
enum
{
  COLUMN_ID,
  COLUMN_NAME,
  COLUMN_ENABLED,
  COLUMN_ONE_TIME,
  COLUMN_EXPIRES,
  COLUMN_KSF,
  COLUMN_GENERATION,
  COLUMN_RECORD,
};

void
sampan_account_store_set_not_found (GError **error, const char *what, const char *name)
{
  g_autofree char *shown = sampan_escape (name, -1, SAMPAN_NAME_MAX);

  g_set_error (error, SAMPAN_ERROR, SAMPAN_ERROR_NOT_FOUND, "There is no %s \"%s\"", what, shown);
}

bool
sampan_account_store_run_for (SampanStatement *statement,
                              const char *what,
                              const char *name,
                              GError **error)
{
  uint64_t changes;

  if (!sampan_statement_run (statement, &changes, error))
    return false;
  if (changes == 0)
    sampan_account_store_set_not_found (error, what, name);
  return changes == 1;
}

/* ---- Opening ---- */

static bool
count_accounts (SampanDatabase *database, int64_t *count, GError **error)
{
  g_autoptr (SampanStatement) statement =
      sampan_database_prepare (database, "SELECT count (*) FROM accounts", error);
  bool has_row;

  if (statement == NULL || !sampan_statement_step (statement, &has_row, error))
    return false;
  *count = has_row ? sampan_statement_get_int (statement, 0) : 0;
  return true;
}

static bool
open_database (SampanAccountStore *self, bool exists, bool may_create, GError **error)
{
  g_autofree char *filename = g_build_filename (self->folder->path, SAMPAN_DATABASE_FILE, NULL);

  if (!exists)
    {
      /* Made here: SQLite would leave its mode to the umask. */
      int fd = sampan_state_folder_make_file (self->folder, SAMPAN_DATABASE_FILE, error);

      if (fd < 0 || !g_close (fd, error) || !sampan_state_folder_sync (self->folder, error))
        return false;
    }
  self->database = sampan_database_open (filename, error);
  return self->database != NULL &&
         sampan_account_schema_bring_up (self->database, may_create, error);
}

/* Whether the database remembers these keys; a database without accounts takes any. Two halves of
 * different backups would turn every login away without saying why. */
static bool
match_keys (SampanAccountStore *self, int64_t n_accounts, GError **error)
{
  const uint8_t *public_key = self->keys->server.public_key;
  g_autoptr (SampanStatement) read =
      sampan_database_prepare (self->database,
                               "SELECT count (*) FROM server WHERE public_key = ?1",
                               error);
  g_autoptr (SampanStatement) write = NULL;
  bool has_row;

  if (read == NULL)
    return false;
  sampan_statement_bind_blob (read, 1, public_key, SAMPAN_PUBLIC_KEY_LENGTH);
  if (!sampan_statement_step (read, &has_row, error))
    return false;
  if (has_row && sampan_statement_get_int (read, 0) == 1)
    return true;
  if (n_accounts > 0)
    {
      g_set_error_literal (error,
                           SAMPAN_ERROR,
                           SAMPAN_ERROR_IO,
                           "keys: the file is not the one that belongs to " SAMPAN_DATABASE_FILE
                           ": put both back from the same backup");
      return false;
    }
  write = sampan_database_prepare (self->database,
                                   "REPLACE INTO server (id, public_key) VALUES (1, ?1)",
                                   error);
  if (write == NULL)
    return false;
  sampan_statement_bind_blob (write, 1, public_key, SAMPAN_PUBLIC_KEY_LENGTH);
  return sampan_statement_run (write, NULL, error);
}

static bool
open_keys (SampanAccountStore *self, bool exists, GError **error)
{
  int64_t n_accounts;

  if (!count_accounts (self->database, &n_accounts, error))
    return false;
  if (!exists && n_accounts > 0)
    {
      g_set_error_literal (error,
                           SAMPAN_ERROR,
                           SAMPAN_ERROR_IO,
                           "The file " SAMPAN_KEYS_FILE
                           " is missing, and no account can log in without it: "
                           "put a backup back");
      return false;
    }
  if (exists ? !sampan_keys_read (self->keys, self->folder, error)
             : (!sampan_keys_generate (self->keys, error) ||
                !sampan_keys_write (self->keys, self->folder, error)))
    return false;
  return match_keys (self, n_accounts, error);
}

/* The table of what may be there and what may not. */
static bool
open_files (SampanAccountStore *self, bool create, GError **error)
{
  bool has_database, has_keys;

  if (!sampan_state_folder_check_file (self->folder, SAMPAN_DATABASE_FILE, &has_database, error) ||
      !sampan_state_folder_check_file (self->folder, SAMPAN_KEYS_FILE, &has_keys, error))
    return false;
  if (!has_database && has_keys)
    {
      g_set_error_literal (error,
                           SAMPAN_ERROR,
                           SAMPAN_ERROR_IO,
                           "The file " SAMPAN_DATABASE_FILE " is missing, but " SAMPAN_KEYS_FILE
                           " is there: put a backup back, or move " SAMPAN_KEYS_FILE
                           " away to start with no account");
      return false;
    }
  if (!has_database && !create)
    {
      g_set_error_literal (error,
                           SAMPAN_ERROR,
                           SAMPAN_ERROR_NOT_FOUND,
                           "No server has been set up here");
      return false;
    }
  /* Before there are keys no account was ever made: an empty database is one of a set-up that was
   * cut short. */
  return open_database (self, has_database, !has_keys, error) && open_keys (self, has_keys, error);
}

SampanAccountStore *
sampan_account_store_open (const char *state_dir, bool create, GError **error)
{
  g_autoptr (SampanAccountStore) self = g_new0 (SampanAccountStore, 1);
  g_autofree char *shown = sampan_escape (state_dir, -1, 0);

  g_mutex_init (&self->lock);
  self->folder = sampan_state_folder_open (state_dir, create, error);
  if (self->folder == NULL)
    return NULL;
  self->keys = sampan_keys_new (error);
  if (self->keys == NULL)
    return NULL;
  if (!open_files (self, create, error))
    {
      g_prefix_error (error, "%s: ", shown);
      return NULL;
    }
  sampan_state_folder_unlock (self->folder);
  if (sodium_mprotect_readonly (self->keys) != 0)
    g_warning ("Cannot protect the memory of the server's keys");
  return g_steal_pointer (&self);
}

void
sampan_account_store_close (SampanAccountStore *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->database, sampan_database_close);
  g_clear_pointer (&self->keys, sampan_keys_free);
  g_clear_pointer (&self->folder, sampan_state_folder_close);
  g_mutex_clear (&self->lock);
  g_free (self);
}

const SampanServerKeys *
sampan_account_store_get_keys (const SampanAccountStore *self)
{
  return &self->keys->server;
}

const uint8_t *
sampan_account_store_get_fake_record (const SampanAccountStore *self)
{
  return self->keys->fake_record;
}

uint8_t
sampan_account_store_get_ksf (const SampanAccountStore *self)
{
  return self->keys->ksf;
}

/* ---- Rows ---- */

static bool
read_account (SampanStatement *row, SampanAccount *account, GError **error)
{
  account->id = (uint64_t)sampan_statement_get_int (row, COLUMN_ID);
  account->enabled = sampan_statement_get_int (row, COLUMN_ENABLED) != 0;
  account->one_time = sampan_statement_get_int (row, COLUMN_ONE_TIME) != 0;
  account->expires_secs = sampan_statement_get_int (row, COLUMN_EXPIRES);
  account->ksf = (uint8_t)sampan_statement_get_int (row, COLUMN_KSF);
  account->generation = (uint32_t)sampan_statement_get_int (row, COLUMN_GENERATION);
  return sampan_statement_get_text (row, COLUMN_NAME, account->name, sizeof account->name, error) &&
         sampan_statement_get_blob (row,
                                    COLUMN_RECORD,
                                    account->record,
                                    sizeof account->record,
                                    error);
}

bool
sampan_account_store_find (SampanAccountStore *self,
                           const char *name,
                           size_t length,
                           SampanAccount *account,
                           GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autoptr (SampanStatement) statement =
      sampan_database_prepare (self->database,
                               "SELECT " ACCOUNT_COLUMNS " FROM accounts WHERE name = ?1",
                               error);
  bool has_row;

  memset (account, 0, sizeof *account);
  if (statement == NULL)
    return false;
  sampan_statement_bind_text (statement, 1, name, length);
  if (!sampan_statement_step (statement, &has_row, error) || !has_row)
    return false;
  if (read_account (statement, account, error))
    return true;
  sodium_memzero (account, sizeof *account);
  return false;
}

GArray *
sampan_account_store_list (SampanAccountStore *self, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autoptr (GArray) accounts = g_array_new (FALSE, TRUE, sizeof (SampanAccount));
  g_autoptr (SampanStatement) statement =
      sampan_database_prepare (self->database,
                               "SELECT " ACCOUNT_COLUMNS " FROM accounts ORDER BY name",
                               error);

  if (statement == NULL)
    return NULL;
  for (;;)
    {
      SampanAccount account;
      bool has_row, ok;

      if (!sampan_statement_step (statement, &has_row, error))
        return NULL;
      if (!has_row)
        return g_steal_pointer (&accounts);
      ok = read_account (statement, &account, error);
      sodium_memzero (account.record, sizeof account.record);
      if (!ok)
        return NULL;
      g_array_append_val (accounts, account);
    }
}

bool
sampan_account_store_add (SampanAccountStore *self,
                          const char *name,
                          const uint8_t record[static SAMPAN_REGISTRATION_RECORD_LENGTH],
                          uint8_t ksf,
                          bool one_time,
                          int64_t expires_secs,
                          GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autoptr (SampanStatement) statement = NULL;
  g_autofree char *shown = sampan_escape (name, -1, SAMPAN_NAME_MAX);
  uint64_t changes;

  if (!sampan_user_name_is_valid (name, strlen (name)))
    {
      g_set_error (error,
                   SAMPAN_ERROR,
                   SAMPAN_ERROR_BAD_NAME,
                   "\"%s\" cannot be an account name: use 1 to %d of a-z, 0-9, \".\", \"_\", \"-\"",
                   shown,
                   SAMPAN_USER_MAX);
      return false;
    }
  statement =
      sampan_database_prepare (self->database,
                               "INSERT INTO accounts (name, one_time, expires_secs, ksf, record)"
                               " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (name) DO NOTHING",
                               error);
  if (statement == NULL)
    return false;
  sampan_statement_bind_text (statement, 1, name, strlen (name));
  sampan_statement_bind_int (statement, 2, one_time ? 1 : 0);
  sampan_statement_bind_int (statement, 3, expires_secs);
  sampan_statement_bind_int (statement, 4, ksf);
  sampan_statement_bind_blob (statement, 5, record, SAMPAN_REGISTRATION_RECORD_LENGTH);
  if (!sampan_statement_run (statement, &changes, error))
    return false;
  if (changes == 0)
    g_set_error (error,
                 SAMPAN_ERROR,
                 SAMPAN_ERROR_EXISTS,
                 "There is an account \"%s\" already",
                 shown);
  return changes == 1;
}

/* Why an UPDATE of account NAME touched no row. */
static void
explain_unchanged (SampanDatabase *database, const char *name, GError **error)
{
  g_autoptr (SampanStatement) statement =
      sampan_database_prepare (database, "SELECT 1 FROM accounts WHERE name = ?1", error);
  bool has_row;

  if (statement == NULL)
    return;
  sampan_statement_bind_text (statement, 1, name, strlen (name));
  if (!sampan_statement_step (statement, &has_row, error))
    return;
  if (has_row)
    g_set_error_literal (error,
                         SAMPAN_ERROR,
                         SAMPAN_ERROR_CHANGED,
                         "The password was changed by somebody else in the meantime");
  else
    sampan_account_store_set_not_found (error, "account", name);
}

bool
sampan_account_store_set_record (SampanAccountStore *self,
                                 const char *name,
                                 uint32_t generation,
                                 const uint8_t record[static SAMPAN_REGISTRATION_RECORD_LENGTH],
                                 uint8_t ksf,
                                 bool one_time,
                                 int64_t expires_secs,
                                 GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autoptr (SampanTransaction) transaction = sampan_transaction_begin (self->database, error);
  g_autoptr (SampanStatement) statement = NULL;
  uint64_t changes;

  if (transaction == NULL)
    return false;
  statement = sampan_database_prepare (
      self->database,
      "UPDATE accounts SET record = ?1, ksf = ?2, one_time = ?3, expires_secs = ?4,"
      " generation = generation + 1 WHERE name = ?5 AND ?6 IN (generation, 4294967295)",
      error);
  if (statement == NULL)
    return false;
  sampan_statement_bind_blob (statement, 1, record, SAMPAN_REGISTRATION_RECORD_LENGTH);
  sampan_statement_bind_int (statement, 2, ksf);
  sampan_statement_bind_int (statement, 3, one_time ? 1 : 0);
  sampan_statement_bind_int (statement, 4, expires_secs);
  sampan_statement_bind_text (statement, 5, name, strlen (name));
  sampan_statement_bind_int (statement, 6, generation);
  if (!sampan_statement_run (statement, &changes, error))
    return false;
  if (changes == 1)
    return sampan_transaction_commit (&transaction, error);
  explain_unchanged (self->database, name, error);
  return false;
}

bool
sampan_account_store_revoke_code (SampanAccountStore *self, const char *name, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autoptr (SampanTransaction) transaction = sampan_transaction_begin (self->database, error);
  g_autoptr (SampanStatement) statement = NULL;
  g_autoptr (GError) reason = NULL;
  uint64_t changes;

  if (transaction == NULL)
    return false;
  /* 0 would be never: 1 is the second that has passed for everybody. */
  statement = sampan_database_prepare (self->database,
                                       "UPDATE accounts SET expires_secs = 1,"
                                       " generation = generation + 1"
                                       " WHERE name = ?1 AND one_time = 1",
                                       error);
  if (statement == NULL)
    return false;
  sampan_statement_bind_text (statement, 1, name, strlen (name));
  if (!sampan_statement_run (statement, &changes, error))
    return false;
  if (changes == 1)
    return sampan_transaction_commit (&transaction, error);
  explain_unchanged (self->database, name, &reason);
  if (g_error_matches (reason, SAMPAN_ERROR, SAMPAN_ERROR_CHANGED))
    g_set_error_literal (error,
                         SAMPAN_ERROR,
                         SAMPAN_ERROR_CHANGED,
                         "The account has chosen its password already; to keep it out, use "
                         "'sampand user disable'");
  else
    g_propagate_error (error, g_steal_pointer (&reason));
  return false;
}

bool
sampan_account_store_set_enabled (SampanAccountStore *self,
                                  const char *name,
                                  bool enabled,
                                  GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  /* Only the change from enabled to disabled ends sessions. */
  g_autoptr (SampanStatement) statement = sampan_database_prepare (
      self->database,
      "UPDATE accounts SET enabled = ?1, generation = generation + (enabled AND NOT ?1)"
      " WHERE name = ?2",
      error);

  if (statement == NULL)
    return false;
  sampan_statement_bind_int (statement, 1, enabled ? 1 : 0);
  sampan_statement_bind_text (statement, 2, name, strlen (name));
  return sampan_account_store_run_for (statement, "account", name, error);
}

bool
sampan_account_store_remove (SampanAccountStore *self, const char *name, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autoptr (SampanStatement) statement =
      sampan_database_prepare (self->database, "DELETE FROM accounts WHERE name = ?1", error);

  if (statement == NULL)
    return false;
  sampan_statement_bind_text (statement, 1, name, strlen (name));
  return sampan_account_store_run_for (statement, "account", name, error);
}
