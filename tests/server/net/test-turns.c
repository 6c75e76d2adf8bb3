/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Who goes on when more workers move large files than may at once. What goes wrong here hangs. */

#include "config.h"

#include "net/turns.h"

#define DISK 1
#define OTHER_DISK 2
#define NEVER_US ((int64_t)G_USEC_PER_SEC * 3600) /* too long to be what let a test go on */
#define SOON_US 1000
#define AT_ONCE_US 1 /* before a thread that was called is awake */
#define WORKERS 5
#define ROUNDS 200

static void
test_small_waits_for_nobody (void)
{
  g_autoptr (SampanTurns) turns = sampan_turns_new (1, NEVER_US);
  SampanTurn going = { 0 };
  SampanTurn small = { 0 };

  sampan_turn_spend (&going, turns, DISK, SAMPAN_TURN_BYTES);
  g_assert_nonnull (going.line);
  sampan_turn_spend (&small, turns, DISK, SAMPAN_TURN_BYTES / 2);
  sampan_turn_spend (&small, turns, DISK, SAMPAN_TURN_BYTES / 2 - 1);
  g_assert_null (small.line);
  sampan_turn_end (&small);
  sampan_turn_end (&going);
}

static void
test_disks_wait_for_themselves (void)
{
  g_autoptr (SampanTurns) turns = sampan_turns_new (1, NEVER_US);
  SampanTurn one = { 0 };
  SampanTurn other = { 0 };

  sampan_turn_spend (&one, turns, DISK, SAMPAN_TURN_BYTES);
  sampan_turn_spend (&other, turns, OTHER_DISK, SAMPAN_TURN_BYTES);
  g_assert_true (one.is_going);
  g_assert_true (other.is_going);
  sampan_turn_end (&one);
  sampan_turn_end (&other);
}

/* Who stores after it has read, or the other way round, keeps no turn of the others. */
static void
test_moves_to_other_turns (void)
{
  g_autoptr (SampanTurns) put_turns = sampan_turns_new (1, NEVER_US);
  g_autoptr (SampanTurns) get_turns = sampan_turns_new (1, NEVER_US);
  SampanTurn turn = { 0 };
  SampanTurn next = { 0 };

  sampan_turn_spend (&turn, put_turns, DISK, SAMPAN_TURN_BYTES);
  sampan_turn_spend (&turn, get_turns, DISK, SAMPAN_TURN_BYTES);
  sampan_turn_spend (&next, put_turns, DISK, SAMPAN_TURN_BYTES);
  g_assert_true (turn.is_going);
  g_assert_true (next.is_going);
  sampan_turn_end (&turn);
  sampan_turn_end (&next);
}

static void
test_alone_goes_on (void)
{
  g_autoptr (SampanTurns) turns = sampan_turns_new (1, NEVER_US);
  SampanTurn alone = { 0 };

  for (int i = 0; i < ROUNDS; i++)
    sampan_turn_spend (&alone, turns, DISK, SAMPAN_TURN_BYTES);
  g_assert_true (alone.is_going);
  sampan_turn_end (&alone);
  sampan_turn_end (&alone);
}

typedef struct
{
  SampanTurns *turns;
  GArray *order; /* of int: who had a turn; whoever has one adds itself */
  int ready;     /* atomic */
} Crowd;

typedef struct
{
  Crowd *crowd;
  int number;
} Worker;

static gpointer
work_thread (gpointer data)
{
  const Worker *self = data;
  SampanTurn turn = { 0 };

  g_atomic_int_inc (&self->crowd->ready);
  for (int i = 0; i < ROUNDS; i++)
    {
      sampan_turn_spend (&turn, self->crowd->turns, DISK, SAMPAN_TURN_BYTES);
      g_array_append_val (self->crowd->order, self->number);
      /* So that all are in the line before the first of them is through. */
      while (i == 0 && g_atomic_int_get (&self->crowd->ready) < WORKERS)
        g_thread_yield ();
    }
  sampan_turn_end (&turn);
  return NULL;
}

/* A thread may be late for the line, or done; all others come in the same order again and again. */
static void
test_first_come_first_served (void)
{
  g_autoptr (SampanTurns) turns = sampan_turns_new (1, NEVER_US);
  g_autoptr (GArray) order = g_array_new (FALSE, FALSE, sizeof (int));
  Crowd crowd = { turns, order, 0 };
  Worker workers[WORKERS];
  GThread *threads[WORKERS];
  int had[WORKERS] = { 0 };

  for (int i = 0; i < WORKERS; i++)
    {
      workers[i] = (Worker){ &crowd, i };
      threads[i] = g_thread_new ("worker", work_thread, &workers[i]);
    }
  for (int i = 0; i < WORKERS; i++)
    g_thread_join (threads[i]);
  g_assert_cmpuint (order->len, ==, WORKERS * ROUNDS);
  for (guint i = 0; i < order->len; i++)
    {
      int number = g_array_index (order, int, i);
      had[number]++;
      /* Since this one went on all that were in the line with it did, and none of them twice. */
      for (guint back = 1; back < WORKERS && back <= i; back++)
        if (g_array_index (order, int, i - back) == number)
          {
            bool others_were_late_or_done = false;
            for (int j = 0; j < WORKERS; j++)
              others_were_late_or_done |= had[j] == 0 || had[j] == ROUNDS;
            g_assert_true (others_were_late_or_done);
          }
    }
}

static void
test_stuck_loses_its_turn (void)
{
  g_autoptr (SampanTurns) turns = sampan_turns_new (2, SOON_US);
  SampanTurn stuck = { 0 };
  SampanTurn slow = { 0 };
  SampanTurn others[WORKERS] = { 0 };

  sampan_turn_spend (&stuck, turns, DISK, SAMPAN_TURN_BYTES);
  sampan_turn_spend (&slow, turns, DISK, SAMPAN_TURN_BYTES);
  sampan_turn_spend (&others[0], turns, DISK, SAMPAN_TURN_BYTES);
  g_assert_false (stuck.is_going);
  g_assert_true (slow.is_going);
  sampan_turn_spend (&others[1], turns, DISK, SAMPAN_TURN_BYTES);
  g_assert_false (slow.is_going);
  g_assert_true (others[0].is_going);
  g_assert_true (others[1].is_going);

  /* Whoever has lost it comes back as everybody else. */
  sampan_turn_end (&stuck);
  g_assert_true (others[0].is_going);
  sampan_turn_spend (&slow, turns, DISK, SAMPAN_TURN_BYTES);
  g_assert_true (slow.is_going);
  g_assert_false (others[0].is_going);
  sampan_turn_end (&slow);
  sampan_turn_end (&others[0]);
  sampan_turn_end (&others[1]);
}

static gpointer
hurry_thread (gpointer data)
{
  SampanTurns *turns = data;
  SampanTurn turn = { 0 };

  for (int i = 0; i < ROUNDS; i++)
    sampan_turn_spend (&turn, turns, DISK, SAMPAN_TURN_BYTES);
  sampan_turn_end (&turn);
  return NULL;
}

/* Called and called again for another one, before it has woken up. */
static void
test_late_loses_its_turn (void)
{
  g_autoptr (SampanTurns) turns = sampan_turns_new (1, AT_ONCE_US);
  GThread *threads[WORKERS];

  for (int i = 0; i < WORKERS; i++)
    threads[i] = g_thread_new ("worker", hurry_thread, turns);
  for (int i = 0; i < WORKERS; i++)
    g_thread_join (threads[i]);
}

static gpointer
wait_thread (gpointer data)
{
  SampanTurns *turns = data;
  SampanTurn turn = { 0 };

  sampan_turn_spend (&turn, turns, DISK, SAMPAN_TURN_BYTES);
  sampan_turn_end (&turn);
  return NULL;
}

static void
test_end_calls_next (void)
{
  g_autoptr (SampanTurns) turns = sampan_turns_new (1, NEVER_US);
  SampanTurn turn = { 0 };

  sampan_turn_spend (&turn, turns, DISK, SAMPAN_TURN_BYTES);
  GThread *thread = g_thread_new ("worker", wait_thread, turns);
  sampan_turn_end (&turn);
  g_thread_join (thread);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/server/turns/small-waits-for-nobody", test_small_waits_for_nobody);
  g_test_add_func ("/server/turns/disks-wait-for-themselves", test_disks_wait_for_themselves);
  g_test_add_func ("/server/turns/moves-to-other-turns", test_moves_to_other_turns);
  g_test_add_func ("/server/turns/alone-goes-on", test_alone_goes_on);
  g_test_add_func ("/server/turns/first-come-first-served", test_first_come_first_served);
  g_test_add_func ("/server/turns/stuck-loses-its-turn", test_stuck_loses_its_turn);
  g_test_add_func ("/server/turns/late-loses-its-turn", test_late_loses_its_turn);
  g_test_add_func ("/server/turns/end-calls-next", test_end_calls_next);
  return g_test_run ();
}
