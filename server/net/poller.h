/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* One epoll fd as one GSource: thousands of idle sockets cost the main loop nothing.
 *
 * Every item is one-shot: after its callback it stays quiet until armed again. An item is freed
 * only by whoever holds it unarmed; everyone else ends a connection by shutdown(), which wakes the
 * item. */

#pragma once

#include <glib.h>
#include <stdbool.h>

G_BEGIN_DECLS

typedef struct _SampanPollItem SampanPollItem;
typedef void (*SampanPollFunc) (SampanPollItem *item, gpointer user_data);

struct _SampanPollItem
{
  int fd;
  bool is_registered;
  SampanPollFunc ready; /* readable or hung up; on the main context */
};

typedef struct _SampanPoller SampanPoller;

/* Attaches to CONTEXT. USER_DATA goes to every callback. */
SampanPoller *sampan_poller_new (GMainContext *context,
                                 gpointer user_data,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sampan_poller_free (SampanPoller *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SampanPoller, sampan_poller_free)

/* Waits for ITEM once; any thread. From here on ITEM may be taken up by the main context at any
 * moment. FALSE: the kernel refuses (errno set), the caller still holds the item. */
bool sampan_poller_arm (SampanPoller *self, SampanPollItem *item) G_GNUC_WARN_UNUSED_RESULT;

/* Main context only, and never from within a callback of this poller for another item: afterwards
 * no callback comes and the caller holds the item. */
void sampan_poller_disarm (SampanPoller *self, SampanPollItem *item);

G_END_DECLS
