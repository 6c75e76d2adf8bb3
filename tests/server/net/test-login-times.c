/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* B4: how long the answer to a name takes does not tell whether there is such an account. */

#include "config.h"

#include "test-client.h"
#include "test-fixture.h"

#include <stdlib.h>

#define NAMES 100
#define ROUNDS 3 /* below what makes a guessed account wait */
#define TRIES 5  /* a machine that is busy with something else has bad moments */
#define APART_MAX_PERCENT 10

/* Every attempt has an address of its own, so that none has to wait. */
#define SOURCE_LAST 250

typedef enum
{
  KNOWN,
  UNKNOWN,
  DISABLED,
  N_KINDS,
} Kind;

static const char *const prefixes[] = { "known", "nobdy", "shutt" };

static char *
make_name (Kind kind, int try, int number)
{
  return g_strdup_printf ("%s-%d-%d", prefixes[kind], try, number);
}

static void
add_accounts (TestFixture *fixture, int try)
{
  g_autoptr (GError) error = NULL;
  SampanAccount like;

  g_assert_true (sampan_account_store_find (fixture->store, "ann", 3, &like, &error));
  for (int i = 0; i < NAMES; i++)
    for (int kind = KNOWN; kind < N_KINDS; kind++)
      {
        g_autofree char *name = make_name (kind, try, i);

        if (kind == UNKNOWN)
          continue;
        g_assert_true (sampan_account_store_add (fixture->store,
                                                 name,
                                                 like.record,
                                                 like.ksf,
                                                 false,
                                                 0,
                                                 &error));
        if (kind == DISABLED)
          g_assert_true (sampan_account_store_set_enabled (fixture->store, name, false, &error));
      }
}

/* From KE1 to KE2. */
static int64_t
time_answer (const TestFixture *fixture, const char *user)
{
  static int n_sources;
  g_autofree char *source = g_strdup_printf ("127.%d.%d.%d",
                                             1 + n_sources / SOURCE_LAST / SOURCE_LAST,
                                             n_sources / SOURCE_LAST % SOURCE_LAST,
                                             1 + n_sources % SOURCE_LAST);
  g_autoptr (TestClient) client = test_client_connect (fixture->port, source);
  g_autoptr (SampanSecret) password = sampan_secret_new ("x", 1);
  g_autoptr (SampanLoginClient) login = sampan_login_client_new (user, password);
  SampanLoginChallenge challenge;
  SampanErrorCode code = 0;
  int64_t start_us;

  n_sources++;
  g_assert_true (test_client_hello (client));
  start_us = g_get_monotonic_time ();
  g_assert_true (test_client_start_login (client, login, user, &challenge, &code));
  return g_get_monotonic_time () - start_us;
}

static int
compare_times (const void *a, const void *b)
{
  const int64_t *x = a;
  const int64_t *y = b;

  return (*x > *y) - (*x < *y);
}

/* Taken in turns, whatever else the machine does meets all kinds alike. */
static void
measure (const TestFixture *fixture, int try, int64_t medians[static N_KINDS])
{
  static int64_t times[N_KINDS][NAMES * ROUNDS];

  for (int i = 0; i < NAMES * ROUNDS; i++)
    for (int turn = 0; turn < N_KINDS; turn++)
      {
        int kind = (turn + i) % N_KINDS;
        g_autofree char *name = make_name (kind, try, i % NAMES);

        times[kind][i] = time_answer (fixture, name);
      }
  for (int kind = KNOWN; kind < N_KINDS; kind++)
    {
      qsort (times[kind], NAMES * ROUNDS, sizeof times[kind][0], compare_times);
      medians[kind] = times[kind][NAMES * ROUNDS / 2];
      g_test_message ("%s: %" G_GINT64_FORMAT " us", prefixes[kind], medians[kind]);
    }
}

static void
test_times (void)
{
  g_autoptr (TestFixture) fixture = test_fixture_new (NULL);
  bool are_alike = false;

  for (int try = 0; try < TRIES && !are_alike; try++)
    {
      int64_t medians[N_KINDS];
      int64_t apart_us;

      add_accounts (fixture, try);
      measure (fixture, try, medians);
      apart_us =
          MAX (ABS (medians[KNOWN] - medians[UNKNOWN]), ABS (medians[KNOWN] - medians[DISABLED]));
      are_alike = apart_us * 100 <= medians[KNOWN] * APART_MAX_PERCENT;
    }
  g_assert_true (are_alike);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (sampan_crypto_init ());
  g_test_add_func ("/server/strangers/B4/times", test_times);
  return g_test_run ();
}
