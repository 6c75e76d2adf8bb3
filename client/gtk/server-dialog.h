/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Edits a saved server: what it is called, where it is, and which account. It destroys itself. */

#pragma once

#include "server-store.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define SAMPAN_TYPE_SERVER_DIALOG (sampan_server_dialog_get_type ())
G_DECLARE_FINAL_TYPE (SampanServerDialog, sampan_server_dialog, SAMPAN, SERVER_DIALOG, GtkDialog)

SampanServerDialog *
sampan_server_dialog_new (GtkWindow *parent, SampanServerStore *store, SampanSavedServer *server);

G_END_DECLS
