/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Requests of a session: pipelining, deadlines, cancelling at five moments. */

#include "config.h"

#include "session-test.h"

#include <stdatomic.h>
#include <string.h>

/* For servers that fall silent; what they do before has to be done within. */
#define SHORT_MS 2000

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
    session_test_answer_ping (peer, &fields);
}

static void
test_window (void)
{
  SessionTest self;
  Pings pings = { 0 };

  session_test_set_up (&self, window_script, NULL, NULL);
  for (unsigned int i = 0; i < N_PINGS; i++)
    {
      g_autofree char *text = g_strdup_printf ("n%u", i);

      sampan_session_ping_async (self.session, text, NULL, pinged_cb, &pings);
    }
  core_test_await_condition (all_answered, &pings);
  g_assert_cmpuint (pings.wrong, ==, 0);
  session_test_tear_down (&self);
}

static void
error_script (EvilPeer *peer, gpointer data)
{
  SampanReader fields;
  uint8_t kind;

  while (evil_read (peer, &kind, &fields))
    if (kind == SAMPAN_KIND_PING)
      session_test_answer_ping (peer, &fields);
    else
      evil_send_error (peer, SAMPAN_ERROR_NOT_FOUND, 0);
}

static void
test_error_keeps_session (void)
{
  SessionTest self;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) pinged = NULL;
  g_autofree char *text = NULL;

  session_test_set_up (&self, error_script, NULL, NULL);
  error = session_test_list (&self, NULL);
  g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_NOT_FOUND);
  pinged = session_test_ping (&self, "still there", &text);
  g_assert_no_error (pinged);
  g_assert_cmpstr (text, ==, "STILL THERE");
  g_assert_cmpint (sampan_session_get_state (self.session), ==, SAMPAN_SESSION_READY);
  session_test_tear_down (&self);
}

static void
test_ping_text (void)
{
  SessionTest self;
  g_autofree char *longest = g_strnfill (SAMPAN_PING_TEXT_MAX, 'a');
  g_autofree char *longer = g_strnfill (SAMPAN_PING_TEXT_MAX + 1, 'a');
  g_autofree char *text = NULL;
  g_autoptr (GError) fits = NULL;
  g_autoptr (GError) empty = NULL;
  g_autoptr (GError) refused = NULL;

  session_test_set_up (&self, error_script, NULL, NULL);
  fits = session_test_ping (&self, longest, &text);
  g_assert_no_error (fits);
  g_assert_cmpuint (strlen (text), ==, SAMPAN_PING_TEXT_MAX);
  empty = session_test_ping (&self, "", NULL);
  g_assert_no_error (empty);
  refused = session_test_ping (&self, longer, NULL);
  g_assert_error (refused, SAMPAN_ERROR, SAMPAN_ERROR_BAD_NAME);
  session_test_tear_down (&self);
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
      session_test_answer_ping (peer, &fields);
    }
  evil_stall (peer);
}

static void
test_keepalive (void)
{
  SampanLinkTimes times = sampan_link_default_times;
  SessionTest self;

  times.keepalive_ms = 50;
  times.reply_ms = SHORT_MS;
  session_test_set_up (&self, keepalive_script, NULL, &times);
  session_test_expect_broken (&self, SAMPAN_ERROR_DISCONNECTED);
  g_assert_cmpuint (atomic_load (&keepalives), ==, 3);
  session_test_tear_down (&self);
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
          session_test_answer_ping (peer, &fields);
          continue;
        }
      sampan_write_empty (evil_begin (peer), SAMPAN_KIND_LIST_PAGE);
      session_test_put_entry (evil_current (peer), "a", 1);
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
      for (int64_t start_us = g_get_monotonic_time (); atomic_load (&pages_sent) == 0;)
        {
          g_assert_cmpint (g_get_monotonic_time () - start_us, <, 60 * G_USEC_PER_SEC);
          g_usleep (1000);
        }
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
  SessionTest self;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (SampanFolderList) entries = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) pinged = NULL;
  g_autofree char *text = NULL;

  atomic_store (&pages_sent, 0);
  atomic_store (&go_on, false);
  session_test_set_up (&self, halves_script, NULL, NULL);
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
  pinged = session_test_ping (&self, "usable", &text);
  g_assert_no_error (pinged);
  g_assert_cmpstr (text, ==, "USABLE");
  session_test_tear_down (&self);
}

static void
test_logout_ends_requests (void)
{
  SessionTest self;
  g_autoptr (GAsyncResult) listed = NULL;
  g_autoptr (GAsyncResult) logged_out = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) cancelled = NULL;

  atomic_store (&pages_sent, 0);
  atomic_store (&go_on, false);
  session_test_set_up (&self, halves_script, NULL, NULL);
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
  session_test_tear_down (&self);
}

int
main (int argc, char **argv)
{
  static const char *const moments[] = { "before", "at-once", "mid", "late", "after" };

  core_test_init (&argc, &argv);
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
