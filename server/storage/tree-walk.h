/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* All that lies below a folder, one entry after the other, without recursion: a folder comes before
 * what is in it. Symlinks are told, not followed; .sampan at the share's root is left out. One
 * descriptor for each level. */

#pragma once

#include "message.h"
#include "storage/share-root.h"

G_BEGIN_DECLS

typedef struct _SampanTreeWalk SampanTreeWalk;

/* FOLDER is below the share ("": its root). */
SampanTreeWalk *sampan_tree_walk_new (SampanShareRoot *root,
                                      const SampanPath *folder,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sampan_tree_walk_free (SampanTreeWalk *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SampanTreeWalk, sampan_tree_walk_free)

typedef struct
{
  const char *name;
  SampanBytes path; /* below the folder */
  SampanEntryKind kind;
} SampanWalkEntry;

/* FALSE at the end. ENTRY is borrowed until the next call. */
bool sampan_tree_walk_next (SampanTreeWalk *self, SampanWalkEntry *entry);
/* Of the entry that came last; FALSE: it has vanished. */
bool sampan_tree_walk_stat (SampanTreeWalk *self, struct stat *status);
/* Folders that could not be looked into, for want of permission or because they are too deep, and
 * entries whose names no path can carry. */
uint64_t sampan_tree_walk_get_n_left_out (const SampanTreeWalk *self);

G_END_DECLS
