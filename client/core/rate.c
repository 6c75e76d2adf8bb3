/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Exponential smoothing over unequal intervals. */

#include "config.h"

#include "rate.h"

/* Long enough that the digits can be read, short enough to follow a change of network. */
#define TIME_CONSTANT_SECS 3.0
#define SECONDS_LEFT_MAX (100 * 3600)

void
sampan_rate_reset (SampanRate *self)
{
  *self = (SampanRate){ 0 };
}

void
sampan_rate_add (SampanRate *self, int64_t now_us, uint64_t bytes)
{
  double seconds = (double)(now_us - self->last_us) / G_USEC_PER_SEC;
  double current, weight;

  if (self->last_us == 0 || bytes < self->last_bytes)
    {
      *self = (SampanRate){ .last_us = now_us, .last_bytes = bytes };
      return;
    }
  if (seconds <= 0)
    return;
  current = (double)(bytes - self->last_bytes) / seconds;
  weight = self->bytes_per_sec > 0 ? seconds / (TIME_CONSTANT_SECS + seconds) : 1;
  self->bytes_per_sec += weight * (current - self->bytes_per_sec);
  self->last_us = now_us;
  self->last_bytes = bytes;
}

uint64_t
sampan_rate_get_speed (const SampanRate *self)
{
  return (uint64_t)self->bytes_per_sec;
}

int
sampan_rate_get_seconds_left (const SampanRate *self, uint64_t done, uint64_t total)
{
  double seconds;

  if (total <= done)
    return total == 0 ? -1 : 0;
  if (self->bytes_per_sec < 1)
    return -1;
  seconds = (double)(total - done) / self->bytes_per_sec;
  return seconds > SECONDS_LEFT_MAX ? -1 : (int)(seconds + 0.999);
}
