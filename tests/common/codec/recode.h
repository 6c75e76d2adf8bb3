/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Reads a whole message and writes it again: what is accepted must come out as it went in. For the
 * message tests and the fuzzer. */

#pragma once

#include "message.h"

G_BEGIN_DECLS

/* MESSAGE starts with its kind. FALSE if there is no such kind or its decoder refuses; else WRITER
 * holds what the encoder made of it, or has failed. */
bool recode_message (const uint8_t *message,
                     size_t length,
                     SampanWriter *writer) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
