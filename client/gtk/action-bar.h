/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The row of buttons under the list. They are bound to the window's actions; when one cannot be
 * used, its tooltip says why. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define SAMPAN_TYPE_ACTION_BAR (sampan_action_bar_get_type ())
G_DECLARE_FINAL_TYPE (SampanActionBar, sampan_action_bar, SAMPAN, ACTION_BAR, GtkBox)

/* ADD_HINT is for Upload and New Folder, CHANGE_HINT for Rename and Delete. */
void sampan_action_bar_set_hints (SampanActionBar *self,
                                  const char *add_hint,
                                  const char *download_hint,
                                  const char *change_hint);
GtkWidget *sampan_action_bar_get_new_folder_button (SampanActionBar *self);

G_END_DECLS
