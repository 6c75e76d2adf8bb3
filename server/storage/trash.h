/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The folder .sampan/trash of a share. Each removed or replaced thing has a slot, a folder named by
 * 16 random bytes in hex, with the thing itself as "item" and a record of where it was as "info". A
 * slot without an item is what a crash left. Who takes an item out or deletes it locks the slot. */

#pragma once

#include "storage/share-root.h"
#include "storage/trash-record.h"
#include <sys/stat.h>

G_BEGIN_DECLS

#define SAMPAN_TRASH_ITEM "item"
#define SAMPAN_TRASH_NAME_BYTES (2 * SAMPAN_TRASH_ID_LENGTH + 1)

typedef struct
{
  const SampanShareRoot *root; /* borrowed */
  int fd;                      /* of the slot; -1 once it is synced */
  int info_fd;
  uint8_t id[SAMPAN_TRASH_ID_LENGTH];
  char name[SAMPAN_TRASH_NAME_BYTES];
  bool is_used; /* holds an item: set by who moved it in */
} SampanTrashSlot;

/* Makes a slot with the record of PATH written but not synced, locked until it is synced or freed.
 * On a full disk the oldest things in the trash make room for it; NO_SPACE if there are none. */
SampanTrashSlot *sampan_trash_slot_new (const SampanShareRoot *root,
                                        const SampanPath *path,
                                        uint64_t account_id,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Removes the slot from the disk if it is not used. */
void sampan_trash_slot_free (SampanTrashSlot *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SampanTrashSlot, sampan_trash_slot_free)

/* The record, before the thing leaves its place. */
bool sampan_trash_slot_sync_info (SampanTrashSlot *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The slot's names, after it came; the folder of all slots is synced by the caller. Then others may
 * have what is in it. */
bool sampan_trash_slot_sync (SampanTrashSlot *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Reads the record of a slot. Fails with NOT_FOUND, or IO if it is damaged. */
bool sampan_trash_read_record (const SampanShareRoot *root,
                               const uint8_t id[static SAMPAN_TRASH_ID_LENGTH],
                               SampanTrashRecord *record,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sampan_trash_write_size (int slot_fd, uint64_t size);

/* A slot that is there, open and locked, with its record and what it holds. */
typedef struct
{
  int fd;
  char name[SAMPAN_TRASH_NAME_BYTES];
  SampanTrashRecord record;
  struct stat status; /* of the item */
} SampanTrashHold;

/* Fails with NOT_FOUND, also if there is no item in it; TRY_LATER if somebody else has it. */
bool sampan_trash_hold (const SampanShareRoot *root,
                        const uint8_t id[static SAMPAN_TRASH_ID_LENGTH],
                        SampanTrashHold *hold,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sampan_trash_hold_clear (SampanTrashHold *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SampanTrashHold, sampan_trash_hold_clear)
/* Removes the slot, from which the item was taken. */
void sampan_trash_hold_remove_empty (const SampanShareRoot *root, SampanTrashHold *self);

/* Removes the slot in which the staged file of STATUS waited for its name when a crash came. */
void sampan_trash_drop_link (const SampanShareRoot *root, const struct stat *status);

G_END_DECLS
