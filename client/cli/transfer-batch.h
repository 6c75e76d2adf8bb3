/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The transfers of one get or put: handed to the queue a few dozen at a time while the walk through
 * the folders goes on, asked about when a name is taken, and reported one by one. */

#pragma once

#include "cli.h"
#include "conflict.h"
#include "transfer.h"

G_BEGIN_DECLS

typedef struct _TransferBatch TransferBatch;

TransferBatch *transfer_batch_new (Cli *cli, ConflictPolicy policy, bool resume);
/* Everything that was added must have been waited for. */
void transfer_batch_free (TransferBatch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TransferBatch, transfer_batch_free)

/* REMOTE tells the server as well as the path, SIZE is what a look at it told. Waits while many are
 * under way. FALSE: stop adding, because the person cancelled or the server is gone. */
bool transfer_batch_upload (TransferBatch *self,
                            SampanSession *session,
                            const char *local,
                            const SampanRemote *remote,
                            uint64_t size);
bool transfer_batch_download (TransferBatch *self,
                              SampanSession *session,
                              const SampanRemote *remote,
                              const char *local,
                              uint64_t size);
/* Until all have ended. */
void transfer_batch_wait (TransferBatch *self);

G_END_DECLS
