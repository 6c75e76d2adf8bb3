/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Tab in the shell: command names, then names in the folder on the box (or here, for put, lcd and
 * lls). */

#pragma once

#include "cli.h"
#include <histedit.h>

G_BEGIN_DECLS

typedef struct _Completion Completion;

/* COMMAND_NAMES: NULL-terminated, borrowed. */
Completion *completion_new (Cli *cli, const char *const *command_names);
void completion_free (Completion *self);
/* The listing that is held may be out of date. */
void completion_forget (Completion *self);
/* An editor function: completes what stands before the cursor. Returns a CC_ code. */
unsigned char completion_run (Completion *self, EditLine *edit);

G_END_DECLS
