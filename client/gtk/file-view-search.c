/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What is typed may also be searched for below the folder: then the list shows what was found. */

#include "config.h"

#include "file-view-private.h"

#include "escape.h"

#include <glib/gi18n.h>

static void
search_toggled_cb (SampanFileView *self)
{
  bool searches = gtk_toggle_button_get_active (self->search_toggle);

  if (searches == self->is_searching)
    return;
  self->is_searching = searches;
  gtk_entry_set_placeholder_text (self->filter_entry, searches ? _ ("Search") : _ ("Filter"));
  if (self->is_leaving_search)
    return;
  sampan_file_view_focus_filter (self);
  _sampan_file_view_emit_search (self);
  _sampan_file_view_arrange (self);
}

const char *
sampan_file_view_get_pattern (SampanFileView *self)
{
  const char *text = gtk_entry_get_text (self->filter_entry);

  return self->is_searching && text[0] != '\0' ? text : NULL;
}

void
sampan_file_view_start_search (SampanFileView *self)
{
  gtk_toggle_button_set_active (self->search_toggle, TRUE);
  sampan_file_view_focus_filter (self);
}

void
sampan_file_view_leave_search (SampanFileView *self)
{
  self->is_leaving_search = true;
  gtk_toggle_button_set_active (self->search_toggle, FALSE);
  gtk_entry_set_text (self->filter_entry, "");
  self->is_leaving_search = false;
  _sampan_file_view_set_found (self, false, false);
}

bool
_sampan_file_view_end_search (SampanFileView *self)
{
  if (!self->is_searching)
    return false;
  sampan_file_view_leave_search (self);
  _sampan_file_view_emit_search (self);
  return true;
}

void
_sampan_file_view_set_found (SampanFileView *self, bool is_found, bool runs)
{
  self->is_found = is_found;
  self->search_runs = runs;
  gtk_tree_view_column_set_visible (self->folder_column, is_found);
  gtk_widget_set_visible (self->search_box, runs);
  g_object_set (self->search_spinner, "active", runs, NULL);
}

static bool
end_search (SampanFileView *self)
{
  bool ended = _sampan_file_view_end_search (self);

  sampan_file_view_focus_list (self);
  return ended;
}

static bool
search_share (SampanFileView *self)
{
  _sampan_file_view_emit_search_share (self);
  return true;
}

void
sampan_file_view_search_next (SampanFileView *self, const char *pattern)
{
  g_free (self->wanted_pattern);
  self->wanted_pattern = g_strdup (pattern);
}

void
_sampan_file_view_start_wanted_search (SampanFileView *self)
{
  g_autofree char *pattern = g_steal_pointer (&self->wanted_pattern);

  if (pattern == NULL)
    return;
  gtk_entry_set_text (self->filter_entry, pattern);
  sampan_file_view_start_search (self);
}

void
_sampan_file_view_show_nothing_found (SampanFileView *self)
{
  bool is_below_share = sampan_path_get_depth (self->path) > 1;
  g_autofree char *text = NULL;

  if (self->search_runs)
    {
      sampan_file_view_show_loading (self);
      return;
    }
  /* Translators: what was searched for. */
  text = g_strdup_printf (_ ("No name in this folder or below it contains “%s”."),
                          gtk_entry_get_text (self->filter_entry));
  _sampan_file_view_show_placeholder (self,
                                      "edit-find-symbolic",
                                      _ ("Nothing Found"),
                                      text,
                                      is_below_share ? _ ("_Search the Whole Share")
                                                     : _ ("_End Search"),
                                      is_below_share ? search_share : end_search);
}

void
sampan_file_view_show_found (SampanFileView *self, SampanFolderList *list, bool runs)
{
  bool is_root = sampan_path_is_root (self->path);

  g_free (self->top);
  self->top = is_root ? NULL : sampan_display_name (sampan_path_get_name (self->path), -1);
  self->from_top = !self->is_found || sampan_folder_list_get_length (list) == 0;
  _sampan_file_view_set_found (self, true, runs);
  g_clear_pointer (&self->list, sampan_folder_list_unref);
  self->list = sampan_folder_list_ref (list);
  _sampan_file_view_stop_loading (self);
  _sampan_file_view_arrange (self);
}

static void
search_stopped_cb (SampanFileView *self)
{
  _sampan_file_view_emit_stop_search (self);
}

void
_sampan_file_view_bind_search (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, SampanFileView, search_toggle);
  gtk_widget_class_bind_template_child (widget_class, SampanFileView, search_box);
  gtk_widget_class_bind_template_child (widget_class, SampanFileView, search_spinner);
  gtk_widget_class_bind_template_child (widget_class, SampanFileView, folder_column);
  gtk_widget_class_bind_template_callback (widget_class, search_toggled_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_stopped_cb);
}
