/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The walk: a stack of open folders, each with the names of the folders in it that are still to be
 * entered. What lies below a chosen item is opened relative to its folder and never by a link. */

#include "config.h"

#include "batch-walk.h"

#include "engine-private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A slow disk's page is handed on sooner, so that the count moves. */
#define PAGE_MAX_MS 200

typedef struct
{
  int fd;
  GPtrArray *folders; /* names, in reverse order: the next is the last */
  size_t name_length; /* of the walk's name up to this folder */
} Level;

typedef struct
{
  GMainContext *owner;
  GPtrArray *locals; /* borrowed by the thread; not changed any more */
  SampanPath *folder;
  char *new_name; /* of the one item; nullable */
  size_t items_max;
  GCancellable *cancellable;
  SampanBatchPageFunc func;
  GObject *user_data; /* touched on the owner's thread only */

  /* the thread's */
  SampanBatchPage *page;
  GHashTable *names; /* of the chosen items */
  GArray *levels;    /* of Level */
  GString *name;     /* below the target folder */
  gint64 page_start_us;
  size_t n_items;
  GError *error;
} Walk;

/* One page on its way to the owner. */
typedef struct
{
  Walk *walk;
  SampanBatchPage *page;
} Delivery;

static void
level_clear (gpointer data)
{
  Level *level = data;

  close (level->fd);
  g_ptr_array_unref (level->folders);
}

static void
walk_free (Walk *self)
{
  g_main_context_unref (self->owner);
  g_ptr_array_unref (self->locals);
  sampan_path_unref (self->folder);
  g_free (self->new_name);
  g_clear_object (&self->cancellable);
  g_object_unref (self->user_data);
  g_hash_table_unref (self->names);
  g_array_unref (self->levels);
  g_string_free (self->name, TRUE);
  g_clear_error (&self->error);
  g_free (self);
}

/* ---- To the owner ---- */

static gboolean
deliver_cb (gpointer user_data)
{
  Delivery *delivery = user_data;
  Walk *walk = delivery->walk;
  bool is_end = delivery->page == NULL;

  walk->func (g_steal_pointer (&delivery->page), is_end ? walk->error : NULL, walk->user_data);
  if (is_end)
    walk_free (walk);
  return G_SOURCE_REMOVE;
}

static void
delivery_free (gpointer data)
{
  Delivery *delivery = data;

  g_clear_pointer (&delivery->page, sampan_batch_page_free);
  g_free (delivery);
}

/* Takes PAGE; NULL is the end. */
static void
deliver (Walk *self, SampanBatchPage *page)
{
  Delivery *delivery = g_new0 (Delivery, 1);

  delivery->walk = self;
  delivery->page = page;
  sampan_post_to_owner (self->owner, deliver_cb, delivery, delivery_free);
}

static void
flush (Walk *self)
{
  if (self->page != NULL && !sampan_batch_page_is_empty (self->page))
    deliver (self, g_steal_pointer (&self->page));
  g_clear_pointer (&self->page, sampan_batch_page_free);
}

static void
begin_page (Walk *self, const char *local, const char *local_name)
{
  self->page = sampan_batch_page_new (local, self->folder);
  if (self->new_name != NULL)
    self->page->local_name = g_strdup (local_name);
  self->page_start_us = g_get_monotonic_time ();
}

static void
turn_page_if_full (Walk *self)
{
  gint64 age_us = g_get_monotonic_time () - self->page_start_us;
  g_autofree char *local = NULL;
  g_autofree char *local_name = NULL;

  if (sampan_plan_get_length (self->page->plan) + self->page->problems->len <
          SAMPAN_BATCH_PAGE_ITEMS &&
      age_us < PAGE_MAX_MS * G_TIME_SPAN_MILLISECOND)
    return;
  local = g_strdup (self->page->local);
  local_name = g_strdup (self->page->local_name);
  flush (self);
  begin_page (self, local, local_name);
}

static bool
is_over (Walk *self)
{
  return self->error != NULL || g_cancellable_is_cancelled (self->cancellable);
}

static void
count_item (Walk *self)
{
  if (++self->n_items > self->items_max && self->error == NULL)
    self->error = sampan_batch_error_new_too_many (self->items_max);
}

/* Takes PROBLEM. */
static void
add_problem (Walk *self, SampanBatchProblem *problem)
{
  sampan_batch_page_place (self->page, problem);
  g_ptr_array_add (self->page->problems, problem);
  count_item (self);
}

static void
add_item (Walk *self, SampanEntryKind kind, const struct stat *info)
{
  SampanTime mtime = { info->st_mtim.tv_sec, (uint32_t)info->st_mtim.tv_nsec };

  sampan_plan_add (self->page->plan,
                   kind,
                   self->name->str,
                   kind == SAMPAN_ENTRY_FILE ? (uint64_t)info->st_size : 0,
                   mtime);
  count_item (self);
  turn_page_if_full (self);
}

/* ---- The disk ---- */

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* All names in the folder, sorted. NULL with errno set. */
static GPtrArray *
read_names (Walk *self, int fd)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  int copy = fcntl (fd, F_DUPFD_CLOEXEC, 0);
  DIR *folder = copy >= 0 ? fdopendir (copy) : NULL;
  const struct dirent *entry;
  int saved_errno;

  if (folder == NULL)
    {
      saved_errno = errno;
      if (copy >= 0)
        close (copy);
      errno = saved_errno;
      return NULL;
    }
  errno = 0;
  while (!is_over (self) && (entry = readdir (folder)) != NULL)
    {
      if (strcmp (entry->d_name, ".") != 0 && strcmp (entry->d_name, "..") != 0)
        g_ptr_array_add (names, g_strdup (entry->d_name));
      if (self->n_items + names->len > self->items_max)
        self->error = sampan_batch_error_new_too_many (self->items_max);
      errno = 0;
    }
  saved_errno = errno;
  closedir (folder);
  errno = saved_errno;
  if (saved_errno != 0 && !is_over (self))
    return NULL;
  g_ptr_array_sort (names, compare_names);
  return g_steal_pointer (&names);
}

/* Appends NAME; FALSE, with a problem added, if the server could not take it. */
static bool
push_name (Walk *self, const char *name)
{
  g_autoptr (SampanPath) path = NULL;

  if (self->name->len > 0)
    g_string_append_c (self->name, '/');
  g_string_append (self->name, name);
  path = sampan_batch_join (self->folder, self->name->str, NULL);
  if (path == NULL)
    add_problem (self,
                 sampan_batch_problem_new_from_verdict (self->name->str, SAMPAN_PLAN_BAD_NAME));
  return path != NULL;
}

static void
add_errno (Walk *self, int saved_errno)
{
  add_problem (self, sampan_batch_problem_new_from_errno (self->name->str, saved_errno));
}

/* Looks at NAME in the folder FD: an item, a folder for later, or a problem. */
static void
look_at (Walk *self, int fd, const char *name, GPtrArray *folders)
{
  struct stat info;

  if (!push_name (self, name))
    return;
  if (fstatat (fd, name, &info, AT_SYMLINK_NOFOLLOW) != 0)
    add_errno (self, errno);
  else if (S_ISDIR (info.st_mode))
    g_ptr_array_add (folders, g_strdup (name));
  else if (S_ISREG (info.st_mode))
    add_item (self, SAMPAN_ENTRY_FILE, &info);
  else
    add_problem (self,
                 sampan_batch_problem_new_from_kind (self->name->str,
                                                     S_ISLNK (info.st_mode) ? SAMPAN_ENTRY_SYMLINK
                                                                            : SAMPAN_ENTRY_OTHER));
}

/* The walk's name is that of the folder open as FD, which is taken: its files become items, its
 * folders a new level. */
static void
enter_fd (Walk *self, int fd)
{
  Level level = { .fd = fd, .name_length = self->name->len };
  g_autoptr (GPtrArray) names = NULL;
  struct stat info;

  if (fstat (fd, &info) != 0 || (names = read_names (self, fd)) == NULL)
    {
      add_errno (self, errno);
      close (fd);
      return;
    }
  add_item (self, SAMPAN_ENTRY_FOLDER, &info);
  level.folders = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < names->len && !is_over (self); i++)
    {
      look_at (self, fd, g_ptr_array_index (names, i), level.folders);
      g_string_truncate (self->name, level.name_length);
    }
  for (guint i = 0; i < level.folders->len / 2; i++)
    {
      gpointer *first = &level.folders->pdata[i];
      gpointer *last = &level.folders->pdata[level.folders->len - 1 - i];
      gpointer swap = *first;

      *first = *last;
      *last = swap;
    }
  g_array_append_val (self->levels, level);
}

static void
enter (Walk *self, int at_fd, const char *name, int flags)
{
  int fd = openat (at_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | flags);

  if (fd < 0)
    add_errno (self, errno);
  else
    enter_fd (self, fd);
}

/* Depth first. The depth of a path bounds the levels, and so the open folders. */
static void
walk_levels (Walk *self)
{
  while (self->levels->len > 0 && !is_over (self))
    {
      Level *level = &g_array_index (self->levels, Level, self->levels->len - 1);
      g_autofree char *name = NULL;

      if (level->folders->len == 0)
        {
          g_array_set_size (self->levels, self->levels->len - 1);
          continue;
        }
      name = g_strdup (g_ptr_array_index (level->folders, level->folders->len - 1));
      g_ptr_array_set_size (level->folders, (int)level->folders->len - 1);
      g_string_truncate (self->name, level->name_length);
      if (push_name (self, name))
        enter (self, level->fd, name, O_NOFOLLOW);
    }
  g_array_set_size (self->levels, 0);
}

/* A chosen item is what the person means, also when it is a link. */
static void
walk_chosen (Walk *self, const char *local, const char *name)
{
  struct stat info;

  g_string_truncate (self->name, 0);
  if (!push_name (self, name))
    return;
  if (!g_hash_table_add (self->names, g_strdup (name)))
    add_problem (self, sampan_batch_problem_new_from_verdict (name, SAMPAN_PLAN_NAME_TWICE));
  else if (stat (local, &info) != 0)
    add_errno (self, errno);
  else if (S_ISREG (info.st_mode))
    add_item (self, SAMPAN_ENTRY_FILE, &info);
  else if (!S_ISDIR (info.st_mode))
    add_problem (self, sampan_batch_problem_new_from_kind (name, SAMPAN_ENTRY_OTHER));
  else
    {
      enter (self, AT_FDCWD, local, 0);
      walk_levels (self);
    }
}

static gpointer
walk_thread (gpointer data)
{
  Walk *self = data;

  for (guint i = 0; i < self->locals->len && !is_over (self); i++)
    {
      const char *local = g_ptr_array_index (self->locals, i);
      g_autofree char *folder = g_path_get_dirname (local);
      g_autofree char *name = g_path_get_basename (local);

      if (self->page == NULL || strcmp (self->page->local, folder) != 0)
        {
          flush (self);
          begin_page (self, folder, name);
        }
      walk_chosen (self, local, self->new_name != NULL ? self->new_name : name);
    }
  flush (self);
  g_cancellable_set_error_if_cancelled (self->cancellable,
                                        self->error == NULL ? &self->error : NULL);
  deliver (self, NULL);
  return NULL;
}

/* ---- Public API ---- */

void
sampan_batch_walk (GPtrArray *locals,
                   const SampanPath *folder,
                   const char *new_name,
                   size_t items_max,
                   GCancellable *cancellable,
                   SampanBatchPageFunc func,
                   GObject *user_data)
{
  Walk *self = g_new0 (Walk, 1);

  self->owner = g_main_context_ref_thread_default ();
  self->locals = g_ptr_array_ref (locals);
  self->folder = sampan_path_ref (folder);
  self->new_name = g_strdup (new_name);
  self->items_max = items_max;
  self->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  self->func = func;
  self->user_data = g_object_ref (user_data);
  self->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->levels = g_array_new (FALSE, FALSE, sizeof (Level));
  g_array_set_clear_func (self->levels, level_clear);
  self->name = g_string_new (NULL);
  g_thread_unref (g_thread_new ("sampan-walk", walk_thread, self));
}

GError *
sampan_batch_error_new_too_many (size_t items_max)
{
  return g_error_new (G_IO_ERROR,
                      G_IO_ERROR_MESSAGE_TOO_LARGE,
                      /* Translators: how many items. */
                      ngettext ("There is more than %zu item. Move fewer at a time.",
                                "There are more than %zu items. Move fewer at a time.",
                                items_max),
                      items_max);
}
