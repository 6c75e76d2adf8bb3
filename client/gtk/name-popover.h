/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Asks for the name of a new folder or a new name for a file. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define SAMPAN_TYPE_NAME_POPOVER (sampan_name_popover_get_type ())
G_DECLARE_FINAL_TYPE (SampanNamePopover, sampan_name_popover, SAMPAN, NAME_POPOVER, GtkPopover)

/* BUTTON: label with mnemonic. INITIAL is put into the entry, selected up to its extension when
 * KEEP_EXTENSION. Signal "accepted" (const char *): a name that is valid and not INITIAL. Destroys
 * itself when it closes. */
SampanNamePopover *sampan_name_popover_new (GtkWidget *relative_to,
                                            const char *title,
                                            const char *button,
                                            const char *initial,
                                            gboolean keep_extension);

/* While "accepted" is handled: it waits for sampan_name_popover_finish() and does not close. */
void sampan_name_popover_wait (SampanNamePopover *self);
/* FAULT, nullable, says why the name cannot be used; without it the popover closes. */
void sampan_name_popover_finish (SampanNamePopover *self, const char *fault);
/* What to type, as long as nothing is. */
void sampan_name_popover_set_example (SampanNamePopover *self, const char *example);

G_END_DECLS
