/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Uploads to servers that refuse, lie or break off; sources that change; resuming proven by hash;
 * cancelling at five moments. */

#include "config.h"

#include "transfer-test.h"

#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SHORT_MS 300

typedef enum
{
  PUT_FINE,
  PUT_OTHER_NAME,   /* stored under another name */
  PUT_EVIL_NAME,    /* under one that cannot be */
  PUT_REFUSED,      /* ERROR at once */
  PUT_FULL,         /* ERROR midway */
  PUT_FAILED,       /* ERROR after END */
  PUT_EARLY_STORED, /* STORED before END */
  PUT_DONE,         /* DONE, which nobody asked for */
  PUT_OFFER,        /* an offer without RESUME */
  PUT_CUT,          /* the link breaks midway */
  PUT_CUT_SAVING,   /* the link breaks after END */
  PUT_STALL,        /* nothing is read */
  PUT_STALL_SAVING, /* no STORED */
  N_PUTS,
} Put;

static const struct
{
  const char *name;
  int code;
  bool aborts; /* the client has to send PUT_ABORT */
} puts_table[N_PUTS] = {
  [PUT_FINE] = { "fine", 0, false },
  [PUT_OTHER_NAME] = { "other-name", 0, false },
  [PUT_EVIL_NAME] = { "evil-name", SAMPAN_ERROR_PROTOCOL, false },
  [PUT_REFUSED] = { "refused", SAMPAN_ERROR_NOT_ALLOWED, true },
  [PUT_FULL] = { "full", SAMPAN_ERROR_NO_SPACE, true },
  [PUT_FAILED] = { "failed", SAMPAN_ERROR_IO, false },
  [PUT_EARLY_STORED] = { "early-stored", SAMPAN_ERROR_PROTOCOL, false },
  [PUT_DONE] = { "done", SAMPAN_ERROR_PROTOCOL, false },
  [PUT_OFFER] = { "offer", SAMPAN_ERROR_PROTOCOL, false },
  [PUT_CUT] = { "cut", SAMPAN_ERROR_DISCONNECTED, false },
  [PUT_CUT_SAVING] = { "cut-saving", SAMPAN_ERROR_DISCONNECTED, false },
  [PUT_STALL] = { "stall", SAMPAN_ERROR_DISCONNECTED, false },
  [PUT_STALL_SAVING] = { "stall-saving", SAMPAN_ERROR_DISCONNECTED, false },
};

static bool
send_offer (EvilPeer *peer, uint64_t offset, const uint8_t hash[static SAMPAN_HASH_LENGTH])
{
  SampanPutOffer offer = { .offset = offset };

  memcpy (offer.hash, hash, sizeof offer.hash);
  sampan_write_put_offer (evil_begin (peer), &offer);
  return evil_send (peer);
}

/* What goes wrong before END; FALSE: the script is over. */
static bool
answer_early (EvilPeer *peer, Put evil)
{
  static const uint8_t zeros[SAMPAN_HASH_LENGTH];

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wswitch-enum"
  switch (evil)
    {
    case PUT_REFUSED:
      evil_send_error (peer, SAMPAN_ERROR_NOT_ALLOWED, 0);
      return transfer_test_read_put (peer, UINT64_MAX) == SAMPAN_KIND_PUT_ABORT;
    case PUT_FULL:
      transfer_test_read_put (peer, TRANSFER_TEST_SIZE);
      evil_send_error (peer, SAMPAN_ERROR_NO_SPACE, 0);
      return transfer_test_read_put (peer, UINT64_MAX) == SAMPAN_KIND_PUT_ABORT;
    case PUT_EARLY_STORED:
      transfer_test_send_stored (peer, "photo.jpg", 9);
      break;
    case PUT_DONE:
      evil_send_empty (peer, SAMPAN_KIND_DONE);
      break;
    case PUT_OFFER:
      send_offer (peer, 0, zeros);
      break;
    case PUT_CUT:
      transfer_test_read_put (peer, TRANSFER_TEST_SIZE);
      return false;
    case PUT_STALL:
      /* Reads nothing until the test is over. */
      while (!atomic_load (&transfer_test_bytes_seen))
        g_usleep (1000);
      return false;
    default:
      return true;
    }
#pragma GCC diagnostic pop
  evil_stall (peer);
  return false;
}

static bool
answer_put (EvilPeer *peer, Put evil)
{
  if (!answer_early (peer, evil))
    return false;
  if (puts_table[evil].aborts)
    return true;
  if (transfer_test_read_put (peer, UINT64_MAX) != SAMPAN_KIND_END || evil == PUT_CUT_SAVING)
    return false;
  if (evil == PUT_STALL_SAVING)
    {
      evil_stall (peer);
      return false;
    }
  if (evil == PUT_FAILED)
    return evil_send_error (peer, SAMPAN_ERROR_IO, 0);
  if (evil == PUT_OTHER_NAME)
    return transfer_test_send_stored (peer, "photo (2).jpg", 13);
  if (evil == PUT_EVIL_NAME)
    return transfer_test_send_stored (peer, "../x", 4);
  return transfer_test_send_stored (peer, "photo.jpg", 9);
}

static void
put_script (EvilPeer *peer, gpointer data)
{
  Put evil = (Put)GPOINTER_TO_INT (data);
  SampanReader fields;
  uint8_t kind;

  while (evil_read (peer, &kind, &fields) && kind == SAMPAN_KIND_PUT)
    {
      if (!answer_put (peer, evil))
        return;
      evil = PUT_FINE; /* the same link works on */
    }
}

static void
test_put (gconstpointer data)
{
  Put put = (Put)GPOINTER_TO_INT (data);
  SampanLinkTimes times = sampan_link_default_times;
  TransferTest self;
  g_autoptr (SampanTransfer) transfer = NULL;
  g_autoptr (GError) error = NULL;

  atomic_store (&transfer_test_aborts_seen, 0);
  atomic_store (&transfer_test_bytes_seen, 0);
  if (put == PUT_STALL || put == PUT_STALL_SAVING)
    times.slow_reply_ms = SHORT_MS;
  transfer_test_set_up (&self, put_script, (gpointer)data, &times);
  transfer_test_write_local (&self,
                             put == PUT_FINE || put == PUT_STALL_SAVING ? TRANSFER_TEST_SIZE
                                                                        : TRANSFER_TEST_BIG);
  transfer = transfer_test_new_upload (&self);
  error = transfer_test_run (transfer, NULL);
  if (puts_table[put].code == 0)
    {
      g_assert_no_error (error);
      g_assert_cmpuint (sampan_transfer_get_safe_bytes (transfer), >, 0);
    }
  else
    g_assert_error (error, SAMPAN_ERROR, puts_table[put].code);
  g_assert_cmpstr (sampan_transfer_get_stored_name (transfer),
                   ==,
                   put == PUT_OTHER_NAME ? "photo (2).jpg" : NULL);
  g_assert_cmpint (sampan_session_get_state (self.session), ==, SAMPAN_SESSION_READY);
  if (puts_table[put].aborts || put == PUT_FAILED)
    {
      g_autoptr (SampanTransfer) next = transfer_test_new_upload (&self);
      g_autoptr (GError) second = transfer_test_run (next, NULL);

      g_assert_no_error (second);
      g_assert_cmpuint (evil_server_count_accepted (self.server), ==, 2);
    }
  g_assert_cmpuint (atomic_load (&transfer_test_aborts_seen), ==, puts_table[put].aborts ? 1 : 0);
  atomic_store (&transfer_test_bytes_seen, 1);
  transfer_test_tear_down (&self);
}

static void
test_put_bad_sources (void)
{
  static const struct
  {
    const char *path;
    int code;
  } table[] = {
    { "/nonexistent/x", SAMPAN_ERROR_NOT_FOUND },
    { "/dev/null", SAMPAN_ERROR_WRONG_KIND },
    { "/", SAMPAN_ERROR_WRONG_KIND },
    { "fifo", SAMPAN_ERROR_WRONG_KIND },
  };
  g_autofree char *fifo = core_test_path ("fifo");
  TransferTest self;

  transfer_test_set_up (&self, put_script, GINT_TO_POINTER (PUT_FINE), NULL);
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  for (size_t i = 0; i < G_N_ELEMENTS (table); i++)
    {
      const char *path = g_str_equal (table[i].path, "fifo") ? fifo : table[i].path;
      g_autoptr (SampanTransfer) transfer =
          sampan_transfer_new_upload (self.session, path, self.remote, SAMPAN_CONFLICT_REFUSE);
      g_autoptr (GError) error = transfer_test_run (transfer, NULL);

      g_assert_error (error, SAMPAN_ERROR, table[i].code);
      g_assert_true (sampan_error_is_local (error));
    }
  g_assert_cmpuint (evil_server_count_accepted (self.server), ==, 1);
  g_unlink (fifo);
  transfer_test_tear_down (&self);
}

static void
test_put_changed (gconstpointer data)
{
  bool shrinks = GPOINTER_TO_INT (data);
  TransferTest self;
  g_autoptr (SampanTransfer) transfer = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  atomic_store (&transfer_test_aborts_seen, 0);
  atomic_store (&transfer_test_bytes_seen, 0);
  atomic_store (&transfer_test_may_read, false);
  transfer_test_set_up (&self, transfer_test_slow_put_script, NULL, NULL);
  transfer_test_write_local (&self, TRANSFER_TEST_BIG);
  transfer = transfer_test_new_upload (&self);
  sampan_transfer_run_async (transfer, NULL, core_test_result_cb, &result);
  transfer_test_spin_until (transfer_test_bytes_were_seen);
  g_assert_cmpint (truncate (self.local, shrinks ? TRANSFER_TEST_BIG - 1 : TRANSFER_TEST_BIG + 1),
                   ==,
                   0);
  atomic_store (&transfer_test_may_read, true);
  sampan_transfer_run_finish (transfer, core_test_await (&result), &error);
  g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_CHANGED);
  transfer_test_spin_until (transfer_test_abort_was_seen);
  transfer_test_tear_down (&self);
}

/* ---- Resuming ---- */

typedef enum
{
  RESUME_SAME,
  RESUME_OTHER,
  RESUME_NOTHING,
  RESUME_TOO_LONG,
  RESUME_ALL,
  RESUME_REFUSED,
  N_RESUMES,
} Resume;

static atomic_ullong resumed_from;
static uint8_t last_upload_id[SAMPAN_UPLOAD_ID_LENGTH];

static void
hash_of_x (uint64_t length, uint8_t hash[static SAMPAN_HASH_LENGTH])
{
  g_autofree char *contents = g_strnfill (length, 'x');

  crypto_generichash (hash, SAMPAN_HASH_LENGTH, (const uint8_t *)contents, length, NULL, 0);
}

static void
resume_script (EvilPeer *peer, gpointer data)
{
  static const uint64_t offsets[N_RESUMES] = { TRANSFER_TEST_SIZE / 2, TRANSFER_TEST_SIZE / 2, 0,
                                               TRANSFER_TEST_SIZE + 1, TRANSFER_TEST_SIZE,     0 };
  Resume resume = (Resume)GPOINTER_TO_INT (data);
  SampanPutRequest put;
  SampanReader fields;
  uint8_t hash[SAMPAN_HASH_LENGTH];
  uint8_t kind;
  uint64_t from;

  if (!evil_read (peer, &kind, &fields) || !sampan_read_put_request (&fields, &put))
    return;
  g_assert_cmpint (put.flags, ==, SAMPAN_PUT_RESUME);
  memcpy (last_upload_id, put.upload_id, sizeof last_upload_id);
  if (resume == RESUME_REFUSED)
    {
      evil_send_error (peer, SAMPAN_ERROR_NOT_ALLOWED, 0);
      transfer_test_read_put (peer, UINT64_MAX);
      evil_stall (peer);
      return;
    }
  hash_of_x (offsets[resume], hash);
  if (resume == RESUME_OTHER)
    hash[0] ^= 1;
  send_offer (peer, offsets[resume], hash);
  g_assert_true (evil_read (peer, &kind, &fields));
  g_assert_cmpint (kind, ==, SAMPAN_KIND_PUT_FROM);
  g_assert_true (sampan_read_number (&fields, &from));
  atomic_store (&resumed_from, from);
  atomic_store (&transfer_test_bytes_seen, 0);
  if (transfer_test_read_put (peer, UINT64_MAX) != SAMPAN_KIND_END)
    return;
  g_assert_cmpuint (from + atomic_load (&transfer_test_bytes_seen), ==, TRANSFER_TEST_SIZE);
  transfer_test_send_stored (peer, "photo.jpg", 9);
  evil_stall (peer);
}

static void
test_resume (gconstpointer data)
{
  static const uint64_t expected[N_RESUMES] = { TRANSFER_TEST_SIZE / 2, 0, 0, 0,
                                                TRANSFER_TEST_SIZE,     0 };
  Resume resume = (Resume)GPOINTER_TO_INT (data);
  TransferTest self;
  g_autoptr (SampanTransfer) transfer = NULL;
  g_autoptr (GError) error = NULL;

  atomic_store (&resumed_from, 0);
  atomic_store (&transfer_test_aborts_seen, 0);
  transfer_test_set_up (&self, resume_script, (gpointer)data, NULL);
  transfer_test_write_local (&self, TRANSFER_TEST_SIZE);
  transfer = transfer_test_new_upload (&self);
  sampan_transfer_set_resume (transfer, true);
  error = transfer_test_run (transfer, NULL);
  if (resume == RESUME_REFUSED)
    {
      g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_NOT_ALLOWED);
      transfer_test_spin_until (transfer_test_abort_was_seen);
    }
  else
    g_assert_no_error (error);
  g_assert_cmpuint (atomic_load (&resumed_from), ==, expected[resume]);
  transfer_test_tear_down (&self);
}

static void
test_upload_id (void)
{
  uint8_t first[SAMPAN_UPLOAD_ID_LENGTH];
  TransferTest self;

  transfer_test_set_up (&self, resume_script, GINT_TO_POINTER (RESUME_NOTHING), NULL);
  transfer_test_write_local (&self, TRANSFER_TEST_SIZE);
  for (int i = 0; i < 3; i++)
    {
      g_autoptr (SampanTransfer) transfer = transfer_test_new_upload (&self);
      g_autoptr (GError) error = NULL;

      transfer_test_set_local_mtime (&self, i < 2 ? TRANSFER_TEST_MTIME : TRANSFER_TEST_MTIME + 1);
      sampan_transfer_set_resume (transfer, true);
      error = transfer_test_run (transfer, NULL);
      g_assert_no_error (error);
      if (i == 0)
        memcpy (first, last_upload_id, sizeof first);
      g_assert_cmpint (memcmp (first, last_upload_id, sizeof first) == 0, ==, i < 2);
      /* The script takes one put for each link. */
      g_clear_object (&transfer);
      transfer_test_tear_down (&self);
      transfer_test_set_up (&self, resume_script, GINT_TO_POINTER (RESUME_NOTHING), NULL);
      transfer_test_write_local (&self, TRANSFER_TEST_SIZE);
    }
  transfer_test_tear_down (&self);
}

static void
test_cancel_put (gconstpointer data)
{
  TransferTestMoment moment = (TransferTestMoment)GPOINTER_TO_INT (data);
  TransferTest self;
  g_autoptr (SampanTransfer) transfer = NULL;
  g_autoptr (SampanTransfer) next = NULL;
  g_autoptr (GError) error = NULL;

  atomic_store (&transfer_test_aborts_seen, 0);
  transfer_test_set_up (&self, transfer_test_slow_put_script, NULL, NULL);
  transfer_test_write_local (&self, TRANSFER_TEST_BIG);
  transfer = transfer_test_new_upload (&self);
  transfer_test_cancel_one (&self, transfer, moment);
  next = transfer_test_new_upload (&self);
  error = transfer_test_run (next, NULL);
  g_assert_no_error (error);
  if (moment == TRANSFER_TEST_MID)
    transfer_test_spin_until (transfer_test_abort_was_seen);
  /* Midway the next one may come before PUT_ABORT is out, and takes a link of its own. */
  if (moment == TRANSFER_TEST_MID || moment == TRANSFER_TEST_AFTER)
    g_assert_cmpuint (evil_server_count_accepted (self.server),
                      <=,
                      moment == TRANSFER_TEST_AFTER ? 2 : 3);
  transfer_test_tear_down (&self);
}

int
main (int argc, char **argv)
{
  static const char *const resumes[] = { "same", "other", "nothing", "too-long", "all", "refused" };

  core_test_init (&argc, &argv);
  for (int i = 0; i < N_PUTS; i++)
    {
      g_autofree char *name = g_strdup_printf ("/core/upload/%s", puts_table[i].name);

      g_test_add_data_func (name, GINT_TO_POINTER (i), test_put);
    }
  g_test_add_func ("/core/upload/bad-sources", test_put_bad_sources);
  g_test_add_data_func ("/core/upload/changed/grown", GINT_TO_POINTER (false), test_put_changed);
  g_test_add_data_func ("/core/upload/changed/shrunk", GINT_TO_POINTER (true), test_put_changed);
  for (int i = 0; i < N_RESUMES; i++)
    {
      g_autofree char *name = g_strdup_printf ("/core/upload/resume/%s", resumes[i]);

      g_test_add_data_func (name, GINT_TO_POINTER (i), test_resume);
    }
  g_test_add_func ("/core/upload/upload-id", test_upload_id);
  transfer_test_add_moments ("/core/upload/cancel", test_cancel_put);
  return core_test_run ();
}
