/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Bounded big-endian reader and writer. */

#include "config.h"

#include "wire.h"

#include <string.h>

/* ---- Reader ---- */

void
sampan_reader_init (SampanReader *self, const uint8_t *data, size_t length)
{
  self->data = data;
  self->length = length;
  self->offset = 0;
  self->failed = false;
}

/* The one place that moves the offset: the next LENGTH bytes, or NULL. */
static const uint8_t *
reader_take (SampanReader *self, size_t length)
{
  const uint8_t *start;

  if (self->failed || length > self->length - self->offset)
    {
      self->failed = true;
      return NULL;
    }
  start = self->data + self->offset;
  self->offset += length;
  return start;
}

static bool
reader_get_number (SampanReader *self, size_t width, uint64_t *value)
{
  const uint8_t *bytes = reader_take (self, width);
  uint64_t number = 0;

  if (bytes == NULL)
    return false;
  for (size_t i = 0; i < width; i++)
    number = number << 8 | bytes[i];
  *value = number;
  return true;
}

bool
sampan_reader_get_u8 (SampanReader *self, uint8_t *value)
{
  uint64_t number;

  if (!reader_get_number (self, sizeof *value, &number))
    return false;
  *value = (uint8_t)number;
  return true;
}

bool
sampan_reader_get_u16 (SampanReader *self, uint16_t *value)
{
  uint64_t number;

  if (!reader_get_number (self, sizeof *value, &number))
    return false;
  *value = (uint16_t)number;
  return true;
}

bool
sampan_reader_get_u32 (SampanReader *self, uint32_t *value)
{
  uint64_t number;

  if (!reader_get_number (self, sizeof *value, &number))
    return false;
  *value = (uint32_t)number;
  return true;
}

bool
sampan_reader_get_u64 (SampanReader *self, uint64_t *value)
{
  return reader_get_number (self, sizeof *value, value);
}

bool
sampan_reader_get_i64 (SampanReader *self, int64_t *value)
{
  uint64_t number;

  if (!reader_get_number (self, sizeof *value, &number))
    return false;
  memcpy (value, &number, sizeof *value);
  return true;
}

bool
sampan_reader_get_fixed (SampanReader *self, uint8_t *out, size_t length)
{
  const uint8_t *bytes = reader_take (self, length);

  if (bytes == NULL)
    return false;
  if (length > 0)
    memcpy (out, bytes, length);
  return true;
}

static bool
reader_get_bytes (SampanReader *self, size_t width, SampanBytes *out, size_t max)
{
  const uint8_t *bytes;
  uint64_t length;

  if (!reader_get_number (self, width, &length))
    return false;
  if (length > max)
    {
      self->failed = true;
      return false;
    }
  bytes = reader_take (self, (size_t)length);
  if (bytes == NULL)
    return false;
  *out = (SampanBytes){ .data = bytes, .length = (size_t)length };
  return true;
}

bool
sampan_reader_get_bytes8 (SampanReader *self, SampanBytes *out, size_t max)
{
  return reader_get_bytes (self, sizeof (uint8_t), out, max);
}

bool
sampan_reader_get_bytes16 (SampanReader *self, SampanBytes *out, size_t max)
{
  return reader_get_bytes (self, sizeof (uint16_t), out, max);
}

SampanBytes
sampan_reader_get_rest (SampanReader *self)
{
  size_t length = self->failed ? 0 : self->length - self->offset;

  return (SampanBytes){ .data = reader_take (self, length), .length = length };
}

bool
sampan_reader_at_end (const SampanReader *self)
{
  return !self->failed && self->offset == self->length;
}

/* ---- Writer ---- */

void
sampan_writer_init (SampanWriter *self, uint8_t *data, size_t capacity)
{
  self->data = data;
  self->capacity = capacity;
  self->length = 0;
  self->failed = false;
}

/* Room for LENGTH bytes, or NULL. */
static uint8_t *
writer_take (SampanWriter *self, size_t length)
{
  uint8_t *start;

  if (self->failed || length > self->capacity - self->length)
    {
      self->failed = true;
      return NULL;
    }
  start = self->data + self->length;
  self->length += length;
  return start;
}

static void
writer_put_number (SampanWriter *self, size_t width, uint64_t value)
{
  uint8_t *bytes = writer_take (self, width);

  if (bytes == NULL)
    return;
  for (size_t i = width; i > 0; i--)
    {
      bytes[i - 1] = (uint8_t)(value & 0xff);
      value >>= 8;
    }
}

void
sampan_writer_put_u8 (SampanWriter *self, uint8_t value)
{
  writer_put_number (self, sizeof value, value);
}

void
sampan_writer_put_u16 (SampanWriter *self, uint16_t value)
{
  writer_put_number (self, sizeof value, value);
}

void
sampan_writer_put_u32 (SampanWriter *self, uint32_t value)
{
  writer_put_number (self, sizeof value, value);
}

void
sampan_writer_put_u64 (SampanWriter *self, uint64_t value)
{
  writer_put_number (self, sizeof value, value);
}

void
sampan_writer_put_i64 (SampanWriter *self, int64_t value)
{
  writer_put_number (self, sizeof value, (uint64_t)value);
}

void
sampan_writer_put_fixed (SampanWriter *self, const uint8_t *data, size_t length)
{
  uint8_t *bytes = writer_take (self, length);

  if (bytes != NULL && length > 0)
    memcpy (bytes, data, length);
}

void
sampan_writer_put_bytes8 (SampanWriter *self, const uint8_t *data, size_t length)
{
  if (length > UINT8_MAX)
    self->failed = true;
  sampan_writer_put_u8 (self, (uint8_t)length);
  sampan_writer_put_fixed (self, data, length);
}

void
sampan_writer_put_bytes16 (SampanWriter *self, const uint8_t *data, size_t length)
{
  if (length > UINT16_MAX)
    self->failed = true;
  sampan_writer_put_u16 (self, (uint16_t)length);
  sampan_writer_put_fixed (self, data, length);
}

bool
sampan_writer_ok (const SampanWriter *self)
{
  return !self->failed;
}
