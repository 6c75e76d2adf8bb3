/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Asking once about all conflicts. */

#include "config.h"

#include "conflict-list.h"

#include "escape.h"
#include "output.h"
#include "prompt.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#define SHOWN_MAX 20 /* more would scroll the question's beginning away */

static char *
format_version (const SampanBatchVersion *version)
{
  g_autofree char *size = version->is_folder ? g_strdup (_ ("a folder"))
                                             : g_format_size (version->size);
  char time[OUTPUT_TIME_SIZE];

  return g_strdup_printf ("%s  %s", size, output_format_time (version->mtime.seconds, time));
}

/* "NAME: here 1 kB 2026-11-20 23:12, on the box ..." */
static char *
format_conflict (SampanBatchConflict *conflict, ConflictListKind kind)
{
  g_autofree char *name = sampan_escape (sampan_batch_conflict_get_bytes (conflict), -1, 0);
  g_autofree char *coming = format_version (sampan_batch_conflict_get_coming (conflict));
  g_autofree char *there = format_version (sampan_batch_conflict_get_there (conflict));

  if (kind == CONFLICT_LIST_ON_BOX)
    /* Translators: a name, then size and time of what would get it and of what has it. */
    return g_strdup_printf (_ ("%s: coming %s; there %s"), name, coming, there);
  /* Translators: a name, then size and time on this computer and on the server. */
  return g_strdup_printf (_ ("%s: here %s; on the box %s"),
                          name,
                          kind == CONFLICT_LIST_UPLOAD ? coming : there,
                          kind == CONFLICT_LIST_UPLOAD ? there : coming);
}

static void
show_heading (guint length, ConflictListKind kind)
{
  fprintf (stderr,
           kind == CONFLICT_LIST_ON_BOX
               /* Translators: how many. */
               ? ngettext ("%u name is taken already:\n", "%u names are taken already:\n", length)
               /* Translators: how many. */
               : ngettext ("%u file is there already and differs:\n",
                           "%u files are there already and differ:\n",
                           length),
           length);
}

static void
show (GListModel *conflicts, ConflictListKind kind, bool may_replace)
{
  guint length = g_list_model_get_n_items (conflicts);

  show_heading (length, kind);
  for (guint i = 0; i < MIN (length, SHOWN_MAX); i++)
    {
      g_autoptr (SampanBatchConflict) conflict = g_list_model_get_item (conflicts, i);
      g_autofree char *line = format_conflict (conflict, kind);

      fprintf (stderr, "  %s\n", line);
    }
  if (length > SHOWN_MAX)
    fprintf (stderr,
             /* Translators: how many files are not in the list. */
             ngettext ("  and %u more\n", "  and %u more\n", length - SHOWN_MAX),
             length - SHOWN_MAX);
  if (!may_replace)
    fprintf (stderr, "%s\n", _ ("You may add files to this share, but not replace any."));
}

/* ASK: the letter means nothing here. */
static SampanBatchDecision
decision_of (char letter)
{
  switch (g_ascii_tolower (letter))
    {
    case 's':
      return SAMPAN_BATCH_SKIP;
    case 'r':
      return SAMPAN_BATCH_REPLACE;
    case 'n':
      return SAMPAN_BATCH_REPLACE_IF_NEWER;
    case 'b':
      return SAMPAN_BATCH_KEEP_BOTH;
    default:
      return SAMPAN_BATCH_ASK;
    }
}

static void
decide_from (GListModel *conflicts, guint first, SampanBatchDecision decision)
{
  for (guint i = first; i < g_list_model_get_n_items (conflicts); i++)
    {
      g_autoptr (SampanBatchConflict) conflict = g_list_model_get_item (conflicts, i);

      sampan_batch_conflict_set_decision (conflict, decision);
    }
}

/* The first letter that LETTERS has; 'c' when there is no answer. */
static char
ask (Cli *cli, const char *question, const char *letters)
{
  for (;;)
    {
      g_autofree char *answer = prompt_line (question, cli->cancellable, NULL);

      if (answer == NULL)
        return 'c';
      if (answer[0] != '\0' && strchr (letters, g_ascii_tolower (answer[0])) != NULL)
        return answer[0];
    }
}

static bool
ask_one_by_one (Cli *cli, GListModel *conflicts, ConflictListKind kind)
{
  for (guint i = 0; i < g_list_model_get_n_items (conflicts); i++)
    {
      g_autoptr (SampanBatchConflict) conflict = g_list_model_get_item (conflicts, i);
      g_autofree char *line = format_conflict (conflict, kind);
      g_autofree char *question = NULL;
      char letter;

      /* Translators: %s is a file with its sizes. The letters in brackets are what to type: s r n
       * b c; keep them. */
      question = g_strdup_printf (_ ("%s\n[s]kip, [r]eplace, replace if [n]ewer, keep [b]oth, "
                                     "[c]ancel (capital: for all that follow)? "),
                                  line);
      letter = ask (cli, question, "srnbc");
      if (g_ascii_tolower (letter) == 'c')
        return false;
      sampan_batch_conflict_set_decision (conflict, decision_of (letter));
      if (g_ascii_isupper (letter))
        {
          decide_from (conflicts, i, decision_of (letter));
          return true;
        }
    }
  return true;
}

bool
conflict_list_ask (Cli *cli, GListModel *conflicts, ConflictListKind kind, bool may_replace)
{
  char letter;

  output_clear_progress (cli);
  show (conflicts, kind, may_replace);
  letter = ask (cli,
                /* Translators: the letters in brackets are what to type: s r n b o c; keep them. */
                _ ("For all: [s]kip, [r]eplace, replace if [n]ewer, keep [b]oth, [o]ne by one, "
                   "[c]ancel? "),
                "srnboc");
  switch (g_ascii_tolower (letter))
    {
    case 'c':
      return false;
    case 'o':
      return ask_one_by_one (cli, conflicts, kind);
    default:
      decide_from (conflicts, 0, decision_of (letter));
      return true;
    }
}
