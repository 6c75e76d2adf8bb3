/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Each thing that storage does on a path, alike in form. */

#include "config.h"

#include "verbs.h"

#include "storage/trash-restore.h"

#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool
do_stat (Fixture *self, const SampanPath *path, GError **error)
{
  SampanEntry entry;

  return sampan_storage_stat (self->root, path, &entry, error);
}

bool
do_space (Fixture *self, const SampanPath *path, GError **error)
{
  SampanSpace space;

  return sampan_storage_space (self->root, path, &space, error);
}

bool
do_list (Fixture *self, const SampanPath *path, GError **error)
{
  g_autoptr (SampanListing) listing = sampan_listing_open (self->root, path, error);
  SampanEntry entry;

  if (listing == NULL)
    return false;
  while (sampan_listing_next (listing, &entry, NULL))
    continue;
  return true;
}

bool
do_open (Fixture *self, const SampanPath *path, GError **error)
{
  SampanGetInfo info;
  int fd = sampan_storage_open_file (self->root, path, NULL, &info, error);
  char content[sizeof CANARY] = "";

  if (fd < 0)
    return false;
  g_assert_cmpint (read (fd, content, sizeof content - 1), >=, 0);
  g_assert_cmpstr (content, !=, CANARY);
  close (fd);
  return true;
}

bool
do_hash (Fixture *self, const SampanPath *path, GError **error)
{
  SampanHashIs result;

  return sampan_storage_hash (self->root, path, UINT64_MAX, NULL, NULL, NULL, &result, error);
}

bool
do_mkdir (Fixture *self, const SampanPath *path, GError **error)
{
  return sampan_storage_mkdir (self->root, path, false, error);
}

bool
do_mkdir_parents (Fixture *self, const SampanPath *path, GError **error)
{
  return sampan_storage_mkdir (self->root, path, true, error);
}

bool
do_set_time (Fixture *self, const SampanPath *path, GError **error)
{
  return sampan_storage_set_time (self->root, path, (SampanTime){ 1, 2 }, error);
}

bool
do_remove (Fixture *self, const SampanPath *path, GError **error)
{
  uint8_t trash_id[SAMPAN_TRASH_ID_LENGTH];

  return sampan_storage_remove (self->root, path, true, ACCOUNT_ID, trash_id, error);
}

bool
do_rename_from (Fixture *self, const SampanPath *path, GError **error)
{
  g_autoptr (SampanPath) target = path_of ("renamed");
  g_autofree char *name = NULL;
  SampanStored stored;

  return sampan_storage_rename (self->root,
                                path,
                                target,
                                SAMPAN_CONFLICT_KEEP_BOTH,
                                NULL,
                                ACCOUNT_ID,
                                &stored,
                                &name,
                                error);
}

bool
do_rename_to (Fixture *self, const SampanPath *path, GError **error)
{
  g_autoptr (SampanPath) source = path_of ("source");
  g_autofree char *name = NULL;
  SampanStored stored;

  if (!disk_exists (self, "source"))
    disk_write (self, "source", "s");
  return sampan_storage_rename (self->root,
                                source,
                                path,
                                SAMPAN_CONFLICT_REPLACE,
                                NULL,
                                ACCOUNT_ID,
                                &stored,
                                &name,
                                error);
}

static bool
copy (Fixture *self, const SampanPath *from, const SampanPath *to, GError **error)
{
  g_autofree char *name = NULL;
  SampanStored stored;

  return sampan_storage_copy (self->root,
                              from,
                              self->root,
                              to,
                              SAMPAN_CONFLICT_REPLACE,
                              ACCOUNT_ID,
                              NULL,
                              NULL,
                              NULL,
                              &stored,
                              &name,
                              error);
}

bool
do_copy_from (Fixture *self, const SampanPath *path, GError **error)
{
  g_autoptr (SampanPath) target = path_of ("copied");
  uint8_t trash_id[SAMPAN_TRASH_ID_LENGTH];
  bool is_copied;

  is_copied = copy (self, path, target, error);
  if (is_copied)
    g_assert_true (sampan_storage_remove (self->root, target, true, ACCOUNT_ID, trash_id, NULL));
  return is_copied;
}

bool
do_copy_to (Fixture *self, const SampanPath *path, GError **error)
{
  g_autoptr (SampanPath) source = path_of ("source");

  if (!disk_exists (self, "source"))
    disk_write (self, "source", "s");
  return copy (self, source, path, error);
}

/* Something that lay there, out of the trash. */
bool
do_restore (Fixture *self, const SampanPath *path, GError **error)
{
  const SampanTrashReader reader = { .account_id = ACCOUNT_ID };
  g_autoptr (SampanTrashSlot) slot = sampan_trash_slot_new (self->root, path, ACCOUNT_ID, NULL);
  g_autoptr (SampanPath) restored = NULL;
  uint8_t replaced[SAMPAN_TRASH_ID_LENGTH];
  int fd;

  g_assert_nonnull (slot);
  fd = openat (slot->fd, SAMPAN_TRASH_ITEM, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  g_assert_cmpint (fd, >=, 0);
  close (fd);
  slot->is_used = true;
  g_assert_true (sampan_trash_slot_sync (slot, NULL));
  restored = sampan_trash_restore (self->root,
                                   slot->id,
                                   &reader,
                                   SAMPAN_CONFLICT_REPLACE,
                                   replaced,
                                   error);
  if (restored == NULL)
    g_assert_true (sampan_trash_purge (self->root, slot->id, NULL));
  return restored != NULL;
}

bool
do_put (Fixture *self, const SampanPath *path, GError **error)
{
  g_auto (Result) result = { 0 };

  if (sampan_path_is_root (path))
    {
      SampanPutRequest request = put_request (1, SAMPAN_CONFLICT_REPLACE);

      g_assert_null (sampan_upload_begin (self->root, path, &request, ACCOUNT_ID, error));
      return false;
    }
  return store (self, sampan_path_get (path), "p", SAMPAN_CONFLICT_REPLACE, &result, error);
}

static bool
finish_resume (SampanUpload *upload, const uint8_t *data, size_t length, GError **error)
{
  uint8_t hash[SAMPAN_HASH_LENGTH];
  SampanPutOffer offer;

  if (!sampan_upload_get_offer (upload, &offer, error))
    return false;
  g_assert_cmpuint (offer.offset, <=, length);
  crypto_generichash (hash, sizeof hash, data, offer.offset, NULL, 0);
  /* What changes while it is looked at is not offered, and has no hash. */
  if (offer.offset > 0)
    g_assert_cmpmem (offer.hash, sizeof offer.hash, hash, sizeof hash);
  return sampan_upload_start_at (upload, offer.offset, error) &&
         sampan_upload_write (upload, data + offer.offset, length - offer.offset, error) &&
         sampan_upload_finish (upload, length, error);
}

static bool
commit (SampanUpload *upload, GError **error)
{
  g_autoptr (SampanCommitBatch) batch = sampan_commit_batch_new ();
  g_autoptr (GArray) results = results_new ();
  Result *only;

  sampan_commit_batch_add (batch, upload);
  sampan_commit_batch_run (batch, collect_cb, results);
  only = &g_array_index (results, Result, 0);
  if (only->error == NULL)
    return true;
  g_propagate_error (error, g_steal_pointer (&only->error));
  return false;
}

/* An upload that breaks off, and is taken up again. */
bool
do_resume (Fixture *self, const SampanPath *path, GError **error)
{
  static const uint8_t data[SAMPAN_PARTIAL_MIN_BYTES + 1];
  SampanPutRequest request = put_request (sizeof data, SAMPAN_CONFLICT_REPLACE);
  SampanUpload *upload = sampan_upload_begin (self->root, path, &request, ACCOUNT_ID, error);

  if (upload == NULL)
    return false;
  g_assert_true (sampan_upload_write (upload, data, SAMPAN_PARTIAL_MIN_BYTES, NULL));
  sampan_upload_free (upload, true);
  request.flags |= SAMPAN_PUT_RESUME;
  upload = sampan_upload_begin (self->root, path, &request, ACCOUNT_ID, error);
  if (upload == NULL)
    return false;
  if (!finish_resume (upload, data, sizeof data, error))
    {
      sampan_upload_free (upload, false);
      return false;
    }
  return commit (upload, error);
}

const NamedVerb verbs[] = {
  { "stat", do_stat },
  { "space", do_space },
  { "list", do_list },
  { "open", do_open },
  { "hash", do_hash },
  { "mkdir", do_mkdir },
  { "mkdir-parents", do_mkdir_parents },
  { "set-time", do_set_time },
  { "remove", do_remove },
  { "rename-from", do_rename_from },
  { "rename-to", do_rename_to },
  { "copy-from", do_copy_from },
  { "copy-to", do_copy_to },
  { "restore", do_restore },
  { "put", do_put },
  { "resume", do_resume },
};
const size_t n_verbs = G_N_ELEMENTS (verbs);
