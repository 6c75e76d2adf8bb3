/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Where the list is: one button for each folder on the way, or an entry to type a path. */

#pragma once

#include "paths.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define SAMPAN_TYPE_PATH_BAR (sampan_path_bar_get_type ())
G_DECLARE_FINAL_TYPE (SampanPathBar, sampan_path_bar, SAMPAN, PATH_BAR, GtkStack)

/* Signals: "open-path" (SampanPath *) and "dropped" (const SampanDrop *) on a folder; both borrowed
 * during the emission. */

/* HOST names the root. A NULL path empties the bar. */
void sampan_path_bar_set_path (SampanPathBar *self, const char *host, const SampanPath *path);
/* Shows the entry with the path in it, ready to be typed over. */
void sampan_path_bar_edit (SampanPathBar *self);
/* The same with START in it, to be typed on: "/" is the root, "~" the top of the share. */
void sampan_path_bar_edit_from (SampanPathBar *self, const char *start);

G_END_DECLS
