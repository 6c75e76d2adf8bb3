/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A link's life: requests and their replies, deadlines, the end. */

#include "config.h"

#include "link-private.h"

#include "message.h"

#include <sodium.h>

const SampanLinkTimes sampan_link_default_times = {
  .connect_ms = 15 * 1000, /* two lost SYNs and their retries */
  .hello_ms = SAMPAN_LOGIN_DEADLINE_SECS * 1000,
  .reply_ms = SAMPAN_KEEPALIVE_SECS * 1000,
  .slow_reply_ms = SAMPAN_DEAD_PEER_SECS * 1000,
  .keepalive_ms = SAMPAN_KEEPALIVE_SECS * 1000,
  .idle_close_ms = 20 * 1000, /* a batch of transfers with pauses keeps its links */
  .retry_ms = 1000,
};

bool
sampan_link_error_is_passing (const GError *error)
{
  return g_error_matches (error, SAMPAN_ERROR, SAMPAN_ERROR_DISCONNECTED) ||
         g_error_matches (error, SAMPAN_ERROR, SAMPAN_ERROR_UNREACHABLE) ||
         g_error_matches (error, SAMPAN_ERROR, SAMPAN_ERROR_SHUTTING_DOWN) ||
         g_error_matches (error, SAMPAN_ERROR, SAMPAN_ERROR_TRY_LATER);
}

SampanLink *
sampan_link_new (const SampanLinkTimes *times)
{
  SampanLink *self = g_new0 (SampanLink, 1);

  self->refs = 1;
  self->fd = -1;
  self->times = *times;
  self->channel = sampan_channel_new_client ();
  self->in = g_malloc (LINK_BUFFER_BYTES);
  self->out = g_malloc (LINK_BUFFER_BYTES);
  g_queue_init (&self->to_send);
  g_queue_init (&self->awaiting);
  return self;
}

SampanLink *
sampan_link_ref (SampanLink *self)
{
  self->refs++;
  return self;
}

void
sampan_link_unref (SampanLink *self)
{
  if (--self->refs > 0)
    return;
  g_assert (self->state == LINK_NEW || self->state == LINK_CLOSED);
  g_clear_pointer (&self->channel, sampan_channel_free);
  g_free (self->in);
  g_free (self->out);
  g_free (self);
}

void
sampan_link_set_funcs (SampanLink *self, const SampanLinkFuncs *funcs, gpointer user_data)
{
  self->funcs = funcs;
  self->funcs_data = user_data;
}

void
sampan_link_set_idle (SampanLink *self, SampanLinkIdle idle)
{
  self->idle = idle;
  link_io_update (self);
}

bool
sampan_link_is_open (const SampanLink *self)
{
  return self->state == LINK_OPEN;
}

SampanChannel *
sampan_link_get_channel (SampanLink *self)
{
  return self->channel;
}

/* ---- The end ---- */

static void
end_request (SampanLink *self, SampanRequest *request, const GError *error)
{
  if (request->ended)
    return;
  request->ended = true;
  request->klass->end (request, self, error);
}

static void
end_all (SampanLink *self, const GError *error)
{
  GQueue awaiting = self->awaiting;
  GQueue to_send = self->to_send;
  SampanRequest *request;

  g_queue_init (&self->awaiting);
  g_queue_init (&self->to_send);
  while ((request = g_queue_pop_head (&awaiting)) != NULL)
    {
      end_request (self, request, error);
      sampan_request_unref (request);
    }
  while ((request = g_queue_pop_head (&to_send)) != NULL)
    {
      if (request->ended && request->klass->abandoned != NULL)
        request->klass->abandoned (request, self);
      end_request (self, request, error);
      sampan_request_unref (request);
    }
}

void
link_shut (SampanLink *self, const GError *error)
{
  g_autoptr (SampanLink) guard = sampan_link_ref (self);
  g_autoptr (GError) ended = NULL;
  const SampanLinkFuncs *funcs = self->funcs;
  bool was_new = self->state == LINK_NEW;

  if (self->state == LINK_CLOSED)
    return;
  self->state = LINK_CLOSED;
  link_stop_connecting (self);
  link_io_stop (self);
  if (self->connection != NULL)
    g_io_stream_close (G_IO_STREAM (self->connection), NULL, NULL);
  g_clear_object (&self->connection);
  self->funcs = NULL;
  if (funcs != NULL && funcs->closed != NULL)
    funcs->closed (self, error, self->funcs_data);
  if (error == NULL)
    ended =
        g_error_new_literal (SAMPAN_ERROR, SAMPAN_ERROR_DISCONNECTED, "The connection was closed");
  end_all (self, error != NULL ? error : ended);
  if (!was_new)
    sampan_link_unref (self); /* the reference that connecting took */
}

void
sampan_link_break (SampanLink *self, SampanErrorCode code, const char *message)
{
  g_autoptr (GError) error = g_error_new_literal (SAMPAN_ERROR, (int)code, message);

  link_shut (self, error);
}

/* What a request that is over still owes the server: the PUT_ABORT of a cancelled upload. */
static void
write_last_words (SampanLink *self)
{
  SampanRequest *head = g_queue_peek_head (&self->to_send);
  SampanWriter writer;

  link_io_flush (self);
  if (self->out_start == self->out_end && head != NULL && head->started && head->ended)
    link_produce (self);
  if (self->state != LINK_OPEN || LINK_BUFFER_BYTES - self->out_end < SAMPAN_FRAME_MAX)
    return;
  sampan_writer_init (&writer, sampan_link_reserve (self), SAMPAN_FRAME_PLAIN_MAX);
  sampan_write_empty (&writer, SAMPAN_KIND_CLOSE);
  sampan_link_commit (self, writer.length);
  link_io_flush (self);
}

void
sampan_link_close (SampanLink *self)
{
  g_autoptr (SampanLink) guard = sampan_link_ref (self);

  /* Before login there is nobody to say it to. */
  if (self->state == LINK_OPEN && self->idle != SAMPAN_LINK_IDLE_NOTHING)
    write_last_words (self);
  link_shut (self, NULL);
}

/* ---- Requests ---- */

void
sampan_link_submit (SampanLink *self, SampanRequest *request)
{
  request->started = request->ended = request->given_up = false;
  if (self->state == LINK_CLOSED)
    {
      g_autoptr (GError) error =
          g_error_new_literal (SAMPAN_ERROR, SAMPAN_ERROR_DISCONNECTED, "The connection is closed");

      end_request (self, request, error);
      return;
    }
  g_queue_push_tail (&self->to_send, sampan_request_ref (request));
  link_io_update (self);
}

bool
sampan_link_withdraw (SampanLink *self, SampanRequest *request)
{
  if (request->started || !g_queue_remove (&self->to_send, request))
    return false;
  sampan_request_unref (request);
  return true;
}

void
sampan_link_retire (SampanLink *self, SampanRequest *request, const GError *error)
{
  sampan_request_ref (request);
  if (g_queue_peek_head (&self->to_send) == request)
    self->head_waits = false;
  if (g_queue_remove (&self->to_send, request))
    sampan_request_unref (request);
  if (g_queue_remove (&self->awaiting, request))
    sampan_request_unref (request);
  end_request (self, request, error);
  link_io_update (self);
  sampan_request_unref (request);
}

void
sampan_link_wake (SampanLink *self)
{
  self->head_waits = false;
  self->last_activity_us = g_get_monotonic_time ();
  link_io_update (self);
}

bool
sampan_link_can_send (const SampanLink *self)
{
  return self->state == LINK_OPEN && g_queue_is_empty ((GQueue *)&self->to_send) &&
         self->awaiting.length < SAMPAN_WINDOW_REQUESTS;
}

bool
sampan_link_is_idle (const SampanLink *self)
{
  return self->state == LINK_OPEN && self->to_send.length == 0 && self->awaiting.length == 0;
}

bool
sampan_link_has_only_one (const SampanLink *self)
{
  return self->to_send.length + self->awaiting.length <= 1;
}

bool
sampan_link_is_winding_up (const SampanLink *self)
{
  for (GList *item = self->awaiting.head; item != NULL; item = item->next)
    {
      SampanRequest *request = item->data;

      if (request->given_up)
        return true;
    }
  return false;
}

bool
link_has_something_to_produce (const SampanLink *self)
{
  SampanRequest *head = g_queue_peek_head ((GQueue *)&self->to_send);

  return self->state == LINK_OPEN && head != NULL && !self->head_waits &&
         (head->started || self->awaiting.length < SAMPAN_WINDOW_REQUESTS);
}

/* Whether nothing is out but what may stay unanswered until something else is sent. */
static bool
owes_nothing (const SampanLink *self)
{
  SampanRequest *head = g_queue_peek_head ((GQueue *)&self->awaiting);

  return head == NULL || (head->held && self->awaiting.length == 1);
}

void
link_produce (SampanLink *self)
{
  while (link_has_something_to_produce (self) &&
         LINK_BUFFER_BYTES - self->out_end >= SAMPAN_FRAME_MAX)
    {
      SampanRequest *head = g_queue_peek_head (&self->to_send);

      if (!head->started)
        {
          head->started = true;
          if (owes_nothing (self))
            self->last_activity_us = g_get_monotonic_time ();
          g_queue_push_tail (&self->awaiting, sampan_request_ref (head));
        }
      sampan_request_ref (head);
      switch (head->klass->produce (head, self))
        {
        case SAMPAN_PRODUCE_MORE:
          break;
        case SAMPAN_PRODUCE_WAIT:
          self->head_waits = true;
          break;
        case SAMPAN_PRODUCE_DONE:
          if (g_queue_remove (&self->to_send, head))
            sampan_request_unref (head);
          break;
        }
      sampan_request_unref (head);
    }
}

uint8_t *
sampan_link_reserve (SampanLink *self)
{
  if (self->state != LINK_OPEN || LINK_BUFFER_BYTES - self->out_end < SAMPAN_FRAME_MAX)
    return NULL;
  return self->out + self->out_end + SAMPAN_FRAME_HEADER;
}

void
sampan_link_commit (SampanLink *self, size_t plain_length)
{
  self->out_end += sampan_channel_seal (self->channel, self->out + self->out_end, plain_length);
}

void
link_take_message (SampanLink *self, uint8_t *message, size_t length)
{
  SampanRequest *head = g_queue_peek_head (&self->awaiting);
  bool is_login = self->idle == SAMPAN_LINK_IDLE_NOTHING;
  SampanReader fields;
  SampanReply reply;

  if (message[0] == SAMPAN_KIND_CLOSE)
    {
      sampan_link_break (self, SAMPAN_ERROR_DISCONNECTED, "The server closed the connection");
      return;
    }
  if (head == NULL)
    {
      sampan_link_break (self, SAMPAN_ERROR_PROTOCOL, "The server answered what was not asked");
      return;
    }
  sampan_reader_init (&fields, message + 1, length - 1);
  sampan_request_ref (head);
  reply = head->klass->message (head, self, message[0], &fields);
  if (is_login)
    sodium_memzero (message, length); /* the ticket was decrypted in place */
  if (self->state == LINK_OPEN && reply == SAMPAN_REPLY_BAD)
    sampan_link_break (self, SAMPAN_ERROR_PROTOCOL, "The server sent a reply that makes no sense");
  else if (self->state == LINK_OPEN && reply == SAMPAN_REPLY_FINAL)
    {
      sampan_request_unref (g_queue_pop_head (&self->awaiting));
      end_request (self, head, NULL);
    }
  sampan_request_unref (head);
}

/* ---- Keepalive ---- */

static SampanProduced
keepalive_produce (SampanRequest *request, SampanLink *link)
{
  SampanWriter writer;

  sampan_writer_init (&writer, sampan_link_reserve (link), SAMPAN_FRAME_PLAIN_MAX);
  sampan_write_text (&writer, SAMPAN_KIND_PING, (SampanBytes){ (const uint8_t *)"", 0 });
  sampan_link_commit (link, writer.length);
  return SAMPAN_PRODUCE_DONE;
}

static SampanReply
keepalive_message (SampanRequest *request, SampanLink *link, uint8_t kind, SampanReader *fields)
{
  SampanBytes text;

  return kind == SAMPAN_KIND_PONG && sampan_read_text (fields, &text) ? SAMPAN_REPLY_FINAL
                                                                      : SAMPAN_REPLY_BAD;
}

static void
keepalive_end (SampanRequest *request, SampanLink *link, const GError *error)
{
}

static void
keepalive_finalize (SampanRequest *request)
{
  g_free (request);
}

static const SampanRequestClass keepalive_class = { .produce = keepalive_produce,
                                                    .message = keepalive_message,
                                                    .end = keepalive_end,
                                                    .finalize = keepalive_finalize };

static SampanRequest *
keepalive_new (void)
{
  SampanRequest *self = g_new0 (SampanRequest, 1);

  sampan_request_init (self, &keepalive_class);
  return self;
}

/* ---- Time ---- */

int64_t
link_get_due_us (const SampanLink *self)
{
  SampanRequest *head = g_queue_peek_head ((GQueue *)&self->awaiting);
  unsigned int patience_ms = 0;

  if (self->state == LINK_HELLO)
    return self->hello_deadline_us;
  if (head != NULL && owes_nothing (self) && self->to_send.length == 0)
    head = NULL;
  if (head != NULL && head->busy)
    return -1;
  if (head != NULL && self->idle == SAMPAN_LINK_IDLE_NOTHING)
    patience_ms = self->times.hello_ms;
  else if (head != NULL)
    patience_ms = head->slow ? self->times.slow_reply_ms : self->times.reply_ms;
  else if (self->to_send.length > 0 || self->idle == SAMPAN_LINK_IDLE_NOTHING)
    return -1;
  else
    patience_ms = self->idle == SAMPAN_LINK_IDLE_PING ? self->times.keepalive_ms
                                                      : self->times.idle_close_ms;
  return self->last_activity_us + patience_ms * G_TIME_SPAN_MILLISECOND;
}

void
link_on_due (SampanLink *self)
{
  if (self->state == LINK_HELLO || !owes_nothing (self) || self->to_send.length > 0)
    sampan_link_break (self, SAMPAN_ERROR_DISCONNECTED, "The server does not answer any more");
  else if (self->idle == SAMPAN_LINK_IDLE_CLOSE)
    sampan_link_close (self);
  else
    {
      SampanRequest *ping = keepalive_new ();

      sampan_link_submit (self, ping);
      sampan_request_unref (ping);
    }
}
