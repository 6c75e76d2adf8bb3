/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* One page that says how to use the window. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define SAMPAN_TYPE_HELP_WINDOW (sampan_help_window_get_type ())
G_DECLARE_FINAL_TYPE (SampanHelpWindow, sampan_help_window, SAMPAN, HELP_WINDOW, GtkDialog)

/* PARENT is nullable. Destroys itself when it is closed. */
SampanHelpWindow *sampan_help_window_new (GtkWindow *parent);

G_END_DECLS
