/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Against the real server: a shown folder that follows what others do, searches, measures, and that
 * none of them holds up the rest. */

#include "config.h"

#include "real-server.h"
#include "relay.h"

#include "folder-watch.h"
#include "session-private.h"
#include "session-search.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#define MANY_FILES 2500
#define KEEPALIVE_MS 300
#define SHORT_MS 3000 /* for every answer but that to a watch, however busy the machine is */
#define RETRY_MS 20

/* ---- A folder as a window shows it ---- */

typedef struct
{
  SampanSession *session;
  SampanFolderWatch *watch;
  SampanPath *path;
  SampanFolderList *list; /* NULL until it came */
  unsigned int n_changes;
  const char *wanted; /* for is_shown() */
  bool is_wanted;
} Shown;

static void list_cb (GObject *source, GAsyncResult *result, gpointer user_data);

static void
changed_cb (SampanFolderWatch *watch, gpointer user_data)
{
  Shown *self = user_data;

  self->n_changes++;
  sampan_session_list_async (self->session, self->path, NULL, list_cb, self);
}

static void
list_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Shown *self = user_data;
  SampanFolderList *list = sampan_session_list_finish (SAMPAN_SESSION (source), result, NULL);

  if (list == NULL)
    return;
  g_clear_pointer (&self->list, sampan_folder_list_unref);
  self->list = list;
}

static void
show (Shown *self, SampanSession *session, const char *path)
{
  *self = (Shown){ .session = session, .path = core_test_remote_path (path) };
  self->watch = sampan_folder_watch_new (session, self->path);
  g_signal_connect (self->watch, "changed", G_CALLBACK (changed_cb), self);
  sampan_session_list_async (session, self->path, NULL, list_cb, self);
}

static void
hide (Shown *self)
{
  g_signal_handlers_disconnect_by_data (self->watch, self);
  g_object_unref (self->watch);
  g_clear_pointer (&self->list, sampan_folder_list_unref);
  sampan_path_unref (self->path);
}

static bool
is_shown (gpointer data)
{
  Shown *self = data;
  bool is_there = false;

  if (self->list == NULL)
    return false;
  for (size_t i = 0; i < sampan_folder_list_get_length (self->list); i++)
    if (g_str_equal (sampan_folder_list_get (self->list, i)->name, self->wanted))
      is_there = true;
  return is_there == self->is_wanted;
}

static void
await_shown (Shown *self, const char *name, bool is_wanted)
{
  self->wanted = name;
  self->is_wanted = is_wanted;
  core_test_await_condition (is_shown, self);
}

static void
write_share (const char *name, const char *contents)
{
  g_autofree char *path = real_server_share_path (name);

  g_assert_true (g_file_set_contents (path, contents, -1, NULL));
}

static void
make_folder (SampanSession *session, const char *name)
{
  g_autoptr (SampanPath) path = core_test_remote_path (name);
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  sampan_session_mkdir_async (session, path, true, NULL, core_test_result_cb, &result);
  sampan_session_mkdir_finish (session, core_test_await (&result), &error);
  g_assert_no_error (error);
}

static char *
ping (SampanSession *session)
{
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;
  char *answer;

  sampan_session_ping_async (session, "a", NULL, core_test_result_cb, &result);
  answer = sampan_session_ping_finish (session, core_test_await (&result), NULL, &error);
  g_assert_no_error (error);
  return answer;
}

/* What comes, goes and changes on the box's own disk. */
static void
test_follows_disk (RealServerTest *self, gconstpointer data)
{
  g_autofree char *gone = real_server_share_path ("on-disk");
  Shown shown;

  show (&shown, self->session, "files");
  await_shown (&shown, "on-disk", false);
  write_share ("on-disk", "1");
  await_shown (&shown, "on-disk", true);
  g_assert_cmpint (g_remove (gone), ==, 0);
  await_shown (&shown, "on-disk", false);
  hide (&shown);
}

static void
test_follows_other_client (RealServerTest *self, gconstpointer data)
{
  g_autoptr (SampanEngine) engine = sampan_engine_new ();
  g_autoptr (SampanSession) other = sampan_session_new (engine);
  Shown shown;

  g_assert_no_error (core_test_login (other, self->server.port, CORE_TEST_PASSWORD));
  show (&shown, self->session, "files");
  make_folder (other, "files/by-other");
  await_shown (&shown, "by-other", true);
  hide (&shown);
}

/* Requests of all kinds go through while a folder is watched, and their answers are their own. */
static void
test_holds_up_nothing (RealServerTest *self, gconstpointer data)
{
  Shown shown;

  show (&shown, self->session, "files");
  for (int i = 0; i < 50; i++)
    {
      g_autofree char *answer = ping (self->session);
      g_autofree char *name = g_strdup_printf ("busy-%d", i);

      g_assert_cmpstr (answer, ==, "A");
      if (i % 10 == 0)
        {
          write_share (name, "");
          await_shown (&shown, name, true);
        }
    }
  hide (&shown);
}

static bool
is_ready (gpointer data)
{
  return sampan_session_get_state (data) == SAMPAN_SESSION_READY;
}

static bool
is_reconnecting (gpointer data)
{
  return sampan_session_get_state (data) == SAMPAN_SESSION_RECONNECTING;
}

/* What changed while there was no link shows after it. */
static void
test_follows_after_break (RealServerTest *self, gconstpointer data)
{
  g_autoptr (SampanEngine) engine = sampan_engine_new ();
  g_autoptr (SampanSession) session = sampan_session_new (engine);
  Relay *relay = relay_new (self->server.port);
  SampanLinkTimes times = sampan_link_default_times;
  Shown shown;

  times.retry_ms = RETRY_MS;
  sampan_session_set_times (session, &times);
  g_assert_no_error (core_test_login (session, relay_get_port (relay), CORE_TEST_PASSWORD));
  show (&shown, session, "files");
  await_shown (&shown, "while-away", false);
  relay_refuse (relay, true);
  relay_cut (relay);
  core_test_await_condition (is_reconnecting, session);
  write_share ("while-away", "");
  relay_refuse (relay, false);
  core_test_await_condition (is_ready, session);
  await_shown (&shown, "while-away", true);
  write_share ("after", "");
  await_shown (&shown, "after", true);
  hide (&shown);
  g_object_unref (g_steal_pointer (&session));
  relay_free (relay);
}

static gboolean
timed_out_cb (gpointer user_data)
{
  *(bool *)user_data = true;
  return G_SOURCE_REMOVE;
}

static bool
is_set (gpointer data)
{
  return *(bool *)data;
}

/* An idle link with a watch on it is kept alive as one without. */
static void
test_keepalive (RealServerTest *self, gconstpointer data)
{
  g_autoptr (SampanEngine) engine = sampan_engine_new ();
  g_autoptr (SampanSession) session = sampan_session_new (engine);
  SampanLinkTimes times = sampan_link_default_times;
  bool is_over = false;
  Shown shown;

  times.keepalive_ms = KEEPALIVE_MS;
  times.reply_ms = times.slow_reply_ms = SHORT_MS;
  sampan_session_set_times (session, &times);
  g_assert_no_error (core_test_login (session, self->server.port, CORE_TEST_PASSWORD));
  show (&shown, session, "files");
  g_timeout_add (SHORT_MS * 3 / 2, timed_out_cb, &is_over);
  core_test_await_condition (is_set, &is_over);
  g_assert_cmpint (sampan_session_get_state (session), ==, SAMPAN_SESSION_READY);
  g_assert_cmpuint (shown.n_changes, ==, 0);
  write_share ("still-there", "");
  await_shown (&shown, "still-there", true);
  hide (&shown);
}

/* ---- Searches ---- */

static void
found_cb (SampanFolderList *page, gpointer user_data)
{
  GPtrArray *names = user_data;

  for (size_t i = 0; i < sampan_folder_list_get_length (page); i++)
    g_ptr_array_add (names, g_strdup (sampan_folder_list_get (page, i)->name));
}

static SampanFoundEnd
find (SampanSession *session, const char *folder, const SampanFindQuery *query, GPtrArray *names)
{
  g_autoptr (SampanPath) path = core_test_remote_path (folder);
  g_autoptr (GAsyncResult) result = NULL;
  SampanFoundEnd end = { 0 };
  GError *error = NULL;

  sampan_session_find_async (session,
                             path,
                             query,
                             found_cb,
                             names,
                             NULL,
                             core_test_result_cb,
                             &result);
  sampan_session_find_finish (session, core_test_await (&result), &end, &error);
  g_assert_no_error (error);
  return end;
}

static void
make_many (RealServerTest *self)
{
  g_autofree char *folder = real_server_share_path ("many/deep");

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  for (int i = 0; i < MANY_FILES; i++)
    {
      g_autofree char *name = g_strdup_printf ("many/deep/file-%d", i);
      g_autofree char *path = real_server_share_path (name);
      FILE *file = fopen (path, "wx");

      if (file == NULL && errno == EEXIST)
        return; /* by the test before */
      g_assert_nonnull (file);
      g_assert_cmpint (fputs ("123", file), >=, 0);
      fclose (file);
    }
}

static void
test_find (RealServerTest *self, gconstpointer data)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  SampanFindQuery query = SAMPAN_FIND_QUERY_INIT;
  SampanFoundEnd end;

  make_many (self);
  query.pattern = "FILE-*";
  end = find (self->session, "files/many", &query, names);
  g_assert_cmpuint (names->len, ==, MANY_FILES);
  g_assert_cmpuint (end.n_found, ==, MANY_FILES);
  g_assert_true (g_str_has_prefix (g_ptr_array_index (names, 0), "deep/file-"));
  g_ptr_array_set_size (names, 0);
  query.limit = 10;
  end = find (self->session, "", &query, names);
  g_assert_cmpuint (names->len, ==, 10);
  g_assert_cmpuint (end.flags, ==, SAMPAN_FOUND_MORE);
  g_assert_true (g_str_has_prefix (g_ptr_array_index (names, 0), "files/many/deep/file-"));
}

static void
test_find_fails (RealServerTest *self, gconstpointer data)
{
  g_autoptr (SampanPath) path = core_test_remote_path ("files/not-there");
  g_autoptr (GAsyncResult) result = NULL;
  SampanFindQuery query = SAMPAN_FIND_QUERY_INIT;
  SampanFoundEnd end;
  g_autoptr (GError) error = NULL;

  sampan_session_find_async (self->session,
                             path,
                             &query,
                             found_cb,
                             NULL,
                             NULL,
                             core_test_result_cb,
                             &result);
  g_assert_false (
      sampan_session_find_finish (self->session, core_test_await (&result), &end, &error));
  g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_NOT_FOUND);
}

/* Cancelled at each of its first steps: the answer is the same, and the session goes on. */
static void
test_find_cancelled (RealServerTest *self, gconstpointer data)
{
  g_autoptr (SampanPath) path = core_test_remote_path ("files");
  SampanFindQuery query = SAMPAN_FIND_QUERY_INIT;

  make_many (self);
  for (int turns = 0; turns < 6; turns++)
    {
      g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *answer = NULL;
      SampanFoundEnd end;
      bool is_over = false;

      sampan_session_find_async (self->session,
                                 path,
                                 &query,
                                 found_cb,
                                 names,
                                 cancellable,
                                 core_test_result_cb,
                                 &result);
      if (turns > 0)
        {
          g_timeout_add ((guint)turns - 1, timed_out_cb, &is_over);
          core_test_await_condition (is_set, &is_over);
        }
      g_cancellable_cancel (cancellable);
      if (!sampan_session_find_finish (self->session, core_test_await (&result), &end, &error))
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      answer = ping (self->session);
      g_assert_cmpstr (answer, ==, "A");
    }
}

static void
test_measure (RealServerTest *self, gconstpointer data)
{
  g_autoptr (SampanPath) path = core_test_remote_path ("files/many");
  g_autoptr (GAsyncResult) result = NULL;
  SampanMeasured measured;
  GError *error = NULL;

  make_many (self);
  sampan_session_measure_async (self->session,
                                path,
                                NULL,
                                NULL,
                                NULL,
                                core_test_result_cb,
                                &result);
  sampan_session_measure_finish (self->session, core_test_await (&result), &measured, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (measured.n_files, ==, MANY_FILES);
  g_assert_cmpuint (measured.n_folders, ==, 1);
  g_assert_cmpuint (measured.bytes, ==, MANY_FILES * 3);
}

static void
set_up (RealServerTest *self, gconstpointer data)
{
  real_server_set_up (self);
}

static void
tear_down (RealServerTest *self, gconstpointer data)
{
  real_server_tear_down (self);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    void (*test) (RealServerTest *, gconstpointer);
  } tests[] = {
    { "/server-live/follows-disk", test_follows_disk },
    { "/server-live/follows-other-client", test_follows_other_client },
    { "/server-live/holds-up-nothing", test_holds_up_nothing },
    { "/server-live/follows-after-break", test_follows_after_break },
    { "/server-live/keepalive", test_keepalive },
    { "/server-live/find", test_find },
    { "/server-live/find/fails", test_find_fails },
    { "/server-live/find/cancelled", test_find_cancelled },
    { "/server-live/measure", test_measure },
  };

  core_test_init (&argc, &argv);
  real_server_init ();
  for (size_t i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].name, RealServerTest, NULL, set_up, tests[i].test, tear_down);
  return core_test_run ();
}
