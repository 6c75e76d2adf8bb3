/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A box on this network in the list. */

#pragma once

#include "found-box.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define SAMPAN_TYPE_FOUND_ROW (sampan_found_row_get_type ())
G_DECLARE_FINAL_TYPE (SampanFoundRow, sampan_found_row, SAMPAN, FOUND_ROW, GtkListBoxRow)

SampanFoundRow *sampan_found_row_new (SampanFoundBox *box);
/* Borrowed. */
SampanFoundBox *sampan_found_row_get_box (SampanFoundRow *self);

G_END_DECLS
