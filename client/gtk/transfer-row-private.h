/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Shared by the files of SampanTransferRow: transfer-row.c (how far it is, and its buttons) and
 * transfer-row-place.c (its menu, and its place in the queue by menu, keys and drag). */

#pragma once

#include "transfer-row.h"

#include <stdbool.h>

G_BEGIN_DECLS

struct _SampanTransferRow
{
  GtkListBoxRow parent_instance;

  /* template widgets */
  GtkWidget *event_box; /* a row has no window of its own */
  GtkImage *image;
  GtkLabel *title_label;
  GtkLabel *status_label;
  GtkProgressBar *progress_bar; /* what is sent */
  GtkProgressBar *safe_bar;     /* before it: what the other end has on its disk */
  GtkWidget *pause_button;
  GtkImage *pause_image;
  GtkWidget *show_button;
  GtkWidget *retry_button;
  GtkWidget *cancel_button;

  /* borrowed: attached to the row, which owns it; NULL until it is asked for */
  GtkWidget *menu;

  /* owned */
  SampanQueue *queue;
  SampanTransfer *transfer;

  /* state */
  bool is_drag_source;
  bool is_outdated; /* and has said so */
};

/* transfer-row.c */
void _sampan_transfer_row_emit_dragged (SampanTransferRow *self, bool begins);
/* A download that is done. */
bool _sampan_transfer_row_has_file (SampanTransferRow *self);
/* Activates the window's action NAME with the local file. */
void _sampan_transfer_row_act_on_file (SampanTransferRow *self, const char *name);

/* transfer-row-place.c */
void _sampan_transfer_row_bind_place (GtkWidgetClass *widget_class);
void _sampan_transfer_row_init_place (SampanTransferRow *self);
/* Its state changed. */
void _sampan_transfer_row_update_place (SampanTransferRow *self);

G_END_DECLS
