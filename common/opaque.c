/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* RFC 9807, sections 5 and 6: registration and login messages of both sides. */

#include "config.h"

#include "opaque.h"

#include <sodium.h>
#include <string.h>

/* Where the fields of the messages start. */
enum
{
  RESPONSE_SERVER_PUBLIC_KEY = SAMPAN_GROUP_ELEMENT_LENGTH,

  RECORD_CLIENT_PUBLIC_KEY = 0,
  RECORD_MASKING_KEY = SAMPAN_GROUP_ELEMENT_LENGTH,
  RECORD_ENVELOPE = RECORD_MASKING_KEY + SAMPAN_OPAQUE_KEY_LENGTH,

  KE1_BLINDED = 0,
  KE1_NONCE = SAMPAN_GROUP_ELEMENT_LENGTH,
  KE1_KEYSHARE = KE1_NONCE + SAMPAN_OPAQUE_NONCE_LENGTH,

  KE2_EVALUATED = 0,
  KE2_MASKING_NONCE = SAMPAN_GROUP_ELEMENT_LENGTH,
  KE2_MASKED = KE2_MASKING_NONCE + SAMPAN_OPAQUE_NONCE_LENGTH,
  MASKED_LENGTH = SAMPAN_GROUP_ELEMENT_LENGTH + SAMPAN_OPAQUE_ENVELOPE_LENGTH,
  KE2_NONCE = KE2_MASKED + MASKED_LENGTH,
  KE2_KEYSHARE = KE2_NONCE + SAMPAN_OPAQUE_NONCE_LENGTH,
  KE2_MAC = KE2_KEYSHARE + SAMPAN_GROUP_ELEMENT_LENGTH,
};
G_STATIC_ASSERT (KE2_MAC + SAMPAN_OPAQUE_MAC_LENGTH == SAMPAN_OPAQUE_KE2_LENGTH);

static SampanBytes
element_bytes (const uint8_t *element)
{
  return sampan_bytes (element, SAMPAN_GROUP_ELEMENT_LENGTH);
}

static bool
evaluate (const uint8_t *oprf_seed,
          SampanBytes credential_identifier,
          const uint8_t *blinded,
          uint8_t *evaluated)
{
  uint8_t key[SAMPAN_GROUP_SCALAR_LENGTH];
  bool done = sampan_opaque_oprf_key (oprf_seed, credential_identifier, key) &&
              sampan_group_multiply (evaluated, key, blinded);

  sodium_memzero (key, sizeof key);
  return done;
}

/* From the evaluated element to randomized_password. */
static SampanOpaqueResult
randomize (SampanBytes password,
           SampanOpaqueKsf ksf,
           const uint8_t *blind,
           const uint8_t *evaluated,
           uint8_t randomized[static SAMPAN_OPAQUE_KEY_LENGTH])
{
  uint8_t output[SAMPAN_OPRF_OUTPUT_LENGTH];
  SampanOpaqueResult result = SAMPAN_OPAQUE_OK;

  if (!sampan_oprf_finalize (password, blind, evaluated, output))
    result = SAMPAN_OPAQUE_MALFORMED;
  else if (!sampan_opaque_randomize (ksf, output, randomized))
    result = SAMPAN_OPAQUE_NO_MEMORY;
  sodium_memzero (output, sizeof output);
  return result;
}

/* Masks and unmasks server public key and envelope. */
static void
apply_mask (const uint8_t *masking_key, const uint8_t *masking_nonce, uint8_t *text)
{
  uint8_t pad[MASKED_LENGTH];

  sampan_hkdf_expand (pad,
                      sizeof pad,
                      masking_key,
                      SAMPAN_PARTS (sampan_bytes (masking_nonce, SAMPAN_OPAQUE_NONCE_LENGTH),
                                    sampan_bytes_text ("CredentialResponsePad")));
  for (size_t i = 0; i < sizeof pad; i++)
    text[i] ^= pad[i];
  sodium_memzero (pad, sizeof pad);
}

/* One Diffie-Hellman of the three. */
typedef struct
{
  const uint8_t *private_key;
  const uint8_t *public_key;
} Exchange;

static bool
run_schedule (SampanOpaqueSchedule *schedule,
              SampanBytes context,
              SampanOpaqueIdentities identities,
              const uint8_t *client_public_key,
              const uint8_t *server_public_key,
              const uint8_t *ke1,
              const uint8_t *ke2,
              const Exchange exchanges[static 3])
{
  SampanOpaqueTranscript transcript = {
    .context = context,
    .client_identity = identities.client.data ? identities.client
                                              : element_bytes (client_public_key),
    .server_identity = identities.server.data ? identities.server
                                              : element_bytes (server_public_key),
    .ke1 = sampan_bytes (ke1, SAMPAN_OPAQUE_KE1_LENGTH),
    .ke2 = sampan_bytes (ke2, KE2_MAC),
  };
  uint8_t secrets[SAMPAN_OPAQUE_DH_SECRETS_LENGTH];
  bool agreed = true;

  for (size_t i = 0; i < 3 && agreed; i++)
    agreed = sampan_group_multiply (secrets + i * SAMPAN_GROUP_ELEMENT_LENGTH,
                                    exchanges[i].private_key,
                                    exchanges[i].public_key);
  if (agreed)
    sampan_opaque_schedule (schedule, &transcript, secrets);
  sodium_memzero (secrets, sizeof secrets);
  return agreed;
}

/* -- registration -- */

bool
sampan_opaque_registration_request (SampanBytes password,
                                    const uint8_t blind[static SAMPAN_GROUP_SCALAR_LENGTH],
                                    uint8_t request[static SAMPAN_OPAQUE_REQUEST_LENGTH])
{
  return sampan_oprf_blind (password, blind, request);
}

bool
sampan_opaque_registration_response (
    const uint8_t oprf_seed[static SAMPAN_OPAQUE_OPRF_SEED_LENGTH],
    const uint8_t server_public_key[static SAMPAN_GROUP_ELEMENT_LENGTH],
    SampanBytes credential_identifier,
    const uint8_t request[static SAMPAN_OPAQUE_REQUEST_LENGTH],
    uint8_t response[static SAMPAN_OPAQUE_RESPONSE_LENGTH])
{
  memcpy (response + RESPONSE_SERVER_PUBLIC_KEY, server_public_key, SAMPAN_GROUP_ELEMENT_LENGTH);
  return evaluate (oprf_seed, credential_identifier, request, response);
}

SampanOpaqueResult
sampan_opaque_registration_finish (SampanBytes password,
                                   SampanOpaqueKsf ksf,
                                   SampanOpaqueIdentities identities,
                                   const uint8_t blind[static SAMPAN_GROUP_SCALAR_LENGTH],
                                   const uint8_t envelope_nonce[static SAMPAN_OPAQUE_NONCE_LENGTH],
                                   const uint8_t response[static SAMPAN_OPAQUE_RESPONSE_LENGTH],
                                   uint8_t record[static SAMPAN_OPAQUE_RECORD_LENGTH],
                                   uint8_t *export_key)
{
  const uint8_t *server_public_key = response + RESPONSE_SERVER_PUBLIC_KEY;
  uint8_t randomized[SAMPAN_OPAQUE_KEY_LENGTH];
  SampanOpaqueCredentials credentials;
  SampanOpaqueResult result = SAMPAN_OPAQUE_MALFORMED;

  if (sampan_group_element_is_valid (server_public_key))
    result = randomize (password, ksf, blind, response, randomized);
  if (result == SAMPAN_OPAQUE_OK && !sampan_opaque_store (randomized,
                                                          server_public_key,
                                                          identities,
                                                          envelope_nonce,
                                                          &credentials,
                                                          record + RECORD_ENVELOPE))
    result = SAMPAN_OPAQUE_MALFORMED;
  if (result == SAMPAN_OPAQUE_OK)
    {
      memcpy (record + RECORD_CLIENT_PUBLIC_KEY,
              credentials.client_public_key,
              sizeof credentials.client_public_key);
      memcpy (record + RECORD_MASKING_KEY, credentials.masking_key, sizeof credentials.masking_key);
      if (export_key)
        memcpy (export_key, credentials.export_key, sizeof credentials.export_key);
    }
  sodium_memzero (randomized, sizeof randomized);
  sodium_memzero (&credentials, sizeof credentials);
  return result;
}

/* -- client -- */

void
sampan_opaque_client_random (SampanOpaqueClientRandom *random)
{
  sampan_group_scalar_random (random->blind);
  randombytes_buf (random->nonce, sizeof random->nonce);
  randombytes_buf (random->keyshare_seed, sizeof random->keyshare_seed);
}

bool
sampan_opaque_client_start (SampanOpaqueClient *self,
                            SampanBytes password,
                            const SampanOpaqueClientRandom *random)
{
  memcpy (self->blind, random->blind, sizeof self->blind);
  memcpy (self->ke1 + KE1_NONCE, random->nonce, sizeof random->nonce);
  return sampan_oprf_blind (password, random->blind, self->ke1 + KE1_BLINDED) &&
         sampan_opaque_derive_dh (random->keyshare_seed,
                                  self->keyshare_private,
                                  self->ke1 + KE1_KEYSHARE);
}

/* What is behind the mask, in the clear; wiped with the rest. */
typedef struct
{
  uint8_t randomized[SAMPAN_OPAQUE_KEY_LENGTH];
  uint8_t unmasked[MASKED_LENGTH];
  SampanOpaqueCredentials credentials;
  SampanOpaqueSchedule schedule;
} ClientSecrets;

/* RecoverCredentials. */
static SampanOpaqueResult
recover_credentials (ClientSecrets *secrets,
                     const SampanOpaqueClient *self,
                     SampanBytes password,
                     SampanOpaqueKsf ksf,
                     SampanOpaqueIdentities identities,
                     const uint8_t *ke2)
{
  uint8_t masking_key[SAMPAN_OPAQUE_KEY_LENGTH];
  SampanOpaqueResult result =
      randomize (password, ksf, self->blind, ke2 + KE2_EVALUATED, secrets->randomized);

  if (result != SAMPAN_OPAQUE_OK)
    return result;
  sampan_opaque_masking_key (secrets->randomized, masking_key);
  memcpy (secrets->unmasked, ke2 + KE2_MASKED, MASKED_LENGTH);
  apply_mask (masking_key, ke2 + KE2_MASKING_NONCE, secrets->unmasked);
  sodium_memzero (masking_key, sizeof masking_key);
  return sampan_opaque_recover (secrets->randomized,
                                secrets->unmasked,
                                identities,
                                secrets->unmasked + SAMPAN_GROUP_ELEMENT_LENGTH,
                                &secrets->credentials)
             ? SAMPAN_OPAQUE_OK
             : SAMPAN_OPAQUE_WRONG_PASSWORD;
}

/* AuthClientFinalize, up to the check of the server's MAC. */
static SampanOpaqueResult
authenticate_server (ClientSecrets *secrets,
                     const SampanOpaqueClient *self,
                     SampanOpaqueIdentities identities,
                     SampanBytes context,
                     const uint8_t *ke2)
{
  const uint8_t *server_public_key = secrets->unmasked;
  const Exchange exchanges[] = {
    { self->keyshare_private, ke2 + KE2_KEYSHARE },
    { self->keyshare_private, server_public_key },
    { secrets->credentials.client_private_key, ke2 + KE2_KEYSHARE },
  };

  if (!run_schedule (&secrets->schedule,
                     context,
                     identities,
                     secrets->credentials.client_public_key,
                     server_public_key,
                     self->ke1,
                     ke2,
                     exchanges))
    return SAMPAN_OPAQUE_MALFORMED;
  return sodium_memcmp (secrets->schedule.server_mac, ke2 + KE2_MAC, SAMPAN_OPAQUE_MAC_LENGTH) == 0
             ? SAMPAN_OPAQUE_OK
             : SAMPAN_OPAQUE_WRONG_SERVER_MAC;
}

SampanOpaqueResult
sampan_opaque_client_finish (const SampanOpaqueClient *self,
                             SampanBytes password,
                             SampanOpaqueKsf ksf,
                             SampanOpaqueIdentities identities,
                             SampanBytes context,
                             const uint8_t ke2[static SAMPAN_OPAQUE_KE2_LENGTH],
                             SampanOpaqueClientOutput *output)
{
  ClientSecrets secrets;
  SampanOpaqueResult result;

  /* Before the slow part. */
  if (!sampan_group_element_is_valid (ke2 + KE2_EVALUATED) ||
      !sampan_group_element_is_valid (ke2 + KE2_KEYSHARE))
    return SAMPAN_OPAQUE_MALFORMED;
  result = recover_credentials (&secrets, self, password, ksf, identities, ke2);
  if (result == SAMPAN_OPAQUE_OK)
    result = authenticate_server (&secrets, self, identities, context, ke2);
  if (result == SAMPAN_OPAQUE_OK)
    {
      memcpy (output->ke3, secrets.schedule.client_mac, sizeof output->ke3);
      memcpy (output->session_key, secrets.schedule.session_key, sizeof output->session_key);
      memcpy (output->export_key, secrets.credentials.export_key, sizeof output->export_key);
      memcpy (output->server_public_key, secrets.unmasked, sizeof output->server_public_key);
    }
  sodium_memzero (&secrets, sizeof secrets);
  return result;
}

/* -- server -- */

void
sampan_opaque_server_random (SampanOpaqueServerRandom *random)
{
  randombytes_buf (random->masking_nonce, sizeof random->masking_nonce);
  randombytes_buf (random->nonce, sizeof random->nonce);
  randombytes_buf (random->keyshare_seed, sizeof random->keyshare_seed);
}

/* CreateCredentialResponse. */
static bool
write_credential_response (const SampanOpaqueServerInput *input,
                           const SampanOpaqueServerRandom *random,
                           const uint8_t *ke1,
                           uint8_t *ke2)
{
  if (!evaluate (input->oprf_seed,
                 input->credential_identifier,
                 ke1 + KE1_BLINDED,
                 ke2 + KE2_EVALUATED))
    return false;
  memcpy (ke2 + KE2_MASKING_NONCE, random->masking_nonce, sizeof random->masking_nonce);
  memcpy (ke2 + KE2_MASKED, input->public_key, SAMPAN_GROUP_ELEMENT_LENGTH);
  memcpy (ke2 + KE2_MASKED + SAMPAN_GROUP_ELEMENT_LENGTH,
          input->record + RECORD_ENVELOPE,
          SAMPAN_OPAQUE_ENVELOPE_LENGTH);
  apply_mask (input->record + RECORD_MASKING_KEY, random->masking_nonce, ke2 + KE2_MASKED);
  return true;
}

bool
sampan_opaque_server_answer (const SampanOpaqueServerInput *input,
                             const SampanOpaqueServerRandom *random,
                             const uint8_t ke1[static SAMPAN_OPAQUE_KE1_LENGTH],
                             uint8_t ke2[static SAMPAN_OPAQUE_KE2_LENGTH],
                             SampanOpaqueSchedule *schedule)
{
  uint8_t keyshare_private[SAMPAN_GROUP_SCALAR_LENGTH];
  const uint8_t *client_public_key = input->record + RECORD_CLIENT_PUBLIC_KEY;
  const Exchange exchanges[] = {
    { keyshare_private, ke1 + KE1_KEYSHARE },
    { input->private_key, ke1 + KE1_KEYSHARE },
    { keyshare_private, client_public_key },
  };
  bool done;

  memcpy (ke2 + KE2_NONCE, random->nonce, sizeof random->nonce);
  done = write_credential_response (input, random, ke1, ke2) &&
         sampan_opaque_derive_dh (random->keyshare_seed, keyshare_private, ke2 + KE2_KEYSHARE) &&
         run_schedule (schedule,
                       input->context,
                       input->identities,
                       client_public_key,
                       input->public_key,
                       ke1,
                       ke2,
                       exchanges);
  if (done)
    memcpy (ke2 + KE2_MAC, schedule->server_mac, SAMPAN_OPAQUE_MAC_LENGTH);
  else
    sodium_memzero (ke2, SAMPAN_OPAQUE_KE2_LENGTH);
  sodium_memzero (keyshare_private, sizeof keyshare_private);
  return done;
}

bool
sampan_opaque_oprf_key (const uint8_t oprf_seed[static SAMPAN_OPAQUE_OPRF_SEED_LENGTH],
                        SampanBytes credential_identifier,
                        uint8_t key[static SAMPAN_GROUP_SCALAR_LENGTH])
{
  uint8_t seed[SAMPAN_OPRF_SEED_BYTES];
  bool derived;

  sampan_hkdf_expand (seed,
                      sizeof seed,
                      oprf_seed,
                      SAMPAN_PARTS (credential_identifier, sampan_bytes_text ("OprfKey")));
  derived =
      sampan_oprf_derive_key_pair (seed, sampan_bytes_text ("OPAQUE-DeriveKeyPair"), key, NULL);
  sodium_memzero (seed, sizeof seed);
  return derived;
}
