/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Who may wait before login, on a clock of our own. */

#include "config.h"

#include "net/prelogin-table.h"

#include <string.h>

#define SEC G_USEC_PER_SEC
#define START_US (1000 * SEC)
#define SLOTS 64
#define WAITING 3

typedef struct
{
  SampanPreloginTable *table;
  SampanPreloginSlot slots[SLOTS];
  GPtrArray *evicted; /* borrowed slots */
  GPtrArray *served;  /* the same, of those that had to wait */
} Fixture;

static void
evict_cb (SampanPreloginSlot *slot, gpointer user_data)
{
  Fixture *fixture = user_data;
  g_assert_false (slot->is_in_table);
  g_ptr_array_add (fixture->evicted, slot);
}

static void
serve_cb (SampanPreloginSlot *slot, gpointer user_data)
{
  Fixture *fixture = user_data;
  g_assert_true (slot->is_in_table);
  g_assert_false (slot->is_waiting);
  g_ptr_array_add (fixture->served, slot);
}

static const SampanPreloginFuncs funcs = { serve_cb, evict_cb };

static void
set_up (Fixture *fixture, unsigned int max_total, unsigned int max_per_source)
{
  memset (fixture, 0, sizeof *fixture);
  fixture->evicted = g_ptr_array_new ();
  fixture->served = g_ptr_array_new ();
  fixture->table =
      sampan_prelogin_table_new (max_total, max_per_source, WAITING, 10 * SEC, &funcs, fixture);
}

static void
tear_down (Fixture *fixture)
{
  sampan_prelogin_table_evict_all (fixture->table);
  sampan_prelogin_table_free (fixture->table);
  g_ptr_array_unref (fixture->evicted);
  g_ptr_array_unref (fixture->served);
}

static bool
admit (Fixture *fixture, int slot, uint8_t source, int64_t now_us)
{
  SampanSourceKey key = { .bytes = { source } };
  return sampan_prelogin_table_admit (fixture->table, &fixture->slots[slot], &key, now_us);
}

static void
speak (Fixture *fixture, int slot, int64_t now_us)
{
  sampan_prelogin_table_note_progress (fixture->table, &fixture->slots[slot], now_us);
}

static void
assert_evicted (Fixture *fixture, guint index, int slot)
{
  g_assert_cmpuint (fixture->evicted->len, >, index);
  g_assert_true (g_ptr_array_index (fixture->evicted, index) == &fixture->slots[slot]);
}

static void
assert_served (Fixture *fixture, guint index, int slot)
{
  g_assert_cmpuint (fixture->served->len, ==, index + 1);
  g_assert_true (g_ptr_array_index (fixture->served, index) == &fixture->slots[slot]);
}

static void
test_per_source (void)
{
  Fixture fixture;
  set_up (&fixture, 32, 4);
  for (int i = 0; i < 4; i++)
    g_assert_true (admit (&fixture, i, 1, START_US + i));
  g_assert_cmpuint (fixture.evicted->len, ==, 0);
  /* Another source has its own cap. */
  g_assert_true (admit (&fixture, 10, 2, START_US));
  g_assert_cmpuint (fixture.evicted->len, ==, 0);
  /* One more of the same source waits, the newest has its turn first. */
  g_assert_false (admit (&fixture, 4, 1, START_US + 6));
  g_assert_false (admit (&fixture, 5, 1, START_US + 7));
  g_assert_cmpuint (sampan_prelogin_table_get_count (fixture.table), ==, 7);
  sampan_prelogin_table_remove (fixture.table, &fixture.slots[10]);
  g_assert_cmpuint (fixture.served->len, ==, 0);
  sampan_prelogin_table_remove (fixture.table, &fixture.slots[2]);
  assert_served (&fixture, 0, 5);
  sampan_prelogin_table_remove (fixture.table, &fixture.slots[5]);
  assert_served (&fixture, 1, 4);
  sampan_prelogin_table_remove (fixture.table, &fixture.slots[4]);
  g_assert_cmpuint (fixture.served->len, ==, 2);
  g_assert_true (admit (&fixture, 6, 1, START_US + 8));
  g_assert_cmpuint (fixture.evicted->len, ==, 0);
  tear_down (&fixture);
}

static void
test_waiting_is_bounded (void)
{
  Fixture fixture;
  set_up (&fixture, 32, 1);
  g_assert_true (admit (&fixture, 0, 1, START_US));
  for (int i = 1; i <= WAITING; i++)
    g_assert_false (admit (&fixture, i, 1, START_US));
  g_assert_cmpuint (fixture.evicted->len, ==, 0);
  g_assert_false (admit (&fixture, WAITING + 1, 1, START_US));
  g_assert_cmpuint (fixture.evicted->len, ==, 1);
  assert_evicted (&fixture, 0, 1);
  g_assert_true (fixture.slots[1].is_waiting);
  g_assert_cmpuint (sampan_prelogin_table_get_count (fixture.table), ==, 1 + WAITING);
  g_assert_cmpuint (fixture.served->len, ==, 0);
  tear_down (&fixture);
}

/* Who says nothing gives way to those who wait, and only to them. */
static void
test_turns (void)
{
  Fixture fixture;
  set_up (&fixture, 32, 2);
  g_assert_true (admit (&fixture, 0, 1, START_US));
  g_assert_true (admit (&fixture, 1, 1, START_US));
  g_assert_true (admit (&fixture, 2, 2, START_US));
  speak (&fixture, 1, START_US);
  sampan_prelogin_table_expire (fixture.table, START_US + 6 * SEC);
  g_assert_cmpuint (fixture.evicted->len, ==, 0);
  tear_down (&fixture);

  set_up (&fixture, 32, 2);
  g_assert_true (admit (&fixture, 0, 1, START_US));
  g_assert_true (admit (&fixture, 1, 1, START_US));
  g_assert_true (admit (&fixture, 2, 2, START_US));
  speak (&fixture, 1, START_US);
  g_assert_false (admit (&fixture, 3, 1, START_US));
  g_assert_false (admit (&fixture, 4, 1, START_US));
  g_assert_cmpint (sampan_prelogin_table_get_next_deadline (fixture.table, START_US),
                   ==,
                   START_US + SEC / 10);
  sampan_prelogin_table_expire (fixture.table, START_US + SEC - 1);
  g_assert_cmpuint (fixture.evicted->len, ==, 0);
  sampan_prelogin_table_expire (fixture.table, START_US + SEC);
  g_assert_cmpuint (fixture.evicted->len, ==, 1);
  assert_evicted (&fixture, 0, 0);
  assert_served (&fixture, 0, 4);
  speak (&fixture, 4, START_US + SEC);
  sampan_prelogin_table_expire (fixture.table, START_US + 5 * SEC - 1);
  g_assert_cmpuint (fixture.evicted->len, ==, 1);
  sampan_prelogin_table_expire (fixture.table, START_US + 5 * SEC);
  assert_evicted (&fixture, 1, 1);
  assert_served (&fixture, 1, 3);
  g_assert_cmpint (sampan_prelogin_table_get_next_deadline (fixture.table, START_US + 5 * SEC),
                   ==,
                   START_US + 10 * SEC);
  tear_down (&fixture);
}

static void
test_full (void)
{
  Fixture fixture;
  set_up (&fixture, 8, 4);
  for (int i = 0; i < 8; i++)
    g_assert_true (admit (&fixture, i, (uint8_t)i, START_US + i));
  speak (&fixture, 0, START_US + 10);
  g_assert_true (admit (&fixture, 8, 100, START_US + 20));
  g_assert_cmpuint (fixture.evicted->len, ==, 1);
  assert_evicted (&fixture, 0, 1);
  g_assert_cmpuint (sampan_prelogin_table_get_count (fixture.table), ==, 8);
  /* Nobody holds a place by having spoken once: when all are older, it is the first. */
  for (int i = 2; i < 9; i++)
    speak (&fixture, i, START_US + 100);
  g_assert_true (admit (&fixture, 9, 101, START_US + 200));
  assert_evicted (&fixture, 1, 0);
  tear_down (&fixture);
}

static void
test_spoken_grace (void)
{
  Fixture fixture;
  set_up (&fixture, 2, 2);
  g_assert_true (admit (&fixture, 0, 1, START_US));
  speak (&fixture, 0, START_US);
  g_assert_true (admit (&fixture, 1, 2, START_US + SEC));
  /* Slot 0 has been quiet for longer, but stretches a password. */
  g_assert_true (admit (&fixture, 2, 3, START_US + SEC + 1));
  assert_evicted (&fixture, 0, 1);
  g_assert_true (admit (&fixture, 3, 4, START_US + 3 * SEC));
  assert_evicted (&fixture, 1, 2);
  g_assert_true (admit (&fixture, 4, 5, START_US + 3 * SEC));
  assert_evicted (&fixture, 2, 0);
  tear_down (&fixture);
}

static void
test_deadline (void)
{
  Fixture fixture;
  set_up (&fixture, 8, 8);
  g_assert_cmpint (sampan_prelogin_table_get_next_deadline (fixture.table, START_US), ==, -1);
  g_assert_true (admit (&fixture, 0, 1, START_US));
  g_assert_true (admit (&fixture, 1, 1, START_US + 1));
  g_assert_cmpint (sampan_prelogin_table_get_next_deadline (fixture.table, START_US),
                   ==,
                   START_US + 10 * SEC);
  /* Absolute: bytes do not refresh it. */
  speak (&fixture, 0, START_US + 9 * SEC);
  sampan_prelogin_table_expire (fixture.table, START_US + 10 * SEC - 1);
  g_assert_cmpuint (fixture.evicted->len, ==, 0);
  sampan_prelogin_table_expire (fixture.table, START_US + 10 * SEC);
  g_assert_cmpuint (fixture.evicted->len, ==, 1);
  assert_evicted (&fixture, 0, 0);
  g_assert_cmpint (sampan_prelogin_table_get_next_deadline (fixture.table, START_US),
                   ==,
                   START_US + 10 * SEC + 1);
  /* An evicted one may be removed again by whoever frees it. */
  sampan_prelogin_table_remove (fixture.table, &fixture.slots[0]);
  g_assert_cmpuint (sampan_prelogin_table_get_count (fixture.table), ==, 1);
  tear_down (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/prelogin-table/E2/per-source", test_per_source);
  g_test_add_func ("/net/prelogin-table/waiting-is-bounded", test_waiting_is_bounded);
  g_test_add_func ("/net/prelogin-table/turns", test_turns);
  g_test_add_func ("/net/prelogin-table/E2/full", test_full);
  g_test_add_func ("/net/prelogin-table/spoken-grace", test_spoken_grace);
  g_test_add_func ("/net/prelogin-table/E1/deadline", test_deadline);
  return g_test_run ();
}
