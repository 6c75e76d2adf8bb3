/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The row of buttons under the list. */

#include "config.h"

#include "action-bar.h"

struct _SampanActionBar
{
  GtkBox parent_instance;

  /* template widgets */
  GtkWidget *upload_button;
  GtkWidget *download_button;
  GtkWidget *new_folder_button;
  GtkWidget *rename_button;
  GtkWidget *delete_button;
};

G_DEFINE_TYPE (SampanActionBar, sampan_action_bar, GTK_TYPE_BOX)

static void
sampan_action_bar_class_init (SampanActionBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sampan/Sampan/ui/action-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, SampanActionBar, upload_button);
  gtk_widget_class_bind_template_child (widget_class, SampanActionBar, download_button);
  gtk_widget_class_bind_template_child (widget_class, SampanActionBar, new_folder_button);
  gtk_widget_class_bind_template_child (widget_class, SampanActionBar, rename_button);
  gtk_widget_class_bind_template_child (widget_class, SampanActionBar, delete_button);
}

static void
sampan_action_bar_init (SampanActionBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
sampan_action_bar_set_hints (SampanActionBar *self,
                             const char *add_hint,
                             const char *download_hint,
                             const char *change_hint)
{
  gtk_widget_set_tooltip_text (self->upload_button, add_hint);
  gtk_widget_set_tooltip_text (self->new_folder_button, add_hint);
  gtk_widget_set_tooltip_text (self->download_button, download_hint);
  gtk_widget_set_tooltip_text (self->rename_button, change_hint);
  gtk_widget_set_tooltip_text (self->delete_button, change_hint);
}

GtkWidget *
sampan_action_bar_get_new_folder_button (SampanActionBar *self)
{
  return self->new_folder_button;
}
