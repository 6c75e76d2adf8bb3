/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The content of one file into another, by the cheapest way that the disk has. */

#pragma once

#include "storage/progress.h"

G_BEGIN_DECLS

/* Copies all of FROM_FD to the empty TO_FD: shared extents, else inside the kernel, else by hand.
 * Errors: G_IO_ERROR_CANCELLED, NO_SPACE, IO. */
bool sampan_copy_data (int from_fd,
                       int to_fd,
                       SampanProgressMeter *meter,
                       GCancellable *cancellable,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
