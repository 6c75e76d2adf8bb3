/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Who remembers a batch beyond this process: told of what happens to it, asked for what happened
 * before. Names are bytes, below the target folder. */

#pragma once

#include "batch.h"

G_BEGIN_DECLS

typedef struct
{
  /* Of an earlier process. ASK if it is not known. Any thread. */
  bool (*has_ended) (const char *name, gpointer data);
  SampanBatchDecision (*get_decision) (const char *name, gpointer data);
  /* Whether that was decided with VERSION in sight. */
  bool (*has_seen) (const char *name,
                    const uint8_t version[static SAMPAN_VERSION_LENGTH],
                    gpointer data);
  bool (*is_held) (const char *name, gpointer data);

  /* It is started: a decision for each conflict, SKIP for those that nobody decided, and what was
   * there then. */
  void (*decided) (const char *name,
                   SampanBatchDecision decision,
                   const uint8_t version[static SAMPAN_VERSION_LENGTH],
                   gpointer data);
  void (*started) (gpointer data);
  /* Done, or cancelled, or a folder that was made; */
  void (*ended) (const char *name, gpointer data);
  /* which was taken back. */
  void (*requeued) (const char *name, gpointer data);
  /* Paused by itself, not with all; or no more. */
  void (*held) (const char *name, bool is_held, gpointer data);
  /* The batch is FINISHED. LOST: because the session was, so there may be more to do. */
  void (*finished) (bool lost, gpointer data);
} SampanBatchJournal;

/* Before preparing, or at least before it is started. WAS_RUN: an earlier process began with it;
 * what the box may have of an item is looked for, small ones included. */
void sampan_batch_set_journal (SampanBatch *self,
                               const SampanBatchJournal *journal,
                               bool was_run,
                               gpointer data,
                               GDestroyNotify destroy);

/* What TRANSFER is called in the batch that it came from, and which that is, for comparing only;
 * NULL if it came from none. */
const char *sampan_batch_get_member_name (SampanTransfer *transfer, SampanBatch **batch);

G_END_DECLS
