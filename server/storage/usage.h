/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* How many bytes a share holds, and how many are promised to work that is under way.
 *
 * Counted are the sizes of all regular files below the share's directory, its partials and what is
 * in its trash among them; folders and the records in the trash are not. What the storage changes
 * it counts itself, so the sum is exact under any number of uploads at once. What others change in
 * the directory shows with the next count of the disk (usage-count.h), and so does what a share
 * inside this one does, or another server. Any thread. */

#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

G_BEGIN_DECLS

#define SAMPAN_QUOTA_NONE UINT64_MAX

typedef struct _SampanUsage SampanUsage;

typedef struct
{
  uint64_t quota_bytes; /* SAMPAN_QUOTA_NONE: as much as the disk takes */
  uint64_t used_bytes;  /* 0 until it is counted */
  uint64_t reserved_bytes;
  bool is_counted;
} SampanUsageFigures;

SampanUsage *sampan_usage_new (void);
void sampan_usage_free (SampanUsage *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SampanUsage, sampan_usage_free)

/* Holds for what begins from now on; nothing that is under way is broken off. */
void sampan_usage_set_quota (SampanUsage *self, uint64_t quota_bytes);
SampanUsageFigures sampan_usage_get_figures (SampanUsage *self);
/* What may still be stored; SAMPAN_QUOTA_NONE without a quota and before the first count. */
uint64_t sampan_usage_get_free_bytes (SampanUsage *self);

/* Where there is a quota, waits a few seconds for the first count. TRY_LATER. Not between enter and
 * leave. */
bool sampan_usage_wait (SampanUsage *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Around everything that moves, makes or removes files, so that a count that runs at the same time
 * is known to be worth nothing. Nests. Freed by g_autoptr (SampanUsageBusy) too. */
typedef SampanUsage SampanUsageBusy;
SampanUsageBusy *sampan_usage_enter (SampanUsage *self);
void sampan_usage_leave (SampanUsageBusy *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SampanUsageBusy, sampan_usage_leave)

/* Files of so many bytes were deleted for good. */
void sampan_usage_release (SampanUsage *self, uint64_t freed_bytes);

/* What one upload or copy has been promised. All zero: nothing. */
typedef struct
{
  SampanUsage *usage; /* borrowed */
  uint64_t bytes;
} SampanReservation;

/* Begins with the REST_BYTES of a partial that is there already, or 0. */
void sampan_reservation_begin (SampanReservation *self, SampanUsage *usage, uint64_t rest_bytes);
/* QUOTA with the bytes that are missing as its detail; then it is as before. Asking for less never
 * fails. */
bool sampan_reservation_resize (SampanReservation *self,
                                uint64_t bytes,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* STORED_BYTES stay on the disk, the rest is given back. Does nothing the second time. */
void sampan_reservation_end (SampanReservation *self, uint64_t stored_bytes);

/* ---- For the count ---- */

/* Waits a while for the storage to be still; the number names that moment. FALSE: it never was. */
bool sampan_usage_begin_count (SampanUsage *self, uint64_t *moment) G_GNUC_WARN_UNUSED_RESULT;
/* Takes USED_BYTES if nothing has changed since MOMENT, or if MUST and nothing was known before.
 * Returns whether it did. */
bool sampan_usage_end_count (SampanUsage *self, uint64_t moment, uint64_t used_bytes, bool must);

G_END_DECLS
