/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Transfers with servers that lie about sizes, break off or refuse; conflict rules of the local
 * side; cancelling at five moments. */

#include "config.h"

#include "core-test.h"
#include "evil-server.h"
#include "queue.h"
#include "session-private.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SHORT_MS 300
#define SIZE 200000
#define MTIME 1234567890
#define TEMP_PREFIX ".sampan-"

typedef struct
{
  EvilServer *server;
  SampanSession *session;
  SampanPath *remote;
  char *local;
} Fixture;

static void
set_up (Fixture *self, EvilScript script, gpointer data, const SampanLinkTimes *times)
{
  EvilPlan plan = { .login = EVIL_LOGIN_FINE, .transfer = script, .data = data };
  g_autoptr (SampanEngine) engine = sampan_engine_new ();
  g_autoptr (GError) error = NULL;

  self->server = evil_server_new (&plan);
  self->session = sampan_session_new (engine);
  self->remote = core_test_remote_path ("files/photo.jpg");
  self->local = core_test_path ("photo.jpg");
  g_unlink (self->local);
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
  g_clear_pointer (&self->remote, sampan_path_unref);
  /* The engine is gone: whatever was to be removed is. */
  g_assert_cmpuint (core_test_count (TEMP_PREFIX), ==, 0);
  g_unlink (self->local);
  g_clear_pointer (&self->local, g_free);
}

static void
write_local (Fixture *self, size_t size)
{
  g_autofree char *contents = g_strnfill (size, 'x');

  g_assert_true (g_file_set_contents (self->local, contents, (gssize)size, NULL));
}

static void
expect_local (const char *filename, size_t size, char byte)
{
  g_autofree char *contents = NULL;
  g_autofree char *expected = g_strnfill (size, byte);
  gsize length;

  g_assert_true (g_file_get_contents (filename, &contents, &length, NULL));
  g_assert_cmpmem (contents, length, expected, size);
}

static GError *
run (SampanTransfer *transfer, GCancellable *cancellable)
{
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  sampan_transfer_run_async (transfer, cancellable, core_test_result_cb, &result);
  sampan_transfer_run_finish (transfer, core_test_await (&result), &error);
  return error;
}

static SampanTransfer *
new_download (Fixture *self, SampanConflict conflict)
{
  return sampan_transfer_new_download (self->session, self->remote, self->local, conflict);
}

static SampanTransfer *
new_upload (Fixture *self)
{
  return sampan_transfer_new_upload (self->session,
                                     self->local,
                                     self->remote,
                                     SAMPAN_CONFLICT_REFUSE);
}

/* ---- Downloads ---- */

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

static void
send_info (EvilPeer *peer, uint64_t size)
{
  SampanGetInfo info = { .size = size, .mtime = { MTIME, 5 } };

  sampan_write_get_info (evil_begin (peer), &info);
  evil_send (peer);
}

static bool
send_bytes (EvilPeer *peer, size_t size)
{
  while (size > 0)
    {
      size_t part = MIN (size, SAMPAN_DATA_MAX);

      if (!evil_send_data (peer, part))
        return false;
      size -= part;
    }
  return true;
}

/* FALSE: the script is over. */
static bool
answer_get (EvilPeer *peer, Get evil)
{
  uint64_t end = SIZE;

  if (evil == GET_ERROR)
    return evil_send_error (peer, SAMPAN_ERROR_NOT_FOUND, 0);
  if (evil == GET_WRONG_KIND)
    return evil_send_empty (peer, SAMPAN_KIND_DONE);
  if (evil != GET_NO_INFO)
    send_info (peer, evil == GET_NEGATIVE ? UINT64_MAX : evil == GET_ENORMOUS ? INT64_MAX : SIZE);
  if (evil == GET_TWO_INFOS)
    send_info (peer, SIZE);
  if (evil == GET_EMPTY_DATA)
    evil_send_data (peer, 0);
  if (evil >= GET_ERROR_MIDWAY || evil == GET_FEWER)
    send_bytes (peer, SIZE / 2);
  else
    send_bytes (peer, evil == GET_ONE_MORE ? SIZE + 1 : evil == GET_MORE ? 100 * SIZE : SIZE);
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
  Fixture self;
  g_autoptr (SampanTransfer) transfer = NULL;
  g_autoptr (GError) error = NULL;
  struct stat info;

  times.reply_ms = get == GET_STALL ? SHORT_MS : times.reply_ms;
  set_up (&self, get_script, (gpointer)data, &times);
  transfer = new_download (&self, SAMPAN_CONFLICT_REFUSE);
  error = run (transfer, NULL);
  g_assert_cmpuint (core_test_count (TEMP_PREFIX), ==, 0);
  if (gets[get].code == 0)
    {
      g_assert_no_error (error);
      g_assert_cmpint (sampan_transfer_get_state (transfer), ==, SAMPAN_TRANSFER_DONE);
      g_assert_cmpuint (sampan_transfer_get_safe_bytes (transfer), ==, SIZE);
      expect_local (self.local, SIZE, 'x');
      g_assert_cmpint (stat (self.local, &info), ==, 0);
      g_assert_cmpint (info.st_mtim.tv_sec, ==, MTIME);
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
  tear_down (&self);
}

/* Small files one after the other run on one link. */
static void
test_get_reuses_link (void)
{
  Fixture self;

  set_up (&self, get_script, GINT_TO_POINTER (GET_FINE), NULL);
  for (int i = 0; i < 5; i++)
    {
      g_autoptr (SampanTransfer) transfer = new_download (&self, SAMPAN_CONFLICT_REPLACE);
      g_autoptr (GError) error = run (transfer, NULL);

      g_assert_no_error (error);
    }
  g_assert_cmpuint (evil_server_count_accepted (self.server), ==, 2);
  tear_down (&self);
}

static void
test_get_refused_before_any_byte (void)
{
  Fixture self;
  g_autoptr (SampanTransfer) transfer = NULL;
  g_autoptr (GError) error = NULL;

  set_up (&self, get_script, GINT_TO_POINTER (GET_FINE), NULL);
  write_local (&self, 3);
  transfer = new_download (&self, SAMPAN_CONFLICT_REFUSE);
  error = run (transfer, NULL);
  g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_EXISTS);
  g_assert_cmpuint (evil_server_count_accepted (self.server), ==, 1);
  expect_local (self.local, 3, 'x');
  tear_down (&self);
}

static void
set_local_mtime (Fixture *self, time_t seconds)
{
  struct timespec times[2] = { { .tv_sec = seconds }, { .tv_sec = seconds } };

  g_assert_cmpint (utimensat (AT_FDCWD, self->local, times, 0), ==, 0);
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
    { SAMPAN_CONFLICT_REPLACE, MTIME + 1, 0, NULL },
    { SAMPAN_CONFLICT_REPLACE_NEWER, MTIME - 1, 0, NULL },
    { SAMPAN_CONFLICT_REPLACE_NEWER, MTIME, 0, NULL },
    { SAMPAN_CONFLICT_REPLACE_NEWER, MTIME + 1, SAMPAN_ERROR_EXISTS, NULL },
    { SAMPAN_CONFLICT_KEEP_BOTH, MTIME, 0, "photo (2).jpg" },
    { SAMPAN_CONFLICT_KEEP_BOTH, MTIME, 0, "photo (3).jpg" },
  };
  Fixture self;

  set_up (&self, get_script, GINT_TO_POINTER (GET_FINE), NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (SampanTransfer) transfer = new_download (&self, table[i].conflict);
      g_autoptr (GError) error = NULL;
      bool keeps = table[i].code != 0 || table[i].stored != NULL;

      write_local (&self, 3);
      set_local_mtime (&self, table[i].local_mtime);
      error = run (transfer, NULL);
      if (table[i].code != 0)
        g_assert_error (error, SAMPAN_ERROR, table[i].code);
      else
        g_assert_no_error (error);
      expect_local (self.local, keeps ? 3 : SIZE, 'x');
      g_assert_cmpstr (sampan_transfer_get_stored_name (transfer), ==, table[i].stored);
      if (table[i].stored != NULL)
        {
          g_autofree char *other = core_test_path (table[i].stored);

          expect_local (other, SIZE, 'x');
        }
    }
  tear_down (&self);
}

static void
test_get_bad_targets (void)
{
  Fixture self;
  g_autofree char *folder = core_test_path ("folder");
  g_autofree char *missing = core_test_path ("missing/photo.jpg");
  g_autofree char *link = core_test_path ("link");
  static const int codes[] = { SAMPAN_ERROR_WRONG_KIND, SAMPAN_ERROR_NOT_FOUND, 0 };
  const char *targets[] = { folder, missing, link };

  set_up (&self, get_script, GINT_TO_POINTER (GET_FINE), NULL);
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  write_local (&self, 3);
  g_assert_cmpint (symlink (self.local, link), ==, 0);
  for (size_t i = 0; i < G_N_ELEMENTS (targets); i++)
    {
      g_autoptr (SampanTransfer) transfer = sampan_transfer_new_download (self.session,
                                                                          self.remote,
                                                                          targets[i],
                                                                          SAMPAN_CONFLICT_REPLACE);
      g_autoptr (GError) error = run (transfer, NULL);

      if (codes[i] != 0)
        g_assert_error (error, SAMPAN_ERROR, codes[i]);
      else
        g_assert_no_error (error);
    }
  /* A link is replaced, not written through. */
  expect_local (self.local, 3, 'x');
  g_assert_false (g_file_test (link, G_FILE_TEST_IS_SYMLINK));
  g_rmdir (folder);
  tear_down (&self);
}

/* ---- Uploads ---- */

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

static atomic_uint aborts_seen;
static atomic_ullong bytes_seen;

/* The kind that ended the put: END or PUT_ABORT; 0 if the client is gone. */
static uint8_t
read_put (EvilPeer *peer, uint64_t stop_after)
{
  SampanReader fields;
  uint8_t kind;
  uint64_t bytes = 0;

  while (bytes < stop_after && evil_read (peer, &kind, &fields))
    {
      if (kind == SAMPAN_KIND_PUT_ABORT)
        atomic_fetch_add (&aborts_seen, 1);
      if (kind != SAMPAN_KIND_DATA)
        return kind;
      bytes += sampan_reader_get_rest (&fields).length;
      atomic_store (&bytes_seen, bytes);
    }
  return 0;
}

static bool
send_stored (EvilPeer *peer, const char *name, size_t length)
{
  SampanWriter *writer = evil_begin (peer);
  static const uint8_t zeros[SAMPAN_VERSION_LENGTH + SAMPAN_TRASH_ID_LENGTH];

  sampan_writer_put_u8 (writer, SAMPAN_KIND_STORED);
  sampan_writer_put_fixed (writer, zeros, sizeof zeros);
  sampan_writer_put_bytes8 (writer, (const uint8_t *)name, length);
  return evil_send (peer);
}

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
      return read_put (peer, UINT64_MAX) == SAMPAN_KIND_PUT_ABORT;
    case PUT_FULL:
      read_put (peer, SIZE);
      evil_send_error (peer, SAMPAN_ERROR_NO_SPACE, 0);
      return read_put (peer, UINT64_MAX) == SAMPAN_KIND_PUT_ABORT;
    case PUT_EARLY_STORED:
      send_stored (peer, "photo.jpg", 9);
      break;
    case PUT_DONE:
      evil_send_empty (peer, SAMPAN_KIND_DONE);
      break;
    case PUT_OFFER:
      send_offer (peer, 0, zeros);
      break;
    case PUT_CUT:
      read_put (peer, SIZE);
      return false;
    case PUT_STALL:
      /* Reads nothing until the test is over. */
      while (!atomic_load (&bytes_seen))
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
  if (read_put (peer, UINT64_MAX) != SAMPAN_KIND_END || evil == PUT_CUT_SAVING)
    return false;
  if (evil == PUT_STALL_SAVING)
    {
      evil_stall (peer);
      return false;
    }
  if (evil == PUT_FAILED)
    return evil_send_error (peer, SAMPAN_ERROR_IO, 0);
  if (evil == PUT_OTHER_NAME)
    return send_stored (peer, "photo (2).jpg", 13);
  if (evil == PUT_EVIL_NAME)
    return send_stored (peer, "../x", 4);
  return send_stored (peer, "photo.jpg", 9);
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

/* More than the buffers of both ends hold. */
#define BIG (64 * 1024 * 1024)

static void
test_put (gconstpointer data)
{
  Put put = (Put)GPOINTER_TO_INT (data);
  SampanLinkTimes times = sampan_link_default_times;
  Fixture self;
  g_autoptr (SampanTransfer) transfer = NULL;
  g_autoptr (GError) error = NULL;

  atomic_store (&aborts_seen, 0);
  atomic_store (&bytes_seen, 0);
  if (put == PUT_STALL || put == PUT_STALL_SAVING)
    times.slow_reply_ms = SHORT_MS;
  set_up (&self, put_script, (gpointer)data, &times);
  write_local (&self, put == PUT_FINE || put == PUT_STALL_SAVING ? SIZE : BIG);
  transfer = new_upload (&self);
  error = run (transfer, NULL);
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
      g_autoptr (SampanTransfer) next = new_upload (&self);
      g_autoptr (GError) second = run (next, NULL);

      g_assert_no_error (second);
      g_assert_cmpuint (evil_server_count_accepted (self.server), ==, 2);
    }
  g_assert_cmpuint (atomic_load (&aborts_seen), ==, puts_table[put].aborts ? 1 : 0);
  atomic_store (&bytes_seen, 1);
  tear_down (&self);
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
  Fixture self;

  set_up (&self, put_script, GINT_TO_POINTER (PUT_FINE), NULL);
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  for (size_t i = 0; i < G_N_ELEMENTS (table); i++)
    {
      const char *path = g_str_equal (table[i].path, "fifo") ? fifo : table[i].path;
      g_autoptr (SampanTransfer) transfer =
          sampan_transfer_new_upload (self.session, path, self.remote, SAMPAN_CONFLICT_REFUSE);
      g_autoptr (GError) error = run (transfer, NULL);

      g_assert_error (error, SAMPAN_ERROR, table[i].code);
    }
  g_assert_cmpuint (evil_server_count_accepted (self.server), ==, 1);
  g_unlink (fifo);
  tear_down (&self);
}

/* The source changes while the server holds the transfer up. */
static atomic_bool may_read;

static void
slow_put_script (EvilPeer *peer, gpointer data)
{
  SampanReader fields;
  uint8_t kind;

  while (evil_read (peer, &kind, &fields) && kind == SAMPAN_KIND_PUT)
    {
      atomic_store (&bytes_seen, 1);
      while (!atomic_load (&may_read))
        g_usleep (1000);
      if (read_put (peer, UINT64_MAX) != SAMPAN_KIND_PUT_ABORT)
        send_stored (peer, "photo.jpg", 9);
      else
        evil_send_empty (peer, SAMPAN_KIND_DONE);
    }
}

static bool
bytes_were_seen (gpointer data)
{
  return atomic_load (&bytes_seen) > 0;
}

static bool
abort_was_seen (gpointer data)
{
  return atomic_load (&aborts_seen) == 1;
}

static void
spin_until (CoreTestCondition condition)
{
  while (!condition (NULL))
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
}

static void
test_put_changed (gconstpointer data)
{
  bool shrinks = GPOINTER_TO_INT (data);
  Fixture self;
  g_autoptr (SampanTransfer) transfer = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  atomic_store (&aborts_seen, 0);
  atomic_store (&bytes_seen, 0);
  atomic_store (&may_read, false);
  set_up (&self, slow_put_script, NULL, NULL);
  write_local (&self, BIG);
  transfer = new_upload (&self);
  sampan_transfer_run_async (transfer, NULL, core_test_result_cb, &result);
  spin_until (bytes_were_seen);
  g_assert_cmpint (truncate (self.local, shrinks ? BIG - 1 : BIG + 1), ==, 0);
  atomic_store (&may_read, true);
  sampan_transfer_run_finish (transfer, core_test_await (&result), &error);
  g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_CHANGED);
  spin_until (abort_was_seen);
  tear_down (&self);
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
  static const uint64_t offsets[N_RESUMES] = { SIZE / 2, SIZE / 2, 0, SIZE + 1, SIZE, 0 };
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
      read_put (peer, UINT64_MAX);
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
  atomic_store (&bytes_seen, 0);
  if (read_put (peer, UINT64_MAX) != SAMPAN_KIND_END)
    return;
  g_assert_cmpuint (from + atomic_load (&bytes_seen), ==, SIZE);
  send_stored (peer, "photo.jpg", 9);
  evil_stall (peer);
}

static void
test_resume (gconstpointer data)
{
  static const uint64_t expected[N_RESUMES] = { SIZE / 2, 0, 0, 0, SIZE, 0 };
  Resume resume = (Resume)GPOINTER_TO_INT (data);
  Fixture self;
  g_autoptr (SampanTransfer) transfer = NULL;
  g_autoptr (GError) error = NULL;

  atomic_store (&resumed_from, 0);
  atomic_store (&aborts_seen, 0);
  set_up (&self, resume_script, (gpointer)data, NULL);
  write_local (&self, SIZE);
  transfer = new_upload (&self);
  sampan_transfer_set_resume (transfer, true);
  error = run (transfer, NULL);
  if (resume == RESUME_REFUSED)
    {
      g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_NOT_ALLOWED);
      spin_until (abort_was_seen);
    }
  else
    g_assert_no_error (error);
  g_assert_cmpuint (atomic_load (&resumed_from), ==, expected[resume]);
  tear_down (&self);
}

static void
test_upload_id (void)
{
  uint8_t first[SAMPAN_UPLOAD_ID_LENGTH];
  Fixture self;

  set_up (&self, resume_script, GINT_TO_POINTER (RESUME_NOTHING), NULL);
  write_local (&self, SIZE);
  for (int i = 0; i < 3; i++)
    {
      g_autoptr (SampanTransfer) transfer = new_upload (&self);
      g_autoptr (GError) error = NULL;

      set_local_mtime (&self, i < 2 ? MTIME : MTIME + 1);
      sampan_transfer_set_resume (transfer, true);
      error = run (transfer, NULL);
      g_assert_no_error (error);
      if (i == 0)
        memcpy (first, last_upload_id, sizeof first);
      g_assert_cmpint (memcmp (first, last_upload_id, sizeof first) == 0, ==, i < 2);
      /* The script takes one put for each link. */
      g_clear_object (&transfer);
      tear_down (&self);
      set_up (&self, resume_script, GINT_TO_POINTER (RESUME_NOTHING), NULL);
      write_local (&self, SIZE);
    }
  tear_down (&self);
}

/* ---- Cancelling ---- */

typedef enum
{
  BEFORE,
  AT_ONCE,
  MID,
  LATE,
  AFTER,
} Moment;

static void
hold_get_script (EvilPeer *peer, gpointer data)
{
  SampanReader fields;

  while (evil_read_until (peer, SAMPAN_KIND_GET, &fields))
    {
      send_info (peer, SIZE);
      send_bytes (peer, SIZE / 2);
      atomic_store (&bytes_seen, 1);
      while (!atomic_load (&may_read))
        g_usleep (1000);
      send_bytes (peer, SIZE / 2);
      evil_send_number (peer, SAMPAN_KIND_END, SIZE);
    }
}

static bool
is_saving (gpointer transfer)
{
  return sampan_transfer_get_state (transfer) >= SAMPAN_TRANSFER_SAVING;
}

static void
wait_for_moment (Moment moment, SampanTransfer *transfer, GAsyncResult **result)
{
  switch (moment)
    {
    case BEFORE:
    case AT_ONCE:
      return;
    case MID:
      spin_until (bytes_were_seen);
      return;
    case LATE:
      atomic_store (&may_read, true);
      core_test_await_condition (is_saving, transfer);
      return;
    case AFTER:
      atomic_store (&may_read, true);
      core_test_await (result);
      return;
    }
}

static void
cancel_one (Fixture *self, SampanTransfer *transfer, Moment moment)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  SampanTransferState state;

  atomic_store (&may_read, false);
  atomic_store (&bytes_seen, 0);
  if (moment == BEFORE)
    g_cancellable_cancel (cancellable);
  sampan_transfer_run_async (transfer, cancellable, core_test_result_cb, &result);
  wait_for_moment (moment, transfer, &result);
  g_cancellable_cancel (cancellable);
  sampan_transfer_run_finish (transfer, core_test_await (&result), &error);
  state = sampan_transfer_get_state (transfer);
  /* Late, either is right. */
  if (moment == AFTER || (moment == LATE && state == SAMPAN_TRANSFER_DONE))
    {
      g_assert_no_error (error);
      g_assert_cmpint (state, ==, SAMPAN_TRANSFER_DONE);
    }
  else
    {
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpint (state, ==, SAMPAN_TRANSFER_CANCELLED);
    }
  g_assert_cmpuint (core_test_count (TEMP_PREFIX), ==, 0);
  atomic_store (&may_read, true);
}

static void
test_cancel_get (gconstpointer data)
{
  Fixture self;
  g_autoptr (SampanTransfer) transfer = NULL;
  g_autoptr (SampanTransfer) next = NULL;
  g_autoptr (GError) error = NULL;

  set_up (&self, hold_get_script, NULL, NULL);
  transfer = new_download (&self, SAMPAN_CONFLICT_REFUSE);
  cancel_one (&self, transfer, (Moment)GPOINTER_TO_INT (data));
  g_assert_cmpint (g_file_test (self.local, G_FILE_TEST_EXISTS),
                   ==,
                   sampan_transfer_get_state (transfer) == SAMPAN_TRANSFER_DONE);
  next = new_download (&self, SAMPAN_CONFLICT_REPLACE);
  error = run (next, NULL);
  g_assert_no_error (error);
  tear_down (&self);
}

static void
test_cancel_put (gconstpointer data)
{
  Moment moment = (Moment)GPOINTER_TO_INT (data);
  Fixture self;
  g_autoptr (SampanTransfer) transfer = NULL;
  g_autoptr (SampanTransfer) next = NULL;
  g_autoptr (GError) error = NULL;

  atomic_store (&aborts_seen, 0);
  set_up (&self, slow_put_script, NULL, NULL);
  write_local (&self, BIG);
  transfer = new_upload (&self);
  cancel_one (&self, transfer, moment);
  next = new_upload (&self);
  error = run (next, NULL);
  g_assert_no_error (error);
  if (moment == MID)
    spin_until (abort_was_seen);
  /* Midway the next one may come before PUT_ABORT is out, and takes a link of its own. */
  if (moment == MID || moment == AFTER)
    g_assert_cmpuint (evil_server_count_accepted (self.server), <=, moment == AFTER ? 2 : 3);
  tear_down (&self);
}

static void
test_attach_refused (void)
{
  Fixture self;
  g_autoptr (SampanTransfer) transfer = NULL;
  g_autoptr (GError) error = NULL;

  set_up (&self, NULL, NULL, NULL);
  transfer = new_download (&self, SAMPAN_CONFLICT_REFUSE);
  error = run (transfer, NULL);
  g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_DISCONNECTED);
  g_assert_cmpint (sampan_session_get_state (self.session), ==, SAMPAN_SESSION_READY);
  tear_down (&self);
}

/* ---- The queue ---- */

#define N_FILES 300

static void
count_cb (SampanQueue *queue, SampanTransfer *transfer, gpointer user_data)
{
  unsigned int *count = user_data;

  (*count)++;
}

static bool
queue_is_idle (gpointer queue)
{
  gboolean active;

  g_object_get (queue, "active", &active, NULL);
  return !active;
}

static void
test_queue (void)
{
  Fixture self;
  g_autoptr (SampanQueue) queue = sampan_queue_new ();
  g_autoptr (SampanTransfer) cancelled = NULL;
  unsigned int finished = 0;
  guint n_done, n_failed, n_waiting, n_running;
  guint64 done_bytes, total_bytes;

  set_up (&self, put_script, GINT_TO_POINTER (PUT_FINE), NULL);
  write_local (&self, 1000);
  g_signal_connect (queue, "finished", G_CALLBACK (count_cb), &finished);
  for (int i = 0; i < N_FILES; i++)
    {
      g_autoptr (SampanTransfer) transfer = new_upload (&self);

      sampan_queue_add (queue, transfer);
    }
  cancelled = new_upload (&self);
  sampan_queue_add (queue, cancelled);
  sampan_transfer_cancel (cancelled);
  core_test_await_condition (queue_is_idle, queue);
  g_object_get (queue,
                "n-done",
                &n_done,
                "n-failed",
                &n_failed,
                "n-waiting",
                &n_waiting,
                "n-running",
                &n_running,
                "done-bytes",
                &done_bytes,
                "total-bytes",
                &total_bytes,
                NULL);
  g_assert_cmpuint (finished, ==, N_FILES + 1);
  g_assert_cmpuint (n_done, ==, N_FILES);
  g_assert_cmpuint (n_failed + n_waiting + n_running, ==, 0);
  g_assert_cmpuint (done_bytes, ==, N_FILES * 1000);
  g_assert_cmpuint (total_bytes, ==, done_bytes);
  g_assert_cmpint (sampan_transfer_get_state (cancelled), ==, SAMPAN_TRANSFER_CANCELLED);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (queue)), ==, N_FILES + 1);
  sampan_queue_clear_finished (queue);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (queue)), ==, 0);
  /* Two at a time, so two links beside the one for browsing. */
  g_assert_cmpuint (evil_server_count_accepted (self.server), <=, 1 + SAMPAN_QUEUE_RUNNING);
  tear_down (&self);
}

static void
test_queue_cancel_all (void)
{
  Fixture self;
  g_autoptr (SampanQueue) queue = sampan_queue_new ();
  unsigned int finished = 0;

  atomic_store (&may_read, false);
  atomic_store (&bytes_seen, 0);
  set_up (&self, slow_put_script, NULL, NULL);
  write_local (&self, BIG);
  g_signal_connect (queue, "finished", G_CALLBACK (count_cb), &finished);
  for (int i = 0; i < 10; i++)
    {
      g_autoptr (SampanTransfer) transfer = new_upload (&self);

      sampan_queue_add (queue, transfer);
    }
  spin_until (bytes_were_seen);
  sampan_queue_cancel_all (queue);
  core_test_await_condition (queue_is_idle, queue);
  g_assert_cmpuint (finished, ==, 10);
  atomic_store (&may_read, true);
  tear_down (&self);
}

static void
add_moments (const char *prefix, GTestDataFunc func)
{
  static const char *const moments[] = { "before", "at-once", "mid", "late", "after" };

  for (int i = BEFORE; i <= AFTER; i++)
    {
      g_autofree char *name = g_strdup_printf ("%s/%s", prefix, moments[i]);

      g_test_add_data_func (name, GINT_TO_POINTER (i), func);
    }
}

int
main (int argc, char **argv)
{
  static const char *const resumes[] = { "same", "other", "nothing", "too-long", "all", "refused" };

  core_test_init (&argc, &argv);
  for (int i = 0; i < N_GETS; i++)
    {
      g_autofree char *name = g_strdup_printf ("/core/transfer/get/%s", gets[i].name);

      g_test_add_data_func (name, GINT_TO_POINTER (i), test_get);
    }
  g_test_add_func ("/core/transfer/get-reuses-link", test_get_reuses_link);
  g_test_add_func ("/core/transfer/get-refused-before-any-byte", test_get_refused_before_any_byte);
  g_test_add_func ("/core/transfer/get-conflicts", test_get_conflicts);
  g_test_add_func ("/core/transfer/get-bad-targets", test_get_bad_targets);
  for (int i = 0; i < N_PUTS; i++)
    {
      g_autofree char *name = g_strdup_printf ("/core/transfer/put/%s", puts_table[i].name);

      g_test_add_data_func (name, GINT_TO_POINTER (i), test_put);
    }
  g_test_add_func ("/core/transfer/put-bad-sources", test_put_bad_sources);
  g_test_add_data_func ("/core/transfer/put-changed/grown",
                        GINT_TO_POINTER (false),
                        test_put_changed);
  g_test_add_data_func ("/core/transfer/put-changed/shrunk",
                        GINT_TO_POINTER (true),
                        test_put_changed);
  for (int i = 0; i < N_RESUMES; i++)
    {
      g_autofree char *name = g_strdup_printf ("/core/transfer/resume/%s", resumes[i]);

      g_test_add_data_func (name, GINT_TO_POINTER (i), test_resume);
    }
  g_test_add_func ("/core/transfer/upload-id", test_upload_id);
  add_moments ("/core/transfer/cancel-get", test_cancel_get);
  add_moments ("/core/transfer/cancel-put", test_cancel_put);
  g_test_add_func ("/core/transfer/attach-refused", test_attach_refused);
  g_test_add_func ("/core/queue/run", test_queue);
  g_test_add_func ("/core/queue/cancel-all", test_queue_cancel_all);
  return core_test_run ();
}
