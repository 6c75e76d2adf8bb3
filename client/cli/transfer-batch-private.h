/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The inside of moving batches, shared by transfer-batch.c (running them) and
 * transfer-batch-outcome.c (what became of each file). */

#pragma once

#include "progress-bar.h"
#include "transfer-batch.h"
#include "transfer-report.h"
#include "verify.h"

G_BEGIN_DECLS

struct _TransferBatch
{
  Cli *cli;                       /* borrowed */
  const TransferOptions *options; /* borrowed */
  TransferReport report;

  /* of the batch that runs */
  SampanBatch *batch;         /* borrowed */
  const SampanRemote *server; /* borrowed */
  SampanQueue *queue;
  SampanVerify *verify; /* nullable */
  GSource *cancel;
  guint redraw_source;
  guint clear_source;
  guint n_redraws;
  guint n_ended;

  /* state */
  bool is_asking; /* the question stands where the bar would be */
  bool is_stopped;
  bool gave_up;             /* on a server that does not come back */
  int64_t waiting_since_us; /* nothing moves and something reconnects; 0: no */
};

/* transfer-batch.c */
/* Once; what is under way ends as cancelled. */
void transfer_batch_stop (TransferBatch *self);
/* Borrows from TRANSFER. */
ProgressView transfer_batch_view_of (TransferBatch *self, SampanTransfer *transfer);

/* transfer-batch-outcome.c */
/* TRANSFER has ended. */
void transfer_batch_tell_outcome (TransferBatch *self, SampanTransfer *transfer);
/* As SampanBatch's signal, SampanVerifyFunc and SampanBatchLeftFunc. */
void
transfer_batch_problem_cb (SampanBatch *batch, SampanBatchProblem *problem, gpointer user_data);
void transfer_batch_verified_cb (const char *local,
                                 const SampanPath *remote,
                                 const GError *error,
                                 gpointer user_data);
void transfer_batch_left_cb (const SampanBatchLeft *left, gpointer user_data);

G_END_DECLS
