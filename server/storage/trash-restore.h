/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Looking into the trash of a share, and putting things back. Worker threads only. */

#pragma once

#include "storage/trash.h"

G_BEGIN_DECLS

/* Whose things: those of one account, or all. */
typedef struct
{
  uint64_t account_id;
  bool is_for_all;
} SampanTrashReader;

/* Borrowed during the call. FALSE: enough. */
typedef bool (*SampanTrashFunc) (const uint8_t id[static SAMPAN_TRASH_ID_LENGTH],
                                 const SampanTrashHold *hold,
                                 gpointer user_data);
/* Calls FUNC for all that READER may see and that lay at BELOW ("": anywhere) or below it. What
 * cannot be read is passed over. */
bool sampan_trash_foreach (const SampanShareRoot *root,
                           const SampanTrashReader *reader,
                           const SampanPath *below,
                           SampanTrashFunc func,
                           gpointer user_data,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Puts one thing back where it was, durably; missing folders above it are made. One rename does it,
 * so it is there or still in the trash. What CONFLICT replaces goes to trash, as REPLACED says
 * (zero: nothing). Returns the path, below the share, that it has now. Errors: NOT_FOUND,
 * NOT_ALLOWED (not READER's), TRY_LATER (in use), and those of a rename. */
SampanPath *sampan_trash_restore (SampanShareRoot *root,
                                  const uint8_t id[static SAMPAN_TRASH_ID_LENGTH],
                                  const SampanTrashReader *reader,
                                  SampanConflict conflict,
                                  uint8_t replaced[static SAMPAN_TRASH_ID_LENGTH],
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
