/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Several things of the box that are moved or copied there together. */

#include "config.h"

#include "relocation.h"

#define LOOKS_AT_ONCE 64 /* hides the round trip */

typedef struct
{
  SampanPath *from;
  SampanPath *to;
  SampanFileInfo *coming; /* nullable: not known */
  SampanFileInfo *there;  /* nullable: nothing, as far as is known */
  SampanBatchConflict *conflict;
} Item;

struct _SampanRelocation
{
  GObject parent_instance;
  SampanSession *session;

  GPtrArray *items; /* Item */
  GListStore *conflicts;

  /* preparing */
  guint n_asked; /* looks: two for each item */
  guint n_answered;

  /* moving or copying */
  bool copies;
  guint next; /* item */
  SampanRelocationProgress progress;
  SampanUndo *undo;
  GListStore *problems;
};

G_DEFINE_FINAL_TYPE (SampanRelocation, sampan_relocation, G_TYPE_OBJECT)

static guint progress_signal;

static void
item_free (gpointer data)
{
  Item *item = data;

  sampan_path_unref (item->from);
  sampan_path_unref (item->to);
  g_clear_pointer (&item->coming, sampan_file_info_free);
  g_clear_pointer (&item->there, sampan_file_info_free);
  g_clear_object (&item->conflict);
  g_free (item);
}

static void
sampan_relocation_finalize (GObject *object)
{
  SampanRelocation *self = SAMPAN_RELOCATION (object);

  g_clear_object (&self->session);
  g_ptr_array_unref (self->items);
  g_object_unref (self->conflicts);
  g_object_unref (self->problems);
  g_clear_object (&self->undo);
  G_OBJECT_CLASS (sampan_relocation_parent_class)->finalize (object);
}

static void
sampan_relocation_class_init (SampanRelocationClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sampan_relocation_finalize;
  progress_signal = g_signal_new ("progress",
                                  G_TYPE_FROM_CLASS (klass),
                                  G_SIGNAL_RUN_LAST,
                                  0,
                                  NULL,
                                  NULL,
                                  NULL,
                                  G_TYPE_NONE,
                                  0);
}

static void
sampan_relocation_init (SampanRelocation *self)
{
  self->items = g_ptr_array_new_with_free_func (item_free);
  self->conflicts = g_list_store_new (SAMPAN_TYPE_BATCH_CONFLICT);
  self->problems = g_list_store_new (SAMPAN_TYPE_BATCH_PROBLEM);
}

SampanRelocation *
sampan_relocation_new (SampanSession *session)
{
  SampanRelocation *self = g_object_new (SAMPAN_TYPE_RELOCATION, NULL);

  self->session = g_object_ref (session);
  self->undo = sampan_undo_new (session);
  return self;
}

void
sampan_relocation_add (SampanRelocation *self, const SampanPath *from, const SampanPath *to)
{
  Item *item = g_new0 (Item, 1);

  item->from = sampan_path_ref (from);
  item->to = sampan_path_ref (to);
  g_ptr_array_add (self->items, item);
}

guint
sampan_relocation_get_length (SampanRelocation *self)
{
  return self->items->len;
}

/* ---- Looking ---- */

static SampanBatchVersion
version_of (const SampanFileInfo *info)
{
  return (SampanBatchVersion){ info->size, info->mtime, info->kind == SAMPAN_ENTRY_FOLDER };
}

static void
collect_conflicts (SampanRelocation *self)
{
  for (guint i = 0; i < self->items->len; i++)
    {
      Item *item = g_ptr_array_index (self->items, i);
      SampanBatchVersion coming, there;

      if (item->coming == NULL || item->there == NULL || sampan_path_equal (item->from, item->to))
        continue;
      coming = version_of (item->coming);
      there = version_of (item->there);
      item->conflict = sampan_batch_conflict_new (sampan_path_get_name (item->to), &coming, &there);
      g_list_store_append (self->conflicts, item->conflict);
    }
}

typedef struct
{
  GTask *task;
  SampanFileInfo **info;
} Look;

static void look_more (GTask *task);

static void
looked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Look *look = user_data;
  g_autoptr (GTask) task = look->task;
  SampanRelocation *self = g_task_get_source_object (task);

  *look->info = sampan_session_stat_finish (SAMPAN_SESSION (source), result, NULL);
  g_free (look);
  self->n_answered++;
  if (self->n_answered < 2 * self->items->len)
    {
      look_more (task);
      return;
    }
  collect_conflicts (self);
  if (!g_task_return_error_if_cancelled (task))
    g_task_return_boolean (task, TRUE);
}

static void
look_more (GTask *task)
{
  SampanRelocation *self = g_task_get_source_object (task);

  while (self->n_asked < 2 * self->items->len && self->n_asked - self->n_answered < LOOKS_AT_ONCE)
    {
      Item *item = g_ptr_array_index (self->items, self->n_asked / 2);
      bool is_target = self->n_asked % 2 == 1;
      Look *look = g_new0 (Look, 1);

      look->task = g_object_ref (task);
      look->info = is_target ? &item->there : &item->coming;
      self->n_asked++;
      sampan_session_stat_async (self->session,
                                 is_target ? item->to : item->from,
                                 g_task_get_cancellable (task),
                                 looked_cb,
                                 look);
    }
}

void
sampan_relocation_prepare_async (SampanRelocation *self,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, sampan_relocation_prepare_async);
  if (self->items->len == 0)
    g_task_return_boolean (task, TRUE);
  else
    look_more (task);
}

bool
sampan_relocation_prepare_finish (SampanRelocation *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), false);
  return g_task_propagate_boolean (G_TASK (result), error);
}

GListModel *
sampan_relocation_get_conflicts (SampanRelocation *self)
{
  return G_LIST_MODEL (self->conflicts);
}

SampanBatchConflict *
sampan_relocation_get_conflict (SampanRelocation *self, guint index)
{
  const Item *item = g_ptr_array_index (self->items, index);

  return item->conflict;
}

bool
sampan_relocation_may_replace (SampanRelocation *self)
{
  for (guint i = 0; i < self->items->len; i++)
    {
      const Item *item = g_ptr_array_index (self->items, i);

      if (item->conflict != NULL && item->there->right < SAMPAN_RIGHT_CHANGE)
        return false;
    }
  return true;
}

/* ---- Moving or copying ---- */

static void run_next (GTask *task);

static const Item *
get_current (SampanRelocation *self)
{
  return g_ptr_array_index (self->items, self->next);
}

static bool
is_onto_itself (const Item *item)
{
  return sampan_path_equal (item->from, item->to);
}

/* Whether it has to be left where it is. */
static bool
is_left (SampanRelocation *self, const Item *item)
{
  SampanBatchDecision decision = item->conflict != NULL
                                     ? sampan_batch_conflict_get_decision (item->conflict)
                                     : SAMPAN_BATCH_REPLACE;

  return (is_onto_itself (item) && !self->copies) || decision == SAMPAN_BATCH_SKIP ||
         decision == SAMPAN_BATCH_ASK;
}

static SampanConflict
get_conflict (const Item *item)
{
  if (item->conflict == NULL)
    return is_onto_itself (item) ? SAMPAN_CONFLICT_KEEP_BOTH : SAMPAN_CONFLICT_REFUSE;
  return sampan_batch_conflict_get_decision (item->conflict) == SAMPAN_BATCH_KEEP_BOTH
             ? SAMPAN_CONFLICT_KEEP_BOTH
             : SAMPAN_CONFLICT_REPLACE;
}

static bool
is_in_same_share (const Item *item)
{
  g_autoptr (SampanPath) below_from = NULL;
  g_autoptr (SampanPath) below_to = NULL;
  g_autofree char *from = sampan_path_split_share (item->from, &below_from);
  g_autofree char *to = sampan_path_split_share (item->to, &below_to);

  return g_strcmp0 (from, to) == 0;
}

static void
tell_progress (SampanRelocation *self)
{
  g_signal_emit (self, progress_signal, 0);
}

/* Takes ERROR, if any; one of the session ends all. */
static void
end_item (GTask *task, GError *error)
{
  SampanRelocation *self = g_task_get_source_object (task);
  const Item *item = get_current (self);

  if (error != NULL && (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ||
                        sampan_session_get_state (self->session) != SAMPAN_SESSION_READY))
    {
      g_task_return_error (task, error);
      return;
    }
  if (error != NULL)
    {
      g_autoptr (GError) owned = error;
      g_autoptr (SampanBatchProblem) problem =
          sampan_batch_problem_new_from_error (sampan_path_get_name (item->from), error);

      g_list_store_append (self->problems, problem);
    }
  self->progress.n_done += error == NULL;
  self->progress.n_over++;
  self->next++;
  tell_progress (self);
  run_next (task);
}

static void
renamed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  SampanRelocation *self = g_task_get_source_object (task);
  const Item *item = get_current (self);
  g_auto (SampanPlaced) placed = { 0 };
  GError *error = NULL;

  if (sampan_session_rename_finish (SAMPAN_SESSION (source), result, &placed, &error))
    sampan_undo_add_moved (self->undo, item->from, item->to, &placed);
  end_item (task, error);
}

static void
removed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  SampanRelocation *self = g_task_get_source_object (task);
  uint8_t id[SAMPAN_TRASH_ID_LENGTH];
  GError *error = NULL;

  if (sampan_session_remove_finish (SAMPAN_SESSION (source), result, id, &error))
    sampan_undo_add_removed (self->undo, get_current (self)->from, id);
  end_item (task, error);
}

static void
copied_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  SampanRelocation *self = g_task_get_source_object (task);
  const Item *item = get_current (self);
  g_auto (SampanPlaced) placed = { 0 };
  g_autoptr (SampanPath) folder = sampan_path_get_parent (item->to);
  g_autoptr (SampanPath) path = NULL;
  GError *error = NULL;

  if (!sampan_session_copy_finish (SAMPAN_SESSION (source), result, &placed, &error))
    {
      end_item (task, error);
      return;
    }
  path = sampan_path_get_child (folder, placed.name, NULL);
  if (path != NULL && placed.has_replaced)
    sampan_undo_add_replaced (self->undo, path, placed.version, placed.trash_id);
  else if (path != NULL)
    sampan_undo_add_copied (self->undo, path, placed.version);
  if (self->copies)
    end_item (task, NULL);
  else
    sampan_session_remove_async (self->session,
                                 item->from,
                                 true,
                                 g_task_get_cancellable (task),
                                 removed_cb,
                                 g_object_ref (task));
}

static void
copy_progress_cb (uint64_t done_bytes, uint64_t total_bytes, gpointer user_data)
{
  SampanRelocation *self = user_data;

  self->progress.done_bytes = done_bytes;
  self->progress.total_bytes = total_bytes;
  tell_progress (self);
}

static void
run_item (GTask *task)
{
  SampanRelocation *self = g_task_get_source_object (task);
  const Item *item = get_current (self);
  GCancellable *cancellable = g_task_get_cancellable (task);

  self->progress.done_bytes = self->progress.total_bytes = 0;
  if (self->copies || !is_in_same_share (item))
    sampan_session_copy_async (self->session,
                               item->from,
                               item->to,
                               get_conflict (item),
                               copy_progress_cb,
                               self,
                               cancellable,
                               copied_cb,
                               g_object_ref (task));
  else
    sampan_session_rename_async (self->session,
                                 item->from,
                                 item->to,
                                 get_conflict (item),
                                 NULL,
                                 cancellable,
                                 renamed_cb,
                                 g_object_ref (task));
}

static void
run_next (GTask *task)
{
  SampanRelocation *self = g_task_get_source_object (task);

  while (self->next < self->items->len && is_left (self, get_current (self)))
    self->next++;
  if (self->next == self->items->len)
    g_task_return_boolean (task, TRUE);
  else
    run_item (task);
}

void
sampan_relocation_run_async (SampanRelocation *self,
                             bool copies,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, sampan_relocation_run_async);
  g_task_set_check_cancellable (task, FALSE);
  self->copies = copies;
  for (guint i = 0; i < self->items->len; i++)
    self->progress.n_items += !is_left (self, g_ptr_array_index (self->items, i));
  run_next (task);
}

bool
sampan_relocation_run_finish (SampanRelocation *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), false);
  return g_task_propagate_boolean (G_TASK (result), error);
}

SampanRelocationProgress
sampan_relocation_get_progress (SampanRelocation *self)
{
  return self->progress;
}

SampanUndo *
sampan_relocation_get_undo (SampanRelocation *self)
{
  return self->undo;
}

GListModel *
sampan_relocation_get_problems (SampanRelocation *self)
{
  return G_LIST_MODEL (self->problems);
}
