/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* SHA-512, HMAC-SHA512 and HKDF-SHA512 (RFC 5869) over lists of byte runs, so that nothing secret
 * is copied together first. */

#pragma once

#include "wire.h"
#include <glib.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

G_BEGIN_DECLS

#define SAMPAN_SHA512_LENGTH 64
#define SAMPAN_HKDF_MAX (255 * SAMPAN_SHA512_LENGTH) /* RFC 5869, 2.3 */

static inline SampanBytes
sampan_bytes (const void *data, size_t length)
{
  return (SampanBytes){ data, length };
}

/* A label, without its NUL. */
static inline SampanBytes
sampan_bytes_text (const char *text)
{
  return (SampanBytes){ (const uint8_t *)text, strlen (text) };
}

/* A list of byte runs as the two arguments PARTS, N_PARTS. */
#define SAMPAN_PARTS(...)                                                                          \
  (const SampanBytes[]){ __VA_ARGS__ },                                                            \
      sizeof ((const SampanBytes[]){ __VA_ARGS__ }) / sizeof (SampanBytes)

void
sampan_sha512 (uint8_t out[static SAMPAN_SHA512_LENGTH], const SampanBytes *parts, size_t n_parts);
void sampan_hmac_sha512 (uint8_t out[static SAMPAN_SHA512_LENGTH],
                         SampanBytes key,
                         const SampanBytes *parts,
                         size_t n_parts);

void
sampan_hkdf_extract (uint8_t prk[static SAMPAN_SHA512_LENGTH], SampanBytes salt, SampanBytes ikm);
/* OUT_LENGTH: at most SAMPAN_HKDF_MAX. INFO may be NULL, 0. */
void sampan_hkdf_expand (uint8_t *out,
                         size_t out_length,
                         const uint8_t prk[static SAMPAN_SHA512_LENGTH],
                         const SampanBytes *info,
                         size_t n_info);

G_END_DECLS
