/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Searching and measuring on the box, each on a connection of its own: it delays nothing, and
 * cancelling it ends the work on the box. On the session's context. */

#pragma once

#include "session.h"

G_BEGIN_DECLS

/* What to look for; as in PROTOCOL.md. */
typedef struct
{
  const char *pattern; /* "" or NULL: any name; "*" and "?" make it about the whole name */
  uint8_t kind;        /* SampanEntryKind, FILE to OTHER; 0: any */
  uint64_t size_min;   /* 0, and UINT64_MAX for the other: of any size; else files only */
  uint64_t size_max;
  const SampanTime *since;  /* nullable: earliest mtime */
  const SampanTime *before; /* nullable */
  uint32_t limit;           /* 1 to SAMPAN_FIND_MAX */
} SampanFindQuery;
#define SAMPAN_FIND_QUERY_INIT                                                                     \
  {                                                                                                \
    .size_max = UINT64_MAX, .limit = SAMPAN_FIND_MAX                                               \
  }

/* PAGE: what was found since the last call; "name" is a path below the folder that was searched,
 * checked to be one. Not after the task has returned. */
typedef void (*SampanFoundFunc) (SampanFolderList *page, gpointer user_data);

/* Below FOLDER; the root means all shares. Errors: also BAD_NAME (the pattern is too long),
 * WRONG_KIND, TRY_LATER (too many searches), UNSUPPORTED. */
void sampan_session_find_async (SampanSession *self,
                                const SampanPath *folder,
                                const SampanFindQuery *query,
                                SampanFoundFunc found,
                                gpointer found_data,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
bool sampan_session_find_finish (SampanSession *self,
                                 GAsyncResult *result,
                                 SampanFoundEnd *end,
                                 GError **error);

/* How much there is in PATH with all below it. PROGRESS (nullable) gets the bytes so far. */
void sampan_session_measure_async (SampanSession *self,
                                   const SampanPath *path,
                                   SampanSessionProgressFunc progress,
                                   gpointer progress_data,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
bool sampan_session_measure_finish (SampanSession *self,
                                    GAsyncResult *result,
                                    SampanMeasured *measured,
                                    GError **error);

G_END_DECLS
