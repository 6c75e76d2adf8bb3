/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Making remote bytes fit to be seen. */

#pragma once

#include <glib.h>
#include <stddef.h>

G_BEGIN_DECLS

/* For terminals and logs: valid UTF-8; control characters (C0, C1, DEL), bidi overrides, line and
 * paragraph separators and backslash written as \n, \t, \xNN, \u{NNNN} or \\, invalid bytes as
 * \xNN. At most MAX_BYTES of output (0: no limit), then "...". Free with g_free. */
char *sampan_escape (const char *bytes, gssize length, size_t max_bytes);

/* For widgets: valid UTF-8 where the same characters become U+FFFD. Never markup: use with set_text
 * only. Free with g_free. */
char *sampan_display_name (const char *bytes, gssize length);

G_END_DECLS
