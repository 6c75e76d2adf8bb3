/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Several things of the box that are moved or copied there together: looked at first, so that
 * everything there is to decide is asked once. On the session's context.
 *
 * What moves to another share is copied there first, and what is left behind goes to the trash.
 * Files and folders that replace others send these to the trash, folders as a whole. */

#pragma once

#include "batch-conflict.h"
#include "batch-problem.h"
#include "undo.h"

G_BEGIN_DECLS

#define SAMPAN_TYPE_RELOCATION (sampan_relocation_get_type ())
G_DECLARE_FINAL_TYPE (SampanRelocation, sampan_relocation, SAMPAN, RELOCATION, GObject)

SampanRelocation *sampan_relocation_new (SampanSession *session);
/* TO is the new path itself. Before preparing. */
void sampan_relocation_add (SampanRelocation *self, const SampanPath *from, const SampanPath *to);
guint sampan_relocation_get_length (SampanRelocation *self);

/* Asks which names are taken. What cannot be looked at is none: moving it tells why. Once per
 * object. Fails with G_IO_ERROR_CANCELLED only. */
void sampan_relocation_prepare_async (SampanRelocation *self,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
bool
sampan_relocation_prepare_finish (SampanRelocation *self, GAsyncResult *result, GError **error);
/* Of SampanBatchConflict, in the order of the items. Borrowed. */
GListModel *sampan_relocation_get_conflicts (SampanRelocation *self);
/* Of the item with number INDEX; nullable, borrowed. */
SampanBatchConflict *sampan_relocation_get_conflict (SampanRelocation *self, guint index);
/* Whether the account may replace all that is in the way. */
bool sampan_relocation_may_replace (SampanRelocation *self);

/* ---- Moving or copying, once prepared ---- */

typedef struct
{
  guint n_items; /* that are to go */
  guint n_over;  /* of them: done or failed */
  guint n_done;
  uint64_t done_bytes;  /* of the one under way, while it is copied */
  uint64_t total_bytes; /* 0: not known */
} SampanRelocationProgress;

/* Signal "progress": something of it changed. */
SampanRelocationProgress sampan_relocation_get_progress (SampanRelocation *self);

/* One after the other, with conflicts as decided: nothing that nobody decided about is replaced or
 * left out. A copy onto itself becomes one beside it, a move to where it is is left out. One item's
 * trouble becomes a problem and does not stop the rest. Once per object. Errors: those of the
 * session, G_IO_ERROR_CANCELLED; what was done until then stays. */
void sampan_relocation_run_async (SampanRelocation *self,
                                  bool copies,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
bool sampan_relocation_run_finish (SampanRelocation *self, GAsyncResult *result, GError **error);
/* What was done, to be taken back; may be empty. Borrowed. */
SampanUndo *sampan_relocation_get_undo (SampanRelocation *self);
/* Of SampanBatchProblem. Borrowed. */
GListModel *sampan_relocation_get_problems (SampanRelocation *self);

G_END_DECLS
