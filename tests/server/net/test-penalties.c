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
  SampanSourceKey key = { .bytes = { [10] = 0xff, [11] = 0xff } };
  memcpy (key.bytes + 12, &number, sizeof number);
  return key;
}

/* The NETWORKth /64 of the SITEth /56. */
static SampanSourceKey
make_network (uint8_t site, uint8_t network)
{
  return (SampanSourceKey){ .bytes = { 0x20, 0x01, 0x0d, 0xb8, 0, 0, site, network } };
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

/* B8: the oldest has to go. */
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

/* B8: no more memory, whatever comes. */
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

/* B8: each /64 has its own penalty, and all of a /56 together have one that acts later. */
static void
test_ipv6_site (void)
{
  g_autoptr (SampanPenalties) penalties = sampan_penalties_new (SAMPAN_PENALTY_SOURCES);
  const int failures =
      SAMPAN_PENALTY_SITE_ACTS_SECS / SAMPAN_PENALTY_FAILURE_SECS; /* one from each network */
  SampanSourceKey next = make_network (1, UINT8_MAX);
  SampanSourceKey first = make_network (1, 0);
  SampanSourceKey other = make_network (2, 0);

  for (int i = 0; i < failures; i++)
    {
      SampanSourceKey source = make_network (1, (uint8_t)i);
      g_assert_cmpuint (sampan_penalties_check (penalties, &next, START_US), ==, 0);
      sampan_penalties_add_failure (penalties, &source, START_US);
    }
  g_assert_cmpuint (sampan_penalties_check (penalties, &next, START_US), ==, 60);
  g_assert_cmpuint (sampan_penalties_check (penalties, &first, START_US), ==, 60);
  g_assert_cmpuint (sampan_penalties_check (penalties, &other, START_US), ==, 0);
  g_assert_cmpuint (sampan_penalties_check (penalties, &next, START_US + 60 * SEC), ==, 0);
  for (int i = 0; i < 3; i++)
    sampan_penalties_add_failure (penalties, &other, START_US);
  g_assert_cmpuint (sampan_penalties_check (penalties, &other, START_US), ==, 15);
  other = make_network (2, 1);
  g_assert_cmpuint (sampan_penalties_check (penalties, &other, START_US), ==, 0);
}

static SampanBytes
make_user (const char *name)
{
  return (SampanBytes){ (const uint8_t *)name, strlen (name) };
}

/* Guesses at NAME, each from a source of its own. Returns what the last has to wait. */
static uint32_t
guess_from_everywhere (SampanPenalties *penalties, const char *name, int count, int64_t now_us)
{
  static uint32_t number = 1000000;
  uint32_t wait_secs = 0;
  for (int i = 0; i < count; i++)
    {
      SampanSourceKey source = make_source (number++);
      wait_secs = sampan_penalties_begin (penalties, &source, make_user (name), now_us);
      if (wait_secs == 0)
        sampan_penalties_add_failure (penalties, &source, now_us);
    }
  return wait_secs;
}

static void
test_account_budget (void)
{
  g_autoptr (SampanPenalties) penalties = sampan_penalties_new (SAMPAN_PENALTY_SOURCES);
  int64_t now_us = START_US;

  g_assert_cmpuint (guess_from_everywhere (penalties, "ann", 100, now_us), ==, 0);
  g_assert_cmpuint (guess_from_everywhere (penalties, "ann", 1, now_us), ==, 36);
  g_assert_cmpuint (guess_from_everywhere (penalties, "bob", 1, now_us), ==, 0);
  /* What is refused does not make it longer. */
  g_assert_cmpuint (guess_from_everywhere (penalties, "ann", 1000, now_us), ==, 36);
  now_us += 36 * SEC - 1;
  g_assert_cmpuint (guess_from_everywhere (penalties, "ann", 1, now_us), ==, 1);
  now_us += 1;
  g_assert_cmpuint (guess_from_everywhere (penalties, "ann", 1, now_us), ==, 0);
  g_assert_cmpuint (guess_from_everywhere (penalties, "ann", 1, now_us), ==, 36);
  now_us += (int64_t)3600 * SEC;
  g_assert_cmpuint (guess_from_everywhere (penalties, "ann", 100, now_us), ==, 0);
  g_assert_cmpuint (guess_from_everywhere (penalties, "ann", 1, now_us), ==, 36);
}

static void
log_in (SampanPenalties *penalties, uint32_t source_number, const char *name, int64_t now_us)
{
  SampanSourceKey source = make_source (source_number);
  g_assert_cmpuint (sampan_penalties_begin (penalties, &source, make_user (name), now_us), ==, 0);
  sampan_penalties_add_success (penalties, &source, make_user (name), now_us);
}

static void
test_known_source (void)
{
  g_autoptr (SampanPenalties) penalties = sampan_penalties_new (SAMPAN_PENALTY_SOURCES);
  SampanSourceKey home = make_source (1);
  SampanBytes ann = make_user ("ann");
  int64_t now_us = START_US;
  int64_t known_us = (int64_t)SAMPAN_PENALTY_KNOWN_SECS * SEC;

  log_in (penalties, 1, "ann", now_us);
  log_in (penalties, 2, "bob", now_us);
  g_assert_cmpuint (guess_from_everywhere (penalties, "ann", 101, now_us), >, 0);
  for (int i = 0; i < 200; i++)
    log_in (penalties, 1, "ann", now_us);
  /* That gave nobody else more guesses; and only she is known there, and only at home. */
  g_assert_cmpuint (guess_from_everywhere (penalties, "ann", 1, now_us), ==, 36);
  SampanSourceKey bobs = make_source (2);
  g_assert_cmpuint (sampan_penalties_begin (penalties, &bobs, ann, now_us), ==, 36);
  /* The penalty of her own source holds for her. */
  for (int i = 0; i < 3; i++)
    sampan_penalties_add_failure (penalties, &home, now_us);
  g_assert_cmpuint (sampan_penalties_begin (penalties, &home, ann, now_us), ==, 15);
  /* Known until a month after the last login. */
  now_us += known_us - 1;
  guess_from_everywhere (penalties, "ann", 101, now_us);
  g_assert_cmpuint (sampan_penalties_begin (penalties, &home, ann, now_us), ==, 0);
  g_assert_cmpuint (sampan_penalties_begin (penalties, &home, ann, now_us + 1), ==, 36);
}

/* Who logs in again and again, also from new places, is no guesser. */
static void
test_successes_cost_nothing (void)
{
  g_autoptr (SampanPenalties) penalties = sampan_penalties_new (SAMPAN_PENALTY_SOURCES);

  for (uint32_t i = 0; i < 1000; i++)
    log_in (penalties, i % 500, "ann", START_US);
}

/* Names that nobody has push a real one out only after as many as the table holds. */
static void
test_invented_names (void)
{
  g_autoptr (SampanPenalties) penalties = sampan_penalties_new (SAMPAN_PENALTY_SOURCES);

  guess_from_everywhere (penalties, "ann", 100, START_US);
  for (int i = 0; i < SAMPAN_PENALTY_ACCOUNTS - 1; i++)
    {
      g_autofree char *name = g_strdup_printf ("nobody-%d", i);
      guess_from_everywhere (penalties, name, 1, START_US);
    }
  g_assert_cmpuint (guess_from_everywhere (penalties, "ann", 1, START_US), ==, 36);
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
  g_test_add_func ("/net/penalties/B8/ipv6-site", test_ipv6_site);
  g_test_add_func ("/net/penalties/account-budget", test_account_budget);
  g_test_add_func ("/net/penalties/known-source", test_known_source);
  g_test_add_func ("/net/penalties/successes-cost-nothing", test_successes_cost_nothing);
  g_test_add_func ("/net/penalties/invented-names", test_invented_names);
  return g_test_run ();
}
