/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Deleting for good: what the trash or the staging no longer needs. */

#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Deletes the entry NAME of FOLDER_FD with all that is in it, however deep, with a handful of fds
 * and no recursion. Does not enter what is mounted below. FALSE with errno if something is left. */
bool sampan_tree_removal_run (int folder_fd, const char *name);
/* The same, and adds the sizes of the files that were deleted to *freed_bytes, also when something
 * is left. What goes from a share's staging or trash is to be told to its usage. */
bool sampan_tree_removal_count (int folder_fd, const char *name, uint64_t *freed_bytes);
