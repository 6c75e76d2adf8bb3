/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The file of known servers. The first byte chooses what is done with it. */

#include "config.h"

#include "fuzz.h"
#include "known-servers.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <unistd.h>

#define HOST "box.local"
#define PORT 9002

static const uint8_t key[SAMPAN_PUBLIC_KEY_LENGTH] = { 1, 2, 3 };

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
  filename = g_build_filename (folder, "known-servers", NULL);
  g_assert_cmpint (atexit (clean_up), ==, 0);
}

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
  if (filename == NULL)
    make_folder ();
  g_assert_true (g_file_set_contents_full (filename,
                                           (const char *)data + 1,
                                           (gssize)size - 1,
                                           G_FILE_SET_CONTENTS_NONE,
                                           0600,
                                           NULL));
  if (data[0] % 2 == 1)
    check_remembered ();
  else if (!sampan_known_servers_check (HOST, PORT, key, &knowledge, &error))
    g_assert_nonnull (error);
  g_assert_cmpint (g_unlink (filename), ==, 0);
  return 0;
}
