/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A SQLite database with typed access and GError. */

#include "config.h"

#include "accounts/database.h"

#include "errors.h"

#include <sqlite3.h>
#include <string.h>

/* How long to wait for the other writer: an admin command holds the lock for two disk syncs, which
 * take seconds on a disk that is being flooded. */
#define BUSY_TIMEOUT_MS 10000

/* The open settings that sqlite3_db_config() does not have. secure_delete: the record of a removed
 * account does not stay in a free page. */
static const char *const open_pragmas = "PRAGMA synchronous = EXTRA;"
                                        "PRAGMA secure_delete = ON;"
                                        "PRAGMA cell_size_check = ON;"
                                        "PRAGMA temp_store = MEMORY;";

struct _SampanDatabase
{
  sqlite3 *handle;
};

struct _SampanStatement
{
  sqlite3 *handle; /* borrowed */
  sqlite3_stmt *statement;
  int bind_result; /* the first failure, shown by the next step */
};

struct _SampanTransaction
{
  SampanDatabase *database; /* borrowed */
};

static SampanErrorCode
code_from_sqlite (int result)
{
  if (result == SQLITE_CONSTRAINT_UNIQUE || result == SQLITE_CONSTRAINT_PRIMARYKEY)
    return SAMPAN_ERROR_EXISTS;
  switch (result & 0xff) /* the primary code of an extended one */
    {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_NOMEM:
      return SAMPAN_ERROR_TRY_LATER;
    case SQLITE_FULL:
      return SAMPAN_ERROR_NO_SPACE;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return SAMPAN_ERROR_NOT_ALLOWED;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
      return SAMPAN_ERROR_IO;
    default:
      return SAMPAN_ERROR_FAILED;
    }
}

static void
set_error (GError **error, sqlite3 *handle, int result)
{
  g_set_error (error,
               SAMPAN_ERROR,
               (int)code_from_sqlite (result),
               "database: %s",
               handle != NULL ? sqlite3_errmsg (handle) : sqlite3_errstr (result));
}

static void
set_damaged (GError **error)
{
  g_set_error_literal (error, SAMPAN_ERROR, SAMPAN_ERROR_IO, "database: it is damaged");
}

static bool
apply_config (SampanDatabase *self, GError **error)
{
  static const struct
  {
    int option;
    int value;
  } settings[] = {
    { SQLITE_DBCONFIG_DEFENSIVE, 1 },
    { SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
    { SQLITE_DBCONFIG_ENABLE_FKEY, 1 },
    { SQLITE_DBCONFIG_ENABLE_TRIGGER, 0 },
    { SQLITE_DBCONFIG_ENABLE_VIEW, 0 },
    { SQLITE_DBCONFIG_DQS_DDL, 0 },
    { SQLITE_DBCONFIG_DQS_DML, 0 },
    { SQLITE_DBCONFIG_WRITABLE_SCHEMA, 0 },
    { SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0 },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (settings); i++)
    {
      int now = -1;
      int result = sqlite3_db_config (self->handle, settings[i].option, settings[i].value, &now);

      if (result != SQLITE_OK || now != settings[i].value)
        {
          set_error (error, NULL, result != SQLITE_OK ? result : SQLITE_ERROR);
          return false;
        }
    }
  return true;
}

/* Runs SQL that answers with one short text, and compares it. */
static bool
expect_answer (SampanDatabase *self, const char *sql, const char *expected, GError **error)
{
  g_autoptr (SampanStatement) statement = sampan_database_prepare (self, sql, error);
  bool has_row;

  if (statement == NULL || !sampan_statement_step (statement, &has_row, error))
    return false;
  if (!has_row ||
      g_strcmp0 ((const char *)sqlite3_column_text (statement->statement, 0), expected) != 0)
    {
      set_damaged (error);
      return false;
    }
  return true;
}

static bool
set_up (SampanDatabase *self, GError **error)
{
  if (sqlite3_busy_timeout (self->handle, BUSY_TIMEOUT_MS) != SQLITE_OK ||
      sqlite3_extended_result_codes (self->handle, 1) != SQLITE_OK)
    {
      set_error (error, self->handle, SQLITE_ERROR);
      return false;
    }
  if (sqlite3_db_readonly (self->handle, "main") != 0)
    {
      /* SQLite falls back to reading where it may not write. */
      g_set_error_literal (error,
                           SAMPAN_ERROR,
                           SAMPAN_ERROR_NOT_ALLOWED,
                           "database: the file or its disk is read-only");
      return false;
    }
  return apply_config (self, error) && sampan_database_execute (self, open_pragmas, error) &&
         expect_answer (self, "PRAGMA journal_mode = DELETE", "delete", error) &&
         expect_answer (self, "PRAGMA quick_check (1)", "ok", error);
}

SampanDatabase *
sampan_database_open (const char *filename, GError **error)
{
  g_autoptr (SampanDatabase) self = g_new0 (SampanDatabase, 1);
  /* NOMUTEX: the owner serialises. NOFOLLOW: FILENAME comes resolved. */
  int result = sqlite3_open_v2 (filename,
                                &self->handle,
                                SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW |
                                    SQLITE_OPEN_PRIVATECACHE,
                                NULL);

  if (result != SQLITE_OK)
    {
      set_error (error, self->handle, result);
      return NULL;
    }
  if (!set_up (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
sampan_database_close (SampanDatabase *self)
{
  if (self == NULL)
    return;
  if (sqlite3_close (self->handle) != SQLITE_OK)
    g_critical ("A database was closed while a statement was open");
  g_free (self);
}

GBytes *
sampan_database_dup_content (SampanDatabase *self, GError **error)
{
  g_autoptr (SampanTransaction) transaction = sampan_transaction_begin (self, error);
  sqlite3_int64 length = 0;
  unsigned char *content;

  /* Inside the transaction nobody else writes, this connection has not, and so the file is whole.
   */
  if (transaction == NULL)
    return NULL;
  content = sqlite3_serialize (self->handle, "main", &length, 0);
  if (content != NULL)
    return g_bytes_new_with_free_func (content, (gsize)length, sqlite3_free, content);
  set_error (error, NULL, SQLITE_NOMEM);
  return NULL;
}

bool
sampan_database_execute (SampanDatabase *self, const char *sql, GError **error)
{
  int result = sqlite3_exec (self->handle, sql, NULL, NULL, NULL);

  if (result != SQLITE_OK)
    set_error (error, self->handle, result);
  return result == SQLITE_OK;
}

SampanStatement *
sampan_database_prepare (SampanDatabase *self, const char *sql, GError **error)
{
  sqlite3_stmt *prepared = NULL;
  int result = sqlite3_prepare_v2 (self->handle, sql, -1, &prepared, NULL);
  SampanStatement *statement;

  if (result != SQLITE_OK)
    {
      set_error (error, self->handle, result);
      return NULL;
    }
  statement = g_new0 (SampanStatement, 1);
  statement->handle = self->handle;
  statement->statement = prepared;
  return statement;
}

void
sampan_statement_free (SampanStatement *self)
{
  if (self == NULL)
    return;
  sqlite3_finalize (self->statement); /* repeats the error of the last step */
  g_free (self);
}

static void
remember_bind (SampanStatement *self, int result)
{
  if (self->bind_result == SQLITE_OK)
    self->bind_result = result;
}

void
sampan_statement_bind_int (SampanStatement *self, int index, int64_t value)
{
  remember_bind (self, sqlite3_bind_int64 (self->statement, index, value));
}

void
sampan_statement_bind_text (SampanStatement *self, int index, const char *text, size_t length)
{
  remember_bind (
      self,
      sqlite3_bind_text64 (self->statement, index, text, length, SQLITE_TRANSIENT, SQLITE_UTF8));
}

void
sampan_statement_bind_blob (SampanStatement *self, int index, const void *bytes, size_t length)
{
  remember_bind (self,
                 sqlite3_bind_blob64 (self->statement, index, bytes, length, SQLITE_TRANSIENT));
}

bool
sampan_statement_step (SampanStatement *self, bool *has_row, GError **error)
{
  int result = self->bind_result;

  *has_row = false;
  if (result == SQLITE_OK)
    result = sqlite3_step (self->statement);
  if (result == SQLITE_ROW || result == SQLITE_DONE)
    {
      *has_row = result == SQLITE_ROW;
      return true;
    }
  set_error (error, self->handle, result);
  return false;
}

bool
sampan_statement_run (SampanStatement *self, uint64_t *changes, GError **error)
{
  bool has_row;

  if (!sampan_statement_step (self, &has_row, error))
    return false;
  g_return_val_if_fail (!has_row, false);
  if (changes != NULL)
    *changes = (uint64_t)sqlite3_changes64 (self->handle);
  return true;
}

int64_t
sampan_statement_get_int (SampanStatement *self, int column)
{
  return sqlite3_column_int64 (self->statement, column);
}

bool
sampan_statement_is_null (SampanStatement *self, int column)
{
  return sqlite3_column_type (self->statement, column) == SQLITE_NULL;
}

/* The bytes of a text or blob column, borrowed until the next step; NULL with error when they
 * cannot be had. */
static const char *
get_bytes (SampanStatement *self, int column, size_t *length, GError **error)
{
  int type = sqlite3_column_type (self->statement, column);
  const char *bytes;

  if (type != SQLITE_TEXT && type != SQLITE_BLOB)
    {
      set_damaged (error);
      return NULL;
    }
  bytes = sqlite3_column_blob (self->statement, column);
  *length = (size_t)sqlite3_column_bytes (self->statement, column);
  return bytes != NULL ? bytes : ""; /* empty ones come as NULL */
}

bool
sampan_statement_get_text (SampanStatement *self,
                           int column,
                           char *text,
                           size_t size,
                           GError **error)
{
  size_t length;
  const char *bytes = get_bytes (self, column, &length, error);

  if (bytes == NULL)
    return false;
  if (length >= size || memchr (bytes, '\0', length) != NULL)
    {
      set_damaged (error);
      return false;
    }
  memcpy (text, bytes, length);
  text[length] = '\0';
  return true;
}

bool
sampan_statement_get_blob (SampanStatement *self,
                           int column,
                           void *out,
                           size_t length,
                           GError **error)
{
  size_t stored;
  const char *bytes = get_bytes (self, column, &stored, error);

  if (bytes == NULL)
    return false;
  if (stored != length)
    {
      set_damaged (error);
      return false;
    }
  memcpy (out, bytes, length);
  return true;
}

char *
sampan_statement_dup_bytes (SampanStatement *self, int column, GError **error)
{
  size_t length;
  const char *bytes = get_bytes (self, column, &length, error);

  if (bytes == NULL)
    return NULL;
  if (memchr (bytes, '\0', length) != NULL)
    {
      set_damaged (error);
      return NULL;
    }
  return g_strndup (bytes, length);
}

SampanTransaction *
sampan_transaction_begin (SampanDatabase *database, GError **error)
{
  SampanTransaction *self;

  if (!sampan_database_execute (database, "BEGIN IMMEDIATE", error))
    return NULL;
  self = g_new0 (SampanTransaction, 1);
  self->database = database;
  return self;
}

bool
sampan_transaction_commit (SampanTransaction **self, GError **error)
{
  g_autoptr (SampanTransaction) transaction = g_steal_pointer (self);

  if (!sampan_database_execute (transaction->database, "COMMIT", error))
    return false;
  g_free (g_steal_pointer (&transaction));
  return true;
}

void
sampan_transaction_rollback (SampanTransaction *self)
{
  /* Some errors have rolled back already; then this one fails, harmlessly. */
  (void)!sqlite3_exec (self->database->handle, "ROLLBACK", NULL, NULL, NULL);
  g_free (self);
}
