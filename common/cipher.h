/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The CipherState of Noise (specification revision 34, 5.1): one key and one counter. */

#pragma once

#include "protocol.h"
#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

G_BEGIN_DECLS

#define SAMPAN_CIPHER_KEY_LENGTH 32
#define SAMPAN_CIPHER_TAG_LENGTH 16
/* The last counter is never used for a record: Noise keeps it for the rekey. */
#define SAMPAN_CIPHER_COUNTER_END UINT64_MAX

typedef struct
{
  uint8_t key[SAMPAN_CIPHER_KEY_LENGTH];
  uint64_t counter;  /* of the next record */
  SampanSuite suite; /* SAMPAN_SUITE_NONE: no key yet */
} SampanCipher;

/* Whether this machine can do SUITE: AESGCM needs its instructions. Known once sampan_crypto_init()
 * has run. */
bool sampan_cipher_suite_is_supported (SampanSuite suite);

/* Sets a key; the counter starts at 0. */
void sampan_cipher_init (SampanCipher *self,
                         SampanSuite suite,
                         const uint8_t key[static SAMPAN_CIPHER_KEY_LENGTH]);
void sampan_cipher_clear (SampanCipher *self);
bool sampan_cipher_has_key (const SampanCipher *self);

/* Encrypts TEXT in place and writes TAG. FALSE: no key, a suite that is not supported, or the
 * counter is used up. */
bool sampan_cipher_seal (SampanCipher *self,
                         const uint8_t *ad,
                         size_t ad_length,
                         uint8_t *text,
                         size_t length,
                         uint8_t tag[static SAMPAN_CIPHER_TAG_LENGTH]) G_GNUC_WARN_UNUSED_RESULT;
/* Decrypts TEXT in place. FALSE: forged, or as above; the counter stays and TEXT holds nothing to
 * be used. */
bool
sampan_cipher_open (SampanCipher *self,
                    const uint8_t *ad,
                    size_t ad_length,
                    uint8_t *text,
                    size_t length,
                    const uint8_t tag[static SAMPAN_CIPHER_TAG_LENGTH]) G_GNUC_WARN_UNUSED_RESULT;

/* REKEY of Noise (4.2, 11.3): a new key out of the old one, same counter. Needs a key. */
void sampan_cipher_rekey (SampanCipher *self);

G_END_DECLS
