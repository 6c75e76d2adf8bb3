/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Hello, login and attach. */

#include "config.h"

#include "net/prelogin.h"

#include "log.h"
#include "message.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#define LOG_PAUSE_US                                                                               \
  (10 * G_USEC_PER_SEC) /* strangers write one line in this time, and a count                      \
                         */

typedef enum
{
  STATE_HELLO,
  STATE_FIRST,
  STATE_FINISH, /* the challenge has left: from here on silence is a failed attempt */
  STATE_DONE,
} State;

struct _SampanPrelogin
{
  /* Borrowed */
  SampanServices *services;
  SampanPreloginTable *table;

  /* Owned */
  SampanPollItem poll_item;
  SampanPreloginSlot slot;
  SampanChannel *channel;
  SampanLoginServer login;
  SampanAccount account; /* of the user asked for, if they may log in */
  bool may_log_in;

  /* State */
  State state;
  struct sockaddr_storage peer;
  char user[SAMPAN_USER_WIRE_MAX + 1]; /* as it came; for the log */
  size_t user_length;
  size_t start;
  size_t end;
  uint8_t bytes[SAMPAN_PRELOGIN_BYTES];
};

SampanPrelogin *
sampan_prelogin_new (SampanServices *services,
                     SampanPreloginTable *table,
                     int fd,
                     const struct sockaddr *peer)
{
  SampanPrelogin *self = g_new0 (SampanPrelogin, 1);
  self->services = services;
  self->table = table;
  self->poll_item.fd = fd;
  self->channel = sampan_channel_new_server ();
  memcpy (&self->peer, peer, sampan_address_get_length (peer));
  return self;
}

static void
log_login (SampanPrelogin *self, SampanLogLevel level, const char *outcome)
{
  char source[SAMPAN_SOURCE_TEXT_MAX];
  g_autofree char *unknown = NULL;
  const char *user = self->account.name[0] != '\0' ? self->account.name : NULL;
  sampan_address_get_text ((struct sockaddr *)&self->peer, source);
  if (user == NULL && self->user_length > 0)
    user = unknown = sampan_log_unknown_name (self->user, self->user_length);
  sampan_log_event (level, "login", "user", user, "source", source, "outcome", outcome, NULL);
}

/* One line for all strangers in a while, so that a scan does not fill the log. */
static void
log_stranger (SampanPrelogin *self)
{
  static GMutex lock;
  static int64_t last_us;
  static unsigned int unlogged;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  int64_t now_us = g_get_monotonic_time ();
  if (last_us != 0 && now_us - last_us < LOG_PAUSE_US)
    {
      unlogged++;
      return;
    }
  char source[SAMPAN_SOURCE_TEXT_MAX];
  g_autofree char *more = g_strdup_printf ("%u", unlogged);
  sampan_address_get_text ((struct sockaddr *)&self->peer, source);
  sampan_log_event (SAMPAN_LOG_NOTICE, "not-sampan", "source", source, "unlogged", more, NULL);
  last_us = now_us;
  unlogged = 0;
}

static SampanBytes
get_user (const SampanPrelogin *self)
{
  return (SampanBytes){ (const uint8_t *)self->user, self->user_length };
}

static void
count_failure (SampanPrelogin *self)
{
  self->state = STATE_FIRST;
  sampan_counters_add (&self->services->counters, SAMPAN_COUNT_LOGINS_REFUSED, 1);
  sampan_penalties_add_failure (self->services->penalties,
                                &self->slot.source,
                                g_get_monotonic_time ());
}

void
sampan_prelogin_free (SampanPrelogin *self)
{
  if (self == NULL)
    return;
  sampan_prelogin_table_remove (self->table, &self->slot);
  bool is_failure = self->state == STATE_FINISH && !sampan_services_is_stopping (self->services);
  if (is_failure)
    count_failure (self);
  if (self->poll_item.fd >= 0)
    close (self->poll_item.fd);
  /* Last: how long a line takes to write depends on who it was. */
  if (is_failure)
    log_login (self, SAMPAN_LOG_NOTICE, "refused");
  sampan_channel_free (self->channel);
  sodium_memzero (self, sizeof *self);
  g_free (self);
}

SampanPollItem *
sampan_prelogin_get_poll_item (SampanPrelogin *self)
{
  return &self->poll_item;
}

SampanPrelogin *
sampan_prelogin_from_poll_item (SampanPollItem *item)
{
  return (SampanPrelogin *)((char *)item - G_STRUCT_OFFSET (SampanPrelogin, poll_item));
}

SampanPreloginSlot *
sampan_prelogin_get_slot (SampanPrelogin *self)
{
  return &self->slot;
}

SampanPrelogin *
sampan_prelogin_from_slot (SampanPreloginSlot *slot)
{
  return (SampanPrelogin *)((char *)slot - G_STRUCT_OFFSET (SampanPrelogin, slot));
}

void
sampan_prelogin_shut_down_slot (SampanPreloginSlot *slot)
{
  SampanPrelogin *self = sampan_prelogin_from_slot (slot);
  if (shutdown (self->poll_item.fd, SHUT_RDWR) != 0)
    g_debug ("shutdown before login: %s", g_strerror (errno));
}

/* A few hundred bytes into an empty socket buffer: what does not fit at once is not waited for. */
static bool
send_all (SampanPrelogin *self, const uint8_t *bytes, size_t length)
{
  return send (self->poll_item.fd, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)length;
}

static bool
send_message (SampanPrelogin *self, uint8_t *frame, SampanWriter *writer)
{
  g_assert (sampan_writer_ok (writer));
  size_t length = sampan_channel_seal (self->channel, frame, writer->length);
  return send_all (self, frame, length);
}

#define PRELOGIN_PLAIN_MAX 512
#define PRELOGIN_REPLY_BYTES (SAMPAN_FRAME_HEADER + PRELOGIN_PLAIN_MAX + SAMPAN_FRAME_TAG)

static SampanPreloginResult
refuse (SampanPrelogin *self, SampanErrorCode code, uint64_t detail)
{
  uint8_t frame[PRELOGIN_REPLY_BYTES];
  SampanWriter writer;
  SampanErrorReply reply = { .code = code, .detail = detail };
  sampan_writer_init (&writer, frame + SAMPAN_FRAME_HEADER, PRELOGIN_PLAIN_MAX);
  sampan_write_error_reply (&writer, &reply);
  if (!send_message (self, frame, &writer))
    g_debug ("a refusal could not be sent");
  return SAMPAN_PRELOGIN_CLOSED;
}

static SampanPreloginResult
read_hello (SampanPrelogin *self)
{
  uint8_t answer[SAMPAN_HELLO_SERVER_LENGTH];
  size_t answer_length = 0;
  size_t consumed = 0;
  SampanChannelResult result = sampan_channel_read_client_hello (self->channel,
                                                                 self->bytes + self->start,
                                                                 self->end - self->start,
                                                                 &consumed,
                                                                 answer,
                                                                 &answer_length);
  if (result == SAMPAN_CHANNEL_NEED_MORE)
    return SAMPAN_PRELOGIN_WAIT;
  bool is_sent = answer_length > 0 && send_all (self, answer, answer_length);
  if (result == SAMPAN_CHANNEL_FAILED)
    log_stranger (self);
  if (result == SAMPAN_CHANNEL_FAILED || !is_sent)
    return SAMPAN_PRELOGIN_CLOSED;
  self->start += consumed;
  self->state = STATE_FIRST;
  return SAMPAN_PRELOGIN_DONE;
}

/* Looks the account up; leaves may_log_in false for whoever has to be answered with the fake
 * record. */
static bool
find_account (SampanPrelogin *self, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  bool found = sampan_account_store_find (self->services->store,
                                          self->user,
                                          self->user_length,
                                          &self->account,
                                          &local_error);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return false;
    }
  int64_t now_secs = g_get_real_time () / G_USEC_PER_SEC;
  bool is_expired = self->account.one_time && self->account.expires_secs != 0 &&
                    self->account.expires_secs <= now_secs;
  self->may_log_in = found && self->account.enabled && !is_expired;
  return true;
}

static SampanPreloginResult
send_challenge (SampanPrelogin *self, const uint8_t ke1[static SAMPAN_KE1_LENGTH])
{
  SampanAccountStore *store = self->services->store;
  SampanLoginChallenge challenge = { .ksf = self->may_log_in
                                                ? self->account.ksf
                                                : sampan_account_store_get_ksf (store) };
  const uint8_t *record = self->may_log_in ? self->account.record
                                           : sampan_account_store_get_fake_record (store);
  if (!sampan_login_server_answer (&self->login,
                                   sampan_account_store_get_keys (store),
                                   record,
                                   self->user,
                                   self->user_length,
                                   SAMPAN_LOGIN_FOR_SESSION,
                                   sampan_channel_get_suite (self->channel),
                                   sampan_channel_get_handshake_hash (self->channel),
                                   challenge.ksf,
                                   ke1,
                                   challenge.ke2))
    return SAMPAN_PRELOGIN_CLOSED;
  uint8_t frame[PRELOGIN_REPLY_BYTES];
  SampanWriter writer;
  sampan_writer_init (&writer, frame + SAMPAN_FRAME_HEADER, PRELOGIN_PLAIN_MAX);
  sampan_write_login_challenge (&writer, SAMPAN_KIND_LOGIN_CHALLENGE, &challenge);
  self->state = STATE_FINISH;
  return send_message (self, frame, &writer) ? SAMPAN_PRELOGIN_WAIT : SAMPAN_PRELOGIN_CLOSED;
}

static SampanPreloginResult
handle_login_start (SampanPrelogin *self, SampanReader *reader)
{
  SampanLoginStart start;
  g_autoptr (GError) error = NULL;
  if (!sampan_read_login_start (reader, &start))
    return SAMPAN_PRELOGIN_CLOSED;
  self->user_length = start.user.length;
  memcpy (self->user, start.user.data, start.user.length);
  uint32_t wait_secs = sampan_penalties_begin (self->services->penalties,
                                               &self->slot.source,
                                               get_user (self),
                                               g_get_monotonic_time ());
  if (wait_secs > 0)
    {
      sampan_counters_add (&self->services->counters, SAMPAN_COUNT_LOGINS_THROTTLED, 1);
      log_login (self, SAMPAN_LOG_NOTICE, "try-later");
      return refuse (self, SAMPAN_ERROR_TRY_LATER, wait_secs);
    }
  if (!find_account (self, &error))
    {
      sampan_log_event (SAMPAN_LOG_ERROR, "accounts", "error", error->message, NULL);
      return refuse (self, SAMPAN_ERROR_FAILED, 0);
    }
  return send_challenge (self, start.ke1);
}

/* The socket and the channel go over to a connection; SESSION's reference too. */
static SampanPreloginResult
hand_over (SampanPrelogin *self,
           SampanServerSession *session,
           uint8_t *frame,
           SampanWriter *writer,
           SampanConnection **connection)
{
  /* First: whoever is evicted has its socket shut down, and a connection that fails closes it. */
  sampan_prelogin_table_remove (self->table, &self->slot);
  g_autoptr (SampanConnection) made = sampan_connection_new (self->services,
                                                             self->poll_item.fd,
                                                             g_steal_pointer (&self->channel),
                                                             session,
                                                             (struct sockaddr *)&self->peer,
                                                             self->bytes + self->start,
                                                             self->end - self->start);
  int fd = self->poll_item.fd;
  self->poll_item.fd = -1;
  self->state = STATE_DONE;
  if (made == NULL)
    return SAMPAN_PRELOGIN_CLOSED;
  g_assert (sampan_writer_ok (writer));
  size_t length = sampan_channel_seal (sampan_connection_get_channel (made), frame, writer->length);
  if (send (fd, frame, length, MSG_NOSIGNAL | MSG_DONTWAIT) != (ssize_t)length)
    return SAMPAN_PRELOGIN_CLOSED;
  sampan_connection_get_poll_item (made)->is_registered = self->poll_item.is_registered;
  *connection = g_steal_pointer (&made);
  return SAMPAN_PRELOGIN_DONE;
}

/* The session is known to the registry before the account is looked at again, so that an account
 * disabled meanwhile is noticed here or ends the session there. */
static bool
is_account_unchanged (SampanPrelogin *self)
{
  uint64_t id = self->account.id;
  uint32_t generation = self->account.generation;
  g_autoptr (GError) error = NULL;
  bool is_same = find_account (self, &error) && self->may_log_in && self->account.id == id &&
                 self->account.generation == generation;
  if (error != NULL)
    sampan_log_event (SAMPAN_LOG_ERROR, "accounts", "error", error->message, NULL);
  return is_same;
}

static SampanPreloginResult
handle_login_finish (SampanPrelogin *self, SampanReader *reader, SampanConnection **connection)
{
  SampanLoginFinish finish;
  if (!sampan_read_login_finish (reader, &finish))
    return SAMPAN_PRELOGIN_CLOSED;
  bool is_right = sampan_login_server_check (&self->login, finish.ke3);
  if (!is_right || !self->may_log_in)
    return SAMPAN_PRELOGIN_CLOSED;
  sampan_channel_switch_receiving_key (self->channel,
                                       self->login.session_key,
                                       sizeof self->login.session_key);
  sampan_channel_switch_sending_key (self->channel,
                                     self->login.session_key,
                                     sizeof self->login.session_key);
  char source[SAMPAN_SOURCE_TEXT_MAX];
  sampan_address_get_text ((struct sockaddr *)&self->peer, source);
  SampanSessions *sessions = self->services->sessions;
  SampanServerSession *session = sampan_sessions_open (sessions, &self->account, source);
  if (!is_account_unchanged (self))
    {
      sampan_sessions_end (sessions, session, NULL);
      sampan_server_session_unref (session);
      count_failure (self);
      log_login (self, SAMPAN_LOG_NOTICE, "refused");
      return refuse (self, SAMPAN_ERROR_LOGIN_REFUSED, 0);
    }
  uint8_t frame[PRELOGIN_REPLY_BYTES];
  SampanWriter writer;
  SampanLoginOk ok = { .flags = session->must_set_password ? SAMPAN_LOGIN_MUST_SET_PASSWORD : 0 };
  memcpy (ok.session_id, session->id, sizeof ok.session_id);
  memcpy (ok.ticket, session->ticket, sizeof ok.ticket);
  sampan_writer_init (&writer, frame + SAMPAN_FRAME_HEADER, PRELOGIN_PLAIN_MAX);
  sampan_write_login_ok (&writer, &ok);
  sodium_memzero (&ok, sizeof ok);
  sampan_penalties_add_success (self->services->penalties,
                                &self->slot.source,
                                get_user (self),
                                g_get_monotonic_time ());
  sampan_counters_add (&self->services->counters, SAMPAN_COUNT_LOGINS_OK, 1);
  log_login (self, SAMPAN_LOG_NOTICE, "ok");
  return hand_over (self, session, frame, &writer, connection);
}

static SampanPreloginResult
handle_attach (SampanPrelogin *self, SampanReader *reader, SampanConnection **connection)
{
  SampanAttach attach;
  uint8_t proof[SAMPAN_ATTACH_PROOF_LENGTH];
  uint8_t frame[PRELOGIN_REPLY_BYTES];
  SampanWriter writer;
  if (!sampan_read_attach (reader, &attach))
    return SAMPAN_PRELOGIN_CLOSED;
  g_autoptr (SampanServerSession) session =
      sampan_sessions_find (self->services->sessions, attach.session_id);
  if (session != NULL)
    sampan_channel_attach_proof (self->channel, session->ticket, proof);
  if (session == NULL || sodium_memcmp (proof, attach.proof, sizeof proof) != 0)
    {
      /* No guess of a password, and nobody guesses a ticket: after a restart honest clients come
       * with old ones, several at a time. */
      log_login (self, SAMPAN_LOG_INFO, "ticket-unknown");
      return SAMPAN_PRELOGIN_CLOSED;
    }
  sampan_channel_switch_receiving_key (self->channel, session->ticket, sizeof session->ticket);
  sampan_channel_switch_sending_key (self->channel, session->ticket, sizeof session->ticket);
  if (sampan_server_session_was_kicked (session))
    return refuse (self, SAMPAN_ERROR_SESSION_ENDED, 0);
  sampan_writer_init (&writer, frame + SAMPAN_FRAME_HEADER, PRELOGIN_PLAIN_MAX);
  sampan_write_empty (&writer, SAMPAN_KIND_ATTACH_OK);
  sampan_counters_add (&self->services->counters, SAMPAN_COUNT_CONNECTIONS_ADDED, 1);
  return hand_over (self, g_steal_pointer (&session), frame, &writer, connection);
}

static SampanPreloginResult
handle_message (SampanPrelogin *self,
                uint8_t kind,
                SampanReader *reader,
                SampanConnection **connection)
{
  if (self->state == STATE_FIRST && kind == SAMPAN_KIND_LOGIN_START)
    return handle_login_start (self, reader);
  if (self->state == STATE_FIRST && kind == SAMPAN_KIND_ATTACH)
    return handle_attach (self, reader, connection);
  if (self->state == STATE_FINISH && kind == SAMPAN_KIND_LOGIN_FINISH)
    return handle_login_finish (self, reader, connection);
  return SAMPAN_PRELOGIN_CLOSED;
}

/* WAIT: handled, or not yet whole; *is_whole tells them apart. */
static SampanPreloginResult
read_message (SampanPrelogin *self, bool *is_whole, SampanConnection **connection)
{
  uint8_t *message = NULL;
  size_t length = 0;
  size_t consumed = 0;
  *is_whole = false;
  SampanChannelResult result = sampan_channel_open (self->channel,
                                                    self->bytes + self->start,
                                                    self->end - self->start,
                                                    &consumed,
                                                    &message,
                                                    &length);
  if (result == SAMPAN_CHANNEL_NEED_MORE)
    return SAMPAN_PRELOGIN_WAIT;
  if (result == SAMPAN_CHANNEL_FAILED)
    return SAMPAN_PRELOGIN_CLOSED;
  SampanReader reader;
  *is_whole = true;
  self->start += consumed;
  sampan_reader_init (&reader, message + 1, length - 1);
  return handle_message (self, message[0], &reader, connection);
}

static SampanPreloginResult
process (SampanPrelogin *self, SampanConnection **connection)
{
  bool is_whole = true;
  SampanPreloginResult result = SAMPAN_PRELOGIN_WAIT;
  while (is_whole && result == SAMPAN_PRELOGIN_WAIT)
    {
      if (self->state == STATE_HELLO)
        {
          result = read_hello (self);
          is_whole = result == SAMPAN_PRELOGIN_DONE;
          result = is_whole ? SAMPAN_PRELOGIN_WAIT : result;
        }
      else
        result = read_message (self, &is_whole, connection);
      if (is_whole && self->state != STATE_DONE)
        sampan_prelogin_table_note_progress (self->table, &self->slot, g_get_monotonic_time ());
    }
  return result;
}

SampanPreloginResult
sampan_prelogin_step (SampanPrelogin *self, SampanConnection **connection)
{
  SampanPreloginResult result = SAMPAN_PRELOGIN_WAIT;
  while (result == SAMPAN_PRELOGIN_WAIT)
    {
      size_t room = sizeof self->bytes - self->end;
      if (room == 0)
        return SAMPAN_PRELOGIN_CLOSED;
      ssize_t got = recv (self->poll_item.fd, self->bytes + self->end, room, MSG_DONTWAIT);
      if (got < 0 && errno == EINTR)
        continue;
      if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return SAMPAN_PRELOGIN_WAIT;
      if (got <= 0)
        return SAMPAN_PRELOGIN_CLOSED;
      self->end += (size_t)got;
      result = process (self, connection);
    }
  return result;
}
