/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Choosing items in the list. */

#include "config.h"

#include "window-private.h"

#include "name-popover.h"

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

static const GActionEntry entries[] = {
  { "select-all", select_all_cb },
  { "invert-selection", invert_selection_cb },
  { "select-matching", select_matching_cb },
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
