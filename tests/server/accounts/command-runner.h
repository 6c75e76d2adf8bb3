/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Running admin commands of the real sampand ($SAMPAND) on the state of a scratch directory. */

#pragma once

#include "scratch.h"
#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  int status;
  char *out;
  char *err;
} RunnerResult;
void runner_result_clear (RunnerResult *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RunnerResult, runner_result_clear)

/* Makes the folder and the password files that the commands of the tests name. */
void runner_set_up (Scratch *scratch);
void runner_put_file (const Scratch *scratch, const char *name, const char *content);

/* For a process in the scratch directory, without a terminal. */
GSubprocessLauncher *runner_make_launcher (const Scratch *scratch, GSubprocessFlags flags);
/* Runs `sampand LINE`, split at blanks, to its end. RESULT is cleared first. */
void runner_run (const Scratch *scratch, RunnerResult *result, const char *line);
void runner_assert_done (const Scratch *scratch, const char *line);
void runner_assert_output (const Scratch *scratch, const char *line, const char *expected);

G_END_DECLS
