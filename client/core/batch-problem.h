/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* One item of a batch that was left out or did not arrive, and why. Immutable once given away. */

#pragma once

#include "errors.h"
#include "paths.h"
#include "protocol.h"
#include <glib-object.h>

G_BEGIN_DECLS

#define SAMPAN_TYPE_BATCH_PROBLEM (sampan_batch_problem_get_type ())
G_DECLARE_FINAL_TYPE (SampanBatchProblem, sampan_batch_problem, SAMPAN, BATCH_PROBLEM, GObject)

/* What an item was left out for. */
typedef enum
{
  SAMPAN_BATCH_PROBLEM_FOUND,    /* while looking at what there is and making folders */
  SAMPAN_BATCH_PROBLEM_KIND,     /* neither a file nor a folder */
  SAMPAN_BATCH_PROBLEM_TRANSFER, /* its transfer failed */
} SampanBatchProblemOrigin;

/* NAME is bytes. Any thread. */
SampanBatchProblem *sampan_batch_problem_new_from_error (const char *name, const GError *error);
/* Of this computer. */
SampanBatchProblem *sampan_batch_problem_new_from_errno (const char *name, int saved_errno);
/* VERDICT is one that leaves the item out. */
SampanBatchProblem *sampan_batch_problem_new_from_verdict (const char *name,
                                                           SampanPlanVerdict verdict);
/* For what is neither a file nor a folder. */
SampanBatchProblem *sampan_batch_problem_new_from_kind (const char *name, SampanEntryKind kind);

/* For display. */
const char *sampan_batch_problem_get_name (SampanBatchProblem *self);
const char *sampan_batch_problem_get_reason (SampanBatchProblem *self);
const char *sampan_batch_problem_get_bytes (SampanBatchProblem *self); /* the name as it is */
SampanBatchProblemOrigin sampan_batch_problem_get_origin (SampanBatchProblem *self);
/* Before it is given away. */
void sampan_batch_problem_set_origin (SampanBatchProblem *self, SampanBatchProblemOrigin origin);
/* Where it is or was to be, on this computer and on the server; both nullable. */
const char *sampan_batch_problem_get_local (SampanBatchProblem *self);
const SampanPath *sampan_batch_problem_get_remote (SampanBatchProblem *self);
/* Before it is given away. Either may be NULL. */
void sampan_batch_problem_set_place (SampanBatchProblem *self,
                                     const char *local,
                                     const SampanPath *remote);
/* What it was made from; nullable. */
const GError *sampan_batch_problem_get_error (SampanBatchProblem *self);

G_END_DECLS
