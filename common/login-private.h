/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What both sides of a login make alike. */

#pragma once

#include "login.h"
#include "opaque.h"

G_BEGIN_DECLS

#define SAMPAN_LOGIN_LABEL "Sampan-OPAQUE-v1"
#define SAMPAN_LOGIN_LABEL_LENGTH (sizeof SAMPAN_LOGIN_LABEL - 1)
#define SAMPAN_LENGTH_PREFIX_BYTES 2
/* label, purpose, suite, KSF set, h */
#define SAMPAN_LOGIN_CONTEXT_LENGTH                                                                \
  (SAMPAN_LENGTH_PREFIX_BYTES + SAMPAN_LOGIN_LABEL_LENGTH + 3 + SAMPAN_HANDSHAKE_HASH_LENGTH)

/* The OPAQUE context: what this login is for and the channel it runs on. */
void sampan_login_make_context (uint8_t context[static SAMPAN_LOGIN_CONTEXT_LENGTH],
                                SampanLoginPurpose purpose,
                                SampanSuite suite,
                                uint8_t ksf,
                                const uint8_t h[static SAMPAN_HANDSHAKE_HASH_LENGTH]);
/* The client is USER (borrowed), the server its key. */
SampanOpaqueIdentities sampan_login_make_identities (const char *user, size_t length);

/* What is hashed for USER and PASSWORD: len16 user, len16 label, len16 password, which is folded if
 * it has the form of a one-time code, else NFC. NULL: no memory, or above SAMPAN_OPRF_INPUT_MAX. */
SampanSecret *sampan_login_make_oprf_input (const char *user, const SampanSecret *password);

/* A compiled-in key-stretching set. FALSE: there is none of that number. */
bool sampan_ksf_lookup (uint8_t id, SampanOpaqueKsf *ksf) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
