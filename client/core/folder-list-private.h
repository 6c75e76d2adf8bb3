/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Filling a folder list, before others see it. */

#pragma once

#include "folder-list.h"

G_BEGIN_DECLS

/* Most bytes of names taken from one listing; a million names of usual length. */
#define SAMPAN_FOLDER_LIST_NAMES_MAX_BYTES (64 * 1024 * 1024)

SampanFolderList *sampan_folder_list_new (void);
/* FALSE above the caps. */
bool sampan_folder_list_append (SampanFolderList *self,
                                const SampanEntry *entry) G_GNUC_WARN_UNUSED_RESULT;
SampanFileInfo *sampan_file_info_new_from_entry (const SampanEntry *entry);

G_END_DECLS
