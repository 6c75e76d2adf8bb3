/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* C10, H1, H5, H8, H9: replies that no server should send: hostile names, wrong counts and kinds,
 * forged and missing records, silence. */

#include "config.h"

#include "session-test.h"

#include <string.h>

#define SHORT_MS 300

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

static void
name_script (EvilPeer *peer, gpointer data)
{
  const NameCase *name = data;
  SampanReader fields;

  if (!evil_read_until (peer, SAMPAN_KIND_LIST, &fields))
    return;
  sampan_write_empty (evil_begin (peer), SAMPAN_KIND_LIST_PAGE);
  session_test_put_entry (evil_current (peer), name->bytes, name->length);
  evil_send (peer);
  evil_send_number (peer, SAMPAN_KIND_LIST_END, 1);
  evil_serve (peer, NULL);
}

static void
test_name (gconstpointer data)
{
  const NameCase *name = data;
  SessionTest self;
  g_autoptr (SampanFolderList) entries = NULL;
  g_autoptr (GError) error = NULL;

  session_test_set_up (&self, name_script, (gpointer)data, NULL);
  error = session_test_list (&self, &entries);
  if (name->code != 0)
    {
      g_assert_error (error, SAMPAN_ERROR, name->code);
      session_test_expect_broken (&self, SAMPAN_ERROR_PROTOCOL);
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
  session_test_tear_down (&self);
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

              session_test_put_entry (evil_current (peer), name, strlen (name));
            }
          evil_send (peer);
        }
      evil_send_number (peer, SAMPAN_KIND_LIST_END, PAGES * PAGE_ENTRIES);
    }
}

static void
test_pages (void)
{
  SessionTest self;

  session_test_set_up (&self, pages_script, NULL, NULL);
  for (int i = 0; i < 2; i++)
    {
      g_autoptr (SampanFolderList) entries = NULL;
      g_autoptr (GError) error = session_test_list (&self, &entries);

      g_assert_no_error (error);
      g_assert_cmpuint (sampan_folder_list_get_length (entries), ==, PAGES * PAGE_ENTRIES);
      g_assert_cmpstr (sampan_folder_list_get (entries, 3499)->name, ==, "3499");
    }
  session_test_tear_down (&self);
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
        session_test_put_entry (evil_current (peer), "same", 4);
    }
  while (evil_send (peer));
}

static void
test_endless_listing (void)
{
  SessionTest self;
  g_autoptr (GError) error = NULL;

  session_test_set_up (&self, endless_script, NULL, NULL);
  error = session_test_list (&self, NULL);
  g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_PROTOCOL);
  session_test_expect_broken (&self, SAMPAN_ERROR_PROTOCOL);
  session_test_tear_down (&self);
}

typedef enum
{
  LIE_WRONG_COUNT,
  LIE_WRONG_KIND,
  LIE_UNKNOWN_KIND,
  LIE_REQUEST_KIND, /* H9 */
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
  SessionTest self;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) later = NULL;

  times.reply_ms = lie == LIE_STALL ? SHORT_MS : times.reply_ms;
  session_test_set_up (&self, lie_script, (gpointer)data, &times);
  error = session_test_list (&self, NULL);
  if (lie == LIE_TWICE)
    g_assert_no_error (error);
  else
    g_assert_error (error, SAMPAN_ERROR, (int)lies[lie].code);
  session_test_expect_broken (&self, lies[lie].code);
  later = session_test_ping (&self, "x", NULL);
  g_assert_error (later, SAMPAN_ERROR, SAMPAN_ERROR_DISCONNECTED);
  session_test_tear_down (&self);
}

static void
unasked_script (EvilPeer *peer, gpointer data)
{
  SampanReader fields;

  if (!evil_read_until (peer, SAMPAN_KIND_PING, &fields))
    return;
  session_test_answer_ping (peer, &fields);
  evil_send_empty (peer, SAMPAN_KIND_DONE);
  evil_stall (peer);
}

static void
test_unasked (void)
{
  SessionTest self;
  g_autoptr (GError) error = NULL;

  session_test_set_up (&self, unasked_script, NULL, NULL);
  error = session_test_ping (&self, "x", NULL);
  g_assert_no_error (error);
  session_test_expect_broken (&self, SAMPAN_ERROR_PROTOCOL);
  session_test_tear_down (&self);
}

static void
cut_script (EvilPeer *peer, gpointer data)
{
  SampanReader fields;

  if (evil_read_until (peer, SAMPAN_KIND_PING, &fields))
    session_test_answer_ping (peer, &fields);
}

/* A broken session logs in again. */
static void
test_cut_when_idle (void)
{
  SessionTest self;
  g_autoptr (GError) pinged = NULL;
  g_autoptr (GError) error = NULL;

  session_test_set_up (&self, cut_script, NULL, NULL);
  pinged = session_test_ping (&self, "x", NULL);
  g_assert_no_error (pinged);
  session_test_expect_broken (&self, SAMPAN_ERROR_DISCONNECTED);
  error = core_test_login (self.session, evil_server_get_port (self.server), CORE_TEST_PASSWORD);
  g_assert_no_error (error);
  g_assert_null (sampan_session_get_error (self.session));
  session_test_tear_down (&self);
}

int
main (int argc, char **argv)
{
  core_test_init (&argc, &argv);
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *name = g_strdup_printf ("/core/replies/name/%s", names[i].name);

      g_test_add_data_func (name, &names[i], test_name);
    }
  g_test_add_func ("/core/replies/pages", test_pages);
  g_test_add_func ("/core/replies/endless-listing", test_endless_listing);
  for (int i = 0; i < N_LIES; i++)
    {
      g_autofree char *name = g_strdup_printf ("/core/replies/lie/%s", lies[i].name);

      g_test_add_data_func (name, GINT_TO_POINTER (i), test_lie);
    }
  g_test_add_func ("/core/replies/unasked", test_unasked);
  g_test_add_func ("/core/replies/cut-when-idle", test_cut_when_idle);
  return core_test_run ();
}
