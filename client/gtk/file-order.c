/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Which entries of a folder are shown, and in which order. */

#include "config.h"

#include "file-order.h"

#include "escape.h"

#include <string.h>

typedef struct
{
  SampanFolderList *list;
  SampanArrangement arrangement;
  char *filter; /* owned, case-folded */
} Job;

typedef struct
{
  const SampanFileInfo *info;
  char *key;
  uint32_t index;
  bool folder;
} Item;

static void
job_free (Job *job)
{
  sampan_folder_list_unref (job->list);
  g_free (job->filter);
  g_free (job);
}

static const char *
get_last_component (const char *name)
{
  const char *slash = strrchr (name, '/');

  return slash != NULL ? slash + 1 : name;
}

static const char *
get_ending (const char *name)
{
  const char *dot = strrchr (get_last_component (name), '.');

  return dot != NULL ? dot : "";
}

/* What was found below a hidden folder is hidden with it. */
static bool
is_hidden (const char *name)
{
  return name[0] == '.' || strstr (name, "/.") != NULL;
}

/* By the bytes of the folder part. */
static int
compare_folders (const char *a, const char *b)
{
  size_t length_a = (size_t)(get_last_component (a) - a);
  size_t length_b = (size_t)(get_last_component (b) - b);
  int order = memcmp (a, b, MIN (length_a, length_b));

  return order != 0 ? order : (length_a > length_b) - (length_a < length_b);
}

static bool
passes (const Job *job, const SampanFileInfo *info, const char *display)
{
  g_autofree char *folded = NULL;

  if (!job->arrangement.show_hidden && is_hidden (info->name))
    return false;
  if (job->filter == NULL)
    return true;
  folded = g_utf8_casefold (display, -1);
  return strstr (folded, job->filter) != NULL;
}

static void
item_clear (gpointer data)
{
  g_free (((Item *)data)->key);
}

static int
compare_times (const SampanTime *a, const SampanTime *b)
{
  if (a->seconds != b->seconds)
    return a->seconds < b->seconds ? -1 : 1;
  return (a->nanoseconds > b->nanoseconds) - (a->nanoseconds < b->nanoseconds);
}

static int
compare_items (gconstpointer data_a, gconstpointer data_b, gpointer user_data)
{
  const Item *a = data_a, *b = data_b;
  const SampanArrangement *arrangement = user_data;
  int order = 0;

  if (a->folder != b->folder)
    return a->folder ? -1 : 1;
  switch (arrangement->sort)
    {
    case SAMPAN_SORT_SIZE:
      order = (a->info->size > b->info->size) - (a->info->size < b->info->size);
      break;
    case SAMPAN_SORT_MODIFIED:
      order = compare_times (&a->info->mtime, &b->info->mtime);
      break;
    case SAMPAN_SORT_FOLDER:
      order = compare_folders (a->info->name, b->info->name);
      break;
    case SAMPAN_SORT_TYPE:
      order = g_ascii_strcasecmp (get_ending (a->info->name), get_ending (b->info->name));
      break;
    case SAMPAN_SORT_NAME:
    case SAMPAN_N_SORTS:
      break;
    }
  if (order == 0)
    order = strcmp (a->key, b->key);
  if (order == 0)
    order = strcmp (a->info->name, b->info->name);
  return arrangement->descending ? -order : order;
}

static void
sort_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Job *job = task_data;
  size_t length = sampan_folder_list_get_length (job->list);
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (Item));
  GArray *order;

  g_array_set_clear_func (items, item_clear);
  for (size_t i = 0; i < length; i++)
    {
      const SampanFileInfo *info = sampan_folder_list_get (job->list, i);
      g_autofree char *display = sampan_display_name (get_last_component (info->name), -1);
      Item item = { info, NULL, (uint32_t)i, false };

      if (g_cancellable_is_cancelled (cancellable))
        break;
      if (!passes (job, info, display))
        continue;
      item.folder = info->kind == SAMPAN_ENTRY_FOLDER || info->kind == SAMPAN_ENTRY_SHARE;
      item.key = g_utf8_collate_key_for_filename (display, -1);
      g_array_append_val (items, item);
    }
  if (g_task_return_error_if_cancelled (task))
    return;
  g_array_sort_with_data (items, compare_items, &job->arrangement);
  order = g_array_sized_new (FALSE, FALSE, sizeof (uint32_t), items->len);
  for (guint i = 0; i < items->len; i++)
    g_array_append_val (order, g_array_index (items, Item, i).index);
  g_task_return_pointer (task, order, (GDestroyNotify)g_array_unref);
}

void
sampan_file_order_async (SampanFolderList *list,
                         const SampanArrangement *arrangement,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Job *job = g_new0 (Job, 1);

  job->list = sampan_folder_list_ref (list);
  job->arrangement = *arrangement;
  if (arrangement->filter != NULL && arrangement->filter[0] != '\0')
    job->filter = g_utf8_casefold (arrangement->filter, -1);
  job->arrangement.filter = NULL;
  g_task_set_source_tag (task, sampan_file_order_async);
  g_task_set_task_data (task, job, (GDestroyNotify)job_free);
  g_task_run_in_thread (task, sort_thread);
}

GArray *
sampan_file_order_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
