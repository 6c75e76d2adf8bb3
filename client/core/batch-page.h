/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A stretch of a batch's items that lie below the same folders, with what was left out among them.
 * Filled by one thread, then handed on. */

#pragma once

#include "batch-problem.h"
#include "paths.h"
#include "plan.h"

G_BEGIN_DECLS

#define SAMPAN_BATCH_PAGE_ITEMS SAMPAN_PLAN_ITEMS_MAX /* one request to the server */

/* Work in turns gives way to drawing (GTK redraws at G_PRIORITY_HIGH_IDLE + 20). */
#define SAMPAN_BATCH_TURN_PRIORITY (G_PRIORITY_HIGH_IDLE + 30)

/* What is to be done with an item, once it was judged. */
typedef enum
{
  SAMPAN_BATCH_FATE_LEAVE,
  SAMPAN_BATCH_FATE_MAKE, /* a folder */
  SAMPAN_BATCH_FATE_MADE, /* one that was made, and gets its time at the end */
  SAMPAN_BATCH_FATE_SEND,
  SAMPAN_BATCH_FATE_CONFLICT, /* the next of the conflicts says */
  SAMPAN_BATCH_FATE_LATER,    /* a conflict that was passed over and not decided yet */
} SampanBatchFate;

typedef struct
{
  char *local;           /* the folder that the names are below, on this computer */
  SampanPath *remote;    /* and on the server */
  char *local_name;      /* the first component as it is on this computer; NULL: the same */
  char *remote_name;     /* and on the server */
  SampanPlan *plan;      /* the items, then the verdicts */
  GPtrArray *problems;   /* of SampanBatchProblem */
  uint8_t *fates;        /* SampanBatchFate; NULL until judged */
  unsigned int n_making; /* its folders that are being made */
} SampanBatchPage;

SampanBatchPage *sampan_batch_page_new (const char *local, const SampanPath *remote);
void sampan_batch_page_free (SampanBatchPage *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SampanBatchPage, sampan_batch_page_free)

bool sampan_batch_page_is_empty (const SampanBatchPage *self);
/* The item's path below the folders, under the name it gets at the target; borrowed. */
const char *sampan_batch_page_get_name (const SampanBatchPage *self, size_t index);
/* Free with g_free. */
char *sampan_batch_page_dup_local (const SampanBatchPage *self, size_t index);
/* New reference; fails with BAD_NAME. */
SampanPath *
sampan_batch_page_dup_remote (const SampanBatchPage *self, size_t index, GError **error);

/* Says where PROBLEM, an item of this page by its name, is on both ends. */
void sampan_batch_page_place (const SampanBatchPage *self, SampanBatchProblem *problem);

/* Below FOLDER; fails with BAD_NAME. */
SampanPath *sampan_batch_join (const SampanPath *folder, const char *name, GError **error);

G_END_DECLS
