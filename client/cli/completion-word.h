/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The word before the cursor, quoted as in a shell. */

#pragma once

#include <glib.h>
#include <stdbool.h>

G_BEGIN_DECLS

typedef struct
{
  char *command;      /* the first word; NULL while it is the one being typed */
  unsigned int index; /* of the word before the cursor: 0 is the command */
  size_t start;       /* where it starts in the line, in bytes */
  char *text;         /* without its quotes */
} CompletionWord;

#define COMPLETION_WORD_INIT                                                                       \
  {                                                                                                \
    NULL                                                                                           \
  }

void completion_word_scan (CompletionWord *self, const char *line);
void completion_word_clear (CompletionWord *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CompletionWord, completion_word_clear)

/* TEXT with a backslash before what a shell takes apart; free with g_free. */
char *completion_word_quote (const char *text);
/* The longest beginning that all of WORDS (char*, at least one) share, whole characters only; free
 * with g_free. */
char *completion_word_common (const GPtrArray *words);

G_END_DECLS
