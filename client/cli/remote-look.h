/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Asking what a name is on the box without waiting for each answer: several looks can be under way,
 * and the first leaves together with the login's last message. */

#pragma once

#include "cli.h"

G_BEGIN_DECLS

typedef struct _RemoteLook RemoteLook;

/* Begins to log in if need be, and asks what REMOTE is, with LISTS also what it holds. With MOVES
 * transfers are to come, which get a connection meanwhile. May ask a person for a password; what
 * fails is told by remote_look_end(). */
RemoteLook *remote_look_begin (Cli *cli, SampanRemote *remote, bool lists, bool moves)
    G_GNUC_WARN_UNUSED_RESULT;
/* Waits for the answer, once. *SESSION is borrowed from the pool; *LIST (new reference) is NULL for
 * what is no folder. A folder that was to be listed and cannot be is an error. */
SampanFileInfo *remote_look_end (RemoteLook *self,
                                 SampanSession **session,
                                 SampanFolderList **list,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Waits for what is under way. */
void remote_look_free (RemoteLook *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RemoteLook, remote_look_free)

G_END_DECLS
