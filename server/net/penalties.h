/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Makes guessing slow. Each failed login adds to its source's penalty, which then runs off; below a
 * threshold nothing happens, so a mistyped password costs nothing. Whoever has many sources meets
 * the budget of the account: so many failures at once, and later as many as run off. The budget
 * holds for any name, whether there is such an account or not, but not for a source from which the
 * account logged in lately: guesses from elsewhere lock nobody out of where they usually are.
 *
 * Tables of fixed size: what is oldest makes room. The clock (monotonic, microseconds) is the
 * caller's. Any thread. */

#pragma once

#include "net/address.h"
#include "wire.h"

G_BEGIN_DECLS

#define SAMPAN_PENALTY_FAILURE_SECS 5
#define SAMPAN_PENALTY_ACTS_SECS 15 /* three failures at once, or the fourth in a row */
/* Twelve failures at once of all the IPv6 networks that one household or office may have. */
#define SAMPAN_PENALTY_SITE_ACTS_SECS 60
#define SAMPAN_PENALTY_CAP_SECS 600
#define SAMPAN_PENALTY_SOURCES 65536

#define SAMPAN_PENALTY_ACCOUNT_FAILURES 100        /* at once, whoever they come from */
#define SAMPAN_PENALTY_ACCOUNT_FAILURE_SECS 36     /* a hundred an hour from then on */
#define SAMPAN_PENALTY_ACCOUNTS 16384              /* 650 KiB; guesses from there flush none soon */
#define SAMPAN_PENALTY_KNOWN_SECS (30 * 24 * 3600) /* since the last login from there */
#define SAMPAN_PENALTY_KNOWN 16384                 /* accounts times places */

typedef struct _SampanPenalties SampanPenalties;

/* NULL only without random numbers or memory. The tables are of the sizes above, or smaller. */
SampanPenalties *sampan_penalties_new (uint32_t max_entries);
void sampan_penalties_free (SampanPenalties *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SampanPenalties, sampan_penalties_free)

/* An attempt to log in as USER, the name as it came. Returns the seconds to wait, rounded up; 0: it
 * may go on. Then it counts against the budget at once, so that many at a time do not slip through,
 * until it is told to have succeeded. */
uint32_t sampan_penalties_begin (SampanPenalties *self,
                                 const SampanSourceKey *source,
                                 SampanBytes user,
                                 int64_t now_us) G_GNUC_WARN_UNUSED_RESULT;
/* What became of it. */
void
sampan_penalties_add_failure (SampanPenalties *self, const SampanSourceKey *source, int64_t now_us);
void sampan_penalties_add_success (SampanPenalties *self,
                                   const SampanSourceKey *source,
                                   SampanBytes user,
                                   int64_t now_us);

/* Seconds that SOURCE has to wait, whatever the account. */
uint32_t sampan_penalties_check (SampanPenalties *self,
                                 const SampanSourceKey *source,
                                 int64_t now_us) G_GNUC_WARN_UNUSED_RESULT;

/* Sources remembered. */
uint32_t sampan_penalties_get_count (SampanPenalties *self);

G_END_DECLS
