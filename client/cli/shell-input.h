/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Lines for the shell: edited with history and completion at a terminal, plain ones from a pipe or
 * a file. The main loop runs while it waits. */

#pragma once

#include "cli.h"
#include "completion.h"

G_BEGIN_DECLS

typedef struct _ShellInput ShellInput;

/* COMPLETION is borrowed. */
ShellInput *shell_input_new (Cli *cli, Completion *completion);
/* Saves the history. */
void shell_input_free (ShellInput *self);
bool shell_input_is_terminal (const ShellInput *self);
/* Without the line end; free with g_free. NULL: no more, or (see CLI's signal_number) a signal. */
char *shell_input_read_line (ShellInput *self, const char *prompt) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
