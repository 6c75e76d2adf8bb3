/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What account-store.c and account-shares.c share. */

#pragma once

#include "accounts/account-store.h"
#include "accounts/database.h"
#include "accounts/keys-file.h"
#include "accounts/state-folder.h"

G_BEGIN_DECLS

#define SAMPAN_DATABASE_FILE "sampan.db" /* in the state directory */

struct _SampanAccountStore
{
  GMutex lock;               /* of the database */
  SampanStateFolder *folder; /* constant */
  SampanKeys *keys;          /* constant, guarded memory */
  SampanDatabase *database;
};

/* "NOT_FOUND: no account NAME" and its like; NAME is escaped. */
void sampan_account_store_set_not_found (GError **error, const char *what, const char *name);
/* Runs a prepared change of the WHAT called NAME; NOT_FOUND if it touched none. */
bool sampan_account_store_run_for (SampanStatement *statement,
                                   const char *what,
                                   const char *name,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether DIRECTORY may be served: not if it holds the state directory, whose keys it would hand
 * out. NOT_ALLOWED. */
bool sampan_account_store_check_directory (const SampanAccountStore *self,
                                           const char *directory,
                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether a share NAME of DIRECTORY, which is absolute, could be added. BAD_NAME, NOT_ALLOWED. */
bool sampan_account_store_check_share (const SampanAccountStore *self,
                                       const char *name,
                                       const char *directory,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

uint64_t sampan_account_store_read_quota (SampanStatement *statement, int column);
void sampan_account_store_bind_quota (SampanStatement *statement, int index, uint64_t quota_bytes);

G_END_DECLS
