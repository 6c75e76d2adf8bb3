/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* logout: the session ends, with its ticket and all its connections. */

#include "config.h"

#include "requests/requests.h"

bool
sampan_request_logout (SampanExchange *self, SampanReader *reader)
{
  if (!sampan_read_empty (reader))
    return sampan_exchange_break (self);
  sampan_connection_outlive_session (self->connection);
  sampan_sessions_end (self->services->sessions,
                       self->session,
                       sampan_connection_get_member (self->connection));
  sampan_exchange_log (self, NULL, NULL, -1, 0, NULL);
  if (!sampan_exchange_reply_empty (self, SAMPAN_KIND_DONE))
    g_debug ("logged out, but nobody hears of it");
  return false; /* CLOSE follows */
}
