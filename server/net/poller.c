/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* epoll inside the GLib main loop. */

#include "config.h"

#include "net/poller.h"

#include "errors.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

#define EVENTS_A_ROUND 256 /* then other sources get their turn */

/* The kernel lets whoever is woken see what whoever armed has written; the thread sanitizer knows
 * that of EPOLL_CTL_ADD only. */
#ifdef __SANITIZE_THREAD__
#include <sanitizer/tsan_interface.h>
#define ARMED(item) __tsan_release (item)
#define WOKEN(item) __tsan_acquire (item)
#else
#define ARMED(item)
#define WOKEN(item)
#endif

typedef struct
{
  GSource source;
  int epoll_fd;
  gpointer user_data;
} PollerSource;

struct _SampanPoller
{
  PollerSource *source;
};

static gboolean
dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  PollerSource *self = (PollerSource *)source;
  struct epoll_event events[EVENTS_A_ROUND];
  int count = epoll_wait (self->epoll_fd, events, EVENTS_A_ROUND, 0);
  for (int i = 0; i < count; i++)
    {
      SampanPollItem *item = events[i].data.ptr;

      WOKEN (item);
      item->ready (item, self->user_data);
    }
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs source_funcs = { .dispatch = dispatch };

SampanPoller *
sampan_poller_new (GMainContext *context, gpointer user_data, GError **error)
{
  int epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  if (epoll_fd < 0)
    {
      sampan_error_set_from_errno (error, errno, "epoll");
      return NULL;
    }
  SampanPoller *self = g_new0 (SampanPoller, 1);
  GSource *source = g_source_new (&source_funcs, sizeof (PollerSource));
  self->source = (PollerSource *)source;
  self->source->epoll_fd = epoll_fd;
  self->source->user_data = user_data;
  g_source_set_static_name (source, "sampan-poller");
  g_source_add_unix_fd (source, epoll_fd, G_IO_IN);
  g_source_attach (source, context);
  return self;
}

void
sampan_poller_free (SampanPoller *self)
{
  if (self == NULL)
    return;
  int epoll_fd = self->source->epoll_fd;
  g_source_destroy ((GSource *)self->source);
  g_source_unref ((GSource *)self->source);
  close (epoll_fd);
  g_free (self);
}

bool
sampan_poller_arm (SampanPoller *self, SampanPollItem *item)
{
  struct epoll_event event = { .events = EPOLLIN | EPOLLRDHUP | EPOLLONESHOT, .data.ptr = item };
  int operation = item->is_registered ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
  int fd = item->fd;
  /* Set before: once armed the item may belong to another thread. */
  item->is_registered = true;
  ARMED (item);
  if (epoll_ctl (self->source->epoll_fd, operation, fd, &event) == 0)
    return true;
  item->is_registered = operation == EPOLL_CTL_MOD;
  return false;
}

void
sampan_poller_disarm (SampanPoller *self, SampanPollItem *item)
{
  if (item->is_registered && epoll_ctl (self->source->epoll_fd, EPOLL_CTL_DEL, item->fd, NULL) == 0)
    item->is_registered = false;
}
