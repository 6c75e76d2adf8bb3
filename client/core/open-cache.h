/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Copies of the box's files for other programs to look at: in a folder of the person's cache that
 * nobody else may enter, cleaned by age and size. All but the names may block and is for worker
 * threads. */

#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

/* One who looks at a file comes back to it on the same day. */
#define SAMPAN_OPEN_CACHE_AGE_MAX_SECS (24 * 60 * 60)
/* All copies together; those of the last hour stay, as they may just be looked at. */
#define SAMPAN_OPEN_CACHE_MAX_BYTES (UINT64_C (1024) * 1024 * 1024)
#define SAMPAN_OPEN_CACHE_FRESH_SECS (60 * 60)

/* A name for a copy of the file NAME (bytes): valid UTF-8 that fits a file system, without control
 * characters; neither hidden nor to be taken for an option. The extension stays. Free with g_free.
 */
char *sampan_open_cache_dup_name (const char *name);

/* A new empty folder for copies that are made together; NULL with an error. Free with g_free. */
char *sampan_open_cache_make_place (GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Removes one that was made so, with all in it. */
void sampan_open_cache_remove_place (const char *place);
/* Removes what is too old or too much; NOW_SECS is the time. */
void sampan_open_cache_clean (int64_t now_secs);

G_END_DECLS
