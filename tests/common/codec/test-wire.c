/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* C2, C4 to C6: the bounded reader and writer at their bounds; the bytes are in one order, on any
 * machine (C5). */

#include "config.h"

#include "wire.h"

#include <string.h>

static const uint8_t ramp[16] = { 0x81, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08,
                                  0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x10 };

static void
test_reader_numbers (void)
{
  SampanReader reader;
  uint8_t u8;
  uint16_t u16;
  uint32_t u32;
  uint64_t u64;
  int64_t i64;

  sampan_reader_init (&reader, ramp, 1);
  g_assert_true (sampan_reader_get_u8 (&reader, &u8));
  g_assert_cmphex (u8, ==, 0x81);
  g_assert_true (sampan_reader_at_end (&reader));
  sampan_reader_init (&reader, ramp, 2);
  g_assert_true (sampan_reader_get_u16 (&reader, &u16));
  g_assert_cmphex (u16, ==, 0x8102);
  sampan_reader_init (&reader, ramp, 4);
  g_assert_true (sampan_reader_get_u32 (&reader, &u32));
  g_assert_cmphex (u32, ==, 0x81020304);
  sampan_reader_init (&reader, ramp, 8);
  g_assert_true (sampan_reader_get_u64 (&reader, &u64));
  g_assert_cmphex (u64, ==, G_GUINT64_CONSTANT (0x8102030405060708));
  sampan_reader_init (&reader, ramp, 8);
  g_assert_true (sampan_reader_get_i64 (&reader, &i64));
  g_assert_cmpint (i64, ==, (int64_t)G_GUINT64_CONSTANT (0x8102030405060708));
  g_assert_cmpint (i64, <, 0);
}

static bool
read_number (SampanReader *reader, size_t width)
{
  uint8_t u8;
  uint16_t u16;
  uint32_t u32;
  uint64_t u64;

  switch (width)
    {
    case 1:
      return sampan_reader_get_u8 (reader, &u8);
    case 2:
      return sampan_reader_get_u16 (reader, &u16);
    case 4:
      return sampan_reader_get_u32 (reader, &u32);
    default:
      return sampan_reader_get_u64 (reader, &u64);
    }
}

/* One byte too few fails and stays failed, even for what would still fit. */
static void
test_reader_short (void)
{
  static const size_t widths[] = { 1, 2, 4, 8 };

  for (size_t i = 0; i < G_N_ELEMENTS (widths); i++)
    for (size_t length = 0; length <= widths[i] + 1; length++)
      {
        SampanReader reader;

        sampan_reader_init (&reader, ramp, length);
        g_assert_cmpint (read_number (&reader, widths[i]), ==, length >= widths[i]);
        g_assert_cmpint (sampan_reader_at_end (&reader), ==, length == widths[i]);
        if (length < widths[i])
          {
            g_assert_false (read_number (&reader, 1));
            g_assert_cmpuint (sampan_reader_get_rest (&reader).length, ==, 0);
          }
      }
}

static void
test_reader_short_signed (void)
{
  SampanReader reader;
  int64_t i64;

  sampan_reader_init (&reader, ramp, 7);
  g_assert_false (sampan_reader_get_i64 (&reader, &i64));
}

static void
test_reader_fixed (void)
{
  uint8_t out[4] = { 0 };
  SampanReader reader;

  sampan_reader_init (&reader, ramp, 4);
  g_assert_true (sampan_reader_get_fixed (&reader, out, 4));
  g_assert_cmpmem (out, 4, ramp, 4);
  g_assert_true (sampan_reader_get_fixed (&reader, out, 0));
  g_assert_true (sampan_reader_at_end (&reader));
  g_assert_false (sampan_reader_get_fixed (&reader, out, 1));
  g_assert_false (sampan_reader_at_end (&reader));

  sampan_reader_init (&reader, ramp, 4);
  g_assert_false (sampan_reader_get_fixed (&reader, out, SIZE_MAX));
  g_assert_false (sampan_reader_get_fixed (&reader, out, 1));
}

static const struct
{
  const char *bytes;
  size_t length;
  size_t max;
  bool is_legal;
} bytes8_cases[] = {
  { "\x00", 1, 0, true },    { "\x03xyz", 4, 3, true }, { "\x03xyz", 4, 2, false },
  { "\x03xy", 3, 3, false }, { "", 0, 3, false },       { "\xff", 1, 255, false },
};

static void
test_reader_bytes8 (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (bytes8_cases); i++)
    {
      SampanReader reader;
      SampanBytes out;

      sampan_reader_init (&reader, (const uint8_t *)bytes8_cases[i].bytes, bytes8_cases[i].length);
      g_assert_cmpint (sampan_reader_get_bytes8 (&reader, &out, bytes8_cases[i].max),
                       ==,
                       bytes8_cases[i].is_legal);
      g_assert_cmpint (reader.failed, ==, !bytes8_cases[i].is_legal);
      g_assert_cmpint (sampan_reader_at_end (&reader), ==, bytes8_cases[i].is_legal);
      if (bytes8_cases[i].is_legal)
        g_assert_cmpmem (out.data,
                         out.length,
                         bytes8_cases[i].bytes + 1,
                         bytes8_cases[i].length - 1);
    }
}

static const struct
{
  size_t announced;
  size_t available;
  size_t max;
  bool is_legal;
} bytes16_cases[] = {
  { 0, 0, 0, true },
  { 1, 1, 0, false },
  { 4096, 4096, 4096, true },
  { 4097, 4097, 4096, false },
  { 4096, 4095, 4096, false },
  { 65535, 65535, 65535, true },
  { 65535, 65534, 65535, false },
  { 65535, 65535, 65534, false },
  { 65535, 0, 65535, false },
};

static void
test_reader_bytes16 (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (bytes16_cases); i++)
    {
      /* Exactly as long as what was sent, so that a sanitizer sees a read past it. */
      size_t length = 2 + bytes16_cases[i].available;
      g_autofree uint8_t *bytes = g_malloc0 (length);
      SampanReader reader;
      SampanBytes out;

      bytes[0] = (uint8_t)(bytes16_cases[i].announced >> 8);
      bytes[1] = (uint8_t)bytes16_cases[i].announced;
      sampan_reader_init (&reader, bytes, length);
      g_assert_cmpint (sampan_reader_get_bytes16 (&reader, &out, bytes16_cases[i].max),
                       ==,
                       bytes16_cases[i].is_legal);
      if (bytes16_cases[i].is_legal)
        g_assert_cmpuint (out.length, ==, bytes16_cases[i].announced);
    }
}

static void
test_reader_rest (void)
{
  SampanReader reader;
  SampanBytes rest;
  uint8_t u8;

  sampan_reader_init (&reader, ramp, sizeof ramp);
  g_assert_true (sampan_reader_get_u8 (&reader, &u8));
  g_assert_false (sampan_reader_at_end (&reader));
  rest = sampan_reader_get_rest (&reader);
  g_assert_cmpmem (rest.data, rest.length, ramp + 1, sizeof ramp - 1);
  g_assert_true (sampan_reader_at_end (&reader));
  rest = sampan_reader_get_rest (&reader);
  g_assert_cmpuint (rest.length, ==, 0);
  g_assert_true (sampan_reader_at_end (&reader));

  sampan_reader_init (&reader, NULL, 0);
  g_assert_cmpuint (sampan_reader_get_rest (&reader).length, ==, 0);
  g_assert_true (sampan_reader_at_end (&reader));
}

static void
test_writer_numbers (void)
{
  static const uint8_t expected[] = { 0x81, 0x81, 0x02, 0x81, 0x02, 0x03, 0x04, 0x81,
                                      0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0xff,
                                      0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe };
  uint8_t buffer[sizeof expected];
  SampanWriter writer;

  sampan_writer_init (&writer, buffer, sizeof buffer);
  sampan_writer_put_u8 (&writer, 0x81);
  sampan_writer_put_u16 (&writer, 0x8102);
  sampan_writer_put_u32 (&writer, 0x81020304);
  sampan_writer_put_u64 (&writer, G_GUINT64_CONSTANT (0x8102030405060708));
  sampan_writer_put_i64 (&writer, -2);
  g_assert_true (sampan_writer_ok (&writer));
  g_assert_cmpmem (buffer, writer.length, expected, sizeof expected);
  sampan_writer_put_u8 (&writer, 0);
  g_assert_false (sampan_writer_ok (&writer));
  g_assert_cmpuint (writer.length, ==, sizeof expected);
}

/* A full buffer is not written past, and a later small field does not slip in. */
static void
test_writer_full (void)
{
  for (size_t capacity = 0; capacity <= 12; capacity++)
    {
      g_autofree uint8_t *buffer = g_malloc (MAX (capacity, 1));
      SampanWriter writer;

      sampan_writer_init (&writer, buffer, capacity);
      sampan_writer_put_u16 (&writer, 1);
      sampan_writer_put_u64 (&writer, 2);
      sampan_writer_put_u8 (&writer, 3);
      g_assert_cmpint (sampan_writer_ok (&writer), ==, capacity >= 11);
      g_assert_cmpuint (writer.length, <=, capacity);
      if (capacity < 11)
        g_assert_cmpuint (writer.length, ==, capacity >= 10 ? 10 : capacity >= 2 ? 2 : 0);
    }
}

static void
test_writer_bytes (void)
{
  static uint8_t buffer[70000], data[66000];
  static const struct
  {
    size_t width;
    size_t length;
    bool is_legal;
  } cases[] = {
    { 1, 0, true }, { 1, 255, true },   { 1, 256, false },
    { 2, 0, true }, { 2, 65535, true }, { 2, 65536, false },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      SampanWriter writer;

      sampan_writer_init (&writer, buffer, sizeof buffer);
      if (cases[i].width == 1)
        sampan_writer_put_bytes8 (&writer, data, cases[i].length);
      else
        sampan_writer_put_bytes16 (&writer, data, cases[i].length);
      g_assert_cmpint (sampan_writer_ok (&writer), ==, cases[i].is_legal);
      g_assert_cmpuint (writer.length,
                        ==,
                        cases[i].is_legal ? cases[i].width + cases[i].length : 0);
    }
}

static void
test_writer_nothing (void)
{
  SampanWriter writer;

  sampan_writer_init (&writer, NULL, 0);
  sampan_writer_put_fixed (&writer, NULL, 0);
  g_assert_true (sampan_writer_ok (&writer));
  sampan_writer_put_u8 (&writer, 0);
  g_assert_false (sampan_writer_ok (&writer));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/reader/numbers", test_reader_numbers);
  g_test_add_func ("/wire/reader/short", test_reader_short);
  g_test_add_func ("/wire/reader/short-signed", test_reader_short_signed);
  g_test_add_func ("/wire/reader/fixed", test_reader_fixed);
  g_test_add_func ("/wire/reader/bytes8", test_reader_bytes8);
  g_test_add_func ("/wire/reader/bytes16", test_reader_bytes16);
  g_test_add_func ("/wire/reader/rest", test_reader_rest);
  g_test_add_func ("/wire/writer/numbers", test_writer_numbers);
  g_test_add_func ("/wire/writer/full", test_writer_full);
  g_test_add_func ("/wire/writer/bytes", test_writer_bytes);
  g_test_add_func ("/wire/writer/nothing", test_writer_nothing);
  return g_test_run ();
}
