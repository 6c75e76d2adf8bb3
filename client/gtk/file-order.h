/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Which entries of a folder are shown, and in which order. */

#pragma once

#include "folder-list.h"
#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  SAMPAN_SORT_NAME,
  SAMPAN_SORT_SIZE,
  SAMPAN_SORT_MODIFIED,
  SAMPAN_SORT_TYPE,   /* the ending of the name */
  SAMPAN_SORT_FOLDER, /* of what was found by a search */
  SAMPAN_N_SORTS
} SampanSort;

typedef struct
{
  SampanSort sort;
  bool descending; /* folders stay first */
  bool show_hidden;
  const char *filter; /* part of the names, in any case; NULL or "" lets all pass */
} SampanArrangement;

/* Sorts in a worker thread: 100 000 names take a good part of a second. */
void sampan_file_order_async (SampanFolderList *list,
                              const SampanArrangement *arrangement,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
/* An array of guint32 indexes into the list. */
GArray *sampan_file_order_finish (GAsyncResult *result, GError **error);

G_END_DECLS
