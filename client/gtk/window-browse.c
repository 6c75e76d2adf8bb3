/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Moving through the folders. */

#include "config.h"

#include "window-private.h"

#include "entry-text.h"

#include <glib/gi18n.h>

/* A folder that comes sooner needs no spinner. */
#define SPINNER_DELAY_MS 1000
/* Between a change on the box and the listing that shows it. */
#define REFRESH_DELAY_MS 300
/* A large folder is not read again for each file of a batch. */
#define REFRESH_LARGE_DELAY_MS 3000
#define LARGE_FOLDER_ENTRIES 5000
/* Folders that Back leads to. */
#define HISTORY_MAX 100

/* ---- history ---- */

static void
push_history (SampanWindow *self, const SampanPath *path)
{
  guint keep = self->history->len > 0 ? self->history_index + 1 : 0;

  if (keep > 0 && sampan_path_equal (g_ptr_array_index (self->history, keep - 1), path))
    return;
  g_ptr_array_set_size (self->history, (int)keep);
  g_ptr_array_add (self->history, sampan_path_ref (path));
  if (self->history->len > HISTORY_MAX)
    g_ptr_array_remove_index (self->history, 0);
  self->history_index = self->history->len - 1;
}

/* ---- listing ---- */

static void
stop_listing (SampanWindow *self)
{
  g_clear_handle_id (&self->spinner_id, g_source_remove);
  g_cancellable_cancel (self->list_cancellable);
  g_clear_object (&self->list_cancellable);
  g_clear_pointer (&self->target, sampan_path_unref);
}

static gboolean
spinner_cb (gpointer user_data)
{
  SampanWindow *self = user_data;

  self->spinner_id = 0;
  sampan_file_view_show_loading (self->file_view);
  return G_SOURCE_REMOVE;
}

static void
remember_rights (SampanWindow *self, SampanFolderList *shares)
{
  size_t length = sampan_folder_list_get_length (shares);

  g_hash_table_remove_all (self->rights);
  for (size_t i = 0; i < length; i++)
    {
      const SampanFileInfo *info = sampan_folder_list_get (shares, i);

      g_hash_table_insert (self->rights, g_strdup (info->name), GINT_TO_POINTER (info->right));
    }
}

static void
set_path (SampanWindow *self, const SampanPath *path)
{
  SampanPath *held = sampan_path_ref (path);

  g_clear_pointer (&self->path, sampan_path_unref);
  self->path = held;
}

/* What is on screen changes only here, once the answer is there. */
static void
list_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SampanWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SampanPath) path = NULL;
  g_autoptr (SampanFolderList) list =
      sampan_session_list_finish (SAMPAN_SESSION (source), result, &error);
  bool tried_last_place = self->tries_last_place;
  const char *host = sampan_session_get_host (SAMPAN_SESSION (source));

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->target == NULL)
    return;
  path = sampan_path_ref (self->target);
  self->tries_last_place = false;
  if (list == NULL && tried_last_place)
    {
      sampan_window_enter (self);
      return;
    }
  stop_listing (self);
  sampan_window_drop_search (self);
  set_path (self, path);
  push_history (self, path);
  if (list == NULL)
    {
      sampan_file_view_show_error (self->file_view, host, path, error);
      sampan_window_forget_space (self);
    }
  else
    {
      if (sampan_path_is_root (path))
        remember_rights (self, list);
      sampan_file_view_show_list (self->file_view,
                                  host,
                                  path,
                                  list,
                                  sampan_window_get_share_right (self) >= SAMPAN_RIGHT_ADD);
      sampan_window_ask_space (self);
    }
  sampan_window_update_actions (self);
}

static void
folder_changed_cb (SampanFolderWatch *watch, gpointer user_data)
{
  sampan_window_plan_refresh (user_data);
}

/* Before its listing, so that this misses nothing. The root is no folder of any disk. */
static void
watch_folder (SampanWindow *self, const SampanPath *path)
{
  if (self->watch != NULL && sampan_path_equal (sampan_folder_watch_get_path (self->watch), path))
    return;
  g_clear_object (&self->watch);
  if (sampan_path_is_root (path))
    return;
  self->watch = sampan_folder_watch_new (self->session, path);
  g_signal_connect_object (self->watch, "changed", G_CALLBACK (folder_changed_cb), self, 0);
}

static void
start_listing (SampanWindow *self, const SampanPath *path)
{
  SampanPath *target = sampan_path_ref (path);
  bool same = self->path != NULL && sampan_path_equal (self->path, path);

  stop_listing (self);
  g_clear_handle_id (&self->refresh_id, g_source_remove);
  self->target = target;
  self->list_cancellable = g_cancellable_new ();
  if (!same)
    self->spinner_id = g_timeout_add (SPINNER_DELAY_MS, spinner_cb, self);
  watch_folder (self, target);
  sampan_session_list_async (self->session,
                             target,
                             self->list_cancellable,
                             list_cb,
                             g_object_ref (self));
}

/* ---- after the login ---- */

/* Where there is one share only, its files are what the person came for. */
static SampanPath *
choose_first_path (SampanFolderList *shares)
{
  g_autoptr (SampanPath) root = sampan_path_new_root ();

  if (sampan_folder_list_get_length (shares) != 1)
    return g_steal_pointer (&root);
  return sampan_path_get_child (root, sampan_folder_list_get (shares, 0)->name, NULL);
}

static void
shares_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SampanWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SampanFolderList) shares =
      sampan_session_list_finish (SAMPAN_SESSION (source), result, &error);
  g_autoptr (SampanPath) first = NULL;

  if (self->closing || sampan_session_get_state (self->session) != SAMPAN_SESSION_READY)
    return;
  if (shares == NULL)
    {
      sampan_window_tell_error (self, error);
      return;
    }
  remember_rights (self, shares);
  self->entered = true;
  if (self->wanted != NULL && !sampan_path_is_root (self->wanted))
    {
      first = g_steal_pointer (&self->wanted);
      self->tries_last_place = false;
    }
  else if (self->tries_last_place)
    {
      first = sampan_window_dup_last_place (self);
      self->tries_last_place = first != NULL;
    }
  if (first == NULL)
    first = choose_first_path (shares);
  g_clear_pointer (&self->wanted, sampan_path_unref);
  if (first != NULL)
    start_listing (self, first);
  sampan_file_view_focus_list (self->file_view);
  sampan_window_update_actions (self);
}

void
sampan_window_enter (SampanWindow *self)
{
  g_autoptr (SampanPath) root = sampan_path_new_root ();

  stop_listing (self);
  self->list_cancellable = g_cancellable_new ();
  if (self->path == NULL)
    self->spinner_id = g_timeout_add (SPINNER_DELAY_MS, spinner_cb, self);
  sampan_session_list_async (self->session,
                             root,
                             self->list_cancellable,
                             shares_cb,
                             g_object_ref (self));
}

void
sampan_window_leave (SampanWindow *self)
{
  sampan_window_remember_place (self);
  stop_listing (self);
  sampan_window_drop_search (self);
  g_clear_object (&self->watch);
  g_clear_handle_id (&self->refresh_id, g_source_remove);
  g_clear_pointer (&self->path, sampan_path_unref);
  g_ptr_array_set_size (self->history, 0);
  self->history_index = 0;
  g_hash_table_remove_all (self->rights);
  self->tries_last_place = true;
  sampan_window_forget_undo (self);
  sampan_window_cancel_fetches (self);
  sampan_window_forget_clipped (self);
  sampan_window_stop_relocations (self);
  sampan_window_forget_space (self);
  self->entered = false;
  sampan_file_view_show_disconnected (self->file_view);
  sampan_window_update_actions (self);
}

/* ---- going places ---- */

void
sampan_window_go (SampanWindow *self, const SampanPath *path)
{
  if (sampan_window_is_ready (self))
    start_listing (self, path);
}

void
sampan_window_go_back (SampanWindow *self)
{
  if (self->history_index == 0 || !sampan_window_is_ready (self))
    return;
  self->history_index--;
  start_listing (self, g_ptr_array_index (self->history, self->history_index));
}

void
sampan_window_go_forward (SampanWindow *self)
{
  if (self->history_index + 1 >= self->history->len || !sampan_window_is_ready (self))
    return;
  self->history_index++;
  start_listing (self, g_ptr_array_index (self->history, self->history_index));
}

/* The folder one came out of is selected. */
void
sampan_window_go_up (SampanWindow *self)
{
  g_autoptr (SampanPath) parent = NULL;

  if (self->path == NULL)
    return;
  parent = sampan_path_get_parent (self->path);
  if (parent == NULL)
    return;
  sampan_file_view_select_name (self->file_view, sampan_path_get_name (self->path));
  sampan_window_go (self, parent);
}

void
sampan_window_go_home (SampanWindow *self)
{
  g_autoptr (SampanPath) below = NULL;
  g_autoptr (SampanPath) root = sampan_path_new_root ();
  g_autoptr (SampanPath) home = NULL;
  g_autofree char *share = NULL;

  if (self->path != NULL)
    share = sampan_path_split_share (self->path, &below);
  if (share == NULL)
    return;
  home = sampan_path_get_child (root, share, NULL);
  sampan_window_go (self, home);
}

void
sampan_window_refresh (SampanWindow *self)
{
  if (self->path == NULL || !sampan_window_is_ready (self))
    return;
  if (self->search != NULL)
    sampan_window_search_again (self);
  /* Who is on the way to another folder gets there first. */
  else if (self->target != NULL && !sampan_path_equal (self->target, self->path))
    sampan_window_plan_refresh (self);
  else
    start_listing (self, self->path);
}

static gboolean
refresh_cb (gpointer user_data)
{
  SampanWindow *self = user_data;

  self->refresh_id = 0;
  /* What was found stays as it is until it is asked for again. */
  if (self->search != NULL)
    return G_SOURCE_REMOVE;
  /* A listing that runs may have begun before the change. */
  if (self->target == NULL)
    sampan_window_refresh (self);
  else
    sampan_window_plan_refresh (self);
  return G_SOURCE_REMOVE;
}

void
sampan_window_plan_refresh (SampanWindow *self)
{
  bool large = sampan_file_view_get_n_shown (self->file_view) > LARGE_FOLDER_ENTRIES;

  if (self->refresh_id == 0)
    self->refresh_id =
        g_timeout_add (large ? REFRESH_LARGE_DELAY_MS : REFRESH_DELAY_MS, refresh_cb, self);
}

void
sampan_window_open_entry (SampanWindow *self, const SampanFileInfo *info)
{
  g_autoptr (SampanPath) path = NULL;
  g_autoptr (GError) error = NULL;

  if (!sampan_window_is_ready (self))
    return;
  if (!sampan_entry_text_is_folder (info))
    {
      if (self->search != NULL)
        sampan_window_open_location (self, info);
      else if (info->kind == SAMPAN_ENTRY_FILE)
        sampan_window_open_file (self, info);
      return;
    }
  path = sampan_window_dup_entry_path (self, info, &error);
  if (path != NULL)
    sampan_window_go (self, path);
  else
    sampan_window_tell_item_error (self, info->name, error);
}
