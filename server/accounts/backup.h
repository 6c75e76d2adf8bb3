/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* All that a server is but for the files in its shares, in one file: accounts, shares, rights and
 * the keys without which nobody can log in. Whoever has it can test guesses of passwords: 0600.
 *
 *   magic[8] version made_secs[8] keys_length[4] database_length[8] keys database checksum[32]
 *
 * Numbers are big-endian; the checksum is BLAKE2b-256 of all before it. */

#pragma once

#include "accounts/account-store.h"

G_BEGIN_DECLS

/* Makes FILENAME as the state is at one moment, also while a server runs on it; durable, or not
 * there. EXISTS: never replaces a file. */
bool sampan_backup_write (SampanAccountStore *store,
                          const char *filename,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Makes the state in STATE_DIR of FILENAME, checked whole before anything changes. REPLACE: what is
 * there is kept beside it under other names, *kept says which (g_free; NULL if nothing was there);
 * else it is EXISTS. *made_secs: when the backup was made. No server may run: EXISTS, too. Errors:
 * also IO (damaged), UNSUPPORTED (newer, or no backup). */
bool sampan_backup_restore (const char *filename,
                            const char *state_dir,
                            bool replace,
                            int64_t *made_secs,
                            char **kept,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
