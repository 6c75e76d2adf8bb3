/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* list: pages straight from the open directory. The root lists the shares. */

#include "config.h"

#include "requests/pages.h"
#include "requests/requests.h"

#include "storage/listing.h"

#include <string.h>

/* SampanPages' write function. */
static bool
write_entry (SampanWriter *writer, gconstpointer entry)
{
  return sampan_write_page_entry (writer, entry);
}

/* A share whose directory is not there is shown all the same: opening it says NOT_FOUND. */
static void
describe_share (const char *share, SampanShareRoot *root, SampanRight right, SampanEntry *entry)
{
  g_autoptr (SampanPath) top = sampan_path_new_root ();
  g_autoptr (GError) error = NULL;
  memset (entry, 0, sizeof *entry);
  if (root != NULL && !sampan_storage_stat (root, top, entry, &error))
    g_debug ("share %s: %s", share, error->message);
  entry->kind = SAMPAN_ENTRY_SHARE;
  entry->right = right;
  entry->name = (SampanBytes){ .data = (const uint8_t *)share, .length = strlen (share) };
}

static void
add_share_cb (const char *share, SampanShareRoot *root, SampanRight right, gpointer user_data)
{
  SampanPages *self = user_data;
  SampanEntry entry;
  describe_share (share, root, right, &entry);
  sampan_pages_add (self, &entry);
}

static bool
list_shares (SampanPages *self)
{
  g_autoptr (SampanShareTable) shares = sampan_services_ref_shares (self->exchange->services);
  sampan_share_table_foreach (shares, self->exchange->session->user, add_share_cb, self);
  return !self->is_broken;
}

/* FALSE without error: the connection has ended. */
static bool
list_folder (SampanPages *self, const SampanTarget *target, GError **error)
{
  g_autoptr (SampanListing) listing = sampan_listing_open (target->root, target->below, error);
  g_autoptr (GError) local_error = NULL;
  SampanEntry entry;
  if (listing == NULL)
    return false;
  while (sampan_listing_next (listing, &entry, &local_error))
    {
      entry.right = target->right;
      if (!sampan_pages_add (self, &entry))
        return false;
      if (sampan_connection_get_end (self->exchange->connection) == SAMPAN_END_STOPPING)
        {
          g_set_error_literal (error, SAMPAN_ERROR, SAMPAN_ERROR_SHUTTING_DOWN, "stopping");
          return false;
        }
    }
  if (local_error == NULL)
    return true;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return false;
}

bool
sampan_request_list (SampanExchange *self, SampanReader *reader)
{
  SampanPathRequest request;
  g_auto (SampanTarget) target = { 0 };
  g_autoptr (GError) error = NULL;
  SampanPages pages = { .exchange = self, .kind = SAMPAN_KIND_LIST_PAGE, .write = write_entry };
  if (!sampan_read_path_request (reader, &request))
    return sampan_exchange_break (self);
  bool ok =
      request.path.length == 0
          ? list_shares (&pages)
          : sampan_exchange_resolve (self, request.path, self->request->right, &target, &error) &&
                list_folder (&pages, &target, &error);
  if (error != NULL)
    return sampan_exchange_reply_error (self, error);
  SampanWriter writer;
  if (!ok || !sampan_pages_end (&pages) || !sampan_exchange_begin (self, &writer))
    return false;
  sampan_write_number (&writer, SAMPAN_KIND_LIST_END, pages.count);
  return sampan_exchange_end (self, &writer);
}

/* FALSE with error. Names are borrowed from TARGET. */
static bool
describe (SampanExchange *self,
          SampanBytes path,
          SampanTarget *target,
          SampanEntry *entry,
          GError **error)
{
  if (path.length == 0)
    {
      memset (entry, 0, sizeof *entry);
      entry->kind = SAMPAN_ENTRY_FOLDER;
      entry->right = SAMPAN_RIGHT_READ;
      return true;
    }
  if (!sampan_exchange_resolve (self, path, self->request->right, target, error))
    return false;
  if (sampan_path_is_root (target->below))
    {
      describe_share (target->share, target->root, target->right, entry);
      return true;
    }
  if (!sampan_storage_stat (target->root, target->below, entry, error))
    return false;
  entry->right = target->right;
  return true;
}

bool
sampan_request_stat (SampanExchange *self, SampanReader *reader)
{
  SampanPathRequest request;
  SampanEntry entry;
  SampanWriter writer;
  g_auto (SampanTarget) target = { 0 };
  g_autoptr (GError) error = NULL;
  if (!sampan_read_path_request (reader, &request))
    return sampan_exchange_break (self);
  if (!describe (self, request.path, &target, &entry, &error))
    return sampan_exchange_reply_error (self, error);
  if (!sampan_exchange_begin (self, &writer))
    return false;
  sampan_write_entry (&writer, &entry);
  return sampan_exchange_end (self, &writer);
}

bool
sampan_request_space (SampanExchange *self, SampanReader *reader)
{
  SampanPathRequest request;
  SampanSpace space;
  SampanWriter writer;
  g_auto (SampanTarget) target = { 0 };
  g_autoptr (GError) error = NULL;
  if (!sampan_read_path_request (reader, &request))
    return sampan_exchange_break (self);
  if (!sampan_exchange_resolve (self, request.path, self->request->right, &target, &error) ||
      !sampan_storage_space (target.root, target.below, &space, &error))
    return sampan_exchange_reply_error (self, error);
  if (!sampan_exchange_begin (self, &writer))
    return false;
  sampan_write_space (&writer, &space);
  return sampan_exchange_end (self, &writer);
}
