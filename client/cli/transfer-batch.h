/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What get and put share: their options, and moving batches with all that is shown, asked and
 * reported of them. */

#pragma once

#include "batch.h"
#include "command.h"
#include "conflict.h"

G_BEGIN_DECLS

typedef struct
{
  gboolean recursive;
  gboolean permissions;
  gboolean resume;
  gboolean verify;
  char *on_conflict; /* as typed; nullable */
  ConflictPolicy policy;
} TransferOptions;

#define TRANSFER_OPTIONS_INIT                                                                      \
  {                                                                                                \
    FALSE                                                                                          \
  }

/* The operands (g_strfreev), MINIMUM or more of them; NULL: something was printed instead. */
char **transfer_options_parse (TransferOptions *self, Cli *cli, const Command *command, char **argv)
    G_GNUC_WARN_UNUSED_RESULT;
void transfer_options_clear (TransferOptions *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TransferOptions, transfer_options_clear)

typedef struct _TransferBatch TransferBatch;

/* OPTIONS is borrowed. */
TransferBatch *transfer_batch_new (Cli *cli, const TransferOptions *options);
void transfer_batch_free (TransferBatch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TransferBatch, transfer_batch_free)

/* Moves BATCH, which is NEW and of SESSION, and waits until it has ended and was reported. SERVER
 * tells the address of its paths. */
void transfer_batch_run (TransferBatch *self,
                         SampanSession *session,
                         const SampanRemote *server,
                         SampanBatch *batch);
/* After the last: what became of all together. */
void transfer_batch_tell_end (TransferBatch *self);

G_END_DECLS
