/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* An account on a box that the person wants to come back to. Immutable. */

#pragma once

#include <glib-object.h>
#include <stdbool.h>
#include <stdint.h>

G_BEGIN_DECLS

#define SAMPAN_TYPE_SAVED_SERVER (sampan_saved_server_get_type ())
G_DECLARE_FINAL_TYPE (SampanSavedServer, sampan_saved_server, SAMPAN, SAVED_SERVER, GObject)

/* NAME: what the person calls it; NULL or "": nothing. The host gets lower case. LAST_USED_US: of
 * the real-time clock. */
SampanSavedServer *sampan_saved_server_new (const char *name,
                                            const char *host,
                                            uint16_t port,
                                            const char *user,
                                            bool keeps_password,
                                            int64_t last_used_us);

const char *sampan_saved_server_get_name (SampanSavedServer *self); /* nullable */
const char *sampan_saved_server_get_host (SampanSavedServer *self);
uint16_t sampan_saved_server_get_port (SampanSavedServer *self);
const char *sampan_saved_server_get_user (SampanSavedServer *self);
/* Whether the keyring should have its password. */
bool sampan_saved_server_get_keeps_password (SampanSavedServer *self);
int64_t sampan_saved_server_get_last_used_us (SampanSavedServer *self);

/* What it is called, else its host. */
const char *sampan_saved_server_get_title (SampanSavedServer *self);
/* sampan://USER@HOST[:PORT]/; free with g_free. */
char *sampan_saved_server_dup_address (SampanSavedServer *self);
bool
sampan_saved_server_is (SampanSavedServer *self, const char *host, uint16_t port, const char *user);

G_END_DECLS
