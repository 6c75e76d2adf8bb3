/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Showing only some of the names. */

#include "config.h"

#include "file-view-private.h"

#include <glib/gi18n.h>

bool
_sampan_file_view_clear_filter (SampanFileView *self)
{
  if (_sampan_file_view_end_search (self))
    return true;
  if (gtk_entry_get_text_length (self->filter_entry) == 0)
    return false;
  gtk_entry_set_text (self->filter_entry, "");
  return true;
}

static bool
search_below (SampanFileView *self)
{
  sampan_file_view_start_search (self);
  return true;
}

void
_sampan_file_view_show_nothing_passes (SampanFileView *self)
{
  const char *filter = gtk_entry_get_text (self->filter_entry);
  /* Translators: what was typed into the filter. */
  g_autofree char *text = g_strdup_printf (_ ("No name here contains “%s”."), filter);

  _sampan_file_view_show_placeholder (self,
                                      "edit-find-symbolic",
                                      _ ("Nothing Found"),
                                      text,
                                      _ ("_Search Below This Folder"),
                                      search_below);
}

static void
filter_changed_cb (SampanFileView *self)
{
  if (self->is_leaving_search)
    return;
  if (self->is_searching)
    {
      _sampan_file_view_emit_search (self);
      return;
    }
  self->from_top = true;
  _sampan_file_view_arrange (self);
}

static void
filter_stopped_cb (SampanFileView *self)
{
  _sampan_file_view_clear_filter (self);
  sampan_file_view_focus_list (self);
}

static void
filter_activated_cb (SampanFileView *self)
{
  sampan_file_view_focus_list (self);
}

void
_sampan_file_view_bind_filter (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_callback (widget_class, filter_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, filter_stopped_cb);
  gtk_widget_class_bind_template_callback (widget_class, filter_activated_cb);
}

void
sampan_file_view_set_show_filter (SampanFileView *self, bool show_filter)
{
  gtk_revealer_set_reveal_child (self->filter_revealer, show_filter);
  if (!show_filter)
    filter_stopped_cb (self);
}

void
sampan_file_view_focus_filter (SampanFileView *self)
{
  self->wants_focus = false;
  gtk_widget_grab_focus (GTK_WIDGET (self->filter_entry));
}
