/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The requests: one table says what there is and who may, one function serves a connection. To add
 * one: a handler here, a line in the table of dispatch.c. */

#pragma once

#include "requests/exchange.h"

G_BEGIN_DECLS

/* Serves CONNECTION on this worker thread until no input is left. TRUE: park it; FALSE: it has
 * ended, free it. */
bool sampan_requests_serve (SampanConnection *connection);

bool sampan_request_ping (SampanExchange *self, SampanReader *reader);
bool sampan_request_list (SampanExchange *self, SampanReader *reader);
bool sampan_request_stat (SampanExchange *self, SampanReader *reader);
bool sampan_request_space (SampanExchange *self, SampanReader *reader);
bool sampan_request_mkdir (SampanExchange *self, SampanReader *reader);
bool sampan_request_set_time (SampanExchange *self, SampanReader *reader);
bool sampan_request_rename (SampanExchange *self, SampanReader *reader);
bool sampan_request_copy (SampanExchange *self, SampanReader *reader);
bool sampan_request_remove (SampanExchange *self, SampanReader *reader);
bool sampan_request_get (SampanExchange *self, SampanReader *reader);
bool sampan_request_put (SampanExchange *self, SampanReader *reader);
bool sampan_request_hash (SampanExchange *self, SampanReader *reader);
bool sampan_request_plan (SampanExchange *self, SampanReader *reader);
bool sampan_request_trash_list (SampanExchange *self, SampanReader *reader);
bool sampan_request_restore (SampanExchange *self, SampanReader *reader);
bool sampan_request_purge (SampanExchange *self, SampanReader *reader);
bool sampan_request_find (SampanExchange *self, SampanReader *reader);
bool sampan_request_measure (SampanExchange *self, SampanReader *reader);
bool sampan_request_watch (SampanExchange *self, SampanReader *reader);
bool sampan_request_logout (SampanExchange *self, SampanReader *reader);
bool sampan_request_passwd_start (SampanExchange *self, SampanReader *reader);
bool sampan_request_passwd_finish (SampanExchange *self, SampanReader *reader);
bool sampan_request_passwd_record (SampanExchange *self, SampanReader *reader);

/* Answers a WATCH that waits; ONLY_IF_DUE: if there is a change to tell. */
bool sampan_watch_settle (SampanExchange *self, bool only_if_due) G_GNUC_WARN_UNUSED_RESULT;

/* Reads on to the END or PUT_ABORT of a put that was refused. */
bool sampan_put_discard (SampanExchange *self);

G_END_DECLS
