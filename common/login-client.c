/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The client's side of login and registration. */

#include "config.h"

#include "login.h"

#include "errors.h"
#include "login-private.h"

#include <sodium.h>
#include <string.h>

typedef enum
{
  CLIENT_FRESH,       /* or finished: start again */
  CLIENT_LOGGING_IN,  /* KE1 is out */
  CLIENT_REGISTERING, /* the registration request is out */
} ClientState;

struct _SampanLoginClient
{
  ClientState state;
  char *user;
  SampanSecret *input; /* of the OPRF: user, label and password */
  SampanOpaqueClient opaque;
};

static SampanBytes
get_input (const SampanLoginClient *self)
{
  return sampan_bytes (sampan_secret_get (self->input), sampan_secret_get_length (self->input));
}

/* FALSE unless RESULT is OK. */
static bool
check_result (SampanOpaqueResult result, GError **error)
{
  switch (result)
    {
    case SAMPAN_OPAQUE_OK:
      return true;
    case SAMPAN_OPAQUE_MALFORMED:
      g_set_error_literal (error, SAMPAN_ERROR, SAMPAN_ERROR_PROTOCOL, "malformed login message");
      break;
    case SAMPAN_OPAQUE_NO_MEMORY:
      g_set_error_literal (error,
                           G_FILE_ERROR,
                           G_FILE_ERROR_NOMEM,
                           "not enough memory to stretch the password");
      break;
    case SAMPAN_OPAQUE_WRONG_PASSWORD:
      g_set_error_literal (error,
                           SAMPAN_ERROR,
                           SAMPAN_ERROR_LOGIN_REFUSED,
                           "wrong name or password");
      break;
    case SAMPAN_OPAQUE_WRONG_SERVER_MAC:
      g_set_error_literal (error,
                           SAMPAN_ERROR,
                           SAMPAN_ERROR_INTERCEPTED,
                           "the password fits, but the connection is not the server's");
      break;
    }
  return false;
}

static bool
lookup_ksf (uint8_t id, SampanOpaqueKsf *ksf, GError **error)
{
  if (sampan_ksf_lookup (id, ksf))
    return true;
  g_set_error (error, SAMPAN_ERROR, SAMPAN_ERROR_PROTOCOL, "unknown key-stretching set %u", id);
  return false;
}

/* The one-shot secrets of a run; the input stays for the next. */
static void
end_run (SampanLoginClient *self)
{
  sodium_memzero (&self->opaque, sizeof self->opaque);
  self->state = CLIENT_FRESH;
}

static bool
start_run (SampanLoginClient *self, ClientState state, bool started, GError **error)
{
  if (!started)
    {
      end_run (self);
      g_set_error_literal (error, SAMPAN_ERROR, SAMPAN_ERROR_FAILED, "no usable random numbers");
      return false;
    }
  self->state = state;
  return true;
}

SampanLoginClient *
sampan_login_client_new (const char *user, const SampanSecret *password)
{
  SampanLoginClient *self;
  SampanSecret *input;

  if (strlen (user) > SAMPAN_USER_WIRE_MAX)
    return NULL;
  input = sampan_login_make_oprf_input (user, password);
  if (!input)
    return NULL;
  self = g_new0 (SampanLoginClient, 1);
  self->user = g_strdup (user);
  self->input = input;
  return self;
}

void
sampan_login_client_free (SampanLoginClient *self)
{
  if (!self)
    return;
  sampan_secret_free (self->input);
  g_free (self->user);
  sodium_memzero (self, sizeof *self);
  g_free (self);
}

bool
sampan_login_client_start (SampanLoginClient *self,
                           uint8_t ke1[static SAMPAN_KE1_LENGTH],
                           GError **error)
{
  SampanOpaqueClientRandom random;
  bool started;

  sampan_opaque_client_random (&random);
  started = sampan_opaque_client_start (&self->opaque, get_input (self), &random);
  sodium_memzero (&random, sizeof random);
  if (!start_run (self, CLIENT_LOGGING_IN, started, error))
    return false;
  memcpy (ke1, self->opaque.ke1, SAMPAN_KE1_LENGTH);
  return true;
}

bool
sampan_login_client_finish (SampanLoginClient *self,
                            SampanLoginPurpose purpose,
                            SampanSuite suite,
                            const uint8_t h[static SAMPAN_HANDSHAKE_HASH_LENGTH],
                            uint8_t ksf,
                            const uint8_t ke2[static SAMPAN_KE2_LENGTH],
                            SampanLoginResult *result,
                            GError **error)
{
  SampanOpaqueKsf stretching;
  SampanOpaqueClientOutput output;
  uint8_t context[SAMPAN_LOGIN_CONTEXT_LENGTH];
  SampanOpaqueResult finished;

  g_return_val_if_fail (self->state == CLIENT_LOGGING_IN, false);
  if (!lookup_ksf (ksf, &stretching, error))
    {
      end_run (self);
      return false;
    }
  sampan_login_make_context (context, purpose, suite, ksf, h);
  finished =
      sampan_opaque_client_finish (&self->opaque,
                                   get_input (self),
                                   stretching,
                                   sampan_login_make_identities (self->user, strlen (self->user)),
                                   sampan_bytes (context, sizeof context),
                                   ke2,
                                   &output);
  end_run (self);
  if (finished == SAMPAN_OPAQUE_OK)
    {
      memcpy (result->ke3, output.ke3, sizeof result->ke3);
      memcpy (result->session_key, output.session_key, sizeof result->session_key);
      memcpy (result->server_public_key,
              output.server_public_key,
              sizeof result->server_public_key);
    }
  sodium_memzero (&output, sizeof output);
  return check_result (finished, error);
}

bool
sampan_registration_client_start (SampanLoginClient *self,
                                  uint8_t request[static SAMPAN_REGISTRATION_REQUEST_LENGTH],
                                  GError **error)
{
  sampan_group_scalar_random (self->opaque.blind);
  return start_run (self,
                    CLIENT_REGISTERING,
                    sampan_opaque_registration_request (get_input (self),
                                                        self->opaque.blind,
                                                        request),
                    error);
}

bool
sampan_registration_client_finish (
    SampanLoginClient *self,
    uint8_t ksf,
    const uint8_t response[static SAMPAN_REGISTRATION_RESPONSE_LENGTH],
    uint8_t record[static SAMPAN_REGISTRATION_RECORD_LENGTH],
    GError **error)
{
  SampanOpaqueKsf stretching;
  uint8_t nonce[SAMPAN_OPAQUE_NONCE_LENGTH];
  SampanOpaqueResult finished;

  g_return_val_if_fail (self->state == CLIENT_REGISTERING, false);
  if (!lookup_ksf (ksf, &stretching, error))
    {
      end_run (self);
      return false;
    }
  randombytes_buf (nonce, sizeof nonce);
  finished = sampan_opaque_registration_finish (get_input (self),
                                                stretching,
                                                sampan_login_make_identities (self->user,
                                                                              strlen (self->user)),
                                                self->opaque.blind,
                                                nonce,
                                                response,
                                                record,
                                                NULL);
  end_run (self);
  return check_result (finished, error);
}

bool
sampan_registration_local (const SampanServerKeys *keys,
                           const char *user,
                           const SampanSecret *password,
                           uint8_t ksf,
                           uint8_t record[static SAMPAN_REGISTRATION_RECORD_LENGTH],
                           GError **error)
{
  g_autoptr (SampanLoginClient) client = sampan_login_client_new (user, password);
  uint8_t request[SAMPAN_REGISTRATION_REQUEST_LENGTH];
  uint8_t response[SAMPAN_REGISTRATION_RESPONSE_LENGTH];

  if (!client)
    {
      g_set_error_literal (error,
                           SAMPAN_ERROR,
                           SAMPAN_ERROR_FAILED,
                           "the name or password is too long");
      return false;
    }
  return sampan_registration_client_start (client, request, error) &&
         check_result (
             sampan_registration_server_answer (keys, user, strlen (user), request, response)
                 ? SAMPAN_OPAQUE_OK
                 : SAMPAN_OPAQUE_MALFORMED,
             error) &&
         sampan_registration_client_finish (client, ksf, response, record, error);
}
