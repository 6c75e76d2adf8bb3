/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Parsing, printing and grouping of IPv4 and IPv6 addresses. */

#include "config.h"

#include "net/address.h"

#include "errors.h"

#include <arpa/inet.h>
#include <string.h>

#define IPV6_NETWORK_BYTES 8 /* a /64 */
#define IPV6_SITE_BYTES 7    /* a /56: what one customer usually gets */
#define PORT_DIGITS_MAX 5

static const uint8_t mapped_prefix[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

void
sampan_source_key_from_address (SampanSourceKey *key, const struct sockaddr *address)
{
  memset (key, 0, sizeof *key);
  if (address->sa_family == AF_INET)
    {
      const struct sockaddr_in *in = (const struct sockaddr_in *)address;
      memcpy (key->bytes, mapped_prefix, sizeof mapped_prefix);
      memcpy (key->bytes + sizeof mapped_prefix, &in->sin_addr, sizeof in->sin_addr);
    }
  else if (address->sa_family == AF_INET6)
    {
      const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)address;
      bool is_mapped = IN6_IS_ADDR_V4MAPPED (&in6->sin6_addr);
      memcpy (key->bytes, &in6->sin6_addr, is_mapped ? sizeof key->bytes : IPV6_NETWORK_BYTES);
    }
}

bool
sampan_source_key_get_site (const SampanSourceKey *key, SampanSourceKey *site)
{
  if (memcmp (key->bytes, mapped_prefix, sizeof mapped_prefix) == 0)
    return false;
  memset (site, 0, sizeof *site);
  memcpy (site->bytes, key->bytes, IPV6_SITE_BYTES);
  site->bytes[sizeof site->bytes - 1] = 1; /* no network's key: they end in zeros */
  return true;
}

bool
sampan_source_key_equal (const SampanSourceKey *a, const SampanSourceKey *b)
{
  return memcmp (a->bytes, b->bytes, sizeof a->bytes) == 0;
}

void
sampan_address_get_text (const struct sockaddr *address, char text[static SAMPAN_SOURCE_TEXT_MAX])
{
  const void *bytes = NULL;
  int family = address->sa_family;
  if (family == AF_INET)
    bytes = &((const struct sockaddr_in *)address)->sin_addr;
  else if (family == AF_INET6)
    {
      const struct in6_addr *in6 = &((const struct sockaddr_in6 *)address)->sin6_addr;
      bool is_mapped = IN6_IS_ADDR_V4MAPPED (in6);
      bytes = is_mapped ? in6->s6_addr + sizeof mapped_prefix : in6->s6_addr;
      family = is_mapped ? AF_INET : AF_INET6;
    }
  if (bytes == NULL || inet_ntop (family, bytes, text, SAMPAN_SOURCE_TEXT_MAX) == NULL)
    g_strlcpy (text, "unknown", SAMPAN_SOURCE_TEXT_MAX);
}

char *
sampan_address_get_endpoint (const struct sockaddr *address)
{
  char text[INET6_ADDRSTRLEN];
  if (address->sa_family == AF_INET6)
    {
      const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)address;
      if (inet_ntop (AF_INET6, &in6->sin6_addr, text, sizeof text) == NULL)
        return g_strdup ("unknown");
      return g_strdup_printf ("[%s]:%u", text, ntohs (in6->sin6_port));
    }
  const struct sockaddr_in *in = (const struct sockaddr_in *)address;
  if (inet_ntop (AF_INET, &in->sin_addr, text, sizeof text) == NULL)
    return g_strdup ("unknown");
  return g_strdup_printf ("%s:%u", text, ntohs (in->sin_port));
}

static bool
parse_port (const char *text, in_port_t *port)
{
  size_t digits = strlen (text);
  guint64 value = 0;
  if (digits == 0 || digits > PORT_DIGITS_MAX ||
      !g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT16, &value, NULL))
    return false;
  *port = htons ((uint16_t)value);
  return true;
}

static bool
parse (const char *text, struct sockaddr_storage *address)
{
  const char *colon = strrchr (text, ':');
  memset (address, 0, sizeof *address);
  if (colon == NULL)
    return false;
  if (text[0] != '[')
    {
      struct sockaddr_in *in = (struct sockaddr_in *)address;
      g_autofree char *host = g_strndup (text, (size_t)(colon - text));
      in->sin_family = AF_INET;
      return inet_pton (AF_INET, host, &in->sin_addr) == 1 && parse_port (colon + 1, &in->sin_port);
    }
  struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)address;
  if (colon - text < 2 || colon[-1] != ']')
    return false;
  g_autofree char *host = g_strndup (text + 1, (size_t)(colon - text) - 2);
  in6->sin6_family = AF_INET6;
  return inet_pton (AF_INET6, host, &in6->sin6_addr) == 1 &&
         parse_port (colon + 1, &in6->sin6_port);
}

bool
sampan_address_parse (const char *text, struct sockaddr_storage *address, GError **error)
{
  if (parse (text, address))
    return true;
  g_set_error (error,
               SAMPAN_ERROR,
               SAMPAN_ERROR_BAD_NAME,
               "“%s” is not ADDRESS:PORT, such as 192.0.2.7:9002 or [::]:9002",
               text);
  return false;
}

socklen_t
sampan_address_get_length (const struct sockaddr *address)
{
  return address->sa_family == AF_INET6 ? sizeof (struct sockaddr_in6)
                                        : sizeof (struct sockaddr_in);
}
