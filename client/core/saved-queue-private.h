/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Shared by the files of SampanSavedQueue: saved-queue.c (the object and its batches),
 * saved-queue-open.c, saved-queue-write.c (the disk), saved-queue-order.c (what a person did to the
 * order) and saved-queue-retry.c (what goes on after its batch). */

#pragma once

#include "saved-file.h"
#include "saved-queue.h"

G_BEGIN_DECLS

typedef struct _SampanSavedWrite SampanSavedWrite; /* of saved-queue-write.c */

struct _SampanSavedQueue
{
  GObject parent_instance;

  /* of the account */
  SampanSession *session;
  uint8_t server_key[SAMPAN_PUBLIC_KEY_LENGTH];
  char *user;
  char *host; /* where it was reached */
  uint16_t port;

  GMutex mutex;            /* of the file and of what is written, while a thread writes it */
  SampanSavedFile *file;   /* NULL once closed */
  SampanSavedState *state; /* what was read; NULL once taken */
  GPtrArray *entries;      /* of SampanSavedEntry, borrowed: the jobs that go on */
  GPtrArray *moves;        /* of SampanSavedMove, for what is not in the queue yet */
  SampanQueue *queue;      /* that is followed; nullable */
  GHashTable *retried;     /* SampanTransfer (referenced) -> number of a job of its own */
  GByteArray *unsaved;
  SampanSavedWrite *writing; /* handed to a thread, and not done; nullable */
  GSource *flush;
  uint32_t last_number;
  guint n_jobs;             /* in the file, and not over */
  uint64_t file_bytes;      /* after the last write */
  uint64_t compacted_bytes; /* when it was written anew */
  bool is_writing;
  bool wants_sync;
  bool wants_compact;
  bool wants_clear; /* before what is unsaved */
  bool is_paused;
  bool is_placing;  /* not the person */
  bool has_account; /* its record was written */
  bool told_failure;
};

/* A job that goes on: hangs on its batch. */
typedef struct
{
  SampanSavedQueue *queue; /* NULL once it is over or closed */
  SampanBatch *batch;      /* for comparing only */
  uint32_t number;
  SampanSavedJob *job; /* what was read of it; nullable */
} SampanSavedEntry;

/* saved-queue-write.c */
/* Where the next record goes; it is written soon. */
GByteArray *sampan_saved_queue_get_out (SampanSavedQueue *self);
/* What is to outlive a crash does not wait for what may come with it. */
void sampan_saved_queue_flush_soon (SampanSavedQueue *self);
/* A file that grew much while jobs ended is written anew. */
void sampan_saved_queue_compact_if_grown (SampanSavedQueue *self);
/* Writes what there is and lets the file go. */
void sampan_saved_queue_write_last (SampanSavedQueue *self);

/* saved-queue.c */
void sampan_saved_queue_tell_failed (SampanSavedQueue *self, const GError *error);
SampanSavedEntry *sampan_saved_queue_find_entry (SampanSavedQueue *self, SampanBatch *batch);
/* saved-queue-order.c */
void sampan_saved_queue_unfollow (SampanSavedQueue *self);
/* saved-queue-retry.c */
/* Of the queue that is followed. */
void sampan_saved_queue_transfer_ended (SampanSavedQueue *self, SampanTransfer *transfer);
/* Nothing is to become of what is tried again. */
void sampan_saved_queue_forget_retried (SampanSavedQueue *self);

G_END_DECLS
