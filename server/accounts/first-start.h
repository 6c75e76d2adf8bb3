/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What a server without any account makes at its first start, so that somebody can log in: one
 * share, one account with a one-time code, and the right to change what is in the share. */

#pragma once

#include "accounts/account-store.h"

G_BEGIN_DECLS

#define SAMPAN_FIRST_SHARE "files"
#define SAMPAN_INVITE_SECS (7 * 24 * 60 * 60) /* a week: whoever is invited may be on holiday */

typedef struct
{
  char user[SAMPAN_USER_MAX + 1]; /* "" when the store had accounts: nothing was made */
  SampanSecret *code;
  char *directory; /* absolute, of the share */
} SampanFirstStart;
/* Wipes the code; the struct is as new. */
void sampan_first_start_clear (SampanFirstStart *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SampanFirstStart, sampan_first_start_clear)

/* Does nothing but zero *OUT when the store has an account. Else makes STATE_DIR/files (0700), the
 * share, and an account named after the person who runs this ("admin" if that is no account name)
 * whose code is good for SAMPAN_INVITE_SECS. Slow (Argon2id). */
bool sampan_first_start (SampanAccountStore *store,
                         const char *state_dir,
                         SampanFirstStart *out,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
