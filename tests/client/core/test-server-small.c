/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Many small transfers with the real server: they share links, and one that fails, is cancelled or
 * is not small at all does no harm to the others. */

#include "config.h"

#include "queue.h"
#include "real-server.h"

#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>

#define N_FILES 600 /* more than run at once */
#define EXPECTED_BYTES 4096
#define LIE_BYTES (3 * SAMPAN_TRANSFER_SMALL_BYTES) /* of files that are expected to be small */

typedef struct
{
  RealServerTest server;
  SampanQueue *queue;
  GPtrArray *transfers;
  bool is_upload;
  unsigned int most_running;
} Many;

static bool
is_missing (int number)
{
  return number % 10 == 3;
}

static bool
is_cancelled (int number)
{
  return number % 10 == 7;
}

static size_t
size_of (int number)
{
  return number % 100 == 55 ? LIE_BYTES : (size_t)(number % 10) * 500;
}

static char *
local_name (int number)
{
  g_autofree char *name = g_strdup_printf ("small-%d", number);

  return core_test_path (name);
}

static char *
stored_name (int number)
{
  g_autofree char *name = g_strdup_printf ("small-%d", number);

  return real_server_share_path (name);
}

static void
make_source (const Many *self, int number)
{
  g_autofree char *name = self->is_upload ? local_name (number) : stored_name (number);
  g_autofree uint8_t *bytes = g_malloc (size_of (number) + 1);

  if (is_missing (number))
    return;
  randombytes_buf (bytes, size_of (number));
  g_assert_true (g_file_set_contents (name, (const char *)bytes, (gssize)size_of (number), NULL));
}

static void
add (Many *self, int number)
{
  g_autofree char *remote_text = g_strdup_printf ("files/small-%d", number);
  g_autofree char *local = local_name (number);
  g_autoptr (SampanPath) remote = core_test_remote_path (remote_text);
  SampanSession *session = self->server.session;
  SampanTransfer *transfer =
      self->is_upload
          ? sampan_transfer_new_upload (session, local, remote, SAMPAN_CONFLICT_REFUSE)
          : sampan_transfer_new_download (session, remote, local, SAMPAN_CONFLICT_REFUSE);

  sampan_transfer_set_expected_bytes (transfer, EXPECTED_BYTES);
  sampan_transfer_set_resume (transfer, number % 2 == 0);
  g_ptr_array_add (self->transfers, transfer);
  sampan_queue_add (self->queue, transfer);
}

static void
expect_arrived (int number)
{
  g_autofree char *local = local_name (number);
  g_autofree char *stored = stored_name (number);
  g_autoptr (GMappedFile) map_local = g_mapped_file_new (local, FALSE, NULL);
  g_autoptr (GMappedFile) map_stored = g_mapped_file_new (stored, FALSE, NULL);

  g_assert_nonnull (map_local);
  g_assert_nonnull (map_stored);
  g_assert_cmpuint (g_mapped_file_get_length (map_local), ==, size_of (number));
  g_assert_cmpuint (g_mapped_file_get_length (map_stored), ==, size_of (number));
  g_assert_true (size_of (number) == 0 || memcmp (g_mapped_file_get_contents (map_local),
                                                  g_mapped_file_get_contents (map_stored),
                                                  size_of (number)) == 0);
}

static void
expect_absent (const Many *self, int number)
{
  g_autofree char *target = self->is_upload ? stored_name (number) : local_name (number);

  g_assert_false (g_file_test (target, G_FILE_TEST_EXISTS));
}

static void
check (const Many *self, int number)
{
  SampanTransfer *transfer = g_ptr_array_index (self->transfers, (guint)number);
  SampanTransferState state = sampan_transfer_get_state (transfer);

  if (is_missing (number))
    {
      g_assert_error ((GError *)sampan_transfer_get_error (transfer),
                      SAMPAN_ERROR,
                      SAMPAN_ERROR_NOT_FOUND);
      expect_absent (self, number);
    }
  else if (state == SAMPAN_TRANSFER_DONE)
    expect_arrived (number);
  else
    {
      g_autofree char *stored = stored_name (number);

      g_assert_true (is_cancelled (number));
      g_assert_cmpint (state, ==, SAMPAN_TRANSFER_CANCELLED);
      /* The box may have all of an upload by then: it keeps the whole file or nothing. */
      if (self->is_upload && g_file_test (stored, G_FILE_TEST_EXISTS))
        expect_arrived (number);
      else
        expect_absent (self, number);
    }
}

static bool
queue_is_idle (gpointer data)
{
  Many *self = data;
  gboolean active;
  guint n_running;

  g_object_get (self->queue, "active", &active, "n-running", &n_running, NULL);
  self->most_running = MAX (self->most_running, n_running);
  return !active;
}

static void
remove_files (int number)
{
  g_autofree char *local = local_name (number);
  g_autofree char *stored = stored_name (number);

  g_unlink (local);
  g_unlink (stored);
}

static void
test_many (gconstpointer data)
{
  Many self = { .is_upload = GPOINTER_TO_INT (data) };

  real_server_set_up (&self.server);
  self.queue = sampan_queue_new ();
  self.transfers = g_ptr_array_new_with_free_func (g_object_unref);
  for (int i = 0; i < N_FILES; i++)
    make_source (&self, i);
  for (int i = 0; i < N_FILES; i++)
    add (&self, i);
  for (int i = 0; i < N_FILES; i++)
    if (is_cancelled (i))
      sampan_transfer_cancel (g_ptr_array_index (self.transfers, (guint)i));
  core_test_await_condition (queue_is_idle, &self);
  g_assert_cmpuint (self.most_running, >, SAMPAN_QUEUE_RUNNING);
  for (int i = 0; i < N_FILES; i++)
    check (&self, i);
  g_assert_cmpuint (core_test_count (".sampan-"), ==, 0);
  for (int i = 0; i < N_FILES; i++)
    remove_files (i);
  g_ptr_array_unref (self.transfers);
  g_object_unref (self.queue);
  real_server_tear_down (&self.server);
}

int
main (int argc, char **argv)
{
  core_test_init (&argc, &argv);
  real_server_init ();
  g_test_add_data_func ("/core/server-small/upload", GINT_TO_POINTER (true), test_many);
  g_test_add_data_func ("/core/server-small/download", GINT_TO_POINTER (false), test_many);
  return core_test_run ();
}
