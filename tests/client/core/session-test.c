/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A logged-in session with a misbehaving server. */

#include "config.h"

#include "session-test.h"

void
session_test_set_up (SessionTest *self,
                     EvilScript script,
                     gpointer data,
                     const SampanLinkTimes *times)
{
  EvilPlan plan = { .login = EVIL_LOGIN_FINE, .browse = script, .data = data };
  SampanLinkTimes kept = times != NULL ? *times : sampan_link_default_times;
  g_autoptr (SampanEngine) engine = sampan_engine_new ();
  g_autoptr (GError) error = NULL;

  self->server = evil_server_new (&plan);
  self->session = sampan_session_new (engine);
  self->path = core_test_remote_path ("files");
  /* One break, one error. */
  kept.retry_ms = 0;
  sampan_session_set_times (self->session, &kept);
  error = core_test_login (self->session, evil_server_get_port (self->server), CORE_TEST_PASSWORD);
  g_assert_no_error (error);
}

void
session_test_tear_down (SessionTest *self)
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

void
session_test_expect_broken (SessionTest *self, SampanErrorCode code)
{
  core_test_await_condition (is_broken, self->session);
  g_assert_error ((GError *)sampan_session_get_error (self->session), SAMPAN_ERROR, (int)code);
}

GError *
session_test_list (SessionTest *self, SampanFolderList **out)
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

GError *
session_test_ping (SessionTest *self, const char *text, char **answer)
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

void
session_test_answer_ping (EvilPeer *peer, SampanReader *fields)
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

/* By hand: the codec would not write these names. */
void
session_test_put_entry (SampanWriter *writer, const void *name, size_t length)
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
