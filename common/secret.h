/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Bytes that must not outlive their use: allocated, wiped and freed here. Never logged, never in a
 * GError. Not reference-counted; one owner. */

#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

G_BEGIN_DECLS

typedef struct _SampanSecret SampanSecret;

/* Copies LENGTH bytes (at most 64 KiB) into guarded, locked memory; NULL if that memory cannot be
 * had. The caller wipes its own copy. */
SampanSecret *sampan_secret_new (const void *bytes, size_t length);
SampanSecret *sampan_secret_copy (const SampanSecret *self);
const uint8_t *sampan_secret_get (const SampanSecret *self);
size_t sampan_secret_get_length (const SampanSecret *self);
/* Wipes and frees; NULL is fine. */
void sampan_secret_free (SampanSecret *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SampanSecret, sampan_secret_free)

/* Reads a password file: its first line without the line end, at most 1 KiB. Fails with a
 * GFileError, or SAMPAN_ERROR_BAD_NAME when the line is empty or too long. */
SampanSecret *sampan_secret_read_file (const char *filename,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Initialises libsodium once, and keeps this process and those it starts from writing core dumps,
 * which would hold passwords and keys; FALSE if it cannot. Call at the start of each program. */
bool sampan_crypto_init (void) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
