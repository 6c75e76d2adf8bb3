/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The boxes on this network, a button for each; hidden while none is found. */

#pragma once

#include "found-box.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define SAMPAN_TYPE_FOUND_LIST (sampan_found_list_get_type ())
G_DECLARE_FINAL_TYPE (SampanFoundList, sampan_found_list, SAMPAN, FOUND_LIST, GtkBox)

/* Signal "chosen" (SampanFoundBox *): it was clicked. Looks for boxes while its parent is on
 * screen. */

G_END_DECLS
