/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The survey: breadth first, some listings on their way at a time, their entries taken a few at a
 * time so that the main loop stays free. */

#include "config.h"

#include "batch-survey.h"

#include "batch-heal.h"

#include <string.h>

/* Listings on their way hide a round trip; those and the lists that are held. One that a person
 * asks for has to wait for them, so there are fewer where folders are large. */
#define LISTINGS_AT_ONCE 32
#define LARGE_LISTINGS_AT_ONCE 4
#define LARGE_ENTRIES 1000
#define ENTRIES_PER_TURN 500

typedef struct _Survey Survey;

/* A folder to be listed, then being listed, then with its list. */
typedef struct
{
  Survey *survey;   /* while it is being listed */
  SampanPath *base; /* the folder that the chosen item is in */
  char *name;       /* below BASE */
  SampanFolderList *list;
  size_t next;
  guint n_heals;
} Folder;

struct _Survey
{
  SampanSession *session;
  GPtrArray *remotes;
  char *target;
  char *new_name; /* of the one item; nullable */
  size_t items_max;
  GCancellable *cancellable;
  SampanBatchPageFunc func;
  GObject *user_data;

  GQueue waiting; /* of Folder */
  GQueue listed;  /* of Folder */
  guint n_listing;
  bool is_large; /* the folder that came last */
  guint next_remote;
  SampanBatchPage *page; /* being filled; nullable */
  size_t n_items;
  GError *error;
  GSource *turn; /* until it runs */
};

static void plan_turn (Survey *self);

SampanBatchRemote *
sampan_batch_remote_new (const SampanPath *path, const SampanFileInfo *info, SampanFolderList *list)
{
  SampanBatchRemote *self = g_new0 (SampanBatchRemote, 1);

  self->path = sampan_path_ref (path);
  self->info = sampan_file_info_copy (info);
  self->list = list != NULL ? sampan_folder_list_ref (list) : NULL;
  return self;
}

void
sampan_batch_remote_free (gpointer remote)
{
  SampanBatchRemote *self = remote;

  sampan_path_unref (self->path);
  sampan_file_info_free (self->info);
  g_clear_pointer (&self->list, sampan_folder_list_unref);
  g_free (self);
}

static Folder *
folder_new (const SampanPath *base, const char *name)
{
  Folder *folder = g_new0 (Folder, 1);

  folder->base = sampan_path_ref (base);
  folder->name = g_strdup (name);
  return folder;
}

static void
folder_free (gpointer data)
{
  Folder *folder = data;

  sampan_path_unref (folder->base);
  g_free (folder->name);
  g_clear_pointer (&folder->list, sampan_folder_list_unref);
  g_free (folder);
}

static void
survey_free (Survey *self)
{
  g_object_unref (self->session);
  g_ptr_array_unref (self->remotes);
  g_free (self->target);
  g_free (self->new_name);
  g_clear_object (&self->cancellable);
  g_object_unref (self->user_data);
  g_queue_clear_full (&self->waiting, folder_free);
  g_queue_clear_full (&self->listed, folder_free);
  g_clear_pointer (&self->page, sampan_batch_page_free);
  g_clear_error (&self->error);
  g_free (self);
}

static bool
is_stopping (Survey *self)
{
  if (self->error == NULL)
    g_cancellable_set_error_if_cancelled (self->cancellable, &self->error);
  return self->error != NULL;
}

/* ---- Pages ---- */

static void
flush (Survey *self)
{
  SampanBatchPage *page = g_steal_pointer (&self->page);

  if (page != NULL)
    self->func (page, NULL, self->user_data);
}

static SampanBatchPage *
get_page (Survey *self, const SampanPath *base)
{
  if (self->page != NULL &&
      (!sampan_path_equal (self->page->remote, base) ||
       sampan_plan_get_length (self->page->plan) + self->page->problems->len >=
           SAMPAN_BATCH_PAGE_ITEMS))
    flush (self);
  if (self->page == NULL)
    {
      const SampanBatchRemote *first = g_ptr_array_index (self->remotes, 0);

      self->page = sampan_batch_page_new (self->target, base);
      if (self->new_name != NULL)
        self->page->remote_name = g_strdup (sampan_path_get_name (first->path));
    }
  return self->page;
}

/* The name that the item NAME gets at the target. */
static char *
dup_target_name (Survey *self, const char *name)
{
  return self->new_name == NULL ? g_strdup (name)
                                : g_strconcat (self->new_name, name + strcspn (name, "/"), NULL);
}

/* Takes PROBLEM. */
static void
add_problem (Survey *self, const SampanPath *base, SampanBatchProblem *problem)
{
  SampanBatchPage *page = get_page (self, base);

  sampan_batch_page_place (page, problem);
  g_ptr_array_add (page->problems, problem);
}

static void
count_item (Survey *self)
{
  if (++self->n_items > self->items_max && self->error == NULL)
    self->error = sampan_batch_error_new_too_many (self->items_max);
}

/* LIST is nullable: it is to be listed. */
static void
add_folder (Survey *self,
            const SampanPath *base,
            const char *name,
            SampanTime mtime,
            SampanFolderList *list)
{
  g_autofree char *target = dup_target_name (self, name);
  Folder *folder = folder_new (base, name);

  sampan_plan_add (get_page (self, base)->plan, SAMPAN_ENTRY_FOLDER, target, 0, mtime);
  if (list != NULL)
    folder->list = sampan_folder_list_ref (list);
  g_queue_push_tail (list != NULL ? &self->listed : &self->waiting, folder);
}

/* NAME is the entry's below BASE. */
static void
add_entry (Survey *self,
           const SampanPath *base,
           const char *name,
           const SampanFileInfo *info,
           SampanFolderList *list)
{
  g_autoptr (SampanPath) path = sampan_batch_join (base, name, NULL);
  g_autofree char *target = dup_target_name (self, name);

  count_item (self);
  if (path == NULL)
    {
      add_problem (self, base, sampan_batch_problem_new_from_verdict (name, SAMPAN_PLAN_BAD_NAME));
      return;
    }
  switch (info->kind)
    {
    case SAMPAN_ENTRY_FILE:
      sampan_plan_add (get_page (self, base)->plan,
                       SAMPAN_ENTRY_FILE,
                       target,
                       info->size,
                       info->mtime);
      break;
    case SAMPAN_ENTRY_FOLDER:
    case SAMPAN_ENTRY_SHARE:
      add_folder (self, base, name, info->mtime, list);
      break;
    case SAMPAN_ENTRY_SYMLINK:
    case SAMPAN_ENTRY_OTHER:
    default:
      add_problem (self, base, sampan_batch_problem_new_from_kind (name, info->kind));
    }
}

/* ---- Listings ---- */

/* What concerns the session, not the folder. */
static bool
is_fatal (Survey *self, const GError *error)
{
  return error->domain != SAMPAN_ERROR || error->code == SAMPAN_ERROR_PROTOCOL ||
         error->code == SAMPAN_ERROR_DISCONNECTED ||
         sampan_session_get_state (self->session) != SAMPAN_SESSION_READY;
}

static void listed_cb (GObject *source, GAsyncResult *result, gpointer user_data);

static void
list (Folder *folder)
{
  Survey *self = folder->survey;
  g_autoptr (SampanPath) path = sampan_batch_join (folder->base, folder->name, NULL);

  sampan_session_list_async (self->session, path, self->cancellable, listed_cb, folder);
}

static void
healed_cb (gpointer user_data)
{
  list (user_data);
}

static void
listed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Folder *folder = user_data;
  Survey *self = folder->survey;
  g_autoptr (GError) error = NULL;

  folder->list = sampan_session_list_finish (SAMPAN_SESSION (source), result, &error);
  if (folder->list == NULL && sampan_batch_heal (self->session,
                                                 error,
                                                 &folder->n_heals,
                                                 self->cancellable,
                                                 healed_cb,
                                                 folder))
    return;
  self->n_listing--;
  if (folder->list != NULL)
    {
      self->is_large = sampan_folder_list_get_length (folder->list) >= LARGE_ENTRIES;
      g_queue_push_tail (&self->listed, folder);
    }
  else
    {
      if (!is_fatal (self, error))
        add_problem (self, folder->base, sampan_batch_problem_new_from_error (folder->name, error));
      else if (self->error == NULL)
        self->error = g_steal_pointer (&error);
      folder_free (folder);
    }
  plan_turn (self);
}

static void
list_more (Survey *self)
{
  guint at_once = self->is_large ? LARGE_LISTINGS_AT_ONCE : LISTINGS_AT_ONCE;

  while (self->n_listing + self->listed.length < at_once && !is_stopping (self) &&
         self->waiting.length > 0)
    {
      Folder *folder = g_queue_pop_head (&self->waiting);

      folder->survey = self;
      self->n_listing++;
      list (folder);
    }
}

/* ---- Turns ---- */

/* Returns how many entries were taken. */
static guint
take_some (Survey *self, Folder *folder, guint most)
{
  guint taken = 0;

  for (; taken < most && folder->next < sampan_folder_list_get_length (folder->list); taken++)
    {
      const SampanFileInfo *info = sampan_folder_list_get (folder->list, folder->next++);
      g_autofree char *name = g_strconcat (folder->name, "/", info->name, NULL);

      add_entry (self, folder->base, name, info, NULL);
    }
  return taken;
}

static guint
take_chosen (Survey *self, guint most)
{
  guint taken = 0;

  for (; taken < most && self->next_remote < self->remotes->len; taken++)
    {
      const SampanBatchRemote *remote = g_ptr_array_index (self->remotes, self->next_remote++);
      g_autoptr (SampanPath) base = sampan_path_get_parent (remote->path);

      add_entry (self, base, sampan_path_get_name (remote->path), remote->info, remote->list);
    }
  return taken;
}

static void
take_turn (Survey *self)
{
  guint left = ENTRIES_PER_TURN - take_chosen (self, ENTRIES_PER_TURN);

  while (left > 0 && self->listed.length > 0 && !is_stopping (self))
    {
      Folder *folder = g_queue_peek_head (&self->listed);

      left -= take_some (self, folder, left);
      if (left > 0)
        folder_free (g_queue_pop_head (&self->listed));
    }
}

static void
end (Survey *self)
{
  if (self->error == NULL)
    flush (self);
  self->func (NULL, self->error, self->user_data);
  survey_free (self);
}

static gboolean
turn_cb (gpointer user_data)
{
  Survey *self = user_data;

  g_clear_pointer (&self->turn, g_source_unref);
  if (!is_stopping (self))
    take_turn (self);
  list_more (self);
  if (!is_stopping (self) && (self->listed.length > 0 || self->next_remote < self->remotes->len))
    plan_turn (self);
  else if (self->n_listing == 0)
    end (self);
  else
    flush (self);
  return G_SOURCE_REMOVE;
}

static void
plan_turn (Survey *self)
{
  if (self->turn != NULL)
    return;
  self->turn = g_idle_source_new ();
  g_source_set_priority (self->turn, SAMPAN_BATCH_TURN_PRIORITY);
  g_source_set_callback (self->turn, turn_cb, self, NULL);
  g_source_attach (self->turn, g_main_context_get_thread_default ());
}

/* ---- Public API ---- */

void
sampan_batch_survey (SampanSession *session,
                     GPtrArray *remotes,
                     const char *folder,
                     const char *new_name,
                     size_t items_max,
                     GCancellable *cancellable,
                     SampanBatchPageFunc func,
                     GObject *user_data)
{
  Survey *self = g_new0 (Survey, 1);

  self->session = g_object_ref (session);
  self->remotes = g_ptr_array_ref (remotes);
  self->target = g_strdup (folder);
  self->new_name = g_strdup (new_name);
  self->items_max = items_max;
  self->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  self->func = func;
  self->user_data = g_object_ref (user_data);
  g_queue_init (&self->waiting);
  g_queue_init (&self->listed);
  plan_turn (self);
}
