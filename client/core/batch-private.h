/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Shared by the files of SampanBatch: batch.c (the object), batch-prepare.c, batch-make.c,
 * batch-start.c and batch-times.c. */

#pragma once

#include "batch-disk.h"
#include "batch-journal.h"
#include "batch-survey.h"
#include "batch.h"

G_BEGIN_DECLS

/* Walks over the items of all pages. */
typedef struct
{
  guint page;
  size_t index;
} SampanBatchCursor;

struct _SampanBatch
{
  GObject parent_instance;

  /* what was chosen */
  SampanSession *session;
  bool is_upload;
  SampanPath *remote_folder; /* of an upload */
  char *local_folder;        /* of a download */
  GPtrArray *locals;         /* of char *; an upload's */
  GPtrArray *remotes;        /* of SampanBatchRemote; a download's */
  char *new_name;            /* of the one item; NULL: its own */
  size_t items_max;
  bool keeps_partial;
  bool keeps_permissions;
  bool is_eager;
  bool may_overfill;
  SampanBatchDecision decision; /* for conflicts as they are found, when eager */

  /* who remembers it; nullable */
  const SampanBatchJournal *journal;
  gpointer journal_data;
  GDestroyNotify journal_destroy;
  bool was_run;
  bool is_lost; /* the session was, so it has not come to its own end */

  /* what was found */
  SampanBatchState state;
  GPtrArray *pages; /* of SampanBatchPage */
  guint n_items;
  SampanBatchSums sums;
  SampanRight right;
  uint64_t free_bytes;    /* at the target, as far as is known */
  bool is_quota;          /* that sets it, not the disk */
  uint64_t decided_bytes; /* of the conflicts, while eager */
  bool has_work;          /* the target folder will be needed */
  GListStore *conflicts;
  GListStore *problems;
  GHashTable *blocked; /* names of folders whose items are left out without a word */

  /* preparing; a download's disk is a worker's while one runs */
  GTask *task; /* NULL once returned */
  GSource *cancel;
  GCancellable *stop; /* of the walk or survey and all that it asks for */
  guint n_asked;      /* pages that were sent for judgement */
  guint n_settled;    /* pages with fates */
  bool is_complete;   /* no more pages will come */
  SampanBatchDisk *disk;

  /* moving */
  SampanQueue *queue;
  SampanBatchCursor maker;  /* of folders */
  SampanBatchCursor sender; /* of files, in pages whose folders are made */
  guint n_made;             /* such pages */
  guint next_conflict;
  bool has_passed;     /* over conflicts that nobody had decided yet */
  bool is_second_pass; /* through them */
  bool is_target_asked;
  bool is_target_made;
  bool is_making_pages;    /* a download's, on a thread */
  guint n_making;          /* folders under way */
  guint n_under_way;       /* transfers */
  SampanBatchCursor timer; /* of folders that get their times */
  guint n_timing;          /* under way */
  guint n_heals;           /* while they are set */
  bool has_made;           /* any folder */
  bool is_healing;         /* before times can be set on */
  GCancellable
      *halt; /* what waits for the session to heal: cancelled, as nothing more is to move */
  SampanBatchSums announced; /* to the queue */
  guint n_expected;          /* what the queue was told to expect, and was not added yet */
  uint64_t expected_bytes;
  GSource *turn;
  bool is_moving; /* in the queue's signals, and held until it is over */
  bool is_stopped;
};

/* batch.c */
void sampan_batch_set_state (SampanBatch *self, SampanBatchState state);
/* Takes PROBLEM. */
void sampan_batch_add_problem (SampanBatch *self, SampanBatchProblem *problem);
void sampan_batch_remove_problem (SampanBatch *self, SampanBatchProblem *problem);
void sampan_batch_add_problems (SampanBatch *self, GPtrArray *problems);
bool sampan_batch_is_blocked (SampanBatch *self, const char *name);
void sampan_batch_block (SampanBatch *self, const char *name);
/* Whether what went wrong is the session's, not the item's. */
bool sampan_batch_is_lost_by (SampanSession *session, const GError *error);
/* batch-start.c: the next in the pages before END. */
bool sampan_batch_next_item (SampanBatch *self,
                             SampanBatchCursor *cursor,
                             guint end,
                             SampanBatchPage **page,
                             size_t *index);
void sampan_batch_plan_turn (SampanBatch *self);
/* batch-make.c: folders of the pages that were settled. */
void sampan_batch_make_more (SampanBatch *self);
/* batch-times.c: when all has come, or will not, gives the folders that were made their times.
 * FALSE when that is done; else a turn is planned whenever there is more to do. */
bool sampan_batch_set_times (SampanBatch *self);
/* batch-start.c: while PREPARING and eager, after a page was settled. */
void sampan_batch_move_some (SampanBatch *self);
/* Cancels what is under way, nothing is added any more. */
void sampan_batch_stop_moving (SampanBatch *self);
/* For tests. Before preparing. */
void sampan_batch_set_items_max (SampanBatch *self, size_t items_max);
void sampan_batch_set_disk_folds (SampanBatch *self, bool folds);

G_END_DECLS
