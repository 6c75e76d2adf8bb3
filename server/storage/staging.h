/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The folder .sampan/staging of a share: what is not complete yet, under short names that do not
 * depend on the target. Each entry is locked while in use, so that other connections and other
 * servers on the same directory leave it alone. */

#pragma once

#include "storage/share-root.h"

G_BEGIN_DECLS

/* Two 16-byte ids in hex and a dash are below this. */
#define SAMPAN_STAGED_NAME_BYTES 80

typedef struct
{
  int fd;
  char name[SAMPAN_STAGED_NAME_BYTES];
  bool is_resumable;   /* has the name that was asked for: a later upload finds it */
  uint64_t held_bytes; /* how long it was when it was opened */
} SampanStagedFile;

/* Opens, locked and readable, the partial of that account and id, or makes it. One that is in use
 * by somebody else is left alone: then the file gets a random id. WAITS: gives who has it a while
 * to let go, as whoever resumes an upload comes faster than what it broke off ends here.
 */
bool sampan_staging_open (const SampanShareRoot *root,
                          uint64_t account_id,
                          const uint8_t id[static SAMPAN_UPLOAD_ID_LENGTH],
                          bool waits,
                          SampanStagedFile *file,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A random name for something that is never resumed. */
void sampan_staging_make_name (char name[static SAMPAN_STAGED_NAME_BYTES]);

/* Locks what FD has open; FALSE with errno EWOULDBLOCK if it is in use. */
bool sampan_staging_lock (int fd);

/* Keeps the newest partials of the account and removes the others, unless in use. */
void sampan_staging_limit (const SampanShareRoot *root, uint64_t account_id);

/* What is kept of uploads that are not complete, those under way included. */
typedef struct
{
  uint64_t partials;
  uint64_t partials_bytes; /* on the disk */
} SampanHeldFigures;
void sampan_staging_add_figures (const SampanShareRoot *root, SampanHeldFigures *figures);

/* Removes what nobody has used for SAMPAN_PARTIAL_DAYS before NOW (seconds since 1970) and what a
 * crash left of a copy, and settles what a crash left between staging and trash. */
void sampan_staging_expire (const SampanShareRoot *root, int64_t now);

G_END_DECLS
