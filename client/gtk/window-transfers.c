/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Choosing what to upload and download. */

#include "config.h"

#include "window-private.h"

#include "escape.h"

#include <glib/gi18n.h>
#include <string.h>

/* ---- upload ---- */

/* What is on another computer has no name here. */
static void
tell_not_local (SampanWindow *self, guint count)
{
  g_autofree char *text = g_strdup_printf (
      ngettext ("%u item was left out: it is not on this computer. Copy it here first.",
                "%u items were left out: they are not on this computer. Copy them here first.",
                count),
      count);

  sampan_error_bar_tell (self->error_bar, GTK_MESSAGE_INFO, text, NULL, NULL);
}

static void
tell_not_ready (SampanWindow *self)
{
  if (self->tells_reconnecting)
    sampan_error_bar_tell (self->error_bar,
                           GTK_MESSAGE_WARNING,
                           _ ("Wait until the connection is back."),
                           _ ("_Try Now"),
                           "win.reconnect");
  else
    sampan_error_bar_tell (self->error_bar, GTK_MESSAGE_INFO, _ ("Log in first."), NULL, NULL);
}

bool
sampan_window_may_add_to (SampanWindow *self, const SampanPath *folder)
{
  if (sampan_window_get_right_at (self, folder) >= SAMPAN_RIGHT_ADD)
    return true;
  if (sampan_window_is_ready (self))
    sampan_error_bar_tell (self->error_bar,
                           GTK_MESSAGE_INFO,
                           _ ("You cannot add files here. Open a folder that you may add to "
                              "first."),
                           NULL,
                           NULL);
  else
    tell_not_ready (self);
  return false;
}

void
sampan_window_upload_files (SampanWindow *self, GPtrArray *files, const SampanPath *folder)
{
  g_autoptr (SampanBatch) batch = NULL;
  g_autofree char *display = NULL;
  guint n_not_local = 0;

  if (!sampan_window_may_add_to (self, folder))
    return;
  batch = sampan_batch_new_upload (self->session, folder);
  for (guint i = 0; i < files->len; i++)
    {
      g_autofree char *local = g_file_get_path (g_ptr_array_index (files, i));

      if (local != NULL)
        sampan_batch_add_local (batch, local);
      else
        n_not_local++;
    }
  if (n_not_local > 0)
    tell_not_local (self, n_not_local);
  display = sampan_display_name (sampan_path_get_name (folder), -1);
  if (n_not_local < files->len)
    sampan_window_add_batch (self, batch, display);
}

/* ---- once more ---- */

/* A batch has one name for its items on both sides, but for the only one of it. */
static bool
is_under_own_name (SampanTransfer *transfer, const SampanPath *folder)
{
  g_autofree char *name = g_path_get_basename (sampan_transfer_get_local (transfer));
  g_autoptr (SampanPath) parent = sampan_path_get_parent (sampan_transfer_get_remote (transfer));

  return sampan_path_equal (parent, folder) &&
         strcmp (name, sampan_path_get_name (sampan_transfer_get_remote (transfer))) == 0;
}

static void
look_at_folder (SampanWindow *self, GPtrArray *transfers, guint first)
{
  SampanTransfer *leader = g_ptr_array_index (transfers, first);
  const SampanPath *remote = sampan_transfer_get_remote (leader);
  g_autoptr (SampanPath) folder = sampan_path_get_parent (remote);
  g_autoptr (SampanBatch) batch = sampan_batch_new_upload (self->session, folder);
  g_autofree char *display = sampan_display_name (sampan_path_get_name (folder), -1);
  bool shares = is_under_own_name (leader, folder);

  if (!shares)
    sampan_batch_set_new_name (batch, sampan_path_get_name (remote));
  for (guint i = first; i < transfers->len; i++)
    {
      SampanTransfer *transfer = g_ptr_array_index (transfers, i);

      if (transfer != leader && !(shares && is_under_own_name (transfer, folder)))
        continue;
      sampan_batch_add_local (batch, sampan_transfer_get_local (transfer));
      sampan_queue_remove (self->queue, transfer);
      if (transfer != leader)
        g_ptr_array_remove_index (transfers, i--);
    }
  sampan_window_add_batch (self, batch, display);
}

void
sampan_window_look_again (SampanWindow *self, GPtrArray *transfers)
{
  if (!sampan_window_is_ready (self))
    {
      tell_not_ready (self);
      return;
    }
  for (guint i = 0; i < transfers->len; i++)
    look_at_folder (self, transfers, i);
}

/* ---- choosing ---- */

static void
remember_folder (char **folder, GtkFileChooser *chooser)
{
  g_free (*folder);
  *folder = gtk_file_chooser_get_current_folder (chooser);
}

static void
upload_chosen_cb (GtkNativeDialog *dialog, int response, gpointer user_data)
{
  g_autoptr (GObject) owned = G_OBJECT (dialog);
  GtkFileChooser *chooser = GTK_FILE_CHOOSER (dialog);
  SampanWindow *self = user_data;
  g_autoptr (GPtrArray) files = NULL;
  GSList *chosen;

  if (response != GTK_RESPONSE_ACCEPT)
    return;
  remember_folder (&self->upload_folder, chooser);
  files = g_ptr_array_new_with_free_func (g_object_unref);
  chosen = gtk_file_chooser_get_files (chooser);
  for (GSList *l = chosen; l != NULL; l = l->next)
    g_ptr_array_add (files, l->data);
  g_slist_free (chosen);
  sampan_window_upload_files (self, files, self->path);
}

static void
choose_uploads (SampanWindow *self, const char *title, GtkFileChooserAction action)
{
  GtkFileChooserNative *dialog =
      gtk_file_chooser_native_new (title, GTK_WINDOW (self), action, NULL, NULL);
  GtkFileChooser *chooser = GTK_FILE_CHOOSER (dialog);

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  gtk_file_chooser_set_select_multiple (chooser, TRUE);
  gtk_file_chooser_set_current_folder (chooser,
                                       self->upload_folder != NULL ? self->upload_folder
                                                                   : g_get_home_dir ());
  g_signal_connect_object (dialog, "response", G_CALLBACK (upload_chosen_cb), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

void
sampan_window_upload (SampanWindow *self)
{
  choose_uploads (self, _ ("Upload Files"), GTK_FILE_CHOOSER_ACTION_OPEN);
}

void
sampan_window_upload_folder (SampanWindow *self)
{
  choose_uploads (self, _ ("Upload Folders"), GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER);
}

/* ---- download ---- */

#define CHOSEN_KEY "sampan-chosen" /* of SampanFileInfo, with the folder that they are in */

/* What was selected when the chooser came up; the list may change under it. */
typedef struct
{
  SampanPath *folder;
  GPtrArray *infos;
} Chosen;

static void
chosen_free (gpointer data)
{
  Chosen *chosen = data;

  sampan_path_unref (chosen->folder);
  g_ptr_array_unref (chosen->infos);
  g_free (chosen);
}

static Chosen *
chosen_new (SampanWindow *self)
{
  g_autoptr (GPtrArray) selected = sampan_file_view_dup_selected (self->file_view);
  Chosen *chosen = g_new0 (Chosen, 1);

  chosen->folder = sampan_path_ref (self->path);
  chosen->infos = g_ptr_array_new_with_free_func ((GDestroyNotify)sampan_file_info_free);
  for (guint i = 0; i < selected->len; i++)
    g_ptr_array_add (chosen->infos, sampan_file_info_copy (g_ptr_array_index (selected, i)));
  return chosen;
}

static void
download_to (SampanWindow *self, const Chosen *chosen, const char *folder)
{
  g_autoptr (SampanBatch) batch = sampan_batch_new_download (self->session, folder);
  g_autofree char *name = g_path_get_basename (folder);
  g_autofree char *display = sampan_display_name (name, -1);

  for (guint i = 0; i < chosen->infos->len; i++)
    {
      const SampanFileInfo *info = g_ptr_array_index (chosen->infos, i);
      g_autoptr (SampanPath) path = sampan_path_new_relative (chosen->folder, info->name, NULL);

      if (path != NULL)
        sampan_batch_add_remote (batch, path, info);
    }
  sampan_window_add_batch (self, batch, display);
}

static void
download_chosen_cb (GtkNativeDialog *dialog, int response, gpointer user_data)
{
  g_autoptr (GObject) owned = G_OBJECT (dialog);
  SampanWindow *self = user_data;
  g_autofree char *folder = gtk_file_chooser_get_filename (GTK_FILE_CHOOSER (dialog));

  if (response != GTK_RESPONSE_ACCEPT || folder == NULL || !sampan_window_is_ready (self))
    return;
  g_free (self->download_folder);
  self->download_folder = g_strdup (folder);
  download_to (self, g_object_get_data (G_OBJECT (dialog), CHOSEN_KEY), folder);
}

static const char *
choose_download_folder (SampanWindow *self)
{
  const char *downloads = g_get_user_special_dir (G_USER_DIRECTORY_DOWNLOAD);

  if (self->download_folder != NULL)
    return self->download_folder;
  return downloads != NULL ? downloads : g_get_home_dir ();
}

void
sampan_window_download (SampanWindow *self)
{
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (_ ("Download To"),
                                                              GTK_WINDOW (self),
                                                              GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER,
                                                              NULL,
                                                              NULL);
  const char *folder = choose_download_folder (self);

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (dialog), folder);
  g_object_set_data_full (G_OBJECT (dialog), CHOSEN_KEY, chosen_new (self), chosen_free);
  g_signal_connect_object (dialog, "response", G_CALLBACK (download_chosen_cb), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}
