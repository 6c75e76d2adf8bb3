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
};

G_DEFINE_FINAL_TYPE (SampanRelocation, sampan_relocation, G_TYPE_OBJECT)

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
  G_OBJECT_CLASS (sampan_relocation_parent_class)->finalize (object);
}

static void
sampan_relocation_class_init (SampanRelocationClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sampan_relocation_finalize;
}

static void
sampan_relocation_init (SampanRelocation *self)
{
  self->items = g_ptr_array_new_with_free_func (item_free);
  self->conflicts = g_list_store_new (SAMPAN_TYPE_BATCH_CONFLICT);
}

SampanRelocation *
sampan_relocation_new (SampanSession *session)
{
  SampanRelocation *self = g_object_new (SAMPAN_TYPE_RELOCATION, NULL);

  self->session = g_object_ref (session);
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

      if (item->coming == NULL || item->there == NULL)
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
