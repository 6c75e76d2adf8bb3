/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Hellos and frames: every reader of the channel gets the input, before and after login. */

#include "config.h"

#include "channel-private.h"
#include "fuzz.h"
#include "secret.h"

#include <glib.h>
#include <string.h>

/* An edit: u16 offset and an XOR mask, then the message. */
#define EDIT_BYTES 3

/* A channel of both ends, made once: what is tried out works on a copy. */
static SampanChannel client, server;

static void
set_up_once (void)
{
  static const uint8_t secret[] = "after login";
  g_autoptr (SampanChannel) a = NULL;
  g_autoptr (SampanChannel) b = NULL;
  uint8_t hello[SAMPAN_HELLO_CLIENT_MAX], answer[SAMPAN_HELLO_SERVER_LENGTH];
  size_t length, consumed, answer_length;

  if (client.suite != SAMPAN_SUITE_NONE)
    return;
  g_assert_true (sampan_crypto_init ());
  a = sampan_channel_new_client ();
  b = sampan_channel_new_server ();
  length = sampan_channel_write_hello (a, hello);
  g_assert_cmpint (
      sampan_channel_read_client_hello (b, hello, length, &consumed, answer, &answer_length),
      ==,
      SAMPAN_CHANNEL_READY);
  g_assert_cmpint (sampan_channel_read_server_hello (a, answer, answer_length, &consumed, NULL),
                   ==,
                   SAMPAN_CHANNEL_READY);
  sampan_channel_switch_receiving_key (a, secret, sizeof secret);
  client = *a;
  server = *b;
}

static void
read_client_hello (const uint8_t *data, size_t size)
{
  g_autoptr (SampanChannel) channel = sampan_channel_new_server ();
  uint8_t answer[SAMPAN_HELLO_SERVER_LENGTH];
  size_t consumed, answer_length;

  switch (sampan_channel_read_client_hello (channel, data, size, &consumed, answer, &answer_length))
    {
    case SAMPAN_CHANNEL_READY:
      g_assert_cmpuint (consumed, <=, MIN (size, SAMPAN_HELLO_CLIENT_MAX));
      g_assert_cmpuint (answer_length, ==, sizeof answer);
      g_assert_cmpint (sampan_channel_get_suite (channel), !=, SAMPAN_SUITE_NONE);
      break;
    case SAMPAN_CHANNEL_NEED_MORE:
      g_assert_cmpuint (size, <, SAMPAN_HELLO_CLIENT_MAX);
      g_assert_cmpuint (consumed + answer_length, ==, 0);
      break;
    case SAMPAN_CHANNEL_FAILED:
      g_assert_cmpuint (consumed, ==, 0);
      g_assert_cmpint (sampan_channel_get_suite (channel), ==, SAMPAN_SUITE_NONE);
      break;
    }
}

/* Nobody who has not seen the client's hello can make an answer that it takes. */
static void
read_server_hello (const uint8_t *data, size_t size)
{
  g_autoptr (SampanChannel) channel = sampan_channel_new_client ();
  g_autoptr (GError) error = NULL;
  uint8_t hello[SAMPAN_HELLO_CLIENT_MAX];
  size_t consumed;
  SampanChannelResult result;

  g_assert_cmpuint (sampan_channel_write_hello (channel, hello), <=, sizeof hello);
  result = sampan_channel_read_server_hello (channel, data, size, &consumed, &error);
  g_assert_cmpint (result, !=, SAMPAN_CHANNEL_READY);
  g_assert_cmpint (error != NULL, ==, result == SAMPAN_CHANNEL_FAILED);
  g_assert_cmpuint (consumed, ==, 0);
  if (result == SAMPAN_CHANNEL_NEED_MORE)
    g_assert_cmpuint (size, <, SAMPAN_HELLO_SERVER_LENGTH);
}

/* No frame that was not sealed by the other end is ever READY. */
static void
read_frames (const SampanChannel *template, const uint8_t *data, size_t size)
{
  SampanChannel channel = *template;
  g_autofree uint8_t *bytes = g_memdup2 (data, size);
  uint8_t *message;
  size_t consumed, length;
  SampanChannelResult result =
      sampan_channel_open (&channel, bytes, size, &consumed, &message, &length);

  g_assert_cmpint (result, !=, SAMPAN_CHANNEL_READY);
  g_assert_cmpuint (consumed, ==, 0);
  if (result == SAMPAN_CHANNEL_NEED_MORE)
    g_assert_true (length == 0 ? size < SAMPAN_FRAME_HEADER : size < length);
  else
    g_assert_cmpint (sampan_channel_open (&channel, bytes, size, &consumed, &message, &length),
                     ==,
                     SAMPAN_CHANNEL_FAILED);
}

static void
edit_frame (const uint8_t *data, size_t size)
{
  SampanChannel sender = client, receiver = server;
  g_autofree uint8_t *frame = NULL;
  uint8_t *message;
  size_t plain_length, frame_length, consumed, length, offset;
  SampanChannelResult result;

  if (size <= EDIT_BYTES || size - EDIT_BYTES > SAMPAN_PRE_LOGIN_FRAME_MAX)
    return;
  plain_length = size - EDIT_BYTES;
  frame = g_malloc (SAMPAN_FRAME_HEADER + plain_length + SAMPAN_FRAME_TAG);
  memcpy (frame + SAMPAN_FRAME_HEADER, data + EDIT_BYTES, plain_length);
  frame_length = sampan_channel_seal (&sender, frame, plain_length);
  offset = ((size_t)data[0] << 8 | data[1]) % frame_length;
  frame[offset] ^= data[2];

  result = sampan_channel_open (&receiver, frame, frame_length, &consumed, &message, &length);
  if (data[2] == 0)
    {
      g_assert_cmpint (result, ==, SAMPAN_CHANNEL_READY);
      g_assert_cmpmem (message, length, data + EDIT_BYTES, plain_length);
    }
  else if (offset < SAMPAN_FRAME_HEADER)
    g_assert_cmpint (result, !=, SAMPAN_CHANNEL_READY);
  else
    g_assert_cmpint (result, ==, SAMPAN_CHANNEL_FAILED);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  set_up_once ();
  if (size > SAMPAN_FRAME_MAX)
    return 0;
  read_client_hello (data, size);
  read_server_hello (data, size);
  read_frames (&server, data, size);
  read_frames (&client, data, size);
  edit_frame (data, size);
  return 0;
}
