/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Folders that clients have on screen, watched by one inotify descriptor for all. Events are taken
 * up a few times a second, however many there are; a connection that waits for them costs no
 * thread. */

#pragma once

#include "errors.h"

#include <sys/stat.h>

G_BEGIN_DECLS

#define SAMPAN_WATCHES_MAX 16384     /* connections that watch */
#define SAMPAN_WATCHES_PER_SESSION 8 /* windows of one person */

typedef struct _SampanWatches SampanWatches;
typedef struct _SampanWatch SampanWatch; /* one folder of one connection */

/* OWNER waits and there is something to tell. On the main context, under a lock: may not call back.
 */
typedef void (*SampanWatchFunc) (gpointer owner, gpointer user_data);

/* Attaches to CONTEXT. */
SampanWatches *sampan_watches_new (GMainContext *context, SampanWatchFunc wake, gpointer user_data);
/* After all watches were freed. */
void sampan_watches_free (SampanWatches *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SampanWatches, sampan_watches_free)

/* Notices from now on what changes in the folder that FOLDER_FD holds. PATH is kept for
 * sampan_watch_get_path(). N_OF_SESSION (atomic) counts the session's and outlives the watch.
 * Errors: TRY_LATER (too many), UNSUPPORTED (this kernel or disk cannot). */
SampanWatch *sampan_watches_add (SampanWatches *self,
                                 int folder_fd,
                                 const char *path,
                                 int *n_of_session,
                                 gpointer owner,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* OWNER is not called any more. */
void sampan_watch_free (SampanWatch *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SampanWatch, sampan_watch_free)

const char *sampan_watch_get_path (const SampanWatch *watch);
/* Whether it still watches the folder of STATUS. */
bool sampan_watch_is_on (SampanWatch *watch, const struct stat *status);
/* Whether something has changed since the last call. */
bool sampan_watch_take_changes (SampanWatch *watch);
/* While it waits, OWNER is told of changes. */
void sampan_watch_set_waiting (SampanWatch *watch, bool is_waiting);
bool sampan_watch_is_waiting (SampanWatch *watch);
/* Waits, and there is something to tell. Takes no lock. */
bool sampan_watch_is_due (SampanWatch *watch);

G_END_DECLS
