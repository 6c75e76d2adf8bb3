/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The saved servers as all windows share them. A change shows at once and is written on another
 * thread. Passwords are in the keyring. */

#pragma once

#include "saved-server.h"
#include "secret.h"
#include <gio/gio.h>

G_BEGIN_DECLS

#define SAMPAN_TYPE_SERVER_STORE (sampan_server_store_get_type ())
G_DECLARE_FINAL_TYPE (SampanServerStore, sampan_server_store, SAMPAN, SERVER_STORE, GObject)

/* Signal "failed" (const char *): words for what could not be kept. */

/* Reads one small file: before a window shows. Its last reference goes when all is written. */
SampanServerStore *sampan_server_store_new (void);
/* Of SampanSavedServer, the one used last first. Borrowed. */
GListModel *sampan_server_store_get_servers (SampanServerStore *self);
/* What was wrong with that file; nullable, borrowed. */
const char *sampan_server_store_get_problem (SampanServerStore *self);

/* Nullable, borrowed. */
SampanSavedServer *sampan_server_store_find (SampanServerStore *self,
                                             const char *host,
                                             uint16_t port,
                                             const char *user);
SampanSavedServer *sampan_server_store_get_last (SampanServerStore *self);

/* There was a login. PASSWORD (nullable) goes to the keyring; without it the keyring gives up the
 * one it has. */
void sampan_server_store_remember (SampanServerStore *self,
                                   const char *host,
                                   uint16_t port,
                                   const char *user,
                                   const SampanSecret *password);
/* SERVER gets another name, or leads elsewhere from now on; its password stays only where it is the
 * same account. */
void sampan_server_store_edit (SampanServerStore *self,
                               SampanSavedServer *server,
                               const char *name,
                               const char *host,
                               uint16_t port,
                               const char *user);
void sampan_server_store_forget_password (SampanServerStore *self, SampanSavedServer *server);
/* And its password. */
void sampan_server_store_forget (SampanServerStore *self, SampanSavedServer *server);

G_END_DECLS
