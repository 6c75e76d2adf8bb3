/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Spans of time as people write them. */

#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

G_BEGIN_DECLS

/* "45m", "12h", "3d", "2w": a whole number and its unit; from a minute to a year. */
bool sampan_duration_parse (const char *text, int64_t *secs) G_GNUC_WARN_UNUSED_RESULT;
/* "45 minutes", "3 days": in the largest unit that is exact; g_free. */
char *sampan_duration_format (int64_t secs);

G_END_DECLS
