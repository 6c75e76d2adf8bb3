/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A box that announces itself on the network. What it says of itself is anybody's word: nothing is
 * trusted for it, the login proves who is there. */

#pragma once

#include <gio/gio.h>
#include <stdint.h>

G_BEGIN_DECLS

#define SAMPAN_TYPE_FOUND_BOX (sampan_found_box_get_type ())
G_DECLARE_FINAL_TYPE (SampanFoundBox, sampan_found_box, SAMPAN, FOUND_BOX, GObject)

/* NAME and HOST as they were announced, PORT not 0. */
SampanFoundBox *
sampan_found_box_new (const char *name, const char *host, uint16_t port, const char *address);

/* For display. */
const char *sampan_found_box_get_name (SampanFoundBox *self);
/* Letters, digits, hyphens and dots, and ".local" at the end; nullable. */
const char *sampan_found_box_get_host (SampanFoundBox *self);
uint16_t sampan_found_box_get_port (SampanFoundBox *self);
/* An IP address. */
const char *sampan_found_box_get_address (SampanFoundBox *self);
/* What to connect to: the host if this computer can look it up, else the address. */
const char *sampan_found_box_get_target (SampanFoundBox *self);
void sampan_found_box_set_host_works (SampanFoundBox *self);

G_END_DECLS
