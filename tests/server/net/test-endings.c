/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* How connections end that did not choose to: accounts disabled, servers stopped,
 * peers that stopped reading. */

#include "config.h"

#include "test-client.h"
#include "test-fixture.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* How much of an upload is safe may have been told before. */
static void
expect_closed (TestClient *client)
{
  uint8_t kind = 0;
  SampanReader reader;

  while (test_client_receive (client, &kind, &reader))
    g_assert_cmphex (kind, ==, SAMPAN_KIND_PROGRESS);
}

/* ---- Accounts ---- */

static void
test_disable (void)
{
  static const char *const only[] = { "target", NULL };
  g_autoptr (TestFixture) fixture = test_fixture_new (NULL);
  g_autoptr (TestClient) idle = test_client_new_logged_in (fixture->port, "ann", TEST_PASSWORD);
  g_autoptr (TestClient) busy = test_client_new_attached (fixture->port, idle);
  g_autoptr (TestClient) other = test_client_new_logged_in (fixture->port, "reader", TEST_PASSWORD);
  g_autoptr (GError) error = NULL;
  SampanWriter writer;

  test_fixture_write (fixture, "target", "old", 3);
  test_client_begin_upload (busy, "files/target");
  test_wait_for_staging (fixture->files);
  g_assert_true (sampan_account_store_set_enabled (fixture->store, "ann", false, &error));
  test_fixture_reload (fixture);
  g_assert_true (test_client_is_closed (idle));
  expect_closed (busy);
  test_fixture_assert_file (fixture, "target", "old", 3);
  test_assert_names (fixture->files, only);
  /* Neither the ticket nor the password is good any more; nobody else is touched. */
  g_autoptr (TestClient) again = test_client_connect (fixture->port, NULL);
  g_assert_false (test_client_attach (again, idle));
  g_autoptr (TestClient) login = test_client_connect (fixture->port, "127.0.3.1");
  g_assert_cmpint (test_client_login (login, "ann", TEST_PASSWORD), ==, SAMPAN_ERROR_LOGIN_REFUSED);
  test_client_begin (&writer);
  test_client_ping (other);
}

static void
test_remove_while_downloading (void)
{
  g_autoptr (TestFixture) fixture = test_fixture_new (NULL);
  g_autoptr (TestClient) client = test_client_new_logged_in (fixture->port, "ann", TEST_PASSWORD);
  g_autofree char *path = g_build_filename (fixture->files, "large", NULL);
  SampanGetRequest request = { .path = test_bytes ("files/large") };
  SampanWriter writer;
  SampanReader reader;
  uint8_t kind = 0;
  g_autoptr (GError) error = NULL;

  test_fixture_write (fixture, "large", "", 0);
  g_assert_cmpint (truncate (path, 1024 * 1024 * 1024), ==, 0);
  test_client_begin (&writer);
  sampan_write_get_request (&writer, &request);
  g_assert_true (test_client_send (client, &writer));
  test_client_expect (client, SAMPAN_KIND_GET_INFO, &reader);
  g_assert_true (sampan_account_store_remove (fixture->store, "ann", &error));
  test_fixture_reload (fixture);
  while (test_client_receive (client, &kind, &reader))
    g_assert_cmphex (kind, ==, SAMPAN_KIND_DATA);
}

static void
expect_kicked (const TestFixture *fixture, const TestClient *session)
{
  g_autoptr (TestClient) again = test_client_connect (fixture->port, NULL);
  g_assert_true (test_client_try_to_attach (again, session));
  test_client_expect_error (again, SAMPAN_ERROR_SESSION_ENDED);
  g_assert_true (test_client_is_closed (again));
}

static void
expect_unknown (const TestFixture *fixture, const TestClient *session)
{
  g_autoptr (TestClient) again = test_client_connect (fixture->port, NULL);
  g_assert_false (test_client_attach (again, session));
}

static void
test_kick (void)
{
  g_autoptr (TestFixture) fixture = test_fixture_new (NULL);
  g_autoptr (TestClient) idle = test_client_new_logged_in (fixture->port, "ann", TEST_PASSWORD);
  g_autoptr (TestClient) busy = test_client_new_attached (fixture->port, idle);
  TestClient *gone = test_client_new_logged_in (fixture->port, "ann", TEST_PASSWORD);
  TestClient gone_session = *gone;
  g_autoptr (TestClient) other = test_client_new_logged_in (fixture->port, "reader", TEST_PASSWORD);
  g_autoptr (GError) error = NULL;

  test_client_begin_upload (busy, "files/target");
  test_wait_for_staging (fixture->files);
  test_client_free (gone);
  g_assert_cmpuint (sampan_server_kick (fixture->server, "ann"), ==, 2);
  g_assert_true (test_client_is_closed (idle));
  expect_closed (busy);
  g_assert_cmpuint (sampan_server_kick (fixture->server, "ann"), ==, 0);
  /* Each is told, as often as it asks, connected or not; who does not know the ticket is not. */
  expect_kicked (fixture, idle);
  expect_kicked (fixture, idle);
  expect_kicked (fixture, &gone_session);
  TestClient wrong = gone_session;
  wrong.ticket[0] ^= 1;
  expect_unknown (fixture, &wrong);
  /* A new login stands beside it. */
  g_autoptr (TestClient) anew = test_client_new_logged_in (fixture->port, "ann", TEST_PASSWORD);
  test_client_ping (anew);
  test_client_ping (other);
  expect_kicked (fixture, idle);
  /* Once the account may not log in, that is all there is to know. */
  g_assert_true (sampan_account_store_set_enabled (fixture->store, "ann", false, &error));
  test_fixture_reload (fixture);
  expect_unknown (fixture, idle);
}

/* A right that was taken away while the data came. */
static void
test_revoke_right (void)
{
  g_autoptr (TestFixture) fixture = test_fixture_new (NULL);
  g_autoptr (TestClient) client = test_client_new_logged_in (fixture->port, "ann", TEST_PASSWORD);
  SampanPutRequest request = { .path = test_bytes ("files/late"),
                               .conflict = SAMPAN_CONFLICT_REPLACE };
  SampanWriter writer;
  g_autoptr (GError) error = NULL;

  test_client_begin (&writer);
  sampan_write_put_request (&writer, &request);
  g_assert_true (test_client_send (client, &writer));
  test_wait_for_staging (fixture->files);
  g_assert_true (
      sampan_account_store_grant (fixture->store, "files", "ann", SAMPAN_RIGHT_READ, &error));
  test_fixture_reload (fixture);
  test_client_begin (&writer);
  sampan_write_number (&writer, SAMPAN_KIND_END, 0);
  g_assert_true (test_client_send (client, &writer));
  test_client_expect_error (client, SAMPAN_ERROR_NOT_ALLOWED);
  g_assert_null (test_fixture_read (fixture, "late"));
}

/* ---- Stopping ---- */

static void
test_stop (void)
{
  static const char *const only[] = { "target", "whole", NULL };
  g_autoptr (TestFixture) fixture = test_fixture_new (NULL);
  g_autoptr (TestClient) idle = test_client_new_logged_in (fixture->port, "ann", TEST_PASSWORD);
  g_autoptr (TestClient) busy = test_client_new_attached (fixture->port, idle);
  g_autoptr (TestClient) stranger = test_client_connect (fixture->port, NULL);
  SampanReader reader;

  test_fixture_write (fixture, "target", "old", 3);
  test_client_queue_put (busy, "files/whole", "whole", 5, SAMPAN_CONFLICT_REFUSE);
  g_assert_true (test_client_flush (busy));
  test_client_expect (busy, SAMPAN_KIND_STORED, &reader);
  test_client_begin_upload (busy, "files/target");
  test_wait_for_staging (fixture->files);
  test_fixture_stop (fixture);
  test_client_expect_goodbye (idle);
  test_client_expect_error (busy, SAMPAN_ERROR_SHUTTING_DOWN);
  test_client_expect_goodbye (busy);
  g_assert_true (test_client_is_closed (stranger));
  test_fixture_assert_file (fixture, "target", "old", 3);
  test_fixture_assert_file (fixture, "whole", "whole", 5);
  test_assert_names (fixture->files, only);
}

/* A client that asks for much and reads nothing: the server's memory is bounded, others are served,
 * and a stop does not wait for it. */
static void
test_never_reads (void)
{
  const SampanServerTimes times = { .stop_grace_us = G_USEC_PER_SEC / 4 };
  g_autoptr (TestFixture) fixture = test_fixture_new (&times);
  g_autoptr (TestClient) client = test_client_new_logged_in (fixture->port, "ann", TEST_PASSWORD);
  g_autoptr (TestClient) other = test_client_new_logged_in (fixture->port, "ann", TEST_PASSWORD);
  g_autofree char *path = g_build_filename (fixture->files, "large", NULL);

  test_fixture_write (fixture, "large", "", 0);
  g_assert_cmpint (truncate (path, 1024 * 1024 * 1024), ==, 0);
  for (int i = 0; i < 10; i++)
    {
      SampanGetRequest request = { .path = test_bytes ("files/large") };
      SampanWriter writer;
      test_client_begin (&writer);
      sampan_write_get_request (&writer, &request);
      g_assert_true (test_client_send (client, &writer));
    }
  for (int i = 0; i < 100; i++)
    test_client_ping (other);
}

/* The peer is due to send and does not: the connection is given up. */
static void
test_dead_peer (void)
{
  const SampanServerTimes times = { .dead_peer_us = G_USEC_PER_SEC / 2 };
  g_autoptr (TestFixture) fixture = test_fixture_new (&times);
  g_autoptr (TestClient) client = test_client_new_logged_in (fixture->port, "ann", TEST_PASSWORD);
  test_client_begin_upload (client, "files/target");
  expect_closed (client);
  g_assert_null (test_fixture_read (fixture, "target"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (sampan_crypto_init ());
  g_test_add_func ("/server/endings/disable", test_disable);
  g_test_add_func ("/server/endings/remove-while-downloading", test_remove_while_downloading);
  g_test_add_func ("/server/endings/kick", test_kick);
  g_test_add_func ("/server/endings/revoke-right", test_revoke_right);
  g_test_add_func ("/server/endings/stop", test_stop);
  g_test_add_func ("/server/endings/E10/never-reads", test_never_reads);
  g_test_add_func ("/server/endings/E10/dead-peer", test_dead_peer);
  return g_test_run ();
}
