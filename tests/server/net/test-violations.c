/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What no honest client sends, and what ends a connection. */

#include "config.h"

#include "request-test.h"

/* C8 */
static void
test_unknown (void)
{
  queue_empty (ann, 0x3f);
  queue_empty (ann, 0x37);
  g_assert_true (test_client_flush (ann));
  g_assert_cmpint (get_error (ann), ==, SAMPAN_ERROR_UNSUPPORTED);
  g_assert_cmpint (get_error (ann), ==, SAMPAN_ERROR_UNSUPPORTED);
  test_client_ping (ann);
}

/* What ends a connection. */
static void
test_violations (void)
{
  static const struct
  {
    uint8_t message[4];
    size_t length;
  } cases[] = {
    { { SAMPAN_KIND_DATA, 1, 2 }, 3 },     /* outside a put */
    { { SAMPAN_KIND_END, 0, 0 }, 3 },      /* cut short */
    { { SAMPAN_KIND_PUT_ABORT }, 1 },      /* nothing to give up */
    { { SAMPAN_KIND_LOGIN_START, 1 }, 2 }, /* again */
    { { SAMPAN_KIND_PONG, 0, 0 }, 3 },     /* of the server */
    { { SAMPAN_KIND_LIST, 0 }, 2 },        /* cut short */
    { { SAMPAN_KIND_LIST, 0, 0, 0 }, 4 },  /* a byte too many */
    { { SAMPAN_KIND_SET_TIME, 0, 0 }, 3 }, /* cut short */
    { { SAMPAN_KIND_LOGOUT, 0 }, 2 },      /* a byte too many */
    { { SAMPAN_KIND_CLOSE, 0 }, 2 },       /* a byte too many */
    { { 0x00 }, 1 },
    { { SAMPAN_KIND_PUT_FROM }, 1 },
    { { 0xff }, 1 },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TestClient) client = test_client_new_attached (fixture->port, ann);
      SampanWriter writer;
      g_test_message ("case %zu", i);
      test_client_begin (&writer);
      sampan_writer_put_fixed (&writer, cases[i].message, cases[i].length);
      g_assert_true (test_client_send (client, &writer));
      g_assert_true (test_client_is_closed (client));
    }
  test_client_ping (ann);
}

/* Each request has a largest size of its own. */
static void
test_oversized (void)
{
  static const uint8_t zeros[3 + SAMPAN_PATH_MAX];
  g_autoptr (TestClient) client = test_client_new_attached (fixture->port, ann);
  SampanWriter writer;
  test_client_begin (&writer);
  sampan_writer_put_u8 (&writer, SAMPAN_KIND_LIST);
  sampan_writer_put_fixed (&writer, zeros, sizeof zeros);
  g_assert_true (test_client_send (client, &writer));
  g_assert_true (test_client_is_closed (client));
}

/* Whatever the answer: the connection goes on. */
static void
assert_refused (void)
{
  SampanReader reader;

  g_assert_true (test_client_flush (ann));
  test_client_expect (ann, SAMPAN_KIND_ERROR, &reader);
  test_client_ping (ann);
}

static void
queue_sized_put (TestClient *client, uint64_t size, uint8_t flags)
{
  SampanPutRequest request = { .path = test_bytes ("files/numbers"),
                               .size = size,
                               .conflict = SAMPAN_CONFLICT_REPLACE,
                               .flags = flags };
  SampanWriter writer;

  test_client_begin (&writer);
  sampan_write_put_request (&writer, &request);
  test_client_queue (client, &writer);
}

/* An offset that was not offered is no slip. */
static void
assert_offset_ends (uint64_t offset)
{
  g_autoptr (TestClient) client = test_client_new_attached (fixture->port, ann);
  SampanReader reader;

  queue_sized_put (client, 10, SAMPAN_PUT_RESUME);
  g_assert_true (test_client_flush (client));
  test_client_expect (client, SAMPAN_KIND_PUT_OFFER, &reader);
  test_client_queue_number (client, SAMPAN_KIND_PUT_FROM, offset);
  g_assert_true (test_client_flush (client));
  g_assert_true (test_client_is_closed (client));
}

/* C6: numbers that no file has, that are negative to who is careless, and that overflow. */
static void
test_numbers (void)
{
  static const uint64_t numbers[] = {
    11,
    UINT32_MAX,
    (uint64_t)INT64_MAX - 1,
    INT64_MAX,
    (uint64_t)INT64_MAX + 1,
    UINT64_MAX - 10,
    UINT64_MAX - 1,
  };

  put (ann, "files/ten", "0123456789", 10, SAMPAN_CONFLICT_REPLACE);
  g_free (expect_stored (ann));
  for (size_t i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      SampanHashRequest hash = { .path = test_bytes ("files/ten"), .length = numbers[i] };
      SampanWriter writer;

      g_test_message ("%" G_GUINT64_FORMAT, numbers[i]);
      send_get (ann, "files/ten", numbers[i], NULL);
      assert_refused ();
      test_client_begin (&writer);
      sampan_write_hash_request (&writer, &hash);
      test_client_queue (ann, &writer);
      assert_refused ();
      /* An announcement, an end and an offset that are not true. */
      queue_sized_put (ann, numbers[i], 0);
      test_client_queue_number (ann, SAMPAN_KIND_END, 0);
      assert_refused ();
      queue_sized_put (ann, 0, 0);
      test_client_queue_number (ann, SAMPAN_KIND_END, numbers[i]);
      assert_refused ();
      assert_offset_ends (numbers[i]);
    }
  g_assert_null (test_fixture_read (fixture, "numbers"));
}

static void
test_forged (void)
{
  g_autoptr (TestClient) client = test_client_new_attached (fixture->port, ann);
  test_client_queue_path (client, SAMPAN_KIND_LIST, "");
  client->out->data[5] ^= 1;
  g_assert_true (test_client_flush (client));
  g_assert_true (test_client_is_closed (client));
}

static void
test_goodbye (void)
{
  g_autoptr (TestClient) client = test_client_new_attached (fixture->port, ann);
  test_client_queue_put (client, "files/last", "last", 4, SAMPAN_CONFLICT_REPLACE);
  queue_empty (client, SAMPAN_KIND_CLOSE);
  g_assert_true (test_client_flush (client));
  g_autofree char *name = expect_stored (client);
  test_client_expect_goodbye (client);
  test_fixture_assert_file (fixture, "last", "last", 4);
}

/* A10: a byte at a time: nothing changes but the time it takes. */
static void
test_single_bytes (void)
{
  g_autoptr (TestClient) client = test_client_new_attached (fixture->port, ann);
  test_client_queue_put (client, "files/bytewise", "slow", 4, SAMPAN_CONFLICT_REPLACE);
  test_client_queue_path (client, SAMPAN_KIND_STAT, "files/bytewise");
  for (guint i = 0; i < client->out->len; i++)
    {
      g_assert_true (test_client_send_raw (client, client->out->data + i, 1));
      if (i % 16 == 0)
        g_usleep (3000); /* longer than a worker waits before it parks */
    }
  SampanReader reader;
  g_autofree char *name = expect_stored (client);
  test_client_expect (client, SAMPAN_KIND_ENTRY, &reader);
}

int
main (int argc, char **argv)
{
  request_test_begin (&argc, &argv);
  g_test_add_func ("/server/violations/unknown", test_unknown);
  g_test_add_func ("/server/violations/messages", test_violations);
  g_test_add_func ("/server/violations/oversized", test_oversized);
  g_test_add_func ("/server/violations/numbers", test_numbers);
  g_test_add_func ("/server/violations/forged", test_forged);
  g_test_add_func ("/server/violations/goodbye", test_goodbye);
  g_test_add_func ("/server/violations/single-bytes", test_single_bytes);
  return request_test_run ();
}
