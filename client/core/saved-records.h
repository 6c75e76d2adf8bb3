/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The records of a file that is appended to and may end in the middle of a write.
 *
 *   file    "SampanQ\n"  VERSION u32  ~VERSION u32  record...
 *   record  LENGTH u32  ~LENGTH u32  SUM[16]  BYTES[LENGTH]
 *
 * Numbers are big endian; SUM is the BLAKE2b of BYTES. What the file holds is not trusted: nothing
 * is allocated for it, and a record is passed on only when its sum is right. */

#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

G_BEGIN_DECLS

#define SAMPAN_SAVED_VERSION 2                    /* older ones are read */
#define SAMPAN_SAVED_RECORD_MAX_BYTES (64 * 1024) /* several of the longest paths */

/* BYTES is valid during the call. */
typedef void (*SampanSavedRecordFunc) (const uint8_t *bytes, size_t length, gpointer user_data);

typedef struct
{
  uint32_t version;  /* 0: the file is empty */
  size_t good_bytes; /* cut the file here before appending: what follows is a torn write */
  uint64_t n_records;
  uint64_t n_damaged; /* left out: followed by others, so not torn */
} SampanSavedSums;

/* Makes OUT, empty, the beginning of a file. */
void sampan_saved_records_begin (GByteArray *out);
/* LENGTH is at most SAMPAN_SAVED_RECORD_MAX_BYTES. */
void sampan_saved_records_append (GByteArray *out, const uint8_t *bytes, size_t length);

/* Calls FUNC for each good record, in order. Errors: G_IO_ERROR_NOT_SUPPORTED (a newer version:
 * leave the file alone), G_IO_ERROR_INVALID_DATA (where the next record begins is unknown; FUNC was
 * called for those before, and SUMS tells of them). */
bool sampan_saved_records_read (const uint8_t *bytes,
                                size_t length,
                                SampanSavedRecordFunc func,
                                gpointer user_data,
                                SampanSavedSums *sums,
                                GError **error);

G_END_DECLS
