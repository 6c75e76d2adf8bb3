/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The strip that counts the items of a batch. */

#include "config.h"

#include "preparing-bar.h"

#include <glib/gi18n.h>

#define SHOW_DELAY_MS 300

struct _SampanPreparingBar
{
  GtkInfoBar parent_instance;

  /* template widgets */
  GtkLabel *text_label;

  /* owned */
  SampanBatch *batch;
  guint show_id;
};

G_DEFINE_TYPE (SampanPreparingBar, sampan_preparing_bar, GTK_TYPE_INFO_BAR)

static guint cancel_signal;

static void
update_text (SampanPreparingBar *self)
{
  guint n_items = sampan_batch_get_n_items (self->batch);
  g_autofree char *text =
      g_strdup_printf (ngettext ("Preparing… %'u item", "Preparing… %'u items", n_items), n_items);

  gtk_label_set_text (self->text_label, text);
}

static gboolean
show_cb (gpointer user_data)
{
  SampanPreparingBar *self = user_data;

  self->show_id = 0;
  gtk_widget_show (GTK_WIDGET (self));
  return G_SOURCE_REMOVE;
}

static void
cancel_clicked_cb (SampanPreparingBar *self)
{
  g_signal_emit (self, cancel_signal, 0);
}

static void
sampan_preparing_bar_dispose (GObject *object)
{
  SampanPreparingBar *self = SAMPAN_PREPARING_BAR (object);

  g_clear_handle_id (&self->show_id, g_source_remove);
  if (self->batch != NULL)
    g_signal_handlers_disconnect_by_data (self->batch, self);
  g_clear_object (&self->batch);
  G_OBJECT_CLASS (sampan_preparing_bar_parent_class)->dispose (object);
}

static void
sampan_preparing_bar_class_init (SampanPreparingBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sampan_preparing_bar_dispose;
  cancel_signal = g_signal_new ("cancel",
                                G_TYPE_FROM_CLASS (klass),
                                G_SIGNAL_RUN_LAST,
                                0,
                                NULL,
                                NULL,
                                NULL,
                                G_TYPE_NONE,
                                0);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sampan/Sampan/ui/preparing-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, SampanPreparingBar, text_label);
  gtk_widget_class_bind_template_callback (widget_class, cancel_clicked_cb);
}

static void
sampan_preparing_bar_init (SampanPreparingBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
sampan_preparing_bar_set_batch (SampanPreparingBar *self, SampanBatch *batch)
{
  g_clear_handle_id (&self->show_id, g_source_remove);
  if (self->batch != NULL)
    g_signal_handlers_disconnect_by_data (self->batch, self);
  g_set_object (&self->batch, batch);
  if (batch == NULL)
    {
      gtk_widget_hide (GTK_WIDGET (self));
      return;
    }
  g_signal_connect_swapped (batch, "notify::n-items", G_CALLBACK (update_text), self);
  update_text (self);
  self->show_id = g_timeout_add (SHOW_DELAY_MS, show_cb, self);
}

void
sampan_preparing_bar_set_text (SampanPreparingBar *self, const char *text)
{
  if (text == NULL)
    {
      g_clear_handle_id (&self->show_id, g_source_remove);
      gtk_widget_hide (GTK_WIDGET (self));
      return;
    }
  gtk_label_set_text (self->text_label, text);
  if (self->show_id == 0 && !gtk_widget_get_visible (GTK_WIDGET (self)))
    self->show_id = g_timeout_add (SHOW_DELAY_MS, show_cb, self);
}
