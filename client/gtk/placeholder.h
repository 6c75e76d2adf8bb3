/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What stands in the middle of an empty view: a large dim icon, a heading, a sentence and at most
 * one button. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define SAMPAN_TYPE_PLACEHOLDER (sampan_placeholder_get_type ())
G_DECLARE_FINAL_TYPE (SampanPlaceholder, sampan_placeholder, SAMPAN, PLACEHOLDER, GtkBox)

/* TEXT and BUTTON (with mnemonic) are nullable. Signal "activated": the button was pressed. */
void sampan_placeholder_tell (SampanPlaceholder *self,
                              const char *icon_name,
                              const char *title,
                              const char *text,
                              const char *button);

G_END_DECLS
