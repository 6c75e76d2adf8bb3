/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A saved server in the list: its name, its account, and a menu. */

#pragma once

#include "saved-server.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define SAMPAN_TYPE_SAVED_ROW (sampan_saved_row_get_type ())
G_DECLARE_FINAL_TYPE (SampanSavedRow, sampan_saved_row, SAMPAN, SAVED_ROW, GtkListBoxRow)

/* Signals: "edit", "forget", and "open-menu" (GtkWidget *, where to point to): the list has one
 * menu for all of its rows. */
SampanSavedRow *sampan_saved_row_new (SampanSavedServer *server);
/* Borrowed. */
SampanSavedServer *sampan_saved_row_get_server (SampanSavedRow *self);

G_END_DECLS
