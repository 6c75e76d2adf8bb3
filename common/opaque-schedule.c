/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* RFC 9807, 6.4.2. */

#include "config.h"

#include "opaque-schedule.h"

#include <sodium.h>

#define LENGTH_PREFIX_BYTES 2

static SampanBytes
length_prefix (SampanBytes bytes, uint8_t out[static LENGTH_PREFIX_BYTES])
{
  g_assert (bytes.length <= UINT16_MAX);
  out[0] = (uint8_t)(bytes.length >> 8);
  out[1] = (uint8_t)bytes.length;
  return sampan_bytes (out, LENGTH_PREFIX_BYTES);
}

/* Hash of the preamble and, for the client's MAC, of the server's MAC behind it. */
static void
hash_preamble (uint8_t out[static SAMPAN_SHA512_LENGTH],
               const SampanOpaqueTranscript *transcript,
               SampanBytes server_mac)
{
  uint8_t context[LENGTH_PREFIX_BYTES];
  uint8_t client[LENGTH_PREFIX_BYTES];
  uint8_t server[LENGTH_PREFIX_BYTES];

  sampan_sha512 (out,
                 SAMPAN_PARTS (sampan_bytes_text ("OPAQUEv1-"),
                               length_prefix (transcript->context, context),
                               transcript->context,
                               length_prefix (transcript->client_identity, client),
                               transcript->client_identity,
                               transcript->ke1,
                               length_prefix (transcript->server_identity, server),
                               transcript->server_identity,
                               transcript->ke2,
                               server_mac));
}

/* Derive-Secret: LABEL comes with its "OPAQUE-" in front. */
static void
derive_secret (uint8_t out[static SAMPAN_OPAQUE_KEY_LENGTH],
               const uint8_t secret[static SAMPAN_OPAQUE_KEY_LENGTH],
               const char *label,
               SampanBytes transcript_hash)
{
  SampanBytes text = sampan_bytes_text (label);
  uint8_t head[] = { 0, SAMPAN_OPAQUE_KEY_LENGTH, (uint8_t)text.length };
  uint8_t hash_length = (uint8_t)transcript_hash.length;

  sampan_hkdf_expand (out,
                      SAMPAN_OPAQUE_KEY_LENGTH,
                      secret,
                      SAMPAN_PARTS (sampan_bytes (head, sizeof head),
                                    text,
                                    sampan_bytes (&hash_length, 1),
                                    transcript_hash));
}

void
sampan_opaque_schedule (SampanOpaqueSchedule *self,
                        const SampanOpaqueTranscript *transcript,
                        const uint8_t secrets[static SAMPAN_OPAQUE_DH_SECRETS_LENGTH])
{
  SampanBytes nothing = sampan_bytes (NULL, 0);
  uint8_t prk[SAMPAN_SHA512_LENGTH];
  uint8_t hash[SAMPAN_SHA512_LENGTH];
  SampanBytes transcript_hash = sampan_bytes (hash, sizeof hash);

  hash_preamble (hash, transcript, nothing);
  sampan_hkdf_extract (prk, nothing, sampan_bytes (secrets, SAMPAN_OPAQUE_DH_SECRETS_LENGTH));
  derive_secret (self->handshake_secret, prk, "OPAQUE-HandshakeSecret", transcript_hash);
  derive_secret (self->session_key, prk, "OPAQUE-SessionKey", transcript_hash);
  derive_secret (self->server_mac_key, self->handshake_secret, "OPAQUE-ServerMAC", nothing);
  derive_secret (self->client_mac_key, self->handshake_secret, "OPAQUE-ClientMAC", nothing);

  sampan_hmac_sha512 (self->server_mac,
                      sampan_bytes (self->server_mac_key, sizeof self->server_mac_key),
                      &transcript_hash,
                      1);
  hash_preamble (hash, transcript, sampan_bytes (self->server_mac, sizeof self->server_mac));
  sampan_hmac_sha512 (self->client_mac,
                      sampan_bytes (self->client_mac_key, sizeof self->client_mac_key),
                      &transcript_hash,
                      1);
  sodium_memzero (prk, sizeof prk);
}
