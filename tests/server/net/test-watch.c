/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* WATCH over a real connection: what is told, that nothing is missed, that it holds back nothing,
 * and its ends. */

#include "config.h"

#include "test-client.h"
#include "test-fixture.h"

#include "net/watches.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Longer than the server collects events. */
#define QUIET_MS 450
/* What came before may be told as late as that on a busy machine, but not again and again. */
#define TRIES 10

static TestFixture *fixture;
static TestClient *session; /* one login for all; each test has its own connection */

static char *
in_files (const char *name)
{
  return g_build_filename (fixture->files, name, NULL);
}

static void
make_folder (const char *name)
{
  g_autofree char *path = in_files (name);
  g_assert_cmpint (g_mkdir_with_parents (path, 0700), ==, 0);
}

static void
send_watch (TestClient *client, const char *path)
{
  test_client_queue_path (client, SAMPAN_KIND_WATCH, path);
  g_assert_true (test_client_flush (client));
}

static void
expect_done (TestClient *client)
{
  SampanReader reader;
  test_client_expect (client, SAMPAN_KIND_DONE, &reader);
  g_assert_true (sampan_read_empty (&reader));
}

static void
expect_changes (TestClient *client)
{
  SampanReader reader;
  test_client_expect (client, SAMPAN_KIND_CHANGES, &reader);
  g_assert_true (sampan_read_empty (&reader));
  expect_done (client);
}

static bool
is_quiet (TestClient *client)
{
  struct pollfd fd = { .fd = client->fd, .events = POLLIN };
  return poll (&fd, 1, QUIET_MS) == 0;
}

/* Of what ACT does nothing is told to CLIENT, which waits for changes of PATH. */
static void
expect_no_change (TestClient *client, const char *path, void (*act) (void))
{
  int tries = 0;

  for (act (); !is_quiet (client); act ())
    {
      g_assert_cmpint (++tries, <, TRIES);
      expect_changes (client);
      send_watch (client, path);
    }
}

/* The answer to the first and a second one that waits. */
static void
start_watching (TestClient *client, const char *path)
{
  send_watch (client, path);
  expect_done (client);
  send_watch (client, path);
}

/* One change may be several events, and so two answers. */
static void
watch_until_quiet (TestClient *client, const char *path)
{
  for (send_watch (client, path); !is_quiet (client); send_watch (client, path))
    expect_changes (client);
}

static void
stop_watching (TestClient *client)
{
  SampanWriter writer;
  SampanReader reader;
  uint8_t kind = 0;

  test_client_begin (&writer);
  sampan_write_text (&writer, SAMPAN_KIND_PING, test_bytes (""));
  g_assert_true (test_client_send (client, &writer));
  while (test_client_receive (client, &kind, &reader) && kind != SAMPAN_KIND_PONG)
    g_assert_true (kind == SAMPAN_KIND_CHANGES || kind == SAMPAN_KIND_DONE);
  g_assert_cmphex (kind, ==, SAMPAN_KIND_PONG);
}

/* ---- Changes ---- */

static void
do_write (void)
{
  test_fixture_write (fixture, "w/new", "1", 1);
}

static void
do_grow (void)
{
  g_autofree char *path = in_files ("w/new");
  FILE *file = fopen (path, "a");
  g_assert_nonnull (file);
  g_assert_cmpint (fputs ("more", file), >=, 0);
  g_assert_cmpint (fclose (file), ==, 0);
}

static void
do_mode (void)
{
  g_autofree char *path = in_files ("w/new");
  g_assert_cmpint (g_chmod (path, 0600), ==, 0);
}

static void
do_rename (void)
{
  g_autofree char *from = in_files ("w/new");
  g_autofree char *to = in_files ("w/other");
  g_assert_cmpint (g_rename (from, to), ==, 0);
}

static void
do_remove (void)
{
  g_autofree char *path = in_files ("w/other");
  g_assert_cmpint (g_remove (path), ==, 0);
}

static void
do_mkdir (void)
{
  make_folder ("w/made");
}

static void
test_changes_on_disk (void)
{
  g_autoptr (TestClient) ann = test_client_new_attached (fixture->port, session);
  static void (*const changes[]) (void) = { do_write,  do_grow,   do_mode,
                                            do_rename, do_remove, do_mkdir };

  start_watching (ann, "files/w");
  for (size_t i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      changes[i]();
      expect_changes (ann);
      watch_until_quiet (ann, "files/w");
    }
  stop_watching (ann);
}

static TestClient *other;

static void
do_begin_upload (void)
{
  g_autoptr (TestClient) client = test_client_new_attached (fixture->port, other);
  test_client_begin_upload (client, "files/w/partial");
  test_wait_for_staging (fixture->files);
}

static void
test_change_by_other (void)
{
  g_autoptr (TestClient) ann = test_client_new_attached (fixture->port, session);
  SampanReader reader;

  other = test_client_new_logged_in (fixture->port, "adder", TEST_PASSWORD);
  start_watching (ann, "files/w");
  test_client_queue_put (other, "files/w/put", "123", 3, SAMPAN_CONFLICT_REFUSE);
  g_assert_true (test_client_flush (other));
  test_client_expect (other, SAMPAN_KIND_STORED, &reader);
  expect_changes (ann);
  /* What is staged elsewhere in the share is not in the folder. */
  watch_until_quiet (ann, "files/w");
  expect_no_change (ann, "files/w", do_begin_upload);
  stop_watching (ann);
  g_clear_pointer (&other, test_client_free);
}

static void
do_deeper_and_read (void)
{
  g_autoptr (GBytes) bytes = test_fixture_read (fixture, "w/read");
  test_fixture_write (fixture, "w/sub/deep", "1", 1);
}

/* What lies deeper, or is only read, changes nothing here. */
static void
test_no_change (void)
{
  g_autoptr (TestClient) ann = test_client_new_attached (fixture->port, session);

  make_folder ("w/sub");
  test_fixture_write (fixture, "w/read", "1", 1);
  start_watching (ann, "files/w");
  expect_no_change (ann, "files/w", do_deeper_and_read);
  test_client_queue_path (ann, SAMPAN_KIND_LIST, "files/w");
  g_assert_true (test_client_flush (ann));
  expect_done (ann);
  SampanReader reader;
  test_client_expect (ann, SAMPAN_KIND_LIST_PAGE, &reader);
  test_client_expect (ann, SAMPAN_KIND_LIST_END, &reader);
}

/* Between two of its requests nothing is lost; it is told once. */
static void
test_between (void)
{
  g_autoptr (TestClient) ann = test_client_new_attached (fixture->port, session);
  send_watch (ann, "files/w");
  expect_done (ann);
  test_fixture_write (fixture, "w/between", "1", 1);
  g_assert_true (is_quiet (ann));
  send_watch (ann, "files/w");
  expect_changes (ann);
  watch_until_quiet (ann, "files/w");
  stop_watching (ann);
}

/* Many events are few answers. */
static void
test_flood (void)
{
  g_autoptr (TestClient) ann = test_client_new_attached (fixture->port, session);
  int64_t started_us = g_get_monotonic_time ();
  int64_t n_answers = 0;

  start_watching (ann, "files/w");
  while (n_answers == 0 || g_get_monotonic_time () - started_us < G_USEC_PER_SEC)
    {
      struct pollfd fd = { .fd = ann->fd, .events = POLLIN };

      g_assert_cmpint (g_get_monotonic_time () - started_us, <, TEST_TIMEOUT_SECS * G_USEC_PER_SEC);
      do_write ();
      if (poll (&fd, 1, 0) == 0)
        continue;
      expect_changes (ann);
      n_answers++;
      send_watch (ann, "files/w");
    }
  g_assert_cmpint (n_answers, <=, 5 * (g_get_monotonic_time () - started_us) / G_USEC_PER_SEC + 1);
  stop_watching (ann);
}

/* ---- Folders that go ---- */

/* The folder may have gone before the server has read of the WATCH that is to wait. */
static void
expect_gone (TestClient *client, const char *path)
{
  SampanReader reader;
  SampanErrorReply reply;
  uint8_t kind = 0;

  g_assert_true (test_client_receive (client, &kind, &reader));
  if (kind == SAMPAN_KIND_CHANGES)
    {
      expect_done (client);
      send_watch (client, path);
      test_client_expect_error (client, SAMPAN_ERROR_NOT_FOUND);
      return;
    }
  g_assert_cmphex (kind, ==, SAMPAN_KIND_ERROR);
  g_assert_true (sampan_read_error_reply (&reader, &reply));
  g_assert_cmpuint (reply.code, ==, SAMPAN_ERROR_NOT_FOUND);
}

static void
test_folder_goes (void)
{
  g_autoptr (TestClient) ann = test_client_new_attached (fixture->port, session);
  g_autofree char *path = in_files ("going");
  g_autofree char *moved = in_files ("gone-now");

  make_folder ("going");
  start_watching (ann, "files/going");
  g_assert_cmpint (g_rename (path, moved), ==, 0);
  expect_gone (ann, "files/going");
  /* Another folder of that name: that is a change, and it is the one that is watched. */
  make_folder ("going");
  send_watch (ann, "files/going");
  expect_changes (ann);
  send_watch (ann, "files/going");
  g_assert_cmpint (g_rmdir (path), ==, 0);
  expect_gone (ann, "files/going");
}

static void
test_refusals (void)
{
  g_autoptr (TestClient) ann = test_client_new_attached (fixture->port, session);
  static const struct
  {
    const char *path;
    SampanErrorCode code;
  } cases[] = {
    { "", SAMPAN_ERROR_WRONG_KIND },           { "none", SAMPAN_ERROR_NOT_FOUND },
    { "files/none", SAMPAN_ERROR_NOT_FOUND },  { "files/file", SAMPAN_ERROR_WRONG_KIND },
    { "files/link", SAMPAN_ERROR_WRONG_KIND }, { "files/.sampan", SAMPAN_ERROR_BAD_NAME },
  };
  g_autofree char *link = in_files ("link");
  g_autoptr (TestClient) nobody =
      test_client_new_logged_in (fixture->port, "nobody", TEST_PASSWORD);

  test_fixture_write (fixture, "file", "", 0);
  g_assert_cmpint (symlink ("/", link), ==, 0);
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      send_watch (ann, cases[i].path);
      test_client_expect_error (ann, cases[i].code);
    }
  send_watch (nobody, "files/w");
  test_client_expect_error (nobody, SAMPAN_ERROR_NOT_FOUND);
}

/* Whose right has ended hears no more. */
static void
test_right_ends (void)
{
  g_autoptr (TestClient) reader =
      test_client_new_logged_in (fixture->port, "reader", TEST_PASSWORD);
  g_autoptr (GError) error = NULL;

  start_watching (reader, "files/w");
  g_assert_true (
      sampan_account_store_grant (fixture->store, "files", "reader", SAMPAN_RIGHT_NONE, &error));
  test_fixture_reload (fixture);
  test_fixture_write (fixture, "w/secret", "1", 1);
  test_client_expect_error (reader, SAMPAN_ERROR_NOT_FOUND);
}

/* ---- Many ---- */

static void
test_limit_of_session (void)
{
  g_autoptr (TestClient) ann = test_client_new_attached (fixture->port, session);
  TestClient *clients[SAMPAN_WATCHES_PER_SESSION];
  g_autoptr (TestClient) one_more = NULL;
  g_autoptr (TestClient) own = test_client_new_logged_in (fixture->port, "ann", TEST_PASSWORD);

  for (size_t i = 0; i < G_N_ELEMENTS (clients); i++)
    {
      clients[i] = test_client_new_attached (fixture->port, own);
      start_watching (clients[i], "files/w");
    }
  one_more = test_client_new_attached (fixture->port, own);
  send_watch (one_more, "files/w");
  g_assert_cmpuint (test_client_expect_error (one_more, SAMPAN_ERROR_TRY_LATER), >, 0);
  /* All hear of one change, and another folder takes the place of the one before. */
  test_fixture_write (fixture, "w/for-all", "1", 1);
  for (size_t i = 0; i < G_N_ELEMENTS (clients); i++)
    {
      expect_changes (clients[i]);
      start_watching (clients[i], "files/w/sub");
    }
  test_client_free (clients[0]);
  for (;;)
    {
      SampanReader reader;
      uint8_t kind = 0;

      send_watch (one_more, "files/w");
      g_assert_true (test_client_receive (one_more, &kind, &reader));
      if (kind == SAMPAN_KIND_DONE)
        break;
      g_usleep (1000);
    }
  for (size_t i = 1; i < G_N_ELEMENTS (clients); i++)
    test_client_free (clients[i]);
}

/* A change that comes while the connection is being served is not lost either. */
static void
test_race (void)
{
  g_autoptr (TestClient) ann = test_client_new_attached (fixture->port, session);
  for (int i = 0; i < 20; i++)
    {
      start_watching (ann, "files/w");
      test_fixture_write (fixture, "w/race", "1", 1);
      expect_changes (ann);
      send_watch (ann, "files/w/sub");
      expect_done (ann);
    }
}

/* Parked with a watch, then told to stop. Last. */
static void
test_stop (void)
{
  g_autoptr (TestClient) ann = test_client_new_attached (fixture->port, session);
  send_watch (ann, "files/w");
  expect_done (ann);
  watch_until_quiet (ann, "files/w");
  test_fixture_stop (fixture);
  expect_done (ann);
  test_client_expect_goodbye (ann);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (sampan_crypto_init ());
  fixture = test_fixture_new (NULL);
  make_folder ("w/sub");
  session = test_client_new_logged_in (fixture->port, "ann", TEST_PASSWORD);
  g_test_add_func ("/server/watch/changes-on-disk", test_changes_on_disk);
  g_test_add_func ("/server/watch/change-by-other", test_change_by_other);
  g_test_add_func ("/server/watch/no-change", test_no_change);
  g_test_add_func ("/server/watch/between", test_between);
  g_test_add_func ("/server/watch/flood", test_flood);
  g_test_add_func ("/server/watch/folder-goes", test_folder_goes);
  g_test_add_func ("/server/watch/refusals", test_refusals);
  g_test_add_func ("/server/watch/right-ends", test_right_ends);
  g_test_add_func ("/server/watch/limit-of-session", test_limit_of_session);
  g_test_add_func ("/server/watch/race", test_race);
  g_test_add_func ("/server/watch/stop", test_stop);
  int result = g_test_run ();
  test_client_free (session);
  test_fixture_free (fixture);
  return result;
}
