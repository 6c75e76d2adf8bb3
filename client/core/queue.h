/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The ordered list of transfers: a GListModel of SampanTransfer that runs a few at a time and adds
 * up their progress. */

#pragma once

#include "transfer.h"

G_BEGIN_DECLS

/* At a time: one hides the other's wait for the disk; more share the same wire. */
#define SAMPAN_QUEUE_RUNNING 2
/* Small ones, which only wait for each other on a shared link: 12 800 a second at 20 ms. Each may
 * hold two files open, and 1024 is what a process often may have. */
#define SAMPAN_QUEUE_RUNNING_SMALL 256

#define SAMPAN_TYPE_QUEUE (sampan_queue_get_type ())
G_DECLARE_FINAL_TYPE (SampanQueue, sampan_queue, SAMPAN, QUEUE, GObject)

SampanQueue *sampan_queue_new (void);
/* Takes a reference; starts it when its turn comes. */
void sampan_queue_add (SampanQueue *self, SampanTransfer *transfer);
/* Cancels all that wait or run. */
void sampan_queue_cancel_all (SampanQueue *self);
/* Removes what is DONE, FAILED or CANCELLED. */
void sampan_queue_clear_finished (SampanQueue *self);

/* Properties, notified at most ten times a second: "active" gboolean, "done-bytes", "total-bytes",
 * "speed" guint64, "seconds-left" gint, "n-waiting", "n-running", "n-done", "n-failed" guint. Sums
 * cover the current run: from idle to idle. Signal "finished" (SampanTransfer*): one ended,
 * whatever its outcome. */

G_END_DECLS
