/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The sessions of one run: one for each USER@HOST:PORT, logged in when first needed and again when
 * its link broke, with the password that is held for it. */

#pragma once

#include "cli.h"

G_BEGIN_DECLS

SessionPool *session_pool_new (Cli *cli);
/* Logs out of all and wipes the passwords. */
void session_pool_free (SessionPool *self);

/* A session that is ready; borrowed. A login by one-time code offers to choose the password at
 * once, or fails with PASSWORD_NEEDED when nobody can be asked. Waits in the main loop. */
SampanSession *session_pool_get (SessionPool *self,
                                 const SampanRemote *remote,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Begins what session_pool_get() would do, if there is need, and does not wait for it but for a
 * person who types a password. Requests of the session (borrowed) may be made at once; what they
 * find is good once session_pool_get() gives the session, and to be asked again if they failed with
 * DISCONNECTED or PASSWORD_NEEDED meanwhile. */
SampanSession *session_pool_begin (SessionPool *self,
                                   const SampanRemote *remote,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* For passwd: a login by one-time code is let in as it is. */
SampanSession *session_pool_get_for_passwd (SessionPool *self,
                                            const SampanRemote *remote,
                                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The session if there is one and it is ready; borrowed, nullable. Never waits. */
SampanSession *session_pool_peek (SessionPool *self, const SampanRemote *remote);
/* After a request failed with *ERROR: whether that was the link and the session has healed, so that
 * the request is worth another try. Waits for it. If an admin has ended the session, *ERROR becomes
 * that. */
bool session_pool_rides_through (SessionPool *self, SampanSession *session, GError **error);
/* Sets FRESH as the account's password; waits. */
bool session_pool_set_password (SessionPool *self,
                                const SampanRemote *remote,
                                const SampanSecret *fresh,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Logs out of one. */
void session_pool_close (SessionPool *self, const SampanRemote *remote);

G_END_DECLS
