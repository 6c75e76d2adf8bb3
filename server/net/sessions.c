/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The registry of sessions: one lock, held only for list work and shutdown(). */

#include "config.h"

#include "net/sessions.h"

#include <sodium.h>
#include <string.h>
#include <sys/socket.h>

#define SESSION_NAME_MIN 4 /* of a session's name; fewer letters may be a mistake */

struct _SampanSessions
{
  GMutex lock;
  GHashTable *by_id;  /* id -> owned SampanServerSession */
  GQueue unconnected; /* longest first */
};

static unsigned int
hash_id (gconstpointer id)
{
  unsigned int hash;
  memcpy (&hash, id, sizeof hash); /* ids are random */
  return hash;
}

static gboolean
equal_id (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, SAMPAN_SESSION_ID_LENGTH) == 0;
}

void
sampan_server_session_unref (SampanServerSession *session)
{
  if (!g_atomic_ref_count_dec (&session->references))
    return;
  g_assert (g_queue_is_empty (&session->members));
  sodium_memzero (session->ticket, sizeof session->ticket);
  g_free (session);
}

bool
sampan_server_session_has_ended (SampanServerSession *session)
{
  return g_atomic_int_get (&session->has_ended) != 0;
}

bool
sampan_server_session_was_kicked (SampanServerSession *session)
{
  return g_atomic_int_get (&session->was_kicked) != 0;
}

bool
sampan_server_session_must_set_password (SampanServerSession *session)
{
  return g_atomic_int_get (&session->must_set_password) != 0;
}

SampanSessions *
sampan_sessions_new (void)
{
  SampanSessions *self = g_new0 (SampanSessions, 1);
  g_mutex_init (&self->lock);
  self->by_id = g_hash_table_new (hash_id, equal_id);
  g_queue_init (&self->unconnected);
  return self;
}

/* Locked. Those that have not ended, and the kicked. */
static bool
is_known (SampanSessions *self, const SampanServerSession *session)
{
  return g_hash_table_lookup (self->by_id, session->id) == session;
}

/* Locked. The table's reference goes to the caller. */
static void
forget (SampanSessions *self, SampanServerSession *session)
{
  g_hash_table_remove (self->by_id, session->id);
  if (g_queue_is_empty (&session->members))
    g_queue_unlink (&self->unconnected, &session->link);
}

void
sampan_sessions_free (SampanSessions *self)
{
  if (self == NULL)
    return;
  SampanServerSession *session;
  while ((session = g_queue_peek_head (&self->unconnected)) != NULL)
    {
      forget (self, session);
      sampan_server_session_unref (session);
    }
  g_assert (g_hash_table_size (self->by_id) == 0);
  g_hash_table_unref (self->by_id);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* Locked. */
static void
set_unconnected (SampanSessions *self, SampanServerSession *session)
{
  session->unconnected_us = g_get_monotonic_time ();
  g_queue_push_tail_link (&self->unconnected, &session->link);
  if (self->unconnected.length <= SAMPAN_SESSIONS_UNCONNECTED)
    return;
  SampanServerSession *oldest = g_queue_peek_head (&self->unconnected);
  forget (self, oldest);
  g_atomic_int_set (&oldest->has_ended, 1);
  sampan_server_session_unref (oldest);
}

SampanServerSession *
sampan_sessions_open (SampanSessions *self, const SampanAccount *account, const char *source)
{
  SampanServerSession *session = g_new0 (SampanServerSession, 1);
  randombytes_buf (session->id, sizeof session->id);
  randombytes_buf (session->ticket, sizeof session->ticket);
  session->account_id = account->id;
  g_strlcpy (session->user, account->name, sizeof session->user);
  g_strlcpy (session->source, source, sizeof session->source);
  session->since_us = g_get_monotonic_time ();
  session->must_set_password = account->one_time;
  session->generation = account->generation;
  session->link.data = session;
  g_queue_init (&session->members);
  g_atomic_ref_count_init (&session->references);
  g_atomic_ref_count_inc (&session->references); /* the caller's */

  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_hash_table_insert (self->by_id, session->id, session);
  set_unconnected (self, session);
  return session;
}

SampanServerSession *
sampan_sessions_find (SampanSessions *self, const uint8_t id[static SAMPAN_SESSION_ID_LENGTH])
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  SampanServerSession *session = g_hash_table_lookup (self->by_id, id);
  if (session != NULL)
    g_atomic_ref_count_inc (&session->references);
  return session;
}

bool
sampan_sessions_join (SampanSessions *self,
                      SampanServerSession *session,
                      SampanSessionMember *member)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  if (sampan_server_session_has_ended (session))
    return false;
  if (g_queue_is_empty (&session->members))
    g_queue_unlink (&self->unconnected, &session->link);
  member->link.data = member;
  member->is_parked = false;
  g_queue_push_tail_link (&session->members, &member->link);
  return true;
}

void
sampan_sessions_leave (SampanSessions *self,
                       SampanServerSession *session,
                       SampanSessionMember *member)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_queue_unlink (&session->members, &member->link);
  if (g_queue_is_empty (&session->members) && is_known (self, session))
    set_unconnected (self, session);
}

/* Locked. */
static void
shut_down_members (SampanServerSession *session, const SampanSessionMember *spared)
{
  for (GList *l = session->members.head; l != NULL; l = l->next)
    {
      SampanSessionMember *member = l->data;
      if (member != spared && shutdown (member->fd, SHUT_RDWR) != 0)
        g_debug ("shutdown of a connection that is gone already");
    }
}

/* Locked. */
static void
end_locked (SampanSessions *self, SampanServerSession *session, const SampanSessionMember *spared)
{
  if (!is_known (self, session))
    return;
  forget (self, session);
  g_atomic_int_set (&session->has_ended, 1);
  shut_down_members (session, spared);
  sampan_server_session_unref (session);
}

void
sampan_sessions_end (SampanSessions *self,
                     SampanServerSession *session,
                     const SampanSessionMember *spared)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  end_locked (self, session, spared);
}

void
sampan_sessions_password_changed (SampanSessions *self,
                                  SampanServerSession *session,
                                  uint32_t generation)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  session->generation = generation;
  g_atomic_int_set (&session->must_set_password, 0);
  g_autoptr (GList) all = g_hash_table_get_values (self->by_id);
  for (GList *l = all; l != NULL; l = l->next)
    {
      SampanServerSession *other = l->data;
      if (other != session && other->account_id == session->account_id)
        end_locked (self, other, NULL);
    }
}

static bool
is_current (const SampanServerSession *session, GHashTable *accounts)
{
  const SampanAccount *account = g_hash_table_lookup (accounts, &session->account_id);
  return account != NULL && account->enabled && account->generation == session->generation;
}

int
sampan_sessions_reload (SampanSessions *self, SampanAccountStore *store, GError **error)
{
  /* Locked around the query too: else a password change in between would look like an old one. */
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autoptr (GArray) rows = sampan_account_store_list (store, error);
  if (rows == NULL)
    return -1;
  g_autoptr (GHashTable) accounts = g_hash_table_new (g_int64_hash, g_int64_equal);
  for (unsigned int i = 0; i < rows->len; i++)
    {
      SampanAccount *account = &g_array_index (rows, SampanAccount, i);
      g_hash_table_insert (accounts, &account->id, account);
    }
  int ended = 0;
  g_autoptr (GList) all = g_hash_table_get_values (self->by_id);
  for (GList *l = all; l != NULL; l = l->next)
    if (!is_current (l->data, accounts))
      {
        ended += !sampan_server_session_has_ended (l->data);
        end_locked (self, l->data, NULL);
      }
  return ended;
}

void
sampan_server_session_get_name (const SampanServerSession *session,
                                char name[static SAMPAN_SESSION_NAME_BYTES])
{
  sodium_bin2hex (name, SAMPAN_SESSION_NAME_BYTES, session->id, SAMPAN_SESSION_NAME_BYTES / 2);
}

static bool
is_of_account (const SampanServerSession *session, const char *who)
{
  return strcmp (session->user, who) == 0;
}

static bool
has_name (const SampanServerSession *session, const char *who)
{
  char name[SAMPAN_SESSION_NAME_BYTES];
  sampan_server_session_get_name (session, name);
  return strlen (who) >= SESSION_NAME_MIN && g_str_has_prefix (name, who);
}

typedef bool (*MatchFunc) (const SampanServerSession *session, const char *who);

/* Locked; free with g_list_free. */
static GList *
find_matching (SampanSessions *self, MatchFunc match, const char *who)
{
  GList *matching = NULL;
  GHashTableIter iter;
  gpointer session;
  g_hash_table_iter_init (&iter, self->by_id);
  while (g_hash_table_iter_next (&iter, NULL, &session))
    if (!sampan_server_session_has_ended (session) && match (session, who))
      matching = g_list_prepend (matching, session);
  return matching;
}

/* Locked. It stays known for a while, so that its client is told when it comes back. */
static void
kick_locked (SampanServerSession *session)
{
  g_atomic_int_set (&session->was_kicked, 1);
  g_atomic_int_set (&session->has_ended, 1);
  shut_down_members (session, NULL);
}

unsigned int
sampan_sessions_kick (SampanSessions *self, const char *who)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autoptr (GList) found = find_matching (self, is_of_account, who);
  if (found == NULL)
    {
      found = find_matching (self, has_name, who);
      if (found != NULL && found->next != NULL)
        return 0;
    }
  for (GList *l = found; l != NULL; l = l->next)
    kick_locked (l->data);
  return g_list_length (found);
}

bool
sampan_sessions_park (SampanSessions *self,
                      SampanSessionMember *member,
                      SampanMemberFunc arm,
                      gpointer user_data)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  member->is_parked = true;
  member->parked_us = g_get_monotonic_time ();
  if (arm (member, user_data))
    return true;
  member->is_parked = false;
  return false;
}

bool
sampan_sessions_unpark (SampanSessions *self, SampanSessionMember *member)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  bool was_parked = member->is_parked;
  member->is_parked = false;
  return was_parked;
}

/* Locked. */
static void
take_parked (SampanServerSession *session, SampanMemberFunc take, gpointer user_data)
{
  for (GList *l = session->members.head; l != NULL; l = l->next)
    {
      SampanSessionMember *member = l->data;
      if (!member->is_parked)
        continue;
      member->is_parked = false;
      take (member, user_data);
    }
}

void
sampan_sessions_unpark_all (SampanSessions *self, SampanMemberFunc take, gpointer user_data)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  GHashTableIter iter;
  gpointer session;
  g_hash_table_iter_init (&iter, self->by_id);
  while (g_hash_table_iter_next (&iter, NULL, &session))
    take_parked (session, take, user_data);
}

/* Locked. */
static void
shut_down_idle (SampanServerSession *session, int64_t parked_before_us)
{
  for (GList *l = session->members.head; l != NULL; l = l->next)
    {
      SampanSessionMember *member = l->data;
      if (member->is_parked && member->parked_us < parked_before_us &&
          shutdown (member->fd, SHUT_RDWR) != 0)
        g_debug ("shutdown of a connection that is gone already");
    }
}

void
sampan_sessions_expire (SampanSessions *self,
                        int64_t parked_before_us,
                        int64_t unconnected_before_us)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init (&iter, self->by_id);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    shut_down_idle (value, parked_before_us);
  SampanServerSession *session;
  while ((session = g_queue_peek_head (&self->unconnected)) != NULL &&
         session->unconnected_us < unconnected_before_us)
    end_locked (self, session, NULL);
}

void
sampan_sessions_shut_down_all (SampanSessions *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  GHashTableIter iter;
  gpointer session;
  g_hash_table_iter_init (&iter, self->by_id);
  while (g_hash_table_iter_next (&iter, NULL, &session))
    shut_down_members (session, NULL);
}

/* Locked. */
static unsigned int
count_parked (const SampanServerSession *session)
{
  unsigned int parked = 0;
  for (const GList *l = session->members.head; l != NULL; l = l->next)
    parked += ((const SampanSessionMember *)l->data)->is_parked;
  return parked;
}

void
sampan_sessions_foreach (SampanSessions *self, SampanSessionFunc func, gpointer user_data)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init (&iter, self->by_id);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      SampanServerSession *session = value;
      if (!sampan_server_session_has_ended (session))
        func (session, session->members.length, count_parked (session), user_data);
    }
}
