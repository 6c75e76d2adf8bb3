/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The login of Sampan: OPAQUE-3DH (RFC 9807, ristretto255-SHA512) with client identity = account
 * name, server identity = none, and a context that binds the channel: application label, purpose,
 * suite, KSF set and Noise handshake hash. The password is normalised (NFC) and bound to the
 * account name before the OPRF.
 *
 * All functions are pure but for random numbers. Server calls cost about 0.3 ms. Client "finish"
 * and "record" calls run Argon2id (0.1 s and 64 MiB by default): never on a main loop. */

#pragma once

#include "channel.h"
#include "secret.h"

G_BEGIN_DECLS

#define SAMPAN_KE1_LENGTH 96
#define SAMPAN_KE2_LENGTH 320
#define SAMPAN_KE3_LENGTH 64
#define SAMPAN_SESSION_KEY_LENGTH 64
#define SAMPAN_PUBLIC_KEY_LENGTH 32
#define SAMPAN_PRIVATE_KEY_LENGTH 32
#define SAMPAN_OPRF_SEED_LENGTH 64
#define SAMPAN_REGISTRATION_REQUEST_LENGTH 32
#define SAMPAN_REGISTRATION_RESPONSE_LENGTH 64
#define SAMPAN_REGISTRATION_RECORD_LENGTH 192

/* Compiled-in key-stretching sets: Argon2id 1.3, 16 zero bytes of salt, 64 bytes out, p = 1. */
typedef enum
{
  SAMPAN_KSF_64M = 0,  /* t = 3, 64 MiB: the default */
  SAMPAN_KSF_256M = 1, /* t = 3, 256 MiB */
} SampanKsf;
bool sampan_ksf_is_known (uint8_t id);

typedef enum
{
  SAMPAN_LOGIN_FOR_SESSION = 1,
  SAMPAN_LOGIN_FOR_PASSWORD_CHANGE = 2,
} SampanLoginPurpose;

/* Whether NAME can be an account: [a-z0-9._-]{1,32}, not "." or "..". */
bool sampan_user_name_is_valid (const char *name, size_t length);

/* ---- Client ---- */
typedef struct _SampanLoginClient SampanLoginClient;

/* USER: at most SAMPAN_USER_WIRE_MAX bytes. PASSWORD is copied. NULL if random numbers or memory
 * fail, or one of the two is too long (a password: about 64 KiB). */
SampanLoginClient *sampan_login_client_new (const char *user, const SampanSecret *password);
void sampan_login_client_free (SampanLoginClient *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SampanLoginClient, sampan_login_client_free)

bool sampan_login_client_start (SampanLoginClient *self,
                                uint8_t ke1[static SAMPAN_KE1_LENGTH],
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What the client learned; wiped by the caller. */
typedef struct
{
  uint8_t ke3[SAMPAN_KE3_LENGTH];
  uint8_t session_key[SAMPAN_SESSION_KEY_LENGTH];
  uint8_t server_public_key[SAMPAN_PUBLIC_KEY_LENGTH];
} SampanLoginResult;

/* Slow. Errors: LOGIN_REFUSED (envelope does not open: wrong name or password), INTERCEPTED
 * (envelope opens, server MAC is wrong), PROTOCOL (unknown KSF set or bad points),
 * G_FILE_ERROR_NOMEM (for Argon2id). */
bool sampan_login_client_finish (SampanLoginClient *self,
                                 SampanLoginPurpose purpose,
                                 SampanSuite suite,
                                 const uint8_t h[static SAMPAN_HANDSHAKE_HASH_LENGTH],
                                 uint8_t ksf,
                                 const uint8_t ke2[static SAMPAN_KE2_LENGTH],
                                 SampanLoginResult *result,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Registration, client side: a fresh object made with the new password. */
bool sampan_registration_client_start (SampanLoginClient *self,
                                       uint8_t request[static SAMPAN_REGISTRATION_REQUEST_LENGTH],
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Slow. */
bool sampan_registration_client_finish (
    SampanLoginClient *self,
    uint8_t ksf,
    const uint8_t response[static SAMPAN_REGISTRATION_RESPONSE_LENGTH],
    uint8_t record[static SAMPAN_REGISTRATION_RECORD_LENGTH],
    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- Server ---- */
typedef struct
{
  uint8_t oprf_seed[SAMPAN_OPRF_SEED_LENGTH];
  uint8_t private_key[SAMPAN_PRIVATE_KEY_LENGTH];
  uint8_t public_key[SAMPAN_PUBLIC_KEY_LENGTH];
} SampanServerKeys;

/* Random keys for a new server. */
bool sampan_server_keys_generate (SampanServerKeys *keys) G_GNUC_WARN_UNUSED_RESULT;
/* Recomputes the public key; FALSE if the private one is not valid. */
bool sampan_server_keys_complete (SampanServerKeys *keys) G_GNUC_WARN_UNUSED_RESULT;

/* A record that no password opens (RFC 9807, 6.3.2.2): answer unknown and disabled names from a
 * stored one. */
bool sampan_fake_record_generate (uint8_t record[static SAMPAN_REGISTRATION_RECORD_LENGTH])
    G_GNUC_WARN_UNUSED_RESULT;

typedef struct
{
  uint8_t expected_ke3[SAMPAN_KE3_LENGTH];
  uint8_t session_key[SAMPAN_SESSION_KEY_LENGTH];
} SampanLoginServer; /* wiped by the caller with sodium_memzero */

/* USER as it came (any bytes); RECORD the account's or the fake one. FALSE: KE1 is malformed. */
bool sampan_login_server_answer (SampanLoginServer *self,
                                 const SampanServerKeys *keys,
                                 const uint8_t record[static SAMPAN_REGISTRATION_RECORD_LENGTH],
                                 const char *user,
                                 size_t user_length,
                                 SampanLoginPurpose purpose,
                                 SampanSuite suite,
                                 const uint8_t h[static SAMPAN_HANDSHAKE_HASH_LENGTH],
                                 uint8_t ksf,
                                 const uint8_t ke1[static SAMPAN_KE1_LENGTH],
                                 uint8_t ke2[static SAMPAN_KE2_LENGTH]) G_GNUC_WARN_UNUSED_RESULT;
/* Constant time. */
bool
sampan_login_server_check (const SampanLoginServer *self,
                           const uint8_t ke3[static SAMPAN_KE3_LENGTH]) G_GNUC_WARN_UNUSED_RESULT;

bool sampan_registration_server_answer (
    const SampanServerKeys *keys,
    const char *user,
    size_t user_length,
    const uint8_t request[static SAMPAN_REGISTRATION_REQUEST_LENGTH],
    uint8_t response[static SAMPAN_REGISTRATION_RESPONSE_LENGTH]) G_GNUC_WARN_UNUSED_RESULT;
/* Whether a record from the wire can be stored: its client public key is a valid, non-identity
 * point. */
bool sampan_registration_record_is_valid (
    const uint8_t record[static SAMPAN_REGISTRATION_RECORD_LENGTH]) G_GNUC_WARN_UNUSED_RESULT;

/* Both sides in one process, for the box itself (`sampand user add`). Slow. */
bool sampan_registration_local (const SampanServerKeys *keys,
                                const char *user,
                                const SampanSecret *password,
                                uint8_t ksf,
                                uint8_t record[static SAMPAN_REGISTRATION_RECORD_LENGTH],
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Of a new password, where a person chooses it: what NIST SP 800-63B asks for at least. Somebody in
 * between has one guess per login, the box none without its keys file, so a higher floor would only
 * make people write passwords down. */
#define SAMPAN_PASSWORD_MIN_CHARACTERS 8

/* A one-time code for a person to type: 80 random bits as eight short words with dashes between
 * them, such as "about-canoe-lilac-ruby-sushi-topaz-verse-zoom". What is typed (case, spaces,
 * dashes) is folded by sampan_one_time_code_fold() into a new secret, equal to what was generated,
 * or NULL if it cannot be a code. Logins and registrations do so with every password. */
SampanSecret *sampan_one_time_code_generate (void);
SampanSecret *sampan_one_time_code_fold (const SampanSecret *typed);
/* If TYPED is a code but for a word or two, the first that is none of the list's, in lower case
 * (ASCII letters and digits; g_free). Else NULL. */
char *sampan_one_time_code_find_mistake (const SampanSecret *typed);

G_END_DECLS
