/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The Noise handshake of pattern NN (specification revision 34): -> e, <- e ee; X25519, SHA512.
 *
 * The initiator's message 1 is the bare ephemeral key, so it can be sent before the prologue is
 * known: take it with sampan_noise_get_ephemeral(), then start and "write" it when it is. */

#pragma once

#include "cipher.h"
#include "hkdf.h"
#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

G_BEGIN_DECLS

#define SAMPAN_NOISE_KEY_LENGTH 32
#define SAMPAN_NOISE_MESSAGE_1_LENGTH SAMPAN_NOISE_KEY_LENGTH /* with no payload */
#define SAMPAN_NOISE_MESSAGE_2_LENGTH (SAMPAN_NOISE_KEY_LENGTH + SAMPAN_CIPHER_TAG_LENGTH)

typedef enum
{
  SAMPAN_NOISE_INITIATOR,
  SAMPAN_NOISE_RESPONDER,
} SampanNoiseRole;

/* Lives on the stack or inside another struct; end it with sampan_noise_clear(). */
typedef struct
{
  SampanNoiseRole role;
  SampanSuite suite;
  unsigned int messages_done; /* 0 to 2 */
  uint8_t e_private[SAMPAN_NOISE_KEY_LENGTH];
  uint8_t e_public[SAMPAN_NOISE_KEY_LENGTH];
  uint8_t re[SAMPAN_NOISE_KEY_LENGTH];
  uint8_t ck[SAMPAN_SHA512_LENGTH];
  uint8_t h[SAMPAN_SHA512_LENGTH];
  SampanCipher cipher;
} SampanNoise;

/* E_PRIVATE: NULL for a fresh ephemeral key; set only to reproduce a known handshake. */
void sampan_noise_init (SampanNoise *self, SampanNoiseRole role, const uint8_t *e_private);
void sampan_noise_clear (SampanNoise *self);
const uint8_t *sampan_noise_get_ephemeral (const SampanNoise *self);

/* The symmetric state: protocol name of SUITE, then the prologue given in parts. */
void sampan_noise_start (SampanNoise *self,
                         SampanSuite suite,
                         const SampanBytes *prologue,
                         size_t n_prologue);

/* Writes this side's message and returns its length; OUT has room for the SAMPAN_NOISE_MESSAGE_*
 * length and the payload. 0: the other side sent a low-order point. */
size_t sampan_noise_write (SampanNoise *self,
                           const uint8_t *payload,
                           size_t payload_length,
                           uint8_t *out) G_GNUC_WARN_UNUSED_RESULT;
/* Reads the other side's message; the payload is decrypted in place. FALSE: refused, and the
 * handshake is over. */
bool sampan_noise_read (SampanNoise *self,
                        uint8_t *message,
                        size_t length,
                        uint8_t **payload,
                        size_t *payload_length) G_GNUC_WARN_UNUSED_RESULT;

/* After both messages. The handshake hash is then self->h. */
void sampan_noise_split (SampanNoise *self, SampanCipher *sending, SampanCipher *receiving);

G_END_DECLS
