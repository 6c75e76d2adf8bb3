/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* An immutable picture of all shares and rights, with their directories held open. Requests look
 * rights up here; a change by an admin makes a new table. Reference-counted, any thread. */

#pragma once

#include "accounts/account-store.h"
#include "storage/share-root.h"

G_BEGIN_DECLS

typedef struct _SampanShareTable SampanShareTable;

/* Sets the quotas of the directories and the limits of their trash. PREVIOUS (nullable): its open
 * directories are used again, but for those that were removed. A share whose directory cannot be
 * opened, or is not the one that was shared (storage/share-mark.h), stays listed but answers
 * NOT_FOUND, and is logged; so does one whose directory is removed, until the next load. A
 * directory that is opened for the first time is marked. */
SampanShareTable *sampan_share_table_load (SampanAccountStore *store,
                                           SampanShareTable *previous,
                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
SampanShareTable *sampan_share_table_ref (SampanShareTable *self);
void sampan_share_table_unref (SampanShareTable *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SampanShareTable, sampan_share_table_unref)

/* New reference and the right of USER (the higher of their own and that of "*"); NULL with
 * NOT_FOUND where USER may not even read it. */
SampanShareRoot *sampan_share_table_lookup (SampanShareTable *self,
                                            const char *user,
                                            const char *share,
                                            SampanRight *right,
                                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The shares that USER may read, by name. */
typedef void (*SampanShareFunc) (const char *share,
                                 SampanShareRoot *root,
                                 SampanRight right,
                                 gpointer user_data); /* root is NULL if not open */
void sampan_share_table_foreach (SampanShareTable *self,
                                 const char *user,
                                 SampanShareFunc func,
                                 gpointer user_data);

/* Whether the folder of a share that could not be opened is there again, such as with a disk that
 * was mounted late. Blocking. */
bool sampan_share_table_has_returned (const SampanShareTable *self);

/* All shares, for the admin. */
typedef void (*SampanShareUsageFunc) (const char *share,
                                      const SampanUsageFigures *figures,
                                      const SampanShareRoot *root, /* nullable */
                                      gpointer user_data);
void sampan_share_table_foreach_share (SampanShareTable *self,
                                       SampanShareUsageFunc func,
                                       gpointer user_data);

/* Each directory that is open, once. Whoever keeps it takes a reference. */
typedef void (*SampanShareRootFunc) (SampanShareRoot *root, gpointer user_data);
void sampan_share_table_foreach_root (SampanShareTable *self,
                                      SampanShareRootFunc func,
                                      gpointer user_data);

G_END_DECLS
