/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The group ristretto255 and the OPRF over it (RFC 9497, ristretto255-SHA512, mode OPRF). */

#pragma once

#include "hkdf.h"
#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

G_BEGIN_DECLS

#define SAMPAN_GROUP_ELEMENT_LENGTH 32
#define SAMPAN_GROUP_SCALAR_LENGTH 32
#define SAMPAN_OPRF_SEED_BYTES 32
#define SAMPAN_OPRF_OUTPUT_LENGTH 64
#define SAMPAN_OPRF_INPUT_MAX UINT16_MAX /* RFC 9497, 1.2: its length is hashed as 16 bits */

/* Canonical and not the identity. */
bool sampan_group_element_is_valid (const uint8_t element[static SAMPAN_GROUP_ELEMENT_LENGTH]);
/* Canonical and not zero. */
bool sampan_group_scalar_is_valid (const uint8_t scalar[static SAMPAN_GROUP_SCALAR_LENGTH]);
/* A uniform scalar that is not zero. */
void sampan_group_scalar_random (uint8_t scalar[static SAMPAN_GROUP_SCALAR_LENGTH]);
/* FALSE: ELEMENT is not valid or the product is the identity. */
bool sampan_group_multiply (uint8_t out[static SAMPAN_GROUP_ELEMENT_LENGTH],
                            const uint8_t scalar[static SAMPAN_GROUP_SCALAR_LENGTH],
                            const uint8_t element[static SAMPAN_GROUP_ELEMENT_LENGTH])
    G_GNUC_WARN_UNUSED_RESULT;
/* FALSE: SCALAR is zero. */
bool sampan_group_multiply_base (uint8_t out[static SAMPAN_GROUP_ELEMENT_LENGTH],
                                 const uint8_t scalar[static SAMPAN_GROUP_SCALAR_LENGTH])
    G_GNUC_WARN_UNUSED_RESULT;

/* DeriveKeyPair. PUBLIC_KEY may be NULL. */
bool sampan_oprf_derive_key_pair (const uint8_t seed[static SAMPAN_OPRF_SEED_BYTES],
                                  SampanBytes info,
                                  uint8_t private_key[static SAMPAN_GROUP_SCALAR_LENGTH],
                                  uint8_t *public_key) G_GNUC_WARN_UNUSED_RESULT;

/* Client: BLIND is a fresh sampan_group_scalar_random(). FALSE: INPUT is above
 * SAMPAN_OPRF_INPUT_MAX or hashes to the identity. */
bool
sampan_oprf_blind (SampanBytes input,
                   const uint8_t blind[static SAMPAN_GROUP_SCALAR_LENGTH],
                   uint8_t blinded[static SAMPAN_GROUP_ELEMENT_LENGTH]) G_GNUC_WARN_UNUSED_RESULT;
/* Server: BlindEvaluate is sampan_group_multiply() by the key.
 *
 * Client: the output. FALSE: EVALUATED is not a valid element. */
bool
sampan_oprf_finalize (SampanBytes input,
                      const uint8_t blind[static SAMPAN_GROUP_SCALAR_LENGTH],
                      const uint8_t evaluated[static SAMPAN_GROUP_ELEMENT_LENGTH],
                      uint8_t output[static SAMPAN_OPRF_OUTPUT_LENGTH]) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
