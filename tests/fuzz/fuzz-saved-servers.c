/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The file of saved servers. The first byte chooses what is done with it. */

#include "config.h"

#include "fuzz.h"
#include "saved-servers.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <unistd.h>

#define HOST "box.local"
#define PORT 9002
#define USER "ann"

/* Made once, in memory where that is possible; GLib looks at the variable once only. */
static char *config;
static char *folder;
static char *filename;

static void
clean_up (void)
{
  g_autofree char *lock = g_strconcat (filename, ".lock", NULL);

  (void)g_unlink (lock);
  (void)g_rmdir (folder);
  (void)g_rmdir (config);
  g_free (filename);
  g_free (folder);
  g_free (config);
}

static void
make_folder (void)
{
  const char *memory = access ("/dev/shm", W_OK) == 0 ? "/dev/shm" : g_get_tmp_dir ();

  config = g_build_filename (memory, "sampan-fuzz-XXXXXX", NULL);
  g_assert_nonnull (g_mkdtemp (config));
  g_setenv ("XDG_CONFIG_HOME", config, TRUE);
  folder = g_build_filename (config, "sampan", NULL);
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  filename = g_build_filename (folder, "saved-servers", NULL);
  g_assert_cmpint (atexit (clean_up), ==, 0);
}

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
  if (filename == NULL)
    make_folder ();
  g_assert_true (g_file_set_contents_full (filename,
                                           (const char *)data + 1,
                                           (gssize)size - 1,
                                           G_FILE_SET_CONTENTS_NONE,
                                           0600,
                                           NULL));
  if (data[0] % 2 == 1)
    check_put ();
  else
    check_list ();
  g_assert_cmpint (g_unlink (filename), ==, 0);
  return 0;
}
