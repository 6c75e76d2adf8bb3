/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The list that one-time codes are taken from. It is part of the protocol: see PROTOCOL.md. */

#pragma once

#define SAMPAN_CODE_WORD_BITS 10
#define SAMPAN_CODE_WORD_COUNT (1 << SAMPAN_CODE_WORD_BITS)
#define SAMPAN_CODE_WORD_MIN 3
#define SAMPAN_CODE_WORD_MAX 5

/* In lower case, sorted. */
extern const char sampan_code_words[SAMPAN_CODE_WORD_COUNT][SAMPAN_CODE_WORD_MAX + 1];
