/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* One-time codes as they are typed. What is taken is the code as it was printed, and stays that. */

#include "config.h"

#include "fuzz.h"
#include "login.h"
#include "secret.h"

#include <string.h>

#define CODE_LENGTH 19 /* 16 symbols and three dashes */

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (SampanSecret) typed = NULL;
  g_autoptr (SampanSecret) code = NULL;
  g_autoptr (SampanSecret) again = NULL;
  const char *bytes;

  if (!sampan_crypto_init ())
    return 0;
  typed = sampan_secret_new (data, size);
  code = typed != NULL ? sampan_one_time_code_fold (typed) : NULL;
  if (code == NULL)
    return 0;
  bytes = (const char *)sampan_secret_get (code);
  g_assert_cmpuint (sampan_secret_get_length (code), ==, CODE_LENGTH);
  for (size_t i = 0; i < CODE_LENGTH; i++)
    if (i % 5 == 4)
      g_assert_cmpint (bytes[i], ==, '-');
    else
      g_assert_nonnull (memchr ("0123456789abcdefghjkmnpqrstvwxyz", bytes[i], 32));
  again = sampan_one_time_code_fold (code);
  g_assert_nonnull (again);
  g_assert_cmpmem (sampan_secret_get (again), CODE_LENGTH, bytes, CODE_LENGTH);
  return 0;
}
