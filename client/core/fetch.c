/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A few files that somebody waits for. */

#include "config.h"

#include "fetch.h"

#include "errors.h"
#include "escape.h"
#include "open-cache.h"

#include <errno.h>
#include <sys/stat.h>

#define READ_ONLY_MODE 0400

typedef struct
{
  SampanPath *path;
  SampanFileInfo *info;
} Item;

struct _SampanFetch
{
  GObject parent_instance;

  SampanSession *session;
  SampanQueue *queue;
  GPtrArray *items; /* of Item */
  char *title;
  char *place; /* NULL until it is made */
  GTask *task; /* borrowed: while it runs */
  gulong cancel_id;
  bool read_only;
};

G_DEFINE_TYPE (SampanFetch, sampan_fetch, G_TYPE_OBJECT)

static void
item_free (gpointer data)
{
  Item *item = data;

  sampan_path_unref (item->path);
  sampan_file_info_free (item->info);
  g_free (item);
}

/* ---- the end ---- */

static char *
dup_filename (SampanTransfer *transfer)
{
  const char *local = sampan_transfer_get_local (transfer);
  const char *stored = sampan_transfer_get_stored_name (transfer);
  g_autofree char *folder = g_path_get_dirname (local);

  return stored != NULL ? g_build_filename (folder, stored, NULL) : g_strdup (local);
}

static GPtrArray *
list_files (SampanFetch *self)
{
  GPtrArray *files = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->queue)); i++)
    {
      g_autoptr (SampanTransfer) transfer = g_list_model_get_item (G_LIST_MODEL (self->queue), i);

      g_ptr_array_add (files, dup_filename (transfer));
    }
  return files;
}

/* What went wrong, and so ended the others; NULL if nothing. */
static GError *
find_error (SampanFetch *self)
{
  bool is_cancelled = false;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->queue)); i++)
    {
      g_autoptr (SampanTransfer) transfer = g_list_model_get_item (G_LIST_MODEL (self->queue), i);

      if (sampan_transfer_get_state (transfer) == SAMPAN_TRANSFER_FAILED)
        return g_error_copy (sampan_transfer_get_error (transfer));
      is_cancelled |= sampan_transfer_get_state (transfer) == SAMPAN_TRANSFER_CANCELLED;
    }
  return is_cancelled ? g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled") : NULL;
}

static void
protect_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  SampanFetch *self = source;
  GPtrArray *files = data;

  for (guint i = 0; self->read_only && i < files->len; i++)
    if (chmod (g_ptr_array_index (files, i), READ_ONLY_MODE) != 0)
      g_debug ("A copy stays writable: %s", g_strerror (errno));
  g_task_return_pointer (task, g_ptr_array_ref (files), (GDestroyNotify)g_ptr_array_unref);
}

static void
remove_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  sampan_open_cache_remove_place (SAMPAN_FETCH (source)->place);
  g_task_return_error (task, g_error_copy (data));
}

static void
free_error (gpointer error)
{
  g_error_free (error);
}

static void
finish (SampanFetch *self)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->task);
  GError *error = find_error (self);

  g_signal_handlers_disconnect_by_data (self->queue, self);
  g_cancellable_disconnect (g_task_get_cancellable (task), self->cancel_id);
  g_task_set_check_cancellable (task, FALSE);
  if (error != NULL)
    {
      g_task_set_task_data (task, error, free_error);
      g_task_run_in_thread (task, remove_thread);
      return;
    }
  g_task_set_task_data (task, list_files (self), (GDestroyNotify)g_ptr_array_unref);
  g_task_run_in_thread (task, protect_thread);
}

/* ---- running ---- */

static void
finished_cb (SampanQueue *queue, SampanTransfer *transfer, gpointer user_data)
{
  /* All or nothing. */
  if (sampan_transfer_get_state (transfer) != SAMPAN_TRANSFER_DONE)
    sampan_queue_cancel_all (queue);
}

static void
active_cb (SampanQueue *queue, GParamSpec *pspec, gpointer user_data)
{
  gboolean active = FALSE;

  g_object_get (queue, "active", &active, NULL);
  if (!active && SAMPAN_FETCH (user_data)->task != NULL)
    finish (user_data);
}

static gboolean
cancel_cb (gpointer user_data)
{
  sampan_queue_cancel_all (SAMPAN_FETCH (user_data)->queue);
  return G_SOURCE_REMOVE;
}

/* Never from inside of g_cancellable_cancel(), in whose callbacks nothing can be disconnected. */
static void
cancelled_cb (GCancellable *cancellable, SampanFetch *self)
{
  g_idle_add_full (G_PRIORITY_DEFAULT, cancel_cb, g_object_ref (self), g_object_unref);
}

static void
add_transfers (SampanFetch *self)
{
  sampan_queue_begin_adding (self->queue);
  for (guint i = 0; i < self->items->len; i++)
    {
      const Item *item = g_ptr_array_index (self->items, i);
      g_autofree char *name = sampan_open_cache_dup_name (item->info->name);
      g_autofree char *local = g_build_filename (self->place, name, NULL);
      g_autoptr (SampanTransfer) transfer =
          sampan_transfer_new_download (self->session,
                                        item->path,
                                        local,
                                        SAMPAN_CONFLICT_KEEP_BOTH);

      sampan_transfer_set_expected_bytes (transfer, item->info->size);
      sampan_queue_add (self->queue, transfer);
    }
  g_signal_connect (self->queue, "finished", G_CALLBACK (finished_cb), self);
  g_signal_connect (self->queue, "notify::active", G_CALLBACK (active_cb), self);
  sampan_queue_end_adding (self->queue);
}

static void
make_place_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  char *place = sampan_open_cache_make_place (&error);

  if (place != NULL)
    g_task_return_pointer (task, place, g_free);
  else
    g_task_return_error (task, error);
}

static void
made_place_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SampanFetch *self = SAMPAN_FETCH (source);
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  self->place = g_task_propagate_pointer (G_TASK (result), &error);
  if (self->place == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  self->task = g_object_ref (task);
  if (g_task_get_cancellable (task) != NULL)
    self->cancel_id = g_cancellable_connect (g_task_get_cancellable (task),
                                             G_CALLBACK (cancelled_cb),
                                             self,
                                             NULL);
  add_transfers (self);
}

static void
sampan_fetch_finalize (GObject *object)
{
  SampanFetch *self = SAMPAN_FETCH (object);

  g_object_unref (self->session);
  g_object_unref (self->queue);
  g_ptr_array_unref (self->items);
  g_free (self->title);
  g_free (self->place);
  G_OBJECT_CLASS (sampan_fetch_parent_class)->finalize (object);
}

static void
sampan_fetch_class_init (SampanFetchClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sampan_fetch_finalize;
}

static void
sampan_fetch_init (SampanFetch *self)
{
  self->queue = sampan_queue_new ();
  self->items = g_ptr_array_new_with_free_func (item_free);
}

SampanFetch *
sampan_fetch_new (SampanSession *session)
{
  SampanFetch *self = g_object_new (SAMPAN_TYPE_FETCH, NULL);

  self->session = g_object_ref (session);
  return self;
}

void
sampan_fetch_add (SampanFetch *self, const SampanPath *path, const SampanFileInfo *info)
{
  Item *item = g_new0 (Item, 1);

  item->path = sampan_path_ref (path);
  item->info = sampan_file_info_copy (info);
  g_ptr_array_add (self->items, item);
  if (self->title == NULL)
    self->title = sampan_display_name (info->name, -1);
}

void
sampan_fetch_set_read_only (SampanFetch *self, bool read_only)
{
  self->read_only = read_only;
}

guint
sampan_fetch_get_n_files (SampanFetch *self)
{
  return self->items->len;
}

const char *
sampan_fetch_get_title (SampanFetch *self)
{
  return self->title;
}

SampanQueue *
sampan_fetch_get_queue (SampanFetch *self)
{
  return self->queue;
}

void
sampan_fetch_run_async (SampanFetch *self,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GTask) making = NULL;

  g_return_if_fail (self->items->len > 0);
  g_task_set_source_tag (task, sampan_fetch_run_async);
  making = g_task_new (self, NULL, made_place_cb, g_steal_pointer (&task));
  g_task_set_source_tag (making, make_place_thread);
  g_task_run_in_thread (making, make_place_thread);
}

GPtrArray *
sampan_fetch_run_finish (SampanFetch *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
