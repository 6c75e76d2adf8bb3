/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The trash of a share: looking into it, putting things back, deleting for good. Each on a
 * connection of its own: it delays nothing, and cancelling it ends the work on the box. On the
 * session's context. To take a change back see undo.h. */

#pragma once

#include "session.h"

G_BEGIN_DECLS

typedef struct
{
  uint8_t bytes[SAMPAN_TRASH_ID_LENGTH];
} SampanTrashId;

typedef struct
{
  SampanTrashId id;
  SampanEntryKind kind;
  uint64_t size; /* of a folder: of all files in it */
  SampanTime removed;
  SampanPath *path; /* where it was */
  char *user;       /* who removed or replaced it; "" if not known */
} SampanTrashItem;
void sampan_trash_item_free (SampanTrashItem *self);

/* PAGE: of SampanTrashItem, what came since the last call; to be referenced by who keeps it. Not
 * after the task has returned. */
typedef void (*SampanTrashFunc) (GPtrArray *page, gpointer user_data);

/* What lay at PATH, in a share, or below it; in no order. An account sees what it removed itself,
 * with the right to change all. */
void sampan_session_trash_list_async (SampanSession *self,
                                      const SampanPath *path,
                                      SampanTrashFunc func,
                                      gpointer func_data,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
bool sampan_session_trash_list_finish (SampanSession *self,
                                       GAsyncResult *result,
                                       SampanTrashEnd *end,
                                       GError **error);

typedef struct
{
  SampanTrashId id;
  GError *error;    /* NULL: it is back */
  SampanPath *path; /* where; with KEEP_BOTH it may have another name */
  bool has_replaced;
  SampanTrashId replaced; /* what it replaced */
} SampanRestoreResult;
void sampan_restore_result_free (SampanRestoreResult *self);

/* Puts things back where they were, in this order, in as many requests as it takes. PATH is the
 * share, or anything in it. Each is restored or not at all. */
void sampan_session_restore_async (SampanSession *self,
                                   const SampanPath *path,
                                   const SampanTrashId *ids,
                                   size_t n_ids,
                                   SampanConflict conflict,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
/* One SampanRestoreResult for each id, in their order. Fails only if the requests do; then some may
 * be back already, and are NOT_FOUND if they are asked for again. */
GPtrArray *
sampan_session_restore_finish (SampanSession *self, GAsyncResult *result, GError **error);

/* Deletes for good; what is gone already is no error. No IDS: all that a list of the share shows.
 */
void sampan_session_purge_async (SampanSession *self,
                                 const SampanPath *path,
                                 const SampanTrashId *ids,
                                 size_t n_ids,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
bool sampan_session_purge_finish (SampanSession *self, GAsyncResult *result, GError **error);

G_END_DECLS
