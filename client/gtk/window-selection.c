/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Choosing items in the list. */

#include "config.h"

#include "window-private.h"

#include "name-popover.h"
#include "properties-dialog.h"

#include <glib/gi18n.h>

static void
select_all_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SampanWindow *self = user_data;

  sampan_file_view_select_all (self->file_view);
}

static void
invert_selection_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SampanWindow *self = user_data;

  sampan_file_view_invert_selection (self->file_view);
  sampan_file_view_focus_list (self->file_view);
}

static void
pattern_accepted_cb (SampanNamePopover *popover, const char *pattern, gpointer user_data)
{
  SampanWindow *self = user_data;

  sampan_file_view_select_matching (self->file_view, pattern);
  sampan_file_view_focus_list (self->file_view);
}

static void
select_matching_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SampanWindow *self = user_data;
  SampanNamePopover *popover =
      sampan_name_popover_new (sampan_file_view_get_status (self->file_view),
                               _ ("Select Items Whose Name Matches"),
                               _ ("_Select"),
                               "",
                               FALSE);

  sampan_name_popover_set_example (popover, _ ("Part of a name, or a pattern such as *.jpg"));
  g_signal_connect_object (popover, "accepted", G_CALLBACK (pattern_accepted_cb), self, 0);
  gtk_popover_popup (GTK_POPOVER (popover));
}

/* Without a selection, of the folder on screen. */
static void
add_folder (SampanWindow *self, GPtrArray *paths, GPtrArray *infos)
{
  bool is_share = sampan_path_get_depth (self->path) == 1;
  SampanFileInfo info = { .name = sampan_path_get_name (self->path),
                          .kind = is_share ? SAMPAN_ENTRY_SHARE : SAMPAN_ENTRY_FOLDER,
                          .right = sampan_window_get_share_right (self) };

  g_ptr_array_add (paths, sampan_path_ref (self->path));
  g_ptr_array_add (infos, sampan_file_info_copy (&info));
}

static void
properties_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SampanWindow *self = user_data;
  g_autoptr (GPtrArray) selected = sampan_file_view_dup_selected (self->file_view);
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func ((GDestroyNotify)sampan_path_unref);
  g_autoptr (GPtrArray) infos =
      g_ptr_array_new_with_free_func ((GDestroyNotify)sampan_file_info_free);

  for (guint i = 0; i < selected->len; i++)
    {
      const SampanFileInfo *info = g_ptr_array_index (selected, i);
      SampanPath *path = sampan_window_dup_entry_path (self, info, NULL);

      if (path == NULL)
        continue;
      g_ptr_array_add (paths, path);
      g_ptr_array_add (infos, sampan_file_info_copy (info));
    }
  if (paths->len == 0 && !sampan_path_is_root (self->path))
    add_folder (self, paths, infos);
  if (paths->len > 0)
    gtk_widget_show (
        GTK_WIDGET (sampan_properties_dialog_new (GTK_WINDOW (self), self->session, paths, infos)));
}

static const GActionEntry entries[] = {
  { "select-all", select_all_cb },
  { "invert-selection", invert_selection_cb },
  { "select-matching", select_matching_cb },
  { "properties", properties_cb },
};

void
sampan_window_init_selection_actions (SampanWindow *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
}

void
sampan_window_update_selection_actions (SampanWindow *self)
{
  bool ready = sampan_window_is_ready (self) && self->path != NULL;

  for (size_t i = 0; i < G_N_ELEMENTS (entries); i++)
    sampan_window_set_enabled (self, entries[i].name, ready);
}
