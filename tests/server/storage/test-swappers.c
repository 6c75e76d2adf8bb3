/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* D5: folders and files turn into symlinks that lead out of the share, and back, while everything
 * that storage does runs on them. Nothing outside is opened, read or changed.
 *
 * $SAMPAN_SWAP_OPERATIONS: how many operations with each way of confining; far more than the
 * default when the confinement itself was changed. */

#include "config.h"

#include "fixture.h"
#include "verbs.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#define OPERATIONS 100000
#define TRASH_EVERY 500 /* operations; it would fill the disk */

/* Two names of one folder that change places. */
typedef struct
{
  const char *folder; /* below the share */
  const char *name;
  const char *evil;
  const char *target; /* of the symlink that EVIL is at first */
  bool is_folder;     /* what NAME is at first */
} Swap;

static const Swap swaps[] = {
  { ".", "moving", "evil", "../outside", true },
  { "moving", "a", "evil", "../../outside", true },
  { "moving", "file", "evil-file", "../../outside/" CANARY_NAME, false },
};

static const char *const targets[] = {
  "moving",         "moving/" CANARY_NAME, "moving/a", "moving/a/" CANARY_NAME,
  "moving/a/b/new", "moving/file",
};

typedef struct
{
  const Swap *swap;
  int root_fd;
  int *stop; /* atomic */
  unsigned int done;
} Swapper;

/* The operations take things away, too. */
static void
put_back (const Swap *swap, int folder_fd)
{
  int fd;

  if (swap->is_folder)
    (void)mkdirat (folder_fd, swap->name, 0777);
  else
    {
      fd = openat (folder_fd, swap->name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
      if (fd >= 0)
        close (fd);
    }
  (void)symlinkat (swap->target, folder_fd, swap->evil);
}

static gpointer
swap_thread (gpointer data)
{
  Swapper *self = data;
  const Swap *swap = self->swap;

  while (!g_atomic_int_get (self->stop))
    {
      /* Not through a symlink: the swapper itself would reach what is outside. */
      int fd =
          openat (self->root_fd, swap->folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

      if (fd < 0)
        continue;
      if (renameat2 (fd, swap->name, fd, swap->evil, RENAME_EXCHANGE) == 0)
        self->done++;
      else
        put_back (swap, fd);
      close (fd);
    }
  return NULL;
}

static int
watch_outside (Fixture *self)
{
  int fd = inotify_init1 (IN_CLOEXEC | IN_NONBLOCK);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (inotify_add_watch (fd, self->outside, IN_ALL_EVENTS), >=, 0);
  return fd;
}

static void
assert_not_watched (int fd)
{
  char event[sizeof (struct inotify_event) + NAME_MAX + 1];

  g_assert_cmpint (read (fd, event, sizeof event), ==, -1);
  g_assert_cmpint (errno, ==, EAGAIN);
  close (fd);
}

static void
run_operations (Fixture *self, unsigned int count, unsigned int *successes, unsigned int *failures)
{
  for (unsigned int i = 0; i < count; i++)
    {
      const NamedVerb *verb = &verbs[i % n_verbs];
      g_autoptr (SampanPath) path = path_of (targets[i / n_verbs % G_N_ELEMENTS (targets)]);

      if (verb->func (self, path, NULL))
        (*successes)++;
      else
        (*failures)++;
      if (i % TRASH_EVERY == 0)
        sampan_trash_expire (self->root, G_MAXINT32);
    }
}

static void
test_swappers (Fixture *self, gconstpointer confine)
{
  const char *wanted = g_getenv ("SAMPAN_SWAP_OPERATIONS");
  Swapper swappers[G_N_ELEMENTS (swaps)];
  GThread *threads[G_N_ELEMENTS (swaps)];
  unsigned int successes = 0, failures = 0;
  int watch_fd = watch_outside (self);
  int stop = 0;

  disk_mkdir (self, "moving/a/b");
  for (size_t i = 0; i < G_N_ELEMENTS (swaps); i++)
    {
      swappers[i] = (Swapper){ .swap = &swaps[i],
                               .root_fd = sampan_share_root_get_fd (self->root),
                               .stop = &stop };
      threads[i] = g_thread_new ("swapper", swap_thread, &swappers[i]);
    }
  run_operations (self,
                  wanted != NULL ? (unsigned int)atoi (wanted) : OPERATIONS,
                  &successes,
                  &failures);
  g_atomic_int_set (&stop, 1);
  for (size_t i = 0; i < G_N_ELEMENTS (swaps); i++)
    {
      g_thread_join (threads[i]);
      g_assert_cmpuint (swappers[i].done, >, 0);
      g_test_message ("%s: %u swaps", swaps[i].name, swappers[i].done);
    }
  g_test_message ("%u successes, %u failures", successes, failures);
  g_assert_cmpuint (successes, >, 0);
  g_assert_cmpuint (failures, >, 0);
  assert_not_watched (watch_fd);
}

int
main (int argc, char **argv)
{
  /* In memory: how fast a disk syncs is not what this is about. */
  if (access ("/dev/shm", W_OK) == 0)
    g_setenv ("TMPDIR", "/dev/shm", FALSE);
  g_test_init (&argc, &argv, NULL);
  if (sodium_init () < 0)
    return 1;
  fixture_add ("race/swappers", test_swappers);
  return g_test_run ();
}
