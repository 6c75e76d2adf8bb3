/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* E5, E8, E9, E11, E12: clients that ask for more than anybody can need. */

#include "config.h"

#include "commands/json-text.h"
#include "request-test.h"
#include "storage/upload.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define MANY_REQUESTS 100000
#define LISTED_FILES 1000
#define GROWTH_MAX_BYTES (64 * 1024 * 1024) /* all the replies would be 20 GB */
#define HASHES 16
#define SPARSE_BYTES (INT64_C (1) << 40)
#define PUTS_BROKEN_OFF 100
#define PUT_BYTES (1024 * 1024)
#define TREE_DEPTH 1000
#define LOGINS 600

static uint64_t
get_resident_bytes (void)
{
  unsigned long total = 0, resident = 0;
  FILE *file = fopen ("/proc/self/statm", "r");
  g_assert_nonnull (file);
  g_assert_cmpint (fscanf (file, "%lu %lu", &total, &resident), ==, 2);
  fclose (file);
  return (uint64_t)resident * (uint64_t)sysconf (_SC_PAGESIZE);
}

static int
get_status (const char *key)
{
  g_autofree char *status = test_fixture_get_status (fixture);
  g_autofree char *value = sampan_json_find (status, key);
  g_assert_nonnull (value);
  return atoi (value);
}

static void
wait_for_status (const char *key, int value)
{
  int64_t deadline_us = g_get_monotonic_time () + TEST_TIMEOUT_SECS * G_USEC_PER_SEC;
  while (get_status (key) != value)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline_us);
      g_usleep (1000);
    }
}

/* ---- E9: requests without end, and nobody reads the replies ---- */

static gpointer
ask_thread (gpointer user_data)
{
  TestClient *greedy = user_data;
  bool is_there = true;
  for (int i = 0; i < MANY_REQUESTS && is_there; i++)
    {
      test_client_queue_path (greedy, SAMPAN_KIND_LIST, "files/many");
      if (i % 100 == 99)
        is_there = test_client_flush (greedy);
    }
  return NULL;
}

static void
make_many (void)
{
  g_autofree char *folder = g_build_filename (fixture->files, "many", NULL);
  g_autofree char *padding = g_strnfill (200, 'n');
  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  for (int i = 0; i < LISTED_FILES; i++)
    {
      g_autofree char *name = g_strdup_printf ("many/%s%d", padding, i);
      test_fixture_write (fixture, name, "", 0);
    }
}

static void
test_never_reads_replies (void)
{
  TestClient *greedy = test_client_new_attached (fixture->port, ann);
  make_many ();
  test_client_ping (ann);
  uint64_t before = get_resident_bytes ();
  GThread *asker = g_thread_new ("ask", ask_thread, greedy);
  for (int i = 0; i < 1000; i++)
    test_client_ping (ann);
  uint64_t after = get_resident_bytes ();
  if (g_getenv ("SAMPAN_TEST_SANITIZED") == NULL)
    g_assert_cmpuint (after, <, before + GROWTH_MAX_BYTES);
  g_assert_cmpint (shutdown (greedy->fd, SHUT_RDWR), ==, 0);
  g_thread_join (asker);
  test_client_free (greedy);
  wait_for_status ("connections", 1);
}

/* ---- E11: hashes that take hours ---- */

static void
test_hash_ends_with_client (void)
{
  TestClient *busy[HASHES];
  g_autofree char *path = g_build_filename (fixture->files, "sparse", NULL);
  test_fixture_write (fixture, "sparse", "", 0);
  if (truncate (path, SPARSE_BYTES) != 0)
    {
      g_test_skip ("no room for a hole of a terabyte");
      return;
    }
  for (int i = 0; i < HASHES; i++)
    {
      SampanHashRequest request = { .path = test_bytes ("files/sparse"), .length = UINT64_MAX };
      SampanWriter writer;
      busy[i] = test_client_new_attached (fixture->port, ann);
      test_client_begin (&writer);
      sampan_write_hash_request (&writer, &request);
      g_assert_true (test_client_send (busy[i], &writer));
    }
  for (int i = 0; i < 100; i++)
    test_client_ping (ann);
  g_assert_cmpint (get_status ("connections"), ==, 1 + HASHES);
  for (int i = 0; i < HASHES; i++)
    test_client_free (busy[i]);
  wait_for_status ("connections", 1);
}

/* ---- E12: uploads that are announced, begun and left ---- */

static SampanPutRequest
put_request (uint64_t size, uint8_t number)
{
  SampanPutRequest request = { .path = test_bytes ("files/never"),
                               .size = size,
                               .flags = SAMPAN_PUT_RESUME,
                               .conflict = SAMPAN_CONFLICT_REFUSE };
  request.upload_id[0] = number;
  return request;
}

static void
send_put (TestClient *client, const SampanPutRequest *request)
{
  SampanWriter writer;
  test_client_begin (&writer);
  sampan_write_put_request (&writer, request);
  g_assert_true (test_client_send (client, &writer));
}

static void
test_announces_too_much (void)
{
  static const uint64_t sizes[] = { UINT64_MAX,
                                    INT64_MAX,
                                    (uint64_t)INT64_MAX + 1,
                                    UINT64_C (1) << 62 };
  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      SampanPutRequest request = put_request (sizes[i], 1);
      SampanWriter writer;
      send_put (ann, &request);
      test_client_expect_error (ann, SAMPAN_ERROR_NO_SPACE);
      test_client_begin (&writer);
      sampan_write_empty (&writer, SAMPAN_KIND_PUT_ABORT);
      g_assert_true (test_client_send (ann, &writer));
      test_client_ping (ann);
    }
}

static unsigned int
count_staged (void)
{
  g_autofree char *path = g_build_filename (fixture->files, ".sampan", "staging", NULL);
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  unsigned int count = 0;
  while (folder != NULL && g_dir_read_name (folder) != NULL)
    count++;
  return count;
}

static void
test_broken_off (void)
{
  g_autofree uint8_t *data = g_malloc0 (SAMPAN_DATA_MAX);
  for (int i = 0; i < PUTS_BROKEN_OFF; i++)
    {
      TestClient *client = test_client_new_attached (fixture->port, ann);
      SampanPutRequest request = put_request (2 * PUT_BYTES, (uint8_t)(i + 2));
      SampanReader reader;
      SampanWriter writer;
      send_put (client, &request);
      test_client_expect (client, SAMPAN_KIND_PUT_OFFER, &reader);
      test_client_begin (&writer);
      sampan_write_number (&writer, SAMPAN_KIND_PUT_FROM, 0);
      g_assert_true (test_client_send (client, &writer));
      for (size_t sent = 0; sent < PUT_BYTES; sent += SAMPAN_DATA_MAX)
        {
          test_client_begin (&writer);
          sampan_writer_put_u8 (&writer, SAMPAN_KIND_DATA);
          sampan_writer_put_fixed (&writer, data, SAMPAN_DATA_MAX);
          g_assert_true (test_client_send (client, &writer));
        }
      test_client_free (client);
    }
  wait_for_status ("connections", 1);
  g_assert_cmpuint (count_staged (), >, 0);
  g_assert_cmpuint (count_staged (), <=, SAMPAN_PARTIALS_PER_ACCOUNT);
}

/* ---- E5: logins without end ---- */

static void
test_login_flood (void)
{
  for (int i = 0; i < LOGINS; i++)
    {
      g_autofree char *source = g_strdup_printf ("127.0.%d.%d", 7 + i / 200, 1 + i % 200);
      g_autoptr (TestClient) client = test_client_connect (fixture->port, source);
      g_autoptr (SampanSecret) password = sampan_secret_new ("x", 1);
      g_autoptr (SampanLoginClient) login = sampan_login_client_new ("nobody", password);
      SampanLoginChallenge challenge;
      SampanErrorCode code = 0;
      g_assert_true (test_client_hello (client));
      /* Whoever guesses from so many places is told to wait at some point; nobody else is. */
      (void)!test_client_start_login (client, login, "nobody", &challenge, &code);
      g_assert_true (code == 0 || code == SAMPAN_ERROR_TRY_LATER);
      test_client_ping (ann);
    }
  g_autoptr (TestClient) honest = test_client_new_logged_in (fixture->port, "ann", TEST_PASSWORD);
  test_client_ping (honest);
}

/* ---- E8: a tree that another program made ---- */

static void
test_deep_tree (void)
{
  SampanPathFlagsRequest request = { .path = test_bytes ("files/d"),
                                     .flags = SAMPAN_REMOVE_RECURSIVE };
  SampanReader reader;
  SampanWriter writer;
  int fd = open (fixture->files, O_RDONLY | O_DIRECTORY);
  for (int i = 0; i < TREE_DEPTH; i++)
    {
      g_assert_cmpint (mkdirat (fd, "d", 0700), ==, 0);
      int below = openat (fd, "d", O_RDONLY | O_DIRECTORY);
      close (fd);
      fd = below;
    }
  close (fd);
  test_client_queue_path (ann, SAMPAN_KIND_MEASURE, "files/d");
  g_assert_true (test_client_flush (ann));
  test_client_expect (ann, SAMPAN_KIND_MEASURED, &reader);
  test_client_begin (&writer);
  sampan_write_path_flags_request (&writer, SAMPAN_KIND_REMOVE, &request);
  g_assert_true (test_client_send (ann, &writer));
  test_client_expect (ann, SAMPAN_KIND_REMOVED, &reader);
}

int
main (int argc, char **argv)
{
  request_test_begin (&argc, &argv);
  g_test_add_func ("/server/limits/E5/login-flood", test_login_flood);
  g_test_add_func ("/server/limits/E8/deep-tree", test_deep_tree);
  g_test_add_func ("/server/limits/E9/never-reads-replies", test_never_reads_replies);
  g_test_add_func ("/server/limits/E11/hash-ends-with-client", test_hash_ends_with_client);
  g_test_add_func ("/server/limits/E12/announces-too-much", test_announces_too_much);
  g_test_add_func ("/server/limits/E12/broken-off", test_broken_off);
  return request_test_run ();
}
