/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Sockets, frames and the limit of descriptors. */

#include "config.h"

#include "raw-client.h"

#include <arpa/inet.h>
#include <err.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static bool
read_exactly (int fd, uint8_t *bytes, size_t length)
{
  while (length > 0)
    {
      ssize_t got = read (fd, bytes, length);
      if (got <= 0)
        return false;
      bytes += got;
      length -= (size_t)got;
    }
  return true;
}

static bool
write_exactly (int fd, const uint8_t *bytes, size_t length)
{
  while (length > 0)
    {
      ssize_t put = send (fd, bytes, length, MSG_NOSIGNAL);
      if (put <= 0)
        return false;
      bytes += put;
      length -= (size_t)put;
    }
  return true;
}

static int
connect_from (uint16_t port, uint32_t source)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
                                 .sin_port = htons (port) };
  struct sockaddr_in own = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (source) };
  const int on = 1;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  /* Without a port until connect(): else no two sources could share one. */
  if (fd < 0 || setsockopt (fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on) != 0 ||
      bind (fd, (struct sockaddr *)&own, sizeof own) != 0 ||
      connect (fd, (struct sockaddr *)&address, sizeof address) != 0)
    err (1, "connect");
  return fd;
}

bool
raw_client_open (RawClient *self, uint16_t port, uint32_t source)
{
  uint8_t hello[SAMPAN_HELLO_CLIENT_MAX], answer[SAMPAN_HELLO_SERVER_LENGTH];
  size_t consumed;

  self->fd = connect_from (port, source);
  self->channel = sampan_channel_new_client ();
  return write_exactly (self->fd, hello, sampan_channel_write_hello (self->channel, hello)) &&
         read_exactly (self->fd, answer, sizeof answer) &&
         sampan_channel_read_server_hello (self->channel, answer, sizeof answer, &consumed, NULL) ==
             SAMPAN_CHANNEL_READY;
}

void
raw_client_close (RawClient *self)
{
  close (self->fd);
  sampan_channel_free (self->channel);
}

SampanWriter
raw_client_begin (uint8_t frame[static RAW_CLIENT_FRAME_BYTES])
{
  SampanWriter writer;
  sampan_writer_init (&writer,
                      frame + SAMPAN_FRAME_HEADER,
                      RAW_CLIENT_FRAME_BYTES - SAMPAN_FRAME_HEADER - SAMPAN_FRAME_TAG);
  return writer;
}

bool
raw_client_send (RawClient *self, uint8_t *frame, const SampanWriter *writer)
{
  if (!sampan_writer_ok (writer))
    errx (1, "message too long");
  return write_exactly (self->fd,
                        frame,
                        sampan_channel_seal (self->channel, frame, writer->length));
}

uint8_t
raw_client_receive (RawClient *self,
                    uint8_t frame[static RAW_CLIENT_FRAME_BYTES],
                    SampanReader *reader)
{
  size_t consumed, length, sealed_length;
  uint8_t *message, kind;

  if (!read_exactly (self->fd, frame, SAMPAN_FRAME_HEADER))
    return 0;
  sealed_length = (size_t)frame[0] << 8 | frame[1];
  if (sealed_length > RAW_CLIENT_FRAME_BYTES - SAMPAN_FRAME_HEADER)
    errx (1, "frame too long");
  if (!read_exactly (self->fd, frame + SAMPAN_FRAME_HEADER, sealed_length))
    return 0;
  if (sampan_channel_open (self->channel,
                           frame,
                           SAMPAN_FRAME_HEADER + sealed_length,
                           &consumed,
                           &message,
                           &length) != SAMPAN_CHANNEL_READY)
    errx (1, "forged frame");
  sampan_reader_init (reader, message, length);
  return sampan_reader_get_u8 (reader, &kind) ? kind : 0;
}

void
raw_client_raise_file_limit (void)
{
  struct rlimit limit;
  if (getrlimit (RLIMIT_NOFILE, &limit) != 0)
    err (1, "getrlimit");
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit (RLIMIT_NOFILE, &limit) != 0)
    err (1, "setrlimit");
}
