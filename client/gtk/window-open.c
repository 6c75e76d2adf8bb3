/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Looking at files with the desktop's other programs. */

#include "config.h"

#include "window-private.h"

#include "accessible.h"
#include "escape.h"
#include "launch.h"
#include "sentence-name.h"
#include "transfer-row.h"

#include <glib/gi18n.h>

static void
launched_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SampanWindow *self = SAMPAN_WINDOW (source);
  g_autoptr (GError) error = NULL;

  if (sampan_launch_finish (GTK_WIDGET (self), result, &error) || self->closing)
    return;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED))
    sampan_error_bar_tell (self->error_bar,
                           GTK_MESSAGE_INFO,
                           _ ("No program on this computer opens files of this kind."),
                           NULL,
                           NULL);
  else
    sampan_window_tell_error (self, error);
}

/* ---- copies of what is on the box ---- */

/* More takes long enough that one should know before. */
#define ASK_BYTES (100 * 1000 * 1000)

#define INFO_KEY "sampan-info" /* on the question */

/* Of one who was asked for copies and cannot answer later. */
typedef struct
{
  GMainLoop *loop;
  GPtrArray *files; /* NULL: there are none */
} Waiting;

typedef struct
{
  SampanWindow *window; /* referenced */
  SampanFetch *fetch;
  GCancellable *cancellable;
  GAppInfo *app; /* NULL: the desktop's choice */
  char *display;
  Waiting *waiting; /* borrowed; NULL: the copy is opened */
} Opening;

static void
opening_free (Opening *opening)
{
  g_object_unref (opening->window);
  g_object_unref (opening->fetch);
  g_object_unref (opening->cancellable);
  g_clear_object (&opening->app);
  g_free (opening->display);
  g_free (opening);
}

static void
show_first (SampanWindow *self)
{
  Opening *first = g_queue_peek_head (&self->fetches);

  sampan_fetch_bar_set_fetch (self->fetch_bar, first != NULL ? first->fetch : NULL);
}

static void
open_copy (SampanWindow *self, const char *filename, const Opening *opening)
{
  g_autofree char *text = g_strdup_printf (
      /* Translators: the name of a file. */
      _ ("“%s” opens as a copy. What you change in it is not sent to the box."),
      opening->display);

  sampan_notice_tell (self->notice, text, false);
  sampan_launch_file_async (GTK_WIDGET (self), filename, opening->app, NULL, launched_cb, NULL);
}

static void
fetched_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Opening *opening = user_data;
  SampanWindow *self = opening->window;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) files = sampan_fetch_run_finish (SAMPAN_FETCH (source), result, &error);

  g_queue_remove (&self->fetches, opening);
  if (opening->waiting != NULL)
    {
      opening->waiting->files = files != NULL ? g_ptr_array_ref (files) : NULL;
      g_main_loop_quit (opening->waiting->loop);
    }
  if (!self->closing)
    {
      show_first (self);
      if (files != NULL && opening->waiting == NULL)
        open_copy (self, g_ptr_array_index (files, 0), opening);
      else if (files == NULL && sampan_window_is_ready (self))
        sampan_window_tell_item_error (self, opening->display, error);
    }
  opening_free (opening);
}

/* What is missing in the result has to be filled in before the main loop runs. Borrowed. */
static Opening *
start (SampanWindow *self, SampanFetch *fetch)
{
  Opening *opening = g_new0 (Opening, 1);

  opening->window = g_object_ref (self);
  opening->fetch = g_object_ref (fetch);
  opening->cancellable = g_cancellable_new ();
  opening->display = g_strdup (sampan_fetch_get_title (fetch));
  g_queue_push_tail (&self->fetches, opening);
  show_first (self);
  sampan_fetch_run_async (opening->fetch, opening->cancellable, fetched_cb, opening);
  return opening;
}

static void
fetch_and_open (SampanWindow *self,
                const SampanPath *path,
                const SampanFileInfo *info,
                GAppInfo *app)
{
  g_autoptr (SampanFetch) fetch = sampan_fetch_new (self->session);

  sampan_fetch_add (fetch, path, info);
  sampan_fetch_set_read_only (fetch, true);
  g_set_object (&start (self, fetch)->app, app);
}

void
sampan_window_cancel_fetch (SampanWindow *self)
{
  Opening *first = g_queue_peek_head (&self->fetches);

  if (first != NULL)
    g_cancellable_cancel (first->cancellable);
}

void
sampan_window_cancel_fetches (SampanWindow *self)
{
  for (GList *l = self->fetches.head; l != NULL; l = l->next)
    g_cancellable_cancel (((Opening *)l->data)->cancellable);
}

/* ---- handing out ---- */

/* Other programs give up after 30 s. */
#define HAND_OUT_SECS 25

static void
tell_to_download (SampanWindow *self, const char *text)
{
  sampan_error_bar_tell (self->error_bar, GTK_MESSAGE_INFO, text, _ ("_Download…"), "win.download");
}

static gboolean
too_late_cb (gpointer user_data)
{
  g_cancellable_cancel (user_data);
  return G_SOURCE_REMOVE;
}

/* FALSE: it took too long. */
static bool
wait_for_copies (SampanWindow *self, SampanFetch *fetch, Waiting *waiting)
{
  Opening *opening = start (self, fetch);
  GSource *source = g_timeout_source_new_seconds (HAND_OUT_SECS);
  bool in_time;

  opening->waiting = waiting;
  g_source_set_callback (source, too_late_cb, g_object_ref (opening->cancellable), g_object_unref);
  g_source_attach (source, NULL);
  g_main_loop_run (waiting->loop);
  in_time = !g_source_is_destroyed (source);
  g_source_destroy (source);
  g_source_unref (source);
  return in_time;
}

char **
sampan_window_hand_out (SampanWindow *self, GPtrArray *paths, GPtrArray *infos)
{
  g_autoptr (SampanWindow) window = g_object_ref (self);
  g_autoptr (SampanFetch) fetch = NULL;
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GStrvBuilder) uris = g_strv_builder_new ();
  Waiting waiting = { .loop = loop };

  if (!sampan_window_is_ready (self))
    return NULL;
  fetch = sampan_fetch_new (self->session);
  for (guint i = 0; i < paths->len; i++)
    sampan_fetch_add (fetch, g_ptr_array_index (paths, i), g_ptr_array_index (infos, i));
  if (!wait_for_copies (self, fetch, &waiting) && !self->closing)
    tell_to_download (self, _ ("The other program cannot wait so long. Download the files first."));
  if (waiting.files == NULL)
    return NULL;
  for (guint i = 0; i < waiting.files->len; i++)
    {
      g_autofree char *uri = g_filename_to_uri (g_ptr_array_index (waiting.files, i), NULL, NULL);

      if (uri != NULL)
        g_strv_builder_add (uris, uri);
    }
  g_ptr_array_unref (waiting.files);
  return g_strv_builder_end (uris);
}

void
sampan_window_refuse_to_hand_out (SampanWindow *self)
{
  g_autofree char *most = g_format_size (SAMPAN_FILE_VIEW_DRAG_OUT_MAX_BYTES);
  /* Translators: a size. */
  g_autofree char *text = g_strdup_printf (
      _ ("Only files of up to %s in all can be dragged to other programs. Download these first."),
      most);

  tell_to_download (self, text);
}

/* ---- asking ---- */

typedef struct
{
  SampanPath *path;
  SampanFileInfo *info;
  GAppInfo *app; /* nullable */
} Asked;

static void
asked_free (gpointer data)
{
  Asked *asked = data;

  sampan_path_unref (asked->path);
  sampan_file_info_free (asked->info);
  g_clear_object (&asked->app);
  g_free (asked);
}

static void
asked_cb (GtkDialog *dialog, int response, gpointer user_data)
{
  SampanWindow *self = user_data;
  const Asked *asked = g_object_get_data (G_OBJECT (dialog), INFO_KEY);

  if (response == GTK_RESPONSE_ACCEPT && sampan_window_is_ready (self))
    fetch_and_open (self, asked->path, asked->info, asked->app);
  gtk_widget_destroy (GTK_WIDGET (dialog));
}

static void
add_button (GtkWidget *dialog, const char *label, int response)
{
  GtkWidget *button = gtk_dialog_add_button (GTK_DIALOG (dialog), label, response);

  sampan_accessible_set_name_from_label (button, label);
}

static void
ask (SampanWindow *self, const SampanPath *path, const SampanFileInfo *info, GAppInfo *app)
{
  g_autofree char *display = sampan_sentence_name (info->name, -1);
  g_autofree char *size = g_format_size (info->size);
  GtkWidget *dialog = gtk_message_dialog_new (GTK_WINDOW (self),
                                              GTK_DIALOG_MODAL | GTK_DIALOG_DESTROY_WITH_PARENT,
                                              GTK_MESSAGE_QUESTION,
                                              GTK_BUTTONS_NONE,
                                              /* Translators: the name of a file. */
                                              _ ("Open “%s”?"),
                                              display);
  Asked *asked = g_new0 (Asked, 1);

  asked->path = sampan_path_ref ((SampanPath *)path);
  asked->info = sampan_file_info_copy (info);
  g_set_object (&asked->app, app);
  g_object_set_data_full (G_OBJECT (dialog), INFO_KEY, asked, asked_free);
  gtk_message_dialog_format_secondary_text (
      GTK_MESSAGE_DIALOG (dialog),
      /* Translators: a size. */
      _ ("All of it, %s, is copied to this computer first. Download it instead to keep it."),
      size);
  add_button (dialog, _ ("_Cancel"), GTK_RESPONSE_CANCEL);
  add_button (dialog, _ ("_Open"), GTK_RESPONSE_ACCEPT);
  gtk_dialog_set_default_response (GTK_DIALOG (dialog), GTK_RESPONSE_ACCEPT);
  g_signal_connect_object (dialog, "response", G_CALLBACK (asked_cb), self, 0);
  gtk_widget_show (dialog);
}

static void
open_file_with (SampanWindow *self, const SampanFileInfo *info, GAppInfo *app)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SampanPath) path = sampan_window_dup_entry_path (self, info, &error);

  if (path == NULL)
    sampan_window_tell_item_error (self, info->name, error);
  else if (info->size > ASK_BYTES)
    ask (self, path, info, app);
  else
    fetch_and_open (self, path, info, app);
}

void
sampan_window_open_file (SampanWindow *self, const SampanFileInfo *info)
{
  open_file_with (self, info, NULL);
}

/* ---- with a program that is chosen ---- */

static void
app_chosen_cb (GtkDialog *dialog, int response, gpointer user_data)
{
  SampanWindow *self = user_data;
  const SampanFileInfo *info = g_object_get_data (G_OBJECT (dialog), INFO_KEY);
  g_autoptr (GAppInfo) app = gtk_app_chooser_get_app_info (GTK_APP_CHOOSER (dialog));

  if (response == GTK_RESPONSE_OK && app != NULL && sampan_window_is_ready (self))
    open_file_with (self, info, app);
  gtk_widget_destroy (GTK_WIDGET (dialog));
}

static void
open_with_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SampanWindow *self = user_data;
  g_autoptr (GPtrArray) selected = sampan_file_view_dup_selected (self->file_view);
  const SampanFileInfo *info = selected->len == 1 ? g_ptr_array_index (selected, 0) : NULL;
  g_autofree char *type = NULL;
  GtkWidget *dialog, *list;

  if (info == NULL || info->kind != SAMPAN_ENTRY_FILE)
    return;
  type = g_content_type_guess (info->name, NULL, 0, NULL);
  dialog = gtk_app_chooser_dialog_new_for_content_type (GTK_WINDOW (self),
                                                        GTK_DIALOG_MODAL |
                                                            GTK_DIALOG_DESTROY_WITH_PARENT,
                                                        type);
  list = gtk_app_chooser_dialog_get_widget (GTK_APP_CHOOSER_DIALOG (dialog));
  gtk_app_chooser_widget_set_show_default (GTK_APP_CHOOSER_WIDGET (list), TRUE);
  g_object_set_data_full (G_OBJECT (dialog),
                          INFO_KEY,
                          sampan_file_info_copy (info),
                          (GDestroyNotify)sampan_file_info_free);
  g_signal_connect_object (dialog, "response", G_CALLBACK (app_chosen_cb), self, 0);
  gtk_widget_show (dialog);
}

void
sampan_window_update_open_with (SampanWindow *self, GPtrArray *selected)
{
  const SampanFileInfo *info = selected->len == 1 ? g_ptr_array_index (selected, 0) : NULL;

  /* In a sandbox there are no programs to choose from; the desktop asks by itself there. */
  sampan_window_set_enabled (self,
                             "open-with",
                             sampan_window_is_ready (self) && info != NULL &&
                                 info->kind == SAMPAN_ENTRY_FILE &&
                                 !sampan_launch_is_in_sandbox ());
}

/* ---- what was downloaded ---- */

static void
open_local_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  sampan_launch_file_async (user_data,
                            g_variant_get_bytestring (parameter),
                            NULL,
                            NULL,
                            launched_cb,
                            NULL);
}

static void
show_local_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  sampan_launch_folder_async (user_data,
                              g_variant_get_bytestring (parameter),
                              NULL,
                              launched_cb,
                              NULL);
}

void
sampan_window_open_if_wanted (SampanWindow *self, SampanTransfer *transfer)
{
  g_autofree char *filename = NULL;

  if (sampan_transfer_get_state (transfer) != SAMPAN_TRANSFER_DONE ||
      !sampan_transfer_row_opens_when_done (transfer))
    return;
  filename = sampan_transfer_row_dup_filename (transfer);
  sampan_launch_file_async (GTK_WIDGET (self), filename, NULL, NULL, launched_cb, NULL);
}

static const GActionEntry entries[] = {
  { "open-local", open_local_cb, "ay" },
  { "show-local", show_local_cb, "ay" },
  { "open-with", open_with_cb },
};

void
sampan_window_init_open (SampanWindow *self)
{
  g_queue_init (&self->fetches);
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
}
