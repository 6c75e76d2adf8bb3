/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Shared by the files of SampanQueue: queue.c (the object, who runs, the sums), queue-phase.c
 * (where each is on its way) and queue-order.c (what people do to all or to the order). */

#pragma once

#include "queue.h"
#include "rate.h"

G_BEGIN_DECLS

/* Where an item is on its way; MOVING and SAVING are what runs. */
typedef enum
{
  SAMPAN_QUEUE_WAITING,
  SAMPAN_QUEUE_PAUSED,
  SAMPAN_QUEUE_MOVING,
  SAMPAN_QUEUE_SAVING,
  SAMPAN_QUEUE_OVER,
} SampanQueuePhase;

typedef struct
{
  SampanTransfer *transfer;
  SampanQueuePhase phase;
  GList *link;                 /* in waiting */
  uint64_t counted_bytes;      /* of waiting_bytes or ended_bytes */
  uint64_t counted_safe_bytes; /* of ended_safe_bytes */
  guint run;                   /* whose sums it is in; of SAMPAN_QUEUE_OVER, as the next */
  bool has_failed;
} SampanQueueItem;

struct _SampanQueue
{
  GObject parent_instance;

  GPtrArray *items;        /* of SampanQueueItem; all, in order */
  GHashTable *by_transfer; /* borrowed items */
  GQueue waiting;          /* borrowed items, in their order */
  GHashTable *running;     /* set, borrowed: MOVING and SAVING */
  guint n_moving;
  guint n_small; /* of n_moving */
  guint n_paused;
  guint n_expected;
  uint64_t expected_bytes;
  GSource *tick;
  bool is_paused;
  bool is_reordering; /* waiting is filled anew when that is over */
  bool is_adding;     /* nothing starts until that is over */

  /* of the current run */
  guint run;
  SampanRate rate;
  uint64_t ended_bytes; /* of the transfers that ended: done and total alike */
  uint64_t ended_safe_bytes;
  uint64_t waiting_bytes; /* expected of those that wait */
  uint64_t done_bytes;
  uint64_t safe_bytes;
  uint64_t total_bytes;
  uint64_t speed;
  int seconds_left;
  guint n_done;
  guint n_failed;
  bool is_active;
  bool is_starting;
};

/* queue.c */
void sampan_queue_emit_moved (SampanQueue *self, SampanTransfer *transfer);
void sampan_queue_emit_cancelled (SampanQueue *self);
void sampan_queue_notify_all (SampanQueue *self);
void sampan_queue_update_active (SampanQueue *self);
void sampan_queue_start_some (SampanQueue *self);

/* queue-phase.c */
SampanQueuePhase sampan_queue_phase_of (SampanTransfer *transfer);
/* Counts ITEM where its phase says. */
void sampan_queue_enter_phase (SampanQueue *self, SampanQueueItem *item);
/* Moves it on. */
void sampan_queue_set_phase (SampanQueue *self, SampanQueueItem *item, SampanQueuePhase phase);

G_END_DECLS
