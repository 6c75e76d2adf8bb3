/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Hashing a part of a file. */

#include "config.h"

#include "hash-prefix.h"

#include <errno.h>
#include <glib.h>
#include <sodium.h>
#include <unistd.h>

#define HASH_BLOCK_BYTES (256 * 1024)

bool
sampan_hash_prefix (int fd, uint64_t length, uint8_t hash[static SAMPAN_HASH_LENGTH])
{
  g_autofree uint8_t *block = g_malloc (HASH_BLOCK_BYTES);
  crypto_generichash_state state;

  if (crypto_generichash_init (&state, NULL, 0, SAMPAN_HASH_LENGTH) != 0)
    return false;
  for (uint64_t at = 0; at < length;)
    {
      ssize_t n = pread (fd, block, (size_t)MIN (HASH_BLOCK_BYTES, length - at), (off_t)at);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0 || crypto_generichash_update (&state, block, (unsigned long long)n) != 0)
        return false;
      at += (uint64_t)n;
    }
  return crypto_generichash_final (&state, hash, SAMPAN_HASH_LENGTH) == 0;
}
