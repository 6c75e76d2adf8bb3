/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The hellos of both sides: version, suite and Noise handshake. */

#include "config.h"

#include "channel.h"

#include "channel-private.h"
#include "errors.h"

#include <sodium.h>
#include <string.h>

G_STATIC_ASSERT (SAMPAN_HELLO_SERVER_LENGTH ==
                 SAMPAN_HELLO_SERVER_PROLOGUE + SAMPAN_NOISE_MESSAGE_2_LENGTH);
G_STATIC_ASSERT (SAMPAN_HELLO_CLIENT_MAX ==
                 SAMPAN_HELLO_CLIENT_PROLOGUE_MAX + SAMPAN_NOISE_MESSAGE_1_LENGTH);

/* Best first: where AESGCM is supported it is the faster one. What is not supported here is left
 * out of the offer and never taken. */
static const SampanSuite suites[] = { SAMPAN_SUITE_AESGCM, SAMPAN_SUITE_CHACHAPOLY };
G_STATIC_ASSERT (G_N_ELEMENTS (suites) <= SAMPAN_SUITES_MAX);

static bool
starts_with_magic (const uint8_t *bytes, size_t length)
{
  return length == 0 || memcmp (bytes, SAMPAN_MAGIC, MIN (length, SAMPAN_MAGIC_LENGTH)) == 0;
}

static void
finish_hello (SampanChannel *self, SampanNoise *noise)
{
  sampan_noise_split (noise, &self->sending, &self->receiving);
  memcpy (self->h, noise->h, sizeof self->h);
  self->suite = noise->suite;
}

static bool
can_do (const SampanChannel *self, SampanSuite suite)
{
  return !(self->lacks & 1u << suite) && sampan_cipher_suite_is_supported (suite);
}

static SampanSuite
choose_suite (const SampanChannel *self, const uint8_t *offered, size_t n_offered)
{
  for (size_t i = 0; i < G_N_ELEMENTS (suites); i++)
    if (can_do (self, suites[i]) && memchr (offered, (int)suites[i], n_offered))
      return suites[i];
  return SAMPAN_SUITE_NONE;
}

static size_t
write_server_prologue (SampanSuite suite, uint8_t *out)
{
  memcpy (out, SAMPAN_MAGIC, SAMPAN_MAGIC_LENGTH);
  out[SAMPAN_MAGIC_LENGTH] = SAMPAN_PROTOCOL_VERSION;
  out[SAMPAN_MAGIC_LENGTH + 1] = (uint8_t)suite;
  return SAMPAN_HELLO_SERVER_PROLOGUE;
}

/* Message 1 from BYTES + PROLOGUE_LENGTH, message 2 behind the server's prologue in OUT. */
static bool
respond (SampanChannel *self,
         SampanSuite suite,
         const uint8_t *bytes,
         size_t prologue_length,
         uint8_t out[static SAMPAN_HELLO_SERVER_LENGTH])
{
  SampanNoise noise;
  uint8_t message[SAMPAN_NOISE_MESSAGE_1_LENGTH];
  uint8_t *payload;
  size_t payload_length;
  size_t server_prologue_length = write_server_prologue (suite, out);
  bool answered;

  memcpy (message, bytes + prologue_length, sizeof message);
  sampan_noise_init (&noise, SAMPAN_NOISE_RESPONDER, NULL);
  sampan_noise_start (&noise,
                      suite,
                      SAMPAN_PARTS (sampan_bytes (bytes, prologue_length),
                                    sampan_bytes (out, server_prologue_length)));
  answered = sampan_noise_read (&noise, message, sizeof message, &payload, &payload_length) &&
             sampan_noise_write (&noise, NULL, 0, out + server_prologue_length) > 0;
  if (answered)
    finish_hello (self, &noise);
  sampan_noise_clear (&noise);
  return answered;
}

/* The rest of the client's side, once the server's prologue stands. */
static bool
complete (SampanChannel *self, SampanSuite suite, const uint8_t *bytes)
{
  SampanNoise *noise = &self->hello->noise;
  uint8_t message_1[SAMPAN_NOISE_MESSAGE_1_LENGTH];
  uint8_t message_2[SAMPAN_NOISE_MESSAGE_2_LENGTH];
  uint8_t *payload;
  size_t payload_length;

  memcpy (message_2, bytes + SAMPAN_HELLO_SERVER_PROLOGUE, sizeof message_2);
  sampan_noise_start (noise,
                      suite,
                      SAMPAN_PARTS (sampan_bytes (self->hello->prologue,
                                                  self->hello->prologue_length),
                                    sampan_bytes (bytes, SAMPAN_HELLO_SERVER_PROLOGUE)));
  if (sampan_noise_write (noise, NULL, 0, message_1) == 0 ||
      !sampan_noise_read (noise, message_2, sizeof message_2, &payload, &payload_length))
    return false;
  finish_hello (self, noise);
  return true;
}

static bool
is_offered (const SampanHello *hello, uint8_t suite)
{
  size_t skip = SAMPAN_MAGIC_LENGTH + 2;

  return memchr (hello->prologue + skip, suite, hello->prologue_length - skip) != NULL;
}

/* READY: a prologue that can be gone on with. */
static SampanChannelResult
check_server_prologue (const SampanHello *hello,
                       const uint8_t *bytes,
                       size_t length,
                       GError **error)
{
  if (!starts_with_magic (bytes, length))
    {
      g_set_error_literal (error, SAMPAN_ERROR, SAMPAN_ERROR_PROTOCOL, "not a Sampan server");
      return SAMPAN_CHANNEL_FAILED;
    }
  if (length > SAMPAN_MAGIC_LENGTH && bytes[SAMPAN_MAGIC_LENGTH] != SAMPAN_PROTOCOL_VERSION)
    {
      g_set_error (error,
                   SAMPAN_ERROR,
                   SAMPAN_ERROR_UNSUPPORTED,
                   "the server speaks protocol version %u",
                   bytes[SAMPAN_MAGIC_LENGTH]);
      return SAMPAN_CHANNEL_FAILED;
    }
  if (length < SAMPAN_HELLO_SERVER_PROLOGUE)
    return SAMPAN_CHANNEL_NEED_MORE;
  if (bytes[SAMPAN_MAGIC_LENGTH + 1] == SAMPAN_SUITE_NONE)
    {
      g_set_error_literal (error,
                           SAMPAN_ERROR,
                           SAMPAN_ERROR_UNSUPPORTED,
                           "no cipher suite in common");
      return SAMPAN_CHANNEL_FAILED;
    }
  if (!is_offered (hello, bytes[SAMPAN_MAGIC_LENGTH + 1]))
    {
      g_set_error_literal (error,
                           SAMPAN_ERROR,
                           SAMPAN_ERROR_PROTOCOL,
                           "a cipher suite that was not offered");
      return SAMPAN_CHANNEL_FAILED;
    }
  return length < SAMPAN_HELLO_SERVER_LENGTH ? SAMPAN_CHANNEL_NEED_MORE : SAMPAN_CHANNEL_READY;
}

void
sampan_hello_free (SampanHello *hello)
{
  if (!hello)
    return;
  sodium_memzero (hello, sizeof *hello);
  g_free (hello);
}

void
sampan_channel_set_lacks (SampanChannel *self, SampanSuite suite)
{
  g_assert (!self->hello && self->suite == SAMPAN_SUITE_NONE);
  self->lacks |= (uint8_t)(1u << suite);
}

size_t
sampan_channel_write_hello (SampanChannel *self, uint8_t out[static SAMPAN_HELLO_CLIENT_MAX])
{
  SampanHello *hello;
  size_t length = SAMPAN_MAGIC_LENGTH + 2;

  g_assert (self->is_client && !self->hello && self->suite == SAMPAN_SUITE_NONE);
  hello = self->hello = g_new0 (SampanHello, 1);
  memcpy (hello->prologue, SAMPAN_MAGIC, SAMPAN_MAGIC_LENGTH);
  hello->prologue[SAMPAN_MAGIC_LENGTH] = SAMPAN_PROTOCOL_VERSION;
  for (size_t i = 0; i < G_N_ELEMENTS (suites); i++)
    if (can_do (self, suites[i]))
      hello->prologue[length++] = (uint8_t)suites[i];
  hello->prologue[SAMPAN_MAGIC_LENGTH + 1] = (uint8_t)(length - SAMPAN_MAGIC_LENGTH - 2);
  hello->prologue_length = length;

  sampan_noise_init (&hello->noise, SAMPAN_NOISE_INITIATOR, NULL);
  memcpy (out, hello->prologue, length);
  memcpy (out + length, sampan_noise_get_ephemeral (&hello->noise), SAMPAN_NOISE_KEY_LENGTH);
  return length + SAMPAN_NOISE_KEY_LENGTH;
}

SampanChannelResult
sampan_channel_read_server_hello (SampanChannel *self,
                                  const uint8_t *bytes,
                                  size_t length,
                                  size_t *consumed,
                                  GError **error)
{
  SampanChannelResult result;

  *consumed = 0;
  g_assert (self->is_client && self->hello);
  result = check_server_prologue (self->hello, bytes, length, error);
  if (result != SAMPAN_CHANNEL_READY)
    return result;
  if (!complete (self, bytes[SAMPAN_MAGIC_LENGTH + 1], bytes))
    {
      g_set_error_literal (error, SAMPAN_ERROR, SAMPAN_ERROR_PROTOCOL, "the handshake failed");
      return SAMPAN_CHANNEL_FAILED;
    }
  g_clear_pointer (&self->hello, sampan_hello_free);
  *consumed = SAMPAN_HELLO_SERVER_LENGTH;
  return SAMPAN_CHANNEL_READY;
}

SampanChannelResult
sampan_channel_read_client_hello (SampanChannel *self,
                                  const uint8_t *bytes,
                                  size_t length,
                                  size_t *consumed,
                                  uint8_t out[static SAMPAN_HELLO_SERVER_LENGTH],
                                  size_t *out_length)
{
  size_t prologue_length, n_offered;
  SampanSuite suite;

  g_assert (!self->is_client && self->suite == SAMPAN_SUITE_NONE);
  *consumed = *out_length = 0;
  if (!starts_with_magic (bytes, length))
    return SAMPAN_CHANNEL_FAILED;
  if (length > SAMPAN_MAGIC_LENGTH && bytes[SAMPAN_MAGIC_LENGTH] != SAMPAN_PROTOCOL_VERSION)
    {
      *out_length = write_server_prologue (SAMPAN_SUITE_NONE, out);
      return SAMPAN_CHANNEL_FAILED;
    }
  if (length < SAMPAN_MAGIC_LENGTH + 2)
    return SAMPAN_CHANNEL_NEED_MORE;
  n_offered = bytes[SAMPAN_MAGIC_LENGTH + 1];
  if (n_offered == 0 || n_offered > SAMPAN_SUITES_MAX)
    return SAMPAN_CHANNEL_FAILED;
  prologue_length = SAMPAN_MAGIC_LENGTH + 2 + n_offered;
  if (length < prologue_length + SAMPAN_NOISE_MESSAGE_1_LENGTH)
    return SAMPAN_CHANNEL_NEED_MORE;

  suite = choose_suite (self, bytes + SAMPAN_MAGIC_LENGTH + 2, n_offered);
  if (suite == SAMPAN_SUITE_NONE)
    {
      *out_length = write_server_prologue (SAMPAN_SUITE_NONE, out);
      return SAMPAN_CHANNEL_FAILED;
    }
  if (!respond (self, suite, bytes, prologue_length, out))
    return SAMPAN_CHANNEL_FAILED;
  *consumed = prologue_length + SAMPAN_NOISE_MESSAGE_1_LENGTH;
  *out_length = SAMPAN_HELLO_SERVER_LENGTH;
  return SAMPAN_CHANNEL_READY;
}
