/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What the commit needs to know of an upload. */

#pragma once

#include "storage/placement.h"
#include "storage/staging.h"
#include "storage/sync-ahead.h"
#include "storage/upload.h"

G_BEGIN_DECLS

typedef enum
{
  SAMPAN_UPLOAD_OFFERED,   /* a resume was asked for: waits for the offset */
  SAMPAN_UPLOAD_WRITING,   /* takes data */
  SAMPAN_UPLOAD_FINISHED,  /* all data is there */
  SAMPAN_UPLOAD_COMMITTED, /* has its real name */
  SAMPAN_UPLOAD_FAILED,    /* the staged file is not to be trusted */
} SampanUploadState;

struct _SampanUpload
{
  /* owned */
  SampanShareRoot *root;
  SampanPath *path;
  SampanPath *folder_path; /* of its parent */
  SampanStagedFile file;
  SampanSyncAhead *ahead;        /* NULL: the file is not worth it, or cannot be resumed */
  SampanReservation reservation; /* from the staged file's opening to its end */
  char *stored_name; /* not NULL: stored before, and FILE is what stands there; nothing to place */

  SampanUploadState state;
  uint8_t id[SAMPAN_UPLOAD_ID_LENGTH];
  uint64_t account_id;
  uint64_t size; /* announced */
  uint64_t offset;
  uint64_t received_bytes; /* since it began */
  uint64_t flushed_bytes;  /* handed to the disk early */
  int wake_fd;             /* borrowed; -1: none */
  struct timespec mtime;
  bool target_was_free; /* when it began */
  bool has_mode;
  mode_t mode;
  SampanConflict conflict;
  bool has_expected;
  uint8_t expected[SAMPAN_VERSION_LENGTH];
};

/* The placement of the upload in FOLDER_FD; borrows from it. */
SampanPlacement sampan_upload_get_placement (const SampanUpload *self, int folder_fd);

G_END_DECLS
