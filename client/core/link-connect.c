/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* How a link comes about: connecting, the hello. */

#include "config.h"

#include "link-private.h"

#include "engine-private.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

static void
start_hello (SampanLink *self)
{
  GSocket *socket = g_socket_connection_get_socket (self->connection);

  /* Small requests leave at once; big ones come in whole buffers anyway. */
  if (!g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL))
    g_debug ("TCP_NODELAY cannot be set");
  self->state = LINK_HELLO;
  self->hello_deadline_us =
      g_get_monotonic_time () + self->times.hello_ms * G_TIME_SPAN_MILLISECOND;
  self->out_end = sampan_channel_write_hello (self->channel, self->out);
  link_io_start (self);
  if (self->funcs != NULL && self->funcs->connected != NULL)
    self->funcs->connected (self, self->funcs_data);
}

static GError *
new_unreachable (const GError *cause)
{
  GError *error = g_error_new_literal (SAMPAN_ERROR, SAMPAN_ERROR_UNREACHABLE, cause->message);

  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
    sampan_error_set_detail (error, SAMPAN_UNREACHABLE_REFUSED);
  else if (g_error_matches (cause, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND))
    sampan_error_set_detail (error, SAMPAN_UNREACHABLE_NO_HOST);
  return error;
}

static void
connect_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SampanLink) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) connection =
      g_socket_client_connect_finish (G_SOCKET_CLIENT (source), result, &error);

  sampan_engine_release ();
  if (self->state != LINK_CONNECTING)
    {
      if (connection != NULL)
        g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
      return;
    }
  if (connection == NULL)
    {
      g_autoptr (GError) unreachable = new_unreachable (error);

      link_shut (self, unreachable);
      return;
    }
  self->connection = g_steal_pointer (&connection);
  g_source_destroy (self->connect_timer);
  g_clear_pointer (&self->connect_timer, g_source_unref);
  g_clear_object (&self->cancellable);
  start_hello (self);
}

static gboolean
connect_timeout_cb (gpointer user_data)
{
  SampanLink *self = user_data;

  sampan_link_break (self, SAMPAN_ERROR_UNREACHABLE, "The server does not answer");
  return G_SOURCE_REMOVE;
}

void
sampan_link_connect (SampanLink *self, const char *host, uint16_t port)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnectable) address = g_network_address_new (host, port);

  g_assert (self->state == LINK_NEW);
  self->state = LINK_CONNECTING;
  sampan_link_ref (self); /* dropped when it is shut */
  /* The desktop's proxy must not be able to redirect a connection on the LAN. */
  g_socket_client_set_enable_proxy (client, FALSE);
  self->cancellable = g_cancellable_new ();
  self->connect_timer = g_timeout_source_new (self->times.connect_ms);
  g_source_set_callback (self->connect_timer, connect_timeout_cb, self, NULL);
  g_source_attach (self->connect_timer, g_main_context_get_thread_default ());
  sampan_engine_hold ();
  g_socket_client_connect_async (client,
                                 address,
                                 self->cancellable,
                                 connect_cb,
                                 sampan_link_ref (self));
}

void
link_stop_connecting (SampanLink *self)
{
  if (self->connect_timer != NULL)
    g_source_destroy (self->connect_timer);
  g_clear_pointer (&self->connect_timer, g_source_unref);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

void
link_take_hello (SampanLink *self)
{
  g_autoptr (GError) error = NULL;
  size_t consumed = 0;

  switch (sampan_channel_read_server_hello (self->channel,
                                            self->in + self->in_start,
                                            self->in_end - self->in_start,
                                            &consumed,
                                            &error))
    {
    case SAMPAN_CHANNEL_NEED_MORE:
      return;
    case SAMPAN_CHANNEL_FAILED:
      link_shut (self, error);
      return;
    case SAMPAN_CHANNEL_READY:
      break;
    }
  self->in_start += consumed;
  self->state = LINK_OPEN;
  if (self->funcs != NULL && self->funcs->opened != NULL)
    self->funcs->opened (self, self->funcs_data);
}
