/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Tells when something has changed in a folder on the box, whoever did it, for as long as it is
 * referenced. Rides on the browsing connection, which it never holds up, and goes on after a break.
 * On the session's context. */

#pragma once

#include "session.h"

G_BEGIN_DECLS

#define SAMPAN_TYPE_FOLDER_WATCH (sampan_folder_watch_get_type ())
G_DECLARE_FINAL_TYPE (SampanFolderWatch, sampan_folder_watch, SAMPAN, FOLDER_WATCH, GObject)

/* Signal "changed": list the folder again. A listing that is asked for after this call misses
 * nothing. A server or disk that cannot watch is no error: then nothing is told. */
SampanFolderWatch *sampan_folder_watch_new (SampanSession *session, const SampanPath *path);
const SampanPath *sampan_folder_watch_get_path (SampanFolderWatch *self);

G_END_DECLS
