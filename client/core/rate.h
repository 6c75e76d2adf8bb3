/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A smoothed speed and the time left, from how much is done at what time. Pure. */

#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

typedef struct
{
  int64_t last_us; /* 0 before the first sample */
  uint64_t last_bytes;
  double bytes_per_sec;
} SampanRate;

void sampan_rate_reset (SampanRate *self);
/* NOW_US is monotonic. BYTES may go back: the rate starts anew then. */
void sampan_rate_add (SampanRate *self, int64_t now_us, uint64_t bytes);
uint64_t sampan_rate_get_speed (const SampanRate *self);
/* -1: unknown. */
int sampan_rate_get_seconds_left (const SampanRate *self, uint64_t done, uint64_t total);

G_END_DECLS
