/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* How long things stay in the trash of a share, and how much of it there may be. What is deleted
 * here is gone for good. Worker threads only. */

#pragma once

#include "storage/trash.h"
#include <gio/gio.h>

G_BEGIN_DECLS

/* With no other limit more than this of the disk makes the oldest go first... */
#define SAMPAN_TRASH_DISK_PERCENT 10
/* ...but nothing that somebody may just have removed by mistake. */
#define SAMPAN_TRASH_KEPT_SECS (24 * 60 * 60)

/* Deletes what is too old at NOW (seconds since 1970) or too much, as the limits of ROOT say, and
 * slots that hold nothing. */
void sampan_trash_expire (const SampanShareRoot *root, int64_t now);
/* The same with other limits. */
void sampan_trash_shrink (const SampanShareRoot *root,
                          int64_t now,
                          int64_t age_max_secs,
                          int64_t kept_secs,
                          uint64_t bytes_max);

/* Deletes the oldest thing. FALSE: there is none that could be deleted. */
bool sampan_trash_make_room (const SampanShareRoot *root);

/* Deletes the oldest until so many bytes are free, if all of it together is as much; else nothing.
 */
bool sampan_trash_make_room_for (const SampanShareRoot *root, uint64_t bytes);
/* sampan_reservation_resize(), for which the trash makes room. */
bool sampan_trash_reserve (const SampanShareRoot *root,
                           SampanReservation *reservation,
                           uint64_t bytes,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* How much room it could make. */
uint64_t sampan_trash_count_bytes (const SampanShareRoot *root);

/* How much it holds, what is in use included, which it does not lock unless it has to count it. */
uint64_t sampan_trash_get_held_bytes (const SampanShareRoot *root);

/* Deletes one thing; NOT_FOUND, TRY_LATER if it is in use. */
bool sampan_trash_purge (const SampanShareRoot *root,
                         const uint8_t id[static SAMPAN_TRASH_ID_LENGTH],
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The id in the name of a slot; FALSE: it is no slot. */
bool sampan_trash_parse_name (const char *name, uint8_t id[static SAMPAN_TRASH_ID_LENGTH]);

/* All bytes of the item; counted once, then known. */
uint64_t sampan_trash_get_size (const SampanTrashHold *hold);

G_END_DECLS
