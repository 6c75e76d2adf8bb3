/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Sockets, channel and login of the tests' client. */

#include "config.h"

#include "test-client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <sodium.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define IN_BYTES (4 * (size_t)SAMPAN_FRAME_MAX)

static _Thread_local uint8_t plain[SAMPAN_FRAME_PLAIN_MAX]; /* one message at a time */

TestClient *
test_client_connect (uint16_t port, const char *source)
{
  TestClient *self = g_new0 (TestClient, 1);
  struct timeval timeout = { .tv_sec = TEST_TIMEOUT_SECS };
  struct sockaddr_in from = { .sin_family = AF_INET };
  struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons (port) };
  const int on = 1;

  self->fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (self->fd, >=, 0);
  g_assert_cmpint (inet_pton (AF_INET, source != NULL ? source : "127.0.0.1", &from.sin_addr),
                   ==,
                   1);
  g_assert_cmpint (inet_pton (AF_INET, "127.0.0.1", &to.sin_addr), ==, 1);
  g_assert_cmpint (bind (self->fd, (struct sockaddr *)&from, sizeof from), ==, 0);
  g_assert_cmpint (setsockopt (self->fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout), ==, 0);
  g_assert_cmpint (setsockopt (self->fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout), ==, 0);
  g_assert_cmpint (setsockopt (self->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on), ==, 0);
  g_assert_cmpint (connect (self->fd, (struct sockaddr *)&to, sizeof to), ==, 0);
  self->channel = sampan_channel_new_client ();
  self->in = g_malloc (IN_BYTES);
  self->out = g_byte_array_new ();
  self->received_bytes = g_array_new (FALSE, FALSE, sizeof (size_t));
  return self;
}

void
test_client_free (TestClient *self)
{
  if (self == NULL)
    return;
  close (self->fd);
  sampan_channel_free (self->channel);
  g_byte_array_unref (self->out);
  g_clear_pointer (&self->sent, g_byte_array_unref);
  g_array_unref (self->received_bytes);
  g_free (self->in);
  g_free (self);
}

bool
test_client_send_raw (TestClient *self, const void *bytes, size_t length)
{
  const uint8_t *next = bytes;
  if (self->sent != NULL)
    g_byte_array_append (self->sent, bytes, (guint)length);
  while (length > 0)
    {
      ssize_t sent = send (self->fd, next, length, MSG_NOSIGNAL);
      if (sent < 0)
        {
          g_assert_true (errno == EPIPE || errno == ECONNRESET);
          return false;
        }
      next += sent;
      length -= (size_t)sent;
    }
  return true;
}

bool
test_client_is_closed (TestClient *self)
{
  uint8_t byte;
  ssize_t got = recv (self->fd, &byte, 1, 0);
  return got == 0 || (got < 0 && errno == ECONNRESET);
}

/* FALSE: the server has closed. */
static bool
fill (TestClient *self)
{
  memmove (self->in, self->in + self->in_start, self->in_end - self->in_start);
  self->in_end -= self->in_start;
  self->in_start = 0;
  ssize_t got = recv (self->fd, self->in + self->in_end, IN_BYTES - self->in_end, 0);
  if (got < 0 && errno != ECONNRESET)
    g_error ("the server is silent: %s", g_strerror (errno));
  if (got <= 0)
    return false;
  self->in_end += (size_t)got;
  return true;
}

static void
note_received (TestClient *self, size_t bytes)
{
  self->in_start += bytes;
  g_array_append_val (self->received_bytes, bytes);
}

bool
test_client_hello (TestClient *self)
{
  uint8_t hello[SAMPAN_HELLO_CLIENT_MAX];
  size_t length = sampan_channel_write_hello (self->channel, hello);
  size_t consumed = 0;
  g_autoptr (GError) error = NULL;
  SampanChannelResult result;

  if (!test_client_send_raw (self, hello, length))
    return false;
  while ((result = sampan_channel_read_server_hello (self->channel,
                                                     self->in + self->in_start,
                                                     self->in_end - self->in_start,
                                                     &consumed,
                                                     &error)) == SAMPAN_CHANNEL_NEED_MORE)
    if (!fill (self))
      return false;
  g_assert_no_error (error);
  g_assert_cmpint (result, ==, SAMPAN_CHANNEL_READY);
  note_received (self, consumed);
  return true;
}

void
test_client_begin (SampanWriter *writer)
{
  sampan_writer_init (writer, plain, sizeof plain);
}

void
test_client_queue (TestClient *self, SampanWriter *writer)
{
  guint start = self->out->len;
  g_assert_true (sampan_writer_ok (writer));
  g_byte_array_set_size (self->out,
                         start + SAMPAN_FRAME_HEADER + (guint)writer->length + SAMPAN_FRAME_TAG);
  uint8_t *frame = self->out->data + start;
  memcpy (frame + SAMPAN_FRAME_HEADER, writer->data, writer->length);
  size_t length = sampan_channel_seal (self->channel, frame, writer->length);
  g_assert_cmpuint (length, ==, self->out->len - start);
}

bool
test_client_flush (TestClient *self)
{
  bool ok = test_client_send_raw (self, self->out->data, self->out->len);
  g_byte_array_set_size (self->out, 0);
  return ok;
}

bool
test_client_send (TestClient *self, SampanWriter *writer)
{
  test_client_queue (self, writer);
  return test_client_flush (self);
}

bool
test_client_receive (TestClient *self, uint8_t *kind, SampanReader *reader)
{
  uint8_t *message = NULL;
  size_t length = 0;
  size_t consumed = 0;
  SampanChannelResult result;

  while ((result = sampan_channel_open (self->channel,
                                        self->in + self->in_start,
                                        self->in_end - self->in_start,
                                        &consumed,
                                        &message,
                                        &length)) == SAMPAN_CHANNEL_NEED_MORE)
    if (!fill (self))
      return false;
  g_assert_cmpint (result, ==, SAMPAN_CHANNEL_READY);
  note_received (self, consumed);
  *kind = message[0];
  sampan_reader_init (reader, message + 1, length - 1);
  return true;
}

void
test_client_expect (TestClient *self, SampanKind kind, SampanReader *reader)
{
  uint8_t got = 0;
  do
    g_assert_true (test_client_receive (self, &got, reader));
  while (got == SAMPAN_KIND_PROGRESS && kind != SAMPAN_KIND_PROGRESS);
  if (got == SAMPAN_KIND_ERROR && kind != SAMPAN_KIND_ERROR)
    {
      SampanErrorReply error;
      g_assert_true (sampan_read_error_reply (reader, &error));
      g_error ("wanted 0x%02x, got ERROR %s", kind, sampan_error_code_get_word (error.code));
    }
  g_assert_cmphex (got, ==, kind);
}

uint64_t
test_client_expect_error (TestClient *self, SampanErrorCode code)
{
  SampanReader reader;
  SampanErrorReply error;
  test_client_expect (self, SAMPAN_KIND_ERROR, &reader);
  g_assert_true (sampan_read_error_reply (&reader, &error));
  g_assert_cmpstr (sampan_error_code_get_word (error.code), ==, sampan_error_code_get_word (code));
  return error.detail;
}

void
test_client_expect_goodbye (TestClient *self)
{
  SampanReader reader;
  test_client_expect (self, SAMPAN_KIND_CLOSE, &reader);
  g_assert_true (test_client_is_closed (self));
}

bool
test_client_start_login (TestClient *self,
                         SampanLoginClient *login,
                         const char *user,
                         SampanLoginChallenge *challenge,
                         SampanErrorCode *code)
{
  SampanLoginStart start = { .user = test_bytes (user) };
  SampanErrorReply refusal;
  SampanWriter writer;
  SampanReader reader;
  uint8_t kind = 0;
  g_autoptr (GError) error = NULL;

  *code = 0;
  g_assert_true (sampan_login_client_start (login, start.ke1, &error));
  test_client_begin (&writer);
  sampan_write_login_start (&writer, &start);
  if (!test_client_send (self, &writer) || !test_client_receive (self, &kind, &reader))
    return false;
  if (kind == SAMPAN_KIND_ERROR)
    {
      g_assert_true (sampan_read_error_reply (&reader, &refusal));
      *code = refusal.code;
      return false;
    }
  g_assert_cmphex (kind, ==, SAMPAN_KIND_LOGIN_CHALLENGE);
  g_assert_true (sampan_read_login_challenge (&reader, challenge));
  return true;
}

static void
finish_login (TestClient *self, const SampanLoginResult *result)
{
  SampanLoginFinish finish;
  SampanLoginOk ok;
  SampanWriter writer;
  SampanReader reader;

  memcpy (finish.ke3, result->ke3, sizeof finish.ke3);
  test_client_begin (&writer);
  sampan_write_login_finish (&writer, &finish);
  test_client_queue (self, &writer);
  sampan_channel_switch_sending_key (self->channel,
                                     result->session_key,
                                     sizeof result->session_key);
  sampan_channel_switch_receiving_key (self->channel,
                                       result->session_key,
                                       sizeof result->session_key);
  /* A request right behind it is answered, too. */
  test_client_begin (&writer);
  sampan_write_text (&writer, SAMPAN_KIND_PING, test_bytes ("early"));
  g_assert_true (test_client_send (self, &writer));
  test_client_expect (self, SAMPAN_KIND_LOGIN_OK, &reader);
  g_assert_true (sampan_read_login_ok (&reader, &ok));
  memcpy (self->session_id, ok.session_id, sizeof ok.session_id);
  memcpy (self->ticket, ok.ticket, sizeof ok.ticket);
  self->flags = ok.flags;
  test_client_expect (self, SAMPAN_KIND_PONG, &reader);
}

SampanErrorCode
test_client_login (TestClient *self, const char *user, const char *password)
{
  g_autoptr (SampanSecret) secret = sampan_secret_new (password, strlen (password));
  g_autoptr (SampanLoginClient) login = sampan_login_client_new (user, secret);
  g_autoptr (GError) error = NULL;
  SampanLoginChallenge challenge;
  SampanLoginResult result;
  SampanErrorCode code = 0;

  if (!test_client_hello (self))
    return SAMPAN_ERROR_DISCONNECTED;
  if (!test_client_start_login (self, login, user, &challenge, &code))
    return code != 0 ? code : SAMPAN_ERROR_DISCONNECTED;
  if (!sampan_login_client_finish (login,
                                   SAMPAN_LOGIN_FOR_SESSION,
                                   sampan_channel_get_suite (self->channel),
                                   sampan_channel_get_handshake_hash (self->channel),
                                   challenge.ksf,
                                   challenge.ke2,
                                   &result,
                                   &error))
    return error->code;
  finish_login (self, &result);
  return 0;
}

TestClient *
test_client_new_logged_in (uint16_t port, const char *user, const char *password)
{
  TestClient *self = test_client_connect (port, NULL);
  g_assert_cmpint (test_client_login (self, user, password), ==, 0);
  return self;
}

bool
test_client_try_to_attach (TestClient *self, const TestClient *session)
{
  SampanAttach attach;
  SampanWriter writer;

  if (!test_client_hello (self))
    return false;
  memcpy (attach.session_id, session->session_id, sizeof attach.session_id);
  sampan_channel_attach_proof (self->channel, session->ticket, attach.proof);
  test_client_begin (&writer);
  sampan_write_attach (&writer, &attach);
  if (!test_client_send (self, &writer))
    return false;
  sampan_channel_switch_sending_key (self->channel, session->ticket, sizeof session->ticket);
  sampan_channel_switch_receiving_key (self->channel, session->ticket, sizeof session->ticket);
  return true;
}

bool
test_client_attach (TestClient *self, const TestClient *session)
{
  SampanReader reader;
  uint8_t kind = 0;

  if (!test_client_try_to_attach (self, session) || !test_client_receive (self, &kind, &reader))
    return false;
  g_assert_cmphex (kind, ==, SAMPAN_KIND_ATTACH_OK);
  return true;
}

TestClient *
test_client_new_attached (uint16_t port, const TestClient *session)
{
  TestClient *self = test_client_connect (port, NULL);
  g_assert_true (test_client_attach (self, session));
  return self;
}

SampanBytes
test_bytes (const char *text)
{
  return (SampanBytes){ .data = (const uint8_t *)text, .length = strlen (text) };
}

void
test_client_queue_number (TestClient *self, SampanKind kind, uint64_t number)
{
  SampanWriter writer;
  test_client_begin (&writer);
  sampan_write_number (&writer, kind, number);
  test_client_queue (self, &writer);
}

void
test_client_queue_data (TestClient *self, const uint8_t *data, size_t length)
{
  for (size_t offset = 0; offset < length; offset += SAMPAN_DATA_MAX)
    {
      SampanWriter writer;
      test_client_begin (&writer);
      sampan_writer_put_u8 (&writer, SAMPAN_KIND_DATA);
      sampan_writer_put_fixed (&writer, data + offset, MIN (length - offset, SAMPAN_DATA_MAX));
      test_client_queue (self, &writer);
    }
}

void
test_client_queue_path (TestClient *self, SampanKind kind, const char *path)
{
  SampanPathRequest request = { .path = test_bytes (path) };
  SampanWriter writer;
  test_client_begin (&writer);
  sampan_write_path_request (&writer, kind, &request);
  test_client_queue (self, &writer);
}

void
test_client_queue_put (TestClient *self,
                       const char *path,
                       const void *data,
                       size_t length,
                       SampanConflict conflict)
{
  SampanPutRequest request = { .path = test_bytes (path),
                               .size = length,
                               .mtime.seconds = 1000000000,
                               .conflict = conflict };
  SampanWriter writer;

  randombytes_buf (request.upload_id, sizeof request.upload_id);
  test_client_begin (&writer);
  sampan_write_put_request (&writer, &request);
  test_client_queue (self, &writer);
  test_client_queue_data (self, data, length);
  test_client_queue_number (self, SAMPAN_KIND_END, length);
}

void
test_client_ping (TestClient *self)
{
  SampanWriter writer;
  SampanReader reader;
  SampanBytes text;
  test_client_begin (&writer);
  sampan_write_text (&writer, SAMPAN_KIND_PING, test_bytes ("there?"));
  g_assert_true (test_client_send (self, &writer));
  test_client_expect (self, SAMPAN_KIND_PONG, &reader);
  g_assert_true (sampan_read_text (&reader, &text));
  g_assert_cmpmem (text.data, text.length, "THERE?", 6);
}

void
test_client_begin_upload (TestClient *self, const char *path)
{
  static uint8_t data[SAMPAN_DATA_MAX];
  SampanPutRequest request = { .path = test_bytes (path),
                               .size = 100 * sizeof data,
                               .conflict = SAMPAN_CONFLICT_REPLACE,
                               .upload_id = { 9 } };
  SampanWriter writer;

  test_client_begin (&writer);
  sampan_write_put_request (&writer, &request);
  test_client_queue (self, &writer);
  for (int i = 0; i < 8; i++)
    test_client_queue_data (self, data, sizeof data);
  g_assert_true (test_client_flush (self));
}
