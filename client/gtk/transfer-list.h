/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The rows of a queue: what runs and what failed first, then what waits, then the rest. */

#pragma once

#include "queue.h"
#include <gtk/gtk.h>
#include <stdbool.h>

G_BEGIN_DECLS

#define SAMPAN_TYPE_TRANSFER_LIST (sampan_transfer_list_get_type ())
G_DECLARE_FINAL_TYPE (SampanTransferList, sampan_transfer_list, SAMPAN, TRANSFER_LIST, GtkListBox)

/* Signals: "retry" (SampanTransfer *), "updated": the rows came nearer to those of the queue; all
 * the way when the list is settled. */

/* Takes a reference; once. */
void sampan_transfer_list_set_queue (SampanTransferList *self, SampanQueue *queue);
/* No rows are made for a list that nobody sees. */
void sampan_transfer_list_set_shown (SampanTransferList *self, bool shown);
/* The queue changed: soon, so that many changes make one update. */
void sampan_transfer_list_plan_update (SampanTransferList *self);
/* Transfers that have no row, as there are too many. */
guint sampan_transfer_list_get_n_more (SampanTransferList *self);
/* No update is planned or under way. */
bool sampan_transfer_list_is_settled (SampanTransferList *self);

G_END_DECLS
