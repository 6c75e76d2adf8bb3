/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The control socket STATE_DIR/control (0600): admin commands tell a running server of changes and
 * ask for its status. One request line, one JSON reply line.
 *
 * Replies are flat JSON objects. {"error":"text for the admin"} says that the request failed; the
 * one to "status" holds numbers and strings that `sampand status` shows one per line. */

#pragma once

#include "errors.h"
#include <gio/gio.h>

G_BEGIN_DECLS

/* Before the account or session whose end is asked for. */
#define SAMPAN_CONTROL_KICK "kick "

/* Before what the admin changed: the command, the name it is about, and more; each nullable, each
 * as sampan_control_make_reload() makes it. */
#define SAMPAN_CONTROL_RELOAD "reload"

/* Server side, on the default main context. FUNC is called for each line ("reload", "status",
 * "stats", "kick WHO") from the user UID and returns the reply as one line of JSON (g_free), or
 * NULL for an unknown one. Only our own user and root are heard. Holds a lock on the state
 * directory: EXISTS if another server runs on it. */
typedef char *(*SampanControlFunc) (const char *line, unsigned int uid, gpointer user_data);
typedef struct _SampanControl SampanControl;
SampanControl *sampan_control_listen (const char *state_dir,
                                      SampanControlFunc func,
                                      gpointer user_data,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sampan_control_close (SampanControl *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SampanControl, sampan_control_close)

/* Admin side. The line that tells of a change: COMMAND ("user add"), what it is about and MORE, all
 * nullable; g_free. */
char *sampan_control_make_reload (const char *command, const char *name, const char *more);
/* ...and its parts again, up to three and NULL; NULL: it is no such line. */
char **sampan_control_parse_reload (const char *line);

/* Admin side. Keeps servers off the state directory FOLDER_FD until *lock_fd is closed; -1 if none
 * has ever run there. EXISTS: one runs. */
bool
sampan_control_keep_out (int folder_fd, int *lock_fd, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Admin side, blocking up to 5 s. The reply without its line end. NULL without error: no server
 * runs on this state directory. */
char *sampan_control_call (const char *state_dir,
                           const char *line,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
