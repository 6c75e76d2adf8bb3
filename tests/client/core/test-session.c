/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Requests of a session: pipelining, cancelling, deadlines, and replies that no server should send.
 */

#include "config.h"

#include "core-test.h"
#include "evil-server.h"
#include "session-private.h"

#include <stdatomic.h>
#include <string.h>

#define SHORT_MS 300

typedef struct
{
  EvilServer *server;
  SampanSession *session;
  SampanPath *path;
} Fixture;

static void
set_up (Fixture *self, EvilScript script, gpointer data, const SampanLinkTimes *times)
{
  EvilPlan plan = { .login = EVIL_LOGIN_FINE, .browse = script, .data = data };
  g_autoptr (SampanEngine) engine = sampan_engine_new ();
  g_autoptr (GError) error = NULL;

  self->server = evil_server_new (&plan);
  self->session = sampan_session_new (engine);
  self->path = core_test_remote_path ("files");
  if (times != NULL)
    sampan_session_set_times (self->session, times);
  error = core_test_login (self->session, evil_server_get_port (self->server), CORE_TEST_PASSWORD);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *self)
{
  g_clear_object (&self->session);
  g_clear_pointer (&self->server, evil_server_free);
  g_clear_pointer (&self->path, sampan_path_unref);
}

static bool
is_broken (gpointer data)
{
  return sampan_session_get_state (data) == SAMPAN_SESSION_BROKEN;
}

static void
expect_broken (Fixture *self, SampanErrorCode code)
{
  core_test_await_condition (is_broken, self->session);
  g_assert_error ((GError *)sampan_session_get_error (self->session), SAMPAN_ERROR, (int)code);
}

static GError *
list (Fixture *self, SampanFolderList **out)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (SampanFolderList) entries = NULL;
  GError *error = NULL;

  sampan_session_list_async (self->session, self->path, NULL, core_test_result_cb, &result);
  entries = sampan_session_list_finish (self->session, core_test_await (&result), &error);
  g_assert_true ((entries == NULL) == (error != NULL));
  if (out != NULL)
    *out = g_steal_pointer (&entries);
  return error;
}

static GError *
ping (Fixture *self, const char *text, char **answer)
{
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;
  int64_t round_trip_us = -1;
  char *got;

  sampan_session_ping_async (self->session, text, NULL, core_test_result_cb, &result);
  got =
      sampan_session_ping_finish (self->session, core_test_await (&result), &round_trip_us, &error);
  if (error == NULL)
    g_assert_cmpint (round_trip_us, >=, 0);
  if (answer != NULL)
    *answer = got;
  else
    g_free (got);
  return error;
}

/* ---- Listings ---- */

typedef struct
{
  const char *name; /* of the test */
  const char *bytes;
  size_t length;
  int code; /* 0: fine */
} NameCase;

#define N10 "0123456789"
#define N250                                                                                       \
  N10 N10 N10 N10 N10 N10 N10 N10 N10 N10 N10 N10 N10 N10 N10 N10 N10 N10 N10 N10 N10 N10 N10 N10  \
      N10

static const NameCase names[] = {
  { "plain", "a", 1, 0 },
  { "escapes", "\033]0;x\007\n", 7, 0 },
  { "not-utf8", "\xff\xfe", 2, 0 },
  { "three-dots", "...", 3, 0 },
  { "longest", N250 "12345", 255, 0 },
  { "up", "../x", 4, SAMPAN_ERROR_PROTOCOL },
  { "slash", "a/b", 3, SAMPAN_ERROR_PROTOCOL },
  { "absolute", "/etc/x", 6, SAMPAN_ERROR_PROTOCOL },
  { "empty", "", 0, SAMPAN_ERROR_PROTOCOL },
  { "dot", ".", 1, SAMPAN_ERROR_PROTOCOL },
  { "dots", "..", 2, SAMPAN_ERROR_PROTOCOL },
  { "nul", "a\000b", 3, SAMPAN_ERROR_PROTOCOL },
  { "300-bytes", N250 N10 N10 N10 N10 N10, 300, SAMPAN_ERROR_PROTOCOL },
};

/* By hand: the codec would not write these names. */
static void
put_entry (SampanWriter *writer, const void *name, size_t length)
{
  static const uint8_t version[SAMPAN_VERSION_LENGTH];

  sampan_writer_put_u8 (writer, SAMPAN_ENTRY_FILE);
  sampan_writer_put_u8 (writer, SAMPAN_RIGHT_READ);
  sampan_writer_put_u64 (writer, 1);
  sampan_writer_put_i64 (writer, 1);
  sampan_writer_put_u32 (writer, 1);
  sampan_writer_put_fixed (writer, version, sizeof version);
  sampan_writer_put_u8 (writer, (uint8_t)length);
  sampan_writer_put_fixed (writer, name, length);
}

static void
name_script (EvilPeer *peer, gpointer data)
{
  const NameCase *name = data;
  SampanReader fields;

  if (!evil_read_until (peer, SAMPAN_KIND_LIST, &fields))
    return;
  sampan_write_empty (evil_begin (peer), SAMPAN_KIND_LIST_PAGE);
  put_entry (evil_current (peer), name->bytes, name->length);
  evil_send (peer);
  evil_send_number (peer, SAMPAN_KIND_LIST_END, 1);
  evil_serve (peer, NULL);
}

static void
test_name (gconstpointer data)
{
  const NameCase *name = data;
  Fixture self;
  g_autoptr (SampanFolderList) entries = NULL;
  g_autoptr (GError) error = NULL;

  set_up (&self, name_script, (gpointer)data, NULL);
  error = list (&self, &entries);
  if (name->code != 0)
    {
      g_assert_error (error, SAMPAN_ERROR, name->code);
      expect_broken (&self, SAMPAN_ERROR_PROTOCOL);
    }
  else
    {
      g_assert_no_error (error);
      g_assert_cmpuint (sampan_folder_list_get_length (entries), ==, 1);
      g_assert_cmpmem (sampan_folder_list_get (entries, 0)->name,
                       strlen (sampan_folder_list_get (entries, 0)->name),
                       name->bytes,
                       name->length);
    }
  tear_down (&self);
}

#define PAGES 5
#define PAGE_ENTRIES 700

static void
pages_script (EvilPeer *peer, gpointer data)
{
  SampanReader fields;

  while (evil_read_until (peer, SAMPAN_KIND_LIST, &fields))
    {
      for (int page = 0; page < PAGES; page++)
        {
          sampan_write_empty (evil_begin (peer), SAMPAN_KIND_LIST_PAGE);
          for (int i = 0; i < PAGE_ENTRIES; i++)
            {
              g_autofree char *name = g_strdup_printf ("%d", page * PAGE_ENTRIES + i);

              put_entry (evil_current (peer), name, strlen (name));
            }
          evil_send (peer);
        }
      evil_send_number (peer, SAMPAN_KIND_LIST_END, PAGES * PAGE_ENTRIES);
    }
}

static void
test_pages (void)
{
  Fixture self;

  set_up (&self, pages_script, NULL, NULL);
  for (int i = 0; i < 2; i++)
    {
      g_autoptr (SampanFolderList) entries = NULL;
      g_autoptr (GError) error = list (&self, &entries);

      g_assert_no_error (error);
      g_assert_cmpuint (sampan_folder_list_get_length (entries), ==, PAGES * PAGE_ENTRIES);
      g_assert_cmpstr (sampan_folder_list_get (entries, 3499)->name, ==, "3499");
    }
  tear_down (&self);
}

static void
endless_script (EvilPeer *peer, gpointer data)
{
  SampanReader fields;

  if (!evil_read_until (peer, SAMPAN_KIND_LIST, &fields))
    return;
  do
    {
      sampan_write_empty (evil_begin (peer), SAMPAN_KIND_LIST_PAGE);
      for (int i = 0; i < SAMPAN_LIST_PAGE_ENTRIES; i++)
        put_entry (evil_current (peer), "same", 4);
    }
  while (evil_send (peer));
}

static void
test_endless_listing (void)
{
  Fixture self;
  g_autoptr (GError) error = NULL;

  set_up (&self, endless_script, NULL, NULL);
  error = list (&self, NULL);
  g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_PROTOCOL);
  expect_broken (&self, SAMPAN_ERROR_PROTOCOL);
  tear_down (&self);
}

/* ---- Replies that make no sense ---- */

typedef enum
{
  LIE_WRONG_COUNT,
  LIE_WRONG_KIND,
  LIE_UNKNOWN_KIND,
  LIE_REQUEST_KIND,
  LIE_LOGIN_KIND,
  LIE_TRUNCATED,
  LIE_TRAILING,
  LIE_FORGED,
  LIE_TWICE,
  LIE_PART_OF_OTHER,
  LIE_CUT,
  LIE_CLOSE,
  LIE_STALL,
  N_LIES,
} Lie;

static const struct
{
  const char *name;
  SampanErrorCode code;
} lies[N_LIES] = {
  [LIE_WRONG_COUNT] = { "wrong-count", SAMPAN_ERROR_PROTOCOL },
  [LIE_WRONG_KIND] = { "wrong-kind", SAMPAN_ERROR_PROTOCOL },
  [LIE_UNKNOWN_KIND] = { "unknown-kind", SAMPAN_ERROR_PROTOCOL },
  [LIE_REQUEST_KIND] = { "request-kind", SAMPAN_ERROR_PROTOCOL },
  [LIE_LOGIN_KIND] = { "login-kind", SAMPAN_ERROR_PROTOCOL },
  [LIE_TRUNCATED] = { "truncated", SAMPAN_ERROR_PROTOCOL },
  [LIE_TRAILING] = { "trailing", SAMPAN_ERROR_PROTOCOL },
  [LIE_FORGED] = { "forged", SAMPAN_ERROR_PROTOCOL },
  [LIE_TWICE] = { "twice", SAMPAN_ERROR_PROTOCOL },
  [LIE_PART_OF_OTHER] = { "part-of-other", SAMPAN_ERROR_PROTOCOL },
  [LIE_CUT] = { "cut", SAMPAN_ERROR_DISCONNECTED },
  [LIE_CLOSE] = { "close", SAMPAN_ERROR_DISCONNECTED },
  [LIE_STALL] = { "stall", SAMPAN_ERROR_DISCONNECTED },
};

static void
tell_lie (EvilPeer *peer, Lie lie)
{
  switch (lie)
    {
    case LIE_WRONG_COUNT:
      evil_send_number (peer, SAMPAN_KIND_LIST_END, 7);
      break;
    case LIE_WRONG_KIND:
      evil_send_empty (peer, SAMPAN_KIND_DONE);
      break;
    case LIE_UNKNOWN_KIND:
      evil_send_empty (peer, (SampanKind)0xff);
      break;
    case LIE_REQUEST_KIND:
      evil_send_empty (peer, SAMPAN_KIND_LOGOUT);
      break;
    case LIE_LOGIN_KIND:
      evil_send_empty (peer, SAMPAN_KIND_ATTACH_OK);
      break;
    case LIE_TRUNCATED:
      sampan_write_number (evil_begin (peer), SAMPAN_KIND_LIST_END, 0);
      evil_current (peer)->length--;
      evil_send (peer);
      break;
    case LIE_TRAILING:
      sampan_write_number (evil_begin (peer), SAMPAN_KIND_LIST_END, 0);
      sampan_writer_put_u8 (evil_current (peer), 0);
      evil_send (peer);
      break;
    case LIE_FORGED:
      evil_spoil_next (peer);
      evil_send_number (peer, SAMPAN_KIND_LIST_END, 0);
      break;
    case LIE_TWICE:
      evil_send_number (peer, SAMPAN_KIND_LIST_END, 0);
      evil_send_number (peer, SAMPAN_KIND_LIST_END, 0);
      break;
    case LIE_PART_OF_OTHER:
      evil_send_data (peer, 10);
      break;
    case LIE_CUT:
      return;
    case LIE_CLOSE:
      evil_send_empty (peer, SAMPAN_KIND_CLOSE);
      return;
    case LIE_STALL:
    case N_LIES:
      break;
    }
  evil_stall (peer);
}

static void
lie_script (EvilPeer *peer, gpointer data)
{
  SampanReader fields;

  if (evil_read_until (peer, SAMPAN_KIND_LIST, &fields))
    tell_lie (peer, (Lie)GPOINTER_TO_INT (data));
}

static void
test_lie (gconstpointer data)
{
  Lie lie = (Lie)GPOINTER_TO_INT (data);
  SampanLinkTimes times = sampan_link_default_times;
  Fixture self;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) later = NULL;

  times.reply_ms = lie == LIE_STALL ? SHORT_MS : times.reply_ms;
  set_up (&self, lie_script, (gpointer)data, &times);
  error = list (&self, NULL);
  if (lie == LIE_TWICE)
    g_assert_no_error (error);
  else
    g_assert_error (error, SAMPAN_ERROR, (int)lies[lie].code);
  expect_broken (&self, lies[lie].code);
  later = ping (&self, "x", NULL);
  g_assert_error (later, SAMPAN_ERROR, SAMPAN_ERROR_DISCONNECTED);
  tear_down (&self);
}

static void answer_ping (EvilPeer *peer, SampanReader *fields);

static void
unasked_script (EvilPeer *peer, gpointer data)
{
  SampanReader fields;

  if (!evil_read_until (peer, SAMPAN_KIND_PING, &fields))
    return;
  answer_ping (peer, &fields);
  evil_send_empty (peer, SAMPAN_KIND_DONE);
  evil_stall (peer);
}

static void
test_unasked (void)
{
  Fixture self;
  g_autoptr (GError) error = NULL;

  set_up (&self, unasked_script, NULL, NULL);
  error = ping (&self, "x", NULL);
  g_assert_no_error (error);
  expect_broken (&self, SAMPAN_ERROR_PROTOCOL);
  tear_down (&self);
}

static void
cut_script (EvilPeer *peer, gpointer data)
{
  SampanReader fields;

  if (evil_read_until (peer, SAMPAN_KIND_PING, &fields))
    answer_ping (peer, &fields);
}

/* A broken session logs in again. */
static void
test_cut_when_idle (void)
{
  Fixture self;
  g_autoptr (GError) pinged = NULL;
  g_autoptr (GError) error = NULL;

  set_up (&self, cut_script, NULL, NULL);
  pinged = ping (&self, "x", NULL);
  g_assert_no_error (pinged);
  expect_broken (&self, SAMPAN_ERROR_DISCONNECTED);
  error = core_test_login (self.session, evil_server_get_port (self.server), CORE_TEST_PASSWORD);
  g_assert_no_error (error);
  g_assert_null (sampan_session_get_error (self.session));
  tear_down (&self);
}

/* ---- Order and number ---- */

#define N_PINGS 6000

typedef struct
{
  unsigned int answered;
  unsigned int wrong;
} Pings;

static void
pinged_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Pings *pings = user_data;
  g_autofree char *expected = g_strdup_printf ("N%u", pings->answered);
  g_autoptr (GError) error = NULL;
  g_autofree char *got = sampan_session_ping_finish (SAMPAN_SESSION (source), result, NULL, &error);

  if (g_strcmp0 (got, expected) != 0)
    pings->wrong++;
  pings->answered++;
}

static bool
all_answered (gpointer data)
{
  return ((Pings *)data)->answered == N_PINGS;
}

static void
answer_ping (EvilPeer *peer, SampanReader *fields)
{
  SampanBytes text;
  g_autofree char *upper = NULL;

  g_assert_true (sampan_read_text (fields, &text));
  upper = g_ascii_strup ((const char *)text.data, (gssize)text.length);
  sampan_write_text (evil_begin (peer),
                     SAMPAN_KIND_PONG,
                     (SampanBytes){ (const uint8_t *)upper, text.length });
  evil_send (peer);
}

/* Reads a whole window before it answers the first: a client that waited would hang. */
static void
window_script (EvilPeer *peer, gpointer data)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  SampanReader fields;
  uint8_t kind;

  for (int i = 0; i < SAMPAN_WINDOW_REQUESTS; i++)
    {
      SampanBytes text;

      if (!evil_read (peer, &kind, &fields) || !sampan_read_text (&fields, &text))
        return;
      g_ptr_array_add (texts, g_ascii_strup ((const char *)text.data, (gssize)text.length));
    }
  for (guint i = 0; i < texts->len; i++)
    {
      const char *text = g_ptr_array_index (texts, i);

      sampan_write_text (evil_begin (peer),
                         SAMPAN_KIND_PONG,
                         (SampanBytes){ (const uint8_t *)text, strlen (text) });
      evil_send (peer);
    }
  while (evil_read (peer, &kind, &fields) && kind == SAMPAN_KIND_PING)
    answer_ping (peer, &fields);
}

static void
test_window (void)
{
  Fixture self;
  Pings pings = { 0 };

  set_up (&self, window_script, NULL, NULL);
  for (unsigned int i = 0; i < N_PINGS; i++)
    {
      g_autofree char *text = g_strdup_printf ("n%u", i);

      sampan_session_ping_async (self.session, text, NULL, pinged_cb, &pings);
    }
  core_test_await_condition (all_answered, &pings);
  g_assert_cmpuint (pings.wrong, ==, 0);
  tear_down (&self);
}

static void
error_script (EvilPeer *peer, gpointer data)
{
  SampanReader fields;
  uint8_t kind;

  while (evil_read (peer, &kind, &fields))
    if (kind == SAMPAN_KIND_PING)
      answer_ping (peer, &fields);
    else
      evil_send_error (peer, SAMPAN_ERROR_NOT_FOUND, 0);
}

static void
test_error_keeps_session (void)
{
  Fixture self;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) pinged = NULL;
  g_autofree char *text = NULL;

  set_up (&self, error_script, NULL, NULL);
  error = list (&self, NULL);
  g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_NOT_FOUND);
  pinged = ping (&self, "still there", &text);
  g_assert_no_error (pinged);
  g_assert_cmpstr (text, ==, "STILL THERE");
  g_assert_cmpint (sampan_session_get_state (self.session), ==, SAMPAN_SESSION_READY);
  tear_down (&self);
}

static void
test_ping_text (void)
{
  Fixture self;
  g_autofree char *longest = g_strnfill (SAMPAN_PING_TEXT_MAX, 'a');
  g_autofree char *longer = g_strnfill (SAMPAN_PING_TEXT_MAX + 1, 'a');
  g_autofree char *text = NULL;
  g_autoptr (GError) fits = NULL;
  g_autoptr (GError) empty = NULL;
  g_autoptr (GError) refused = NULL;

  set_up (&self, error_script, NULL, NULL);
  fits = ping (&self, longest, &text);
  g_assert_no_error (fits);
  g_assert_cmpuint (strlen (text), ==, SAMPAN_PING_TEXT_MAX);
  empty = ping (&self, "", NULL);
  g_assert_no_error (empty);
  refused = ping (&self, longer, NULL);
  g_assert_error (refused, SAMPAN_ERROR, SAMPAN_ERROR_BAD_NAME);
  tear_down (&self);
}

/* ---- Time ---- */

static atomic_uint keepalives;

static void
keepalive_script (EvilPeer *peer, gpointer data)
{
  SampanReader fields;
  uint8_t kind;

  while (evil_read (peer, &kind, &fields) && kind == SAMPAN_KIND_PING)
    {
      if (atomic_fetch_add (&keepalives, 1) == 2)
        break; /* and silent from now on */
      answer_ping (peer, &fields);
    }
  evil_stall (peer);
}

static void
test_keepalive (void)
{
  SampanLinkTimes times = sampan_link_default_times;
  Fixture self;

  times.keepalive_ms = 50;
  times.reply_ms = SHORT_MS;
  set_up (&self, keepalive_script, NULL, &times);
  expect_broken (&self, SAMPAN_ERROR_DISCONNECTED);
  g_assert_cmpuint (atomic_load (&keepalives), ==, 3);
  tear_down (&self);
}

/* ---- Cancelling a listing ---- */

typedef enum
{
  BEFORE,
  AT_ONCE,
  MID,
  LATE,
  AFTER,
} Moment;

static atomic_uint pages_sent;
static atomic_bool go_on;

/* Sends half of a listing, waits until the client gave up, and sends the rest. */
static void
halves_script (EvilPeer *peer, gpointer data)
{
  SampanReader fields;
  uint8_t kind;

  while (evil_read (peer, &kind, &fields))
    {
      if (kind == SAMPAN_KIND_PING)
        {
          answer_ping (peer, &fields);
          continue;
        }
      sampan_write_empty (evil_begin (peer), SAMPAN_KIND_LIST_PAGE);
      put_entry (evil_current (peer), "a", 1);
      evil_send (peer);
      atomic_fetch_add (&pages_sent, 1);
      while (!atomic_load (&go_on))
        g_usleep (1000);
      evil_send_number (peer, SAMPAN_KIND_LIST_END, 1);
    }
}

static void
wait_for_moment (Moment moment, GAsyncResult **result)
{
  switch (moment)
    {
    case BEFORE:
    case AT_ONCE:
      return;
    case MID:
    case LATE:
      while (atomic_load (&pages_sent) == 0)
        g_usleep (1000);
      if (moment == LATE)
        {
          /* The answer is complete on the engine, but not seen here yet. */
          atomic_store (&go_on, true);
          g_usleep (50 * 1000);
        }
      return;
    case AFTER:
      atomic_store (&go_on, true);
      core_test_await (result);
      return;
    }
}

static void
test_cancel (gconstpointer data)
{
  Moment moment = (Moment)GPOINTER_TO_INT (data);
  Fixture self;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (SampanFolderList) entries = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) pinged = NULL;
  g_autofree char *text = NULL;

  atomic_store (&pages_sent, 0);
  atomic_store (&go_on, false);
  set_up (&self, halves_script, NULL, NULL);
  if (moment == BEFORE)
    g_cancellable_cancel (cancellable);
  sampan_session_list_async (self.session, self.path, cancellable, core_test_result_cb, &result);
  wait_for_moment (moment, &result);
  g_cancellable_cancel (cancellable);
  entries = sampan_session_list_finish (self.session, core_test_await (&result), &error);
  /* Late, either is right, but never both or neither. */
  if (moment == AFTER || (moment == LATE && entries != NULL))
    g_assert_no_error (error);
  else
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_true ((entries == NULL) == (error != NULL));
  atomic_store (&go_on, true);
  pinged = ping (&self, "usable", &text);
  g_assert_no_error (pinged);
  g_assert_cmpstr (text, ==, "USABLE");
  tear_down (&self);
}

static void
test_logout_ends_requests (void)
{
  Fixture self;
  g_autoptr (GAsyncResult) listed = NULL;
  g_autoptr (GAsyncResult) logged_out = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) cancelled = NULL;

  atomic_store (&pages_sent, 0);
  atomic_store (&go_on, false);
  set_up (&self, halves_script, NULL, NULL);
  sampan_session_list_async (self.session, self.path, NULL, core_test_result_cb, &listed);
  sampan_session_logout_async (self.session, cancellable, core_test_result_cb, &logged_out);
  g_assert_cmpint (sampan_session_get_state (self.session), ==, SAMPAN_SESSION_LOGGING_OUT);
  g_cancellable_cancel (cancellable);
  sampan_session_logout_finish (self.session, core_test_await (&logged_out), &cancelled);
  g_assert_error (cancelled, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (sampan_session_get_state (self.session), ==, SAMPAN_SESSION_DISCONNECTED);
  g_assert_null (sampan_session_list_finish (self.session, core_test_await (&listed), &error));
  g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_DISCONNECTED);
  atomic_store (&go_on, true);
  tear_down (&self);
}

int
main (int argc, char **argv)
{
  static const char *const moments[] = { "before", "at-once", "mid", "late", "after" };

  core_test_init (&argc, &argv);
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *name = g_strdup_printf ("/core/session/name/%s", names[i].name);

      g_test_add_data_func (name, &names[i], test_name);
    }
  g_test_add_func ("/core/session/pages", test_pages);
  g_test_add_func ("/core/session/endless-listing", test_endless_listing);
  for (int i = 0; i < N_LIES; i++)
    {
      g_autofree char *name = g_strdup_printf ("/core/session/lie/%s", lies[i].name);

      g_test_add_data_func (name, GINT_TO_POINTER (i), test_lie);
    }
  g_test_add_func ("/core/session/unasked", test_unasked);
  g_test_add_func ("/core/session/cut-when-idle", test_cut_when_idle);
  g_test_add_func ("/core/session/window", test_window);
  g_test_add_func ("/core/session/error-keeps-session", test_error_keeps_session);
  g_test_add_func ("/core/session/ping-text", test_ping_text);
  g_test_add_func ("/core/session/keepalive", test_keepalive);
  for (int i = BEFORE; i <= AFTER; i++)
    {
      g_autofree char *name = g_strdup_printf ("/core/session/cancel/%s", moments[i]);

      g_test_add_data_func (name, GINT_TO_POINTER (i), test_cancel);
    }
  g_test_add_func ("/core/session/logout-ends-requests", test_logout_ends_requests);
  return core_test_run ();
}
