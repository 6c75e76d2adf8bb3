/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* OPAQUE-3DH as in RFC 9807: ristretto255-SHA512, HKDF-SHA512, HMAC-SHA512. The messages alone,
 * with all randomness given by the caller; login.h says how Sampan uses them. */

#pragma once

#include "opaque-envelope.h"
#include "opaque-schedule.h"
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

G_BEGIN_DECLS

#define SAMPAN_OPAQUE_MAC_LENGTH SAMPAN_OPAQUE_KEY_LENGTH
#define SAMPAN_OPAQUE_OPRF_SEED_LENGTH 64
#define SAMPAN_OPAQUE_REQUEST_LENGTH SAMPAN_GROUP_ELEMENT_LENGTH
#define SAMPAN_OPAQUE_RESPONSE_LENGTH (2 * SAMPAN_GROUP_ELEMENT_LENGTH)
#define SAMPAN_OPAQUE_RECORD_LENGTH                                                                \
  (SAMPAN_GROUP_ELEMENT_LENGTH + SAMPAN_OPAQUE_KEY_LENGTH + SAMPAN_OPAQUE_ENVELOPE_LENGTH)
#define SAMPAN_OPAQUE_KE1_LENGTH (2 * SAMPAN_GROUP_ELEMENT_LENGTH + SAMPAN_OPAQUE_NONCE_LENGTH)
#define SAMPAN_OPAQUE_KE2_LENGTH                                                                   \
  (3 * SAMPAN_GROUP_ELEMENT_LENGTH + 2 * SAMPAN_OPAQUE_NONCE_LENGTH +                              \
   SAMPAN_OPAQUE_ENVELOPE_LENGTH + SAMPAN_OPAQUE_MAC_LENGTH)
#define SAMPAN_OPAQUE_KE3_LENGTH SAMPAN_OPAQUE_MAC_LENGTH

typedef enum
{
  SAMPAN_OPAQUE_OK,
  SAMPAN_OPAQUE_MALFORMED,       /* a group element that is not valid */
  SAMPAN_OPAQUE_NO_MEMORY,       /* the KSF could not run */
  SAMPAN_OPAQUE_WRONG_PASSWORD,  /* EnvelopeRecoveryError */
  SAMPAN_OPAQUE_WRONG_SERVER_MAC /* ServerAuthenticationError */
} SampanOpaqueResult;

/* ---- Registration ---- RECORD is client_public_key, masking_key, envelope. */

/* BLIND is a sampan_group_scalar_random(). */
bool sampan_opaque_registration_request (SampanBytes password,
                                         const uint8_t blind[static SAMPAN_GROUP_SCALAR_LENGTH],
                                         uint8_t request[static SAMPAN_OPAQUE_REQUEST_LENGTH])
    G_GNUC_WARN_UNUSED_RESULT;
bool sampan_opaque_registration_response (
    const uint8_t oprf_seed[static SAMPAN_OPAQUE_OPRF_SEED_LENGTH],
    const uint8_t server_public_key[static SAMPAN_GROUP_ELEMENT_LENGTH],
    SampanBytes credential_identifier,
    const uint8_t request[static SAMPAN_OPAQUE_REQUEST_LENGTH],
    uint8_t response[static SAMPAN_OPAQUE_RESPONSE_LENGTH]) G_GNUC_WARN_UNUSED_RESULT;
/* OK, MALFORMED or NO_MEMORY. EXPORT_KEY (SAMPAN_OPAQUE_KEY_LENGTH bytes) may be NULL. */
SampanOpaqueResult
sampan_opaque_registration_finish (SampanBytes password,
                                   SampanOpaqueKsf ksf,
                                   SampanOpaqueIdentities identities,
                                   const uint8_t blind[static SAMPAN_GROUP_SCALAR_LENGTH],
                                   const uint8_t envelope_nonce[static SAMPAN_OPAQUE_NONCE_LENGTH],
                                   const uint8_t response[static SAMPAN_OPAQUE_RESPONSE_LENGTH],
                                   uint8_t record[static SAMPAN_OPAQUE_RECORD_LENGTH],
                                   uint8_t *export_key) G_GNUC_WARN_UNUSED_RESULT;

/* ---- Client ---- */
typedef struct
{
  uint8_t blind[SAMPAN_GROUP_SCALAR_LENGTH];
  uint8_t nonce[SAMPAN_OPAQUE_NONCE_LENGTH];
  uint8_t keyshare_seed[SAMPAN_OPAQUE_SEED_LENGTH];
} SampanOpaqueClientRandom;
void sampan_opaque_client_random (SampanOpaqueClientRandom *random);

/* Between KE1 and KE2. Wiped by the caller. */
typedef struct
{
  uint8_t blind[SAMPAN_GROUP_SCALAR_LENGTH];
  uint8_t keyshare_private[SAMPAN_GROUP_SCALAR_LENGTH];
  uint8_t ke1[SAMPAN_OPAQUE_KE1_LENGTH];
} SampanOpaqueClient;

/* What the client learned. Wiped by the caller. */
typedef struct
{
  uint8_t ke3[SAMPAN_OPAQUE_KE3_LENGTH];
  uint8_t session_key[SAMPAN_OPAQUE_KEY_LENGTH];
  uint8_t export_key[SAMPAN_OPAQUE_KEY_LENGTH];
  uint8_t server_public_key[SAMPAN_GROUP_ELEMENT_LENGTH];
} SampanOpaqueClientOutput;

/* The message to send is self->ke1. */
bool sampan_opaque_client_start (SampanOpaqueClient *self,
                                 SampanBytes password,
                                 const SampanOpaqueClientRandom *random) G_GNUC_WARN_UNUSED_RESULT;
/* OUTPUT is written only on OK: nothing may be sent after a failure. */
SampanOpaqueResult
sampan_opaque_client_finish (const SampanOpaqueClient *self,
                             SampanBytes password,
                             SampanOpaqueKsf ksf,
                             SampanOpaqueIdentities identities,
                             SampanBytes context,
                             const uint8_t ke2[static SAMPAN_OPAQUE_KE2_LENGTH],
                             SampanOpaqueClientOutput *output) G_GNUC_WARN_UNUSED_RESULT;

/* ---- Server ---- */
typedef struct
{
  uint8_t masking_nonce[SAMPAN_OPAQUE_NONCE_LENGTH];
  uint8_t nonce[SAMPAN_OPAQUE_NONCE_LENGTH];
  uint8_t keyshare_seed[SAMPAN_OPAQUE_SEED_LENGTH];
} SampanOpaqueServerRandom;
void sampan_opaque_server_random (SampanOpaqueServerRandom *random);

/* All borrowed. */
typedef struct
{
  const uint8_t *oprf_seed;   /* SAMPAN_OPAQUE_OPRF_SEED_LENGTH bytes */
  const uint8_t *private_key; /* of the server */
  const uint8_t *public_key;
  SampanBytes credential_identifier;
  SampanOpaqueIdentities identities;
  const uint8_t *record; /* SAMPAN_OPAQUE_RECORD_LENGTH bytes, real or fake */
  SampanBytes context;
} SampanOpaqueServerInput;

/* KE2 and, in SCHEDULE, the expected KE3 (client_mac), the session key and all between. FALSE: KE1,
 * or the public key in the record, is malformed. */
bool sampan_opaque_server_answer (const SampanOpaqueServerInput *input,
                                  const SampanOpaqueServerRandom *random,
                                  const uint8_t ke1[static SAMPAN_OPAQUE_KE1_LENGTH],
                                  uint8_t ke2[static SAMPAN_OPAQUE_KE2_LENGTH],
                                  SampanOpaqueSchedule *schedule) G_GNUC_WARN_UNUSED_RESULT;

/* The OPRF key of one credential. */
bool
sampan_opaque_oprf_key (const uint8_t oprf_seed[static SAMPAN_OPAQUE_OPRF_SEED_LENGTH],
                        SampanBytes credential_identifier,
                        uint8_t key[static SAMPAN_GROUP_SCALAR_LENGTH]) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
