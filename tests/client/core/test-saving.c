/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Downloads that are stopped while the disk takes its time to make them safe. */

#include "config.h"

#include "engine-private.h"
#include "link-pool.h"
#include "transfer-test.h"

#include <errno.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#define TAG_NAME "user.sampan.part"

static atomic_bool may_sync = true;
static atomic_uint n_syncs;

/* In place of the C library's. */
int
fsync (int fd)
{
  atomic_fetch_add (&n_syncs, 1);
  while (!atomic_load (&may_sync))
    g_usleep (1000);
  return (int)syscall (SYS_fsync, fd);
}

static void
get_script (EvilPeer *peer, gpointer data)
{
  SampanReader fields;

  while (evil_read_until (peer, SAMPAN_KIND_GET, &fields))
    {
      transfer_test_send_info (peer, TRANSFER_TEST_SIZE);
      transfer_test_send_bytes (peer, TRANSFER_TEST_SIZE);
      evil_send_number (peer, SAMPAN_KIND_END, TRANSFER_TEST_SIZE);
    }
}

/* ---- Slow disks ---- */

typedef struct
{
  TransferTest test;
  SampanTransfer *transfer;
  GAsyncResult *result;
} Saving;

/* Returns when the disk is asked. The owner was told nothing yet. */
static void
start (Saving *self)
{
  transfer_test_set_up (&self->test, get_script, NULL, NULL);
  self->transfer = transfer_test_new_download (&self->test, SAMPAN_CONFLICT_REFUSE);
  atomic_store (&n_syncs, 0);
  atomic_store (&may_sync, false);
  sampan_transfer_run_async (self->transfer, NULL, core_test_result_cb, &self->result);
  while (atomic_load (&n_syncs) == 0)
    g_usleep (1000);
}

static bool
is_saving (gpointer transfer)
{
  return sampan_transfer_get_state (transfer) == SAMPAN_TRANSFER_SAVING;
}

static gboolean
let_sync_cb (gpointer user_data)
{
  atomic_store (&may_sync, true);
  return G_SOURCE_REMOVE;
}

/* The disk is done when the engine has heard all that it was told so far. */
static void
finish (Saving *self, SampanTransferState expected)
{
  SampanLinkPool *pool = sampan_session_get_transfer_pool (self->test.session);
  bool is_done = expected == SAMPAN_TRANSFER_DONE;
  g_autoptr (GError) error = NULL;

  sampan_post_to_engine (sampan_link_pool_get_engine_context (pool), let_sync_cb, NULL, NULL);
  sampan_transfer_run_finish (self->transfer, core_test_await (&self->result), &error);
  g_assert_cmpint (sampan_transfer_get_state (self->transfer), ==, expected);
  if (is_done)
    {
      g_assert_no_error (error);
      transfer_test_expect_local (self->test.local, TRANSFER_TEST_SIZE, 'x');
    }
  else
    {
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_false (g_file_test (self->test.local, G_FILE_TEST_EXISTS));
    }
}

static void
tear_down (Saving *self)
{
  g_clear_object (&self->transfer);
  g_clear_object (&self->result);
  transfer_test_tear_down (&self->test);
}

/* ---- Tests ---- */

static void
test_cancel (gconstpointer data)
{
  bool keep = GPOINTER_TO_INT (data);
  Saving self = { 0 };

  start (&self);
  core_test_await_condition (is_saving, self.transfer);
  sampan_transfer_set_keep_partial (self.transfer, keep);
  sampan_transfer_cancel (self.transfer);
  finish (&self, keep ? SAMPAN_TRANSFER_DONE : SAMPAN_TRANSFER_CANCELLED);
  tear_down (&self);
}

/* By one who does not know yet that all is there. */
static void
test_pause (void)
{
  Saving self = { 0 };

  start (&self);
  g_assert_cmpint (sampan_transfer_get_state (self.transfer), <, SAMPAN_TRANSFER_SAVING);
  sampan_transfer_pause (self.transfer);
  finish (&self, SAMPAN_TRANSFER_DONE);
  tear_down (&self);
}

/* -1 with errno. */
static ssize_t
get_tag (const char *name)
{
  g_autofree char *filename = core_test_path (name);

  return getxattr (filename, TAG_NAME, NULL, 0);
}

static char *
find_part (void)
{
  g_autofree char *folder = core_test_path (".");
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  g_assert_nonnull (dir);
  do
    name = g_dir_read_name (dir);
  while (name != NULL && !g_str_has_prefix (name, TRANSFER_TEST_TEMP_PREFIX));
  g_assert_nonnull (name);
  return g_strdup (name);
}

static bool
has_attributes (void)
{
  g_autofree char *folder = core_test_path (".");

  return setxattr (folder, "user.sampan.test", "", 0, 0) == 0;
}

/* Who is killed meanwhile goes on from there; the file itself has no such tag. */
static void
test_tag (void)
{
  Saving self = { 0 };
  g_autofree char *part = NULL;

  if (!has_attributes ())
    {
      g_test_skip ("no extended attributes here");
      return;
    }
  start (&self);
  part = find_part ();
  g_assert_cmpint (get_tag (part), >, 0);
  finish (&self, SAMPAN_TRANSFER_DONE);
  g_assert_cmpint (get_tag ("photo.jpg"), <, 0);
  g_assert_cmpint (errno, ==, ENODATA);
  tear_down (&self);
}

int
main (int argc, char **argv)
{
  core_test_init (&argc, &argv);
  g_test_add_data_func ("/core/saving/cancel/keep", GINT_TO_POINTER (true), test_cancel);
  g_test_add_data_func ("/core/saving/cancel/drop", GINT_TO_POINTER (false), test_cancel);
  g_test_add_func ("/core/saving/pause", test_pause);
  g_test_add_func ("/core/saving/tag", test_tag);
  return core_test_run ();
}
