/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* An immutable picture of all shares and rights, with their directories held open. */

#include "config.h"

#include "accounts/share-table.h"

#include "accounts/account-store-private.h"
#include "log.h"

#include <string.h>

#define EVERYBODY "*"

typedef struct
{
  char *name;
  char *directory;
  SampanShareRoot *root; /* NULL: could not be opened */
  bool is_marked;
  SampanShareMark mark; /* if is_marked */
  SampanRight everybody;
  GHashTable *rights; /* account name to SampanRight */
  uint64_t quota_bytes;
  SampanTrashLimits trash;
} Share;

struct _SampanShareTable
{
  GPtrArray *shares; /* of Share, by name */
};

static void
share_free (Share *share)
{
  g_free (share->name);
  g_free (share->directory);
  g_clear_pointer (&share->root, sampan_share_root_unref);
  g_hash_table_unref (share->rights);
  g_free (share);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  const Share *const *first = a;
  const Share *const *second = b;

  return strcmp ((*first)->name, (*second)->name);
}

static Share *
find_share (const SampanShareTable *self, const char *name)
{
  size_t low = 0, high = self->shares->len;

  while (low < high)
    {
      size_t middle = low + (high - low) / 2;
      Share *share = g_ptr_array_index (self->shares, middle);
      int order = strcmp (name, share->name);

      if (order == 0)
        return share;
      if (order < 0)
        high = middle;
      else
        low = middle + 1;
    }
  return NULL;
}

/* A directory that is open stays so even when another one has taken its path, such as the empty
 * mount point of a disk that went away. One that was removed will never hold anything again. */
static SampanShareRoot *
reuse_root (const SampanShareTable *previous, const char *directory)
{
  for (guint i = 0; previous != NULL && i < previous->shares->len; i++)
    {
      const Share *share = g_ptr_array_index (previous->shares, i);

      if (share->root != NULL && strcmp (share->directory, directory) == 0 &&
          !sampan_share_root_is_removed (share->root))
        return sampan_share_root_ref (share->root);
    }
  return NULL;
}

/* From now on the folder is known by its mark. One that cannot be written to bears none, and takes
 * no upload either. */
static bool
mark_root (SampanAccountStore *store, const char *name, SampanShareRoot *root, GError **error)
{
  SampanShareMark mark;

  return !sampan_share_root_is_writable (root) ||
         (sampan_share_mark_ensure (root, &mark, error) &&
          sampan_account_store_set_share_mark (store, name, &mark, error));
}

/* Checked again: a symlink may point elsewhere than when the share was added. */
static SampanShareRoot *
open_root (SampanAccountStore *store, const SampanShareRow *row)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SampanShareRoot) root = NULL;

  if (sampan_account_store_check_directory (store, row->directory, &error) &&
      (!row->is_marked || sampan_share_mark_check (row->directory, &row->mark, &error)))
    root = sampan_share_root_open (row->directory, SAMPAN_CONFINE_PROBE, &error);
  if (root != NULL && !row->is_marked && !mark_root (store, row->name, root, &error))
    g_clear_pointer (&root, sampan_share_root_unref);
  if (root == NULL)
    sampan_log_event (SAMPAN_LOG_WARNING,
                      "share-unavailable",
                      "share",
                      row->name,
                      "directory",
                      row->directory,
                      "error",
                      error->message,
                      NULL);
  return g_steal_pointer (&root);
}

/* One root for each directory, as it counts what the directory holds. */
static Share *
share_new (SampanAccountStore *store,
           const SampanShareRow *row,
           const SampanShareTable *table,
           const SampanShareTable *previous)
{
  Share *share = g_new0 (Share, 1);
  SampanShareRoot *same;

  share->name = g_strdup (row->name);
  share->directory = g_strdup (row->directory);
  share->is_marked = row->is_marked;
  share->mark = row->mark;
  share->rights = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  share->quota_bytes = row->quota_bytes;
  share->trash = row->trash;
  share->root = reuse_root (previous, row->directory);
  /* One that could only be read may have been given to the server since. */
  if (share->root != NULL && !sampan_share_root_is_writable (share->root))
    g_clear_pointer (&share->root, sampan_share_root_unref);
  if (share->root == NULL)
    share->root = open_root (store, row);
  same = share->root != NULL ? reuse_root (table, row->directory) : NULL;
  if (same != NULL)
    {
      sampan_share_root_unref (share->root);
      share->root = same;
    }
  return share;
}

/* The lowest of those that are for the same directory. */
static void
apply_limits (const SampanShareTable *self, SampanShareRoot *root)
{
  uint64_t quota_bytes = SAMPAN_QUOTA_NONE;
  SampanTrashLimits trash = { SAMPAN_TRASH_DAYS_ANY, SAMPAN_TRASH_BYTES_ANY };

  for (guint i = 0; i < self->shares->len; i++)
    {
      const Share *share = g_ptr_array_index (self->shares, i);

      if (share->root != root)
        continue;
      quota_bytes = MIN (quota_bytes, share->quota_bytes);
      trash.days = MIN (trash.days, share->trash.days);
      trash.bytes = MIN (trash.bytes, share->trash.bytes);
    }
  sampan_share_root_set_trash_limits (root, &trash);
  sampan_usage_set_quota (sampan_share_root_get_usage (root), quota_bytes);
}

static void
apply_limits_cb (SampanShareRoot *root, gpointer user_data)
{
  apply_limits (user_data, root);
}

static void
take_grant (const char *name, const char *who, SampanRight right, gpointer user_data)
{
  SampanShareTable *self = user_data;
  Share *share = find_share (self, name);

  if (share == NULL)
    return; /* a share made since the list was read; that change makes a new table */
  if (strcmp (who, EVERYBODY) == 0)
    share->everybody = right;
  else
    g_hash_table_insert (share->rights, g_strdup (who), GUINT_TO_POINTER (right));
}

SampanShareTable *
sampan_share_table_load (SampanAccountStore *store, SampanShareTable *previous, GError **error)
{
  g_autoptr (GPtrArray) rows = sampan_account_store_list_shares (store, error);
  g_autoptr (SampanShareTable) self = NULL;

  if (rows == NULL)
    return NULL;
  self = g_atomic_rc_box_new0 (SampanShareTable);
  self->shares = g_ptr_array_new_with_free_func ((GDestroyNotify)share_free);
  for (guint i = 0; i < rows->len; i++)
    g_ptr_array_add (self->shares, share_new (store, g_ptr_array_index (rows, i), self, previous));
  g_ptr_array_sort (self->shares, compare_names);
  if (!sampan_account_store_foreach_grant (store, take_grant, self, error))
    return NULL;
  sampan_share_table_foreach_root (self, apply_limits_cb, self);
  return g_steal_pointer (&self);
}

SampanShareTable *
sampan_share_table_ref (SampanShareTable *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
share_table_clear (SampanShareTable *self)
{
  g_ptr_array_unref (self->shares);
}

void
sampan_share_table_unref (SampanShareTable *self)
{
  if (self != NULL)
    g_atomic_rc_box_release_full (self, (GDestroyNotify)share_table_clear);
}

static SampanRight
get_right (const Share *share, const char *user)
{
  SampanRight own = (SampanRight)GPOINTER_TO_UINT (g_hash_table_lookup (share->rights, user));

  return MAX (own, share->everybody);
}

SampanShareRoot *
sampan_share_table_lookup (SampanShareTable *self,
                           const char *user,
                           const char *name,
                           SampanRight *right,
                           GError **error)
{
  const Share *share = find_share (self, name);

  *right = share != NULL ? get_right (share, user) : SAMPAN_RIGHT_NONE;
  /* One answer for all, so that nobody learns of shares that are not theirs. */
  if (*right >= SAMPAN_RIGHT_READ && share->root != NULL &&
      !sampan_share_root_is_removed (share->root))
    return sampan_share_root_ref (share->root);
  *right = SAMPAN_RIGHT_NONE;
  g_set_error_literal (error, SAMPAN_ERROR, SAMPAN_ERROR_NOT_FOUND, "There is no such share");
  return NULL;
}

void
sampan_share_table_foreach (SampanShareTable *self,
                            const char *user,
                            SampanShareFunc func,
                            gpointer user_data)
{
  for (guint i = 0; i < self->shares->len; i++)
    {
      const Share *share = g_ptr_array_index (self->shares, i);
      SampanRight right = get_right (share, user);

      if (right >= SAMPAN_RIGHT_READ)
        func (share->name, share->root, right, user_data);
    }
}

bool
sampan_share_table_has_returned (const SampanShareTable *self)
{
  for (guint i = 0; i < self->shares->len; i++)
    {
      const Share *share = g_ptr_array_index (self->shares, i);

      if (share->root == NULL && share->is_marked &&
          sampan_share_mark_check (share->directory, &share->mark, NULL))
        return true;
    }
  return false;
}

void
sampan_share_table_foreach_share (SampanShareTable *self,
                                  SampanShareUsageFunc func,
                                  gpointer user_data)
{
  for (guint i = 0; i < self->shares->len; i++)
    {
      const Share *share = g_ptr_array_index (self->shares, i);
      SampanUsageFigures figures = { .quota_bytes = share->quota_bytes };

      if (share->root != NULL)
        figures = sampan_usage_get_figures (sampan_share_root_get_usage (share->root));
      func (share->name, &figures, share->root, user_data);
    }
}

void
sampan_share_table_foreach_root (SampanShareTable *self,
                                 SampanShareRootFunc func,
                                 gpointer user_data)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < self->shares->len; i++)
    {
      const Share *share = g_ptr_array_index (self->shares, i);

      if (share->root != NULL && g_hash_table_add (seen, share->root))
        func (share->root, user_data);
    }
}
