/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The strip that counts the items of a batch while it is prepared, or says how far something else
 * is. Signal "cancel". Hidden while there is none. */

#pragma once

#include "batch.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define SAMPAN_TYPE_PREPARING_BAR (sampan_preparing_bar_get_type ())
G_DECLARE_FINAL_TYPE (SampanPreparingBar, sampan_preparing_bar, SAMPAN, PREPARING_BAR, GtkInfoBar)

/* BATCH: nullable; takes a reference. It is shown a moment later, so that a few files do not make
 * the window jump. */
void sampan_preparing_bar_set_batch (SampanPreparingBar *self, SampanBatch *batch);
/* TEXT: nullable: it is over. Shown a moment later, too. */
void sampan_preparing_bar_set_text (SampanPreparingBar *self, const char *text);

G_END_DECLS
