/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Key recovery of OPAQUE (RFC 9807, section 4): from a password's OPRF output to the client's keys.
 */

#pragma once

#include "oprf.h"
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

G_BEGIN_DECLS

#define SAMPAN_OPAQUE_NONCE_LENGTH 32
#define SAMPAN_OPAQUE_SEED_LENGTH 32
#define SAMPAN_OPAQUE_KEY_LENGTH 64 /* Nh, Nm and Nx */
#define SAMPAN_OPAQUE_ENVELOPE_LENGTH (SAMPAN_OPAQUE_NONCE_LENGTH + SAMPAN_OPAQUE_KEY_LENGTH)

/* The key-stretching function. FALSE: no memory. */
typedef bool (*SampanOpaqueStretchFunc) (const uint8_t in[static SAMPAN_OPRF_OUTPUT_LENGTH],
                                         uint8_t out[static SAMPAN_OPRF_OUTPUT_LENGTH],
                                         const void *data);
typedef struct
{
  SampanOpaqueStretchFunc stretch;
  const void *data;
} SampanOpaqueKsf;

/* Data NULL: the party's public key stands for it. */
typedef struct
{
  SampanBytes client;
  SampanBytes server;
} SampanOpaqueIdentities;

/* All that a password opens. Wiped by the caller. */
typedef struct
{
  uint8_t masking_key[SAMPAN_OPAQUE_KEY_LENGTH];
  uint8_t auth_key[SAMPAN_OPAQUE_KEY_LENGTH];
  uint8_t export_key[SAMPAN_OPAQUE_KEY_LENGTH];
  uint8_t client_private_key[SAMPAN_GROUP_SCALAR_LENGTH];
  uint8_t client_public_key[SAMPAN_GROUP_ELEMENT_LENGTH];
} SampanOpaqueCredentials;

/* randomized_password, out of the OPRF output. FALSE: the KSF had no memory. */
bool sampan_opaque_randomize (SampanOpaqueKsf ksf,
                              const uint8_t oprf_output[static SAMPAN_OPRF_OUTPUT_LENGTH],
                              uint8_t randomized[static SAMPAN_OPAQUE_KEY_LENGTH])
    G_GNUC_WARN_UNUSED_RESULT;

void sampan_opaque_masking_key (const uint8_t randomized[static SAMPAN_OPAQUE_KEY_LENGTH],
                                uint8_t masking_key[static SAMPAN_OPAQUE_KEY_LENGTH]);

/* Store: derives CREDENTIALS and writes the envelope. */
bool sampan_opaque_store (const uint8_t randomized[static SAMPAN_OPAQUE_KEY_LENGTH],
                          const uint8_t server_public_key[static SAMPAN_GROUP_ELEMENT_LENGTH],
                          SampanOpaqueIdentities identities,
                          const uint8_t nonce[static SAMPAN_OPAQUE_NONCE_LENGTH],
                          SampanOpaqueCredentials *credentials,
                          uint8_t envelope[static SAMPAN_OPAQUE_ENVELOPE_LENGTH])
    G_GNUC_WARN_UNUSED_RESULT;
/* Recover: FALSE if the envelope was not made with this password, server key and identities; then
 * CREDENTIALS is wiped. */
bool sampan_opaque_recover (const uint8_t randomized[static SAMPAN_OPAQUE_KEY_LENGTH],
                            const uint8_t server_public_key[static SAMPAN_GROUP_ELEMENT_LENGTH],
                            SampanOpaqueIdentities identities,
                            const uint8_t envelope[static SAMPAN_OPAQUE_ENVELOPE_LENGTH],
                            SampanOpaqueCredentials *credentials) G_GNUC_WARN_UNUSED_RESULT;

/* The key pair of the key exchange, long-lived and ephemeral (DeriveDiffieHellmanKeyPair). */
bool sampan_opaque_derive_dh (const uint8_t seed[static SAMPAN_OPAQUE_SEED_LENGTH],
                              uint8_t private_key[static SAMPAN_GROUP_SCALAR_LENGTH],
                              uint8_t public_key[static SAMPAN_GROUP_ELEMENT_LENGTH])
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
