/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What the core's tests share. */

#include "config.h"

#include "core-test.h"

#include <ftw.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

/* Thousands of files under a sanitizer, while others keep the disk busy, take minutes. */
#define PATIENCE_SECS 600
#define WALK_FDS 16

static char *folder;

void
core_test_init (int *argc, char ***argv)
{
  folder = g_dir_make_tmp ("sampan-core-XXXXXX", NULL);
  g_assert_nonnull (folder);
  g_setenv ("XDG_CONFIG_HOME", folder, TRUE);
  g_test_init (argc, argv, NULL);
  g_assert_true (sampan_crypto_init ());
}

static int
remove_cb (const char *path, const struct stat *info, int type, struct FTW *ftw)
{
  return remove (path);
}

int
core_test_run (void)
{
  int result = g_test_run ();

  nftw (folder, remove_cb, WALK_FDS, FTW_DEPTH | FTW_PHYS);
  g_clear_pointer (&folder, g_free);
  return result;
}

char *
core_test_path (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

unsigned int
core_test_count (const char *prefix)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  unsigned int count = 0;
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_prefix (name, prefix))
      count++;
  return count;
}

void
core_test_remove (const char *prefix)
{

  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_prefix (name, prefix))
      {
        g_autofree char *path = core_test_path (name);

        g_assert_cmpint (g_unlink (path), ==, 0);
      }
}

void
core_test_result_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **slot = user_data;

  g_assert_null (*slot);
  *slot = g_object_ref (result);
}

static gboolean
patience_cb (gpointer user_data)
{
  g_test_message ("Waited for %d seconds in vain", PATIENCE_SECS);
  g_assert_not_reached ();
  return G_SOURCE_REMOVE;
}

void
core_test_await_condition (CoreTestCondition condition, gpointer data)
{
  guint patience = g_timeout_add_seconds (PATIENCE_SECS, patience_cb, NULL);

  while (!condition (data))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (patience);
}

static bool
slot_is_set (gpointer data)
{
  GAsyncResult **slot = data;

  return *slot != NULL;
}

GAsyncResult *
core_test_await (GAsyncResult **slot)
{
  core_test_await_condition (slot_is_set, slot);
  return *slot;
}

SampanSecret *
core_test_secret (const char *text)
{
  return sampan_secret_new (text, strlen (text));
}

SampanPath *
core_test_remote_path (const char *text)
{
  g_autoptr (GError) error = NULL;
  SampanPath *path = sampan_path_new ((const uint8_t *)text, strlen (text), &error);

  g_assert_no_error (error);
  return path;
}

GError *
core_test_login (SampanSession *session, uint16_t port, const char *password)
{
  g_autoptr (SampanSecret) secret = core_test_secret (password);
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  sampan_session_login_async (session,
                              "127.0.0.1",
                              port,
                              CORE_TEST_USER,
                              secret,
                              NULL,
                              core_test_result_cb,
                              &result);
  sampan_session_login_finish (session, core_test_await (&result), &error);
  return error;
}
