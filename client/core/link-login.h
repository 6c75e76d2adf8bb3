/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What happens on a fresh link before requests: login with a password, or attaching to a session by
 * ticket. Engine thread; Argon2id and the known-servers file run on a pool thread. */

#pragma once

#include "link.h"
#include "message.h"
#include "secret.h"

G_BEGIN_DECLS

typedef struct
{
  SampanLoginOk ok;
  uint8_t server_public_key[SAMPAN_PUBLIC_KEY_LENGTH];
} SampanLoginOutcome; /* wiped by who passes it */

typedef struct
{
  void (*connected) (SampanLink *link, gpointer user_data);
  /* The server has proved who it is and the last message of the login is on its way: requests may
   * follow without waiting for the answer. If it is refused they end with the link. */
  void (*proved) (SampanLink *link, gpointer user_data);
  /* Once. With an error the link is closed. The link's funcs are free again. */
  void (*done) (SampanLink *link,
                const SampanLoginOutcome *outcome,
                const GError *error,
                gpointer user_data);
} SampanLoginFuncs;

/* Connects LINK (which is new) and logs in. Closing the link ends it with an error. FUNCS is
 * static. */
void sampan_link_login (SampanLink *link,
                        const char *host,
                        uint16_t port,
                        const char *user,
                        const SampanSecret *password,
                        const SampanLoginFuncs *funcs,
                        gpointer user_data);

typedef struct
{
  /* Nullable. The proof is on its way: requests may follow it without waiting for the answer. If
   * it is refused they end with the link. */
  void (*sent) (SampanLink *link, gpointer user_data);
  /* Once. REFUSED: the server hung up when it had the ticket's proof, as it does when it does not
   * know the session; a link that broke just then looks the same. */
  void (*done) (SampanLink *link, bool refused, const GError *error, gpointer user_data);
} SampanAttachFuncs;

typedef struct _SampanAttaching SampanAttaching; /* valid until it is done */

/* Connects LINK (which is new) and attaches it to SESSION, or, where that is NULL, to the one that
 * sampan_attaching_set_session() names. FUNCS is static. */
SampanAttaching *sampan_link_attach (SampanLink *link,
                                     const char *host,
                                     uint16_t port,
                                     const SampanLoginOk *session,
                                     const SampanAttachFuncs *funcs,
                                     gpointer user_data);
/* Once, if it was begun without. May call back at once. */
void sampan_attaching_set_session (SampanAttaching *self, const SampanLoginOk *session);

G_END_DECLS
