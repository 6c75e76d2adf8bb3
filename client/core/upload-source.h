/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The file that an upload sends. It stays the file that was opened, whoever gets its name
 * meanwhile; that somebody writes to it is noticed. Errors are local ones. */

#pragma once

#include "message.h"
#include "paths.h"

#include <stdbool.h>
#include <sys/stat.h>

G_BEGIN_DECLS

typedef struct
{
  const char *filename; /* borrowed */
  int fd;               /* -1 while it is closed */
  struct stat before;   /* as it was when it was opened last */
} SampanUploadSource;

/* Closed. FILENAME must outlive it. */
void sampan_upload_source_init (SampanUploadSource *self, const char *filename);
/* WRONG_KIND for what is no file; then nothing stays open. Never waits, not even for a pipe. */
bool sampan_upload_source_open (SampanUploadSource *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool sampan_upload_source_is_open (const SampanUploadSource *self);
void sampan_upload_source_close (SampanUploadSource *self);

/* The same for the same file on its way to the same place, so that a later run finds its partial.
 * Opened at least once. */
void sampan_upload_source_make_id (const SampanUploadSource *self,
                                   const SampanPath *remote,
                                   uint8_t id[static SAMPAN_UPLOAD_ID_LENGTH]);

/* The rest are for an open one. */

/* How many bytes from OFFSET on, ROOM or less; 0 with ERROR: CHANGED where it ends. */
size_t sampan_upload_source_read (const SampanUploadSource *self,
                                  uint8_t *bytes,
                                  size_t room,
                                  uint64_t offset,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Whether its first LENGTH bytes have HASH (BLAKE2b-256). Blocks: for pool threads. */
bool sampan_upload_source_has_prefix (const SampanUploadSource *self,
                                      uint64_t length,
                                      const uint8_t hash[static SAMPAN_HASH_LENGTH]);
/* CHANGED if somebody wrote to it since it was opened. */
bool sampan_upload_source_check_unchanged (const SampanUploadSource *self,
                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
