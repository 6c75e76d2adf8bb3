/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The local folder that a batch is downloaded into: what is there, and making folders. Everything
 * here may block and is for worker threads; two may judge and make folders at the same time. */

#pragma once

#include "batch-page.h"

G_BEGIN_DECLS

typedef struct _SampanBatchDisk SampanBatchDisk;

/* FOLDER may be missing. */
SampanBatchDisk *sampan_batch_disk_new (const char *folder);
void sampan_batch_disk_free (SampanBatchDisk *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SampanBatchDisk, sampan_batch_disk_free)

/* Whether names count that differ in case or in Unicode normalization only: asked of the disk at
 * the first need, unless it was set. */
void sampan_batch_disk_set_folds (SampanBatchDisk *self, bool folds);
/* A verdict for each item, as a server gives them: array of SampanPlanAnswer. Pages come in order.
 */
GArray *sampan_batch_disk_judge (SampanBatchDisk *self, const SampanBatchPage *page);
/* Whether a file like ITEM, by size and mtime, has one of the names that are chosen to keep both.
 */
bool sampan_batch_disk_has_beside (SampanBatchDisk *self, const SampanPlanItem *item);
/* What a person may still write there, or where its parents are; all that fits a number if that
 * cannot be told. */
uint64_t sampan_batch_disk_get_free_bytes (SampanBatchDisk *self);
/* Makes the target folder with its parents; FALSE with errno. */
bool sampan_batch_disk_make_target (SampanBatchDisk *self);
/* Its parents are there; that it is there already is no error. FALSE with errno. */
bool sampan_batch_disk_make_folder (SampanBatchDisk *self, const char *name);
/* Gives the folder an mtime, unless there is a link on the way to it by now or in its place. */
bool sampan_batch_disk_set_time (SampanBatchDisk *self, const char *name, SampanTime mtime);

G_END_DECLS
