/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Sizes and times as a person writes them. */

#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

G_BEGIN_DECLS

/* "10", "4k", "2.5M", "1Gi": k, M, G and T are powers of 1000, with an i of 1024. */
bool typed_read_size (const char *text, uint64_t *size) G_GNUC_WARN_UNUSED_RESULT;
/* "1M..2M", "1M..", "..2M", or one size; the end that is missing stays as it was. */
bool typed_read_range (const char *text, uint64_t *min, uint64_t *max) G_GNUC_WARN_UNUSED_RESULT;
/* "2026-11-20" is its midnight here, "2026-11-20T08:00:00Z" as in RFC 3339; "30m", "12h", "7d" and
 * "2w" are that long before NOW_SECS. */
bool
typed_read_time (const char *text, int64_t now_secs, int64_t *seconds) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
