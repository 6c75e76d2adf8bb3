/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The boxes that announce themselves on the network (DNS-SD, _sampan._tcp), found by the Avahi
 * daemon on the system bus. Lives on the caller's main context and never blocks it. Without a bus
 * or Avahi none is found, and "state" (read only, notified) says so. */

#pragma once

#include "found-box.h"

G_BEGIN_DECLS

#define SAMPAN_DISCOVERY_BOXES_MAX 64 /* more than a person looks through; a flood ends here */

typedef enum
{
  SAMPAN_DISCOVERY_STOPPED,
  SAMPAN_DISCOVERY_LOOKING,     /* no answer yet, or not from all */
  SAMPAN_DISCOVERY_ALL_FOUND,   /* what is listed is what there is; it goes on listening */
  SAMPAN_DISCOVERY_UNAVAILABLE, /* there is no Avahi that could be asked */
} SampanDiscoveryState;

#define SAMPAN_TYPE_DISCOVERY (sampan_discovery_get_type ())
G_DECLARE_FINAL_TYPE (SampanDiscovery, sampan_discovery, SAMPAN, DISCOVERY, GObject)

SampanDiscovery *sampan_discovery_new (void);
/* Looks until it is stopped, which empties the list. */
void sampan_discovery_start (SampanDiscovery *self);
void sampan_discovery_stop (SampanDiscovery *self);
SampanDiscoveryState sampan_discovery_get_state (SampanDiscovery *self);
/* Of SampanFoundBox, in order of their names. Borrowed. */
GListModel *sampan_discovery_get_boxes (SampanDiscovery *self);

G_END_DECLS
