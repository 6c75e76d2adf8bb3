/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* STATE_DIR/keys: what a stolen database alone lacks for guessing passwords. Fixed binary form:
 *   magic[8] version ksf oprf_seed[64] private_key[32] fake_record[192] checksum[32]
 * The checksum is BLAKE2b-256 of all before it: it finds damage, not attacks. */

#pragma once

#include "accounts/state-folder.h"
#include "login.h"

G_BEGIN_DECLS

#define SAMPAN_KEYS_FILE "keys"
#define SAMPAN_KEYS_FILE_BYTES                                                                     \
  (8 + 1 + 1 + SAMPAN_OPRF_SEED_LENGTH + SAMPAN_PRIVATE_KEY_LENGTH +                               \
   SAMPAN_REGISTRATION_RECORD_LENGTH + 32)

/* Lives in guarded memory: sampan_keys_new() and sampan_keys_free() only. */
typedef struct
{
  SampanServerKeys server;
  uint8_t fake_record[SAMPAN_REGISTRATION_RECORD_LENGTH];
  uint8_t ksf; /* for new records and the fake one */
} SampanKeys;

SampanKeys *sampan_keys_new (GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sampan_keys_free (SampanKeys *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SampanKeys, sampan_keys_free)

/* Random ones for a new server. */
bool sampan_keys_generate (SampanKeys *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The form of the file. Decoding fails with IO (damaged) or UNSUPPORTED (newer). */
bool sampan_keys_encode (const SampanKeys *self,
                         uint8_t file[static SAMPAN_KEYS_FILE_BYTES]) G_GNUC_WARN_UNUSED_RESULT;
bool sampan_keys_decode (SampanKeys *self, const uint8_t *file, size_t length, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Reads the file. NOT_FOUND, IO (damaged), UNSUPPORTED (newer). */
bool sampan_keys_read (SampanKeys *self,
                       const SampanStateFolder *folder,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Makes the file (0600), whole and durable or not at all; the folder is
 * locked. EXISTS: never replaces one. */
bool sampan_keys_write (const SampanKeys *self,
                        const SampanStateFolder *folder,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
