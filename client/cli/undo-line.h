/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The line that a command ends with: what to type to take back all that it did. */

#pragma once

#include "cli.h"
#include "session-trash.h"

G_BEGIN_DECLS

typedef struct
{
  GPtrArray *steps; /* NULL until there is one */
} UndoLine;

#define UNDO_LINE_INIT                                                                             \
  {                                                                                                \
    NULL                                                                                           \
  }

/* In the order in which it was done. REMOTE is in the share whose trash has ID; nothing is added
 * for an ID of zeros. REPLACE: what is there now was put in its place. */
void undo_line_add_restore (UndoLine *self,
                            const SampanRemote *remote,
                            const uint8_t id[static SAMPAN_TRASH_ID_LENGTH],
                            bool replace);
void undo_line_add_move (UndoLine *self, const SampanRemote *now, const SampanRemote *before);
void undo_line_add_remove (UndoLine *self, const SampanRemote *remote);
/* On stderr, for a person: not with --json or --quiet. */
void undo_line_print (UndoLine *self, const Cli *cli);
void undo_line_clear (UndoLine *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (UndoLine, undo_line_clear)

G_END_DECLS
