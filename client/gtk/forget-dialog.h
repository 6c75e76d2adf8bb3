/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Asks before a saved server is forgotten, and forgets it. It destroys itself. */

#pragma once

#include "server-store.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define SAMPAN_TYPE_FORGET_DIALOG (sampan_forget_dialog_get_type ())
G_DECLARE_FINAL_TYPE (SampanForgetDialog,
                      sampan_forget_dialog,
                      SAMPAN,
                      FORGET_DIALOG,
                      GtkMessageDialog)

SampanForgetDialog *
sampan_forget_dialog_new (GtkWindow *parent, SampanServerStore *store, SampanSavedServer *server);

G_END_DECLS
