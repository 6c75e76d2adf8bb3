/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Opening below a directory so that the kernel, or a walk, keeps the path inside. */

#pragma once

#include "storage/share-root.h"

G_BEGIN_DECLS

/* Whether openat2() is there and does refuse to leave ROOT_FD. Asked by behaviour: containers
 * answer ENOSYS or EPERM for calls that they do not know. */
bool sampan_confine_probe (int root_fd);

/* Opens the canonical PATH ("." for the root itself) below ROOT_FD with FLAGS | O_CLOEXEC |
 * O_NOFOLLOW; no symlink is followed in any component. No O_CREAT. CONFINE is not PROBE. Returns an
 * fd, or -1 with errno: ELOOP or ENOTDIR for a symlink, EAGAIN if renames kept it from an answer.
 */
int sampan_confine_open (SampanConfine confine, int root_fd, const char *path, int flags);

G_END_DECLS
