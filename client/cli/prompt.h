/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Asking the person at the terminal while the main loop runs, so that Ctrl-C and a broken link are
 * noticed in the middle of a question. */

#pragma once

#include "secret.h"
#include <gio/gio.h>

G_BEGIN_DECLS

/* Asks on the controlling terminal, whatever stdin is, and does not show what is typed; the
 * terminal is put back on every path, signals included. Fails with CLI_ERROR when there is no
 * terminal or the answer is empty or too long, G_IO_ERROR_CANCELLED. */
SampanSecret *prompt_password (const char *question,
                               GCancellable *cancellable,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Whether PASSWORD may become somebody's. */
bool prompt_check_new_password (const SampanSecret *password,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A new password that is long enough, asked twice until both agree (three times at most). */
SampanSecret *prompt_new_password (GCancellable *cancellable,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* One line, as it is typed; free with g_free. */
char *prompt_line (const char *question,
                   GCancellable *cancellable,
                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Iterates the main context until FD can be read; FALSE: cancelled. */
bool prompt_wait_readable (int fd, GCancellable *cancellable);

G_END_DECLS
