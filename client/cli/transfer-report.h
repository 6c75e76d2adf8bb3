/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What get and put say: an object for each file with --json, sums for a person, and the same as
 * objects on stderr with --progress=json. */

#pragma once

#include "batch.h"
#include "undo-line.h"

G_BEGIN_DECLS

typedef struct
{
  Cli *cli; /* borrowed */
  uint64_t n_done;
  uint64_t done_bytes;
  uint64_t n_same;
  uint64_t n_skipped;
  uint64_t n_verified;
  bool verifies;
  UndoLine undo; /* cleared by who prints it */
} TransferReport;

/* One file; free what dup gave with g_free. */
typedef struct
{
  const char *local;
  const SampanPath *remote;
  uint64_t size;
  bool is_upload;
  const char *stored;      /* the name that was chosen because the other one was taken; nullable */
  const uint8_t *trash_id; /* of what an upload replaced; nullable */
} TransferFile;

/* Borrows from TRANSFER. */
TransferFile transfer_file_of (SampanTransfer *transfer);
/* What the person knows it by: the local name of an upload, shortened below the current folder, the
 * remote one of a download. Borrowed from FILE. */
const char *transfer_file_get_name (const TransferFile *file);

/* STATUS: done, same, skipped. SERVER tells the address. */
void transfer_report_file (TransferReport *self,
                           const SampanRemote *server,
                           const TransferFile *file,
                           const char *status);
/* Once BATCH is READY. */
void transfer_report_plan (TransferReport *self, SampanBatch *batch);
/* BATCH needs more space than there is, or than its account may use. */
char *transfer_report_format_missing (SampanBatch *batch);
void transfer_report_end (TransferReport *self);
/* With --progress=json: the sums of all that is under way. */
void transfer_report_progress (TransferReport *self, GObject *queue);

G_END_DECLS
