/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What the core's own files see of a session. */

#pragma once

#include "link-pool.h"
#include "session.h"

G_BEGIN_DECLS

/* Borrowed; NULL unless READY. */
SampanLinkPool *sampan_session_get_pool (SampanSession *self);
/* For the next login; the defaults are sampan_link_default_times. */
void sampan_session_set_times (SampanSession *self, const SampanLinkTimes *times);
void sampan_session_set_password_is_set (SampanSession *self);
/* Fails TASK when the session is not READY. */
bool sampan_session_refuse (SampanSession *self, GTask *task);

G_END_DECLS
