/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Names inside sentences. */

#include "config.h"

#include "sentence-name.h"

#include "escape.h"

#include <glib/gi18n.h>
#include <gtk/gtk.h>
#include <stdbool.h>

#define FIRST_STRONG_ISOLATE "\342\201\250" /* U+2068 */
#define POP_ISOLATE "\342\201\251"          /* U+2069 */

typedef struct
{
  gunichar first;
  gunichar last;
} Range;

/* The blocks that Unicode keeps for scripts that run from right to left. */
static const Range rtl_ranges[] = {
  { 0x0590, 0x08ff },   { 0xfb1d, 0xfdff },   { 0xfe70, 0xfeff },
  { 0x10800, 0x10fff }, { 0x1e800, 0x1efff },
};

static bool
has_rtl (const char *text)
{
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      for (size_t i = 0; i < G_N_ELEMENTS (rtl_ranges); i++)
        if (c >= rtl_ranges[i].first && c <= rtl_ranges[i].last)
          return true;
    }
  return false;
}

char *
sampan_sentence_name (const char *bytes, gssize length)
{
  g_autofree char *name = sampan_display_name (bytes, length);

  if (gtk_widget_get_default_direction () != GTK_TEXT_DIR_RTL && !has_rtl (name))
    return g_steal_pointer (&name);
  return g_strconcat (FIRST_STRONG_ISOLATE, name, POP_ISOLATE, NULL);
}

char *
sampan_sentence_account (const char *user, const char *host)
{
  g_autofree char *user_name = sampan_sentence_name (user, -1);
  g_autofree char *host_name = sampan_sentence_name (host, -1);

  /* Translators: the account, then the name of the server: "ann on lanbox". */
  return g_strdup_printf (_ ("%s on %s"), user_name, host_name);
}
