/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What one act of a person changed on the box, and the way back: things removed come out of the
 * trash, things renamed or moved go back, copies go to the trash, and what was replaced takes its
 * place again. Nothing that came meanwhile is lost: where a name is taken now, both are kept. On
 * the session's context. */

#pragma once

#include "session-trash.h"

G_BEGIN_DECLS

#define SAMPAN_TYPE_UNDO (sampan_undo_get_type ())
G_DECLARE_FINAL_TYPE (SampanUndo, sampan_undo, SAMPAN, UNDO, GObject)

SampanUndo *sampan_undo_new (SampanSession *session);

/* In the order in which it was done. ID: from the reply; zero, for what is gone for good, is passed
 * over. */
void sampan_undo_add_removed (SampanUndo *self,
                              const SampanPath *path,
                              const uint8_t id[static SAMPAN_TRASH_ID_LENGTH]);
/* Renamed or moved from FROM to TO, as was asked for; PLACED says where it went. It goes back as it
 * is then, whatever was done to its content. */
void sampan_undo_add_moved (SampanUndo *self,
                            const SampanPath *from,
                            const SampanPath *to,
                            const SampanPlaced *placed);
/* Something was put or copied onto PATH and has VERSION there, and what was there before is ID in
 * the trash; zero: nothing was there, and there is nothing to take back. If something else is there
 * by then, or it was renamed in between, both are kept. */
void sampan_undo_add_replaced (SampanUndo *self,
                               const SampanPath *path,
                               const uint8_t version[static SAMPAN_VERSION_LENGTH],
                               const uint8_t id[static SAMPAN_TRASH_ID_LENGTH]);
/* Something was copied to PATH, which was free, and has VERSION there (nullable: it may be anything
 * by then). A file that is another one by then stays, which is CHANGED. */
void sampan_undo_add_copied (SampanUndo *self, const SampanPath *path, const uint8_t *version);
/* How many changes there are to take back. */
guint sampan_undo_get_length (SampanUndo *self);

typedef struct
{
  guint n_done;
  guint n_renamed; /* of them: back under another name, since theirs was taken */
  guint n_failed;
} SampanUndoSums;

/* Takes all back, the last first. What failed can be tried again. One at a time. */
void sampan_undo_run_async (SampanUndo *self,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
/* FALSE with the first error, if any failed; SUMS is set in any case. */
bool sampan_undo_run_finish (SampanUndo *self,
                             GAsyncResult *result,
                             SampanUndoSums *sums,
                             GError **error);
/* New reference to what the run did, to be taken back in turn; NULL: nothing. Once for each run. */
SampanUndo *sampan_undo_steal_reverse (SampanUndo *self);

G_END_DECLS
