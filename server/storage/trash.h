/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The folder .sampan/trash of a share. Each removed or replaced thing has a slot, a folder named by
 * 16 random bytes in hex, with the thing itself as "item" and a record of where it was as "info".
 *
 * Layout of info: magic[8], removal time (i64 seconds, u32 nanoseconds), u64 account id (0: not
 * known), u16 length and bytes of the path below the share. Big-endian. */

#pragma once

#include "storage/share-root.h"
#include <time.h>

G_BEGIN_DECLS

#define SAMPAN_TRASH_DAYS                                                                          \
  30 /* long enough to miss something, short enough to get the space back                          \
      */
#define SAMPAN_TRASH_ITEM "item"
#define SAMPAN_TRASH_NAME_BYTES (2 * SAMPAN_TRASH_ID_LENGTH + 1)

typedef struct
{
  const SampanShareRoot *root; /* borrowed */
  int fd;                      /* of the slot */
  int info_fd;
  uint8_t id[SAMPAN_TRASH_ID_LENGTH];
  char name[SAMPAN_TRASH_NAME_BYTES];
  bool is_used; /* holds an item: set by who moved it in */
} SampanTrashSlot;

/* Makes a slot with the record of PATH written but not synced. */
SampanTrashSlot *sampan_trash_slot_new (const SampanShareRoot *root,
                                        const SampanPath *path,
                                        uint64_t account_id,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Removes the slot from the disk if it is not used. */
void sampan_trash_slot_free (SampanTrashSlot *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SampanTrashSlot, sampan_trash_slot_free)

/* The record, before the thing leaves its place. */
bool sampan_trash_slot_sync_info (SampanTrashSlot *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The slot's names, after it came; the folder of all slots is synced by the caller. */
bool sampan_trash_slot_sync (SampanTrashSlot *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct
{
  SampanPath *path;
  struct timespec removed;
  uint64_t account_id;
} SampanTrashRecord;

/* Reads the record of a slot. Fails with NOT_FOUND, or IO if it is damaged. */
bool sampan_trash_read_record (const SampanShareRoot *root,
                               const uint8_t id[static SAMPAN_TRASH_ID_LENGTH],
                               SampanTrashRecord *record,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sampan_trash_record_clear (SampanTrashRecord *record);

/* Deletes the slot NAME for good and counts what that frees. FALSE with errno if something is left.
 */
bool sampan_trash_purge (const SampanShareRoot *root, const char *name);

/* Deletes for good what came into the trash SAMPAN_TRASH_DAYS before NOW (seconds since 1970). */
void sampan_trash_expire (const SampanShareRoot *root, int64_t now);

G_END_DECLS
