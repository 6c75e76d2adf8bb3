/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Requests in one line and what comes back. */

#include "config.h"

#include "request-test.h"

#include <sodium.h>
#include <string.h>

TestFixture *fixture;
TestClient *ann;

void
request_test_begin (int *argc, char ***argv)
{
  g_test_init (argc, argv, NULL);
  g_assert_true (sampan_crypto_init ());
  fixture = test_fixture_new (NULL);
  ann = test_client_new_logged_in (fixture->port, "ann", TEST_PASSWORD);
}

int
request_test_run (void)
{
  int result = g_test_run ();
  test_client_free (ann);
  test_fixture_free (fixture);
  return result;
}

uint8_t *
make_large (void)
{
  uint8_t *data = g_malloc (LARGE_BYTES);
  randombytes_buf (data, LARGE_BYTES);
  return data;
}

void
send_path (TestClient *client, SampanKind kind, const char *path)
{
  test_client_queue_path (client, kind, path);
  g_assert_true (test_client_flush (client));
}

void
send_path_flags (TestClient *client, SampanKind kind, const char *path, uint8_t flags)
{
  SampanPathFlagsRequest request = { .path = test_bytes (path), .flags = flags };
  SampanWriter writer;
  test_client_begin (&writer);
  sampan_write_path_flags_request (&writer, kind, &request);
  g_assert_true (test_client_send (client, &writer));
}

void
send_move (TestClient *client,
           SampanKind kind,
           const char *from,
           const char *to,
           SampanConflict conflict)
{
  SampanMoveRequest request = { .from = test_bytes (from),
                                .to = test_bytes (to),
                                .conflict = conflict };
  SampanWriter writer;
  test_client_begin (&writer);
  sampan_write_move_request (&writer, kind, &request);
  g_assert_true (test_client_send (client, &writer));
}

void
send_move_of (TestClient *client,
              SampanKind kind,
              const char *from,
              const char *to,
              const uint8_t version[static SAMPAN_VERSION_LENGTH])
{
  SampanMoveRequest request = { .from = test_bytes (from),
                                .to = test_bytes (to),
                                .conflict = SAMPAN_CONFLICT_REFUSE,
                                .flags = SAMPAN_MOVE_EXPECT_VERSION };
  SampanWriter writer;
  memcpy (request.version, version, sizeof request.version);
  test_client_begin (&writer);
  sampan_write_move_request (&writer, kind, &request);
  g_assert_true (test_client_send (client, &writer));
}

void
send_get (TestClient *client, const char *path, uint64_t offset, const uint8_t *version)
{
  SampanGetRequest request = { .path = test_bytes (path), .offset = offset };
  SampanWriter writer;
  if (version != NULL)
    {
      request.flags = SAMPAN_GET_EXPECT_VERSION;
      memcpy (request.version, version, sizeof request.version);
    }
  test_client_begin (&writer);
  sampan_write_get_request (&writer, &request);
  g_assert_true (test_client_send (client, &writer));
}

void
expect_done (TestClient *client)
{
  SampanReader reader;
  test_client_expect (client, SAMPAN_KIND_DONE, &reader);
  g_assert_true (sampan_read_empty (&reader));
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *)a, *(char *const *)b);
}

char *
list (TestClient *client, const char *path)
{
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func (g_free);
  SampanReader reader;
  uint8_t kind = 0;
  uint64_t count = 0;

  send_path (client, SAMPAN_KIND_LIST, path);
  while (test_client_receive (client, &kind, &reader) && kind == SAMPAN_KIND_LIST_PAGE)
    while (!sampan_reader_at_end (&reader))
      {
        SampanEntry entry;
        g_assert_true (sampan_read_page_entry (&reader, &entry));
        g_ptr_array_add (entries,
                         g_strdup_printf ("%.*s:%u:%u",
                                          (int)entry.name.length,
                                          (const char *)entry.name.data,
                                          entry.kind,
                                          entry.right));
      }
  g_assert_cmphex (kind, ==, SAMPAN_KIND_LIST_END);
  g_assert_true (sampan_read_number (&reader, &count));
  g_assert_cmpuint (count, ==, entries->len);
  g_ptr_array_sort (entries, compare_texts);
  g_ptr_array_add (entries, NULL);
  return g_strjoinv (" ", (char **)entries->pdata);
}

SampanErrorCode
get_error (TestClient *client)
{
  SampanReader reader;
  SampanErrorReply error;
  test_client_expect (client, SAMPAN_KIND_ERROR, &reader);
  g_assert_true (sampan_read_error_reply (&reader, &error));
  return error.code;
}

GByteArray *
receive_file (TestClient *client, SampanGetInfo *info)
{
  GByteArray *data = g_byte_array_new ();
  SampanReader reader;
  uint8_t kind = 0;
  uint64_t total = 0;

  test_client_expect (client, SAMPAN_KIND_GET_INFO, &reader);
  g_assert_true (sampan_read_get_info (&reader, info));
  while (test_client_receive (client, &kind, &reader) && kind == SAMPAN_KIND_DATA)
    {
      SampanBytes bytes = sampan_reader_get_rest (&reader);
      g_byte_array_append (data, bytes.data, (guint)bytes.length);
    }
  g_assert_cmphex (kind, ==, SAMPAN_KIND_END);
  g_assert_true (sampan_read_number (&reader, &total));
  g_assert_cmpuint (total, ==, info->size);
  return data;
}

char *
expect_stored (TestClient *client)
{
  SampanReader reader;
  SampanStored stored;
  test_client_expect (client, SAMPAN_KIND_STORED, &reader);
  g_assert_true (sampan_read_stored (&reader, &stored));
  return g_strndup ((const char *)stored.name.data, stored.name.length);
}

void
put (TestClient *client, const char *path, const void *data, size_t length, SampanConflict conflict)
{
  test_client_queue_put (client, path, data, length, conflict);
  g_assert_true (test_client_flush (client));
}

void
queue_empty (TestClient *client, SampanKind kind)
{
  SampanWriter writer;
  test_client_begin (&writer);
  sampan_write_empty (&writer, kind);
  test_client_queue (client, &writer);
}
