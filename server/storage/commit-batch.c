/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Group commit: one round of syncs for many finished uploads. */

#include "config.h"

#include "storage/commit-batch.h"

#include "storage/disk.h"
#include "storage/files.h"
#include "storage/parallel.h"
#include "storage/stored-before.h"
#include "storage/upload-private.h"

#include <fcntl.h>
#include <string.h>

/* A folder that gains names in this round. */
typedef struct
{
  SampanShareRoot *root;  /* borrowed from the first upload */
  const SampanPath *path; /* borrowed from it */
  int fd;
  struct stat status;
  bool is_changed;
  int saved_errno; /* of its sync */
} Folder;

/* The staging and the trash of a share in this round. */
typedef struct
{
  SampanShareRoot *root; /* borrowed */
  bool is_trash_changed;
  int saved_errno;
} Share;

typedef struct
{
  SampanUpload *upload;
  Folder *folder; /* borrowed */
  Share *share;   /* borrowed */
  SampanTrashSlot *slot;
  char *stored_name;
  GError *error;
  bool is_free; /* the name, when it was looked at last */
  bool is_placed;
} Item;

struct _SampanCommitBatch
{
  GPtrArray *items; /* Item, in the order of adding */
  uint64_t bytes;
  int64_t first_us; /* when the oldest was added */
};

typedef struct
{
  GPtrArray *folders;
  GPtrArray *shares;
} Round;

static void
item_free (Item *item)
{
  /* A file whose data may be damaged has to be sent again; a name that was taken has not. */
  bool keep = item->upload->state != SAMPAN_UPLOAD_FAILED;

  sampan_trash_slot_free (item->slot);
  sampan_upload_free (item->upload, keep);
  g_free (item->stored_name);
  g_clear_error (&item->error);
  g_free (item);
}

static void
folder_free (Folder *folder)
{
  sampan_disk_clear_fd (&folder->fd);
  g_free (folder);
}

SampanCommitBatch *
sampan_commit_batch_new (void)
{
  SampanCommitBatch *self = g_new0 (SampanCommitBatch, 1);

  self->items = g_ptr_array_new_with_free_func ((GDestroyNotify)item_free);
  return self;
}

void
sampan_commit_batch_free (SampanCommitBatch *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->items);
  g_free (self);
}

void
sampan_commit_batch_add (SampanCommitBatch *self, SampanUpload *upload)
{
  Item *item = g_new0 (Item, 1);

  g_assert (upload->state == SAMPAN_UPLOAD_FINISHED);
  item->upload = upload;
  if (self->items->len == 0)
    self->first_us = g_get_monotonic_time ();
  g_ptr_array_add (self->items, item);
  self->bytes += upload->size;
}

size_t
sampan_commit_batch_get_count (const SampanCommitBatch *self)
{
  return self->items->len;
}

bool
sampan_commit_batch_is_due (const SampanCommitBatch *self)
{
  if (self->items->len == 0)
    return false;
  return self->items->len >= SAMPAN_BATCH_UPLOADS || self->bytes >= SAMPAN_BATCH_BYTES ||
         g_get_monotonic_time () - self->first_us >= SAMPAN_BATCH_MS * G_TIME_SPAN_MILLISECOND;
}

/* ---- Who shares what ---- */

static Share *
find_share (Round *round, SampanShareRoot *root)
{
  Share *share;

  for (unsigned int i = 0; i < round->shares->len; i++)
    {
      share = g_ptr_array_index (round->shares, i);
      if (share->root == root)
        return share;
    }
  share = g_new0 (Share, 1);
  share->root = root;
  g_ptr_array_add (round->shares, share);
  return share;
}

static Folder *
find_folder_by_path (Round *round, const SampanUpload *upload)
{
  for (unsigned int i = round->folders->len; i > 0; i--)
    {
      Folder *folder = g_ptr_array_index (round->folders, i - 1);

      if (folder->root == upload->root && sampan_path_equal (folder->path, upload->folder_path))
        return folder;
    }
  return NULL;
}

static Folder *
find_folder_by_inode (Round *round, const struct stat *status)
{
  for (unsigned int i = 0; i < round->folders->len; i++)
    {
      Folder *folder = g_ptr_array_index (round->folders, i);

      if (folder->status.st_dev == status->st_dev && folder->status.st_ino == status->st_ino)
        return folder;
    }
  return NULL;
}

/* Opened anew: the folder may have been moved to trash since the upload began. */
static Folder *
find_folder (Round *round, const SampanUpload *upload, GError **error)
{
  SAMPAN_AUTO_FD int fd = -1;
  Folder *folder = find_folder_by_path (round, upload);
  struct stat status;

  if (folder != NULL)
    return folder;
  fd = sampan_share_root_open_folder_of (upload->root, upload->path, error);
  if (fd < 0)
    return NULL;
  if (fstat (fd, &status) != 0)
    {
      sampan_disk_set_error (error, errno, "cannot look at", sampan_path_get (upload->path));
      return NULL;
    }
  folder = find_folder_by_inode (round, &status);
  if (folder != NULL)
    return folder;
  folder = g_new0 (Folder, 1);
  folder->root = upload->root;
  folder->path = upload->folder_path;
  folder->fd = g_steal_fd (&fd);
  folder->status = status;
  g_ptr_array_add (round->folders, folder);
  return folder;
}

/* ---- The steps ---- */

/* The server has to be able to serve and resume what it stored, whatever a client asks for. */
#define OWNER_MODE (S_IRUSR | S_IWUSR)

/* What was asked for, or what a file made in the target folder would have got, or what it replaces
 * has. Not worth a failure: some disks have no modes. */
static void
set_mode (const SampanUpload *upload, const Folder *folder, const struct stat *old)
{
  int fd = upload->file.fd;

  if ((folder->status.st_mode & S_ISGID) != 0)
    (void)!fchown (fd, (uid_t)-1, folder->status.st_gid);
  if (upload->has_mode)
    (void)!fchmod (fd, upload->mode | OWNER_MODE);
  else if (old != NULL)
    (void)!fchmod (fd, old->st_mode & SAMPAN_MODE_MAX);
}

static bool
set_mtime (const SampanUpload *upload, GError **error)
{
  struct timespec times[2] = { { .tv_nsec = UTIME_OMIT }, upload->mtime };

  if (futimens (upload->file.fd, times) == 0)
    return true;
  sampan_disk_set_error (error, errno, "cannot set the time of", sampan_path_get (upload->path));
  return false;
}

/* Its name and data may not have been synced when the first try was cut off. */
static bool
prepare_stored (Item *item)
{
  SampanUpload *upload = item->upload;

  if (sampan_stored_before_is_there (item->folder->fd, upload->stored_name, upload->file.fd))
    return true;
  g_set_error_literal (&item->error,
                       SAMPAN_ERROR,
                       SAMPAN_ERROR_CHANGED,
                       "what was stored before is gone");
  return false;
}

/* What is short came within the moments since it began. Should somebody have taken the name
 * meanwhile, the placement finds out. */
static bool
was_just_free (const SampanUpload *upload)
{
  return upload->target_was_free && !upload->has_expected &&
         upload->size < SAMPAN_PARTIAL_MIN_BYTES;
}

/* All that can be done before the data is safe; tells the disk to begin with it. */
static bool
prepare (Round *round, Item *item)
{
  SampanUpload *upload = item->upload;
  SampanPlacement placement;
  SampanTarget target = SAMPAN_TARGET_FREE;
  struct stat old;

  item->folder = find_folder (round, upload, &item->error);
  if (item->folder == NULL)
    return false;
  item->share = find_share (round, upload->root);
  if (upload->stored_name != NULL)
    return prepare_stored (item);
  placement = sampan_upload_get_placement (upload, item->folder->fd);
  if (!was_just_free (upload) && !sampan_placement_check (&placement, &target, &old, &item->error))
    return false;
  item->is_free = target == SAMPAN_TARGET_FREE;
  if (target == SAMPAN_TARGET_REPLACE)
    {
      item->slot =
          sampan_trash_slot_new (upload->root, upload->path, upload->account_id, &item->error);
      if (item->slot == NULL)
        return false;
    }
  set_mode (upload, item->folder, target == SAMPAN_TARGET_REPLACE ? &old : NULL);
  if (!set_mtime (upload, &item->error))
    return false;
  /* A hint; errors are the fsync's to report. */
  (void)sync_file_range (upload->file.fd, 0, 0, SYNC_FILE_RANGE_WRITE);
  return true;
}

static void
sync_data (gpointer data)
{
  Item *item = data;
  SampanUpload *upload = item->upload;

  if (!sampan_disk_sync (upload->file.fd))
    {
      sampan_disk_set_error (&item->error, errno, "cannot sync", sampan_path_get (upload->path));
      upload->state = SAMPAN_UPLOAD_FAILED;
      return;
    }
  if (item->slot != NULL && !sampan_trash_slot_sync_info (item->slot, &item->error))
    g_assert (item->error != NULL);
}

static void
place (Item *item)
{
  SampanUpload *upload = item->upload;
  SampanPlacement placement;

  if (item->error != NULL)
    return;
  if (upload->stored_name != NULL)
    {
      upload->state = SAMPAN_UPLOAD_COMMITTED;
      item->stored_name = g_strdup (upload->stored_name);
      item->is_placed = item->folder->is_changed = true;
      return;
    }
  placement = sampan_upload_get_placement (upload, item->folder->fd);
  placement.was_free = item->is_free;
  item->is_placed = sampan_placement_run (&placement,
                                          sampan_share_root_get_staging_fd (upload->root),
                                          upload->file.name,
                                          &item->slot,
                                          &item->stored_name,
                                          &item->error);
  if (!item->is_placed)
    return;
  upload->state = SAMPAN_UPLOAD_COMMITTED;
  item->folder->is_changed = true;
  if (item->slot != NULL && item->slot->is_used)
    item->share->is_trash_changed = true;
}

static void
sync_folders (Round *round)
{
  for (unsigned int i = 0; i < round->folders->len; i++)
    {
      Folder *folder = g_ptr_array_index (round->folders, i);

      if (folder->is_changed && !sampan_disk_sync (folder->fd))
        folder->saved_errno = errno;
    }
  for (unsigned int i = 0; i < round->shares->len; i++)
    {
      Share *share = g_ptr_array_index (round->shares, i);

      if (!sampan_disk_sync (sampan_share_root_get_staging_fd (share->root)) ||
          (share->is_trash_changed &&
           !sampan_disk_sync (sampan_share_root_get_trash_fd (share->root))))
        share->saved_errno = errno;
    }
}

/* FALSE: what it was placed in may not be safe. */
static bool
check_folders (Item *item)
{
  int saved_errno = item->folder->saved_errno;

  if (saved_errno == 0)
    saved_errno = item->share->saved_errno;
  if (saved_errno != 0)
    sampan_disk_set_error (&item->error,
                           saved_errno,
                           "cannot sync",
                           sampan_path_get (item->upload->path));
  return saved_errno == 0;
}

static void
sync_slot (gpointer data)
{
  Item *item = data;

  if (!sampan_trash_slot_sync (item->slot, &item->error))
    g_assert (item->error != NULL);
}

static void
sync_slots (GPtrArray *items)
{
  g_autoptr (GPtrArray) used = g_ptr_array_new ();

  for (unsigned int i = 0; i < items->len; i++)
    {
      Item *item = g_ptr_array_index (items, i);

      if (item->is_placed && check_folders (item) && item->slot != NULL && item->slot->is_used)
        g_ptr_array_add (used, item);
    }
  sampan_parallel_run (used->pdata, used->len, sync_slot);
}

/* The version is taken last: the rename changed the ctime. */
static void
report (Item *item, SampanCommitFunc func, gpointer user_data)
{
  SampanStored stored = { 0 };
  struct stat status;

  if (item->error == NULL && fstat (item->upload->file.fd, &status) != 0)
    sampan_disk_set_error (&item->error,
                           errno,
                           "cannot look at",
                           sampan_path_get (item->upload->path));
  if (item->error != NULL)
    {
      func (NULL, item->error, user_data);
      return;
    }
  stored.name.data = (const uint8_t *)item->stored_name;
  stored.name.length = strlen (item->stored_name);
  sampan_version_from_stat (&status, stored.version);
  if (item->slot != NULL && item->slot->is_used)
    memcpy (stored.trash_id, item->slot->id, sizeof stored.trash_id);
  func (&stored, NULL, user_data);
}

static void
run_steps (GPtrArray *items)
{
  g_autoptr (GPtrArray) folders = g_ptr_array_new_with_free_func ((GDestroyNotify)folder_free);
  g_autoptr (GPtrArray) shares = g_ptr_array_new_with_free_func (g_free);
  Round round = { .folders = folders, .shares = shares };
  g_autoptr (GPtrArray) ready = g_ptr_array_new ();

  for (unsigned int i = 0; i < items->len; i++)
    if (prepare (&round, g_ptr_array_index (items, i)))
      g_ptr_array_add (ready, g_ptr_array_index (items, i));
  sampan_parallel_run (ready->pdata, ready->len, sync_data);
  for (unsigned int i = 0; i < ready->len; i++)
    place (g_ptr_array_index (ready, i));
  sync_folders (&round);
  sync_slots (ready);
}

/* The shares whose names are about to change, one for each item. */
static GPtrArray *
enter_shares (const GPtrArray *items)
{
  GPtrArray *roots = g_ptr_array_new_with_free_func ((GDestroyNotify)sampan_share_root_unref);

  for (unsigned int i = 0; i < items->len; i++)
    {
      const Item *item = g_ptr_array_index (items, i);

      g_ptr_array_add (roots, sampan_share_root_ref (item->upload->root));
      sampan_usage_enter (sampan_share_root_get_usage (item->upload->root));
    }
  return roots;
}

/* When the files are counted under their new names. */
static void
leave_shares (GPtrArray *roots)
{
  for (unsigned int i = 0; i < roots->len; i++)
    sampan_usage_leave (sampan_share_root_get_usage (g_ptr_array_index (roots, i)));
  g_ptr_array_unref (roots);
}

void
sampan_commit_batch_run (SampanCommitBatch *self, SampanCommitFunc func, gpointer user_data)
{
  GPtrArray *items = g_steal_pointer (&self->items);
  GPtrArray *roots = enter_shares (items);

  self->items = g_ptr_array_new_with_free_func ((GDestroyNotify)item_free);
  self->bytes = 0;
  run_steps (items);
  for (unsigned int i = 0; i < items->len; i++)
    report (g_ptr_array_index (items, i), func, user_data);
  g_ptr_array_unref (items);
  leave_shares (roots);
}
