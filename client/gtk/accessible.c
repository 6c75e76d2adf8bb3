/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Names for assistive tools. */

#include "config.h"

#include "accessible.h"

#include <string.h>

void
sampan_accessible_set_name (GtkWidget *widget, const char *name)
{
  atk_object_set_name (gtk_widget_get_accessible (widget), name);
}

/* Chinese and Japanese labels carry the mnemonic as "(_X)" at their end: all of it goes. */
static void
cut_mnemonic (char *text)
{
  char *underscore = strchr (text, '_');

  if (underscore == NULL)
    return;
  if (underscore > text && underscore[-1] == '(' && underscore[1] != '\0' && underscore[2] == ')')
    memmove (underscore - 1, underscore + 3, strlen (underscore + 3) + 1);
  else
    memmove (underscore, underscore + 1, strlen (underscore + 1) + 1);
}

void
sampan_accessible_set_name_from_label (GtkWidget *widget, const char *label)
{
  static const char ellipsis[] = "…";
  g_autofree char *name = g_strdup (label);

  cut_mnemonic (name);
  if (g_str_has_suffix (name, ellipsis))
    name[strlen (name) - strlen (ellipsis)] = '\0';
  sampan_accessible_set_name (widget, name);
}
