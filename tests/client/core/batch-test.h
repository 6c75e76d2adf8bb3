/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What the tests of batches share: trees on disk, running a batch to its end. */

#pragma once

#include "batch-private.h"
#include "core-test.h"

G_BEGIN_DECLS

#define BATCH_TEST_MTIME 1700000000

/* Parents are made; CONTENT is text; the mtime is BATCH_TEST_MTIME and LATER seconds. */
void batch_test_write (const char *filename, const char *content, int later);
void batch_test_mkdir (const char *filename);
void batch_test_expect (const char *filename, const char *content);
void batch_test_expect_none (const char *filename);

/* NULL when it is READY. */
GError *batch_test_prepare (SampanBatch *batch, GCancellable *cancellable);
/* Starts it and waits for its end, with a queue of its own. */
void batch_test_run (SampanBatch *batch);
void batch_test_expect_sums (SampanBatch *batch,
                             uint64_t n_new,
                             uint64_t n_same,
                             uint64_t n_conflicts,
                             uint64_t n_problems);
/* Some problem has that name. */
void batch_test_expect_problem (SampanBatch *batch, const char *name);
/* The only conflict of that name; borrowed. */
SampanBatchConflict *batch_test_find_conflict (SampanBatch *batch, const char *name);

G_END_DECLS
