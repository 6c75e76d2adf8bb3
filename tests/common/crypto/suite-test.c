/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Tests that run once with each cipher suite. */

#include "config.h"

#include "suite-test.h"

#include "cipher.h"

typedef struct
{
  SuiteTestFunc run;
  SampanSuite suite;
} SuiteTest;

static void
run_cb (gconstpointer data)
{
  const SuiteTest *test = data;

  if (suite_or_skip (test->suite))
    test->run (test->suite);
}

bool
suite_or_skip (SampanSuite suite)
{
  if (sampan_cipher_suite_is_supported (suite))
    return true;
  g_test_skip ("this machine has no instructions for AES-GCM");
  return false;
}

void
add_suite_test (const char *path, SuiteTestFunc run)
{
  static const struct
  {
    const char *name;
    SampanSuite suite;
  } suites[] = {
    { "chachapoly", SAMPAN_SUITE_CHACHAPOLY },
    { "aesgcm", SAMPAN_SUITE_AESGCM },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (suites); i++)
    {
      g_autofree char *suite_path = g_strdup_printf ("%s/%s", path, suites[i].name);
      SuiteTest *test = g_new (SuiteTest, 1);

      *test = (SuiteTest){ run, suites[i].suite };
      g_test_add_data_func_full (suite_path, test, run_cb, g_free);
    }
}
