/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What the disk says of a file, as a message says it. */

#pragma once

#include "storage/files.h"

G_BEGIN_DECLS

SampanEntryKind sampan_entry_kind_from_mode (mode_t mode);

/* Fills all of ENTRY but name and right. */
void sampan_entry_from_stat (const struct stat *status, SampanEntry *entry);

G_END_DECLS
