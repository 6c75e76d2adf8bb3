/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* H2, H3, H4, H8: downloads from servers that lie about sizes, break off or refuse; the conflict
 * rules of the local side; cancelling at five moments. */

#include "config.h"

#include "transfer-test.h"

#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define SHORT_MS 300

typedef enum
{
  GET_FINE,
  GET_MORE,         /* more bytes than announced */
  GET_ONE_MORE,     /* by one */
  GET_FEWER,        /* END too early */
  GET_WRONG_END,    /* END with another length */
  GET_NO_INFO,      /* DATA without GET_INFO */
  GET_TWO_INFOS,    /* GET_INFO again */
  GET_EMPTY_DATA,   /* DATA without bytes, for ever */
  GET_NEGATIVE,     /* a size that no file has */
  GET_ENORMOUS,     /* a size that no disk has */
  GET_ERROR,        /* ERROR in place of GET_INFO */
  GET_ERROR_MIDWAY, /* ERROR after some bytes */
  GET_CUT,          /* the link breaks midway */
  GET_CLOSE,        /* CLOSE midway */
  GET_STALL,        /* silence midway */
  GET_WRONG_KIND,
  N_GETS,
} Get;

typedef struct
{
  const char *name;
  int code;
  bool session_lives;
} GetCase;

static const GetCase gets[N_GETS] = {
  [GET_FINE] = { "fine", 0, true },
  [GET_MORE] = { "more", SAMPAN_ERROR_PROTOCOL, true },
  [GET_ONE_MORE] = { "one-more", SAMPAN_ERROR_PROTOCOL, true },
  [GET_FEWER] = { "fewer", SAMPAN_ERROR_PROTOCOL, true },
  [GET_WRONG_END] = { "wrong-end", SAMPAN_ERROR_PROTOCOL, true },
  [GET_NO_INFO] = { "no-info", SAMPAN_ERROR_PROTOCOL, true },
  [GET_TWO_INFOS] = { "two-infos", SAMPAN_ERROR_PROTOCOL, true },
  [GET_EMPTY_DATA] = { "empty-data", SAMPAN_ERROR_PROTOCOL, true },
  [GET_NEGATIVE] = { "negative", SAMPAN_ERROR_PROTOCOL, true },
  [GET_ENORMOUS] = { "enormous", SAMPAN_ERROR_NO_SPACE, true },
  [GET_ERROR] = { "error", SAMPAN_ERROR_NOT_FOUND, true },
  [GET_ERROR_MIDWAY] = { "error-midway", SAMPAN_ERROR_IO, true },
  [GET_CUT] = { "cut", SAMPAN_ERROR_DISCONNECTED, true },
  [GET_CLOSE] = { "close", SAMPAN_ERROR_DISCONNECTED, true },
  [GET_STALL] = { "stall", SAMPAN_ERROR_DISCONNECTED, true },
  [GET_WRONG_KIND] = { "wrong-kind", SAMPAN_ERROR_PROTOCOL, true },
};

/* FALSE: the script is over. */
static bool
answer_get (EvilPeer *peer, Get evil)
{
  uint64_t end = TRANSFER_TEST_SIZE;

  if (evil == GET_ERROR)
    return evil_send_error (peer, SAMPAN_ERROR_NOT_FOUND, 0);
  if (evil == GET_WRONG_KIND)
    return evil_send_empty (peer, SAMPAN_KIND_DONE);
  if (evil != GET_NO_INFO)
    transfer_test_send_info (peer,
                             evil == GET_NEGATIVE   ? UINT64_MAX
                             : evil == GET_ENORMOUS ? INT64_MAX
                                                    : TRANSFER_TEST_SIZE);
  if (evil == GET_TWO_INFOS)
    transfer_test_send_info (peer, TRANSFER_TEST_SIZE);
  if (evil == GET_EMPTY_DATA)
    evil_send_data (peer, 0);
  if (evil >= GET_ERROR_MIDWAY || evil == GET_FEWER)
    transfer_test_send_bytes (peer, TRANSFER_TEST_SIZE / 2);
  else
    transfer_test_send_bytes (peer,
                              evil == GET_ONE_MORE ? TRANSFER_TEST_SIZE + 1
                              : evil == GET_MORE   ? 100 * TRANSFER_TEST_SIZE
                                                   : TRANSFER_TEST_SIZE);
  if (evil == GET_ERROR_MIDWAY)
    return evil_send_error (peer, SAMPAN_ERROR_IO, 0);
  if (evil == GET_CLOSE)
    evil_send_empty (peer, SAMPAN_KIND_CLOSE);
  if (evil == GET_CUT || evil == GET_CLOSE)
    return false;
  if (evil == GET_STALL)
    {
      evil_stall (peer);
      return false;
    }
  if (evil == GET_WRONG_END)
    end++;
  return evil_send_number (peer, SAMPAN_KIND_END, end);
}

static void
get_script (EvilPeer *peer, gpointer data)
{
  SampanReader fields;

  while (evil_read_until (peer, SAMPAN_KIND_GET, &fields) &&
         answer_get (peer, (Get)GPOINTER_TO_INT (data)))
    ;
}

static void
test_get (gconstpointer data)
{
  Get get = (Get)GPOINTER_TO_INT (data);
  SampanLinkTimes times = sampan_link_default_times;
  TransferTest self;
  g_autoptr (SampanTransfer) transfer = NULL;
  g_autoptr (GError) error = NULL;
  struct stat info;

  times.reply_ms = get == GET_STALL ? SHORT_MS : times.reply_ms;
  transfer_test_set_up (&self, get_script, (gpointer)data, &times);
  transfer = transfer_test_new_download (&self, SAMPAN_CONFLICT_REFUSE);
  error = transfer_test_run (transfer, NULL);
  /* What a broken link leaves is for the next try. */
  if (gets[get].code == SAMPAN_ERROR_DISCONNECTED)
    core_test_remove (TRANSFER_TEST_TEMP_PREFIX);
  g_assert_cmpuint (core_test_count (TRANSFER_TEST_TEMP_PREFIX), ==, 0);
  if (gets[get].code == 0)
    {
      g_assert_no_error (error);
      g_assert_cmpint (sampan_transfer_get_state (transfer), ==, SAMPAN_TRANSFER_DONE);
      g_assert_cmpuint (sampan_transfer_get_safe_bytes (transfer), ==, TRANSFER_TEST_SIZE);
      transfer_test_expect_local (self.local, TRANSFER_TEST_SIZE, 'x');
      g_assert_cmpint (stat (self.local, &info), ==, 0);
      g_assert_cmpint (info.st_mtim.tv_sec, ==, TRANSFER_TEST_MTIME);
      g_assert_cmpint (info.st_mtim.tv_nsec, ==, 5);
      g_assert_cmpint (info.st_mode & 0177, ==, 0);
    }
  else
    {
      g_assert_error (error, SAMPAN_ERROR, gets[get].code);
      g_assert_cmpint (sampan_transfer_get_state (transfer), ==, SAMPAN_TRANSFER_FAILED);
      g_assert_false (g_file_test (self.local, G_FILE_TEST_EXISTS));
      g_assert_cmpuint (sampan_transfer_get_safe_bytes (transfer), ==, 0);
    }
  g_assert_cmpint (sampan_session_get_state (self.session), ==, SAMPAN_SESSION_READY);
  transfer_test_tear_down (&self);
}

/* Small files one after the other transfer_test_run on one link. */
static void
test_get_reuses_link (void)
{
  TransferTest self;

  transfer_test_set_up (&self, get_script, GINT_TO_POINTER (GET_FINE), NULL);
  for (int i = 0; i < 5; i++)
    {
      g_autoptr (SampanTransfer) transfer =
          transfer_test_new_download (&self, SAMPAN_CONFLICT_REPLACE);
      g_autoptr (GError) error = transfer_test_run (transfer, NULL);

      g_assert_no_error (error);
    }
  g_assert_cmpuint (evil_server_count_accepted (self.server), ==, 2);
  transfer_test_tear_down (&self);
}

static void
test_get_refused_before_any_byte (void)
{
  TransferTest self;
  g_autoptr (SampanTransfer) transfer = NULL;
  g_autoptr (GError) error = NULL;

  transfer_test_set_up (&self, get_script, GINT_TO_POINTER (GET_FINE), NULL);
  transfer_test_write_local (&self, 3);
  transfer = transfer_test_new_download (&self, SAMPAN_CONFLICT_REFUSE);
  error = transfer_test_run (transfer, NULL);
  g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_EXISTS);
  g_assert_cmpuint (evil_server_count_accepted (self.server), ==, 1);
  transfer_test_expect_local (self.local, 3, 'x');
  transfer_test_tear_down (&self);
}

static void
test_get_conflicts (void)
{
  static const struct
  {
    SampanConflict conflict;
    time_t local_mtime;
    int code;
    const char *stored;
  } table[] = {
    { SAMPAN_CONFLICT_REPLACE, TRANSFER_TEST_MTIME + 1, 0, NULL },
    { SAMPAN_CONFLICT_REPLACE_NEWER, TRANSFER_TEST_MTIME - 1, 0, NULL },
    { SAMPAN_CONFLICT_REPLACE_NEWER, TRANSFER_TEST_MTIME, 0, NULL },
    { SAMPAN_CONFLICT_REPLACE_NEWER, TRANSFER_TEST_MTIME + 1, SAMPAN_ERROR_EXISTS, NULL },
    { SAMPAN_CONFLICT_KEEP_BOTH, TRANSFER_TEST_MTIME, 0, "photo (2).jpg" },
    { SAMPAN_CONFLICT_KEEP_BOTH, TRANSFER_TEST_MTIME, 0, "photo (3).jpg" },
  };
  TransferTest self;

  transfer_test_set_up (&self, get_script, GINT_TO_POINTER (GET_FINE), NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (SampanTransfer) transfer = transfer_test_new_download (&self, table[i].conflict);
      g_autoptr (GError) error = NULL;
      bool keeps = table[i].code != 0 || table[i].stored != NULL;

      transfer_test_write_local (&self, 3);
      transfer_test_set_local_mtime (&self, table[i].local_mtime);
      error = transfer_test_run (transfer, NULL);
      if (table[i].code != 0)
        g_assert_error (error, SAMPAN_ERROR, table[i].code);
      else
        g_assert_no_error (error);
      transfer_test_expect_local (self.local, keeps ? 3 : TRANSFER_TEST_SIZE, 'x');
      g_assert_cmpstr (sampan_transfer_get_stored_name (transfer), ==, table[i].stored);
      if (table[i].stored != NULL)
        {
          g_autofree char *other = core_test_path (table[i].stored);

          transfer_test_expect_local (other, TRANSFER_TEST_SIZE, 'x');
        }
    }
  transfer_test_tear_down (&self);
}

static void
test_get_bad_targets (void)
{
  TransferTest self;
  g_autofree char *folder = core_test_path ("folder");
  g_autofree char *missing = core_test_path ("missing/photo.jpg");
  g_autofree char *link = core_test_path ("link");
  static const int codes[] = { SAMPAN_ERROR_WRONG_KIND, SAMPAN_ERROR_NOT_FOUND, 0 };
  const char *targets[] = { folder, missing, link };

  transfer_test_set_up (&self, get_script, GINT_TO_POINTER (GET_FINE), NULL);
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  transfer_test_write_local (&self, 3);
  g_assert_cmpint (symlink (self.local, link), ==, 0);
  for (size_t i = 0; i < G_N_ELEMENTS (targets); i++)
    {
      g_autoptr (SampanTransfer) transfer = sampan_transfer_new_download (self.session,
                                                                          self.remote,
                                                                          targets[i],
                                                                          SAMPAN_CONFLICT_REPLACE);
      g_autoptr (GError) error = transfer_test_run (transfer, NULL);

      if (codes[i] != 0)
        g_assert_error (error, SAMPAN_ERROR, codes[i]);
      else
        g_assert_no_error (error);
    }
  /* A link is replaced, not written through. */
  transfer_test_expect_local (self.local, 3, 'x');
  g_assert_false (g_file_test (link, G_FILE_TEST_IS_SYMLINK));
  g_rmdir (folder);
  transfer_test_tear_down (&self);
}

static void
hold_get_script (EvilPeer *peer, gpointer data)
{
  SampanReader fields;

  while (evil_read_until (peer, SAMPAN_KIND_GET, &fields))
    {
      transfer_test_send_info (peer, TRANSFER_TEST_SIZE);
      transfer_test_send_bytes (peer, TRANSFER_TEST_SIZE / 2);
      atomic_store (&transfer_test_bytes_seen, 1);
      while (!atomic_load (&transfer_test_may_read))
        g_usleep (1000);
      transfer_test_send_bytes (peer, TRANSFER_TEST_SIZE / 2);
      evil_send_number (peer, SAMPAN_KIND_END, TRANSFER_TEST_SIZE);
    }
}

static void
test_cancel_get (gconstpointer data)
{
  TransferTest self;
  g_autoptr (SampanTransfer) transfer = NULL;
  g_autoptr (SampanTransfer) next = NULL;
  g_autoptr (GError) error = NULL;

  transfer_test_set_up (&self, hold_get_script, NULL, NULL);
  transfer = transfer_test_new_download (&self, SAMPAN_CONFLICT_REFUSE);
  transfer_test_cancel_one (&self, transfer, (TransferTestMoment)GPOINTER_TO_INT (data));
  g_assert_cmpint (g_file_test (self.local, G_FILE_TEST_EXISTS),
                   ==,
                   sampan_transfer_get_state (transfer) == SAMPAN_TRANSFER_DONE);
  next = transfer_test_new_download (&self, SAMPAN_CONFLICT_REPLACE);
  error = transfer_test_run (next, NULL);
  g_assert_no_error (error);
  transfer_test_tear_down (&self);
}

static void
test_attach_refused (void)
{
  TransferTest self;
  g_autoptr (SampanTransfer) transfer = NULL;
  g_autoptr (GError) error = NULL;

  transfer_test_set_up (&self, NULL, NULL, NULL);
  transfer = transfer_test_new_download (&self, SAMPAN_CONFLICT_REFUSE);
  error = transfer_test_run (transfer, NULL);
  g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_DISCONNECTED);
  g_assert_cmpint (sampan_session_get_state (self.session), ==, SAMPAN_SESSION_READY);
  transfer_test_tear_down (&self);
}

int
main (int argc, char **argv)
{
  core_test_init (&argc, &argv);
  for (int i = 0; i < N_GETS; i++)
    {
      g_autofree char *name = g_strdup_printf ("/core/download/%s", gets[i].name);

      g_test_add_data_func (name, GINT_TO_POINTER (i), test_get);
    }
  g_test_add_func ("/core/download/reuses-link", test_get_reuses_link);
  g_test_add_func ("/core/download/refused-before-any-byte", test_get_refused_before_any_byte);
  g_test_add_func ("/core/download/conflicts", test_get_conflicts);
  g_test_add_func ("/core/download/bad-targets", test_get_bad_targets);
  g_test_add_func ("/core/download/attach-refused", test_attach_refused);
  transfer_test_add_moments ("/core/download/cancel", test_cancel_get);
  return core_test_run ();
}
