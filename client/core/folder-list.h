/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A folder's entries as they came from the server: compact, immutable once finished,
 * reference-counted. Names were checked to be valid components. 100 000 entries take about 10 MiB.
 */

#pragma once

#include "message.h"
#include <glib-object.h>

G_BEGIN_DECLS

#define SAMPAN_TYPE_FOLDER_LIST (sampan_folder_list_get_type ())
typedef struct _SampanFolderList SampanFolderList;
GType sampan_folder_list_get_type (void);
SampanFolderList *sampan_folder_list_ref (SampanFolderList *self);
void sampan_folder_list_unref (SampanFolderList *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SampanFolderList, sampan_folder_list_unref)

/* One entry; owned by the list. */
typedef struct
{
  const char *name; /* NUL-terminated bytes, not always UTF-8 */
  SampanEntryKind kind;
  SampanRight right;
  uint64_t size;
  SampanTime mtime;
  uint8_t version[SAMPAN_VERSION_LENGTH];
} SampanFileInfo;

size_t sampan_folder_list_get_length (const SampanFolderList *self);
const SampanFileInfo *sampan_folder_list_get (const SampanFolderList *self, size_t index);

/* New list: all that PAGES (of SampanFolderList) hold, one page behind the other. It refers to
 * them.
 */
SampanFolderList *sampan_folder_list_join (GPtrArray *pages);

/* A single entry (stat), with its own copy of the name. */
SampanFileInfo *sampan_file_info_copy (const SampanFileInfo *info);
void sampan_file_info_free (SampanFileInfo *info);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SampanFileInfo, sampan_file_info_free)

/* Most entries taken from one listing: a server cannot fill the client's memory. */
#define SAMPAN_FOLDER_LIST_MAX 1000000

G_END_DECLS
