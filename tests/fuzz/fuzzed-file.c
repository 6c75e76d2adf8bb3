/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Made once, in memory where that is possible; GLib looks at the variable once only. */

#include "config.h"

#include "fuzzed-file.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <unistd.h>

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
make_folder (const char *name)
{
  const char *memory = access ("/dev/shm", W_OK) == 0 ? "/dev/shm" : g_get_tmp_dir ();

  config = g_build_filename (memory, "sampan-fuzz-XXXXXX", NULL);
  g_assert_nonnull (g_mkdtemp (config));
  g_setenv ("XDG_CONFIG_HOME", config, TRUE);
  folder = g_build_filename (config, "sampan", NULL);
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  filename = g_build_filename (folder, name, NULL);
  g_assert_cmpint (atexit (clean_up), ==, 0);
}

void
fuzzed_file_write (const char *name, const uint8_t *data, size_t size)
{
  if (filename == NULL)
    make_folder (name);
  g_assert_true (g_file_set_contents_full (filename,
                                           (const char *)data,
                                           (gssize)size,
                                           G_FILE_SET_CONTENTS_NONE,
                                           0600,
                                           NULL));
}

void
fuzzed_file_remove (void)
{
  g_assert_cmpint (g_unlink (filename), ==, 0);
}
