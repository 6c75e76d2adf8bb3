/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The server killed with SIGKILL at every step of uploads of many files, again and again, on the
 * same disk: what was acknowledged is there, what was not is absent, as it was, or whole; all goes
 * on by itself when the server is back, and what was replaced is in the trash. */

#include "config.h"

#include "queue.h"
#include "real-server.h"
#include "relay.h"
#include "session-private.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define CYCLES 200
#define QUICK_CYCLES 40 /* where each takes several times as long */
#define RETRY_MS 20
#define N_FILES 10
#define FIRST_NEW 5 /* those before it are there already and are replaced */

/* Small ones share links and commits; one is below what is kept for a resume, one above, the last
 * above what counts as small. */
static const size_t sizes[N_FILES] = { 0,    1,    4096,  100000, 300000,
                                       4096, 4096, 65535, 200000, 1500000 };

typedef struct
{
  RealServer server;
  Relay *relay;
  SampanSession *session;
  SampanQueue *queue;
  SampanTransfer *transfers[N_FILES];
  char *before[N_FILES]; /* content; NULL: not there */
  char *after[N_FILES];
  guint n_killed;
  guint n_acknowledged;
} KillTest;

static char *
local_name (int i)
{
  g_autofree char *name = g_strdup_printf ("local-%d", i);

  return core_test_path (name);
}

static char *
stored_name (int i)
{
  g_autofree char *name = g_strdup_printf ("file-%d", i);

  return real_server_share_path (name);
}

/* New content for each, all of it different; what is new in this cycle is not on the box. */
static void
prepare_files (KillTest *self)
{
  for (int i = 0; i < N_FILES; i++)
    {
      g_autofree char *local = local_name (i);
      g_autofree char *stored = stored_name (i);

      g_free (self->before[i]);
      self->before[i] = g_steal_pointer (&self->after[i]);
      self->after[i] = g_malloc (sizes[i] + 1);
      randombytes_buf (self->after[i], sizes[i]);
      g_assert_true (g_file_set_contents (local, self->after[i], (gssize)sizes[i], NULL));
      if (i < FIRST_NEW)
        continue;
      g_unlink (stored);
      g_clear_pointer (&self->before[i], g_free);
    }
}

static void
add_transfers (KillTest *self)
{
  for (int i = 0; i < N_FILES; i++)
    {
      g_autofree char *local = local_name (i);
      g_autofree char *name = g_strdup_printf ("files/file-%d", i);
      g_autoptr (SampanPath) remote = core_test_remote_path (name);

      self->transfers[i] = sampan_transfer_new_upload (self->session,
                                                       local,
                                                       remote,
                                                       i < FIRST_NEW ? SAMPAN_CONFLICT_REPLACE
                                                                     : SAMPAN_CONFLICT_REFUSE);
      sampan_transfer_set_expected_bytes (self->transfers[i], sizes[i]);
      sampan_transfer_set_resume (self->transfers[i], true);
      sampan_queue_add (self->queue, self->transfers[i]);
    }
}

static bool
holds (const char *filename, const char *content, size_t size)
{
  g_autofree char *bytes = NULL;
  gsize length;

  return content != NULL && g_file_get_contents (filename, &bytes, &length, NULL) &&
         length == size && memcmp (bytes, content, size) == 0;
}

static bool
is_done (KillTest *self, int i)
{
  return sampan_transfer_get_state (self->transfers[i]) == SAMPAN_TRANSFER_DONE;
}

/* The server is dead: what does the disk say? */
static void
check_disk (KillTest *self, guint at)
{
  for (int i = 0; i < N_FILES; i++)
    {
      g_autofree char *stored = stored_name (i);
      bool is_new = holds (stored, self->after[i], sizes[i]);
      bool is_as_before = self->before[i] != NULL ? holds (stored, self->before[i], sizes[i])
                                                  : !g_file_test (stored, G_FILE_TEST_EXISTS);

      if (is_done (self, i))
        self->n_acknowledged++;
      if (is_done (self, i) && !is_new)
        g_error ("killed at step %u: file %d was acknowledged and is not there", at, i);
      if (!is_new && !is_as_before)
        g_error ("killed at step %u: file %d is neither old nor new", at, i);
    }
}

static bool
is_dead (KillTest *self)
{
  return g_subprocess_get_identifier (self->server.process) == NULL;
}

static bool
is_idle (KillTest *self)
{
  gboolean active;

  g_object_get (self->queue, "active", &active, NULL);
  return !active;
}

static bool
is_dead_or_idle (gpointer data)
{
  /* Nothing wakes the main context for the end of a child. */
  g_usleep (200);
  g_main_context_wakeup (NULL);
  return is_dead (data) || is_idle (data);
}

static bool
is_idle_cb (gpointer data)
{
  return is_idle (data);
}

static bool
is_ready_cb (gpointer data)
{
  KillTest *self = data;

  return sampan_session_get_state (self->session) == SAMPAN_SESSION_READY;
}

static unsigned int
count_entries (const char *folder)
{
  g_autofree char *path = real_server_share_path (folder);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  unsigned int n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
remove_file (const char *folder, const char *name)
{
  g_autofree char *filename = g_build_filename (folder, name, NULL);

  g_unlink (filename);
}

/* Empties the trash. Nothing is in it but what was replaced, and all of that once: a file that came
 * twice would have replaced itself. */
static void
check_trash (KillTest *self, guint at)
{
  g_autofree char *trash = real_server_share_path (".sampan/trash");
  g_autoptr (GDir) dir = g_dir_open (trash, 0, NULL);
  unsigned int n_found[FIRST_NEW] = { 0 };
  const char *name;

  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *slot = g_build_filename (trash, name, NULL);
      g_autofree char *item = g_build_filename (slot, "item", NULL);
      bool is_known = !g_file_test (item, G_FILE_TEST_EXISTS); /* a crash left the slot */

      for (int i = 0; i < FIRST_NEW && !is_known; i++)
        if (holds (item, self->before[i], sizes[i]))
          {
            n_found[i]++;
            is_known = true;
          }
      if (!is_known)
        g_error ("%s is not what was replaced", item);
      remove_file (slot, "item");
      remove_file (slot, "info");
      g_assert_cmpint (g_rmdir (slot), ==, 0);
    }
  for (int i = 0; i < FIRST_NEW; i++)
    if (n_found[i] != (self->before[i] != NULL ? 1 : 0))
      g_error ("killed at step %u: what file %d replaced is %u times in the trash",
               at,
               i,
               n_found[i]);
}

static void
start_server (KillTest *self)
{
  real_server_start_under (&self->server, g_getenv ("KILL_AT"));
  if (self->relay == NULL)
    self->relay = relay_new (self->server.port);
  else
    relay_set_target (self->relay, self->server.port);
}

static void
arm (KillTest *self, guint at)
{
  union sigval value = { .sival_int = (int)at };
  pid_t pid = (pid_t)g_ascii_strtoll (g_subprocess_get_identifier (self->server.process), NULL, 10);

  g_assert_cmpint (sigqueue (pid, SIGUSR1, value), ==, 0);
}

/* All uploads with the server killed at its AT-th step from now on. FALSE if they were done before
 * that. */
static bool
run_cycle (KillTest *self, guint at)
{
  bool was_killed;

  prepare_files (self);
  core_test_await_condition (is_ready_cb, self);
  arm (self, at);
  add_transfers (self);
  core_test_await_condition (is_dead_or_idle, self);
  was_killed = is_dead (self);
  if (was_killed)
    {
      check_disk (self, at);
      self->n_killed++;
      g_clear_object (&self->server.process);
      start_server (self);
    }
  core_test_await_condition (is_idle_cb, self);
  for (int i = 0; i < N_FILES; i++)
    {
      g_autofree char *stored = stored_name (i);

      g_assert_no_error (sampan_transfer_get_error (self->transfers[i]));
      g_assert_true (is_done (self, i));
      g_assert_true (holds (stored, self->after[i], sizes[i]));
      g_clear_object (&self->transfers[i]);
    }
  sampan_queue_clear_finished (self->queue);
  /* Nothing but the files and the server's own folder: no second copy, no part. */
  g_assert_cmpuint (count_entries ("."), ==, N_FILES + 1);
  check_trash (self, at);
  if (was_killed)
    g_assert_cmpuint (count_entries (".sampan/staging"), ==, 0);
  return was_killed;
}

static bool
may_trace (void)
{
  const char *argv[] = { g_getenv ("KILL_AT"), "/bin/true", NULL };
  int status = -1;

  return g_spawn_sync (NULL,
                       (char **)argv,
                       NULL,
                       G_SPAWN_STDERR_TO_DEV_NULL,
                       NULL,
                       NULL,
                       NULL,
                       NULL,
                       &status,
                       NULL) &&
         g_spawn_check_wait_status (status, NULL);
}

static void
test_kill_server (void)
{
  KillTest self = { 0 };
  g_autoptr (SampanEngine) engine = sampan_engine_new ();
  g_autoptr (GError) error = NULL;
  SampanLinkTimes times = sampan_link_default_times;
  guint cycles = g_getenv ("SAMPAN_QUICK_TESTS") != NULL ? QUICK_CYCLES : CYCLES;
  guint at = 1;

  if (!may_trace ())
    {
      g_test_skip ("this system does not let one process trace another");
      return;
    }
  start_server (&self);
  times.retry_ms = RETRY_MS;
  self.session = sampan_session_new (engine);
  sampan_session_set_times (self.session, &times);
  self.queue = sampan_queue_new ();
  error = core_test_login (self.session, relay_get_port (self.relay), CORE_TEST_PASSWORD);
  g_assert_no_error (error);
  /* The first one puts there what the others replace. */
  run_cycle (&self, G_MAXINT);
  for (guint cycle = 0; cycle < cycles; cycle++)
    at = run_cycle (&self, at) ? at + MAX (CYCLES / cycles, 1) : 1;
  g_test_message ("%u cycles, %u killed, %u files acknowledged before",
                  cycles,
                  self.n_killed,
                  self.n_acknowledged);
  g_assert_cmpuint (self.n_killed, >, cycles / 2);
  g_clear_object (&self.queue);
  g_clear_object (&self.session);
  real_server_stop (&self.server, SIGTERM);
  relay_free (self.relay);
  for (int i = 0; i < N_FILES; i++)
    {
      g_free (self.before[i]);
      g_free (self.after[i]);
    }
}

int
main (int argc, char **argv)
{
  core_test_init (&argc, &argv);
  real_server_init ();
  g_test_add_func ("/core/kill-server", test_kill_server);
  return core_test_run ();
}
