/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Messages: the first byte is the kind. What a decoder accepts must encode to the same bytes. */

#include "config.h"

#include "fuzz.h"
#include "recode.h"

#include <string.h>

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static uint8_t out[SAMPAN_FRAME_PLAIN_MAX];
  SampanWriter writer;

  if (size > sizeof out)
    return 0;
  sampan_writer_init (&writer, out, sizeof out);
  if (recode_message (data, size, &writer))
    {
      g_assert_true (sampan_writer_ok (&writer));
      g_assert_cmpmem (writer.data, writer.length, data, size);
    }
  return 0;
}
