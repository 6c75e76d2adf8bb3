/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Waiting for one asynchronous call while the main loop runs, so that commands read top to bottom.
 *
 *   g_auto (Await) await = AWAIT_INIT;
 *   sampan_session_stat_async (session, path, cancellable, await_done_cb, &await);
 *   info = sampan_session_stat_finish (session, await_result (&await), error);
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  GAsyncResult *result; /* owned; NULL until done */
} Await;

#define AWAIT_INIT                                                                                 \
  {                                                                                                \
    NULL                                                                                           \
  }

void await_done_cb (GObject *source, GAsyncResult *result, gpointer user_data);
/* Iterates the default main context until the callback came. The result is borrowed from SELF. */
GAsyncResult *await_result (Await *self);
void await_clear (Await *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Await, await_clear)

G_END_DECLS
