/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* One remote file or folder as text or JSON on stdout. */

#pragma once

#include "folder-list.h"
#include "remote.h"

G_BEGIN_DECLS

bool entry_is_folder (const SampanFileInfo *info); /* a share is one, too */
/* "file", "folder", "link", "other" or "share": stable, for --json. */
const char *entry_kind_word (SampanEntryKind kind);

/* A name as ls shows it: escaped, with a trailing slash for a folder. */
void entry_text_print_name (const SampanFileInfo *info);
/* Kind, size, time and name in columns; EXACT: the size in bytes. */
void entry_text_print_long (const SampanFileInfo *info, bool exact);
/* A line for each thing that is known. */
void entry_text_print_all (const SampanFileInfo *info, const SampanRemote *remote);
/* REMOTE: nullable. */
void entry_text_print_json (const SampanFileInfo *info, const SampanRemote *remote);

G_END_DECLS
