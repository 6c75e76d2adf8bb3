/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Giving something new its place: what the conflict policy says to what is there already, and the
 * renames that follow from it. */

#pragma once

#include "storage/trash.h"

G_BEGIN_DECLS

typedef struct
{
  SampanShareRoot *root;  /* borrowed, as all */
  const SampanPath *path; /* the place that was asked for */
  int folder_fd;          /* the folder that holds it */
  SampanConflict conflict;
  const uint8_t *expected; /* nullable: the version that a replaced file must have */
  struct timespec mtime;   /* of what comes */
  mode_t kind;             /* of what comes: S_IFMT bits */
  uint64_t account_id;     /* whose doing; 0 if not known */
  bool was_free;           /* the place, a moment ago: run tries it before it looks again */
} SampanPlacement;

typedef enum
{
  SAMPAN_TARGET_FREE,
  SAMPAN_TARGET_OTHER_NAME, /* taken: a free name has to be found */
  SAMPAN_TARGET_REPLACE,    /* taken: what is there goes to trash */
} SampanTarget;

/* Looks at the target. OLD is what is there unless FREE. Errors: EXISTS, WRONG_KIND, CHANGED. */
bool sampan_placement_check (const SampanPlacement *self,
                             SampanTarget *target,
                             struct stat *old,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Checks again and moves FROM_NAME to its place. *slot is one that was prepared, or NULL: made if
 * something has to go to trash, then is_used. Nothing is synced but a record made here: the folders
 * are the caller's. *stored_name: g_free. */
bool sampan_placement_run (const SampanPlacement *self,
                           int from_fd,
                           const char *from_name,
                           SampanTrashSlot **slot,
                           char **stored_name,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
