/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The tables of the accounts database, and the way from each older form of them to today's. */

#pragma once

#include "accounts/database.h"

G_BEGIN_DECLS

/* What this server writes. One migration function per version, see account-schema.c. */
#define SAMPAN_SCHEMA_VERSION 5

/* Brings an older database up to date, in one transaction. An empty one is filled if MAY_CREATE,
 * else refused as damaged. Refuses a newer one (UNSUPPORTED) and what is no database of Sampan. */
bool sampan_account_schema_bring_up (SampanDatabase *database,
                                     bool may_create,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
