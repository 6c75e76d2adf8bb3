/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Names for assistive tools that change while the program runs; fixed ones stand in the .ui files.
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void sampan_accessible_set_name (GtkWidget *widget, const char *name);
/* LABEL without its mnemonic and ellipsis. */
void sampan_accessible_set_name_from_label (GtkWidget *widget, const char *label);

G_END_DECLS
