/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Names for a second thing of the same name: "report.pdf" gives "report (2).pdf", then (3). */

#pragma once

#include "protocol.h"
#include <stdbool.h>
#include <stddef.h>

typedef struct
{
  const char *name;      /* borrowed */
  size_t stem_length;    /* without a number that is there already */
  const char *extension; /* inside name, with its dot; "" for none */
  bool is_utf8;
  unsigned int number; /* of the next one */
} SampanFreeName;

void sampan_free_name_init (SampanFreeName *self, const char *name, bool is_folder);

/* The next candidate: at most SAMPAN_NAME_MAX bytes, trimmed between characters. */
void sampan_free_name_next (SampanFreeName *self, char candidate[static SAMPAN_NAME_MAX + 1]);
