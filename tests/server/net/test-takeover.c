/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A client that comes back while the server still waits for its old connection. */

#include "config.h"

#include "test-client.h"
#include "test-fixture.h"

#include <sodium.h>
#include <string.h>
#include <sys/stat.h>

#define SENT_BYTES (16 * (size_t)SAMPAN_DATA_MAX)
#define SIZE_BYTES (2 * SENT_BYTES)
#define UPLOAD_ID 9

typedef struct
{
  TestFixture *fixture;
  TestClient *session;
  TestClient *old;
  uint8_t *data;
} Takeover;

static void
queue_put (TestClient *client, uint8_t flags)
{
  SampanPutRequest request = { .path = test_bytes ("files/target"),
                               .size = SIZE_BYTES,
                               .conflict = SAMPAN_CONFLICT_REFUSE,
                               .flags = flags,
                               .upload_id = { UPLOAD_ID } };
  SampanWriter writer;

  test_client_begin (&writer);
  sampan_write_put_request (&writer, &request);
  test_client_queue (client, &writer);
}

static SampanPutOffer
ask_for_offer (TestClient *client)
{
  SampanPutOffer offer = { 0 };
  SampanReader reader;

  queue_put (client, SAMPAN_PUT_RESUME);
  g_assert_true (test_client_flush (client));
  test_client_expect (client, SAMPAN_KIND_PUT_OFFER, &reader);
  g_assert_true (sampan_read_put_offer (&reader, &offer));
  return offer;
}

static void
wait_for_staged_bytes (Takeover *self, size_t bytes)
{
  g_autofree char *staging = g_build_filename (self->fixture->files, ".sampan", "staging", NULL);
  int64_t until_us = g_get_monotonic_time () + TEST_TIMEOUT_SECS * G_USEC_PER_SEC;

  test_wait_for_staging (self->fixture->files);
  while (g_get_monotonic_time () < until_us)
    {
      g_autoptr (GDir) dir = g_dir_open (staging, 0, NULL);
      const char *name = dir != NULL ? g_dir_read_name (dir) : NULL;
      g_autofree char *path = g_build_filename (staging, name, NULL);
      struct stat status;

      if (name != NULL && stat (path, &status) == 0 && (size_t)status.st_size == bytes)
        return;
      g_usleep (1000);
    }
  g_assert_not_reached ();
}

/* Half of the file is there, and no more comes. */
static void
set_up (Takeover *self)
{
  self->fixture = test_fixture_new (NULL);
  self->session = test_client_new_logged_in (self->fixture->port, "ann", TEST_PASSWORD);
  self->old = test_client_new_attached (self->fixture->port, self->session);
  self->data = g_malloc (SIZE_BYTES);
  randombytes_buf (self->data, SIZE_BYTES);
  queue_put (self->old, 0);
  test_client_queue_data (self->old, self->data, SENT_BYTES);
  g_assert_true (test_client_flush (self->old));
  wait_for_staged_bytes (self, SENT_BYTES);
}

static void
tear_down (Takeover *self)
{
  g_clear_pointer (&self->old, test_client_free);
  g_clear_pointer (&self->session, test_client_free);
  g_clear_pointer (&self->fixture, test_fixture_free);
  g_clear_pointer (&self->data, g_free);
}

static void
finish (Takeover *self, TestClient *client, size_t offset)
{
  SampanReader reader;

  test_client_queue_number (client, SAMPAN_KIND_PUT_FROM, offset);
  test_client_queue_data (client, self->data + offset, SIZE_BYTES - offset);
  test_client_queue_number (client, SAMPAN_KIND_END, SIZE_BYTES);
  g_assert_true (test_client_flush (client));
  test_client_expect (client, SAMPAN_KIND_STORED, &reader);
  test_fixture_assert_file (self->fixture, "target", self->data, SIZE_BYTES);
}

static void
test_silent (gconstpointer data)
{
  bool is_other_session = GPOINTER_TO_INT (data);
  Takeover self = { 0 };
  SampanWriter writer;

  set_up (&self);
  {
    uint16_t port = self.fixture->port;
    g_autoptr (TestClient) client = is_other_session
                                        ? test_client_new_logged_in (port, "ann", TEST_PASSWORD)
                                        : test_client_new_attached (port, self.session);
    SampanPutOffer offer = ask_for_offer (client);

    g_assert_cmpuint (offer.offset, ==, SENT_BYTES);
    finish (&self, client, SENT_BYTES);
  }
  /* Should it be alive after all, it hears of it, and can go on with something else. */
  test_client_expect_error (self.old, SAMPAN_ERROR_TAKEN_OVER);
  test_client_begin (&writer);
  sampan_write_empty (&writer, SAMPAN_KIND_PUT_ABORT);
  g_assert_true (test_client_send (self.old, &writer));
  test_client_ping (self.old);
  tear_down (&self);
}

/* Each in turn: whoever comes last has it. */
static void
test_in_turn (void)
{
  Takeover self = { 0 };

  set_up (&self);
  {
    g_autoptr (TestClient) second = test_client_new_attached (self.fixture->port, self.session);
    g_autoptr (TestClient) third = test_client_new_attached (self.fixture->port, self.session);

    g_assert_cmpuint (ask_for_offer (second).offset, ==, SENT_BYTES);
    g_assert_cmpuint (ask_for_offer (third).offset, ==, SENT_BYTES);
    test_client_expect_error (second, SAMPAN_ERROR_TAKEN_OVER);
    finish (&self, third, SENT_BYTES);
  }
  test_client_expect_error (self.old, SAMPAN_ERROR_TAKEN_OVER);
  tear_down (&self);
}

/* C9: somebody else's upload of the same id, and one that does not resume, take nothing. */
static void
test_left_alone (void)
{
  Takeover self = { 0 };

  set_up (&self);
  {
    g_autoptr (TestClient) adder =
        test_client_new_logged_in (self.fixture->port, "adder", TEST_PASSWORD);
    g_autoptr (TestClient) fresh = test_client_new_attached (self.fixture->port, self.session);
    SampanReader reader;

    g_assert_cmpuint (ask_for_offer (adder).offset, ==, 0);
    queue_put (fresh, 0);
    test_client_queue_number (fresh, SAMPAN_KIND_END, 0);
    g_assert_true (test_client_flush (fresh));
    test_client_expect_error (fresh, SAMPAN_ERROR_PROTOCOL);
    test_client_queue_data (self.old, self.data + SENT_BYTES, SIZE_BYTES - SENT_BYTES);
    test_client_queue_number (self.old, SAMPAN_KIND_END, SIZE_BYTES);
    g_assert_true (test_client_flush (self.old));
    test_client_expect (self.old, SAMPAN_KIND_STORED, &reader);
    test_fixture_assert_file (self.fixture, "target", self.data, SIZE_BYTES);
  }
  tear_down (&self);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (sampan_crypto_init ());
  g_test_add_data_func ("/server/takeover/silent", GINT_TO_POINTER (false), test_silent);
  g_test_add_data_func ("/server/takeover/other-session", GINT_TO_POINTER (true), test_silent);
  g_test_add_func ("/server/takeover/in-turn", test_in_turn);
  g_test_add_func ("/server/takeover/left-alone", test_left_alone);
  return g_test_run ();
}
