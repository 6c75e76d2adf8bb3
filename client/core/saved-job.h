/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What is saved of the transfers of one account: jobs, each a batch, as records (saved-records.h).
 *
 *   ACCOUNT   server key, user, host, port: the first record
 *   JOB       number, direction and whether permissions are kept, target folder
 *   LOCAL     number, a chosen item of an upload: absolute
 *   REMOTE    number, a chosen item of a download, with its entry as it was listed
 *   CHOSEN    number: all that was chosen is there; a job without it is left out
 *   STARTED   number: what there was to decide is decided
 *   DECISION  number, item, what to do about its conflict, and the version that was there
 *   ENDED     number, item: is not sent again
 *   REQUEUED  number, item: that ended is to be sent after all
 *   OVER      number: the job is of no interest any more
 *   PAUSED    whether the queue is
 *   HELD      number, item, whether it is paused by itself
 *   MOVED     number, item, number, item, whether the first was put behind the second or before it
 *
 * HELD and MOVED came with version 2. Reading trusts nothing: paths are checked, and what makes no
 * sense is counted and left out. */

#pragma once

#include "batch.h"
#include "saved-records.h"

G_BEGIN_DECLS

typedef struct
{
  uint32_t number;
  bool is_upload;
  bool keeps_permissions;
  bool is_chosen;
  bool is_started;
  SampanPath *remote_folder; /* of an upload; below a share */
  char *local_folder;        /* of a download; absolute */
  GPtrArray *locals;         /* of char *; absolute */
  GPtrArray *remotes;        /* of SampanBatchRemote */
  GHashTable *decisions;     /* name of an item -> SampanBatchDecision */
  GHashTable *seen;          /* the same -> the version that it was made for */
  GHashTable *ended;         /* set of names */
  GHashTable *held;          /* set of names */
} SampanSavedJob;

/* A person put one item before or behind another one. */
typedef struct
{
  uint32_t number;
  char *name;
  uint32_t anchor_number;
  char *anchor_name;
  bool is_behind;
} SampanSavedMove;

typedef struct
{
  uint8_t server_key[SAMPAN_PUBLIC_KEY_LENGTH];
  char *user; /* NULL: the file is empty */
  char *host;
  uint16_t port;
  bool is_paused;
  GPtrArray *jobs;  /* of SampanSavedJob, in the order they were added; none that is OVER */
  GPtrArray *moves; /* of SampanSavedMove, in their order; of the last ones of an item the last */
  uint32_t last_number;
  uint64_t n_over; /* jobs that are of no interest, still in the file */
  uint64_t n_bad;  /* records that make no sense */
} SampanSavedState;

SampanSavedState *sampan_saved_state_new (void);
void sampan_saved_state_free (SampanSavedState *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SampanSavedState, sampan_saved_state_free)
void sampan_saved_job_free (gpointer job);

/* A SampanSavedRecordFunc; USER_DATA is a SampanSavedState. */
void sampan_saved_state_take (const uint8_t *bytes, size_t length, gpointer user_data);
/* After the last record: drops jobs that are not whole, and moves that are of none. */
void sampan_saved_state_end (SampanSavedState *self);
/* Whether a record is still of interest: that of a job that goes on, or of all. */
bool sampan_saved_state_needs (const SampanSavedState *self, const uint8_t *bytes, size_t length);

/* Appending to OUT. What is too long to be saved is left out. */
void sampan_saved_put_account (GByteArray *out,
                               const uint8_t server_key[static SAMPAN_PUBLIC_KEY_LENGTH],
                               const char *user,
                               const char *host,
                               uint16_t port);
/* With what was chosen. */
void sampan_saved_put_job (GByteArray *out, uint32_t number, SampanBatch *batch);
void sampan_saved_put_started (GByteArray *out, uint32_t number);
void sampan_saved_put_decision (GByteArray *out,
                                uint32_t number,
                                const char *name,
                                SampanBatchDecision decision,
                                const uint8_t version[static SAMPAN_VERSION_LENGTH]);
void sampan_saved_put_ended (GByteArray *out, uint32_t number, const char *name);
void sampan_saved_put_requeued (GByteArray *out, uint32_t number, const char *name);
void sampan_saved_put_held (GByteArray *out, uint32_t number, const char *name, bool is_held);
void sampan_saved_put_moved (GByteArray *out, const SampanSavedMove *move);
void sampan_saved_put_over (GByteArray *out, uint32_t number);
void sampan_saved_put_paused (GByteArray *out, bool is_paused);

G_END_DECLS
