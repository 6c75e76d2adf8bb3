/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Asking for a password at the controlling terminal. */

#pragma once

#include "secret.h"

G_BEGIN_DECLS

/* One line, not shown while it is typed. The terminal is put back on every path; a signal such as
 * Ctrl-C is delivered after that. Fails without a terminal. An empty line is NULL with error. */
SampanSecret *sampan_terminal_ask (const char *question, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
