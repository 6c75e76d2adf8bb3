/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Asks what to do with a file whose name is taken. */

#include "config.h"

#include "conflict-dialog.h"

#include <glib/gi18n.h>

struct _SampanConflictDialog
{
  GtkMessageDialog parent_instance;

  /* template widgets */
  GtkToggleButton *all_check;
  GtkWidget *replace_button;
};

G_DEFINE_TYPE (SampanConflictDialog, sampan_conflict_dialog, GTK_TYPE_MESSAGE_DIALOG)

static void
sampan_conflict_dialog_class_init (SampanConflictDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sampan/Sampan/ui/conflict-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, SampanConflictDialog, all_check);
  gtk_widget_class_bind_template_child (widget_class, SampanConflictDialog, replace_button);
}

static void
sampan_conflict_dialog_init (SampanConflictDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

SampanConflictDialog *
sampan_conflict_dialog_new (GtkWindow *parent,
                            const char *name,
                            const char *folder,
                            guint n_more,
                            bool may_replace,
                            bool on_the_box)
{
  /* Translators: the name of a file, then the name of a folder. */
  g_autofree char *text = g_strdup_printf (_ ("“%s” is already in “%s”"), name, folder);
  SampanConflictDialog *self = g_object_new (SAMPAN_TYPE_CONFLICT_DIALOG,
                                             "transient-for",
                                             parent,
                                             "text",
                                             text,
                                             "secondary-text",
                                             on_the_box ? _ ("If you replace it, the old one goes "
                                                             "to the box’s trash.")
                                                        : _ ("If you replace it, the old one is "
                                                             "lost."),
                                             NULL);

  if (n_more > 0)
    {
      g_autofree char *label = g_strdup_printf (ngettext ("Do the same for the _other one",
                                                          "Do the same for the _other %u",
                                                          n_more),
                                                n_more);

      gtk_button_set_label (GTK_BUTTON (self->all_check), label);
      gtk_widget_show (GTK_WIDGET (self->all_check));
    }
  gtk_widget_set_sensitive (self->replace_button, may_replace);
  if (!may_replace)
    gtk_widget_set_tooltip_text (self->replace_button,
                                 _ ("You may add files here, but not change them"));
  return self;
}

bool
sampan_conflict_dialog_get_for_all (SampanConflictDialog *self)
{
  return gtk_toggle_button_get_active (self->all_check);
}
