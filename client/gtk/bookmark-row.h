/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A bookmark in the list of them. */

#pragma once

#include "paths.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define SAMPAN_TYPE_BOOKMARK_ROW (sampan_bookmark_row_get_type ())
G_DECLARE_FINAL_TYPE (SampanBookmarkRow, sampan_bookmark_row, SAMPAN, BOOKMARK_ROW, GtkListBoxRow)

/* Signal "forget": its button was pressed. */
GtkWidget *sampan_bookmark_row_new (const char *uri, const SampanPath *path);
/* Borrowed. */
const char *sampan_bookmark_row_get_uri (SampanBookmarkRow *self);
const SampanPath *sampan_bookmark_row_get_path (SampanBookmarkRow *self);

G_END_DECLS
