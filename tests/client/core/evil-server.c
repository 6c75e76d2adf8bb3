/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The misbehaving server: listening, login up to the chosen point, and what scripts need. */

#include "config.h"

#include "evil-server.h"

#include "core-test.h"
#include "evil-server-private.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sodium.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- Frames ---- */

bool
evil_send_raw (EvilPeer *peer, const void *bytes, size_t length)
{
  const uint8_t *at = bytes;

  while (length > 0)
    {
      ssize_t n = send (peer->fd, at, length, MSG_NOSIGNAL);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return false;
      at += n;
      length -= (size_t)n;
    }
  return true;
}

static bool
receive_more (EvilPeer *peer)
{
  ssize_t n;

  if (peer->start > 0)
    memmove (peer->in, peer->in + peer->start, peer->end - peer->start);
  peer->end -= peer->start;
  peer->start = 0;
  do
    n = recv (peer->fd, peer->in + peer->end, sizeof peer->in - peer->end, 0);
  while (n < 0 && errno == EINTR);
  if (n <= 0)
    return false;
  peer->end += (size_t)n;
  return true;
}

bool
evil_read (EvilPeer *peer, uint8_t *kind, SampanReader *fields)
{
  peer->start += peer->used;
  peer->used = 0;
  for (;;)
    {
      uint8_t *message;
      size_t consumed, length;
      SampanChannelResult result = sampan_channel_open (peer->channel,
                                                        peer->in + peer->start,
                                                        peer->end - peer->start,
                                                        &consumed,
                                                        &message,
                                                        &length);

      if (result == SAMPAN_CHANNEL_FAILED)
        return false;
      if (result == SAMPAN_CHANNEL_READY)
        {
          peer->used = consumed;
          *kind = message[0];
          sampan_reader_init (fields, message + 1, length - 1);
          if (peer->has_ke1)
            atomic_fetch_add (&peer->server->after_ke1, 1);
          return true;
        }
      if (!receive_more (peer))
        return false;
    }
}

bool
evil_read_until (EvilPeer *peer, SampanKind kind, SampanReader *fields)
{
  uint8_t got;

  do
    if (!evil_read (peer, &got, fields))
      return false;
  while (got != kind);
  return true;
}

SampanWriter *
evil_begin (EvilPeer *peer)
{
  sampan_writer_init (&peer->writer, peer->out + SAMPAN_FRAME_HEADER, SAMPAN_FRAME_PLAIN_MAX);
  return &peer->writer;
}

SampanWriter *
evil_current (EvilPeer *peer)
{
  return &peer->writer;
}

bool
evil_send (EvilPeer *peer)
{
  size_t length;

  g_assert_true (sampan_writer_ok (&peer->writer));
  length = sampan_channel_seal (peer->channel, peer->out, peer->writer.length);
  if (peer->spoil)
    peer->out[length - 1] ^= 1;
  peer->spoil = false;
  return evil_send_raw (peer, peer->out, length);
}

bool
evil_send_empty (EvilPeer *peer, SampanKind kind)
{
  sampan_write_empty (evil_begin (peer), kind);
  return evil_send (peer);
}

bool
evil_send_number (EvilPeer *peer, SampanKind kind, uint64_t number)
{
  sampan_write_number (evil_begin (peer), kind, number);
  return evil_send (peer);
}

bool
evil_send_error (EvilPeer *peer, SampanErrorCode code, uint64_t detail)
{
  SampanErrorReply reply = { (uint16_t)code, detail };

  sampan_write_error_reply (evil_begin (peer), &reply);
  return evil_send (peer);
}

bool
evil_send_data (EvilPeer *peer, size_t length)
{
  SampanWriter *writer = evil_begin (peer);

  sampan_writer_put_u8 (writer, SAMPAN_KIND_DATA);
  memset (writer->data + writer->length, 'x', length);
  writer->length += length;
  return evil_send (peer);
}

void
evil_spoil_next (EvilPeer *peer)
{
  peer->spoil = true;
}

void
evil_stall (EvilPeer *peer)
{
  peer->start = peer->end = peer->used = 0;
  while (receive_more (peer))
    peer->end = 0;
}

void
evil_serve (EvilPeer *peer, gpointer data)
{
  SampanReader fields;
  SampanBytes text;
  uint8_t kind;

  while (evil_read (peer, &kind, &fields))
    {
      bool sent;

      if (kind == SAMPAN_KIND_PING && sampan_read_text (&fields, &text))
        {
          sampan_write_text (evil_begin (peer), SAMPAN_KIND_PONG, text);
          sent = evil_send (peer);
        }
      else if (kind == SAMPAN_KIND_LOGOUT)
        {
          evil_send_empty (peer, SAMPAN_KIND_DONE);
          evil_send_empty (peer, SAMPAN_KIND_CLOSE);
          return;
        }
      else
        sent = evil_send_error (peer, SAMPAN_ERROR_UNSUPPORTED, 0);
      if (!sent)
        return;
    }
}

/* ---- Hello ---- */

static bool
shake_hands (EvilPeer *peer)
{
  EvilLogin evil = peer->server->plan.login;
  uint8_t hello[SAMPAN_HELLO_SERVER_LENGTH];
  size_t consumed, length;
  SampanChannelResult result;

  if (evil == EVIL_LOGIN_HANGS_UP)
    return false;
  if (evil == EVIL_LOGIN_SILENT)
    {
      evil_stall (peer);
      return false;
    }
  do
    {
      if (!receive_more (peer))
        return false;
      result = sampan_channel_read_client_hello (peer->channel,
                                                 peer->in,
                                                 peer->end,
                                                 &consumed,
                                                 hello,
                                                 &length);
    }
  while (result == SAMPAN_CHANNEL_NEED_MORE);
  g_assert_cmpint (result, ==, SAMPAN_CHANNEL_READY);
  peer->start = consumed;
  if (evil == EVIL_LOGIN_NOISE)
    randombytes_buf (hello, sizeof hello);
  else if (evil == EVIL_LOGIN_HTTP)
    {
      static const char http[] = "HTTP/1.1 400 Bad Request\r\nServer: \x1b]0;pwned\x07\r\n\r\n";

      evil_send_raw (peer, http, sizeof http - 1);
      return false;
    }
  else if (evil == EVIL_LOGIN_OTHER_VERSION || evil == EVIL_LOGIN_NO_SUITE)
    {
      hello[SAMPAN_MAGIC_LENGTH] = evil == EVIL_LOGIN_OTHER_VERSION ? 9 : SAMPAN_PROTOCOL_VERSION;
      hello[SAMPAN_MAGIC_LENGTH + 1] = SAMPAN_SUITE_NONE;
      evil_send_raw (peer, hello, SAMPAN_MAGIC_LENGTH + 2);
      return false;
    }
  else if (evil == EVIL_LOGIN_STALL_HELLO)
    {
      evil_send_raw (peer, hello, length / 2);
      evil_stall (peer);
      return false;
    }
  return evil_send_raw (peer, hello, length);
}

/* ---- Login ---- */

static bool
send_challenge (EvilPeer *peer, const SampanLoginStart *start, SampanLoginServer *login)
{
  EvilServer *server = peer->server;
  SampanLoginChallenge challenge = { .ksf = SAMPAN_KSF_64M };
  SampanWriter *writer;

  g_assert_true (sampan_login_server_answer (login,
                                             &server->keys,
                                             server->record,
                                             (const char *)start->user.data,
                                             start->user.length,
                                             SAMPAN_LOGIN_FOR_SESSION,
                                             sampan_channel_get_suite (peer->channel),
                                             sampan_channel_get_handshake_hash (peer->channel),
                                             SAMPAN_KSF_64M,
                                             start->ke1,
                                             challenge.ke2));
  /* The server's MAC is the last field of KE2. */
  if (server->plan.login == EVIL_LOGIN_BAD_MAC)
    challenge.ke2[SAMPAN_KE2_LENGTH - 1] ^= 1;
  if (server->plan.login == EVIL_LOGIN_BAD_POINTS)
    memset (challenge.ke2, 0, sizeof challenge.ke2);
  if (server->plan.login == EVIL_LOGIN_UNKNOWN_KSF)
    challenge.ksf = 200;
  writer = evil_begin (peer);
  sampan_write_login_challenge (writer, SAMPAN_KIND_LOGIN_CHALLENGE, &challenge);
  if (server->plan.login == EVIL_LOGIN_SHORT)
    writer->length--;
  return evil_send (peer);
}

static bool
send_login_ok (EvilPeer *peer)
{
  SampanLoginOk ok = { .flags = peer->server->plan.login == EVIL_LOGIN_MUST_SET
                                    ? SAMPAN_LOGIN_MUST_SET_PASSWORD
                                    : 0 };

  memcpy (ok.ticket, peer->server->ticket, sizeof ok.ticket);
  sampan_write_login_ok (evil_begin (peer), &ok);
  return evil_send (peer);
}

/* FALSE if the connection ends in place of the challenge. */
static bool
answer_ke1 (EvilPeer *peer, const SampanLoginStart *start, SampanLoginServer *login)
{
  static const uint8_t huge_length[] = { 0x10, 0x00 };

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wswitch-enum" /* the others come later */
  switch (peer->server->plan.login)
    {
    case EVIL_LOGIN_STALL_CHALLENGE:
      evil_stall (peer);
      return false;
    case EVIL_LOGIN_TRY_LATER:
      evil_send_error (peer, SAMPAN_ERROR_TRY_LATER, 17);
      evil_stall (peer);
      return false;
    case EVIL_LOGIN_SHUTTING_DOWN:
      evil_send_error (peer, SAMPAN_ERROR_SHUTTING_DOWN, 0);
      evil_send_empty (peer, SAMPAN_KIND_CLOSE);
      return false;
    case EVIL_LOGIN_WRONG_KIND:
      send_login_ok (peer);
      evil_stall (peer);
      return false;
    case EVIL_LOGIN_HUGE:
      evil_send_raw (peer, huge_length, sizeof huge_length);
      evil_stall (peer);
      return false;
    default:
      return send_challenge (peer, start, login);
    }
#pragma GCC diagnostic pop
}

static bool
answer_ke3 (EvilPeer *peer, const SampanLoginServer *login, const SampanLoginFinish *finish)
{
  EvilLogin evil = peer->server->plan.login;

  g_assert_true (sampan_login_server_check (login, finish->ke3));
  if (evil == EVIL_LOGIN_HANGS_UP_KE3)
    return false;
  if (evil == EVIL_LOGIN_STALL_KE3)
    {
      evil_stall (peer);
      return false;
    }
  if (evil == EVIL_LOGIN_OLD_KEY)
    {
      send_login_ok (peer);
      evil_stall (peer);
      return false;
    }
  sampan_channel_switch_receiving_key (peer->channel,
                                       login->session_key,
                                       sizeof login->session_key);
  sampan_channel_switch_sending_key (peer->channel, login->session_key, sizeof login->session_key);
  if (evil == EVIL_LOGIN_REFUSES)
    {
      evil_send_error (peer, SAMPAN_ERROR_LOGIN_REFUSED, 0);
      evil_stall (peer);
      return false;
    }
  return send_login_ok (peer);
}

static void
serve_login (EvilPeer *peer, SampanReader *fields)
{
  EvilPlan *plan = &peer->server->plan;
  SampanLoginStart start;
  SampanLoginServer login;
  SampanLoginFinish finish;
  uint8_t kind;

  g_assert_true (sampan_read_login_start (fields, &start));
  peer->has_ke1 = true;
  if (!answer_ke1 (peer, &start, &login) || !evil_read (peer, &kind, fields))
    return;
  g_assert_cmpint (kind, ==, SAMPAN_KIND_LOGIN_FINISH);
  g_assert_true (sampan_read_login_finish (fields, &finish));
  if (answer_ke3 (peer, &login, &finish))
    (plan->browse != NULL ? plan->browse : evil_serve) (peer, plan->data);
}

static void
serve_attach (EvilPeer *peer, SampanReader *fields)
{
  EvilPlan *plan = &peer->server->plan;
  uint8_t proof[SAMPAN_ATTACH_PROOF_LENGTH];
  SampanAttach attach;

  g_assert_true (sampan_read_attach (fields, &attach));
  sampan_channel_attach_proof (peer->channel, peer->server->ticket, proof);
  g_assert_cmpmem (proof, sizeof proof, attach.proof, sizeof attach.proof);
  if (plan->transfer == NULL)
    return;
  sampan_channel_switch_receiving_key (peer->channel, peer->server->ticket, SAMPAN_TICKET_LENGTH);
  sampan_channel_switch_sending_key (peer->channel, peer->server->ticket, SAMPAN_TICKET_LENGTH);
  if (evil_send_empty (peer, SAMPAN_KIND_ATTACH_OK))
    plan->transfer (peer, plan->data);
}

static gpointer
peer_thread (gpointer data)
{
  EvilPeer *peer = data;
  SampanReader fields;
  uint8_t kind;

  if (shake_hands (peer) && evil_read (peer, &kind, &fields))
    {
      if (kind == SAMPAN_KIND_LOGIN_START)
        serve_login (peer, &fields);
      else if (kind == SAMPAN_KIND_ATTACH)
        serve_attach (peer, &fields);
    }
  shutdown (peer->fd, SHUT_RDWR);
  atomic_fetch_add (&peer->server->ended, 1);
  return NULL;
}

/* ---- The server ---- */

static gpointer
accept_thread (gpointer data)
{
  EvilServer *self = data;
  int fd;

  while ((fd = accept (self->listen_fd, NULL, NULL)) >= 0)
    {
      EvilPeer *peer = g_new0 (EvilPeer, 1);
      int on = 1;

      setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      peer->server = self;
      peer->fd = fd;
      peer->channel = sampan_channel_new_server ();
      atomic_fetch_add (&self->accepted, 1);
      g_mutex_lock (&self->lock);
      g_ptr_array_add (self->peers, peer);
      peer->thread = g_thread_new ("evil-peer", peer_thread, peer);
      g_mutex_unlock (&self->lock);
    }
  return NULL;
}

/* All evil servers of a process are one server: ports come again. */
static void
register_user (EvilServer *self)
{
  static SampanServerKeys keys;
  static uint8_t record[SAMPAN_REGISTRATION_RECORD_LENGTH];
  static bool is_made;

  if (!is_made)
    {
      g_autoptr (SampanSecret) password = core_test_secret (CORE_TEST_PASSWORD);
      g_autoptr (GError) error = NULL;

      g_assert_true (sampan_server_keys_generate (&keys));
      g_assert_true (sampan_registration_local (&keys,
                                                CORE_TEST_USER,
                                                password,
                                                SAMPAN_KSF_64M,
                                                record,
                                                &error));
      is_made = true;
    }
  self->keys = keys;
  memcpy (self->record, record, sizeof record);
  randombytes_buf (self->ticket, sizeof self->ticket);
}

EvilServer *
evil_server_new (const EvilPlan *plan)
{
  EvilServer *self = g_new0 (EvilServer, 1);
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t length = sizeof address;

  self->plan = *plan;
  register_user (self);
  g_mutex_init (&self->lock);
  self->peers = g_ptr_array_new ();
  self->listen_fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (self->listen_fd, >=, 0);
  g_assert_cmpint (bind (self->listen_fd, (struct sockaddr *)&address, sizeof address), ==, 0);
  g_assert_cmpint (listen (self->listen_fd, SOMAXCONN), ==, 0);
  g_assert_cmpint (getsockname (self->listen_fd, (struct sockaddr *)&address, &length), ==, 0);
  self->port = ntohs (address.sin_port);
  self->thread = g_thread_new ("evil-accept", accept_thread, self);
  return self;
}

uint16_t
evil_server_get_port (EvilServer *self)
{
  return self->port;
}

const uint8_t *
evil_server_get_public_key (EvilServer *self)
{
  return self->keys.public_key;
}

unsigned int
evil_server_count_after_ke1 (EvilServer *self)
{
  return atomic_load (&self->after_ke1);
}

unsigned int
evil_server_count_accepted (EvilServer *self)
{
  return atomic_load (&self->accepted);
}

unsigned int
evil_server_count_ended (EvilServer *self)
{
  return atomic_load (&self->ended);
}

void
evil_server_free (EvilServer *self)
{
  shutdown (self->listen_fd, SHUT_RDWR);
  g_thread_join (self->thread);
  close (self->listen_fd);
  for (guint i = 0; i < self->peers->len; i++)
    {
      EvilPeer *peer = g_ptr_array_index (self->peers, i);

      shutdown (peer->fd, SHUT_RDWR);
      g_thread_join (peer->thread);
      close (peer->fd);
      sampan_channel_free (peer->channel);
      g_free (peer);
    }
  g_ptr_array_unref (self->peers);
  g_mutex_clear (&self->lock);
  g_free (self);
}
