/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The life of a batch in the window: prepared with a count, asked about once, moved, its problems
 * told at the end. One is prepared at a time, others wait for their turn. */

#include "config.h"

#include "window-private.h"

#include "conflict-sheet.h"
#include "problems-dialog.h"

#include <glib/gi18n.h>

#define FOLDER_KEY "sampan-folder" /* the target's name, for display, on its batch */

static void prepare_next (SampanWindow *self);

static SampanBatch *
get_current (SampanWindow *self)
{
  return g_queue_peek_head (&self->batches);
}

/* The first is prepared and asked about, or given up. */
static void
drop_current (SampanWindow *self)
{
  g_autoptr (SampanBatch) batch = g_queue_pop_head (&self->batches);

  g_clear_object (&self->prepare_cancellable);
  prepare_next (self);
}

/* ---- the end ---- */

/* What went wrong with the one item. */
static void
tell_only_problem (SampanWindow *self, SampanBatch *batch)
{
  g_autoptr (SampanBatchProblem) only =
      g_list_model_get_item (sampan_batch_get_problems (batch), 0);
  bool is_odd = sampan_batch_problem_get_origin (only) == SAMPAN_BATCH_PROBLEM_KIND;
  g_autofree char *text = g_strdup_printf (sampan_batch_is_upload (batch)
                                               /* Translators: a file's name, then why. */
                                               ? _ ("“%s” was not uploaded. %s")
                                               /* Translators: a file's name, then why. */
                                               : _ ("“%s” was not downloaded. %s"),
                                           sampan_batch_problem_get_name (only),
                                           sampan_batch_problem_get_reason (only));

  sampan_error_bar_tell (self->error_bar,
                         is_odd ? GTK_MESSAGE_INFO : GTK_MESSAGE_ERROR,
                         text,
                         NULL,
                         NULL);
}

/* Files that are the same on both sides were told of before. */
static void
tell_outcome (SampanWindow *self, SampanBatch *batch)
{
  SampanBatchSums sums = sampan_batch_get_sums (batch);
  g_autofree char *text = NULL;

  if (sums.n_problems == 0 && sampan_batch_count_skipped (batch) == sums.n_same)
    return;
  if (sums.n_problems == 1)
    {
      tell_only_problem (self, batch);
      return;
    }
  text = sampan_problems_dialog_dup_outcome (batch);
  g_set_object (&self->told, batch);
  sampan_error_bar_tell (self->error_bar,
                         sums.n_problems > sums.n_odd ? GTK_MESSAGE_ERROR : GTK_MESSAGE_INFO,
                         text,
                         sums.n_problems > 0 ? _ ("_Show") : NULL,
                         sums.n_problems > 0 ? "win.show-problems" : NULL);
}

void
sampan_window_show_problems (SampanWindow *self)
{
  if (self->told != NULL)
    gtk_widget_show (GTK_WIDGET (sampan_problems_dialog_new (GTK_WINDOW (self), self->told)));
}

static void
state_changed_cb (SampanBatch *batch, GParamSpec *pspec, gpointer user_data)
{
  SampanWindow *self = user_data;

  if (sampan_batch_get_state (batch) != SAMPAN_BATCH_FINISHED)
    return;
  g_signal_handlers_disconnect_by_func (batch, state_changed_cb, self);
  sampan_transfer_panel_add_skipped (self->transfer_panel,
                                     (guint)sampan_batch_count_skipped (batch));
  if (!self->closing)
    sampan_window_notify_finished (self, batch, g_object_get_data (G_OBJECT (batch), FOLDER_KEY));
  if (sampan_window_is_ready (self) && !self->closing)
    {
      tell_outcome (self, batch);
      if (sampan_batch_is_upload (batch))
        {
          sampan_window_tell_replaced (self);
          sampan_window_plan_refresh (self);
        }
    }
  g_ptr_array_remove (self->moving, batch);
}

/* ---- the start ---- */

static void
tell_same (SampanWindow *self, SampanBatch *batch)
{
  g_autofree char *text = sampan_conflict_sheet_dup_same_text (batch);

  if (text != NULL)
    sampan_error_bar_tell (self->error_bar, GTK_MESSAGE_INFO, text, NULL, NULL);
}

static void
start_current (SampanWindow *self)
{
  g_autoptr (SampanBatch) batch = g_object_ref (get_current (self));

  self->is_shown_anew = false;
  g_ptr_array_add (self->moving, g_object_ref (batch));
  g_signal_connect_object (batch, "notify::state", G_CALLBACK (state_changed_cb), self, 0);
  sampan_batch_start (batch, self->queue);
  drop_current (self);
}

/* A link that is lost heals, and the transfers wait for it. */
static bool
can_start (SampanWindow *self)
{
  SampanSessionState state;

  if (sampan_window_is_gone (self))
    return false;
  state = sampan_session_get_state (self->session);
  return state == SAMPAN_SESSION_READY || state == SAMPAN_SESSION_RECONNECTING;
}

static void
sheet_cb (GtkDialog *dialog, int response, gpointer user_data)
{
  SampanWindow *self = user_data;

  gtk_widget_destroy (GTK_WIDGET (dialog));
  if (get_current (self) == NULL)
    return;
  if (response == GTK_RESPONSE_ACCEPT && can_start (self))
    {
      start_current (self);
      return;
    }
  if (response != GTK_RESPONSE_ACCEPT && self->saved != NULL)
    sampan_saved_queue_forget (self->saved, get_current (self));
  drop_current (self);
}

static void
ask (SampanWindow *self, SampanBatch *batch)
{
  SampanConflictSheet *sheet =
      sampan_conflict_sheet_new (GTK_WINDOW (self),
                                 batch,
                                 g_object_get_data (G_OBJECT (batch), FOLDER_KEY));

  g_signal_connect_object (sheet, "response", G_CALLBACK (sheet_cb), self, 0);
  gtk_widget_show (GTK_WIDGET (sheet));
}

/* ---- preparing ---- */

static void
tell_prepare_error (SampanWindow *self, const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE))
    sampan_error_bar_tell (self->error_bar, GTK_MESSAGE_ERROR, error->message, NULL, NULL);
  else if (sampan_window_is_ready (self))
    sampan_window_tell_error (self, error);
}

static void
prepared_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SampanWindow) self = user_data;
  SampanBatch *batch = SAMPAN_BATCH (source);
  g_autoptr (GError) error = NULL;
  bool ready = sampan_batch_prepare_finish (batch, result, &error);

  /* The window was closed, or logged out. */
  if (get_current (self) != batch)
    return;
  sampan_preparing_bar_set_batch (self->preparing_bar, NULL);
  if (!ready || !can_start (self))
    {
      if (error != NULL)
        tell_prepare_error (self, error);
      drop_current (self);
      return;
    }
  if (sampan_batch_count_undecided (batch) > 0)
    {
      ask (self, batch);
      return;
    }
  tell_same (self, batch);
  start_current (self);
}

static void
prepare_next (SampanWindow *self)
{
  SampanBatch *batch = get_current (self);

  if (batch == NULL)
    return;
  self->prepare_cancellable = g_cancellable_new ();
  sampan_preparing_bar_set_batch (self->preparing_bar, batch);
  sampan_batch_prepare_async (batch, self->prepare_cancellable, prepared_cb, g_object_ref (self));
}

static gpointer
ref_batch (gconstpointer batch, gpointer user_data)
{
  return g_object_ref ((gpointer)batch);
}

void
sampan_window_cancel_preparing (SampanWindow *self)
{
  g_cancellable_cancel (self->prepare_cancellable);
}

void
sampan_window_add_batch (SampanWindow *self, SampanBatch *batch, const char *folder)
{
  if (self->saved != NULL)
    sampan_saved_queue_add (self->saved, batch);
  sampan_window_queue_batch (self, batch, folder);
}

void
sampan_window_queue_batch (SampanWindow *self, SampanBatch *batch, const char *folder)
{
  bool is_first = g_queue_is_empty (&self->batches);

  g_object_set_data_full (G_OBJECT (batch), FOLDER_KEY, g_strdup (folder), g_free);
  g_queue_push_tail (&self->batches, g_object_ref (batch));
  if (is_first)
    prepare_next (self);
}

void
sampan_window_stop_transfers (SampanWindow *self)
{
  g_autoptr (GPtrArray) moving = g_ptr_array_copy (self->moving, ref_batch, NULL);

  g_ptr_array_set_free_func (moving, g_object_unref);
  for (guint i = 0; i < moving->len; i++)
    sampan_batch_cancel (g_ptr_array_index (moving, i));
  sampan_queue_cancel_all (self->queue);
  g_queue_clear_full (&self->batches, g_object_unref);
  g_cancellable_cancel (self->prepare_cancellable);
  g_clear_object (&self->prepare_cancellable);
  sampan_preparing_bar_set_batch (self->preparing_bar, NULL);
}

void
sampan_window_transfer_finished (SampanWindow *self, SampanTransfer *transfer)
{
  const SampanPath *remote = sampan_transfer_get_remote (transfer);
  g_autoptr (SampanPath) parent = sampan_path_get_parent (remote);

  if (!sampan_transfer_is_upload (transfer) || self->path == NULL)
    return;
  sampan_window_note_replaced (self, transfer);
  /* Of what goes into the folders in it, the first shows those, the last their times. */
  if (sampan_path_equal (parent, self->path) ||
      (!self->is_shown_anew && sampan_path_is_below (parent, self->path)))
    {
      self->is_shown_anew = true;
      sampan_window_plan_refresh (self);
    }
}
