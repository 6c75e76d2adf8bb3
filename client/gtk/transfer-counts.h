/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* How many transfers of a list there are of each kind, and that in words. */

#pragma once

#include <gio/gio.h>
#include <stdint.h>

G_BEGIN_DECLS

typedef struct
{
  guint n_done, n_failed, n_cancelled;
  uint64_t done_bytes, failed_bytes;

  /* for the caller to set: what the list does not tell */
  guint n_waiting;
  guint n_paused;
  guint n_skipped; /* files that were left as they are */
} SampanTransferCounts;

/* Of all in TRANSFERS, whereas a queue's own sums begin anew with each run. */
SampanTransferCounts sampan_transfer_counts_of (GListModel *transfers);

/* "2 waiting, 5 done, 1 failed"; only these two are named where they are none. Free with g_free. */
char *sampan_transfer_counts_dup_text (const SampanTransferCounts *self);
/* "1.6 GB done, 12 kB failed"; empty where there is nothing to tell. Free with g_free. */
char *sampan_transfer_counts_dup_sizes (const SampanTransferCounts *self);

G_END_DECLS
