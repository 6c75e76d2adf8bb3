/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A folder's entries, read a few at a time from an open directory: memory stays flat however large
 * it is. Symlinks are described, not followed; .sampan at the share's root is left out; order is
 * the disk's. */

#pragma once

#include "storage/files.h"

G_BEGIN_DECLS

typedef struct _SampanListing SampanListing;

SampanListing *sampan_listing_open (SampanShareRoot *root,
                                    const SampanPath *path,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sampan_listing_close (SampanListing *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SampanListing, sampan_listing_close)

/* TRUE with the next entry (right is not set; name is borrowed until the next call); FALSE at the
 * end, with *error set if it was not reached. Entries that vanish meanwhile are passed over. */
bool sampan_listing_next (SampanListing *self, SampanEntry *entry, GError **error);

G_END_DECLS
