/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What the shell and its own commands share. */

#pragma once

#include "cli.h"
#include "completion.h"
#include "shell-input.h"

G_BEGIN_DECLS

typedef struct
{
  Cli *cli; /* borrowed */
  ShellInput *input;
  Completion *completion;
  bool quit;
} Shell;

typedef struct
{
  const char *name;
  const char *usage;
  const char *summary;       /* N_() */
  unsigned int max_operands; /* of which some may be needed: the function says so */
  void (*run) (Shell *shell, char **operands);
} ShellCommand;

/* Ended by an entry without a name. */
const ShellCommand *shell_commands_get_all (void);
const ShellCommand *shell_command_find (const char *name);
void shell_command_print_usage (Shell *shell, const ShellCommand *command);

/* Makes TYPED the server and folder of the prompt. Failures are reported. */
bool shell_open (Shell *shell, const char *typed);

G_END_DECLS
