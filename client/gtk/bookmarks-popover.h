/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The bookmarks of one account on one box; kept in the settings. */

#pragma once

#include "paths.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define SAMPAN_TYPE_BOOKMARKS_POPOVER (sampan_bookmarks_popover_get_type ())
G_DECLARE_FINAL_TYPE (SampanBookmarksPopover,
                      sampan_bookmarks_popover,
                      SAMPAN,
                      BOOKMARKS_POPOVER,
                      GtkPopover)

/* Signal "open-path" (const SampanPath *, borrowed). */

/* SERVER: the address of its root, with which those of its bookmarks begin; NULL while there is
 * none. FOLDER: the address of the one on screen; NULL where it can be no bookmark. */
void sampan_bookmarks_popover_set_place (SampanBookmarksPopover *self,
                                         const char *server,
                                         const char *folder);

/* FALSE: it was there already. */
bool sampan_bookmarks_add (const char *uri);
void sampan_bookmarks_remove (const char *uri);

G_END_DECLS
