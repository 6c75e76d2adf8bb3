/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What FIND and MEASURE share: a place among the walks that may run at a time, the walk itself
 * through one folder or all shares, and its end as soon as nobody waits for it any more. */

#pragma once

#include "requests/exchange.h"
#include "storage/tree-walk.h"

G_BEGIN_DECLS

/* Walks at a time: each keeps a worker thread and the disk busy. */
#define SAMPAN_SEARCHES_MAX 64
#define SAMPAN_SEARCHES_PER_SESSION 4

typedef struct
{
  SampanExchange *exchange; /* borrowed */
  int64_t now_us;           /* of the entry that came last */
  int64_t looked_us;        /* whether somebody still waits */
  uint64_t n_left_out;
} SampanSearch;

/* FALSE: there are too many. */
bool sampan_search_begin (SampanSearch *self, SampanExchange *exchange) G_GNUC_WARN_UNUSED_RESULT;
void sampan_search_clear (SampanSearch *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SampanSearch, sampan_search_clear)
/* The reply where begin failed. */
bool sampan_search_refuse (SampanExchange *exchange) G_GNUC_WARN_UNUSED_RESULT;

/* What was come by; borrowed during the call. */
typedef struct
{
  SampanTreeWalk *walk;
  const SampanWalkEntry *entry;
  const char *share; /* in front of the entry's path; "" unless all shares are walked */
  SampanRight right;
} SampanSearchItem;
/* FALSE: enough. */
typedef bool (*SampanSearchFunc) (const SampanSearchItem *item, gpointer user_data);

/* Calls FUNC for all below FOLDER, the root included. FALSE with error; SHUTTING_DOWN also when
 * nobody waits any more. */
bool sampan_search_run (SampanSearch *self,
                        SampanBytes folder,
                        SampanSearchFunc func,
                        gpointer user_data,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
