/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Progress in words. */

#pragma once

#include "transfer.h"

G_BEGIN_DECLS

/* "1.0 of 1.6 GB · 112 MB/s · 5 s left"; parts that are not known are left out. Free with g_free.
 */
char *sampan_transfer_text_dup_progress (uint64_t done_bytes,
                                         uint64_t total_bytes,
                                         uint64_t speed,
                                         int seconds_left);
/* How much is sent, and how much of it is on the disk of the other end; NULL: nothing is sent. */
char *sampan_transfer_text_dup_stages (uint64_t sent_bytes, uint64_t safe_bytes);
/* Of a whole, for a progress bar. */
double sampan_transfer_text_get_fraction (uint64_t part_bytes, uint64_t total_bytes);
/* The name for display; the one it was stored under when that is another. */
char *sampan_transfer_text_dup_title (SampanTransfer *transfer);
/* What state it is in, with the reason of a failure. */
char *sampan_transfer_text_dup_status (SampanTransfer *transfer);

G_END_DECLS
