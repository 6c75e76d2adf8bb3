/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Bounded reader and writer for the fields of a message: big-endian, no allocation, no casts.
 *
 * Both remember failure: after the first short read or overfull write every later call fails too,
 * so a parser may chain calls with && and check once. A parser ends with sampan_reader_at_end(). */

#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

G_BEGIN_DECLS

/* A borrowed run of bytes: valid while the buffer it was read from is. */
typedef struct
{
  const uint8_t *data;
  size_t length;
} SampanBytes;

typedef struct
{
  const uint8_t *data; /* borrowed */
  size_t length;
  size_t offset;
  bool failed;
} SampanReader;

void sampan_reader_init (SampanReader *self, const uint8_t *data, size_t length);
bool sampan_reader_get_u8 (SampanReader *self, uint8_t *value) G_GNUC_WARN_UNUSED_RESULT;
bool sampan_reader_get_u16 (SampanReader *self, uint16_t *value) G_GNUC_WARN_UNUSED_RESULT;
bool sampan_reader_get_u32 (SampanReader *self, uint32_t *value) G_GNUC_WARN_UNUSED_RESULT;
bool sampan_reader_get_u64 (SampanReader *self, uint64_t *value) G_GNUC_WARN_UNUSED_RESULT;
bool sampan_reader_get_i64 (SampanReader *self, int64_t *value) G_GNUC_WARN_UNUSED_RESULT;

/* Copies exactly LENGTH bytes out. */
bool
sampan_reader_get_fixed (SampanReader *self, uint8_t *out, size_t length) G_GNUC_WARN_UNUSED_RESULT;

/* A u8 or u16 length, then that many bytes. Fails if the length is above MAX. Borrowed. */
bool sampan_reader_get_bytes8 (SampanReader *self,
                               SampanBytes *out,
                               size_t max) G_GNUC_WARN_UNUSED_RESULT;
bool sampan_reader_get_bytes16 (SampanReader *self,
                                SampanBytes *out,
                                size_t max) G_GNUC_WARN_UNUSED_RESULT;

/* All that is left, for DATA. Borrowed; may be empty. */
SampanBytes sampan_reader_get_rest (SampanReader *self);

/* Whether all was read and nothing failed. */
bool sampan_reader_at_end (const SampanReader *self) G_GNUC_WARN_UNUSED_RESULT;

typedef struct
{
  uint8_t *data; /* borrowed, CAPACITY bytes */
  size_t capacity;
  size_t length;
  bool failed;
} SampanWriter;

void sampan_writer_init (SampanWriter *self, uint8_t *data, size_t capacity);
void sampan_writer_put_u8 (SampanWriter *self, uint8_t value);
void sampan_writer_put_u16 (SampanWriter *self, uint16_t value);
void sampan_writer_put_u32 (SampanWriter *self, uint32_t value);
void sampan_writer_put_u64 (SampanWriter *self, uint64_t value);
void sampan_writer_put_i64 (SampanWriter *self, int64_t value);
void sampan_writer_put_fixed (SampanWriter *self, const uint8_t *data, size_t length);
void sampan_writer_put_bytes8 (SampanWriter *self, const uint8_t *data, size_t length);
void sampan_writer_put_bytes16 (SampanWriter *self, const uint8_t *data, size_t length);

/* Whether everything fitted. Check before sending. */
bool sampan_writer_ok (const SampanWriter *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
