/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The strip that shows how far a fetch is, and can cancel it. */

#pragma once

#include "fetch.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define SAMPAN_TYPE_FETCH_BAR (sampan_fetch_bar_get_type ())
G_DECLARE_FINAL_TYPE (SampanFetchBar, sampan_fetch_bar, SAMPAN, FETCH_BAR, GtkInfoBar)

/* Signal "cancel". */

/* NULL: none any more. What is over at once is not shown. */
void sampan_fetch_bar_set_fetch (SampanFetchBar *self, SampanFetch *fetch);

G_END_DECLS
