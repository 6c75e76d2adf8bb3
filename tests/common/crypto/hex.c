/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Hex figures in tests. */

#include "config.h"

#include "hex.h"

#include <string.h>

/* Kept reachable to the end, so that a leak checker sees none. */
static GSList *kept;

SampanBytes
from_hex (const char *hex)
{
  size_t length = hex ? strlen (hex) / 2 : 0;
  uint8_t *data;

  if (!hex)
    return sampan_bytes (NULL, 0);
  g_assert_cmpuint (strlen (hex) % 2, ==, 0);
  data = g_malloc (MAX (length, 1));
  kept = g_slist_prepend (kept, data);
  for (size_t i = 0; i < length; i++)
    {
      int high = g_ascii_xdigit_value (hex[2 * i]);
      int low = g_ascii_xdigit_value (hex[2 * i + 1]);

      g_assert_true (high >= 0 && low >= 0);
      data[i] = (uint8_t)(high << 4 | low);
    }
  return sampan_bytes (data, length);
}

const uint8_t *
from_hex_fixed (const char *hex, size_t length)
{
  SampanBytes bytes = from_hex (hex);

  g_assert_cmpuint (bytes.length, ==, length);
  return bytes.data;
}

char *
to_hex (const void *data, size_t length)
{
  const uint8_t *bytes = data;
  GString *hex = g_string_sized_new (2 * length);

  for (size_t i = 0; i < length; i++)
    g_string_append_printf (hex, "%02x", bytes[i]);
  return g_string_free (hex, FALSE);
}
