/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* One line of waiting workers for each disk. */

#include "config.h"

#include "net/turns.h"

struct _SampanTurnLine
{
  SampanTurns *turns;
  dev_t device;
  GQueue going;        /* of SampanTurn, by its link: longest first */
  GQueue waiting;      /* the same */
  unsigned int called; /* how often one was; wraps */
};

struct _SampanTurns
{
  unsigned int going_max;
  int64_t stuck_us;
  GMutex lock;      /* guards the lines */
  GPtrArray *lines; /* as many as there are disks that were used */
};

static void
line_free (gpointer data)
{
  SampanTurnLine *self = data;
  g_assert (self->going.length == 0 && self->waiting.length == 0);
  g_free (self);
}

SampanTurns *
sampan_turns_new (unsigned int going_max, int64_t stuck_us)
{
  SampanTurns *self = g_new0 (SampanTurns, 1);
  self->going_max = going_max;
  self->stuck_us = stuck_us;
  g_mutex_init (&self->lock);
  self->lines = g_ptr_array_new_with_free_func (line_free);
  return self;
}

void
sampan_turns_free (SampanTurns *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->lines);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static SampanTurnLine *
get_line (SampanTurns *self, dev_t device)
{
  for (guint i = 0; i < self->lines->len; i++)
    {
      SampanTurnLine *line = self->lines->pdata[i];
      if (line->device == device)
        return line;
    }
  SampanTurnLine *line = g_new0 (SampanTurnLine, 1);
  line->turns = self;
  line->device = device;
  g_ptr_array_add (self->lines, line);
  return line;
}

static void
go (SampanTurnLine *self, SampanTurn *turn)
{
  turn->is_waiting = false;
  turn->is_going = true;
  g_queue_push_tail_link (&self->going, &turn->link);
}

static void
stop (SampanTurnLine *self, SampanTurn *turn)
{
  if (!turn->is_going)
    return;
  turn->is_going = false;
  g_queue_unlink (&self->going, &turn->link);
}

static void
call_next (SampanTurnLine *self)
{
  if (self->waiting.length == 0 || self->going.length >= self->turns->going_max)
    return;
  SampanTurn *next = g_queue_pop_head_link (&self->waiting)->data;
  go (self, next);
  self->called++;
  g_cond_signal (&next->called);
}

static void
wait_for_turn (SampanTurnLine *self, SampanTurn *turn)
{
  g_cond_init (&turn->called);
  turn->is_waiting = true;
  g_queue_push_tail_link (&self->waiting, &turn->link);
  call_next (self);
  /* Who wakes up late may have been called and lost its turn already. */
  while (turn->is_waiting)
    {
      unsigned int called = self->called;
      int64_t until_us = g_get_monotonic_time () + self->turns->stuck_us;
      if (g_cond_wait_until (&turn->called, &self->turns->lock, until_us) || called != self->called)
        continue;
      stop (self, g_queue_peek_head (&self->going));
      call_next (self);
    }
  g_cond_clear (&turn->called);
}

void
sampan_turn_end (SampanTurn *turn)
{
  SampanTurnLine *line = g_steal_pointer (&turn->line);
  if (line == NULL)
    return;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&line->turns->lock);
  stop (line, turn);
  call_next (line);
}

/* To the end of the line at once: who is in no line for a moment is passed by those behind. */
void
sampan_turn_spend (SampanTurn *turn, SampanTurns *turns, dev_t device, size_t bytes)
{
  turn->bytes += bytes;
  if (turn->bytes < SAMPAN_TURN_BYTES)
    return;
  turn->bytes = 0;
  if (turn->line != NULL && (turn->line->turns != turns || turn->line->device != device))
    sampan_turn_end (turn);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&turns->lock);
  SampanTurnLine *line = get_line (turns, device);
  if (turn->line != NULL)
    stop (line, turn);
  turn->line = line;
  turn->link.data = turn;
  wait_for_turn (line, turn);
}
