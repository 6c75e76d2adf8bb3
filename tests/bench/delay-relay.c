/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A distance for benchmarks: a TCP relay on loopback that holds each byte for a fixed time in each
 * direction. It takes what comes at once, up to a large buffer. What it does not delay: the
 * handshake of TCP itself, one round trip for each connection.
 *
 * With MBIT_PER_SEC there is one wire of that rate for each direction, which all connections share;
 * what it has no time for stays with who sends, but for a short queue. Without it there is no limit
 * but the memory's speed, which no network has.
 *
 * It also counts how often somebody had to wait for the other end: what comes from a side counts
 * one more than the most that this side was given before, on whichever connection. When the last
 * connection ends it prints "trips N": the round trips, one after the other, behind the last thing
 * that the clients read. That is exact if what a side sends without waiting leaves within the
 * delay.
 *
 *   delay-relay MS PORT [MBIT_PER_SEC]     prints its own port; serves until it is killed */

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define RING_BYTES ((size_t)64 << 20) /* 640 MB/s at 100 ms; only what is used is real memory */
#define READ_BYTES ((size_t)256 << 10)
#define STAMPS 8192    /* more than one for each STAMP_NS of the longest delay */
#define STAMP_NS 50000 /* bytes that come within this time travel together */
#define DELAY_MS_MAX 200
#define MBIT_MAX 100000
#define BYTES_PER_MBIT (1000000 / 8)
#define QUEUE_NS (5 * NS_PER_MS) /* that may wait for the wire, as in a switch */
#define READS_PER_SEC 2000       /* of a wire that is busy: what is read then leaves in one piece */
#define EVENTS 64
#define NS_PER_MS 1000000
#define NS_PER_SEC 1000000000
#define MAX(a, b) ((a) > (b) ? (a) : (b))

/* When the bytes up to END of the stream may leave. */
typedef struct
{
  int64_t due_ns;
  uint64_t end;
  unsigned int ways; /* one after the other, up to the arrival of these */
} Stamp;

/* One direction of a connection; positions count bytes since its begin. */
typedef struct
{
  int from, to;
  unsigned int *sender, *receiver; /* ways that they have behind them */
  int64_t *wire_ns;                /* when it will have sent all that was taken; of all streams */
  char *ring;
  uint64_t in, out;
  Stamp *stamps;
  unsigned int first, last;
  int64_t end_due_ns; /* of the end of the stream; 0 before it came */
  bool is_blocked;    /* TO takes no more now */
  bool is_over;
} Stream;

typedef struct Relayed Relayed;

typedef struct
{
  Relayed *relayed;
  int fd;
  uint32_t events;
} Side;

struct Relayed
{
  Side sides[2];
  Stream streams[2]; /* [i] flows from sides[i] */
  Relayed *next;
};

static int64_t delay_ns;
static int64_t bytes_per_sec; /* 0: no limit */
static int64_t wires_ns[2];   /* to the server and back */
static int epoll_fd;
static unsigned int ways[2]; /* of the clients and of the server, on all connections */
static Relayed *all;

static int64_t
now_ns (void)
{
  struct timespec now;
  clock_gettime (CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * NS_PER_SEC + now.tv_nsec;
}

static void *
map (size_t length)
{
  void *memory = mmap (NULL,
                       length,
                       PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                       -1,
                       0);
  if (memory == MAP_FAILED)
    err (1, "mmap");
  return memory;
}

static void
open_stream (Stream *self, int from, int to, int side)
{
  *self = (Stream){ .from = from,
                    .to = to,
                    .sender = &ways[side],
                    .receiver = &ways[1 - side],
                    .wire_ns = &wires_ns[side] };
  self->ring = map (RING_BYTES);
  self->stamps = map (STAMPS * sizeof (Stamp));
}

static void
close_relayed (Relayed *self)
{
  for (Relayed **at = &all; *at != NULL; at = &(*at)->next)
    if (*at == self)
      {
        *at = self->next;
        break;
      }
  for (int i = 0; i < 2; i++)
    {
      close (self->sides[i].fd);
      munmap (self->streams[i].ring, RING_BYTES);
      munmap (self->streams[i].stamps, STAMPS * sizeof (Stamp));
    }
  free (self);
  if (all != NULL)
    return;
  printf ("trips %u\n", ways[0] / 2);
  fflush (stdout);
  ways[0] = ways[1] = 0;
}

static bool
has_room (const Stream *self)
{
  return self->end_due_ns == 0 && self->in - self->out < RING_BYTES &&
         self->last - self->first < STAMPS - 1;
}

/* When the wire takes more; in the past if it does now. */
static int64_t
wire_free_ns (const Stream *self)
{
  return bytes_per_sec > 0 ? *self->wire_ns - QUEUE_NS : 0;
}

static bool
may_take (const Stream *self, int64_t now)
{
  return has_room (self) && wire_free_ns (self) <= now;
}

/* Returns when the last of LENGTH bytes more will be on the wire. */
static int64_t
put_on_wire (Stream *self, size_t length, int64_t now)
{
  if (bytes_per_sec == 0)
    return now;
  *self->wire_ns = MAX (*self->wire_ns, now) + (int64_t)length * NS_PER_SEC / bytes_per_sec;
  return *self->wire_ns;
}

static void
stamp (Stream *self, int64_t leaves_ns)
{
  Stamp *newest = &self->stamps[(self->last - 1) % STAMPS];

  if (self->first == self->last || newest->due_ns - delay_ns + STAMP_NS < leaves_ns)
    {
      newest = &self->stamps[self->last++ % STAMPS];
      newest->due_ns = leaves_ns + delay_ns;
      newest->ways = 0;
    }
  newest->end = self->in;
  newest->ways = MAX (newest->ways, *self->sender + 1);
}

/* FALSE when the connection is broken. */
static bool
take (Stream *self)
{
  while (may_take (self, now_ns ()))
    {
      size_t at = self->in % RING_BYTES, room = RING_BYTES - (size_t)(self->in - self->out);
      ssize_t got;

      if (room > RING_BYTES - at)
        room = RING_BYTES - at;
      if (room > READ_BYTES)
        room = READ_BYTES;
      if (bytes_per_sec > 0 && room > (size_t)bytes_per_sec / READS_PER_SEC)
        room = (size_t)bytes_per_sec / READS_PER_SEC;
      got = recv (self->from, self->ring + at, room, MSG_DONTWAIT);
      if (got < 0)
        return errno == EAGAIN || errno == EINTR;
      if (got == 0)
        {
          self->end_due_ns = put_on_wire (self, 0, now_ns ()) + delay_ns;
          return true;
        }
      self->in += (uint64_t)got;
      stamp (self, put_on_wire (self, (size_t)got, now_ns ()));
    }
  return true;
}

/* FALSE when the connection is broken. */
static bool
give (Stream *self, const Stream *back, int64_t now)
{
  while (self->first != self->last && self->stamps[self->first % STAMPS].due_ns <= now)
    {
      uint64_t end = self->stamps[self->first % STAMPS].end;
      size_t at = self->out % RING_BYTES, length = (size_t)(end - self->out);
      ssize_t put;

      if (length > RING_BYTES - at)
        length = RING_BYTES - at;
      put = send (self->to, self->ring + at, length, MSG_DONTWAIT | MSG_NOSIGNAL);
      self->is_blocked = put < 0 && errno == EAGAIN;
      if (put < 0)
        return self->is_blocked || errno == EINTR;
      self->out += (uint64_t)put;
      if (back->end_due_ns == 0) /* else nobody reads it any more */
        *self->receiver = MAX (*self->receiver, self->stamps[self->first % STAMPS].ways);
      if (self->out == end)
        self->first++;
    }
  self->is_blocked = false;
  if (self->first == self->last && self->end_due_ns != 0 && self->end_due_ns <= now &&
      !self->is_over)
    {
      shutdown (self->to, SHUT_WR);
      self->is_over = true;
    }
  return true;
}

static void
watch (Side *side, uint32_t events)
{
  struct epoll_event event = { .events = events, .data.ptr = side };

  if (events == side->events)
    return;
  side->events = events;
  if (epoll_ctl (epoll_fd, EPOLL_CTL_MOD, side->fd, &event) != 0)
    err (1, "epoll_ctl");
}

static int64_t
next_due (const Stream *self)
{
  if (self->is_blocked || self->is_over)
    return INT64_MAX;
  if (self->first != self->last)
    return self->stamps[self->first % STAMPS].due_ns;
  return self->end_due_ns != 0 ? self->end_due_ns : INT64_MAX;
}

/* Moves what is due everywhere; returns when there is more to do. */
static int64_t
move_all (void)
{
  int64_t due = INT64_MAX;

  for (Relayed *self = all, *next; self != NULL; self = next)
    {
      int64_t now = now_ns ();

      next = self->next;
      if (!give (&self->streams[0], &self->streams[1], now) ||
          !give (&self->streams[1], &self->streams[0], now) ||
          (self->streams[0].is_over && self->streams[1].is_over))
        {
          close_relayed (self);
          continue;
        }
      for (int i = 0; i < 2; i++)
        {
          int64_t own = next_due (&self->streams[i]), wire = wire_free_ns (&self->streams[i]);

          due = own < due ? own : due;
          due = wire > now && wire < due ? wire : due;
          watch (&self->sides[i],
                 (may_take (&self->streams[i], now) ? EPOLLIN : 0) |
                     (self->streams[1 - i].is_blocked ? EPOLLOUT : 0));
        }
    }
  return due;
}

static int
connect_to (uint16_t port)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
                                 .sin_port = htons (port) };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  if (fd < 0 || connect (fd, (struct sockaddr *)&address, sizeof address) != 0)
    err (1, "connect");
  return fd;
}

static void
add (int client, uint16_t port)
{
  Relayed *self = calloc (1, sizeof *self);
  int fds[2] = { client, connect_to (port) }, on = 1;

  if (self == NULL)
    err (1, "calloc");
  for (int i = 0; i < 2; i++)
    {
      struct epoll_event event = { .data.ptr = &self->sides[i] };

      setsockopt (fds[i], IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      self->sides[i] = (Side){ .relayed = self, .fd = fds[i] };
      open_stream (&self->streams[i], fds[i], fds[1 - i], i);
      if (epoll_ctl (epoll_fd, EPOLL_CTL_ADD, fds[i], &event) != 0)
        err (1, "epoll_ctl");
    }
  self->next = all;
  all = self;
}

static int
open_listener (void)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t length = sizeof address;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct epoll_event event = { .events = EPOLLIN };

  if (fd < 0 || bind (fd, (struct sockaddr *)&address, sizeof address) != 0 ||
      listen (fd, EVENTS) != 0 || getsockname (fd, (struct sockaddr *)&address, &length) != 0 ||
      epoll_ctl (epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0)
    err (1, "listen");
  printf ("%d\n", ntohs (address.sin_port));
  fflush (stdout);
  return fd;
}

static void
serve (int listener, uint16_t port)
{
  struct epoll_event events[EVENTS];

  for (;;)
    {
      int64_t due = move_all (), wait = due - now_ns ();
      struct timespec time = { .tv_sec = wait / NS_PER_SEC, .tv_nsec = wait % NS_PER_SEC };
      int ready;

      if (wait < 0)
        time = (struct timespec){ 0 };
      ready = epoll_pwait2 (epoll_fd, events, EVENTS, due == INT64_MAX ? NULL : &time, NULL);
      for (int i = 0; i < ready; i++)
        {
          Side *side = events[i].data.ptr;

          if (side == NULL)
            add (accept (listener, NULL, NULL), port);
          else if ((events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0 &&
                   !take (&side->relayed->streams[side - side->relayed->sides]))
            {
              close_relayed (side->relayed);
              break; /* other events may be of the same connection: they come again */
            }
        }
    }
}

int
main (int argc, char **argv)
{
  if (argc < 3 || argc > 4 || atoi (argv[1]) < 0 || atoi (argv[1]) > DELAY_MS_MAX ||
      (argc == 4 && (atoi (argv[3]) < 1 || atoi (argv[3]) > MBIT_MAX)))
    errx (2, "usage: delay-relay MS PORT [MBIT_PER_SEC] (MS up to %d)", DELAY_MS_MAX);
  delay_ns = (int64_t)atoi (argv[1]) * NS_PER_MS;
  if (argc == 4)
    bytes_per_sec = (int64_t)atoi (argv[3]) * BYTES_PER_MBIT;
  prctl (PR_SET_TIMERSLACK, 1);
  epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  if (epoll_fd < 0)
    err (1, "epoll_create1");
  serve (open_listener (), (uint16_t)atoi (argv[2]));
}
