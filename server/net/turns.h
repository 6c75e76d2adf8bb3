/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Turns for the workers that move large files, first come first served: of many that send, or
 * receive, at once none ends much before the others. So many go on at a time for each disk; who has
 * moved a turn's bytes lets those go first that came before. A worker that waits has no turn, so a
 * peer that is slow keeps nobody. A disk that is keeps no other disk, and those who wait for it
 * only for a moment: one file of it may be all that hangs. Any thread. */

#pragma once

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

G_BEGIN_DECLS

/* Long against the switch to another thread, short against what is sent at once. */
#define SAMPAN_TURN_BYTES ((size_t)1 << 20)

typedef struct _SampanTurns SampanTurns;
typedef struct _SampanTurnLine SampanTurnLine;

/* What one worker has of it; zeroed at first, and not to be moved while it has a turn. */
typedef struct
{
  /* Its own */
  SampanTurnLine *line; /* borrowed; NULL: it has no turn */
  size_t bytes;         /* since it was last in line */

  /* Guarded by the line */
  GCond called;
  GList link; /* among those that go on, or those that wait */
  bool is_waiting;
  bool is_going; /* neither: took too long, and lost its turn to another */
} SampanTurn;

/* GOING_MAX go on at a time for each disk. If none of them ends its turn within STUCK_US, the one
 * that has had it longest loses it. */
SampanTurns *sampan_turns_new (unsigned int going_max, int64_t stuck_us);
/* When nobody has a turn. */
void sampan_turns_free (SampanTurns *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SampanTurns, sampan_turns_free)

/* BYTES more went to or came from DEVICE. After SAMPAN_TURN_BYTES it waits for a turn, or for the
 * next one if others wait; what is smaller in all never waits. It may have had a turn of others
 * than TURNS; that ends. */
void sampan_turn_spend (SampanTurn *turn, SampanTurns *turns, dev_t device, size_t bytes);
/* Before every wait and at the end. */
void sampan_turn_end (SampanTurn *turn);

G_END_DECLS
