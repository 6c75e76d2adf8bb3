/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Cut, copy, paste and drop: of what is on the box, and of files from a file manager. */

#include "config.h"

#include "window-private.h"

#include "offered-files.h"
#include "remote.h"

#include <glib/gi18n.h>
#include <string.h>

static GtkClipboard *
get_clipboard (SampanWindow *self)
{
  return gtk_widget_get_clipboard (GTK_WIDGET (self), GDK_SELECTION_CLIPBOARD);
}

/* ---- cut and copy ---- */

static char *
dup_addresses (SampanWindow *self)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < self->clipped->len; i++)
    {
      g_autoptr (SampanRemote) remote = sampan_remote_new (sampan_session_get_user (self->session),
                                                           sampan_session_get_host (self->session),
                                                           sampan_session_get_port (self->session),
                                                           g_ptr_array_index (self->clipped, i));
      g_autofree char *address = sampan_remote_to_string (remote);

      g_string_append_printf (text, "%s%s", i > 0 ? "\n" : "", address);
    }
  return g_string_free (text, FALSE);
}

static void
get_cb (GtkClipboard *clipboard, GtkSelectionData *data, guint info, gpointer owner)
{
  SampanWindow *self = owner;
  g_autofree char *text = NULL;

  if (self->clipped == NULL)
    return;
  text = dup_addresses (self);
  if (!gtk_selection_data_set_text (data, text, -1))
    gtk_selection_data_set (data,
                            gtk_selection_data_get_target (data),
                            8,
                            (const guchar *)text,
                            (int)strlen (text));
}

static void
clear_cb (GtkClipboard *clipboard, gpointer owner)
{
  SampanWindow *self = owner;

  g_clear_pointer (&self->clipped, g_ptr_array_unref);
}

static void
take_selected (SampanWindow *self, bool is_cut)
{
  g_autoptr (GPtrArray) paths = sampan_window_dup_selected_paths (self);
  g_autoptr (GtkTargetList) list = gtk_target_list_new (NULL, 0);
  GtkTargetEntry *targets;
  int n_targets;

  if (paths->len == 0)
    return;
  /* What they are the owner knows. */
  gtk_target_list_add (list, gdk_atom_intern_static_string (SAMPAN_ITEMS_TARGET), 0, 0);
  gtk_target_list_add_text_targets (list, 0);
  targets = gtk_target_table_new_from_list (list, &n_targets);
  /* Clears what was there, also if it was this window's. */
  if (gtk_clipboard_set_with_owner (get_clipboard (self),
                                    targets,
                                    (guint)n_targets,
                                    get_cb,
                                    clear_cb,
                                    G_OBJECT (self)))
    {
      g_clear_pointer (&self->clipped, g_ptr_array_unref);
      self->clipped = g_steal_pointer (&paths);
      self->is_cut = is_cut;
    }
  gtk_target_table_free (targets, n_targets);
}

void
sampan_window_cut (SampanWindow *self)
{
  take_selected (self, true);
}

void
sampan_window_copy (SampanWindow *self)
{
  take_selected (self, false);
}

void
sampan_window_forget_clipped (SampanWindow *self)
{
  if (self->clipped != NULL)
    gtk_clipboard_clear (get_clipboard (self));
  g_clear_pointer (&self->clipped, g_ptr_array_unref);
}

/* ---- paste ---- */

/* Whether paths of OTHER mean the same here; if not, it is said. */
static bool
shares_box (SampanWindow *self, SampanWindow *other)
{
  SampanSession *a = self->session, *b = other->session;

  if (self == other || (sampan_window_is_ready (other) &&
                        g_strcmp0 (sampan_session_get_user (a), sampan_session_get_user (b)) == 0 &&
                        g_strcmp0 (sampan_session_get_host (a), sampan_session_get_host (b)) == 0 &&
                        sampan_session_get_port (a) == sampan_session_get_port (b)))
    return true;
  sampan_error_bar_tell (self->error_bar,
                         GTK_MESSAGE_INFO,
                         _ ("This is from another box or account: download it there, then upload "
                            "it here."),
                         NULL,
                         NULL);
  return false;
}

static void
paste_items (SampanWindow *self, SampanWindow *owner, const SampanPath *folder)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_ref (owner->clipped);
  bool is_cut = owner->is_cut;

  if (!sampan_window_may_add_to (self, folder) || !shares_box (self, owner))
    return;
  /* What was cut is there once. */
  if (is_cut)
    sampan_window_forget_clipped (owner);
  sampan_window_relocate (self, paths, folder, !is_cut);
}

void
sampan_window_take_drop (SampanWindow *self, const SampanDrop *drop)
{
  GtkWidget *source;

  if (drop->files != NULL && drop->files->len == 0)
    {
      /* A portal hands out no folders. */
      sampan_error_bar_tell (
          self->error_bar,
          GTK_MESSAGE_WARNING,
          _ ("What was dropped cannot be read from here. Choose it with Upload."),
          NULL,
          NULL);
      return;
    }
  if (drop->files != NULL)
    {
      sampan_window_upload_files (self, drop->files, drop->folder);
      return;
    }
  source = gtk_widget_get_toplevel (drop->source);
  if (SAMPAN_IS_WINDOW (source) && sampan_window_may_add_to (self, drop->folder) &&
      shares_box (self, SAMPAN_WINDOW (source)))
    sampan_window_relocate (self, drop->items, drop->folder, drop->copies);
}

typedef struct
{
  SampanWindow *window;
  SampanPath *folder;
} Pasting;

static void
pasted_cb (GtkClipboard *clipboard, char **uris, gpointer user_data)
{
  g_autofree Pasting *pasting = user_data;
  g_autoptr (SampanWindow) self = pasting->window;
  g_autoptr (SampanPath) folder = pasting->folder;
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);

  for (size_t i = 0; uris != NULL && uris[i] != NULL; i++)
    g_ptr_array_add (files, g_file_new_for_uri (uris[i]));
  if (files->len > 0)
    sampan_window_upload_files (self, files, folder);
  else
    sampan_error_bar_tell (self->error_bar,
                           GTK_MESSAGE_INFO,
                           _ ("There are no files to paste. Copy some here or in the file manager "
                              "first."),
                           NULL,
                           NULL);
}

static void
paste (SampanWindow *self, const SampanPath *folder)
{
  GtkClipboard *clipboard = get_clipboard (self);
  GObject *owner = gtk_clipboard_get_owner (clipboard);

  if (SAMPAN_IS_WINDOW (owner) && SAMPAN_WINDOW (owner)->clipped != NULL)
    paste_items (self, SAMPAN_WINDOW (owner), folder);
  else
    {
      Pasting *pasting = g_new0 (Pasting, 1);

      pasting->window = g_object_ref (self);
      pasting->folder = sampan_path_ref (folder);
      sampan_offered_files_request (clipboard, pasted_cb, pasting);
    }
}

void
sampan_window_paste (SampanWindow *self)
{
  paste (self, self->path);
}

void
sampan_window_paste_into (SampanWindow *self)
{
  g_autoptr (GPtrArray) paths = sampan_window_dup_selected_paths (self);

  if (paths->len == 1)
    paste (self, g_ptr_array_index (paths, 0));
}
