/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* One transfer in the list of the transfer panel. */

#pragma once

#include "queue.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define SAMPAN_TYPE_TRANSFER_ROW (sampan_transfer_row_get_type ())
G_DECLARE_FINAL_TYPE (SampanTransferRow, sampan_transfer_row, SAMPAN, TRANSFER_ROW, GtkListBoxRow)

/* TRANSFER is in QUEUE, where the row can move it. */
GtkWidget *sampan_transfer_row_new (SampanQueue *queue, SampanTransfer *transfer);

G_END_DECLS
