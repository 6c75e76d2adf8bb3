/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* GET and PUT over a real connection, with a look at the disk behind it. */

#include "config.h"

#include "request-test.h"

#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SMALL_FILES 500

static void
put_ok (const char *path, const void *data, size_t length, const char *stored_name)
{
  put (ann, path, data, length, SAMPAN_CONFLICT_KEEP_BOTH);
  g_autofree char *name = expect_stored (ann);
  g_assert_cmpstr (name, ==, stored_name);
}

static void
test_get (void)
{
  static const size_t sizes[] = { 0,
                                  1,
                                  SAMPAN_DATA_MAX - 1,
                                  SAMPAN_DATA_MAX,
                                  SAMPAN_DATA_MAX + 1,
                                  4 * SAMPAN_DATA_MAX,
                                  4 * SAMPAN_DATA_MAX + 1,
                                  LARGE_BYTES };
  g_autofree uint8_t *data = make_large ();
  SampanGetInfo info;

  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      test_fixture_write (fixture, "get", data, sizes[i]);
      send_get (ann, "files/get", 0, NULL);
      g_autoptr (GByteArray) got = receive_file (ann, &info);
      g_assert_cmpmem (got->data, got->len, data, sizes[i]);
      g_assert_cmpuint (info.size, ==, sizes[i]);
    }
  send_get (ann, "files/get", 1000, info.version);
  g_autoptr (GByteArray) rest = receive_file (ann, &info);
  g_assert_cmpmem (rest->data, rest->len, data + 1000, LARGE_BYTES - 1000);
  send_get (ann, "files/get", LARGE_BYTES, NULL);
  g_autoptr (GByteArray) nothing = receive_file (ann, &info);
  g_assert_cmpuint (nothing->len, ==, 0);
  send_get (ann, "files/get", LARGE_BYTES + 1, NULL);
  g_assert_cmpint (get_error (ann), ==, SAMPAN_ERROR_CHANGED);
  info.version[0] ^= 1;
  send_get (ann, "files/get", 0, info.version);
  g_assert_cmpint (get_error (ann), ==, SAMPAN_ERROR_CHANGED);
  send_get (ann, "files", 0, NULL);
  g_assert_cmpint (get_error (ann), ==, SAMPAN_ERROR_WRONG_KIND);
  send_get (ann, "files/none", 0, NULL);
  g_assert_cmpint (get_error (ann), ==, SAMPAN_ERROR_NOT_FOUND);
}

static void
test_get_many (void)
{
  SampanGetInfo info;
  test_fixture_write (fixture, "small", "0123456789", 10);
  for (int i = 0; i < 1000; i++)
    {
      SampanGetRequest request = { .path = test_bytes ("files/small") };
      SampanWriter writer;
      test_client_begin (&writer);
      sampan_write_get_request (&writer, &request);
      test_client_queue (ann, &writer);
    }
  g_assert_true (test_client_flush (ann));
  for (int i = 0; i < 1000; i++)
    {
      g_autoptr (GByteArray) got = receive_file (ann, &info);
      g_assert_cmpmem (got->data, got->len, "0123456789", 10);
    }
}

/* A file that becomes shorter under the reader is no whole file. */
static void
test_get_shrinking (void)
{
  const size_t size = 64 * 1024 * 1024; /* more than all buffers on the way hold */
  g_autofree char *path = g_build_filename (fixture->files, "shrinking", NULL);
  SampanReader reader;
  uint8_t kind = 0;
  test_fixture_write (fixture, "shrinking", "", 0);
  g_assert_cmpint (truncate (path, (off_t)size), ==, 0);
  send_get (ann, "files/shrinking", 0, NULL);
  test_client_expect (ann, SAMPAN_KIND_GET_INFO, &reader);
  g_assert_cmpint (truncate (path, 10), ==, 0);
  while (test_client_receive (ann, &kind, &reader) && kind == SAMPAN_KIND_DATA)
    ;
  g_assert_cmphex (kind, ==, SAMPAN_KIND_ERROR);
  test_client_ping (ann);
}

static void
test_put (void)
{
  static const size_t sizes[] = {
    0, 1, SAMPAN_DATA_MAX - 1, SAMPAN_DATA_MAX, SAMPAN_DATA_MAX + 1, LARGE_BYTES
  };
  g_autofree uint8_t *data = make_large ();
  g_autofree char *path = g_build_filename (fixture->files, "put-5", NULL);
  GStatBuf status;

  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree char *name = g_strdup_printf ("put-%zu", i);
      g_autofree char *remote = g_strdup_printf ("files/%s", name);
      put_ok (remote, data, sizes[i], name);
      test_fixture_assert_file (fixture, name, data, sizes[i]);
    }
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_mtime, ==, 1000000000);
}

static void
test_put_conflicts (void)
{
  test_fixture_write (fixture, "there.txt", "old", 3);
  put (ann, "files/there.txt", "new", 3, SAMPAN_CONFLICT_REFUSE);
  g_assert_cmpint (get_error (ann), ==, SAMPAN_ERROR_EXISTS);
  /* The file on the disk is of today, the one sent is of 2001. */
  put (ann, "files/there.txt", "new", 3, SAMPAN_CONFLICT_REPLACE_NEWER);
  g_assert_cmpint (get_error (ann), ==, SAMPAN_ERROR_EXISTS);
  test_fixture_assert_file (fixture, "there.txt", "old", 3);
  put_ok ("files/there.txt", "both", 4, "there (2).txt");
  put (ann, "files/there.txt", "new", 3, SAMPAN_CONFLICT_REPLACE);
  g_autofree char *name = expect_stored (ann);
  g_assert_cmpstr (name, ==, "there.txt");
  test_fixture_assert_file (fixture, "there.txt", "new", 3);
  put (ann, "files", "new", 3, SAMPAN_CONFLICT_REPLACE);
  g_assert_cmpint (get_error (ann), !=, 0);
  put (ann, "", "new", 3, SAMPAN_CONFLICT_REPLACE);
  g_assert_cmpint (get_error (ann), ==, SAMPAN_ERROR_NOT_ALLOWED);
  test_client_ping (ann);
}

/* All in one go: answered in order, all on the disk. */
static void
test_put_many (void)
{
  g_autofree char *folder = g_build_filename (fixture->files, "batch", NULL);
  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  for (int i = 0; i < SMALL_FILES; i++)
    {
      g_autofree char *remote = g_strdup_printf ("files/batch/%d", i);
      test_client_queue_put (ann, remote, remote, strlen (remote), SAMPAN_CONFLICT_REFUSE);
    }
  test_client_queue_path (ann, SAMPAN_KIND_STAT, "files/batch/499");
  g_assert_true (test_client_flush (ann));
  for (int i = 0; i < SMALL_FILES; i++)
    {
      g_autofree char *name = expect_stored (ann);
      g_autofree char *expected = g_strdup_printf ("%d", i);
      g_autofree char *local = g_strdup_printf ("batch/%d", i);
      g_autofree char *remote = g_strdup_printf ("files/batch/%d", i);
      g_assert_cmpstr (name, ==, expected);
      test_fixture_assert_file (fixture, local, remote, strlen (remote));
    }
  SampanReader reader;
  test_client_expect (ann, SAMPAN_KIND_ENTRY, &reader);
}

/* Good and bad ones mixed: each gets its own answer in its own place. */
static void
test_put_mixed (void)
{
  for (int i = 0; i < 30; i++)
    {
      g_autofree char *good = g_strdup_printf ("files/mixed-%d", i);
      test_client_queue_put (ann, good, "good", 4, SAMPAN_CONFLICT_REFUSE);
      test_client_queue_put (ann, good, "twice", 5, SAMPAN_CONFLICT_REFUSE);
      test_client_queue_put (ann, "files/no-folder/x", "bad", 3, SAMPAN_CONFLICT_REFUSE);
      test_client_queue_path (ann, SAMPAN_KIND_STAT, good);
    }
  g_assert_true (test_client_flush (ann));
  for (int i = 0; i < 30; i++)
    {
      SampanReader reader;
      g_autofree char *name = expect_stored (ann);
      g_autofree char *expected = g_strdup_printf ("mixed-%d", i);
      g_assert_cmpstr (name, ==, expected);
      g_assert_cmpint (get_error (ann), ==, SAMPAN_ERROR_EXISTS);
      g_assert_cmpint (get_error (ann), ==, SAMPAN_ERROR_NOT_FOUND);
      test_client_expect (ann, SAMPAN_KIND_ENTRY, &reader);
      test_fixture_assert_file (fixture, expected, "good", 4);
    }
}

/* Refused before the first byte, and much is still on its way. */
static void
test_put_refused_early (void)
{
  g_autofree uint8_t *data = make_large ();
  for (int i = 0; i < 10; i++)
    test_client_queue_put (ann, "files/none/x", data, LARGE_BYTES, SAMPAN_CONFLICT_REFUSE);
  g_assert_true (test_client_flush (ann));
  for (int i = 0; i < 10; i++)
    g_assert_cmpint (get_error (ann), ==, SAMPAN_ERROR_NOT_FOUND);
  test_client_ping (ann);
}

static void
begin_put (const char *path, uint64_t size, uint8_t flags, uint8_t id)
{
  SampanPutRequest request = { .path = test_bytes (path),
                               .size = size,
                               .conflict = SAMPAN_CONFLICT_REFUSE,
                               .flags = flags,
                               .upload_id = { id } };
  SampanWriter writer;
  test_client_begin (&writer);
  sampan_write_put_request (&writer, &request);
  test_client_queue (ann, &writer);
}

static void
test_put_wrong_length (void)
{
  static const uint8_t data[10];
  begin_put ("files/short", 10, 0, 1);
  test_client_queue_data (ann, data, 9);
  test_client_queue_number (ann, SAMPAN_KIND_END, 9);
  begin_put ("files/short", 10, 0, 2);
  test_client_queue_data (ann, data, 10);
  test_client_queue_number (ann, SAMPAN_KIND_END, 9);
  begin_put ("files/short", 9, 0, 3);
  test_client_queue_data (ann, data, 10);
  test_client_queue_number (ann, SAMPAN_KIND_END, 10);
  g_assert_true (test_client_flush (ann));
  for (int i = 0; i < 3; i++)
    g_assert_cmpint (get_error (ann), ==, SAMPAN_ERROR_PROTOCOL);
  test_client_ping (ann);
  g_assert_null (test_fixture_read (fixture, "short"));
}

static void
test_put_abort (void)
{
  static const uint8_t data[10];
  begin_put ("files/aborted", 10, 0, 1);
  test_client_queue_data (ann, data, 9);
  queue_empty (ann, SAMPAN_KIND_PUT_ABORT);
  g_assert_true (test_client_flush (ann));
  expect_done (ann);
  g_assert_null (test_fixture_read (fixture, "aborted"));
  test_client_ping (ann);
}

static void
test_put_resume (void)
{
  const size_t sent = 3 * (size_t)SAMPAN_DATA_MAX;
  g_autofree uint8_t *data = make_large ();
  g_autoptr (TestClient) first = test_client_new_attached (fixture->port, ann);
  TestClient *main_connection = ann;
  SampanPutOffer offer;
  SampanReader reader;
  uint8_t expected[SAMPAN_HASH_LENGTH];

  ann = first;
  begin_put ("files/resumed", LARGE_BYTES, SAMPAN_PUT_RESUME, 7);
  g_assert_true (test_client_flush (first));
  test_client_expect (first, SAMPAN_KIND_PUT_OFFER, &reader);
  g_assert_true (sampan_read_put_offer (&reader, &offer));
  g_assert_cmpuint (offer.offset, ==, 0);
  test_client_queue_number (first, SAMPAN_KIND_PUT_FROM, 0);
  test_client_queue_data (first, data, sent);
  g_assert_true (test_client_flush (first));
  g_clear_pointer (&first, test_client_free);

  /* The server hears of the end of that connection when it does; until then the partial is locked.
   */
  ann = main_connection;
  do
    {
      begin_put ("files/resumed", LARGE_BYTES, SAMPAN_PUT_RESUME, 7);
      g_assert_true (test_client_flush (ann));
      test_client_expect (ann, SAMPAN_KIND_PUT_OFFER, &reader);
      g_assert_true (sampan_read_put_offer (&reader, &offer));
      if (offer.offset == sent)
        break;
      queue_empty (ann, SAMPAN_KIND_PUT_ABORT);
      g_assert_true (test_client_flush (ann));
      expect_done (ann);
    }
  while (true);
  crypto_generichash (expected, sizeof expected, data, sent, NULL, 0);
  g_assert_cmpmem (offer.hash, sizeof offer.hash, expected, sizeof expected);
  test_client_queue_number (ann, SAMPAN_KIND_PUT_FROM, sent);
  test_client_queue_data (ann, data + sent, LARGE_BYTES - sent);
  test_client_queue_number (ann, SAMPAN_KIND_END, LARGE_BYTES);
  g_assert_true (test_client_flush (ann));
  g_autofree char *name = expect_stored (ann);
  test_fixture_assert_file (fixture, "resumed", data, LARGE_BYTES);
}

int
main (int argc, char **argv)
{
  request_test_begin (&argc, &argv);
  g_test_add_func ("/server/contents/get/sizes", test_get);
  g_test_add_func ("/server/contents/get/many", test_get_many);
  g_test_add_func ("/server/contents/get/shrinking", test_get_shrinking);
  g_test_add_func ("/server/contents/put/sizes", test_put);
  g_test_add_func ("/server/contents/put/conflicts", test_put_conflicts);
  g_test_add_func ("/server/contents/put/many", test_put_many);
  g_test_add_func ("/server/contents/put/mixed", test_put_mixed);
  g_test_add_func ("/server/contents/put/refused-early", test_put_refused_early);
  g_test_add_func ("/server/contents/put/wrong-length", test_put_wrong_length);
  g_test_add_func ("/server/contents/put/abort", test_put_abort);
  g_test_add_func ("/server/contents/put/resume", test_put_resume);
  return request_test_run ();
}
