/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* sampand share homes, and the homes of accounts that are being added. */

#pragma once

#include "accounts/account-store.h"
#include "commands/command-utils.h"

G_BEGIN_DECLS

int sampan_command_share_homes (int argc, char **argv);

#define SAMPAN_NO_HOME_ENTRY(no_home)                                                              \
  {                                                                                                \
    "no-home", 0, 0, G_OPTION_ARG_NONE, &(no_home), "Without the home that new accounts get", NULL \
  }

/* The folder of account NAME's home, escaped, g_free; NULL: it has none. */
char *sampan_command_find_home (SampanAccountStore *store, const char *name);

/* After a reload: says on stderr if the running server cannot use the home of account NAME. */
void sampan_command_check_home (const SampanArguments *arguments,
                                SampanAccountStore *store,
                                const char *name);

/* Gives account NAME, which was just added, its home if new accounts get one; takes the account
 * back if that fails. */
bool sampan_command_complete_account (SampanAccountStore *store,
                                      const char *name,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
