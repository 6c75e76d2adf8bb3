/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* AES-256-GCM (NIST SP 800-38D) by OpenSSL's libcrypto, which uses wide AES instructions and those
 * of ARM; libsodium's is the same cipher without them. Any thread. */

#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

G_BEGIN_DECLS

#define SAMPAN_AES_GCM_KEY_LENGTH 32
#define SAMPAN_AES_GCM_NONCE_LENGTH 12
#define SAMPAN_AES_GCM_TAG_LENGTH 16

/* Whether the processor has instructions for AES and for GCM's hash: without them both are slow,
 * and the time they take can tell of the key. */
bool sampan_aes_gcm_is_available (void);

/* Encrypts TEXT in place and writes TAG. FALSE: not available, more text than a cipher call takes,
 * or no memory. */
bool sampan_aes_gcm_seal (const uint8_t key[static SAMPAN_AES_GCM_KEY_LENGTH],
                          const uint8_t nonce[static SAMPAN_AES_GCM_NONCE_LENGTH],
                          const uint8_t *ad,
                          size_t ad_length,
                          uint8_t *text,
                          size_t length,
                          uint8_t tag[static SAMPAN_AES_GCM_TAG_LENGTH]) G_GNUC_WARN_UNUSED_RESULT;

/* Decrypts TEXT in place. FALSE: forged, or as above; TEXT holds nothing to be used. */
bool
sampan_aes_gcm_open (const uint8_t key[static SAMPAN_AES_GCM_KEY_LENGTH],
                     const uint8_t nonce[static SAMPAN_AES_GCM_NONCE_LENGTH],
                     const uint8_t *ad,
                     size_t ad_length,
                     uint8_t *text,
                     size_t length,
                     const uint8_t tag[static SAMPAN_AES_GCM_TAG_LENGTH]) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
