/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Two ends of a channel in one process. */

#include "config.h"

#include "channel-pair.h"

#include <string.h>

static const uint8_t login_secret[] = "what a login agreed upon";

SampanSuite
get_other_suite (SampanSuite suite)
{
  return suite == SAMPAN_SUITE_AESGCM ? SAMPAN_SUITE_CHACHAPOLY : SAMPAN_SUITE_AESGCM;
}

void
channel_pair_init (ChannelPair *self, SampanSuite suite, bool logged_in)
{
  uint8_t hello[SAMPAN_HELLO_CLIENT_MAX], answer[SAMPAN_HELLO_SERVER_LENGTH];
  size_t length, consumed, answer_length;
  g_autoptr (GError) error = NULL;

  self->client = sampan_channel_new_client ();
  self->server = sampan_channel_new_server ();
  sampan_channel_set_lacks (self->client, get_other_suite (suite));
  length = sampan_channel_write_hello (self->client, hello);
  g_assert_cmpint (sampan_channel_read_client_hello (self->server,
                                                     hello,
                                                     length,
                                                     &consumed,
                                                     answer,
                                                     &answer_length),
                   ==,
                   SAMPAN_CHANNEL_READY);
  g_assert_cmpuint (consumed, ==, length);
  g_assert_cmpint (
      sampan_channel_read_server_hello (self->client, answer, answer_length, &consumed, &error),
      ==,
      SAMPAN_CHANNEL_READY);
  g_assert_no_error (error);
  g_assert_cmpuint (consumed, ==, answer_length);
  g_assert_cmpint (sampan_channel_get_suite (self->client), ==, suite);
  g_assert_cmpint (sampan_channel_get_suite (self->server), ==, suite);
  if (!logged_in)
    return;
  sampan_channel_switch_sending_key (self->client, login_secret, sizeof login_secret);
  sampan_channel_switch_receiving_key (self->server, login_secret, sizeof login_secret);
  sampan_channel_switch_sending_key (self->server, login_secret, sizeof login_secret);
  sampan_channel_switch_receiving_key (self->client, login_secret, sizeof login_secret);
}

void
channel_pair_clear (ChannelPair *self)
{
  g_clear_pointer (&self->client, sampan_channel_free);
  g_clear_pointer (&self->server, sampan_channel_free);
}

uint8_t *
seal_frame (SampanChannel *from, const void *text, size_t length, size_t *frame_length)
{
  uint8_t *frame = g_malloc (SAMPAN_FRAME_HEADER + length + SAMPAN_FRAME_TAG);

  memcpy (frame + SAMPAN_FRAME_HEADER, text, length);
  *frame_length = sampan_channel_seal (from, frame, length);
  g_assert_cmpuint (*frame_length, ==, SAMPAN_FRAME_HEADER + length + SAMPAN_FRAME_TAG);
  return frame;
}

void
assert_opens (SampanChannel *to,
              uint8_t *frame,
              size_t frame_length,
              const void *text,
              size_t length)
{
  uint8_t *message;
  size_t consumed, message_length;

  g_assert_cmpint (
      sampan_channel_open (to, frame, frame_length, &consumed, &message, &message_length),
      ==,
      SAMPAN_CHANNEL_READY);
  g_assert_cmpuint (consumed, ==, SAMPAN_FRAME_HEADER + length + SAMPAN_FRAME_TAG);
  g_assert_true (message == frame + SAMPAN_FRAME_HEADER);
  g_assert_cmpmem (message, message_length, text, length);
}

void
assert_refuses (SampanChannel *to, uint8_t *frame, size_t frame_length)
{
  for (int again = 0; again < 2; again++)
    {
      uint8_t *message;
      size_t consumed, message_length;

      g_assert_cmpint (
          sampan_channel_open (to, frame, frame_length, &consumed, &message, &message_length),
          ==,
          SAMPAN_CHANNEL_FAILED);
      g_assert_null (message);
      g_assert_cmpuint (consumed + message_length, ==, 0);
    }
}

void
assert_passes (SampanChannel *from, SampanChannel *to, const char *text)
{
  size_t frame_length;
  g_autofree uint8_t *frame = seal_frame (from, text, strlen (text), &frame_length);

  assert_opens (to, frame, frame_length, text, strlen (text));
}
