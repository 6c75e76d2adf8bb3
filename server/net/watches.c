/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* One inotify descriptor, the folders on it, and who watches each. */

#include "config.h"

#include "net/watches.h"

#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

/* What changes a listing: names, what belongs to them, and the folder itself. A file that is being
 * written in place tells when it is closed. */
#define EVENTS                                                                                     \
  (IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ATTRIB | IN_CLOSE_WRITE |              \
   IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR | IN_EXCL_UNLINK)
/* Between the first event and the look at all that came with it: a person sees it as now, and a
 * flood of events costs five looks a second. */
#define PAUSE_MS 200
#define READ_BYTES (64 * 1024)
/* Reads in one look; what is left then comes in the next, or overflows in the kernel, which is an
 * event too. */
#define READS_A_LOOK 32

struct _SampanWatches
{
  GMutex lock;
  GMainContext *context;
  SampanWatchFunc wake;
  gpointer user_data;
  int fd;                 /* or -1 */
  GSource *source;        /* waits for events, or for the pause to be over */
  GHashTable *folders;    /* wd -> Folder; guarded */
  unsigned int n_watches; /* guarded */
  uint8_t *events;
};

/* The same folder is one watch to the kernel. */
typedef struct
{
  int wd;
  GQueue watches;
  /* while events are looked at */
  bool has_changed;
  bool is_gone;
} Folder;

struct _SampanWatch
{
  SampanWatches *watches;
  gpointer owner;
  char *path;
  int *n_of_session;
  dev_t device;
  ino_t inode;
  GList link;
  Folder *folder;  /* guarded; NULL: it is gone */
  int has_changed; /* atomic */
  int is_waiting;  /* atomic */
};

static void wait_for_events (SampanWatches *self);

/* ---- Events ---- */

/* Locked. */
static void
mark (SampanWatches *self, Folder *folder)
{
  for (GList *item = folder->watches.head; item != NULL; item = item->next)
    {
      SampanWatch *watch = item->data;
      g_atomic_int_set (&watch->has_changed, 1);
      if (g_atomic_int_get (&watch->is_waiting) != 0)
        self->wake (watch->owner, self->user_data);
    }
}

/* Locked. The kernel and the table have forgotten it. */
static void
orphan (Folder *folder)
{
  GList *item;
  while ((item = g_queue_pop_head_link (&folder->watches)) != NULL)
    ((SampanWatch *)item->data)->folder = NULL;
  g_free (folder);
}

static void
take_event (SampanWatches *self, const struct inotify_event *event, bool *is_overflow)
{
  Folder *folder = g_hash_table_lookup (self->folders, GINT_TO_POINTER (event->wd));
  if ((event->mask & IN_Q_OVERFLOW) != 0)
    *is_overflow = true;
  if (folder == NULL)
    return;
  folder->has_changed = true;
  folder->is_gone = folder->is_gone || (event->mask & IN_IGNORED) != 0;
}

/* Locked. TRUE: events were lost. */
static bool
take_events (SampanWatches *self)
{
  bool is_overflow = false;
  ssize_t got = 1;
  for (int i = 0; i < READS_A_LOOK && got > 0; i++)
    {
      struct inotify_event event;
      do
        got = read (self->fd, self->events, READ_BYTES);
      while (got < 0 && errno == EINTR);
      for (ssize_t at = 0; at + (ssize_t)sizeof event <= got;
           at += (ssize_t)(sizeof event + event.len))
        {
          memcpy (&event, self->events + at, sizeof event);
          take_event (self, &event, &is_overflow);
        }
    }
  return is_overflow;
}

/* All that came up first, then one word of it to each who waits. */
static void
look (SampanWatches *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  bool is_overflow = take_events (self);
  GHashTableIter iter;
  Folder *folder;
  g_hash_table_iter_init (&iter, self->folders);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&folder))
    {
      if (folder->has_changed || is_overflow)
        mark (self, folder);
      folder->has_changed = false;
      if (!folder->is_gone)
        continue;
      g_hash_table_iter_remove (&iter);
      orphan (folder);
    }
}

static void
set_source (SampanWatches *self, GSource *source)
{
  if (self->source != NULL)
    g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
  self->source = source;
  if (source != NULL)
    g_source_attach (source, self->context);
}

static gboolean
pause_over_cb (gpointer user_data)
{
  SampanWatches *self = user_data;
  look (self);
  wait_for_events (self);
  return G_SOURCE_REMOVE;
}

static gboolean
readable_cb (int fd, GIOCondition condition, gpointer user_data)
{
  SampanWatches *self = user_data;
  GSource *pause = g_timeout_source_new (PAUSE_MS);
  g_source_set_callback (pause, pause_over_cb, self, NULL);
  set_source (self, pause);
  return G_SOURCE_REMOVE;
}

static void
wait_for_events (SampanWatches *self)
{
  GSource *source = g_unix_fd_source_new (self->fd, G_IO_IN);
  g_source_set_callback (source, G_SOURCE_FUNC (readable_cb), self, NULL);
  set_source (self, source);
}

/* ---- Life ---- */

SampanWatches *
sampan_watches_new (GMainContext *context, SampanWatchFunc wake, gpointer user_data)
{
  SampanWatches *self = g_new0 (SampanWatches, 1);
  g_mutex_init (&self->lock);
  self->context = g_main_context_ref (context);
  self->wake = wake;
  self->user_data = user_data;
  self->folders = g_hash_table_new (g_direct_hash, g_direct_equal);
  self->events = g_malloc (READ_BYTES);
  self->fd = inotify_init1 (IN_NONBLOCK | IN_CLOEXEC);
  if (self->fd >= 0)
    wait_for_events (self);
  return self;
}

void
sampan_watches_free (SampanWatches *self)
{
  if (self == NULL)
    return;
  g_assert (self->n_watches == 0);
  set_source (self, NULL);
  g_assert (g_hash_table_size (self->folders) == 0);
  g_hash_table_unref (self->folders);
  if (self->fd >= 0)
    close (self->fd);
  g_main_context_unref (self->context);
  g_free (self->events);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* ---- Watches ---- */

/* By its descriptor: no name on the way can be exchanged. -1 with errno. */
static int
add_to_kernel (SampanWatches *self, int folder_fd)
{
  char held[sizeof "/proc/self/fd/" + 10];
  if (self->fd < 0)
    {
      errno = ENOSYS;
      return -1;
    }
  g_snprintf (held, sizeof held, "/proc/self/fd/%d", folder_fd);
  return inotify_add_watch (self->fd, held, EVENTS);
}

/* Locked. */
static Folder *
get_folder (SampanWatches *self, int wd)
{
  Folder *folder = g_hash_table_lookup (self->folders, GINT_TO_POINTER (wd));
  if (folder != NULL)
    return folder;
  folder = g_new0 (Folder, 1);
  folder->wd = wd;
  g_queue_init (&folder->watches);
  g_hash_table_insert (self->folders, GINT_TO_POINTER (wd), folder);
  return folder;
}

static bool
count_one (SampanWatches *self, int *n_of_session, GError **error)
{
  if (self->n_watches < SAMPAN_WATCHES_MAX &&
      g_atomic_int_add (n_of_session, 1) < SAMPAN_WATCHES_PER_SESSION)
    {
      self->n_watches++;
      return true;
    }
  if (self->n_watches < SAMPAN_WATCHES_MAX)
    g_atomic_int_add (n_of_session, -1);
  g_set_error_literal (error, SAMPAN_ERROR, SAMPAN_ERROR_TRY_LATER, "too many watched folders");
  return false;
}

static void
set_error (GError **error, int saved_errno)
{
  bool is_full = saved_errno == ENOSPC || saved_errno == ENOMEM;
  g_set_error (error,
               SAMPAN_ERROR,
               is_full ? SAMPAN_ERROR_TRY_LATER : SAMPAN_ERROR_UNSUPPORTED,
               "cannot watch a folder: %s",
               g_strerror (saved_errno));
}

SampanWatch *
sampan_watches_add (SampanWatches *self,
                    int folder_fd,
                    const char *path,
                    int *n_of_session,
                    gpointer owner,
                    GError **error)
{
  /* Over the call too: else a folder could be dropped between the kernel's answer and this. */
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  struct stat status;
  if (!count_one (self, n_of_session, error))
    return NULL;
  int wd = fstat (folder_fd, &status) == 0 ? add_to_kernel (self, folder_fd) : -1;
  if (wd < 0)
    {
      set_error (error, errno);
      self->n_watches--;
      g_atomic_int_add (n_of_session, -1);
      return NULL;
    }
  SampanWatch *watch = g_new0 (SampanWatch, 1);
  watch->watches = self;
  watch->owner = owner;
  watch->path = g_strdup (path);
  watch->n_of_session = n_of_session;
  watch->device = status.st_dev;
  watch->inode = status.st_ino;
  watch->link.data = watch;
  watch->folder = get_folder (self, wd);
  g_queue_push_tail_link (&watch->folder->watches, &watch->link);
  return watch;
}

void
sampan_watch_free (SampanWatch *watch)
{
  if (watch == NULL)
    return;
  SampanWatches *self = watch->watches;
  g_mutex_lock (&self->lock);
  self->n_watches--;
  g_atomic_int_add (watch->n_of_session, -1);
  if (watch->folder != NULL)
    {
      g_queue_unlink (&watch->folder->watches, &watch->link);
      if (watch->folder->watches.length == 0)
        {
          if (inotify_rm_watch (self->fd, watch->folder->wd) != 0)
            g_debug ("inotify: %s", g_strerror (errno));
          g_hash_table_remove (self->folders, GINT_TO_POINTER (watch->folder->wd));
          orphan (watch->folder);
        }
    }
  g_mutex_unlock (&self->lock);
  g_free (watch->path);
  g_free (watch);
}

const char *
sampan_watch_get_path (const SampanWatch *watch)
{
  return watch->path;
}

bool
sampan_watch_is_on (SampanWatch *watch, const struct stat *status)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&watch->watches->lock);
  return watch->folder != NULL && watch->device == status->st_dev && watch->inode == status->st_ino;
}

bool
sampan_watch_take_changes (SampanWatch *watch)
{
  return g_atomic_int_compare_and_exchange (&watch->has_changed, 1, 0);
}

void
sampan_watch_set_waiting (SampanWatch *watch, bool is_waiting)
{
  g_atomic_int_set (&watch->is_waiting, is_waiting);
}

bool
sampan_watch_is_waiting (SampanWatch *watch)
{
  return g_atomic_int_get (&watch->is_waiting) != 0;
}

bool
sampan_watch_is_due (SampanWatch *watch)
{
  return sampan_watch_is_waiting (watch) && g_atomic_int_get (&watch->has_changed) != 0;
}
