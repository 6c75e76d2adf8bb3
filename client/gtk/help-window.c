/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The page of help. */

#include "config.h"

#include "help-window.h"

struct _SampanHelpWindow
{
  GtkDialog parent_instance;
};

G_DEFINE_TYPE (SampanHelpWindow, sampan_help_window, GTK_TYPE_DIALOG)

static void
sampan_help_window_class_init (SampanHelpWindowClass *klass)
{
  gtk_widget_class_set_template_from_resource (GTK_WIDGET_CLASS (klass),
                                               "/io/github/sampan/Sampan/ui/help-window.ui");
}

static void
sampan_help_window_init (SampanHelpWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (self, "response", G_CALLBACK (gtk_widget_destroy), NULL);
}

SampanHelpWindow *
sampan_help_window_new (GtkWindow *parent)
{
  return g_object_new (SAMPAN_TYPE_HELP_WINDOW,
                       "use-header-bar",
                       TRUE,
                       "transient-for",
                       parent,
                       NULL);
}
