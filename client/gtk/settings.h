/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What the program remembers from one run to the next: the keys of
 * data/io.github.sampan.Sampan.gschema.xml, which has their types, limits and defaults. Servers
 * and passwords are elsewhere. */

#pragma once

#include <gio/gio.h>
#include <stdbool.h>

G_BEGIN_DECLS

#define SAMPAN_SETTING_WINDOW_WIDTH "window-width"
#define SAMPAN_SETTING_WINDOW_HEIGHT "window-height"
#define SAMPAN_SETTING_WINDOW_MAXIMIZED "window-maximized"
#define SAMPAN_SETTING_SHOW_HIDDEN "show-hidden"
#define SAMPAN_SETTING_SHOWN_COLUMNS "shown-columns"
#define SAMPAN_SETTING_COLUMN_WIDTHS "column-widths"
#define SAMPAN_SETTING_SORT_COLUMN "sort-column"
#define SAMPAN_SETTING_SORT_DESCENDING "sort-descending"
#define SAMPAN_SETTING_LAST_PLACES "last-places"
#define SAMPAN_SETTING_BOOKMARKS "bookmarks"

/* Once, before any window. The installed schema is taken if it has all the keys, so that
 * overrides and editors work; a program that was only copied, or is newer than what is installed,
 * uses the one inside it. It fails where that cannot be read either. */
bool sampan_settings_init (GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Belongs to the program; never NULL after sampan_settings_init(). */
GSettings *sampan_settings_get (void);

G_END_DECLS
