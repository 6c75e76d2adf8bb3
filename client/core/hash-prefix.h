/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* BLAKE2b-256 of the beginning of a file here, to compare with what the box has of it. */

#pragma once

#include "protocol.h"
#include <stdbool.h>
#include <stdint.h>

/* Of the first LENGTH bytes of FD; false if they cannot be read. Blocks: for pool threads. */
bool sampan_hash_prefix (int fd, uint64_t length, uint8_t hash[static SAMPAN_HASH_LENGTH])
    __attribute__ ((warn_unused_result));
