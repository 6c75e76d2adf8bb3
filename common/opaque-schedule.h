/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Key schedule of OPAQUE-3DH (RFC 9807, 6.4.2): what both ends compute from the transcript. */

#pragma once

#include "opaque-envelope.h"
#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

#define SAMPAN_OPAQUE_DH_SECRETS_LENGTH (3 * SAMPAN_GROUP_ELEMENT_LENGTH)

/* All borrowed. */
typedef struct
{
  SampanBytes context;
  SampanBytes client_identity;
  SampanBytes server_identity;
  SampanBytes ke1;
  SampanBytes ke2; /* without its MAC */
} SampanOpaqueTranscript;

/* Wiped by the caller. */
typedef struct
{
  uint8_t handshake_secret[SAMPAN_OPAQUE_KEY_LENGTH];
  uint8_t server_mac_key[SAMPAN_OPAQUE_KEY_LENGTH];
  uint8_t client_mac_key[SAMPAN_OPAQUE_KEY_LENGTH];
  uint8_t session_key[SAMPAN_OPAQUE_KEY_LENGTH];
  uint8_t server_mac[SAMPAN_OPAQUE_KEY_LENGTH];
  uint8_t client_mac[SAMPAN_OPAQUE_KEY_LENGTH];
} SampanOpaqueSchedule;

/* SECRETS: the three Diffie-Hellman results, in the RFC's order. */
void sampan_opaque_schedule (SampanOpaqueSchedule *self,
                             const SampanOpaqueTranscript *transcript,
                             const uint8_t secrets[static SAMPAN_OPAQUE_DH_SECRETS_LENGTH]);

G_END_DECLS
