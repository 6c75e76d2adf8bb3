/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* D17: times that no calendar has, as the list shows them. Names inside sentences. */

#include "config.h"

#include "entry-text.h"

#include "sentence-name.h"

#include <gtk/gtk.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#endif

#define ISOLATED(name) "\342\201\250" name "\342\201\251"

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

/* GIO reads its tables of types once, and leaves parts of them behind. */
static void
read_mime_types (void)
{
#ifdef __SANITIZE_ADDRESS__
  __lsan_disable ();
  g_free (g_content_type_guess ("x.txt", NULL, 0, NULL));
  __lsan_enable ();
#endif
}

static void
test_types (void)
{
  static const char *const names[] = { "notes.txt", "crew.jpg", "charts.tar.xz", "thing", "\377" };

  read_mime_types ();
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const SampanFileInfo info = { .kind = SAMPAN_ENTRY_FILE, .name = names[i] };
      g_autofree char *text = sampan_entry_text_dup_type (&info);

      g_test_message ("%s: %s", names[i], text);
      g_assert_true (g_utf8_validate (text, -1, NULL));
      g_assert_false (g_unichar_islower (g_utf8_get_char (text)));
    }
}

static void
test_names (void)
{
  static const struct
  {
    const char *name;
    const char *ltr;
    const char *rtl;
  } cases[] = {
    { "crew.jpg", "crew.jpg", ISOLATED ("crew.jpg") },
    { "\346\226\207.jpg", "\346\226\207.jpg", ISOLATED ("\346\226\207.jpg") },
    { "\326\217", "\326\217", ISOLATED ("\326\217") },            /* U+058F */
    { "\326\220", ISOLATED ("\326\220"), ISOLATED ("\326\220") }, /* U+0590 */
    { "1 \327\220.jpg", ISOLATED ("1 \327\220.jpg"), ISOLATED ("1 \327\220.jpg") },
    { "\340\244\200", "\340\244\200", ISOLATED ("\340\244\200") }, /* U+0900 */
    /* Its own controls cannot break out. */
    { "a\342\201\251b", "a\357\277\275b", ISOLATED ("a\357\277\275b") },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *ltr = NULL;
      g_autofree char *rtl = NULL;

      gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
      ltr = sampan_sentence_name (cases[i].name, -1);
      g_assert_cmpstr (ltr, ==, cases[i].ltr);
      gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
      rtl = sampan_sentence_name (cases[i].name, -1);
      g_assert_cmpstr (rtl, ==, cases[i].rtl);
    }
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gtk/entry-text/D17/times", test_times);
  g_test_add_func ("/gtk/entry-text/types", test_types);
  g_test_add_func ("/gtk/sentence-name", test_names);
  return g_test_run ();
}
