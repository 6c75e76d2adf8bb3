/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* One file of a batch, or one thing that is moved or copied on the box, whose name is taken, and
 * what to do about it. */

#pragma once

#include "message.h"
#include <glib-object.h>

G_BEGIN_DECLS

typedef enum
{
  SAMPAN_BATCH_ASK, /* not decided; is skipped */
  SAMPAN_BATCH_SKIP,
  SAMPAN_BATCH_REPLACE,
  SAMPAN_BATCH_REPLACE_IF_NEWER, /* becomes REPLACE or SKIP at once */
  SAMPAN_BATCH_KEEP_BOTH,
} SampanBatchDecision;
GType sampan_batch_decision_get_type (void);
#define SAMPAN_TYPE_BATCH_DECISION (sampan_batch_decision_get_type ())

/* One side of it. */
typedef struct
{
  uint64_t size;
  SampanTime mtime;
  bool is_folder; /* among conflicts on the box alone */
} SampanBatchVersion;

#define SAMPAN_TYPE_BATCH_CONFLICT (sampan_batch_conflict_get_type ())
G_DECLARE_FINAL_TYPE (SampanBatchConflict, sampan_batch_conflict, SAMPAN, BATCH_CONFLICT, GObject)

/* NAME is bytes, with the folders below the target. */
SampanBatchConflict *sampan_batch_conflict_new (const char *name,
                                                const SampanBatchVersion *coming,
                                                const SampanBatchVersion *there);
const char *sampan_batch_conflict_get_name (SampanBatchConflict *self);  /* for display */
const char *sampan_batch_conflict_get_bytes (SampanBatchConflict *self); /* the name as it is */
const SampanBatchVersion *sampan_batch_conflict_get_coming (SampanBatchConflict *self);
const SampanBatchVersion *sampan_batch_conflict_get_there (SampanBatchConflict *self);

/* Property "decision" SampanBatchDecision, read-write. */
SampanBatchDecision sampan_batch_conflict_get_decision (SampanBatchConflict *self);
void sampan_batch_conflict_set_decision (SampanBatchConflict *self, SampanBatchDecision decision);

G_END_DECLS
