/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What a login hashes as the password and is bound to, on both sides. */

#include "config.h"

#include "login.h"

#include "login-private.h"

#include <sodium.h>
#include <string.h>

static uint8_t *
put_prefixed (uint8_t *out, const void *data, size_t length)
{
  out[0] = (uint8_t)(length >> 8);
  out[1] = (uint8_t)length;
  if (length > 0)
    memcpy (out + SAMPAN_LENGTH_PREFIX_BYTES, data, length);
  return out + SAMPAN_LENGTH_PREFIX_BYTES + length;
}

static SampanSecret *
join_oprf_input (const char *user, const void *password, size_t password_length)
{
  size_t user_length = strlen (user);
  size_t length =
      3 * SAMPAN_LENGTH_PREFIX_BYTES + user_length + SAMPAN_LOGIN_LABEL_LENGTH + password_length;
  g_autofree uint8_t *buffer = NULL;
  uint8_t *end;
  SampanSecret *input;

  if (length > SAMPAN_OPRF_INPUT_MAX)
    return NULL;
  buffer = g_malloc (length);
  end = put_prefixed (buffer, user, user_length);
  end = put_prefixed (end, SAMPAN_LOGIN_LABEL, SAMPAN_LOGIN_LABEL_LENGTH);
  put_prefixed (end, password, password_length);
  input = sampan_secret_new (buffer, length);
  sodium_memzero (buffer, length);
  return input;
}

void
sampan_login_make_context (uint8_t context[static SAMPAN_LOGIN_CONTEXT_LENGTH],
                           SampanLoginPurpose purpose,
                           SampanSuite suite,
                           uint8_t ksf,
                           const uint8_t h[static SAMPAN_HANDSHAKE_HASH_LENGTH])
{
  uint8_t *end = put_prefixed (context, SAMPAN_LOGIN_LABEL, SAMPAN_LOGIN_LABEL_LENGTH);

  *end++ = (uint8_t)purpose;
  *end++ = (uint8_t)suite;
  *end++ = ksf;
  memcpy (end, h, SAMPAN_HANDSHAKE_HASH_LENGTH);
}

SampanOpaqueIdentities
sampan_login_make_identities (const char *user, size_t length)
{
  /* An empty name is a name and not "none". */
  return (SampanOpaqueIdentities){ .client = sampan_bytes (length > 0 ? user : "", length) };
}

static bool
is_ascii (const char *bytes, size_t length)
{
  for (size_t i = 0; i < length; i++)
    if ((uint8_t)bytes[i] >= 0x80)
      return false;
  return true;
}

/* The same password typed on two systems may come composed or decomposed. What is not UTF-8 is
 * taken as it is, and ASCII too: normalising would leave copies in memory that GLib does not
 * wipe. */
SampanSecret *
sampan_login_make_oprf_input (const char *user, const SampanSecret *password)
{
  g_autoptr (SampanSecret) code = sampan_one_time_code_fold (password);
  const SampanSecret *used = code != NULL ? code : password;
  const char *bytes = (const char *)sampan_secret_get (used);
  size_t length = sampan_secret_get_length (used);
  char *normalized = NULL;
  SampanSecret *input;

  if (!is_ascii (bytes, length) && g_utf8_validate_len (bytes, length, NULL))
    normalized = g_utf8_normalize (bytes, (gssize)length, G_NORMALIZE_NFC);
  if (!normalized)
    return join_oprf_input (user, bytes, length);
  length = strlen (normalized);
  input = join_oprf_input (user, normalized, length);
  sodium_memzero (normalized, length);
  g_free (normalized);
  return input;
}

bool
sampan_user_name_is_valid (const char *name, size_t length)
{
  if (length == 0 || length > SAMPAN_USER_MAX)
    return false;
  for (size_t i = 0; i < length; i++)
    if (!g_ascii_islower (name[i]) && !g_ascii_isdigit (name[i]) && name[i] != '.' &&
        name[i] != '_' && name[i] != '-')
      return false;
  return !(length == 1 && name[0] == '.') && !(length == 2 && name[0] == '.' && name[1] == '.');
}
