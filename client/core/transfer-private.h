/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Shared by the files of SampanTransfer: transfer.c (the object and its properties) and
 * transfer-run.c (its worker and what people do to it). */

#pragma once

#include "rate.h"
#include "transfer.h"
#include "worker.h"

G_BEGIN_DECLS

struct _SampanTransfer
{
  GObject parent_instance;

  /* owned */
  SampanSession *session;
  SampanPath *remote;
  char *local;
  char *title;
  SampanWorker *worker;
  GTask *task;
  GSource *tick;
  GSource *cancel;
  GError *error;
  char *stored_name;

  /* state */
  SampanTransferState state;
  SampanConflict conflict;
  bool is_upload;
  bool resume;
  bool is_small;
  bool keep_partial;
  bool keep_permissions;
  bool was_run;
  bool is_pausing; /* the worker is being stopped for it */
  bool discards;   /* cancelled while it was pausing */
  bool has_expected;
  uint8_t expected[SAMPAN_VERSION_LENGTH]; /* what it may replace */
  uint8_t version[SAMPAN_VERSION_LENGTH];
  uint8_t trash_id[SAMPAN_TRASH_ID_LENGTH];
  SampanRate rate;
  uint64_t done_bytes;
  uint64_t total_bytes;
  uint64_t safe_bytes;
  uint64_t speed;
  int seconds_left;
};

/* transfer.c. A new state is one that may follow. */
void sampan_transfer_set_state (SampanTransfer *self, SampanTransferState state);
bool sampan_transfer_may_become (SampanTransfer *self, SampanTransferState state);
/* What the worker has done; the speed follows. */
void sampan_transfer_set_progress (SampanTransfer *self, uint64_t done, uint64_t total);
/* Nothing moves any more. */
void sampan_transfer_set_still (SampanTransfer *self, int seconds_left);
void sampan_transfer_set_safe_bytes (SampanTransfer *self, uint64_t bytes);
/* Before another run, which goes on from DONE_BYTES. */
void sampan_transfer_reset_progress (SampanTransfer *self, uint64_t done_bytes);
/* Takes ERROR; nullable. */
void sampan_transfer_take_error (SampanTransfer *self, GError *error);
/* transfer-run.c: the worker's last words are not for the next run. */
void sampan_transfer_drop_worker (SampanTransfer *self);
void sampan_transfer_stop_sources (SampanTransfer *self);

G_END_DECLS
