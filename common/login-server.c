/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The server's side of login and registration. */

#include "config.h"

#include "login.h"

#include "login-private.h"

#include <sodium.h>
#include <string.h>

G_STATIC_ASSERT (SAMPAN_KE1_LENGTH == SAMPAN_OPAQUE_KE1_LENGTH);
G_STATIC_ASSERT (SAMPAN_KE2_LENGTH == SAMPAN_OPAQUE_KE2_LENGTH);
G_STATIC_ASSERT (SAMPAN_KE3_LENGTH == SAMPAN_OPAQUE_KE3_LENGTH);
G_STATIC_ASSERT (SAMPAN_SESSION_KEY_LENGTH == SAMPAN_OPAQUE_KEY_LENGTH);
G_STATIC_ASSERT (SAMPAN_PUBLIC_KEY_LENGTH == SAMPAN_GROUP_ELEMENT_LENGTH);
G_STATIC_ASSERT (SAMPAN_PRIVATE_KEY_LENGTH == SAMPAN_GROUP_SCALAR_LENGTH);
G_STATIC_ASSERT (SAMPAN_OPRF_SEED_LENGTH == SAMPAN_OPAQUE_OPRF_SEED_LENGTH);
G_STATIC_ASSERT (SAMPAN_REGISTRATION_REQUEST_LENGTH == SAMPAN_OPAQUE_REQUEST_LENGTH);
G_STATIC_ASSERT (SAMPAN_REGISTRATION_RESPONSE_LENGTH == SAMPAN_OPAQUE_RESPONSE_LENGTH);
G_STATIC_ASSERT (SAMPAN_REGISTRATION_RECORD_LENGTH == SAMPAN_OPAQUE_RECORD_LENGTH);

bool
sampan_server_keys_generate (SampanServerKeys *keys)
{
  randombytes_buf (keys->oprf_seed, sizeof keys->oprf_seed);
  sampan_group_scalar_random (keys->private_key);
  return sampan_server_keys_complete (keys);
}

bool
sampan_server_keys_complete (SampanServerKeys *keys)
{
  return sampan_group_scalar_is_valid (keys->private_key) &&
         sampan_group_multiply_base (keys->public_key, keys->private_key);
}

bool
sampan_fake_record_generate (uint8_t record[static SAMPAN_REGISTRATION_RECORD_LENGTH])
{
  uint8_t private_key[SAMPAN_GROUP_SCALAR_LENGTH];
  bool made;

  sampan_group_scalar_random (private_key);
  made = sampan_group_multiply_base (record, private_key);
  sodium_memzero (private_key, sizeof private_key);
  randombytes_buf (record + SAMPAN_GROUP_ELEMENT_LENGTH, SAMPAN_OPAQUE_KEY_LENGTH);
  memset (record + SAMPAN_GROUP_ELEMENT_LENGTH + SAMPAN_OPAQUE_KEY_LENGTH,
          0,
          SAMPAN_OPAQUE_ENVELOPE_LENGTH);
  return made;
}

bool
sampan_login_server_answer (SampanLoginServer *self,
                            const SampanServerKeys *keys,
                            const uint8_t record[static SAMPAN_REGISTRATION_RECORD_LENGTH],
                            const char *user,
                            size_t user_length,
                            SampanLoginPurpose purpose,
                            SampanSuite suite,
                            const uint8_t h[static SAMPAN_HANDSHAKE_HASH_LENGTH],
                            uint8_t ksf,
                            const uint8_t ke1[static SAMPAN_KE1_LENGTH],
                            uint8_t ke2[static SAMPAN_KE2_LENGTH])
{
  uint8_t context[SAMPAN_LOGIN_CONTEXT_LENGTH];
  SampanOpaqueIdentities identities = sampan_login_make_identities (user, user_length);
  SampanOpaqueServerInput input = {
    .oprf_seed = keys->oprf_seed,
    .private_key = keys->private_key,
    .public_key = keys->public_key,
    .credential_identifier = identities.client,
    .identities = identities,
    .record = record,
    .context = sampan_bytes (context, sizeof context),
  };
  SampanOpaqueServerRandom random;
  SampanOpaqueSchedule schedule;
  bool answered;

  if (user_length > SAMPAN_USER_WIRE_MAX)
    return false;
  sampan_login_make_context (context, purpose, suite, ksf, h);
  sampan_opaque_server_random (&random);
  answered = sampan_opaque_server_answer (&input, &random, ke1, ke2, &schedule);
  if (answered)
    {
      memcpy (self->expected_ke3, schedule.client_mac, sizeof self->expected_ke3);
      memcpy (self->session_key, schedule.session_key, sizeof self->session_key);
    }
  sodium_memzero (&random, sizeof random);
  sodium_memzero (&schedule, sizeof schedule);
  return answered;
}

bool
sampan_login_server_check (const SampanLoginServer *self,
                           const uint8_t ke3[static SAMPAN_KE3_LENGTH])
{
  return sodium_memcmp (self->expected_ke3, ke3, SAMPAN_KE3_LENGTH) == 0;
}

bool
sampan_registration_server_answer (const SampanServerKeys *keys,
                                   const char *user,
                                   size_t user_length,
                                   const uint8_t request[static SAMPAN_REGISTRATION_REQUEST_LENGTH],
                                   uint8_t response[static SAMPAN_REGISTRATION_RESPONSE_LENGTH])
{
  return sampan_opaque_registration_response (
      keys->oprf_seed,
      keys->public_key,
      sampan_login_make_identities (user, user_length).client,
      request,
      response);
}

bool
sampan_registration_record_is_valid (const uint8_t record[static SAMPAN_REGISTRATION_RECORD_LENGTH])
{
  return sampan_group_element_is_valid (record);
}
