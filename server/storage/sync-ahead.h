/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Making a staged file safe while more of it comes: another thread syncs it, so that who reads the
 * socket waits for no disk. At most one sync is under way for a file. One owner. */

#pragma once

#include "storage/share-root.h"

G_BEGIN_DECLS

#define SAMPAN_SYNC_AHEAD_BYTES                                                                    \
  (32 * 1024 * 1024)              /* a sync each so many: few even on a fast wire */
#define SAMPAN_SYNC_AHEAD_MS 1000 /* ...or after so long, so that on a slow one it is seen too */

typedef struct _SampanSyncAhead SampanSyncAhead;

/* FD has the file NAME of ROOT's staging open; borrowed. */
SampanSyncAhead *sampan_sync_ahead_new (const SampanShareRoot *root, const char *name, int fd);
/* Waits for a sync that is under way. FALSE: one has failed, so the file is not to be trusted. NULL
 * is fine. */
bool sampan_sync_ahead_free (SampanSyncAhead *self);

/* An eventfd that is written to whenever a sync has ended; -1: none. Borrowed. */
void sampan_sync_ahead_set_wake_fd (SampanSyncAhead *self, int fd);

/* The file has now BYTES. Begins a sync when it is time, or at once with IS_DUE; none while one is
 * under way. */
void sampan_sync_ahead_advance (SampanSyncAhead *self, uint64_t bytes, bool is_due);

/* Microseconds until advancing with these BYTES would begin a sync; -1: it would not, as they are
 * safe or a sync is under way. */
int64_t sampan_sync_ahead_get_wait_us (SampanSyncAhead *self, uint64_t bytes);

/* How much of the file a power cut does not take, name in staging and all. 0: not known. */
uint64_t sampan_sync_ahead_get_safe_bytes (SampanSyncAhead *self);

/* The errno of a sync that failed; it is never tried again. */
int sampan_sync_ahead_get_errno (SampanSyncAhead *self);

G_END_DECLS
