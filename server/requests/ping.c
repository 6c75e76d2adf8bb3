/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* ping: the text in upper case. */

#include "config.h"

#include "requests/requests.h"

#include <string.h>

/* Upper case of UTF-8 may be longer ("ß" becomes "SS"); what no longer fits is treated as bytes. */
static char *
get_upper (SampanBytes text, size_t *length)
{
  const char *bytes = (const char *)text.data;
  if (g_utf8_validate_len (bytes, text.length, NULL))
    {
      g_autofree char *upper = g_utf8_strup (bytes, (gssize)text.length);
      *length = strlen (upper);
      if (*length <= SAMPAN_PING_TEXT_MAX)
        return g_steal_pointer (&upper);
    }
  char *upper = g_memdup2 (bytes, text.length);
  for (size_t i = 0; i < text.length; i++)
    upper[i] = g_ascii_toupper (upper[i]);
  *length = text.length;
  return upper;
}

bool
sampan_request_ping (SampanExchange *self, SampanReader *reader)
{
  SampanBytes text;
  SampanWriter writer;
  size_t length = 0;
  if (!sampan_read_text (reader, &text))
    return sampan_exchange_break (self);
  g_autofree char *upper = get_upper (text, &length);
  if (!sampan_exchange_begin (self, &writer))
    return false;
  sampan_write_text (&writer,
                     SAMPAN_KIND_PONG,
                     (SampanBytes){ .data = (uint8_t *)upper, .length = length });
  return sampan_exchange_end (self, &writer);
}
