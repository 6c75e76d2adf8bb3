/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Makes guessing slow: each failed login adds to its source's penalty, which then runs off. Below a
 * threshold nothing happens, so a mistyped password costs nothing. A table of fixed size: the
 * source that failed longest ago makes room. The clock (monotonic, microseconds) is the caller's.
 * Any thread. */

#pragma once

#include "net/address.h"

G_BEGIN_DECLS

#define SAMPAN_PENALTY_FAILURE_SECS 5
#define SAMPAN_PENALTY_ACTS_SECS 15 /* three failures at once, or the fourth in a row */
#define SAMPAN_PENALTY_CAP_SECS 600
#define SAMPAN_PENALTY_SOURCES 65536

typedef struct _SampanPenalties SampanPenalties;

/* NULL only without random numbers or memory. */
SampanPenalties *sampan_penalties_new (uint32_t max_sources);
void sampan_penalties_free (SampanPenalties *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SampanPenalties, sampan_penalties_free)

void
sampan_penalties_add_failure (SampanPenalties *self, const SampanSourceKey *source, int64_t now_us);

/* Seconds that SOURCE has to wait, rounded up; 0: it may try. */
uint32_t sampan_penalties_check (SampanPenalties *self,
                                 const SampanSourceKey *source,
                                 int64_t now_us) G_GNUC_WARN_UNUSED_RESULT;

uint32_t sampan_penalties_get_count (SampanPenalties *self);

G_END_DECLS
