/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What the core's own files see of a session. */

#pragma once

#include "link-pool.h"
#include "session.h"

G_BEGIN_DECLS

/* How often an owner hears of progress, however often the server tells it. */
#define SAMPAN_PROGRESS_INTERVAL_US (G_USEC_PER_SEC / 10)

/* Borrowed; NULL unless READY. */
SampanLinkPool *sampan_session_get_pool (SampanSession *self);
/* The same, also while it logs in. */
SampanLinkPool *sampan_session_get_request_pool (SampanSession *self);
/* The same as the first, also while RECONNECTING. */
SampanLinkPool *sampan_session_get_transfer_pool (SampanSession *self);
/* What a request fails with where those are NULL: why the session is over, if its end was an
 * admin's. */
GError *sampan_session_new_no_connection (SampanSession *self);
/* For the next login; the defaults are sampan_link_default_times. */
void sampan_session_set_times (SampanSession *self, const SampanLinkTimes *times);
/* The account's password is FRESH now. */
void sampan_session_set_password_is_set (SampanSession *self, const SampanSecret *fresh);
typedef void (*SampanSessionFunc) (SampanSession *self);
/* Asks the server to end the session, and with WAITS waits for its answer; ENDED comes right before
 * TASK returns. */
void
sampan_session_send_logout (SampanLinkPool *pool, GTask *task, bool waits, SampanSessionFunc ended);
/* Does not check the cancellable when it returns: whoever works on it has a source for that, and
 * what was done before stays done. TAG: its source tag. */
GTask *sampan_session_new_task (SampanSession *self,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data,
                                gpointer tag);
/* Fails TASK when the session is not READY. */
bool sampan_session_refuse (SampanSession *self, GTask *task);
/* The same when it does not log in either, for sampan_session_get_request_pool(). */
bool sampan_session_refuse_request (SampanSession *self, GTask *task);

G_END_DECLS
