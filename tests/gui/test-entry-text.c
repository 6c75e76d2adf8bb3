/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* D17: times that no calendar has, as the list shows them. */

#include "config.h"

#include "entry-text.h"

static void
test_times (void)
{
  static const struct
  {
    int64_t seconds;
    bool has_text;
  } cases[] = {
    { INT64_MIN, false },
    { INT64_MAX, false },
    { INT64_C (1) << 40, false },
    { -1, true },
    { 0, false },
    { 1, true },
    { -62135596800, true },  /* the year 1 */
    { -62135769601, false }, /* before it, wherever one is */
    { 253402128000, true },  /* the last days of the year 9999 */
    { 253402473600, false }, /* after them */
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    for (int full = 0; full < 2; full++)
      {
        const SampanFileInfo info = { .mtime = { .seconds = cases[i].seconds } };
        g_autofree char *text = sampan_entry_text_dup_modified (&info, full);

        g_test_message ("%" G_GINT64_FORMAT ": %s", cases[i].seconds, text);
        g_assert_nonnull (text);
        g_assert_cmpint (*text != '\0', ==, cases[i].has_text);
      }
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gtk/entry-text/D17/times", test_times);
  return g_test_run ();
}
