/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* One transfer in the list. */

#include "config.h"

#include "transfer-row.h"

#include "accessible.h"
#include "transfer-text.h"

struct _SampanTransferRow
{
  GtkListBoxRow parent_instance;

  /* template widgets */
  GtkImage *image;
  GtkLabel *title_label;
  GtkLabel *status_label;
  GtkWidget *cancel_button;

  /* owned */
  SampanTransfer *transfer;
};

G_DEFINE_TYPE (SampanTransferRow, sampan_transfer_row, GTK_TYPE_LIST_BOX_ROW)

static const char *
choose_icon (SampanTransfer *transfer)
{
  switch (sampan_transfer_get_state (transfer))
    {
    case SAMPAN_TRANSFER_DONE:
      return "emblem-ok-symbolic";
    case SAMPAN_TRANSFER_FAILED:
      return "dialog-warning-symbolic";
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
transfer_changed_cb (SampanTransferRow *self)
{
  SampanTransferState state = sampan_transfer_get_state (self->transfer);
  g_autofree char *status = sampan_transfer_text_dup_status (self->transfer);
  g_autofree char *title = sampan_transfer_text_dup_title (self->transfer);
  g_autofree char *name = NULL;
  bool failed = state == SAMPAN_TRANSFER_FAILED;
  GtkStyleContext *style = gtk_widget_get_style_context (GTK_WIDGET (self->status_label));

  gtk_image_set_from_icon_name (self->image, choose_icon (self->transfer), GTK_ICON_SIZE_MENU);
  gtk_label_set_text (self->title_label, title);
  gtk_label_set_text (self->status_label, status);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->status_label), failed ? status : NULL);
  if (failed)
    {
      gtk_style_context_remove_class (style, GTK_STYLE_CLASS_DIM_LABEL);
      gtk_style_context_add_class (style, GTK_STYLE_CLASS_ERROR);
    }
  gtk_widget_set_visible (self->cancel_button, state < SAMPAN_TRANSFER_DONE);
  name = g_strconcat (title, ": ", status, NULL);
  sampan_accessible_set_name (GTK_WIDGET (self), name);
}

static void
cancel_clicked_cb (SampanTransferRow *self)
{
  sampan_transfer_cancel (self->transfer);
}

static void
sampan_transfer_row_dispose (GObject *object)
{
  SampanTransferRow *self = SAMPAN_TRANSFER_ROW (object);

  if (self->transfer != NULL)
    g_signal_handlers_disconnect_by_data (self->transfer, self);
  g_clear_object (&self->transfer);
  G_OBJECT_CLASS (sampan_transfer_row_parent_class)->dispose (object);
}

static void
sampan_transfer_row_class_init (SampanTransferRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sampan_transfer_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sampan/Sampan/ui/transfer-row.ui");
  gtk_widget_class_bind_template_child (widget_class, SampanTransferRow, image);
  gtk_widget_class_bind_template_child (widget_class, SampanTransferRow, title_label);
  gtk_widget_class_bind_template_child (widget_class, SampanTransferRow, status_label);
  gtk_widget_class_bind_template_child (widget_class, SampanTransferRow, cancel_button);
  gtk_widget_class_bind_template_callback (widget_class, cancel_clicked_cb);
}

static void
sampan_transfer_row_init (SampanTransferRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
sampan_transfer_row_new (SampanTransfer *transfer)
{
  SampanTransferRow *self = g_object_new (SAMPAN_TYPE_TRANSFER_ROW, NULL);
  static const char *const watched[] = { "notify::state", "notify::done-bytes", "notify::speed" };

  self->transfer = g_object_ref (transfer);
  for (size_t i = 0; i < G_N_ELEMENTS (watched); i++)
    g_signal_connect_object (transfer,
                             watched[i],
                             G_CALLBACK (transfer_changed_cb),
                             self,
                             G_CONNECT_SWAPPED);
  transfer_changed_cb (self);
  return GTK_WIDGET (self);
}
