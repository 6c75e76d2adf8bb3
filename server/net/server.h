/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The server: listening sockets, connections before login on a small pool, parked ones on one epoll
 * fd, and workers for those with something to do. Belongs to the thread-default main context it was
 * made in; all functions are called there. */

#pragma once

#include "accounts/account-store.h"
#include "net/address.h"

G_BEGIN_DECLS

/* Zero: the default. */
typedef struct
{
  int64_t login_deadline_us;
  int64_t dead_peer_us;
  int64_t stop_grace_us; /* for replies that are on their way when the server stops */
} SampanServerTimes;

typedef struct _SampanServer SampanServer;

/* STORE is borrowed. TIMES is nullable. */
SampanServer *sampan_server_new (SampanAccountStore *store,
                                 const SampanServerTimes *times,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* After a stop that came to its end, or before anything was listened on. */
void sampan_server_free (SampanServer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SampanServer, sampan_server_free)

/* ADDRESS NULL: the default. Accepts once the main context runs. *endpoint (g_free) says where. */
bool sampan_server_listen (SampanServer *self,
                           const struct sockaddr *address,
                           char **endpoint,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same with a socket that listens already, which is taken over. */
bool sampan_server_listen_fd (SampanServer *self, int fd, char **endpoint, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Takes up what an admin changed: shares, rights and accounts; ends sessions that are void, with
 * their transfers, before it returns. */
bool sampan_server_reload (SampanServer *self,
                           unsigned int *ended_sessions,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* One line of JSON, g_free. */
char *sampan_server_get_status (SampanServer *self);

/* The same for its figures, all numbers. What lies on the disks is as of the last time. */
char *sampan_server_get_stats (SampanServer *self);

/* See sampan_sessions_kick(). */
unsigned int sampan_server_kick (SampanServer *self, const char *who);

/* Stops accepting, ends running requests with SHUTTING_DOWN and says goodbye to all. FUNC is called
 * on the main context when no connection is left; IS_CLEAN is FALSE if some had to be left behind,
 * stuck in the disk: then the server must not be freed. Within 9 s with the default times. */
typedef void (*SampanServerFunc) (bool is_clean, gpointer user_data);
void sampan_server_stop (SampanServer *self, SampanServerFunc func, gpointer user_data);

/* Removes old partials and trash from all shares. Slow: a thread of its own. */
void sampan_server_expire_shares (SampanServer *self);

G_END_DECLS
