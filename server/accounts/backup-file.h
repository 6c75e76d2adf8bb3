/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The form of a backup: see backup.h. */

#pragma once

#include "wire.h"

G_BEGIN_DECLS

typedef struct
{
  int64_t made_secs;
  SampanBytes keys;
  SampanBytes database;
} SampanBackupContent;

/* The whole file, to be freed with sampan_backup_file_free(); NULL with error. */
uint8_t *sampan_backup_file_encode (const SampanBackupContent *content,
                                    size_t *length,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* CONTENT borrows from FILE. IO: damaged; UNSUPPORTED: newer, or none of ours. */
bool sampan_backup_file_decode (const uint8_t *file,
                                size_t length,
                                SampanBackupContent *content,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What FILENAME holds; the same to free. */
uint8_t *sampan_backup_file_read (const char *filename,
                                  size_t *length,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A new file (0600); durable, or not there. */
bool sampan_backup_file_write (const char *filename,
                               const uint8_t *file,
                               size_t length,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Wipes. FILE is nullable. */
void sampan_backup_file_free (uint8_t *file, size_t length);

G_END_DECLS
