/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Telling how far a long request is: not more often than a person can see. */

#pragma once

#include "storage/files.h"

G_BEGIN_DECLS

#define SAMPAN_PROGRESS_INTERVAL_MS 100

typedef struct
{
  SampanProgressFunc func; /* nullable */
  gpointer user_data;
  uint64_t done_bytes;
  uint64_t total_bytes; /* 0: not known */
  int64_t last_us;
} SampanProgressMeter;

/* Counts and, when it is time, tells. */
void sampan_progress_meter_add (SampanProgressMeter *self, uint64_t bytes);

G_END_DECLS
