/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A list store that owns the items its rows are of. */

#include "config.h"

#include "trash-store.h"

#include "entry-text.h"
#include "escape.h"

#include <glib/gi18n.h>
#include <string.h>

struct _SampanTrashStore
{
  GtkListStore parent_instance;

  GPtrArray *items; /* of SampanTrashItem, the last removed first */
};

G_DEFINE_TYPE (SampanTrashStore, sampan_trash_store, GTK_TYPE_LIST_STORE)

static void
sampan_trash_store_finalize (GObject *object)
{
  g_ptr_array_unref (SAMPAN_TRASH_STORE (object)->items);
  G_OBJECT_CLASS (sampan_trash_store_parent_class)->finalize (object);
}

static void
sampan_trash_store_class_init (SampanTrashStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sampan_trash_store_finalize;
}

static void
sampan_trash_store_init (SampanTrashStore *self)
{
  GType types[SAMPAN_TRASH_N_COLUMNS] = {
    [SAMPAN_TRASH_COLUMN_INDEX] = G_TYPE_UINT,
    [SAMPAN_TRASH_COLUMN_ICON] = G_TYPE_ICON,
    [SAMPAN_TRASH_COLUMN_NAME] = G_TYPE_STRING,
    [SAMPAN_TRASH_COLUMN_FOLDER] = G_TYPE_STRING,
    [SAMPAN_TRASH_COLUMN_REMOVED] = G_TYPE_INT64,
    [SAMPAN_TRASH_COLUMN_REMOVED_TEXT] = G_TYPE_STRING,
    [SAMPAN_TRASH_COLUMN_USER] = G_TYPE_STRING,
    [SAMPAN_TRASH_COLUMN_SIZE] = G_TYPE_UINT64,
    [SAMPAN_TRASH_COLUMN_SIZE_TEXT] = G_TYPE_STRING,
    [SAMPAN_TRASH_COLUMN_TIP] = G_TYPE_STRING,
  };

  self->items = g_ptr_array_new_with_free_func ((GDestroyNotify)sampan_trash_item_free);
  gtk_list_store_set_column_types (GTK_LIST_STORE (self), SAMPAN_TRASH_N_COLUMNS, types);
}

SampanTrashStore *
sampan_trash_store_new (void)
{
  return g_object_new (SAMPAN_TYPE_TRASH_STORE, NULL);
}

void
sampan_trash_store_clear (SampanTrashStore *self)
{
  gtk_list_store_clear (GTK_LIST_STORE (self));
  g_ptr_array_set_size (self->items, 0);
}

static int
compare_removed (gconstpointer a, gconstpointer b)
{
  SampanTime first = (*(SampanTrashItem *const *)a)->removed;
  SampanTime second = (*(SampanTrashItem *const *)b)->removed;

  if (first.seconds != second.seconds)
    return first.seconds > second.seconds ? -1 : 1;
  return (first.nanoseconds < second.nanoseconds) - (first.nanoseconds > second.nanoseconds);
}

void
sampan_trash_store_take (SampanTrashStore *self, GPtrArray *page)
{
  g_ptr_array_extend_and_steal (self->items, g_ptr_array_ref (page));
  g_ptr_array_sort (self->items, compare_removed);
  if (self->items->len > SAMPAN_TRASH_STORE_MAX)
    g_ptr_array_set_size (self->items, (int)SAMPAN_TRASH_STORE_MAX);
}

static void
add_row (SampanTrashStore *self, guint index)
{
  const SampanTrashItem *item = g_ptr_array_index (self->items, index);
  SampanFileInfo info = { .name = sampan_path_get_name (item->path),
                          .kind = item->kind,
                          .mtime = item->removed };
  g_autoptr (SampanPath) parent = sampan_path_get_parent (item->path);
  g_autofree char *name = sampan_display_name (info.name, -1);
  g_autofree char *folder = sampan_display_name (sampan_path_get (parent), -1);
  g_autofree char *user = sampan_display_name (item->user, -1);
  g_autofree char *removed = sampan_entry_text_dup_modified (&info, false);
  g_autofree char *removed_full = sampan_entry_text_dup_modified (&info, true);
  g_autofree char *size = g_format_size (item->size);
  /* Translators: a path, then the full date at which it was deleted. */
  g_autofree char *tip =
      g_markup_printf_escaped (_ ("/%s/%s, deleted %s"), folder, name, removed_full);

  gtk_list_store_insert_with_values (GTK_LIST_STORE (self),
                                     NULL,
                                     -1,
                                     SAMPAN_TRASH_COLUMN_INDEX,
                                     index,
                                     SAMPAN_TRASH_COLUMN_ICON,
                                     sampan_entry_text_get_icon (&info),
                                     SAMPAN_TRASH_COLUMN_NAME,
                                     name,
                                     SAMPAN_TRASH_COLUMN_FOLDER,
                                     folder,
                                     SAMPAN_TRASH_COLUMN_REMOVED,
                                     item->removed.seconds,
                                     SAMPAN_TRASH_COLUMN_REMOVED_TEXT,
                                     removed,
                                     SAMPAN_TRASH_COLUMN_USER,
                                     user,
                                     SAMPAN_TRASH_COLUMN_SIZE,
                                     item->size,
                                     SAMPAN_TRASH_COLUMN_SIZE_TEXT,
                                     size,
                                     SAMPAN_TRASH_COLUMN_TIP,
                                     tip,
                                     -1);
}

void
sampan_trash_store_fill (SampanTrashStore *self)
{
  for (guint i = 0; i < self->items->len; i++)
    add_row (self, i);
}

guint
sampan_trash_store_get_length (SampanTrashStore *self)
{
  return self->items->len;
}

const SampanTrashItem *
sampan_trash_store_get (SampanTrashStore *self, GtkTreePath *path)
{
  GtkTreeIter iter;
  guint index;

  if (!gtk_tree_model_get_iter (GTK_TREE_MODEL (self), &iter, path))
    return NULL;
  gtk_tree_model_get (GTK_TREE_MODEL (self), &iter, SAMPAN_TRASH_COLUMN_INDEX, &index, -1);
  return g_ptr_array_index (self->items, index);
}

const SampanTrashItem *
sampan_trash_store_lookup (SampanTrashStore *self, const SampanTrashId *id)
{
  for (guint i = 0; i < self->items->len; i++)
    {
      const SampanTrashItem *item = g_ptr_array_index (self->items, i);

      if (memcmp (&item->id, id, sizeof *id) == 0)
        return item;
    }
  return NULL;
}
