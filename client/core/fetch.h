/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A few files that somebody waits for: copied into the cache of opened files at once, beside the
 * queue. Lives on the caller's main context. */

#pragma once

#include "folder-list.h"
#include "queue.h"

G_BEGIN_DECLS

#define SAMPAN_TYPE_FETCH (sampan_fetch_get_type ())
G_DECLARE_FINAL_TYPE (SampanFetch, sampan_fetch, SAMPAN, FETCH, GObject)

SampanFetch *sampan_fetch_new (SampanSession *session);
/* INFO is that of the file at PATH. Before running. */
void sampan_fetch_add (SampanFetch *self, const SampanPath *path, const SampanFileInfo *info);
/* The copies can be read only, so that nobody takes them for the files on the box. Off by default.
 * Before running. */
void sampan_fetch_set_read_only (SampanFetch *self, bool read_only);

guint sampan_fetch_get_n_files (SampanFetch *self);
/* Display name of the first. */
const char *sampan_fetch_get_title (SampanFetch *self);
/* Whose sums tell how far it is. Borrowed. */
SampanQueue *sampan_fetch_get_queue (SampanFetch *self);

/* Once per object. All or nothing: fails with what was wrong first. Files are never executable. */
void sampan_fetch_run_async (SampanFetch *self,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
/* The copies' file names, as strings. */
GPtrArray *sampan_fetch_run_finish (SampanFetch *self, GAsyncResult *result, GError **error);

G_END_DECLS
