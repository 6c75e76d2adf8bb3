/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The full stop. */

#include "config.h"

#include "trouble-dialog.h"

#include "errors.h"

#include <glib/gi18n.h>
#include <stdbool.h>

struct _SampanTroubleDialog
{
  GtkMessageDialog parent_instance;

  /* template widgets */
  GtkExpander *forget_expander;
  GtkToggleButton *forget_check;
  GtkWidget *forget_button;
};

G_DEFINE_TYPE (SampanTroubleDialog, sampan_trouble_dialog, GTK_TYPE_MESSAGE_DIALOG)

/* Forgetting takes two steps: open the expander, then say that one asked. */
static void
forget_changed_cb (SampanTroubleDialog *self)
{
  bool open = gtk_expander_get_expanded (self->forget_expander);

  gtk_widget_set_visible (self->forget_button, open);
  gtk_widget_set_sensitive (self->forget_button,
                            open && gtk_toggle_button_get_active (self->forget_check));
}

static void
sampan_trouble_dialog_class_init (SampanTroubleDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sampan/Sampan/ui/trouble-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, SampanTroubleDialog, forget_expander);
  gtk_widget_class_bind_template_child (widget_class, SampanTroubleDialog, forget_check);
  gtk_widget_class_bind_template_child (widget_class, SampanTroubleDialog, forget_button);
  gtk_widget_class_bind_template_callback (widget_class, forget_changed_cb);
}

static void
sampan_trouble_dialog_init (SampanTroubleDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

SampanTroubleDialog *
sampan_trouble_dialog_new (GtkWindow *parent, const GError *error, const char *host)
{
  bool changed = g_error_matches (error, SAMPAN_ERROR, SAMPAN_ERROR_SERVER_CHANGED);
  /* Translators: the name of the server. */
  g_autofree char *title = g_strdup_printf (changed ? _ ("“%s” is not the box it was before")
                                                    : _ ("Somebody is between you and “%s”"),
                                            host);
  SampanTroubleDialog *self =
      g_object_new (SAMPAN_TYPE_TROUBLE_DIALOG,
                    "transient-for",
                    parent,
                    "text",
                    title,
                    "secondary-text",
                    changed ? _ ("It proved to know your password, but with another key than the "
                                 "one remembered from your last login. Either the box was set up "
                                 "anew, or another computer poses as it. Nothing was sent.")
                            : sampan_error_get_text (error),
                    NULL);

  gtk_widget_set_visible (GTK_WIDGET (self->forget_expander), changed);
  return self;
}
