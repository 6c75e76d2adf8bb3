/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* How an entry of a folder reads in the list. Main thread only. */

#pragma once

#include "folder-list.h"
#include <gio/gio.h>

G_BEGIN_DECLS

/* The last component, borrowed: what was found by a search has a path for its name. */
const char *sampan_entry_text_get_name (const SampanFileInfo *info);
/* The folder in which it was found, below TOP (nullable); for display, free with g_free. */
char *sampan_entry_text_dup_folder (const SampanFileInfo *info, const char *top);
/* Borrowed; chosen by kind and name, no file is looked at. */
GIcon *sampan_entry_text_get_icon (const SampanFileInfo *info);
bool sampan_entry_text_is_folder (const SampanFileInfo *info);
/* Free with g_free. Empty for what has no size. */
char *sampan_entry_text_dup_size (const SampanFileInfo *info);
/* What kind of thing it is, by its name; free with g_free. */
char *sampan_entry_text_dup_type (const SampanFileInfo *info);
/* Short and relative to today; FULL: with weekday, year and seconds. */
char *sampan_entry_text_dup_modified (const SampanFileInfo *info, bool full);

G_END_DECLS
