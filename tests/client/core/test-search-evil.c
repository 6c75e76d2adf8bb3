/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* H1, H5, H8: searches, trash, measures and watches at a server that means no good. */

#include "config.h"

#include "folder-watch.h"
#include "session-search.h"
#include "session-test.h"
#include "session-trash.h"
#include "transfer-test.h"

#include <stdatomic.h>
#include <string.h>

#define SHORT_MS 300
#define LIMIT 3
#define REPORTS 20000
#define REPORTS_A_SECOND 10
#define WATCHED_MS 600
#define WATCHES_A_SECOND 10

/* ---- FIND ---- */

typedef enum
{
  FOUND_FINE,
  FOUND_TOO_MANY,
  FOUND_MISCOUNTED,
  FOUND_OTHER_PAGE,
  FOUND_OTHER_END,
  FOUND_CUT_PAGE,
  FOUND_CUT_LINK,
  FOUND_SILENT,
} Ending;

typedef struct
{
  const char *name; /* of the test */
  const char *path; /* of what is found */
  size_t length;
  Ending ending;
  int code; /* 0: fine */
} FindCase;

#define PATH(text) text, sizeof text - 1

static const FindCase finds[] = {
  { "plain", PATH ("a"), FOUND_FINE, 0 },
  { "deep", PATH ("a/b/c"), FOUND_FINE, 0 },
  { "escapes", PATH ("\033]52;c;x\a/\xff"), FOUND_FINE, 0 },
  { "up", PATH ("../x"), FOUND_FINE, SAMPAN_ERROR_PROTOCOL },
  { "up-inside", PATH ("a/../b"), FOUND_FINE, SAMPAN_ERROR_PROTOCOL },
  { "absolute", PATH ("/etc/passwd"), FOUND_FINE, SAMPAN_ERROR_PROTOCOL },
  { "empty", PATH (""), FOUND_FINE, SAMPAN_ERROR_PROTOCOL },
  { "dot", PATH ("."), FOUND_FINE, SAMPAN_ERROR_PROTOCOL },
  { "slash-behind", PATH ("a/"), FOUND_FINE, SAMPAN_ERROR_PROTOCOL },
  { "two-slashes", PATH ("a//b"), FOUND_FINE, SAMPAN_ERROR_PROTOCOL },
  { "nul", PATH ("a\0b"), FOUND_FINE, SAMPAN_ERROR_PROTOCOL },
  { "too-many", PATH ("a"), FOUND_TOO_MANY, SAMPAN_ERROR_PROTOCOL },
  { "miscounted", PATH ("a"), FOUND_MISCOUNTED, SAMPAN_ERROR_PROTOCOL },
  { "other-page", PATH ("a"), FOUND_OTHER_PAGE, SAMPAN_ERROR_PROTOCOL },
  { "other-end", PATH ("a"), FOUND_OTHER_END, SAMPAN_ERROR_PROTOCOL },
  { "cut-page", PATH ("a"), FOUND_CUT_PAGE, SAMPAN_ERROR_PROTOCOL },
  { "cut-link", PATH ("a"), FOUND_CUT_LINK, SAMPAN_ERROR_DISCONNECTED },
  { "silent", PATH ("a"), FOUND_SILENT, SAMPAN_ERROR_DISCONNECTED },
};

/* By hand: the codec would not write some of these paths. */
static void
put_found (SampanWriter *writer, const FindCase *find)
{
  static const uint8_t version[SAMPAN_VERSION_LENGTH];

  sampan_writer_put_u8 (writer, SAMPAN_ENTRY_FILE);
  sampan_writer_put_u8 (writer, SAMPAN_RIGHT_READ);
  sampan_writer_put_u64 (writer, 1);
  sampan_writer_put_i64 (writer, 1);
  sampan_writer_put_u32 (writer, 1);
  sampan_writer_put_fixed (writer, version, sizeof version);
  sampan_writer_put_bytes16 (writer, (const uint8_t *)find->path, find->length);
}

static void
find_script (EvilPeer *peer, gpointer data)
{
  const FindCase *find = data;
  SampanFoundEnd end = { .n_found = find->ending == FOUND_MISCOUNTED ? 2 : 1 };
  SampanReader fields;

  if (!evil_read_until (peer, SAMPAN_KIND_FIND, &fields))
    return;
  if (find->ending == FOUND_OTHER_PAGE)
    evil_send_empty (peer, SAMPAN_KIND_LIST_PAGE);
  sampan_write_empty (evil_begin (peer), SAMPAN_KIND_FOUND_PAGE);
  for (int i = 0; i < (find->ending == FOUND_TOO_MANY ? LIMIT + 1 : 1); i++)
    put_found (evil_current (peer), find);
  if (find->ending == FOUND_CUT_PAGE)
    evil_current (peer)->length--;
  evil_send (peer);
  if (find->ending == FOUND_CUT_LINK)
    return;
  if (find->ending == FOUND_OTHER_END)
    evil_send_number (peer, SAMPAN_KIND_LIST_END, 1);
  else if (find->ending != FOUND_SILENT)
    {
      sampan_write_found_end (evil_begin (peer), &end);
      evil_send (peer);
    }
  evil_stall (peer);
}

static void
count_found (SampanFolderList *page, gpointer user_data)
{
  size_t *n_found = user_data;

  *n_found += sampan_folder_list_get_length (page);
}

static void
start_find (TransferTest *self, GCancellable *cancellable, size_t *n_found, GAsyncResult **result)
{
  SampanFindQuery query = SAMPAN_FIND_QUERY_INIT;

  query.limit = LIMIT;
  sampan_session_find_async (self->session,
                             self->remote,
                             &query,
                             count_found,
                             n_found,
                             cancellable,
                             core_test_result_cb,
                             result);
}

static void
test_find (gconstpointer data)
{
  const FindCase *find = data;
  SampanLinkTimes times = sampan_link_default_times;
  TransferTest self;
  SampanFoundEnd end;
  size_t n_found = 0;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  if (find->ending == FOUND_SILENT)
    times.slow_reply_ms = SHORT_MS;
  transfer_test_set_up (&self, find_script, (gpointer)data, &times);
  start_find (&self, NULL, &n_found, &result);
  sampan_session_find_finish (self.session, core_test_await (&result), &end, &error);
  if (find->code == 0)
    {
      g_assert_no_error (error);
      g_assert_cmpuint (n_found, ==, 1);
    }
  else
    g_assert_error (error, SAMPAN_ERROR, find->code);
  if (find->ending == FOUND_FINE && find->code != 0)
    g_assert_cmpuint (n_found, ==, 0);
  g_assert_cmpint (sampan_session_get_state (self.session), ==, SAMPAN_SESSION_READY);
  transfer_test_tear_down (&self);
}

static void
endless_script (EvilPeer *peer, gpointer data)
{
  SampanReader fields;

  if (!evil_read_until (peer, SAMPAN_KIND_FIND, &fields))
    return;
  while (evil_send_empty (peer, SAMPAN_KIND_FOUND_PAGE))
    atomic_fetch_add (&transfer_test_bytes_seen, 1);
}

/* A search that always goes on can be taken back. */
static void
test_endless_find (void)
{
  TransferTest self;
  SampanFoundEnd end;
  size_t n_found = 0;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  atomic_store (&transfer_test_bytes_seen, 0);
  transfer_test_set_up (&self, endless_script, NULL, NULL);
  start_find (&self, cancellable, &n_found, &result);
  transfer_test_spin_until (transfer_test_bytes_were_seen);
  g_cancellable_cancel (cancellable);
  sampan_session_find_finish (self.session, core_test_await (&result), &end, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (n_found, ==, 0);
  transfer_test_tear_down (&self);
}

/* ---- TRASH ---- */

static void
trash_script (EvilPeer *peer, gpointer data)
{
  g_autofree char *name = g_strnfill (SAMPAN_NAME_MAX, 'x');
  g_autoptr (GString) path = g_string_new (name);
  SampanReader fields;

  while (path->len + 1 + SAMPAN_NAME_MAX <= SAMPAN_PATH_MAX)
    g_string_append_printf (path, "/%s", name);
  if (!evil_read_until (peer, SAMPAN_KIND_TRASH_LIST, &fields))
    return;
  do
    {
      SampanTrashEntry entry = { .kind = SAMPAN_ENTRY_FILE,
                                 .path = { (const uint8_t *)path->str, path->len } };

      sampan_write_empty (evil_begin (peer), SAMPAN_KIND_TRASH_PAGE);
      while (sampan_write_trash_entry (evil_current (peer), &entry))
        ;
    }
  while (evil_send (peer));
}

static void
ignore_trash (GPtrArray *page, gpointer user_data)
{
}

/* Whoever keeps what comes is not made to keep all that memory holds. */
static void
test_endless_trash (void)
{
  TransferTest self;
  SampanTrashEnd end;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  transfer_test_set_up (&self, trash_script, NULL, NULL);
  sampan_session_trash_list_async (self.session,
                                   self.remote,
                                   ignore_trash,
                                   NULL,
                                   NULL,
                                   core_test_result_cb,
                                   &result);
  sampan_session_trash_list_finish (self.session, core_test_await (&result), &end, &error);
  g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_PROTOCOL);
  transfer_test_tear_down (&self);
}

/* ---- MEASURE ---- */

static void
reports_script (EvilPeer *peer, gpointer data)
{
  SampanMeasured measured = { .bytes = UINT64_MAX };
  SampanReader fields;

  if (!evil_read_until (peer, SAMPAN_KIND_MEASURE, &fields))
    return;
  for (uint64_t i = 0; i < REPORTS; i++)
    {
      SampanProgress progress = { .done_bytes = i };

      sampan_write_progress (evil_begin (peer), &progress);
      if (!evil_send (peer))
        return;
    }
  sampan_write_measured (evil_begin (peer), &measured);
  evil_send (peer);
  evil_stall (peer);
}

static void
count_report (uint64_t done_bytes, uint64_t total_bytes, gpointer user_data)
{
  unsigned int *n_reports = user_data;

  (*n_reports)++;
}

/* However many reports come, the owner hears of a few and none are piled up for it. */
static void
test_endless_reports (void)
{
  TransferTest self;
  SampanMeasured measured;
  unsigned int n_reports = 0;
  int64_t start_us;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  transfer_test_set_up (&self, reports_script, NULL, NULL);
  start_us = g_get_monotonic_time ();
  sampan_session_measure_async (self.session,
                                self.remote,
                                count_report,
                                &n_reports,
                                NULL,
                                core_test_result_cb,
                                &result);
  sampan_session_measure_finish (self.session, core_test_await (&result), &measured, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (measured.bytes, ==, UINT64_MAX);
  g_assert_cmpuint (n_reports, >, 0);
  g_assert_cmpuint (n_reports,
                    <=,
                    1 + (g_get_monotonic_time () - start_us) * REPORTS_A_SECOND / G_USEC_PER_SEC);
  transfer_test_tear_down (&self);
}

/* ---- WATCH ---- */

/* Something has always changed. */
static void
changes_script (EvilPeer *peer, gpointer data)
{
  SampanReader fields;

  while (evil_read_until (peer, SAMPAN_KIND_WATCH, &fields))
    {
      atomic_fetch_add (&transfer_test_bytes_seen, 1);
      for (int i = 0; i < 3; i++)
        evil_send_empty (peer, SAMPAN_KIND_CHANGES);
      evil_send_empty (peer, SAMPAN_KIND_DONE);
    }
}

static gboolean
set_cb (gpointer user_data)
{
  *(bool *)user_data = true;
  return G_SOURCE_REMOVE;
}

static bool
is_set (gpointer data)
{
  return *(bool *)data;
}

/* A server that cries out all the time is not asked all the time. */
static void
test_endless_changes (void)
{
  SessionTest self = { 0 };
  bool is_over = false;
  int64_t start_us;
  g_autoptr (SampanFolderWatch) watch = NULL;

  atomic_store (&transfer_test_bytes_seen, 0);
  session_test_set_up (&self, changes_script, NULL, NULL);
  start_us = g_get_monotonic_time ();
  watch = sampan_folder_watch_new (self.session, self.path);
  transfer_test_spin_until (transfer_test_bytes_were_seen);
  g_timeout_add (WATCHED_MS, set_cb, &is_over);
  core_test_await_condition (is_set, &is_over);
  g_assert_cmpuint (atomic_load (&transfer_test_bytes_seen),
                    <=,
                    1 + (g_get_monotonic_time () - start_us) * WATCHES_A_SECOND / G_USEC_PER_SEC);
  g_clear_object (&watch);
  session_test_tear_down (&self);
}

int
main (int argc, char **argv)
{
  core_test_init (&argc, &argv);
  for (size_t i = 0; i < G_N_ELEMENTS (finds); i++)
    {
      g_autofree char *name = g_strdup_printf ("/core/search-evil/find/%s", finds[i].name);

      g_test_add_data_func (name, &finds[i], test_find);
    }
  g_test_add_func ("/core/search-evil/endless/find", test_endless_find);
  g_test_add_func ("/core/search-evil/endless/trash", test_endless_trash);
  g_test_add_func ("/core/search-evil/endless/reports", test_endless_reports);
  g_test_add_func ("/core/search-evil/endless/changes", test_endless_changes);
  return core_test_run ();
}
