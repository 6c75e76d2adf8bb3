/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Frames and key switches of the encrypted channel. */

#include "config.h"

#include "channel.h"

#include "channel-private.h"
#include "hkdf.h"

#include <sodium.h>
#include <string.h>

#define KEY_LABEL "Sampan-channel-key-v1"
#define ATTACH_LABEL "Sampan-attach-v1"
#define DIRECTION_CLIENT_TO_SERVER 1
#define DIRECTION_SERVER_TO_CLIENT 2

/* 10 000 idle connections are to fit in some tens of MiB, this beside their other state. */
#define IDLE_SIZE_MAX_BYTES 512
G_STATIC_ASSERT (sizeof (struct _SampanChannel) < IDLE_SIZE_MAX_BYTES);
G_STATIC_ASSERT (SAMPAN_HANDSHAKE_HASH_LENGTH == SAMPAN_SHA512_LENGTH);
/* The counter is zero when a key comes and every wrap of this many records is a rekey. */
G_STATIC_ASSERT ((SAMPAN_REKEY_RECORDS & (SAMPAN_REKEY_RECORDS - 1)) == 0);

static SampanChannel *
new_channel (bool is_client)
{
  SampanChannel *self = g_new0 (SampanChannel, 1);

  self->is_client = is_client;
  self->plain_length_max = SAMPAN_PRE_LOGIN_FRAME_MAX;
  return self;
}

static void
switch_key (const SampanChannel *self,
            SampanCipher *cipher,
            bool from_client,
            const uint8_t *secret,
            size_t length)
{
  uint8_t prk[SAMPAN_SHA512_LENGTH];
  uint8_t key[SAMPAN_CIPHER_KEY_LENGTH];
  uint8_t direction = from_client ? DIRECTION_CLIENT_TO_SERVER : DIRECTION_SERVER_TO_CLIENT;

  g_assert (self->suite != SAMPAN_SUITE_NONE);
  sampan_hkdf_extract (prk, sampan_bytes (self->h, sizeof self->h), sampan_bytes (secret, length));
  sampan_hkdf_expand (key,
                      sizeof key,
                      prk,
                      SAMPAN_PARTS (sampan_bytes_text (KEY_LABEL),
                                    sampan_bytes (&direction, sizeof direction)));
  sampan_cipher_init (cipher, self->suite, key);
  sodium_memzero (prk, sizeof prk);
  sodium_memzero (key, sizeof key);
}

static inline void
rekey_if_due (SampanCipher *cipher)
{
  if (G_UNLIKELY (cipher->counter % SAMPAN_REKEY_RECORDS == 0))
    sampan_cipher_rekey (cipher);
}

SampanChannel *
sampan_channel_new_client (void)
{
  return new_channel (true);
}

SampanChannel *
sampan_channel_new_server (void)
{
  return new_channel (false);
}

void
sampan_channel_free (SampanChannel *self)
{
  if (!self)
    return;
  sampan_hello_free (self->hello);
  sodium_memzero (self, sizeof *self);
  g_free (self);
}

const uint8_t *
sampan_channel_get_handshake_hash (const SampanChannel *self)
{
  return self->h;
}

SampanSuite
sampan_channel_get_suite (const SampanChannel *self)
{
  return self->suite;
}

size_t
sampan_channel_seal (SampanChannel *self, uint8_t *frame, size_t plain_length)
{
  uint8_t *text = frame + SAMPAN_FRAME_HEADER;
  size_t sealed_length = plain_length + SAMPAN_FRAME_TAG;

  g_assert (plain_length >= 1 && plain_length <= SAMPAN_FRAME_PLAIN_MAX);
  if (!sampan_cipher_seal (&self->sending, NULL, 0, text, plain_length, text + plain_length))
    return 0;
  rekey_if_due (&self->sending);
  frame[0] = (uint8_t)(sealed_length >> 8);
  frame[1] = (uint8_t)sealed_length;
  return SAMPAN_FRAME_HEADER + sealed_length;
}

SampanChannelResult
sampan_channel_open (SampanChannel *self,
                     uint8_t *bytes,
                     size_t length,
                     size_t *consumed,
                     uint8_t **message,
                     size_t *message_length)
{
  size_t sealed_length, plain_length;
  uint8_t *text;

  *consumed = *message_length = 0;
  *message = NULL;
  if (!sampan_cipher_has_key (&self->receiving))
    return SAMPAN_CHANNEL_FAILED;
  if (length < SAMPAN_FRAME_HEADER)
    return SAMPAN_CHANNEL_NEED_MORE;
  sealed_length = (size_t)bytes[0] << 8 | bytes[1];
  if (sealed_length <= SAMPAN_FRAME_TAG ||
      sealed_length > self->plain_length_max + SAMPAN_FRAME_TAG)
    {
      sampan_cipher_clear (&self->receiving);
      return SAMPAN_CHANNEL_FAILED;
    }
  if (length < SAMPAN_FRAME_HEADER + sealed_length)
    {
      *message_length = SAMPAN_FRAME_HEADER + sealed_length;
      return SAMPAN_CHANNEL_NEED_MORE;
    }
  text = bytes + SAMPAN_FRAME_HEADER;
  plain_length = sealed_length - SAMPAN_FRAME_TAG;
  if (!sampan_cipher_open (&self->receiving, NULL, 0, text, plain_length, text + plain_length))
    {
      sampan_cipher_clear (&self->receiving);
      return SAMPAN_CHANNEL_FAILED;
    }
  rekey_if_due (&self->receiving);
  *consumed = SAMPAN_FRAME_HEADER + sealed_length;
  *message = text;
  *message_length = plain_length;
  return SAMPAN_CHANNEL_READY;
}

void
sampan_channel_switch_sending_key (SampanChannel *self, const uint8_t *secret, size_t length)
{
  switch_key (self, &self->sending, self->is_client, secret, length);
}

void
sampan_channel_switch_receiving_key (SampanChannel *self, const uint8_t *secret, size_t length)
{
  /* A failed direction stays failed. */
  g_return_if_fail (sampan_cipher_has_key (&self->receiving));
  switch_key (self, &self->receiving, !self->is_client, secret, length);
  self->plain_length_max = SAMPAN_FRAME_PLAIN_MAX;
}

void
sampan_channel_attach_proof (const SampanChannel *self,
                             const uint8_t ticket[static SAMPAN_TICKET_LENGTH],
                             uint8_t proof[static SAMPAN_ATTACH_PROOF_LENGTH])
{
  sampan_hmac_sha512 (proof,
                      sampan_bytes (ticket, SAMPAN_TICKET_LENGTH),
                      SAMPAN_PARTS (sampan_bytes_text (ATTACH_LABEL),
                                    sampan_bytes (self->h, sizeof self->h)));
}
