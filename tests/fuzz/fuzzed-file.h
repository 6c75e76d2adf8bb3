/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A file of the client's configuration, in a private folder, for targets that fuzz what it holds.
 */

#pragma once

#include <stddef.h>
#include <stdint.h>

/* The file NAME, the same in each call, holds DATA. The folder goes when the program ends. */
void fuzzed_file_write (const char *name, const uint8_t *data, size_t size);
void fuzzed_file_remove (void);
