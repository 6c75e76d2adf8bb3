/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Counting what the disk holds of a share. */

#pragma once

#include "storage/share-root.h"

G_BEGIN_DECLS

/* Walks through the whole share and sets its usage. Slow; a thread's own job. STOP (nullable) is
 * asked now and then. What changes meanwhile makes it begin again, a few times; a count that was
 * disturbed each time is only taken where nothing was known before. Leaves out other file systems
 * mounted below, as nothing can be stored there, and what is being received, as that is reserved.
 * FALSE: stopped, or disturbed. */
typedef bool (*SampanStopFunc) (gpointer user_data);
bool sampan_usage_count (SampanShareRoot *root, SampanStopFunc stop, gpointer user_data);

G_END_DECLS
