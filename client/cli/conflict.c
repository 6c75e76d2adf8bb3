/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What to do when a name is taken. */

#include "config.h"

#include "conflict.h"

#include "escape.h"
#include "output.h"
#include "prompt.h"

#include <glib/gi18n.h>
#include <string.h>

typedef struct
{
  const char *word;
  ConflictPolicy policy;
} Word;

static const Word words[] = {
  { "ask", CONFLICT_POLICY_ASK },         { "skip", CONFLICT_POLICY_SKIP },
  { "replace", CONFLICT_POLICY_REPLACE }, { "newer", CONFLICT_POLICY_NEWER },
  { "both", CONFLICT_POLICY_BOTH },       { "keep-both", CONFLICT_POLICY_BOTH },
  { "fail", CONFLICT_POLICY_REFUSE },
};

bool
conflict_policy_parse (Cli *cli, const char *word, ConflictPolicy *policy)
{
  *policy = CONFLICT_POLICY_ASK;
  for (size_t i = 0; word != NULL && i < G_N_ELEMENTS (words); i++)
    if (strcmp (words[i].word, word) == 0)
      {
        *policy = words[i].policy;
        word = NULL;
      }
  if (word != NULL)
    {
      output_failed_because (cli,
                             NULL,
                             CLI_STATUS_USAGE,
                             _ ("--on-conflict takes ask, skip, replace, newer, both or fail"));
      return false;
    }
  if (*policy == CONFLICT_POLICY_ASK && !cli_can_ask ())
    *policy = CONFLICT_POLICY_REFUSE;
  return true;
}

SampanBatchDecision
conflict_decision (ConflictPolicy policy)
{
  switch (policy)
    {
    case CONFLICT_POLICY_REPLACE:
      return SAMPAN_BATCH_REPLACE;
    case CONFLICT_POLICY_NEWER:
      return SAMPAN_BATCH_REPLACE_IF_NEWER;
    case CONFLICT_POLICY_BOTH:
      return SAMPAN_BATCH_KEEP_BOTH;
    case CONFLICT_POLICY_ASK:
      return SAMPAN_BATCH_ASK;
    case CONFLICT_POLICY_SKIP:
    case CONFLICT_POLICY_REFUSE:
    default:
      return SAMPAN_BATCH_SKIP;
    }
}

SampanConflict
conflict_first_try (ConflictPolicy policy)
{
  switch (policy)
    {
    case CONFLICT_POLICY_REPLACE:
      return SAMPAN_CONFLICT_REPLACE;
    case CONFLICT_POLICY_NEWER:
      return SAMPAN_CONFLICT_REPLACE_NEWER;
    case CONFLICT_POLICY_BOTH:
      return SAMPAN_CONFLICT_KEEP_BOTH;
    case CONFLICT_POLICY_ASK:
    case CONFLICT_POLICY_SKIP:
    case CONFLICT_POLICY_REFUSE:
    default:
      return SAMPAN_CONFLICT_REFUSE;
    }
}

/* Capital letters are for all that come after, too. */
static ConflictOutcome
apply_answer (char letter, ConflictPolicy *policy, SampanConflict *next)
{
  ConflictPolicy chosen;

  switch (g_ascii_tolower (letter))
    {
    case 'r':
      chosen = CONFLICT_POLICY_REPLACE;
      break;
    case 'n':
      chosen = CONFLICT_POLICY_NEWER;
      break;
    case 'b':
      chosen = CONFLICT_POLICY_BOTH;
      break;
    case 's':
      chosen = CONFLICT_POLICY_SKIP;
      break;
    case 'c':
      return CONFLICT_CANCEL;
    default:
      return CONFLICT_FAIL;
    }
  if (g_ascii_isupper (letter))
    *policy = chosen;
  *next = conflict_first_try (chosen);
  return chosen == CONFLICT_POLICY_SKIP ? CONFLICT_SKIP : CONFLICT_RETRY;
}

static ConflictOutcome
ask (Cli *cli, ConflictPolicy *policy, const char *name, SampanConflict *next)
{
  g_autofree char *shown = sampan_escape (name, -1, 0);
  g_autofree char *question = NULL;

  output_clear_progress (cli);
  /* Translators: %s is a name. The letters in brackets are what to type: r n b s c; keep them. */
  question = g_strdup_printf (_ ("%s is there already. [r]eplace, [n]ewer replaces, keep [b]oth, "
                                 "[s]kip, [c]ancel (capital: for all)? "),
                              shown);
  for (;;)
    {
      g_autofree char *answer = prompt_line (question, cli->cancellable, NULL);
      ConflictOutcome outcome;

      if (answer == NULL)
        return CONFLICT_CANCEL;
      outcome = apply_answer (answer[0], policy, next);
      if (outcome != CONFLICT_FAIL)
        return outcome;
    }
}

ConflictOutcome
conflict_resolve (Cli *cli,
                  ConflictPolicy *policy,
                  const char *name,
                  SampanConflict tried,
                  SampanConflict *next)
{
  if (tried == SAMPAN_CONFLICT_REPLACE_NEWER)
    return CONFLICT_SKIP;
  if (tried != SAMPAN_CONFLICT_REFUSE)
    return CONFLICT_FAIL;
  switch (*policy)
    {
    case CONFLICT_POLICY_SKIP:
      return CONFLICT_SKIP;
    case CONFLICT_POLICY_REFUSE:
      return CONFLICT_FAIL;
    case CONFLICT_POLICY_ASK:
      return ask (cli, policy, name, next);
    case CONFLICT_POLICY_REPLACE:
    case CONFLICT_POLICY_NEWER:
    case CONFLICT_POLICY_BOTH:
    default: /* "for all" was said while this one was on its way */
      *next = conflict_first_try (*policy);
      return CONFLICT_RETRY;
    }
}
