/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The servers that the person wants to come back to, in $XDG_CONFIG_HOME/sampan/saved-servers.
 * Never a password. Blocking but tiny; any thread. */

#pragma once

#include "errors.h"
#include "saved-server.h"

G_BEGIN_DECLS

/* Of SampanSavedServer, the one used last first. A missing file is an empty list; an entry that
 * makes no sense is left out, and stays in the file. */
GPtrArray *sampan_saved_servers_load (GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* In place of the entry with the same host, port and user, and of REPLACED (nullable). Nothing is
 * written over what cannot be read. SAMPAN_ERROR_BAD_NAME: no server can be there. */
bool sampan_saved_servers_put (SampanSavedServer *server,
                               SampanSavedServer *replaced,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool sampan_saved_servers_forget (SampanSavedServer *server,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
