/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* RFC 9807, section 4. */

#include "config.h"

#include "opaque-envelope.h"

#include <sodium.h>
#include <string.h>

static void
expand_with_nonce (uint8_t *out,
                   size_t out_length,
                   const uint8_t *randomized,
                   const uint8_t *nonce,
                   const char *label)
{
  sampan_hkdf_expand (out,
                      out_length,
                      randomized,
                      SAMPAN_PARTS (sampan_bytes (nonce, SAMPAN_OPAQUE_NONCE_LENGTH),
                                    sampan_bytes_text (label)));
}

static bool
derive_credentials (SampanOpaqueCredentials *self, const uint8_t *randomized, const uint8_t *nonce)
{
  uint8_t seed[SAMPAN_OPAQUE_SEED_LENGTH];
  bool derived;

  sampan_opaque_masking_key (randomized, self->masking_key);
  expand_with_nonce (self->auth_key, sizeof self->auth_key, randomized, nonce, "AuthKey");
  expand_with_nonce (self->export_key, sizeof self->export_key, randomized, nonce, "ExportKey");
  expand_with_nonce (seed, sizeof seed, randomized, nonce, "PrivateKey");
  derived = sampan_opaque_derive_dh (seed, self->client_private_key, self->client_public_key);
  sodium_memzero (seed, sizeof seed);
  return derived;
}

/* auth_tag over the nonce and CleartextCredentials. */
static void
authenticate (const SampanOpaqueCredentials *self,
              const uint8_t *nonce,
              const uint8_t *server_public_key,
              SampanOpaqueIdentities identities,
              uint8_t tag[static SAMPAN_OPAQUE_KEY_LENGTH])
{
  SampanBytes server_key = sampan_bytes (server_public_key, SAMPAN_GROUP_ELEMENT_LENGTH);
  SampanBytes client_key = sampan_bytes (self->client_public_key, sizeof self->client_public_key);
  SampanBytes server = identities.server.data ? identities.server : server_key;
  SampanBytes client = identities.client.data ? identities.client : client_key;
  uint8_t server_length[] = { (uint8_t)(server.length >> 8), (uint8_t)server.length };
  uint8_t client_length[] = { (uint8_t)(client.length >> 8), (uint8_t)client.length };

  g_assert (server.length <= UINT16_MAX && client.length <= UINT16_MAX);
  sampan_hmac_sha512 (tag,
                      sampan_bytes (self->auth_key, sizeof self->auth_key),
                      SAMPAN_PARTS (sampan_bytes (nonce, SAMPAN_OPAQUE_NONCE_LENGTH),
                                    server_key,
                                    sampan_bytes (server_length, sizeof server_length),
                                    server,
                                    sampan_bytes (client_length, sizeof client_length),
                                    client));
}

bool
sampan_opaque_randomize (SampanOpaqueKsf ksf,
                         const uint8_t oprf_output[static SAMPAN_OPRF_OUTPUT_LENGTH],
                         uint8_t randomized[static SAMPAN_OPAQUE_KEY_LENGTH])
{
  uint8_t both[2 * SAMPAN_OPRF_OUTPUT_LENGTH];
  bool stretched = ksf.stretch (oprf_output, both + SAMPAN_OPRF_OUTPUT_LENGTH, ksf.data);

  if (stretched)
    {
      memcpy (both, oprf_output, SAMPAN_OPRF_OUTPUT_LENGTH);
      sampan_hkdf_extract (randomized, sampan_bytes (NULL, 0), sampan_bytes (both, sizeof both));
    }
  sodium_memzero (both, sizeof both);
  return stretched;
}

void
sampan_opaque_masking_key (const uint8_t randomized[static SAMPAN_OPAQUE_KEY_LENGTH],
                           uint8_t masking_key[static SAMPAN_OPAQUE_KEY_LENGTH])
{
  sampan_hkdf_expand (masking_key,
                      SAMPAN_OPAQUE_KEY_LENGTH,
                      randomized,
                      SAMPAN_PARTS (sampan_bytes_text ("MaskingKey")));
}

bool
sampan_opaque_store (const uint8_t randomized[static SAMPAN_OPAQUE_KEY_LENGTH],
                     const uint8_t server_public_key[static SAMPAN_GROUP_ELEMENT_LENGTH],
                     SampanOpaqueIdentities identities,
                     const uint8_t nonce[static SAMPAN_OPAQUE_NONCE_LENGTH],
                     SampanOpaqueCredentials *credentials,
                     uint8_t envelope[static SAMPAN_OPAQUE_ENVELOPE_LENGTH])
{
  if (!derive_credentials (credentials, randomized, nonce))
    return false;
  memcpy (envelope, nonce, SAMPAN_OPAQUE_NONCE_LENGTH);
  authenticate (credentials,
                nonce,
                server_public_key,
                identities,
                envelope + SAMPAN_OPAQUE_NONCE_LENGTH);
  return true;
}

bool
sampan_opaque_recover (const uint8_t randomized[static SAMPAN_OPAQUE_KEY_LENGTH],
                       const uint8_t server_public_key[static SAMPAN_GROUP_ELEMENT_LENGTH],
                       SampanOpaqueIdentities identities,
                       const uint8_t envelope[static SAMPAN_OPAQUE_ENVELOPE_LENGTH],
                       SampanOpaqueCredentials *credentials)
{
  uint8_t tag[SAMPAN_OPAQUE_KEY_LENGTH];
  bool recovered = derive_credentials (credentials, randomized, envelope);

  if (recovered)
    {
      authenticate (credentials, envelope, server_public_key, identities, tag);
      recovered = sodium_memcmp (tag, envelope + SAMPAN_OPAQUE_NONCE_LENGTH, sizeof tag) == 0;
    }
  if (!recovered)
    sodium_memzero (credentials, sizeof *credentials);
  sodium_memzero (tag, sizeof tag);
  return recovered;
}

bool
sampan_opaque_derive_dh (const uint8_t seed[static SAMPAN_OPAQUE_SEED_LENGTH],
                         uint8_t private_key[static SAMPAN_GROUP_SCALAR_LENGTH],
                         uint8_t public_key[static SAMPAN_GROUP_ELEMENT_LENGTH])
{
  return sampan_oprf_derive_key_pair (seed,
                                      sampan_bytes_text ("OPAQUE-DeriveDiffieHellmanKeyPair"),
                                      private_key,
                                      public_key);
}
