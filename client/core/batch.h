/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Files and folders chosen together, on their way in one go: looked at first, so that everything
 * there is to decide is asked once, before the first byte. Lives on the caller's main context;
 * disks are read on other threads.
 *
 *   NEW -> PREPARING -> READY -> MOVING -> FINISHED; from PREPARING also FINISHED, by an error
 *
 * Upload: the local trees are walked while the server says page by page what it would find. Chosen
 * items may be symlinks; below them symlinks and special files are left out. Download: the folders
 * of the server are listed and compared with the local disk. What has the same size and mtime on
 * both sides is not sent again. */

#pragma once

#include "batch-conflict.h"
#include "batch-problem.h"
#include "queue.h"

G_BEGIN_DECLS

#define SAMPAN_BATCH_ITEMS_MAX 1000000  /* about 150 MiB of names, sizes and times */
#define SAMPAN_BATCH_PROBLEMS_MAX 10000 /* kept for display; all are counted */

typedef enum
{
  SAMPAN_BATCH_NEW,
  SAMPAN_BATCH_PREPARING,
  SAMPAN_BATCH_READY,  /* conflicts can be decided, then it can be started */
  SAMPAN_BATCH_MOVING, /* its transfers are in the queue or still to be added */
  SAMPAN_BATCH_FINISHED,
} SampanBatchState;
GType sampan_batch_state_get_type (void);
#define SAMPAN_TYPE_BATCH_STATE (sampan_batch_state_get_type ())

/* What was found. Folders count as items only. */
typedef struct
{
  uint64_t n_new;
  uint64_t new_bytes;
  uint64_t n_same; /* there already: not sent again */
  uint64_t n_conflicts;
  uint64_t n_problems; /* those of the transfers included, once they ended */
  uint64_t n_odd;      /* of n_problems: neither a file nor a folder */
  uint64_t n_done;     /* transfers */
} SampanBatchSums;

#define SAMPAN_TYPE_BATCH (sampan_batch_get_type ())
G_DECLARE_FINAL_TYPE (SampanBatch, sampan_batch, SAMPAN, BATCH, GObject)

/* FOLDER is below a share and may be missing. */
SampanBatch *sampan_batch_new_upload (SampanSession *session, const SampanPath *folder);
/* A file or folder. Before preparing. */
void sampan_batch_add_local (SampanBatch *self, const char *filename);

/* FOLDER is local and may be missing. */
SampanBatch *sampan_batch_new_download (SampanSession *session, const char *folder);
/* INFO, copied, is the entry that was listed at PATH. Before preparing. */
void
sampan_batch_add_remote (SampanBatch *self, const SampanPath *path, const SampanFileInfo *info);
/* The same with what the folder held just now; LIST (referenced) is nullable. */
void sampan_batch_add_listed (SampanBatch *self,
                              const SampanPath *path,
                              const SampanFileInfo *info,
                              SampanFolderList *list);

/* The one item that is added gets NAME, a plain component, at the target. Before preparing. */
void sampan_batch_set_new_name (SampanBatch *self, const char *name);
/* Transfers that are cancelled leave what can be gone on from. Before preparing. */
void sampan_batch_set_keep_partial (SampanBatch *self, bool keep);
/* Files get the permissions of those that they are copies of, as
 * sampan_transfer_set_keep_permissions() says; folders, and files that are the same already, are
 * left alone. A saved batch remembers it. Before preparing. */
void sampan_batch_set_keep_permissions (SampanBatch *self, bool keep);
/* A batch of many pages begins to move into QUEUE while it is still being prepared. Conflicts get
 * DECISION as they are found; with ASK they wait for sampan_batch_start(), which must get the same
 * queue. Should preparing fail, what is under way is cancelled. Before preparing. */
void sampan_batch_set_eager (SampanBatch *self, SampanQueue *queue, SampanBatchDecision decision);

/* Eager: too little space is no error of preparing. Before preparing. */
void sampan_batch_set_may_overfill (SampanBatch *self, bool may);

/* Signal "problem" (SampanBatchProblem *): each, also beyond those that are kept.
 *
 * Properties (read-only): "state" SampanBatchState, "n-items" guint: found so far. */
SampanBatchState sampan_batch_get_state (SampanBatch *self);
guint sampan_batch_get_n_items (SampanBatch *self);
bool sampan_batch_is_upload (SampanBatch *self);
/* Of a download; NULL of an upload. */
const char *sampan_batch_get_local_folder (SampanBatch *self);

/* Once per object. One item's trouble becomes a problem and does not stop the rest. Errors: those
 * of the session, unless it heals, NO_SPACE (while eager only), G_IO_ERROR_MESSAGE_TOO_LARGE (more
 * than SAMPAN_BATCH_ITEMS_MAX items; its message is translated), G_IO_ERROR_CANCELLED. */
void sampan_batch_prepare_async (SampanBatch *self,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
bool sampan_batch_prepare_finish (SampanBatch *self, GAsyncResult *result, GError **error);

SampanBatchSums sampan_batch_get_sums (SampanBatch *self);
/* Conflicts that nobody has decided: those a saved batch met before are (saved-queue.h). */
guint sampan_batch_count_undecided (SampanBatch *self);
/* What is left as it is on purpose: the same, what is neither file nor folder, and conflicts that
 * are not to be replaced or kept beside. */
uint64_t sampan_batch_count_skipped (SampanBatch *self);
/* Of SampanBatchConflict, in the order of the items. Borrowed. */
GListModel *sampan_batch_get_conflicts (SampanBatch *self);
/* Of SampanBatchProblem; grows while the transfers run, and loses those that are tried again.
 * Borrowed. */
GListModel *sampan_batch_get_problems (SampanBatch *self);
/* Whether the account may replace what is there. */
bool sampan_batch_may_replace (SampanBatch *self);
void sampan_batch_decide_all (SampanBatch *self, SampanBatchDecision decision);
/* By how much what is to be moved, as decided so far, is larger than the space at the target. What
 * earlier tries left there is not known, so that less may do. */
uint64_t sampan_batch_get_missing_bytes (SampanBatch *self);
/* Whether they exceed what the account may store there, not what the disk has. */
bool sampan_batch_is_over_quota (SampanBatch *self);

/* A file that is not moved. */
typedef struct
{
  const char *local;
  const SampanPath *remote;
  uint64_t size;
  SampanBatchConflict *conflict; /* NULL: it is the same */
} SampanBatchLeft;
typedef void (*SampanBatchLeftFunc) (const SampanBatchLeft *left, gpointer user_data);
/* All that are the same, and the conflicts that are not to be replaced or kept beside, in order.
 * From READY on. */
void sampan_batch_foreach_left (SampanBatch *self, SampanBatchLeftFunc func, gpointer user_data);

/* When READY: makes the folders, then adds a transfer for each file to QUEUE, in order; a conflict
 * nobody decided is skipped, and what was new is never put over something that came meanwhile. When
 * all its transfers ended the folders that it made get the times of those that they are copies of;
 * what is tried again later changes them once more. Lives until FINISHED: when that is done. */
void sampan_batch_start (SampanBatch *self, SampanQueue *queue);
/* When READY or MOVING, or eager; started afterwards it ends at once: adds no more and cancels its
 * transfers. Cancelling all in the queue does the same.
 */
void sampan_batch_cancel (SampanBatch *self);
/* Whether TRANSFER came from a batch, whose problems tell how it ended if not well. */
bool sampan_batch_is_member (SampanTransfer *transfer);

G_END_DECLS
