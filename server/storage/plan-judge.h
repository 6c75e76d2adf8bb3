/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What uploads into a folder would find there. Writes nothing.
 *
 * Holds the folders between the target and the last item open, one fd for each component, so that
 * the next item in the same folder costs one look at the disk, and nothing at all below what is
 * missing. One thread. */

#pragma once

#include "message.h"
#include "storage/share-root.h"

G_BEGIN_DECLS

typedef struct _SampanPlanJudge SampanPlanJudge;

/* FOLDER lies below the share and may be missing with all its parents. Errors: those of
 * sampan_share_root_open_path() but NOT_FOUND. */
SampanPlanJudge *sampan_plan_judge_new (SampanShareRoot *root,
                                        const SampanPath *folder,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sampan_plan_judge_free (SampanPlanJudge *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SampanPlanJudge, sampan_plan_judge_free)

/* PATH is ITEM's path, relative to the folder and not its root. Leaves rights and the other items
 * to the caller: NOT_ALLOWED is what the server itself may not look at, NAME_TWICE never comes.
 * Fails when the disk does. */
bool sampan_plan_judge_item (SampanPlanJudge *self,
                             const SampanPath *path,
                             const SampanPlanItem *item,
                             SampanPlanAnswer *answer,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
