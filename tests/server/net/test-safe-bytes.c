/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What the server tells of an upload that is under way. */

#include "config.h"

#include "storage/sync-ahead.h"
#include "storage/upload.h"
#include "test-client.h"
#include "test-fixture.h"

#include <poll.h>
#include <sodium.h>
#include <sys/stat.h>

#define FIRST_BYTES ((size_t)SAMPAN_SYNC_AHEAD_BYTES + 16 * (size_t)SAMPAN_DATA_MAX)
#define SIZE_BYTES (FIRST_BYTES + 16 * (size_t)SAMPAN_DATA_MAX)
#define PAUSE_US (20 * 1000)

static void
queue_put (TestClient *client, uint64_t size, uint8_t flags)
{
  SampanPutRequest request = { .path = test_bytes ("files/target"),
                               .size = size,
                               .conflict = SAMPAN_CONFLICT_REFUSE,
                               .flags = flags,
                               .upload_id = { 7 } };
  SampanWriter writer;

  test_client_begin (&writer);
  sampan_write_put_request (&writer, &request);
  test_client_queue (client, &writer);
}

static uint64_t
receive_safe_bytes (TestClient *client, uint64_t size)
{
  SampanProgress progress;
  SampanReader reader;

  test_client_expect (client, SAMPAN_KIND_PROGRESS, &reader);
  g_assert_true (sampan_read_progress (&reader, &progress));
  g_assert_cmpuint (progress.total_bytes, ==, size);
  return progress.done_bytes;
}

static uint64_t
get_staged_bytes (TestFixture *fixture)
{
  g_autofree char *staging = g_build_filename (fixture->files, ".sampan", "staging", NULL);
  g_autoptr (GDir) dir = g_dir_open (staging, 0, NULL);
  const char *name = g_dir_read_name (dir);
  g_autofree char *path = g_build_filename (staging, name, NULL);
  struct stat status;

  g_assert_nonnull (name);
  g_assert_no_errno (stat (path, &status));
  return (uint64_t)status.st_size;
}

/* Told while the client sends nothing, held after a break, and told again of what was there. */
static void
test_large (void)
{
  g_autoptr (TestFixture) fixture = test_fixture_new (NULL);
  g_autoptr (TestClient) session = test_client_new_logged_in (fixture->port, "ann", TEST_PASSWORD);
  g_autoptr (TestClient) second = NULL;
  g_autofree uint8_t *data = g_malloc (SIZE_BYTES);
  SampanPutOffer offer;
  SampanReader reader;
  int64_t start_us;
  uint64_t safe;

  randombytes_buf (data, SIZE_BYTES);
  {
    g_autoptr (TestClient) first = test_client_new_attached (fixture->port, session);

    queue_put (first, SIZE_BYTES, 0);
    test_client_queue_data (first, data, FIRST_BYTES);
    start_us = g_get_monotonic_time ();
    g_assert_true (test_client_flush (first));
    safe = receive_safe_bytes (first, SIZE_BYTES);
    g_assert_cmpuint (safe, >, 0);
    /* On a busy machine the time may have told first. */
    if (g_get_monotonic_time () - start_us < SAMPAN_SYNC_AHEAD_MS * 1000)
      g_assert_cmpuint (safe, >=, SAMPAN_SYNC_AHEAD_BYTES);
    g_assert_cmpuint (safe, <=, get_staged_bytes (fixture));
  }
  second = test_client_new_attached (fixture->port, session);
  queue_put (second, SIZE_BYTES, SAMPAN_PUT_RESUME);
  g_assert_true (test_client_flush (second));
  test_client_expect (second, SAMPAN_KIND_PUT_OFFER, &reader);
  g_assert_true (sampan_read_put_offer (&reader, &offer));
  g_assert_cmpuint (offer.offset, >=, safe);
  test_client_queue_number (second, SAMPAN_KIND_PUT_FROM, offer.offset);
  g_assert_true (test_client_flush (second));
  g_assert_cmpuint (receive_safe_bytes (second, SIZE_BYTES), ==, offer.offset);
  test_client_queue_data (second, data + offer.offset, SIZE_BYTES - offer.offset);
  test_client_queue_number (second, SAMPAN_KIND_END, SIZE_BYTES);
  g_assert_true (test_client_flush (second));
  test_client_expect (second, SAMPAN_KIND_STORED, &reader);
  test_fixture_assert_file (fixture, "target", data, SIZE_BYTES);
}

/* Whether the server has said something. */
static bool
has_told (TestClient *client)
{
  struct pollfd fd = { .fd = client->fd, .events = POLLIN };

  return poll (&fd, 1, 0) == 1;
}

/* Sends a byte now and then until the server tells what is safe. */
static uint64_t
dribble (TestClient *client, uint64_t *sent)
{
  static const uint8_t byte;
  int64_t until_us = g_get_monotonic_time () + TEST_TIMEOUT_SECS * G_USEC_PER_SEC;

  for (; !has_told (client); (*sent)++)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, until_us);
      test_client_queue_data (client, &byte, 1);
      g_assert_true (test_client_flush (client));
      g_usleep (PAUSE_US);
    }
  return receive_safe_bytes (client, SIZE_BYTES);
}

/* On a slow wire it is the time that tells. */
static void
test_slow (void)
{
  g_autoptr (TestFixture) fixture = test_fixture_new (NULL);
  g_autoptr (TestClient) client = test_client_new_logged_in (fixture->port, "ann", TEST_PASSWORD);
  g_autofree uint8_t *data = g_malloc0 (SAMPAN_PARTIAL_MIN_BYTES);
  uint64_t sent = SAMPAN_PARTIAL_MIN_BYTES;
  uint64_t safe;

  queue_put (client, SIZE_BYTES, 0);
  test_client_queue_data (client, data, SAMPAN_PARTIAL_MIN_BYTES);
  safe = dribble (client, &sent);
  g_assert_cmpuint (safe, >=, SAMPAN_PARTIAL_MIN_BYTES);
  g_assert_cmpuint (safe, <=, sent);
  g_assert_cmpuint (dribble (client, &sent), >, safe);
}

/* What came while a sync was under way, or after the last one, is made safe without more. */
static void
test_still (void)
{
  g_autoptr (TestFixture) fixture = test_fixture_new (NULL);
  g_autoptr (TestClient) client = test_client_new_logged_in (fixture->port, "ann", TEST_PASSWORD);
  g_autofree uint8_t *data = g_malloc0 (FIRST_BYTES);

  queue_put (client, SIZE_BYTES, 0);
  test_client_queue_data (client, data, FIRST_BYTES);
  g_assert_true (test_client_flush (client));
  while (receive_safe_bytes (client, SIZE_BYTES) < FIRST_BYTES)
    ;
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (sampan_crypto_init ());
  g_test_add_func ("/server/safe-bytes/large", test_large);
  g_test_add_func ("/server/safe-bytes/slow", test_slow);
  g_test_add_func ("/server/safe-bytes/still", test_still);
  return g_test_run ();
}
