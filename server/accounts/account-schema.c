/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The tables of the accounts database, and the way from each older form of them to today's. */

#include "config.h"

#include "accounts/account-schema.h"

#include "errors.h"

/* "SMPN": tells our file from another program's. Part of the SQL below, too. */
#define APPLICATION_ID 0x534d504e

/* Version history:
 *   1  server, accounts, shares, grants
 *   2  shares.mark
 *   3  quotas of shares; homes
 *   4  homes are shares with an owner; what new accounts get as a home
 *   5  limits of the trash of shares
 *
 * A step changes the tables and nothing else; bring_up() sets the version in the same transaction.
 * Steps are never edited once released: tests/server/accounts holds a database of each version. */

/* AUTOINCREMENT: an id is not used again after its row is gone, so that a session of a removed
 * account never becomes one of the next. A right for everybody stands in the share's own row. */
static bool
migrate_to_1 (SampanDatabase *database, GError **error)
{
  return sampan_database_execute (
      database,
      "PRAGMA application_id = 0x534d504e;"
      "CREATE TABLE server ("
      "  id INTEGER PRIMARY KEY CHECK (id = 1),"
      "  public_key BLOB NOT NULL CHECK (length (public_key) = 32)"
      ") STRICT;"
      "CREATE TABLE accounts ("
      "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
      "  name TEXT NOT NULL UNIQUE CHECK (length (name) BETWEEN 1 AND 32),"
      "  enabled INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),"
      "  one_time INTEGER NOT NULL CHECK (one_time IN (0, 1)),"
      "  expires_secs INTEGER NOT NULL CHECK (expires_secs >= 0),"
      "  ksf INTEGER NOT NULL CHECK (ksf BETWEEN 0 AND 255),"
      "  generation INTEGER NOT NULL DEFAULT 1 CHECK (generation BETWEEN 1 AND 4294967294),"
      "  record BLOB NOT NULL CHECK (length (record) = 192)"
      ") STRICT;"
      "CREATE TABLE shares ("
      "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
      "  name TEXT NOT NULL UNIQUE,"
      "  directory BLOB NOT NULL,"
      "  everybody INTEGER NOT NULL DEFAULT 0 CHECK (everybody BETWEEN 0 AND 3)"
      ") STRICT;"
      "CREATE TABLE grants ("
      "  share INTEGER NOT NULL REFERENCES shares (id) ON DELETE CASCADE,"
      "  account INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,"
      "  level INTEGER NOT NULL CHECK (level BETWEEN 1 AND 3),"
      "  PRIMARY KEY (share, account)"
      ") STRICT, WITHOUT ROWID;"
      "CREATE INDEX grants_by_account ON grants (account);",
      error);
}

/* NULL: the folder was not marked yet. */
static bool
migrate_to_2 (SampanDatabase *database, GError **error)
{
  return sampan_database_execute (
      database,
      "ALTER TABLE shares ADD COLUMN mark BLOB CHECK (mark IS NULL OR length (mark) = 16)",
      error);
}

/* A quota of -1 is none. A home is gone with its account; its folder stays. */
static bool
migrate_to_3 (SampanDatabase *database, GError **error)
{
  return sampan_database_execute (
      database,
      "ALTER TABLE shares ADD COLUMN"
      "  quota_bytes INTEGER NOT NULL DEFAULT -1 CHECK (quota_bytes >= -1);"
      "CREATE TABLE homes ("
      "  account INTEGER PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,"
      "  directory BLOB NOT NULL,"
      "  quota_bytes INTEGER NOT NULL DEFAULT -1 CHECK (quota_bytes >= -1)"
      ") STRICT;",
      error);
}

/* A home is found, marked and opened as any other share is; it goes with its owner. One whose name
 * cannot be a share's is dropped, its folder stays. */
static bool
migrate_to_4 (SampanDatabase *database, GError **error)
{
  return sampan_database_execute (
      database,
      "ALTER TABLE shares ADD COLUMN"
      "  owner INTEGER REFERENCES accounts (id) ON DELETE CASCADE;"
      "CREATE UNIQUE INDEX shares_by_owner ON shares (owner);"
      "ALTER TABLE server ADD COLUMN homes_directory BLOB;"
      "ALTER TABLE server ADD COLUMN"
      "  homes_quota_bytes INTEGER NOT NULL DEFAULT -1 CHECK (homes_quota_bytes >= -1);"
      "INSERT INTO shares (name, directory, quota_bytes, owner)"
      "  SELECT name, directory, quota_bytes, id FROM homes JOIN accounts ON id = account"
      "  WHERE name NOT LIKE '.%' ON CONFLICT DO NOTHING;"
      "INSERT INTO grants (share, account, level)"
      "  SELECT id, owner, 3 FROM shares WHERE owner IS NOT NULL;"
      "DROP TABLE homes;",
      error);
}

/* -1 is no limit, for bytes -2 a part of the disk. */
static bool
migrate_to_5 (SampanDatabase *database, GError **error)
{
  return sampan_database_execute (
      database,
      "ALTER TABLE shares ADD COLUMN"
      "  trash_days INTEGER NOT NULL DEFAULT 30 CHECK (trash_days BETWEEN -1 AND 36500);"
      "ALTER TABLE shares ADD COLUMN"
      "  trash_bytes INTEGER NOT NULL DEFAULT -2 CHECK (trash_bytes >= -2);",
      error);
}

typedef bool (*Migration) (SampanDatabase *database, GError **error);

/* migrations[n] makes version n + 1 of version n. */
static const Migration migrations[] = { migrate_to_1,
                                        migrate_to_2,
                                        migrate_to_3,
                                        migrate_to_4,
                                        migrate_to_5 };
G_STATIC_ASSERT (G_N_ELEMENTS (migrations) == SAMPAN_SCHEMA_VERSION);

static bool
read_number (SampanDatabase *database, const char *sql, int64_t *number, GError **error)
{
  g_autoptr (SampanStatement) statement = sampan_database_prepare (database, sql, error);
  bool has_row;

  if (statement == NULL || !sampan_statement_step (statement, &has_row, error))
    return false;
  *number = has_row ? sampan_statement_get_int (statement, 0) : 0;
  return true;
}

static bool
check_origin (int64_t version,
              int64_t application,
              int64_t n_tables,
              bool may_create,
              GError **error)
{
  bool is_empty = version == 0 && application == 0 && n_tables == 0;

  if (is_empty && !may_create)
    {
      g_set_error_literal (error,
                           SAMPAN_ERROR,
                           SAMPAN_ERROR_IO,
                           "database: it has lost its tables: put a backup back");
      return false;
    }
  if (!is_empty && (application != APPLICATION_ID || version < 1))
    {
      g_set_error_literal (error,
                           SAMPAN_ERROR,
                           SAMPAN_ERROR_WRONG_KIND,
                           "database: it is not one of Sampan");
      return false;
    }
  if (version > SAMPAN_SCHEMA_VERSION)
    {
      g_set_error (error,
                   SAMPAN_ERROR,
                   SAMPAN_ERROR_UNSUPPORTED,
                   "database: it is of a newer version (%d, this server knows %d): "
                   "update the server",
                   (int)version,
                   SAMPAN_SCHEMA_VERSION);
      return false;
    }
  return true;
}

/* PRAGMA takes no parameters, hence one constant string for each version. */
static bool
set_version (SampanDatabase *database, int64_t version, GError **error)
{
  g_autofree char *sql = g_strdup_printf ("PRAGMA user_version = %d", (int)version);

  return sampan_database_execute (database, sql, error);
}

bool
sampan_account_schema_bring_up (SampanDatabase *database, bool may_create, GError **error)
{
  g_autoptr (SampanTransaction) transaction = NULL;
  int64_t version, application, n_tables;

  /* Read under the write lock: another process may be at the same. */
  transaction = sampan_transaction_begin (database, error);
  if (transaction == NULL || !read_number (database, "PRAGMA user_version", &version, error) ||
      !read_number (database, "PRAGMA application_id", &application, error) ||
      !read_number (database, "SELECT count (*) FROM sqlite_schema", &n_tables, error) ||
      !check_origin (version, application, n_tables, may_create, error))
    return false;
  if (version == SAMPAN_SCHEMA_VERSION)
    return true;
  for (; version < SAMPAN_SCHEMA_VERSION; version++)
    if (!migrations[version](database, error) || !set_version (database, version + 1, error))
      return false;
  return sampan_transaction_commit (&transaction, error);
}
