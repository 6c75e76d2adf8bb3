/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The file of known servers. The first byte chooses what is done with it. */

#include "config.h"

#include "fuzz.h"
#include "fuzzed-file.h"
#include "known-servers.h"

#define HOST "box.local"
#define PORT 9002

static const uint8_t key[SAMPAN_PUBLIC_KEY_LENGTH] = { 1, 2, 3 };

static void
check_remembered (void)
{
  g_autoptr (GError) error = NULL;
  SampanServerKnowledge knowledge;

  if (!sampan_known_servers_remember (HOST, PORT, key, &error))
    {
      g_assert_nonnull (error);
      return;
    }
  g_assert_true (sampan_known_servers_check (HOST, PORT, key, &knowledge, &error));
  g_assert_cmpint (knowledge, ==, SAMPAN_SERVER_KNOWN);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  SampanServerKnowledge knowledge;

  if (size == 0)
    return 0;
  fuzzed_file_write ("known-servers", data + 1, size - 1);
  if (data[0] % 2 == 1)
    check_remembered ();
  else if (!sampan_known_servers_check (HOST, PORT, key, &knowledge, &error))
    g_assert_nonnull (error);
  fuzzed_file_remove ();
  return 0;
}
