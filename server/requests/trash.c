/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* trash list, restore and purge. */

#include "config.h"

#include "requests/pages.h"
#include "requests/requests.h"

#include "storage/trash-limits.h"
#include "storage/trash-restore.h"

#include <string.h>

/* Whose things this account may look at and put back. */
static SampanTrashReader
get_reader (SampanExchange *self, const SampanTarget *target)
{
  return (SampanTrashReader){ .account_id = self->session->account_id,
                              .is_for_all = target->right >= SAMPAN_RIGHT_CHANGE };
}

static SampanPath *
join (const char *share, const SampanPath *below)
{
  g_autofree char *path = sampan_path_is_root (below)
                              ? g_strdup (share)
                              : g_strconcat (share, "/", sampan_path_get (below), NULL);
  return sampan_path_new ((const uint8_t *)path, strlen (path), NULL);
}

static SampanBytes
get_bytes (const SampanPath *path)
{
  return (SampanBytes){ .data = (const uint8_t *)sampan_path_get (path),
                        .length = sampan_path_get_length (path) };
}

/* ---- List ---- */

typedef struct
{
  SampanPages pages;
  const char *share;
  GArray *accounts; /* nullable; of SampanAccount */
  uint64_t size_bytes;
} List;

/* SampanPages' write function. */
static bool
write_entry (SampanWriter *writer, gconstpointer entry)
{
  return sampan_write_trash_entry (writer, entry);
}

static SampanBytes
find_user (const List *self, uint64_t account_id)
{
  for (guint i = 0; self->accounts != NULL && i < self->accounts->len; i++)
    {
      const SampanAccount *account = &g_array_index (self->accounts, SampanAccount, i);
      if (account->id == account_id)
        return (SampanBytes){ .data = (const uint8_t *)account->name,
                              .length = strlen (account->name) };
    }
  return (SampanBytes){ 0 };
}

static SampanEntryKind
get_kind (mode_t mode)
{
  if (S_ISREG (mode))
    return SAMPAN_ENTRY_FILE;
  if (S_ISDIR (mode))
    return SAMPAN_ENTRY_FOLDER;
  return S_ISLNK (mode) ? SAMPAN_ENTRY_SYMLINK : SAMPAN_ENTRY_OTHER;
}

static bool
add_hold (const uint8_t id[static SAMPAN_TRASH_ID_LENGTH],
          const SampanTrashHold *hold,
          gpointer user_data)
{
  List *self = user_data;
  g_autoptr (SampanPath) path = join (self->share, hold->record.path);
  SampanTrashEntry entry = {
    .kind = (uint8_t)get_kind (hold->status.st_mode),
    .size = sampan_trash_get_size (hold),
    .removed = { hold->record.removed.tv_sec, (uint32_t)hold->record.removed.tv_nsec },
    .user = find_user (self, hold->record.account_id),
  };
  /* Below a share of a longer name than it had then, a path can be too long: nobody could ask for
   * it. */
  if (path == NULL)
    return true;
  memcpy (entry.id, id, sizeof entry.id);
  entry.path = get_bytes (path);
  self->size_bytes += entry.size;
  return sampan_pages_add (&self->pages, &entry) &&
         !sampan_connection_should_stop (self->pages.exchange->connection);
}

static bool
list_trash (List *self, const SampanTarget *target, GError **error)
{
  SampanTrashReader reader = get_reader (self->pages.exchange, target);
  g_autoptr (GError) local_error = NULL;
  self->share = target->share;
  self->accounts = sampan_account_store_list (self->pages.exchange->services->store, &local_error);
  if (self->accounts == NULL)
    g_warning ("the trash is listed without names: %s", local_error->message);
  bool ok = sampan_trash_foreach (target->root, &reader, target->below, add_hold, self, error);
  g_clear_pointer (&self->accounts, g_array_unref);
  return ok;
}

bool
sampan_request_trash_list (SampanExchange *self, SampanReader *reader)
{
  SampanPathRequest request;
  g_auto (SampanTarget) target = { 0 };
  g_autoptr (GError) error = NULL;
  List list = {
    .pages = { .exchange = self, .kind = SAMPAN_KIND_TRASH_PAGE, .write = write_entry },
  };
  SampanWriter writer;
  if (!sampan_read_path_request (reader, &request))
    return sampan_exchange_break (self);
  bool ok = sampan_exchange_resolve (self, request.path, self->request->right, &target, &error) &&
            list_trash (&list, &target, &error);
  if (!ok)
    return sampan_exchange_reply_error (self, error);
  if (!sampan_pages_end (&list.pages))
    return false;
  if (sampan_connection_get_end (self->connection) == SAMPAN_END_STOPPING)
    return sampan_exchange_reply_code (self, SAMPAN_ERROR_SHUTTING_DOWN, 0);
  if (!sampan_exchange_begin (self, &writer))
    return false;
  SampanTrashEnd end = { .count = list.pages.count, .bytes = list.size_bytes };
  sampan_write_trash_end (&writer, &end);
  return sampan_exchange_end (self, &writer);
}

/* ---- Restore and purge ---- */

/* The share itself: an id says where the thing lay. */
static bool
resolve_share (SampanExchange *self, SampanBytes path, SampanTarget *target, GError **error)
{
  if (!sampan_exchange_resolve (self, path, self->request->right, target, error))
    return false;
  if (sampan_path_is_root (target->below) && sampan_share_root_get_trash_fd (target->root) >= 0)
    return true;
  g_set_error_literal (error,
                       SAMPAN_ERROR,
                       sampan_path_is_root (target->below) ? SAMPAN_ERROR_NOT_ALLOWED
                                                           : SAMPAN_ERROR_BAD_NAME,
                       "no share with a trash");
  return false;
}

/* NULL: more than there may be, or not whole. */
static GArray *
read_ids (SampanReader *reader)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, SAMPAN_TRASH_ID_LENGTH);
  while (!sampan_reader_at_end (reader))
    {
      uint8_t id[SAMPAN_TRASH_ID_LENGTH];
      if (ids->len == SAMPAN_TRASH_IDS_MAX || !sampan_read_trash_id (reader, id))
        return NULL;
      g_array_append_vals (ids, id, 1);
    }
  return g_steal_pointer (&ids);
}

static const uint8_t *
get_id (const GArray *ids, guint index)
{
  return (const uint8_t *)ids->data + (size_t)index * SAMPAN_TRASH_ID_LENGTH;
}

/* Never fails as a whole: each has its own result. RESTORED holds the path while its result is
 * used. */
static SampanPath *
restore_one (SampanExchange *self,
             const SampanTarget *target,
             const uint8_t *id,
             uint8_t conflict,
             SampanRestored *restored)
{
  SampanTrashReader reader = get_reader (self, target);
  g_autoptr (GError) error = NULL;
  g_autoptr (SampanPath) below = NULL;
  SampanPath *path = NULL;
  memset (restored, 0, sizeof *restored);
  below = sampan_trash_restore (target->root,
                                id,
                                &reader,
                                sampan_exchange_limit_conflict (target->right, conflict),
                                restored->trash_id,
                                &error);
  if (below != NULL)
    path = join (target->share, below);
  sampan_exchange_explain_conflict (target->right, conflict, &error);
  sampan_exchange_log (self, path != NULL ? path : target->path, NULL, -1, 0, error);
  if (error != NULL)
    restored->code = (uint16_t)sampan_error_to_code (error);
  else if (path != NULL)
    restored->path = get_bytes (path);
  return path;
}

/* What one result may take: begun only while it surely fits. */
#define RESULT_BYTES_MAX (2 + SAMPAN_TRASH_ID_LENGTH + 2 + SAMPAN_PATH_MAX)

bool
sampan_request_restore (SampanExchange *self, SampanReader *reader)
{
  SampanRestoreRequest request;
  g_auto (SampanTarget) target = { 0 };
  g_autoptr (GArray) ids = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GByteArray) results = g_byte_array_new ();
  SampanWriter writer;
  if (!sampan_read_restore (reader, &request) || (ids = read_ids (reader)) == NULL || ids->len == 0)
    return sampan_exchange_break (self);
  if (!resolve_share (self, request.share, &target, &error))
    return sampan_exchange_reply_error (self, error);
  for (guint i = 0; i < ids->len && results->len + RESULT_BYTES_MAX < SAMPAN_FRAME_PLAIN_MAX &&
                    (i == 0 || !sampan_connection_should_stop (self->connection));
       i++)
    {
      uint8_t buffer[RESULT_BYTES_MAX];
      SampanWriter result;
      SampanRestored restored;
      g_autoptr (SampanPath) path =
          restore_one (self, &target, get_id (ids, i), request.conflict, &restored);
      sampan_writer_init (&result, buffer, sizeof buffer);
      bool fits = sampan_write_restored (&result, &restored);
      g_assert (fits);
      g_byte_array_append (results, buffer, (guint)result.length);
    }
  if (!sampan_exchange_begin (self, &writer))
    return false;
  sampan_write_empty (&writer, SAMPAN_KIND_RESTORED);
  sampan_writer_put_fixed (&writer, results->data, results->len);
  return sampan_exchange_end (self, &writer);
}

static bool
add_id (const uint8_t id[static SAMPAN_TRASH_ID_LENGTH],
        const SampanTrashHold *hold,
        gpointer user_data)
{
  GArray *ids = user_data;
  g_array_append_vals (ids, id, 1);
  return true;
}

static bool
purge (SampanExchange *self, const SampanTarget *target, GArray *ids, GError **error)
{
  g_auto (SampanProgressReport) report = { 0 };
  SampanTrashReader reader = get_reader (self, target);
  sampan_progress_report_init (&report, self);
  if (ids->len == 0 &&
      !sampan_trash_foreach (target->root, &reader, target->below, add_id, ids, error))
    return false;
  for (guint i = 0; i < ids->len; i++)
    {
      g_autoptr (GError) local_error = NULL;
      if (g_cancellable_set_error_if_cancelled (report.cancellable, error))
        return false;
      if (!sampan_trash_purge (target->root, get_id (ids, i), &local_error) &&
          !g_error_matches (local_error, SAMPAN_ERROR, SAMPAN_ERROR_NOT_FOUND))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return false;
        }
      sampan_progress_report_cb (i + 1, ids->len, &report);
    }
  return true;
}

bool
sampan_request_purge (SampanExchange *self, SampanReader *reader)
{
  SampanBytes share;
  g_auto (SampanTarget) target = { 0 };
  g_autoptr (GArray) ids = NULL;
  g_autoptr (GError) error = NULL;
  int64_t started_us = g_get_monotonic_time ();
  if (!sampan_read_purge (reader, &share) || (ids = read_ids (reader)) == NULL)
    return sampan_exchange_break (self);
  bool ok = resolve_share (self, share, &target, &error) && purge (self, &target, ids, &error);
  sampan_exchange_log (self, target.path, NULL, -1, started_us, error);
  return ok ? sampan_exchange_reply_empty (self, SAMPAN_KIND_DONE)
            : sampan_exchange_reply_error (self, error);
}
