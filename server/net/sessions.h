/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Who is logged in, and over which connections. A session outlives its connections for a while, so
 * that a healed link attaches again by ticket without a password. Ending one ends its connections
 * at once, wherever they are: a flag forbids any further reply and shutdown() wakes them. Any
 * thread. */

#pragma once

#include "accounts/account-store.h"
#include "net/address.h"
#include "protocol.h"

G_BEGIN_DECLS

#define SAMPAN_SESSION_GRACE_SECS 3600    /* without a connection: a laptop's lunch break */
#define SAMPAN_SESSIONS_UNCONNECTED 16384 /* the longest unconnected one makes room */

typedef struct _SampanSessions SampanSessions;

/* One login. The upper fields are constant, the lower ones belong to the registry. */
typedef struct
{
  uint8_t id[SAMPAN_SESSION_ID_LENGTH];
  uint8_t ticket[SAMPAN_TICKET_LENGTH];
  uint64_t account_id;
  char user[SAMPAN_USER_MAX + 1];
  char source[SAMPAN_SOURCE_TEXT_MAX];
  int64_t since_us;

  gatomicrefcount references;
  int uploads;           /* atomic; puts running now */
  int downloads;         /* atomic; gets running now */
  int must_set_password; /* atomic */
  int has_ended;         /* atomic */
  int was_kicked;        /* atomic; set before has_ended */
  int searches;          /* atomic; running now */
  int watches;           /* atomic; folders watched now */
  uint32_t generation;
  int64_t unconnected_us;
  GList link;
  GQueue members;
} SampanServerSession;

/* Part of a connection; its fields belong to the registry. */
typedef struct
{
  GList link;
  int fd;
  bool is_parked;
  int64_t parked_us;
} SampanSessionMember;

SampanSessions *sampan_sessions_new (void);
/* No session may have a connection left. */
void sampan_sessions_free (SampanSessions *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SampanSessions, sampan_sessions_free)

void sampan_server_session_unref (SampanServerSession *session);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SampanServerSession, sampan_server_session_unref)
/* After this is TRUE nothing more may be acknowledged. */
bool sampan_server_session_has_ended (SampanServerSession *session);
/* An admin ended it: whoever proves to belong to it is to be told. */
bool sampan_server_session_was_kicked (SampanServerSession *session);
bool sampan_server_session_must_set_password (SampanServerSession *session);

/* A new session with fresh id and ticket. */
SampanServerSession *
sampan_sessions_open (SampanSessions *self, const SampanAccount *account, const char *source);
/* New reference, or NULL. A session that was kicked is found as long as one that nobody came back
 * to. */
SampanServerSession *sampan_sessions_find (SampanSessions *self,
                                           const uint8_t id[static SAMPAN_SESSION_ID_LENGTH]);

/* FALSE: the session has ended meanwhile. MEMBER->fd is set by the caller. */
bool sampan_sessions_join (SampanSessions *self,
                           SampanServerSession *session,
                           SampanSessionMember *member) G_GNUC_WARN_UNUSED_RESULT;
/* Before MEMBER's fd is closed. */
void sampan_sessions_leave (SampanSessions *self,
                            SampanServerSession *session,
                            SampanSessionMember *member);

/* Ends a session: its ticket is void, its connections are shut down but SPARED (nullable). */
void sampan_sessions_end (SampanSessions *self,
                          SampanServerSession *session,
                          const SampanSessionMember *spared);

/* The account's password was changed within SESSION: it goes on with the new generation and all
 * rights, the account's other sessions end. */
void sampan_sessions_password_changed (SampanSessions *self,
                                       SampanServerSession *session,
                                       uint32_t generation);

/* Ends the sessions whose account is gone, disabled or of a later generation. Returns how many, or
 * -1 with *error when the store cannot say: then none is ended. */
int sampan_sessions_reload (SampanSessions *self, SampanAccountStore *store, GError **error);

/* Ends the sessions of the account WHO, or the one whose name for the admin begins with WHO.
 * Returns how many; none if that names several. */
unsigned int sampan_sessions_kick (SampanSessions *self, const char *who);

/* The session's name for the admin: enough of its id to be the only one. It opens nothing. */
#define SAMPAN_SESSION_NAME_BYTES 17
void sampan_server_session_get_name (const SampanServerSession *session,
                                     char name[static SAMPAN_SESSION_NAME_BYTES]);

/* Marks MEMBER parked and runs ARM (which makes it wait for input) as one step. FALSE if ARM fails.
 */
typedef bool (*SampanMemberFunc) (SampanSessionMember *member, gpointer user_data);
bool sampan_sessions_park (SampanSessions *self,
                           SampanSessionMember *member,
                           SampanMemberFunc arm,
                           gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;
/* FALSE: it was taken already. */
bool sampan_sessions_unpark (SampanSessions *self, SampanSessionMember *member);
/* Unparks all, calling TAKE for each while the registry is locked. */
void sampan_sessions_unpark_all (SampanSessions *self, SampanMemberFunc take, gpointer user_data);

/* Shuts down what was parked before PARKED_BEFORE_US and forgets sessions that nobody came back to.
 */
void sampan_sessions_expire (SampanSessions *self,
                             int64_t parked_before_us,
                             int64_t unconnected_before_us);

/* Shuts every connection down. */
void sampan_sessions_shut_down_all (SampanSessions *self);

typedef void (*SampanSessionFunc) (const SampanServerSession *session,
                                   unsigned int connections,
                                   unsigned int parked,
                                   gpointer user_data);
/* Those that have not ended; the registry is locked meanwhile. */
void sampan_sessions_foreach (SampanSessions *self, SampanSessionFunc func, gpointer user_data);

G_END_DECLS
