/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Transfers that outlive the window: restored at the login, put off or given up at the end. */

#include "config.h"

#include "window-private.h"

#include "accessible.h"
#include "escape.h"

#include <glib/gi18n.h>

#define ANSWER_STOP 1 /* responses beside GTK's own, which are negative */
#define ANSWER_LATER 2

#define ANSWER_KEY "sampan-answer" /* on the question: what is to come after either */

/* ---- at the login ---- */

static void
tell (SampanWindow *self, const char *text)
{
  sampan_error_bar_tell (self->error_bar, GTK_MESSAGE_INFO, text, NULL, NULL);
}

static void
tell_unsaved (SampanWindow *self, const GError *error)
{
  g_autofree char *text = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_BUSY))
    {
      sampan_transfer_panel_set_note (
          self->transfer_panel,
          _ ("Another window or desktop of yours keeps the list of transfers of this account. What "
             "you start here is not saved: it ends with this window."));
      return;
    }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED))
    {
      tell (self,
            _ ("A newer version of Sampan saved transfers here. They are left alone, and what you "
               "start now ends with the window."));
      return;
    }
  /* Translators: why. */
  text = g_strdup_printf (_ ("Transfers cannot be saved for the next login: %s"),
                          sampan_error_get_text (error));
  tell (self, text);
}

static void
tell_damaged (SampanWindow *self, const char *filename)
{
  g_autofree char *display = g_filename_display_name (filename);
  /* Translators: the name of a file. */
  g_autofree char *text = g_strdup_printf (
      _ ("The list of saved transfers was damaged. It was put aside as %s; what is good of it goes "
         "on."),
      display);

  tell (self, text);
}

static void
failed_cb (SampanSavedQueue *saved, const GError *error, gpointer user_data)
{
  tell_unsaved (user_data, error);
}

static void
add_restored (SampanWindow *self, GPtrArray *batches)
{
  if (batches->len == 0)
    return;
  sampan_queue_clear_finished (self->queue);
  if (sampan_saved_queue_is_paused (self->saved))
    sampan_queue_pause_all (self->queue);
  else
    tell (self, _ ("The transfers that were interrupted go on."));
  for (guint i = 0; i < batches->len; i++)
    {
      SampanBatch *batch = g_ptr_array_index (batches, i);
      g_autofree char *folder = sampan_saved_queue_dup_folder (batch);

      sampan_window_queue_batch (self, batch, folder);
    }
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SampanWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SampanSavedQueue) saved =
      sampan_saved_queue_open_finish (SAMPAN_SESSION (source), result, &error);
  g_autoptr (GPtrArray) batches = NULL;

  if (saved == NULL)
    {
      if (!self->closing)
        tell_unsaved (self, error);
      return;
    }
  if (self->closing)
    return;
  g_clear_object (&self->saved_cancellable);
  self->saved = g_object_ref (saved);
  g_signal_connect_object (saved, "failed", G_CALLBACK (failed_cb), self, 0);
  if (sampan_saved_queue_get_damaged (saved) != NULL)
    tell_damaged (self, sampan_saved_queue_get_damaged (saved));
  batches = sampan_saved_queue_take_batches (saved);
  /* What was chosen since the login. */
  for (GList *l = self->batches.head; l != NULL; l = l->next)
    sampan_saved_queue_add (saved, l->data);
  add_restored (self, batches);
  sampan_saved_queue_follow (saved, self->queue);
}

/* What waits or is paused outlives a broken session, and goes on when it is there again. */
static bool
has_living (SampanWindow *self)
{
  return self->saved != NULL && sampan_saved_queue_is_of (self->saved, self->session) &&
         (self->moving->len > 0 || !g_queue_is_empty (&self->batches));
}

void
sampan_window_restore_transfers (SampanWindow *self)
{
  if (has_living (self))
    return;
  if (self->saved != NULL)
    sampan_window_put_off_transfers (self);
  sampan_transfer_panel_set_note (self->transfer_panel, NULL);
  self->saved_cancellable = g_cancellable_new ();
  sampan_saved_queue_open_async (self->session,
                                 self->saved_cancellable,
                                 opened_cb,
                                 g_object_ref (self));
}

/* ---- at the end ---- */

static void
drop_saved (SampanWindow *self)
{
  g_cancellable_cancel (self->saved_cancellable);
  g_clear_object (&self->saved_cancellable);
  if (self->saved != NULL)
    sampan_saved_queue_close (self->saved);
  g_clear_object (&self->saved);
  sampan_transfer_panel_set_note (self->transfer_panel, NULL);
}

void
sampan_window_put_off_transfers (SampanWindow *self)
{
  GListModel *queue = G_LIST_MODEL (self->queue);
  bool is_saved = self->saved != NULL;

  drop_saved (self);
  for (guint i = 0; is_saved && i < g_list_model_get_n_items (queue); i++)
    {
      g_autoptr (SampanTransfer) transfer = g_list_model_get_item (queue, i);

      sampan_transfer_set_keep_partial (transfer, true);
    }
  sampan_window_stop_transfers (self);
}

void
sampan_window_give_up_transfers (SampanWindow *self)
{
  if (self->saved != NULL)
    sampan_saved_queue_forget_all (self->saved);
  drop_saved (self);
  sampan_window_stop_transfers (self);
}

typedef void (*Answer) (SampanWindow *self);

static void
answered_cb (GtkDialog *dialog, int response, gpointer user_data)
{
  SampanWindow *self = user_data;
  Answer answer = g_object_get_data (G_OBJECT (dialog), ANSWER_KEY);

  gtk_widget_destroy (GTK_WIDGET (dialog));
  if (response == ANSWER_STOP)
    sampan_window_give_up_transfers (self);
  if (response == ANSWER_STOP || response == ANSWER_LATER)
    answer (self);
}

static GtkWidget *
add_button (GtkWidget *dialog, const char *label, int response)
{
  GtkWidget *button = gtk_dialog_add_button (GTK_DIALOG (dialog), label, response);

  sampan_accessible_set_name_from_label (button, label);
  return button;
}

void
sampan_window_ask_to_end (SampanWindow *self,
                          const char *title,
                          const char *stop,
                          const char *later,
                          void (*answer) (SampanWindow *self))
{
  bool can_save = self->saved != NULL;
  GtkWidget *dialog = gtk_message_dialog_new (GTK_WINDOW (self),
                                              GTK_DIALOG_MODAL | GTK_DIALOG_DESTROY_WITH_PARENT,
                                              GTK_MESSAGE_QUESTION,
                                              GTK_BUTTONS_NONE,
                                              "%s",
                                              title);

  gtk_message_dialog_format_secondary_text (
      GTK_MESSAGE_DIALOG (dialog),
      "%s",
      can_save ? _ ("The transfers go on the next time you log in. If you stop them, what is not "
                    "yet complete is given up.")
               : _ ("What is not yet complete is given up; nothing half done is left behind."));
  add_button (dialog, _ ("_Cancel"), GTK_RESPONSE_CANCEL);
  gtk_style_context_add_class (gtk_widget_get_style_context (
                                   add_button (dialog, stop, ANSWER_STOP)),
                               GTK_STYLE_CLASS_DESTRUCTIVE_ACTION);
  if (can_save)
    add_button (dialog, later, ANSWER_LATER);
  gtk_dialog_set_default_response (GTK_DIALOG (dialog),
                                   can_save ? ANSWER_LATER : GTK_RESPONSE_CANCEL);
  g_object_set_data (G_OBJECT (dialog), ANSWER_KEY, answer);
  g_signal_connect_object (dialog, "response", G_CALLBACK (answered_cb), self, 0);
  gtk_widget_show (dialog);
}
