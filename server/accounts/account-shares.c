/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The shares of the server and who has which right on them. */

#include "config.h"

#include "accounts/account-store-private.h"
#include "accounts/account-store.h"

#include "escape.h"
#include "paths.h"

#include <stdlib.h>
#include <string.h>

#define EVERYBODY "*"
#define NO_QUOTA (-1) /* in the database */

enum
{
  COLUMN_SHARE_ID,
  COLUMN_SHARE_NAME,
  COLUMN_SHARE_DIRECTORY,
  COLUMN_SHARE_MARK,
  COLUMN_SHARE_QUOTA,
  COLUMN_SHARE_OWNER,
  COLUMN_SHARE_TRASH_DAYS,
  COLUMN_SHARE_TRASH_BYTES,
};

enum
{
  COLUMN_GRANT_SHARE,
  COLUMN_GRANT_WHO,
  COLUMN_GRANT_LEVEL,
};

typedef struct
{
  char share[SAMPAN_NAME_MAX + 1];
  char who[SAMPAN_USER_MAX + 1];
  SampanRight right;
} Grant;

void
sampan_share_row_free (SampanShareRow *row)
{
  if (row == NULL)
    return;
  g_free (row->directory);
  g_free (row);
}

uint64_t
sampan_account_store_read_quota (SampanStatement *statement, int column)
{
  int64_t quota_bytes = sampan_statement_get_int (statement, column);

  return quota_bytes != NO_QUOTA ? (uint64_t)quota_bytes : SAMPAN_QUOTA_NONE;
}

void
sampan_account_store_bind_quota (SampanStatement *statement, int index, uint64_t quota_bytes)
{
  sampan_statement_bind_int (statement,
                             index,
                             quota_bytes != SAMPAN_QUOTA_NONE ? (int64_t)quota_bytes : NO_QUOTA);
}

static SampanShareRow *
read_share (SampanStatement *statement, GError **error)
{
  SampanShareRow *row = g_new0 (SampanShareRow, 1);

  row->quota_bytes = sampan_account_store_read_quota (statement, COLUMN_SHARE_QUOTA);
  /* -1 and -2 are what the names for no number are. */
  row->trash.days = (uint32_t)sampan_statement_get_int (statement, COLUMN_SHARE_TRASH_DAYS);
  row->trash.bytes = (uint64_t)sampan_statement_get_int (statement, COLUMN_SHARE_TRASH_BYTES);
  row->is_home = !sampan_statement_is_null (statement, COLUMN_SHARE_OWNER);
  row->id = (uint64_t)sampan_statement_get_int (statement, COLUMN_SHARE_ID);
  row->is_marked = !sampan_statement_is_null (statement, COLUMN_SHARE_MARK);
  if (sampan_statement_get_text (statement,
                                 COLUMN_SHARE_NAME,
                                 row->name,
                                 sizeof row->name,
                                 error) &&
      (!row->is_marked || sampan_statement_get_blob (statement,
                                                     COLUMN_SHARE_MARK,
                                                     row->mark.bytes,
                                                     sizeof row->mark.bytes,
                                                     error)))
    row->directory = sampan_statement_dup_bytes (statement, COLUMN_SHARE_DIRECTORY, error);
  if (row->directory != NULL)
    return row;
  sampan_share_row_free (row);
  return NULL;
}

GPtrArray *
sampan_account_store_list_shares (SampanAccountStore *self, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autoptr (GPtrArray) rows =
      g_ptr_array_new_with_free_func ((GDestroyNotify)sampan_share_row_free);
  g_autoptr (SampanStatement) statement =
      sampan_database_prepare (self->database,
                               "SELECT id, name, directory, mark, quota_bytes, owner, trash_days,"
                               " trash_bytes"
                               " FROM shares ORDER BY name",
                               error);

  if (statement == NULL)
    return NULL;
  for (;;)
    {
      SampanShareRow *row;
      bool has_row;

      if (!sampan_statement_step (statement, &has_row, error))
        return NULL;
      if (!has_row)
        return g_steal_pointer (&rows);
      row = read_share (statement, error);
      if (row == NULL)
        return NULL;
      g_ptr_array_add (rows, row);
    }
}

/* Clients show the name as the first folder of each path: what needs escaping is refused. */
static bool
check_share_name (const char *name, GError **error)
{
  g_autofree char *shown = sampan_escape (name, -1, 0);

  if (sampan_name_is_valid ((const uint8_t *)name, strlen (name)) && name[0] != '.' &&
      strcmp (name, shown) == 0)
    return true;
  g_set_error (error,
               SAMPAN_ERROR,
               SAMPAN_ERROR_BAD_NAME,
               "\"%.*s\" cannot be a share name: use 1 to %d bytes without \"/\", \"\\\" and "
               "control characters, not starting with \".\"",
               SAMPAN_NAME_MAX,
               shown,
               SAMPAN_NAME_MAX);
  return false;
}

bool
sampan_account_store_check_directory (const SampanAccountStore *self,
                                      const char *directory,
                                      GError **error)
{
  g_autofree char *shown = NULL;
  const char *state = self->folder->path;
  char *resolved = realpath (directory, NULL);
  size_t length;
  bool holds_state;

  if (resolved == NULL)
    return true; /* what is not there is served by nobody */
  length = strcmp (resolved, "/") != 0 ? strlen (resolved) : 0;
  holds_state =
      strncmp (state, resolved, length) == 0 && (state[length] == '/' || state[length] == '\0');
  free (resolved);
  if (!holds_state)
    return true;
  shown = sampan_escape (directory, -1, SAMPAN_PATH_MAX);
  g_set_error (error,
               SAMPAN_ERROR,
               SAMPAN_ERROR_NOT_ALLOWED,
               "%s holds the server's state directory, which must not be shared: choose another",
               shown);
  return false;
}

static bool
check_length (const char *directory, GError **error)
{
  if (strlen (directory) < SAMPAN_PATH_MAX)
    return true;
  g_set_error_literal (error,
                       SAMPAN_ERROR,
                       SAMPAN_ERROR_BAD_NAME,
                       "The path of the directory is too long");
  return false;
}

bool
sampan_account_store_check_share (const SampanAccountStore *self,
                                  const char *name,
                                  const char *directory,
                                  GError **error)
{
  return check_share_name (name, error) && check_length (directory, error) &&
         sampan_account_store_check_directory (self, directory, error);
}

bool
sampan_account_store_add_share (SampanAccountStore *self,
                                const char *name,
                                const char *directory,
                                GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autofree char *absolute = g_canonicalize_filename (directory, NULL);
  g_autoptr (SampanStatement) statement = NULL;
  uint64_t changes;

  if (!sampan_account_store_check_share (self, name, absolute, error))
    return false;
  statement = sampan_database_prepare (
      self->database,
      "INSERT INTO shares (name, directory) VALUES (?1, ?2) ON CONFLICT (name) DO NOTHING",
      error);
  if (statement == NULL)
    return false;
  sampan_statement_bind_text (statement, 1, name, strlen (name));
  sampan_statement_bind_blob (statement, 2, absolute, strlen (absolute));
  if (!sampan_statement_run (statement, &changes, error))
    return false;
  if (changes == 0)
    g_set_error (error, SAMPAN_ERROR, SAMPAN_ERROR_EXISTS, "There is a share \"%s\" already", name);
  return changes == 1;
}

bool
sampan_account_store_remove_share (SampanAccountStore *self, const char *name, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autoptr (SampanStatement) statement =
      sampan_database_prepare (self->database, "DELETE FROM shares WHERE name = ?1", error);

  if (statement == NULL)
    return false;
  sampan_statement_bind_text (statement, 1, name, strlen (name));
  return sampan_account_store_run_for (statement, "share", name, error);
}

bool
sampan_account_store_set_share_mark (SampanAccountStore *self,
                                     const char *name,
                                     const SampanShareMark *mark,
                                     GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autoptr (SampanStatement) statement =
      sampan_database_prepare (self->database,
                               "UPDATE shares SET mark = ?2 WHERE name = ?1",
                               error);

  if (statement == NULL)
    return false;
  sampan_statement_bind_text (statement, 1, name, strlen (name));
  if (mark != NULL)
    sampan_statement_bind_blob (statement, 2, mark->bytes, sizeof mark->bytes);
  return sampan_account_store_run_for (statement, "share", name, error);
}

bool
sampan_account_store_set_share_quota (SampanAccountStore *self,
                                      const char *name,
                                      uint64_t quota_bytes,
                                      GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autoptr (SampanStatement) statement = NULL;

  if (quota_bytes > INT64_MAX && quota_bytes != SAMPAN_QUOTA_NONE)
    {
      g_set_error_literal (error, SAMPAN_ERROR, SAMPAN_ERROR_BAD_NAME, "The quota is too large");
      return false;
    }
  statement = sampan_database_prepare (self->database,
                                       "UPDATE shares SET quota_bytes = ?2 WHERE name = ?1",
                                       error);
  if (statement == NULL)
    return false;
  sampan_statement_bind_text (statement, 1, name, strlen (name));
  sampan_account_store_bind_quota (statement, 2, quota_bytes);
  return sampan_account_store_run_for (statement, "share", name, error);
}

bool
sampan_account_store_set_share_trash (SampanAccountStore *self,
                                      const char *name,
                                      const SampanTrashLimits *limits,
                                      GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autoptr (SampanStatement) statement =
      sampan_database_prepare (self->database,
                               "UPDATE shares SET trash_days = ?2, trash_bytes = ?3"
                               " WHERE name = ?1",
                               error);

  if (statement == NULL)
    return false;
  sampan_statement_bind_text (statement, 1, name, strlen (name));
  sampan_statement_bind_int (statement, 2, (int32_t)limits->days);
  sampan_statement_bind_int (statement, 3, (int64_t)limits->bytes);
  return sampan_account_store_run_for (statement, "share", name, error);
}

/* The id of the row that SQL selects by NAME; FALSE with NOT_FOUND. */
static bool
find_id (SampanDatabase *database,
         const char *sql,
         const char *what,
         const char *name,
         int64_t *id,
         GError **error)
{
  g_autoptr (SampanStatement) statement = sampan_database_prepare (database, sql, error);
  bool has_row;

  if (statement == NULL)
    return false;
  sampan_statement_bind_text (statement, 1, name, strlen (name));
  if (!sampan_statement_step (statement, &has_row, error))
    return false;
  if (!has_row)
    {
      sampan_account_store_set_not_found (error, what, name);
      return false;
    }
  *id = sampan_statement_get_int (statement, 0);
  return true;
}

static bool
grant_everybody (SampanDatabase *database, int64_t share, SampanRight right, GError **error)
{
  g_autoptr (SampanStatement) statement =
      sampan_database_prepare (database, "UPDATE shares SET everybody = ?2 WHERE id = ?1", error);

  if (statement == NULL)
    return false;
  sampan_statement_bind_int (statement, 1, share);
  sampan_statement_bind_int (statement, 2, right);
  return sampan_statement_run (statement, NULL, error);
}

static bool
grant_account (SampanDatabase *database,
               int64_t share,
               const char *who,
               SampanRight right,
               GError **error)
{
  g_autoptr (SampanStatement) statement = NULL;
  int64_t account;

  if (!find_id (database,
                "SELECT id FROM accounts WHERE name = ?1",
                "account",
                who,
                &account,
                error))
    return false;
  statement = sampan_database_prepare (
      database,
      right == SAMPAN_RIGHT_NONE
          ? "DELETE FROM grants WHERE share = ?1 AND account = ?2"
          : "REPLACE INTO grants (share, account, level) VALUES (?1, ?2, ?3)",
      error);
  if (statement == NULL)
    return false;
  sampan_statement_bind_int (statement, 1, share);
  sampan_statement_bind_int (statement, 2, account);
  if (right != SAMPAN_RIGHT_NONE)
    sampan_statement_bind_int (statement, 3, right);
  return sampan_statement_run (statement, NULL, error);
}

bool
sampan_account_store_grant (SampanAccountStore *self,
                            const char *share,
                            const char *who,
                            SampanRight right,
                            GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autoptr (SampanTransaction) transaction = sampan_transaction_begin (self->database, error);
  int64_t id;
  bool ok;

  if (transaction == NULL || !find_id (self->database,
                                       "SELECT id FROM shares WHERE name = ?1",
                                       "share",
                                       share,
                                       &id,
                                       error))
    return false;
  if (strcmp (who, EVERYBODY) == 0)
    ok = grant_everybody (self->database, id, right, error);
  else
    ok = grant_account (self->database, id, who, right, error);
  return ok && sampan_transaction_commit (&transaction, error);
}

static GArray *
read_grants (SampanAccountStore *self, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autoptr (GArray) grants = g_array_new (FALSE, TRUE, sizeof (Grant));
  g_autoptr (SampanStatement) statement = sampan_database_prepare (
      self->database,
      "SELECT shares.name, '" EVERYBODY "', everybody FROM shares WHERE everybody > 0"
      " UNION ALL"
      " SELECT shares.name, accounts.name, level FROM grants"
      "  JOIN shares ON shares.id = grants.share JOIN accounts ON accounts.id = grants.account"
      " ORDER BY 1, 2",
      error);

  if (statement == NULL)
    return NULL;
  for (;;)
    {
      Grant grant;
      bool has_row;

      if (!sampan_statement_step (statement, &has_row, error))
        return NULL;
      if (!has_row)
        return g_steal_pointer (&grants);
      if (!sampan_statement_get_text (statement,
                                      COLUMN_GRANT_SHARE,
                                      grant.share,
                                      sizeof grant.share,
                                      error) ||
          !sampan_statement_get_text (statement,
                                      COLUMN_GRANT_WHO,
                                      grant.who,
                                      sizeof grant.who,
                                      error))
        return NULL;
      grant.right = (SampanRight)sampan_statement_get_int (statement, COLUMN_GRANT_LEVEL);
      g_array_append_val (grants, grant);
    }
}

bool
sampan_account_store_foreach_grant (SampanAccountStore *self,
                                    SampanGrantFunc func,
                                    gpointer user_data,
                                    GError **error)
{
  /* All rows first: FUNC may use the store. */
  g_autoptr (GArray) grants = read_grants (self, error);

  if (grants == NULL)
    return false;
  for (guint i = 0; i < grants->len; i++)
    {
      const Grant *grant = &g_array_index (grants, Grant, i);

      func (grant->share, grant->who, grant->right, user_data);
    }
  return true;
}
