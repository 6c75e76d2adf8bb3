/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The file of saved servers. The first byte chooses what is done with it. */

#include "config.h"

#include "fuzz.h"
#include "fuzzed-file.h"
#include "saved-servers.h"

#define HOST "box.local"
#define PORT 9002
#define USER "ann"

/* What is put is first in the list; what is forgotten is in it no more. */
static void
check_put (void)
{
  g_autoptr (SampanSavedServer) server =
      sampan_saved_server_new ("Attic", HOST, PORT, USER, true, INT64_MAX);
  g_autoptr (GPtrArray) servers = NULL;
  g_autoptr (GError) error = NULL;
  guint before;

  if (!sampan_saved_servers_put (server, NULL, &error))
    {
      g_assert_nonnull (error);
      return;
    }
  servers = sampan_saved_servers_load (NULL);
  g_assert_nonnull (servers);
  before = servers->len;
  g_assert_cmpuint (before, >, 0);
  g_assert_true (sampan_saved_servers_forget (server, NULL));
  g_ptr_array_unref (servers);
  servers = sampan_saved_servers_load (NULL);
  g_assert_nonnull (servers);
  g_assert_cmpuint (servers->len, ==, before - 1);
}

/* Whatever is listed can be copied and put again. */
static void
check_list (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) servers = sampan_saved_servers_load (&error);

  if (servers == NULL)
    {
      g_assert_nonnull (error);
      return;
    }
  for (guint i = 0; i < servers->len; i++)
    {
      SampanSavedServer *server = g_ptr_array_index (servers, i);
      g_autofree char *address = sampan_saved_server_dup_address (server);

      g_assert_cmpstr (sampan_saved_server_get_title (server), !=, "");
      g_assert_nonnull (address);
    }
  if (servers->len > 0)
    g_assert_true (sampan_saved_servers_put (servers->pdata[0], NULL, NULL));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  if (size == 0)
    return 0;
  fuzzed_file_write ("saved-servers", data + 1, size - 1);
  if (data[0] % 2 == 1)
    check_put ();
  else
    check_list ();
  fuzzed_file_remove ();
  return 0;
}
