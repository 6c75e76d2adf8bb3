/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The question before forgetting. */

#include "config.h"

#include "forget-dialog.h"

#include "sentence-name.h"

#include <glib/gi18n.h>

struct _SampanForgetDialog
{
  GtkMessageDialog parent_instance;

  /* owned */
  SampanServerStore *store;
  SampanSavedServer *server;
};

G_DEFINE_TYPE (SampanForgetDialog, sampan_forget_dialog, GTK_TYPE_MESSAGE_DIALOG)

static void
sampan_forget_dialog_response (GtkDialog *dialog, int response)
{
  SampanForgetDialog *self = SAMPAN_FORGET_DIALOG (dialog);

  if (response == GTK_RESPONSE_ACCEPT)
    sampan_server_store_forget (self->store, self->server);
  gtk_widget_destroy (GTK_WIDGET (dialog));
}

static void
sampan_forget_dialog_finalize (GObject *object)
{
  SampanForgetDialog *self = SAMPAN_FORGET_DIALOG (object);

  g_clear_object (&self->store);
  g_clear_object (&self->server);
  G_OBJECT_CLASS (sampan_forget_dialog_parent_class)->finalize (object);
}

static void
sampan_forget_dialog_class_init (SampanForgetDialogClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sampan_forget_dialog_finalize;
  GTK_DIALOG_CLASS (klass)->response = sampan_forget_dialog_response;
  gtk_widget_class_set_template_from_resource (GTK_WIDGET_CLASS (klass),
                                               "/io/github/sampan/Sampan/ui/forget-dialog.ui");
}

static void
sampan_forget_dialog_init (SampanForgetDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

SampanForgetDialog *
sampan_forget_dialog_new (GtkWindow *parent, SampanServerStore *store, SampanSavedServer *server)
{
  bool has_password = sampan_saved_server_get_keeps_password (server);
  g_autofree char *name = sampan_sentence_name (sampan_saved_server_get_title (server), -1);
  /* Translators: the name of a saved server. */
  g_autofree char *title = g_strdup_printf (_ ("Forget “%s”?"), name);
  SampanForgetDialog *self =
      g_object_new (SAMPAN_TYPE_FORGET_DIALOG,
                    "transient-for",
                    parent,
                    "text",
                    title,
                    "secondary-text",
                    has_password ? _ ("It leaves the list, and its password leaves the keyring. "
                                      "Nothing changes on the server.")
                                 : _ ("It leaves the list. Nothing changes on the server."),
                    NULL);

  self->store = g_object_ref (store);
  self->server = g_object_ref (server);
  return self;
}
