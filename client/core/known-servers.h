/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The server keys that logins recovered, by "host:port", in $XDG_CONFIG_HOME/sampan/known-servers
 * (0600, written whole and renamed). Blocking but tiny; any thread. */

#pragma once

#include "errors.h"
#include "login.h"

G_BEGIN_DECLS

typedef enum
{
  SAMPAN_SERVER_NEW,
  SAMPAN_SERVER_KNOWN,
  SAMPAN_SERVER_DIFFERENT,
} SampanServerKnowledge;

/* A file that cannot be read or parsed is an error, never "new". */
bool sampan_known_servers_check (const char *host,
                                 uint16_t port,
                                 const uint8_t key[static SAMPAN_PUBLIC_KEY_LENGTH],
                                 SampanServerKnowledge *knowledge,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool sampan_known_servers_remember (const char *host,
                                    uint16_t port,
                                    const uint8_t key[static SAMPAN_PUBLIC_KEY_LENGTH],
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* For the person who knows that the box was set up anew. */
bool sampan_known_servers_forget (const char *host,
                                  uint16_t port,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
