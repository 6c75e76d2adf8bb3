/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The strip that tells of states and errors. */

#include "config.h"

#include "error-bar.h"

#include "accessible.h"

#include <glib/gi18n.h>

struct _SampanErrorBar
{
  GtkInfoBar parent_instance;

  /* template widgets */
  GtkLabel *text_label;
  GtkButton *action_button;
};

G_DEFINE_TYPE (SampanErrorBar, sampan_error_bar, GTK_TYPE_INFO_BAR)

static void
sampan_error_bar_response (GtkInfoBar *bar, int response)
{
  if (response == GTK_RESPONSE_CLOSE)
    sampan_error_bar_clear (SAMPAN_ERROR_BAR (bar));
}

/* GTK leaves its own close button without a name. */
static void
name_close_button_cb (GtkWidget *widget, gpointer user_data)
{
  if (GTK_IS_BUTTON (widget) &&
      gtk_style_context_has_class (gtk_widget_get_style_context (widget), "close"))
    sampan_accessible_set_name (widget, _ ("Close"));
  else if (GTK_IS_CONTAINER (widget))
    gtk_container_forall (GTK_CONTAINER (widget), name_close_button_cb, NULL);
}

/* A construct property: set any earlier, it falls back to its default. */
static void
sampan_error_bar_constructed (GObject *object)
{
  G_OBJECT_CLASS (sampan_error_bar_parent_class)->constructed (object);
  gtk_info_bar_set_show_close_button (GTK_INFO_BAR (object), TRUE);
  gtk_container_forall (GTK_CONTAINER (object), name_close_button_cb, NULL);
}

static void
sampan_error_bar_class_init (SampanErrorBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->constructed = sampan_error_bar_constructed;
  GTK_INFO_BAR_CLASS (klass)->response = sampan_error_bar_response;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sampan/Sampan/ui/error-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, SampanErrorBar, text_label);
  gtk_widget_class_bind_template_child (widget_class, SampanErrorBar, action_button);
}

static void
sampan_error_bar_init (SampanErrorBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
sampan_error_bar_tell (SampanErrorBar *self,
                       GtkMessageType type,
                       const char *text,
                       const char *button,
                       const char *action)
{
  gtk_info_bar_set_message_type (GTK_INFO_BAR (self), type);
  gtk_label_set_text (self->text_label, text);
  sampan_accessible_set_name (GTK_WIDGET (self), text);
  gtk_widget_set_visible (GTK_WIDGET (self->action_button), button != NULL);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->action_button), action);
  if (button != NULL)
    {
      gtk_button_set_label (self->action_button, button);
      sampan_accessible_set_name_from_label (GTK_WIDGET (self->action_button), button);
    }
  gtk_widget_show (GTK_WIDGET (self));
}

void
sampan_error_bar_clear (SampanErrorBar *self)
{
  gtk_widget_hide (GTK_WIDGET (self));
}
