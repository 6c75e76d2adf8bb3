/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A link's socket: one source for input, output and time; bounded work per turn. */

#include "config.h"

#include "link-private.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

/* Work per dispatch and direction: other links on the thread get their turn after it. */
#define TURN_BYTES (512 * 1024)

typedef struct
{
  GSource base;
  SampanLink *link; /* borrowed: the link destroys the source first */
} LinkSource;

static void
break_from_errno (SampanLink *self, int saved_errno)
{
  g_autofree char *message = g_strdup_printf ("The connection broke: %s", g_strerror (saved_errno));

  sampan_link_break (self, SAMPAN_ERROR_DISCONNECTED, message);
}

/* FALSE when the socket takes no more now, or the link broke. */
static bool
send_some (SampanLink *self, size_t *sent)
{
  ssize_t n;

  do
    n = send (self->fd, self->out + self->out_start, self->out_end - self->out_start, MSG_NOSIGNAL);
  while (n < 0 && errno == EINTR);
  if (n < 0)
    {
      if (errno != EAGAIN && errno != EWOULDBLOCK)
        break_from_errno (self, errno);
      return false;
    }
  *sent += (size_t)n;
  self->out_start += (size_t)n;
  self->last_activity_us = g_get_monotonic_time ();
  if (self->out_start == self->out_end)
    self->out_start = self->out_end = 0;
  return true;
}

void
link_io_flush (SampanLink *self)
{
  size_t sent = 0;

  while (self->state != LINK_CLOSED && self->out_start < self->out_end)
    if (!send_some (self, &sent))
      return;
}

static void
write_turn (SampanLink *self)
{
  size_t sent = 0;

  while (sent < TURN_BYTES && self->state != LINK_CLOSED)
    {
      /* Only into an empty buffer: the kernel's own still holds the previous round. */
      if (self->out_start == self->out_end && self->state == LINK_OPEN)
        link_produce (self);
      if (self->state == LINK_CLOSED || self->out_start == self->out_end ||
          !send_some (self, &sent))
        return;
    }
}

static void
take_frames (SampanLink *self)
{
  while (self->state == LINK_OPEN)
    {
      uint8_t *message;
      size_t consumed, length;

      switch (sampan_channel_open (self->channel,
                                   self->in + self->in_start,
                                   self->in_end - self->in_start,
                                   &consumed,
                                   &message,
                                   &length))
        {
        case SAMPAN_CHANNEL_NEED_MORE:
          return;
        case SAMPAN_CHANNEL_FAILED:
          sampan_link_break (self, SAMPAN_ERROR_PROTOCOL, "The server sent a forged record");
          return;
        case SAMPAN_CHANNEL_READY:
          self->in_start += consumed;
          link_take_message (self, message, length);
          break;
        }
    }
}

static void
take_input (SampanLink *self)
{
  if (self->state == LINK_HELLO)
    link_take_hello (self);
  take_frames (self);
  if (self->in_start == self->in_end)
    self->in_start = self->in_end = 0;
  else if (LINK_BUFFER_BYTES - self->in_start < SAMPAN_FRAME_MAX)
    {
      memmove (self->in, self->in + self->in_start, self->in_end - self->in_start);
      self->in_end -= self->in_start;
      self->in_start = 0;
    }
}

static void
read_turn (SampanLink *self)
{
  size_t received = 0;

  while (received < TURN_BYTES && self->state != LINK_CLOSED)
    {
      size_t room = LINK_BUFFER_BYTES - self->in_end;
      ssize_t n = recv (self->fd, self->in + self->in_end, room, 0);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          if (errno != EAGAIN && errno != EWOULDBLOCK)
            break_from_errno (self, errno);
          return;
        }
      if (n == 0)
        {
          sampan_link_break (self,
                             SAMPAN_ERROR_DISCONNECTED,
                             "The server ended the connection without a word");
          return;
        }
      received += (size_t)n;
      self->in_end += (size_t)n;
      self->last_activity_us = g_get_monotonic_time ();
      take_input (self);
      if ((size_t)n < room)
        return;
    }
}

static gboolean
source_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  g_autoptr (SampanLink) self = sampan_link_ref (((LinkSource *)source)->link);
  GIOCondition ready = g_source_query_unix_fd (source, self->fd_tag);

  if (ready & (G_IO_IN | G_IO_HUP | G_IO_ERR))
    read_turn (self);
  if (self->state != LINK_CLOSED)
    write_turn (self);
  if (self->state != LINK_CLOSED)
    {
      int64_t now = g_get_monotonic_time ();
      int64_t due = link_get_due_us (self);

      if (self->armed_us >= 0 && self->armed_us <= now)
        self->armed_us = -1; /* it stays ready until link_io_update() sets it anew */
      if (due >= 0 && due <= now)
        link_on_due (self);
    }
  if (self->state == LINK_CLOSED)
    return G_SOURCE_REMOVE;
  link_io_update (self);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs source_funcs = { .dispatch = source_dispatch };

void
link_io_start (SampanLink *self)
{
  self->fd = g_socket_get_fd (g_socket_connection_get_socket (self->connection));
  self->io = g_source_new (&source_funcs, sizeof (LinkSource));
  ((LinkSource *)self->io)->link = self;
  g_source_set_static_name (self->io, "sampan-link");
  /* It never does; but else GLib takes its fd out of the poll set and puts it back at each
   * dispatch, two more system calls for every turn. */
  g_source_set_can_recurse (self->io, TRUE);
  self->events = G_IO_IN | G_IO_HUP | G_IO_ERR;
  self->fd_tag = g_source_add_unix_fd (self->io, self->fd, self->events);
  self->armed_us = -1;
  self->last_activity_us = g_get_monotonic_time ();
  g_source_attach (self->io, g_main_context_get_thread_default ());
  link_io_update (self);
}

void
link_io_stop (SampanLink *self)
{
  if (self->io == NULL)
    return;
  g_source_destroy (self->io);
  g_clear_pointer (&self->io, g_source_unref);
  self->fd_tag = NULL;
  self->fd = -1;
}

void
link_io_update (SampanLink *self)
{
  GIOCondition events = G_IO_IN | G_IO_HUP | G_IO_ERR;
  int64_t due;

  if (self->io == NULL)
    return;
  if (self->out_start < self->out_end || link_has_something_to_produce (self))
    events |= G_IO_OUT;
  if (events != self->events)
    {
      self->events = events;
      g_source_modify_unix_fd (self->io, self->fd_tag, events);
    }
  due = link_get_due_us (self);
  /* A timer that fires too early only looks again: so the busy path never touches it. */
  if (due >= 0 && (self->armed_us < 0 || due < self->armed_us))
    {
      self->armed_us = due;
      g_source_set_ready_time (self->io, due);
    }
  else if (due < 0 && self->armed_us < 0)
    g_source_set_ready_time (self->io, -1);
}
