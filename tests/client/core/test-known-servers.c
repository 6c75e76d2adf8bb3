/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The remembered servers: new, known, different, damaged; modes; writers at the same time. */

#include "config.h"

#include "known-servers.h"
#include "wait-for-child.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define N_WRITERS 8
#define N_PER_WRITER 10

static char *filename;

static void
fill_key (uint8_t key[static SAMPAN_PUBLIC_KEY_LENGTH], uint8_t value)
{
  memset (key, value, SAMPAN_PUBLIC_KEY_LENGTH);
}

static void
start_empty (void)
{
  g_unlink (filename);
}

static void
expect (const char *host, uint16_t port, uint8_t value, SampanServerKnowledge expected)
{
  uint8_t key[SAMPAN_PUBLIC_KEY_LENGTH];
  SampanServerKnowledge knowledge;
  g_autoptr (GError) error = NULL;
  bool ok;

  fill_key (key, value);
  ok = sampan_known_servers_check (host, port, key, &knowledge, &error);
  g_assert_no_error (error);
  g_assert_true (ok);
  g_assert_cmpint (knowledge, ==, expected);
}

static void
remember (const char *host, uint16_t port, uint8_t value)
{
  uint8_t key[SAMPAN_PUBLIC_KEY_LENGTH];
  g_autoptr (GError) error = NULL;
  bool ok;

  fill_key (key, value);
  ok = sampan_known_servers_remember (host, port, key, &error);
  g_assert_no_error (error);
  g_assert_true (ok);
}

static void
test_life (void)
{
  g_autoptr (GError) error = NULL;
  bool ok;

  start_empty ();
  expect ("box", 9002, 1, SAMPAN_SERVER_NEW);
  g_assert_false (g_file_test (filename, G_FILE_TEST_EXISTS));
  remember ("box", 9002, 1);
  expect ("box", 9002, 1, SAMPAN_SERVER_KNOWN);
  expect ("BOX", 9002, 1, SAMPAN_SERVER_KNOWN);
  expect ("box", 9002, 2, SAMPAN_SERVER_DIFFERENT);
  expect ("box", 9003, 1, SAMPAN_SERVER_NEW);
  expect ("box2", 9002, 1, SAMPAN_SERVER_NEW);
  expect ("fe80::1%eth0", 9002, 1, SAMPAN_SERVER_NEW);
  remember ("fe80::1%eth0", 9002, 3);
  expect ("fe80::1%eth0", 9002, 3, SAMPAN_SERVER_KNOWN);
  expect ("box", 9002, 1, SAMPAN_SERVER_KNOWN);
  remember ("box", 9002, 4);
  expect ("box", 9002, 4, SAMPAN_SERVER_KNOWN);
  ok = sampan_known_servers_forget ("box", 9002, &error);
  g_assert_no_error (error);
  g_assert_true (ok);
  expect ("box", 9002, 4, SAMPAN_SERVER_NEW);
  expect ("fe80::1%eth0", 9002, 3, SAMPAN_SERVER_KNOWN);
  ok = sampan_known_servers_forget ("never-seen", 1, &error);
  g_assert_no_error (error);
  g_assert_true (ok);
}

static void
test_mode (void)
{
  struct stat info;

  start_empty ();
  remember ("box", 9002, 1);
  g_assert_cmpint (stat (filename, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 07777, ==, 0600);
  g_chmod (filename, 0644);
  remember ("box", 9003, 1);
  g_assert_cmpint (stat (filename, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 07777, ==, 0600);
}

static const char *const damaged[] = {
  "nonsense",
  "[box:9002]",
  "[box:9002]\nkey=",
  "[box:9002]\nkey=zz",
  "[box:9002]\nkey=0101",
  "[box:9002]\nkey=01010101010101010101010101010101010101010101010101010101010101",
  "[box:9002]\nkey=010101010101010101010101010101010101010101010101010101010101010g",
  "[box:9002]\nkey=010101010101010101010101010101010101010101010101010101010101010101",
  "[other:1]\nkey=00\n",
  "[box:9002\nkey=0101010101010101010101010101010101010101010101010101010101010101",
};

static void
test_damaged (gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *after = NULL;
  uint8_t key[SAMPAN_PUBLIC_KEY_LENGTH];
  SampanServerKnowledge knowledge;

  fill_key (key, 1);
  g_assert_true (g_file_set_contents (filename, data, -1, NULL));
  g_assert_false (sampan_known_servers_check ("box", 9002, key, &knowledge, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_false (sampan_known_servers_remember ("box", 9002, key, &error));
  g_assert_nonnull (error);
  g_assert_true (g_file_get_contents (filename, &after, NULL, NULL));
  g_assert_cmpstr (after, ==, data); /* nothing is written over what cannot be read */
}

static void
test_unreadable (void)
{
  g_autoptr (GError) error = NULL;
  uint8_t key[SAMPAN_PUBLIC_KEY_LENGTH];
  SampanServerKnowledge knowledge;

  start_empty ();
  fill_key (key, 1);
  g_assert_cmpint (g_mkdir (filename, 0700), ==, 0);
  g_assert_false (sampan_known_servers_check ("box", 9002, key, &knowledge, &error));
  g_assert_nonnull (error);
  g_rmdir (filename);
}

static void
test_bad_hosts (void)
{
  static const char *const hosts[] = { "", "a]b", "[a", "a\nb", "\xff" };

  for (size_t i = 0; i < G_N_ELEMENTS (hosts); i++)
    {
      g_autoptr (GError) error = NULL;
      uint8_t key[SAMPAN_PUBLIC_KEY_LENGTH];
      SampanServerKnowledge knowledge;

      fill_key (key, 1);
      g_assert_false (sampan_known_servers_check (hosts[i], 1, key, &knowledge, &error));
      g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_BAD_NAME);
    }
}

static gpointer
writer_thread (gpointer data)
{
  for (uint16_t i = 0; i < N_PER_WRITER; i++)
    remember ("box", (uint16_t)(GPOINTER_TO_UINT (data) * 100 + i + 1), (uint8_t)i);
  return NULL;
}

static void
expect_all (void)
{
  for (unsigned int w = 0; w < N_WRITERS; w++)
    for (uint16_t i = 0; i < N_PER_WRITER; i++)
      expect ("box", (uint16_t)(w * 100 + i + 1), (uint8_t)i, SAMPAN_SERVER_KNOWN);
}

static void
test_threads (void)
{
  GThread *threads[N_WRITERS];

  start_empty ();
  for (unsigned int i = 0; i < N_WRITERS; i++)
    threads[i] = g_thread_new ("writer", writer_thread, GUINT_TO_POINTER (i));
  for (unsigned int i = 0; i < N_WRITERS; i++)
    g_thread_join (threads[i]);
  expect_all ();
}

static void
test_processes (void)
{
  pid_t children[N_WRITERS];

  start_empty ();
  for (unsigned int i = 0; i < N_WRITERS; i++)
    {
      children[i] = fork ();
      if (children[i] == 0)
        {
          writer_thread (GUINT_TO_POINTER (i));
          _exit (0);
        }
    }
  for (unsigned int i = 0; i < N_WRITERS; i++)
    g_assert_cmpint (wait_for_child (children[i]), ==, 0);
  expect_all ();
}

int
main (int argc, char **argv)
{
  g_autofree char *folder = g_dir_make_tmp ("sampan-XXXXXX", NULL);
  g_autofree char *lock = g_build_filename (folder, "sampan", "known-servers.lock", NULL);
  g_autofree char *sub = g_build_filename (folder, "sampan", NULL);
  int result;

  g_setenv ("XDG_CONFIG_HOME", folder, TRUE);
  g_test_init (&argc, &argv, NULL);
  if (!sampan_crypto_init ())
    return 1;
  filename = g_build_filename (folder, "sampan", "known-servers", NULL);
  g_test_add_func ("/core/known-servers/processes", test_processes);
  g_test_add_func ("/core/known-servers/life", test_life);
  g_test_add_func ("/core/known-servers/mode", test_mode);
  for (size_t i = 0; i < G_N_ELEMENTS (damaged); i++)
    {
      g_autofree char *name = g_strdup_printf ("/core/known-servers/damaged/%zu", i);

      g_test_add_data_func (name, damaged[i], test_damaged);
    }
  g_test_add_func ("/core/known-servers/unreadable", test_unreadable);
  g_test_add_func ("/core/known-servers/bad-hosts", test_bad_hosts);
  g_test_add_func ("/core/known-servers/threads", test_threads);
  result = g_test_run ();
  g_unlink (filename);
  g_unlink (lock);
  g_rmdir (sub);
  g_rmdir (folder);
  g_free (filename);
  return result;
}
