/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Hex figures in tests: what differs is shown in hex. */

#pragma once

#include "hkdf.h"
#include <glib.h>
#include <stdint.h>

/* NULL stays nothing. Leaks into a test's process: figures are few. */
SampanBytes from_hex (const char *hex);
/* The same, but the length must be LENGTH. */
const uint8_t *from_hex_fixed (const char *hex, size_t length);
char *to_hex (const void *data, size_t length);

#define assert_hex(data, length, hex)                                                              \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autofree char *assert_hex_got = to_hex ((data), (length));                                   \
    g_assert_cmpstr (assert_hex_got, ==, (hex));                                                   \
  }                                                                                                \
  G_STMT_END

/* A FIXED array of bytes against a figure. */
#define assert_hex_array(array, hex) assert_hex ((array), sizeof (array), (hex))
