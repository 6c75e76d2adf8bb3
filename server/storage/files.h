/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Requests on names and files of one share. All block on the disk: worker threads only. PATH is
 * always below the share ("" is its root). Rights are checked by the caller. Errors: SAMPAN_ERROR.
 */

#pragma once

#include "message.h"
#include "storage/share-root.h"
#include <gio/gio.h>

G_BEGIN_DECLS

/* Opaque version token: BLAKE2b-128 over device, inode, size, mtime, ctime. */
void sampan_version_from_stat (const struct stat *status,
                               uint8_t version[static SAMPAN_VERSION_LENGTH]);

/* Fills all of ENTRY but right; name is borrowed from PATH. A symlink is described, not followed.
 */
bool sampan_storage_stat (SampanShareRoot *root,
                          const SampanPath *path,
                          SampanEntry *entry,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

bool sampan_storage_space (SampanShareRoot *root,
                           const SampanPath *path,
                           SampanSpace *space,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Durable when it returns TRUE: each parent that gained a name is synced. */
bool sampan_storage_mkdir (SampanShareRoot *root,
                           const SampanPath *path,
                           bool parents,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Gives the folder PATH, not the share itself, an mtime that the disk may have to round; WRONG_KIND
 * for anything else. Not durable: it is no content and no name. */
bool sampan_storage_set_time (SampanShareRoot *root,
                              const SampanPath *path,
                              SampanTime mtime,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Rename or move within one share. CONFLICT as for put (KEEP_BOTH picks a free name); what is
 * replaced goes to trash. Refuses a folder into itself (WRONG_KIND). Durable. Both paths lie in the
 * same share; a move between shares is a copy and a remove. EXPECTED (nullable): fails with CHANGED
 * if that is not FROM's version. *stored_name: g_free. */
bool sampan_storage_rename (SampanShareRoot *root,
                            const SampanPath *from,
                            const SampanPath *to,
                            SampanConflict conflict,
                            const uint8_t *expected,
                            uint64_t account_id,
                            SampanStored *stored, /* name is NOT set; see stored_name */
                            char **stored_name,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef void (*SampanProgressFunc) (uint64_t done_bytes, uint64_t total_bytes, gpointer user_data);

/* Copies a file or a folder (iterative, depth-capped) on the box, by reflink or copy_file_range
 * where possible; staged, then renamed into place; durable. Between shares too. Symlinks and
 * devices in a folder are left out and counted. */
bool sampan_storage_copy (SampanShareRoot *from_root,
                          const SampanPath *from,
                          SampanShareRoot *to_root,
                          const SampanPath *to,
                          SampanConflict conflict,
                          uint64_t account_id,
                          SampanProgressFunc progress,
                          gpointer user_data,
                          GCancellable *cancellable,
                          SampanStored *stored, /* name is NOT set; see stored_name */
                          char **stored_name,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Moves PATH (a file, or a folder with all in it when RECURSIVE or empty) to the share's trash with
 * a record of where it was, when and whose doing; durable. On a full disk the oldest in the trash
 * makes room for the record; if there is none, PATH is deleted for good and TRASH_ID zero. The
 * share's root cannot be removed (NOT_ALLOWED). */
bool sampan_storage_remove (SampanShareRoot *root,
                            const SampanPath *path,
                            bool recursive,
                            uint64_t account_id,
                            uint8_t trash_id[static SAMPAN_TRASH_ID_LENGTH],
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Opens a regular file for reading (O_NONBLOCK at open, fstat, regular files only). EXPECTED
 * (nullable): fails with CHANGED if the version differs. Returns an fd or -1. */
int sampan_storage_open_file (SampanShareRoot *root,
                              const SampanPath *path,
                              const uint8_t *expected,
                              SampanGetInfo *info,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* BLAKE2b-256 of the first LENGTH bytes (UINT64_MAX: all). Fails with CHANGED when the file is
 * shorter. */
bool sampan_storage_hash (SampanShareRoot *root,
                          const SampanPath *path,
                          uint64_t length,
                          SampanProgressFunc progress,
                          gpointer user_data,
                          GCancellable *cancellable,
                          SampanHashIs *result,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
