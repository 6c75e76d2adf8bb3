/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Where one can connect to: the saved servers, and under them the boxes on this network, for which
 * it looks while it is on screen. It says so when there are none, and why. */

#pragma once

#include "found-box.h"
#include "server-store.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define SAMPAN_TYPE_SERVER_LIST (sampan_server_list_get_type ())
G_DECLARE_FINAL_TYPE (SampanServerList, sampan_server_list, SAMPAN, SERVER_LIST, GtkBox)

/* Signals "saved-chosen" (SampanSavedServer *), "found-chosen" (SampanFoundBox *). */

/* Once. */
void sampan_server_list_set_store (SampanServerList *self, SampanServerStore *store);

G_END_DECLS
