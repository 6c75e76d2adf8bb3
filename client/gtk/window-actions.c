/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The window's actions, and the changes on the box that take a name: new folder, rename. */

#include "config.h"

#include "window-private.h"

#include "entry-text.h"
#include "escape.h"
#include "name-popover.h"
#include "sentence-name.h"

#include <glib/gi18n.h>
#include <string.h>

/* About what a name takes in the list. */
#define NAME_WIDTH_PX 160

/* ---- names ---- */

static void
wait_in (SampanWindow *self, SampanNamePopover *popover)
{
  sampan_name_popover_wait (popover);
  g_set_weak_pointer (&self->name_popover, popover);
}

static const char *
get_name_fault (const GError *error)
{
  if (g_error_matches (error, SAMPAN_ERROR, SAMPAN_ERROR_EXISTS))
    return _ ("There is something of this name already. Choose another one.");
  return error != NULL ? sampan_error_get_text (error) : NULL;
}

/* ERROR (nullable) stays near the name as long as that is there to be mended. */
static void
tell_popover (SampanWindow *self, const GError *error)
{
  SampanNamePopover *popover = self->name_popover;

  g_clear_weak_pointer (&self->name_popover);
  if (popover != NULL && gtk_widget_get_mapped (GTK_WIDGET (popover)))
    sampan_name_popover_finish (popover, get_name_fault (error));
  else if (error != NULL)
    sampan_window_tell_error (self, error);
}

/* ---- new folder ---- */

static void
mkdir_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SampanWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  if (sampan_session_mkdir_finish (SAMPAN_SESSION (source), result, &error))
    sampan_window_refresh (self);
  tell_popover (self, error);
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
  wait_in (self, popover);
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
  g_autofree char *from = sampan_sentence_name (sampan_path_get_name (rename->from), -1);
  g_autofree char *to = sampan_sentence_name (placed->name, -1);
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

  if (sampan_session_rename_finish (SAMPAN_SESSION (source), result, &placed, &error))
    {
      tell_renamed (rename, &placed);
      sampan_window_refresh (self);
    }
  tell_popover (self, error);
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
  wait_in (self, popover);
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
DEFINE_SIMPLE_ACTION (move_to, sampan_window_relocate_to (self, false))
DEFINE_SIMPLE_ACTION (copy_to, sampan_window_relocate_to (self, true))
DEFINE_SIMPLE_ACTION (copy, sampan_window_copy (self))
DEFINE_SIMPLE_ACTION (open_aside, sampan_window_open_aside (self))
DEFINE_SIMPLE_ACTION (paste, sampan_window_paste (self))
DEFINE_SIMPLE_ACTION (paste_into, sampan_window_paste_into (self))
DEFINE_SIMPLE_ACTION (transfers, sampan_transfer_panel_toggle_list (self->transfer_panel))
DEFINE_SIMPLE_ACTION (download, sampan_window_download (self))
DEFINE_SIMPLE_ACTION (type_path, sampan_file_view_edit_path (self->file_view))
DEFINE_SIMPLE_ACTION (delete, sampan_window_delete (self, false))
DEFINE_SIMPLE_ACTION (delete_for_good, sampan_window_delete (self, true))
DEFINE_SIMPLE_ACTION (trash, sampan_window_show_trash (self))
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

/* A session goes on when another one is wanted. */
static void
connect_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SampanWindow *self = user_data;
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (self));

  if (sampan_window_is_free (self))
    sampan_login_form_focus_address (self->form);
  else
    g_action_group_activate_action (G_ACTION_GROUP (application), "new-window", NULL);
}

static void
log_out_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  sampan_window_log_out (user_data);
}

static const GActionEntry entries[] = {
  { "connect", connect_cb },
  { "log-out", log_out_cb },
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
  { "paste-into", paste_into_cb },
  { "transfers", transfers_cb },
  { "move-to", move_to_cb },
  { "copy-to", copy_to_cb },
  { "download", download_cb },
  { "new-folder", new_folder_cb },
  { "rename", rename_action_cb },
  { "delete", delete_cb },
  { "delete-for-good", delete_for_good_cb },
  { "trash", trash_cb },
  { "open-selected", open_selected_cb },
  { "undo", undo_cb },
  { "redo", redo_cb },
  { "type-path", type_path_cb },
  { "find", find_cb },
  { "search", search_cb },
  { "open-location", open_location_cb },
  { "open-aside", open_aside_cb },
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
