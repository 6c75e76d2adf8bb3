/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Telling how far a long request is. */

#include "config.h"

#include "storage/progress.h"

void
sampan_progress_meter_add (SampanProgressMeter *self, uint64_t bytes)
{
  int64_t now_us;

  self->done_bytes += bytes;
  if (self->func == NULL)
    return;
  now_us = g_get_monotonic_time ();
  if (self->last_us == 0)
    self->last_us = now_us; /* nothing to tell before the first interval */
  if (now_us - self->last_us < SAMPAN_PROGRESS_INTERVAL_MS * G_TIME_SPAN_MILLISECOND)
    return;
  self->last_us = now_us;
  self->func (self->done_bytes, self->total_bytes, self->user_data);
}
