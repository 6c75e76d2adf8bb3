/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What was seen of the boxes on the network: each in several places, once for each interface and
 * protocol, and of these the best is listed. */

#pragma once

#include "found-box.h"
#include <stdbool.h>

G_BEGIN_DECLS

typedef struct _SampanSeenBoxes SampanSeenBoxes;

/* The texts are borrowed. */
typedef struct
{
  int interface;
  int protocol;
  const char *name;
  const char *domain;
} SampanSeenPlace;

/* BOXES_MAX: as many are listed, and some more places remembered. */
SampanSeenBoxes *sampan_seen_boxes_new (guint boxes_max);
void sampan_seen_boxes_free (SampanSeenBoxes *self);
/* Of SampanFoundBox, in order of their names. Borrowed. */
GListModel *sampan_seen_boxes_get_list (SampanSeenBoxes *self);

/* FALSE: it is known already, or there are too many. It is listed once it has an address. */
bool sampan_seen_boxes_add (SampanSeenBoxes *self, const SampanSeenPlace *place);
/* The box at that place; borrowed. NULL: it was not seen there, or ADDRESS is of no use. */
SampanFoundBox *sampan_seen_boxes_set_address (SampanSeenBoxes *self,
                                               const SampanSeenPlace *place,
                                               const char *host,
                                               uint16_t port,
                                               const char *address);
void sampan_seen_boxes_remove (SampanSeenBoxes *self, const SampanSeenPlace *place);
void sampan_seen_boxes_clear (SampanSeenBoxes *self);

G_END_DECLS
