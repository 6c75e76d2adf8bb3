/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Buffered frames over a nonblocking socket; waits are poll() on the socket and the stop fd. */

#include "config.h"

#include "net/connection.h"

#include "message.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define SMALL_REPLIES_BYTES 4096 /* go out together with full frames behind them */
#define BUFFER_BYTES ((size_t)SAMPAN_CONNECTION_FRAMES * SAMPAN_FRAME_MAX + SMALL_REPLIES_BYTES)
#define GOODBYE_MS 1000 /* for a peer that is still sending; without it the kernel would reset */

/* One pair for each worker thread, not for each connection: parked ones have none. */
typedef struct
{
  uint8_t *in;
  uint8_t *out;
} Buffers;

struct _SampanConnection
{
  /* Borrowed */
  SampanServices *services;

  /* Owned */
  SampanPollItem poll_item;
  SampanSessionMember member;
  SampanServerSession *session;
  SampanChannel *channel;
  uint8_t *kept; /* an incomplete frame, while parked */
  size_t kept_bytes;
  gpointer data;
  GDestroyNotify destroy_data;
  SampanWatch *watch;

  /* State */
  char source[SAMPAN_SOURCE_TEXT_MAX];
  SampanSourceKey source_key;
  SampanEnd end;
  bool may_outlive_session;
  int wake_fd; /* or -1 */

  /* While entered */
  Buffers *buffers;
  size_t in_start;
  size_t in_end;
  size_t out_bytes;
  SampanBeforeWaitFunc before_wait;
  gpointer before_wait_data;
  SampanTurn turn;
};

static void
buffers_free (gpointer data)
{
  Buffers *buffers = data;
  g_free (buffers->in);
  g_free (buffers->out);
  g_free (buffers);
}

static GPrivate thread_buffers = G_PRIVATE_INIT (buffers_free);

static Buffers *
get_thread_buffers (void)
{
  Buffers *buffers = g_private_get (&thread_buffers);
  if (buffers != NULL)
    return buffers;
  buffers = g_new0 (Buffers, 1);
  buffers->in = g_try_malloc (BUFFER_BYTES);
  buffers->out = g_try_malloc (BUFFER_BYTES);
  if (buffers->in == NULL || buffers->out == NULL)
    {
      buffers_free (buffers);
      return NULL;
    }
  g_private_set (&thread_buffers, buffers);
  return buffers;
}

SampanConnection *
sampan_connection_new (SampanServices *services,
                       int fd,
                       SampanChannel *channel,
                       SampanServerSession *session,
                       const struct sockaddr *peer,
                       const uint8_t *rest,
                       size_t rest_length)
{
  SampanConnection *self = g_new0 (SampanConnection, 1);
  self->services = services;
  self->poll_item.fd = fd;
  self->wake_fd = -1;
  self->member.fd = fd;
  self->channel = channel;
  self->session = session;
  sampan_address_get_text (peer, self->source);
  sampan_source_key_from_address (&self->source_key, peer);
  if (rest_length > 0)
    self->kept = g_memdup2 (rest, rest_length);
  self->kept_bytes = rest_length;
  sampan_counters_add (&services->counters, SAMPAN_COUNT_BYTES_IN, rest_length);
  if (sampan_sessions_join (services->sessions, session, &self->member))
    return self;
  g_clear_pointer (&self->session, sampan_server_session_unref);
  sampan_connection_free (self);
  return NULL;
}

void
sampan_connection_free (SampanConnection *self)
{
  if (self == NULL)
    return;
  g_assert (self->buffers == NULL);
  sampan_connection_set_watch (self, NULL);
  if (self->session != NULL)
    {
      sampan_sessions_leave (self->services->sessions, self->session, &self->member);
      sampan_server_session_unref (self->session);
    }
  close (self->poll_item.fd);
  sampan_connection_set_data (self, NULL, NULL);
  sampan_channel_free (self->channel);
  g_free (self->kept);
  g_free (self);
}

SampanServices *
sampan_connection_get_services (SampanConnection *self)
{
  return self->services;
}

SampanServerSession *
sampan_connection_get_session (SampanConnection *self)
{
  return self->session;
}

SampanSessionMember *
sampan_connection_get_member (SampanConnection *self)
{
  return &self->member;
}

SampanPollItem *
sampan_connection_get_poll_item (SampanConnection *self)
{
  return &self->poll_item;
}

SampanConnection *
sampan_connection_from_poll_item (SampanPollItem *item)
{
  return (SampanConnection *)((char *)item - G_STRUCT_OFFSET (SampanConnection, poll_item));
}

SampanConnection *
sampan_connection_from_member (SampanSessionMember *member)
{
  return (SampanConnection *)((char *)member - G_STRUCT_OFFSET (SampanConnection, member));
}

SampanChannel *
sampan_connection_get_channel (SampanConnection *self)
{
  return self->channel;
}

const char *
sampan_connection_get_source (const SampanConnection *self)
{
  return self->source;
}

const SampanSourceKey *
sampan_connection_get_source_key (const SampanConnection *self)
{
  return &self->source_key;
}

gpointer
sampan_connection_get_data (SampanConnection *self)
{
  return self->data;
}

void
sampan_connection_set_data (SampanConnection *self, gpointer data, GDestroyNotify destroy)
{
  if (self->destroy_data != NULL && self->data != NULL)
    self->destroy_data (self->data);
  self->data = data;
  self->destroy_data = destroy;
}

SampanWatch *
sampan_connection_get_watch (SampanConnection *self)
{
  return self->watch;
}

void
sampan_connection_set_watch (SampanConnection *self, SampanWatch *watch)
{
  g_clear_pointer (&self->watch, sampan_watch_free);
  self->watch = watch;
}

bool
sampan_connection_enter (SampanConnection *self,
                         SampanBeforeWaitFunc before_wait,
                         gpointer user_data)
{
  self->buffers = get_thread_buffers ();
  if (self->buffers == NULL)
    return false;
  self->before_wait = before_wait;
  self->before_wait_data = user_data;
  self->in_start = 0;
  self->in_end = self->kept_bytes;
  self->out_bytes = 0;
  if (self->kept_bytes > 0)
    memcpy (self->buffers->in, self->kept, self->kept_bytes);
  self->kept_bytes = 0;
  g_clear_pointer (&self->kept, g_free);
  return true;
}

void
sampan_connection_leave (SampanConnection *self)
{
  if (self->buffers == NULL)
    return;
  self->kept_bytes = self->in_end - self->in_start;
  if (self->kept_bytes > 0)
    self->kept = g_memdup2 (self->buffers->in + self->in_start, self->kept_bytes);
  self->buffers = NULL;
  sampan_turn_end (&self->turn);
}

void
sampan_connection_spend_turn (SampanConnection *self,
                              SampanTurns *turns,
                              dev_t device,
                              size_t bytes)
{
  sampan_turn_spend (&self->turn, turns, device, bytes);
}

void
sampan_connection_end_turn (SampanConnection *self)
{
  sampan_turn_end (&self->turn);
}

SampanEnd
sampan_connection_get_end (const SampanConnection *self)
{
  return self->end;
}

/* The first reason stays, but a revoked session outranks all: it forbids what the others allow. */
void
sampan_connection_set_end (SampanConnection *self, SampanEnd end)
{
  if (self->end == SAMPAN_END_NONE || end == SAMPAN_END_REVOKED)
    self->end = end;
}

void
sampan_connection_outlive_session (SampanConnection *self)
{
  self->may_outlive_session = true;
}

/* Whether to go on; finds out about stop and revocation. */
static bool
check_alive (SampanConnection *self)
{
  if (sampan_server_session_has_ended (self->session) && !self->may_outlive_session)
    sampan_connection_set_end (self, SAMPAN_END_REVOKED);
  else if (sampan_services_is_stopping (self->services))
    sampan_connection_set_end (self, SAMPAN_END_STOPPING);
  return self->end == SAMPAN_END_NONE;
}

/* ---- Input ---- */

/* Bytes to be had without waiting. */
static SampanInput
fill (SampanConnection *self)
{
  uint8_t *in = self->buffers->in;
  if (BUFFER_BYTES - self->in_start < SAMPAN_FRAME_MAX || self->in_start == self->in_end)
    {
      memmove (in, in + self->in_start, self->in_end - self->in_start);
      self->in_end -= self->in_start;
      self->in_start = 0;
    }
  ssize_t got;
  do
    got = recv (self->poll_item.fd, in + self->in_end, BUFFER_BYTES - self->in_end, MSG_DONTWAIT);
  while (got < 0 && errno == EINTR);
  if (got > 0)
    {
      self->in_end += (size_t)got;
      sampan_counters_add (&self->services->counters, SAMPAN_COUNT_BYTES_IN, (uint64_t)got);
      return SAMPAN_INPUT_MESSAGE;
    }
  if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
    return SAMPAN_INPUT_DRY;
  sampan_connection_set_end (self, SAMPAN_END_LOST);
  return SAMPAN_INPUT_ENDED;
}

/* DRY when the time is over, or when it was woken. */
static SampanInput
wait_for_input (SampanConnection *self, int64_t until_us)
{
  struct pollfd fds[3] = { { .fd = self->poll_item.fd, .events = POLLIN },
                           { .fd = self->services->stop_fd, .events = POLLIN },
                           { .fd = self->wake_fd, .events = POLLIN } };
  int64_t left_us = until_us - g_get_monotonic_time ();
  if (left_us <= 0)
    return SAMPAN_INPUT_DRY;
  struct timespec left = { .tv_sec = left_us / G_USEC_PER_SEC,
                           .tv_nsec = left_us % G_USEC_PER_SEC * 1000 };
  int ready = ppoll (fds, G_N_ELEMENTS (fds), &left, NULL);
  if (ready < 0 && errno != EINTR)
    sampan_connection_set_end (self, SAMPAN_END_LOST);
  if (!check_alive (self))
    return SAMPAN_INPUT_ENDED;
  if (ready == 0 || (ready == 1 && fds[2].revents != 0))
    return SAMPAN_INPUT_DRY;
  return SAMPAN_INPUT_MESSAGE;
}

/* More bytes, waiting for them until UNTIL_US (0: not at all). */
static SampanInput
get_more (SampanConnection *self, int64_t until_us)
{
  SampanInput input = fill (self);
  if (input != SAMPAN_INPUT_DRY)
    return input;
  sampan_turn_end (&self->turn);
  if (self->before_wait != NULL)
    self->before_wait (self->before_wait_data);
  if (!sampan_connection_flush (self))
    return SAMPAN_INPUT_ENDED;
  if (until_us == 0)
    return SAMPAN_INPUT_DRY;
  input = wait_for_input (self, until_us);
  return input == SAMPAN_INPUT_MESSAGE ? fill (self) : input;
}

/* NEED_MORE as DRY. */
static SampanInput
open_frame (SampanConnection *self, size_t max_frame, uint8_t *kind, SampanReader *reader)
{
  size_t consumed = 0;
  size_t length = 0;
  uint8_t *message = NULL;
  SampanChannelResult result = sampan_channel_open (self->channel,
                                                    self->buffers->in + self->in_start,
                                                    self->in_end - self->in_start,
                                                    &consumed,
                                                    &message,
                                                    &length);
  bool is_too_long = (result == SAMPAN_CHANNEL_READY ? consumed : length) > max_frame;
  if (result == SAMPAN_CHANNEL_FAILED || is_too_long)
    {
      sampan_connection_set_end (self, SAMPAN_END_BROKEN);
      return SAMPAN_INPUT_ENDED;
    }
  if (result == SAMPAN_CHANNEL_NEED_MORE)
    return SAMPAN_INPUT_DRY;
  self->in_start += consumed;
  *kind = message[0];
  sampan_reader_init (reader, message + 1, length - 1);
  return SAMPAN_INPUT_MESSAGE;
}

SampanInput
sampan_connection_read (SampanConnection *self,
                        size_t max_frame,
                        int64_t wait_us,
                        uint8_t *kind,
                        SampanReader *reader)
{
  int64_t until_us = 0;
  if (wait_us != 0)
    until_us = g_get_monotonic_time () + (wait_us > 0 ? wait_us : self->services->dead_peer_us);
  while (check_alive (self))
    {
      SampanInput input = open_frame (self, max_frame, kind, reader);
      if (input == SAMPAN_INPUT_MESSAGE && *kind == SAMPAN_KIND_CLOSE)
        {
          bool is_sound = sampan_read_empty (reader);
          sampan_connection_set_end (self, is_sound ? SAMPAN_END_CLOSED : SAMPAN_END_BROKEN);
          break;
        }
      if (input == SAMPAN_INPUT_DRY)
        {
          input = get_more (self, until_us);
          if (input == SAMPAN_INPUT_MESSAGE)
            continue;
        }
      if (input == SAMPAN_INPUT_DRY && wait_us < 0 && g_get_monotonic_time () >= until_us)
        sampan_connection_set_end (self, SAMPAN_END_LOST);
      else
        return input;
    }
  return SAMPAN_INPUT_ENDED;
}

void
sampan_connection_set_wake_fd (SampanConnection *self, int fd)
{
  self->wake_fd = fd;
}

/* ---- Output ---- */

static bool
may_send (SampanConnection *self)
{
  check_alive (self);
  return self->end == SAMPAN_END_NONE || self->end == SAMPAN_END_STOPPING ||
         self->end == SAMPAN_END_CLOSED;
}

/* The stop fd is no wake-up here: a reply in the buffer still goes out, only sooner. */
static bool
wait_for_room (SampanConnection *self, int64_t *until_us)
{
  struct pollfd fds[2] = { { .fd = self->poll_item.fd, .events = POLLOUT },
                           { .fd = self->services->stop_fd, .events = POLLIN } };
  bool is_stopping = sampan_services_is_stopping (self->services);
  sampan_turn_end (&self->turn);
  if (is_stopping)
    *until_us = MIN (*until_us, self->services->stop_by_us);
  int64_t left_us = *until_us - g_get_monotonic_time ();
  if (left_us <= 0)
    return false;
  int ready = poll (fds, is_stopping ? 1 : 2, (int)(left_us / 1000 + 1));
  return ready >= 0 || errno == EINTR;
}

bool
sampan_connection_flush (SampanConnection *self)
{
  size_t sent = 0;
  int64_t until_us = g_get_monotonic_time () + self->services->dead_peer_us;
  while (sent < self->out_bytes)
    {
      if (!may_send (self))
        return false;
      ssize_t n = send (self->poll_item.fd,
                        self->buffers->out + sent,
                        self->out_bytes - sent,
                        MSG_NOSIGNAL | MSG_DONTWAIT);
      if (n > 0)
        {
          sent += (size_t)n;
          sampan_counters_add (&self->services->counters, SAMPAN_COUNT_BYTES_OUT, (uint64_t)n);
        }
      else if (n < 0 && errno != EINTR &&
               ((errno != EAGAIN && errno != EWOULDBLOCK) || !wait_for_room (self, &until_us)))
        {
          sampan_connection_set_end (self, SAMPAN_END_LOST);
          return false;
        }
    }
  self->out_bytes = 0;
  return may_send (self);
}

bool
sampan_connection_begin (SampanConnection *self, SampanWriter *writer)
{
  if (!may_send (self))
    return false;
  if (BUFFER_BYTES - self->out_bytes < SAMPAN_FRAME_MAX && !sampan_connection_flush (self))
    return false;
  uint8_t *frame = self->buffers->out + self->out_bytes;
  sampan_writer_init (writer, frame + SAMPAN_FRAME_HEADER, SAMPAN_FRAME_PLAIN_MAX);
  return true;
}

bool
sampan_connection_end (SampanConnection *self, SampanWriter *writer)
{
  g_assert (sampan_writer_ok (writer) && writer->length > 0);
  self->out_bytes +=
      sampan_channel_seal (self->channel, self->buffers->out + self->out_bytes, writer->length);
  return may_send (self);
}

size_t
sampan_connection_begin_data (SampanConnection *self,
                              struct iovec slots[static SAMPAN_CONNECTION_FRAMES])
{
  if (!may_send (self) ||
      (BUFFER_BYTES - self->out_bytes < SAMPAN_FRAME_MAX && !sampan_connection_flush (self)))
    return 0;
  size_t count = (BUFFER_BYTES - self->out_bytes) / SAMPAN_FRAME_MAX;
  for (size_t i = 0; i < count; i++)
    {
      uint8_t *frame = self->buffers->out + self->out_bytes + i * SAMPAN_FRAME_MAX;
      frame[SAMPAN_FRAME_HEADER] = SAMPAN_KIND_DATA;
      slots[i].iov_base = frame + SAMPAN_FRAME_HEADER + 1;
      slots[i].iov_len = SAMPAN_DATA_MAX;
    }
  return count;
}

bool
sampan_connection_end_data (SampanConnection *self, size_t length)
{
  while (length > 0)
    {
      size_t data_bytes = MIN (length, SAMPAN_DATA_MAX);
      uint8_t *frame = self->buffers->out + self->out_bytes;
      self->out_bytes += sampan_channel_seal (self->channel, frame, 1 + data_bytes);
      length -= data_bytes;
    }
  return may_send (self);
}

bool
sampan_connection_should_stop (SampanConnection *self)
{
  struct pollfd fd = { .fd = self->poll_item.fd, .events = POLLRDHUP };
  if (!check_alive (self))
    return true;
  if (poll (&fd, 1, 0) > 0 && (fd.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0)
    sampan_connection_set_end (self, SAMPAN_END_LOST);
  return self->end != SAMPAN_END_NONE;
}

/* A peer that is still sending: reads and drops until it has closed too, as unread input makes the
 * kernel reset the connection, and what was just sent may be lost. */
static void
drain (SampanConnection *self)
{
  int64_t until_us = g_get_monotonic_time () + GOODBYE_MS * 1000;
  struct pollfd fd = { .fd = self->poll_item.fd, .events = POLLIN };
  bool is_sending = self->in_start < self->in_end;
  ssize_t got;
  while ((got = recv (fd.fd, self->buffers->in, BUFFER_BYTES, MSG_DONTWAIT)) != 0)
    {
      int left_ms = (int)((until_us - g_get_monotonic_time ()) / 1000);
      is_sending = is_sending || got > 0;
      if (!is_sending || left_ms <= 0 || (got < 0 && errno != EAGAIN) ||
          (got < 0 && poll (&fd, 1, left_ms) <= 0))
        break;
    }
  self->in_start = self->in_end = 0;
}

void
sampan_connection_say_goodbye (SampanConnection *self)
{
  SampanWriter writer;
  if (!sampan_connection_begin (self, &writer))
    return;
  sampan_write_empty (&writer, SAMPAN_KIND_CLOSE);
  if (!sampan_connection_end (self, &writer) || !sampan_connection_flush (self))
    return;
  if (shutdown (self->poll_item.fd, SHUT_WR) == 0)
    drain (self);
}
