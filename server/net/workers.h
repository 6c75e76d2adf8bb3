/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Logged-in connections between the epoll fd and the worker threads. */

#pragma once

#include "net/connection.h"
#include "net/server-private.h"

G_BEGIN_DECLS

/* More at once wait in line; bounds memory by two buffers each. */
#define SAMPAN_WORKERS_MAX 512

/* Any thread: CONNECTION, already counted, starts its life here. */
void sampan_server_adopt (SampanServer *self, SampanConnection *connection);

/* The worker pool's function. */
void sampan_server_work (gpointer connection, gpointer user_data);

/* Main context, after the services were told to stop: gives all parked connections to workers. */
void sampan_server_wake_all (SampanServer *self);

/* A SampanWatchFunc of a connection; USER_DATA is the server. */
void sampan_server_watch_changed (gpointer owner, gpointer user_data);

G_END_DECLS
