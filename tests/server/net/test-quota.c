/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* An upload is promised its place, or refused, before its first byte. */

#include "config.h"

#include "test-client.h"
#include "test-fixture.h"

#include <string.h>

#define QUOTA_BYTES 100000

static TestFixture *
start (void)
{
  TestFixture *fixture = test_fixture_new (NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (
      sampan_account_store_set_share_quota (fixture->store, "files", QUOTA_BYTES, &error));
  test_fixture_reload (fixture);
  return fixture;
}

/* The request alone, without any data behind it. */
static void
announce (TestClient *client, uint8_t id, uint64_t size)
{
  g_autofree char *path = g_strdup_printf ("files/%d", id);
  SampanPutRequest request = { .path = test_bytes (path),
                               .size = size,
                               .conflict = SAMPAN_CONFLICT_REFUSE,
                               .flags = SAMPAN_PUT_RESUME,
                               .upload_id = { id } };
  SampanWriter writer;

  test_client_begin (&writer);
  sampan_write_put_request (&writer, &request);
  g_assert_true (test_client_send (client, &writer));
}

static void
abort_put (TestClient *client)
{
  SampanWriter writer;
  SampanReader reader;

  test_client_begin (&writer);
  sampan_write_empty (&writer, SAMPAN_KIND_PUT_ABORT);
  g_assert_true (test_client_send (client, &writer));
  test_client_expect (client, SAMPAN_KIND_DONE, &reader);
}

/* Returns how many bytes are missing. */
static uint64_t
assert_refused (const TestFixture *fixture, uint8_t id, uint64_t size)
{
  g_autoptr (TestClient) client = test_client_new_logged_in (fixture->port, "ann", TEST_PASSWORD);

  announce (client, id, size);
  return test_client_expect_error (client, SAMPAN_ERROR_QUOTA);
}

static TestClient *
assert_promised (const TestFixture *fixture, uint8_t id, uint64_t size)
{
  TestClient *client = test_client_new_logged_in (fixture->port, "ann", TEST_PASSWORD);
  SampanReader reader;

  announce (client, id, size);
  test_client_expect (client, SAMPAN_KIND_PUT_OFFER, &reader);
  return client;
}

static void
test_edge (void)
{
  static const char *const none[] = { NULL };
  g_autoptr (TestFixture) fixture = start ();
  /* The mark of the share is in it already. */
  uint64_t free_bytes = QUOTA_BYTES + 1 - assert_refused (fixture, 1, QUOTA_BYTES + 1);

  g_assert_cmpuint (free_bytes, <=, QUOTA_BYTES);
  g_assert_cmpuint (free_bytes, >, QUOTA_BYTES / 2);
  g_assert_cmpuint (assert_refused (fixture, 2, free_bytes + 1), ==, 1);
  g_assert_cmpuint (assert_refused (fixture, 3, INT64_MAX), ==, INT64_MAX - free_bytes);
  g_autoptr (TestClient) all = assert_promised (fixture, 4, free_bytes);
  test_assert_names (fixture->files, none);
}

/* Nothing is stored yet, and the place is taken all the same; whoever gives up gives it back. */
static void
test_promises_add_up (void)
{
  g_autoptr (TestFixture) fixture = start ();
  uint64_t free_bytes = QUOTA_BYTES + 1 - assert_refused (fixture, 1, QUOTA_BYTES + 1);
  g_autoptr (TestClient) first = assert_promised (fixture, 2, free_bytes / 2);
  g_autoptr (TestClient) second = assert_promised (fixture, 3, free_bytes - free_bytes / 2);

  g_assert_cmpuint (assert_refused (fixture, 4, 1), ==, 1);
  abort_put (first);
  g_assert_cmpuint (assert_refused (fixture, 5, free_bytes / 2 + 1), ==, 1);
  g_autoptr (TestClient) third = assert_promised (fixture, 6, free_bytes / 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (sampan_crypto_init ());
  g_test_add_func ("/server/quota/edge", test_edge);
  g_test_add_func ("/server/quota/promises-add-up", test_promises_add_up);
  return g_test_run ();
}
