/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Two folders of a test's own, one here and one in the share of a real server, for batches between
 * them. */

#pragma once

#include "batch-private.h"
#include "real-server.h"

G_BEGIN_DECLS

typedef struct
{
  RealServerTest real;
  char *local; /* both are named like the test */
  char *share;
  SampanPath *remote; /* the latter, as the server calls it */
} BatchPair;

void batch_pair_set_up (BatchPair *self, const char *name);
void batch_pair_tear_down (BatchPair *self);

/* Of the local folder; NULL ends NAMES. */
SampanBatch *batch_pair_new_upload (BatchPair *self, const char *const *names);
/* Of all that is in the share's folder. */
SampanBatch *batch_pair_new_download (BatchPair *self, const char *folder);
void batch_pair_prepare (SampanBatch *batch);

/* Of NAME in FOLDER, as batch_test_write() and batch_test_expect(); NULL: nothing is there. */
char *batch_pair_at (const char *folder, const char *name);
void batch_pair_put (const char *folder, const char *name, const char *content, int later);
void batch_pair_expect (const char *folder, const char *name, const char *content);

G_END_DECLS
