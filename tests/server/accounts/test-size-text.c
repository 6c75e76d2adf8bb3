/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Sizes as people write them. */

#include "config.h"

#include "commands/size-text.h"

static void
test_sizes (void)
{
  static const struct
  {
    const char *text;
    uint64_t bytes;
  } cases[] = {
    { "0", 0 },
    { "1", 1 },
    { "1000", 1000 },
    { "10B", 10 },
    { "1k", 1000 },
    { "1Ki", 1024 },
    { "1KiB", 1024 },
    { "2.5M", 2500000 },
    { "1.5 TB", 1500000000000 },
    { "20gib", 21474836480 },
    { "9T", 9000000000000 },
    { "9000000000000000000", 9000000000000000000 },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      uint64_t bytes = 0;

      g_test_message ("%s", cases[i].text);
      g_assert_true (sampan_size_parse (cases[i].text, &bytes));
      g_assert_cmpuint (bytes, ==, cases[i].bytes);
    }
}

static void
test_refused (void)
{
  static const char *const cases[] = { "",
                                       " ",
                                       "G",
                                       "-1",
                                       "+1",
                                       "1e3",
                                       "0x10",
                                       "1.2.3",
                                       "1 G B",
                                       "1P",
                                       "1KK",
                                       "1i",
                                       "inf",
                                       "nan",
                                       "1Gx",
                                       "9300000T",
                                       "9300000000000000000" };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      uint64_t bytes = 7;

      g_test_message ("%s", cases[i]);
      g_assert_false (sampan_size_parse (cases[i], &bytes));
      g_assert_cmpuint (bytes, ==, 7);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/commands/size/parsed", test_sizes);
  g_test_add_func ("/commands/size/refused", test_refused);
  return g_test_run ();
}
