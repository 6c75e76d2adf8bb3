/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The transfers of one account on one box, kept on disk so that the end of the process, however it
 * comes, loses nothing: the next login goes on with them. Lives on the caller's main context; the
 * disk is written on other threads, a few times a second, and synced where a job begins and ends.
 *
 * Jobs are batches. A job that was saved is prepared again: what is on both sides is not sent
 * again, what is there in part goes on, conflicts that were decided stay decided, and what ended
 * (done, or cancelled by the person) is left out, even where it was moved or removed since. What
 * arrived without this end learning of it is found on the box, or on the local disk, and not
 * doubled. A conflict that is new is to be asked about. What failed is tried again only if the
 * session was lost, or a person tries it again. Saved too: whether the queue or one of its
 * transfers is paused, and the order that a person made.
 *
 * An account is a name on a box that is known by its key: where it was reached does not matter, and
 * no other account or box ever gets to see the list. One process has the list of an account at a
 * time; another one does not touch it and saves nothing (G_IO_ERROR_BUSY). */

#pragma once

#include "batch.h"

G_BEGIN_DECLS

#define SAMPAN_TYPE_SAVED_QUEUE (sampan_saved_queue_get_type ())
G_DECLARE_FINAL_TYPE (SampanSavedQueue, sampan_saved_queue, SAMPAN, SAVED_QUEUE, GObject)

/* Of the account that SESSION is logged in as: when READY. Errors: those of
 * sampan_saved_file_open(). */
void sampan_saved_queue_open_async (SampanSession *session,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
SampanSavedQueue *
sampan_saved_queue_open_finish (SampanSession *session, GAsyncResult *result, GError **error);

/* A damaged list was put there, and what was good of it goes on; nullable, borrowed. */
const char *sampan_saved_queue_get_damaged (SampanSavedQueue *self);

/* New batches for what was saved, in order, to be prepared: of SampanBatch. Once. */
GPtrArray *sampan_saved_queue_take_batches (SampanSavedQueue *self);
/* The target's name, for display (g_free). */
char *sampan_saved_queue_dup_folder (SampanBatch *batch);

/* BATCH is saved from now on, until it is FINISHED. Before preparing; or before it is started, when
 * it could not be earlier. */
void sampan_saved_queue_add (SampanSavedQueue *self, SampanBatch *batch);
/* BATCH, of which nothing is to become. */
void sampan_saved_queue_forget (SampanSavedQueue *self, SampanBatch *batch);

/* Nothing is to become of any. */
void sampan_saved_queue_forget_all (SampanSavedQueue *self);
/* Whether it is that of the account that SESSION is logged in as. */
bool sampan_saved_queue_is_of (SampanSavedQueue *self, SampanSession *session);

/* Whether the queue is paused as a whole. */
bool sampan_saved_queue_is_paused (SampanSavedQueue *self);
/* What is done to QUEUE, where the batches move, is saved as well: pausing it, and the order. What
 * comes from a saved job gets the place it had, as far as it waits. */
void sampan_saved_queue_follow (SampanSavedQueue *self, SampanQueue *queue);

/* All is on disk when it returns; what happens to the batches from now on is not saved. */
void sampan_saved_queue_close (SampanSavedQueue *self);

/* Signal "failed" (GError *): the disk did not take it. It is tried again; told once. */

G_END_DECLS
