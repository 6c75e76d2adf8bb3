/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What to do when a name is taken: by --on-conflict, else by asking, else not at all. */

#pragma once

#include "batch-conflict.h"
#include "cli.h"

G_BEGIN_DECLS

typedef enum
{
  CONFLICT_POLICY_ASK,
  CONFLICT_POLICY_SKIP,
  CONFLICT_POLICY_REPLACE,
  CONFLICT_POLICY_NEWER,
  CONFLICT_POLICY_BOTH,
  CONFLICT_POLICY_REFUSE, /* nobody to ask: the item fails */
} ConflictPolicy;

typedef enum
{
  CONFLICT_RETRY,
  CONFLICT_SKIP,
  CONFLICT_FAIL,
  CONFLICT_CANCEL,
} ConflictOutcome;

#define CONFLICT_OPTION(target)                                                                    \
  {                                                                                                \
    "on-conflict", 0, 0, G_OPTION_ARG_STRING, target,                                              \
        N_ ("When the name is taken: ask, skip, replace, newer, both or fail"), "WHAT"             \
  }

/* WORD: nullable, then ASK where a person sits and REFUSE elsewhere. FALSE: no such word; it was
 * reported. */
bool conflict_policy_parse (Cli *cli,
                            const char *word,
                            ConflictPolicy *policy) G_GNUC_WARN_UNUSED_RESULT;
/* For conflicts of a batch as they are found; ASK when a person decides. */
SampanBatchDecision conflict_decision (ConflictPolicy policy);
/* What to try first. */
SampanConflict conflict_first_try (ConflictPolicy policy);
/* After TRIED met a taken NAME: what now. "For all" answers change *POLICY; with RETRY *NEXT says
 * how. Waits for the person. */
ConflictOutcome conflict_resolve (Cli *cli,
                                  ConflictPolicy *policy,
                                  const char *name,
                                  SampanConflict tried,
                                  SampanConflict *next);

G_END_DECLS
