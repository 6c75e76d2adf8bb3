/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* BLAKE2b-256 of an open file. */

#pragma once

#include "storage/progress.h"

G_BEGIN_DECLS

/* Hashes the first LENGTH bytes of FD, or up to its end. *hashed_bytes says how many. METER and
 * CANCELLABLE are nullable. Fails with IO or G_IO_ERROR_CANCELLED. */
bool sampan_hash_file (int fd,
                       uint64_t length,
                       SampanProgressMeter *meter,
                       GCancellable *cancellable,
                       uint64_t *hashed_bytes,
                       uint8_t hash[static SAMPAN_HASH_LENGTH],
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
