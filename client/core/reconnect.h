/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* When a broken session tries again: at once, then with growing pauses, and earlier when the
 * network changes. One thread. */

#pragma once

#include <gio/gio.h>
#include <stdbool.h>

G_BEGIN_DECLS

typedef struct _SampanReconnect SampanReconnect;

typedef struct
{
  void (*attempt) (gpointer user_data); /* answered by failed or stop */
  void (*changed) (gpointer user_data); /* the seconds */
} SampanReconnectFuncs;

/* FUNCS is static. UNIT_MS: the shortest pause but for the first, which is none. */
SampanReconnect *
sampan_reconnect_new (unsigned int unit_ms, const SampanReconnectFuncs *funcs, gpointer user_data);
void sampan_reconnect_free (SampanReconnect *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SampanReconnect, sampan_reconnect_free)

/* Not quite at once after a break that came soon after the last one. */
void sampan_reconnect_start (SampanReconnect *self);
void sampan_reconnect_failed (SampanReconnect *self);
void sampan_reconnect_stop (SampanReconnect *self);
/* Cuts a pause short. */
void sampan_reconnect_now (SampanReconnect *self);
/* Until the next try; 0 while it runs, -1 when stopped. */
int sampan_reconnect_get_seconds (const SampanReconnect *self);

G_END_DECLS
