/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The secret that an account is made with. */

#include "config.h"

#include "commands/command-password.h"

#include "accounts/first-start.h"
#include "commands/command-utils.h"
#include "commands/duration-text.h"
#include "commands/json-text.h"
#include "commands/terminal.h"
#include "control.h"
#include "protocol.h"

#include <sodium.h>
#include <string.h>

void
sampan_password_options_clear (SampanPasswordOptions *self)
{
  g_clear_pointer (&self->password_file, g_free);
}

int64_t
sampan_password_get_expiry_secs (void)
{
  return g_get_real_time () / G_USEC_PER_SEC + SAMPAN_INVITE_SECS;
}

static bool
secrets_equal (const SampanSecret *a, const SampanSecret *b)
{
  size_t length = sampan_secret_get_length (a);

  return length == sampan_secret_get_length (b) &&
         sodium_memcmp (sampan_secret_get (a), sampan_secret_get (b), length) == 0;
}

static SampanSecret *
ask_twice (GError **error)
{
  g_autoptr (SampanSecret) first = sampan_terminal_ask ("New password: ", error);
  g_autoptr (SampanSecret) second = NULL;

  if (first == NULL)
    return NULL;
  second = sampan_terminal_ask ("New password again: ", error);
  if (second == NULL)
    return NULL;
  if (secrets_equal (first, second))
    return g_steal_pointer (&first);
  g_set_error_literal (error,
                       SAMPAN_ERROR,
                       SAMPAN_ERROR_FAILED,
                       "the two passwords are not the same");
  return NULL;
}

/* Other computers type text: what is not UTF-8 could never be typed there. */
static bool
check_password (const SampanSecret *password, GError **error)
{
  const char *text = (const char *)sampan_secret_get (password);
  size_t length = sampan_secret_get_length (password);

  if (!g_utf8_validate_len (text, length, NULL))
    {
      g_set_error_literal (error,
                           SAMPAN_ERROR,
                           SAMPAN_ERROR_BAD_NAME,
                           "the password is not UTF-8 text");
      return false;
    }
  if (g_utf8_strlen (text, (gssize)length) < SAMPAN_PASSWORD_MIN_CHARACTERS)
    {
      g_set_error (error,
                   SAMPAN_ERROR,
                   SAMPAN_ERROR_BAD_NAME,
                   "the password is too short: use at least %d characters",
                   SAMPAN_PASSWORD_MIN_CHARACTERS);
      return false;
    }
  return true;
}

static SampanSecret *
get_password (const SampanPasswordOptions *options, GError **error)
{
  g_autoptr (SampanSecret) password = options->password_file != NULL
                                          ? sampan_secret_read_file (options->password_file, error)
                                          : ask_twice (error);

  if (password == NULL || !check_password (password, error))
    return NULL;
  return g_steal_pointer (&password);
}

static SampanSecret *
make_code (GError **error)
{
  SampanSecret *code = sampan_one_time_code_generate ();

  if (code == NULL)
    g_set_error_literal (error,
                         SAMPAN_ERROR,
                         SAMPAN_ERROR_FAILED,
                         "no one-time code could be made");
  return code;
}

bool
sampan_password_make_record (const SampanPasswordOptions *options,
                             SampanAccountStore *store,
                             const char *user,
                             uint8_t record[static SAMPAN_REGISTRATION_RECORD_LENGTH],
                             SampanSecret **code,
                             GError **error)
{
  g_autoptr (SampanSecret) secret = options->invite ? make_code (error)
                                                    : get_password (options, error);

  *code = NULL;
  if (secret == NULL || !sampan_registration_local (sampan_account_store_get_keys (store),
                                                    user,
                                                    secret,
                                                    sampan_account_store_get_ksf (store),
                                                    record,
                                                    error))
    return false;
  if (options->invite)
    *code = g_steal_pointer (&secret);
  return true;
}

static void
take_port_cb (const char *key, const char *endpoint, gpointer user_data)
{
  unsigned int *port = user_data;
  const char *colon = strrchr (endpoint, ':');
  guint64 value = 0;

  if (*port == 0 && colon != NULL &&
      g_ascii_string_to_unsigned (colon + 1, 10, 1, UINT16_MAX, &value, NULL))
    *port = (unsigned int)value;
}

/* The first that the server listens on; 0 if none runs. */
static unsigned int
find_port (const SampanArguments *arguments)
{
  g_autofree char *status = sampan_control_call (arguments->state, "status", NULL);
  g_autofree char *listening = status != NULL ? sampan_json_find (status, "listening") : NULL;
  unsigned int port = 0;

  if (listening != NULL && !sampan_json_foreach_item (listening, take_port_cb, &port))
    return 0;
  return port;
}

void
sampan_password_print_code (const SampanArguments *arguments,
                            const char *user,
                            const SampanSecret *code,
                            int64_t secs)
{
  unsigned int port = find_port (arguments);
  g_autofree char *port_text =
      port != 0 && port != SAMPAN_DEFAULT_PORT ? g_strdup_printf (", port %u", port) : NULL;
  g_autofree char *span = sampan_duration_format (secs);
  g_autofree char *expires =
      sampan_command_format_time_for_scripts (g_get_real_time () / G_USEC_PER_SEC + secs);
  g_autofree char *text =
      g_strndup ((const char *)sampan_secret_get (code), sampan_secret_get_length (code));
  g_autoptr (GString) json = g_string_new ("{");

  if (arguments->as_json)
    {
      sampan_json_add_string (json, "user", user);
      sampan_json_add_string (json, "address", g_get_host_name ());
      if (port != 0)
        sampan_json_add_int (json, "port", port);
      sampan_json_add_string (json, "code", text);
      sampan_json_add_string (json, "expires", expires);
      g_print ("%s}\n", json->str);
    }
  else
    g_print ("One-time code for %s: %s\n"
             "Pass it on where nobody else reads it. It is typed in place of the password at the "
             "first\nlogin as %s at %s%s, which asks for a password of one's own. It is good for "
             "%s.\n",
             user,
             text,
             user,
             g_get_host_name (),
             port_text != NULL ? port_text : "",
             span);
  sodium_memzero (json->str, json->len);
  sodium_memzero (text, strlen (text));
}
