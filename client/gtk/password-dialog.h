/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Asks for a new password, twice, with a word on its strength, and sets it in SESSION, whose
 * current password is CURRENT. It destroys itself when it is done. */

#pragma once

#include "session.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define SAMPAN_TYPE_PASSWORD_DIALOG (sampan_password_dialog_get_type ())
G_DECLARE_FINAL_TYPE (SampanPasswordDialog,
                      sampan_password_dialog,
                      SAMPAN,
                      PASSWORD_DIALOG,
                      GtkDialog)

/* Signal "set" (SampanSecret *, the new password, borrowed): the server has it. When the person
 * gives up: "response" GTK_RESPONSE_CANCEL. */
SampanPasswordDialog *
sampan_password_dialog_new (GtkWindow *parent, SampanSession *session, const SampanSecret *current);

G_END_DECLS
