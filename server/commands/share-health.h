/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What the running server can do with the folder of a share. Only it knows: it may be another user,
 * and shut off from most of the disk. */

#pragma once

#include "accounts/account-store.h"
#include "commands/command-utils.h"

G_BEGIN_DECLS

typedef enum
{
  SAMPAN_SHARE_HEALTH_UNKNOWN, /* no server runs, or it does not say */
  SAMPAN_SHARE_HEALTH_CLOSED,
  SAMPAN_SHARE_HEALTH_READ_ONLY,
  SAMPAN_SHARE_HEALTH_WRITABLE,
} SampanShareHealth;

/* STATUS: what the server says of itself; nullable. */
SampanShareHealth sampan_share_health_find (const char *status, const char *share);

/* Whether somebody may add to SHARE. */
bool sampan_share_health_is_for_adding (SampanAccountStore *store, const char *share);

/* How the server comes to be able to write to the folder of ROW; g_free. */
char *sampan_share_health_get_cure (const char *state_dir, const SampanShareRow *row);

/* Says on stderr if people may do with SHARE what the running server cannot. */
void sampan_share_health_warn (const SampanArguments *arguments,
                               SampanAccountStore *store,
                               const char *share);

G_END_DECLS
