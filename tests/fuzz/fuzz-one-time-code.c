/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* One-time codes as they are typed. What is taken is the code as it was printed, and stays that. */

#include "config.h"

#include "fuzz.h"
#include "login.h"
#include "one-time-code-words.h"
#include "secret.h"

#include <string.h>

#define CODE_WORDS 8
#define CODE_MIN (CODE_WORDS * (SAMPAN_CODE_WORD_MIN + 1) - 1)
#define CODE_MAX (CODE_WORDS * (SAMPAN_CODE_WORD_MAX + 1) - 1)

/* What keeps it from being one can be shown as it is. */
static void
check_mistake (const SampanSecret *typed, bool is_code)
{
  g_autofree char *mistake = sampan_one_time_code_find_mistake (typed);

  if (mistake == NULL)
    return;
  g_assert_false (is_code);
  for (const char *at = mistake; *at != '\0'; at++)
    g_assert_true (g_ascii_isdigit (*at) || g_ascii_islower (*at));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (SampanSecret) typed = NULL;
  g_autoptr (SampanSecret) code = NULL;
  g_autoptr (SampanSecret) again = NULL;
  const char *bytes;
  size_t length;

  if (!sampan_crypto_init ())
    return 0;
  typed = sampan_secret_new (data, size);
  code = typed != NULL ? sampan_one_time_code_fold (typed) : NULL;
  if (typed != NULL)
    check_mistake (typed, code != NULL);
  if (code == NULL)
    return 0;
  bytes = (const char *)sampan_secret_get (code);
  length = sampan_secret_get_length (code);
  g_assert_cmpuint (length, >=, CODE_MIN);
  g_assert_cmpuint (length, <=, CODE_MAX);
  for (size_t i = 0; i < length; i++)
    g_assert_true (bytes[i] == '-' || g_ascii_islower (bytes[i]));
  again = sampan_one_time_code_fold (code);
  g_assert_nonnull (again);
  g_assert_cmpmem (sampan_secret_get (again), sampan_secret_get_length (again), bytes, length);
  return 0;
}
