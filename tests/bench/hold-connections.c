/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Logs in once, attaches COUNT connections to the session, pings each once, says "holding COUNT"
 * and keeps them open until stdin ends.
 *
 *   hold-connections PORT USER PASSWORD-FILE COUNT */

#include "config.h"

#include "channel.h"
#include "login.h"
#include "message.h"

#include <arpa/inet.h>
#include <err.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define BUFFER_BYTES 4096 /* larger than any message of a login */

typedef struct
{
  int fd;
  SampanChannel *channel;
} Connection;

static void
read_exactly (int fd, uint8_t *bytes, size_t length)
{
  while (length > 0)
    {
      ssize_t got = read (fd, bytes, length);
      if (got <= 0)
        err (1, "the server closed");
      bytes += got;
      length -= (size_t)got;
    }
}

static void
write_exactly (int fd, const uint8_t *bytes, size_t length)
{
  while (length > 0)
    {
      ssize_t put = write (fd, bytes, length);
      if (put <= 0)
        err (1, "write");
      bytes += put;
      length -= (size_t)put;
    }
}

static Connection
open_connection (uint16_t port)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
                                 .sin_port = htons (port) };
  Connection self = { .fd = socket (AF_INET, SOCK_STREAM, 0),
                      .channel = sampan_channel_new_client () };
  uint8_t hello[SAMPAN_HELLO_CLIENT_MAX], answer[SAMPAN_HELLO_SERVER_LENGTH];
  size_t consumed;

  if (self.fd < 0 || connect (self.fd, (struct sockaddr *)&address, sizeof address) != 0)
    err (1, "connect");
  write_exactly (self.fd, hello, sampan_channel_write_hello (self.channel, hello));
  read_exactly (self.fd, answer, sizeof answer);
  if (sampan_channel_read_server_hello (self.channel, answer, sizeof answer, &consumed, NULL) !=
      SAMPAN_CHANNEL_READY)
    errx (1, "hello");
  return self;
}

static void
send_message (Connection *self, uint8_t *frame, const SampanWriter *writer)
{
  if (!sampan_writer_ok (writer))
    errx (1, "message too long");
  write_exactly (self->fd, frame, sampan_channel_seal (self->channel, frame, writer->length));
}

static SampanWriter
begin_message (uint8_t frame[static BUFFER_BYTES])
{
  SampanWriter writer;
  sampan_writer_init (&writer,
                      frame + SAMPAN_FRAME_HEADER,
                      BUFFER_BYTES - SAMPAN_FRAME_HEADER - SAMPAN_FRAME_TAG);
  return writer;
}

static SampanReader
receive_message (Connection *self, uint8_t frame[static BUFFER_BYTES], uint8_t expected)
{
  size_t consumed, length, sealed_length;
  uint8_t *message, kind;
  SampanReader reader;

  read_exactly (self->fd, frame, SAMPAN_FRAME_HEADER);
  sealed_length = (size_t)frame[0] << 8 | frame[1];
  if (sealed_length > BUFFER_BYTES - SAMPAN_FRAME_HEADER)
    errx (1, "frame too long");
  read_exactly (self->fd, frame + SAMPAN_FRAME_HEADER, sealed_length);
  if (sampan_channel_open (self->channel,
                           frame,
                           SAMPAN_FRAME_HEADER + sealed_length,
                           &consumed,
                           &message,
                           &length) != SAMPAN_CHANNEL_READY)
    errx (1, "forged frame");
  sampan_reader_init (&reader, message, length);
  if (!sampan_reader_get_u8 (&reader, &kind) || kind != expected)
    errx (1, "message 0x%02x instead of 0x%02x", message[0], expected);
  return reader;
}

static void
log_in (Connection *self, const char *user, const char *password_file, SampanLoginOk *ok)
{
  uint8_t frame[BUFFER_BYTES];
  g_autoptr (SampanSecret) password = sampan_secret_read_file (password_file, NULL);
  g_autoptr (SampanLoginClient) login = password ? sampan_login_client_new (user, password) : NULL;
  SampanLoginStart start = { .user = { (const uint8_t *)user, strlen (user) } };
  SampanLoginChallenge challenge;
  SampanLoginFinish finish;
  SampanLoginResult result;
  SampanReader reader;
  SampanWriter writer = begin_message (frame);

  if (login == NULL || !sampan_login_client_start (login, start.ke1, NULL))
    errx (1, "no password");
  sampan_write_login_start (&writer, &start);
  send_message (self, frame, &writer);
  reader = receive_message (self, frame, SAMPAN_KIND_LOGIN_CHALLENGE);
  if (!sampan_read_login_challenge (&reader, &challenge) ||
      !sampan_login_client_finish (login,
                                   SAMPAN_LOGIN_FOR_SESSION,
                                   sampan_channel_get_suite (self->channel),
                                   sampan_channel_get_handshake_hash (self->channel),
                                   challenge.ksf,
                                   challenge.ke2,
                                   &result,
                                   NULL))
    errx (1, "login refused");
  memcpy (finish.ke3, result.ke3, sizeof finish.ke3);
  writer = begin_message (frame);
  sampan_write_login_finish (&writer, &finish);
  send_message (self, frame, &writer);
  sampan_channel_switch_sending_key (self->channel, result.session_key, sizeof result.session_key);
  sampan_channel_switch_receiving_key (self->channel,
                                       result.session_key,
                                       sizeof result.session_key);
  sodium_memzero (&result, sizeof result);
  reader = receive_message (self, frame, SAMPAN_KIND_LOGIN_OK);
  if (!sampan_read_login_ok (&reader, ok))
    errx (1, "login");
}

static void
attach (Connection *self, const SampanLoginOk *ok)
{
  uint8_t frame[BUFFER_BYTES];
  SampanAttach message;
  SampanWriter writer = begin_message (frame);

  memcpy (message.session_id, ok->session_id, sizeof message.session_id);
  sampan_channel_attach_proof (self->channel, ok->ticket, message.proof);
  sampan_write_attach (&writer, &message);
  send_message (self, frame, &writer);
  sampan_channel_switch_sending_key (self->channel, ok->ticket, sizeof ok->ticket);
  sampan_channel_switch_receiving_key (self->channel, ok->ticket, sizeof ok->ticket);
  receive_message (self, frame, SAMPAN_KIND_ATTACH_OK);
}

static void
ping (Connection *self)
{
  uint8_t frame[BUFFER_BYTES];
  SampanWriter writer = begin_message (frame);

  sampan_write_text (&writer, SAMPAN_KIND_PING, (SampanBytes){ (const uint8_t *)"x", 1 });
  send_message (self, frame, &writer);
  receive_message (self, frame, SAMPAN_KIND_PONG);
}

static void
raise_file_limit (void)
{
  struct rlimit limit;
  if (getrlimit (RLIMIT_NOFILE, &limit) != 0)
    err (1, "getrlimit");
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit (RLIMIT_NOFILE, &limit) != 0)
    err (1, "setrlimit");
}

int
main (int argc, char **argv)
{
  SampanLoginOk ok;
  Connection first;
  uint16_t port;
  int count;
  char byte;

  if (argc != 5)
    errx (2, "usage: hold-connections PORT USER PASSWORD-FILE COUNT");
  if (!sampan_crypto_init ())
    errx (1, "libsodium");
  raise_file_limit ();
  port = (uint16_t)atoi (argv[1]);
  count = atoi (argv[4]);
  first = open_connection (port);
  log_in (&first, argv[2], argv[3], &ok);
  for (int i = 1; i < count; i++)
    {
      Connection next = open_connection (port);
      attach (&next, &ok);
      ping (&next);
      sampan_channel_free (next.channel);
    }
  ping (&first);
  printf ("holding %d\n", count);
  fflush (stdout);
  while (read (STDIN_FILENO, &byte, 1) > 0)
    continue;
  sampan_channel_free (first.channel);
  return 0;
}
