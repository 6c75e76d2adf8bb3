/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* One transfer in the list. */

#pragma once

#include "queue.h"
#include <gtk/gtk.h>
#include <stdbool.h>

G_BEGIN_DECLS

#define SAMPAN_TYPE_TRANSFER_ROW (sampan_transfer_row_get_type ())
G_DECLARE_FINAL_TYPE (SampanTransferRow, sampan_transfer_row, SAMPAN, TRANSFER_ROW, GtkListBoxRow)

/* Signals: "retry" (SampanTransfer *); "dragged" (gboolean): whether that begins or ends, in
 * between the row must stay; "outdated": its transfer changed and sampan_transfer_row_update() is
 * due. Activates win.open-local and win.show-local with the name of the local
 * file. */
/* TRANSFER is in QUEUE, where the row can move it. */
GtkWidget *sampan_transfer_row_new (SampanQueue *queue, SampanTransfer *transfer);

void sampan_transfer_row_update (SampanTransferRow *self);

/* The local file as it is named in the end. Free with g_free. */
char *sampan_transfer_row_dup_filename (SampanTransfer *transfer);
/* Whether the person wants to see the file once it is here. */
void sampan_transfer_row_set_opens_when_done (SampanTransfer *transfer, bool opens);
bool sampan_transfer_row_opens_when_done (SampanTransfer *transfer);

G_END_DECLS
