/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The dialog for a saved server. */

#include "config.h"

#include "server-dialog.h"

#include "login.h"

#include <string.h>

struct _SampanServerDialog
{
  GtkDialog parent_instance;

  /* template widgets */
  GtkEntry *name_entry;
  GtkEntry *address_entry;
  GtkSpinButton *port_spin;
  GtkEntry *user_entry;
  GtkWidget *password_label;

  /* owned */
  SampanServerStore *store;
  SampanSavedServer *server;
};

G_DEFINE_TYPE (SampanServerDialog, sampan_server_dialog, GTK_TYPE_DIALOG)

static char *
dup_stripped (GtkEntry *entry)
{
  return g_strstrip (g_strdup (gtk_entry_get_text (entry)));
}

/* Where it leads elsewhere, the password does not go along. */
static void
changed_cb (SampanServerDialog *self)
{
  g_autofree char *host = dup_stripped (self->address_entry);
  g_autofree char *user = dup_stripped (self->user_entry);
  uint16_t port = (uint16_t)gtk_spin_button_get_value_as_int (self->port_spin);

  if (self->server == NULL)
    return;
  gtk_dialog_set_response_sensitive (GTK_DIALOG (self),
                                     GTK_RESPONSE_ACCEPT,
                                     host[0] != '\0' && strpbrk (host, "[] /@") == NULL &&
                                         sampan_user_name_is_valid (user, strlen (user)));
  gtk_widget_set_visible (self->password_label,
                          sampan_saved_server_get_keeps_password (self->server) &&
                              !sampan_saved_server_is (self->server, host, port, user));
}

static void
sampan_server_dialog_response (GtkDialog *dialog, int response)
{
  SampanServerDialog *self = SAMPAN_SERVER_DIALOG (dialog);

  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autofree char *name = dup_stripped (self->name_entry);
      g_autofree char *host = dup_stripped (self->address_entry);
      g_autofree char *user = dup_stripped (self->user_entry);

      gtk_spin_button_update (self->port_spin);
      sampan_server_store_edit (self->store,
                                self->server,
                                name,
                                host,
                                (uint16_t)gtk_spin_button_get_value_as_int (self->port_spin),
                                user);
    }
  gtk_widget_destroy (GTK_WIDGET (dialog));
}

static void
sampan_server_dialog_finalize (GObject *object)
{
  SampanServerDialog *self = SAMPAN_SERVER_DIALOG (object);

  g_clear_object (&self->store);
  g_clear_object (&self->server);
  G_OBJECT_CLASS (sampan_server_dialog_parent_class)->finalize (object);
}

static void
sampan_server_dialog_class_init (SampanServerDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = sampan_server_dialog_finalize;
  GTK_DIALOG_CLASS (klass)->response = sampan_server_dialog_response;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sampan/Sampan/ui/server-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, SampanServerDialog, name_entry);
  gtk_widget_class_bind_template_child (widget_class, SampanServerDialog, address_entry);
  gtk_widget_class_bind_template_child (widget_class, SampanServerDialog, port_spin);
  gtk_widget_class_bind_template_child (widget_class, SampanServerDialog, user_entry);
  gtk_widget_class_bind_template_child (widget_class, SampanServerDialog, password_label);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
}

static void
sampan_server_dialog_init (SampanServerDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

SampanServerDialog *
sampan_server_dialog_new (GtkWindow *parent, SampanServerStore *store, SampanSavedServer *server)
{
  SampanServerDialog *self = g_object_new (SAMPAN_TYPE_SERVER_DIALOG,
                                           "transient-for",
                                           parent,
                                           "destroy-with-parent",
                                           TRUE,
                                           "use-header-bar",
                                           FALSE,
                                           NULL);
  const char *name = sampan_saved_server_get_name (server);

  gtk_entry_set_text (self->name_entry, name != NULL ? name : "");
  gtk_entry_set_placeholder_text (self->name_entry, sampan_saved_server_get_host (server));
  gtk_entry_set_text (self->address_entry, sampan_saved_server_get_host (server));
  gtk_spin_button_set_value (self->port_spin, sampan_saved_server_get_port (server));
  gtk_entry_set_text (self->user_entry, sampan_saved_server_get_user (server));
  self->store = g_object_ref (store);
  self->server = g_object_ref (server);
  changed_cb (self);
  return self;
}
