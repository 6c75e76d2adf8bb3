/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Making a staged file safe while more of it comes. */

#include "config.h"

#include "storage/sync-ahead.h"

#include "storage/disk.h"

#include <fcntl.h>
#include <sys/eventfd.h>

#define SYNC_AHEAD_US (SAMPAN_SYNC_AHEAD_MS * G_TIME_SPAN_MILLISECOND)

struct _SampanSyncAhead
{
  const SampanShareRoot *root; /* borrowed */
  const char *name;            /* borrowed */
  int file_fd;                 /* borrowed */
  int64_t last_us;             /* when the last sync began */
  uint64_t asked_bytes;        /* that are safe after the one that began last */

  /* Of the thread that syncs */
  int fd;
  bool is_name_safe;

  /* Shared */
  GMutex lock;
  GCond ended;
  bool is_running;
  uint64_t safe_bytes;
  int saved_errno;
  int wake_fd;
};

SampanSyncAhead *
sampan_sync_ahead_new (const SampanShareRoot *root, const char *name, int fd)
{
  SampanSyncAhead *self = g_new0 (SampanSyncAhead, 1);

  self->root = root;
  self->name = name;
  self->file_fd = fd;
  self->fd = self->wake_fd = -1;
  self->last_us = g_get_monotonic_time ();
  g_mutex_init (&self->lock);
  g_cond_init (&self->ended);
  return self;
}

bool
sampan_sync_ahead_free (SampanSyncAhead *self)
{
  bool is_good;

  if (self == NULL)
    return true;
  g_mutex_lock (&self->lock);
  while (self->is_running)
    g_cond_wait (&self->ended, &self->lock);
  is_good = self->saved_errno == 0;
  g_mutex_unlock (&self->lock);
  sampan_disk_clear_fd (&self->fd);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->ended);
  g_free (self);
  return is_good;
}

void
sampan_sync_ahead_set_wake_fd (SampanSyncAhead *self, int fd)
{
  g_mutex_lock (&self->lock);
  self->wake_fd = fd;
  g_mutex_unlock (&self->lock);
}

/* Not the owner's descriptor: the kernel tells each of them once of a failed write, and the commit
 * has to hear of it too. */
static bool
open_own (SampanSyncAhead *self)
{
  struct stat own, file;

  if (self->fd < 0)
    self->fd = sampan_disk_open (sampan_share_root_get_staging_fd (self->root),
                                 self->name,
                                 O_RDONLY | O_NONBLOCK | O_NOCTTY,
                                 0);
  if (self->fd < 0)
    return false;
  if (fstat (self->fd, &own) == 0 && fstat (self->file_fd, &file) == 0 &&
      own.st_dev == file.st_dev && own.st_ino == file.st_ino)
    return true;
  sampan_disk_clear_fd (&self->fd);
  return false;
}

static bool
sync_all (SampanSyncAhead *self)
{
  if (!sampan_disk_sync_data (self->fd))
    return false;
  self->is_name_safe =
      self->is_name_safe || sampan_disk_sync (sampan_share_root_get_staging_fd (self->root));
  return self->is_name_safe;
}

static void
run (gpointer data, gpointer user_data)
{
  SampanSyncAhead *self = data;
  /* Without a descriptor of its own nothing is known, and nothing is lost. */
  bool is_open = open_own (self);
  int saved_errno = is_open && !sync_all (self) ? errno : 0;

  g_mutex_lock (&self->lock);
  if (is_open && saved_errno == 0)
    self->safe_bytes = self->asked_bytes;
  self->saved_errno = saved_errno;
  self->is_running = false;
  if (self->wake_fd >= 0 && eventfd_write (self->wake_fd, 1) != 0)
    g_debug ("an upload that was woken already");
  g_cond_signal (&self->ended);
  g_mutex_unlock (&self->lock);
}

/* As many threads as there are uploads that wait for a disk: one that hangs holds up no other. */
static GThreadPool *
get_pool (void)
{
  static GThreadPool *pool;

  if (g_once_init_enter (&pool))
    g_once_init_leave (&pool, g_thread_pool_new (run, NULL, -1, FALSE, NULL));
  return pool;
}

/* Whether one is under way does not count. */
static int64_t
get_wait_us (const SampanSyncAhead *self, uint64_t bytes)
{
  if (bytes == self->asked_bytes)
    return -1;
  if (bytes - self->asked_bytes >= SAMPAN_SYNC_AHEAD_BYTES)
    return 0;
  return MAX (0, self->last_us + SYNC_AHEAD_US - g_get_monotonic_time ());
}

void
sampan_sync_ahead_advance (SampanSyncAhead *self, uint64_t bytes, bool is_due)
{
  int64_t wait_us = get_wait_us (self, bytes);
  bool may_run;

  if (wait_us < 0 || (wait_us > 0 && !is_due))
    return;
  g_mutex_lock (&self->lock);
  may_run = !self->is_running && self->saved_errno == 0;
  if (may_run)
    {
      self->is_running = true;
      self->asked_bytes = bytes;
    }
  g_mutex_unlock (&self->lock);
  if (!may_run)
    return;
  self->last_us = g_get_monotonic_time ();
  g_thread_pool_push (get_pool (), self, NULL);
}

int64_t
sampan_sync_ahead_get_wait_us (SampanSyncAhead *self, uint64_t bytes)
{
  bool is_running;

  g_mutex_lock (&self->lock);
  is_running = self->is_running;
  g_mutex_unlock (&self->lock);
  return is_running ? -1 : get_wait_us (self, bytes);
}

uint64_t
sampan_sync_ahead_get_safe_bytes (SampanSyncAhead *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return self->safe_bytes;
}

int
sampan_sync_ahead_get_errno (SampanSyncAhead *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return self->saved_errno;
}
