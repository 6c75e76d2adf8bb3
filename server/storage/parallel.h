/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Waiting for the disk with several things at once: it writes its cache out once for all who wait
 * at the same time. */

#pragma once

#include <glib.h>
#include <stddef.h>

G_BEGIN_DECLS

/* Calls FUNC once for each item, from this thread and from others that are free, and returns after
 * the last one. Never slower than a loop: a disk that hangs and holds the others up holds up nobody
 * here. */
void sampan_parallel_run (gpointer *items, size_t n_items, void (*func) (gpointer item));

G_END_DECLS
