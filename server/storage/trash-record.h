/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The file "info" of a slot in the trash, big-endian: magic[8], u64 size of the item with all in it
 * (2^64 - 1: not counted yet), removal time (i64 seconds, u32 nanoseconds), u64 account id (0: not
 * known), u16 length and bytes of the path below the share. */

#pragma once

#include "paths.h"
#include "protocol.h"
#include <time.h>

G_BEGIN_DECLS

#define SAMPAN_TRASH_SIZE_UNKNOWN UINT64_MAX

#define SAMPAN_TRASH_RECORD_SIZE_OFFSET 8 /* behind the magic: it is filled in later */
#define SAMPAN_TRASH_RECORD_MAX_BYTES                                                              \
  (SAMPAN_TRASH_RECORD_SIZE_OFFSET + 8 + 8 + 4 + 8 + 2 + SAMPAN_PATH_MAX)

typedef struct
{
  SampanPath *path;
  uint64_t size; /* SAMPAN_TRASH_SIZE_UNKNOWN until it was counted */
  struct timespec removed;
  uint64_t account_id;
} SampanTrashRecord;

/* Returns how many bytes of BUFFER it takes. */
size_t sampan_trash_record_encode (const SampanTrashRecord *record,
                                   uint8_t buffer[static SAMPAN_TRASH_RECORD_MAX_BYTES]);

/* False, with RECORD->path NULL, if DATA is no such file. */
bool sampan_trash_record_decode (SampanTrashRecord *record,
                                 const uint8_t *data,
                                 size_t length) G_GNUC_WARN_UNUSED_RESULT;

void sampan_trash_record_clear (SampanTrashRecord *record);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SampanTrashRecord, sampan_trash_record_clear)

G_END_DECLS
