/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Spans of time as people write them. */

#include "config.h"

#include "commands/duration-text.h"

static void
test_spans (void)
{
  static const struct
  {
    const char *text;
    int64_t secs;
    const char *shown;
  } cases[] = {
    { "1m", 60, "1 minute" },     { "90m", 5400, "90 minutes" },    { "60m", 3600, "1 hour" },
    { "12h", 43200, "12 hours" }, { "3d", 259200, "3 days" },       { "7d", 604800, "1 week" },
    { "2w", 1209600, "2 weeks" }, { "366d", 31622400, "366 days" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      int64_t secs = 0;
      g_autofree char *shown = NULL;

      g_test_message ("%s", cases[i].text);
      g_assert_true (sampan_duration_parse (cases[i].text, &secs));
      g_assert_cmpint (secs, ==, cases[i].secs);
      shown = sampan_duration_format (secs);
      g_assert_cmpstr (shown, ==, cases[i].shown);
    }
}

static void
test_refused (void)
{
  static const char *const cases[] = { "",   "d",   "3",    "0d",   "-3d",        "+3d",
                                       "3D", "3 d", "3dd",  "1.5d", "367d",       "53w",
                                       "1y", "30s", "0x3d", " 3d",  "9999999999m" };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      int64_t secs = 7;

      g_test_message ("%s", cases[i]);
      g_assert_false (sampan_duration_parse (cases[i], &secs));
      g_assert_cmpint (secs, ==, 7);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/commands/duration/parsed", test_spans);
  g_test_add_func ("/commands/duration/refused", test_refused);
  return g_test_run ();
}
