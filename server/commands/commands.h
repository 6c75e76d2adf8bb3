/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The sub-commands of sampand. Each gets its name as argv[0] and what follows it, prints for people
 * (or JSON) on stdout, errors on stderr, and returns an exit status: 0 done, 1 failed, 2 usage. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

int sampan_command_run (int argc, char **argv);
int sampan_command_user (int argc, char **argv);
int sampan_command_invite (int argc, char **argv);
int sampan_command_share (int argc, char **argv);
int sampan_command_stats (int argc, char **argv);
int sampan_command_status (int argc, char **argv);
int sampan_command_backup (int argc, char **argv);
int sampan_command_restore (int argc, char **argv);
int sampan_command_doctor (int argc, char **argv);
int sampan_command_who (int argc, char **argv);
int sampan_command_kick (int argc, char **argv);

/* --state, else $STATE_DIRECTORY, else for root and the service's user /var/lib/sampand if it is
 * there, else $XDG_STATE_HOME/sampand. Free with g_free. */
char *sampan_state_dir_resolve (const char *option);

G_END_DECLS
