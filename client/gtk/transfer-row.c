/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* One transfer in the list: how far it is, and its buttons. */

#include "config.h"

#include "transfer-row.h"

#include "accessible.h"
#include "transfer-row-private.h"
#include "transfer-text.h"

#include <glib/gi18n.h>

G_DEFINE_TYPE (SampanTransferRow, sampan_transfer_row, GTK_TYPE_LIST_BOX_ROW)

/* On a transfer: the file is to be opened once it is here. */
#define OPENS_KEY "sampan-opens-when-done"

enum
{
  RETRY,
  DRAGGED,
  OUTDATED,
  N_SIGNALS,
};
static guint signals[N_SIGNALS];

static const char *
choose_icon (SampanTransfer *transfer)
{
  switch (sampan_transfer_get_state (transfer))
    {
    case SAMPAN_TRANSFER_DONE:
      return "emblem-ok-symbolic";
    case SAMPAN_TRANSFER_FAILED:
      return "dialog-warning-symbolic";
    case SAMPAN_TRANSFER_PAUSED:
      return "media-playback-pause-symbolic";
    case SAMPAN_TRANSFER_WAITING:
    case SAMPAN_TRANSFER_CONNECTING:
    case SAMPAN_TRANSFER_RECONNECTING:
    case SAMPAN_TRANSFER_SENDING:
    case SAMPAN_TRANSFER_RECEIVING:
    case SAMPAN_TRANSFER_SAVING:
    case SAMPAN_TRANSFER_CANCELLED:
      break;
    }
  return sampan_transfer_is_upload (transfer) ? "go-up-symbolic" : "go-down-symbolic";
}

static void
show_buttons (SampanTransferRow *self, SampanTransferState state)
{
  bool paused = state == SAMPAN_TRANSFER_PAUSED;

  gtk_widget_set_visible (self->pause_button, state < SAMPAN_TRANSFER_SAVING);
  gtk_image_set_from_icon_name (self->pause_image,
                                paused ? "media-playback-start-symbolic"
                                       : "media-playback-pause-symbolic",
                                GTK_ICON_SIZE_BUTTON);
  gtk_widget_set_tooltip_text (self->pause_button,
                               paused ? _ ("Resume this transfer") : _ ("Pause this transfer"));
  sampan_accessible_set_name (self->pause_button, paused ? _ ("Resume") : _ ("Pause"));
  gtk_widget_set_visible (self->retry_button,
                          state == SAMPAN_TRANSFER_FAILED || state == SAMPAN_TRANSFER_CANCELLED);
  gtk_widget_set_visible (self->cancel_button, state < SAMPAN_TRANSFER_DONE);
  gtk_widget_set_visible (self->show_button, _sampan_transfer_row_has_file (self));
}

static void
show_progress (SampanTransferRow *self, SampanTransferState state)
{
  uint64_t total = sampan_transfer_get_total_bytes (self->transfer);
  uint64_t done = sampan_transfer_get_done_bytes (self->transfer);

  gtk_widget_set_visible (GTK_WIDGET (self->progress_bar),
                          state < SAMPAN_TRANSFER_DONE && total > 0 && done > 0);
  gtk_progress_bar_set_fraction (self->progress_bar,
                                 sampan_transfer_text_get_fraction (done, total));
  gtk_progress_bar_set_fraction (
      self->safe_bar,
      sampan_transfer_text_get_fraction (sampan_transfer_get_safe_bytes (self->transfer), total));
}

/* Many properties change together. */
static void
transfer_changed_cb (SampanTransferRow *self)
{
  if (self->is_outdated)
    return;
  self->is_outdated = true;
  g_signal_emit (self, signals[OUTDATED], 0);
}

bool
_sampan_transfer_row_has_file (SampanTransferRow *self)
{
  return !sampan_transfer_is_upload (self->transfer) &&
         sampan_transfer_get_state (self->transfer) == SAMPAN_TRANSFER_DONE;
}

void
_sampan_transfer_row_act_on_file (SampanTransferRow *self, const char *name)
{
  GtkWidget *window = gtk_widget_get_toplevel (GTK_WIDGET (self));
  g_autofree char *filename = sampan_transfer_row_dup_filename (self->transfer);

  if (G_IS_ACTION_GROUP (window))
    g_action_group_activate_action (G_ACTION_GROUP (window),
                                    name,
                                    g_variant_new_bytestring (filename));
}

void
_sampan_transfer_row_emit_dragged (SampanTransferRow *self, bool begins)
{
  g_signal_emit (self, signals[DRAGGED], 0, begins);
}

static void
show_clicked_cb (SampanTransferRow *self)
{
  _sampan_transfer_row_act_on_file (self, "show-local");
}

static void
cancel_clicked_cb (SampanTransferRow *self)
{
  sampan_transfer_cancel (self->transfer);
}

static void
pause_clicked_cb (SampanTransferRow *self)
{
  if (sampan_transfer_get_state (self->transfer) == SAMPAN_TRANSFER_PAUSED)
    sampan_transfer_requeue (self->transfer);
  else
    sampan_transfer_pause (self->transfer);
}

static void
retry_clicked_cb (SampanTransferRow *self)
{
  g_signal_emit (self, signals[RETRY], 0, self->transfer);
}

static void
sampan_transfer_row_dispose (GObject *object)
{
  SampanTransferRow *self = SAMPAN_TRANSFER_ROW (object);

  if (self->transfer != NULL)
    g_signal_handlers_disconnect_by_data (self->transfer, self);
  g_clear_object (&self->transfer);
  g_clear_object (&self->queue);
  G_OBJECT_CLASS (sampan_transfer_row_parent_class)->dispose (object);
}

static guint
new_signal (const char *name, guint n_arguments, GType argument)
{
  return g_signal_new (name,
                       SAMPAN_TYPE_TRANSFER_ROW,
                       G_SIGNAL_RUN_LAST,
                       0,
                       NULL,
                       NULL,
                       NULL,
                       G_TYPE_NONE,
                       n_arguments,
                       argument);
}

static void
sampan_transfer_row_class_init (SampanTransferRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sampan_transfer_row_dispose;
  signals[RETRY] = new_signal ("retry", 1, SAMPAN_TYPE_TRANSFER);
  signals[DRAGGED] = new_signal ("dragged", 1, G_TYPE_BOOLEAN);
  signals[OUTDATED] = new_signal ("outdated", 0, G_TYPE_NONE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sampan/Sampan/ui/transfer-row.ui");
  gtk_widget_class_bind_template_child (widget_class, SampanTransferRow, event_box);
  gtk_widget_class_bind_template_child (widget_class, SampanTransferRow, image);
  gtk_widget_class_bind_template_child (widget_class, SampanTransferRow, title_label);
  gtk_widget_class_bind_template_child (widget_class, SampanTransferRow, status_label);
  gtk_widget_class_bind_template_child (widget_class, SampanTransferRow, pause_button);
  gtk_widget_class_bind_template_child (widget_class, SampanTransferRow, pause_image);
  gtk_widget_class_bind_template_child (widget_class, SampanTransferRow, progress_bar);
  gtk_widget_class_bind_template_child (widget_class, SampanTransferRow, safe_bar);
  gtk_widget_class_bind_template_child (widget_class, SampanTransferRow, show_button);
  gtk_widget_class_bind_template_child (widget_class, SampanTransferRow, retry_button);
  gtk_widget_class_bind_template_child (widget_class, SampanTransferRow, cancel_button);
  gtk_widget_class_bind_template_callback (widget_class, pause_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, show_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, retry_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, cancel_clicked_cb);
  _sampan_transfer_row_bind_place (widget_class);
}

static void
sampan_transfer_row_init (SampanTransferRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  _sampan_transfer_row_init_place (self);
}

GtkWidget *
sampan_transfer_row_new (SampanQueue *queue, SampanTransfer *transfer)
{
  SampanTransferRow *self = g_object_new (SAMPAN_TYPE_TRANSFER_ROW, NULL);
  static const char *const watched[] = { "notify::state",
                                         "notify::done-bytes",
                                         "notify::safe-bytes",
                                         "notify::speed" };

  self->queue = g_object_ref (queue);
  self->transfer = g_object_ref (transfer);
  for (size_t i = 0; i < G_N_ELEMENTS (watched); i++)
    g_signal_connect_object (transfer,
                             watched[i],
                             G_CALLBACK (transfer_changed_cb),
                             self,
                             G_CONNECT_SWAPPED);
  sampan_transfer_row_update (self);
  return GTK_WIDGET (self);
}

void
sampan_transfer_row_update (SampanTransferRow *self)
{
  SampanTransferState state = sampan_transfer_get_state (self->transfer);
  g_autofree char *status = sampan_transfer_text_dup_status (self->transfer);
  g_autofree char *title = sampan_transfer_text_dup_title (self->transfer);
  g_autofree char *name = NULL;
  bool failed = state == SAMPAN_TRANSFER_FAILED;
  GtkStyleContext *style = gtk_widget_get_style_context (GTK_WIDGET (self->status_label));

  self->is_outdated = false;
  gtk_image_set_from_icon_name (self->image, choose_icon (self->transfer), GTK_ICON_SIZE_MENU);
  gtk_label_set_text (self->title_label, title);
  gtk_label_set_text (self->status_label, status);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->status_label), failed ? status : NULL);
  if (failed)
    {
      gtk_style_context_remove_class (style, GTK_STYLE_CLASS_DIM_LABEL);
      gtk_style_context_add_class (style, GTK_STYLE_CLASS_ERROR);
    }
  else
    {
      gtk_style_context_remove_class (style, GTK_STYLE_CLASS_ERROR);
      gtk_style_context_add_class (style, GTK_STYLE_CLASS_DIM_LABEL);
    }
  show_buttons (self, state);
  show_progress (self, state);
  _sampan_transfer_row_update_place (self);
  name = g_strconcat (title, ": ", status, NULL);
  sampan_accessible_set_name (GTK_WIDGET (self), name);
}

char *
sampan_transfer_row_dup_filename (SampanTransfer *transfer)
{
  const char *local = sampan_transfer_get_local (transfer);
  const char *stored = sampan_transfer_get_stored_name (transfer);
  g_autofree char *folder = NULL;

  if (stored == NULL)
    return g_strdup (local);
  folder = g_path_get_dirname (local);
  return g_build_filename (folder, stored, NULL);
}

void
sampan_transfer_row_set_opens_when_done (SampanTransfer *transfer, bool opens)
{
  g_object_set_data (G_OBJECT (transfer), OPENS_KEY, opens ? transfer : NULL);
}

bool
sampan_transfer_row_opens_when_done (SampanTransfer *transfer)
{
  return g_object_get_data (G_OBJECT (transfer), OPENS_KEY) != NULL;
}
