/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Addresses: what to listen on, and who is at the other end. */

#pragma once

#include <glib.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

G_BEGIN_DECLS

#define SAMPAN_SOURCE_KEY_BYTES 16
#define SAMPAN_SOURCE_TEXT_MAX INET6_ADDRSTRLEN

/* Whom limits and penalties are counted against: an IPv4 address (also when it comes mapped into
 * IPv6), or the /64 of an IPv6 one, as one host commonly has a whole /64 to itself. */
typedef struct
{
  uint8_t bytes[SAMPAN_SOURCE_KEY_BYTES];
} SampanSourceKey;

void sampan_source_key_from_address (SampanSourceKey *key, const struct sockaddr *address);
/* The /56 around the /64 of an IPv6 source, as a key that is none of a source. FALSE for IPv4. */
bool sampan_source_key_get_site (const SampanSourceKey *key, SampanSourceKey *site);
bool sampan_source_key_equal (const SampanSourceKey *a, const SampanSourceKey *b);

/* The address without its port, mapped IPv4 as IPv4; for logs. */
void sampan_address_get_text (const struct sockaddr *address,
                              char text[static SAMPAN_SOURCE_TEXT_MAX]);
/* "192.0.2.7:9002" or "[2001:db8::1]:9002". Free with g_free. */
char *sampan_address_get_endpoint (const struct sockaddr *address);

/* "ADDRESS:PORT": IPv4, or IPv6 in brackets; numbers only, port 0 to 65535. Fails with
 * SAMPAN_ERROR_BAD_NAME. */
bool sampan_address_parse (const char *text,
                           struct sockaddr_storage *address,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

socklen_t sampan_address_get_length (const struct sockaddr *address);

G_END_DECLS
