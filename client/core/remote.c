/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Parsing and writing sampan:// addresses. */

#include "config.h"

#include "remote.h"

#include "login.h"
#include "protocol.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define SCHEME "sampan"
/* RFC 3986 pchar, without what is unreserved. */
#define PATH_ALLOWED "!$&'()*+,;=:@"
#define HOST_MAX_BYTES 255 /* a DNS name */

struct _SampanRemote
{
  gatomicrefcount refs;
  char *user;
  char *host;
  uint16_t port;
  SampanPath *path;
};

G_DEFINE_BOXED_TYPE (SampanRemote, sampan_remote, sampan_remote_ref, sampan_remote_unref)

static bool
refuse (GError **error, const char *message)
{
  g_set_error_literal (error, SAMPAN_ERROR, SAMPAN_ERROR_BAD_NAME, message);
  return false;
}

/* One component of the path: %XX to bytes; a hidden NUL or slash would change what it names. */
static bool
decode_component (const char *text, size_t length, GByteArray *out, GError **error)
{
  for (size_t i = 0; i < length; i++)
    {
      uint8_t byte = (uint8_t)text[i];

      if (byte == '%')
        {
          int high = i + 2 < length ? g_ascii_xdigit_value (text[i + 1]) : -1;
          int low = i + 2 < length ? g_ascii_xdigit_value (text[i + 2]) : -1;

          if (high < 0 || low < 0)
            return refuse (error, _ ("The path has a percent sign without two hexadecimal digits"));
          byte = (uint8_t)(high * 16 + low);
          i += 2;
          if (byte == '\0' || byte == '/')
            return refuse (error, _ ("The path hides a NUL or a slash in a name"));
        }
      g_byte_array_append (out, &byte, 1);
    }
  return true;
}

/* TEXT is as it stands in the address: empty, or with a leading slash. One trailing slash is fine.
 */
static SampanPath *
parse_path (const char *text, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  size_t length = strlen (text);
  size_t start = 0;

  if (length > 0 && text[length - 1] == '/')
    length--;
  if (length == 0)
    return sampan_path_new_root ();
  for (size_t i = 1; i <= length; i++)
    {
      if (i < length && text[i] != '/')
        continue;
      if (i == start + 1)
        {
          refuse (error, _ ("The path has an empty name between two slashes"));
          return NULL;
        }
      if (start > 0)
        g_byte_array_append (bytes, (const uint8_t *)"/", 1);
      if (!decode_component (text + start + 1, i - start - 1, bytes, error))
        return NULL;
      start = i;
    }
  return sampan_path_new (bytes->data, bytes->len, error);
}

static bool
check_user (const char *user, GError **error)
{
  if (user == NULL)
    return true;
  if (strchr (user, ':') != NULL)
    return refuse (error, _ ("A password does not belong in an address"));
  if (!sampan_user_name_is_valid (user, strlen (user)))
    return refuse (error, _ ("The user name is not one that a server can have"));
  return true;
}

static bool
check_host (const char *host, GError **error)
{
  if (host == NULL || *host == '\0')
    return refuse (error, _ ("The host is missing"));
  if (strlen (host) > HOST_MAX_BYTES || !g_utf8_validate (host, -1, NULL) ||
      strpbrk (host, "/@[]?# \\\"<>") != NULL)
    return refuse (error, _ ("The host is not a name or an address"));
  if (strchr (host, ':') != NULL || strchr (host, '%') != NULL)
    {
      const char *scope = strchr (host, '%');
      g_autofree char *address = g_strndup (host, scope ? (size_t)(scope - host) : strlen (host));

      if (!g_hostname_is_ip_address (address) || (scope != NULL && scope[1] == '\0'))
        return refuse (error, _ ("The host is not a name or an address"));
    }
  return true;
}

static bool
has_control_byte (const char *text)
{
  for (; *text != '\0'; text++)
    if (g_ascii_iscntrl (*text))
      return true;
  return false;
}

static bool
check_shape (const char *uri, GError **error)
{
  if (has_control_byte (uri) || *uri == ' ' || g_str_has_suffix (uri, " "))
    return refuse (error, _ ("The address holds control characters or stray spaces"));
  if (g_ascii_strncasecmp (uri, SCHEME "://", strlen (SCHEME "://")) != 0)
    return refuse (error, _ ("The address does not start with sampan://"));
  if (strpbrk (uri, "?#") != NULL)
    return refuse (error, _ ("A question mark or # in the path is written %3F or %23"));
  return true;
}

SampanRemote *
sampan_remote_parse (const char *uri, GError **error)
{
  g_autofree char *user = NULL;
  g_autofree char *host = NULL;
  g_autofree char *path_text = NULL;
  g_autoptr (SampanPath) path = NULL;
  g_autoptr (GError) local = NULL;
  int port = -1;

  if (!check_shape (uri, error))
    return NULL;
  if (!g_uri_split (uri,
                    G_URI_FLAGS_ENCODED_PATH,
                    NULL,
                    &user,
                    &host,
                    &port,
                    &path_text,
                    NULL,
                    NULL,
                    &local))
    {
      refuse (error, local->message);
      return NULL;
    }
  if (!check_user (user, error) || !check_host (host, error))
    return NULL;
  if (port == 0 || port > G_MAXUINT16)
    {
      refuse (error, _ ("The port is a number from 1 to 65535"));
      return NULL;
    }
  path = parse_path (path_text, error);
  if (path == NULL)
    return NULL;
  return sampan_remote_new (user, host, port < 0 ? SAMPAN_DEFAULT_PORT : (uint16_t)port, path);
}

SampanRemote *
sampan_remote_new (const char *user, const char *host, uint16_t port, const SampanPath *path)
{
  SampanRemote *self = g_new0 (SampanRemote, 1);

  g_atomic_ref_count_init (&self->refs);
  self->user = g_strdup (user);
  self->host = g_strdup (host);
  self->port = port;
  self->path = sampan_path_ref (path);
  return self;
}

SampanRemote *
sampan_remote_ref (SampanRemote *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
sampan_remote_unref (SampanRemote *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_free (self->user);
  g_free (self->host);
  sampan_path_unref (self->path);
  g_free (self);
}

const char *
sampan_remote_get_user (const SampanRemote *self)
{
  return self->user;
}

const char *
sampan_remote_get_host (const SampanRemote *self)
{
  return self->host;
}

uint16_t
sampan_remote_get_port (const SampanRemote *self)
{
  return self->port;
}

const SampanPath *
sampan_remote_get_path (const SampanRemote *self)
{
  return self->path;
}

static void
append_host (GString *uri, const char *host)
{
  g_autofree char *escaped = g_uri_escape_string (host, ":", TRUE);

  if (strchr (host, ':') != NULL)
    g_string_append_printf (uri, "[%s]", escaped);
  else
    g_string_append (uri, escaped);
}

char *
sampan_remote_to_string (const SampanRemote *self)
{
  GString *uri = g_string_new (SCHEME "://");
  g_autofree char *path = NULL;

  if (self->user != NULL)
    {
      g_string_append_uri_escaped (uri, self->user, NULL, FALSE);
      g_string_append_c (uri, '@');
    }
  append_host (uri, self->host);
  if (self->port != SAMPAN_DEFAULT_PORT)
    g_string_append_printf (uri, ":%u", self->port);
  g_string_append_c (uri, '/');
  path = g_uri_escape_bytes ((const uint8_t *)sampan_path_get (self->path),
                             sampan_path_get_length (self->path),
                             PATH_ALLOWED "/");
  g_string_append (uri, path);
  return g_string_free (uri, FALSE);
}
