/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Every message in hexadecimal, as PROTOCOL.md lays it out. */

#pragma once

#include "recode.h"

G_BEGIN_DECLS

typedef struct
{
  const char *name;
  /* Pairs of digits; spaces are for the eye; "aa*16" is 0xaa sixteen times. */
  const char *hex;
} MessageSample;

extern const MessageSample message_samples[];
extern const size_t n_message_samples;

/* The bytes of HEX. Free with g_byte_array_unref. */
GByteArray *sample_to_bytes (const char *hex);

/* The sample of that name. */
GByteArray *sample_find (const char *name);

G_END_DECLS
