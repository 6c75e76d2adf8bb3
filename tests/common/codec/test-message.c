/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* C1, C2, C6, I5: every message: layout, round trip, truncation, trailing bytes, limits and damage.
 */

#include "config.h"

#include "samples.h"

#include "errors.h"

#include <string.h>

#define UNWRITTEN 0xa5 /* would be seen in a message, if its encoder left a byte as it was */

/* In memory of its exact size, so that a sanitizer sees a read past it. The encoder must not be
 * what refuses a bad message: the decoder has to. */
static bool
is_accepted (const uint8_t *message, size_t length)
{
  static uint8_t out[SAMPAN_FRAME_PLAIN_MAX];
  g_autofree uint8_t *copy = g_memdup2 (message, length);
  SampanWriter writer;

  memset (out, UNWRITTEN, sizeof out);
  sampan_writer_init (&writer, out, sizeof out);
  if (!recode_message (copy, length, &writer))
    return false;
  g_assert_true (sampan_writer_ok (&writer));
  g_assert_cmpmem (out, writer.length, copy, length);
  return true;
}

/* DATA ends with its frame, so any length of it is right. */
static bool
is_open_ended (const uint8_t *message)
{
  return message[0] == SAMPAN_KIND_DATA;
}

static void
test_round_trip (gconstpointer data)
{
  g_autoptr (GByteArray) message = sample_to_bytes (((const MessageSample *)data)->hex);

  g_assert_true (is_accepted (message->data, message->len));
}

/* Runs of entries may end behind any of them: how many shorter messages are right too. */
static const struct
{
  const char *sample;
  size_t n_shorter;
} runs[] = {
  { "list-page", 1 },    { "list-page/two", 2 }, { "plan", 1 },           { "plan/two", 2 },
  { "plan-page", 1 },    { "plan-page/all", 8 }, { "plan/bad-names", 2 }, { "found-page/two", 2 },
  { "restore", 1 },      { "restore/two", 2 },   { "purge", 1 },          { "restored", 1 },
  { "restored/two", 2 }, { "trash-page", 1 },    { "trash-page/two", 2 },
};

static size_t
count_shorter (const MessageSample *sample)
{
  for (size_t i = 0; i < G_N_ELEMENTS (runs); i++)
    if (g_str_equal (sample->name, runs[i].sample))
      return runs[i].n_shorter;
  return 0;
}

static void
test_truncated (gconstpointer data)
{
  g_autoptr (GByteArray) message = sample_to_bytes (((const MessageSample *)data)->hex);
  size_t accepted = 0;

  for (size_t length = 0; length < message->len; length++)
    if (is_accepted (message->data, length))
      accepted++;
  if (is_open_ended (message->data))
    g_assert_cmpuint (accepted, ==, message->len - 1);
  else
    g_assert_cmpuint (accepted, ==, count_shorter (data));
}

/* A verdict alone is an answer where nothing is there to describe. */
static bool
is_one_more (const uint8_t *message, uint8_t byte)
{
  return message[0] == SAMPAN_KIND_PLAN_PAGE && byte >= SAMPAN_PLAN_NEW &&
         byte <= SAMPAN_PLAN_NAME_TWICE && !sampan_plan_verdict_has_entry (byte);
}

static void
test_trailing (gconstpointer data)
{
  g_autoptr (GByteArray) message = sample_to_bytes (((const MessageSample *)data)->hex);
  bool is_open = is_open_ended (message->data);

  for (unsigned int value = 0; value <= UINT8_MAX; value++)
    {
      uint8_t byte = (uint8_t)value;

      g_byte_array_append (message, &byte, 1);
      g_assert_cmpint (is_accepted (message->data, message->len),
                       ==,
                       is_open || is_one_more (message->data, byte));
      g_byte_array_set_size (message, message->len - 1);
    }
}

static void
test_no_room (gconstpointer data)
{
  g_autoptr (GByteArray) message = sample_to_bytes (((const MessageSample *)data)->hex);

  for (size_t capacity = 0; capacity < message->len; capacity++)
    {
      g_autofree uint8_t *out = g_malloc (MAX (capacity, 1));
      SampanWriter writer;

      sampan_writer_init (&writer, out, capacity);
      g_assert_true (recode_message (message->data, message->len, &writer));
      g_assert_false (sampan_writer_ok (&writer));
      g_assert_cmpuint (writer.length, <=, capacity);
    }
}

/* Damage is refused or is another legal message; it is never read two ways. */
static void
test_bit_flips (gconstpointer data)
{
  g_autoptr (GByteArray) message = sample_to_bytes (((const MessageSample *)data)->hex);

  for (size_t bit = 0; bit < (size_t)message->len * 8; bit++)
    {
      message->data[bit / 8] ^= (uint8_t)(1u << bit % 8);
      (void)is_accepted (message->data, message->len);
      message->data[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}

static void
test_unknown_kinds (void)
{
  static const uint8_t unknown[] = { 0x00, 0x04, 0x0f, 0x13, 0x1f, 0x37, 0x3f, 0x42,
                                     0x7f, 0x8f, 0x93, 0x9f, 0xbf, 0xc8, 0xfe, 0xff };

  for (size_t i = 0; i < G_N_ELEMENTS (unknown); i++)
    g_assert_false (is_accepted (&unknown[i], 1));
}

/* C8: each enumerated byte: only FIRST to LAST are accepted. */
static const struct
{
  const char *sample;
  size_t offset;
  uint8_t first;
  uint8_t last;
} enum_cases[] = {
  { "login-ok", 1, 0, SAMPAN_LOGIN_MUST_SET_PASSWORD },
  { "mkdir", 4, 0, SAMPAN_MKDIR_PARENTS },
  { "remove", 4, 0, SAMPAN_REMOVE_RECURSIVE },
  { "rename", 8, SAMPAN_CONFLICT_REFUSE, SAMPAN_CONFLICT_KEEP_BOTH },
  { "copy", 8, SAMPAN_CONFLICT_REFUSE, SAMPAN_CONFLICT_KEEP_BOTH },
  { "get", 12, 0, SAMPAN_GET_EXPECT_VERSION },
  { "get/from", 12, SAMPAN_GET_EXPECT_VERSION, SAMPAN_GET_EXPECT_VERSION },
  { "put", 24, SAMPAN_CONFLICT_REFUSE, SAMPAN_CONFLICT_KEEP_BOTH },
  { "put", 25, 0, SAMPAN_PUT_EXPECT_VERSION | SAMPAN_PUT_RESUME | SAMPAN_PUT_MODE },
  { "entry", 1, SAMPAN_ENTRY_FILE, SAMPAN_ENTRY_SHARE },
  { "entry", 2, SAMPAN_RIGHT_NONE, SAMPAN_RIGHT_CHANGE },
  { "list-page", 1, SAMPAN_ENTRY_FILE, SAMPAN_ENTRY_SHARE },
  { "list-page", 2, SAMPAN_RIGHT_NONE, SAMPAN_RIGHT_CHANGE },
  { "plan", 6, SAMPAN_ENTRY_FILE, SAMPAN_ENTRY_FOLDER },
  { "plan-end", 17, SAMPAN_RIGHT_NONE, SAMPAN_RIGHT_CHANGE },
  { "plan-page", 2, SAMPAN_ENTRY_FILE, SAMPAN_ENTRY_FILE },
  { "find", 10, 0, SAMPAN_ENTRY_OTHER },
  { "find/root", 21, 0, SAMPAN_FIND_SINCE | SAMPAN_FIND_BEFORE },
  { "find/all-fields",
    23,
    SAMPAN_FIND_SINCE | SAMPAN_FIND_BEFORE,
    SAMPAN_FIND_SINCE | SAMPAN_FIND_BEFORE },
  { "found-end", 25, 0, SAMPAN_FOUND_MORE },
  { "found-page/two", 1, SAMPAN_ENTRY_FILE, SAMPAN_ENTRY_SHARE },
  /* not enumerated, but as narrow: one bit of an unused version or mode, the upper half of a mode
   */
  { "get", 13, 0, 0 },
  { "put", 41, 0, 0 },
  { "put", 42, 0, 0 },
  { "put", 43, 0, 0 },
  { "put/mode", 42, 0, SAMPAN_MODE_MAX >> 8 },
  { "get-info", 21, 0, SAMPAN_MODE_MAX >> 8 },
};

static void
test_enums (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (enum_cases); i++)
    {
      g_autoptr (GByteArray) message = sample_find (enum_cases[i].sample);

      for (unsigned int value = 0; value <= UINT8_MAX; value++)
        {
          message->data[enum_cases[i].offset] = (uint8_t)value;
          g_assert_cmpint (is_accepted (message->data, message->len),
                           ==,
                           value >= enum_cases[i].first && value <= enum_cases[i].last);
        }
    }
}

static const struct
{
  const char *hex;
  bool is_legal;
} limit_cases[] = {
  { "10 00 a1*96", false }, /* user */
  { "10 01 61 a1*96", true },
  { "10 ff 61*255 a1*96", true },
  { "20 0400 41*1024", true }, /* ping text */
  { "20 0401 41*1025", false },
  { "a2 0400 41*1024", true },
  { "a2 0401 41*1025", false },
  { "21 1000 61*4096", true }, /* path */
  { "21 1001 61*4097", false },
  { "22 1001 61*4097", false },
  { "23 1001 61*4097", false },
  { "24 1000 61*4096 00", true },
  { "24 1001 61*4097 00", false },
  { "27 1001 61*4097 00", false },
  { "25 1000 61*4096 1000 61*4096 01 00 00*16", true },
  { "25 1001 61*4097 0001 61 01 00 00*16", false },
  { "25 0001 61 1001 61*4097 01 00 00*16", false },
  { "26 0001 61 1001 61*4097 01 00 00*16", false },
  { "28 1000 61*4096 00*8 00 00*16", true },
  { "28 1001 61*4097 00*8 00 00*16", false },
  { "29 1000 61*4096 00*8 00*8 00*4 01 00 00*16 0000 b3*16", true },
  { "29 1001 61*4097 00*8 00*8 00*4 01 00 00*16 0000 b3*16", false },
  { "2a 1000 61*4096 ff*8", true },
  { "2a 1001 61*4097 ff*8", false },
  { "29 0001 61 00*8 00*8 3b9ac9ff 01 00 00*16 0000 b3*16", true }, /* nanoseconds */
  { "29 0001 61 00*8 00*8 3b9aca00 01 00 00*16 0000 b3*16", false },
  { "29 0001 61 00*8 00*8 ff*4 01 00 00*16 0000 b3*16", false },
  { "a4 01 00 00*8 00*8 3b9ac9ff 00*16 01 61", true },
  { "a4 01 00 00*8 00*8 3b9aca00 00*16 01 61", false },
  { "c0 01 00 00*8 00*8 3b9ac9ff 00*16 01 61", true },
  { "c0 01 00 00*8 00*8 3b9aca00 00*16 01 61", false },
  { "2f 1000 61*4096", true }, /* plan: folder, item */
  { "2f 1001 61*4097", false },
  { "2f 0000 01 00*8 00*8 3b9ac9ff 0001 61", true },
  { "2f 0000 01 00*8 00*8 3b9aca00 0001 61", false },
  { "2f 0000 01 00*8 00*8 00*4 0003 2e2e00", true },
  { "2f 0000 01 00*8 00*8 00*4 ffd5 61*65493", true },                  /* all of a frame */
  { "33 1001 61*4097 00 00 00*8 ff*8 00 00*12 00*12 00000001", false }, /* find */
  { "33 0000 00 00 00*8 ff*8 00 00*12 00*12 00000000", false },
  { "33 0000 00 00 00*8 ff*8 00 00*12 00*12 000186a0", true },
  { "33 0000 00 00 00*8 ff*8 00 00*12 00*12 000186a1", false },
  { "33 0000 00 00 00*8 ff*8 01 00*8 3b9ac9ff 00*12 00000001", true },
  { "33 0000 00 00 00*8 ff*8 01 00*8 3b9aca00 00*12 00000001", false },
  { "33 0000 00 00 00*8 ff*8 02 00*8 00000001 00*12 00000001", false },
  { "34 1001 61*4097", false },
  { "35 1001 61*4097", false },
  { "36 1001 61*4097 00*8 00*4", false }, /* set time */
  { "36 0001 61 00*8 3b9ac9ff", true },
  { "36 0001 61 00*8 3b9aca00", false },
  { "36 0001 61 ff*8 ff*4", false },
  { "c6 01 00 00*8 00*8 00*4 00*16 1000 61*4096", true }, /* found page */
  { "c6 01 00 00*8 00*8 00*4 00*16 1001 61*4097", false },
  { "c4 00", false }, /* plan page */
  { "c4 01", true },
  { "c4 08", true },
  { "c4 09", false },
  { "c4 02 01 00*8 00*8 3b9ac9ff 00*16", true },
  { "c4 02 01 00*8 00*8 3b9aca00 00*16", false },
  { "c4 02 02 00*8 00*8 00*4 00*16", false }, /* the same as a folder */
  { "c4 03 02 00*8 00*8 00*4 00*16", false },
  { "c4 04 01 00*8 00*8 00*4 00*16", false }, /* a folder that is a file */
  { "c4 04 02 00*8 00*8 00*4 00*16", true },
  { "c4 05 00 00*8 00*8 00*4 00*16", false },
  { "c4 05 01 00*8 00*8 00*4 00*16", true },
  { "c4 05 04 00*8 00*8 00*4 00*16", true },
  { "c4 05 05 00*8 00*8 00*4 00*16", false },
  { "c1 00*8 00*8 3b9ac9ff 0000 00*16", true },
  { "c1 00*8 00*8 3b9aca00 0000 00*16", false },
  { "c1 00*8 00*8 00*4 01ff 00*16", true }, /* modes */
  { "c1 00*8 00*8 00*4 0200 00*16", false },
  { "c1 00*8 00*8 00*4 81a4 00*16", false },
  { "29 0001 61 00*8 00*8 00*4 01 04 00*16 01ff b3*16", true },
  { "29 0001 61 00*8 00*8 00*4 01 04 00*16 0200 b3*16", false },
  { "29 0001 61 00*8 00*8 00*4 01 04 00*16 09ff b3*16", false },
  { "29 0001 61 00*8 00*8 00*4 01 00 00*16 0001 b3*16", false }, /* that no flag asks for */
  { "29 0001 61 00*8 00*8 00*4 01 08 00*16 0000 b3*16", false },
  { "a4 01 00 00*8 00*8 00*4 00*16 00", true }, /* entry name */
  { "a4 01 00 00*8 00*8 00*4 00*16 ff 61*255", true },
  { "a4 01 00 00*8 00*8 00*4 00*16 01 2e", false },
  { "a4 01 00 00*8 00*8 00*4 00*16 02 2e2e", false },
  { "a4 01 00 00*8 00*8 00*4 00*16 03 612f62", false },
  { "a4 01 00 00*8 00*8 00*4 00*16 02 6100", false },
  { "c0 01 00 00*8 00*8 00*4 00*16 00", false }, /* page entry name */
  { "c0 01 00 00*8 00*8 00*4 00*16 ff 61*255", true },
  { "c0 01 00 00*8 00*8 00*4 00*16 01 2e", false },
  { "c0 01 00 00*8 00*8 00*4 00*16 02 2e2e", false },
  { "c0 01 00 00*8 00*8 00*4 00*16 01 2f", false },
  { "c0 01 00 00*8 00*8 00*4 00*16 01 00", false },
  { "c5 00*16 00 00*8 00*8 00*4 00 0001 61", false }, /* trash page */
  { "c5 00*16 04 00*8 00*8 3b9ac9ff 20 61*32 1000 61*4096", true },
  { "c5 00*16 05 00*8 00*8 00*4 00 0001 61", false },
  { "c5 00*16 01 00*8 00*8 3b9aca00 00 0001 61", false },
  { "c5 00*16 01 00*8 00*8 00*4 21 61*33 0001 61", false },
  { "c5 00*16 01 00*8 00*8 00*4 00 1001 61*4097", false },
  { "31 0001 61 00 00*16", false }, /* restore */
  { "31 0001 61 05 00*16", false },
  { "31 0001 61 01 00*15", false },
  { "31 1001 61*4097 01 00*16", false },
  { "32 0001 61 00*17", false },           /* purge */
  { "ad 0000 00*16 1001 61*4097", false }, /* restored */
  { "a7 00*16 00*16 00*8 00", false },     /* stored name */
  { "a7 00*16 00*16 00*8 ff 61*255", true },
  { "a7 00*16 00*16 00*8 02 2e2e", false },
  { "a7 00*16 00*16 00*8 03 2e2e2f", false },
};

static void
test_limits (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (limit_cases); i++)
    {
      g_autoptr (GByteArray) message = sample_to_bytes (limit_cases[i].hex);

      g_test_message ("%s", limit_cases[i].hex);
      g_assert_cmpint (is_accepted (message->data, message->len), ==, limit_cases[i].is_legal);
    }
}

#define BYTES(array, size) ((SampanBytes){ .data = (array), .length = (size) })

/* A writer refuses what a reader would. */
static void
test_writer_limits (void)
{
  static const uint8_t letters[SAMPAN_PATH_MAX + 1] = { 'a' };
  static uint8_t buffer[SAMPAN_FRAME_PLAIN_MAX];
  const SampanPutRequest good_put = { .path = BYTES (letters, 1),
                                      .conflict = SAMPAN_CONFLICT_REFUSE };
  SampanPutRequest puts[] = { good_put, good_put, good_put, good_put, good_put, good_put };
  SampanWriter writer;

  puts[1].path.length = SAMPAN_PATH_MAX + 1;
  puts[2].mtime.nanoseconds = SAMPAN_MTIME_NSEC_MAX + 1;
  puts[3].conflict = 0;
  puts[4].flags = 0x08;
  puts[5].flags = SAMPAN_PUT_MODE;
  puts[5].mode = SAMPAN_MODE_MAX + 1;
  for (size_t i = 0; i < G_N_ELEMENTS (puts); i++)
    {
      sampan_writer_init (&writer, buffer, sizeof buffer);
      sampan_write_put_request (&writer, &puts[i]);
      g_assert_cmpint (sampan_writer_ok (&writer), ==, i == 0);
    }

  sampan_writer_init (&writer, buffer, sizeof buffer);
  sampan_write_text (&writer, SAMPAN_KIND_PING, BYTES (letters, SAMPAN_PING_TEXT_MAX + 1));
  g_assert_false (sampan_writer_ok (&writer));
  for (size_t length = 0; length <= SAMPAN_USER_WIRE_MAX + 1; length++)
    {
      sampan_writer_init (&writer, buffer, sizeof buffer);
      sampan_write_login_start (&writer, &(SampanLoginStart){ .user = BYTES (letters, length) });
      g_assert_cmpint (sampan_writer_ok (&writer),
                       ==,
                       length >= 1 && length <= SAMPAN_USER_WIRE_MAX);
    }
  sampan_writer_init (&writer, buffer, sizeof buffer);
  sampan_write_stored (&writer, &(SampanStored){ .name = BYTES ((const uint8_t *)"..", 2) });
  g_assert_false (sampan_writer_ok (&writer));
}

/* A version or mode that no flag asks for is not sent, whatever the caller left in the field. */
static void
test_unused_fields (void)
{
  uint8_t buffer[128];
  SampanGetRequest get = { .path = BYTES ((const uint8_t *)"a", 1) }, read_back;
  SampanPutRequest put = { .path = get.path,
                           .conflict = SAMPAN_CONFLICT_REFUSE,
                           .mode = SAMPAN_MODE_MAX };
  SampanWriter writer;
  SampanReader reader;

  memset (get.version, 0xee, sizeof get.version);
  sampan_writer_init (&writer, buffer, sizeof buffer);
  sampan_write_get_request (&writer, &get);
  g_assert_true (sampan_writer_ok (&writer));
  sampan_reader_init (&reader, buffer + 1, writer.length - 1);
  g_assert_true (sampan_read_get_request (&reader, &read_back));
  g_assert_cmpint (read_back.version[0], ==, 0);

  sampan_writer_init (&writer, buffer, sizeof buffer);
  sampan_write_put_request (&writer, &put);
  g_assert_true (sampan_writer_ok (&writer));
  sampan_reader_init (&reader, buffer + 1, writer.length - 1);
  g_assert_true (sampan_read_put_request (&reader, &put));
  g_assert_cmpint (put.mode, ==, 0);
}

static void
test_fields (void)
{
  g_autoptr (GByteArray) message = sample_find ("put/resume");
  SampanPutRequest put;
  SampanErrorReply error;
  SampanReader reader;

  sampan_reader_init (&reader, message->data + 1, message->len - 1);
  g_assert_true (sampan_read_put_request (&reader, &put));
  g_assert_cmpmem (put.path.data, put.path.length, "a", 1);
  g_assert_cmphex (put.size, ==, G_GUINT64_CONSTANT (0x0102030405060708));
  g_assert_cmpint (put.mtime.seconds, ==, -1);
  g_assert_cmpuint (put.mtime.nanoseconds, ==, SAMPAN_MTIME_NSEC_MAX);
  g_assert_cmpint (put.conflict, ==, SAMPAN_CONFLICT_REPLACE);
  g_assert_cmpint (put.flags, ==, SAMPAN_PUT_EXPECT_VERSION | SAMPAN_PUT_RESUME);
  g_assert_cmphex (put.version[15], ==, 0xb2);
  g_assert_cmphex (put.upload_id[0], ==, 0xb3);

  g_byte_array_unref (g_steal_pointer (&message));
  message = sample_find ("error");
  sampan_reader_init (&reader, message->data + 1, message->len - 1);
  g_assert_true (sampan_read_error_reply (&reader, &error));
  g_assert_cmpint (error.code, ==, SAMPAN_ERROR_NOT_FOUND);
}

/* Pages fill up to the frame: the entry that does not fit leaves the page as it was. */
static void
test_page_fill (void)
{
  static uint8_t buffer[SAMPAN_FRAME_PLAIN_MAX];
  static uint8_t letters[SAMPAN_NAME_MAX];
  SampanEntry entry = { .kind = SAMPAN_ENTRY_FILE, .right = SAMPAN_RIGHT_READ };
  SampanWriter writer;
  size_t n_written = 0, n_read = 0, length;
  SampanReader reader;

  memset (letters, 'n', sizeof letters);
  entry.name = BYTES (letters, sizeof letters);
  sampan_writer_init (&writer, buffer, sizeof buffer);
  sampan_write_empty (&writer, SAMPAN_KIND_LIST_PAGE);
  while (sampan_write_page_entry (&writer, &entry))
    n_written++;
  g_assert_true (sampan_writer_ok (&writer));
  g_assert_cmpuint (n_written, ==, (SAMPAN_FRAME_PLAIN_MAX - 1) / (1 + 1 + 8 + 12 + 16 + 256));
  length = writer.length;

  entry.name = BYTES ((const uint8_t *)"a/b", 3);
  g_assert_false (sampan_write_page_entry (&writer, &entry));
  g_assert_true (sampan_writer_ok (&writer));
  g_assert_cmpuint (writer.length, ==, length);

  sampan_reader_init (&reader, buffer + 1, length - 1);
  for (; !sampan_reader_at_end (&reader); n_read++)
    g_assert_true (sampan_read_page_entry (&reader, &entry));
  g_assert_cmpuint (n_read, ==, n_written);
  g_assert_false (sampan_read_page_entry (&reader, &entry));
}

/* As many items as a frame holds; the answers to a whole request always fit one. */
static void
test_plan_fill (void)
{
  static uint8_t buffer[SAMPAN_FRAME_PLAIN_MAX];
  static const uint8_t letters[UINT16_MAX + 1] = { 'a' };
  SampanPlanItem item = { .kind = SAMPAN_ENTRY_FILE, .path = BYTES (letters, 42) };
  const SampanPlanAnswer answer = { .verdict = SAMPAN_PLAN_SAME, .kind = SAMPAN_ENTRY_FILE };
  SampanWriter writer;
  size_t n_written = 0, length;

  sampan_writer_init (&writer, buffer, sizeof buffer);
  sampan_write_plan (&writer, BYTES (letters, 0));
  while (sampan_write_plan_item (&writer, &item))
    n_written++;
  g_assert_true (sampan_writer_ok (&writer));
  g_assert_cmpuint (n_written, ==, (SAMPAN_FRAME_PLAIN_MAX - 3) / (1 + 8 + 12 + 2 + 42));
  g_assert_cmpuint (n_written, >=, SAMPAN_PLAN_ITEMS_MAX);

  length = writer.length;
  item.path.length = UINT16_MAX + 1;
  g_assert_false (sampan_write_plan_item (&writer, &item));
  item.path.length = 0;
  item.kind = SAMPAN_ENTRY_SYMLINK;
  g_assert_false (sampan_write_plan_item (&writer, &item));
  g_assert_cmpuint (writer.length, ==, length);

  sampan_writer_init (&writer, buffer, sizeof buffer);
  sampan_write_empty (&writer, SAMPAN_KIND_PLAN_PAGE);
  for (unsigned int i = 0; i < SAMPAN_PLAN_ITEMS_MAX; i++)
    g_assert_true (sampan_write_plan_answer (&writer, &answer));
}

/* The first bad entry ends the page for good: no later one is taken for its successor. */
static void
test_page_bad_entry (void)
{
  g_autoptr (GByteArray) message = sample_find ("list-page/two");
  SampanEntry entry;
  SampanReader reader;

  message->data[40] = '/'; /* the first name */
  sampan_reader_init (&reader, message->data + 1, message->len - 1);
  g_assert_false (sampan_read_page_entry (&reader, &entry));
  g_assert_false (sampan_reader_at_end (&reader));
  g_assert_false (sampan_read_page_entry (&reader, &entry));
}

static void
add_for_each_sample (const char *what, GTestDataFunc function)
{
  for (size_t i = 0; i < n_message_samples; i++)
    {
      g_autofree char *path = g_strdup_printf ("/message/%s/%s", what, message_samples[i].name);

      g_test_add_data_func (path, &message_samples[i], function);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  add_for_each_sample ("round-trip", test_round_trip);
  add_for_each_sample ("truncated", test_truncated);
  add_for_each_sample ("trailing", test_trailing);
  add_for_each_sample ("no-room", test_no_room);
  add_for_each_sample ("bit-flips", test_bit_flips);
  g_test_add_func ("/message/unknown-kinds", test_unknown_kinds);
  g_test_add_func ("/message/enums", test_enums);
  g_test_add_func ("/message/limits", test_limits);
  g_test_add_func ("/message/writer-limits", test_writer_limits);
  g_test_add_func ("/message/unused-fields", test_unused_fields);
  g_test_add_func ("/message/fields", test_fields);
  g_test_add_func ("/message/page/fill", test_page_fill);
  g_test_add_func ("/message/page/bad-entry", test_page_bad_entry);
  g_test_add_func ("/message/plan/fill", test_plan_fill);
  return g_test_run ();
}
