/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Walks local files and folders on a thread of its own and hands out what it finds. */

#pragma once

#include "batch-page.h"
#include <gio/gio.h>

G_BEGIN_DECLS

/* On the caller's context, while the walk goes on: takes PAGE; NULL at the end, ERROR being set
 * when the walk did not come to it. Nothing comes after the end. */
typedef void (*SampanBatchPageFunc) (SampanBatchPage *page,
                                     const GError *error,
                                     gpointer user_data);

/* LOCALS (of char *) are absolute; the items go below FOLDER, a single one as NEW_NAME if that is
 * not NULL. USER_DATA is an object that is held until the end. Error: MESSAGE_TOO_LARGE for more
 * than ITEMS_MAX. A cancelled walk ends soon. */
void sampan_batch_walk (GPtrArray *locals,
                        const SampanPath *folder,
                        const char *new_name,
                        size_t items_max,
                        GCancellable *cancellable,
                        SampanBatchPageFunc func,
                        GObject *user_data);
/* The error for too many items. */
GError *sampan_batch_error_new_too_many (size_t items_max);

G_END_DECLS
