/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Penalties on a clock of our own. */

#include "config.h"

#include "net/penalties.h"
#include "secret.h"

#include <string.h>

#define SEC G_USEC_PER_SEC
#define START_US (1000 * SEC)

static SampanSourceKey
make_source (uint32_t number)
{
  SampanSourceKey key = { 0 };
  memcpy (key.bytes, &number, sizeof number);
  return key;
}

static void
test_threshold (void)
{
  g_autoptr (SampanPenalties) penalties = sampan_penalties_new (16);
  SampanSourceKey source = make_source (1);
  SampanSourceKey other = make_source (2);

  g_assert_cmpuint (sampan_penalties_check (penalties, &source, START_US), ==, 0);
  sampan_penalties_add_failure (penalties, &source, START_US);
  sampan_penalties_add_failure (penalties, &source, START_US);
  g_assert_cmpuint (sampan_penalties_check (penalties, &source, START_US), ==, 0);
  sampan_penalties_add_failure (penalties, &source, START_US);
  g_assert_cmpuint (sampan_penalties_check (penalties, &source, START_US), ==, 15);
  g_assert_cmpuint (sampan_penalties_check (penalties, &other, START_US), ==, 0);
  /* It acts until it has run off, not only above the threshold. */
  g_assert_cmpuint (sampan_penalties_check (penalties, &source, START_US + 14 * SEC), ==, 1);
  g_assert_cmpuint (sampan_penalties_check (penalties, &source, START_US + 15 * SEC - 1), ==, 1);
  g_assert_cmpuint (sampan_penalties_check (penalties, &source, START_US + 15 * SEC), ==, 0);
}

static void
test_slow_failures (void)
{
  g_autoptr (SampanPenalties) penalties = sampan_penalties_new (16);
  SampanSourceKey source = make_source (1);
  int64_t now_us = START_US;

  for (int i = 0; i < 100; i++)
    {
      sampan_penalties_add_failure (penalties, &source, now_us);
      g_assert_cmpuint (sampan_penalties_check (penalties, &source, now_us), ==, 0);
      now_us += 5 * SEC;
    }
}

static void
test_fresh_after_running_off (void)
{
  g_autoptr (SampanPenalties) penalties = sampan_penalties_new (16);
  SampanSourceKey source = make_source (1);

  for (int i = 0; i < 4; i++)
    sampan_penalties_add_failure (penalties, &source, START_US);
  g_assert_cmpuint (sampan_penalties_check (penalties, &source, START_US), ==, 20);
  sampan_penalties_add_failure (penalties, &source, START_US + 20 * SEC);
  g_assert_cmpuint (sampan_penalties_check (penalties, &source, START_US + 20 * SEC), ==, 0);
}

static void
test_cap (void)
{
  g_autoptr (SampanPenalties) penalties = sampan_penalties_new (16);
  SampanSourceKey source = make_source (1);

  for (int i = 0; i < 1000; i++)
    sampan_penalties_add_failure (penalties, &source, START_US);
  g_assert_cmpuint (sampan_penalties_check (penalties, &source, START_US), ==, 600);
  g_assert_cmpuint (sampan_penalties_check (penalties, &source, START_US + 599 * SEC), ==, 1);
  g_assert_cmpuint (sampan_penalties_check (penalties, &source, START_US + 600 * SEC), ==, 0);
}

static void
test_full (void)
{
  g_autoptr (SampanPenalties) penalties = sampan_penalties_new (64);
  SampanSourceKey first = make_source (0);
  SampanSourceKey second = make_source (1);

  for (uint32_t i = 0; i < 64; i++)
    for (int failures = 0; failures < 3; failures++)
      {
        SampanSourceKey source = make_source (i);
        sampan_penalties_add_failure (penalties, &source, START_US);
      }
  g_assert_cmpuint (sampan_penalties_get_count (penalties), ==, 64);
  /* Failing again makes the first the youngest; so the second has to go. */
  sampan_penalties_add_failure (penalties, &first, START_US);
  SampanSourceKey newcomer = make_source (64);
  sampan_penalties_add_failure (penalties, &newcomer, START_US);
  g_assert_cmpuint (sampan_penalties_get_count (penalties), ==, 64);
  g_assert_cmpuint (sampan_penalties_check (penalties, &first, START_US), ==, 20);
  g_assert_cmpuint (sampan_penalties_check (penalties, &second, START_US), ==, 0);
}

static void
test_flood (void)
{
  g_autoptr (SampanPenalties) penalties = sampan_penalties_new (SAMPAN_PENALTY_SOURCES);

  for (uint32_t i = 0; i < 3 * SAMPAN_PENALTY_SOURCES; i++)
    {
      SampanSourceKey source = make_source (i);
      sampan_penalties_add_failure (penalties, &source, START_US + i);
    }
  g_assert_cmpuint (sampan_penalties_get_count (penalties), ==, SAMPAN_PENALTY_SOURCES);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (sampan_crypto_init ());
  g_test_add_func ("/net/penalties/threshold", test_threshold);
  g_test_add_func ("/net/penalties/slow-failures", test_slow_failures);
  g_test_add_func ("/net/penalties/fresh-after-running-off", test_fresh_after_running_off);
  g_test_add_func ("/net/penalties/cap", test_cap);
  g_test_add_func ("/net/penalties/full", test_full);
  g_test_add_func ("/net/penalties/flood", test_flood);
  return g_test_run ();
}
