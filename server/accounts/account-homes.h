/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Homes: a share for each account, called as the account, which nobody else may see. It is a share
 * like any other, but goes with its account; the folder stays. Any thread. */

#pragma once

#include "accounts/account-store.h"

G_BEGIN_DECLS

/* What new accounts get. */
typedef struct
{
  char *directory; /* holds the homes; NULL: they get none */
  uint64_t quota_bytes;
} SampanHomes;
void sampan_homes_clear (SampanHomes *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SampanHomes, sampan_homes_clear)

bool sampan_account_store_get_homes (SampanAccountStore *self,
                                     SampanHomes *homes,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* For accounts that are added later; DIRECTORY NULL: none. Errors as of adding a share. */
bool sampan_account_store_set_homes (SampanAccountStore *self,
                                     const char *directory,
                                     uint64_t quota_bytes,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Makes the home of account NAME: the folder, owned by the owner of the state directory, the share
 * and the right. EXISTS if another share has its name, or its folder holds something: that may be
 * what an earlier account of this name left. */
bool sampan_account_store_add_home (SampanAccountStore *self,
                                    const SampanHomes *homes,
                                    const char *name,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
