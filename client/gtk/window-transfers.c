/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Choosing what to upload and download, and where names collide. */

#include "config.h"

#include "window-private.h"

#include "conflict-dialog.h"
#include "escape.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

typedef enum
{
  FATE_CLEAR,   /* the name is free */
  FATE_TAKEN,   /* somebody has to say what to do */
  FATE_FOLDER,  /* not offered in this version */
  FATE_NO_FILE, /* a device, or it cannot be looked at */
} Fate;

typedef struct
{
  char *local; /* the local file, or the target's name */
  SampanPath *remote;
  Fate fate;
} Item;

/* One choice of files on its way from the chooser to the queue. */
typedef struct
{
  SampanWindow *window;
  bool upload;
  bool may_replace;
  char *folder;     /* the target folder's name, for display */
  GPtrArray *items; /* of Item */
  guint next;
  guint n_taken;      /* still to be asked for */
  int answer_for_all; /* SampanConflictDialogResponse, or 0 */
} Batch;

static void
item_free (gpointer data)
{
  Item *item = data;

  g_free (item->local);
  g_clear_pointer (&item->remote, sampan_path_unref);
  g_free (item);
}

static Batch *
batch_new (SampanWindow *window, bool upload, const char *folder)
{
  Batch *batch = g_new0 (Batch, 1);

  batch->window = g_object_ref (window);
  batch->upload = upload;
  /* Downloads replace the person's own files. */
  batch->may_replace = !upload || sampan_window_get_right (window) >= SAMPAN_RIGHT_CHANGE;
  batch->folder = sampan_display_name (folder, -1);
  batch->items = g_ptr_array_new_with_free_func (item_free);
  return batch;
}

static void
batch_free (Batch *batch)
{
  g_object_unref (batch->window);
  g_free (batch->folder);
  g_ptr_array_unref (batch->items);
  g_free (batch);
}

static void
batch_add (Batch *batch, char *local, SampanPath *remote)
{
  Item *item = g_new0 (Item, 1);

  item->local = local;
  item->remote = remote;
  g_ptr_array_add (batch->items, item);
}

/* ---- into the queue, with a question for each name that is taken ---- */

static void batch_go_on (Batch *batch);

static void
enqueue (Batch *batch, const Item *item, SampanConflict conflict)
{
  SampanSession *session = batch->window->session;
  g_autoptr (SampanTransfer) transfer =
      batch->upload ? sampan_transfer_new_upload (session, item->local, item->remote, conflict)
                    : sampan_transfer_new_download (session, item->remote, item->local, conflict);

  /* A part that an earlier try left on the box is used. */
  if (batch->upload)
    sampan_transfer_set_resume (transfer, true);
  sampan_queue_add (batch->window->queue, transfer);
}

static void
settle (Batch *batch, const Item *item, int response)
{
  if (response == SAMPAN_CONFLICT_DIALOG_REPLACE)
    enqueue (batch, item, SAMPAN_CONFLICT_REPLACE);
  else if (response == SAMPAN_CONFLICT_DIALOG_KEEP_BOTH)
    enqueue (batch, item, SAMPAN_CONFLICT_KEEP_BOTH);
  batch->n_taken--;
  batch->next++;
}

static void
conflict_cb (GtkDialog *dialog, int response, gpointer user_data)
{
  Batch *batch = user_data;
  bool for_all = sampan_conflict_dialog_get_for_all (SAMPAN_CONFLICT_DIALOG (dialog));

  g_signal_handlers_disconnect_by_data (dialog, batch);
  gtk_widget_destroy (GTK_WIDGET (dialog));
  /* Closing the dialog gives up what is still to be asked for. */
  if (response < 0)
    for_all = true;
  if (for_all)
    batch->answer_for_all = response < 0 ? SAMPAN_CONFLICT_DIALOG_SKIP : response;
  settle (batch, g_ptr_array_index (batch->items, batch->next), response);
  batch_go_on (batch);
}

static void
dialog_gone_cb (GtkWidget *dialog, gpointer user_data)
{
  batch_free (user_data);
}

static void
ask (Batch *batch, const Item *item)
{
  g_autofree char *name = sampan_display_name (sampan_path_get_name (item->remote), -1);
  SampanConflictDialog *dialog = sampan_conflict_dialog_new (GTK_WINDOW (batch->window),
                                                             name,
                                                             batch->folder,
                                                             batch->n_taken - 1,
                                                             batch->may_replace,
                                                             batch->upload);

  g_signal_connect (dialog, "response", G_CALLBACK (conflict_cb), batch);
  /* The window goes and takes the dialog along. */
  g_signal_connect (dialog, "destroy", G_CALLBACK (dialog_gone_cb), batch);
  gtk_widget_show (GTK_WIDGET (dialog));
}

static void
batch_go_on (Batch *batch)
{
  while (batch->next < batch->items->len)
    {
      const Item *item = g_ptr_array_index (batch->items, batch->next);

      if (item->fate == FATE_TAKEN && batch->answer_for_all == 0)
        {
          ask (batch, item);
          return;
        }
      if (item->fate == FATE_TAKEN)
        {
          settle (batch, item, batch->answer_for_all);
          continue;
        }
      if (item->fate == FATE_CLEAR)
        enqueue (batch, item, SAMPAN_CONFLICT_REFUSE);
      batch->next++;
    }
  batch_free (batch);
}

static void
tell_left_out (Batch *batch)
{
  guint n_folders = 0, n_odd = 0;
  g_autofree char *text = NULL;

  for (guint i = 0; i < batch->items->len; i++)
    {
      Fate fate = ((Item *)g_ptr_array_index (batch->items, i))->fate;

      n_folders += fate == FATE_FOLDER;
      n_odd += fate == FATE_NO_FILE;
      batch->n_taken += fate == FATE_TAKEN;
    }
  if (n_folders > 0 && batch->upload)
    text = g_strdup_printf (
        ngettext ("%u folder was left out: folders cannot be uploaded as a whole yet. Make a new "
                  "folder here and drop the files into it.",
                  "%u folders were left out: folders cannot be uploaded as a whole yet. Make new "
                  "folders here and drop the files into them.",
                  n_folders),
        n_folders);
  else if (n_folders > 0)
    text = g_strdup_printf (ngettext ("%u folder was left out: folders cannot be downloaded as a "
                                      "whole yet. Open it and select its files.",
                                      "%u folders were left out: folders cannot be downloaded as "
                                      "a whole yet. Open them and select their files.",
                                      n_folders),
                            n_folders);
  else if (n_odd > 0)
    text = g_strdup_printf (ngettext ("%u item was left out: it is no file that can be read.",
                                      "%u items were left out: they are no files that can be read.",
                                      n_odd),
                            n_odd);
  if (text != NULL)
    sampan_error_bar_tell (batch->window->error_bar, GTK_MESSAGE_INFO, text, NULL, NULL);
}

/* ---- looking at local files, off the main loop ---- */

static Fate
examine (const char *local, bool upload)
{
  GStatBuf status;

  if (!upload)
    return g_lstat (local, &status) == 0 ? FATE_TAKEN : FATE_CLEAR;
  if (g_stat (local, &status) != 0)
    return FATE_NO_FILE;
  if (S_ISDIR (status.st_mode))
    return FATE_FOLDER;
  return S_ISREG (status.st_mode) ? FATE_CLEAR : FATE_NO_FILE;
}

static void
examine_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Batch *batch = task_data;

  for (guint i = 0; i < batch->items->len; i++)
    {
      Item *item = g_ptr_array_index (batch->items, i);

      /* What the list already tells stays. */
      if (item->fate == FATE_CLEAR)
        item->fate = examine (item->local, batch->upload);
    }
  g_task_return_boolean (task, TRUE);
}

/* An upload that is fine locally may still meet its name in the folder on screen. */
static void
find_taken_names (Batch *batch)
{
  SampanFolderList *list = sampan_file_view_get_list (batch->window->file_view);
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  size_t length = list != NULL ? sampan_folder_list_get_length (list) : 0;

  for (size_t i = 0; i < length; i++)
    g_hash_table_add (names, (gpointer)sampan_folder_list_get (list, i)->name);
  for (guint i = 0; i < batch->items->len; i++)
    {
      Item *item = g_ptr_array_index (batch->items, i);
      g_autoptr (SampanPath) parent = sampan_path_get_parent (item->remote);

      if (item->fate == FATE_CLEAR && batch->window->path != NULL &&
          sampan_path_equal (parent, batch->window->path) &&
          g_hash_table_contains (names, sampan_path_get_name (item->remote)))
        item->fate = FATE_TAKEN;
    }
}

static void
examined_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Batch *batch = user_data;

  if (!sampan_window_is_ready (batch->window))
    {
      batch_free (batch);
      return;
    }
  if (batch->upload)
    find_taken_names (batch);
  tell_left_out (batch);
  batch_go_on (batch);
}

static void
batch_start (Batch *batch)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, examined_cb, batch);

  g_task_set_source_tag (task, batch_start);
  g_task_set_task_data (task, batch, NULL);
  g_task_run_in_thread (task, examine_thread);
}

/* ---- upload ---- */

void
sampan_window_upload_files (SampanWindow *self, GPtrArray *files)
{
  Batch *batch;

  if (sampan_window_get_right (self) < SAMPAN_RIGHT_ADD)
    {
      sampan_error_bar_tell (self->error_bar,
                             GTK_MESSAGE_INFO,
                             sampan_window_is_ready (self)
                                 ? _ ("You cannot add files here. Open a folder that you may add "
                                      "to first.")
                                 : _ ("Log in first."),
                             NULL,
                             NULL);
      return;
    }
  batch = batch_new (self, true, sampan_path_get_name (self->path));
  for (guint i = 0; i < files->len; i++)
    {
      char *local = g_file_get_path (g_ptr_array_index (files, i));
      g_autofree char *name = local != NULL ? g_path_get_basename (local) : NULL;
      SampanPath *remote = name != NULL ? sampan_path_get_child (self->path, name, NULL) : NULL;

      if (remote != NULL)
        batch_add (batch, local, remote);
      else
        g_free (local);
    }
  batch_start (batch);
}

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
  sampan_window_upload_files (self, files);
}

void
sampan_window_upload (SampanWindow *self)
{
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (_ ("Upload Files"),
                                                              GTK_WINDOW (self),
                                                              GTK_FILE_CHOOSER_ACTION_OPEN,
                                                              NULL,
                                                              NULL);
  GtkFileChooser *chooser = GTK_FILE_CHOOSER (dialog);

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  gtk_file_chooser_set_select_multiple (chooser, TRUE);
  gtk_file_chooser_set_current_folder (chooser,
                                       self->upload_folder != NULL ? self->upload_folder
                                                                   : g_get_home_dir ());
  g_signal_connect_object (dialog, "response", G_CALLBACK (upload_chosen_cb), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

/* ---- download ---- */

/* What was selected when the chooser came up; the list may change under it. */
static Batch *
batch_new_download (SampanWindow *self)
{
  g_autoptr (GPtrArray) selected = sampan_file_view_dup_selected (self->file_view);
  Batch *batch = batch_new (self, false, "");

  for (guint i = 0; i < selected->len; i++)
    {
      const SampanFileInfo *info = g_ptr_array_index (selected, i);
      SampanPath *remote = sampan_path_get_child (self->path, info->name, NULL);

      if (remote == NULL)
        continue;
      batch_add (batch, NULL, remote);
      if (info->kind != SAMPAN_ENTRY_FILE)
        ((Item *)g_ptr_array_index (batch->items, batch->items->len - 1))->fate =
            info->kind == SAMPAN_ENTRY_FOLDER ? FATE_FOLDER : FATE_NO_FILE;
    }
  return batch;
}

static void
download_chosen_cb (GtkNativeDialog *dialog, int response, gpointer user_data)
{
  g_autoptr (GObject) owned = G_OBJECT (dialog);
  SampanWindow *self = user_data;
  Batch *batch = g_object_steal_data (G_OBJECT (dialog), "sampan-batch");
  g_autofree char *folder = gtk_file_chooser_get_filename (GTK_FILE_CHOOSER (dialog));
  g_autofree char *name = NULL;

  if (response != GTK_RESPONSE_ACCEPT || folder == NULL)
    {
      batch_free (batch);
      return;
    }
  g_free (self->download_folder);
  self->download_folder = g_strdup (folder);
  name = g_path_get_basename (folder);
  g_free (batch->folder);
  batch->folder = sampan_display_name (name, -1);
  for (guint i = 0; i < batch->items->len; i++)
    {
      Item *item = g_ptr_array_index (batch->items, i);

      item->local = g_build_filename (folder, sampan_path_get_name (item->remote), NULL);
    }
  batch_start (batch);
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
  g_object_set_data_full (G_OBJECT (dialog),
                          "sampan-batch",
                          batch_new_download (self),
                          (GDestroyNotify)batch_free);
  g_signal_connect_object (dialog, "response", G_CALLBACK (download_chosen_cb), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

/* ---- afterwards ---- */

static void
tell_failed (SampanWindow *self, SampanTransfer *transfer)
{
  const char *reason = sampan_error_get_text (sampan_transfer_get_error (transfer));
  g_autofree char *text = g_strdup_printf (sampan_transfer_is_upload (transfer)
                                               /* Translators: a file's name, then why. */
                                               ? _ ("“%s” was not uploaded. %s")
                                               /* Translators: a file's name, then why. */
                                               : _ ("“%s” was not downloaded. %s"),
                                           sampan_transfer_get_title (transfer),
                                           reason);

  sampan_error_bar_tell (self->error_bar, GTK_MESSAGE_ERROR, text, NULL, NULL);
}

void
sampan_window_transfer_finished (SampanWindow *self, SampanTransfer *transfer)
{
  g_autoptr (SampanPath) parent = sampan_path_get_parent (sampan_transfer_get_remote (transfer));

  if (sampan_transfer_get_state (transfer) == SAMPAN_TRANSFER_FAILED &&
      sampan_session_get_state (self->session) == SAMPAN_SESSION_READY)
    tell_failed (self, transfer);
  if (sampan_transfer_is_upload (transfer) && self->path != NULL &&
      sampan_path_equal (parent, self->path))
    sampan_window_plan_refresh (self);
}
