/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The mark in a share's folder (.sampan/mark), by which the server knows it again. Another folder
 * can come to be at its path: most of all the empty mount point of a disk that is not there, which
 * would take uploads that nobody finds again once the disk is back. Any thread. */

#pragma once

#include "storage/share-root.h"

G_BEGIN_DECLS

#define SAMPAN_SHARE_MARK_BYTES 16 /* random: no two folders get the same */

typedef struct
{
  uint8_t bytes[SAMPAN_SHARE_MARK_BYTES];
} SampanShareMark;

/* Whether DIRECTORY bears MARK. Touches nothing. Fails with NOT_FOUND where it bears none,
 * WRONG_KIND where it bears another, and as opening it does. */
bool sampan_share_mark_check (const char *directory,
                              const SampanShareMark *mark,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The mark of ROOT, which must be writable; made and on the disk where there was none. */
bool sampan_share_mark_ensure (const SampanShareRoot *root,
                               SampanShareMark *mark,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
