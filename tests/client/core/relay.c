/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A TCP relay that misbehaves. */

#include "config.h"

#include "relay.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BLOCK_BYTES 16384
#define LOOK_MS 5

/* One way of a connection; a closed pair has both at -1. */
typedef struct
{
  int from, to;
  bool is_down;
  uint8_t block[BLOCK_BYTES];
  size_t start, end;
} Way;

typedef struct
{
  Way ways[2];
} Pair;

struct _Relay
{
  GThread *thread;
  GMutex lock; /* of all below */
  int listener;
  uint16_t port;
  uint16_t target;
  GPtrArray *pairs;
  GPtrArray *left_behind; /* open, and nothing passes any more */
  bool stops, cuts, holds_down, is_hole, refuses, refuses_then, hole_then;
  uint64_t min_bytes, max_bytes, left_bytes;
  unsigned int cuts_left, n_cuts;
  uint64_t bytes[2]; /* up, down */
};

static void
pair_free (gpointer data)
{
  Pair *pair = data;
  struct linger reset = { .l_onoff = 1 };

  /* As a router does that lost its memory. */
  setsockopt (pair->ways[0].from, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  setsockopt (pair->ways[1].from, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  close (pair->ways[0].from);
  close (pair->ways[1].from);
  g_free (pair);
}

static int
connect_target (uint16_t port)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_port = htons (port),
                                 .sin_addr = { htonl (INADDR_LOOPBACK) } };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  if (connect (fd, (struct sockaddr *)&address, sizeof address) == 0)
    return fd;
  close (fd);
  return -1;
}

static void
accept_one (Relay *self)
{
  int client = accept4 (self->listener, NULL, NULL, SOCK_CLOEXEC);
  int server = client >= 0 && !self->refuses ? connect_target (self->target) : -1;
  Pair *pair;

  if (server < 0)
    {
      if (client >= 0)
        close (client);
      return;
    }
  pair = g_new0 (Pair, 1);
  pair->ways[0].from = pair->ways[1].to = client;
  pair->ways[0].to = pair->ways[1].from = server;
  pair->ways[1].is_down = true;
  g_ptr_array_add (self->pairs, pair);
}

static void
plan_cut (Relay *self)
{
  self->left_bytes = self->min_bytes + g_random_int () % (self->max_bytes - self->min_bytes + 1);
}

/* FALSE: this connection is over. */
static bool
take (Relay *self, Way *way)
{
  size_t room = sizeof way->block;
  ssize_t n;

  if (self->cuts_left > 0)
    room = MIN (room, MAX (self->left_bytes, 1));
  n = recv (way->from, way->block, room, MSG_DONTWAIT);
  if (n < 0)
    return errno == EAGAIN || errno == EINTR;
  if (n == 0)
    return false;
  way->start = 0;
  way->end = (size_t)n;
  self->bytes[way->is_down ? 1 : 0] += (uint64_t)n;
  if (self->cuts_left > 0 && (uint64_t)n >= self->left_bytes)
    self->cuts = true;
  else if (self->cuts_left > 0)
    self->left_bytes -= (uint64_t)n;
  return true;
}

static bool
give (Way *way)
{
  ssize_t n =
      send (way->to, way->block + way->start, way->end - way->start, MSG_DONTWAIT | MSG_NOSIGNAL);

  if (n < 0)
    return errno == EAGAIN || errno == EINTR;
  way->start += (size_t)n;
  if (way->start == way->end)
    way->start = way->end = 0;
  return true;
}

static bool
is_held (const Relay *self, const Way *way)
{
  return self->is_hole || (self->holds_down && way->is_down);
}

static bool
move (Relay *self, Pair *pair)
{
  for (int i = 0; i < 2; i++)
    {
      Way *way = &pair->ways[i];

      if (is_held (self, way))
        continue;
      if (way->end == 0 && !take (self, way))
        return false;
      if (way->end > 0 && !give (way))
        return false;
    }
  return true;
}

static void
apply_cuts (Relay *self)
{
  if (!self->cuts)
    return;
  self->cuts = false;
  if (self->hole_then)
    {
      self->hole_then = false;
      self->is_hole = true;
      self->cuts_left = 0;
      return;
    }
  g_ptr_array_set_size (self->pairs, 0);
  self->n_cuts++;
  self->refuses |= self->refuses_then;
  self->refuses_then = false;
  if (self->cuts_left > 0)
    self->cuts_left--;
  if (self->cuts_left > 0)
    plan_cut (self);
}

static GArray *
make_poll_set (Relay *self)
{
  GArray *set = g_array_new (FALSE, TRUE, sizeof (struct pollfd));
  struct pollfd one = { self->listener, POLLIN, 0 };

  if (!self->is_hole)
    g_array_append_val (set, one);
  for (guint i = 0; i < self->pairs->len; i++)
    {
      Pair *pair = g_ptr_array_index (self->pairs, i);

      for (int j = 0; j < 2; j++)
        {
          const Way *way = &pair->ways[j];

          if (is_held (self, way))
            continue;
          one = (struct pollfd){ way->end == 0 ? way->from : way->to,
                                 way->end == 0 ? POLLIN : POLLOUT,
                                 0 };
          g_array_append_val (set, one);
        }
    }
  return set;
}

static gpointer
run (gpointer data)
{
  Relay *self = data;

  g_mutex_lock (&self->lock);
  while (!self->stops)
    {
      g_autoptr (GArray) set = make_poll_set (self);

      g_mutex_unlock (&self->lock);
      (void)poll ((struct pollfd *)(void *)set->data, set->len, LOOK_MS);
      g_mutex_lock (&self->lock);
      apply_cuts (self);
      if (!self->is_hole)
        accept_one (self);
      for (guint i = self->pairs->len; i > 0 && !self->cuts; i--)
        if (!move (self, g_ptr_array_index (self->pairs, i - 1)))
          g_ptr_array_remove_index (self->pairs, i - 1);
      apply_cuts (self);
    }
  g_mutex_unlock (&self->lock);
  return NULL;
}

Relay *
relay_new (uint16_t port)
{
  Relay *self = g_new0 (Relay, 1);
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr = { htonl (INADDR_LOOPBACK) } };
  socklen_t length = sizeof address;

  g_mutex_init (&self->lock);
  self->target = port;
  self->pairs = g_ptr_array_new_with_free_func (pair_free);
  self->left_behind = g_ptr_array_new_with_free_func (pair_free);
  self->listener = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  g_assert_cmpint (bind (self->listener, (struct sockaddr *)&address, length), ==, 0);
  g_assert_cmpint (listen (self->listener, SOMAXCONN), ==, 0);
  g_assert_cmpint (getsockname (self->listener, (struct sockaddr *)&address, &length), ==, 0);
  self->port = ntohs (address.sin_port);
  self->thread = g_thread_new ("relay", run, self);
  return self;
}

void
relay_free (Relay *self)
{
  g_mutex_lock (&self->lock);
  self->stops = true;
  g_mutex_unlock (&self->lock);
  g_thread_join (self->thread);
  g_ptr_array_unref (self->pairs);
  g_ptr_array_unref (self->left_behind);
  close (self->listener);
  g_mutex_clear (&self->lock);
  g_free (self);
}

uint16_t
relay_get_port (Relay *self)
{
  return self->port;
}

#define LOCKED(self) g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&(self)->lock)

void
relay_set_target (Relay *self, uint16_t port)
{
  LOCKED (self);
  self->target = port;
}

void
relay_cut (Relay *self)
{
  LOCKED (self);
  /* Not left to the thread: when this returns nothing passes any more. */
  g_ptr_array_set_size (self->pairs, 0);
  self->n_cuts++;
}

void
relay_cut_often (Relay *self, uint64_t min_bytes, uint64_t max_bytes, unsigned int count)
{
  LOCKED (self);
  self->min_bytes = min_bytes;
  self->max_bytes = max_bytes;
  self->cuts_left = count;
  plan_cut (self);
}

unsigned int
relay_get_cuts (Relay *self)
{
  LOCKED (self);
  return self->n_cuts;
}

void
relay_hold_down (Relay *self, bool hold)
{
  LOCKED (self);
  self->holds_down = hold;
}

void
relay_black_hole (Relay *self, bool is_hole)
{
  LOCKED (self);
  self->is_hole = is_hole;
}

void
relay_refuse (Relay *self, bool refuse)
{
  LOCKED (self);
  self->refuses = refuse;
}

uint64_t
relay_get_up_bytes (Relay *self)
{
  LOCKED (self);
  return self->bytes[0];
}

uint64_t
relay_get_down_bytes (Relay *self)
{
  LOCKED (self);
  return self->bytes[1];
}

void
relay_refuse_after_cut (Relay *self)
{
  LOCKED (self);
  self->refuses_then = true;
}

void
relay_leave_behind (Relay *self)
{
  g_mutex_lock (&self->lock);
  while (self->pairs->len > 0)
    g_ptr_array_add (self->left_behind, g_ptr_array_steal_index (self->pairs, 0));
  self->is_hole = false;
  g_mutex_unlock (&self->lock);
}

void
relay_black_hole_for_cut (Relay *self)
{
  LOCKED (self);
  self->hole_then = true;
}

bool
relay_is_black_hole (Relay *self)
{
  LOCKED (self);
  return self->is_hole;
}
