/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Logs in once, attaches COUNT connections to the session from several addresses, pings each once,
 * says "holding COUNT" and keeps them open until stdin ends.
 *
 *   hold-connections PORT USER PASSWORD-FILE COUNT */

#include "config.h"

#include "login.h"
#include "raw-client.h"

#include <arpa/inet.h>
#include <err.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CONNECTIONS_A_SOURCE 1000 /* far fewer than there are ports */

static RawClient
open_connection (uint16_t port, uint32_t source)
{
  RawClient self;
  if (!raw_client_open (&self, port, source))
    errx (1, "hello");
  return self;
}

static void
send_message (RawClient *self, uint8_t *frame, const SampanWriter *writer)
{
  if (!raw_client_send (self, frame, writer))
    errx (1, "the server closed");
}

static SampanReader
receive_message (RawClient *self, uint8_t frame[static RAW_CLIENT_FRAME_BYTES], uint8_t expected)
{
  SampanReader reader;
  uint8_t kind = raw_client_receive (self, frame, &reader);
  if (kind != expected)
    errx (1, "message 0x%02x instead of 0x%02x", kind, expected);
  return reader;
}

static void
log_in (RawClient *self, const char *user, const char *password_file, SampanLoginOk *ok)
{
  uint8_t frame[RAW_CLIENT_FRAME_BYTES];
  g_autoptr (SampanSecret) password = sampan_secret_read_file (password_file, NULL);
  g_autoptr (SampanLoginClient) login = password ? sampan_login_client_new (user, password) : NULL;
  SampanLoginStart start = { .user = { (const uint8_t *)user, strlen (user) } };
  SampanLoginChallenge challenge;
  SampanLoginFinish finish;
  SampanLoginResult result;
  SampanReader reader;
  SampanWriter writer = raw_client_begin (frame);

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
  writer = raw_client_begin (frame);
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
attach (RawClient *self, const SampanLoginOk *ok)
{
  uint8_t frame[RAW_CLIENT_FRAME_BYTES];
  SampanAttach message;
  SampanWriter writer = raw_client_begin (frame);

  memcpy (message.session_id, ok->session_id, sizeof message.session_id);
  sampan_channel_attach_proof (self->channel, ok->ticket, message.proof);
  sampan_write_attach (&writer, &message);
  send_message (self, frame, &writer);
  sampan_channel_switch_sending_key (self->channel, ok->ticket, sizeof ok->ticket);
  sampan_channel_switch_receiving_key (self->channel, ok->ticket, sizeof ok->ticket);
  receive_message (self, frame, SAMPAN_KIND_ATTACH_OK);
}

static void
ping (RawClient *self)
{
  uint8_t frame[RAW_CLIENT_FRAME_BYTES];
  SampanWriter writer = raw_client_begin (frame);

  sampan_write_text (&writer, SAMPAN_KIND_PING, (SampanBytes){ (const uint8_t *)"x", 1 });
  send_message (self, frame, &writer);
  receive_message (self, frame, SAMPAN_KIND_PONG);
}

int
main (int argc, char **argv)
{
  SampanLoginOk ok;
  RawClient first;
  uint16_t port;
  int count;
  char byte;

  if (argc != 5)
    errx (2, "usage: hold-connections PORT USER PASSWORD-FILE COUNT");
  if (!sampan_crypto_init ())
    errx (1, "libsodium");
  raw_client_raise_file_limit ();
  port = (uint16_t)atoi (argv[1]);
  count = atoi (argv[4]);
  first = open_connection (port, INADDR_LOOPBACK);
  log_in (&first, argv[2], argv[3], &ok);
  for (int i = 1; i < count; i++)
    {
      uint32_t source = INADDR_LOOPBACK + (uint32_t)i / CONNECTIONS_A_SOURCE;
      RawClient next = open_connection (port, source);
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
