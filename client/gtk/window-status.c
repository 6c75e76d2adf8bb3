/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The line under the list: what is selected, and how much room there is. */

#include "config.h"

#include "window-private.h"

#include <glib/gi18n.h>

static char *
dup_summary (guint n_shown, GPtrArray *selected)
{
  uint64_t bytes = 0;
  g_autofree char *count = NULL;
  g_autofree char *size = NULL;

  if (selected->len == 0)
    return g_strdup_printf (ngettext ("%'u item", "%'u items", n_shown), n_shown);
  for (guint i = 0; i < selected->len; i++)
    {
      const SampanFileInfo *info = g_ptr_array_index (selected, i);

      if (info->kind == SAMPAN_ENTRY_FILE)
        bytes += info->size;
    }
  /* Translators: how many are selected of how many. */
  count = g_strdup_printf (ngettext ("%'u of %'u selected", "%'u of %'u selected", selected->len),
                           selected->len,
                           n_shown);
  if (bytes == 0)
    return g_steal_pointer (&count);
  size = g_format_size (bytes);
  return g_strconcat (count, " · ", size, NULL);
}

void
sampan_window_update_summary (SampanWindow *self, GPtrArray *selected)
{
  g_autofree char *summary = NULL;

  if (self->search != NULL && selected->len == 0)
    summary = sampan_window_dup_search_summary (self);
  else if (sampan_file_view_get_list (self->file_view) != NULL)
    summary = dup_summary (sampan_file_view_get_n_shown (self->file_view), selected);
  sampan_file_view_set_summary (self->file_view, summary);
}

static void
space_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SampanWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *free_size = NULL, *total_size = NULL, *text = NULL, *tip = NULL;
  SampanSpace space;
  bool is_known = sampan_session_space_finish (SAMPAN_SESSION (source), result, &space, &error);

  if (sampan_window_is_gone (self) || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (!is_known)
    {
      sampan_window_forget_space (self);
      return;
    }
  g_clear_object (&self->space_cancellable);
  free_size = g_format_size (space.free_bytes);
  total_size = g_format_size (space.total_bytes);
  /* Translators: a size such as 1.2 GB. */
  text = g_strdup_printf (_ ("%s free"), free_size);
  /* Translators: %1$s and %2$s are sizes such as 1.2 GB. */
  tip = g_strdup_printf (_ ("%1$s free of %2$s"), free_size, total_size);
  sampan_file_view_set_space (self->file_view, text, tip);
}

void
sampan_window_forget_space (SampanWindow *self)
{
  g_cancellable_cancel (self->space_cancellable);
  g_clear_object (&self->space_cancellable);
  sampan_file_view_set_space (self->file_view, NULL, NULL);
}

void
sampan_window_ask_space (SampanWindow *self)
{
  if (self->path == NULL || sampan_path_is_root (self->path))
    {
      sampan_window_forget_space (self);
      return;
    }
  g_cancellable_cancel (self->space_cancellable);
  g_clear_object (&self->space_cancellable);
  self->space_cancellable = g_cancellable_new ();
  sampan_session_space_async (self->session,
                              self->path,
                              self->space_cancellable,
                              space_cb,
                              g_object_ref (self));
}
