/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Lists folders of the server and all below them. */

#pragma once

#include "batch-walk.h"
#include "session.h"

G_BEGIN_DECLS

/* What was chosen. */
typedef struct
{
  SampanPath *path;
  SampanFileInfo *info;
  SampanFolderList *list; /* nullable: not listed yet */
} SampanBatchRemote;

/* LIST is nullable. */
SampanBatchRemote *sampan_batch_remote_new (const SampanPath *path,
                                            const SampanFileInfo *info,
                                            SampanFolderList *list);
void sampan_batch_remote_free (gpointer remote);

/* As sampan_batch_walk(): REMOTES (of SampanBatchRemote) and what is below them, to go below the
 * local FOLDER. A link that breaks and heals is ridden out. Parents come before what they hold. A
 * folder that cannot be listed is a problem; a broken session is an error. */
void sampan_batch_survey (SampanSession *session,
                          GPtrArray *remotes,
                          const char *folder,
                          const char *new_name,
                          size_t items_max,
                          GCancellable *cancellable,
                          SampanBatchPageFunc func,
                          GObject *user_data);

G_END_DECLS
