/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Sizes as people write them. */

#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

G_BEGIN_DECLS

/* "500M", "1.5 TB", "20GiB", "1000": a number and K, M, G or T for powers of 1000, Ki, Mi, Gi or Ti
 * for those of 1024, maybe with a B; letters of any case. FALSE: something else, or more than
 * INT64_MAX. */
bool sampan_size_parse (const char *text, uint64_t *bytes) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
