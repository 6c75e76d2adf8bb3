/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The transfer frame: what runs now, how far it is, and the queue behind an expander. */

#pragma once

#include "queue.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define SAMPAN_TYPE_TRANSFER_PANEL (sampan_transfer_panel_get_type ())
G_DECLARE_FINAL_TYPE (SampanTransferPanel, sampan_transfer_panel, SAMPAN, TRANSFER_PANEL, GtkFrame)

/* Signal "look-again" (GPtrArray of SampanTransfer): those are outdated, and are to be tried again.
 */

/* Takes a reference; once. */
void sampan_transfer_panel_set_queue (SampanTransferPanel *self, SampanQueue *queue);

/* All that failed; what is outdated as "look-again". */
void sampan_transfer_panel_retry_failed (SampanTransferPanel *self);
/* So many files were left as they are, on purpose; counted until the list is cleared. */
void sampan_transfer_panel_add_skipped (SampanTransferPanel *self, guint n_skipped);
/* What holds for as long as the person is logged in; nullable. */
void sampan_transfer_panel_set_note (SampanTransferPanel *self, const char *note);

/* Opens the list, with the focus on its first row, or folds it up; nothing where there is none. */
void sampan_transfer_panel_toggle_list (SampanTransferPanel *self);

G_END_DECLS
