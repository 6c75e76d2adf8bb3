/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Chooses a folder on the box: the one that it shows. */

#pragma once

#include "session.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define SAMPAN_TYPE_FOLDER_DIALOG (sampan_folder_dialog_get_type ())
G_DECLARE_FINAL_TYPE (SampanFolderDialog, sampan_folder_dialog, SAMPAN, FOLDER_DIALOG, GtkDialog)

/* Signals: "folder-changed": another folder is shown, or none; whether it will do is for the caller
 * to say with gtk_dialog_set_response_sensitive(). GTK_RESPONSE_ACCEPT chooses. */

/* ACCEPT: the text of the button, with a mnemonic. Begins in START. */
SampanFolderDialog *sampan_folder_dialog_new (GtkWindow *parent,
                                              SampanSession *session,
                                              const SampanPath *start,
                                              const char *title,
                                              const char *accept);
/* Borrowed; NULL until it is known to be there. */
const SampanPath *sampan_folder_dialog_get_folder (SampanFolderDialog *self);

G_END_DECLS
