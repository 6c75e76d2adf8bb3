/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A message dialog with a safe default. */

#include "config.h"

#include "question.h"

#include "accessible.h"

#include <glib/gi18n.h>

GtkWidget *
sampan_question_new (GtkWindow *parent, const char *title, const char *text, const char *button)
{
  GtkWidget *dialog = gtk_message_dialog_new (parent,
                                              GTK_DIALOG_MODAL | GTK_DIALOG_DESTROY_WITH_PARENT,
                                              GTK_MESSAGE_QUESTION,
                                              GTK_BUTTONS_NONE,
                                              "%s",
                                              title);
  GtkWidget *cancel, *accept;

  gtk_message_dialog_format_secondary_text (GTK_MESSAGE_DIALOG (dialog), "%s", text);
  cancel = gtk_dialog_add_button (GTK_DIALOG (dialog), _ ("_Cancel"), GTK_RESPONSE_CANCEL);
  accept = gtk_dialog_add_button (GTK_DIALOG (dialog), button, GTK_RESPONSE_ACCEPT);
  sampan_accessible_set_name_from_label (cancel, _ ("_Cancel"));
  sampan_accessible_set_name_from_label (accept, button);
  gtk_style_context_add_class (gtk_widget_get_style_context (accept),
                               GTK_STYLE_CLASS_DESTRUCTIVE_ACTION);
  gtk_dialog_set_default_response (GTK_DIALOG (dialog), GTK_RESPONSE_CANCEL);
  return dialog;
}
