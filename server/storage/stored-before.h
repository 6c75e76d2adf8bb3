/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Whether an upload that is resumed was stored already: its acknowledgement was lost with the link,
 * and the client asks again. What is on the disk tells, so it holds over a restart and between
 * servers on one directory. */

#pragma once

#include "storage/placement.h"

G_BEGIN_DECLS

/* The file of that size and of the placement's mtime that stands where the upload would have put
 * it: under the name, or with KEEP_BOTH under one of those beside it. Returns a readable fd and
 * *name (g_free), or -1. Whether the content is the same is for the client to say. */
int sampan_stored_before_open (const SampanPlacement *placement, uint64_t size, char **name);

/* Whether NAME still leads to what FD has open. */
bool sampan_stored_before_is_there (int folder_fd, const char *name, int fd);

G_END_DECLS
