/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The strip under the header bar that tells of a lasting state or of what just failed, with at most
 * one button. Plain text, never markup. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define SAMPAN_TYPE_ERROR_BAR (sampan_error_bar_get_type ())
G_DECLARE_FINAL_TYPE (SampanErrorBar, sampan_error_bar, SAMPAN, ERROR_BAR, GtkInfoBar)

/* Replaces what is shown. BUTTON (nullable) is a label with mnemonic for the window action ACTION.
 */
void sampan_error_bar_tell (SampanErrorBar *self,
                            GtkMessageType type,
                            const char *text,
                            const char *button,
                            const char *action);
void sampan_error_bar_clear (SampanErrorBar *self);

G_END_DECLS
