/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Group commit: finished uploads wait together for one round of syncs and are acknowledged only
 * then.
 *
 * Order (each step's error is that upload's result; fsync is never retried): mtime and mode on
 * every file, fsync every file, what is replaced to trash, rename (RENAME_NOREPLACE or exchange),
 * fsync each target folder once and the staging folder. Only then are the results good. Worker
 * threads only, one owner. */

#pragma once

#include "storage/upload.h"

G_BEGIN_DECLS

#define SAMPAN_BATCH_UPLOADS 256 /* open fds held; also bounds the delay of the first reply */
#define SAMPAN_BATCH_BYTES (64 * 1024 * 1024) /* dirty data that one round has to write */
#define SAMPAN_BATCH_MS 5 /* the longest a finished file waits while input keeps coming */

typedef struct _SampanCommitBatch SampanCommitBatch;

SampanCommitBatch *sampan_commit_batch_new (void);
/* Frees uploads not committed, keeping their partials. */
void sampan_commit_batch_free (SampanCommitBatch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SampanCommitBatch, sampan_commit_batch_free)

/* Takes UPLOAD (finished). */
void sampan_commit_batch_add (SampanCommitBatch *self, SampanUpload *upload);
size_t sampan_commit_batch_get_count (const SampanCommitBatch *self);
/* Whether count, bytes or age say that it is time; monotonic clock. */
bool sampan_commit_batch_is_due (const SampanCommitBatch *self);

/* ERROR is NULL on success; STORED is valid during the call. In the order of adding. */
typedef void (*SampanCommitFunc) (const SampanStored *stored,
                                  const GError *error,
                                  gpointer user_data);

/* One round for all added; the batch is empty afterwards. */
void sampan_commit_batch_run (SampanCommitBatch *self, SampanCommitFunc func, gpointer user_data);

G_END_DECLS
