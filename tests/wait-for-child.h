/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Waits for a child that is to end by itself. One that does not is described on stderr, with the
 * stacks of its threads where there is a debugger, and fails the test. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The wait status. */
int wait_for_child (pid_t pid);
void wait_for_subprocess (GSubprocess *process);

G_END_DECLS
