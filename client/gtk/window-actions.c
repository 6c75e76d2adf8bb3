/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The window's actions, and the changes on the box: new folder, rename, delete. */

#include "config.h"

#include "window-private.h"

#include "entry-text.h"
#include "escape.h"
#include "name-popover.h"

#include <glib/gi18n.h>
#include <string.h>

/* Removals under way at the same time: enough to hide the round trip. */
#define REMOVE_AT_ONCE 32
/* About what a name takes in the list. */
#define NAME_WIDTH_PX 160

/* ---- new folder ---- */

static void
mkdir_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SampanWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!sampan_session_mkdir_finish (SAMPAN_SESSION (source), result, &error))
    sampan_window_tell_error (self, error);
  else
    sampan_window_refresh (self);
}

static void
new_folder_named_cb (SampanNamePopover *popover, const char *name, gpointer user_data)
{
  SampanWindow *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SampanPath) path = sampan_path_get_child (self->path, name, &error);

  if (path == NULL)
    {
      sampan_window_tell_item_error (self, name, error);
      return;
    }
  sampan_file_view_select_name (self->file_view, name);
  sampan_session_mkdir_async (self->session, path, false, NULL, mkdir_cb, g_object_ref (self));
}

static void
new_folder_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SampanWindow *self = user_data;
  SampanNamePopover *popover =
      sampan_name_popover_new (sampan_action_bar_get_new_folder_button (self->action_bar),
                               _ ("New Folder"),
                               _ ("_Create"),
                               "",
                               FALSE);

  g_signal_connect_object (popover, "accepted", G_CALLBACK (new_folder_named_cb), self, 0);
  gtk_popover_popup (GTK_POPOVER (popover));
}

/* ---- rename ---- */

typedef struct
{
  SampanWindow *window; /* a reference once it is asked for */
  SampanPath *folder;
  SampanPath *from;
  SampanPath *to;
} Rename;

static void
rename_free (Rename *rename)
{
  g_clear_pointer (&rename->folder, sampan_path_unref);
  g_clear_pointer (&rename->from, sampan_path_unref);
  g_clear_pointer (&rename->to, sampan_path_unref);
  g_free (rename);
}

static void
rename_closure_free (gpointer data, GClosure *closure)
{
  rename_free (data);
}

static void
tell_renamed (const Rename *rename, const SampanPlaced *placed)
{
  g_autoptr (SampanUndo) undo = sampan_undo_new (rename->window->session);
  g_autofree char *from = sampan_display_name (sampan_path_get_name (rename->from), -1);
  g_autofree char *to = sampan_display_name (placed->name, -1);
  /* Translators: the old and the new name of a file or folder. */
  g_autofree char *text = g_strdup_printf (_ ("“%s” was renamed to “%s”"), from, to);

  sampan_undo_add_moved (undo, rename->from, rename->to, placed);
  sampan_window_did (rename->window, undo, text);
}

static void
rename_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Rename *rename = user_data;
  g_autoptr (SampanWindow) self = rename->window;
  g_autoptr (GError) error = NULL;
  g_auto (SampanPlaced) placed = { 0 };

  if (!sampan_session_rename_finish (SAMPAN_SESSION (source), result, &placed, &error))
    sampan_window_tell_error (self, error);
  else
    {
      tell_renamed (rename, &placed);
      sampan_window_refresh (self);
    }
  rename_free (rename);
}

static void
renamed_cb (SampanNamePopover *popover, const char *name, gpointer user_data)
{
  Rename *rename = user_data;
  SampanWindow *self = rename->window;
  Rename *asked;
  g_autoptr (GError) error = NULL;
  g_autoptr (SampanPath) to = sampan_path_get_child (rename->folder, name, &error);

  if (to == NULL)
    {
      sampan_window_tell_item_error (self, name, error);
      return;
    }
  sampan_file_view_select_name (self->file_view, name);
  asked = g_new0 (Rename, 1);
  asked->window = g_object_ref (self);
  asked->from = sampan_path_ref (rename->from);
  asked->to = sampan_path_ref (to);
  sampan_session_rename_async (self->session,
                               rename->from,
                               to,
                               SAMPAN_CONFLICT_REFUSE,
                               NULL,
                               NULL,
                               rename_cb,
                               asked);
}

static void
rename_action_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SampanWindow *self = user_data;
  g_autoptr (GPtrArray) selected = sampan_file_view_dup_selected (self->file_view);
  const SampanFileInfo *info = g_ptr_array_index (selected, 0);
  g_autoptr (SampanPath) from = sampan_window_dup_entry_path (self, info, NULL);
  g_autofree char *display = sampan_display_name (sampan_entry_text_get_name (info), -1);
  SampanNamePopover *popover;
  GdkRectangle area;
  GtkWidget *widget;
  Rename *rename;

  if (from == NULL)
    return;
  widget = sampan_file_view_get_selected_area (self->file_view, &area);
  popover = sampan_name_popover_new (widget,
                                     _ ("Rename"),
                                     _ ("_Rename"),
                                     display,
                                     info->kind == SAMPAN_ENTRY_FILE);
  gtk_popover_set_pointing_to (GTK_POPOVER (popover), &area);
  rename = g_new0 (Rename, 1);
  rename->window = self;
  rename->folder = sampan_path_get_parent (from);
  rename->from = g_steal_pointer (&from);
  g_signal_connect_data (popover,
                         "accepted",
                         G_CALLBACK (renamed_cb),
                         rename,
                         rename_closure_free,
                         0);
  gtk_popover_popup (GTK_POPOVER (popover));
}

/* ---- delete ---- */

typedef struct
{
  SampanWindow *window;
  SampanUndo *undo;
  GPtrArray *paths; /* of SampanPath */
  guint next;
  guint n_pending;
  guint n_answered; /* answers come in the order of the requests */
  GError *error;    /* of the first that failed: no more are sent */
  char *name;       /* and its name */
} Removal;

static void remove_next (Removal *removal);

static void
tell_removed (const Removal *removal)
{
  guint count = sampan_undo_get_length (removal->undo);
  g_autofree char *text = NULL;

  if (count == 1 && removal->paths->len == 1)
    {
      g_autofree char *name =
          sampan_display_name (sampan_path_get_name (g_ptr_array_index (removal->paths, 0)), -1);

      /* Translators: the name of a file or folder. */
      text = g_strdup_printf (_ ("“%s” was moved to the trash"), name);
    }
  else
    text = g_strdup_printf (ngettext ("%u item was moved to the trash",
                                      "%u items were moved to the trash",
                                      count),
                            count);
  sampan_window_did (removal->window, removal->undo, text);
}

static void
removal_end (Removal *removal)
{
  SampanWindow *self = removal->window;

  if (removal->error != NULL)
    sampan_window_tell_item_error (self, removal->name, removal->error);
  tell_removed (removal);
  sampan_window_refresh (self);
  g_clear_error (&removal->error);
  g_free (removal->name);
  g_object_unref (removal->undo);
  g_ptr_array_unref (removal->paths);
  g_object_unref (self);
  g_free (removal);
}

static void
remove_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Removal *removal = user_data;
  uint8_t trash_id[SAMPAN_TRASH_ID_LENGTH];
  g_autoptr (GError) error = NULL;
  SampanPath *path;

  path = g_ptr_array_index (removal->paths, removal->n_answered++);
  removal->n_pending--;
  if (sampan_session_remove_finish (SAMPAN_SESSION (source), result, trash_id, &error))
    sampan_undo_add_removed (removal->undo, path, trash_id);
  else if (removal->error == NULL)
    {
      removal->error = g_steal_pointer (&error);
      removal->name = g_strdup (sampan_path_get_name (path));
    }
  remove_next (removal);
}

static void
remove_next (Removal *removal)
{
  SampanSession *session = removal->window->session;

  while (removal->next < removal->paths->len && removal->n_pending < REMOVE_AT_ONCE &&
         removal->error == NULL)
    {
      SampanPath *path = g_ptr_array_index (removal->paths, removal->next++);

      removal->n_pending++;
      sampan_session_remove_async (session, path, true, NULL, remove_cb, removal);
    }
  if (removal->n_pending == 0)
    removal_end (removal);
}

GPtrArray *
sampan_window_dup_selected_paths (SampanWindow *self)
{
  g_autoptr (GPtrArray) selected = sampan_file_view_dup_selected (self->file_view);
  GPtrArray *paths = g_ptr_array_new_with_free_func ((GDestroyNotify)sampan_path_unref);

  for (guint i = 0; i < selected->len; i++)
    {
      const SampanFileInfo *info = g_ptr_array_index (selected, i);
      SampanPath *path = sampan_window_dup_entry_path (self, info, NULL);

      if (path != NULL)
        g_ptr_array_add (paths, path);
    }
  return paths;
}

/* The paths were taken when the question was put: what is selected by now does not matter. */
#define REMOVAL_KEY "sampan-removal"

static void
delete_confirmed (SampanWindow *self)
{
  GPtrArray *paths = g_object_steal_data (G_OBJECT (self), REMOVAL_KEY);
  Removal *removal;

  if (paths == NULL || !sampan_window_is_ready (self))
    return;
  removal = g_new0 (Removal, 1);
  removal->window = g_object_ref (self);
  removal->undo = sampan_undo_new (self->session);
  removal->paths = paths;
  remove_next (removal);
}

static void
delete_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SampanWindow *self = user_data;
  GPtrArray *paths = sampan_window_dup_selected_paths (self);
  g_autofree char *title = NULL;

  g_object_set_data_full (G_OBJECT (self), REMOVAL_KEY, paths, (GDestroyNotify)g_ptr_array_unref);
  if (paths->len == 0)
    return;
  if (paths->len == 1)
    {
      g_autofree char *name =
          sampan_display_name (sampan_path_get_name (g_ptr_array_index (paths, 0)), -1);

      /* Translators: the name of a file or folder. */
      title = g_strdup_printf (_ ("Move “%s” to the box’s trash?"), name);
    }
  else
    title = g_strdup_printf (ngettext ("Move %u item to the box’s trash?",
                                       "Move %u items to the box’s trash?",
                                       paths->len),
                             paths->len);
  sampan_window_ask (self,
                     title,
                     _ ("Folders go with all that they hold. Undo (Ctrl+Z) brings them back."),
                     _ ("_Delete"),
                     delete_confirmed);
}

/* ---- the rest ---- */

#define DEFINE_SIMPLE_ACTION(name, call)                                                           \
  static void name##_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)           \
  {                                                                                                \
    SampanWindow *self = user_data;                                                                \
    call;                                                                                          \
  }

DEFINE_SIMPLE_ACTION (back, sampan_window_go_back (self))
DEFINE_SIMPLE_ACTION (forward, sampan_window_go_forward (self))
DEFINE_SIMPLE_ACTION (up, sampan_window_go_up (self))
DEFINE_SIMPLE_ACTION (home, sampan_window_go_home (self))
DEFINE_SIMPLE_ACTION (refresh, sampan_window_refresh (self))
DEFINE_SIMPLE_ACTION (reconnect, sampan_window_reconnect (self))
DEFINE_SIMPLE_ACTION (upload, sampan_window_upload (self))
DEFINE_SIMPLE_ACTION (upload_folder, sampan_window_upload_folder (self))
DEFINE_SIMPLE_ACTION (cut, sampan_window_cut (self))
DEFINE_SIMPLE_ACTION (copy, sampan_window_copy (self))
DEFINE_SIMPLE_ACTION (paste, sampan_window_paste (self))
DEFINE_SIMPLE_ACTION (download, sampan_window_download (self))
DEFINE_SIMPLE_ACTION (type_path, sampan_file_view_edit_path (self->file_view))
DEFINE_SIMPLE_ACTION (undo, sampan_window_undo (self))
DEFINE_SIMPLE_ACTION (redo, sampan_window_redo (self))
DEFINE_SIMPLE_ACTION (close, gtk_window_close (GTK_WINDOW (self)))
DEFINE_SIMPLE_ACTION (menu,
                      gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->menu_button), TRUE))

static void
open_selected_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SampanWindow *self = user_data;
  g_autoptr (GPtrArray) selected = sampan_file_view_dup_selected (self->file_view);

  if (selected->len == 1)
    sampan_window_open_entry (self, g_ptr_array_index (selected, 0));
}

static void
open_location_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SampanWindow *self = user_data;
  g_autoptr (GPtrArray) selected = sampan_file_view_dup_selected (self->file_view);

  if (selected->len == 1)
    sampan_window_open_location (self, g_ptr_array_index (selected, 0));
}

static void
search_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SampanWindow *self = user_data;

  g_action_group_change_action_state (G_ACTION_GROUP (self),
                                      "show-filter",
                                      g_variant_new_boolean (TRUE));
  sampan_file_view_start_search (self->file_view);
}

static void
find_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SampanWindow *self = user_data;

  g_action_group_change_action_state (G_ACTION_GROUP (self),
                                      "show-filter",
                                      g_variant_new_boolean (TRUE));
  sampan_file_view_focus_filter (self->file_view);
}

static void
show_filter_cb (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  SampanWindow *self = user_data;

  g_simple_action_set_state (action, value);
  sampan_file_view_set_show_filter (self->file_view, g_variant_get_boolean (value));
}

static void
show_hidden_cb (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  SampanWindow *self = user_data;

  g_simple_action_set_state (action, value);
  g_settings_set_value (sampan_settings_get (), SAMPAN_SETTING_SHOW_HIDDEN, value);
  sampan_file_view_set_show_hidden (self->file_view, g_variant_get_boolean (value));
}

static void
show_problems_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  sampan_window_show_problems (user_data);
}

static const GActionEntry entries[] = {
  { "back", back_cb },
  { "forward", forward_cb },
  { "up", up_cb },
  { "home", home_cb },
  { "refresh", refresh_cb },
  { "reconnect", reconnect_cb },
  { "upload", upload_cb },
  { "upload-folder", upload_folder_cb },
  { "cut", cut_cb },
  { "copy", copy_cb },
  { "paste", paste_cb },
  { "download", download_cb },
  { "new-folder", new_folder_cb },
  { "rename", rename_action_cb },
  { "delete", delete_cb },
  { "open-selected", open_selected_cb },
  { "undo", undo_cb },
  { "redo", redo_cb },
  { "type-path", type_path_cb },
  { "find", find_cb },
  { "search", search_cb },
  { "open-location", open_location_cb },
  { "menu", menu_cb },
  { "show-problems", show_problems_cb },
  { "close", close_cb },
  { "show-filter", NULL, NULL, "true", show_filter_cb },
  { "show-hidden", NULL, NULL, "false", show_hidden_cb },
};

void
sampan_window_init_actions (SampanWindow *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
}

void
sampan_window_set_enabled (SampanWindow *self, const char *action, bool enabled)
{
  GAction *found = g_action_map_lookup_action (G_ACTION_MAP (self), action);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (found), enabled);
}
