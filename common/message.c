/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Shared fields, and the messages that both ends send. */

#include "config.h"

#include "message.h"

#include "message-private.h"
#include "paths.h"

#include <string.h>

/* ---- Shared fields ---- */

/* A field out of its range ends the reading as a short one does. */
static bool
accept_if (SampanReader *reader, bool is_legal)
{
  if (!is_legal)
    reader->failed = true;
  return is_legal;
}

void
sampan_put_path (SampanWriter *writer, SampanBytes path)
{
  if (path.length > SAMPAN_PATH_MAX)
    writer->failed = true;
  sampan_writer_put_bytes16 (writer, path.data, path.length);
}

bool
sampan_get_path (SampanReader *reader, SampanBytes *path)
{
  return sampan_reader_get_bytes16 (reader, path, SAMPAN_PATH_MAX);
}

void
sampan_put_name (SampanWriter *writer, SampanBytes name)
{
  if (!sampan_name_is_valid (name.data, name.length))
    writer->failed = true;
  sampan_writer_put_bytes8 (writer, name.data, name.length);
}

bool
sampan_get_name (SampanReader *reader, SampanBytes *name)
{
  return sampan_reader_get_bytes8 (reader, name, SAMPAN_NAME_MAX) &&
         accept_if (reader, sampan_name_is_valid (name->data, name->length));
}

void
sampan_put_time (SampanWriter *writer, SampanTime time)
{
  if (time.nanoseconds > SAMPAN_MTIME_NSEC_MAX)
    writer->failed = true;
  sampan_writer_put_i64 (writer, time.seconds);
  sampan_writer_put_u32 (writer, time.nanoseconds);
}

bool
sampan_get_time (SampanReader *reader, SampanTime *time)
{
  return sampan_reader_get_i64 (reader, &time->seconds) &&
         sampan_reader_get_u32 (reader, &time->nanoseconds) &&
         accept_if (reader, time->nanoseconds <= SAMPAN_MTIME_NSEC_MAX);
}

void
sampan_put_mode (SampanWriter *writer, uint16_t mode)
{
  if (mode > SAMPAN_MODE_MAX)
    writer->failed = true;
  sampan_writer_put_u16 (writer, mode);
}

bool
sampan_get_mode (SampanReader *reader, uint16_t *mode)
{
  return sampan_reader_get_u16 (reader, mode) && accept_if (reader, *mode <= SAMPAN_MODE_MAX);
}

void
sampan_put_enum (SampanWriter *writer, uint8_t value, uint8_t first, uint8_t last)
{
  if (value < first || value > last)
    writer->failed = true;
  sampan_writer_put_u8 (writer, value);
}

bool
sampan_get_enum (SampanReader *reader, uint8_t *value, uint8_t first, uint8_t last)
{
  return sampan_reader_get_u8 (reader, value) &&
         accept_if (reader, *value >= first && *value <= last);
}

void
sampan_put_flags (SampanWriter *writer, uint8_t flags, uint8_t known)
{
  if ((flags & ~known) != 0)
    writer->failed = true;
  sampan_writer_put_u8 (writer, flags);
}

bool
sampan_get_flags (SampanReader *reader, uint8_t *flags, uint8_t known)
{
  return sampan_reader_get_u8 (reader, flags) && accept_if (reader, (*flags & ~known) == 0);
}

static const uint8_t zero_version[SAMPAN_VERSION_LENGTH];

void
sampan_put_expected_version (SampanWriter *writer,
                             const uint8_t version[static SAMPAN_VERSION_LENGTH],
                             bool is_used)
{
  sampan_writer_put_fixed (writer, is_used ? version : zero_version, SAMPAN_VERSION_LENGTH);
}

bool
sampan_get_expected_version (SampanReader *reader,
                             uint8_t version[static SAMPAN_VERSION_LENGTH],
                             bool is_used)
{
  return sampan_reader_get_fixed (reader, version, SAMPAN_VERSION_LENGTH) &&
         accept_if (reader, is_used || memcmp (version, zero_version, SAMPAN_VERSION_LENGTH) == 0);
}

/* ---- Messages of both directions ---- */

void
sampan_write_empty (SampanWriter *writer, SampanKind kind)
{
  sampan_writer_put_u8 (writer, kind);
}

bool
sampan_read_empty (SampanReader *reader)
{
  return sampan_reader_at_end (reader);
}

void
sampan_write_text (SampanWriter *writer, SampanKind kind, SampanBytes text)
{
  if (text.length > SAMPAN_PING_TEXT_MAX)
    writer->failed = true;
  sampan_writer_put_u8 (writer, kind);
  sampan_writer_put_bytes16 (writer, text.data, text.length);
}

bool
sampan_read_text (SampanReader *reader, SampanBytes *text)
{
  return sampan_reader_get_bytes16 (reader, text, SAMPAN_PING_TEXT_MAX) &&
         sampan_reader_at_end (reader);
}

void
sampan_write_number (SampanWriter *writer, SampanKind kind, uint64_t number)
{
  sampan_writer_put_u8 (writer, kind);
  sampan_writer_put_u64 (writer, number);
}

bool
sampan_read_number (SampanReader *reader, uint64_t *number)
{
  return sampan_reader_get_u64 (reader, number) && sampan_reader_at_end (reader);
}
