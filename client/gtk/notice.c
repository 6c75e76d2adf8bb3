/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Something that just happened, with a way back. */

#include "config.h"

#include "notice.h"

/* Long enough to read it and to reach for the button. */
#define SHOWN_SECS 8

struct _SampanNotice
{
  GtkRevealer parent_instance;

  /* template widgets */
  GtkLabel *text_label;
  GtkButton *undo_button;

  /* owned */
  guint hide_id;
};

G_DEFINE_TYPE (SampanNotice, sampan_notice, GTK_TYPE_REVEALER)

static gboolean
hide_cb (gpointer user_data)
{
  SampanNotice *self = user_data;

  self->hide_id = 0;
  gtk_revealer_set_reveal_child (GTK_REVEALER (self), FALSE);
  return G_SOURCE_REMOVE;
}

static void
sampan_notice_dispose (GObject *object)
{
  g_clear_handle_id (&SAMPAN_NOTICE (object)->hide_id, g_source_remove);
  G_OBJECT_CLASS (sampan_notice_parent_class)->dispose (object);
}

static void
sampan_notice_class_init (SampanNoticeClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sampan_notice_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sampan/Sampan/ui/notice.ui");
  gtk_widget_class_bind_template_child (widget_class, SampanNotice, text_label);
  gtk_widget_class_bind_template_child (widget_class, SampanNotice, undo_button);
}

static void
sampan_notice_init (SampanNotice *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
sampan_notice_tell (SampanNotice *self, const char *text, bool has_undo)
{
  gtk_label_set_text (self->text_label, text);
  gtk_widget_set_visible (GTK_WIDGET (self->undo_button), has_undo);
  gtk_revealer_set_reveal_child (GTK_REVEALER (self), TRUE);
  g_clear_handle_id (&self->hide_id, g_source_remove);
  self->hide_id = g_timeout_add_seconds (SHOWN_SECS, hide_cb, self);
}

void
sampan_notice_hide (SampanNotice *self)
{
  g_clear_handle_id (&self->hide_id, g_source_remove);
  gtk_revealer_set_reveal_child (GTK_REVEALER (self), FALSE);
}
