/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* OPAQUE against RFC 9807, with the identity for a key-stretching function. */

#include "config.h"

#include "hex.h"
#include "opaque-vectors.h"
#include "opaque.h"
#include "secret.h"

#include <sodium.h>
#include <string.h>

#define RELAYED_RUNS 10000
#define HONEST_EVERY 100

static bool
stretch_not (const uint8_t in[static SAMPAN_OPRF_OUTPUT_LENGTH],
             uint8_t out[static SAMPAN_OPRF_OUTPUT_LENGTH],
             const void *data)
{
  memcpy (out, in, SAMPAN_OPRF_OUTPUT_LENGTH);
  return true;
}

static bool
stretch_without_memory (const uint8_t in[static SAMPAN_OPRF_OUTPUT_LENGTH],
                        uint8_t out[static SAMPAN_OPRF_OUTPUT_LENGTH],
                        const void *data)
{
  return false;
}

static const SampanOpaqueKsf identity_ksf = { stretch_not, NULL };
static const SampanOpaqueKsf failing_ksf = { stretch_without_memory, NULL };

static SampanOpaqueIdentities
get_identities (const OpaqueVector *vector)
{
  return (SampanOpaqueIdentities){ .client = from_hex (vector->client_identity),
                                   .server = from_hex (vector->server_identity) };
}

/* The envelope comes from the vector, or is all zeros for the fake one. */
static SampanOpaqueServerInput
get_server_input (const OpaqueVector *vector, uint8_t record[static SAMPAN_OPAQUE_RECORD_LENGTH])
{
  memset (record, 0, SAMPAN_OPAQUE_RECORD_LENGTH);
  memcpy (record, from_hex_fixed (vector->client_public_key, 32), 32);
  memcpy (record + 32, from_hex_fixed (vector->masking_key, 64), 64);
  if (vector->envelope)
    memcpy (record + 96, from_hex_fixed (vector->envelope, 96), 96);
  return (SampanOpaqueServerInput){
    .oprf_seed = from_hex_fixed (vector->oprf_seed, SAMPAN_OPAQUE_OPRF_SEED_LENGTH),
    .private_key = from_hex_fixed (vector->server_private_key, 32),
    .public_key = from_hex_fixed (vector->server_public_key, 32),
    .credential_identifier = from_hex (vector->credential_identifier),
    .identities = get_identities (vector),
    .record = record,
    .context = from_hex (OPAQUE_CONTEXT),
  };
}

static SampanOpaqueServerRandom
get_server_random (const OpaqueVector *vector)
{
  SampanOpaqueServerRandom random;

  memcpy (random.masking_nonce, from_hex_fixed (vector->masking_nonce, 32), 32);
  memcpy (random.nonce, from_hex_fixed (vector->server_nonce, 32), 32);
  memcpy (random.keyshare_seed, from_hex_fixed (vector->server_keyshare_seed, 32), 32);
  return random;
}

static void
start_client (SampanOpaqueClient *client, const OpaqueVector *vector)
{
  SampanOpaqueClientRandom random;

  memcpy (random.blind, from_hex_fixed (vector->blind_login, 32), 32);
  memcpy (random.nonce, from_hex_fixed (vector->client_nonce, 32), 32);
  memcpy (random.keyshare_seed, from_hex_fixed (vector->client_keyshare_seed, 32), 32);
  g_assert_true (sampan_opaque_client_start (client, from_hex (vector->password), &random));
}

static void
check_registration (const OpaqueVector *vector)
{
  const uint8_t *blind = from_hex_fixed (vector->blind_registration, 32);
  SampanBytes password = from_hex (vector->password);
  uint8_t request[SAMPAN_OPAQUE_REQUEST_LENGTH], response[SAMPAN_OPAQUE_RESPONSE_LENGTH];
  uint8_t record[SAMPAN_OPAQUE_RECORD_LENGTH], export_key[SAMPAN_OPAQUE_KEY_LENGTH];

  g_assert_true (sampan_opaque_registration_request (password, blind, request));
  assert_hex_array (request, vector->registration_request);
  g_assert_true (
      sampan_opaque_registration_response (from_hex_fixed (vector->oprf_seed,
                                                           SAMPAN_OPAQUE_OPRF_SEED_LENGTH),
                                           from_hex_fixed (vector->server_public_key, 32),
                                           from_hex (vector->credential_identifier),
                                           request,
                                           response));
  assert_hex_array (response, vector->registration_response);
  g_assert_cmpint (sampan_opaque_registration_finish (password,
                                                      identity_ksf,
                                                      get_identities (vector),
                                                      blind,
                                                      from_hex_fixed (vector->envelope_nonce, 32),
                                                      response,
                                                      record,
                                                      export_key),
                   ==,
                   SAMPAN_OPAQUE_OK);
  assert_hex_array (record, vector->registration_upload);
  assert_hex_array (export_key, vector->export_key);
}

/* What lies between the password and the record. */
static void
check_envelope (const OpaqueVector *vector)
{
  uint8_t output[SAMPAN_OPRF_OUTPUT_LENGTH], key[SAMPAN_GROUP_SCALAR_LENGTH];
  uint8_t randomized[SAMPAN_OPAQUE_KEY_LENGTH], envelope[SAMPAN_OPAQUE_ENVELOPE_LENGTH];
  SampanOpaqueCredentials credentials;

  g_assert_true (
      sampan_opaque_oprf_key (from_hex_fixed (vector->oprf_seed, SAMPAN_OPAQUE_OPRF_SEED_LENGTH),
                              from_hex (vector->credential_identifier),
                              key));
  assert_hex_array (key, vector->oprf_key);
  g_assert_true (sampan_oprf_finalize (from_hex (vector->password),
                                       from_hex_fixed (vector->blind_registration, 32),
                                       from_hex (vector->registration_response).data,
                                       output));
  g_assert_true (sampan_opaque_randomize (identity_ksf, output, randomized));
  assert_hex_array (randomized, vector->randomized_password);
  g_assert_true (sampan_opaque_store (randomized,
                                      from_hex_fixed (vector->server_public_key, 32),
                                      get_identities (vector),
                                      from_hex_fixed (vector->envelope_nonce, 32),
                                      &credentials,
                                      envelope));
  assert_hex_array (envelope, vector->envelope);
  assert_hex_array (credentials.masking_key, vector->masking_key);
  assert_hex_array (credentials.auth_key, vector->auth_key);
  assert_hex_array (credentials.export_key, vector->export_key);
  assert_hex_array (credentials.client_public_key, vector->client_public_key);
}

static void
check_login (const OpaqueVector *vector)
{
  uint8_t record[SAMPAN_OPAQUE_RECORD_LENGTH], ke2[SAMPAN_OPAQUE_KE2_LENGTH];
  SampanOpaqueServerInput input = get_server_input (vector, record);
  SampanOpaqueServerRandom random = get_server_random (vector);
  SampanOpaqueSchedule schedule;
  SampanOpaqueClient client;
  SampanOpaqueClientOutput output;

  assert_hex_array (record, vector->registration_upload);
  start_client (&client, vector);
  assert_hex_array (client.ke1, vector->ke1);
  g_assert_true (sampan_opaque_server_answer (&input, &random, client.ke1, ke2, &schedule));
  assert_hex_array (ke2, vector->ke2);
  assert_hex_array (schedule.handshake_secret, vector->handshake_secret);
  assert_hex_array (schedule.server_mac_key, vector->server_mac_key);
  assert_hex_array (schedule.client_mac_key, vector->client_mac_key);
  assert_hex_array (schedule.client_mac, vector->ke3);
  assert_hex_array (schedule.session_key, vector->session_key);

  g_assert_cmpint (sampan_opaque_client_finish (&client,
                                                from_hex (vector->password),
                                                identity_ksf,
                                                get_identities (vector),
                                                from_hex (OPAQUE_CONTEXT),
                                                ke2,
                                                &output),
                   ==,
                   SAMPAN_OPAQUE_OK);
  assert_hex_array (output.ke3, vector->ke3);
  assert_hex_array (output.session_key, vector->session_key);
  assert_hex_array (output.export_key, vector->export_key);
  assert_hex_array (output.server_public_key, vector->server_public_key);
}

/* B1 */
static void
test_vectors (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (opaque_real_vectors); i++)
    {
      g_test_message ("%s", opaque_real_vectors[i].section);
      check_registration (&opaque_real_vectors[i]);
      check_envelope (&opaque_real_vectors[i]);
      check_login (&opaque_real_vectors[i]);
    }
}

static void
test_fake_vector (void)
{
  const OpaqueVector *vector = &opaque_fake_vector;
  uint8_t record[SAMPAN_OPAQUE_RECORD_LENGTH], ke2[SAMPAN_OPAQUE_KE2_LENGTH];
  uint8_t public_key[SAMPAN_GROUP_ELEMENT_LENGTH];
  SampanOpaqueServerInput input = get_server_input (vector, record);
  SampanOpaqueServerRandom random = get_server_random (vector);
  SampanOpaqueSchedule schedule;

  g_assert_true (
      sampan_opaque_server_answer (&input,
                                   &random,
                                   from_hex_fixed (vector->ke1, SAMPAN_OPAQUE_KE1_LENGTH),
                                   ke2,
                                   &schedule));
  assert_hex_array (ke2, vector->ke2);
  g_assert_true (
      sampan_group_multiply_base (public_key, from_hex_fixed (vector->client_private_key, 32)));
  assert_hex_array (public_key, vector->client_public_key);
}

static SampanOpaqueResult
finish_with (const OpaqueVector *vector,
             SampanBytes password,
             SampanOpaqueIdentities identities,
             const char *context,
             const uint8_t *ke2)
{
  SampanOpaqueClient client;
  SampanOpaqueClientOutput output, untouched;
  SampanOpaqueResult result;

  memset (&output, 0xa5, sizeof output);
  untouched = output;
  start_client (&client, vector);
  result = sampan_opaque_client_finish (&client,
                                        password,
                                        identity_ksf,
                                        identities,
                                        from_hex (context),
                                        ke2,
                                        &output);
  if (result != SAMPAN_OPAQUE_OK)
    g_assert_cmpmem (&output, sizeof output, &untouched, sizeof untouched);
  return result;
}

/* What the client says to each altered byte of KE2, by the field the byte is in. */
static void
test_ke2_altered (void)
{
  const OpaqueVector *vector = &opaque_real_vectors[1];
  const uint8_t *ke2 = from_hex_fixed (vector->ke2, SAMPAN_OPAQUE_KE2_LENGTH);

  for (size_t i = 0; i < SAMPAN_OPAQUE_KE2_LENGTH * 2; i++)
    {
      uint8_t altered[SAMPAN_OPAQUE_KE2_LENGTH];
      size_t offset = i / 2;
      SampanOpaqueResult result;

      memcpy (altered, ke2, sizeof altered);
      altered[offset] ^= i % 2 == 0 ? 0x01 : 0x80;
      result = finish_with (vector,
                            from_hex (vector->password),
                            get_identities (vector),
                            OPAQUE_CONTEXT,
                            altered);
      g_test_message ("byte %zu", offset);
      if (offset < 32) /* evaluated element: another point, or none */
        g_assert_true (result == SAMPAN_OPAQUE_WRONG_PASSWORD || result == SAMPAN_OPAQUE_MALFORMED);
      else if (offset < 192) /* masking nonce, masked key and envelope */
        g_assert_cmpint (result, ==, SAMPAN_OPAQUE_WRONG_PASSWORD);
      else if (offset < 224 || offset >= 256) /* server nonce, MAC */
        g_assert_cmpint (result, ==, SAMPAN_OPAQUE_WRONG_SERVER_MAC);
      else /* server keyshare */
        g_assert_true (result == SAMPAN_OPAQUE_WRONG_SERVER_MAC ||
                       result == SAMPAN_OPAQUE_MALFORMED);
    }
  g_assert_cmpint (finish_with (vector,
                                from_hex (vector->password),
                                get_identities (vector),
                                OPAQUE_CONTEXT,
                                ke2),
                   ==,
                   SAMPAN_OPAQUE_OK);
}

static void
test_client_refuses (void)
{
  const OpaqueVector *vector = &opaque_real_vectors[1];
  const uint8_t *ke2 = from_hex_fixed (vector->ke2, SAMPAN_OPAQUE_KE2_LENGTH);
  SampanOpaqueIdentities identities = get_identities (vector);
  SampanBytes password = from_hex (vector->password);
  SampanOpaqueIdentities other_client = { sampan_bytes_text ("alicf"), identities.server };
  SampanOpaqueIdentities other_server = { identities.client, sampan_bytes_text ("bobb") };
  SampanOpaqueIdentities none = { { NULL, 0 }, { NULL, 0 } };

  g_assert_cmpint (
      finish_with (vector, sampan_bytes_text ("wrong"), identities, OPAQUE_CONTEXT, ke2),
      ==,
      SAMPAN_OPAQUE_WRONG_PASSWORD);
  g_assert_cmpint (finish_with (vector, password, identities, OPAQUE_CONTEXT "00", ke2),
                   ==,
                   SAMPAN_OPAQUE_WRONG_SERVER_MAC);
  g_assert_cmpint (finish_with (vector, password, other_client, OPAQUE_CONTEXT, ke2),
                   ==,
                   SAMPAN_OPAQUE_WRONG_PASSWORD);
  g_assert_cmpint (finish_with (vector, password, other_server, OPAQUE_CONTEXT, ke2),
                   ==,
                   SAMPAN_OPAQUE_WRONG_PASSWORD);
  g_assert_cmpint (finish_with (vector, password, none, OPAQUE_CONTEXT, ke2),
                   ==,
                   SAMPAN_OPAQUE_WRONG_PASSWORD);
}

/* B2, B3: an identity in any place of a message, on either side. */
static void
test_identity_elements (void)
{
  const OpaqueVector *vector = &opaque_real_vectors[0];
  SampanOpaqueIdentities identities = get_identities (vector);
  SampanBytes password = from_hex (vector->password);
  uint8_t record[SAMPAN_OPAQUE_RECORD_LENGTH], out[SAMPAN_OPAQUE_KE2_LENGTH];
  uint8_t ke1[SAMPAN_OPAQUE_KE1_LENGTH], ke2[SAMPAN_OPAQUE_KE2_LENGTH];
  uint8_t response[SAMPAN_OPAQUE_RESPONSE_LENGTH], identity[SAMPAN_GROUP_ELEMENT_LENGTH] = { 0 };
  static const size_t ke1_elements[] = { 0, 64 }, ke2_elements[] = { 0, 224 };
  SampanOpaqueServerInput input = get_server_input (vector, record);
  SampanOpaqueServerRandom random = get_server_random (vector);
  SampanOpaqueSchedule schedule;

  for (size_t i = 0; i < 2; i++)
    {
      memcpy (ke1, from_hex_fixed (vector->ke1, sizeof ke1), sizeof ke1);
      memset (ke1 + ke1_elements[i], 0, SAMPAN_GROUP_ELEMENT_LENGTH);
      g_assert_false (sampan_opaque_server_answer (&input, &random, ke1, out, &schedule));

      memcpy (ke2, from_hex_fixed (vector->ke2, sizeof ke2), sizeof ke2);
      memset (ke2 + ke2_elements[i], 0, SAMPAN_GROUP_ELEMENT_LENGTH);
      g_assert_cmpint (finish_with (vector, password, identities, OPAQUE_CONTEXT, ke2),
                       ==,
                       SAMPAN_OPAQUE_MALFORMED);

      memcpy (response,
              from_hex_fixed (vector->registration_response, sizeof response),
              sizeof response);
      memset (response + i * SAMPAN_GROUP_ELEMENT_LENGTH, 0, SAMPAN_GROUP_ELEMENT_LENGTH);
      g_assert_cmpint (
          sampan_opaque_registration_finish (password,
                                             identity_ksf,
                                             identities,
                                             from_hex_fixed (vector->blind_registration, 32),
                                             from_hex_fixed (vector->envelope_nonce, 32),
                                             response,
                                             record,
                                             NULL),
          ==,
          SAMPAN_OPAQUE_MALFORMED);
    }

  input = get_server_input (vector, record);
  memset (record, 0, SAMPAN_GROUP_ELEMENT_LENGTH);
  g_assert_false (sampan_opaque_server_answer (&input,
                                               &random,
                                               from_hex_fixed (vector->ke1, sizeof ke1),
                                               out,
                                               &schedule));
  g_assert_false (sampan_opaque_registration_response (input.oprf_seed,
                                                       input.public_key,
                                                       input.credential_identifier,
                                                       identity,
                                                       response));
}

/* Any client with random numbers of its own logs in at a server that believes in SERVER_CONTEXT. */
static SampanOpaqueResult
run_login (const OpaqueVector *vector,
           SampanBytes client_context,
           SampanBytes server_context,
           SampanOpaqueClientOutput *output)
{
  SampanBytes password = from_hex (vector->password);
  uint8_t record[SAMPAN_OPAQUE_RECORD_LENGTH], ke2[SAMPAN_OPAQUE_KE2_LENGTH];
  SampanOpaqueServerInput input = get_server_input (vector, record);
  SampanOpaqueServerRandom server_random;
  SampanOpaqueClientRandom client_random;
  SampanOpaqueSchedule schedule;
  SampanOpaqueClient client;

  input.context = server_context;
  sampan_opaque_client_random (&client_random);
  sampan_opaque_server_random (&server_random);
  g_assert_true (sampan_opaque_client_start (&client, password, &client_random));
  g_assert_true (sampan_opaque_server_answer (&input, &server_random, client.ke1, ke2, &schedule));
  return sampan_opaque_client_finish (&client,
                                      password,
                                      identity_ksf,
                                      get_identities (vector),
                                      client_context,
                                      ke2,
                                      output);
}

/* A5: whoever has two channels and passes all on is seen each time, and there is no KE3 to send. */
static void
test_relayed (void)
{
  const OpaqueVector *vector = &opaque_real_vectors[0];
  uint8_t near[crypto_generichash_BYTES_MAX], far[crypto_generichash_BYTES_MAX];

  for (int run = 0; run < RELAYED_RUNS; run++)
    {
      SampanOpaqueClientOutput output = { 0 };
      bool is_honest = run % HONEST_EVERY == 0;

      randombytes_buf (near, sizeof near);
      randombytes_buf (far, sizeof far);
      g_assert_cmpint (run_login (vector,
                                  (SampanBytes){ near, sizeof near },
                                  (SampanBytes){ is_honest ? near : far, sizeof far },
                                  &output),
                       ==,
                       is_honest ? SAMPAN_OPAQUE_OK : SAMPAN_OPAQUE_WRONG_SERVER_MAC);
      g_assert_cmpint (sodium_is_zero ((uint8_t *)&output, sizeof output), ==, !is_honest);
    }
}

/* B10: no weaker setting in its place. */
static void
test_no_memory (void)
{
  const OpaqueVector *vector = &opaque_real_vectors[0];
  SampanOpaqueClient client;
  SampanOpaqueClientOutput output;
  uint8_t record[SAMPAN_OPAQUE_RECORD_LENGTH];

  start_client (&client, vector);
  g_assert_cmpint (sampan_opaque_client_finish (&client,
                                                from_hex (vector->password),
                                                failing_ksf,
                                                get_identities (vector),
                                                from_hex (OPAQUE_CONTEXT),
                                                from_hex_fixed (vector->ke2,
                                                                SAMPAN_OPAQUE_KE2_LENGTH),
                                                &output),
                   ==,
                   SAMPAN_OPAQUE_NO_MEMORY);
  g_assert_cmpint (
      sampan_opaque_registration_finish (from_hex (vector->password),
                                         failing_ksf,
                                         get_identities (vector),
                                         from_hex_fixed (vector->blind_registration, 32),
                                         from_hex_fixed (vector->envelope_nonce, 32),
                                         from_hex_fixed (vector->registration_response, 64),
                                         record,
                                         NULL),
      ==,
      SAMPAN_OPAQUE_NO_MEMORY);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (sampan_crypto_init ());
  g_test_add_func ("/opaque/vectors", test_vectors);
  g_test_add_func ("/opaque/fake-vector", test_fake_vector);
  g_test_add_func ("/opaque/fail/ke2-altered", test_ke2_altered);
  g_test_add_func ("/opaque/fail/client-refuses", test_client_refuses);
  g_test_add_func ("/opaque/fail/identity-elements", test_identity_elements);
  g_test_add_func ("/opaque/A5/relayed", test_relayed);
  g_test_add_func ("/opaque/fail/no-memory", test_no_memory);
  return g_test_run ();
}
