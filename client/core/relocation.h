/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Several things of the box that are moved or copied there together: looked at first, so that
 * everything there is to decide is asked once. On the session's context.
 *
 * Files and folders that replace others send these to the trash, folders as a whole. */

#pragma once

#include "batch-conflict.h"
#include "session.h"

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

G_END_DECLS
