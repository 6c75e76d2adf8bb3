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
/* What is added in between starts only after both, and after "added": so that its place can be
 * chosen before. */
void sampan_queue_begin_adding (SampanQueue *self);
void sampan_queue_end_adding (SampanQueue *self);
/* Cancels all that wait, run or are paused. */
void sampan_queue_cancel_all (SampanQueue *self);
/* Pauses all, and what is added until sampan_queue_resume_all(), which also resumes what was paused
 * alone. One of them: sampan_transfer_pause(), sampan_transfer_requeue(). */
void sampan_queue_pause_all (SampanQueue *self);
void sampan_queue_resume_all (SampanQueue *self);
/* All that FAILED wait for their turn again, at their place. */
void sampan_queue_retry_failed (SampanQueue *self);
/* To POSITION in the list; those that wait start in its order. */
void sampan_queue_move (SampanQueue *self, SampanTransfer *transfer, guint position);
/* So many transfers with so many bytes will be added, so that the sums count them already; negative
 * when they are, or will not be. */
void sampan_queue_expect (SampanQueue *self, int n_transfers, int64_t bytes);
/* Takes out TRANSFER, which is over. */
void sampan_queue_remove (SampanQueue *self, SampanTransfer *transfer);
/* Removes what is DONE, FAILED or CANCELLED. */
void sampan_queue_clear_finished (SampanQueue *self);

/* Properties, notified at most ten times a second: "active" gboolean, "done-bytes", "safe-bytes",
 * "total-bytes", "speed" guint64, "seconds-left" gint, "paused" gboolean: all are to be,
 * "n-waiting", "n-expected", "n-paused", "n-running", "n-done", "n-failed" guint. Sums cover the
 * current run: from idle to idle; what is paused is not in them. Signals: "finished"
 * (SampanTransfer*): one ended, whatever its outcome; again if it was retried. "added": by
 * sampan_queue_end_adding(). "moved" (SampanTransfer*): by sampan_queue_move(). "cancelled": by
 * sampan_queue_cancel_all(), first; a batch adds no more then. */

G_END_DECLS
